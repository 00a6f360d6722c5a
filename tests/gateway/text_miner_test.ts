import { assertEquals, assertMatch, assertRejects } from "jsr:@std/assert@1";
import { Rig } from "../../client/rig.ts";
import { RigQueue } from "../../rigs/queue.ts";
import { GatewayServer } from "../gateway_server.ts";
import { type Behaviour, replyWith, ScriptedRig } from "../scripted_rig.ts";

const SUMMARY =
  "NAME=cpuminer-multi;VER=1.3.7;API=1.1;ALGO=sha256d;CPUS=1;KHS=2558.01;SOLV=0;ACC=3;REJ=1;ACCMN=0.000;DIFF=0.000000;TEMP=55.0;FAN=0;FREQ=0;UPTIME=25;TS=1795328764|";
const SERVED = {
  NAME: "cpuminer-multi",
  VER: "1.3.7",
  API: "1.1",
  ALGO: "sha256d",
  CPUS: 1,
  KHS: 2558.01,
};

/** What a real one answers: nothing to what it does not know, JSON least of all. */
const TEXT_MINER: Behaviour = async ({ request, send }) => {
  if (request === "summary") await send(`${SUMMARY}\0`);
  else if (request === "threads") await send("CPU=0;KHS=2558.01|\0");
  else if (request.startsWith("seturl|")) await send("\0");
};

const JSON_REQUEST = '{"command":"summary"}';

Deno.test("a miner that speaks text is found out by one more call, and asked in text from then on", async () => {
  await using rig = await ScriptedRig.start(TEXT_MINER);
  await using gateway = GatewayServer.start(rig);
  const ask = (path: string) => fetch(gateway.url(path));
  const first = await ask("/summary");
  assertEquals(first.headers.get("chi-repaired"), "text-dialect");
  const { SUMMARY: [summary] } = await first.json();
  assertEquals({ ...summary, ...SERVED }, summary);
  assertEquals(rig.requests, [JSON_REQUEST, "summary"]);
  const { THREADS } = await (await ask("/threads")).json();
  assertEquals(THREADS, [{ CPU: 0, KHS: 2558.01 }]);
  assertEquals(
    await (await ask("/summary?raw")).text(),
    `${SUMMARY}\0`,
  );
  assertEquals(rig.requests.slice(2), ["threads", "summary"]);
});

Deno.test("a miner that speaks text is known by what it was not asked for", async () => {
  await using rig = await ScriptedRig.start(TEXT_MINER);
  await using gateway = GatewayServer.start(rig);
  const ask = async (path: string) =>
    await (await fetch(gateway.url(path))).json();
  const { code, hint } = await ask("/");
  assertEquals(code, "rig-closed");
  assertMatch(hint, /speaks the text of cpuminer.* knows summary and threads/);
  assertEquals((await ask("/summary")).SUMMARY[0].KHS, 2558.01);
  assertEquals(rig.requests, [
    '{"command":"summary+devs"}',
    "summary",
    "summary",
  ]);
});

Deno.test("a write to a miner that speaks text is sent once, in whatever it speaks", async () => {
  await using rig = await ScriptedRig.start(TEXT_MINER);
  await using gateway = GatewayServer.start(rig);
  const write = async () => {
    const url = gateway.url("/seturl/stratum+tcp://a:1");
    await (await fetch(url, { method: "POST" })).text();
  };
  await write();
  assertEquals(rig.requests, [
    '{"command":"seturl","parameter":"stratum+tcp://a:1"}',
  ]);
  await (await fetch(gateway.url("/summary"))).text();
  rig.requests.length = 0;
  await write();
  assertEquals(rig.requests, ["seturl|stratum+tcp://a:1"]);
});

