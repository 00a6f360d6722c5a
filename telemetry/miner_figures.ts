/**
 * Reads the figures of a whole rig: uptime, hashrate, shares, hardware errors,
 * best share, blocks, power, and temperatures that are no device's. Pure.
 *
 * @module
 */

import { listNamedBoards } from "./chains.ts";
import { readBoardTemperatures } from "./board_temperatures.ts";
import { type Module, readModules } from "./device_modules.ts";
import {
  countThousands,
  isStated,
  measureUnits,
  mergeHashrates,
  type RateUnits,
  readHashrate,
  scaleHashrate,
  sumHashrates,
} from "./hashrate.ts";
import type { Reports } from "./reports.ts";
import { ReportSections, type Section } from "./report_sections.ts";
import { isMembers, type Members } from "./sections.ts";
import {
  type Hashrate,
  HASHRATE_WINDOWS,
  MAX_ERROR_CODES,
  type ShareCounts,
  type Telemetry,
  type Temperature,
} from "./telemetry.ts";
import { mergeTemperatures, readCelsius } from "./temperatures.ts";
import { keepKnown, readCount, readNumber, readText } from "./values.ts";
import type { PowerSource } from "./vendor.ts";
import { joinTable } from "./vendors.ts";

/** The members of a rig's telemetry that this module reads. */
export type MinerFigures = Pick<
  Telemetry,
  | "uptimeS"
  | "hashrate"
  | "shares"
  | "hardwareErrors"
  | "hardwareErrorRatio"
  | "bestShare"
  | "blocksFound"
  | "powerW"
  | "temperatures"
  | "errorCodes"
>;

/** No miner has sent as many shares (bw/l21-cpuminer: 1655589633532138). */
const MAX_SHARES = 1e12;

/** What becomes of shares, and how miners name it. */
const SHARE_KEYS: readonly (readonly [keyof ShareCounts, string])[] = [
  ["accepted", "Accepted"],
  ["rejected", "Rejected"],
  ["stale", "Stale"],
  ["discarded", "Discarded"],
];

/** Where hardware errors stand, best first. */
const HARDWARE_ERROR_KEYS: readonly string[] = [
  "Hardware Errors",
  ...joinTable("hardwareErrorFields"),
];

/** A rig's temperatures that its summary or stats say, and their sensors. */
const RIG_SENSORS = joinTable("rigSensors");

/** No rig takes as much. */
const MAX_POWER_W = 100_000;

const POWER_SOURCES = joinTable("power");

const GARBAGE = joinTable("garbage");

/** Where a rig may say that it rests. */
const PAUSE_REPORTS: readonly (readonly [command: string, section: string])[] =
  [
    ["summary", "SUMMARY"],
    ["stats", "STATS"],
    ...joinTable("pauseReports"),
  ];

/** Where a rig may list the errors that stand. */
const ERROR_CODE_REPORTS: readonly (readonly [
  command: string,
  section: string,
])[] = [["summary", "SUMMARY"], ...joinTable("errorCodeReports")];

/** A code, and no time of an error. */
const ERROR_CODE = /^[\w-]{1,20}$/;

/** Sensors for which 0 does not mean that there is none. */
const CAN_BE_ZERO: ReadonlySet<string> = new Set(["ambient"]);

/**
 * Reads the figures of a whole rig.
 *
 * @param reports The rig's replies: `summary`, else `stats` or `pools`.
 * @param units What its hashrates count. Default: as they themselves say.
 * @returns The figures that are known, in the model's units.
 */
export function readMinerFigures(
  reports: Reports | ReportSections,
  units: RateUnits = measureUnits(
    listRateSections(ReportSections.of(reports)),
  ),
): MinerFigures {
  const replies = ReportSections.of(reports);
  const sections = listFigureSections(replies);
  return keepKnown({
    uptimeS: readUptime(replies),
    hashrate: readRigHashrate(replies, units),
    shares: readRigShares(replies, sections),
    hardwareErrors: readFirstCount(sections, HARDWARE_ERROR_KEYS) ??
      readModuleErrors(replies),
    hardwareErrorRatio: readErrorRatio(sections),
    bestShare: readBestShare(replies, sections),
    blocksFound: readBlocksFound(sections),
    powerW: readPowerW(replies),
    temperatures: readRigTemperatures(replies, sections),
    errorCodes: readErrorCodes(replies),
  });
}

/**
 * Lists what may have a hashrate of the whole rig, or say in which units.
 *
 * @param replies The sections of the rig's replies.
 * @returns The summary and all entries of the statistics.
 */
export function listRateSections(
  replies: ReportSections,
): readonly Section[] {
  return [
    ...replies.find("summary", "SUMMARY"),
    ...replies.find("stats", "STATS").filter(isNoPool),
    ...replies.find("estats", "STATS").filter(isNoPool),
  ];
}

