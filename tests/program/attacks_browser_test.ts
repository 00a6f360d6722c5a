// Attacks by other people's pages, through the browser of somebody whose
// address may write: here 127.0.0.1, as everywhere by default. What browsers
// send is from the Fetch standard, and from Chromium and Firefox.

import { assertEquals } from "jsr:@std/assert@1";
import {
  type AttackedGateway,
  BASIC,
  BROWSER,
  EVIL,
  makeFetchHeaders,
  testAttack,
} from "./attacked_gateway.ts";

/** URLs that change a rig. */
const WRITES = [
  "/quit",
  "/restart",
  "/switchpool/1",
  "/addpool/stratum+tcp://evil.example:3333,user,pass",
  "/summary+quit",
  "/@garage/quit",
  "/@all/quit",
  "/nosuchcommand",
];

const JSON_BODY = '{"command":"quit"}';

/** Where a request that a page causes may come from. */
const FOREIGN_SITES = ["cross-site", "same-site"];

/** What the gateway's own page does to write, and what the rig then gets. */
const ownWrite = {
  async allowed(gateway: AttackedGateway): Promise<void> {
    const origin = `http://127.0.0.1:${gateway.port}`;
    const response = await gateway.send("/switchpool/1", {
      method: "POST",
      headers: { ...makeFetchHeaders("same-origin", "cors", "empty"), origin },
      body: "",
    });
    assertEquals(response.status, 200);
  },
  reaches: ['{"command":"switchpool","parameter":"1"}'],
};

/** Headers of a POST that a page of an origin causes, on loopback and on a LAN. */
function makePostHeaders(
  origin: string,
  site = "cross-site",
): Record<string, string>[] {
  return [
    { ...BROWSER, origin },
    { origin },
    { ...makeFetchHeaders(site, "navigate", "document"), origin },
    { ...makeFetchHeaders(site, "no-cors", "empty"), origin },
    { ...makeFetchHeaders(site, "cors", "empty"), origin },
  ];
}

testAttack("CSRF by image", {
  async attack(gateway) {
    for (const target of WRITES) {
      // On a LAN, over plain HTTP: nothing but the browser's name.
      await gateway.refuse("method-not-allowed", target, { headers: BROWSER });
      for (const site of FOREIGN_SITES) {
        await gateway.refuse("origin-denied", target, {
          headers: makeFetchHeaders(site, "no-cors", "image"),
        });
      }
    }
  },
  ...ownWrite,
});

testAttack("CSRF by audio or video, through a player of the browser", {
  async attack(gateway) {
    for (
      const agent of [
        "AppleCoreMedia/1.0.0.21F90 (iPhone; U; CPU OS 17_5 like Mac OS X)",
        "stagefright/1.2 (Linux;Android 9)",
        "Lavf/60.16.100",
        "NSPlayer/12.00.19041.0000 WMFSDK/12.00.19041.0000",
        "VLC/3.0.20 LibVLC/3.0.20",
        "GStreamer souphttpsrc 1.22.0 libsoup/3.4.0",
        "libmpv",
        "MobileSafari/8617.1 CFNetwork/1490.0.4 Darwin/23.2.0",
      ]
    ) {
      for (const range of [{}, { range: "bytes=0-" }]) {
        const headers = { "user-agent": agent, ...range };
        for (const target of WRITES) {
          for (const method of ["GET", "HEAD"]) {
            await gateway.refuse("method-not-allowed", target, {
              method,
              headers,
            });
          }
        }
        await gateway.refuse("host-denied", "/pools", {
          host: "evil.example",
          headers,
        });
      }
    }
    // A player that nobody has heard of asks for a range.
    for (const agent of [{}, { "user-agent": "curl/8.14" }]) {
      for (const target of WRITES) {
        const { body } = await gateway.refuse("method-not-allowed", target, {
          headers: { ...agent, range: "bytes=0-" },
        });
        assertEquals(JSON.parse(body).hint, "Use POST");
      }
    }
  },
  async allowed(gateway) {
    const { status } = await gateway.send("/switchpool/1");
    assertEquals(status, 200);
    const headers = { range: "bytes=0-" };
    assertEquals((await gateway.send("/pools", { headers })).status, 200);
    const post = { method: "POST", headers, body: "" };
    assertEquals((await gateway.send("/switchpool/2", post)).status, 200);
  },
  reaches: [
    '{"command":"switchpool","parameter":"1"}',
    '{"command":"pools"}',
    '{"command":"switchpool","parameter":"2"}',
  ],
});

