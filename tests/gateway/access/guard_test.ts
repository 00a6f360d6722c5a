import { assertEquals, assertMatch, assertThrows } from "jsr:@std/assert@1";
import fc from "npm:fast-check@4";
import {
  DEFAULT_ALLOW,
  parseAllowList,
  parseGroups,
} from "../../../gateway/access/access_list.ts";
import {
  type GuardedRequest,
  type GuardPolicy,
  guardRequest,
  type GuardTarget,
} from "../../../gateway/access/guard.ts";
import { Problem } from "../../../gateway/http/problems.ts";
import { COMMANDS } from "../../../rpc/commands.ts";

const SEED = 4028;
const OWNER = "127.0.0.1";
const GUEST = "192.168.1.5";
const BROWSER = { "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/143" };

function makePolicy(
  allow = DEFAULT_ALLOW,
  more: Partial<GuardPolicy> = {},
): GuardPolicy {
  const groups = parseGroups("P:switchpool");
  return {
    rules: parseAllowList(allow, groups),
    groups,
    hasToken: false,
    isTokenForReads: false,
    allowedHosts: [],
    corsOrigins: [],
    ...more,
  };
}

type Given = Partial<Omit<GuardedRequest, "headers" | "target">> & {
  readonly headers?: Record<string, string>;
  readonly command?: string;
  readonly target?: GuardTarget;
};

/** The group that a request passes with, or the code by which it does not. */
function judge(
  policy: GuardPolicy,
  given: Given = {},
): string | undefined {
  const { headers, command = "summary", ...rest } = given;
  try {
    return guardRequest(policy, {
      method: "GET",
      target: { kind: "command", command },
      headers: new Headers({ host: "127.0.0.1:8080", ...headers }),
      address: OWNER,
      credential: "none",
      ...rest,
    });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return error.code;
  }
}

Deno.test("guardRequest() gives a script the group of its address", () => {
  const policy = makePolicy("W:127/8,P:10/8,R:192.168/16");
  assertEquals(judge(policy, { command: "quit" }), "W");
  assertEquals(judge(policy, { address: GUEST }), "R");
  for (
    const [address, command, expected] of [
      [GUEST, "quit", "command-denied"],
      ["::ffff:127.0.0.1", "quit", "W"],
      ["10.1.2.3", "switchpool", "P"],
      ["10.1.2.3", "summary", "command-denied"],
      ["8.8.8.8", "summary", "command-denied"],
      [undefined, "summary", "command-denied"],
    ] as const
  ) {
    assertEquals(judge(policy, { address, command }), expected);
  }
});

Deno.test("guardRequest() lets the default read to all, of unknown address too", () => {
  for (const address of [GUEST, "2001:db8::1", undefined, "garbage"]) {
    assertEquals(judge(makePolicy(), { address }), "R");
    assertEquals(
      judge(makePolicy(), { address, command: "quit" }),
      "command-denied",
    );
  }
});

Deno.test("guardRequest() takes a page for a read", () => {
  const target = { kind: "page" } as const;
  assertEquals(judge(makePolicy(), { target, address: GUEST }), "R");
  const policy = makePolicy("W:127/8", { hasToken: true });
  assertEquals(judge(policy, { target, address: GUEST }), "token-required");
});

Deno.test("guardRequest() opens pages that tell of rigs to those who may read all", () => {
  const groups = parseGroups("P:switchpool:summary,Q:switchpool:*");
  const rules = parseAllowList("P:10/8,Q:11/8,W:127/8,R:12/8", groups);
  const policy = makePolicy(undefined, { groups, rules });
  const judgeKind = (kind: "open" | "page" | "fleet", address: string) =>
    judge(policy, { target: { kind }, address });
  assertEquals(judgeKind("fleet", "10.0.0.1"), "command-denied");
  assertEquals(judgeKind("page", "10.0.0.1"), "P");
  assertEquals(judgeKind("fleet", "11.0.0.1"), "Q");
  assertEquals(judgeKind("fleet", "12.0.0.1"), "R");
  assertEquals(judgeKind("fleet", OWNER), "W");
  // What is open is so to addresses without any right.
  assertEquals(judgeKind("open", "13.0.0.1"), undefined);
  assertEquals(judgeKind("page", "13.0.0.1"), "command-denied");
  assertEquals(
    judge(policy, { target: { kind: "open" }, headers: { origin: "null" } }),
    "origin-denied",
  );
});

