/**
 * Reads a rig's telemetry from its replies, whoever made it. What the rig does
 * not say is absent, garbage is dropped, and nothing here throws. Pure.
 *
 * @example
 * ```ts
 * import { readTelemetry } from "./read_telemetry.ts";
 *
 * const telemetry = readTelemetry({
 *   summary: { SUMMARY: [{ Elapsed: 60, "GHS 5s": "13581.93" }] },
 *   pools: { POOLS: [] },
 * });
 * console.log(telemetry);
 * // { uptimeS: 60, hashrate: { "5s": 13581930000000 }, pools: [] }
 * ```
 *
 * @module
 */

import { readDevices } from "./devices.ts";
import { readFans } from "./fans.ts";
import { mergeHashrates } from "./hashrate.ts";
import { readMinerFigures } from "./miner_figures.ts";
import { readMinerInfo } from "./miner_info.ts";
import { readClock, readPools } from "./pools.ts";
import { ReportSections } from "./report_sections.ts";
import type { Reports } from "./reports.ts";
import {
  type Device,
  type Hashrate,
  HASHRATE_WINDOWS,
  type HashrateWindow,
  type Telemetry,
} from "./telemetry.ts";
import { keepKnown } from "./values.ts";

/**
 * Reads a rig's telemetry.
 *
 * @param reports The rig's replies by command; see
 * `REPORTS` in `reports.ts` for those that count.
 * @returns What they say, in the model's units. Lists are absent where they
 * would be empty, but for `pools`, which is empty where the rig says that it
 * has none.
 */
export function readTelemetry(reports: Reports): Telemetry {
  // Found and prepared once for all who read them.
  const sections = ReportSections.of(reports);
  const miner = readMinerInfo(sections);
  const figures = readMinerFigures(sections, miner?.model);
  const devices = dropFaster(readDevices(sections), figures.hashrate);
  const fans = readFans(sections);
  return keepKnown({
    miner,
    clockS: readRigClock(reports),
    ...figures,
    hashrate: joinHashrates(figures.hashrate, sumHashrates(devices)),
    devices: devices.length === 0 ? undefined : devices,
    fans: fans.length === 0 ? undefined : fans,
    pools: readPools(sections),
  });
}

/** Whose time is the rig's: that of its pools first, beside their shares. */
const TIMED_REPORTS = ["pools", "summary", "devs", "stats"] as const;

function readRigClock(reports: Reports): number | undefined {
  for (const command of TIMED_REPORTS) {
    const clockS = readClock(reports[command]);
    if (clockS !== undefined) return clockS;
  }
  return undefined;
}

/** How many times as fast as the whole rig a device can be, at most. */
const MOST_TIMES = 10;

/**
 * Devices without what they cannot hash: an A9 with `innominer a9-1.1.0` says
 * `MHS av` 995328 of each of three chains, and 51274.60 of itself.
 */
function dropFaster(
  devices: readonly Device[],
  rig: Hashrate | undefined,
): readonly Device[] {
  const most = Math.max(0, ...Object.values(rig ?? {})) * MOST_TIMES;
  if (most === 0) return devices;
  return devices.map((device) => {
    const { hashrate, ...others } = device;
    const rates = Object.entries(hashrate ?? {});
    const windows = rates.filter(([, rate]) => rate <= most);
    if (windows.length === rates.length) return device;
    return windows.length === 0
      ? others
      : { ...device, hashrate: Object.fromEntries(windows) };
  });
}

/**
 * What the rig says, and where it leaves a window out, the sum of its devices.
 * A rig that says 0 throughout while its devices hash does not count at all
 * (bw/l21-cpuminer-2.3.2-b/summary.json).
 */
function joinHashrates(
  rig: Hashrate | undefined,
  sum: Hashrate | undefined,
): Hashrate | undefined {
  if (rig === undefined || sum === undefined) return rig ?? sum;
  const isIdle = Object.values(rig).every((rate) => rate === 0);
  const isHashing = Object.values(sum).some((rate) => rate > 0);
  return isIdle && isHashing ? sum : mergeHashrates(rig, sum);
}

/**
 * The hashrate of a rig that says it only by device: by window, the sum over
 * all devices, where each of those that mine says that window.
 */
function sumHashrates(devices: readonly Device[]): Hashrate | undefined {
  const mining = devices
    .filter(({ isUp, hashrate }) => isUp !== false || hashrate !== undefined);
  if (mining.length === 0) return undefined;
  const sums: Partial<Record<HashrateWindow, number>> = {};
  for (const window of HASHRATE_WINDOWS) {
    let sum: number | undefined = 0;
    for (const { hashrate } of mining) {
      const rate = hashrate?.[window];
      sum = rate === undefined || sum === undefined ? undefined : sum + rate;
    }
    if (sum !== undefined) sums[window] = Number(sum.toPrecision(14));
  }
  return Object.keys(sums).length === 0 ? undefined : sums;
}
