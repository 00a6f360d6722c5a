/**
 * What a simulated rig reports: values that move with the clock, agree with
 * each other, and come out the same for the same seed.
 *
 * @module
 */

import { assertEquals, assertMatch } from "jsr:@std/assert@1";
import { type Personality, Simulator } from "../../rigs/simulator.ts";
import { ask, askSection, type Item } from "./conversation.ts";

const REPORTS = "version config summary devs pools stats devdetails notify coin"
  .split(" ");

const PERSONALITIES: readonly Personality[] = [
  "cgminer",
  "antminer",
  "bfgminer",
  "sgminer",
];

/** A clock that a test sets. */
class Clock {
  ms = Date.UTC(2026, 0, 1);
  readonly now = (): number => this.ms;
}

const first = async (
  rig: Simulator,
  section: string,
  command: string,
): Promise<Item> => (await askSection(rig, section, command))[0] ?? {};

/** Holds that a number is another, give or take a part of it. */
function assertNear(actual: unknown, expected: number, part: number): void {
  const distance = Math.abs(Number(actual) - expected);
  const near = distance <= Math.abs(expected * part);
  assertEquals(near, true, `${actual} is not within ${part} of ${expected}`);
}

for (const personality of PERSONALITIES) {
  Deno.test(`Simulator repeats itself for the same seed and clock: ${personality}`, async () => {
    const { now } = new Clock();
    await using one = Simulator.start({ personality, now, seed: 5 });
    await using same = Simulator.start({ personality, now, seed: 5 });
    await using other = Simulator.start({ personality, now, seed: 6 });
    for (const report of REPORTS) {
      assertEquals(await ask(one, report), await ask(same, report));
    }
    const [mine, theirs] = [
      await ask(one, "summary"),
      await ask(other, "summary"),
    ];
    assertEquals(mine === theirs, false);
  });

  Deno.test(`Simulator says the same whether it was asked before or not: ${personality}`, async () => {
    const clock = new Clock();
    const options = { personality, now: clock.now };
    await using often = Simulator.start(options);
    await using once = Simulator.start(options);
    for (let minute = 0; minute < 60; minute++) {
      clock.ms += 61_234;
      await ask(often, "pools");
    }
    for (const report of REPORTS) {
      assertEquals(await ask(often, report), await ask(once, report));
    }
  });

  Deno.test(`Simulator counts up, and never back: ${personality}`, async () => {
    const clock = new Clock();
    await using rig = Simulator.start({ personality, now: clock.now });
    const counters = [
      "Elapsed",
      "Accepted",
      "Rejected",
      "Stale",
      "Hardware Errors",
      "Total MH",
      "Best Share",
      "Getworks",
      "Discarded",
      "Local Work",
      "Network Blocks",
      "Last getwork",
    ];
    const start = await first(rig, "SUMMARY", "summary");
    let before = start;
    for (let step = 0; step < 200; step++) {
      clock.ms += 9_876;
      const after = await first(rig, "SUMMARY", "summary");
      for (const name of counters) {
        const grows = Number(after[name]) >= Number(before[name]);
        assertEquals(grows, true, `${name}: ${before[name]} → ${after[name]}`);
      }
      before = after;
    }
    assertEquals(Number(before.Elapsed) - Number(start.Elapsed), 1975);
    assertEquals(Number(before.Accepted) > Number(start.Accepted), true);
    assertEquals(Number(before["Total MH"]) > Number(start["Total MH"]), true);
  });
}

Deno.test("Simulator reports hashrates that wander and agree with each other", async () => {
  const clock = new Clock();
  await using rig = Simulator.start({ now: clock.now, deviceCount: 4 });
  const seen = new Set<unknown>();
  for (let step = 0; step < 20; step++) {
    clock.ms += 5_000;
    const summary = await first(rig, "SUMMARY", "summary");
    const devs = await askSection(rig, "DEVS", "devs");
    for (const name of ["MHS 5s", "MHS 1m", "MHS 5m", "MHS 15m", "MHS av"]) {
      assertNear(summary[name], 2_000_000, 0.12);
      const sum = devs.reduce((total, dev) => total + Number(dev[name]), 0);
      assertNear(summary[name], sum, 1e-6);
    }
    const average = Number(summary["Total MH"]) / Number(summary.Elapsed);
    assertNear(summary["MHS av"], average, 1e-4);
    seen.add(summary["MHS 5s"]);
  }
  assertEquals(seen.size, 20);
});

