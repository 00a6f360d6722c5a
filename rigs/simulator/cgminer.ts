/**
 * cgminer 4.11.1 with ASICs (Spondoolies SP10, as recorded), API 3.7.
 *
 * @module
 */

import {
  CGMINER_CONTROLS,
  createAbsentDeviceCommands,
  createDeviceCommands,
  createMinerControls,
  createPoolControls,
} from "./controls.ts";
import type { Device } from "./device.ts";
import { DEFAULT_POOLS, type PersonalityTraits } from "./dispatch.ts";
import type { Field } from "./exchange.ts";
import { createFields, findTemperature, pickFields } from "./fields.ts";
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
import type { RigState } from "./state.ts";

/** The name of the devices' driver. */
const NAME = "SPN";

const difficulty = (value: number): Value => fixed(value, 8);

const fields = createFields({
  driver: NAME,
  deviceKind: "ASC",
  rateDecimals: 2,
  utilityDecimals: 2,
  difficulty,
});

const VERSION: readonly Field<RigState>[] = [
  ["CGMiner", () => text("4.11.1")],
  ["API", () => text("3.7")],
];

const CONFIG: readonly Field<RigState>[] = [
  ...pickFields(fields.rig, "ASC Count"),
  ["PGA Count", () => whole(0)],
  ...pickFields(fields.rig, "Pool Count, Strategy"),
  ["Log Interval", () => whole(5)],
  ["Device Code", () => text("AVA BAS BFL ICA MMQ SPN ")],
  ...pickFields(fields.rig, "OS"),
  [
    "Hotplug",
    (rig) => rig.hotplugS > 0 ? whole(rig.hotplugS) : text("Disabled"),
  ],
];

const SUMMARY = pickFields(
  fields.rig,
  `Elapsed, MHS av, MHS 5s, MHS 1m, MHS 5m, MHS 15m, Found Blocks, Getworks,
  Accepted, Rejected, Hardware Errors, Utility, Discarded, Stale,
  Get Failures, Local Work, Remote Failures, Network Blocks, Total MH,
  Work Utility, Difficulty Accepted, Difficulty Rejected, Difficulty Stale,
  Best Share, Device Hardware%, Device Rejected%, Pool Rejected%,
  Pool Stale%, Last getwork`,
);

const DEVICE = pickFields(
  fields.device,
  `ASC, Name, ID, Enabled, Status, Temperature, MHS av, MHS 5s, MHS 1m,
  MHS 5m, MHS 15m, Accepted, Rejected, Hardware Errors, Utility,
  Last Share Pool, Last Share Time, Total MH, Diff1 Work,
  Difficulty Accepted, Difficulty Rejected, Last Share Difficulty,
  No Device, Last Valid Work, Device Hardware%, Device Rejected%,
  Device Elapsed`,
);

const POOL = pickFields(
  fields.pool,
  `POOL, URL, Status, Priority, Quota, Long Poll, Getworks, Accepted,
  Rejected, Works, Discarded, Stale, Get Failures, Remote Failures, User,
  Last Share Time, Diff1 Shares, Proxy Type, Proxy, Difficulty Accepted,
  Difficulty Rejected, Difficulty Stale, Last Share Difficulty,
  Work Difficulty, Has Stratum, Stratum Active, Stratum URL,
  Stratum Difficulty, Has Vmask, Has GBT, Best Share, Pool Rejected%,
  Pool Stale%, Bad Work, Current Block Height, Current Block Version`,
);

const DEVDETAILS: readonly Field<Device>[] = [
  ...pickFields(fields.device, "DEVDETAILS, Name, ID"),
  ["Driver", () => text("Spondoolies")],
  ...pickFields(fields.device, "Kernel, Model, Device Path"),
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
  ...pickFields(fields.rig, "Current Block Time, Current Block Hash, LP"),
  ["Network Difficulty", () => difficulty(114_167_270_716_407.58)],
];

const LCD = pickFields(
  fields.rig,
  `Elapsed, GHS av, GHS 5m, GHS 5s, Temperature, Last Share Difficulty,
  Last Share Time, Best Share, Last Valid Work, Found Blocks, Current Pool,
  User`,
);

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
