/**
 * Knows the names of temperature sensors: those of a device, of a hash board,
 * of LuxOS' boards, and of the boards in a summary. Pure.
 *
 * @example
 * ```ts
 * import { parseSensorName } from "./sensor_names.ts";
 *
 * console.log(parseSensorName("Chip Temp Max")?.sensor); // chip max
 * console.log(parseSensorName("Elapsed")); // undefined
 * ```
 *
 * @module
 */

/** What a sensor's name says. */
export interface SensorName {
  /** The sensor in the model. */
  readonly sensor: string;
  /** The place in which it is given: less is earlier. */
  readonly rank: number;
}

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

/** Sensors of a board; a number in the field is the sensor's. */
const BOARD_SENSORS: readonly (readonly [field: RegExp, sensor: string])[] = [
  [/^max-temp$/, "chip max"],
  [/^min-temp$/, "chip min"],
  [/^front-temp$/, "front"],
  [/^rear-temp$/, "rear"],
  [/^psu-temp$/, "psu"],
  [/^Temp (\d)$/, "sensor"],
];

/** `BoardCh0`, `ExhaustTemp`. */
const CAMEL_CASE = /^(?:[A-Z][a-z0-9]+){2,4}$/;

/** `Temp1` to `Temp8` of a summary. */
const SUMMARY_BOARD = /^Temp(\d)$/;

/**
 * Parses the name of a device's sensor.
 *
 * @param name A field's name: `Chip Temp Max`.
 * @returns The sensor; `undefined` where it names none.
 */
export function parseSensorName(name: string): SensorName | undefined {
  const field = name.toLowerCase().replaceAll("_", " ");
  const rank = SENSORS.findIndex(([pattern]) => pattern.test(field));
  const sensor = SENSORS[rank]?.[1];
  return sensor === undefined ? undefined : { sensor, rank };
}

/**
 * Parses the name of a hash board's sensor.
 *
 * @param name A field's name: `max-temp`, `Temp 1`.
 * @returns The sensor; `undefined` where it names none.
 */
export function parseBoardSensor(name: string): SensorName | undefined {
  for (const [rank, [pattern, sensor]] of BOARD_SENSORS.entries()) {
    const match = pattern.exec(name);
    if (match === null) continue;
    return { sensor: [sensor, match[1] ?? ""].join(" ").trim(), rank };
  }
  return undefined;
}

/**
 * Parses the name of one of LuxOS' other sensors. Which there are depends on
 * the hardware, says docs.luxor.tech.
 *
 * @param name A field's name: `BoardCh0`.
 * @returns The sensor (`board ch0`); `undefined` where it names none.
 */
export function parseCamelSensor(name: string): string | undefined {
  return CAMEL_CASE.test(name)
    ? name.replace(/\B[A-Z]/g, " $&").toLowerCase()
    : undefined;
}

/**
 * Parses the name of a board's temperature in a summary (iBeLink BM-N1 Max).
 *
 * @param name A field's name: `Temp1`.
 * @returns The board's number; `undefined` where it names none.
 */
export function parseSummaryBoard(name: string): number | undefined {
  const digit = SUMMARY_BOARD.exec(name)?.[1];
  return digit === undefined ? undefined : Number(digit);
}