Deno.test("guardRequest() gives an unknown address what every address may do", () => {
  const groups = parseGroups("P:switchpool:version,Q:switchpool:*");
  const ask = (allow: string, command: string) => {
    const rules = parseAllowList(allow, groups);
    const policy = makePolicy(undefined, { groups, rules });
    return judge(policy, { address: undefined, command });
  };
  const denied = "command-denied";
  for (
    const [allow, summary, version, switchpool, quit] of [
      ["R:0/0", "R", "R", denied, denied],
      ["W:0/0", "W", "W", "W", "W"],
      ["P:10.0.0.66,R:0/0", denied, "PR", denied, denied],
      ["P:10.0.0.66,W:0/0", denied, "P", "P", denied],
      ["Q:10.0.0.66,R:0/0", "QR", "QR", denied, denied],
      ["Q:10.0.0.66,P:0/0", denied, "QP", "QP", denied],
      // An address without any right is possible.
      ["W:127/8,R:10/8", denied, denied, denied, denied],
      ["W:0.0.0.0/0", denied, denied, denied, denied],
      // A rule that earlier ones leave nothing of is nobody's.
      ["R:0/0,P:10.0.0.66", "R", "R", denied, denied],
    ] as const
  ) {
    assertEquals(
      [
        allow,
        ...["summary", "version", "switchpool", "quit"]
          .map((command) => ask(allow, command)),
      ],
      [allow, summary, version, switchpool, quit],
    );
  }
});

Deno.test("guardRequest() takes players for browsers, and what asks for a range", () => {
  for (
    const agent of [
      "AppleCoreMedia/1.0.0.21F90 (iPhone; U; CPU OS 17_5 like Mac OS X; en_us)",
      "stagefright/1.2 (Linux;Android 9)",
      "Lavf/60.16.100",
      "NSPlayer/12.00.19041.0000 WMFSDK/12.00.19041.0000",
      "VLC/3.0.20 LibVLC/3.0.20",
      "GStreamer souphttpsrc 1.22.0 libsoup/3.4.0",
      "libmpv",
      "QuickTime/7.6.6 (qtver=7.6.6;os=Windows NT 5.1)",
      "Windows-Media-Player/12.0.19041.1",
      "App/1.0 (Linux; Android 13) ExoPlayerLib/2.18.1",
      "MobileSafari/8617.1 CFNetwork/1490.0.4 Darwin/23.2.0",
      "Dillo/3.0.5",
      "Links (2.29; Linux x86_64; GNU C 12.2; text)",
    ]
  ) {
    const headers = { "user-agent": agent };
    for (const method of ["GET", "HEAD"]) {
      assertEquals(
        [agent, judge(makePolicy(), { headers, method, command: "quit" })],
        [agent, "method-not-allowed"],
      );
    }
    assertEquals(judge(makePolicy(), { headers }), "W");
    assertEquals(
      judge(makePolicy(), { headers: { ...headers, host: "evil.example" } }),
      "host-denied",
    );
    assertEquals(
      judge(makePolicy(), { headers, method: "POST", command: "quit" }),
      "origin-denied",
    );
  }
  const headers = { "user-agent": "curl/8.14", range: "bytes=0-" };
  assertEquals(
    judge(makePolicy(), { headers, command: "quit" }),
    "method-not-allowed",
  );
  assertEquals(judge(makePolicy(), { headers }), "W");
  assertEquals(
    judge(makePolicy(), { headers, method: "POST", command: "quit" }),
    "W",
  );
  // Words that only contain one of those names, and no name at all.
  for (
    const agent of [
      "envlc/1.0",
      "my-mpv-script/2",
      "Dalvik/2.1.0 (Linux; U; Android 13)",
      "okhttp/4.12.0",
      "Home Assistant/2026.1 aiohttp/3.9",
      "",
    ]
  ) {
    const headers: Record<string, string> = agent === ""
      ? {}
      : { "user-agent": agent };
    assertEquals([agent, judge(makePolicy(), { headers, command: "quit" })], [
      agent,
      "W",
    ]);
  }
});

