import { assertEquals } from "jsr:@std/assert@1";
import {
  makeFan,
  readFans,
  readPercent,
  readRpm,
} from "../../telemetry/fans.ts";
import type { Reports } from "../../telemetry/reports.ts";

type Section = Readonly<Record<string, unknown>>;

/** Fans as `1: 4080 rpm 35 %`. */
function listFans(reports: Reports): string[] {
  return readFans(reports).map(({ name, rpm, percent }) =>
    [
      `${name}:`,
      ...(rpm === undefined ? [] : [`${rpm} rpm`]),
      ...(percent === undefined ? [] : [`${percent} %`]),
    ].join(" ")
  );
}

function makeStats(...entries: readonly Section[]): Reports {
  return { stats: { STATUS: [{ STATUS: "S" }], STATS: entries } };
}

function makeSummary(summary: Section): Reports {
  return { summary: { STATUS: [{ STATUS: "S" }], SUMMARY: [summary] } };
}

Deno.test("readRpm() keeps 0 and drops garbage", () => {
  assertEquals([0, "4200", 11010, " 50.0 "].map(readRpm), [0, 4200, 11010, 50]);
  const garbage = [-1, 65_535, 18446744073709551000, "35-36", "nan", null, {}];
  assertEquals(garbage.map(readRpm), garbage.map(() => undefined));
});