Deno.test("a miner that says nothing is asked in text once in ten minutes, and no other", async () => {
  await using rig = await ScriptedRig.start(() => {});
  await using gateway = GatewayServer.start(rig);
  for (let count = 0; count < 5; count++) {
    const { code } = await (await fetch(gateway.url("/summary"))).json();
    assertEquals(code, "rig-closed");
  }
  assertEquals(rig.requests.filter((text) => text === "summary").length, 1);
  assertEquals(rig.connectionCount, 6);
  // What answers in JSON meanwhile is asked in JSON.
  rig.behaviour = replyWith('{"a":1}');
  assertEquals(await (await fetch(gateway.url("/summary"))).json(), { a: 1 });
});

Deno.test("a miner that speaks both, as cgminer does, stays with JSON", async () => {
  await using rig = await ScriptedRig.start(
    async ({ index, request, send }) => {
      if (index === 0) return;
      const isJson = request.startsWith("{");
      await send(
        isJson ? '{"a":1}\0' : "STATUS=S,Code=11|SUMMARY,Elapsed=1|\0",
      );
    },
  );
  await using gateway = GatewayServer.start(rig);
  const ask = () => fetch(gateway.url("/summary"));
  assertEquals((await (await ask()).json()).code, "rig-closed");
  assertEquals(await (await ask()).json(), { a: 1 });
  assertEquals(rig.requests, [JSON_REQUEST, "summary", JSON_REQUEST]);
});

Deno.test("a command with a | does not pass in text for what JSON would not", async () => {
  await using rig = await ScriptedRig.start(TEXT_MINER);
  await using gateway = GatewayServer.start(rig);
  await (await fetch(gateway.url("/summary"))).text();
  rig.requests.length = 0;
  for (const path of ["/cpu%7C99", "/setconfig%7C", "/summary%7Cquit"]) {
    await (await fetch(gateway.url(path))).text();
  }
  assertEquals(rig.requests, [
    '{"command":"cpu|99"}',
    '{"command":"setconfig|"}',
    '{"command":"summary|quit"}',
  ]);
});

Deno.test("a caller who leaves while text is tried leaves that to the next", async () => {
  await using rig = await ScriptedRig.start(TEXT_MINER);
  const leaving = new AbortController();
  const calls: unknown[] = [];
  const queue = new RigQueue(rig, {
    onCall({ error }) {
      calls.push(error?.code);
      // Told of the first call, right before the other begins to connect.
      if (calls.length === 1) queueMicrotask(() => leaving.abort());
    },
  });
  const question = { command: "summary" };
  const { signal } = leaving;
  await assertRejects(() => queue.ask(question, { signal }), DOMException);
  const { reply } = await queue.ask(question);
  assertEquals(new TextDecoder().decode(reply.bytes), `${SUMMARY}\0`);
  assertEquals(calls, ["rig-closed", "rig-closed", undefined]);
});

Deno.test("/-/rigs, /@all and the client know a miner that speaks text", async () => {
  await using rig = await ScriptedRig.start(TEXT_MINER);
  const { hostname, port } = rig;
  await using gateway = GatewayServer.start([{ name: "cpu", hostname, port }]);
  const read = async (path: string) =>
    await (await fetch(gateway.url(path))).json();
  const { rigs: [{ state, telemetry, trouble }] } = await read("/-/rigs");
  assertEquals([state, trouble], ["up", []]);
  assertEquals(telemetry.miner.software, "cpuminer");
  assertEquals(telemetry.miner.version, "1.3.7");
  assertEquals(telemetry.hashrate["5s"], 2_558_010);
  assertEquals(telemetry.uptimeS, 25);
  assertEquals(telemetry.shares.accepted, 3);
  assertEquals((await read("/@all/summary")).cpu.SUMMARY[0].ACC, 3);
  const client = new Rig({ hostname, port });
  assertEquals((await client.telemetry()).hashrate, { "5s": 2_558_010 });
  assertEquals(await client.threads(), {
    THREADS: [{ CPU: 0, KHS: 2558.01 }],
    id: 1,
  });
});
