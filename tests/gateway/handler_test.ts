import {
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "jsr:@std/assert@1";
import { GatewayServer } from "../gateway_server.ts";
import { sendRequest } from "../raw_http.ts";
import { replyWith, ScriptedRig } from "../scripted_rig.ts";
import { JSON_BODY, REPLY, serve } from "./served_rig.ts";

Deno.test("handler serves a reply byte for byte, less the NUL", async () => {
  await using served = await serve(REPLY + "\n");
  const { gateway } = served;
  const response = await fetch(gateway.url("/summary"));
  assertEquals(await response.text(), REPLY);
  assertEquals(response.status, 200);
  const { headers } = response;
  assertEquals(headers.get("content-type"), "application/json");
  assertEquals(headers.get("cache-control"), "no-store");
  assertEquals(headers.get("x-content-type-options"), "nosniff");
  assertEquals(headers.get("chi-status"), "S");
  assertEquals(headers.get("chi-code"), "11");
  assertEquals(headers.get("chi-repaired"), null);
  assertMatch(
    headers.get("server-timing"),
    /^queue;dur=\d+\.\d, rpc;dur=\d+\.\d$/,
  );
});

Deno.test("handler indents by 4 with ?pretty and changes nothing else", async () => {
  await using served = await serve(REPLY);
  const { gateway } = served;
  const body = await (await fetch(gateway.url("/summary?pretty"))).text();
  assertStringIncludes(body, '\n            "Hashes": 18446744073709551616,\n');
  assertStringIncludes(body, '"MHS av": 1090989.50,');
  assertStringIncludes(body, '"a": 1,\n            "a": 2,');
  const { body: plain } = await sendRequest(gateway.port, "/summary?pretty=0");
  assertEquals(plain, REPLY);
});

Deno.test("handler serves the rig's own bytes with ?raw", async () => {
  const bytes = new Uint8Array([0x7b, 0xff, 0xfe, 0x0a]);
  await using served = await serve(bytes);
  const { gateway } = served;
  const response = await fetch(gateway.url("/summary?raw"));
  assertEquals(
    new Uint8Array(await response.arrayBuffer()),
    new Uint8Array([...bytes, 0]),
  );
  assertEquals(
    response.headers.get("content-type"),
    "application/octet-stream",
  );
  assertEquals(response.headers.get("x-content-type-options"), "nosniff");
});

Deno.test("handler reads Chi-Status and Chi-Code from the first STATUS", async () => {
  const cases: [reply: string, status: string | null, code: string | null][] = [
    ['{"STATUS":[{"STATUS":"E","Code":14}],"id":1}', "E", "14"],
    ['{"summary":[{"STATUS":[{"STATUS":"W","Code":45}]}],"id":1}', "W", "45"],
    ['{"STATUS":"S","When":1,"Code":131,"Msg":{}}', "S", "131"],
    ['{"STATUS":[{"STATUS":"F","Code":-1}]}', "F", "-1"],
    ['{"STATUS":"BYE","id":1}', null, null],
    ['{"STATUS":[{"STATUS":"S\\r\\nX: y","Code":"1\\n2"}]}', null, null],
    ["[]", null, null],
    ["null", null, null],
  ];
  await using rig = await ScriptedRig.start(() => {});
  await using gateway = GatewayServer.start(rig);
  for (const [reply, status, code] of cases) {
    rig.behaviour = replyWith(reply);
    const response = await fetch(gateway.url("/summary"));
    assertEquals(await response.text(), reply);
    assertEquals(
      [response.headers.get("chi-status"), response.headers.get("chi-code")],
      [status, code],
    );
  }
});

Deno.test("handler marks a reply that the miner cut short", async () => {
  await using served = await serve('{"STATUS":[],"id":0}');
  const { gateway } = served;
  const response = await fetch(gateway.url("/stats"));
  assertEquals(await response.text(), '{"STATUS":[],"id":0}');
  assertEquals(response.headers.get("chi-truncated"), "id=0");
});

Deno.test("handler tells a rig's errors by status when asked to", async () => {
  const cases: [reply: string, status: number][] = [
    ['{"STATUS":[{"STATUS":"S","Code":11}]}', 200],
    ['{"STATUS":[{"STATUS":"W","Code":45}]}', 200],
    ['{"STATUS":[{"STATUS":"E","Code":26}]}', 422],
    ['{"STATUS":[{"STATUS":"F","Code":-1}]}', 422],
    ['{"STATUS":[{"STATUS":"E","Code":45}]}', 403],
    ['{"STATUS":[{"STATUS":"E","Code":14}]}', 404],
  ];
  await using rig = await ScriptedRig.start(() => {});
  await using strict = GatewayServer.start(rig, { httpErrors: true });
  await using lenient = GatewayServer.start(rig);
  for (const [reply, status] of cases) {
    rig.behaviour = replyWith(reply);
    const responses = await Promise.all([
      fetch(strict.url("/x")),
      fetch(lenient.url("/x"), { headers: { prefer: "handling=strict" } }),
      fetch(lenient.url("/x"), {
        headers: { prefer: "wait=5, handling=lenient" },
      }),
    ]);
    assertEquals(responses.map(({ status }) => status), [status, status, 200]);
    for (const response of responses) {
      assertEquals(await response.text(), reply);
    }
  }
});

Deno.test("handler gives JSON at / unless HTML is preferred", async () => {
  await using served = await serve("{}");
  const { gateway, rig } = served;
  const accepts: [accept: string | undefined, isHtml: boolean][] = [
    [undefined, false],
    ["*/*", false],
    ["application/json", false],
    ["application/json, text/plain, */*", false],
    ["text/html;q=0.5, application/json", false],
    ["image/avif,image/webp,*/*;q=0.8", false],
    ["text/html", true],
    ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true],
  ];
  for (const [accept, isHtml] of accepts) {
    const { status, headers, body } = await sendRequest(gateway.port, "/", {
      headers: accept === undefined ? {} : { accept },
    });
    assertEquals([accept, status], [accept, 200]);
    assertEquals(
      headers.get("content-type"),
      isHtml ? "text/html; charset=utf-8" : "application/json",
    );
    assertEquals(body.startsWith("<!doctype html>"), isHtml);
    if (isHtml) {
      assertStringIncludes(
        headers.get("content-security-policy"),
        "default-src 'none'",
      );
    }
  }
  assertEquals(
    rig.requests.length,
    accepts.filter(([, isHtml]) => !isHtml).length,
  );
  const summary = await sendRequest(gateway.port, "/summary", {
    headers: { accept: "text/html" },
  });
  assertEquals(summary.headers.get("content-type"), "application/json");
});

