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
import { isMembers, type Members } from "./sections.ts";
import type { Hashrate, Temperature } from "./telemetry.ts";
import {
  mergeTemperatures,
  readHottest,
  readTemperatures,
} from "./temperatures.ts";
import { readCount, readNumber, readText } from "./values.ts";

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
type Families = ReadonlyMap<string, unknown>;

/** Family and chain: `chain_rate6`, `temp2_6`, `chipTemp1`. */
const FAMILY_MEMBER =
  /^(chain_(?:acn|acs|hw|rate|avgrate|state)|temp_(?:in_|out_)?(?:pcb|chip)|temp_pic|chiptemp|temp[234]_|temp)(\d{1,2})$/i;

/** Without one of these, numbered fields are no chains. */
const CHAIN_FAMILIES: readonly string[] = [
  "chain_acn",
  "chain_acs",
  "chain_rate",
  "chain_state",
];

/** `CH1`: a channel of a Zig, whose members are an object. */
const CHANNEL_NAME = /^CH(\d{1,2})$/;

/** The most chains of one miner: a T9+ has 9, in 16 slots. */
const MAX_CHAINS = 64;

/**
 * Lists of sensors: the highest counts. Where a chain has `temp_pcb` and
 * `temp_chip`, `temp`, `temp2_` and `temp3_` only repeat some of them
 * (antminer/s9k/stats.json: `temp2_1` is the coolest chip, not the hottest).
 */
const LISTED_SENSORS: readonly (readonly [family: string, sensor: string])[] = [
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
const SINGLE_SENSORS: readonly (readonly [family: string, sensor: string])[] = [
  ["temp", "board"],
  ["temp2_", "chip"],
  ["temp3_", "chip 2"],
];

/** The same with a fourth: two pairs of board and chip (antminer/e3). */
const PAIRED_SENSORS: readonly (readonly [family: string, sensor: string])[] = [
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
 * @param entry The entry with the fields.
 * @param model The miner's model, where known: some lie about units.
 * @param software What the reply's STATUS says has answered.
 * @returns The chains by ascending number; empty where all slots are empty;
 * `undefined` where the entry has no fields of chains at all.
 */
export function readChains(
  entry: Members,
  model: string = "",
  software: string = "",
): Chain[] | undefined {
  const channels = readChannels(entry);
  if (channels.length > 0) return channels;
  const boards = readBoards(entry);
  if (boards.length > 0) return boards;
  const scale = measureBareUnit(entry, model);
  const list = entry["chain"];
  if (Array.isArray(list) && list.some(isMembers)) {
    return list.filter(isMembers).slice(0, MAX_CHAINS)
      .flatMap((item, index) => readListed(item, index, scale) ?? []);
  }
  const slots = collectSlots(entry);
  if (slots === undefined) return undefined;
  const window = AVERAGING_FIRMWARE.test(software) ? "average" : "5s";
  return [...slots].sort(([one], [other]) => one - other)
    .flatMap(([number, families]) =>
      readSlot(number, families, scale, window) ?? []
    );
}

/** The numbered fields by slot; `undefined` where they are no chains'. */
function collectSlots(
  entry: Members,
): Map<number, Map<string, unknown>> | undefined {
  const slots = new Map<number, Map<string, unknown>>();
  const found: { number: number; family: string; value: unknown }[] = [];
  for (const [name, value] of Object.entries(entry)) {
    const match = FAMILY_MEMBER.exec(name);
    const family = match?.[1]?.toLowerCase();
    if (family === undefined) continue;
    const number = Number(match?.[2]);
    found.push({ number, family, value });
    if (CHAIN_FAMILIES.includes(family) && slots.size < MAX_CHAINS) {
      slots.set(number, slots.get(number) ?? new Map());
    }
  }
  // `temp31` of an L3+ is no slot 31: only a chain's fields make a slot.
  for (const { number, family, value } of found) {
    slots.get(number)?.set(family, value);
  }
  return slots.size === 0 ? undefined : slots;
}

function readSlot(
  number: number,
  families: Families,
  scale: number,
  window: "5s" | "average",
): Chain | undefined {
  const rate = readRate(families.get("chain_rate"), scale);
  const average = readRate(families.get("chain_avgrate"), scale);
  const temperatures = readSensors(families);
  const marks = readText(families.get("chain_acs")) ?? "";
  const chips = readCount(families.get("chain_acn")) ?? 0;
  const isThere = chips > 0 || marks !== "" || temperatures.length > 0 ||
    (rate ?? 0) > 0;
  if (!isThere) return undefined;
  const hashrate = mergeHashrates(
    rate === undefined ? {} : { [window]: rate },
    average === undefined ? {} : { average },
  );
  const hardwareErrors = readCount(families.get("chain_hw"));
  return {
    number,
    name: `chain ${number}`,
    ...readState(readText(families.get("chain_state")), marks),
    ...(hashrate !== undefined && { hashrate }),
    temperatures,
    ...(hardwareErrors !== undefined && { hardwareErrors }),
  };
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
    new Map<string, unknown>([
      ["chain_rate", item["rate_real"]],
      ["chain_acn", item["asic_num"]],
      ["chain_acs", item["asic"]],
      ["chain_hw", item["hw"]],
      ["temp_pcb", item["temp_pcb"]],
      ["temp_chip", item["temp_chip"]],
      ["temp_pic", item["temp_pic"]],
    ]),
    scale,
    "5s",
  );
}

function readChannels(entry: Members): Chain[] {
  return Object.entries(entry).flatMap(([name, channel]) => {
    const number = readNumber(CHANNEL_NAME.exec(name)?.[1]);
    if (number === undefined || !isMembers(channel)) return [];
    const hashrate = readHashrate(channel);
    const temperatures = readTemperatures(channel);
    if (hashrate === undefined && temperatures.length === 0) return [];
    return [{ number, name, ...(hashrate && { hashrate }), temperatures }];
  }).slice(0, MAX_CHAINS);
}

function readSensors(families: Families): Temperature[] {
  const isPaired = readHottest(families.get("temp4_")) !== undefined;
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
  sensors: readonly (readonly [family: string, sensor: string])[],
): Temperature[] {
  return sensors.flatMap(([family, sensor]) => {
    const celsius = readHottest(families.get(family));
    return celsius === undefined ? [] : [{ sensor, celsius }];
  });
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