Deno.test("Simulator reports the average of a window as the work done in it", async () => {
  const clock = new Clock();
  await using rig = Simulator.start({ now: clock.now });
  for (const [name, windowS] of [["MHS 1m", 60], ["MHS 15m", 900]] as const) {
    const before = await first(rig, "SUMMARY", "summary");
    clock.ms += windowS * 1000;
    const after = await first(rig, "SUMMARY", "summary");
    const work = Number(after["Total MH"]) - Number(before["Total MH"]);
    assertNear(after[name], work / windowS, 1e-6);
  }
});

Deno.test("Simulator reports shares that come of its hashrate", async () => {
  const clock = new Clock();
  await using rig = Simulator.start({ now: clock.now, uptimeS: 0 });
  clock.ms += 86_400_000;
  const summary = await first(rig, "SUMMARY", "summary");
  const shares = Number(summary["Total MH"]) * 1e6 / 2 ** 32 / 1024;
  const found = Number(summary.Accepted) + Number(summary.Rejected);
  assertNear(found, shares, 0.001);
  assertNear(
    summary["Difficulty Accepted"],
    Number(summary.Accepted) * 1024,
    0,
  );
  const devs = await askSection(rig, "DEVS", "devs");
  const accepted = devs.reduce((sum, dev) => sum + Number(dev.Accepted), 0);
  assertEquals(accepted, summary.Accepted);
  const pools = await askSection(rig, "POOLS", "pools");
  assertEquals(pools.map((pool) => pool.Accepted), [accepted, 0, 0]);
  const [pool] = pools;
  const lastShares = devs.map((dev) => Number(dev["Last Share Time"]));
  assertEquals(pool?.["Last Share Time"], Math.max(...lastShares));
  assertNear(pool?.["Last Share Time"], clock.ms / 1000, 1e-6);
});

Deno.test("Simulator starts from nothing with uptimeS 0, and its averages rise slowly", async () => {
  const clock = new Clock();
  await using rig = Simulator.start({ now: clock.now, uptimeS: 0 });
  const zero = await first(rig, "SUMMARY", "summary");
  for (const name of ["Elapsed", "MHS av", "MHS 15m", "Accepted", "Total MH"]) {
    assertEquals(zero[name], 0, name);
  }
  clock.ms += 90_000;
  const later = await first(rig, "SUMMARY", "summary");
  assertNear(later["MHS 1m"], 1_500_000, 0.08);
  assertNear(later["MHS 15m"], 150_000, 0.08);
});

Deno.test("Simulator stays where it is when the clock goes back", async () => {
  const clock = new Clock();
  await using rig = Simulator.start({ now: clock.now });
  const before = await first(rig, "SUMMARY", "summary");
  clock.ms -= 3_600_000;
  const after = await first(rig, "SUMMARY", "summary");
  assertEquals(after, before);
});

Deno.test("Simulator reports temperatures and fans that drift", async () => {
  const clock = new Clock();
  await using gpus = Simulator.start({
    personality: "sgminer",
    now: clock.now,
  });
  await using antminer = Simulator.start({
    personality: "antminer",
    now: clock.now,
  });
  const temperatures = new Set<unknown>();
  const fans = new Set<unknown>();
  for (let step = 0; step < 30; step++) {
    clock.ms += 20_000;
    const gpu = await first(gpus, "DEVS", "devs");
    temperatures.add(gpu.Temperature);
    assertNear(gpu.Temperature, 62, 0.1);
    const [, fan] = /"fan3":(\d+)/.exec(await ask(antminer, "stats")) ?? [];
    assertNear(fan, 4200, 0.15);
    fans.add(fan);
  }
  assertEquals(temperatures.size > 5, true);
  assertEquals(fans.size > 1, true);
});

Deno.test("Simulator forgets a comma in an antminer's stats, and only there", async () => {
  await using rig = Simulator.start({ personality: "antminer" });
  const stats = await ask(rig, "stats");
  assertEquals(stats.match(/\}\{/g)?.length, 1);
  const repaired = JSON.parse(stats.replace("}{", "},{"));
  assertEquals(repaired.STATS[0].Type, "Antminer S9");
  assertMatch(repaired.STATS[1]["GHS 5s"], /^1\d{4}\.\d\d$/);
  const rates = [6, 7, 8].map((place) =>
    Number(repaired.STATS[1][`chain_rate${place}`])
  );
  const sum = rates.reduce((total, rate) => total + rate, 0);
  assertNear(repaired.STATS[1].total_rate, sum, 1e-4);
});

Deno.test("Simulator says that it has no devices, if it has none", async () => {
  for (const personality of PERSONALITIES) {
    await using rig = Simulator.start({ personality, deviceCount: 0 });
    const [status] = await askSection(rig, "STATUS", "devs");
    assertEquals([status?.STATUS, status?.Code], ["E", 10]);
    const summary = await first(rig, "SUMMARY", "summary");
    assertEquals([summary.Accepted, summary["Total MH"]], [0, 0]);
  }
});
