import { assertEquals } from "jsr:@std/assert@1";
import { listNamedBoards, readBoards } from "../../telemetry/chains.ts";
import { readDevices } from "../../telemetry/devices.ts";
import { readTelemetry } from "../../telemetry/read_telemetry.ts";

const STATUS = [{ STATUS: "S", Code: 70 }];

Deno.test("readBoards() reads boards that stand by number", () => {
  const boards = readBoards({
    "1 Chip Count": 150,
    "1 MHS(Sample)": 71_000_000,
    "1 Online": false,
    "1 Temp 1": 0,
    "0 Chip Count": 150,
    "0 MHS(Sample)": 70_000_000.5,
    "0 MHS(Ideal)": 90_000_000,
    "0 Online": true,
    "0 Temp 0": 51,
    "0 Temp 3": 66,
    "2 Speed": 3700,
    "Chip Count": 300,
  });
  assertEquals(boards, [{
    number: 0,
    name: "chain 0",
    isUp: true,
    hashrate: { "5s": 70_000_000_500_000, ideal: 90e12 },
    temperatures: [
      { sensor: "sensor 0", celsius: 51 },
      { sensor: "sensor 3", celsius: 66 },
    ],
    chips: 150,
  }, {
    number: 1,
    name: "chain 1",
    isUp: false,
    hashrate: { "5s": 71e12 },
    temperatures: [],
    chips: 150,
  }]);
});

Deno.test("readBoards() takes numbered chips for no boards, nor empty slots", () => {
  assertEquals(readBoards({ "00 Temp": 60, "01 Temp": 61, "00 cores": 3 }), []);
  assertEquals(readBoards({ "0 Chip Count": 0, "0 Temp 0": 0 }), []);
  assertEquals(readBoards({ "0 Chip Count": "none" }), []);
});

Deno.test("readBoards() reads boards that stand by name", () => {
  const entry = {
    "upper-board": {
      "reported-hashrate": 260_000,
      "avg-hashrate": 250_000,
      "max-temp": 95,
      "rear-temp": 61,
      power: 2100,
    },
    "lower-board": { "working-asics": 0, "reported-hashrate": 0 },
    "other-board": "absent",
  };
  assertEquals(readBoards(entry), [{
    number: 0,
    name: "upper board",
    hashrate: { "5s": 260e9, average: 250e9 },
    temperatures: [
      { sensor: "chip max", celsius: 95 },
      { sensor: "rear", celsius: 61 },
    ],
  }]);
  assertEquals(listNamedBoards(entry).map(([name]) => name), [
    "upper board",
    "lower board",
  ]);
});

Deno.test("readTelemetry() reads a rig that says all in a text of JSON", () => {
  const text = JSON.stringify({
    "upper-board": { power: 2100, "reported-hashrate": 260_000 },
    "lower-board": { power: 2200, "reported-hashrate": 261_000 },
    "fan-speeds": [12_000, 0],
    "fan-percent": 90,
  });
  const entry = { STATS: 0, ID: "SPX0", Elapsed: 60, "json-stats": text };
  const telemetry = readTelemetry({ stats: { STATUS, STATS: [entry] } });
  assertEquals(telemetry, {
    uptimeS: 60,
    hashrate: { "5s": 521e9 },
    powerW: 4300,
    devices: [
      { name: "upper board", hashrate: { "5s": 260e9 } },
      { name: "lower board", hashrate: { "5s": 261e9 } },
    ],
    fans: [
      { name: "1", rpm: 12_000, percent: 90 },
      { name: "2", rpm: 0, percent: 90 },
    ],
  });
});

Deno.test("readTelemetry() reads a rig whose boards, fans and supply are numbered", () => {
  const entry = {
    ID: "A20",
    "0 Chip Count": 150,
    "0 Temp 0": 51,
    "0 Speed": 3700,
    "1 Speed": 3800,
    "Fan Count": 2,
    "PSU Input Power": 3500,
    "PSU Fan Speed": 4400,
    "PSU Temp AMB": 27,
    Model: "A2",
    Firmware: "2025010101",
    "MHS(1m)": 2,
    "MHS(Avg)": 3,
    "MHS(Ideal)": 9,
  };
  const telemetry = readTelemetry({ stats: { STATUS, STATS: [entry] } });
  assertEquals(telemetry, {
    miner: { model: "A2", firmware: "2025010101" },
    hashrate: { "1m": 2e6, average: 3e6, ideal: 9e6 },
    powerW: 3500,
    temperatures: [{ sensor: "psu", celsius: 27 }],
    devices: [{
      name: "chain 0",
      temperatures: [{ sensor: "sensor 0", celsius: 51 }],
      chips: 150,
      expectedChips: 150,
    }],
    fans: [
      { name: "0", rpm: 3700 },
      { name: "1", rpm: 3800 },
      { name: "psu", rpm: 4400 },
    ],
  });
});

Deno.test("readDevices() joins what the summary says by board", () => {
  const DEVS = [{ PGA: 0, Temperature: 0 }, { PGA: 1, Temperature: 0 }];
  const summary = { Temp1: 57.5, Temp2: "58.25", Temp3: 0, Temp4: "0.00" };
  const reports = {
    devs: { STATUS, DEVS },
    summary: { STATUS, SUMMARY: [summary] },
  };
  assertEquals(readDevices(reports), [
    { name: "PGA0", temperatures: [{ sensor: "board", celsius: 57.5 }] },
    { name: "PGA1", temperatures: [{ sensor: "board", celsius: 58.25 }] },
  ]);
  const other = { ...reports, devs: { STATUS, DEVS: [...DEVS, { PGA: 2 }] } };
  assertEquals(readDevices(other).some((device) => device.temperatures), false);
});

Deno.test("readDevices() reads whatever sensors LuxOS' temps names", () => {
  const TEMPS = [
    { TEMP: 1, ID: 1, Board: 60, BoardCh0: 61, ChipMax: 80.5, Slot: 9 },
    { TEMP: 0, ID: 0, TopLeft: 55, BoardCh0: 0, Serial: "1" },
  ];
  assertEquals(readDevices({ temps: { STATUS, TEMPS } }), [
    { name: "chain 0", temperatures: [{ sensor: "top left", celsius: 55 }] },
    {
      name: "chain 1",
      temperatures: [
        { sensor: "board", celsius: 60 },
        { sensor: "board ch0", celsius: 61 },
        { sensor: "chip max", celsius: 80.5 },
      ],
    },
  ]);
});
