/**
 * Reads hash chains: numbered fields (`chain_rate6`, `temp2_6`), which many
 * have from Bitmain's firmware, the list `chain` of newer ones, the channels of
 * a Zig, and boards that stand by number (`0 Temp 1`) or by name
 * (`top-board`). Pure.
 *
 * @module
 */

import {
  measureBareUnit,
  mergeHashrates,
  readHashrate,
  readRate,
} from "./hashrate.ts";
import { Section } from "./report_sections.ts";
import { isMembers, type Members } from "./sections.ts";
import type { Hashrate, Temperature } from "./telemetry.ts";
import {
  mergeTemperatures,
  readCelsius,
  readHottest,
  readSensors,
  readTemperatures,
} from "./temperatures.ts";
import { keepKnown, readCount, readFlag, readText } from "./values.ts";
import type { ChainTable, SensorRow } from "./vendor.ts";
import { joinTable, VENDORS } from "./vendors.ts";

/** What one chain says. */
export interface Chain {
  /** Its number in the miner. */
  readonly number: number;
  /** `chain 6`; `CH1` for a channel. */
  readonly name: string;
  readonly status?: string;
  readonly isUp?: boolean;
  readonly hashrate?: Hashrate;
  readonly temperatures: readonly Temperature[];
  readonly hardwareErrors?: number;
}

/** A chain's fields by family, as the miner gives them. */
type Families = Readonly<Record<string, unknown>>;

/** The most chains of one miner: a T9+ has 9, in 16 slots. */
const MAX_CHAINS = 64;

/** The most boards of one miner. */
const MAX_BOARDS = 16;

const CHAIN_TABLES = joinTable("chains");

/** Without one of these, numbered fields are no chains. */
const CHAIN_FAMILIES: ReadonlySet<string> = new Set(
  CHAIN_TABLES.flatMap(({ families: { rate, chips, marks, state } }) => [
    rate,
    chips,
    marks,
    state,
  ]),
);

/** Only boards have it. */
const CHIPS_OF_NUMBERED = joinTable("numberedBoards").map(({ chips }) => chips);

/** Where the chips of a named board are counted. */
const CHIPS_OF_NAMED = joinTable("namedBoards").map(({ chips }) => chips);

/** Hashrates of named boards. */
const BOARD_RATES = joinTable("namedBoards").flatMap(({ rates }) => rates);

/** Makes whose `chain_rate` is the average since the start. */
const AVERAGING = VENDORS.filter(({ isChainRateAverage }) =>
  isChainRateAverage
);

const HASHING_STATES: ReadonlySet<string> = new Set(joinTable("hashingStates"));

/**
 * Reads the chains of an entry of the statistics.
 *
 * A chain is given only where it is there: it has chips (`chain_acn`), marks
 * of chips (`chain_acs`), a rate above 0 or a temperature. Empty slots, of
 * which firmware lists up to 16, have none of these.
 *
 * @param from The entry with the fields.
 * @param model The miner's model, where known: some lie about units.
 * @param software What the reply's STATUS says has answered.
 * @returns The chains by ascending number; empty where all slots are empty;
 * `undefined` where the entry has no fields of chains at all.
 */
export function readChains(
  from: Members | Section,
  model: string = "",
  software: string = "",
): Chain[] | undefined {
  const entry = Section.of(from);
  const channels = readChannels(entry);
  if (channels.length > 0) return channels;
  const boards = readBoards(entry);
  if (boards.length > 0) return boards;
  for (const table of CHAIN_TABLES) {
    const list = entry.members[table.list.name];
    if (!Array.isArray(list) || !list.some(isMembers)) continue;
    const scale = measureBareUnit(entry, model);
    return list.filter(isMembers).slice(0, MAX_CHAINS)
      .flatMap((item, index) => readListed(item, index, scale, table) ?? []);
  }
  const slots = collectSlots(entry);
  if (slots === undefined) return undefined;
  const scale = measureBareUnit(entry, model);
  const isAveraging = AVERAGING.some(({ recognised }) =>
    recognised?.software?.test(software)
  );
  const window = isAveraging ? "average" : "5s";
  return [...slots].sort(([one], [other]) => one - other)
    .flatMap(([number, families]) =>
      readSlot(number, families, scale, window) ?? []
    );
}

/** The numbered fields by slot; `undefined` where they are no chains'. */
function collectSlots(entry: Section): Map<number, Families> | undefined {
  const fields = entry.list("chain");
  const slots = new Map<number, Record<string, unknown>>();
  for (const { meaning: { family, number } } of fields) {
    if (!CHAIN_FAMILIES.has(family) || slots.has(number)) continue;
    if (slots.size < MAX_CHAINS) slots.set(number, Object.create(null));
  }
  // `temp31` of an L3+ is no slot 31: only a chain's fields make a slot.
  for (const { meaning: { family, number }, value } of fields) {
    const slot = slots.get(number);
    if (slot !== undefined) slot[family] = value;
  }
  return slots.size === 0 ? undefined : slots;
}