/**
 * Reads whether a rig rests.
 *
 * @param replies The sections of the rig's replies.
 * @returns `paused` where it says so; `undefined` for all else.
 */
export function readMode(replies: ReportSections): "paused" | undefined {
  const modules = listModules(replies);
  const isPaused = PAUSE_REPORTS.some(([command, section]) =>
    replies.find(command, section).some(isPausedSection)
  );
  const areResting = modules.length > 0 &&
    modules.every(({ isPaused }) => isPaused);
  return isPaused || areResting ? "paused" : undefined;
}

function isPausedSection(section: Section): boolean {
  return section.list("pause").some(({ meaning: pattern, value }) => {
    const text = readText(value);
    return text !== undefined && pattern.test(text);
  });
}

/**
 * Reads the codes of the errors that stand: `Error Code 0`, and the names of
 * the members of what is listed under `error_code`.
 */
function readErrorCodes(replies: ReportSections): string[] | undefined {
  const codes = ERROR_CODE_REPORTS.flatMap(([command, section]) =>
    replies.find(command, section).flatMap((found) =>
      found.list("errorCode").flatMap(({ value }) => listCodes(value))
    )
  );
  const unique = [...new Set(codes)].slice(0, MAX_ERROR_CODES);
  return unique.length === 0 ? undefined : unique;
}

/** `2310`, `[{"2310":"2026-11-29 08:00:00"}]`, `["2310"]`. */
function listCodes(value: unknown): string[] {
  const items = (Array.isArray(value) ? value : [value])
    .slice(0, MAX_ERROR_CODES);
  return items
    .flatMap((item) =>
      isMembers(item) ? Object.keys(item).slice(0, MAX_ERROR_CODES) : [item]
    )
    .map((code) => readText(code) ?? "")
    .filter((code) => ERROR_CODE.test(code) && Number(code) !== 0);
}

/**
 * Reads what became of shares.
 *
 * @param members One object of a reply: a summary, a device or a pool.
 * @returns The counts that it says; `undefined` where it says none.
 */
export function readShares(members: Members): ShareCounts | undefined {
  const counts: Partial<Record<keyof ShareCounts, number>> = {};
  let isKnown = false;
  for (const [name, key] of SHARE_KEYS) {
    const count = readCount(members[key]);
    if (count === undefined || count > MAX_SHARES) continue;
    if (isGarbage(members, key)) continue;
    counts[name] = count;
    isKnown = true;
  }
  return isKnown ? counts : undefined;
}

function isGarbage(members: Members, name: string): boolean {
  return GARBAGE.some((row) => row.name === name && row.isGarbage(members));
}

/** The summary, and what the stats say of the whole rig. */
function listFigureSections(replies: ReportSections): readonly Section[] {
  return [
    ...replies.find("summary", "SUMMARY"),
    ...listRigStats(replies, "stats"),
    ...listRigStats(replies, "estats"),
  ];
}

/** All of the stats but pools, and but devices where there are several. */
function listRigStats(
  replies: ReportSections,
  command: string,
): readonly Section[] {
  const sections = replies.find(command, "STATS").filter(isNoPool);
  const devices = sections.filter(isDevice);
  return devices.length > 1
    ? sections.filter((section) => !isDevice(section))
    : sections;
}

function isNoPool({ members: { ID } }: Section): boolean {
  return typeof ID !== "string" || !/^POOL\d/.test(ID);
}

function isDevice({ members }: Section): boolean {
  return "STATS" in members;
}

function readUptime(replies: ReportSections): number | undefined {
  const [summary] = replies.find("summary", "SUMMARY");
  const uptime = readCount(summary?.members["Elapsed"]);
  if (uptime !== undefined) return uptime;
  for (const command of ["stats", "estats"]) {
    for (const { members } of replies.find(command, "STATS")) {
      const elapsed = readCount(members["Elapsed"] ?? members["elapsed"]);
      // BOSminer fills its stats with zeros (braiins/bosminer-plus-0.8.0).
      if (elapsed) return elapsed;
    }
  }
  return undefined;
}

/**
 * What the summary says, and what it leaves out, the statistics do. Where these
 * differ by thousands, one of them counts in another unit than it says: the
 * summary's counts, unless only the other's unit is stated, or only the other
 * fits the shares.
 */
