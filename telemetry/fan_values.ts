/**
 * Reads what a fan says: revolutions, percent. Pure.
 *
 * @example
 * ```ts
 * import { makeFan, readPercent, readRpm } from "./fan_values.ts";
 *
 * console.log(readRpm("4200"), readRpm(18446744073709551000)); // 4200, undefined
 * console.log(makeFan("1", readRpm(0), readPercent("35%"))); // 0 rpm at 35 %
 * ```
 *
 * @module
 */

import type { Fan } from "./telemetry.ts";
import { keepKnown, readNumber } from "./values.ts";

/**
 * More revolutions per minute than any fan makes: a power supply's small one
 * is at 11010 (whatsminer/m10-class/summary.bin).
 */
const MAX_RPM = 50_000;

/**
 * Reads a fan's speed.
 *
 * @param value The figure as the miner gives it.
 * @returns Revolutions per minute, 0 for a fan that stands; `undefined` for
 * garbage, and for less than 0: -1 is a GPU that cannot say (cgminer's adl.c).
 */
export function readRpm(value: unknown): number | undefined {
  return readBetween(value, MAX_RPM);
}

/**
 * Reads a fan's speed in percent.
 *
 * @param value The figure as the miner gives it (`35`, `"35%"`).
 * @returns 0 to 100; `undefined` for all else.
 */
export function readPercent(value: unknown): number | undefined {
  return readBetween(value, 100);
}

/**
 * Makes a fan of what is known of it.
 *
 * @param name Its name.
 * @param rpm Its speed, if known.
 * @param percent Its speed in percent, if known.
 * @returns The fan; `undefined` where neither is known.
 */
export function makeFan(
  name: string,
  rpm: number | undefined,
  percent: number | undefined,
): Fan | undefined {
  if (rpm === undefined && percent === undefined) return undefined;
  return keepKnown({ name, rpm, percent });
}

function readBetween(value: unknown, most: number): number | undefined {
  const number = readNumber(value);
  return number !== undefined && number >= 0 && number <= most
    ? number
    : undefined;
}