Deno.test("readPercent() reads 0 to 100", () => {
  assertEquals([0, "35%", 100, 32.19].map(readPercent), [0, 35, 100, 32.19]);
  assertEquals([-1, 101, "full"].map(readPercent), [
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("makeFan() makes no fan of nothing", () => {
  assertEquals(makeFan("1", undefined, undefined), undefined);
  assertEquals(makeFan("1", 0, undefined), { name: "1", rpm: 0 });
});

Deno.test("readFans() finds an S9's two fans on its eight connectors", () => {
  const stats = makeStats({
    "fan_num": 2,
    "fan1": 0,
    "fan3": 4080,
    "fan4": 0,
    "fan6": 4020,
    "fan8": 0,
  });
  assertEquals(listFans(stats), ["3: 4080 rpm", "6: 4020 rpm"]);
});

Deno.test("readFans() gives a fan that stands among the first fan_num", () => {
  const stats = makeStats({
    "fan_num": 4,
    "fan1": 1560,
    "fan2": 0,
    "fan3": 600,
    "fan4": 0,
    "fan5": 0,
  });
  assertEquals(listFans(stats), [
    "1: 1560 rpm",
    "2: 0 rpm",
    "3: 600 rpm",
    "4: 0 rpm",
  ]);
  assertEquals(listFans(makeStats({ "fan_num": 2, fan1: 0, fan2: 0 })), [
    "1: 0 rpm",
    "2: 0 rpm",
  ]);
});

Deno.test("readFans() gives no connector of an S7, whose fan_num is 6", () => {
  const stats = makeStats({
    "fan_num": 6,
    "fan1": 3720,
    "fan2": 0,
    "fan3": 3600,
    "fan4": 0,
    "fan5": 0,
    "fan6": 0,
  });
  assertEquals(listFans(stats), ["1: 3720 rpm", "3: 3600 rpm"]);
});

Deno.test("readFans() gives no fan where fan_num is 0", () => {
  const stats = makeStats({ "fan_num": 0, "fan_pwm": 100, fan1: 0, fan2: 0 });
  assertEquals(listFans(stats), []);
});

Deno.test("readFans() sorts by number and reads VNish's percent", () => {
  const stats = makeStats({
    "fan10": 3,
    "fan_pwm": 82,
    "fan2": 2,
    "fan1": "1",
    "fan_mode": 2,
  });
  assertEquals(listFans(stats), [
    "1: 1 rpm 82 %",
    "2: 2 rpm 82 %",
    "10: 3 rpm 82 %",
  ]);
});

Deno.test("readFans() reads fans that every chain repeats, once", () => {
  const chain = { "Fan Duty": 32.19, "Fan0 Speed": 3090, "Fan1 Speed": 3330 };
  const honorknight = { "Fan duty": 98, "Fan0 rpm": 6270, "Fan1 rpm": 6810 };
  assertEquals(listFans(makeStats(chain, chain)), [
    "0: 3090 rpm 32.19 %",
    "1: 3330 rpm 32.19 %",
  ]);
  assertEquals(listFans(makeStats(honorknight, honorknight)), [
    "0: 6270 rpm 98 %",
    "1: 6810 rpm 98 %",
  ]);
});

Deno.test("readFans() reads StrongU's fans from the summary", () => {
  const summary = makeSummary({ "Fan Num": 2, Fan1: 7800, Fan2: 0, Fan3: 0 });
  assertEquals(listFans(summary), ["1: 7800 rpm", "2: 0 rpm"]);
});

Deno.test("readFans() gives percent alone where no fan is counted", () => {
  assertEquals(listFans(makeStats({ "Fan duty": 45 }, { "Fan duty": 45 })), [
    "all: 45 %",
  ]);
});

Deno.test("readFans() reads a WhatsMiner's fans, the standing one too", () => {
  const summary = makeSummary({
    "Fan Speed In": 5700,
    "Fan Speed Out": 0,
    "Power Fanspeed": 7608,
    "fan_speed_set": 5502,
  });
  assertEquals(listFans(summary), [
    "in: 5700 rpm",
    "out: 0 rpm",
    "psu: 7608 rpm",
  ]);
});

Deno.test("readFans() reads a WhatsMiner's fans from its devices", () => {
  const device = { ASC: 0, "Fan Speed In": 5700, "Fan Speed Out": 5600 };
  const DEVS = [device, { ...device, ASC: 1 }];
  const fans = ["in: 5700 rpm", "out: 5600 rpm"];
  assertEquals(listFans({ devs: { DEVS } }), fans);
  assertEquals(listFans({ edevs: { DEVS } }), fans);
});

Deno.test("readFans() gives no fans of a rig that is cooled by liquid", () => {
  const still = { "Fan Speed In": 0, "Fan Speed Out": 0, "Power Fanspeed": 0 };
  assertEquals(listFans(makeSummary({ ...still, "Liquid Cooling": true })), []);
  assertEquals(listFans(makeSummary({ ...still, "Liquid Cooling": false })), [
    "in: 0 rpm",
    "out: 0 rpm",
    "psu: 0 rpm",
  ]);
});

Deno.test("readFans() reads the power supply's fan from get_psu", () => {
  const psu = { STATUS: "S", Code: 131, Msg: { "fan_speed": "6976" } };
  assertEquals(listFans({ "get_psu": psu }), ["psu: 6976 rpm"]);
});

Deno.test("readFans() reads a Zig's fans", () => {
  const zig = { "Fan Nunber": 2, "Fan In": 3570, "Fan Out": 3540 };
  assertEquals(listFans(makeStats({ ...zig, "AutoStopMiner_Fan_In": 100 })), [
    "in: 3570 rpm",
    "out: 3540 rpm",
  ]);
});

Deno.test("readFans() reads BOSminer's fans and which stands", () => {
  const FANS = [6000, 0, 5520, 5520].map((RPM, FAN) => ({
    FAN,
    ID: FAN,
    RPM,
    Speed: 100,
  }));
  assertEquals(listFans({ fans: { FANS } }), [
    "0: 6000 rpm 100 %",
    "1: 0 rpm 100 %",
    "2: 5520 rpm 100 %",
    "3: 5520 rpm 100 %",
  ]);
});

Deno.test("readFans() gives no empty connector of an S9 under BOSminer", () => {
  const FANS = [1560, 1560, 0, 0].map((RPM, FAN) => ({ FAN, ID: FAN, RPM }));
  const s9 = { fans: { FANS }, temps: { TEMPS: [{ ID: 6 }, { ID: 7 }] } };
  assertEquals(listFans(s9), ["0: 1560 rpm", "1: 1560 rpm"]);
  const s17 = { fans: { FANS }, temps: { TEMPS: [{ ID: 1 }, { ID: 2 }] } };
  assertEquals(listFans(s17).length, 4);
  const still = FANS.map((fan) => ({ ...fan, RPM: 0 }));
  assertEquals(listFans({ ...s9, fans: { FANS: still } }).length, 4);
});

Deno.test("readFans() numbers LuxOS' fans by their labels", () => {
  const FANS = [
    { FAN: "FAN4", ID: 0, RPM: 1920, Speed: 20 },
    { FAN: "FAN2", ID: 1, RPM: 0, Speed: 20 },
    { FAN: "FAN1", ID: 2, RPM: 2340, Speed: 20 },
  ];
  assertEquals(listFans({ fans: { FANS } }), [
    "1: 2340 rpm 20 %",
    "2: 0 rpm 20 %",
    "4: 1920 rpm 20 %",
  ]);
});

Deno.test("readFans() takes the fans report before stats", () => {
  const stats = makeStats({ "fan_num": 2, fan1: 1, fan2: 2 });
  const fans = { FANS: [{ FAN: 0, RPM: 9 }] };
  assertEquals(listFans({ ...stats, fans }), ["0: 9 rpm"]);
});

Deno.test("readFans() reads an Avalon's fans, which may rest", () => {
  const text = "Temp[30] Fan1[5344] Fan2[0] FanR[72%] FanErr[0]";
  assertEquals(listFans(makeStats({ ID: "AVA100", "MM ID0": text })), [
    "1: 5344 rpm 72 %",
    "2: 0 rpm 72 %",
  ]);
  assertEquals(listFans(makeStats({ ID: "AV40", "MM ID1": "Fan[2550]" })), [
    "1: 2550 rpm",
  ]);
});

Deno.test("readFans() names the fans of several modules after them", () => {
  const entry = {
    "MM ID1": "Fan[2550] FanR[36%]",
    "MM ID2": "Fan1[9] Fan2[8]",
  };
  assertEquals(listFans(makeStats({ ID: "AV70", ...entry })), [
    "AV70 MM1: 2550 rpm 36 %",
    "AV70 MM2 1: 9 rpm",
    "AV70 MM2 2: 8 rpm",
  ]);
});

Deno.test("readFans() reads the fan of each GPU", () => {
  const DEVS = [
    { GPU: 0, Temperature: 74, "Fan Speed": 4274, "Fan Percent": 83 },
    { GPU: 1, Temperature: 40, "Fan Speed": 0, "Fan Percent": 0 },
    { GPU: 2, Temperature: 50, "Fan Speed": -1, "Fan Percent": 80 },
    // Built without the means to ask.
    { GPU: 3, Temperature: 0, "Fan Speed": 0, "Fan Percent": 0 },
    { GPU: 4, Temperature: 70 },
  ];
  assertEquals(listFans({ devs: { DEVS } }), [
    "GPU0: 4274 rpm 83 %",
    "GPU1: 0 rpm 0 %",
    "GPU2: 80 %",
  ]);
});

Deno.test("readFans() drops what wrapped, and ranges", () => {
  const fans = { fan1: 18446744073709551000, fan2: "35-36", fan3: 2400 };
  assertEquals(listFans(makeStats(fans)), ["3: 2400 rpm"]);
});

Deno.test("readFans() bounds how many fans there are, and their names", () => {
  const FANS = Array.from({ length: 900 }, (_, FAN) => ({ FAN, RPM: 1 }));
  assertEquals(readFans({ fans: { FANS } }).length, 64);
  const long = { FAN: "x".repeat(500), RPM: 1 };
  assertEquals(readFans({ fans: { FANS: [long] } })[0]?.name.length, 40);
});

Deno.test("readFans() is empty where nothing tells of a fan", () => {
  assertEquals(readFans({}), []);
  assertEquals(
    readFans(makeStats({ "fan_num": 4, "fan_speed_set": 5502 })),
    [],
  );
});

Deno.test("readFans() reads a list of fans, from 1 on", () => {
  const stats = { fan: ["420", "0", null], "fan_num": 3 };
  assertEquals(listFans(makeStats(stats)), ["1: 420 rpm", "2: 0 rpm"]);
});
