/**
 * Reads hash boards that stand in the statistics by number (`0 Temp 1`, a
 * SealMiner) or by name (`top-board`, a Spondoolies SP36). Pure.
 *
 * @example
 * ```ts
 * import { readBoards } from "./board_fields.ts";
 *
 * const boards = readBoards({ "0 Chip Count": 153, "0 Temp 0": 55 });
 * console.log(boards[0]?.name, boards[0]?.temperatures); // chain 0, sensor 0: 55
 * ```
 *
 * @module
 */

import type { Chain } from "./chains.ts";
import { mergeHashrates, readHashrate, readRate } from "./hashrate.ts";
import { Section } from "./report_sections.ts";
import { isMembers, type Members } from "./sections.ts";
import type { Hashrate } from "./telemetry.ts";
import { mergeTemperatures, readCelsius, readSensors } from "./temperatures.ts";
import { keepKnown, readCount, readFlag } from "./values.ts";

/** Only boards have it: where numbers are chips' (`00 Temp`), it is not there. */
const CHIPS_OF_NUMBERED = "Chip Count";

/** Where the chips of a named board are counted. */
const CHIPS_OF_NAMED = "working-asics";

/** The most boards of one miner. */
const MAX_BOARDS = 16;

/**
 * Hashrates without a unit, in hashes per second for 1. An SP36 counts in
 * MH/s: its boards' 270005 and 269410 stand beside `MHS 5m` 536603.26.
 */
const RATES: readonly {
  readonly field: string;
  readonly window: "5s" | "average";
  readonly scale: number;
}[] = [
  { field: "reported-hashrate", window: "5s", scale: 1e6 },
  { field: "avg-hashrate", window: "average", scale: 1e6 },
];

/**
 * Reads the boards of an entry of the statistics.
 *
 * @param from The entry.
 * @returns Those that have chips, hash, or say a temperature, by ascending
 * number, the named ones as they come; empty where the entry tells of none.
 */
export function readBoards(from: Members | Section): Chain[] {
  const entry = Section.of(from);
  const numbered = readNumbered(entry);
  return (numbered.length > 0 ? numbered : readNamed(entry))
    .slice(0, MAX_BOARDS);
}

/**
 * Lists the boards that stand by name (`top-board`).
 *
 * @param from An entry of the statistics.
 * @returns Name (`top board`) and members of each, in the reply's order.
 */
export function listNamedBoards(
  from: Members | Section,
): readonly (readonly [name: string, board: Members])[] {
  return Section.of(from).list("namedBoard")
    .flatMap(({ meaning: name, value }) =>
      isMembers(value) ? [[name, value] as const] : []
    );
}

function readNumbered(entry: Section): Chain[] {
  if (entry.list("board").length === 0) return [];
  return [...collectNumbered(entry)]
    .filter(([, board]) => CHIPS_OF_NUMBERED in board)
    .sort(([one], [other]) => one - other)
    .flatMap(([number, board]) =>
      readBoard(board, number, `chain ${number}`, CHIPS_OF_NUMBERED) ?? []
    );
}

function readNamed(entry: Section): Chain[] {
  return listNamedBoards(entry).flatMap(([name, board], number) =>
    readBoard(board, number, name, CHIPS_OF_NAMED) ?? []
  );
}

function collectNumbered(entry: Section): Map<number, Members> {
  const boards = new Map<number, Record<string, unknown>>();
  for (const { meaning: { number, name }, value } of entry.list("board")) {
    const board = boards.get(number) ?? Object.create(null);
    board[name] = value;
    boards.set(number, board);
  }
  return boards;
}

function readBoard(
  board: Members,
  number: number,
  name: string,
  chipsField: string,
): Chain | undefined {
  const section = Section.of(board);
  const hashrate = mergeHashrates(readHashrate(section), readBareRates(board));
  const temperatures = mergeTemperatures(
    readSensors(section.list("boardSensor"), readCelsius),
  );
  const isHashing = Object.values(hashrate ?? {}).some((rate) => rate > 0);
  const chips = readCount(board[chipsField]) ?? 0;
  if (!isHashing && chips === 0 && temperatures.length === 0) return undefined;
  const isUp = readFlag(board["Online"]);
  return keepKnown({ number, name, isUp, hashrate, temperatures });
}

function readBareRates(board: Members): Hashrate {
  return Object.fromEntries(RATES.flatMap(({ field, window, scale }) => {
    const rate = readRate(board[field], scale);
    return rate === undefined ? [] : [[window, rate]];
  }));
}
