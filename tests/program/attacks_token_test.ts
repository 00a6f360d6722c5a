// Attacks on the token, and on those who have none.

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "jsr:@std/assert@1";
import { MAX_WRONG_TOKENS } from "../../gateway/access/token.ts";
import {
  assertRefused,
  BASIC,
  BEARER,
  BROWSER,
  EVIL,
  REPLY,
  SUMMARY,
  testAttack,
  TOKEN,
} from "./attacked_gateway.ts";

/** A client that may read by its address, and do anything with the token. */
const WITH_TOKEN = { hasToken: true, flags: ["--allow=R:0/0"] };

const QUIT = '{"command":"quit"}';

/** The statuses that were answered, each with how often. */
function countStatuses(
  answers: readonly { readonly status: number }[],
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of answers) {
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

testAttack("A write without the token", {
  ...WITH_TOKEN,
  async attack(gateway) {
    const response = await gateway.refuse("token-required", "/quit");
    const challenges = response.headers.get("www-authenticate") ?? "";
    assertMatch(challenges, /Bearer realm="[^"]+"/);
    assertMatch(challenges, /Basic realm="[^"]+"/);
    for (const target of ["/@garage/quit", "/@all/quit", "/summary+quit"]) {
      await gateway.refuse("token-required", target);
      await gateway.refuse("token-required", target, { method: "HEAD" });
    }
    assertRefused(await gateway.post(QUIT), "token-required", QUIT);
  },
  async allowed(gateway) {
    for (const headers of [BEARER, BASIC]) {
      assertEquals((await gateway.send("/quit", { headers })).status, 200);
    }
    const bearer = { authorization: `bearer  ${TOKEN}` };
    assertEquals((await gateway.post(QUIT, bearer)).status, 200);
  },
  reaches: [QUIT, QUIT, QUIT],
});

testAttack("A token that is nearly right", {
  ...WITH_TOKEN,
  async attack(gateway) {
    const schemes = [
      `Bearer ${TOKEN}x`,
      `Bearer ${TOKEN.slice(0, -1)}`,
      `Bearer ${TOKEN.toUpperCase()}`,
      `Bearer ${TOKEN}${TOKEN}`,
      `Basic ${btoa(`:${TOKEN}:`)}`,
      `Basic ${btoa(TOKEN)}`,
      `Basic ${btoa("owner:")}`,
      `Basic ${TOKEN}`,
      `Bearer ${btoa(`owner:${TOKEN}`)}`,
      `Digest ${TOKEN}`,
      `Bearer,${TOKEN}`,
      `Bearer "${TOKEN}"`,
      `Bearer ${TOKEN}, Bearer ${TOKEN}`,
      `Bearer x ${TOKEN}`,
      "Bearer",
      TOKEN,
      "",
    ];
    const codes = ["token-required", "too-many-tries"] as const;
    for (const authorization of schemes) {
      await gateway.refuse(codes, "/quit", { headers: { authorization } });
    }
  },
});

testAttack("Token in a URL, a cookie or a body (only headers count)", {
  ...WITH_TOKEN,
  log: "text",
  async attack(gateway) {
    const { port } = gateway;
    for (
      const [target, headers] of [
        [`/quit?token=${TOKEN}`, {}],
        [`/quit?access_token=${TOKEN}`, {}],
        [`/quit?authorization=Bearer%20${TOKEN}`, {}],
        [`http://owner:${TOKEN}@127.0.0.1:${port}/quit`, {}],
        [`/quit/${TOKEN}`, {}],
        ["/quit", { cookie: `token=${TOKEN}` }],
        ["/quit", { "x-token": TOKEN, "x-api-key": TOKEN }],
        ["/quit", { "proxy-authorization": `Bearer ${TOKEN}` }],
      ] as [string, Record<string, string>][]
    ) {
      await gateway.refuse("token-required", target, { headers });
    }
    const body = JSON.stringify({ command: "quit", token: TOKEN });
    assertRefused(await gateway.post(body), "token-required", "body");
    await gateway.send("/-/healthz", { headers: BEARER });
  },
  async allowed(gateway) {
    const { headers, body } = await gateway.send(`/summary?token=${TOKEN}`, {
      headers: { ...BEARER, cookie: TOKEN },
    });
    const { stdout, stderr } = await gateway.stop();
    // Four lines at its start, then one for each request.
    assertEquals(stdout.split("\n").length, 4 + 11);
    for (const text of [stdout, stderr, body, JSON.stringify([...headers])]) {
      assert(!text.includes(TOKEN), text);
      assert(!text.includes(btoa(TOKEN).slice(0, 12)), text);
    }
  },
});

testAttack("Token guessing", {
  needsIpv6: true,
  ...WITH_TOKEN,
  async attack(gateway) {
    const guesses = Array.from({ length: 3 * MAX_WRONG_TOKENS }, (_, i) => {
      const value = `guess-${i}`;
      return i % 2 === 0 ? `Bearer ${value}` : `Basic ${btoa(`:${value}`)}`;
    });
    // At once, and by every way in.
    const answers = await Promise.all(guesses.map((authorization, i) => {
      const headers = { authorization };
      return i % 3 === 0
        ? gateway.post(QUIT, headers)
        : gateway.send(i % 3 === 1 ? "/quit" : "/@all/quit", { headers });
    }));
    assertEquals(countStatuses(answers), {
      401: MAX_WRONG_TOKENS,
      429: 2 * MAX_WRONG_TOKENS,
    });
    // From now on not even the right one is looked at, from this address.
    const { headers } = await gateway.refuse("too-many-tries", "/quit", {
      headers: BEARER,
    });
    assertMatch(headers.get("retry-after") ?? "", /^(?:[1-9]|[1-5]\d|60)$/);
  },
  async allowed(gateway) {
    // Nobody else is locked out, nor is what needs no token.
    const other = await gateway.sendFromIpv6("/quit", { headers: BEARER });
    assertEquals([other.status, other.body], [200, REPLY]);
    assertEquals((await gateway.send("/summary")).status, 200);
  },
  reaches: [QUIT, SUMMARY],
});

testAttack("Token guessing under other people's addresses", {
  hasToken: true,
  flags: ["--allow=R:0/0"],
  async attack(gateway) {
    // The count is that of the connection, whatever its headers claim.
    for (let i = 0; i <= MAX_WRONG_TOKENS; i++) {
      const { status } = await gateway.send("/quit", {
        headers: {
          authorization: "Bearer guess",
          "x-forwarded-for": `192.0.2.${i}`,
          forwarded: `for=192.0.2.${i}`,
        },
      });
      assertEquals(status, i < MAX_WRONG_TOKENS ? 401 : 429);
    }
  },
});

testAttack("Token guessing between requests of a page that is refused", {
  ...WITH_TOKEN,
  async attack(gateway) {
    const guesses = [];
    for (let i = 0; i < 3 * MAX_WRONG_TOKENS; i++) {
      const authorization = `Bearer guess-${i}`;
      guesses.push(
        await gateway.send("/quit", {
          headers: i % 2 === 0
            ? { authorization }
            : { authorization, origin: EVIL },
        }),
      );
      // None of these is worth a try, nor gives one back.
      for (const other of ["Basic !", `Basic ${btoa(":guess")}`, "Digest x"]) {
        await gateway.refuse("origin-denied", "/quit", {
          headers: { authorization: other, origin: EVIL },
        });
      }
    }
    assertEquals(countStatuses(guesses), {
      401: MAX_WRONG_TOKENS / 2,
      403: MAX_WRONG_TOKENS / 2,
      429: 2 * MAX_WRONG_TOKENS,
    });
    await gateway.refuse("too-many-tries", "/quit", { headers: BEARER });
  },
});

testAttack("A page of somebody else that locks the owner's token out", {
  ...WITH_TOKEN,
  async attack(gateway) {
    for (let i = 0; i < 3 * MAX_WRONG_TOKENS; i++) {
      // A page whose name was rebound sends what it likes.
      await gateway.refuse("host-denied", "/quit", {
        host: "evil.example",
        headers: { ...BROWSER, authorization: "Bearer guess" },
      });
      // Any page can make a browser send Basic.
      await gateway.refuse("origin-denied", "/quit", {
        headers: { origin: EVIL, authorization: `Basic ${btoa(":guess")}` },
      });
    }
  },
  async allowed(gateway) {
    assertEquals(
      (await gateway.send("/quit", { headers: BEARER })).status,
      200,
    );
  },
  reaches: [QUIT],
});

testAttack("A rebound page that finds out which token is right", {
  ...WITH_TOKEN,
  async attack(gateway) {
    for (const target of ["/quit", "/summary", "/-/access", "/@nosuch/quit"]) {
      const answers = [];
      for (const right of [BEARER, BASIC]) {
        const [scheme = ""] = right.authorization.split(" ");
        for (const authorization of [right.authorization, `${scheme} guess`]) {
          const { body, headers } = await gateway.refuse(
            "host-denied",
            target,
            { host: "evil.example", headers: { ...BROWSER, authorization } },
          );
          headers.delete("date");
          answers.push(JSON.stringify([body, ...headers]));
        }
      }
      assertEquals(new Set(answers).size, 1, target);
    }
  },
});

testAttack("Reads without the token (--token-for-reads)", {
  needsIpv6: true,
  hasToken: true,
  flags: ["--token-for-reads", "--allow=W:[::1],R:0/0"],
  async attack(gateway) {
    for (
      const target of [
        "/",
        "/summary",
        "/pools",
        "/@garage/summary",
        "/@all/summary",
        "/summary?raw",
        "/metrics",
        "/probe?target=garage",
        "/-/rigs",
        "/@nosuch/summary",
      ]
    ) {
      for (const method of ["GET", "HEAD"]) {
        await gateway.refuse("token-required", target, { method });
      }
      for (const accept of ["text/html", "text/event-stream"]) {
        await gateway.refuse("token-required", target, { headers: { accept } });
      }
    }
    const body = '{"command":"summary"}';
    assertRefused(await gateway.post(body), "token-required", body);
    // What says nothing but that the gateway is there stays open.
    const { status } = await gateway.send("/-/healthz");
    assertEquals(status, 200);
  },
  async allowed(gateway) {
    for (const headers of [BEARER, BASIC]) {
      assertEquals((await gateway.send("/summary", { headers })).status, 200);
    }
    // This one may write by its address.
    assertEquals((await gateway.sendFromIpv6("/summary")).status, 200);
  },
  reaches: [SUMMARY, SUMMARY, SUMMARY],
});

testAttack("A refusal that tells what it guards", {
  ...WITH_TOKEN,
  async attack(gateway) {
    // A command that there is and one that there is not look the same.
    const [known, unknown] = await Promise.all(
      ["/quit", "/nosuch"].map((target) =>
        gateway.refuse("token-required", target)
      ),
    );
    assertEquals(known?.body, unknown?.body);
    // And so do rigs.
    for (const rig of ["garage", "nosuch"]) {
      const { body } = await gateway.refuse(
        "token-required",
        `/@${rig}/quit`,
      );
      assertEquals(body, known?.body);
      assertStringIncludes(body, "127.0.0.1");
    }
  },
});