function readSlot(
  number: number,
  families: Families,
  scale: number,
  window: "5s" | "average",
): Chain | undefined {
  const rate = readRate(pickFamily(families, "rate"), scale);
  const average = readRate(pickFamily(families, "average"), scale);
  const temperatures = readSlotSensors(families);
  const marks = readText(pickFamily(families, "marks")) ?? "";
  const chips = readCount(pickFamily(families, "chips")) ?? 0;
  const isThere = chips > 0 || marks !== "" || temperatures.length > 0 ||
    (rate ?? 0) > 0;
  if (!isThere) return undefined;
  const hashrate = mergeHashrates(
    rate === undefined ? {} : { [window]: rate },
    average === undefined ? {} : { average },
  );
  const hardwareErrors = readCount(pickFamily(families, "hardwareErrors"));
  return keepKnown({
    number,
    name: `chain ${number}`,
    ...readState(readText(pickFamily(families, "state")), marks),
    hashrate,
    temperatures,
    hardwareErrors,
  });
}

/** What a chain says under any of the names that vendors have for it. */
function pickFamily(
  families: Families,
  what: keyof ChainTable["families"],
): unknown {
  for (const table of CHAIN_TABLES) {
    const value = families[table.families[what]];
    if (value !== undefined) return value;
  }
  return undefined;
}

function readListed(
  item: Members,
  index: number,
  scale: number,
  { list }: ChainTable,
): Chain | undefined {
  const number = readCount(item[list.number]) ?? index;
  const families: Record<string, unknown> = Object.create(null);
  for (const [name, family] of Object.entries(list.families)) {
    families[family] = item[name];
  }
  return readSlot(number, families, scale, "5s");
}

function readChannels(entry: Section): Chain[] {
  return entry.list("channel").flatMap(({ name, meaning: number, value }) => {
    if (!isMembers(value)) return [];
    const channel = Section.of(value);
    const hashrate = readHashrate(channel);
    const temperatures = readTemperatures(channel);
    if (hashrate === undefined && temperatures.length === 0) return [];
    return keepKnown({ number, name, hashrate, temperatures });
  }).slice(0, MAX_CHAINS);
}

function readSlotSensors(families: Families): Temperature[] {
  return mergeTemperatures(
    ...CHAIN_TABLES.map((table) => readTableSensors(families, table)),
  );
}

function readTableSensors(
  families: Families,
  { sensorLists, sensors, pairedSensors }: ChainTable,
): Temperature[] {
  const listed = pickSensors(families, sensorLists);
  // The lists are complete where they have chips.
  const hasChips = listed.some(({ sensor }) => sensor.startsWith("chip")) &&
    listed.some(({ sensor }) => sensor.startsWith("board"));
  if (hasChips) return mergeTemperatures(listed);
  const [lastFamily = ""] = pairedSensors.at(-1) ?? [];
  const isPaired = readHottest(families[lastFamily]) !== undefined;
  const single = pickSensors(families, isPaired ? pairedSensors : sensors);
  return mergeTemperatures(listed, single)
    .sort((one, other) => one.sensor < other.sensor ? -1 : 1);
}

function pickSensors(
  families: Families,
  sensors: readonly SensorRow<string>[],
): Temperature[] {
  const found: Temperature[] = [];
  for (const [family, sensor] of sensors) {
    const value = families[family];
    if (value === undefined) continue;
    const celsius = readHottest(value);
    if (celsius !== undefined) found.push({ sensor, celsius });
  }
  return found;
}

/**
 * What a chain's state says; else its chips' marks, `o` for one that answers
 * and `x` for one that does not.
 */
function readState(
  status: string | undefined,
  marks: string,
): Pick<Chain, "status" | "isUp"> {
  if (status !== undefined) {
    return { status, isUp: HASHING_STATES.has(status.toLowerCase()) };
  }
  return /^[ox\s]+$/i.test(marks) ? { isUp: /o/i.test(marks) } : {};
}

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
    .filter(([, board]) => CHIPS_OF_NUMBERED.some((chips) => chips in board))
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
  chipsFields: readonly string[],
): Chain | undefined {
  const section = Section.of(board);
  const hashrate = mergeHashrates(readHashrate(section), readBareRates(board));
  const temperatures = mergeTemperatures(
    readSensors(section.list("boardSensor"), readCelsius),
  );
  const isHashing = Object.values(hashrate ?? {}).some((rate) => rate > 0);
  const hasChips = chipsFields.some((field) => readCount(board[field]));
  if (!isHashing && !hasChips && temperatures.length === 0) return undefined;
  const isUp = readFlag(board["Online"]);
  return keepKnown({ number, name, isUp, hashrate, temperatures });
}

function readBareRates(board: Members): Hashrate {
  return Object.fromEntries(BOARD_RATES.flatMap(({ name, window, scale }) => {
    const rate = readRate(board[name], scale);
    return rate === undefined ? [] : [[window, rate]];
  }));
}