function readRigHashrate(
  replies: ReportSections,
  units: RateUnits,
): Hashrate | undefined {
  const summaries = replies.find("summary", "SUMMARY");
  const summary = readFirstHashrate(summaries, units);
  const stats = [
    ...listRigStats(replies, "stats"),
    ...listRigStats(replies, "estats"),
  ];
  const other = readFirstHashrate(stats, units);
  const thousands = compareHashrates(summary, other);
  if (thousands === 0) return mergeHashrates(summary, other);
  const [areStated, areOthersStated] = [summaries, stats].map((sections) =>
    sections.some((section) => isStated(section, units))
  );
  const isOther = areStated === areOthersStated
    ? isNearShares(replies, other) && !isNearShares(replies, summary)
    : areOthersStated;
  return isOther
    ? mergeHashrates(scaleHashrate(summary, 1000 ** -thousands), other)
    : mergeHashrates(summary, scaleHashrate(other, 1000 ** thousands));
}

function readFirstHashrate(
  sections: readonly Section[],
  units: RateUnits,
): Hashrate | undefined {
  for (const section of sections) {
    const hashrate = readHashrate(section, units);
    if (hashrate !== undefined) return hashrate;
  }
  return undefined;
}

/**
 * Adds up the hashrates of an Avalon's modules.
 *
 * @param replies The sections of the rig's replies.
 * @returns The sum by window; `undefined` where there are none.
 */
export function sumModules(replies: ReportSections): Hashrate | undefined {
  return sumHashrates(listModules(replies).map(({ hashrate }) => hashrate));
}

function listModules(replies: ReportSections): readonly Module[] {
  return replies.find("stats", "STATS").flatMap(readModules);
}

/**
 * Counts how many times a thousand one hashrate is of another, by the steadiest
 * window that both have.
 *
 * @param one A hashrate.
 * @param other What should be the same.
 * @returns The count; 0 where they agree, or cannot be compared.
 */
export function compareHashrates(
  one: Hashrate | undefined,
  other: Hashrate | undefined,
): number {
  for (const window of HASHRATE_WINDOWS.toReversed()) {
    const [rate, second] = [one?.[window], other?.[window]];
    if (rate && second) return countThousands(rate / second) ?? 0;
  }
  return 0;
}

/** Hashes that a share of difficulty 1 takes, with SHA-256. */
const HASHES_PER_SHARE = 2 ** 32;

/** How far shares can be from the hashrate, either way: some are luck. */
const MOST_LUCK = 5;

/** Whether a hashrate is what the accepted shares took in the uptime. */
function isNearShares(
  replies: ReportSections,
  hashrate: Hashrate | undefined,
): boolean {
  const uptimeS = readUptime(replies);
  const lists = [
    replies.find("summary", "SUMMARY"),
    replies.find("pools", "POOLS"),
  ];
  const [difficulty] = lists
    .map((list) =>
      list.reduce(
        (total, { members }) =>
          total + (readNumber(members["Difficulty Accepted"]) ?? 0),
        0,
      )
    )
    .filter((total) => total > 0);
  const rate = hashrate?.average ?? hashrate?.["15m"] ?? hashrate?.["5s"];
  if (!uptimeS || !difficulty || !rate) return false;
  const ratio = rate / (difficulty * HASHES_PER_SHARE / uptimeS);
  return ratio < MOST_LUCK && ratio > 1 / MOST_LUCK;
}

/** What the rig says of its shares, else the sum of what its pools say. */
function readRigShares(
  replies: ReportSections,
  sections: readonly Section[],
): ShareCounts | undefined {
  const own = readFirstShares(sections);
  const isComplete = SHARE_KEYS.every(([name]) => own?.[name] !== undefined);
  if (isComplete) return own;
  const pools = replies.find("pools", "POOLS")
    .map(({ members }) => readShares(members));
  const counts: Partial<Record<keyof ShareCounts, number>> = {};
  for (const [name] of SHARE_KEYS) {
    const count = own?.[name] ?? sum(pools.map((shares) => shares?.[name]));
    if (count !== undefined) counts[name] = count;
  }
  return Object.keys(counts).length === 0 ? undefined : counts;
}

function readFirstShares(
  sections: readonly Section[],
): ShareCounts | undefined {
  for (const { members } of sections) {
    const shares = readShares(members);
    if (shares !== undefined) return shares;
  }
  return undefined;
}

/** The sum of all, where all are known. */
function sum(counts: readonly (number | undefined)[]): number | undefined {
  if (counts.length === 0 || counts.includes(undefined)) return undefined;
  return counts.reduce<number>((total, count) => total + (count ?? 0), 0);
}

/**
 * cgminer counts wrong results among all of them (`api.c`, `Device Hardware%`),
 * those of difficulty 1, which have 2^32 hashes each in SHA-256. For other
 * algorithms the percentage means nothing (bw/l21-cgminer-4.10.0 has 59.6 %,
 * strongu/stu-u6 22.8 %, and both work).
 */