Deno.test("handler tells a rig's failure as a problem, with rig and hint", async () => {
  await using rig = await ScriptedRig.start(({ closed }) => closed);
  await using gateway = GatewayServer.start(
    [{ name: "garage", hostname: rig.hostname, port: rig.port }],
    { timeoutMs: 50 },
  );
  const response = await fetch(gateway.url("/@garage/summary"));
  const { hint, ...problem } = await response.json();
  assertEquals(response.status, 504);
  assertEquals(problem, {
    code: "rig-timeout",
    title: "The rig did not answer in time",
    status: 504,
    detail:
      `No whole reply from rig "garage" at 127.0.0.1:${rig.port} within 0.05 s: it accepted the connection and said nothing`,
    rig: "garage",
  });
  assertMatch(hint, /one client at a time/);
  assertEquals(response.headers.get("cache-control"), "no-store");
  assertMatch(
    response.headers.get("server-timing"),
    /^queue;dur=\d+\.\d, rpc;dur=\d+\.\d$/,
  );
  rig.behaviour = replyWith("{}");
  assertEquals(
    await (await fetch(gateway.url("/@garage/summary"))).text(),
    "{}",
  );
});

Deno.test("handler asks all rigs at once, and one's failure hides no other", async () => {
  await using one = await ScriptedRig.start(replyWith('{"a":1.00}'));
  await using two = await ScriptedRig.start(() => {});
  await using three = await ScriptedRig.start(({ closed }) => closed);
  await using gateway = GatewayServer.start(
    [one, two, three].map(({ hostname, port }, index) => ({
      name: `rig-${index + 1}`,
      hostname,
      port,
    })),
    { timeoutMs: 60 },
  );
  const response = await fetch(gateway.url("/@all/summary"));
  const text = await response.text();
  const body = JSON.parse(text);
  assertEquals(response.headers.get("content-type"), "application/json");
  assertStringIncludes(text, '"rig-1": {"a":1.00}');
  assertEquals(Object.keys(body).sort(), ["rig-1", "rig-2", "rig-3"]);
  assertEquals([body["rig-2"].error.code, body["rig-3"].error.code], [
    "rig-closed",
    "rig-timeout",
  ]);
  assertEquals([body["rig-2"].error.rig, body["rig-2"].error.status], [
    "rig-2",
    502,
  ]);
  const pretty = await (await fetch(gateway.url("/@all/summary?pretty")))
    .text();
  assertStringIncludes(pretty, '\n    "rig-1": {\n        "a": 1.00\n    }');
  assertEquals(Object.keys(JSON.parse(pretty)).length, 3);
  const posted = await fetch(gateway.url("/@all"), {
    method: "POST",
    headers: JSON_BODY,
    body: '{"command":"pools"}',
  });
  assertEquals(Object.keys(await posted.json()).length, 3);
  assertEquals(one.requests.at(-1), '{"command":"pools"}');
});

