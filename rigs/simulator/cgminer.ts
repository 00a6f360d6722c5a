/**
 * cgminer 4.11.1 with ASICs (Spondoolies SP10, as recorded), API 3.7.
 *
 * @example
 * ```ts
 * import { CGMINER } from "./cgminer.ts";
 *
 * console.log(Object.keys(CGMINER.reports)); // [ "version", "config", … ]
 * ```
 *
 * @module
 */

import type { Device } from "./device.ts";
import {
  createAbsentDeviceCommands,
  createDeviceCommands,
} from "./device_controls.ts";
import type { Field } from "./exchange.ts";
import { CGMINER_CONTROLS, createMinerControls } from "./miner_controls.ts";
import {
  findDeviceAverage,
  findErrorPart,
  findHottest,
  findLastDifficulty,
  findLastWorkS,
  findPoolPart,
  findRejectPart,
  findTemperature,
  findUtility,
  isActive,
  sumDifficulty,
} from "./measures.ts";
import { DEFAULT_POOLS, type PersonalityTraits } from "./personality.ts";
import type { Pool } from "./pool.ts";
import { createPoolControls } from "./pool_controls.ts";
import {
  createCount,
  createDeviceReport,
  createNotify,
  createPoolReport,
  createPoolStats,
  createReport,
  createStatsReport,
  WAIT_FIELDS,
} from "./reports.ts";
import { fixed, flag, text, type Value, whole } from "./reply.ts";
import type { RigState } from "./state.ts";

/** The name of the devices' driver. */
const NAME = "SPN";

const mhs = (value: number): Value => fixed(value, 2);
const difficulty = (value: number): Value => fixed(value, 8);
const percent = (value: number): Value => fixed(value, 4);
const utility = (count: number, rig: RigState): Value =>
  fixed(findUtility(count, rig.elapsedS), 2);
const shares = (rig: RigState, count: number): Value =>
  difficulty(sumDifficulty(rig, count));

const VERSION: readonly Field<RigState>[] = [
  ["CGMiner", () => text("4.11.1")],
  ["API", () => text("3.7")],
];

const CONFIG: readonly Field<RigState>[] = [
  ["ASC Count", (rig) => whole(rig.devices.length)],
  ["PGA Count", () => whole(0)],
  ["Pool Count", (rig) => whole(rig.pools.length)],
  ["Strategy", () => text("Failover")],
  ["Log Interval", () => whole(5)],
  ["Device Code", () => text("AVA BAS BFL ICA MMQ SPN ")],
  ["OS", () => text("Linux")],
  [
    "Hotplug",
    (rig) => rig.hotplugS > 0 ? whole(rig.hotplugS) : text("Disabled"),
  ],
];

const SUMMARY: readonly Field<RigState>[] = [
  ["Elapsed", (rig) => whole(rig.elapsedS)],
  ["MHS av", (rig) => mhs(rig.averageMhs)],
  ["MHS 5s", (rig) => mhs(rig.findRate(5))],
  ["MHS 1m", (rig) => mhs(rig.findRate(60))],
  ["MHS 5m", (rig) => mhs(rig.findRate(300))],
  ["MHS 15m", (rig) => mhs(rig.findRate(900))],
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
  ["Pool Rejected%", ({ counts }) => percent(findPoolPart(counts, "rejected"))],
  ["Pool Stale%", ({ counts }) => percent(findPoolPart(counts, "stale"))],
  ["Last getwork", (rig) => whole(rig.lastNotifyS)],
];

