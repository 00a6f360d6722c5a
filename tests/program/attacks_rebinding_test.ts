// Attacks by pages that the browser takes for the gateway's own, or that the
// gateway was told to trust in part; and what a page could do with a reply.

import { assert, assertEquals, assertStringIncludes } from "jsr:@std/assert@1";
import { sendBytes } from "../raw_http.ts";
import {
  type AttackedGateway,
  BEARER,
  BROWSER,
  EVIL,
  makeFetchHeaders,
  REPLY,
  SUMMARY,
  testAttack,
} from "./attacked_gateway.ts";

/** Everything that a rebound page may try, as its own page. */
async function refuseHost(
  gateway: AttackedGateway,
  host: string,
): Promise<void> {
  const origin = `http://${host}`;
  const fetched = makeFetchHeaders("same-origin", "cors", "empty");
  for (const headers of [BROWSER, fetched, { origin }]) {
    for (const target of ["/", "/pools", "/quit", "/@all/summary", "/-/rigs"]) {
      await gateway.refuse("host-denied", target, { host, headers });
    }
    await gateway.refuse("host-denied", "/", {
      host,
      method: "POST",
      headers: { ...headers, origin, "content-type": "application/json" },
      body: '{"command":"quit"}',
    });
    await gateway.refuse("host-denied", "/", {
      host,
      headers: { ...headers, accept: "text/html" },
    });
  }
}

for (
  const [name, hosts] of [
    ["DNS rebinding", ["evil.example", "evil.example:"]],
    ["DNS rebinding with upper case", ["EVIL.EXAMPLE", "Evil.Example:8080"]],
    ["DNS rebinding with a trailing dot", ["evil.example.", "evil.example.."]],
    ["DNS rebinding with a port", ["evil.example:80", "evil.example.:8080"]],
    [
      "DNS rebinding with IPv6 in the name",
      ["[::1].evil.example", "[::1]evil.example", "--1.evil.example:8080"],
    ],
    [
      "DNS rebinding by localhost.evil.example",
      ["localhost.evil.example", "x.local.evil.example", "a.notlocal"],
    ],
    [
      "DNS rebinding by 127.0.0.1.evil.example",
      ["127.0.0.1.evil.example", "127.0.0.1.evil.example.:80", "1.2.3.4.5"],
    ],
  ] as const
) {
  testAttack(name, {
    flags: ["--allow-host=rig.farm.example"],
    async attack(gateway) {
      for (const host of hosts) await refuseHost(gateway, host);
      // Names that are like the one that is allowed.
      for (const like of ["xrig.farm.example", "rig.farm.example.evil.test"]) {
        await gateway.refuse("host-denied", "/pools", {
          host: like,
          headers: BROWSER,
        });
      }
    },
    async allowed(gateway) {
      const { port } = gateway;
      for (
        const host of [
          `127.0.0.1:${port}`,
          `[::1]:${port}`,
          "localhost",
          "LOCALHOST.",
          "garage",
          "rig.lan",
          "RIG.Farm.Example.:8080",
        ]
      ) {
        const ask = { host, headers: BROWSER };
        const { status } = await gateway.send("/summary", ask);
        assertEquals([host, status], [host, 200]);
      }
    },
    reaches: Array(7).fill(SUMMARY),
  });
}

testAttack("A browser without a Host", {
  async attack({ port }) {
    for (const target of ["/quit", "/pools"]) {
      const text = await sendBytes(
        port,
        `GET ${target} HTTP/1.0\r\nUser-Agent: ${
          BROWSER["user-agent"]
        }\r\n\r\n`,
      );
      assertStringIncludes(text, "host-denied");
    }
  },
});

testAttack("CORS: a page of an origin that is like an allowed one", {
  flags: ["--cors=https://farm.example"],
  async attack(gateway) {
    for (
      const origin of [
        "https://farm.example.evil.example",
        "https://evilfarm.example",
        "https://farm.example:8443",
        "http://farm.example",
        "https://x.farm.example",
        "https://farm.example, https://evil.example",
        "https://FARM.example",
        "https://farm.example/",
        "*",
      ]
    ) {
      const headers = { ...BROWSER, origin };
      for (const target of ["/pools", "/quit", "/"]) {
        await gateway.refuse("origin-denied", target, { headers });
      }
      await gateway.refuse("origin-denied", "/switchpool/1", {
        method: "POST",
        headers,
        body: "",
      });
    }
    // The allowed one may write, but not by GET.
    const origin = "https://farm.example";
    const { status } = await gateway.send("/quit", {
      headers: { ...BROWSER, origin },
    });
    assertEquals(status, 405);
  },
  async allowed(gateway) {
    const origin = "https://farm.example";
    const headers = { ...BROWSER, origin };
    const preflight = await gateway.send("/", {
      method: "OPTIONS",
      headers: { ...headers, "access-control-request-method": "POST" },
    });
    assertStringIncludes(
      preflight.headers.get("access-control-allow-methods") ?? "",
      "POST",
    );
    const response = await gateway.post('{"command":"restart"}', headers);
    assertEquals(response.status, 200);
    assertEquals(response.headers.get("access-control-allow-origin"), origin);
    assertEquals(
      response.headers.get("access-control-allow-credentials"),
      null,
    );
    assertStringIncludes(response.headers.get("vary") ?? "", "origin");
  },
  reaches: ['{"command":"restart"}'],
});

