/**
 * bmminer 2.0.0 on an Antminer S9, API 3.1: a fork of cgminer 4.9 with hash
 * boards called chains, after recorded replies. In its `stats` the comma
 * between the first two objects is missing, so that they are not valid JSON;
 * they show sixteen of each field of a chain, of which three are in use.
 *
 * @module
 */

import {
  CGMINER_CONTROLS,
  createDeviceCommands,
  createMinerControls,
  createPoolControls,
} from "./controls.ts";
import type { Device } from "./device.ts";
import { DEFAULT_POOLS, type PersonalityTraits } from "./dispatch.ts";
import type { Command, Field } from "./exchange.ts";
import {
  createFields,
  findDeviceAverage,
  findErrorPart,
  findTemperature,
  isActive,
  pickFields,
} from "./fields.ts";
import { drift, mixFraction } from "./motion.ts";
import { fixed, type Member, text, type Value, whole } from "./reply.ts";
import {
  createCount,
  createDeviceReport,
  createNotify,
  createPoolReport,
  createReport,
  WAIT_FIELDS,
} from "./reports.ts";
import type { Pool, RigState } from "./state.ts";

/** The name of the devices' driver. */
const NAME = "BC5";

const COMPILE_TIME = "Fri Nov 17 17:57:49 CST 2017";

const mhs = (value: number): Value => fixed(value, 2);
const difficulty = (value: number): Value => fixed(value, 8);
/** Five seconds' hashrate, which this firmware writes as a string. */
const currentGhs = (valueMhs: number): Value =>
  text((valueMhs / 1000).toFixed(2));

const fields = createFields({
  driver: NAME,
  deviceKind: "ASC",
  rateDecimals: 2,
  utilityDecimals: 2,
  difficulty,
});

const VERSION: readonly Field<RigState>[] = [
  ["BMMiner", () => text("2.0.0")],
  ["API", () => text("3.1")],
  ["Miner", () => text("16.8.1.3")],
  ["CompileTime", () => text(COMPILE_TIME)],
  ["Type", () => text("Antminer S9")],
];

const CONFIG: readonly Field<RigState>[] = [
  ...pickFields(fields.rig, "ASC Count"),
  ["PGA Count", () => whole(0)],
  ...pickFields(fields.rig, "Pool Count, Strategy"),
  ["Log Interval", () => whole(5)],
  ["Device Code", () => text(`${NAME} `)],
  ...pickFields(fields.rig, `OS`),
];
const SUMMARY: readonly Field<RigState>[] = [
  ...pickFields(fields.rig, `Elapsed`),
  ["GHS 5s", (rig) => currentGhs(rig.findRate(5))],
  ...pickFields(
    fields.rig,
    `GHS av, Found Blocks, Getworks, Accepted, Rejected, Hardware Errors, Utility, Discarded, Stale, Get Failures, Local Work, Remote Failures, Network Blocks, Total MH, Work Utility, Difficulty Accepted, Difficulty Rejected, Difficulty Stale, Best Share, Device Hardware%, Device Rejected%, Pool Rejected%, Pool Stale%, Last getwork`,
  ),
];

const DEVICE: readonly Field<Device>[] = [
  ...pickFields(fields.device, `ASC, Name, ID, Enabled, Status`),
  // The S9 reports its temperatures only in `stats`.
  ["Temperature", () => fixed(0, 2)],
  ...pickFields(
    fields.device,
    `MHS av, MHS 5s, Accepted, Rejected, Hardware Errors, Utility, Last Share Pool`,
  ),
  ["Last Share Time", (device, rig) => text(sinceShare(device, rig))],
  ...pickFields(
    fields.device,
    `Total MH, Diff1 Work, Difficulty Accepted, Difficulty Rejected, Last Share Difficulty, Last Valid Work, Device Hardware%, Device Rejected%, Device Elapsed`,
  ),
];

/** How long ago the last share was found, as `h:mm:ss`; `0` if never. */
function sinceShare(
  { lastShareS }: { readonly lastShareS: number },
  rig: RigState,
): string {
  if (lastShareS === 0) return "0";
  const seconds = Math.max(0, Math.floor(rig.nowS - lastShareS));
  const pad = (part: number): string => String(part % 60).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  return `${Math.floor(minutes / 60)}:${pad(minutes)}:${pad(seconds)}`;
}