const DEVICE: readonly Field<Device>[] = [
  ["ASC", (device) => whole(device.id)],
  ["Name", () => text(NAME)],
  ["ID", (device) => whole(device.id)],
  ["Enabled", (device) => text(device.enabled ? "Y" : "N")],
  ["Status", () => text("Alive")],
  ["Temperature", (device, rig) => fixed(findTemperature(device, rig), 2)],
  ["MHS av", (device, rig) => mhs(findDeviceAverage(device, rig))],
  ["MHS 5s", (device, rig) => mhs(device.findRate(rig.nowS, 5))],
  ["MHS 1m", (device, rig) => mhs(device.findRate(rig.nowS, 60))],
  ["MHS 5m", (device, rig) => mhs(device.findRate(rig.nowS, 300))],
  ["MHS 15m", (device, rig) => mhs(device.findRate(rig.nowS, 900))],
  ["Accepted", (device, rig) => whole(device.count(rig.nowS).accepted)],
  ["Rejected", (device, rig) => whole(device.count(rig.nowS).rejected)],
  [
    "Hardware Errors",
    (device, rig) => whole(device.count(rig.nowS).hardwareErrors),
  ],
  [
    "Utility",
    (device, rig) => utility(device.count(rig.nowS).accepted, rig),
  ],
  ["Last Share Pool", (device) => whole(device.lastSharePool)],
  ["Last Share Time", (device) => whole(device.lastShareS)],
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
  ["No Device", () => flag(false)],
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
  ["Works", ({ counts }) => whole(counts.works)],
  ["Discarded", ({ counts }) => whole(counts.discarded)],
  ["Stale", ({ counts }) => whole(counts.stale)],
  ["Get Failures", () => whole(0)],
  ["Remote Failures", () => whole(0)],
  ["User", (pool) => text(pool.user)],
  ["Last Share Time", (pool) => whole(pool.lastShareS)],
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
  [
    "Work Difficulty",
    (pool, rig) => shares(rig, pool.counts.works > 0 ? 1 : 0),
  ],
  ["Has Stratum", (pool) => flag(pool.stratum)],
  ["Stratum Active", (pool, rig) => flag(isActive(pool, rig))],
  [
    "Stratum URL",
    (pool, rig) => text(isActive(pool, rig) ? pool.host : ""),
  ],
  [
    "Stratum Difficulty",
    (pool, rig) => shares(rig, isActive(pool, rig) ? 1 : 0),
  ],
  ["Has Vmask", () => flag(false)],
  ["Has GBT", () => flag(false)],
  ["Best Share", (pool, rig) => whole(rig.findPoolBest(pool))],
  ["Pool Rejected%", ({ counts }) => percent(findPoolPart(counts, "rejected"))],
  ["Pool Stale%", ({ counts }) => percent(findPoolPart(counts, "stale"))],
  ["Bad Work", () => whole(0)],
  [
    "Current Block Height",
    (pool, rig) => whole(pool.counts.works > 0 ? rig.blockHeight : 0),
  ],
  [
    "Current Block Version",
    (pool) => whole(pool.counts.works > 0 ? 0x20000000 : 0),
  ],
];

const DEVDETAILS: readonly Field<Device>[] = [
  ["DEVDETAILS", (device) => whole(device.id)],
  ["Name", () => text(NAME)],
  ["ID", (device) => whole(device.id)],
  ["Driver", () => text("Spondoolies")],
  ["Kernel", () => text("")],
  ["Model", () => text("")],
  ["Device Path", () => text("")],
];

const USB_STATS: readonly Field<Device>[] = [
  ["USB Pipe", () => text("0")],
  ["USB Delay", () => text("r0 0.000000 w0 0.000000")],
  ["USB tmo", () => text("0 0")],
];

const DEVICE_STATS: readonly Field<Device>[] = [
  ...WAIT_FIELDS,
  [
    "ASICs total rate",
    (device, rig) => whole(device.findRate(rig.nowS, 5) / 1000),
  ],
  ["Temperature front", (device, rig) => temperature(device, rig, -19)],
  ["Temperature rear top", (device, rig) => temperature(device, rig, 3)],
  ["Temperature rear bot", (device, rig) => temperature(device, rig, 0)],
  ...USB_STATS,
];

/** A temperature of a device that is warmer or colder by so much. */
function temperature(device: Device, rig: RigState, by: number): Value {
  return whole(findTemperature(device, rig) + by * device.findHeat(rig.nowS));
}

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

const devs = createDeviceReport("devs", "DEVS", DEVICE);
const poolStats = createPoolStats(difficulty);
const asc = createDeviceCommands("asc", DEVICE);
const pga = createAbsentDeviceCommands("pga");

/** cgminer 4.11.1. */
export const CGMINER: PersonalityTraits = {
  voice: { description: "cgminer 4.11.1", messages: {}, discreet: true },
  receiveLimit: 4095,
  repeatsFaults: true,
  deviceCount: 3,
  nominalMhs: 500_000,
  shareDifficulty: 1024,
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
    stats: createStatsReport("stats", NAME, DEVICE_STATS, poolStats),
    dbgstats: createStatsReport(
      "debugStats",
      NAME,
      [...WAIT_FIELDS, ...USB_STATS],
      poolStats,
    ),
    estats: createStatsReport("stats", NAME, DEVICE_STATS, undefined),
    coin: createReport("coin", "COIN", COIN),
    usbstats: (exchange) => exchange.say("noUsbStats"),
    asccount: createCount("ascCount", "ASCS", (rig) => rig.devices.length),
    lcd: createReport("lcd", "LCD", LCD),
  },
  lookups: { ...pga.lookups, ...asc.lookups },
  audits: { lockstats: (exchange) => exchange.say("lockStatsDisabled") },
  controls: {
    ...createPoolControls({
      numbered: true,
      accepts: () => true,
      countEnabled: (rig) => rig.poolsAdded,
    }),
    ...pga.controls,
    ...asc.controls,
    ...createMinerControls("/home/miner/.cgminer/cgminer.conf"),
    ...CGMINER_CONTROLS,
  },
};
