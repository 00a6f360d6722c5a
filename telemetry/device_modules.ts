/**
 * Reads modules: the texts under `MM ID0`, `MM ID1`, … of an Avalon's `stats`,
 * which list what a module says as `Name[value]`. Pure.
 *
 * @module
 */

import { readRate } from "./hashrate.ts";
import { Section } from "./report_sections.ts";
import type { Members } from "./sections.ts";
import type { Hashrate, Temperature } from "./telemetry.ts";
import { mergeTemperatures, readCelsius } from "./temperatures.ts";
import { keepKnown, readCount } from "./values.ts";
import type { ModuleTable } from "./vendor.ts";
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
  /** Whether it says that it rests. */
  readonly isPaused: boolean;
  /** Its boards, where it tells of several. */
  readonly boards: readonly ModuleBoard[];
}

/** One board of a module. */
export interface ModuleBoard {
  /** From 1 on. */
  readonly number: number;
  readonly isUp?: boolean;
  readonly hashrate?: Hashrate;
  readonly temperatures: readonly Temperature[];
}

/** The most modules of one entry: an AUC has five. */
const MAX_MODULES = 64;

/** The most boards of a module. */
const MAX_BOARDS = 16;

/** The most boards whose hottest chip is a sensor of the module. */
const MAX_SENSED_BOARDS = 4;

/** What a board says that does not answer. */
const NO_BOARD = "-273";

/** Several ask for the modules of an entry, and its text is long. */
const known = new WeakMap<Section, readonly Module[]>();

const NONE: readonly Module[] = [];

const TABLES = joinTable("modules");

/**
 * Reads the modules of an entry of the statistics.
 *
 * @param from The entry (`{"ID":"AVA100","MM ID0":"Ver[…] …",…}`).
 * @returns Its modules in the order of the reply; none for all that is no
 * Avalon.
 */
export function readModules(from: Members | Section): readonly Module[] {
  const section = Section.of(from);
  if (section.list("module").length === 0) return NONE;
  const found = known.get(section) ?? listModules(section);
  known.set(section, found);
  return found;
}

function listModules(section: Section): readonly Module[] {
  const modules: Module[] = [];
  for (const { meaning: index, value } of section.list("module")) {
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
  const hashrate: Partial<Record<keyof Hashrate, number>> = {};
  let hardwareErrors: number | undefined;
  for (const { rates, hardwareErrors: errors } of TABLES) {
    for (const { name, window, scale } of rates) {
      const rate = readRate(values.get(name), scale);
      if (rate === undefined || (window === "ideal" && rate === 0)) continue;
      hashrate[window] ??= rate;
    }
    hardwareErrors ??= readCount(values.get(errors));
  }
  const isPaused = TABLES.some((table) => isResting(values, table));
  const boards = TABLES.flatMap((table) => readBoards(values, table, isPaused));
  return {
    index,
    values,
    ...(Object.keys(hashrate).length > 0 && { hashrate }),
    temperatures: readSensors(values, boards.length > 0),
    ...(hardwareErrors !== undefined && { hardwareErrors }),
    isPaused,
    boards,
  };
}

function isResting(
  values: ReadonlyMap<string, string>,
  { pauses }: ModuleTable,
): boolean {
  return pauses.some(({ name, value, unless: [other, denial] = ["", /^/] }) =>
    value.test(values.get(name) ?? "") &&
    !(values.has(other) && denial.test(values.get(other) ?? ""))
  );
}

/**
 * The boards, where there are figures of several. One that hashes nothing while
 * another does, or has no temperature, is dead.
 */
function readBoards(
  values: ReadonlyMap<string, string>,
  { boardRates: { name, window, scale }, boardMaxima, boardMeans }: ModuleTable,
  isPaused: boolean,
): ModuleBoard[] {
  const rates = listFigures(values.get(name))
    .map((figure) => readRate(figure, scale));
  if (rates.length < 2) return [];
  const maxima = listFigures(values.get(boardMaxima));
  const means = listFigures(values.get(boardMeans));
  const isHashing = !isPaused && rates.some((rate) => rate);
  return rates.map((rate, index) => {
    const isLost = rate === 0 || maxima[index] === NO_BOARD ||
      means[index] === NO_BOARD;
    const sensors: readonly (readonly [string, string | undefined])[] = [
      ["chip max", maxima[index]],
      ["chip avg", means[index]],
    ];
    return keepKnown({
      number: index + 1,
      isUp: isHashing ? !isLost : undefined,
      hashrate: rate === undefined ? undefined : { [window]: rate },
      temperatures: sensors.flatMap(([sensor, value]) => {
        const celsius = readCelsius(value);
        return celsius === undefined ? [] : [{ sensor, celsius }];
      }),
    });
  });
}

function listFigures(text: string | undefined): string[] {
  return (text ?? "").split(" ", MAX_BOARDS * 2)
    .filter((figure) => figure !== "").slice(0, MAX_BOARDS);
}

function readSensors(
  values: ReadonlyMap<string, string>,
  hasBoards: boolean,
): Temperature[] {
  return mergeTemperatures(...TABLES.flatMap(({ sensors, boardMaxima }) => {
    const named = sensors.flatMap(([name, sensor]) => {
      const celsius = readCelsius(values.get(name));
      return celsius === undefined ? [] : [{ sensor, celsius }];
    });
    if (hasBoards) return [named];
    const boards = listFigures(values.get(boardMaxima))
      .slice(0, MAX_SENSED_BOARDS).flatMap((value, index) => {
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
