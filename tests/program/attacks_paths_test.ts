// Attacks by the shape of a request: its target, its Host, what is in its
// lines; and on the way to other machines. The client may only read.

import { assert, assertEquals, assertMatch } from "jsr:@std/assert@1";
import { parseResponse, sendBytes } from "../raw_http.ts";
import {
  type AttackedGateway,
  REPLY,
  SUMMARY,
  testAttack,
} from "./attacked_gateway.ts";

const READ_ONLY = { flags: ["--allow=R:0/0"] };

/** Sends a request line and headers; gives the status. */
async function sendHead(
  { port }: AttackedGateway,
  ...lines: string[]
): Promise<number> {
  const head = [...lines, "Connection: close", "", ""].join("\r\n");
  return parseResponse(await sendBytes(port, head)).status;
}

testAttack("Path tricks: //, /./, /.., %2e%2e, %2F", {
  ...READ_ONLY,
  async attack(gateway) {
    for (
      const target of [
        "//quit",
        "///quit",
        "/./quit",
        "/../quit",
        "/%2e/quit",
        "/%2e%2e/quit",
        "/%2Fquit",
        "/%2fsummary",
        "/summary%2Fquit",
        "/@garage//quit",
        "/@garage/../quit",
        "/@garage/%2e%2e%2fquit",
        "/\\quit",
        "/quit#/summary",
        "/summary#",
        "/quit;/summary",
        "/summary;quit",
        "/quit?/summary",
        "/quit%3f/summary",
      ]
    ) {
      await gateway.refuse("command-denied", target);
    }
    for (
      const target of [
        "/-/../quit",
        "/-/%2e%2e/quit",
        "/metrics/../quit",
        "/favicon.ico/../quit",
        "/%2d/../quit",
      ]
    ) {
      await gateway.refuse("not-found", target);
    }
  },
  async allowed(gateway) {
    // Here it is the parameter of a read.
    const { status } = await gateway.send("/summary/../quit");
    assertEquals(status, 200);
  },
  reaches: ['{"command":"summary","parameter":"../quit"}'],
});

testAttack("Absolute-form and * targets", {
  ...READ_ONLY,
  async attack(gateway) {
    const { port, bystander } = gateway;
    const host = `Host: 127.0.0.1:${port}`;
    for (
      const [target, status] of [
        [`http://127.0.0.1:${port}/quit`, 403],
        [`http://summary/quit`, 403],
        [`http://127.0.0.1:${bystander.port}/quit`, 403],
        ["http://x/quit?http://x/summary", 403],
        ["*", 400],
        ["quit", 400],
        ["summary/../quit", 400],
      ] as const
    ) {
      const line = `GET ${target} HTTP/1.1`;
      assertEquals([target, await sendHead(gateway, line, host)], [
        target,
        status,
      ]);
    }
    const { port: other } = bystander;
    const connect = `CONNECT 127.0.0.1:${other} HTTP/1.1`;
    assertEquals(await sendHead(gateway, connect, host), 405);
    assertEquals(await sendHead(gateway, "OPTIONS * HTTP/1.1", host), 204);
  },
  async allowed(gateway) {
    // It is no forward proxy: whatever the target names, its own rig answers.
    const target = `http://127.0.0.1:${gateway.bystander.port}/summary`;
    const { status, body } = await gateway.send(target);
    assertEquals([status, body], [200, REPLY]);
  },
});

testAttack("Two Hosts, and a Host with a slash", {
  async attack(gateway) {
    const line = "GET /summary HTTP/1.1";
    const first = `Host: 127.0.0.1:${gateway.port}`;
    for (const second of ["Host: 127.0.0.1/quit", "Host: evil.example"]) {
      assertEquals(await sendHead(gateway, line, first, second), 400);
      assertEquals(await sendHead(gateway, line, second, first), 400);
    }
    for (
      const host of [
        "x/quit",
        "x/quit?",
        "127.0.0.1/quit/",
        "x?/quit",
        "x#/quit",
        "x\\quit",
        "user@x/quit",
        "127.0.0.1, 127.0.0.1",
        "127.0.0.1 x",
      ]
    ) {
      const { status } = await gateway.send("/summary", { host });
      assertEquals([host, status], [host, 400]);
    }
  },
});

