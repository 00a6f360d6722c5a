/**
 * sgminer 4.2.2 with GPUs, mining scrypt, API 3.2.
 *
 * @example
 * ```ts
 * import { SGMINER } from "./sgminer.ts";
 *
 * console.log(Object.keys(SGMINER.reports)); // [ "version", "config", … ]
 * ```
 *
 * @module
 */

import type { Device } from "./device.ts";
import { createDeviceCommands } from "./device_controls.ts";
import type { Field } from "./exchange.ts";
import { GPU_CONTROLS, readGpu } from "./gpu_controls.ts";
import {
  findDeviceAverage,
  findErrorPart,
  findLastDifficulty,
  findPoolPart,
  findRejectPart,
  findTemperature,
  findUtility,
  isActive,
  sumDifficulty,
} from "./measures.ts";
import {
  createMinerControls,
  FORK_CONTROLS,
  readSetting,
} from "./miner_controls.ts";
import { drift } from "./motion.ts";
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
const NAME = "GPU";

const mhs = (value: number): Value => fixed(value, 4);
const khs = (valueMhs: number): Value => whole(Math.round(valueMhs * 1000));
const difficulty = (value: number): Value => fixed(value, 8);
const percent = (value: number): Value => fixed(value, 4);
const utility = (count: number, rig: RigState): Value =>
  fixed(findUtility(count, rig.elapsedS), 4);
const shares = (rig: RigState, count: number): Value =>
  difficulty(sumDifficulty(rig, count));

const VERSION: readonly Field<RigState>[] = [
  ["Miner", () => text("sgminer 4.2.2")],
  ["CGMiner", () => text("4.2.2")],
  ["API", () => text("3.2")],
];

const CONFIG: readonly Field<RigState>[] = [
  ["GPU Count", (rig) => whole(rig.devices.length)],
  ["Pool Count", (rig) => whole(rig.pools.length)],
  ["ADL", () => text("Y")],
  ["ADL in use", () => text("Y")],
  ["Strategy", () => text("Failover")],
  ["Log Interval", () => whole(5)],
  ["Device Code", () => text("GPU ")],
  ["OS", () => text("Linux")],
  ["Failover-Only", (rig) => flag(rig.failoverOnly)],
  ["ScanTime", (rig) => whole(readSetting(rig, "scantime", 7))],
  ["Queue", (rig) => whole(readSetting(rig, "queue", 1))],
  ["Expiry", (rig) => whole(readSetting(rig, "expiry", 28))],
];