Deno.test("guardRequest() keeps what cannot be read from those who may not ask", () => {
  const target = { kind: "unreadable" } as const;
  assertEquals(judge(makePolicy(), { target, address: GUEST }), "R");
  assertEquals(
    judge(makePolicy("W:127/8"), { target, address: GUEST }),
    "command-denied",
  );
  const policy = makePolicy(undefined, {
    hasToken: true,
    isTokenForReads: true,
  });
  assertEquals(judge(policy, { target, address: GUEST }), "token-required");
});

Deno.test("guardRequest() gives the token group W, from anywhere", () => {
  const policy = makePolicy("W:127/8", { hasToken: true });
  for (const credential of ["bearer", "basic"] as const) {
    const given = { credential, address: GUEST, command: "quit" };
    assertEquals(judge(policy, given), "W");
  }
  for (const credential of ["wrong", "none"] as const) {
    const given = { credential, address: GUEST, command: "quit" };
    assertEquals(judge(policy, given), "token-required");
  }
  // Whose address may write needs none, and a wrong one takes nothing away.
  assertEquals(judge(policy, { credential: "wrong", command: "quit" }), "W");
});

Deno.test("guardRequest() wants the token for reads of all but W", () => {
  const policy = makePolicy("W:127/8,P:10/8,R:0/0", {
    hasToken: true,
    isTokenForReads: true,
  });
  assertEquals(judge(policy), "W");
  assertEquals(judge(policy, { address: GUEST }), "token-required");
  const given = { address: "10.0.0.1", command: "switchpool" };
  assertEquals(judge(policy, given), "token-required");
});

Deno.test("guardRequest() takes for a browser what may be one", () => {
  for (
    const headers of [
      BROWSER,
      { "user-agent": "  mozilla/4.0" },
      { "user-agent": "Opera/9.80" },
      { origin: "http://127.0.0.1:8080" },
      { "sec-fetch-site": "none" },
      { "sec-fetch-mode": "navigate" },
      { "sec-fetch-dest": "image" },
    ] as Record<string, string>[]
  ) {
    assertEquals(
      judge(makePolicy(), { headers, command: "quit" }),
      "method-not-allowed",
    );
  }
  for (
    const agent of [
      "curl/8.14",
      "python-requests/2.32",
      "Wget/1.25",
      "Mozilla/5.0 (Windows NT; en-US) WindowsPowerShell/5.1.19041",
    ]
  ) {
    const headers = { "user-agent": agent, host: "gateway.example" };
    assertEquals(judge(makePolicy(), { headers, command: "quit" }), "W");
  }
});

Deno.test("guardRequest() tells programs that call themselves a browser what helps them", () => {
  const agents = [
    "Mozilla/4.0 (compatible; Win32; WinHttp.WinHttpRequest.5)",
    "Mozilla/4.0 (compatible; MSIE 7.0; MSXML 6.0)",
    "Mozilla/3.0 (compatible; Indy Library)",
    "Mozilla/5.0 (compatible; PRTG Network Monitor)",
    "Mozilla/5.0 (compatible; Google-Apps-Script; beanserver)",
  ];
  for (const agent of agents) {
    for (const method of ["GET", "POST"]) {
      const problem = assertThrows(
        () =>
          guardRequest(makePolicy(), {
            method,
            target: { kind: "command", command: "quit" },
            headers: new Headers({ "user-agent": agent, host: "10.0.0.2" }),
            address: OWNER,
            credential: "none",
          }),
        Problem,
      );
      assertMatch(problem.hint ?? "", /Authorization: Bearer$/);
      assertEquals(problem.hint?.includes("--cors"), false);
    }
  }
});

Deno.test("guardRequest() does not take Node's fetch for a browser, unless it says more", () => {
  const node = { "user-agent": "node", "sec-fetch-mode": "cors" };
  const ask = (headers: Record<string, string>) =>
    judge(makePolicy(), { command: "quit", headers });
  assertEquals(ask(node), "W");
  assertEquals(ask({ ...node, "user-agent": "nodepad" }), "method-not-allowed");
  assertEquals(ask({ "sec-fetch-mode": "cors" }), "method-not-allowed");
  assertEquals(
    ask({ ...node, "sec-fetch-dest": "empty" }),
    "method-not-allowed",
  );
  assertEquals(
    ask({ ...node, "sec-fetch-site": "cross-site" }),
    "origin-denied",
  );
  assertEquals(
    ask({ ...node, origin: "http://evil.example" }),
    "origin-denied",
  );
});

