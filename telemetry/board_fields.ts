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
import { isMembers, type Members } from "./sections.ts";
import type { Hashrate, Temperature } from "./telemetry.ts";
import { mergeTemperatures, readCelsius } from "./temperatures.ts";
import { readCount, readFlag } from "./values.ts";

/** `0 Temp 1`: a board's number, and what of it. */
const NUMBERED = /^(\d{1,2}) (\S.*)$/;

/** Only boards have it: where numbers are chips' (`00 Temp`), it is not there. */
const CHIPS_OF_NUMBERED = "Chip Count";

/** `top-board`, whose members are an object. */
const NAMED = /^(\w{1,20})-board$/;

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

/** Sensors; a number in the field is the sensor's. */
const SENSORS: readonly (readonly [field: RegExp, sensor: string])[] = [
  [/^max-temp$/, "chip max"],
  [/^min-temp$/, "chip min"],
  [/^front-temp$/, "front"],
  [/^rear-temp$/, "rear"],
  [/^psu-temp$/, "psu"],
  [/^Temp (\d)$/, "sensor"],
];

/**
 * Reads the boards of an entry of the statistics.
 *
 * @param entry The entry.
 * @returns Those that have chips, hash, or say a temperature, by ascending
 * number, the named ones as they come; empty where the entry tells of none.
 */
export function readBoards(entry: Members): Chain[] {
  const numbered = [...collectNumbered(entry)]
    .filter(([, board]) => CHIPS_OF_NUMBERED in board)
    .sort(([one], [other]) => one - other)
    .flatMap(([number, board]) =>
      readBoard(board, number, `chain ${number}`, CHIPS_OF_NUMBERED) ?? []
    );
  return (numbered.length > 0 ? numbered : readNamed(entry))
    .slice(0, MAX_BOARDS);
}

/**
 * Lists the boards that stand by name (`top-board`).
 *
 * @param entry An entry of the statistics.
 * @returns Name (`top board`) and members of each, in the reply's order.
 */
export function listNamedBoards(
  entry: Members,
): readonly (readonly [name: string, board: Members])[] {
  return Object.entries(entry).flatMap(([field, board]) => {
    const name = NAMED.exec(field)?.[1];
    return name === undefined || !isMembers(board)
      ? []
      : [[`${name} board`, board] as const];
  });
}

function readNamed(entry: Members): Chain[] {
  return listNamedBoards(entry).flatMap(([name, board], number) =>
    readBoard(board, number, name, CHIPS_OF_NAMED) ?? []
  );
}

function collectNumbered(entry: Members): Map<number, Members> {
  const boards = new Map<number, Record<string, unknown>>();
  for (const [field, value] of Object.entries(entry)) {
    const [, digits, name] = NUMBERED.exec(field) ?? [];
    if (digits === undefined || name === undefined) continue;
    const number = Number(digits);
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
  const hashrate = mergeHashrates(readHashrate(board), readBareRates(board));
  const temperatures = readSensors(board);
  const isHashing = Object.values(hashrate ?? {}).some((rate) => rate > 0);
  const chips = readCount(board[chipsField]) ?? 0;
  if (!isHashing && chips === 0 && temperatures.length === 0) return undefined;
  const isUp = readFlag(board["Online"]);
  return {
    number,
    name,
    ...(isUp !== undefined && { isUp }),
    ...(hashrate !== undefined && { hashrate }),
    temperatures,
  };
}

function readBareRates(board: Members): Hashrate {
  return Object.fromEntries(RATES.flatMap(({ field, window, scale }) => {
    const rate = readRate(board[field], scale);
    return rate === undefined ? [] : [[window, rate]];
  }));
}

function readSensors(board: Members): Temperature[] {
  return mergeTemperatures(
    SENSORS.flatMap(([pattern, sensor]) =>
      Object.entries(board).flatMap(([field, value]) => {
        const match = pattern.exec(field);
        const celsius = match === null ? undefined : readCelsius(value);
        if (celsius === undefined) return [];
        return [{
          sensor: [sensor, match?.[1] ?? ""].join(" ").trim(),
          celsius,
        }];
      })
    ),
  );
}
