/**
 * What goes wrong with a simulated rig on purpose: seen as a client, telemetry
 * and the rules of trouble see it, and gone when it is switched off.
 *
 * @module
 */

import { assertEquals, assertMatch, assertRejects } from "jsr:@std/assert@1";
import { Rig } from "../../client/rig.ts";
import { DemoRigs, findDemoFaults } from "../../program/demo_rigs.ts";
import {
  type Personality,
  Simulator,
  type SimulatorOptions,
} from "../../rigs/simulator.ts";
import { RigError } from "../../rpc/errors.ts";
import { findTrouble } from "../../telemetry/trouble.ts";
import { connectAgain } from "./conversation.ts";

type Faults = Simulator["faults"];

/** A deadline that a rig which hangs runs into. */
const SHORT_MS = 300;
/** One that nothing runs into. */
const LONG_MS = 120_000;

async function askSummary(
  rig: Simulator,
  timeoutMs = LONG_MS,
): Promise<unknown> {
  const { hostname, port } = rig;
  return await new Rig({ hostname, port, timeoutMs }).summary();
}

const WIRE_FAULTS: readonly (readonly [Faults, code: string])[] = [
  [{ drop: true }, "rig-closed"],
  [{ garbage: true }, "rig-reply-invalid"],
  [{ truncate: true }, "rig-reply-truncated"],
  [{ refuse: true }, "rig-refused"],
  [{ hang: true }, "rig-timeout"],
];

for (const [faults, code] of WIRE_FAULTS) {
  const name = Object.keys(faults).join();
  Deno.test(`Simulator faults: ${name} is ${code}, and over when it is switched off`, async () => {
    await using rig = Simulator.start({ faults, uptimeS: 5000 });
    const timeoutMs = code === "rig-timeout" ? SHORT_MS : LONG_MS;
    const error = await assertRejects(
      () => askSummary(rig, timeoutMs),
      RigError,
    );
    assertEquals(error.code, code);
    assertEquals(rig.faults, faults);
    rig.faults = {};
    (await connectAgain(rig)).close();
    const { hostname, port } = rig;
    const { Elapsed = 0 } = (await new Rig({ hostname, port }).summary())
      .SUMMARY[0] ?? {};
    // It has mined all the time.
    assertEquals(Elapsed >= 5000, true);
    rig.faults = faults;
    await assertRejects(() => askSummary(rig, timeoutMs), RigError);
  });
}

Deno.test("Simulator faults: a client that hangs is answered when that ends", async () => {
  const asked = Promise.withResolvers<void>();
  await using rig = Simulator.start({
    faults: { hang: true },
    onRequest: () => asked.resolve(),
  });
  const answer = askSummary(rig);
  await asked.promise;
  rig.faults = {};
  await answer;
});

Deno.test("Simulator faults: a rig that hangs can be stopped", async () => {
  const asked = Promise.withResolvers<void>();
  const rig = Simulator.start({
    faults: { hang: true },
    onRequest: () => asked.resolve(),
  });
  const answer = assertRejects(() => askSummary(rig), RigError);
  await asked.promise;
  await rig.stop();
  await answer;
});

Deno.test("Simulator faults: delayMs is waited for before each reply", async () => {
  await using rig = Simulator.start({ faults: { delayMs: 60 } });
  const startMs = performance.now();
  await askSummary(rig);
  // Timers may be early by less than a millisecond.
  assertEquals(performance.now() - startMs > 59, true);
});

/** What faults in mining are found as, by personality. */
const MINING_FAULTS: readonly (readonly [
  faults: Faults,
  code: string,
  personalities: readonly Personality[],
])[] = [
  [{ overheat: true }, "hot", [
    ...["cgminer", "antminer", "sgminer", "whatsminer"] as const,
    ...["avalon", "luxos", "cpuminer"] as const,
  ]],
  [{ deadBoard: 1 }, "device-down", [
    ...["cgminer", "antminer", "bfgminer", "sgminer"] as const,
    ...["whatsminer", "avalon", "luxos"] as const,
  ]],
  [{ deadPool: true }, "pool-down", [
    ...["cgminer", "antminer", "bfgminer", "sgminer"] as const,
    ...["whatsminer", "avalon", "luxos"] as const,
  ]],
  [{ noShares: true }, "no-shares", [
    ...["cgminer", "antminer", "bfgminer", "sgminer"] as const,
    ...["whatsminer", "avalon", "luxos"] as const,
  ]],
];

