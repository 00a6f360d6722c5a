import {
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "jsr:@std/assert@1";
import { sendBytes, sendRequest } from "../raw_http.ts";
import {
  parseAllowList,
  parseGroups,
} from "../../gateway/access/access_list.ts";
import { MAX_WRONG_TOKENS, TokenCheck } from "../../gateway/access/token.ts";
import type { GuardPolicy } from "../../gateway/access/guard.ts";
import type { GatewayOptions } from "../gateway_server.ts";
import { JSON_BODY, REPLY, serve } from "./served_rig.ts";

Deno.test("handler takes a POST on a command URL for a GET", async () => {
  await using served = await serve("{}");
  const { gateway, rig } = served;
  for (const headers of [{}, { "content-length": "0" }]) {
    const { status } = await sendRequest(gateway.port, "/switchpool/1", {
      method: "POST",
      headers,
    });
    assertEquals(status, 200);
  }
  assertEquals(
    rig.requests,
    Array(2).fill('{"command":"switchpool","parameter":"1"}'),
  );
  const body = await sendRequest(gateway.port, "/switchpool/1", {
    method: "POST",
    headers: JSON_BODY,
    body: '{"command":"quit"}',
  });
  assertEquals([body.status, JSON.parse(body.body).code], [400, "bad-request"]);
  assertEquals(rig.requests.length, 2);
});

Deno.test("handler sends what a JSON body says, further members as they are written", async () => {
  const bodies: [body: string, request: string][] = [
    ['{"command":"summary"}', '{"command":"summary"}'],
    ['{"command":"summary","parameter":""}', '{"command":"summary"}'],
    ['{"command":"summary","parameter":null}', '{"command":"summary"}'],
    ['{"parameter":"0","command":"asc"}', '{"command":"asc","parameter":"0"}'],
    ['{"command":"asc","parameter":0}', '{"command":"asc","parameter":0}'],
    ['{"command":"asc","parameter":0.5}', '{"command":"asc","parameter":0.5}'],
    [
      '{"command":"a/b%20c","parameter":"é\\n"}',
      '{"command":"a/b%20c","parameter":"é\\n"}',
    ],
    ['{"command":"quit","command":"summary"}', '{"command":"summary"}'],
    [
      '{ "new_api" : true,\t"command":"stats" }',
      '{"new_api":true,"command":"stats"}',
    ],
    [
      '{"command":"a","n":[18446744073709551616,1.50,-0,1e400],"o":{"x":"\\u00e9"}}',
      '{"command":"a","n":[18446744073709551616,1.50,-0,1e400],"o":{"x":"é"}}',
    ],
    [
      '{"command":"a","parameter":1.0,"b":1}',
      '{"command":"a","parameter":1.0,"b":1}',
    ],
    ['{"command":"a","b":1,"b":2}', '{"command":"a","b":2}'],
    ['{"command":"a","__proto__":1}', '{"command":"a","__proto__":1}'],
  ];
  await using served = await serve("{}");
  const { gateway, rig } = served;
  for (const target of ["/", "/@default", "/@default/"]) {
    for (const [body, request] of bodies) {
      rig.requests.length = 0;
      const { status } = await sendRequest(gateway.port, target, {
        method: "POST",
        headers: { "content-type": "application/json; charset=utf-8" },
        body,
      });
      assertEquals([body, status, rig.requests], [body, 200, [request]]);
    }
  }
});

Deno.test("handler shares no call of a body with further members, and sends it once", async () => {
  await using served = await serve("{}");
  const { gateway, rig } = served;
  const body = '{"command":"summary","new_api":true}';
  await Promise.all(
    Array.from({ length: 3 }, () =>
      sendRequest(gateway.port, "/", {
        method: "POST",
        headers: JSON_BODY,
        body,
      })),
  );
  assertEquals(rig.requests, [body, body, body]);
});

Deno.test("handler refuses a cpu that bfgminer does not have, unless its owner insists", async () => {
  const lenient = { prefer: "handling=lenient" };
  const groups = parseGroups("");
  const reads: GuardPolicy = {
    rules: parseAllowList("R:0/0", groups),
    groups,
    hasToken: false,
    isTokenForReads: false,
    allowedHosts: [],
    corsOrigins: [],
  };
  const count = '{"command":"cpucount"}';
  const ask = (parameter: string) =>
    `{"command":"cpu","parameter":"${parameter}"}`;
  const questions: [
    parameter: string,
    options: Pick<GatewayOptions, "policy">,
    headers: Record<string, string>,
    status: number,
    requests: string[],
  ][] = [
    ["2", {}, {}, 400, [count]],
    ["1", {}, {}, 200, [count, ask("1")]],
    ["2x", {}, {}, 400, [count]],
    [" 5", {}, {}, 400, [count]],
    ["+5", {}, {}, 400, [count]],
    ["x", {}, {}, 200, [count, ask("x")]],
    ["-1", {}, {}, 200, [count, ask("-1")]],
    ["99999999999999999999", {}, {}, 400, [count]],
    // `atoi` makes a 6 of it, and a -2147483648 of the other.
    ["-4294967290", {}, {}, 400, [count]],
    ["-2147483649", {}, {}, 400, [count]],
    ["-2147483648", {}, {}, 200, [count, ask("-2147483648")]],
    ["9", {}, lenient, 200, [ask("9")]],
    ["9", { policy: reads }, lenient, 400, [count]],
  ];
  for (const [parameter, options, headers, status, requests] of questions) {
    await using served = await serve('{"CPUS":[{"Count":2}],"id":1}', options);
    const { gateway, rig } = served;
    for (const way of ["", "/@default"]) {
      const target = `${way}/cpu/${encodeURIComponent(parameter)}`;
      rig.requests.length = 0;
      const response = await sendRequest(gateway.port, target, { headers });
      assertEquals([target, response.status], [target, status]);
      assertEquals(rig.requests, requests);
    }
  }
  {
    await using served = await serve("{}");
    const { gateway, rig } = served;
    const { status } = await sendRequest(gateway.port, "/setconfig", {
      headers: lenient,
    });
    assertEquals([status, rig.requests], [200, ['{"command":"setconfig"}']]);
  }
  // Without CPUs, or without the command, the miner says so itself.
  for (const reply of ['{"CPUS":[{"Count":0}]}', "{}"]) {
    await using served = await serve(reply);
    await sendRequest(served.gateway.port, "/cpu/0");
    assertEquals(served.rig.requests, [count, ask("0")]);
  }
  for (
    const [reply, code] of [
      ["no", 502],
      ['{"STATUS":[{"STATUS":"S"}],"CPUS":[{"Cou', 502],
      ['{"CPUS":[{"Count":"two"}]}', 400],
      ['{"CPUS":[null]}', 400],
      ['{"CPUS":null}', 400],
      ['{"CPUS":5}', 400],
    ] as const
  ) {
    await using served = await serve(reply);
    const { status } = await sendRequest(served.gateway.port, "/cpu/0");
    assertEquals([reply, status], [reply, code]);
    assertEquals(served.rig.requests, [count]);
  }
  await using served = await serve('{"CPUS":[{"Count":2}],"id":1}');
  const all = await sendRequest(served.gateway.port, "/@all/cpu/9");
  assertEquals(all.status, 200);
  assertEquals(JSON.parse(all.body).default.error.code, "bad-request");
  assertEquals(served.rig.requests, [count]);
});

Deno.test("handler refuses a hostile body, and no rig hears of it", async () => {
  const hostile: [
    body: string,
    type: string | undefined,
    status: number,
    code: string,
  ][] = [
    ["", "application/json", 400, "bad-request"],
    ["{", "application/json", 400, "bad-request"],
    ["[]", "application/json", 400, "bad-request"],
    [
      `{"command":"summary","a":${"[".repeat(512)}${"]".repeat(512)}}`,
      "application/json",
      400,
      "bad-request",
    ],
    ["null", "application/json", 400, "bad-request"],
    ['"summary"', "application/json", 400, "bad-request"],
    ["{}", "application/json", 400, "bad-request"],
    ['{"command":""}', "application/json", 400, "bad-request"],
    ['{"command":5}', "application/json", 400, "bad-request"],
    ['{"command":["summary"]}', "application/json", 400, "bad-request"],
    [
      '{"command":"a","parameter":true}',
      "application/json",
      400,
      "bad-request",
    ],
    ['{"command":"a","parameter":{}}', "application/json", 400, "bad-request"],
    [
      '{"command":"a","parameter":1e999}',
      "application/json",
      400,
      "bad-request",
    ],
    [
      '{"command":"a","parameter":18446744073709551616}',
      "application/json",
      400,
      "bad-request",
    ],
    ['{"command":"a\\u0000"}', "application/json", 400, "bad-request"],
    ['{"command":"\\ud800"}', "application/json", 400, "bad-request"],
    ['{"command":"a","x":["\\u0000"]}', "application/json", 400, "bad-request"],
    ['{"command":"a","\\udc00":1}', "application/json", 400, "bad-request"],
    [
      `{"command":"${"x".repeat(4090)}"}`,
      "application/json",
      400,
      "bad-request",
    ],
    [
      `{"command":"a"}${" ".repeat(16 * 1024)}`,
      "application/json",
      413,
      "body-too-large",
    ],
    ['{"command":"summary"}', undefined, 415, "unsupported-media-type"],
    ['{"command":"summary"}', "text/plain", 415, "unsupported-media-type"],
    [
      "command=summary",
      "application/x-www-form-urlencoded",
      415,
      "unsupported-media-type",
    ],
    [
      '{"command":"summary"}',
      "application/jsonp",
      415,
      "unsupported-media-type",
    ],
  ];
  await using served = await serve("{}");
  const { gateway, rig } = served;
  for (const [body, type, status, code] of hostile) {
    const response = await sendRequest(gateway.port, "/", {
      method: "POST",
      headers: type === undefined ? {} : { "content-type": type },
      body,
    });
    assertEquals(
      [body.slice(0, 60), response.status, JSON.parse(response.body).code],
      [body.slice(0, 60), status, code],
    );
  }
  const invalid = await fetch(gateway.url("/"), {
    method: "POST",
    headers: JSON_BODY,
    body: new Uint8Array([0x22, 0xff, 0x22]),
  });
  assertEquals([invalid.status, (await invalid.json()).code], [
    400,
    "bad-request",
  ]);
  assertEquals(rig.connectionCount, 0);
  assertEquals((await sendRequest(gateway.port, "/summary")).status, 200);
});

Deno.test("handler answers HEAD as GET without the body, and never by a write", async () => {
  await using served = await serve(REPLY);
  const { gateway, rig } = served;
  const summary = await fetch(gateway.url("/summary"), { method: "HEAD" });
  assertEquals([
    summary.status,
    summary.headers.get("chi-code"),
    await summary.text(),
  ], [200, "11", ""]);
  assertEquals(rig.requests, ['{"command":"summary"}']);
  const all = await fetch(gateway.url("/@all/summary"), { method: "HEAD" });
  assertEquals([all.status, await all.text()], [200, ""]);
  assertEquals(rig.requests.length, 2);
  for (
    const path of [
      "/quit",
      "/summary+quit",
      "/nosuch",
      "/@all/restart",
      "/@default/zero/all,false",
    ]
  ) {
    const response = await fetch(gateway.url(path), { method: "HEAD" });
    assertEquals([path, response.status, response.headers.get("allow")], [
      path,
      405,
      "GET, POST, OPTIONS",
    ]);
    await response.body?.cancel();
  }
  assertEquals(rig.requests.length, 2);
});

Deno.test("handler refuses other methods with Allow, and answers OPTIONS", async () => {
  await using served = await serve("{}");
  const { gateway, rig } = served;
  const page = "GET, HEAD, OPTIONS";
  const command = "GET, HEAD, POST, OPTIONS";
  const cases: [method: string, path: string, status: number, allow: string][] =
    [
      ["PUT", "/summary", 405, command],
      ["DELETE", "/", 405, command],
      ["PATCH", "/@default", 405, command],
      ["TRACE", "/summary", 405, command],
      ["BREW", "/summary", 405, command],
      ["POST", "/-/healthz", 405, page],
      ["POST", "/metrics", 405, page],
      ["OPTIONS", "/summary", 204, command],
      ["OPTIONS", "/-/healthz", 204, page],
    ];
  for (const [method, path, status, allow] of cases) {
    const response = await sendRequest(gateway.port, path, { method });
    assertEquals(
      [method, path, response.status, response.headers.get("allow")],
      [method, path, status, allow],
    );
  }
  assertEquals(rig.connectionCount, 0);
});

Deno.test("handler serves its own pages without a rig", async () => {
  await using served = await serve("{}");
  const { gateway, rig } = served;
  assertEquals(await (await fetch(gateway.url("/-/healthz"))).json(), {
    status: "ok",
  });
  assertEquals(await (await fetch(gateway.url("/-/readyz"))).json(), {
    status: "ready",
    rigs: 1,
  });
  assertEquals(rig.connectionCount, 0);
});

Deno.test("handler says what became of a body that does not arrive", async () => {
  const defects: unknown[] = [];
  await using served = await serve("{}", {
    timeoutMs: 50,
    onDefect: (error) => defects.push(error),
  });
  const { gateway, rig } = served;
  const head =
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
  const broken = `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`;
  // The server closes on malformed chunks before any answer can be sent.
  await sendBytes(gateway.port, broken);
  // The server would wait for the rest of the body before it closes.
  using slow = await Deno.connect({
    hostname: "127.0.0.1",
    port: gateway.port,
  });
  await slow.write(
    new TextEncoder().encode(`${head}Content-Length: 9\r\n\r\n{`),
  );
  const reply = new Uint8Array(4096);
  const text = new TextDecoder().decode(
    reply.subarray(0, await slow.read(reply) ?? 0),
  );
  assertMatch(text, /^HTTP\/1\.1 400 [^]*did not arrive within 0\.05 s/);
  assertEquals([defects, rig.connectionCount], [[], 0]);
});

Deno.test("handler knows the rig before it shows a page", async () => {
  await using served = await serve("{}");
  const { gateway } = served;
  const headers = { accept: "text/html" };
  assertEquals(
    (await sendRequest(gateway.port, "/@nosuch/", { headers })).status,
    404,
  );
  const page = await sendRequest(gateway.port, "/@default", { headers });
  assertStringIncludes(page.body, 'href="/@default/summary?pretty"');
  const upper = await sendRequest(gateway.port, "/", {
    headers: { accept: "TEXT/HTML" },
  });
  assertEquals(upper.headers.get("content-type"), "text/html; charset=utf-8");
});

Deno.test("handler counts a guess by Bearer whatever Origin stands beside it", async () => {
  const groups = parseGroups("");
  await using served = await serve("{}", {
    tokens: new TokenCheck("s3cret"),
    policy: {
      rules: parseAllowList("R:0/0", groups),
      groups,
      hasToken: true,
      isTokenForReads: false,
      allowedHosts: [],
      corsOrigins: [],
    },
  });
  const { gateway, rig } = served;
  const ask = async (authorization: string) => {
    const headers = { authorization, origin: "http://evil.example" };
    return (await sendRequest(gateway.port, "/quit", { headers })).status;
  };
  // By Basic the right token is refused as any other: there is nothing to guess.
  const basic = [`x:wrong`, `x:s3cret`].map((pair) => `Basic ${btoa(pair)}`);
  for (let tries = 0; tries < 2 * MAX_WRONG_TOKENS; tries++) {
    for (const authorization of basic) {
      assertEquals(await ask(authorization), 403);
    }
  }
  for (let tries = 0; tries < MAX_WRONG_TOKENS; tries++) {
    assertEquals(await ask(`Bearer guess${tries}`), 403);
  }
  assertEquals([await ask("Bearer s3cret"), rig.connectionCount], [429, 0]);
});