Deno.test("guardRequest() lets browsers ask by names that cannot be rebound", () => {
  const policy = makePolicy(undefined, { allowedHosts: ["rig.farm.example"] });
  const judgeHost = (host: string) =>
    judge(policy, { headers: { ...BROWSER, host } });
  for (
    const host of [
      "127.0.0.1",
      "10.0.0.7:8080",
      "[::1]:8080",
      "[fd00::7]",
      "localhost",
      "LocalHost.:8080",
      "garage",
      "my_rig:80",
      "rig.local",
      "a.rig.lan",
      "rig.home",
      "rig.internal",
      "rig.home.arpa",
      "rig.localhost",
      "rig.farm.example",
      "RIG.farm.example.:8080",
    ]
  ) {
    assertEquals([host, judgeHost(host)], [host, "W"]);
  }
  for (
    const host of [
      "",
      ":8080",
      ".",
      "evil.example",
      "127.0.0.1.evil.example",
      "localhost.evil.example",
      "rig.local.evil.example",
      "notlocal.example",
      "rig.evillocal",
      "farm.example",
      "x.rig.farm.example",
      "1.2.3",
      "1.2.3.4.5",
      "[::1",
      "[::1]x",
      "0x7f.1",
    ]
  ) {
    assertEquals([host, judgeHost(host)], [host, "host-denied"]);
  }
});

Deno.test("guardRequest() takes the host of HTTP/2, which has no Host header", () => {
  const headers = new Headers({ ...BROWSER, origin: "https://rig.lan:8443" });
  const ask = (host: string | null) => {
    try {
      return guardRequest(makePolicy(), {
        method: "POST",
        target: { kind: "command", command: "quit" },
        headers,
        host,
        isTls: true,
        address: OWNER,
        credential: "none",
      });
    } catch (error) {
      return (error as Problem).code;
    }
  };
  assertEquals(ask("rig.lan:8443"), "W");
  assertEquals(ask("rig.lan"), "origin-denied");
  assertEquals(ask("evil.example"), "host-denied");
  assertEquals(ask(null), "host-denied");
});

Deno.test("guardRequest() lets no page of another origin ask", () => {
  const post = { method: "POST", command: "switchpool" };
  const judgeOrigin = (origin: string, given: Given = post) =>
    judge(makePolicy(), { ...given, headers: { ...BROWSER, origin } });
  assertEquals(judgeOrigin("http://127.0.0.1:8080"), "W");
  for (
    const origin of [
      "null",
      "",
      "http://127.0.0.1",
      "http://127.0.0.1:80801",
      "http://127.0.0.1:8080/",
      "http://127.0.0.1:8080.evil.example",
      "ws://127.0.0.1:8080",
      "http://localhost:8080",
      "https://127.0.0.1:8080",
    ]
  ) {
    assertEquals(judgeOrigin(origin), "origin-denied");
    assertEquals(judgeOrigin(origin, {}), "origin-denied");
  }
});

Deno.test("guardRequest() takes the other scheme of its host for another origin", () => {
  const ask = (origin: string, isTls: boolean, site?: string) =>
    judge(makePolicy(), {
      ...{ method: "POST", command: "quit", isTls },
      headers: {
        ...{ ...BROWSER, origin },
        ...(site === undefined ? {} : { "sec-fetch-site": site }),
      },
    });
  const [plain, secure] = ["http://127.0.0.1:8080", "https://127.0.0.1:8080"];
  assertEquals(ask(secure, true), "W");
  assertEquals(ask(plain, true), "origin-denied");
  assertEquals(ask(plain, true, "cross-site"), "origin-denied");
  assertEquals(ask(plain, false), "W");
  assertEquals(ask(plain, false, "same-origin"), "W");
  assertEquals(ask(plain, false, "cross-site"), "origin-denied");
  assertEquals(ask(plain, false, "same-site"), "origin-denied");
  assertEquals(ask(secure, false), "origin-denied");
  assertEquals(ask(secure, false, "same-site"), "origin-denied");
  // A proxy in front speaks TLS: to the browser both are one origin.
  assertEquals(ask(secure, false, "same-origin"), "W");
});

