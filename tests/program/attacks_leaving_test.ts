// Attacks by leaving: what a client breaks off is no failure of the gateway.

import { assertEquals, assertMatch } from "jsr:@std/assert@1";
import { echoRequests } from "../scripted_rig.ts";
import { AttackedGateway } from "./attacked_gateway.ts";
import type { AttackName } from "./attack_names.ts";

const NAME: AttackName = "Clients that leave, so that an alert on 5xx fires";

/** Sends the start of a request, and gives the connection to be closed. */
async function begin(port: number, text: string): Promise<Deno.TcpConn> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await conn.write(new TextEncoder().encode(text));
  return conn;
}

/** What each of these begins, of which none comes to its end. */
const LEFT = [
  // While the rig works on it, while it waits for that, and in a shared call.
  "GET /summary HTTP/1.1\r\nHost: a\r\n\r\n",
  "POST /switchpool/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
  "GET /summary HTTP/1.1\r\nHost: a\r\n\r\n",
  // While all are asked.
  "HEAD /@all/pools HTTP/1.1\r\nHost: a\r\n\r\n",
  "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n",
  // While the body arrives.
  'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"command"',
  "POST /quit HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n{",
];

/** What has its head already when the client leaves. */
const STREAMED = [
  "GET /@all/devs HTTP/1.1\r\nHost: a\r\n\r\n",
  "GET /-/rigs HTTP/1.1\r\nHost: a\r\n\r\n",
  "GET /pools HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n",
];

Deno.test(NAME, async () => {
  await using gateway = await AttackedGateway.start({ log: "json" });
  const { port, program, rig } = gateway;
  const { promise, resolve: release } = Promise.withResolvers<void>();
  rig.behaviour = echoRequests(() => promise);
  const lines: { status: number; path: string; problem?: string }[] = [];
  const readLine = async () => {
    lines.push(JSON.parse(await program.readLine() ?? "null"));
  };
  for (const text of STREAMED) {
    const conn = await begin(port, text);
    await readLine();
    conn.close();
  }
  assertEquals(lines.map(({ status }) => status), [200, 200, 200]);
  lines.length = 0;
  for (const text of LEFT) {
    const conn = await begin(port, text);
    // Answered after it: the request before has arrived.
    assertEquals((await gateway.send("/-/healthz")).status, 200);
    await readLine();
    conn.close();
    await readLine();
  }
  const left = lines.filter(({ path }) => path !== "/-/healthz");
  assertEquals(left.map(({ path }) => path), [
    "/summary",
    "/switchpool/…",
    "/summary",
    "/@all/pools",
    "/metrics",
    "/",
    "/quit",
  ]);
  for (const { path, status, problem } of left) {
    assertEquals([path, status, problem], [path, 499, undefined]);
  }
  release();
  const { body } = await gateway.send("/-/metrics");
  assertMatch(body, /chi_http_requests_total\{route="[a-z]+",status="499"\}/);
  assertEquals(body.match(/status="5\d\d"/g), null);
  const { stderr } = await gateway.stop();
  assertEquals(stderr, "");
});
