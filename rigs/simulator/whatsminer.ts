/**
 * btminer on a WhatsMiner, API 2.0.5, after recorded replies of an M31S and of
 * newer firmware: three boards that it calls ASCs, power and error codes in
 * `summary`, and replies of its own form, which are one STATUS and no more.
 *
 * @module
 */

import { type Answer, DEFAULT_POOLS } from "./dispatch.ts";
import type { PersonalityTraits } from "./dispatch.ts";
import type { Device } from "./device.ts";
import type { Field } from "./exchange.ts";
import {
  createFields,
  findHottest,
  findTemperature,
  pickFields,
} from "./fields.ts";
import { drift } from "./motion.ts";
import { fixed, flag, text, type Value, whole } from "./reply.ts";
import {
  createDeviceReport,
  createPoolReport,
  createReport,
} from "./reports.ts";
import { readRequest } from "./request.ts";
import type { Pool, RigState } from "./state.ts";
import {
  createWhatsMinerSession,
  type FlatStatus,
  writeFlat,
} from "./whatsminer_session.ts";

/** What its three boards hash when they are new, in GH/s, and its limit in watts. */
const FACTORY_GHS = 75_697;
const POWER_LIMIT_W = 3600;
const FIRMWARE = "20220125.13.REL";

const common = createFields({
  driver: "SM",
  deviceKind: "ASC",
  rateDecimals: 2,
  utilityDecimals: 2,
  difficulty: (value) => fixed(value, 8),
});
/** It counts no hardware errors. */
const noErrors = { "Hardware Errors": () => whole(0) };
const fields = {
  rig: { ...common.rig, ...noErrors },
  device: { ...common.device, ...noErrors },
  pool: common.pool,
};

const degrees = (celsius: number): Value => fixed(celsius, 2);

function findFanRpm(rig: RigState): number {
  const wobble = 20 * drift(rig.nowS, rig.traits.seed, 21);
  return 30 * Math.round((3000 + 40 * (findHottest(rig) - 27) + wobble) / 30);
}

const FANS: readonly Field<unknown>[] = [
  ["Fan Speed In", (_, rig) => whole(findFanRpm(rig))],
  ["Fan Speed Out", (_, rig) => whole(findFanRpm(rig) + 30)],
];

const CHIPS: readonly Field<Device>[] = [
  ["Chip Temp Min", (board, rig) => degrees(findTemperature(board, rig) - 8)],
  ["Chip Temp Max", (board, rig) => degrees(findTemperature(board, rig) + 18)],
  ["Chip Temp Avg", (board, rig) => degrees(findTemperature(board, rig) + 8)],
];

const BOARD: readonly Field<Device>[] = [
  ...pickFields(fields.device, "ASC, Name, ID"),
  ["Slot", (board) => whole(board.id)],
  ...pickFields(fields.device, "Enabled, Status, Temperature"),
  ["Chip Frequency", (board) => whole(board.isDead ? 0 : 686 + 20 * board.id)],
  ...FANS,
  ...pickFields(
    fields.device,
    `MHS av, MHS 5s, MHS 1m, MHS 5m, MHS 15m, Accepted, Rejected,
  Hardware Errors, Utility, Last Share Pool, Last Share Time, Total MH,
  Diff1 Work, Difficulty Accepted, Difficulty Rejected, Last Share Difficulty,
  Last Valid Work, Device Hardware%, Device Rejected%, Device Elapsed`,
  ),
  ["Upfreq Complete", () => whole(1)],
  ["Effective Chips", (board) => whole(board.isDead ? 0 : 105)],
  ["PCB SN", (board) => text(`SIMULATED${board.id}`)],
  ...CHIPS,
];

const DEVDETAILS: readonly Field<Device>[] = [
  ...pickFields(fields.device, "DEVDETAILS, Name, ID"),
  ["Driver", () => text("bitmicro")],
  ["Kernel", () => text("")],
  ["Model", () => text("M31S")],
];

