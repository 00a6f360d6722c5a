/**
 * The fields that cgminer and all its forks have: what each name says of a
 * rig, a device or a pool, once, and how it is worked out of counts. A
 * personality lists the names that it has, in its order, and adds its own.
 *
 * @module
 */

import { type Counts, type Device, toPercent } from "./device.ts";
import type { Field } from "./exchange.ts";
import { drift } from "./motion.ts";
import { fixed, flag, text, type Value, whole } from "./reply.ts";
import type { Pool, RigState } from "./state.ts";

/** How many a minute that is. */
export function findUtility(count: number, elapsedS: number): number {
  return 60 * count / Math.max(1, elapsedS);
}

/** The difficulty of so many shares together. */
export function sumDifficulty(rig: RigState, shares: number): number {
  return shares * rig.traits.shareDifficulty;
}

/** The difficulty of the last share; 0 if there was none. */
export function findLastDifficulty(
  rig: RigState,
  { lastShareS }: { readonly lastShareS: number },
): number {
  return lastShareS > 0 ? rig.traits.shareDifficulty : 0;
}

/** Hardware errors as a part of all work, in percent. */
export function findErrorPart(counts: Counts): number {
  return toPercent(counts.hardwareErrors, counts.diff1);
}

/** Rejected work as a part of all work, in percent. */
export function findRejectPart(counts: Counts, rig: RigState): number {
  if (counts.diff1 === 0) return 0;
  return 100 * sumDifficulty(rig, counts.rejected) / counts.diff1;
}

/** A kind of shares as a part of all that went to the pool, in percent. */
export function findPoolPart(
  counts: Counts,
  kind: "rejected" | "stale",
): number {
  const all = counts.accepted + counts.rejected + counts.stale;
  return toPercent(counts[kind], all - counts[kind]);
}

/** A device's hashrate since it was zeroed, in MH/s. */
export function findDeviceAverage(device: Device, rig: RigState): number {
  return device.findWork(rig.nowS) / Math.max(1, rig.elapsedS);
}

/** When any of the devices last hashed; 0 if there is none. */
export function findLastWorkS(rig: RigState): number {
  const times = rig.devices.map((device) => device.findLastWorkS(rig.nowS));
  return Math.max(0, ...times);
}

/** Whether a rig has a connection of stratum to a pool. */
export function isActive(pool: Pool, rig: RigState): boolean {
  return pool.stratum && pool.isAlive(rig.nowS);
}

/** The temperature of a device, in °C: 27 when cold, about 62 at work. */
export function findTemperature(device: Device, rig: RigState): number {
  const { nowS, excessC } = rig;
  return 27 + excessC + 35 * device.findHeat(nowS) +
    2.5 * drift(nowS, device.seed, 7);
}

/** The temperature of the hottest device, in °C; 0 if there is none. */
export function findHottest(rig: RigState): number {
  return Math.max(
    0,
    ...rig.devices.map((device) => findTemperature(device, rig)),
  );
}

/** How a fork writes what all of them have. */
export interface FieldFormat {
  /** The name of the devices' driver. */
  readonly driver: string;
  /** What devices are called: `ASC`, `PGA`, `GPU`. */
  readonly deviceKind: string;
  /** The decimals of a hashrate. */
  readonly rateDecimals: number;
  /** The decimals of a utility. */
  readonly utilityDecimals: number;
  /** How a difficulty is written. */
  readonly difficulty: (value: number) => Value;
  /** How many seconds `MHS 20s` and `MHS rolling` average over. Default 20. */
  readonly windowS?: number;
}

/** What a field says of an item. */
type Read<Item> = (item: Item, rig: RigState) => Value;

/** Fields by name. */
export type Fields<Item> = Readonly<Record<string, Read<Item>>>;

/** What rigs, devices and pools say, each by the name of the field. */
export interface CommonFields {
  readonly rig: Fields<RigState>;
  readonly device: Fields<Device>;
  readonly pool: Fields<Pool>;
}

/**
 * Chooses fields.
 *
 * @param fields All that there are.
 * @param names Those that are wanted, in order, parted by `, `.
 * @returns The fields.
 * @throws {TypeError} If one of them is not there.
 */
export function pickFields<Item>(
  fields: Fields<Item>,
  names: string,
): readonly Field<Item>[] {
  return names.split(/,\s+/).map((name) => {
    const read = fields[name];
    if (read === undefined) throw new TypeError(`There is no field "${name}"`);
    return [name, read];
  });
}

/**
 * Makes the fields as a fork writes them.
 *
 * @param format How it does.
 * @returns All fields.
 */