testAttack("CORS: a write by a page that --cors=* lets read", {
  flags: ["--cors=*"],
  async attack(gateway) {
    for (const origin of [EVIL, "null"]) {
      const headers = { ...BROWSER, origin };
      const { headers: granted } = await gateway.send("/", {
        method: "OPTIONS",
        headers: { ...headers, "access-control-request-method": "POST" },
      });
      assertEquals(
        granted.get("access-control-allow-methods"),
        origin === "null" ? null : "GET, HEAD",
      );
      for (const target of ["/switchpool/1", "/summary+quit"]) {
        for (const method of ["POST", "GET"]) {
          const response = await gateway.send(target, {
            method,
            headers,
            ...(method === "POST" ? { body: "" } : {}),
          });
          assertEquals(response.status, 403);
          assertEquals(JSON.parse(response.body).code, "origin-denied");
        }
      }
      const posted = await gateway.post('{"command":"quit"}', headers);
      assertEquals(JSON.parse(posted.body).code, "origin-denied");
    }
  },
  async allowed(gateway) {
    const response = await gateway.send("/summary", {
      headers: { ...BROWSER, origin: EVIL },
    });
    assertEquals([response.status, response.body], [200, REPLY]);
    assertEquals(response.headers.get("access-control-allow-origin"), EVIL);
  },
});

testAttack(
  "CORS: a page that --cors=* lets read, and that insists on a crash",
  {
    // Its visitor sits at this machine, and may do anything.
    flags: ["--cors=*"],
    async attack(gateway) {
      const headers = {
        ...BROWSER,
        origin: EVIL,
        prefer: "handling=lenient",
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "cors",
      };
      for (const target of ["/cpu/5", "/@all/cpu/5", "/cpu/5?raw"]) {
        for (const method of ["GET", "HEAD", "POST"]) {
          const { status } = await gateway.send(target, { method, headers });
          assertEquals([target, method, status], [target, method, 403]);
        }
      }
      // Nor does a browser that is asked by a link, or an image.
      const { origin: _, ...plain } = headers;
      for (const site of ["cross-site", "none"]) {
        const { status } = await gateway.send("/cpu/5", {
          headers: { ...plain, "sec-fetch-site": site },
        });
        assertEquals([site, status], [site, site === "none" ? 405 : 403]);
      }
    },
  },
);

testAttack("CORS: a token guessed by a page that --cors=* lets read", {
  hasToken: true,
  flags: ["--allow=R:0/0", "--cors=*", "--cors=https://farm.example"],
  async attack(gateway) {
    const preflight = async (origin: string): Promise<string | null> => {
      const { headers } = await gateway.send("/summary", {
        method: "OPTIONS",
        headers: {
          ...BROWSER,
          origin,
          "access-control-request-method": "GET",
          "access-control-request-headers": "authorization",
        },
      });
      return headers.get("access-control-allow-headers");
    };
    // Without it a browser sends no Authorization for the page.
    assertEquals(await preflight(EVIL), "content-type, prefer");
    assertEquals(
      await preflight("https://farm.example"),
      "authorization, content-type, prefer",
    );
  },
});

testAttack("CORS: Bearer from a page that is not allowed", {
  hasToken: true,
  flags: ["--allow=R:0/0"],
  async attack(gateway) {
    // A page may send it only after a preflight, which grants nothing.
    const { status, headers } = await gateway.send("/quit", {
      method: "OPTIONS",
      headers: {
        ...BROWSER,
        origin: EVIL,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization",
      },
    });
    assertEquals(status, 204);
    assertEquals(headers.get("access-control-allow-headers"), null);
    await gateway.refuse("origin-denied", "/quit", {
      method: "POST",
      headers: { ...BROWSER, origin: EVIL, authorization: "Bearer wrong" },
      body: "",
    });
  },
  async allowed(gateway) {
    // What is no page sends what it likes: the token says who it is.
    const { status } = await gateway.send("/summary", {
      headers: { ...BROWSER, origin: EVIL, ...BEARER },
    });
    assertEquals(status, 200);
  },
});

