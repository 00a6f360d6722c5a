/**
 * Reads the hashrate of a summary, a device or a miner's statistics: every
 * figure whose name is a unit and a window (`MHS 5s`, `GHS av`, `HS RT`), in
 * hashes per second. Pure.
 *
 * @module
 */

import { SCALES, Section } from "./report_sections.ts";
import type { Members } from "./sections.ts";
import {
  type Hashrate,
  HASHRATE_WINDOWS,
  type HashrateWindow,
} from "./telemetry.ts";
import { hasWrapped, readNumber, readText } from "./values.ts";
import { joinTable } from "./vendors.ts";

/**
 * From this on a hashrate is garbage, in hashes per second: ten times what any
 * rig has.
 */
const MAX_HASHRATE = 1e16;

/** `GH`, `MH/s`. */
const UNIT = /^([kmgtp]?)H(?:\/?s)?$/i;

/** Rigs whose `GHS` and `chain_rate` count something else. */
const LYING_RIGS = joinTable("unitCorrections")
  .filter(({ name }) => name === undefined);

/** The rates of chains, which add up to the section's. */
const CHAIN_RATES = joinTable("chains").map(({ families: { rate } }) => rate);

/**
 * Reads the hashrate of a section.
 *
 * The unit is the field's (`KHS`, `MHS`, `GHS`, `THS`, `HS`), or that of a
 * member `rate_unit`, which overrides `GHS`, Bitmain's name for whatever it
 * counts. Known liars are corrected: by name (`HS RT` is in mega), by model,
 * and where the section itself proves it (`Total MH` over `Elapsed`, or the
 * sum of its chains, is a thousandth of what it says). An average of a total
 * that wrapped below zero is none.
 *
 * A window that a miner does not have is absent; for `5s` a shorter log
 * interval than 45 seconds (`MHS 20s`), `RT` or `rolling` stands in, for `1m`
 * one of up to two minutes.
 *
 * @param from A summary, a device, an entry of the statistics.
 * @param model The miner's model, where known: some lie by model.
 * @returns Hashes per second by window; `undefined` where there is none.
 */
export function readHashrate(
  from: Members | Section,
  model: string = "",
): Hashrate | undefined {
  const section = Section.of(from);
  const figures = section.list("rate");
  if (figures.length === 0) return undefined;
  const giga = measureCorrectedGiga(section, model);
  const hashrate: Partial<Record<HashrateWindow, number>> = {};
  const orders: Partial<Record<HashrateWindow, number>> = {};
  for (const { meaning: { window, rank, scale }, value } of figures) {
    const rate = readRate(value, scale ?? giga);
    if (rate === undefined) continue;
    // `Total MH` 18446767111905.715, and 683458897.12 for the average that is
    // made of it, beside `MHS 5s` 854 (a Baikal with sgminer 5.5.6).
    const isAverage = window === "average";
    if (isAverage && hasWrapped(section.members["Total MH"])) continue;
    // The best rank wins, and there a figure over one that was rounded to 0.
    const order = rank * 2 + Number(rate === 0);
    if (order >= (orders[window] ?? Infinity)) continue;
    hashrate[window] = rate;
    orders[window] = order;
  }
  return mergeHashrates(hashrate);
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
  const merged: Partial<Record<HashrateWindow, number>> = {};
  let isKnown = false;
  for (const window of HASHRATE_WINDOWS) {
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
 * Measures what a figure without a unit (`chain_rate1`, `total_rate`) counts:
 * what the section's `rate_unit` says, else what its own `GHS 5s` or `MHS 5s`
 * counts (hammer/2023-05-28/stats.json: three `chain_rate` add up to `MHS 5s`).
 *
 * @param from The section it stands in.
 * @param model The miner's model, where known.
 * @returns Hashes per second for 1; 1e9 where the section does not say.
 */
export function measureBareUnit(
  from: Members | Section,
  model: string = "",
): number {
  const section = Section.of(from);
  const giga = measureGiga(section, model);
  const letter = section.list("unitLetter")[0]?.meaning ?? "g";
  return letter === "g" ? giga : SCALES[letter] ?? giga;
}

/** What `GHS` counts, where the section proves that it says too much. */
function measureCorrectedGiga(section: Section, model: string): number {
  const unit = measureGiga(section, model);
  // What the tables know already is not corrected twice.
  const excess = unit === 1e9 ? measureExcess(section) : undefined;
  return unit / (excess ?? measureChainExcess(section));
}

/** What `GHS`, and a window without a unit, count in a section. */
function measureGiga(section: Section, model: string): number {
  const id = readText(section.members["ID"]) ?? "";
  for (const liar of LYING_RIGS) {
    if (liar.model?.test(model) || liar.id?.test(id)) return liar.scale;
  }
  for (const { value } of section.list("unit")) {
    const letter = UNIT.exec(readText(value) ?? "")?.[1];
    if (letter !== undefined) return SCALES[letter.toLowerCase()] ?? 1e9;
  }
  return 1e9;
}

/**
 * Reads one figure in hashes per second.
 *
 * @param value The figure as the miner gives it.
 * @param scale Hashes per second for 1.
 * @returns The rate; `undefined` for garbage, and for less than nothing.
 */
export function readRate(value: unknown, scale: number): number | undefined {
  const number = readNumber(value);
  if (number === undefined || number < 0) return undefined;
  const product = number * scale;
  // 15 digits: 4536.24 × 1e9 is 4536240000000, and not a bit less.
  const isExact = Number.isInteger(product) && product < 1e15;
  const rate = isExact ? product : Number(product.toPrecision(15));
  return rate < MAX_HASHRATE ? rate : undefined;
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
  const chains = section.list("chain")
    .filter(({ meaning: { family } }) => CHAIN_RATES.includes(family))
    .reduce((sum, { value }) => sum + (readNumber(value) ?? 0), 0);
  if (!recent || chains === 0) return 1;
  const ratio = recent / chains;
  // antminer/z11-chipless-3.0/stats.txt: 145474.39, and its chains 145.47.
  return ratio > 900 && ratio < 1100 ? 1e3 : 1;
}
