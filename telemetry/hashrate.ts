/**
 * Reads the hashrate of a summary, a device or a miner's statistics: every
 * figure whose name is a unit and a window (`MHS 5s`, `GHS av`, `HS RT`), in
 * hashes per second. Pure.
 *
 * @example
 * ```ts
 * import { readHashrate } from "./hashrate.ts";
 *
 * console.log(readHashrate({ "GHS 5s": "13630.55", "GHS av": 13569.28 }));
 * // { "5s": 13630550000000, average: 13569280000000 }
 * console.log(readHashrate({ Elapsed: 60 })); // undefined
 * ```
 *
 * @module
 */

import type { Members } from "./sections.ts";
import type { Hashrate, HashrateWindow } from "./telemetry.ts";
import { hasWrapped, readNumber, readText } from "./values.ts";

/**
 * From this on a hashrate is garbage, in hashes per second: ten times what any
 * rig has.
 */
const MAX_HASHRATE = 1e16;

/** Hashes by the letter before `H`. */
const SCALES: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  p: 1e15,
};

/** `MHS 5s`, `GHS av`, `HS RT`, `MHS 30S`, `MHS(Avg)`: letter, window. */
const UNIT_AND_WINDOW = /^([kmgtp]?)HS[ _(]?([a-z]+|\d+ ?[sm])\)?$/i;

/** `Hashrate1m`, `rate_5s`: window, but no unit. */
const BARE_WINDOW = /^(?:hash)?rate[ _]?([a-z]+|\d+ ?[sm])$/i;

/** Members that say what {@linkcode BARE_WINDOW} and `GHS` count in. */
const UNIT_MEMBER = /^(?:hash[ _]?)?rate[ _]unit$/i;

/** `GH`, `MH/s`. */
const UNIT = /^([kmgtp]?)H(?:\/?s)?$/i;

/** Windows that no number of seconds says. */
const AVERAGES: ReadonlySet<string> = new Set(["av", "avg", "average"]);

/**
 * Windows that stand in for `5s`, best first, behind all that say seconds.
 * RT is WhatsMiner's "real time", `rolling` bfgminer's, `sample` SealMiner's.
 */
const RECENT: readonly string[] = ["rt", "realtime", "rolling", "sample"];

/** In the order of the model, whatever the miner's. */
const WINDOWS: readonly HashrateWindow[] = ["5s", "1m", "5m", "15m", "average"];