function readErrorRatio(sections: readonly Section[]): number | undefined {
  for (const { members } of sections) {
    const percent = readNumber(members["Device Hardware%"]);
    if (percent === undefined || percent < 0 || percent > 100) continue;
    const workAMinute = readNumber(members["Work Utility"]);
    const hashes = (readNumber(members["Total MH"]) ?? 0) * 1e6;
    const minutes = (readCount(members["Elapsed"]) ?? 0) / 60;
    if (workAMinute !== undefined && hashes > 0) {
      const ratio = workAMinute * minutes * 2 ** 32 / hashes;
      if (!(ratio > 0.5 && ratio < 2)) return undefined;
    }
    return Number((percent / 100).toPrecision(14));
  }
  return undefined;
}

/** Of modules whose boards are the devices: these do not say theirs. */
function readModuleErrors(replies: ReportSections): number | undefined {
  return sum(
    listModules(replies).filter(({ boards }) => boards.length > 0)
      .map(({ hardwareErrors }) => hardwareErrors),
  );
}

/** A share has some difficulty: 0 is none yet, or one that nobody looks for. */
function readBestShare(
  replies: ReportSections,
  sections: readonly Section[],
): number | undefined {
  let best = 0;
  for (const list of [sections, replies.find("pools", "POOLS")]) {
    for (const { members } of list) {
      if (isGarbage(members, "Best Share")) continue;
      best = Math.max(best, readNumber(members["Best Share"]) ?? 0);
    }
  }
  return best === 0 ? undefined : best;
}

function readFirstCount(
  sections: readonly Section[],
  names: readonly string[],
): number | undefined {
  for (const name of names) {
    for (const { members } of sections) {
      const count = readCount(members[name]);
      if (count !== undefined) return count;
    }
  }
  return undefined;
}

/**
 * A block is a share too: more blocks than shares is something else (a StrongU
 * STU-U6 with cgminer 4.10.0: 25352 blocks, 25186 shares).
 */
function readBlocksFound(sections: readonly Section[]): number | undefined {
  const blocks = readFirstCount(sections, ["Found Blocks"]);
  const shares = readFirstCount(sections, ["Accepted"]);
  return (blocks ?? 0) > (shares ?? Infinity) ? undefined : blocks;
}

function readRigTemperatures(
  replies: ReportSections,
  sections: readonly Section[],
): Temperature[] | undefined {
  const temperatures: Temperature[] = [];
  for (const [name, sensor] of RIG_SENSORS) {
    if (temperatures.some((known) => known.sensor === sensor)) continue;
    const celsius = readRigSensor(sections, name, sensor);
    if (celsius !== undefined) temperatures.push({ sensor, celsius });
  }
  const all = mergeTemperatures(
    temperatures,
    readBoardTemperatures(replies).rig,
    ...listModules(replies).filter(({ boards }) => boards.length > 0)
      .map(({ temperatures }) => temperatures),
  );
  return all.length === 0 ? undefined : all;
}

function readRigSensor(
  sections: readonly Section[],
  name: string,
  sensor: string,
): number | undefined {
  for (const { members } of sections) {
    const value = members[name];
    const celsius = readCelsius(value) ??
      (CAN_BE_ZERO.has(sensor) ? readZero(value) : undefined);
    if (celsius !== undefined) return celsius;
  }
  return undefined;
}

function readZero(value: unknown): 0 | undefined {
  return readNumber(value) === 0 ? 0 : undefined;
}

/**
 * Reads a rig's electrical power.
 *
 * @param reports The rig's replies.
 * @returns Watts; `undefined` where it says none, or 0, which stands for a
 * meter that is not there (vnish/s19xp-1.2.0-rc1: `"chain_consumption1":0`).
 */
export function readPowerW(
  reports: Reports | ReportSections,
): number | undefined {
  const sections = ReportSections.of(reports);
  for (const source of POWER_SOURCES) {
    const { command, section, leastW = 1 } = source;
    let total = 0;
    for (const found of sections.find(command, section)) {
      for (const part of listParts(found, source)) {
        total += Math.max(readNumber(part) ?? 0, 0);
      }
    }
    if (total >= leastW && total < MAX_POWER_W) return Number(total.toFixed(2));
  }
  return undefined;
}

/** The watts, or those of each part, as the miner gives them. */
function listParts(
  section: Section,
  { field, boardField, moduleText, moduleFamily }: PowerSource,
): readonly unknown[] {
  if (typeof field === "string") return [section.members[field]];
  if (field !== undefined) {
    return section.list("power").filter(({ meaning }) => meaning === field)
      .map(({ value }) => value);
  }
  if (boardField !== undefined) {
    return listNamedBoards(section).map(([, board]) => board[boardField]);
  }
  return section.list("module").map(({ value }) =>
    typeof value === "string" && (moduleFamily?.test(value) ?? true)
      ? moduleText?.exec(value)?.[1]
      : undefined
  );
}
