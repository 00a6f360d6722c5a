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

import { readDeviceEntries } from "./device_entries.ts";
import { readDevices } from "./devices.ts";
import { readFans } from "./fans.ts";
import {
  measureUnits,
  mergeHashrates,
  scaleHashrate,
  sumHashrates,
} from "./hashrate.ts";
import {
  compareHashrates,
  listRateSections,
  readMinerFigures,
  readMode,
  sumModules,
} from "./miner_figures.ts";
import { isCooledByLiquid, readMinerInfo } from "./miner_info.ts";
import { readClock, readPools } from "./pools.ts";
import { ReportSections } from "./report_sections.ts";
import type { Reports } from "./reports.ts";
import type { Device, Hashrate, Telemetry } from "./telemetry.ts";
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
  const { software = "", version = "", model } = miner ?? {};
  const units = measureUnits(listRateSections(sections), {
    model,
    description: `${software} ${version}`,
  });
  const isLiquidCooled = isCooledByLiquid(sections, model);
  const figures = readMinerFigures(sections, units);
  const entries = readDeviceEntries(sections, units);
  const found = readDevices(sections, { units, isLiquidCooled }, entries);
  const devices = dropFaster(
    agreeWithRig(found, figures.hashrate),
    figures.hashrate,
  );
  const fans = readFans(sections, isLiquidCooled);
  return keepKnown({
    miner,
    clockS: readRigClock(reports),
    mode: readMode(sections),
    ...figures,
    hashrate: joinHashrates(
      figures.hashrate,
      // What stands for several boards may say more windows than these.
      mergeHashrates(
        dropIdle(sumDevices(
          agreeWithRig(
            entries.map(({ device }) => device),
            figures.hashrate,
          ),
        )),
        sumModules(sections),
        sumDevices(devices),
      ),
    ),
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

/**
 * Devices whose sum is a thousandth of the rig, or a thousand times as much,
 * count in another unit than they say: an Antminer S21 says `MHS av` in GH/s.
 */
function agreeWithRig(
  devices: readonly Device[],
  rig: Hashrate | undefined,
): readonly Device[] {
  const sum = sumDevices(devices);
  const thousands = compareHashrates(rig, sum);
  if (thousands === 0) return devices;
  return devices.map((device) =>
    keepKnown({
      ...device,
      hashrate: scaleHashrate(device.hashrate, 1000 ** thousands),
    })
  );
}

/** A driver that only stands for the boards may say 0 throughout. */
function dropIdle(hashrate: Hashrate | undefined): Hashrate | undefined {
  return listWindows(hashrate ?? {}).some((rate) => rate > 0)
    ? hashrate
    : undefined;
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
  const { ideal: _, ...windows } = rig ?? {};
  const most = Math.max(0, ...Object.values(windows)) * MOST_TIMES;
  if (most === 0) return devices;
  return devices.map((device) => {
    const { hashrate, ...others } = device;
    const rates = Object.entries(hashrate ?? {});
    const kept = rates.filter(([, rate]) => rate <= most);
    if (kept.length === rates.length) return device;
    return kept.length === 0
      ? others
      : { ...device, hashrate: Object.fromEntries(kept) };
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
  const isIdle = listWindows(rig).every((rate) => rate === 0);
  const isHashing = listWindows(sum).some((rate) => rate > 0);
  const { ideal } = rig;
  return isIdle && isHashing
    ? mergeHashrates(sum, ideal === undefined ? {} : { ideal })
    : mergeHashrates(rig, sum);
}

function listWindows({ ideal: _, ...windows }: Hashrate): number[] {
  return Object.values(windows);
}

/**
 * The hashrate of a rig that says it only by device: by window, the sum over
 * all devices, where each of those that mine says that window.
 */
function sumDevices(devices: readonly Device[]): Hashrate | undefined {
  const mining = devices
    .filter(({ isUp, hashrate = {} }) =>
      isUp !== false || listWindows(hashrate).length > 0
    );
  return sumHashrates(mining.map(({ hashrate }) => hashrate));
}