export function createFields(format: FieldFormat): CommonFields {
  const { driver, deviceKind, difficulty, windowS = 20 } = format;
  const mhs = (value: number): Value => fixed(value, format.rateDecimals);
  const khs = (valueMhs: number): Value => whole(Math.round(valueMhs * 1000));
  const percent = (value: number): Value => fixed(value, 4);
  const utility = (count: number, rig: RigState): Value =>
    fixed(findUtility(count, rig.elapsedS), format.utilityDecimals);
  const shares = (rig: RigState, count: number): Value =>
    difficulty(sumDifficulty(rig, count));
  const none = (): Value => whole(0);
  const blank = (): Value => text("");
  const rate = (device: Device, rig: RigState, windowS: number): number =>
    device.findRate(rig.nowS, windowS);
  const count = (device: Device, rig: RigState) => device.count(rig.nowS);

  const rig: Fields<RigState> = {
    "Elapsed": (rig) => whole(rig.elapsedS),
    "MHS av": (rig) => mhs(rig.averageMhs),
    "MHS 5s": (rig) => mhs(rig.findRate(5)),
    "MHS 20s": (rig) => mhs(rig.findRate(windowS)),
    "MHS 1m": (rig) => mhs(rig.findRate(60)),
    "MHS 5m": (rig) => mhs(rig.findRate(300)),
    "MHS 15m": (rig) => mhs(rig.findRate(900)),
    "KHS av": (rig) => khs(rig.averageMhs),
    "KHS 5s": (rig) => khs(rig.findRate(5)),
    "GHS av": (rig) => mhs(rig.averageMhs / 1000),
    "GHS 5m": (rig) => mhs(rig.findRate(300) / 1000),
    "GHS 5s": (rig) => mhs(rig.findRate(5) / 1000),
    "Found Blocks": none,
    "Getworks": (rig) => whole(rig.counts.getworks),
    "Accepted": (rig) => whole(rig.counts.accepted),
    "Rejected": (rig) => whole(rig.counts.rejected),
    "Hardware Errors": (rig) => whole(rig.counts.hardwareErrors),
    "Utility": (rig) => utility(rig.counts.accepted, rig),
    "Discarded": (rig) => whole(rig.counts.discarded),
    "Stale": (rig) => whole(rig.counts.stale),
    "Get Failures": none,
    "Local Work": (rig) => whole(rig.counts.works),
    "Remote Failures": none,
    "Network Blocks": (rig) => whole(rig.networkBlocks),
    "Total MH": (rig) => fixed(rig.workMh, 4),
    "Diff1 Work": (rig) => whole(rig.counts.diff1),
    "Work Utility": (rig) => utility(rig.counts.diff1, rig),
    "Difficulty Accepted": (rig) => shares(rig, rig.counts.accepted),
    "Difficulty Rejected": (rig) => shares(rig, rig.counts.rejected),
    "Difficulty Stale": (rig) => shares(rig, rig.counts.stale),
    "Best Share": (rig) => whole(rig.bestShare),
    "Device Hardware%": (rig) => percent(findErrorPart(rig.counts)),
    "Device Rejected%": (rig) => percent(findRejectPart(rig.counts, rig)),
    "Pool Rejected%": (rig) => percent(findPoolPart(rig.counts, "rejected")),
    "Pool Stale%": (rig) => percent(findPoolPart(rig.counts, "stale")),
    "Last getwork": (rig) => whole(rig.lastNotifyS),
    // config
    "ASC Count": (rig) => whole(rig.devices.length),
    "GPU Count": (rig) => whole(rig.devices.length),
    "Pool Count": (rig) => whole(rig.pools.length),
    "Strategy": () => text("Failover"),
    "OS": () => text("Linux"),
    "Failover-Only": (rig) => flag(rig.failoverOnly),
    // coin
    "Current Block Time": (rig) => fixed(rig.blockS, 6),
    "Current Block Hash": (rig) => text(rig.blockHash),
    "LP": () => flag(true),
    // lcd
    "Temperature": (rig) => fixed(findHottest(rig), 2),
    "Last Share Difficulty": (rig) => difficulty(findLastDifficulty(rig, rig)),
    "Last Share Time": (rig) => whole(rig.lastShareS),
    "Last Valid Work": (rig) => whole(findLastWorkS(rig)),
    "Current Pool": (rig) => text(rig.currentPool?.url ?? "none"),
    "User": (rig) => text(rig.currentPool?.user ?? ""),
  };

  const device: Fields<Device> = {
    [deviceKind]: (device) => whole(device.id),
    "DEVDETAILS": (device) => whole(device.id),
    "Name": () => text(driver),
    "ID": (device) => whole(device.id),
    "Kernel": blank,
    "Model": blank,
    "Device Path": blank,
    "Enabled": (device) => text(device.enabled ? "Y" : "N"),
    "Status": (device) => text(device.isDead ? "Dead" : "Alive"),
    "Temperature": (device, rig) => fixed(findTemperature(device, rig), 2),
    "MHS av": (device, rig) => mhs(findDeviceAverage(device, rig)),
    "MHS 5s": (device, rig) => mhs(rate(device, rig, 5)),
    "MHS 20s": (device, rig) => mhs(rate(device, rig, windowS)),
    "MHS rolling": (device, rig) => mhs(rate(device, rig, windowS)),
    "MHS 1m": (device, rig) => mhs(rate(device, rig, 60)),
    "MHS 5m": (device, rig) => mhs(rate(device, rig, 300)),
    "MHS 15m": (device, rig) => mhs(rate(device, rig, 900)),
    "KHS av": (device, rig) => khs(findDeviceAverage(device, rig)),
    "KHS 5s": (device, rig) => khs(rate(device, rig, 5)),
    "Accepted": (device, rig) => whole(count(device, rig).accepted),
    "Rejected": (device, rig) => whole(count(device, rig).rejected),
    "Hardware Errors": (device, rig) =>
      whole(count(device, rig).hardwareErrors),
    "Utility": (device, rig) => utility(count(device, rig).accepted, rig),
    "Stale": (device, rig) => whole(count(device, rig).stale),
    "Last Share Pool": (device) => whole(device.lastSharePool),
    "Last Share Time": (device) => whole(device.lastShareS),
    "Total MH": (device, rig) => fixed(device.findWork(rig.nowS), 4),
    "Diff1 Work": (device, rig) => whole(count(device, rig).diff1),
    "Work Utility": (device, rig) => utility(count(device, rig).diff1, rig),
    "Difficulty Accepted": (device, rig) =>
      shares(rig, count(device, rig).accepted),
    "Difficulty Rejected": (device, rig) =>
      shares(rig, count(device, rig).rejected),
    "Difficulty Stale": (device, rig) => shares(rig, count(device, rig).stale),
    "Last Share Difficulty": (device, rig) =>
      difficulty(findLastDifficulty(rig, device)),
    "No Device": () => flag(false),
    "Last Valid Work": (device, rig) => whole(device.findLastWorkS(rig.nowS)),
    "Device Hardware%": (device, rig) =>
      percent(findErrorPart(count(device, rig))),
    "Device Rejected%": (device, rig) =>
      percent(findRejectPart(count(device, rig), rig)),
    "Device Elapsed": (_device, rig) => whole(rig.elapsedS),
  };

  const pool: Fields<Pool> = {
    "POOL": (pool, rig) => whole(rig.pools.indexOf(pool)),
    "URL": (pool) => text(pool.url),
    "Status": (pool, rig) => text(pool.describeState(rig.nowS)),
    "Priority": (pool) => whole(pool.priority),
    "Quota": (pool) => whole(pool.quota),
    "Mining Goal": () => text("default"),
    "Long Poll": () => text("N"),
    "Getworks": ({ counts }) => whole(counts.getworks),
    "Accepted": ({ counts }) => whole(counts.accepted),
    "Rejected": ({ counts }) => whole(counts.rejected),
    "Works": ({ counts }) => whole(counts.works),
    "Discarded": ({ counts }) => whole(counts.discarded),
    "Stale": ({ counts }) => whole(counts.stale),
    "Get Failures": none,
    "Remote Failures": none,
    "User": (pool) => text(pool.user),
    "Last Share Time": (pool) => whole(pool.lastShareS),
    "Diff1 Shares": ({ counts }) => whole(counts.diff1),
    "Proxy Type": blank,
    "Proxy": blank,
    "Difficulty Accepted": ({ counts }, rig) => shares(rig, counts.accepted),
    "Difficulty Rejected": ({ counts }, rig) => shares(rig, counts.rejected),
    "Difficulty Stale": ({ counts }, rig) => shares(rig, counts.stale),
    "Last Share Difficulty": (pool, rig) =>
      difficulty(findLastDifficulty(rig, pool)),
    "Work Difficulty": (pool, rig) =>
      shares(rig, pool.counts.works > 0 ? 1 : 0),
    "Has Stratum": (pool) => flag(pool.stratum),
    "Stratum Active": (pool, rig) => flag(isActive(pool, rig)),
    "Stratum URL": (pool, rig) => text(isActive(pool, rig) ? pool.host : ""),
    "Stratum Difficulty": (pool, rig) =>
      shares(rig, isActive(pool, rig) ? 1 : 0),
    "Has Vmask": () => flag(false),
    "Has GBT": () => flag(false),
    "Best Share": (pool, rig) => whole(rig.findPoolBest(pool)),
    "Pool Rejected%": ({ counts }) => percent(findPoolPart(counts, "rejected")),
    "Pool Stale%": ({ counts }) => percent(findPoolPart(counts, "stale")),
    "Bad Work": none,
    "Current Block Height": (pool, rig) =>
      whole(pool.counts.works > 0 ? rig.blockHeight : 0),
    "Current Block Version": (pool) =>
      whole(pool.counts.works > 0 ? 0x20000000 : 0),
  };
  return { rig, device, pool };
}
