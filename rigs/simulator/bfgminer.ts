/**
 * bfgminer 5.5.0 with USB miners, which it calls PGAs, API 3.1.
 *
 * @example
 * ```ts
 * import { BFGMINER } from "./bfgminer.ts";
 *
 * console.log(Object.keys(BFGMINER.reports)); // [ "version", "config", … ]
 * ```
 *
 * @module
 */

import type { Device } from "./device.ts";
import { createDeviceCommands } from "./device_controls.ts";
import type { Command, Field } from "./exchange.ts";
import {
  findDeviceAverage,
  findErrorPart,
  findLastDifficulty,
  findPoolPart,
  findRejectPart,
  findUtility,
  isActive,
  sumDifficulty,
} from "./measures.ts";
import {
  createMinerControls,
  FORK_CONTROLS,
  readSetting,
} from "./miner_controls.ts";
import { DEFAULT_POOLS, type PersonalityTraits } from "./personality.ts";
import type { Pool } from "./pool.ts";
import { countEnabledPools, createPoolControls } from "./pool_controls.ts";
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

/** The name of the devices' driver: Antminer U1 and U2. */
const NAME = "AMU";

/** bfgminer averages over its log interval, in seconds. */
const LOG_INTERVAL_S = 20;

const mhs = (value: number): Value => fixed(value, 3);
const percent = (value: number): Value => fixed(value, 4);
const utility = (count: number, rig: RigState): Value =>
  fixed(findUtility(count, rig.elapsedS), 3);
const shares = (rig: RigState, count: number): Value =>
  whole(sumDifficulty(rig, count));

const VERSION: readonly Field<RigState>[] = [
  ["Miner", () => text("bfgminer 5.5.0-unknown")],
  ["CGMiner", () => text("5.5.0-unknown")],
  ["API", () => text("3.1")],
];

const CONFIG: readonly Field<RigState>[] = [
  ["PGA Count", (rig) => whole(rig.devices.length)],
  ["Pool Count", (rig) => whole(rig.pools.length)],
  ["ADL", () => text("N")],
  ["ADL in use", () => text("N")],
  ["Strategy", () => text("Failover")],
  ["Log Interval", () => whole(LOG_INTERVAL_S)],
  ["Device Code", () => text(NAME)],
  ["OS", () => text("Linux")],
  ["Failover-Only", (rig) => flag(rig.failoverOnly)],
  ["ScanTime", (rig) => whole(readSetting(rig, "scantime", 60))],
  ["Queue", (rig) => whole(readSetting(rig, "queue", 1))],
  ["Expiry", (rig) => whole(readSetting(rig, "expiry", 120))],
  ["Coinbase-Sig", () => text("(null)")],
];

