/**
 * LUXminer 2025.4.8 on an Antminer S19k Pro, API 3.7, after recorded replies:
 * hash boards as ASCs, with power, temperatures, fans and profiles in reports
 * of their own.
 *
 * @module
 */

import { createPoolControls } from "./controls.ts";
import type { Device } from "./device.ts";
import { DEFAULT_POOLS, type PersonalityTraits } from "./dispatch.ts";
import type { Command, Field } from "./exchange.ts";
import {
  createFields,
  findHottest,
  findTemperature,
  pickFields,
} from "./fields.ts";
import { createLuxosSession } from "./luxos_session.ts";
import { drift } from "./motion.ts";
import { fixed, flag, type Member, text, whole } from "./reply.ts";
import {
  createDeviceReport,
  createPoolReport,
  createReport,
  WAIT_FIELDS,
} from "./reports.ts";
import type { Pool, RigState } from "./state.ts";

const VERSION_NAME = "2025.4.8.220305";
const TYPE = "Antminer S19k Pro";
const COMPILE_TIME = "Tue Apr  8 22:05:35 UTC 2025";
/** What a board is rated at, in MH/s. */
const BOARD_MHS = 40_000_000;
const FAN_COUNT = 4;

const common = createFields({
  driver: "",
  deviceKind: "ASC",
  rateDecimals: 2,
  utilityDecimals: 2,
  difficulty: whole,
});
/** It counts no hardware errors. */
const noErrors = { "Hardware Errors": () => whole(0) };
const fields = {
  rig: { ...common.rig, ...noErrors },
  device: { ...common.device, ...noErrors },
  pool: common.pool,
};

const VERSION: readonly Field<RigState>[] = [
  ["API", () => text("3.7")],
  ["CompileTime", () => text(COMPILE_TIME)],
  ["LUXminer", () => text(`${VERSION_NAME}-57b389c7`)],
  ["Miner", () => text(VERSION_NAME)],
  ["Type", () => text(TYPE)],
];

const CONFIG: readonly Field<RigState>[] = [
  ...pickFields(fields.rig, "ASC Count"),
  ["ControlBoardType", () => text("cvitek")],
  ["CurtailMode", (rig) => text(rig.isPaused ? "Sleep" : "None")],
  ["Hostname", () => text("simulated")],
  ["ImmersionMode", () => flag(false)],
  ["IsAtmEnabled", () => flag(true)],
  ["IsPowerSupplyOn", (rig) => flag(!rig.isPaused)],
  ["Model", () => text(TYPE)],
  ["NameplateTHS", () => fixed(120, 1)],
  ["OS", () => text("LuxOS")],
  ["PGA Count", () => whole(0)],
  ...pickFields(fields.rig, "Pool Count"),
  ["Profile", (rig) => text(rig.profile)],
  ["Strategy", () => text("Failover")],
  ["SystemStatus", () => text("Normal")],
];

const SUMMARY: readonly Field<RigState>[] = [
  ...pickFields(
    fields.rig,
    `Accepted, Best Share, Device Hardware%, Device Rejected%,
  Difficulty Accepted, Difficulty Rejected, Difficulty Stale, Discarded,
  Elapsed, Found Blocks`,
  ),
  ["GHS 15m", (rig) => fixed(rig.findRate(900) / 1000, 2)],
  ["GHS 1m", (rig) => fixed(rig.findRate(60) / 1000, 2)],
  ["GHS 30m", (rig) => fixed(rig.findRate(1800) / 1000, 2)],
  ...pickFields(
    fields.rig,
    `GHS 5m, GHS 5s, GHS av, Get Failures, Getworks, Hardware Errors,
  Last getwork, Local Work, Network Blocks, Pool Rejected%, Pool Stale%,
  Rejected, Remote Failures, Stale, Total MH, Utility, Work Utility`,
  ),
];

const BOARD: readonly Field<Device>[] = [
  ...pickFields(fields.device, "ASC, Accepted"),
  ["Board", () => text("BHB56903")],
  ["Connector", (board) => text(`J${7 + board.id}`)],
  ...pickFields(
    fields.device,
    `Device Elapsed, Device Hardware%, Device Rejected%, Diff1 Work,
  Difficulty Accepted, Difficulty Rejected, Enabled, Hardware Errors, ID`,
  ),
  ["IsRamping", () => flag(false)],
  ["IsUserShutdown", (board) => flag(!board.enabled)],
  ...pickFields(
    fields.device,
    `Last Share Difficulty, Last Share Pool, Last Share Time, Last Valid Work,
  MHS 15m, MHS 1m, MHS 5m, MHS 5s, MHS av, Name`,
  ),
  ["Nominal MHS", () => fixed(BOARD_MHS, 1)],
  ["Profile", () => text("default")],
  ...pickFields(fields.device, "Rejected"),
  ["SerialNumber", (board) => text(`SIMULATED${board.id}`)],
  ...pickFields(fields.device, "Status, Temperature, Total MH, Utility"),
];

const POOL = pickFields<Pool>(
  fields.pool,
  `Accepted, Bad Work, Best Share, Current Block Height,
  Current Block Version, Diff1 Shares, Difficulty Accepted,
  Difficulty Rejected, Difficulty Stale, Discarded, Get Failures, Getworks,
  Has GBT, Has Stratum, Has Vmask, Last Share Difficulty, Last Share Time,
  POOL, Pool Rejected%, Pool Stale%, Priority, Proxy, Proxy Type, Quota,
  Rejected, Remote Failures, Stale, Status, Stratum Active,
  Stratum Difficulty, Stratum URL, URL, User, Work Difficulty, Works`,
);

