/**
 * Reads temperatures: one sensor, lists of sensors in a text, and the sensors
 * of a device by a table of field names. Pure.
 *
 * A list of sensors of one kind (`"temp_chip1":"48-80-49-70"`) gives its
 * highest value under one name, so that a device has at most
 * {@linkcode MAX_SENSORS} sensors, however many chips.
 *
 * @module
 */

import { type Field, Section } from "./report_sections.ts";
import type { Members } from "./sections.ts";
import { MAX_SENSORS, type Temperature } from "./telemetry.ts";
import { readNumber } from "./values.ts";

/**
 * What a sensor can say, in degrees Celsius. Avalon says -273 where it has
 * none (avalon/24102401/devs.json); a board is never at 200.
 */
const PLAUSIBLE = { from: -40, to: 200 } as const;

/** The longest list of sensors that is read, in characters. */
const MAX_LIST_LENGTH = 4000;

/**
 * Numbers between the ends, dashes, commas, slashes or blanks: a dash behind a
 * dash is a minus (`"2--1-20-22"`, antminer/s19pro-cold/stats.json).
 */
const LISTED = /(?<=^|[-,;/\s])-?\d{1,4}(?:\.\d{1,9})?(?=$|[-,;/\s])/g;

/**
 * From a number of five digits on, a list is what lay behind it in memory:
 * `[67.30, 0.00, -73364045383872769689863497711616.00, 0.13]` of a Blackminer.
 */
const OVERRUN = /(?:^|[-,;/\s])-?\d{5}/;

/**
 * Reads one sensor.
 *
 * @param value The figure as the miner gives it.
 * @returns Degrees Celsius; `undefined` for garbage, for what no sensor can
 * say, and for exactly 0: in every recorded reply with a 0 the sensor is
 * absent (slots 1 to 5 of an S9, `"0-0-0-0"`, a GPU without ADL) or not read
 * yet, and not one board was at 0.0 °C.
 */
export function readCelsius(value: unknown): number | undefined {
  const number = readNumber(value);
  if (number === undefined || number === 0) return undefined;
  const isPlausible = number >= PLAUSIBLE.from && number <= PLAUSIBLE.to;
  return isPlausible ? number : undefined;
}

/**
 * Reads the highest of one or more sensors of a kind.
 *
 * @param value A figure, an array of such, or a text that lists them:
 * `"42-63-41-60"`, `"[65.21, 64.10]"`, `"35-36"`.
 * @returns Degrees Celsius; `undefined` where none is readable: `"-"`,
 * `"m-m"`, `"0-0-0-0"`.
 */
export function readHottest(value: unknown): number | undefined {
  const single = readCelsius(value);
  if (single !== undefined || typeof value === "number") return single;
  let hottest: number | undefined;
  for (const reading of listReadings(value)) {
    const celsius = readCelsius(reading);
    if (celsius === undefined) continue;
    if (hottest === undefined || celsius > hottest) hottest = celsius;
  }
  return hottest;
}

/**
 * Reads the first and the last of several sensors.
 *
 * @param value A text that lists them (`"35-47-48-52"`), or an array.
 * @returns Degrees Celsius; `undefined` where one of these is not readable, or
 * there is no list.
 */
export function readEnds(
  value: unknown,
): readonly [first: number, last: number] | undefined {
  const readings = listReadings(value);
  const [first, last] = [readings[0], readings.at(-1)].map(readCelsius);
  if (readings.length < 2 || first === undefined || last === undefined) {
    return undefined;
  }
  return [first, last];
}

/**
 * Reads the sensors of a device.
 *
 * @param from A device of `devs`, an entry of `stats` or `temps`.
 * @param isGpu Whether it is a GPU, whose `Temperature` is the chip's.
 * @returns Its sensors, each name once; empty where it has none.
 */
export function readTemperatures(
  from: Members | Section,
  isGpu: boolean = false,
): Temperature[] {
  const found = readSensors(Section.of(from).list("sensor"), readHottest);
  return mergeTemperatures(
    isGpu
      ? found.map(({ sensor, celsius }) => ({
        sensor: sensor === "board" ? "chip" : sensor,
        celsius,
      }))
      : found,
  );
}

/**
 * Reads fields that are sensors by their names.
 *
 * @param fields The fields.
 * @param read Reads a figure, in degrees Celsius.
 * @returns Those that say something, by the rank of their names; names may be
 * double.
 */
export function readSensors(
  fields: readonly Field<"sensor" | "boardSensor">[],
  read: (value: unknown) => number | undefined,
): Temperature[] {
  const found: { rank: number; temperature: Temperature }[] = [];
  for (const { meaning: { sensor, rank }, value } of fields) {
    const celsius = read(value);
    if (celsius !== undefined) {
      found.push({ rank, temperature: { sensor, celsius } });
    }
  }
  return found.sort((one, other) => one.rank - other.rank)
    .map(({ temperature }) => temperature);
}

/**
 * Joins sensors of one device from several reports.
 *
 * @param lists The sensors, those to be preferred first.
 * @returns Each sensor once, at most {@linkcode MAX_SENSORS}.
 */
export function mergeTemperatures(
  ...lists: readonly (readonly Temperature[])[]
): Temperature[] {
  const merged: Temperature[] = [];
  for (const list of lists) {
    for (const temperature of list) {
      if (merged.length === MAX_SENSORS) return merged;
      const isKnown = merged
        .some(({ sensor }) => sensor === temperature.sensor);
      if (!isKnown) merged.push(temperature);
    }
  }
  return merged;
}

function listReadings(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.slice(0, MAX_LIST_LENGTH);
  if (typeof value !== "string") return [];
  const text = value.slice(0, MAX_LIST_LENGTH).trim().replace(/^\[|\]$/g, "");
  return text.slice(0, OVERRUN.exec(text)?.index).match(LISTED) ?? [];
}
