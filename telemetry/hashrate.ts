/**
 * Reads the hashrate of a summary, a device or a miner's statistics: every
 * figure whose name is a unit and a window (`MHS 5s`, `GHS av`, `HS RT`), in
 * hashes per second; and finds what the figures of a rig count. Pure.
 *
 * @module
 */

import { type RateName, Section } from "./report_sections.ts";
import type { Members } from "./sections.ts";
import { type Hashrate, HASHRATE_WINDOWS } from "./telemetry.ts";
import { hasWrapped, keepKnown, readNumber, readText } from "./values.ts";
import type { UnitCorrection } from "./vendor.ts";
import { joinTable } from "./vendors.ts";

/**
 * From this on a hashrate is garbage, in hashes per second: ten times what any
 * rig has.
 */
const MAX_HASHRATE = 1e16;

/** What a hashrate can have, the windows first. */
const RATES: readonly (keyof Hashrate)[] = [...HASHRATE_WINDOWS, "ideal"];

/** Hashes by the letter before `H`, in small letters. */
const SCALES: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  p: 1e15,
  e: 1e18,
};

/**
 * `GH/s`, `Ksol/s`, `kilo hashes per second`, `MHps`: letter or word, what is
 * counted. Solutions of Equihash and graphs of Cuckoo (Grin) count as hashes.
 */
const UNIT =
  /^(kilo|mega|giga|tera|peta|exa|[kmgtpe])? ?(?:h|hash|hashes|sols?|solutions?|graphs?|g)(?: ?\/ ?| ?per ?|p)?(?:s|sec|secs|seconds?)?$/;

/** `G`: no graphs, as these have a `/s` after them. */
const LETTER = /^[kmgtpe]$/;

/** A figure with its unit: `700.50 Ksol/s`. */
const FIGURE_AND_UNIT = /^(\d[\d,.]*) *([a-z][a-z /]{0,30})$/i;

/** The longest text that can be a figure with its unit. */
const MAX_FIGURE_LENGTH = 64;

/** Rigs whose fields count something else. */
const LYING_RIGS = joinTable("unitCorrections")
  .filter(({ name }) => name === undefined);

/** The rates of chains, which add up to the section's. */
const CHAIN_RATES: ReadonlySet<string> = new Set(
  joinTable("chains").map(({ families: { rate } }) => rate),
);

/** The same with their unit in words. */
const STATED_CHAIN_RATES: ReadonlySet<string> = new Set(
  joinTable("chains").map(({ families: { statedAverage } }) => statedAverage),
);

/** What figures without a unit of their own count: hashes per second for 1. */
export interface RateUnits {
  /** Of `GHS`, and of a window without a unit; null: nobody knows. */
  readonly giga: number | null;
  /** Of a chain's rate; null: nobody knows. */
  readonly bare: number | null;
  /** Of `MHS`, where that is no million; null: nobody knows. */
  readonly mega?: number | null;
  /** Whether the rig states it. */
  readonly isStated: boolean;
}

/** What the rig is, as some lie. */
export interface RigIdentity {
  /** The model: `Antminer Z11`. */
  readonly model?: string | undefined;
  /** Software and version: `innominer a9-1.1.0`. */
  readonly description?: string | undefined;
}

/**
 * Reads a unit of hashrates.
 *
 * @param text The unit as a rig writes it: `GH`, `Ksol/s`, `MHps`.
 * @returns Hashes per second for 1; `undefined` where it is not known.
 */
export function readUnit(text: string): number | undefined {
  const unit = text.slice(0, MAX_FIGURE_LENGTH).trim().toLowerCase();
  if (LETTER.test(unit)) return SCALES[unit];
  const match = UNIT.exec(unit);
  return match === null ? undefined : SCALES[match[1]?.[0] ?? ""];
}

/**
 * Finds what the figures of a rig count: what any of its reports states
 * (`rate_unit`, `RT HASHRATE` in words) counts for all of them; else what is
 * known of the model, and what the figures themselves prove: `Total MH` over
 * `Elapsed`, and the sum of the chains, which are a thousandth of what `GHS`
 * says.
 *
 * @param sections What has figures: summary, statistics, devices.
 * @param identity What the rig is, where known.
 * @returns What they count.
 */
