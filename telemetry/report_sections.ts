/**
 * The sections of a rig's replies, each found and prepared once, and of each
 * section the fields that somebody reads, by what their names mean: by the
 * vendors' tables, whoever made the rig. Names repeat from rig to rig, so what
 * one means is found out once and remembered. Pure, but for that.
 * {@linkcode ReportSections} lives as long as one reading: what it holds is
 * garbage together.
 *
 * @module
 */

import { renameTextReports } from "./vendors/cpuminer.ts";
import type { Reports } from "./reports.ts";
import { cutReply, findIn, type Members } from "./sections.ts";
import type { Hashrate } from "./telemetry.ts";
import type { SensorRow, UnitCorrection } from "./vendor.ts";
import { joinTable } from "./vendors.ts";

/** What a hashrate's name says. */
export interface RateName {
  readonly window: keyof Hashrate;
  /** 0 for the window itself, more for what stands in for it. */
  readonly rank: number;
  /** The letter before `HS`, in small letters; absent where there is no `HS`. */
  readonly letter?: string;
  /** The row of what is known to be wrong with it, whatever rig it is. */
  readonly correction?: UnitCorrection;
}

/** What a sensor's name says. */
export interface SensorName {
  /** The sensor in the model. */
  readonly sensor: string;
  /** The place in which it is given: less is earlier. */
  readonly rank: number;
}

/** Whose a chain's field is, and what of it. */
export interface ChainName {
  /** What stands before the number, in small letters: `chain_rate`. */
  readonly family: string;
  readonly number: number;
}

/** Whose a board's field is, and what of it: `0 Temp 1`. */
export interface BoardName {
  readonly number: number;
  /** `Temp 1`. */
  readonly name: string;
}

/** A fan's number, how many there are, or all of them in a list. */
export type FanName = number | "count" | "list";

/** A power supply's fan, and the pattern of the row that knows it. */
export interface PsuFanName {
  readonly field: RegExp;
  /** `psu`, `psu 1`. */
  readonly fan: string;
}

/** What a name can be, and who reads that from it. */
const PARSERS = {
  rate: parseRate,
  /** Says the unit of the hashrates beside it: `rate_unit`. */
  unit: (name: string): true | undefined =>
    UNIT_FIELDS.some((pattern) => pattern.test(name)) || undefined,
  sensor: parseSensor,
  boardSensor: parseBoardSensor,
  otherSensor: parseOtherSensor,
  summaryBoard: (name: string) => parseNumber(SUMMARY_BOARDS, name),
  chain: parseChain,
  channel: (name: string) => parseNumber(CHANNELS, name),
  board: parseBoard,
  namedBoard: parseNamedBoard,
  module: (name: string) => parseNumber(MODULES, name),
  fan: parseFan,
  namedFan: (name: string) => findGroup(NAMED_FANS, name)?.toLowerCase(),
  psuFan: parsePsuFan,
  /** Of one of several parts; the pattern is that of its `PowerSource`. */
  power: (name: string): RegExp | undefined =>
    POWER_PARTS.find((pattern) => pattern.test(name)),
  software: parseSoftware,
  /** Says whether the rig rests: the pattern that its value has then. */
  pause: (name: string): RegExp | undefined =>
    PAUSES.find(([pattern]) => pattern.test(name))?.[1],
  /** An error that stands, or all of them. */
  errorCode: (name: string): true | undefined =>
    ERROR_CODE_FIELDS.some((pattern) => pattern.test(name)) || undefined,
} as const;

/** One of the things that a name can be. */
export type Kind = keyof typeof PARSERS;

/** What a name of this kind says. */
export type MeaningOf<K extends Kind> = NonNullable<
  ReturnType<(typeof PARSERS)[K]>
>;

/** One thing that a name is, and what it says. */
export interface Meaning {
  readonly kind: Kind;
  readonly meaning: MeaningOf<Kind>;
}

/** A member whose name means something. */
export interface Field<K extends Kind = Kind> {
  readonly name: string;
  /** What the name says. */
  readonly meaning: MeaningOf<K>;
  readonly value: unknown;
}

const NONE: readonly Field[] = [];
const NO_SECTIONS: readonly Section[] = [];

/** An object of a reply, and its fields by what their names mean. */
export class Section {
  /** All of the object. */
  readonly members: Members;
  #fields: Partial<Record<Kind, Field[]>> | undefined;

