import { assertEquals, assertMatch, assertRejects } from "jsr:@std/assert@1";
import { Rig } from "../../client/rig.ts";
import { type Personality, Simulator } from "../../rigs/simulator.ts";
import { RequestError, RigError } from "../../rpc/errors.ts";
import {
  type Behaviour,
  echoRequests,
  replyAfter,
  replyWith,
  ScriptedRig,
} from "../scripted_rig.ts";

const UNKNOWN = '{"STATUS":"E","When":1,"Code":14,"Msg":"invalid cmd"}';

/** A WhatsMiner: flat, and it joins nothing. */
const FLAT: Readonly<Record<string, string>> = {
  summary: '{"STATUS":"S","When":1,"Code":131,"Msg":' +
    '{"Elapsed":60,"MHS av":90000000.5,"MHS 5s":91000000,"Power":3400},' +
    '"Description":""}',
  pools: '{"STATUS":[{"STATUS":"S","When":1,"Code":7,"Msg":"1 Pool(s)"}],' +
    '"POOLS":[{"POOL":0,"URL":"stratum+tcp://one.example:3333"}],"id":1}',
};

/** Answers by the command. */
function replyBy(replies: Readonly<Record<string, string>>): Behaviour {
  return async (connection) => {
    const { command } = JSON.parse(connection.request);
    await connection.send(`${replies[command] ?? UNKNOWN}\0`);
  };
}

/** The commands that a rig was sent. */
function listCommands({ requests }: ScriptedRig): string[] {
  return requests.map((request) => JSON.parse(request).command);
}

Deno.test("telemetry() reads any personality, in one call once it is known", async () => {
  const personalities: readonly Personality[] = [
    "cgminer",
    "antminer",
    "bfgminer",
    "sgminer",
  ];
  for (const personality of personalities) {
    await using simulator = Simulator.start({ personality });
    const rig = new Rig(simulator);
    const first = await rig.telemetry();
    assertEquals(Number(first.hashrate?.["5s"]) > 0, true);
    assertEquals(first.pools?.length, 3);
    assertEquals(Number(first.devices?.length) > 0, true);
    const count = simulator.requestCount;
    const second = await rig.telemetry();
    assertEquals(second.pools?.length, 3);
    assertEquals(simulator.requestCount, count + 1, personality);
  }
});

Deno.test("telemetry() reads a miner whose replies fit no method's type", async () => {
  await using scripted = await ScriptedRig.start(replyBy(FLAT));
  const rig = new Rig(scripted);
  const { hashrate, powerW, pools } = await rig.telemetry();
  assertEquals(
    [hashrate?.["5s"], powerW, pools?.length],
    [91e12, 3400, 1],
  );
  const [joined = "", ...single] = listCommands(scripted);
  assertMatch(joined, /^summary\+devs\+pools\+/);
  assertEquals(single.includes("stats"), true);
  scripted.requests.length = 0;
  await rig.telemetry();
  // What it has not is not asked for again.
  assertEquals(listCommands(scripted), ["summary", "pools"]);
});

Deno.test("telemetry() is empty where a rig refuses everything, and rejects where it says nothing", async () => {
  await using scripted = await ScriptedRig.start(replyWith(UNKNOWN));
  assertEquals(await new Rig(scripted).telemetry(), {});
  scripted.behaviour = ({ reset }) => reset();
  const rig = new Rig(scripted);
  const silent = await assertRejects(() => rig.telemetry(), RigError);
  assertEquals(silent.code, "rig-closed");
  scripted.behaviour = replyBy(FLAT);
  assertEquals((await rig.telemetry()).powerW, 3400);
  // A port that a system never hands out, and where nothing listens.
  const gone = new Rig({ hostname: "127.0.0.1", port: 1 });
  const refused = await assertRejects(() => gone.telemetry(), RigError);
  assertEquals(refused.code, "rig-refused");
});

Deno.test("telemetry() ends at its deadline with what it has", async () => {
  await using scripted = await ScriptedRig.start(async (connection) => {
    const { command } = JSON.parse(connection.request);
    if (command.includes("devs")) await connection.closed;
    else await replyBy(FLAT)(connection);
  });
  const rig = new Rig({
    hostname: scripted.hostname,
    port: scripted.port,
    timeoutMs: 300,
  });
  // It hangs on the joined command, and is asked one by one the next time.
  const first = await assertRejects(() => rig.telemetry(), RigError);
  assertEquals(first.code, "rig-timeout");
  assertEquals((await rig.telemetry({ timeoutMs: 250 })).powerW, 3400);
  await scripted.untilIdle();
});

Deno.test("telemetry() gives up for its signal, and can be asked again", async () => {
  const ready = Promise.withResolvers<void>();
  await using scripted = await ScriptedRig.start(
    replyAfter(() => ready.promise, FLAT.summary as string),
  );
  const rig = new Rig(scripted);
  const reason = new Error("left");
  const caller = new AbortController();
  const gone = rig.telemetry({ signal: caller.signal });
  await scripted.untilRequests(1);
  caller.abort(reason);
  assertEquals(await assertRejects(() => gone), reason);
  ready.resolve();
  scripted.behaviour = replyBy(FLAT);
  assertEquals((await rig.telemetry()).powerW, 3400);
  await assertRejects(() => rig.telemetry({ timeoutMs: 0 }), RequestError);
});

Deno.test("telemetry() may be asked for twice at once", async () => {
  await using scripted = await ScriptedRig.start(replyBy(FLAT));
  const rig = new Rig(scripted);
  const [one, other] = await Promise.all([rig.telemetry(), rig.telemetry()]);
  assertEquals(one, other);
  assertEquals(scripted.peakRequests, 1);
  const commands = listCommands(scripted);
  assertEquals(new Set(commands).size, commands.length);
});

Deno.test("telemetry() asks for everything again after a restart", async () => {
  await using scripted = await ScriptedRig.start(echoRequests());
  const rig = new Rig(scripted);
  const version = (name: string) =>
    `{"STATUS":[{"STATUS":"S","Code":22}],"VERSION":[{"CGMiner":"${name}"}],"id":1}`;
  const summary = (elapsed: number) =>
    `{"STATUS":[{"STATUS":"S","Code":11}],"SUMMARY":[{"Elapsed":${elapsed}}],"id":1}`;
  scripted.behaviour = replyBy({
    summary: summary(90_000),
    version: version("4.9.0"),
  });
  const before = await rig.telemetry();
  scripted.behaviour = replyBy({
    summary: summary(5),
    version: version("4.11.1"),
  });
  const after = await rig.telemetry();
  assertEquals(
    [
      before.uptimeS,
      before.miner?.version,
      after.uptimeS,
      after.miner?.version,
    ],
    [90_000, "4.9.0", 5, "4.11.1"],
  );
});