testAttack("CSRF by script, style, frame or prefetch", {
  async attack(gateway) {
    for (const dest of ["script", "style", "iframe", "object", "empty"]) {
      const mode = dest === "iframe" ? "navigate" : "no-cors";
      const headers = makeFetchHeaders("cross-site", mode, dest);
      for (const target of [...WRITES, "/pools", "/"]) {
        await gateway.refuse("origin-denied", target, { headers });
      }
    }
  },
  ...ownWrite,
});

testAttack("CSRF by link", {
  async attack(gateway) {
    for (const site of [...FOREIGN_SITES, "none"]) {
      const headers = makeFetchHeaders(site, "navigate", "document");
      for (const target of WRITES) {
        await gateway.refuse(["method-not-allowed", "origin-denied"], target, {
          headers,
        });
      }
    }
  },
  async allowed(gateway) {
    const headers = makeFetchHeaders("cross-site", "navigate", "document");
    const { status } = await gateway.send("/pools", { headers });
    assertEquals(status, 200);
  },
  reaches: ['{"command":"pools"}'],
});

for (
  const [name, type, body] of [
    [
      "CSRF by form (urlencoded)",
      "application/x-www-form-urlencoded",
      "command=quit",
    ],
    [
      "CSRF by form (multipart)",
      "multipart/form-data; boundary=x",
      '--x\r\nContent-Disposition: form-data; name="command"\r\n\r\nquit\r\n--x--\r\n',
    ],
    ["CSRF by form (text/plain)", "text/plain", '{"command":"quit","x":"="}'],
  ] as const
) {
  testAttack(name, {
    async attack(gateway) {
      for (const target of [...WRITES, "/", "/@garage"]) {
        const ask = { method: "POST", body };
        for (const headers of makePostHeaders(EVIL)) {
          await gateway.refuse("origin-denied", target, {
            ...ask,
            headers: { ...headers, "content-type": type },
          });
        }
        // Without any Origin, as old browsers did.
        await gateway.refuse("origin-denied", target, {
          ...ask,
          headers: { ...BROWSER, "content-type": type },
        });
      }
      // Not even a form of our own page is read.
      const origin = `http://127.0.0.1:${gateway.port}`;
      for (const target of ["/", "/@garage"]) {
        await gateway.refuse("unsupported-media-type", target, {
          method: "POST",
          headers: { ...BROWSER, origin, "content-type": type },
          body,
        });
      }
    },
    ...ownWrite,
  });
}

testAttack("CSRF by fetch no-cors", {
  async attack(gateway) {
    const sent = makeFetchHeaders("cross-site", "no-cors", "empty");
    for (const target of WRITES) {
      await gateway.refuse("origin-denied", target, { headers: sent });
      await gateway.refuse("method-not-allowed", target, { headers: BROWSER });
    }
    for (const type of ["text/plain;charset=UTF-8", "application/json"]) {
      for (const headers of [sent, BROWSER]) {
        await gateway.refuse("origin-denied", "/", {
          method: "POST",
          headers: { ...headers, origin: EVIL, "content-type": type },
          body: JSON_BODY,
        });
      }
    }
  },
  ...ownWrite,
});

testAttack("CSRF by fetch with preflight", {
  async attack(gateway) {
    for (const target of ["/", "/@garage", ...WRITES]) {
      for (const method of ["POST", "GET", "PUT"]) {
        const { status, headers } = await gateway.send(target, {
          method: "OPTIONS",
          headers: {
            ...BROWSER,
            origin: EVIL,
            "access-control-request-method": method,
            "access-control-request-headers": "content-type,authorization",
            "access-control-request-private-network": "true",
          },
        });
        assertEquals(status, 204);
        const granted = [...headers.keys()].filter((name) =>
          name.startsWith("access-control-")
        );
        assertEquals(granted, []);
      }
    }
    // And if a browser asked nevertheless.
    for (const headers of makePostHeaders(EVIL)) {
      await gateway.refuse("origin-denied", "/", {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON_BODY,
      });
    }
  },
  ...ownWrite,
});

