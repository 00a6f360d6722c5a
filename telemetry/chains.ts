/**
 * Reads hash chains: the families of numbered fields that Bitmain's firmware
 * and its many descendants have in `stats` (`chain_rate6`, `temp2_6`,
 * `temp_chip6`), the list `chain` of newer ones, and the channels `CH1`, … of
 * a Zig, else the boards that `board_fields.ts` knows. Pure.
 *
 * @example
 * ```ts
 * import { readChains } from "./chains.ts";
 *
 * const chains = readChains({
 *   "chain_acn6": 63,
 *   "chain_acn7": 0,
 *   "chain_rate6": "4536.24",
 *   "temp6": 56,
 *   "temp2_6": 71,
 * });
 * console.log(chains?.map(({ name }) => name)); // ["chain 6"]
 * console.log(readChains({ Elapsed: 60 })); // undefined: it has no chains
 * ```
 *
 * @module
 */

import { readBoards } from "./board_fields.ts";
import {
  measureBareUnit,
  mergeHashrates,
  readHashrate,
  readRate,
} from "./hashrate.ts";
import type { ChainFamily } from "./part_names.ts";
import { Section } from "./report_sections.ts";
import { isMembers, type Members } from "./sections.ts";
import type { Hashrate, Temperature } from "./telemetry.ts";
import {
  mergeTemperatures,
  readHottest,
  readTemperatures,
} from "./temperatures.ts";
import { keepKnown, readCount, readText } from "./values.ts";

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
type Families = Readonly<Partial<Record<ChainFamily, unknown>>>;

/** Without one of these, numbered fields are no chains. */
const CHAIN_FAMILIES: ReadonlySet<ChainFamily> = new Set([
  "chain_acn",
  "chain_acs",
  "chain_rate",
  "chain_state",
]);

/** The most chains of one miner: a T9+ has 9, in 16 slots. */
const MAX_CHAINS = 64;

/** A sensor of a chain, by its family. */
type ChainSensor = readonly [family: ChainFamily, sensor: string];

/**
 * Lists of sensors: the highest counts. Where a chain has `temp_pcb` and
 * `temp_chip`, `temp`, `temp2_` and `temp3_` only repeat some of them
 * (antminer/s9k/stats.json: `temp2_1` is the coolest chip, not the hottest).
 */
const LISTED_SENSORS: readonly ChainSensor[] = [
  ["temp_pcb", "board"],
  ["temp_in_pcb", "board inlet"],
  ["temp_out_pcb", "board outlet"],
  ["temp_chip", "chip"],
  ["chiptemp", "chip"],
  ["temp_in_chip", "chip inlet"],
  ["temp_out_chip", "chip outlet"],
  ["temp_pic", "pic"],
];

/** Single sensors, for what the lists do not say. */
const SINGLE_SENSORS: readonly ChainSensor[] = [
  ["temp", "board"],
  ["temp2_", "chip"],
  ["temp3_", "chip 2"],
];

/** The same with a fourth: two pairs of board and chip (antminer/e3). */
const PAIRED_SENSORS: readonly ChainSensor[] = [
  ["temp", "board"],
  ["temp2_", "chip"],
  ["temp3_", "board 2"],
  ["temp4_", "chip 2"],
];

/**
 * Firmware whose `chain_rate` is the average since start and not of the last
 * seconds: luxos/s19kpro-2025.4.8, where stats has 18910.28 and devs
 * `MHS av` 18910284.95, `MHS 5s` 19773825.72.
 */
const AVERAGING_FIRMWARE = /^LUXminer/i;

/** States of VNish's `chain_state` in which a chain hashes. */
const HASHING_STATES: ReadonlySet<string> = new Set(["mining", "auto-tuning"]);

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
  const list = entry.members["chain"];
  if (Array.isArray(list) && list.some(isMembers)) {
    const scale = measureBareUnit(entry, model);
    return list.filter(isMembers).slice(0, MAX_CHAINS)
      .flatMap((item, index) => readListed(item, index, scale) ?? []);
  }
  const slots = collectSlots(entry);
  if (slots === undefined) return undefined;
  const scale = measureBareUnit(entry, model);
  const window = AVERAGING_FIRMWARE.test(software) ? "average" : "5s";
  return [...slots].sort(([one], [other]) => one - other)
    .flatMap(([number, families]) =>
      readSlot(number, families, scale, window) ?? []
    );
}

/** The numbered fields by slot; `undefined` where they are no chains'. */
function collectSlots(entry: Section): Map<number, Families> | undefined {
  const fields = entry.list("chain");
  const slots = new Map<number, Partial<Record<ChainFamily, unknown>>>();
  for (const { meaning: { family, number } } of fields) {
    if (!CHAIN_FAMILIES.has(family) || slots.has(number)) continue;
    if (slots.size < MAX_CHAINS) slots.set(number, {});
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
  const rate = readRate(families.chain_rate, scale);
  const average = readRate(families.chain_avgrate, scale);
  const temperatures = readSensors(families);
  const marks = readText(families.chain_acs) ?? "";
  const chips = readCount(families.chain_acn) ?? 0;
  const isThere = chips > 0 || marks !== "" || temperatures.length > 0 ||
    (rate ?? 0) > 0;
  if (!isThere) return undefined;
  const hashrate = mergeHashrates(
    rate === undefined ? {} : { [window]: rate },
    average === undefined ? {} : { average },
  );
  const hardwareErrors = readCount(families.chain_hw);
  return keepKnown({
    number,
    name: `chain ${number}`,
    ...readState(readText(families.chain_state), marks),
    hashrate,
    temperatures,
    hardwareErrors,
  });
}

/** One of Bitmain's newer list: `{"index":0,"rate_real":…,"asic_num":…}`. */
function readListed(
  item: Members,
  index: number,
  scale: number,
): Chain | undefined {
  const number = readCount(item["index"]) ?? index;
  return readSlot(
    number,
    {
      chain_rate: item["rate_real"],
      chain_acn: item["asic_num"],
      chain_acs: item["asic"],
      chain_hw: item["hw"],
      temp_pcb: item["temp_pcb"],
      temp_chip: item["temp_chip"],
      temp_pic: item["temp_pic"],
    },
    scale,
    "5s",
  );
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

function readSensors(families: Families): Temperature[] {
  const isPaired = readHottest(families.temp4_) !== undefined;
  const listed = pickSensors(families, LISTED_SENSORS);
  // The lists are complete where they have chips.
  const hasChips = listed.some(({ sensor }) => sensor.startsWith("chip")) &&
    listed.some(({ sensor }) => sensor.startsWith("board"));
  if (hasChips) return mergeTemperatures(listed);
  const single = pickSensors(
    families,
    isPaired ? PAIRED_SENSORS : SINGLE_SENSORS,
  );
  return mergeTemperatures(listed, single)
    .sort((one, other) => one.sensor < other.sensor ? -1 : 1);
}

function pickSensors(
  families: Families,
  sensors: readonly ChainSensor[],
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