const SUMMARY: readonly Field<RigState>[] = [
  ...pickFields(
    fields.rig,
    "Elapsed, MHS av, MHS 5s, MHS 1m, MHS 5m, MHS 15m",
  ),
  ["HS RT", (rig) => fixed(rig.findRate(60), 2)],
  ...pickFields(
    fields.rig,
    `Found Blocks, Getworks, Accepted, Rejected, Hardware Errors, Utility,
  Discarded, Stale, Get Failures, Local Work, Remote Failures, Network Blocks,
  Total MH, Work Utility, Difficulty Accepted, Difficulty Rejected,
  Difficulty Stale, Best Share, Temperature`,
  ),
  ["freq_avg", () => whole(710)],
  ...FANS,
  ["Voltage", () => whole(1206)],
  ["Power", (rig) => whole(rig.powerW ?? 0)],
  ["Power_RT", (rig) => whole(rig.powerW ?? 0)],
  [
    "Power Rate",
    (rig) => fixed((rig.powerW ?? 0) / Math.max(1, rig.findRate(60) / 1e6), 2),
  ],
  ...pickFields(
    fields.rig,
    "Device Hardware%, Device Rejected%, Pool Rejected%, Pool Stale%",
  ),
  ["Last getwork", () => whole(0)],
  ["Uptime", (rig) => whole(rig.elapsedS + 120)],
  ["Power Fanspeed", () => whole(7608)],
  ["Error Code Count", () => whole(0)],
  ["Factory Error Code Count", () => whole(0)],
  ["Security Mode", () => whole(0)],
  ["Liquid Cooling", () => flag(false)],
  ["Hash Stable", () => flag(true)],
  ["Target Freq", () => whole(652)],
  ["Target MHS", () => whole(FACTORY_GHS * 1000)],
  ["Env Temp", (rig) => degrees(21 + 3 * drift(rig.nowS, rig.traits.seed, 22))],
  ["Power Mode", () => text("Normal")],
  ["Firmware Version", () => text(`'${FIRMWARE}'`)],
  ["CB Platform", () => text("ALLWINNER_H6OS")],
  ["CB Version", () => text("V10")],
  ["MAC", () => text("02:00:00:00:00:01")],
  ["Factory GHS", () => whole(FACTORY_GHS)],
  ["Power Limit", (rig) => whole(rig.powerLimitW ?? POWER_LIMIT_W)],
  ["Chip Temp Min", (rig) => degrees(findHottest(rig) - 12)],
  ["Chip Temp Max", (rig) => degrees(findHottest(rig) + 18)],
  ["Chip Temp Avg", (rig) => degrees(findHottest(rig) + 6)],
];

const POOL: readonly Field<Pool>[] = [
  // It counts from 1.
  ["POOL", (pool, rig) => whole(rig.pools.indexOf(pool) + 1)],
  ...pickFields(
    fields.pool,
    `URL, Status, Priority, Quota, Long Poll, Getworks, Accepted, Rejected,
  Works, Discarded, Stale, Get Failures, Remote Failures, User,
  Last Share Time, Diff1 Shares, Proxy Type, Proxy, Difficulty Accepted,
  Difficulty Rejected, Difficulty Stale, Last Share Difficulty,
  Work Difficulty, Has Stratum, Stratum Active, Stratum URL,
  Stratum Difficulty, Has GBT, Best Share, Pool Rejected%, Pool Stale%,
  Bad Work, Current Block Height, Current Block Version`,
  ),
];

type Flat = (rig: RigState) => FlatStatus;

const FLAT: Readonly<Record<string, Flat>> = {
  get_version: () => ["S", 131, {
    api_ver: "2.0.5",
    fw_ver: FIRMWARE,
    platform: "H6OS",
    chip: "K46A",
  }],
  get_psu: (rig) => ["S", 131, {
    name: "P221B",
    hw_version: "V01.00",
    sw_version: "V01.00.V01.03",
    model: "P221B",
    iin: "15.58",
    vin: "229.50",
    fan_speed: "7608",
    version: "-1",
    serial_no: "SIMULATED",
    vendor: "1",
    temp0: (findHottest(rig) / 2).toFixed(1),
  }],
  get_miner_info: () => ["S", 131, {
    ip: "192.0.2.10",
    proto: "dhcp",
    netmask: "255.255.255.0",
    gateway: "192.0.2.1",
    dns: "192.0.2.1",
    hostname: "WhatsMiner",
    mac: "02:00:00:00:00:01",
    ledstat: "auto",
    minersn: "SIMULATED",
    powersn: "SIMULATED",
  }],
  get_error_code: () => ["S", 131, { error_code: [] }],
  status: (rig) => ["S", 131, {
    mineroff: String(rig.isPaused),
    mineroff_reason: "",
    mineroff_time: "",
    FirmwareVersion: `'${FIRMWARE}'`,
    power_mode: "Normal",
    power_limit_set: String(rig.powerLimitW ?? POWER_LIMIT_W),
    hash_percent: (100 * rig.findRate(60) / (FACTORY_GHS * 1000)).toFixed(2),
  }],
};

function answer(bytes: Uint8Array, rig: RigState): Answer | undefined {
  const { command, dialect } = readRequest(bytes);
  if (dialect === "text") return undefined;
  if (Object.hasOwn(FLAT, command)) {
    return writeFlat(rig, FLAT[command]?.(rig) ?? ["E", 14, "invalid cmd"]);
  }
  const isKnown = command.split("+").every((part) => part in REPORTS);
  if (isKnown) return undefined;
  return writeFlat(rig, ["E", 14, "invalid cmd"]);
}

const edevs = createDeviceReport("devs", "DEVS", BOARD);
const REPORTS = {
  summary: createReport("summary", "SUMMARY", SUMMARY),
  devs: edevs,
  edevs,
  devdetails: createDeviceReport("devdetails", "DEVDETAILS", DEVDETAILS),
  pools: createPoolReport(POOL),
};

/** btminer on a WhatsMiner. */
export const WHATSMINER: PersonalityTraits = {
  answer,
  createSession: createWhatsMinerSession,
  voice: {
    description: "btminer",
    messages: { devs: ["S", 9, "%d ASC(s)"] },
    discreet: false,
  },
  receiveLimit: 8191,
  repeatsFaults: false,
  deviceCount: 3,
  nominalMhs: 25_500_000,
  shareDifficulty: 262_144,
  ratedW: 3420,
  pools: DEFAULT_POOLS,
  reports: REPORTS,
  lookups: {},
  audits: {},
  controls: {},
};
