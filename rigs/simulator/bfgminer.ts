/**
 * bfgminer 5.5.0 with USB miners, which it calls PGAs, API 3.1.
 *
 * @module
 */

import {
  createDeviceCommands,
  createMinerControls,
  createPoolControls,
  FORK_CONTROLS,
  readSetting,
} from "./controls.ts";
import type { Device } from "./device.ts";
import { DEFAULT_POOLS, type PersonalityTraits } from "./dispatch.ts";
import type { Command, Field } from "./exchange.ts";
import { createFields, pickFields } from "./fields.ts";
import { text, whole } from "./reply.ts";
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

/** The name of the devices' driver: Antminer U1 and U2. */
const NAME = "AMU";

/** bfgminer averages over its log interval, in seconds. */
const LOG_INTERVAL_S = 20;

const fields = createFields({
  driver: NAME,
  deviceKind: "PGA",
  rateDecimals: 3,
  utilityDecimals: 3,
  difficulty: whole,
  windowS: LOG_INTERVAL_S,
});

const VERSION: readonly Field<RigState>[] = [
  ["Miner", () => text("bfgminer 5.5.0-unknown")],
  ["CGMiner", () => text("5.5.0-unknown")],
  ["API", () => text("3.1")],
];

const CONFIG: readonly Field<RigState>[] = [
  ["PGA Count", (rig) => whole(rig.devices.length)],
  ...pickFields(fields.rig, "Pool Count"),
  ["ADL", () => text("N")],
  ["ADL in use", () => text("N")],
  ...pickFields(fields.rig, "Strategy"),
  ["Log Interval", () => whole(LOG_INTERVAL_S)],
  ["Device Code", () => text(NAME)],
  ...pickFields(fields.rig, "OS, Failover-Only"),
  ["ScanTime", (rig) => whole(readSetting(rig, "scantime", 60))],
  ["Queue", (rig) => whole(readSetting(rig, "queue", 1))],
  ["Expiry", (rig) => whole(readSetting(rig, "expiry", 120))],
  ["Coinbase-Sig", () => text("(null)")],
];

const SUMMARY: readonly Field<RigState>[] = [
  ...pickFields(fields.rig, "Elapsed"),
  ["Algorithm", () => text("sha256d")],
  ...pickFields(
    fields.rig,
    `MHS av, MHS 20s, Found Blocks, Getworks, Accepted, Rejected,
  Hardware Errors, Utility, Discarded, Stale, Get Failures, Local Work,
  Remote Failures, Network Blocks, Total MH, Diff1 Work, Work Utility,
  Difficulty Accepted, Difficulty Rejected, Difficulty Stale, Best Share,
  Device Hardware%, Device Rejected%, Pool Rejected%, Pool Stale%,
  Last getwork`,
  ),
];

const DEVICE_NAME = pickFields(fields.device, "PGA, Name, ID");

const DEVICE_STATE = pickFields(
  fields.device,
  `Enabled, Status, Device Elapsed, MHS av, MHS 20s, MHS rolling, Accepted,
  Rejected, Hardware Errors, Utility, Stale, Last Share Pool,
  Last Share Time, Total MH, Diff1 Work, Work Utility, Difficulty Accepted,
  Difficulty Rejected, Difficulty Stale, Last Valid Work, Device Hardware%,
  Device Rejected%`,
);

const DEVICE: readonly Field<Device>[] = [...DEVICE_NAME, ...DEVICE_STATE];

/** A processor of a device; each of these devices has one. */
const PROCESSOR: readonly Field<Device>[] = [
  ...DEVICE_NAME,
  ["ProcID", () => whole(0)],
  ...DEVICE_STATE,
];

const POOL = pickFields(
  fields.pool,
  `POOL, URL, Status, Priority, Quota, Mining Goal, Long Poll, Getworks,
  Accepted, Rejected, Works, Discarded, Stale, Get Failures,
  Remote Failures, User, Last Share Time, Diff1 Shares, Proxy,
  Difficulty Accepted, Difficulty Rejected, Difficulty Stale,
  Last Share Difficulty, Has Stratum, Stratum Active, Stratum URL,
  Best Share, Pool Rejected%, Pool Stale%`,
);

const DEVDETAILS: readonly Field<Device>[] = [
  ...pickFields(fields.device, "DEVDETAILS, Name, ID"),
  ["Processors", () => whole(1)],
  ["Driver", () => text("antminer")],
  ...pickFields(fields.device, "Kernel"),
  ["Target Temperature", () => whole(89)],
  ["Cutoff Temperature", () => whole(95)],
];

const COIN: readonly Field<RigState>[] = [
  ["Hash Method", () => text("sha256")],
  ["Current Block Time", (rig) => whole(rig.blockS)],
  ...pickFields(fields.rig, "Current Block Hash, LP"),
  ["Network Difficulty", () => whole(114_167_270_716_407)],
  ...pickFields(fields.rig, "Difficulty Accepted"),
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
      countEnabled: (rig) => rig.pools.filter((pool) => pool.enabled).length,
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