testAttack("CSRF from a sandboxed iframe (Origin: null)", {
  flags: ["--cors=https://farm.example"],
  async attack(gateway) {
    const post = { method: "POST", body: JSON_BODY };
    for (const headers of makePostHeaders("null")) {
      for (const target of ["/pools", ...WRITES]) {
        await gateway.refuse("origin-denied", target, { headers });
      }
      await gateway.refuse("origin-denied", "/", {
        ...post,
        headers: { ...headers, "content-type": "application/json" },
      });
    }
  },
  ...ownWrite,
});

testAttack("CSRF from a sibling subdomain, or another port of this machine", {
  flags: ["--allow-host=rig.farm.example"],
  async attack(gateway) {
    const { port } = gateway;
    for (
      const [host, origin] of [
        [`rig.farm.example:${port}`, `http://other.farm.example:${port}`],
        [`rig.farm.example:${port}`, `http://farm.example:${port}`],
        [`rig.farm.example:${port}`, `http://x.rig.farm.example:${port}`],
        [`rig.farm.example:${port}`, "http://rig.farm.example"],
        [`127.0.0.1:${port}`, "http://127.0.0.1:3000"],
        [`127.0.0.1:${port}`, "http://127.0.0.1"],
        [`127.0.0.1:${port}`, `http://localhost:${port}`],
        [`127.0.0.1:${port}`, `http://[::1]:${port}`],
        [`127.0.0.1:${port}`, `http://127.0.0.1:${port}0`],
        [`127.0.0.1:${port}`, `http://127.0.0.1:${port}.evil.example`],
        [`127.0.0.1:${port}`, `http://x@127.0.0.1:${port}`],
        [`127.0.0.1:${port}`, `ftp://127.0.0.1:${port}`],
        [`127.0.0.1:${port}`, `https://127.0.0.1:${port}`],
      ] as const
    ) {
      for (const headers of makePostHeaders(origin, "same-site")) {
        await gateway.refuse("origin-denied", "/switchpool/1", {
          method: "POST",
          host,
          headers,
          body: "",
        });
      }
      await gateway.refuse("origin-denied", "/pools", {
        host,
        headers: makeFetchHeaders("same-site", "no-cors", "image"),
      });
    }
  },
  async allowed(gateway) {
    // Its own page, in whichever case, and whichever scheme a proxy speaks.
    for (const scheme of ["http", "https"]) {
      const host = `Rig.Farm.Example:${gateway.port}`;
      const { status } = await gateway.send("/switchpool/1", {
        method: "POST",
        host,
        headers: {
          ...BROWSER,
          origin: `${scheme}://${host.toLowerCase()}`,
          "sec-fetch-site": "same-origin",
        },
        body: "",
      });
      assertEquals(status, 200);
    }
  },
  reaches: Array(2).fill('{"command":"switchpool","parameter":"1"}'),
});

testAttack("CSRF by WebSocket and by event stream", {
  async attack(gateway) {
    for (const origin of [EVIL, "null"]) {
      const from = { ...BROWSER, origin };
      for (const target of ["/", "/summary", ...WRITES]) {
        await gateway.refuse("origin-denied", target, {
          headers: { ...from, accept: "text/event-stream" },
        });
        await gateway.refuse("origin-denied", target, {
          headers: {
            ...from,
            connection: "upgrade, close",
            upgrade: "websocket",
            "sec-websocket-version": "13",
            "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
          },
        });
      }
    }
  },
  ...ownWrite,
});

testAttack("CSRF with a Basic password that the browser remembers", {
  hasToken: true,
  flags: ["--allow=R:0/0"],
  async attack(gateway) {
    for (const target of WRITES) {
      await gateway.refuse("method-not-allowed", target, {
        headers: { ...BROWSER, ...BASIC },
      });
      await gateway.refuse("origin-denied", target, {
        headers: {
          ...makeFetchHeaders("cross-site", "no-cors", "image"),
          ...BASIC,
        },
      });
      for (const headers of makePostHeaders(EVIL)) {
        await gateway.refuse("origin-denied", target, {
          method: "POST",
          headers: { ...headers, ...BASIC },
          body: "",
        });
      }
    }
  },
  async allowed(gateway) {
    const origin = `http://127.0.0.1:${gateway.port}`;
    const { status } = await gateway.send("/switchpool/1", {
      method: "POST",
      headers: { ...BROWSER, ...BASIC, origin },
      body: "",
    });
    assertEquals(status, 200);
  },
  reaches: ownWrite.reaches,
});
