import { assert, assertEquals, assertRejects } from "jsr:@std/assert@1";
import { RigMonitor } from "../../../gateway/watch/rig_monitor.ts";
import { Fleet } from "../../../rigs/fleet.ts";
import { Simulator } from "../../../rigs/simulator.ts";
import { replyAfter, replyWith, ScriptedRig } from "../../scripted_rig.ts";
import { startHeldRig, write } from "../../rigs/queue_questions.ts";

function watch(
  rig: { hostname: string; port: number },
  timeoutMs?: number,
): RigMonitor {
  const { hostname, port } = rig;
  const fleet = new Fleet(
    [{ name: "garage", hostname, port }],
    timeoutMs === undefined ? {} : { timeoutMs },
  );
  return new RigMonitor(fleet.defaultRig);
}

Deno.test("RigMonitor knows nothing before it has asked", async () => {
  await using rig = Simulator.start();
  assertEquals(watch(rig).report.state, "unknown");
  assertEquals(rig.requestCount, 0);
});

Deno.test("RigMonitor finds telemetry in one call, whatever the miner", async () => {
  for (
    const personality of ["cgminer", "antminer", "bfgminer", "sgminer"] as const
  ) {
    await using rig = Simulator.start({ personality });
    const monitor = watch(rig);
    const first = await monitor.survey();
    assertEquals(first.state, "up", personality);
    assert((first.telemetry?.hashrate?.average ?? 0) > 0, personality);
    assert((first.telemetry?.devices?.length ?? 0) > 0, personality);
    assert((first.telemetry?.pools?.length ?? 0) > 0, personality);
    assert(first.telemetry?.miner?.software !== undefined, personality);
    const before = rig.requestCount;
    await monitor.survey();
    assertEquals(rig.requestCount - before, 1, personality);
  }
});

Deno.test("RigMonitor.survey() is shared by all who want it at once", async () => {
  await using rig = Simulator.start();
  const monitor = watch(rig);
  await monitor.survey();
  const before = rig.requestCount;
  const reports = await Promise.all(
    Array.from({ length: 10 }, () => monitor.survey()),
  );
  assertEquals(rig.requestCount - before, 1);
  assertEquals(new Set(reports).size, 1);
});

Deno.test("RigMonitor says why a rig is down, since when, and what it said last", async () => {
  const rig = Simulator.start();
  const monitor = watch(rig);
  const up = await monitor.survey();
  await rig.stop();
  // One that is lost leaves it up, with what it said last.
  assertEquals(await monitor.survey(), up);
  const down = await monitor.survey();
  assertEquals(down.state, "down");
  assertEquals(down.problem?.code, "rig-refused");
  assertEquals(down.problem?.rig, "garage");
  assertEquals(down.telemetry, up.telemetry);
  assertEquals(down.takenMs, up.takenMs);
  assert((down.sinceMs ?? 0) >= (up.sinceMs ?? Infinity));
  const again = await monitor.survey();
  assertEquals(again.sinceMs, down.sinceMs);
});

Deno.test("RigMonitor leaves a dead rig alone for a while, and waits for nobody who is", async () => {
  await using rig = await ScriptedRig.start(({ closed }) => closed);
  const monitor = watch(rig, 50);
  const { problem } = await monitor.survey({ timeoutMs: 50 });
  assertEquals(problem?.code, "rig-timeout");
  await rig.untilIdle();
  const asked = rig.connectionCount;
  for (let count = 0; count < 20; count++) await monitor.survey();
  assertEquals(rig.connectionCount, asked);
});