testAttack("Request smuggling: a second request in a body", {
  ...READ_ONLY,
  async attack(gateway) {
    const { port } = gateway;
    const host = `Host: 127.0.0.1:${port}`;
    const quit = `GET /quit HTTP/1.1\r\n${host}\r\nConnection: close\r\n\r\n`;
    for (
      const head of [
        ["Content-Length: 0", "Transfer-Encoding: chunked"],
        ["Content-Length: 3", "Content-Length: 0"],
        ["Transfer-Encoding: xchunked"],
        ["Content-Length: +0"],
      ]
    ) {
      const lines = ["POST /quit HTTP/1.1", host, ...head, "", ""];
      const text = await sendBytes(port, lines.join("\r\n") + "0\r\n\r\n");
      assertMatch(text, /^HTTP\/1.1 (?:400|403) /);
      assert(!text.includes("HTTP/1.1 200"), text);
    }
    // One after the other on one connection, each is asked for itself.
    const page = `GET /-/healthz HTTP/1.1\r\n${host}\r\n\r\n`;
    const text = await sendBytes(port, page + quit);
    assertEquals(text.match(/HTTP\/1.1 \d+/g), [
      "HTTP/1.1 200",
      "HTTP/1.1 403",
    ]);
  },
});

testAttack("Header injection by a URL", {
  ...READ_ONLY,
  async attack(gateway) {
    const injected = "%0d%0aSet-Cookie:%20a=b%0d%0a%0d%0a<p>";
    for (
      const target of [
        `/quit${injected}`,
        `/summary${injected}`,
        `/@garage${injected}/summary`,
        `/@${injected}/summary`,
        `/-/${injected}`,
      ]
    ) {
      const { status, headers } = await gateway.send(target, {
        headers: { origin: "http://127.0.0.1" },
      });
      assert(status >= 400, target);
      assertEquals(headers.get("set-cookie"), null);
    }
    const { headers } = await gateway.send(`/-/healthz?${injected}`);
    assertEquals(headers.get("set-cookie"), null);
  },
  async allowed(gateway) {
    const { status, headers } = await gateway.send("/summary/%0d%0aX-A:%20b", {
      headers: { prefer: "handling=strict\tx" },
    });
    assertEquals([status, headers.get("x-a")], [200, null]);
  },
  reaches: ['{"command":"summary","parameter":"\\r\\nX-A: b"}'],
});

for (
  const [name, log] of [
    ["Log injection (text)", "text"],
    ["Log injection (json)", "json"],
  ] as const
) {
  testAttack(name, {
    ...READ_ONLY,
    log,
    async attack(gateway) {
      const forged = "%0a2026-01-01T00:00:00.000Z%2010.0.0.1%20W%20GET%20/quit";
      const control = "%1b[2J%07%e2%80%ae%c2%85%e2%80%a8";
      const targets = [
        `/quit${forged}`,
        `/quit${control}`,
        `/summary${forged}`,
        `/@garage${forged}/summary`,
        `/-/${forged}`,
        "/quit%ff",
        // As bytes: the server takes UTF-8 in a target.
        "/@nosuch/summary/\u202e\u2028\u0085",
      ];
      for (const target of targets) {
        await gateway.send(target, {
          headers: { "user-agent": "a\tb", "x-forwarded-for": "1.2.3.4" },
        });
      }
      const body = JSON.stringify({
        command: "quit\n10.0.0.1 W GET /quit\u001b",
      });
      await gateway.post(body);
      await gateway.send("/-/healthz");
      const lines: string[] = [];
      for (let i = 0; i < targets.length + 2; i++) {
        lines.push(await gateway.program.readLine() ?? "");
      }
      for (const line of lines) {
        assertMatch(line, /^[\x20-\x7e\u2026]+$/);
        assertMatch(line, log === "text" ? /^\S+ 127\.0\.0\.1 / : /^\{.*\}$/);
      }
      // A line for each, and no more.
      assertMatch(lines.at(-1) ?? "", /healthz/);
    },
  });
}