Deno.test("guardRequest() lets a link from elsewhere read, and nothing more", () => {
  const fetchMetadata = (site: string, mode: string, dest: string) => ({
    ...BROWSER,
    "sec-fetch-site": site,
    "sec-fetch-mode": mode,
    "sec-fetch-dest": dest,
  });
  for (const site of ["cross-site", "same-site"]) {
    const link = fetchMetadata(site, "navigate", "document");
    assertEquals(judge(makePolicy(), { headers: link }), "W");
    assertEquals(
      judge(makePolicy(), { headers: link, command: "quit" }),
      "origin-denied",
    );
    for (
      const [mode, dest] of [
        ["navigate", "iframe"],
        ["no-cors", "image"],
        ["cors", "empty"],
      ] as const
    ) {
      const headers = fetchMetadata(site, mode, dest);
      assertEquals(judge(makePolicy(), { headers }), "origin-denied");
    }
  }
  for (const site of ["none", "same-origin"]) {
    const headers = fetchMetadata(site, "no-cors", "image");
    assertEquals(judge(makePolicy(), { headers }), "W");
  }
});

Deno.test("guardRequest() lets the origins of --cors ask, and those of * read", () => {
  const origin = "https://farm.example";
  const headers = { ...BROWSER, origin };
  const named = makePolicy(undefined, { corsOrigins: [origin] });
  const all = makePolicy(undefined, { corsOrigins: ["*"] });
  const write = { headers, method: "POST", command: "quit" };
  assertEquals(judge(named, write), "W");
  assertEquals(
    judge(named, { headers, command: "quit" }),
    "method-not-allowed",
  );
  assertEquals(judge(all, { headers }), "W");
  assertEquals(judge(all, write), "origin-denied");
});

Deno.test("guardRequest() lets Bearer stand for the checks of origin and method, not Basic", () => {
  const policy = makePolicy("R:0/0", { hasToken: true });
  const headers = {
    ...BROWSER,
    host: "gateway.lan",
    origin: "https://evil.example",
    "sec-fetch-site": "cross-site",
  };
  const given = { headers, command: "quit" };
  assertEquals(judge(policy, { ...given, credential: "bearer" }), "W");
  for (const credential of ["basic", "wrong", "none"] as const) {
    assertEquals(judge(policy, { ...given, credential }), "origin-denied");
  }
});

Deno.test("guardRequest() checks a browser's Host whatever token it brings", () => {
  const policy = makePolicy("R:0/0", { hasToken: true });
  const headers = { ...BROWSER, host: "evil.example" };
  for (const credential of ["bearer", "basic", "wrong", "none"] as const) {
    assertEquals(judge(policy, { headers, credential }), "host-denied");
  }
  const script = { headers: { host: "evil.example" }, command: "quit" };
  assertEquals(judge(policy, { ...script, credential: "bearer" }), "W");
});

Deno.test("guardRequest() lets no command past group R that is not in the table", () => {
  const known = COMMANDS.filter(({ group }) => group === "R")
    .map(({ name }) => name);
  const name = fc.oneof(
    fc.constantFrom(...COMMANDS.map((command) => command.name)),
    fc.string({ maxLength: 6, unit: "binary" }),
    fc.constantFrom(" ", "+", "|", "\n", "\0", "", "Summary", "quit"),
  );
  const command = fc.array(name, { maxLength: 4 }).chain((parts: string[]) =>
    fc.constantFrom("+", "", " ", "|").map((by: string) => parts.join(by))
  );
  const policy = makePolicy("R:0/0");
  fc.assert(
    fc.property(command, (command: string) => {
      const parts = command.split("+").filter((part) => part !== "");
      const isRead = parts.length > 0 &&
        parts.every((part) => known.includes(part));
      assertEquals(
        judge(policy, { command }),
        isRead ? "R" : "command-denied",
      );
    }),
    { seed: SEED, numRuns: 1000 },
  );
});

Deno.test("guardRequest() takes every Sec-Fetch header for a browser's", () => {
  for (const name of ["site", "dest", "user", "storage-access"]) {
    const headers = { [`sec-fetch-${name}`]: "none" };
    assertEquals(
      judge(makePolicy(), { command: "quit", headers }),
      "method-not-allowed",
      name,
    );
  }
});