Deno.test("RigMonitor asks a rig that was down at once when it has answered somebody", async () => {
  await using rig = await ScriptedRig.start(({ closed }) => closed);
  const { hostname, port } = rig;
  const fleet = new Fleet([{ name: "garage", hostname, port }], {
    timeoutMs: 50,
  });
  const monitor = new RigMonitor(fleet.defaultRig);
  assertEquals((await monitor.survey({ timeoutMs: 50 })).state, "down");
  rig.behaviour = replyWith(
    '{"STATUS":[{"STATUS":"S","Code":11}],"SUMMARY":[{"Elapsed":5}],"id":1}',
  );
  await fleet.defaultRig.queue.ask({ command: "summary" });
  fleet.defaultRig.queue.setOptions({});
  const { state, telemetry, problem } = await monitor.survey();
  assertEquals([state, problem, telemetry?.uptimeS], ["up", undefined, 5]);
});

Deno.test("RigMonitor takes a rig that answers with errors alone for down, without data", async () => {
  await using rig = await ScriptedRig.start(
    replyWith(
      '{"STATUS":[{"STATUS":"E","Code":45,"Msg":"Access denied"}],"id":1}',
    ),
  );
  const { state, telemetry, problem, trouble } = await watch(rig).survey();
  assertEquals([state, telemetry], ["down", undefined]);
  assertEquals(problem?.code, "rig-no-data");
  assertEquals(problem?.status, 502);
  const what = `Every report of rig "garage" at 127.0.0.1:${rig.port} ` +
    'is an error: "Access denied"';
  assertEquals(problem?.message, what);
  assertEquals(
    trouble.map(({ since: _, ...each }) => each),
    [{ code: "no-data", severity: "critical", what }],
  );
});

Deno.test("RigMonitor takes a rig that closes every connection for down", async () => {
  await using rig = await ScriptedRig.start(() => {});
  const { state, problem } = await watch(rig).survey();
  assertEquals([state, problem?.code], ["down", "rig-closed"]);
});

Deno.test("RigMonitor makes no more calls than it may", async () => {
  await using rig = await ScriptedRig.start(
    replyWith(
      '{"STATUS":[{"STATUS":"S","Code":11}],"SUMMARY":[{"Elapsed":5}],"id":1}',
    ),
  );
  const { state } = await watch(rig).survey({ maxCalls: 3 });
  assertEquals([state, rig.requests.length], ["up", 3]);
});

Deno.test("RigMonitor.survey() ends for a caller who goes away, and stops with the last", async () => {
  await using rig = await ScriptedRig.start(({ closed }) => closed);
  const monitor = watch(rig);
  const one = new AbortController();
  const two = new AbortController();
  const surveys = [one, two].map(({ signal }) => monitor.survey({ signal }));
  await rig.untilRequests(1);
  one.abort(new Error("gone"));
  await assertRejects(() => surveys[0] as Promise<unknown>, Error, "gone");
  two.abort(new Error("gone too"));
  await assertRejects(() => surveys[1] as Promise<unknown>, Error, "gone too");
  assertEquals(monitor.report.state, "unknown");
});

Deno.test("RigMonitor finds out anew what a restarted miner is", async () => {
  let elapsed = 50_000;
  let version = "4.10.0";
  await using rig = await ScriptedRig.start(async ({ request, send }) => {
    const reports: Record<string, unknown> = {
      summary: { STATUS: [{ STATUS: "S" }], SUMMARY: [{ Elapsed: elapsed }] },
      version: { STATUS: [{ STATUS: "S" }], VERSION: [{ CGMiner: version }] },
    };
    const { command } = JSON.parse(request);
    const reply = command.includes("+")
      ? Object.fromEntries(
        Object.entries(reports).map(([name, report]) => [name, [report]]),
      )
      : reports[command];
    await send(JSON.stringify(reply) + "\0");
  });
  const monitor = watch(rig);
  assertEquals((await monitor.survey()).telemetry?.miner?.version, "4.10.0");
  elapsed = 5;
  version = "4.11.1";
  const { state, telemetry } = await monitor.survey();
  assertEquals([state, telemetry?.miner?.version], ["up", "4.11.1"]);
});

