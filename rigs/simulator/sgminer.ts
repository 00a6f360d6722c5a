/**
 * sgminer 4.2.2 with GPUs, mining scrypt, API 3.2; and the commands that set
 * something on a GPU (intensity, clocks, voltage, fan; `N,value` each), which
 * stands in the reports from then on.
 *
 * @module
 */

import {
  createDeviceCommands,
  createMinerControls,
  createPoolControls,
  FORK_CONTROLS,
  readSetting,
  splitAtComma,
} from "./controls.ts";
import type { Device } from "./device.ts";
import { DEFAULT_POOLS, type PersonalityTraits } from "./dispatch.ts";
import type { Command, Exchange, Field, MessageName } from "./exchange.ts";
import { createFields, findTemperature, pickFields } from "./fields.ts";
import { drift } from "./motion.ts";
import { fixed, text, type Value, whole } from "./reply.ts";
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
import { readInteger } from "./request.ts";
import type { Pool, RigState } from "./state.ts";

/** What can be set on a GPU. */
export type GpuSetting =
  | "intensity"
  | "memory"
  | "engine"
  | "millivolt"
  | "fan";

/** An intensity of a GPU that finds its own. */
export const DYNAMIC_INTENSITY = -100;

const LOWEST_INTENSITY = 8;
const HIGHEST_INTENSITY = 31;

const nameSetting = (setting: GpuSetting, id: number): string =>
  `${setting} ${id}`;

/**
 * Reads what has been set on a GPU.
 *
 * @param device The GPU.
 * @param rig Its rig.
 * @param setting What.
 * @param initial What it is until it is set.
 */
export function readGpu(
  device: Device,
  rig: RigState,
  setting: GpuSetting,
  initial: number,
): number {
  return readSetting(rig, nameSetting(setting, device.id), initial);
}

/** Makes a control of what is to be done with a GPU's number and a value. */
function onGpu(
  run: (exchange: Exchange, id: number, value: string) => void,
): Command {
  return (exchange) => {
    const { rig: { devices }, parameter } = exchange;
    if (devices.length === 0) return exchange.say("gpuNone");
    if (!parameter) return exchange.say("missingDevice");
    const [number, value] = splitAtComma(parameter);
    if (value === undefined) return exchange.say("missingGpuValue");
    const id = readInteger(number);
    if (devices[id] === undefined) {
      return exchange.say("gpuInvalid", id, devices.length - 1);
    }
    run(exchange, id, value);
  };
}

const setIntensity = onGpu((exchange, id, value) => {
  const { settings } = exchange.rig;
  const setting = nameSetting("intensity", id);
  if (value.charAt(0).toLowerCase() === "d") {
    settings.set(setting, DYNAMIC_INTENSITY);
    return exchange.say("gpuIntensity", id, "d");
  }
  const intensity = readInteger(value);
  if (intensity < LOWEST_INTENSITY || intensity > HIGHEST_INTENSITY) {
    return exchange.say("invalidIntensity", value);
  }
  settings.set(setting, intensity);
  exchange.say("gpuIntensity", id, intensity);
});

/** Makes a control that writes a number down, and always succeeds. */
function setNumber(
  setting: GpuSetting,
  message: MessageName,
  unit = 1,
): Command {
  return onGpu((exchange, id, value) => {
    const number = Math.round(unit * (Number.parseFloat(value) || 0));
    exchange.rig.settings.set(nameSetting(setting, id), number);
    exchange.say(message, id, value);
  });
}

/** The commands, by name. */
export const GPU_CONTROLS: Readonly<Record<string, Command>> = {
  gpuintensity: setIntensity,
  gpumem: setNumber("memory", "gpuMemory"),
  gpuengine: setNumber("engine", "gpuEngine"),
  gpuvddc: setNumber("millivolt", "gpuVoltage", 1000),
  gpufan: setNumber("fan", "gpuFan"),
};

/** The name of the devices' driver. */
const NAME = "GPU";

const difficulty = (value: number): Value => fixed(value, 8);

const fields = createFields({
  driver: NAME,
  deviceKind: "GPU",
  rateDecimals: 4,
  utilityDecimals: 4,
  difficulty,
});