const SUMMARY: readonly Field<RigState>[] = [
  ["Elapsed", (rig) => whole(rig.elapsedS)],
  ["MHS av", (rig) => mhs(rig.averageMhs)],
  ["MHS 5s", (rig) => mhs(rig.findRate(5))],
  ["KHS av", (rig) => khs(rig.averageMhs)],
  ["KHS 5s", (rig) => khs(rig.findRate(5))],
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

/** How fast a fan turns, in percent: by its GPU's temperature, unless set. */
function findFanPercent(device: Device, rig: RigState): number {
  const warmth = findTemperature(device, rig) - 27;
  const automatic = 25 + warmth + 2 * drift(rig.nowS, device.seed, 8);
  return readGpu(device, rig, "fan", Math.floor(automatic));
}

const DEVICE: readonly Field<Device>[] = [
  ["GPU", (device) => whole(device.id)],
  ["Enabled", (device) => text(device.enabled ? "Y" : "N")],
  ["Status", () => text("Alive")],
  ["Temperature", (device, rig) => fixed(findTemperature(device, rig), 2)],
  ["Fan Speed", (device, rig) => whole(findFanPercent(device, rig) * 48)],
  ["Fan Percent", (device, rig) => whole(findFanPercent(device, rig))],
  ["GPU Clock", (device, rig) => whole(readGpu(device, rig, "engine", 1020))],
  [
    "Memory Clock",
    (device, rig) => whole(readGpu(device, rig, "memory", 1500)),
  ],
  [
    "GPU Voltage",
    (device, rig) => fixed(readGpu(device, rig, "millivolt", 1170) / 1000, 3),
  ],
  ["GPU Activity", (device) => whole(device.enabled ? 99 : 0)],
  ["Powertune", () => whole(20)],
  ["MHS av", (device, rig) => mhs(findDeviceAverage(device, rig))],
  ["MHS 5s", (device, rig) => mhs(device.findRate(rig.nowS, 5))],
  ["KHS av", (device, rig) => khs(findDeviceAverage(device, rig))],
  ["KHS 5s", (device, rig) => khs(device.findRate(rig.nowS, 5))],
  ["Accepted", (device, rig) => whole(device.count(rig.nowS).accepted)],
  ["Rejected", (device, rig) => whole(device.count(rig.nowS).rejected)],
  [
    "Hardware Errors",
    (device, rig) => whole(device.count(rig.nowS).hardwareErrors),
  ],
  ["Utility", (device, rig) => utility(device.count(rig.nowS).accepted, rig)],
  ["Intensity", (device, rig) => text(describeIntensity(device, rig))],
  ["XIntensity", () => whole(0)],
  ["RawIntensity", () => whole(0)],
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

/** How hard a GPU works: a number, or `D` for as hard as it goes unnoticed. */
function describeIntensity(device: Device, rig: RigState): string {
  const intensity = readGpu(device, rig, "intensity", 18);
  return intensity < 0 ? "D" : String(intensity);
}

const POOL: readonly Field<Pool>[] = [
  ["POOL", (pool, rig) => whole(rig.pools.indexOf(pool))],
  ["Name", (pool) => text(pool.host)],
  ["URL", (pool) => text(pool.url)],
  ["Algorithm", () => text("scrypt")],
  ["Description", () => text("")],
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
  ["Has Stratum", (pool) => flag(pool.stratum)],
  ["Stratum Active", (pool, rig) => flag(isActive(pool, rig))],
  ["Stratum URL", (pool, rig) => text(isActive(pool, rig) ? pool.host : "")],
  ["Has GBT", () => flag(false)],
  ["Best Share", (pool, rig) => whole(rig.findPoolBest(pool))],
  ["Pool Rejected%", ({ counts }) => percent(findPoolPart(counts, "rejected"))],
  ["Pool Stale%", ({ counts }) => percent(findPoolPart(counts, "stale"))],
];

const DEVDETAILS: readonly Field<Device>[] = [
  ["DEVDETAILS", (device) => whole(device.id)],
  ["Name", () => text(NAME)],
  ["ID", (device) => whole(device.id)],
  ["Driver", () => text("opencl")],
  ["Kernel", () => text("ckolivas")],
  ["Model", () => text("AMD Radeon R9 200 Series")],
  ["Device Path", () => text("")],
];

const COIN: readonly Field<RigState>[] = [
  ["Hash Method", () => text("scrypt")],
  ["Current Block Time", (rig) => fixed(rig.blockS, 6)],
  ["Current Block Hash", (rig) => text(rig.blockHash)],
  ["LP", () => flag(true)],
  ["Network Difficulty", () => difficulty(43_851_617.51)],
];

const gpu = createDeviceCommands("gpu", DEVICE);

/** sgminer 4.2.2. */
export const SGMINER: PersonalityTraits = {
  voice: {
    description: "sgminer 4.2.2",
    messages: {
      version: ["S", 22, "SGMiner versions"],
      config: ["S", 33, "sgminer config"],
      devs: ["S", 9, "%d GPU(s)"],
      noDevices: ["E", 10, "No GPUs"],
      coin: ["S", 78, "sgminer coin"],
      stats: ["S", 70, "sgminer stats"],
      addedPool: ["S", 55, "Added pool '%s'"],
    },
    discreet: false,
  },
  receiveLimit: 8191,
  repeatsFaults: true,
  deviceCount: 3,
  nominalMhs: 0.85,
  shareDifficulty: 512,
  hashesPerDiff1: 2 ** 16,
  pools: DEFAULT_POOLS,
  reports: {
    version: createReport("version", "VERSION", VERSION),
    config: createReport("config", "CONFIG", CONFIG),
    devs: createDeviceReport("devs", "DEVS", DEVICE),
    pools: createPoolReport(POOL),
    summary: createReport("summary", "SUMMARY", SUMMARY),
    gpucount: createCount("gpuCount", "GPUS", (rig) => rig.devices.length),
    notify: createNotify(NAME),
    devdetails: createDeviceReport("devdetails", "DEVDETAILS", DEVDETAILS),
    stats: createStatsReport(
      "stats",
      NAME,
      WAIT_FIELDS,
      createPoolStats(difficulty),
    ),
    coin: createReport("coin", "COIN", COIN),
  },
  lookups: gpu.lookups,
  audits: { lockstats: (exchange) => exchange.say("lockStatsDisabled") },
  controls: {
    ...createPoolControls({
      numbered: false,
      // With a name there must be a description and an algorithm as well.
      accepts: (parts) => parts === 3 || parts > 5,
      countEnabled: () => Infinity,
    }),
    ...gpu.controls,
    ...GPU_CONTROLS,
    ...createMinerControls("/home/miner/.sgminer/sgminer.conf"),
    ...FORK_CONTROLS,
  },
};