testAttack("CORS: wrong tokens from a page that --cors=* lets read", {
  hasToken: true,
  flags: ["--allow=R:0/0", "--cors=*", "--cors=https://farm.example"],
  async attack(gateway) {
    const readGranted = async (origin: string) => {
      const { status, headers } = await gateway.send("/summary", {
        method: "OPTIONS",
        headers: {
          ...BROWSER,
          origin,
          "access-control-request-method": "GET",
          "access-control-request-headers": "authorization",
        },
      });
      assertEquals(status, 204);
      return headers.get("access-control-allow-headers")?.split(", ");
    };
    // A browser sends what was granted, and nothing else.
    assertEquals(await readGranted(EVIL), ["content-type", "prefer"]);
    const named = await readGranted("https://farm.example");
    assertEquals(named?.includes("authorization"), true);
  },
});

testAttack("Clickjacking: the page in a frame of another", {
  async attack(gateway) {
    for (const target of ["/", "/@garage", "/@garage/"]) {
      const { status, headers } = await gateway.send(target, {
        headers: { ...BROWSER, accept: "text/html" },
      });
      assertEquals(status, 200);
      const policy = headers.get("content-security-policy") ?? "";
      for (const part of ["frame-ancestors 'none'", "default-src"]) {
        assertStringIncludes(policy, part);
      }
      assert(!/unsafe-|\*/.test(policy), policy);
    }
  },
});

/** A file of the dashboard, as its page names it. */
async function findAsset(gateway: AttackedGateway): Promise<string> {
  const { body } = await gateway.send("/", {
    headers: { accept: "text/html" },
  });
  return `/${/"(-\/assets\/[^"]+\.css)"/.exec(body)?.[1]}`;
}

testAttack("A page that opens this one, or loads it as a part of itself", {
  flags: ["--cors=https://farm.example"],
  async attack(gateway) {
    const read = async (target: string, accept: string) => {
      const { status, headers } = await gateway.send(target, {
        headers: { ...BROWSER, accept },
      });
      assertEquals([target, status], [target, 200]);
      return [
        headers.get("cross-origin-resource-policy"),
        headers.get("cross-origin-opener-policy"),
      ];
    };
    for (const target of ["/", "/@garage/", "/-/docs"]) {
      const policies = await read(target, "text/html");
      assertEquals(policies, ["same-origin", "same-origin"], target);
    }
    for (
      const target of [
        await findAsset(gateway),
        "/-/assets/docs.css",
        "/-/openapi.json",
        "/-/access",
        "/-/healthz",
        "/-/metrics",
      ]
    ) {
      assertEquals(await read(target, "*/*"), ["same-origin", null], target);
    }
  },
  async allowed(gateway) {
    const headers = { ...BROWSER, origin: "https://farm.example" };
    assertEquals((await gateway.send("/summary", { headers })).status, 200);
  },
});

testAttack("A cache that gives one client what another one asked for (Vary)", {
  flags: ["--cors=https://farm.example"],
  async attack(gateway) {
    for (
      const [target, vary] of [
        ["/-/metrics", "Accept, origin"],
        [await findAsset(gateway), "Accept-Encoding, origin"],
        ["/-/healthz", "origin"],
      ] as const
    ) {
      for (const from of [{}, { origin: "https://farm.example" }]) {
        const { status, headers } = await gateway.send(target, {
          headers: from,
        });
        assertEquals([status, headers.get("vary")], [200, vary], target);
      }
      // What is refused says too that another origin may be answered.
      const refused = await gateway.send(target, { headers: { origin: EVIL } });
      assertEquals([refused.status, refused.headers.get("vary")], [
        403,
        "origin",
      ]);
    }
  },
});

testAttack("A script in a URL, a Host or an Origin (XSS)", {
  flags: ["--allow=R:0/0"],
  async attack(gateway) {
    const script = "<script>alert(1)</script>";
    const headers = { accept: "text/html", origin: EVIL + script };
    for (
      const [target, ask] of [
        [`/${script}`, { headers: { accept: "text/html" } }],
        [`/@${script}/summary`, { headers: { accept: "text/html" } }],
        [`/-/${script}`, { headers: { accept: "text/html" } }],
        ["/summary", { headers }],
        ["/summary", { host: script, headers: BROWSER }],
      ] as const
    ) {
      const response = await gateway.send(target, ask);
      assert(response.status >= 400, target);
      assertEquals(
        [
          response.headers.get("content-type"),
          response.headers.get("x-content-type-options"),
        ],
        ["application/problem+json", "nosniff"],
      );
    }
  },
});
