import { assertEquals } from "jsr:@std/assert@1";
import {
  mergeTemperatures,
  readCelsius,
  readHottest,
  readTemperatures,
} from "../../telemetry/temperatures.ts";
import { MAX_SENSORS } from "../../telemetry/telemetry.ts";

Deno.test("readCelsius() reads what a sensor can say", () => {
  assertEquals(readCelsius(57.5), 57.5);
  assertEquals(readCelsius(" 48.00"), 48);
  assertEquals(readCelsius(-8), -8);
  assertEquals(readCelsius(-40), -40);
  assertEquals(readCelsius(200), 200);
});

Deno.test("readCelsius() drops what no sensor can say, and 0", () => {
  const values = [0, "0", -273, 201, 255.9e9, null, "N/A", "nan", "", {}, true];
  for (const value of [...values, 18446744073709551000, "35-36"]) {
    assertEquals(readCelsius(value), undefined, String(value));
  }
});

Deno.test("readHottest() reads every spelling of a list", () => {
  const lists: readonly (readonly [unknown, number | undefined])[] = [
    ["42-63-41-60", 63],
    ["25-61", 61],
    ["2--1-20-22", 22],
    ["-8--11-10-12", 12],
    ["-8--11--10--12", -8],
    ["[65.21, 64.10, 62.38]", 65.21],
    [[41, "43", null, 0], 43],
    ["35-36", 36],
    [48, 48],
    ["48.5 C", 48.5],
    ["66  65 63", 66],
    ["-", undefined],
    ["m-m", undefined],
    ["0-0-0-0", undefined],
    ["1.2.3", undefined],
    ["9999-47", 47],
    ["", undefined],
    [{}, undefined],
    [[], undefined],
  ];
  for (const [list, hottest] of lists) {
    assertEquals(readHottest(list), hottest, JSON.stringify(list));
  }
});

Deno.test("readHottest() does not stall on a long text", () => {
  assertEquals(readHottest("-".repeat(1_000_000)), undefined);
  assertEquals(readHottest("1".repeat(1_000_000)), undefined);
  assertEquals(readHottest("47-".repeat(300_000)), 47);
});

Deno.test("readTemperatures() names a WhatsMiner's sensors", () => {
  const device = {
    "Chip Temp Min": 48,
    "Chip Temp Max": 77.44,
    "Chip Temp Avg": 66.3,
    Temperature: 57.5,
    "Chip Frequency": 686,
    "Upfreq Complete": 1,
  };
  assertEquals(readTemperatures(device), [
    { sensor: "board", celsius: 57.5 },
    { sensor: "chip max", celsius: 77.44 },
    { sensor: "chip avg", celsius: 66.3 },
    { sensor: "chip min", celsius: 48 },
  ]);
});

Deno.test("readTemperatures() knows that a GPU's temperature is its chip's", () => {
  assertEquals(readTemperatures({ Temperature: 74 }, true), [
    { sensor: "chip", celsius: 74 },
  ]);
});

Deno.test("readTemperatures() reads capitals, underscores and a misprint", () => {
  for (const name of ["temperature", "TEMPERATURE", "Tenperature"]) {
    assertEquals(readTemperatures({ [name]: 32 }), [
      { sensor: "board", celsius: 32 },
    ]);
  }
  assertEquals(readTemperatures({ "temp_now_max": 85.5, "temp_1": 85.5 }), [
    { sensor: "board", celsius: 85.5 },
  ]);
});

Deno.test("readTemperatures() takes Temp for the mean of the chips", () => {
  const chain = { "Temp max": 84, "Temp min": 57, "00 Temp": 83, Temp: 72 };
  assertEquals(readTemperatures(chain), [
    { sensor: "chip max", celsius: 84 },
    { sensor: "chip avg", celsius: 72 },
    { sensor: "chip min", celsius: 57 },
  ]);
});

Deno.test("readTemperatures() takes no setting for a sensor", () => {
  const settings = {
    "Target Temperature": 89,
    "Cutoff Temperature": 95,
    "overheat_turnoff_temp": 105,
    "pre_heat_temp": 25,
    "bringup_temp": 16,
    "Temp prewarn 0": 5,
    "AutoStopMiner_Temperature": 50,
  };
  assertEquals(readTemperatures(settings), []);
});

Deno.test("mergeTemperatures() keeps the first of each name, and not too many", () => {
  const board = { sensor: "board", celsius: 47 };
  const other = { sensor: "board", celsius: 53 };
  const chip = { sensor: "chip", celsius: 80 };
  assertEquals(mergeTemperatures([board], [other, chip]), [board, chip]);
  const many = Array.from({ length: 40 }, (_, index) => ({
    sensor: `chip ${index}`,
    celsius: 40,
  }));
  assertEquals(mergeTemperatures(many).length, MAX_SENSORS);
});

Deno.test("readHottest() reads a list up to where memory behind it begins", () => {
  assertEquals(readHottest("[67.30, 0.00, -73364045383872.00, 0.13]"), 67.3);
  assertEquals(readHottest("[0.00, 6300255232.00, 37.20, 0.00]"), undefined);
  assertEquals(readHottest("99999"), undefined);
  assertEquals(readHottest("48-80-49-70"), 80);
});