  private constructor(members: Members) {
    this.members = members;
  }

  /**
   * Makes a section of an object.
   *
   * @param members The object; or a section, which is given back.
   * @returns The section.
   */
  static of(members: Members | Section): Section {
    return members instanceof Section ? members : new Section(members);
  }

  /**
   * Lists the fields of a kind.
   *
   * @param kind The kind: `"fan"`.
   * @returns They, in the order of the reply.
   */
  list<K extends Kind>(kind: K): readonly Field<K>[] {
    this.#fields ??= collectFields(this.members);
    // `findMeanings` gives under each kind what that kind's parser gave.
    return (this.#fields[kind] ?? NONE) as readonly Field<K>[];
  }
}

/** A reply that has sections, and those that were found. */
interface ReadReport {
  readonly members: Members;
  readonly found: Map<string, readonly Section[]>;
}

/** The sections of a rig's replies. */
export class ReportSections {
  readonly #reports: Reports;
  readonly #read = new Map<string, ReadReport>();

  private constructor(reports: Reports) {
    this.#reports = reports;
  }

  /**
   * Makes sections of replies.
   *
   * @param reports The replies; or their sections, which are given back.
   * @returns The sections.
   */
  static of(reports: Reports | ReportSections): ReportSections {
    return reports instanceof ReportSections
      ? reports
      : new ReportSections(renameTextReports(reports));
  }

  /** The replies by command. */
  get reports(): Reports {
    return this.#reports;
  }

  /**
   * Finds the objects of a section, as `findSections` does.
   *
   * @param command The command whose reply it is in: `"devs"`.
   * @param name The section's name: `"DEVS"`.
   * @returns Its objects in their order.
   */
  find(command: string, name: string): readonly Section[] {
    const report = this.#read.get(command) ?? this.#readReport(command);
    const known = report?.found.get(name);
    if (known !== undefined) return known;
    if (report === undefined) return NO_SECTIONS;
    const found = findIn(report.members, name).map(Section.of);
    report.found.set(name, found);
    return found;
  }

