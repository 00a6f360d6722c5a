/**
 * The hash boards of an Antminer, which it calls chains, as its `stats` shows
 * them: sixteen of each field, of which three are in use.
 *
 * @module
 */

import type { Device } from "./device.ts";
import { findErrorPart, findTemperature } from "./measures.ts";
import { drift, mixFraction } from "./motion.ts";
import { fixed, type Member, text, type Value, whole } from "./reply.ts";
import type { RigState } from "./state.ts";

/** How many chains and fans the fields leave room for. */
const CHAIN_ROOM = 16;
const FAN_ROOM = 8;

/** The places of the chains and the fans of an S9. */
const CHAINS: readonly number[] = [6, 7, 8];
const FANS: readonly number[] = [3, 6];

/** How many chips a chain has, and the state of each: `o` for well. */
const CHIPS = 63;
const CHIP_STATES = " oooooooo".repeat(8).slice(0, -1);

/** Their clock, in MHz, and what a chain should make of it, in GH/s. */
const CLOCK_MHZ = 637;
const IDEAL_GHS = 4500;

/** One chain, measured. */
interface Chain {
  readonly place: number;
  readonly ghs: number;
  readonly boardC: number;
  readonly chipC: number;
  readonly clockMhz: number;
  readonly errors: number;
}

function measureChain(device: Device, rig: RigState, index: number): Chain {
  const place = CHAINS[index] ?? 0;
  const share = [0.3325, 0.3335, 0.334][index] ?? 0;
  const boardC = Math.floor(
    findTemperature(device, rig) - 5 +
      1.5 * drift(rig.nowS, device.seed, place),
  );
  const { hardwareErrors } = device.count(rig.nowS);
  return {
    place,
    ghs: share * device.findRate(rig.nowS, 5) / 1000,
    boardC,
    chipC: boardC + Math.floor(15 * device.findHeat(rig.nowS)),
    clockMhz: CLOCK_MHZ - 8 - 2 * mixFraction(device.seed, place),
    errors: Math.floor(hardwareErrors * share),
  };
}

/** Makes a field of each place; one value for those in use, one for others. */
function spread(
  name: string,
  chains: readonly Chain[],
  read: (chain: Chain) => Value,
  empty: Value,
): Member[] {
  return Array.from({ length: CHAIN_ROOM }, (_, index): Member => {
    const chain = chains.find(({ place }) => place === index + 1);
    return [`${name}${index + 1}`, chain === undefined ? empty : read(chain)];
  });
}

function spreadFans(device: Device, rig: RigState): Member[] {
  return Array.from({ length: FAN_ROOM }, (_, index): Member => {
    const place = index + 1;
    if (!FANS.includes(place)) return [`fan${place}`, whole(0)];
    const warmth = findTemperature(device, rig) - 27;
    const wobble = 1 + drift(rig.nowS, device.seed, 20 + place);
    return [`fan${place}`, whole(120 * Math.round(16 + warmth / 2 + wobble))];
  });
}

const list = (
  name: string,
  chains: readonly Chain[],
  read: (chain: Chain) => Value,
): Member[] => chains.map((chain) => [`${name}${chain.place}`, read(chain)]);

/**
 * Measures the chains of a device.
 *
 * @param device The device.
 * @param rig Its rig, at the time of the request.
 * @returns The fields from `miner_count` on, in the order of an S9.
 */
export function findChains(device: Device, rig: RigState): Member[] {
  const chains = CHAINS.map((_, index) => measureChain(device, rig, index));
  const sum = (read: (chain: Chain) => number): number =>
    chains.reduce((total, chain) => total + read(chain), 0);
  const none = whole(0);
  const zero = fixed(0, 2);
  const blank = text("");
  return [
    ["miner_count", whole(chains.length)],
    ["frequency", text(String(CLOCK_MHZ))],
    ["fan_num", whole(FANS.length)],
    ...spreadFans(device, rig),
    ["temp_num", whole(chains.length)],
    ...spread("temp", chains, ({ boardC }) => whole(boardC), none),
    ...spread("temp2_", chains, ({ chipC }) => whole(chipC), none),
    ...spread("temp3_", chains, () => none, none),
    ...spread("freq_avg", chains, ({ clockMhz }) => fixed(clockMhz, 2), zero),
    ["total_rateideal", fixed(IDEAL_GHS * chains.length, 2)],
    ["total_freqavg", fixed(sum((chain) => chain.clockMhz) / 3, 2)],
    ["total_acn", whole(CHIPS * chains.length)],
    ["total_rate", fixed(sum((chain) => chain.ghs), 2)],
    ...spread("chain_rateideal", chains, () => fixed(IDEAL_GHS, 2), zero),
    ["temp_max", whole(Math.max(...chains.map(({ boardC }) => boardC)))],
    ["Device Hardware%", fixed(findErrorPart(device.count(rig.nowS)), 4)],
    ["no_matching_work", whole(sum((chain) => chain.errors))],
    ...spread("chain_acn", chains, () => whole(CHIPS), none),
    ...spread("chain_acs", chains, () => text(CHIP_STATES), blank),
    ...spread("chain_hw", chains, ({ errors }) => whole(errors), none),
    ...spread("chain_rate", chains, ({ ghs }) => text(ghs.toFixed(2)), blank),
    ...list("chain_xtime", chains, () => text("{}")),
    ...list("chain_offside_", chains, () => text("0")),
    ...list("chain_opencore_", chains, () => text("0")),
    ["miner_version", text("16.8.1.3")],
    ["miner_id", text("8000000000000001")],
  ];
}
