/**
 * bmminer 2.0.0 on an Antminer S9, API 3.1: a fork of cgminer 4.9 with hash
 * boards called chains, after recorded replies. In its `stats` the comma
 * between the first two objects is missing, so that they are not valid JSON.
 *
 * @example
 * ```ts
 * import { ANTMINER } from "./antminer.ts";
 *
 * console.log(Object.keys(ANTMINER.reports)); // [ "version", "config", … ]
 * ```
 *
 * @module
 */

import { findChains } from "./chains.ts";
import type { Device } from "./device.ts";
import { createDeviceCommands } from "./device_controls.ts";
import type { Command, Field } from "./exchange.ts";
import {
  findDeviceAverage,
  findErrorPart,
  findHottest,
  findLastDifficulty,
  findLastWorkS,
  findPoolPart,
  findRejectPart,
  findUtility,
  isActive,
  sumDifficulty,
} from "./measures.ts";
import { CGMINER_CONTROLS, createMinerControls } from "./miner_controls.ts";
import { DEFAULT_POOLS, type PersonalityTraits } from "./personality.ts";
import type { Pool } from "./pool.ts";
import { createPoolControls } from "./pool_controls.ts";
import {
  createCount,
  createDeviceReport,
  createNotify,
  createPoolReport,
  createReport,
  WAIT_FIELDS,
} from "./reports.ts";
import { fixed, flag, type Member, text, type Value, whole } from "./reply.ts";
import type { RigState } from "./state.ts";

/** The name of the devices' driver. */
const NAME = "BC5";

const COMPILE_TIME = "Fri Nov 17 17:57:49 CST 2017";

const mhs = (value: number): Value => fixed(value, 2);
const difficulty = (value: number): Value => fixed(value, 8);
const percent = (value: number): Value => fixed(value, 4);
const utility = (count: number, rig: RigState): Value =>
  fixed(findUtility(count, rig.elapsedS), 2);
const shares = (rig: RigState, count: number): Value =>
  difficulty(sumDifficulty(rig, count));
/** Five seconds' hashrate, which this firmware writes as a string. */
const currentGhs = (valueMhs: number): Value =>
  text((valueMhs / 1000).toFixed(2));

const VERSION: readonly Field<RigState>[] = [
  ["BMMiner", () => text("2.0.0")],
  ["API", () => text("3.1")],
  ["Miner", () => text("16.8.1.3")],
  ["CompileTime", () => text(COMPILE_TIME)],
  ["Type", () => text("Antminer S9")],
];

const CONFIG: readonly Field<RigState>[] = [
  ["ASC Count", (rig) => whole(rig.devices.length)],
  ["PGA Count", () => whole(0)],
  ["Pool Count", (rig) => whole(rig.pools.length)],
  ["Strategy", () => text("Failover")],
  ["Log Interval", () => whole(5)],
  ["Device Code", () => text(`${NAME} `)],
  ["OS", () => text("Linux")],
];

const SUMMARY: readonly Field<RigState>[] = [
  ["Elapsed", (rig) => whole(rig.elapsedS)],
  ["GHS 5s", (rig) => currentGhs(rig.findRate(5))],
  ["GHS av", (rig) => mhs(rig.averageMhs / 1000)],
  ["Found Blocks", () => whole(0)],
  ["Getworks", (rig) => whole(rig.counts.getworks)],
  ["Accepted", (rig) => whole(rig.counts.accepted)],
  ["Rejected", (rig) => whole(rig.counts.rejected)],
  ["Hardware Errors", (rig) => whole(rig.counts.hardwareErrors)],
  ["Utility", (rig) => utility(rig.counts.accepted, rig)],
  ["Discarded", (rig) => whole(rig.counts.discarded)],
  ["Stale", (rig) => whole(rig.counts.stale)],
  ["Get Failures", () => whole(0)],
  ["Local Work", (rig) => whole(rig.counts.works)],
  ["Remote Failures", () => whole(0)],
  ["Network Blocks", (rig) => whole(rig.networkBlocks)],
  ["Total MH", (rig) => fixed(rig.workMh, 4)],
  ["Work Utility", (rig) => utility(rig.counts.diff1, rig)],
  ["Difficulty Accepted", (rig) => shares(rig, rig.counts.accepted)],
  ["Difficulty Rejected", (rig) => shares(rig, rig.counts.rejected)],
  ["Difficulty Stale", (rig) => shares(rig, rig.counts.stale)],
  ["Best Share", (rig) => whole(rig.bestShare)],
  ["Device Hardware%", (rig) => percent(findErrorPart(rig.counts))],
  ["Device Rejected%", (rig) => percent(findRejectPart(rig.counts, rig))],
  ["Pool Rejected%", (rig) => percent(findPoolPart(rig.counts, "rejected"))],
  ["Pool Stale%", (rig) => percent(findPoolPart(rig.counts, "stale"))],
  ["Last getwork", (rig) => whole(rig.lastNotifyS)],
];

