/**
 * Reads the figures of a whole rig: uptime, hashrate, shares, hardware errors,
 * best share, blocks, power, and temperatures that are no device's. Pure.
 *
 * @example
 * ```ts
 * import { readMinerFigures } from "./miner_figures.ts";
 *
 * const summary = { SUMMARY: [{ Elapsed: 60, "MHS av": 1.5, Accepted: 3 }] };
 * console.log(readMinerFigures({ summary }));
 * // { uptimeS: 60, hashrate: { average: 1500000 }, shares: { accepted: 3 } }
 * ```
 *
 * @module
 */

import { readHashrate } from "./hashrate.ts";
import { readPowerW } from "./power.ts";
import type { Reports } from "./reports.ts";
import { findSections, type Members } from "./sections.ts";
import type {
  Hashrate,
  ShareCounts,
  Telemetry,
  Temperature,
} from "./telemetry.ts";
import { readCelsius } from "./temperatures.ts";
import { readCount, readNumber } from "./values.ts";

/** The members of a rig's telemetry that this module reads. */
export type MinerFigures = Pick<
  Telemetry,
  | "uptimeS"
  | "hashrate"
  | "shares"
  | "hardwareErrors"
  | "bestShare"
  | "blocksFound"
  | "powerW"
  | "temperatures"
>;

/** No miner has sent as many shares (bw/l21-cpuminer: 1655589633532138). */
const MAX_SHARES = 1e12;

/** What becomes of shares, as miners name it. */
const SHARE_KEYS: Readonly<Record<keyof ShareCounts, string>> = {
  accepted: "Accepted",
  rejected: "Rejected",
  stale: "Stale",
  discarded: "Discarded",
};

/**
 * Where hardware errors stand, best first. Antminers call them
 * `no_matching_work` in `stats` (antminer/s19pro-2022: 562 in both).
 */
const HARDWARE_ERROR_KEYS: readonly string[] = [
  "Hardware Errors",
  "no_matching_work",
];

/** A rig's temperatures that its summary or stats say, and their sensors. */
const TEMPERATURE_KEYS: readonly (readonly [string, string])[] = [
  ["Env Temp", "ambient"], // whatsminer/m31s
  ["Temperature", "board"], // whatsminer: the hottest board
  ["Chip Temp Min", "chip min"],
  ["Chip Temp Max", "chip max"],
  ["Chip Temp Avg", "chip avg"],
  ["AUC Temperature", "controller"], // avalon/a8xx
  ["Temperature Core", "controller"], // zig/z1
  ["PSU Temp AMB", "psu"], // SealMiner A2
];

/** Sensors for which 0 does not mean that there is none. */
const CAN_BE_ZERO: ReadonlySet<string> = new Set(["ambient"]);

/**
 * Reads the figures of a whole rig.
 *
 * @param reports The rig's replies: `summary`, else `stats` or `pools`.
 * @param model The miner's model, where known: some lie about units.
 * @returns The figures that are known, in the model's units.
 */
export function readMinerFigures(
  reports: Reports,
  model?: string,
): MinerFigures {
  const sections = listFigureSections(reports);
  const figures: { -readonly [Name in keyof MinerFigures]?: unknown } = {
    uptimeS: readUptime(reports),
    hashrate: readRigHashrate(sections, model),
    shares: readRigShares(reports, sections),
    hardwareErrors: readFirstCount(sections, HARDWARE_ERROR_KEYS),
    bestShare: readBestShare(reports, sections),
    blocksFound: readBlocksFound(sections),
    powerW: readPowerW(reports),
    temperatures: readRigTemperatures(sections),
  };
  const known = Object.entries(figures)
    .filter(([, figure]) => figure !== undefined);
  return Object.fromEntries(known);
}

/**
 * Reads what became of shares.
 *
 * @param members One object of a reply: a summary, a device or a pool.
 * @returns The counts that it says; `undefined` where it says none.
 */
export function readShares(members: Members): ShareCounts | undefined {
  const counts = Object.entries(SHARE_KEYS).flatMap(([name, key]) => {
    const count = readCount(members[key]);
    if (count === undefined || count > MAX_SHARES) return [];
    return isRejectedTwice(members) && name === "accepted"
      ? []
      : [[name, count] as const];
  });
  return counts.length === 0 ? undefined : Object.fromEntries(counts);
}

/**
 * Blackminer and Hammer print the rejected shares as the accepted ones:
 * `"Accepted":" 12.0000","Rejected":" 12.0000"`, where the pools say 10921
 * (blackminer/f1-ultra).
 */
