/**
 * Reads temperatures: one sensor, lists of sensors in a text, and the sensors
 * of a device by a table of field names. Pure.
 *
 * A list of sensors of one kind (`"temp_chip1":"48-80-49-70"`) gives its
 * highest value under one name, so that a device has at most
 * {@linkcode MAX_SENSORS} sensors, however many chips.
 *
 * @example
 * ```ts
 * import { readHottest, readTemperatures } from "./temperatures.ts";
 *
 * console.log(readHottest("2--1-20-22")); // 22
 * console.log(readTemperatures({ Temperature: 57.5, "Chip Temp Max": 77.44 }));
 * // [{ sensor: "board", celsius: 57.5 }, { sensor: "chip max", celsius: 77.44 }]
 * ```
 *
 * @module
 */

import type { Members } from "./sections.ts";
import type { Temperature } from "./telemetry.ts";
import { readNumber } from "./values.ts";

/** The most sensors that a device has in the model. */
export const MAX_SENSORS = 8;

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
 * Sensors of a device or an entry of the statistics, by field name in small
 * letters with blanks for underscores; in the order that they are given in.
 */
const SENSORS: readonly (readonly [name: RegExp, sensor: string])[] = [
  // "Tenperature" is antminer/s19pro-2022/devs.json.
  [/^te[mn]perature$/, "board"],
  [/^(?:board|pcb) ?temp(?:erature)?$/, "board"],
  [/^board$/, "board"],
  // WhatsMiner M3: temp_1 is the same, temp_2 to temp_8 are 0.
  [/^temp now max$/, "board"],
  [/^chip$/, "chip"],
  [/^chip ?temp(?:erature)?$/, "chip"],
  [/^(?:chip temp|temp) max$/, "chip max"],
  [/^(?:chip temp|temp) avg$/, "chip avg"],
  // The mean of all `NN Temp` in honorknight/cgminer-4.10.0/stats.json.
  [/^temp$/, "chip avg"],
  [/^(?:chip temp|temp) min$/, "chip min"],
  [/^temperature front$/, "front"],
  [/^temperature rear top$/, "rear top"],
  [/^temperature rear bot$/, "rear bottom"],
  // LuxOS' temps: the corners of the board.
  [/^topleft$/, "top left"],
  [/^topright$/, "top right"],
  [/^bottomleft$/, "bottom left"],
  [/^bottomright$/, "bottom right"],
  // reconstructed/whatsminer/devs-missing-comma-temp0.txt
  [/^temp0$/, "sensor 0"],
];

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
  if (single !== undefined) return single;
  const readings = listReadings(value)
    .flatMap((reading) => readCelsius(reading) ?? []);
  return readings.length === 0 ? undefined : Math.max(...readings);
}

/**
 * Reads the sensors of a device.
 *
 * @param members A device of `devs`, an entry of `stats` or `temps`.
 * @param isGpu Whether it is a GPU, whose `Temperature` is the chip's.
 * @returns Its sensors, each name once; empty where it has none.
 */
export function readTemperatures(
  members: Members,
  isGpu: boolean = false,
): Temperature[] {
  const found: { rank: number; temperature: Temperature }[] = [];
  for (const [name, value] of Object.entries(members)) {
    const field = name.toLowerCase().replaceAll("_", " ");
    const rank = SENSORS.findIndex(([pattern]) => pattern.test(field));
    const sensor = SENSORS[rank]?.[1];
    const celsius = sensor === undefined ? undefined : readHottest(value);
    if (sensor === undefined || celsius === undefined) continue;
    const isChip = isGpu && sensor === "board";
    found.push({
      rank,
      temperature: { sensor: isChip ? "chip" : sensor, celsius },
    });
  }
  found.sort((one, other) => one.rank - other.rank);
  return mergeTemperatures(found.map(({ temperature }) => temperature));
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
  const bySensor = new Map<string, Temperature>();
  for (const temperature of lists.flat()) {
    const { sensor } = temperature;
    if (!bySensor.has(sensor)) bySensor.set(sensor, temperature);
  }
  return [...bySensor.values()].slice(0, MAX_SENSORS);
}

function listReadings(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.slice(0, MAX_LIST_LENGTH);
  if (typeof value !== "string") return [];
  const text = value.slice(0, MAX_LIST_LENGTH).trim().replace(/^\[|\]$/g, "");
  return text.slice(0, OVERRUN.exec(text)?.index).match(LISTED) ?? [];
}