export function measureUnits(
  sections: readonly Section[],
  identity: RigIdentity = {},
): RateUnits {
  const liars = findLiars(sections, identity);
  const mega = liars.find(({ letter }) => letter === "m")?.scale;
  const stated = readStatedUnit(sections);
  if (stated !== undefined) {
    const excess = measureLargest(sections, measureChainExcess);
    const giga = stated === null ? null : stated / excess;
    return keepKnown({
      giga,
      bare: stated,
      mega: stated === null ? null : mega,
      isStated: true,
    });
  }
  const worded = readWordedRates(sections);
  if (worded === null) {
    return { giga: null, bare: null, mega: null, isStated: true };
  }
  if (worded !== undefined) {
    const giga = fitUnit(listGigas(sections), worded.rates) ?? worded.unit;
    const bare = fitUnit(sumChains(sections), worded.rates) ?? giga;
    return keepKnown({ giga, bare, mega, isStated: true });
  }
  const liar = liars.find(({ letter }) => letter !== "m");
  return keepKnown({
    ...measureLiar(sections, liar),
    mega,
    isStated: false,
  });
}

/** `rate_unit`; null for one that is not known. */
function readStatedUnit(
  sections: readonly Section[],
): number | null | undefined {
  for (const section of sections) {
    for (const { value } of section.list("unit")) {
      const text = readText(value);
      if (text !== undefined) return readUnit(text) ?? null;
    }
  }
  return undefined;
}

/** Rates by window. */
type Rates = Partial<Record<keyof Hashrate, number>>;

/**
 * The rates that sections state with a unit in words, and the first unit; null
 * where none of their units is known.
 */
function readWordedRates(
  sections: readonly Section[],
): { readonly rates: Rates; readonly unit: number } | null | undefined {
  const rates: Rates = {};
  let unit: number | undefined;
  let isWorded = false;
  let chains = 0;
  function take(value: unknown): number | undefined {
    const figure = splitFigure(value);
    isWorded ||= figure !== undefined;
    if (figure?.scale === undefined) return undefined;
    unit ??= figure.scale;
    return readRate(value, figure.scale);
  }
  for (const section of sections) {
    for (const { meaning: { window }, value } of section.list("rate")) {
      const rate = take(value);
      if (rate !== undefined) rates[window] ??= rate;
    }
    for (const { meaning: { family }, value } of section.list("chain")) {
      if (STATED_CHAIN_RATES.has(family)) chains += take(value) ?? 0;
    }
  }
  if (unit === undefined) return isWorded ? null : undefined;
  if (chains > 0) rates.average ??= chains;
  return { rates, unit };
}

/** The figures of `GHS`, and of windows without a unit, by window. */
function listGigas(sections: readonly Section[]): Rates {
  const figures: Rates = {};
  for (const section of sections) {
    for (const { meaning, value } of section.list("rate")) {
      const { window, letter = "g", correction } = meaning;
      if (letter !== "g" || correction !== undefined) continue;
      const figure = readNumber(value);
      if (figure) figures[window] ??= figure;
    }
  }
  return figures;
}

/** The sum of the chains' rates, for every window that it may be of. */
function sumChains(sections: readonly Section[]): Rates {
  const sum = Math.max(0, ...sections.map(sumSectionChains));
  return sum === 0 ? {} : { average: sum, "5s": sum };
}

function sumSectionChains(section: Section): number {
  return section.list("chain")
    .filter(({ meaning: { family } }) => CHAIN_RATES.has(family))
    .reduce((sum, { value }) => sum + (readNumber(value) ?? 0), 0);
}

/** What figures count, where those of a window make the rate that is known. */
function fitUnit(figures: Rates, rates: Rates): number | undefined {
  for (const window of RATES) {
    const figure = figures[window];
    const rate = rates[window];
    if (!figure || !rate) continue;
    const thousands = countThousands(rate / figure);
    if (thousands !== undefined) return 1000 ** thousands;
  }
  return undefined;
}

/**
 * Counts how many times a thousand a ratio is.
 *
 * @param ratio Of two figures that should be the same, above 0.
 * @returns The count, which may be 0 or less; `undefined` where the ratio is
 * none: more than three times too much or too little.
 */
export function countThousands(ratio: number): number | undefined {
  const thousands = Math.log10(ratio) / 3;
  const count = Math.round(thousands);
  const isNear = Math.abs(thousands - count) * 3 < Math.log10(3);
  return isNear ? count : undefined;
}

function findLiars(
  sections: readonly Section[],
  { model = "", description = "" }: RigIdentity,
): readonly UnitCorrection[] {
  const ids = sections.map(({ members }) => readText(members["ID"]) ?? "");
  return LYING_RIGS.filter((liar) =>
    liar.model?.test(model) || liar.description?.test(description) ||
    ids.some((id) => liar.id?.test(id))
  );
}

