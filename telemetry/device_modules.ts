/**
 * Reads modules: the texts under `MM ID0`, `MM ID1`, … of an Avalon's `stats`,
 * which list what a module says as `Name[value]`. Pure.
 *
 * @module
 */

import { readRate } from "./hashrate.ts";
import { Section } from "./report_sections.ts";
import type { Members } from "./sections.ts";
import type { Hashrate, HashrateWindow, Temperature } from "./telemetry.ts";
import { mergeTemperatures, readCelsius } from "./temperatures.ts";
import { readCount } from "./values.ts";
import { joinTable } from "./vendors.ts";

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

/** The most boards whose hottest chip is given apart. */
const MAX_BOARDS = 4;

const TABLES = joinTable("modules");

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
  const hashrate: Partial<Record<HashrateWindow, number>> = {};
  let hardwareErrors: number | undefined;
  for (const { rates, hardwareErrors: errors } of TABLES) {
    for (const { name, window, scale } of rates) {
      const rate = readRate(values.get(name), scale);
      if (rate !== undefined) hashrate[window] ??= rate;
    }
    hardwareErrors ??= readCount(values.get(errors));
  }
  return {
    index,
    values,
    ...(Object.keys(hashrate).length > 0 && { hashrate }),
    temperatures: readSensors(values),
    ...(hardwareErrors !== undefined && { hardwareErrors }),
  };
}

function readSensors(values: ReadonlyMap<string, string>): Temperature[] {
  return mergeTemperatures(...TABLES.flatMap(({ sensors, boardMaxima }) => {
    const named = sensors.flatMap(([name, sensor]) => {
      const celsius = readCelsius(values.get(name));
      return celsius === undefined ? [] : [{ sensor, celsius }];
    });
    const boards = (values.get(boardMaxima) ?? "").split(" ", MAX_BOARDS)
      .flatMap((value, index) => {
        const celsius = readCelsius(value);
        const sensor = `chip max ${index + 1}`;
        return celsius === undefined ? [] : [{ sensor, celsius }];
      });
    return [named, boards];
  }));
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