testAttack("A password in a path that is not understood, left in the log", {
  ...READ_ONLY,
  log: "text",
  async attack(gateway) {
    const lines: string[] = [];
    for (
      const [target, logged] of [
        ["/%40default%2Faddpool%2Furl%2Cuser%2Chunter2", "/%40default…"],
        ["/@default:addpool,user,hunter2/x", "/@default…"],
        ["/@default:addpool,user,hunter2/summary", "/@default…"],
        ["/@garage%2Faddpool%2Chunter2/summary", "/@garage…"],
        ["/addpool+url+user+hunter2", "/addpool+…"],
        ["/summary%2F..%2Faddpool%2Chunter2", "/summary…"],
        ["/%61ddpool/hunter2", "/…"],
        ["//addpool/hunter2", "//…"],
        ["/-/@default/addpool/hunter2", "/-/…"],
        ["/addpool/hunter2%zz", "/addpool/…"],
      ] as const
    ) {
      for (const method of ["GET", "POST"]) {
        const { status } = await gateway.send(target, { method });
        assert(status >= 400, target);
        const line = await gateway.program.readLine() ?? "";
        assertEquals(line.split(" ").slice(3, 5), [method, logged]);
        lines.push(line);
      }
    }
    assert(!lines.join("").includes("hunter2"));
  },
});

for (
  const [name, log] of [
    ["A line of the log as long as a client likes (text)", "text"],
    ["A line of the log as long as a client likes (json)", "json"],
  ] as const
) {
  testAttack(name, {
    ...READ_ONLY,
    log,
    async attack(gateway) {
      const long = "x".repeat(60_000);
      const quotes = '"'.repeat(60_000);
      for (
        const [target, method] of [
          [`/quit/${long}`, "GET"],
          [`/${long}`, "GET"],
          [`/@${long}/summary`, "GET"],
          [`/${"summary+".repeat(7_000)}`, "GET"],
          [`/summary/${long}`, "PUT"],
          [`/summary/${quotes}`, "GET"],
          [`/-/${long}`, "GET"],
          ["/summary", `PUT${long.slice(0, 10_000)}`],
        ] as const
      ) {
        const { status } = await gateway.send(target, { method });
        assert(status >= 400, target.slice(0, 20));
        const line = await gateway.program.readLine() ?? "";
        const { length } = new TextEncoder().encode(line);
        assert(length > 20 && length <= 2048, `${length} bytes`);
        if (log === "json") assertEquals(JSON.parse(line).status, status);
      }
      const { status } = await gateway.post(
        `{"command":"${"x".repeat(16e3)}"}`,
      );
      assert(status >= 400);
      const line = await gateway.program.readLine() ?? "";
      assert(line.length < 2048, line);
    },
  });
}

testAttack("SSRF by /probe?target= and by /@", {
  async attack(gateway) {
    const { port } = gateway.bystander;
    const addresses = [
      "127.0.0.1",
      `127.0.0.1:${port}`,
      `localhost:${port}`,
      `[::1]:${port}`,
      `[::ffff:127.0.0.1]:${port}`,
      `2130706433:${port}`,
      `http://127.0.0.1:${port}/`,
      `garage@127.0.0.1:${port}`,
      `garage:${port}`,
      `garage=127.0.0.1:${port}`,
      "169.254.169.254",
      "GARAGE",
      "garage.",
      "garage%00",
      "__proto__",
      "",
    ];
    for (const address of addresses) {
      const escaped = encodeURIComponent(address);
      for (const name of new Set([escaped, encodeURI(address)])) {
        const { status } = await gateway.send(`/probe?target=${name}`);
        assert(status >= 400, `/probe?target=${name}: ${status}`);
        if (name.includes("/")) continue;
        for (const path of ["/summary", "/quit", ""]) {
          await gateway.refuse(
            ["unknown-rig", "bad-request"],
            `/@${name}${path}`,
          );
        }
      }
      await gateway.refuse("unknown-rig", `/@${escaped}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: SUMMARY,
      });
    }
  },
  async allowed(gateway) {
    const { port } = gateway.bystander;
    const { status } = await gateway.send(
      `/summary?target=127.0.0.1:${port}&api-host=127.0.0.1&api-port=${port}` +
        `&rig=x=127.0.0.1:${port}`,
      { headers: { "x-forwarded-host": `127.0.0.1:${port}` } },
    );
    assertEquals(status, 200);
  },
});