const VERSION: readonly Field<RigState>[] = [
  ["Miner", () => text("sgminer 4.2.2")],
  ["CGMiner", () => text("4.2.2")],
  ["API", () => text("3.2")],
];

const CONFIG: readonly Field<RigState>[] = [
  ...pickFields(fields.rig, "GPU Count, Pool Count"),
  ["ADL", () => text("Y")],
  ["ADL in use", () => text("Y")],
  ...pickFields(fields.rig, "Strategy"),
  ["Log Interval", () => whole(5)],
  ["Device Code", () => text("GPU ")],
  ...pickFields(fields.rig, "OS, Failover-Only"),
  ["ScanTime", (rig) => whole(readSetting(rig, "scantime", 7))],
  ["Queue", (rig) => whole(readSetting(rig, "queue", 1))],
  ["Expiry", (rig) => whole(readSetting(rig, "expiry", 28))],
];

const SUMMARY = pickFields(
  fields.rig,
  `Elapsed, MHS av, MHS 5s, KHS av, KHS 5s, Found Blocks, Getworks, Accepted,
  Rejected, Hardware Errors, Utility, Discarded, Stale, Get Failures,
  Local Work, Remote Failures, Network Blocks, Total MH, Work Utility,
  Difficulty Accepted, Difficulty Rejected, Difficulty Stale, Best Share,
  Device Hardware%, Device Rejected%, Pool Rejected%, Pool Stale%,
  Last getwork`,
);

/** How fast a fan turns, in percent: by its GPU's temperature, unless set. */
function findFanPercent(device: Device, rig: RigState): number {
  const warmth = findTemperature(device, rig) - 27;
  const automatic = 25 + warmth + 2 * drift(rig.nowS, device.seed, 8);
  return readGpu(device, rig, "fan", Math.floor(automatic));
}

const DEVICE: readonly Field<Device>[] = [
  ...pickFields(fields.device, "GPU, Enabled, Status, Temperature"),
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
  ...pickFields(
    fields.device,
    `MHS av, MHS 5s, KHS av, KHS 5s, Accepted, Rejected, Hardware Errors,
  Utility`,
  ),
  ["Intensity", (device, rig) => text(describeIntensity(device, rig))],
  ["XIntensity", () => whole(0)],
  ["RawIntensity", () => whole(0)],
  ...pickFields(
    fields.device,
    `Last Share Pool, Last Share Time, Total MH, Diff1 Work,
  Difficulty Accepted, Difficulty Rejected, Last Share Difficulty,
  Last Valid Work, Device Hardware%, Device Rejected%, Device Elapsed`,
  ),
];

/** How hard a GPU works: a number, or `D` for as hard as it goes unnoticed. */
function describeIntensity(device: Device, rig: RigState): string {
  const intensity = readGpu(device, rig, "intensity", 18);
  return intensity < 0 ? "D" : String(intensity);
}

const POOL: readonly Field<Pool>[] = [
  ...pickFields(fields.pool, "POOL"),
  ["Name", (pool) => text(pool.host)],
  ...pickFields(fields.pool, "URL"),
  ["Algorithm", () => text("scrypt")],
  ["Description", () => text("")],
  ...pickFields(
    fields.pool,
    `Status, Priority, Quota, Long Poll, Getworks, Accepted, Rejected, Works,
  Discarded, Stale, Get Failures, Remote Failures, User, Last Share Time,
  Diff1 Shares, Proxy Type, Proxy, Difficulty Accepted, Difficulty Rejected,
  Difficulty Stale, Last Share Difficulty, Has Stratum, Stratum Active,
  Stratum URL, Has GBT, Best Share, Pool Rejected%, Pool Stale%`,
  ),
];

const DEVDETAILS: readonly Field<Device>[] = [
  ...pickFields(fields.device, "DEVDETAILS, Name, ID"),
  ["Driver", () => text("opencl")],
  ["Kernel", () => text("ckolivas")],
  ["Model", () => text("AMD Radeon R9 200 Series")],
  ...pickFields(fields.device, "Device Path"),
];

const COIN: readonly Field<RigState>[] = [
  ["Hash Method", () => text("scrypt")],
  ...pickFields(fields.rig, "Current Block Time, Current Block Hash, LP"),
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