Deno.test("handler logs one entry a request", async () => {
  await using served = await serve("{}");
  const { gateway } = served;
  await fetch(gateway.url("/summary?x=1")).then((response) =>
    response.body?.cancel()
  );
  await sendRequest(gateway.port, "/summary%zz");
  await sendRequest(gateway.port, "/", {
    method: "POST",
    headers: JSON_BODY,
    body: '{"command":"pools"}',
  });
  assertEquals(
    gateway.log.map((
      { method, path, command, status, rig, problem, address },
    ) => ({ method, path, command, status, rig, problem, address })),
    [
      {
        method: "GET",
        path: "/summary",
        command: undefined,
        status: 200,
        rig: "default",
        problem: undefined,
        address: "127.0.0.1",
      },
      {
        method: "GET",
        path: "/summary%zz",
        command: undefined,
        status: 400,
        rig: undefined,
        problem: "bad-request",
        address: "127.0.0.1",
      },
      {
        method: "POST",
        path: "/",
        command: "pools",
        status: 200,
        rig: "default",
        problem: undefined,
        address: "127.0.0.1",
      },
    ],
  );
});

Deno.test("handler serves as it came what indenting would make far longer, for one rig and for all", async () => {
  const deep = "[".repeat(512) + "1" + "]".repeat(512);
  await using served = await serve(deep);
  const { gateway } = served;
  const one = await (await fetch(gateway.url("/x?pretty"))).text();
  const all = await (await fetch(gateway.url("/@all/x?pretty"))).text();
  assertEquals(one, deep);
  assertEquals(all, `{\n    "default": ${deep}\n}`);
});

Deno.test("handler tells the STATUS of raw bytes too, where they have one", async () => {
  await using served = await serve(REPLY);
  const { gateway, rig } = served;
  const raw = await fetch(gateway.url("/summary?raw"));
  assertEquals(await raw.text(), REPLY + "\0");
  assertEquals([raw.headers.get("chi-status"), raw.headers.get("chi-code")], [
    "S",
    "11",
  ]);
  rig.behaviour = replyWith("<html>");
  const html = await fetch(gateway.url("/summary?raw"));
  assertEquals([await html.text(), html.headers.get("chi-status")], [
    "<html>\0",
    null,
  ]);
  const refused = await fetch(gateway.url("/summary"));
  assertEquals([refused.status, (await refused.json()).code], [
    502,
    "rig-reply-invalid",
  ]);
});

Deno.test("handler warns once of a proxy on this machine that is not trusted", async () => {
  let warnings = 0;
  await using served = await serve("{}", {
    onUntrustedProxy: () => warnings++,
  });
  const { gateway } = served;
  await sendRequest(gateway.port, "/summary");
  assertEquals(warnings, 0);
  const headers = { "x-forwarded-for": "192.0.2.7" };
  await sendRequest(gateway.port, "/summary", { headers });
  await sendRequest(gateway.port, "/summary", { headers });
  assertEquals(warnings, 1);
});