function isRejectedTwice(members: Members): boolean {
  const { Accepted: accepted, Rejected: rejected } = members;
  return typeof accepted === "string" && accepted === rejected;
}

/** The summary, and what the stats say of the whole rig. */
function listFigureSections(reports: Reports): Members[] {
  return [
    ...findSections(reports["summary"], "SUMMARY"),
    ...listRigStats(reports["stats"]),
    ...listRigStats(reports["estats"]),
  ];
}

/** All of the stats but pools, and but devices where there are several. */
function listRigStats(reply: unknown): Members[] {
  const sections = findSections(reply, "STATS")
    .filter((section) => !/^POOL\d/.test(String(section["ID"])));
  const devices = sections.filter((section) => "STATS" in section);
  return devices.length > 1
    ? sections.filter((section) => !devices.includes(section))
    : sections;
}

function readUptime(reports: Reports): number | undefined {
  const [summary] = findSections(reports["summary"], "SUMMARY");
  const uptime = readCount(summary?.["Elapsed"]);
  // BOSminer fills its stats with zeros (braiins/bosminer-plus-0.8.0).
  return uptime ?? ["stats", "estats"]
    .flatMap((command) => findSections(reports[command], "STATS"))
    .map((section) => readCount(section["Elapsed"]) || undefined)
    .find((elapsed) => elapsed !== undefined);
}

function readRigHashrate(
  sections: readonly Members[],
  model: string | undefined,
): Hashrate | undefined {
  return sections
    .map((section) => readHashrate(section, model))
    .find((hashrate) => hashrate !== undefined);
}

function readRigShares(
  reports: Reports,
  sections: readonly Members[],
): ShareCounts | undefined {
  const pools = findSections(reports["pools"], "POOLS").map(readShares);
  const own = sections.map(readShares).find((shares) => shares !== undefined);
  const names = Object.keys(SHARE_KEYS) as (keyof ShareCounts)[];
  const counts = names.flatMap((name) => {
    const count = own?.[name] ?? sum(pools.map((shares) => shares?.[name]));
    return count === undefined ? [] : [[name, count] as const];
  });
  return counts.length === 0 ? undefined : Object.fromEntries(counts);
}

/** The sum of all, where all are known. */
function sum(counts: readonly (number | undefined)[]): number | undefined {
  if (counts.length === 0 || counts.includes(undefined)) return undefined;
  return counts.reduce<number>((total, count) => total + (count ?? 0), 0);
}

/** A share has some difficulty: 0 is none yet, or one that nobody looks for. */
function readBestShare(
  reports: Reports,
  sections: readonly Members[],
): number | undefined {
  const shares = [...sections, ...findSections(reports["pools"], "POOLS")]
    .map((section) => readNumber(section["Best Share"]))
    .filter((share) => share !== undefined && share > 0);
  return shares.length === 0 ? undefined : Math.max(...shares as number[]);
}

function readFirstCount(
  sections: readonly Members[],
  names: readonly string[],
): number | undefined {
  return names
    .flatMap((name) => sections.map((section) => readCount(section[name])))
    .find((count) => count !== undefined);
}

/**
 * A block is a share too: more blocks than shares is something else (a StrongU
 * STU-U6 with cgminer 4.10.0: 25352 blocks, 25186 shares).
 */
function readBlocksFound(sections: readonly Members[]): number | undefined {
  const blocks = readFirstCount(sections, ["Found Blocks"]);
  const shares = readFirstCount(sections, [SHARE_KEYS.accepted]);
  return (blocks ?? 0) > (shares ?? Infinity) ? undefined : blocks;
}

function readRigTemperatures(
  sections: readonly Members[],
): Temperature[] | undefined {
  const found = new Map<string, number>();
  for (const [name, sensor] of TEMPERATURE_KEYS) {
    for (const section of sections) {
      const celsius = readCelsius(section[name]) ??
        (CAN_BE_ZERO.has(sensor) ? readZero(section[name]) : undefined);
      if (celsius === undefined || found.has(sensor)) continue;
      found.set(sensor, celsius);
    }
  }
  const temperatures = [...found]
    .map(([sensor, celsius]) => ({ sensor, celsius }));
  return temperatures.length === 0 ? undefined : temperatures;
}

function readZero(value: unknown): 0 | undefined {
  return readNumber(value) === 0 ? 0 : undefined;
}
