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
  measureUnits,
  mergeHashrates,
  type RateUnits,
  readHashrate,
  readRate,
} from "./hashrate.ts";
import { Section } from "./report_sections.ts";
import { isMembers, type Members } from "./sections.ts";
import type { Hashrate, Temperature } from "./telemetry.ts";
import {
  mergeTemperatures,
  readCelsius,
  readEnds,
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
  readonly chips?: number;
  readonly expectedChips?: number;
}

/** What is known of the rig that the chains are of. */
export interface ChainContext {
  /** What its figures count. Default: as the entry itself says. */
  readonly units?: RateUnits;
  /** What the reply's STATUS says has answered. Default: nothing. */
  readonly software?: string | undefined;
  /** Whether it is cooled by liquid. Default: false. */
  readonly isLiquidCooled?: boolean;
}

/** What reading one slot takes. */
interface SlotContext {
  /** Hashes per second for 1 of a chain's rate; null: not known. */
  readonly scale: number | null;
  /** What a chain's rate is of. */
  readonly window: "5s" | "average";
  readonly isLiquidCooled: boolean;
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

/** Statements of averages, beside which a chain's rate is one too. */
const STATED_AVERAGES = CHAIN_TABLES
  .map(({ families: { statedAverage } }) => statedAverage);

/** Fields that count the chains that a miner found. */
const COUNTS = CHAIN_TABLES.flatMap(({ counts }) => counts);

/**
 * With more slots than this, some are empty by nature: an S9 has its chains in
 * 6 to 8 of 16.
 */
const MOST_FILLED_SLOTS = 4;

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
 * A chain is given where it is there: it has chips (`chain_acn`), marks of
 * chips (`chain_acs`), a rate above 0 or a temperature. Empty slots, of which
 * firmware lists up to 16, have none of these; those among them that should
 * have a chain are given as such that are down.
 *
 * @param from The entry with the fields.
 * @param context What is known of the rig.
 * @returns The chains by ascending number; empty where all slots are empty;
 * `undefined` where the entry has no fields of chains at all.
 */
export function readChains(
  from: Members | Section,
  context: ChainContext = {},
): Chain[] | undefined {
  const entry = Section.of(from);
  const { units = measureUnits([entry]), software = "" } = context;
  const channels = readChannels(entry, units);
  if (channels.length > 0) return channels;
  const boards = readBoards(entry, units);
  if (boards.length > 0) return boards;
  const listed = collectListed(entry);
  const slots = listed ?? collectSlots(entry);
  if (slots === undefined) return undefined;
  const isAveraging =
    AVERAGING.some(({ recognised }) => recognised?.software?.test(software)) ||
    [...slots.values()].some((families) =>
      STATED_AVERAGES.some((family) => family in families)
    );
  const slotContext: SlotContext = {
    scale: measureBareUnit(entry, units),
    window: isAveraging ? "average" : "5s",
    isLiquidCooled: context.isLiquidCooled ?? false,
  };
  const found = new Map<number, Chain>();
  for (const [number, families] of slots) {
    const chain = readSlot(number, families, slotContext);
    if (chain !== undefined) found.set(number, chain);
  }
  const numbers = [...slots.keys()];
  const isFull = listed !== undefined || isWithoutSpares(numbers);
  for (const number of listLost(entry, numbers, found, isFull)) {
    found.set(number, makeLost(number));
  }
  return [...found.values()].sort((one, other) => one.number - other.number);
}

/** The chains of a list (`"chain":[{"index":0,…}]`) as slots. */
function collectListed(entry: Section): Map<number, Families> | undefined {
  for (const { list } of CHAIN_TABLES) {
    const items = entry.members[list.name];
    if (!Array.isArray(items) || !items.some(isMembers)) continue;
    const slots = new Map<number, Families>();
    for (const [index, item] of items.slice(0, MAX_CHAINS).entries()) {
      if (!isMembers(item)) continue;
      const families: Record<string, unknown> = Object.create(null);
      for (const [name, family] of Object.entries(list.families)) {
        if (item[name] !== undefined) families[family] = item[name];
      }
      slots.set(readCount(item[list.number]) ?? index, families);
    }
    return slots;
  }
  return undefined;
}

/** Whether there are so few slots that each before the last has a chain. */
function isWithoutSpares(slots: readonly number[]): boolean {
  return slots.length <= MOST_FILLED_SLOTS && Math.min(...slots) <= 1;
}

/**
 * The chains that should be there: in an empty slot between two that have one;
 * in one before the last, where there are no spare slots; and next to them,
 * where the miner counts more chains than it lists.
 */
function listLost(
  entry: Section,
  slots: readonly number[],
  found: ReadonlyMap<number, Chain>,
  isFull: boolean,
): readonly number[] {
  if (found.size === 0) return [];
  const empty = slots.filter((number) => !found.has(number))
    .sort((one, other) => one - other);
  const last = Math.max(...found.keys());
  const lost = empty.filter((number) =>
    (found.has(number - 1) && found.has(number + 1)) ||
    (isFull && number < last)
  );
  const count = COUNTS.map((name) => readCount(entry.members[name]))
    .find((count) => count !== undefined) ?? 0;
  const missing = Math.min(count, MAX_BOARDS) - found.size - lost.length;
  if (missing <= 0) return lost;
  const near = empty.filter((number) => !lost.includes(number))
    .sort((one, other) => Math.abs(one - last) - Math.abs(other - last));
  const next = Math.max(last, ...slots) + 1;
  const unlisted = Array.from({ length: missing }, (_, index) => next + index);
  return [...lost, ...[...near, ...unlisted].slice(0, missing)];
}

function makeLost(number: number): Chain {
  return {
    number,
    name: `chain ${number}`,
    isUp: false,
    temperatures: [],
    chips: 0,
  };
}

/**
 * An object without a prototype, whatever names come. Made by a class: V8 keeps
 * what `Object.create(null)` makes as a hash table, which takes twice the time.
 */
class Slot {
  [family: string]: unknown;
}
Object.setPrototypeOf(Slot.prototype, null);

/** The numbered fields by slot; `undefined` where they are no chains'. */
function collectSlots(entry: Section): Map<number, Families> | undefined {
  const fields = entry.list("chain");
  const slots = new Map<number, Record<string, unknown>>();
  for (const { meaning: { family, number } } of fields) {
    if (!CHAIN_FAMILIES.has(family) || slots.has(number)) continue;
    if (slots.size < MAX_CHAINS) slots.set(number, new Slot());
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
  { scale, window, isLiquidCooled }: SlotContext,
): Chain | undefined {
  const rate = readRate(pickFamily(families, "rate"), scale);
  const average = readRate(pickFamily(families, "average"), scale);
  const stated = readRate(pickFamily(families, "statedAverage"), null);
  const ideal = readRate(pickFamily(families, "ideal"), scale);
  const temperatures = readSlotSensors(families, isLiquidCooled);
  const marks = readText(pickFamily(families, "marks")) ?? "";
  const chips = readCount(pickFamily(families, "chips"));
  const isThere = (chips ?? 0) > 0 || marks !== "" ||
    temperatures.length > 0 || (rate ?? 0) > 0 || (stated ?? 0) > 0;
  if (!isThere) return undefined;
  const hashrate = mergeHashrates(
    stated === undefined ? {} : { average: stated },
    rate === undefined ? {} : { [window]: rate },
    average === undefined ? {} : { average },
    ideal ? { ideal } : {},
  );
  const hardwareErrors = readCount(pickFamily(families, "hardwareErrors"));
  return keepKnown({
    number,
    name: `chain ${number}`,
    ...readState(readText(pickFamily(families, "state")), marks, chips),
    hashrate,
    temperatures,
    hardwareErrors,
    ...countChips(marks, chips),
  });
}

/** The chips of a chain, less those that are marked as dead. */
function countChips(
  marks: string,
  chips: number | undefined,
): Pick<Chain, "chips" | "expectedChips"> {
  if (chips === undefined) return {};
  if (chips === 0) return { chips };
  const dead = marks.match(/x/gi)?.length ?? 0;
  return { chips: Math.max(chips - dead, 0), expectedChips: chips };
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

function readChannels(entry: Section, units: RateUnits): Chain[] {
  return entry.list("channel").flatMap(({ name, meaning: number, value }) => {
    if (!isMembers(value)) return [];
    const channel = Section.of(value);
    const hashrate = readHashrate(channel, units);
    const temperatures = readTemperatures(channel);
    if (hashrate === undefined && temperatures.length === 0) return [];
    return keepKnown({ number, name, hashrate, temperatures });
  }).slice(0, MAX_CHAINS);
}

function readSlotSensors(
  families: Families,
  isLiquidCooled: boolean,
): Temperature[] {
  return mergeTemperatures(
    ...CHAIN_TABLES.map((table) => readTableSensors(families, table)),
    ...CHAIN_TABLES.map(({ flowLists }) =>
      isLiquidCooled ? readFlow(families, flowLists) : []
    ),
  );
}

/** The first and the last of a list, where the water comes in and goes out. */
function readFlow(
  families: Families,
  lists: readonly SensorRow<string>[],
): Temperature[] {
  return lists.flatMap(([family, sensor]) => {
    const ends = readEnds(families[family]);
    return ends === undefined ? [] : [
      { sensor: `${sensor} inlet`, celsius: ends[0] },
      { sensor: `${sensor} outlet`, celsius: ends[1] },
    ];
  });
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
 * What a chain's state says; else its chips' marks, `o` for one that answers,
 * `x` for one that does not and `-` for a place without a chip. Without chips
 * it is dead.
 */
function readState(
  status: string | undefined,
  marks: string,
  chips: number | undefined,
): Pick<Chain, "status" | "isUp"> {
  if (status !== undefined) {
    return { status, isUp: HASHING_STATES.has(status.toLowerCase()) };
  }
  if (chips === 0) return { isUp: false };
  return /^[ox\s-]+$/i.test(marks) && /[ox]/i.test(marks)
    ? { isUp: /o/i.test(marks) }
    : {};
}

/**
 * Reads the boards of an entry of the statistics.
 *
 * @param from The entry.
 * @param units What the rig's figures count. Default: as the entry says.
 * @returns Those that have chips, hash, or say a temperature, by ascending
 * number, the named ones as they come; empty where the entry tells of none.
 */
export function readBoards(
  from: Members | Section,
  units?: RateUnits,
): Chain[] {
  const entry = Section.of(from);
  const numbered = readNumbered(entry, units);
  return (numbered.length > 0 ? numbered : readNamed(entry, units))
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

function readNumbered(entry: Section, units?: RateUnits): Chain[] {
  if (entry.list("board").length === 0) return [];
  return [...collectNumbered(entry)]
    .filter(([, board]) => CHIPS_OF_NUMBERED.some((chips) => chips in board))
    .sort(([one], [other]) => one - other)
    .flatMap(([number, board]) =>
      readBoard(board, number, `chain ${number}`, CHIPS_OF_NUMBERED, units) ??
        []
    );
}

function readNamed(entry: Section, units?: RateUnits): Chain[] {
  return listNamedBoards(entry).flatMap(([name, board], number) =>
    readBoard(board, number, name, CHIPS_OF_NAMED, units) ?? []
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
  units: RateUnits | undefined,
): Chain | undefined {
  const section = Section.of(board);
  const hashrate = mergeHashrates(
    readHashrate(section, units),
    readBareRates(board),
  );
  const temperatures = mergeTemperatures(
    readSensors(section.list("boardSensor"), readCelsius),
  );
  const isHashing = Object.values(hashrate ?? {}).some((rate) => rate > 0);
  const chips = chipsFields.map((field) => readCount(board[field]))
    .find((count) => count !== undefined);
  if (!isHashing && !chips && temperatures.length === 0) return undefined;
  const isUp = chips === 0 ? false : readFlag(board["Online"]);
  return keepKnown({ number, name, isUp, hashrate, temperatures, chips });
}

function readBareRates(board: Members): Hashrate {
  return Object.fromEntries(BOARD_RATES.flatMap(({ name, window, scale }) => {
    const rate = readRate(board[name], scale);
    return rate === undefined ? [] : [[window, rate]];
  }));
}
