/**
 * What dashboards and recordings say of a farm, held against what its rigs say
 * themselves.
 *
 * @module
 */

import {
  assertAlmostEquals,
  assertEquals,
  assertMatch,
} from "jsr:@std/assert@1";
import { Dashboard } from "./dashboards.ts";
import type { PrometheusServer, Sample } from "./prometheus_server.ts";
import {
  askRig,
  type FarmRig,
  readFigures,
  readHottest,
  readSlowestFan,
  type Section,
  type SimulatedFarm,
} from "./simulated_farm.ts";

/** How many rigs the farm has. */
export const RIG_COUNT = 50;

/** The dashboard of the fleet. */
export const FLEET = new Dashboard("chi_fleet");
/** The dashboard of a rig. */
export const RIG = new Dashboard("chi_rig");

/** The variables of the dashboard of the fleet, when it is opened. */
export const ALL = {
  ...{ rig: ".*", tag: "site", tag_value: ".*" },
  __rate_interval: "1m",
};

/** All that a test has. */
export interface Scene {
  readonly farm: SimulatedFarm;
  readonly prometheus: PrometheusServer;
}

/** Sums what a figure is of each rig, by group. */
async function sumByGroup(
  rigs: readonly FarmRig[],
  toGroup: (rig: FarmRig) => string,
  read: (rig: FarmRig) => Promise<number>,
): Promise<Map<string, number>> {
  const sums = new Map<string, number>();
  for (const rig of rigs) {
    const group = toGroup(rig);
    sums.set(group, (sums.get(group) ?? 0) + await read(rig));
  }
  return sums;
}

const readHashrate = async (rig: FarmRig): Promise<number> =>
  (await readFigures(rig)).hashrate;
/** Asks a rig for its accepted shares. */
export const readAccepted = async (rig: FarmRig): Promise<number> =>
  (await readFigures(rig)).accepted;

/** Sums what a figure is of all rigs. */
export async function sum(
  { farm }: Scene,
  read: (rig: FarmRig) => Promise<number>,
): Promise<number> {
  return (await sumByGroup(farm.rigs, () => "", read)).get("") ?? 0;
}

/** Checks that two sums agree, however their terms were added. */
function assertSum(actual: number | undefined, expected: number): void {
  assertAlmostEquals(actual ?? NaN, expected, expected * 1e-9);
}

function toMap(samples: readonly Sample[], label: string): Map<string, number> {
  return new Map(
    samples.map(({ labels, value }) => [labels[label] ?? "", value]),
  );
}

function assertSums(
  samples: readonly Sample[],
  label: string,
  expected: ReadonlyMap<string, number>,
): void {
  const actual = toMap(samples, label);
  assertEquals([...actual.keys()].sort(), [...expected.keys()].sort());
  for (const [key, value] of expected) assertSum(actual.get(key), value);
}

/** Checks what the dashboard of the fleet shows. */
export async function checkFleet(scene: Scene): Promise<void> {
  const { farm: { rigs }, prometheus } = scene;
  const ask = (panel: string, part = "", variables = ALL) =>
    prometheus.query(FLEET.find(panel, variables, part));
  const askValue = async (panel: string, variables = ALL) =>
    (await ask(panel, "", variables))[0]?.value;

  assertEquals(await askValue("Rigs up"), RIG_COUNT);
  assertEquals(await askValue("Rigs down"), 0);
  assertSum(await askValue("Hashrate"), await sum(scene, readHashrate));
  const bySite = await sumByGroup(
    rigs,
    ({ tags }) => tags.site ?? "",
    readHashrate,
  );
  assertSums(await ask("Hashrate by $tag"), "site", bySite);
  assertSum(
    await askValue("Hashrate", { ...ALL, tag_value: "(barn)" }),
    bySite.get("barn") ?? 0,
  );
  const antminers = rigs.filter(({ simulator }) =>
    simulator.personality === "antminer"
  );
  assertSums(
    await ask("Hashrate by model", "sum by (model)"),
    "model",
    await sumByGroup(antminers, () => "Antminer S9", readHashrate),
  );
  const hottest = await Promise.all(rigs.map(readHottest));
  assertEquals(
    await askValue("Hottest"),
    Math.max(...hottest.filter((celsius) => celsius !== undefined)),
  );
  assertEquals(
    toMap(await ask("Rigs", "min by (rig) (cgminer_fan_rpm"), "rig").get(
      "rig-02",
    ),
    await readSlowestFan(rigs[1] as FarmRig),
  );
  const pools = (await Promise.all(rigs.map((rig) => askRig(rig, "pools"))))
    .flat();
  for (
    const [part, isCounted] of [
      ["== 1", (pool) => pool.Status === "Alive"],
      ["== 0", (pool) => pool.Status === "Dead"],
    ] as [string, (pool: Section) => boolean][]
  ) {
    const expected = new Map<string, number>();
    for (const { URL } of pools.filter(isCounted)) {
      expected.set(`${URL}`, (expected.get(`${URL}`) ?? 0) + 1);
    }
    assertSums(await ask("Active pools", part), "url", expected);
  }
}

/** Checks what is recorded of the fleet. */
export async function checkRecords(scene: Scene): Promise<void> {
  const { prometheus } = scene;
  const ask = (record: string) => prometheus.queryValue(record);
  const hashrate = await sum(scene, readHashrate);
  // It is recorded from other recordings, a second later perhaps.
  await prometheus.poll("the hashrate of the fleet", async () => {
    const value = await ask("fleet:cgminer_hashrate_hashes_per_second:sum");
    return Math.abs((value ?? 0) / hashrate - 1) < 1e-9 || undefined;
  });
  assertEquals(await ask("fleet:cgminer_up:sum"), RIG_COUNT);
  assertEquals(await ask("fleet:cgminer_up:count"), RIG_COUNT);
  assertEquals(await ask("fleet:cgminer_joules_per_terahash:ratio"), undefined);
}

/** Checks what the dashboard of a rig shows. */
export async function checkRig(scene: Scene, rig: FarmRig): Promise<void> {
  const { prometheus } = scene;
  const variables = { rig: rig.name, __rate_interval: "1m" };
  const ask = (panel: string, part = "") =>
    prometheus.query(RIG.find(panel, variables, part));
  const askValue = async (panel: string) => (await ask(panel))[0]?.value;

  const figures = await readFigures(rig);
  assertEquals(await askValue("State"), 1);
  assertSum(await askValue("Hashrate"), figures.hashrate);
  assertEquals(await askValue("Uptime"), figures.uptimeS);
  assertEquals(await askValue("Hottest"), await readHottest(rig));
  assertEquals(await askValue("Slowest fan"), await readSlowestFan(rig));
  const [info] = await ask("Info");
  assertMatch(info?.labels.miner ?? "", /^(cg|bm|bfg|sg)miner$/);

  const pools = await askRig(rig, "pools");
  assertEquals(
    toMap(await ask("Pools", 'shares_total{result="accepted"'), "pool"),
    new Map(pools.map(({ POOL, Accepted }) => [`${POOL}`, Number(Accepted)])),
  );
  assertEquals(
    toMap(
      await ask("Pools", "max by (pool) (cgminer_pool_priority"),
      "pool",
    ),
    new Map(pools.map(({ POOL, Priority }) => [`${POOL}`, Number(Priority)])),
  );
}
