/**
 * Reads Avalon's modules: the texts under `MM ID0`, `MM ID1`, … of `stats`,
 * which list what a module says as `Name[value]`. Pure.
 *
 * @example
 * ```ts
 * import { readModules } from "./device_modules.ts";
 *
 * const [module] = readModules({ "MM ID0": "Temp[30] TMax[77] GHSspd[81072.68]" });
 * console.log(module?.temperatures); // inlet 30, chip max 77
 * console.log(module?.hashrate); // { "5s": 81072680000000 }
 * ```
 *
 * @module
 */

import { readRate } from "./hashrate.ts";
import { Section } from "./report_sections.ts";
import type { Members } from "./sections.ts";
import type { Hashrate, Temperature } from "./telemetry.ts";
import { mergeTemperatures, readCelsius } from "./temperatures.ts";
import { readCount } from "./values.ts";

/** What one module says. */
export interface Module {
  /** Its number in the miner: the 0 of `MM ID0`. */
  readonly index: number;
  /** All that it lists, by name; the first of two with one name. */
  readonly values: ReadonlyMap<string, string>;
  readonly hashrate?: Hashrate;
  readonly temperatures: readonly Temperature[];
  readonly hardwareErrors?: number;
}

/** The most modules of one entry: an AUC has five. */
const MAX_MODULES = 64;

/** Sensors by name in the module's text, in the order they are given in. */
const SENSORS: readonly (readonly [name: string, sensor: string])[] = [
  ["Temp", "inlet"],
  ["ITemp", "inlet"],
  ["OTemp", "outlet"],
  ["HBITemp", "board inlet"],
  ["HBOTemp", "board outlet"],
  ["HBTemp", "board"], // Mini 3
  // Avalon 6 and 7 with two sensors.
  ["Temp0", "board 1"],
  ["Temp1", "board 2"],
  ["TMax", "chip max"],
  ["TAvg", "chip avg"],
];

/** The hottest chip of each hash board. */
const BOARD_MAXIMA = "MTmax";

/** The most boards whose hottest chip is given apart. */
const MAX_BOARDS = 4;

/**
 * Hashrates, in hashes per second for 1, best first.
 *
 * `GHSmm` is none: it is what the chips could do at their frequency, 55032.79
 * with the miner idle and `GHSspd[0.00]` (avalon/q/stats.json). `WU`, work of
 * difficulty 1 per minute, is the average: 520171.72 of them are the 37235.34
 * of `GHSavg` (avalon/a10xx/stats.json); Avalon 7 and 8 have only that.
 */
const RATES: readonly {
  readonly name: string;
  readonly window: "5s" | "average";
  readonly scale: number;
}[] = [
  { name: "GHSspd", window: "5s", scale: 1e9 },
  { name: "GHSavg", window: "average", scale: 1e9 },
  { name: "WU", window: "average", scale: 2 ** 32 / 60 },
];

/**
 * Reads the modules of an entry of the statistics.
 *
 * @param from The entry (`{"ID":"AVA100","MM ID0":"Ver[…] …",…}`).
 * @returns Its modules in the order of the reply; none for all that is no
 * Avalon.
 */
export function readModules(from: Members | Section): Module[] {
  const modules: Module[] = [];
  for (const { meaning: index, value } of Section.of(from).list("module")) {
    if (typeof value !== "string") continue;
    if (modules.length === MAX_MODULES) break;
    modules.push(readModule(index, listValues(value)));
  }
  return modules;
}

function readModule(
  index: number,
  values: ReadonlyMap<string, string>,
): Module {
  const hashrate: { "5s"?: number; average?: number } = {};
  for (const { name, window, scale } of RATES) {
    const rate = readRate(values.get(name), scale);
    if (rate !== undefined) hashrate[window] ??= rate;
  }
  const hardwareErrors = readCount(values.get("HW"));
  return {
    index,
    values,
    ...(Object.keys(hashrate).length > 0 && { hashrate }),
    temperatures: readSensors(values),
    ...(hardwareErrors !== undefined && { hardwareErrors }),
  };
}

function readSensors(values: ReadonlyMap<string, string>): Temperature[] {
  const named = SENSORS.flatMap(([name, sensor]) => {
    const celsius = readCelsius(values.get(name));
    return celsius === undefined ? [] : [{ sensor, celsius }];
  });
  const boards = (values.get(BOARD_MAXIMA) ?? "").split(" ", MAX_BOARDS)
    .flatMap((value, index) => {
      const celsius = readCelsius(value);
      const sensor = `chip max ${index + 1}`;
      return celsius === undefined ? [] : [{ sensor, celsius }];
    });
  return mergeTemperatures(named, boards);
}

/**
 * Lists `Name[value]`. By steps, not by one expression: a text without a
 * bracket must not cost its length squared.
 */
function listValues(text: string): Map<string, string> {
  const values = new Map<string, string>();
  let from = 0;
  while (true) {
    const open = text.indexOf("[", from);
    const close = open === -1 ? -1 : text.indexOf("]", open);
    if (close === -1) return values;
    const name = /\w+$/.exec(text.slice(Math.max(from, open - 40), open))?.[0];
    if (name !== undefined && !values.has(name)) {
      values.set(name, text.slice(open + 1, close).trim());
    }
    from = close + 1;
  }
}