const POOL: readonly Field<Pool>[] = [
  ...pickFields(
    fields.pool,
    `POOL, URL, Status, Priority, Quota, Long Poll, Getworks, Accepted, Rejected, Discarded, Stale, Get Failures, Remote Failures, User`,
  ),
  ["Last Share Time", (pool, rig) => text(sinceShare(pool, rig))],
  ["Diff", (pool, rig) => text(describeDifficulty(pool, rig))],
  ...pickFields(
    fields.pool,
    `Diff1 Shares, Proxy Type, Proxy, Difficulty Accepted, Difficulty Rejected, Difficulty Stale, Last Share Difficulty, Has Stratum, Stratum Active, Stratum URL, Has GBT, Best Share, Pool Rejected%, Pool Stale%`,
  ),
];

/** The difficulty of a pool's work, shortened: `16.4K`. */
function describeDifficulty(pool: Pool, rig: RigState): string {
  if (!isActive(pool, rig)) return "";
  const { shareDifficulty } = rig.traits;
  if (shareDifficulty < 1000) return String(shareDifficulty);
  return `${(shareDifficulty / 1000).toPrecision(3)}K`;
}

const DEVDETAILS: readonly Field<Device>[] = [
  ...pickFields(fields.device, `DEVDETAILS, Name, ID`),
  ["Driver", () => text("bitmain")],
  ...pickFields(fields.device, `Kernel, Model, Device Path`),
];

const COIN: readonly Field<RigState>[] = [
  ["Hash Method", () => text("sha256")],
  ...pickFields(fields.rig, `Current Block Time, Current Block Hash, LP`),
  ["Network Difficulty", () => difficulty(114_167_270_716_407.58)],
];

const LCD = pickFields(
  fields.rig,
  `Elapsed, GHS av, GHS 5m, GHS 5s, Temperature, Last Share Difficulty, Last Share Time, Best Share, Last Valid Work, Found Blocks, Current Pool, User`,
);

const STATS_HEAD: readonly Field<RigState>[] = [
  ["BMMiner", () => text("2.0.0")],
  ["Miner", () => text("16.8.1.3")],
  ["CompileTime", () => text(COMPILE_TIME)],
  ["Type", () => text("Antminer S9")],
];

const STATS: readonly Field<Device>[] = [
  ["STATS", (device) => whole(device.id)],
  ["ID", (device) => text(`${NAME}${device.id}`)],
  ["Elapsed", (_device, rig) => whole(rig.elapsedS)],
  ...WAIT_FIELDS,
  ["GHS 5s", (device, rig) => currentGhs(device.findRate(rig.nowS, 5))],
  ["GHS av", (device, rig) => mhs(findDeviceAverage(device, rig) / 1000)],
];

/** Statistics, without the comma after the first object. */
const stats: Command = (exchange) => {
  const { rig, reply } = exchange;
  const devices = rig.devices.map((device): Member[] => [
    ...exchange.read(device, STATS),
    ...findChains(device, rig),
  ]);
  exchange.say("stats");
  const items = [exchange.read(rig, STATS_HEAD), ...devices];
  reply.addSection("STATS", items, false, true);
};

const devs = createDeviceReport("devs", "DEVS", DEVICE);
const asc = createDeviceCommands("asc", DEVICE);