  /** Once a reply: of one with a million members each look at them takes long. */
  #readReport(command: string): ReadReport | undefined {
    const members = cutReply(this.#reports[command]);
    if (members === undefined) return undefined;
    const report = { members, found: new Map<string, readonly Section[]>() };
    this.#read.set(command, report);
    return report;
  }
}

function collectFields(members: Members): Partial<Record<Kind, Field[]>> {
  const fields: Partial<Record<Kind, Field[]>> = {};
  for (const name of Object.keys(members)) {
    for (const { kind, meaning } of findMeanings(name)) {
      (fields[kind] ??= []).push({ name, meaning, value: members[name] });
    }
  }
  return fields;
}

const KINDS = Object.keys(PARSERS) as Kind[];

/**
 * The most names that are remembered: all recorded replies together have 2550.
 * More than that is somebody's intent, and then all are forgotten.
 */
const MAX_NAMES = 10_000;

/** The longest name that can mean anything, in UTF-16 code units; 33 recorded. */
const MAX_NAME_LENGTH = 64;

const known = new Map<string, readonly Meaning[]>();

/** Shared by all names that mean nothing here. */
const NOTHING: readonly Meaning[] = [];

/**
 * Finds what a field's name means.
 *
 * @param name The name, of any length and content.
 * @returns All that it is; empty where nobody reads such a field.
 */
export function findMeanings(name: string): readonly Meaning[] {
  const found = known.get(name);
  if (found !== undefined) return found;
  if (name.length > MAX_NAME_LENGTH) return NOTHING;
  const meanings = parseName(name);
  if (known.size >= MAX_NAMES) known.clear();
  known.set(name, meanings);
  return meanings;
}

function parseName(name: string): readonly Meaning[] {
  const meanings = KINDS.flatMap((kind): Meaning | [] => {
    const meaning = PARSERS[kind](name);
    return meaning === undefined ? [] : { kind, meaning };
  });
  return meanings.length === 0 ? NOTHING : meanings;
}

/** `MHS 5s`, `GHS av`, `HS RT`, `MHS 30S`, `MHS(Avg)`: letter, window. */
const UNIT_AND_WINDOW = /^([kmgtpe]?)HS[ _(]?([a-z]+|\d+ ?[sm])\)?$/i;

/** `Factory GHS`, `Nominal MHS`: what is stated, letter. */
const WORD_AND_UNIT = /^([a-z]+)[ _]([kmgtpe]?)HS$/i;

/** `Hashrate1m`, `rate_5s`, `total_rateideal`: window, but no unit. */
const BARE_WINDOW =
  /^(?:total[ _])?(?:hash[ _]?)?rate[ _]?([a-z]+|\d+ ?[sm])$/i;

/** `RT HASHRATE`, whose unit stands after the figure: window. */
const WINDOW_BEFORE = /^([a-z]+|\d+ ?[sm])[ _]?hash[ _]?rate$/i;

/** Windows that no number of seconds says. */
const AVERAGES: ReadonlySet<string> = new Set(["av", "avg", "average"]);

/** What a rig states that it should do, best first. */
const IDEALS: readonly string[] = ["ideal", "nominal", "factory"];

/** Windows that stand in for `5s`, after all that say seconds. */
const RECENT = joinTable("recentWindows");

/** Seconds of the windows, and of what stands in where a miner has no such. */
const SPANS: readonly {
  readonly window: keyof Hashrate;
  readonly seconds: number;
  readonly from: number;
  readonly to: number;
}[] = [
  // cgminer names it after its log interval: `MHS 5s`, `20s`, `30s` (api.c).
  { window: "5s", seconds: 5, from: 1, to: 44 },
  // TeamRedMiner 0.3.8 has only `MHS 120s`.
  { window: "1m", seconds: 60, from: 45, to: 120 },
  { window: "5m", seconds: 300, from: 300, to: 300 },
  { window: "15m", seconds: 900, from: 900, to: 900 },
];

/** Names whose unit lies, whatever rig it is. */
const CORRECTED_NAMES = joinTable("unitCorrections")
  .flatMap((row) => row.name === undefined ? [] : { name: row.name, row });

const UNIT_FIELDS = joinTable("unitFields");

function parseRate(name: string): RateName | undefined {
  const [letter, token] = splitRateName(name);
  const place = token === undefined ? undefined : findWindow(token);
  if (place === undefined) return undefined;
  const correction = CORRECTED_NAMES.find(({ name: liar }) => liar.test(name))
    ?.row;
  return {
    ...place,
    ...(letter !== undefined && { letter }),
    ...(correction !== undefined && { correction }),
  };
}

/** The letter of the unit and the window, in small letters. */
function splitRateName(
  name: string,
): readonly [letter: string | undefined, window: string | undefined] {
  const named = UNIT_AND_WINDOW.exec(name);
  if (named !== null) return [toLower(named[1]), toLower(named[2])];
  const [, word, letter] = WORD_AND_UNIT.exec(name) ?? [];
  const isIdeal = IDEALS.includes(toLower(word) ?? "");
  if (isIdeal) return [toLower(letter), toLower(word)];
  const bare = BARE_WINDOW.exec(name) ?? WINDOW_BEFORE.exec(name);
  return [undefined, toLower(bare?.[1])];
}

function toLower(text: string | undefined): string | undefined {
  return text?.toLowerCase();
}

function findWindow(token: string): RateName | undefined {
  if (AVERAGES.has(token)) return { window: "average", rank: 0 };
  const ideal = IDEALS.indexOf(token);
  if (ideal !== -1) return { window: "ideal", rank: ideal };
  const recent = RECENT.indexOf(token);
  if (recent !== -1) return { window: "5s", rank: 1000 + recent };
  const count = Number.parseInt(token, 10);
  const seconds = token.endsWith("m") ? count * 60 : count;
  const span = SPANS.find(({ from, to }) => seconds >= from && seconds <= to);
  if (span === undefined) return undefined;
  return { window: span.window, rank: Math.abs(seconds - span.seconds) };
}

/** The order in which a device's sensors are given; others come after. */
const SENSOR_ORDER: readonly string[] = [
  "board",
  "chip",
  "chip max",
  "chip avg",
  "chip min",
];

const SENSORS = joinTable("sensors")
  .toSorted(([, one], [, other]) => rankSensor(one) - rankSensor(other));

const BOARD_SENSORS = joinTable("boardSensors");
const OTHER_SENSORS = joinTable("otherSensors");
const SUMMARY_BOARDS = joinTable("summaryBoard");

function rankSensor(sensor: string): number {
  const place = SENSOR_ORDER.indexOf(sensor);
  return place === -1 ? SENSOR_ORDER.length : place;
}

function parseSensor(name: string): SensorName | undefined {
  return findSensor(SENSORS, name.toLowerCase().replaceAll("_", " "));
}

function parseBoardSensor(name: string): SensorName | undefined {
  return findSensor(BOARD_SENSORS, name);
}

/** A number in the field is the sensor's. */
function findSensor(
  rows: readonly SensorRow<RegExp>[],
  name: string,
): SensorName | undefined {
  for (const [rank, [pattern, sensor]] of rows.entries()) {
    const match = pattern.exec(name);
    if (match === null) continue;
    return { sensor: [sensor, match[1] ?? ""].join(" ").trim(), rank };
  }
  return undefined;
}

/** `board ch0` of `BoardCh0`. */
function parseOtherSensor(name: string): string | undefined {
  return OTHER_SENSORS.some((pattern) => pattern.test(name))
    ? name.replace(/\B[A-Z]/g, " $&").toLowerCase()
    : undefined;
}

const CHAINS = joinTable("chains").map(({ field }) => field);
const CHANNELS = joinTable("channel");
const BOARDS = joinTable("numberedBoards").map(({ field }) => field);
const NAMED_BOARDS = joinTable("namedBoards").map(({ field }) => field);
const MODULES = joinTable("modules").map(({ field }) => field);

function parseChain(name: string): ChainName | undefined {
  const [, family, digits] = findMatch(CHAINS, name) ?? [];
  if (family === undefined) return undefined;
  return { family: family.toLowerCase(), number: Number(digits) };
}

function parseBoard(name: string): BoardName | undefined {
  const [, digits, rest] = findMatch(BOARDS, name) ?? [];
  return digits === undefined || rest === undefined
    ? undefined
    : { number: Number(digits), name: rest };
}

function parseNamedBoard(name: string): string | undefined {
  const board = findGroup(NAMED_BOARDS, name);
  return board === undefined ? undefined : `${board} board`;
}

const FANS = joinTable("fans");
const FAN_LISTS = joinTable("fanList");
const FAN_COUNTS = joinTable("fanCount");
const NAMED_FANS = joinTable("namedFan");

function parseFan(name: string): FanName | undefined {
  if (findMatch(FAN_COUNTS, name) !== undefined) return "count";
  if (findMatch(FAN_LISTS, name) !== undefined) return "list";
  return parseNumber(FANS, name);
}

const PSU_FANS = joinTable("psuFans").map(([, , field]) => field);

function parsePsuFan(name: string): PsuFanName | undefined {
  for (const field of PSU_FANS) {
    const match = field.exec(name);
    if (match !== null) return { field, fan: `psu ${match[1] ?? ""}`.trim() };
  }
  return undefined;
}

const POWER_PARTS = joinTable("power")
  .flatMap(({ field }) => field instanceof RegExp ? field : []);

const PAUSES = joinTable("pauses");
const ERROR_CODE_FIELDS = joinTable("errorCodeFields");

/** Members whose name is the software and whose value its version. */
const SOFTWARE: ReadonlyMap<string, string> = new Map(
  joinTable("software").map((name) => [name.toLowerCase(), name]),
);

/** Members that may be one more such: `BDMiner`, `GCMiner`. */
const SOFTWARE_KEY = /^[a-z]{1,20}miner\+?$/i;

function parseSoftware(name: string): string | undefined {
  return SOFTWARE.get(name.toLowerCase()) ??
    (SOFTWARE_KEY.test(name) ? name : undefined);
}

function findMatch(
  patterns: readonly RegExp[],
  name: string,
): RegExpExecArray | undefined {
  for (const pattern of patterns) {
    const match = pattern.exec(name);
    if (match !== null) return match;
  }
  return undefined;
}

function findGroup(
  patterns: readonly RegExp[],
  name: string,
): string | undefined {
  return findMatch(patterns, name)?.[1];
}

function parseNumber(
  patterns: readonly RegExp[],
  name: string,
): number | undefined {
  const digits = findGroup(patterns, name);
  return digits === undefined ? undefined : Number(digits);
}