/** What is known of the model, and what the figures prove. */
function measureLiar(
  sections: readonly Section[],
  liar: UnitCorrection | undefined,
): { readonly giga: number; readonly bare: number } {
  const bare = liar?.scale ?? 1e9;
  // What the tables know already is not corrected twice.
  const excess = measureLargest(
    sections,
    liar === undefined ? measureExcess : measureChainExcess,
  );
  const giga = bare / excess;
  const figures = Object.values(listGigas(sections));
  const reduced = reduceScale(giga, Math.max(0, ...figures), liar?.most);
  return { giga: reduced, bare: bare * (reduced / giga) };
}

/** A scale in thousandths, as often as a figure would be too much. */
function reduceScale(
  scale: number,
  figure: number,
  most: number = Infinity,
): number {
  let reduced = scale;
  while (figure * reduced > most && reduced > 1) reduced /= 1000;
  return reduced;
}

function measureLargest(
  sections: readonly Section[],
  measure: (section: Section) => number,
): number {
  return Math.max(1, ...sections.map(measure));
}

/**
 * Reads the hashrate of a section.
 *
 * The unit is that which stands behind the figure (`700.50 Ksol/s`), else what
 * the rig's reports state, else the field's (`KHS`, `MHS`, `GHS`, `THS`, `HS`).
 * Known liars are corrected, by name (`HS RT` is in mega) and by
 * {@linkcode measureUnits}. An average of a total that wrapped below zero is
 * none.
 *
 * A window that a miner does not have is absent; for `5s` a shorter log
 * interval than 45 seconds (`MHS 20s`), `RT` or `rolling` stands in, for `1m`
 * one of up to two minutes. An `ideal` of 0 is none.
 *
 * @param from A summary, a device, an entry of the statistics.
 * @param units What its figures count. Default: as the section itself says.
 * @returns Hashes per second by window; `undefined` where there is none.
 */
export function readHashrate(
  from: Members | Section,
  units?: RateUnits,
): Hashrate | undefined {
  const section = Section.of(from);
  const figures = section.list("rate");
  if (figures.length === 0) return undefined;
  const counted = units ?? measureUnits([section]);
  const hashrate: Rates = {};
  const orders: Rates = {};
  for (const { meaning, value } of figures) {
    const { window, rank } = meaning;
    const rate = readNamedRate(meaning, value, counted);
    if (rate === undefined || (window === "ideal" && rate === 0)) continue;
    // `Total MH` 18446767111905.715, and 683458897.12 for the average that is
    // made of it, beside `MHS 5s` 854 (a Baikal with sgminer 5.5.6).
    const isAverage = window === "average";
    if (isAverage && hasWrapped(section.members["Total MH"])) continue;
    // A unit in words wins, then the best rank, and there a figure over one
    // that was rounded to 0.
    const order = splitFigure(value) === undefined
      ? rank * 2 + Number(rate === 0)
      : -1;
    if (order >= (orders[window] ?? Infinity)) continue;
    hashrate[window] = rate;
    orders[window] = order;
  }
  return mergeHashrates(hashrate);
}

function readNamedRate(
  { letter = "g", correction }: RateName,
  value: unknown,
  { giga, mega }: RateUnits,
): number | undefined {
  if (correction !== undefined) {
    const { scale, most } = correction;
    const figure = readNumber(value) ?? 0;
    return readRate(value, reduceScale(scale, figure, most));
  }
  const known = letter === "m" ? mega : letter === "g" ? giga : undefined;
  // An unknown unit leaves no figure, whatever the names suggest.
  const scale = giga === null ? null : known ?? SCALES[letter] ?? null;
  return readRate(value, scale);
}

/**
 * Says whether the unit of a section's figures is stated, and not only named.
 *
 * @param section A summary, an entry of the statistics.
 * @param units What its figures count.
 * @returns Whether it is, of any of them.
 */
export function isStated(section: Section, units: RateUnits): boolean {
  return section.list("rate").some(({ meaning: { letter = "g" }, value }) =>
    splitFigure(value) !== undefined || (units.isStated && letter === "g")
  );
}

/**
 * Joins what several reports say of one hashrate.
 *
 * @param hashrates The hashrates, the one to be preferred first.
 * @returns Each window once; `undefined` where there is none.
 */
export function mergeHashrates(
  ...hashrates: readonly (Hashrate | undefined)[]
): Hashrate | undefined {
  const merged: Rates = {};
  let isKnown = false;
  for (const window of RATES) {
    for (const hashrate of hashrates) {
      const rate = hashrate?.[window];
      if (rate === undefined) continue;
      merged[window] = rate;
      isKnown = true;
      break;
    }
  }
  return isKnown ? merged : undefined;
}

/**
 * Adds up hashrates.
 *
 * @param hashrates The hashrates of a rig's parts.
 * @returns By window the sum, where each part says that window; of `ideal` the
 * sum over those that say it; `undefined` where there is none.
 */