/** bmminer 2.0.0 on an Antminer S9. */
export const ANTMINER: PersonalityTraits = {
  voice: {
    description: "bmminer 1.0.0",
    messages: {
      version: ["S", 22, "BMMiner versions"],
      config: ["S", 33, "BMMiner config"],
      devs: ["S", 9, "%d ASC(s)"],
      noDevices: ["E", 10, "No ASCs"],
      coin: ["S", 78, "BMMiner coin"],
      stats: ["S", 70, "BMMiner stats"],
    },
    discreet: false,
  },
  receiveLimit: 8191,
  repeatsFaults: true,
  deviceCount: 1,
  boardCount: 3,
  nominalMhs: 13_500_000,
  shareDifficulty: 16_384,
  pools: DEFAULT_POOLS,
  reports: {
    version: createReport("version", "VERSION", VERSION),
    config: createReport("config", "CONFIG", CONFIG),
    devs,
    edevs: devs,
    pools: createPoolReport(POOL),
    summary: createReport("summary", "SUMMARY", SUMMARY),
    pgacount: createCount("pgaCount", "PGAS", () => 0),
    notify: createNotify(NAME),
    devdetails: createDeviceReport("devdetails", "DEVDETAILS", DEVDETAILS),
    stats,
    estats: stats,
    coin: createReport("coin", "COIN", COIN),
    usbstats: (exchange) => exchange.say("noUsbStats"),
    asccount: createCount("ascCount", "ASCS", (rig) => rig.devices.length),
    lcd: createReport("lcd", "LCD", LCD),
  },
  lookups: asc.lookups,
  audits: { lockstats: (exchange) => exchange.say("lockStatsDisabled") },
  controls: {
    ...createPoolControls({
      numbered: true,
      accepts: () => true,
      countEnabled: (rig) => rig.poolsAdded,
    }),
    ...asc.controls,
    ...createMinerControls("/config/bmminer.conf"),
    ...CGMINER_CONTROLS,
    // Nothing can be plugged in.
    hotplug: (exchange) => exchange.say("noHotplug"),
  },
};

/** How many chains and fans the fields leave room for. */
const CHAIN_ROOM = 16;
const FAN_ROOM = 8;

/** The places of the chains and the fans of an S9. */
const CHAINS: readonly number[] = [6, 7, 8];
const FANS: readonly number[] = [3, 6];

/** How many chips a chain has, and the state of each: `o` for well. */
const CHIPS = 63;
const CHIP_STATES = " oooooooo".repeat(8).slice(0, -1);
const DEAD_CHIPS = CHIP_STATES.replaceAll("o", "x");

/** Their clock, in MHz, and what a chain should make of it, in GH/s. */
const CLOCK_MHZ = 637;
const IDEAL_GHS = 4500;

/** One chain, measured. */
interface Chain {
  readonly place: number;
  readonly isDead: boolean;
  readonly ghs: number;
  readonly boardC: number;
  readonly chipC: number;
  readonly clockMhz: number;
  readonly errors: number;
}

function measureChain(device: Device, rig: RigState, index: number): Chain {
  const place = CHAINS[index] ?? 0;
  const part = [0.3325, 0.3335, 0.334][index] ?? 0;
  const { hardwareErrors } = device.count(rig.nowS);
  const errors = Math.floor(hardwareErrors * part);
  const { deadBoard } = device;
  if (index === deadBoard) {
    const nothing = { ghs: 0, boardC: 0, chipC: 0, clockMhz: 0 };
    return { place, isDead: true, ...nothing, errors };
  }
  const { length } = CHAINS;
  const share = deadBoard === undefined ? part : part * length / (length - 1);
  const boardC = Math.floor(
    findTemperature(device, rig) - 5 +
      1.5 * drift(rig.nowS, device.seed, place),
  );
  return {
    place,
    isDead: false,
    ghs: share * device.findRate(rig.nowS, 5) / 1000,
    boardC,
    chipC: boardC + Math.floor(15 * device.findHeat(rig.nowS)),
    clockMhz: CLOCK_MHZ - 8 - 2 * mixFraction(device.seed, place),
    errors,
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
    ...spread(
      "chain_acs",
      chains,
      ({ isDead }) => text(isDead ? DEAD_CHIPS : CHIP_STATES),
      blank,
    ),
    ...spread("chain_hw", chains, ({ errors }) => whole(errors), none),
    ...spread("chain_rate", chains, ({ ghs }) => text(ghs.toFixed(2)), blank),
    ...list("chain_xtime", chains, () => text("{}")),
    ...list("chain_offside_", chains, () => text("0")),
    ...list("chain_opencore_", chains, () => text("0")),
    ["miner_version", text("16.8.1.3")],
    ["miner_id", text("8000000000000001")],
  ];
}