const DEVICE: readonly Field<Device>[] = [
  ["ASC", (device) => whole(device.id)],
  ["Name", () => text(NAME)],
  ["ID", (device) => whole(device.id)],
  ["Enabled", (device) => text(device.enabled ? "Y" : "N")],
  ["Status", () => text("Alive")],
  // The S9 reports its temperatures in `stats` alone.
  ["Temperature", () => fixed(0, 2)],
  ["MHS av", (device, rig) => mhs(findDeviceAverage(device, rig))],
  ["MHS 5s", (device, rig) => mhs(device.findRate(rig.nowS, 5))],
  ["Accepted", (device, rig) => whole(device.count(rig.nowS).accepted)],
  ["Rejected", (device, rig) => whole(device.count(rig.nowS).rejected)],
  [
    "Hardware Errors",
    (device, rig) => whole(device.count(rig.nowS).hardwareErrors),
  ],
  ["Utility", (device, rig) => utility(device.count(rig.nowS).accepted, rig)],
  ["Last Share Pool", (device) => whole(device.lastSharePool)],
  ["Last Share Time", (device, rig) => text(sinceShare(device, rig))],
  ["Total MH", (device, rig) => fixed(device.findWork(rig.nowS), 4)],
  ["Diff1 Work", (device, rig) => whole(device.count(rig.nowS).diff1)],
  [
    "Difficulty Accepted",
    (device, rig) => shares(rig, device.count(rig.nowS).accepted),
  ],
  [
    "Difficulty Rejected",
    (device, rig) => shares(rig, device.count(rig.nowS).rejected),
  ],
  [
    "Last Share Difficulty",
    (device, rig) => difficulty(findLastDifficulty(rig, device)),
  ],
  ["Last Valid Work", (device, rig) => whole(device.findLastWorkS(rig.nowS))],
  [
    "Device Hardware%",
    (device, rig) => percent(findErrorPart(device.count(rig.nowS))),
  ],
  [
    "Device Rejected%",
    (device, rig) => percent(findRejectPart(device.count(rig.nowS), rig)),
  ],
  ["Device Elapsed", (_device, rig) => whole(rig.elapsedS)],
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
  ["POOL", (pool, rig) => whole(rig.pools.indexOf(pool))],
  ["URL", (pool) => text(pool.url)],
  ["Status", (pool, rig) => text(pool.describeState(rig.nowS))],
  ["Priority", (pool) => whole(pool.priority)],
  ["Quota", (pool) => whole(pool.quota)],
  ["Long Poll", () => text("N")],
  ["Getworks", ({ counts }) => whole(counts.getworks)],
  ["Accepted", ({ counts }) => whole(counts.accepted)],
  ["Rejected", ({ counts }) => whole(counts.rejected)],
  ["Discarded", ({ counts }) => whole(counts.discarded)],
  ["Stale", ({ counts }) => whole(counts.stale)],
  ["Get Failures", () => whole(0)],
  ["Remote Failures", () => whole(0)],
  ["User", (pool) => text(pool.user)],
  ["Last Share Time", (pool, rig) => text(sinceShare(pool, rig))],
  ["Diff", (pool, rig) => text(describeDifficulty(pool, rig))],
  ["Diff1 Shares", ({ counts }) => whole(counts.diff1)],
  ["Proxy Type", () => text("")],
  ["Proxy", () => text("")],
  ["Difficulty Accepted", ({ counts }, rig) => shares(rig, counts.accepted)],
  ["Difficulty Rejected", ({ counts }, rig) => shares(rig, counts.rejected)],
  ["Difficulty Stale", ({ counts }, rig) => shares(rig, counts.stale)],
  [
    "Last Share Difficulty",
    (pool, rig) => difficulty(findLastDifficulty(rig, pool)),
  ],
  ["Has Stratum", (pool) => flag(pool.stratum)],
  ["Stratum Active", (pool, rig) => flag(isActive(pool, rig))],
  ["Stratum URL", (pool, rig) => text(isActive(pool, rig) ? pool.host : "")],
  ["Has GBT", () => flag(false)],
  ["Best Share", (pool, rig) => whole(rig.findPoolBest(pool))],
  ["Pool Rejected%", ({ counts }) => percent(findPoolPart(counts, "rejected"))],
  ["Pool Stale%", ({ counts }) => percent(findPoolPart(counts, "stale"))],
];

/** The difficulty of a pool's work, shortened: `16.4K`. */
function describeDifficulty(pool: Pool, rig: RigState): string {
  if (!isActive(pool, rig)) return "";
  const { shareDifficulty } = rig.traits;
  if (shareDifficulty < 1000) return String(shareDifficulty);
  return `${(shareDifficulty / 1000).toPrecision(3)}K`;
}

const DEVDETAILS: readonly Field<Device>[] = [
  ["DEVDETAILS", (device) => whole(device.id)],
  ["Name", () => text(NAME)],
  ["ID", (device) => whole(device.id)],
  ["Driver", () => text("bitmain")],
  ["Kernel", () => text("")],
  ["Model", () => text("")],
  ["Device Path", () => text("")],
];

const COIN: readonly Field<RigState>[] = [
  ["Hash Method", () => text("sha256")],
  ["Current Block Time", (rig) => fixed(rig.blockS, 6)],
  ["Current Block Hash", (rig) => text(rig.blockHash)],
  ["LP", () => flag(true)],
  ["Network Difficulty", () => difficulty(114_167_270_716_407.58)],
];

const LCD: readonly Field<RigState>[] = [
  ["Elapsed", (rig) => whole(rig.elapsedS)],
  ["GHS av", (rig) => mhs(rig.averageMhs / 1000)],
  ["GHS 5m", (rig) => mhs(rig.findRate(300) / 1000)],
  ["GHS 5s", (rig) => mhs(rig.findRate(5) / 1000)],
  ["Temperature", (rig) => fixed(findHottest(rig), 2)],
  [
    "Last Share Difficulty",
    (rig) => difficulty(findLastDifficulty(rig, rig)),
  ],
  ["Last Share Time", (rig) => whole(rig.lastShareS)],
  ["Best Share", (rig) => whole(rig.bestShare)],
  ["Last Valid Work", (rig) => whole(findLastWorkS(rig))],
  ["Found Blocks", () => whole(0)],
  ["Current Pool", (rig) => text(rig.currentPool?.url ?? "none")],
  ["User", (rig) => text(rig.currentPool?.user ?? "")],
];

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
