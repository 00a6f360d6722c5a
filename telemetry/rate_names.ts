/**
 * Knows the names of hashrates: a unit and a window (`MHS 5s`, `GHS av`,
 * `HS RT`), or a window alone (`rate_5s`). Pure.
 *
 * @example
 * ```ts
 * import { parseRateName } from "./rate_names.ts";
 *
 * console.log(parseRateName("MHS 20s")); // window 5s, rank 15, scale 1e6
 * console.log(parseRateName("Elapsed")); // undefined
 * ```
 *
 * @module
 */

import type { HashrateWindow } from "./telemetry.ts";

/** Hashes by the letter before `H`, in small letters. */
export const SCALES: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  p: 1e15,
};

/** What a hashrate's name says. */
export interface RateName {
  readonly window: HashrateWindow;
  /** 0 for the window itself, more for what stands in for it. */
  readonly rank: number;
  /** Hashes per second for 1; absent where that is what `GHS` counts. */
  readonly scale?: number;
}

/** `MHS 5s`, `GHS av`, `HS RT`, `MHS 30S`, `MHS(Avg)`: letter, window. */
const UNIT_AND_WINDOW = /^([kmgtp]?)HS[ _(]?([a-z]+|\d+ ?[sm])\)?$/i;

/** `Hashrate1m`, `rate_5s`: window, but no unit. */
const BARE_WINDOW = /^(?:hash)?rate[ _]?([a-z]+|\d+ ?[sm])$/i;

/** Members that say what {@linkcode BARE_WINDOW} and `GHS` count in. */
const UNIT_MEMBER = /^(?:hash[ _]?)?rate[ _]unit$/i;

/** The rates of chains that add up to the section's. */
const CHAIN_RATE = /^chain_rate\d+$/;

/** Windows that no number of seconds says. */
const AVERAGES: ReadonlySet<string> = new Set(["av", "avg", "average"]);

/**
 * Windows that stand in for `5s`, best first, behind all that say seconds.
 * RT is WhatsMiner's "real time", `rolling` bfgminer's, `sample` SealMiner's.
 */
const RECENT: readonly string[] = ["rt", "realtime", "rolling", "sample"];

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
 * Parses the name of a hashrate.
 *
 * @param name A field's name.
 * @returns Window and scale; `undefined` where it names no hashrate, or that
 * of a window that the model does not have.
 */
export function parseRateName(name: string): RateName | undefined {
  const named = UNIT_AND_WINDOW.exec(name);
  const token = (named?.[2] ?? BARE_WINDOW.exec(name)?.[1])?.toLowerCase();
  if (token === undefined) return undefined;
  const place = findWindow(token);
  if (place === undefined) return undefined;
  const liar = LYING_NAMES.find((liar) => liar.name.test(name));
  const letter = named?.[1]?.toLowerCase() ?? "g";
  const scale = liar?.scale ?? (letter === "g" ? undefined : SCALES[letter]);
  return { ...place, ...(scale !== undefined && { scale }) };
}

/**
 * Parses the letter of a hashrate's unit.
 *
 * @param name A field's name: `MHS 5s`.
 * @returns The letter before `H` in small letters; `undefined` where the name
 * has no unit, or one without a letter.
 */
export function parseUnitLetter(name: string): string | undefined {
  return UNIT_AND_WINDOW.exec(name)?.[1]?.toLowerCase() || undefined;
}

/**
 * Says whether a field tells the unit of the hashrates beside it.
 *
 * @param name A field's name: `rate_unit`.
 * @returns `true`, else `undefined`.
 */
export function parseUnitMember(name: string): true | undefined {
  return UNIT_MEMBER.test(name) || undefined;
}

/**
 * Says whether a field is the hashrate of one of the section's chains.
 *
 * @param name A field's name: `chain_rate6`.
 * @returns `true`, else `undefined`.
 */
export function parseChainRate(name: string): true | undefined {
  return CHAIN_RATE.test(name) || undefined;
}

function findWindow(token: string): RateName | undefined {
  if (AVERAGES.has(token)) return { window: "average", rank: 0 };
  const recent = RECENT.indexOf(token);
  if (recent !== -1) return { window: "5s", rank: 1000 + recent };
  const count = Number.parseInt(token, 10);
  const seconds = token.endsWith("m") ? count * 60 : count;
  const span = SPANS.find(({ from, to }) => seconds >= from && seconds <= to);
  if (span === undefined) return undefined;
  return { window: span.window, rank: Math.abs(seconds - span.seconds) };
}