Deno.test("RigMonitor lets a reader of little patience make no rig seem down for others", async () => {
  const ready = Promise.withResolvers<void>();
  await using rig = await ScriptedRig.start(
    replyAfter(
      () => ready.promise,
      '{"STATUS":[{"STATUS":"S","Code":11}],"SUMMARY":[{"Elapsed":5}],"id":1}',
    ),
  );
  const monitor = watch(rig);
  const hasty = await monitor.survey({ timeoutMs: 20 });
  assertEquals([hasty.state, hasty.problem], ["unknown", undefined]);
  // What the first one began goes on, and is for the next.
  const patient = monitor.survey();
  ready.resolve();
  assertEquals((await patient).state, "up");
  assertEquals((await patient).telemetry?.uptimeS, 5);
});

Deno.test("RigMonitor has the same words for a silent rig as a reply", async () => {
  await using rig = await ScriptedRig.start(({ closed }) => closed);
  const { hostname, port } = rig;
  const fleet = new Fleet([{ name: "garage", hostname, port }], {
    timeoutMs: 50,
  });
  const { problem, trouble } = await new RigMonitor(fleet.defaultRig).survey();
  const error = await assertRejects(() =>
    fleet.defaultRig.queue.ask({ command: "summary" })
  );
  assertEquals(problem?.message, (error as Error).message);
  assertEquals(
    problem?.message,
    `No whole reply from rig "garage" at 127.0.0.1:${port} within 0.05 s: ` +
      "it accepted the connection and said nothing",
  );
  assertEquals(trouble.map(({ what }) => what), [problem?.message]);
});

Deno.test("RigMonitor takes no JSON without a STATUS for a sign of life", async () => {
  await using rig = await ScriptedRig.start(replyWith('{"login":"admin"}'));
  const { state, problem } = await watch(rig).survey();
  assertEquals([state, problem?.code], ["down", "rig-reply-invalid"]);
});

Deno.test("RigMonitor takes a rig whose queue is long for what it was", async () => {
  const ready = Promise.withResolvers<void>();
  await using rig = await ScriptedRig.start(
    replyWith('{"STATUS":[{"STATUS":"S"}],"SUMMARY":[{"Elapsed":5}],"id":1}'),
  );
  const { hostname, port } = rig;
  const fleet = new Fleet([{ name: "garage", hostname, port }], {
    maxWaitingCalls: 0,
  });
  const monitor = new RigMonitor(fleet.defaultRig);
  assertEquals((await monitor.survey()).state, "up");
  rig.behaviour = replyAfter(() => ready.promise, "{}");
  const busy = fleet.defaultRig.queue.ask({ command: "version" });
  assertEquals((await monitor.survey()).state, "up");
  ready.resolve();
  await busy;
});

Deno.test("RigMonitor leaves the last places of a queue to group W", async () => {
  await using held = await startHeldRig();
  const { hostname, port } = held.rig;
  const options = { maxWaitingCalls: 4, timeoutMs: 3000 };
  const fleet = new Fleet([{ name: "garage", hostname, port }], options);
  const { queue } = fleet.defaultRig;
  // One runs, and three wait: a quarter of the places is left.
  const calls = [0, 1, 2, 3].map((n) => queue.ask(write(n)));
  const { state } = await new RigMonitor(fleet.defaultRig).survey();
  // It could not ask, which says nothing of the rig.
  assertEquals([state, queue.waitingCalls], ["unknown", 3]);
  held.open();
  await Promise.all(calls);
});

Deno.test("RigMonitor reads no telemetry of a reply of more than 512 KiB", async () => {
  const text = "x".repeat(512 * 1024);
  const summary =
    `{"STATUS":[],"SUMMARY":[{"MHS av":1,"Text":"${text}"}],"id":1}`;
  await using rig = await ScriptedRig.start(replyWith(summary));
  const { state, problem, telemetry } = await watch(rig).survey();
  assertEquals(
    [state, problem?.code, telemetry],
    ["down", "rig-reply-too-large", undefined],
  );
});