export function sumHashrates(
  hashrates: readonly (Hashrate | undefined)[],
): Hashrate | undefined {
  const sums: Rates = {};
  for (const window of RATES) {
    let sum = 0;
    let count = 0;
    for (const hashrate of hashrates) {
      const rate = hashrate?.[window];
      if (rate === undefined) continue;
      sum += rate;
      count++;
    }
    const isWhole = window === "ideal" || count === hashrates.length;
    if (count > 0 && isWhole) sums[window] = round(sum);
  }
  return mergeHashrates(sums);
}

/**
 * Multiplies a hashrate.
 *
 * @param hashrate The hashrate.
 * @param factor By what.
 * @returns Its windows times the factor; `ideal` as it was.
 */
export function scaleHashrate(
  hashrate: Hashrate | undefined,
  factor: number,
): Hashrate | undefined {
  if (hashrate === undefined || factor === 1) return hashrate;
  return Object.fromEntries(
    Object.entries(hashrate).map(([window, rate]) => [
      window,
      window === "ideal" ? rate : round(rate * factor),
    ]),
  );
}

/** 14 digits: a sum of figures has no more. */
function round(rate: number): number {
  return Number.isInteger(rate) && rate < 1e14
    ? rate
    : Number(rate.toPrecision(14));
}

/**
 * Measures what a chain's rate counts: what `GHS` does, or the section's own
 * `MHS 5s` (hammer/2023-05-28/stats.json: three `chain_rate` add up to it).
 *
 * @param from The section it stands in.
 * @param units What the rig's figures count. Default: as the section says.
 * @returns Hashes per second for 1; null where nobody knows.
 */
export function measureBareUnit(
  from: Members | Section,
  units?: RateUnits,
): number | null {
  const section = Section.of(from);
  const { bare, isStated } = units ?? measureUnits([section]);
  const letter = section.list("rate")
    .find(({ meaning: { letter } }) => letter)?.meaning.letter ?? "g";
  return letter === "g" || isStated ? bare : SCALES[letter] ?? bare;
}

/**
 * Reads one figure in hashes per second.
 *
 * @param value The figure as the miner gives it, with its unit or without.
 * @param scale Hashes per second for 1, where it has no unit; null: not known.
 * @returns The rate; `undefined` for garbage, for a unit that is not known, and
 * for less than nothing.
 */
export function readRate(
  value: unknown,
  scale: number | null,
): number | undefined {
  const figure = splitFigure(value);
  const number = readNumber(figure === undefined ? value : figure.number);
  const unit = figure === undefined ? scale : figure.scale ?? null;
  if (number === undefined || number < 0 || unit === null) return undefined;
  const product = number * unit;
  // 15 digits: 4536.24 × 1e9 is 4536240000000, and not a bit less.
  const isExact = Number.isInteger(product) && product < 1e15;
  const rate = isExact ? product : Number(product.toPrecision(15));
  return rate < MAX_HASHRATE ? rate : undefined;
}

/** The figure and its unit in words; `undefined` where there are no words. */
function splitFigure(
  value: unknown,
): { readonly number: string; readonly scale?: number } | undefined {
  if (typeof value !== "string" || value.length > MAX_FIGURE_LENGTH) {
    return undefined;
  }
  const [, number, words] = FIGURE_AND_UNIT.exec(value.trim()) ?? [];
  if (number === undefined || words === undefined) return undefined;
  return keepKnown({ number, scale: readUnit(words) });
}

/**
 * Measures how many times too much the `GHS` of a section say, as it proves
 * itself: 1000 or 1.
 */
function measureExcess(section: Section): number {
  const { members } = section;
  const average = readNumber(members["GHS av"]);
  const total = readNumber(members["Total MH"]);
  const elapsed = readNumber(members["Elapsed"]);
  if (average && total && elapsed) {
    const ratio = average * 1e3 / (total / elapsed);
    // LuxOS' Total MH is no total: it repeats the average.
    const isTotal = Math.abs(total / (average * 1e3) - 1) > 1e-6;
    // antminer/l3plus-rwglr/summary.bin
    return isTotal && ratio > 990 && ratio < 1010 ? 1e3 : 1;
  }
  return measureChainExcess(section);
}

/** The same by the sum of a section's chains. */
function measureChainExcess(section: Section): number {
  const recent = readNumber(section.members["GHS 5s"]);
  const chains = sumSectionChains(section);
  if (!recent || chains === 0) return 1;
  const ratio = recent / chains;
  // antminer/z11-chipless-3.0/stats.txt: 145474.39, and its chains 145.47.
  return ratio > 900 && ratio < 1100 ? 1e3 : 1;
}