for (const [faults, code, personalities] of MINING_FAULTS) {
  const name = Object.keys(faults).join();
  for (const personality of personalities) {
    Deno.test(`Simulator faults: ${name} of ${personality} is ${code}, and nothing else`, async () => {
      let nowMs = Date.parse("2026-12-01T00:00:00Z");
      const options: SimulatorOptions = {
        personality,
        uptimeS: 50_000,
        now: () => nowMs,
      };
      await using rig = Simulator.start(options);
      const client = new Rig(rig);
      const find = async () => {
        nowMs += 3 * 3_600_000;
        const telemetry = await client.telemetry();
        return new Set(findTrouble({ telemetry }).map(({ code }) => code));
      };
      assertEquals(await find(), new Set());
      rig.faults = faults;
      const found = await find();
      assertEquals(found.has(code as never), true);
      // A board that is dead is missing in the hashrate as well.
      found.delete("hashrate-low");
      assertEquals<unknown>(found, new Set([code]));
      rig.faults = {};
      await find();
      assertEquals(await find(), new Set());
    });
  }
}

Deno.test("Simulator faults: a pool that is dead is not mined for, a board that is dead does not hash", async () => {
  let nowMs = Date.now();
  await using rig = Simulator.start({ now: () => nowMs, deviceCount: 2 });
  const client = new Rig(rig);
  rig.faults = { deadPool: 0, deadBoard: 1 };
  nowMs += 3_600_000;
  const { pools, devices } = await client.telemetry();
  assertEquals(pools?.map(({ isActive }) => isActive ?? false), [
    false,
    true,
    false,
  ]);
  const rates = devices?.map(({ hashrate }) => hashrate?.["5s"] ?? 0) ?? [];
  assertEquals(rates.map((rate) => rate > 0), [true, false]);
});

Deno.test("Simulator faults: power is what it says it takes, where its make says that", async () => {
  for (const personality of ["whatsminer", "avalon", "luxos"] as const) {
    await using rig = Simulator.start({ personality });
    const client = new Rig(rig);
    const { powerW = 0 } = await client.telemetry();
    assertEquals([personality, powerW > 1000 && powerW < 5000], [
      personality,
      true,
    ]);
    rig.faults = { power: 1234 };
    assertEquals((await client.telemetry()).powerW, 1234);
  }
});

Deno.test("Simulator faults last over a restart", async () => {
  await using rig = Simulator.start({ restartMs: 1, personality: "cgminer" });
  const client = new Rig(rig);
  rig.faults = { deadBoard: true };
  await client.restart();
  (await connectAgain(rig)).close();
  const { devices } = await client.telemetry();
  assertEquals(devices?.map(({ isUp }) => isUp), [false, true, true]);
});

Deno.test("findDemoFaults() gives the tenth rig trouble from time to time, and no other", () => {
  const list = (number: number) =>
    Array.from(
      { length: 41 },
      (_, minute) =>
        Object.keys(findDemoFaults(number, minute * 60_000)).join(),
    );
  for (const number of [1, 2, 9, 11, 19]) {
    assertEquals(new Set(list(number)), new Set([""]));
  }
  const tenth = list(10);
  assertEquals(tenth.slice(0, 6), [
    "",
    ...Array.from({ length: 4 }, () => "deadBoard"),
    "",
  ]);
  assertEquals(
    new Set(tenth),
    new Set(["", "deadBoard", "overheat", "deadPool", "refuse"]),
  );
  // Others have another one.
  assertEquals(list(20)[2], "overheat");
});

Deno.test("DemoRigs are of each kind, and say their power where its make does", async () => {
  await using demo = DemoRigs.start(8);
  const found = await Promise.all(demo.rigs.map(async (each) => {
    const { miner, powerW } = await new Rig(each).telemetry();
    return `${miner?.software}${powerW === undefined ? "" : " W"}`;
  }));
  assertEquals(found, [
    ...["cgminer", "bmminer", "btminer W", "cgminer W", "LUXminer W"],
    ...["sgminer", "bfgminer", "cpuminer"],
  ]);
  assertMatch(demo.rigs.map(({ name }) => name).join(), /^demo-1,demo-2,/);
});