function findFanRpm(rig: RigState, fan: number): number {
  const wobble = 20 * drift(rig.nowS, rig.traits.seed, 40 + fan);
  return 60 * Math.round((2000 + 60 * (findHottest(rig) - 27) + wobble) / 60);
}

const power: Command = (exchange) => {
  exchange.say("power");
  exchange.report("POWER", [exchange.rig], [
    ["PSU", () => flag(true)],
    ["Watts", (rig) => whole(rig.powerW ?? 0)],
  ], true);
};

/** Its profiles: name, and what the rig takes in it, in watts. */
const PROFILE_WATTS: readonly (readonly [name: string, watts: number])[] = [
  ["435MHz", 2050],
  ["510MHz", 2390],
  ["default", 2760],
  ["660MHz", 3120],
];

const profiles: Command = (exchange) => {
  exchange.say("profiles", PROFILE_WATTS.length);
  exchange.report("PROFILES", PROFILE_WATTS, [
    ["IsDynamic", () => flag(false)],
    ["Profile Name", ([name]) => text(name)],
    ["Watts", ([, watts]) => whole(watts)],
  ]);
};

const TEMPERATURE: readonly Field<Device>[] = [
  ["BottomLeft", (board, rig) => fixed(findTemperature(board, rig), 1)],
  ["BottomRight", (board, rig) => fixed(findTemperature(board, rig) - 13, 1)],
  ["ID", (board) => whole(board.id)],
  ["TEMP", (board) => whole(board.id)],
  ["TopLeft", (board, rig) => fixed(findTemperature(board, rig), 1)],
  ["TopRight", (board, rig) => fixed(findTemperature(board, rig) - 13, 1)],
];

const temps: Command = (exchange) => {
  const { devices } = exchange.rig;
  exchange.say("temps", devices.length);
  exchange.report("TEMPS", devices, TEMPERATURE);
};

const fans: Command = (exchange) => {
  const all = Array.from({ length: FAN_COUNT }, (_, fan) => fan);
  exchange.say("fans", all.length);
  exchange.report("FANS", all, [
    ["FAN", (fan) => text(`FAN${fan + 1}`)],
    ["ID", (fan) => whole(fan)],
    ["RPM", (fan, rig) => whole(findFanRpm(rig, fan))],
    ["Speed", (fan, rig) => whole(findFanRpm(rig, fan) / 70)],
  ]);
};

const stats: Command = (exchange) => {
  const { rig, reply } = exchange;
  const list = (name: string, write: (board: Device) => Member[1]): Member[] =>
    rig.devices.map((board) => [`${name}${board.id + 1}`, write(board)]);
  exchange.say("stats");
  reply.addSection("STATS", [
    [
      ["CompileTime", text(COMPILE_TIME)],
      ["Miner", text(VERSION_NAME)],
      ["Type", text(TYPE)],
    ],
    [
      ...exchange.read(undefined, WAIT_FIELDS),
      ["Elapsed", whole(rig.elapsedS)],
      ["ID", text("BTM_SOC0")],
      ["STATS", whole(0)],
      ["GHS 5s", fixed(rig.findRate(5) / 1000, 2)],
      ["GHS av", fixed(rig.averageMhs / 1000, 2)],
      ["miner_count", whole(rig.devices.length)],
      ["fan_num", whole(FAN_COUNT)],
      ...Array.from({ length: FAN_COUNT }, (_, fan): Member => [
        `fan${fan + 1}`,
        whole(findFanRpm(rig, fan)),
      ]),
      ["temp_num", whole(rig.devices.length)],
      ...list("temp", (board) => fixed(findTemperature(board, rig), 1)),
      ...list("chain_acn", (board) => whole(board.isDead ? 0 : 77)),
      ...list(
        "chain_rate",
        (board) =>
          text((board.findWork(rig.nowS) / Math.max(1, rig.elapsedS) / 1000)
            .toFixed(2)),
      ),
      ["total_rateideal", fixed(BOARD_MHS / 1000 * rig.devices.length, 1)],
      ["rate_unit", text("GH")],
    ],
  ], false);
};

const {
  poolpriority: _priority,
  poolquota: _quota,
  ...LUXOS_POOL_CONTROLS
} = createPoolControls({
  numbered: false,
  accepts: (parts) => parts <= 4,
  // As Luxor's manual has it: `stratum+tcp://…,account.miner,`.
  emptyPass: "",
  countEnabled: ({ pools }) => pools.filter(({ enabled }) => enabled).length,
});

/** LUXminer on an Antminer S19k Pro. */
export const LUXOS: PersonalityTraits = {
  createSession: createLuxosSession,
  voice: {
    description: `LUXminer ${VERSION_NAME}-57b389c7`,
    messages: {
      version: ["S", 22, "LUXminer versions"],
      config: ["S", 33, "LUXminer config"],
      devs: ["S", 9, "%d ASC(s)"],
      noDevices: ["E", 10, "No ASCs"],
      stats: ["S", 70, "LUXminer stats"],
    },
    discreet: false,
  },
  receiveLimit: 8191,
  repeatsFaults: false,
  deviceCount: 3,
  nominalMhs: BOARD_MHS,
  shareDifficulty: 32_768,
  ratedW: 2760,
  pools: DEFAULT_POOLS,
  reports: {
    version: createReport("version", "VERSION", VERSION),
    config: createReport("config", "CONFIG", CONFIG),
    summary: createReport("summary", "SUMMARY", SUMMARY),
    devs: createDeviceReport("devs", "DEVS", BOARD),
    pools: createPoolReport(POOL),
    stats,
    power,
    profiles,
    temps,
    fans,
  },
  lookups: {},
  audits: {},
  controls: LUXOS_POOL_CONTROLS,
};