/** Seconds of the windows, and of what stands in where a miner has no such. */
const SPANS: readonly {
  readonly window: HashrateWindow;
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

/**
 * Figures whose name lies, by the name alone; the proof is a recorded reply.
 */
const LYING_NAMES: readonly {
  readonly name: RegExp;
  readonly scale: number;
  readonly proof: string;
}[] = [{
  name: /^HS RT$/i,
  scale: 1e6,
  // HS RT 76690808.44 beside MHS av 76718604.38; btminer-new the same.
  proof: "whatsminer/m31s/summary.json",
}];

/**
 * Miners whose `GHS` and `chain_rate` count something else, by the model or by
 * the statistics' ID (driver and number).
 */
const LYING_MODELS: readonly {
  readonly model: RegExp;
  readonly id?: RegExp;
  readonly scale: number;
  readonly proof: string;
}[] = [{
  model: /^Antminer L3/i,
  id: /^L3\d$/,
  scale: 1e6,
  // Total MH 158174645 in 384063 s are 411.85 MH/s: what GHS av says.
  proof: "antminer/l3plus-rwglr/summary.bin",
}, {
  model: /^Antminer D3/i,
  id: /^D1\d$/,
  scale: 1e6,
  // 198412.94 of accepted difficulty in 54422 s are 15.7 GH/s; GHS av: 16868.
  proof: "antminer/d3-blissz-2.06/pools.json",
}];

/** One readable figure. */
interface Figure {
  readonly window: HashrateWindow;
  /** 0 for the window itself, more for what stands in for it. */
  readonly rank: number;
  readonly rate: number;
}

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
 * @param members A summary, a device, an entry of the statistics.
 * @param model The miner's model, where known: some lie by model.
 * @returns Hashes per second by window; `undefined` where there is none.
 */
export function readHashrate(
  members: Members,
  model: string = "",
): Hashrate | undefined {
  const unit = measureGiga(members, model);
  // What the tables know already is not corrected twice.
  const excess = unit === 1e9 ? measureExcess(members) : undefined;
  const giga = unit / (excess ?? measureChainExcess(members));
  const figures = Object.entries(members)
    .flatMap(([name, value]) => readFigure(name, value, giga) ?? [])
    // `Total MH` 18446767111905.715, and 683458897.12 for the average that is
    // made of it, beside `MHS 5s` 854 (a Baikal with sgminer 5.5.6).
    .filter(({ window }) =>
      window !== "average" || !hasWrapped(members["Total MH"])
    );
  const hashrate: Partial<Record<HashrateWindow, number>> = {};
  // The best rank wins, and there a figure over one that was rounded to 0.
  figures.sort((one, other) =>
    one.rank - other.rank || Number(one.rate === 0) - Number(other.rate === 0)
  );
  for (const { window, rate } of figures) hashrate[window] ??= rate;
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
  const windows = WINDOWS.flatMap((window) => {
    const rate = hashrates.find((hashrate) => hashrate?.[window] !== undefined)
      ?.[window];
    return rate === undefined ? [] : [[window, rate]];
  });
  return windows.length === 0 ? undefined : Object.fromEntries(windows);
}

/**
 * Measures what a figure without a unit (`chain_rate1`, `total_rate`) counts:
 * what the section's `rate_unit` says, else what its own `GHS 5s` or `MHS 5s`
 * counts (hammer/2023-05-28/stats.json: three `chain_rate` add up to `MHS 5s`).
 *
 * @param members The section it stands in.
 * @param model The miner's model, where known.
 * @returns Hashes per second for 1; 1e9 where the section does not say.
 */
export function measureBareUnit(members: Members, model: string = ""): number {
  const letter = Object.keys(members)
    .map((name) => UNIT_AND_WINDOW.exec(name)?.[1]?.toLowerCase())
    .find((letter) => letter !== undefined && letter !== "");
  const giga = measureGiga(members, model);
  return letter === undefined || letter === "g" ? giga : SCALES[letter] ?? giga;
}

/** What `GHS`, and a window without a unit, count in a section. */
function measureGiga(members: Members, model: string): number {
  const id = readText(members["ID"]) ?? "";
  const liar = LYING_MODELS.find((liar) =>
    liar.model.test(model) || liar.id?.test(id)
  );
  if (liar !== undefined) return liar.scale;
  for (const [name, value] of Object.entries(members)) {
    if (!UNIT_MEMBER.test(name)) continue;
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
  // 15 digits: 4536.24 × 1e9 is 4536240000000, and not a bit less.
  const rate = Number((number * scale).toPrecision(15));
  return rate < MAX_HASHRATE ? rate : undefined;
}

function readFigure(
  name: string,
  value: unknown,
  giga: number,
): Figure | undefined {
  const named = UNIT_AND_WINDOW.exec(name);
  const token = (named?.[2] ?? BARE_WINDOW.exec(name)?.[1])?.toLowerCase();
  if (token === undefined) return undefined;
  const place = findWindow(token);
  if (place === undefined) return undefined;
  const liar = LYING_NAMES.find((liar) => liar.name.test(name));
  const letter = named?.[1]?.toLowerCase() ?? "g";
  const scale = liar?.scale ?? (letter === "g" ? giga : SCALES[letter] ?? 1);
  const rate = readRate(value, scale);
  return rate === undefined ? undefined : { ...place, rate };
}

function findWindow(token: string): Omit<Figure, "rate"> | undefined {
  if (AVERAGES.has(token)) return { window: "average", rank: 0 };
  const recent = RECENT.indexOf(token);
  if (recent !== -1) return { window: "5s", rank: 1000 + recent };
  const count = Number.parseInt(token, 10);
  const seconds = token.endsWith("m") ? count * 60 : count;
  const span = SPANS.find(({ from, to }) => seconds >= from && seconds <= to);
  if (span === undefined) return undefined;
  return { window: span.window, rank: Math.abs(seconds - span.seconds) };
}

/**
 * Measures how many times too much the `GHS` of a section say, as it proves
 * itself: 1000 or 1.
 */
function measureExcess(members: Members): number {
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
  return measureChainExcess(members);
}

/** The same by the sum of a section's chains. */
function measureChainExcess(members: Members): number {
  const recent = readNumber(members["GHS 5s"]);
  const chains = sumChains(members);
  if (!recent || chains === 0) return 1;
  const ratio = recent / chains;
  // antminer/z11-chipless-3.0/stats.txt: 145474.39, and its chains 145.47.
  return ratio > 900 && ratio < 1100 ? 1e3 : 1;
}

function sumChains(members: Members): number {
  return Object.entries(members)
    .filter(([name]) => /^chain_rate\d+$/.test(name))
    .reduce((sum, [, value]) => sum + (readNumber(value) ?? 0), 0);
}
