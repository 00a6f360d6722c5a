/**
 * What reports work out of counts, as the miners do it: utilities, parts in
 * percent, averages, temperatures.
 *
 * @module
 */

import { type Counts, toPercent } from "./counts.ts";
import type { Device } from "./device.ts";
import { drift } from "./motion.ts";
import type { Pool } from "./pool.ts";
import type { RigState } from "./state.ts";

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
  const { nowS } = rig;
  return 27 + 35 * device.findHeat(nowS) + 2.5 * drift(nowS, device.seed, 7);
}

/** The temperature of the hottest device, in °C; 0 if there is none. */
export function findHottest(rig: RigState): number {
  return Math.max(
    0,
    ...rig.devices.map((device) => findTemperature(device, rig)),
  );
}