const SUMMARY: readonly Field<RigState>[] = [
  ["Elapsed", (rig) => whole(rig.elapsedS)],
  ["Algorithm", () => text("sha256d")],
  ["MHS av", (rig) => mhs(rig.averageMhs)],
  ["MHS 20s", (rig) => mhs(rig.findRate(LOG_INTERVAL_S))],
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
  ["Diff1 Work", (rig) => whole(rig.counts.diff1)],
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

const DEVICE_NAME: readonly Field<Device>[] = [
  ["PGA", (device) => whole(device.id)],
  ["Name", () => text(NAME)],
  ["ID", (device) => whole(device.id)],
];

const DEVICE_STATE: readonly Field<Device>[] = [
  ["Enabled", (device) => text(device.enabled ? "Y" : "N")],
  ["Status", () => text("Alive")],
  ["Device Elapsed", (_device, rig) => whole(rig.elapsedS)],
  ["MHS av", (device, rig) => mhs(findDeviceAverage(device, rig))],
  ["MHS 20s", (device, rig) => mhs(device.findRate(rig.nowS, LOG_INTERVAL_S))],
  [
    "MHS rolling",
    (device, rig) => mhs(device.findRate(rig.nowS, LOG_INTERVAL_S)),
  ],
  ["Accepted", (device, rig) => whole(device.count(rig.nowS).accepted)],
  ["Rejected", (device, rig) => whole(device.count(rig.nowS).rejected)],
  [
    "Hardware Errors",
    (device, rig) => whole(device.count(rig.nowS).hardwareErrors),
  ],
  ["Utility", (device, rig) => utility(device.count(rig.nowS).accepted, rig)],
  ["Stale", (device, rig) => whole(device.count(rig.nowS).stale)],
  ["Last Share Pool", (device) => whole(device.lastSharePool)],
  ["Last Share Time", (device) => whole(device.lastShareS)],
  ["Total MH", (device, rig) => fixed(device.findWork(rig.nowS), 4)],
  ["Diff1 Work", (device, rig) => whole(device.count(rig.nowS).diff1)],
  [
    "Work Utility",
    (device, rig) => utility(device.count(rig.nowS).diff1, rig),
  ],
  [
    "Difficulty Accepted",
    (device, rig) => shares(rig, device.count(rig.nowS).accepted),
  ],
  [
    "Difficulty Rejected",
    (device, rig) => shares(rig, device.count(rig.nowS).rejected),
  ],
  [
    "Difficulty Stale",
    (device, rig) => shares(rig, device.count(rig.nowS).stale),
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
];

const DEVICE: readonly Field<Device>[] = [...DEVICE_NAME, ...DEVICE_STATE];

/** A processor of a device; each of these devices has one. */
const PROCESSOR: readonly Field<Device>[] = [
  ...DEVICE_NAME,
  ["ProcID", () => whole(0)],
  ...DEVICE_STATE,
];

const POOL: readonly Field<Pool>[] = [
  ["POOL", (pool, rig) => whole(rig.pools.indexOf(pool))],
  ["URL", (pool) => text(pool.url)],
  ["Status", (pool, rig) => text(pool.describeState(rig.nowS))],
  ["Priority", (pool) => whole(pool.priority)],
  ["Quota", (pool) => whole(pool.quota)],
  ["Mining Goal", () => text("default")],
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
  ["Proxy", () => text("")],
  ["Difficulty Accepted", ({ counts }, rig) => shares(rig, counts.accepted)],
  ["Difficulty Rejected", ({ counts }, rig) => shares(rig, counts.rejected)],
  ["Difficulty Stale", ({ counts }, rig) => shares(rig, counts.stale)],
  [
    "Last Share Difficulty",
    (pool, rig) => whole(findLastDifficulty(rig, pool)),
  ],
  ["Has Stratum", (pool) => flag(pool.stratum)],
  ["Stratum Active", (pool, rig) => flag(isActive(pool, rig))],
  ["Stratum URL", (pool, rig) => text(isActive(pool, rig) ? pool.host : "")],
  ["Best Share", (pool, rig) => whole(rig.findPoolBest(pool))],
  ["Pool Rejected%", ({ counts }) => percent(findPoolPart(counts, "rejected"))],
  ["Pool Stale%", ({ counts }) => percent(findPoolPart(counts, "stale"))],
];

const DEVDETAILS: readonly Field<Device>[] = [
  ["DEVDETAILS", (device) => whole(device.id)],
  ["Name", () => text(NAME)],
  ["ID", (device) => whole(device.id)],
  ["Processors", () => whole(1)],
  ["Driver", () => text("antminer")],
  ["Kernel", () => text("")],
  ["Target Temperature", () => whole(89)],
  ["Cutoff Temperature", () => whole(95)],
];

const COIN: readonly Field<RigState>[] = [
  ["Hash Method", () => text("sha256")],
  ["Current Block Time", (rig) => whole(rig.blockS)],
  ["Current Block Hash", (rig) => text(rig.blockHash)],
  ["LP", () => flag(true)],
  ["Network Difficulty", () => whole(114_167_270_716_407)],
  ["Difficulty Accepted", (rig) => shares(rig, rig.counts.accepted)],
];

/** Finds nothing new, ever. */
const devscan: Command = (exchange) => {
  exchange.say("devscan", 0);
  exchange.reply.addSection("DEVS", []);
};

const devdetails = createDeviceReport("devdetails", "DEVS", DEVDETAILS);
const notify = createNotify(NAME, false);
const count = createCount("pgaCount", "PGAS", (rig) => rig.devices.length);
const pga = createDeviceCommands("pga", DEVICE);
const proc = createDeviceCommands("pga", PROCESSOR, "proc");
const refuseCpu: Command = (exchange) => exchange.say("noCpus");

/** bfgminer 5.5.0. */
export const BFGMINER: PersonalityTraits = {
  voice: {
    description: "bfgminer 5.5.0",
    messages: {
      version: ["S", 22, "BFGMiner versions"],
      config: ["S", 33, "BFGMiner config"],
      devs: ["S", 9, "%d PGA(s)"],
      noDevices: ["E", 10, "No PGAs"],
      coin: ["S", 78, "BFGMiner coin"],
      stats: ["S", 70, "BFGMiner stats"],
      addedPool: ["S", 55, "Added pool '%s'"],
    },
    discreet: false,
  },
  receiveLimit: 8191,
  repeatsFaults: false,
  deviceCount: 3,
  nominalMhs: 2000,
  shareDifficulty: 16,
  pools: DEFAULT_POOLS,
  reports: {
    version: createReport("version", "VERSION", VERSION),
    config: createReport("config", "CONFIG", CONFIG),
    devs: createDeviceReport("devs", "DEVS", DEVICE),
    procs: createDeviceReport("devs", "DEVS", PROCESSOR),
    pools: createPoolReport(POOL),
    summary: createReport("summary", "SUMMARY", SUMMARY),
    gpucount: createCount("gpuCount", "GPUS", () => 0),
    pgacount: count,
    proccount: count,
    cpucount: createCount("cpuCount", "CPUS", () => 0),
    notify,
    procnotify: notify,
    devdetails,
    procdetails: devdetails,
    stats: createStatsReport(
      "stats",
      NAME,
      WAIT_FIELDS,
      createPoolStats(whole),
    ),
    coin: createReport("coin", "COIN", COIN),
  },
  lookups: { ...pga.lookups, ...proc.lookups, cpu: refuseCpu },
  audits: {},
  controls: {
    ...createPoolControls({
      numbered: false,
      accepts: () => true,
      countEnabled: countEnabledPools,
    }),
    ...pga.controls,
    ...proc.controls,
    cpuenable: refuseCpu,
    cpudisable: refuseCpu,
    cpurestart: refuseCpu,
    devscan,
    ...createMinerControls("/home/miner/.bfgminer/bfgminer.conf"),
    ...FORK_CONTROLS,
  },
};
