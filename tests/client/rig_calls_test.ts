import {
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "jsr:@std/assert@1";
import type { NewPool } from "../../client/arguments.ts";
import type { RigCallOptions } from "../../client/rig_options.ts";
import { Rig } from "../../client/rig.ts";
import { RigStatusError } from "../../client/rig_errors.ts";
import { Simulator } from "../../rigs/simulator.ts";
import { RequestError, RigError } from "../../rpc/errors.ts";
import {
  echoRequests,
  replyAfter,
  replyWith,
  ScriptedRig,
} from "../scripted_rig.ts";

const STATUS = '"STATUS":[{"STATUS":"S","When":1,"Code":11,"Msg":"Summary"}]';
const SUMMARY = `{${STATUS},"SUMMARY":[{"Elapsed":60}],"id":1}`;

/** Rejects with a RigError; gives its code. */
async function readCode(call: () => Promise<unknown>): Promise<string> {
  return (await assertRejects(call, RigError)).code;
}

Deno.test("new Rig() takes a simulator, and names its defaults", async () => {
  await using simulator = Simulator.start();
  const rig = new Rig(simulator);
  const { hostname, port } = simulator;
  assertEquals(rig.address, { hostname, port });
  assertEquals((await rig.version()).VERSION[0].CGMiner, "4.11.1");
  assertEquals(new Rig({ hostname: "fd00::7" }).address.port, 4028);
  assertEquals(new Rig({ hostname: "garage.lan", name: "g" }).address, {
    name: "g",
    hostname: "garage.lan",
    port: 4028,
  });
});

Deno.test("new Rig() refuses what is no address and no time", () => {
  const hostnames = [
    "",
    "http://10.0.0.7",
    "10.0.0.7:4028",
    "[::1]",
    "10.0.0.7/",
    "user@rig",
    "a b",
    "rig\n",
    undefined as unknown as string,
  ];
  for (const hostname of hostnames) {
    assertThrows(() => new Rig({ hostname }), RequestError, "no host name");
  }
  for (const port of [0, -1, 65_536, 1.5, NaN, "4028" as unknown as number]) {
    assertThrows(() => new Rig({ hostname: "a", port }), RequestError, "port");
  }
});

Deno.test("call() gives what the rig says, an E as well", async () => {
  await using simulator = Simulator.start();
  const rig = new Rig(simulator);
  const reply = await rig.call("switchpool", 99);
  assertEquals(reply.STATUS, [{
    STATUS: "E",
    When: (reply.STATUS as [{ When: number }])[0].When,
    Code: 26,
    Msg: "Invalid pool id 99 - range is 0 - 2",
    Description: "cgminer 4.11.1",
  }]);
});

Deno.test("call() sends command and parameter as they are", async () => {
  await using scripted = await ScriptedRig.start(echoRequests());
  const rig = new Rig(scripted);
  assertEquals(await rig.call("a+b", "c,d\\"), {
    echo: { command: "a+b", parameter: "c,d\\" },
  });
  assertEquals(await rig.call("asc", 0), {
    echo: { command: "asc", parameter: 0 },
  });
});

Deno.test("call() repairs a reply", async () => {
  await using scripted = await ScriptedRig.start(
    replyWith('{"STATS":[{"MHS av":-nan}{"Name":"x}{y"}],"id":1}'),
  );
  assertEquals(await new Rig(scripted).call("stats"), {
    STATS: [{ "MHS av": null }, { Name: "x}{y" }],
    id: 1,
  });
});

Deno.test("call() refuses what no rig could read, and connects to none", async () => {
  await using scripted = await ScriptedRig.start(echoRequests());
  const rig = new Rig(scripted);
  await assertRejects(() => rig.call("a\0"), RequestError);
  await assertRejects(
    () => rig.call("addpool", "x".repeat(4096)),
    RequestError,
  );
  await assertRejects(
    () => rig.addPool({ url: "u", user: "x".repeat(4096), pass: "x" }),
    RequestError,
    "4095",
  );
  await assertRejects(() => rig.call("a", 1, { timeoutMs: 0 }), RequestError);
  assertEquals(scripted.connectionCount, 0);
});

Deno.test("an argument that cannot be right sends nothing, and rejects", async () => {
  await using scripted = await ScriptedRig.start(echoRequests());
  const rig = new Rig(scripted);
  const calls: readonly (() => Promise<unknown>)[] = [
    () => rig.switchPool(-1),
    () => rig.switchPool("x" as unknown as number),
    () => rig.asc(2 ** 32),
    () => rig.addPool({ url: "u", user: "w", pass: "" }),
    () => rig.poolPriority([]),
    () => rig.setConfig("queue", undefined as unknown as number),
    () => rig.zero("everything" as "all", true),
    () => rig.zero("all", undefined as unknown as boolean),
    () => rig.failoverOnly("yes" as unknown as boolean),
    () => rig.debug("all" as "debug"),
    () => rig.save(""),
    () => rig.check(""),
    () => rig.gpuVddc(0, NaN),
    () => rig.ascSet(0, "freq", { timeoutMs: 5 } as unknown as string),
    () => rig.poolPriority(new Array(2)),
    () => rig.addPool(undefined as unknown as NewPool),
    () => rig.call(undefined as unknown as string),
    () => rig.call("switchpool", 1n as unknown as number),
    () => rig.call("switchpool", NaN),
    () => rig.call("summary", undefined, null as unknown as RigCallOptions),
    () => rig.call("setconfig"),
    () => rig.call("setconfig", ""),
    () => rig.call("addprofile"),
    () => rig.join("quit" as "summary"),
    () => rig.join("summary", "asc" as "summary"),
    () => rig.join("summary+quit" as "summary"),
  ];
  for (const call of calls) {
    const error = await assertRejects(call, RequestError);
    assertEquals(error.code, "bad-request");
  }
  assertEquals(scripted.connectionCount, 0);
});

Deno.test("errors of the way say which: refused, closed, invalid, cut, timeout", async () => {
  const silent = Promise.withResolvers<void>();
  await using scripted = await ScriptedRig.start(() => {});
  const rig = new Rig({
    hostname: scripted.hostname,
    port: scripted.port,
    timeoutMs: 5000,
  });
  const readNext = () => readCode(() => rig.call("summary"));
  assertEquals(await readNext(), "rig-closed");
  scripted.behaviour = replyWith("<html>");
  assertEquals(await readNext(), "rig-reply-invalid");
  scripted.behaviour = replyWith('{"STATUS":[{"ST');
  assertEquals(await readNext(), "rig-reply-truncated");
  scripted.behaviour = replyWith("[1]");
  assertEquals(await readNext(), "rig-reply-invalid");
  scripted.behaviour = replyAfter(() => silent.promise, SUMMARY);
  assertEquals(
    await readCode(() => rig.call("summary", undefined, { timeoutMs: 50 })),
    "rig-timeout",
  );
  silent.resolve();
  await using gone = await ScriptedRig.start(() => {});
  const { hostname, port } = gone;
  await gone[Symbol.asyncDispose]();
  const refused = new Rig({ hostname, port });
  assertEquals(await readCode(() => refused.call("summary")), "rig-refused");
});

Deno.test("calls go one at a time, and reads of the same are one call", async () => {
  const ready = Promise.withResolvers<void>();
  await using scripted = await ScriptedRig.start(
    replyAfter(() => ready.promise, SUMMARY),
  );
  const rig = new Rig(scripted);
  const calls = [
    rig.summary(),
    rig.summary(),
    rig.call("summary"),
    rig.call("switchpool", "0"),
    rig.call("switchpool", "0"),
    rig.call("pools"),
  ];
  await scripted.untilRequests(1);
  ready.resolve();
  const [one, other] = await Promise.all(calls);
  assertEquals(one, other);
  assertEquals(one === other, false);
  assertEquals(scripted.peakRequests, 1);
  assertEquals(scripted.requests, [
    '{"command":"summary"}',
    '{"command":"switchpool","parameter":"0"}',
    '{"command":"switchpool","parameter":"0"}',
    '{"command":"pools"}',
  ]);
});

Deno.test("a write that got no answer is not sent again", async () => {
  await using scripted = await ScriptedRig.start(({ reset }) => reset());
  const rig = new Rig(scripted);
  assertEquals(await readCode(() => rig.switchPool(1)), "rig-closed");
  assertEquals(await readCode(() => rig.restart()), "rig-closed");
  assertEquals(scripted.requests.length, 2);
});

Deno.test("what aborts before it is sent is never sent", async () => {
  const ready = Promise.withResolvers<void>();
  await using scripted = await ScriptedRig.start(
    replyAfter(() => ready.promise, SUMMARY),
  );
  const all = new AbortController();
  const { hostname, port } = scripted;
  const rig = new Rig({ hostname, port, signal: all.signal });
  const first = rig.summary();
  await scripted.untilRequests(1);
  const leaving = new AbortController();
  const write = rig.switchPool(1, { signal: leaving.signal });
  const other = rig.enablePool(1, { signal: new AbortController().signal });
  leaving.abort(new Error("changed my mind"));
  await assertRejects(() => write, Error, "changed my mind");
  const reason = new Error("all is over");
  all.abort(reason);
  assertEquals(await assertRejects(() => other), reason);
  assertEquals(await assertRejects(() => first), reason);
  assertEquals(await assertRejects(() => rig.version()), reason);
  ready.resolve();
  await scripted.untilIdle();
  assertEquals(scripted.requests, ['{"command":"summary"}']);
});

Deno.test("a method rejects with what the rig says, an F too", async () => {
  await using simulator = Simulator.start();
  const { hostname, port } = simulator;
  const rig = new Rig({ hostname, port, name: "garage" });
  const error = await assertRejects(() => rig.switchPool(99), RigStatusError);
  assertEquals(
    [error.name, error.code, error.letter, error.statusCode, error.command],
    ["RigStatusError", "rig-status", "E", 26, "switchpool"],
  );
  assertEquals(
    error.message,
    `"switchpool" failed on rig "garage" at ${hostname}:${port}: ` +
      "Invalid pool id 99 - range is 0 - 2 (code 26)",
  );
  assertEquals(error.reply.id, 1);
  const fatal = await assertRejects(() => rig.dbgStats(), RigStatusError);
  assertEquals([fatal.letter, fatal.statusCode], ["F", -1]);
  const unknown = await assertRejects(() => rig.temps(), RigStatusError);
  assertStringIncludes(unknown.hint ?? "", "check()");
});

Deno.test("I and W are no errors", async () => {
  await using simulator = Simulator.start();
  const rig = new Rig(simulator);
  assertEquals((await rig.enablePool(0)).STATUS[0].STATUS, "I");
  assertEquals((await rig.ascIdentify(0)).STATUS[0].STATUS, "W");
  assertEquals((await rig.usbStats()).STATUS[0].STATUS, "I");
});

Deno.test("access denied says how to be allowed", async () => {
  await using simulator = Simulator.start({ access: "R" });
  const error = await assertRejects(
    () => new Rig(simulator).restart(),
    RigStatusError,
  );
  assertEquals(error.statusCode, 45);
  assertStringIncludes(error.hint ?? "", "--api-allow");
});

Deno.test("quit() and restart() give the word, or bfgminer's list", async () => {
  await using cgminer = Simulator.start({ restartMs: 60_000 });
  assertEquals((await new Rig(cgminer).restart()).STATUS, "RESTART");
  await using bfgminer = Simulator.start({ personality: "bfgminer" });
  const { STATUS } = await new Rig(bfgminer).quit();
  assertEquals(typeof STATUS === "string" ? STATUS : STATUS[0].Msg, "BYE");
});

Deno.test("addPool() reaches the miner unharmed, commas and all", async () => {
  await using simulator = Simulator.start();
  const rig = new Rig(simulator);
  const url = "stratum+tcp://pool.example:3333/a,b";
  await rig.addPool({ url, user: "w\\1,2", pass: "p,\\" });
  const { POOLS } = await rig.pools();
  assertEquals([POOLS.at(-1)?.URL, POOLS.at(-1)?.User], [url, "w\\1,2"]);
});
