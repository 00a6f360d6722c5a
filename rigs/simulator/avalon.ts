/**
 * cgminer 4.11.1 on an AvalonMiner 1246, API 3.7, after recorded replies: one
 * module, which says all that it knows in one text of `stats`.
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
import type { Command, Exchange, Field } from "./exchange.ts";
import { createFields, findTemperature, pickFields } from "./fields.ts";
import { drift } from "./motion.ts";
import { fixed, text, whole } from "./reply.ts";
import {
  createDeviceReport,
  createPoolReport,
  createReport,
  WAIT_FIELDS,
} from "./reports.ts";
import type { RigState } from "./state.ts";

const FIRMWARE = "21072802_4ec6bb0_211fc46";
/** The boards of a module. */
const BOARDS = [0, 1, 2];
const FANS = [1, 2, 3, 4];

const fields = createFields({
  driver: "AVA10",
  deviceKind: "ASC",
  rateDecimals: 2,
  utilityDecimals: 2,
  difficulty: (value) => fixed(value, 8),
});

const VERSION: readonly Field<RigState>[] = [
  ["CGMiner", () => text("4.11.1")],
  ["API", () => text("3.7")],
  ["PROD", () => text("AvalonMiner 1246")],
  ["MODEL", () => text("1246-83")],
  ["CGVERSION", () => text(FIRMWARE)],
  ["DNA", () => text("0102030405060708")],
  ["MAC", () => text("020000000001")],
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

const DEVICE: readonly Field<Device>[] = [
  ...pickFields(fields.device, "ASC, Name, ID, Enabled, Status"),
  // It has its temperatures in `stats` only.
  ["Temperature", () => fixed(0, 2)],
  ...pickFields(
    fields.device,
    `MHS av, MHS 5s, MHS 1m, MHS 5m, MHS 15m, Accepted, Rejected,
  Hardware Errors, Utility, Last Share Pool, Last Share Time, Total MH,
  Diff1 Work, Difficulty Accepted, Difficulty Rejected, Last Share Difficulty,
  No Device, Last Valid Work, Device Hardware%, Device Rejected%,
  Device Elapsed`,
  ),
];

const POOL = pickFields(
  fields.pool,
  `POOL, URL, Status, Priority, Quota, Long Poll, Getworks, Accepted, Rejected,
  Works, Discarded, Stale, Get Failures, Remote Failures, User,
  Last Share Time, Diff1 Shares, Proxy Type, Proxy, Difficulty Accepted,
  Difficulty Rejected, Difficulty Stale, Last Share Difficulty,
  Work Difficulty, Has Stratum, Stratum Active, Stratum URL,
  Stratum Difficulty, Has Vmask, Has GBT, Best Share, Pool Rejected%,
  Pool Stale%, Bad Work, Current Block Height, Current Block Version`,
);

/** `Ver[1246-83-…] DNA[…] …`: what a module says of itself. */
function describeModule(module: Device, rig: RigState): string {
  const { nowS, elapsedS, powerW = 0 } = rig;
  const { hardwareErrors, diff1 } = module.count(nowS);
  const live = BOARDS.filter((board) => board !== module.deadBoard);
  const averageGhs = module.findWork(nowS) / Math.max(1, elapsedS) / 1000;
  const heatC = findTemperature(module, rig);
  const perBoard = (read: (board: number) => string): string =>
    BOARDS.map((board) => live.includes(board) ? read(board) : "0").join(" ");
  const hottest = (board: number): number =>
    Math.round(heatC + 14 + drift(nowS, module.seed, board));
  const rpm = (fan: number): number =>
    Math.round(4200 + 30 * (heatC - 27) + 40 * drift(nowS, module.seed, fan));
  const members: readonly (readonly [string, string | number])[] = [
    ["Ver", `1246-83-${FIRMWARE}`],
    ["DNA", "0102030405060708"],
    [
      "SYSTEMSTATU",
      `Work: In ${rig.isPaused ? "Idle" : "Work"}, Hash Board: ${live.length} `,
    ],
    ["Elapsed", Math.floor(elapsedS)],
    ["HW", hardwareErrors],
    ["DH", "2.732%"],
    ["Temp", Math.round(heatC / 2)],
    ["TMax", Math.max(...live.map(hottest))],
    ["TAvg", Math.round(heatC + 2)],
    ...FANS.map((fan) => [`Fan${fan}`, rpm(fan)] as const),
    ["FanR", "72%"],
    ["Vo", 329],
    ["PS", `0 1214 1316 242 ${Math.round(powerW * 0.91)} 1320 ${powerW}`],
    ["GHSspd", (module.findRate(nowS, 5) / 1000).toFixed(2)],
    ["GHSmm", (rig.traits.nominalMhs / 1000).toFixed(2)],
    ["GHSavg", averageGhs.toFixed(2)],
    ["WU", (60 * diff1 / Math.max(1, elapsedS)).toFixed(2)],
    ["Freq", "502.41"],
    ["Led", rig.settings.get("led") ?? 0],
    ["MGHS", perBoard(() => (averageGhs / live.length).toFixed(2))],
    ["MTmax", perBoard((board) => String(hottest(board)))],
    ["MTavg", perBoard((board) => String(hottest(board) - 11))],
    ["TA", 120 * live.length],
    ["Core", "A3201"],
    ["ECHU", "0 0 0"],
    ["SoftOFF", rig.isPaused ? 1 : 0],
  ];
  return members.map(([name, value]) => `${name}[${value}]`).join(" ");
}

const stats: Command = (exchange) => {
  const { rig, reply } = exchange;
  exchange.say("stats");
  reply.addSection(
    "STATS",
    rig.devices.map((module) => [
      ["STATS", whole(module.id)],
      ["ID", text(`AVA10${module.id}`)],
      ["Elapsed", whole(rig.elapsedS)],
      ...exchange.read(undefined, WAIT_FIELDS),
      ["MM Count", whole(rig.devices.length)],
      ["MM ID0", text(describeModule(module, rig))],
    ]),
    false,
  );
};

const devs = createDeviceReport("devs", "DEVS", DEVICE);
const asc = createDeviceCommands("asc", DEVICE);

/**
 * Canaan's options of its one module: `led,1-1`, and `softoff,1:<time>`, which
 * takes effect at once here.
 */
const ascset: Command = (exchange) => {
  const { parameter = "", rig } = exchange;
  const [id, option = "", value = ""] = parameter.split(",");
  const [, setting] = value.split(/[-:]/);
  if (id !== "0" || setting === undefined) return refuseSet(exchange);
  if (option === "led") {
    rig.settings.set("led", Number(setting));
    return exchange.say("ascSetOk", 0);
  }
  if (option !== "softoff" && option !== "softon") return refuseSet(exchange);
  rig.pause(option === "softoff");
  exchange.say("ascSetInfo", 0, `success ${option}:${setting}`);
};

function refuseSet(exchange: Exchange): void {
  asc.controls["ascset"]?.(exchange);
}

/** cgminer 4.11.1 on an AvalonMiner 1246. */
export const AVALON: PersonalityTraits = {
  voice: {
    description: "cgminer 4.11.1",
    messages: { devs: ["S", 9, "%d ASC(s)"] },
    discreet: true,
  },
  receiveLimit: 4095,
  repeatsFaults: true,
  deviceCount: 1,
  boardCount: BOARDS.length,
  nominalMhs: 83_000_000,
  shareDifficulty: 131_072,
  ratedW: 3400,
  pools: DEFAULT_POOLS,
  reports: {
    version: createReport("version", "VERSION", VERSION),
    summary: createReport("summary", "SUMMARY", SUMMARY),
    devs,
    edevs: devs,
    pools: createPoolReport(POOL),
    stats,
    estats: stats,
  },
  lookups: asc.lookups,
  audits: {},
  controls: {
    ...createPoolControls({
      numbered: true,
      accepts: () => true,
      countEnabled: (rig) => rig.poolsAdded,
    }),
    ...asc.controls,
    ascset,
    ...createMinerControls("/root/.cgminer/cgminer.conf"),
    ...CGMINER_CONTROLS,
  },
};
