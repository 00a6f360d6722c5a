import { assertEquals } from "jsr:@std/assert@1";
import {
  type MinerFigures,
  readMinerFigures,
  readPowerW,
  readShares,
} from "../../telemetry/miner_figures.ts";

type Members = Readonly<Record<string, unknown>>;

function readSummary(members: Members): MinerFigures {
  const STATUS = [{ STATUS: "S", Code: 11 }];
  return readMinerFigures({ summary: { STATUS, SUMMARY: [members] } });
}

function readStatsPower(members: Members): number | undefined {
  return readPowerW({ stats: { STATS: [members] } });
}

Deno.test("readMinerFigures() reads a summary", () => {
  const members = {
    "Elapsed": 40206,
    "GHS 5s": "13581.93",
    "GHS av": 13580.83,
    "Found Blocks": 0,
    "Accepted": 7629,
    "Rejected": 2,
    "Hardware Errors": 354,
    "Discarded": 21530,
    "Stale": 0,
    "Best Share": 99242396,
    "Last getwork": 1521044524,
  };
  assertEquals(readSummary(members), {
    uptimeS: 40206,
    hashrate: { "5s": 13581930000000, average: 13580830000000 },
    shares: { accepted: 7629, rejected: 2, stale: 0, discarded: 21530 },
    hardwareErrors: 354,
    bestShare: 99242396,
    blocksFound: 0,
  });
});

Deno.test("readMinerFigures() gives nothing of garbage", () => {
  const members = {
    "Elapsed": -1,
    "MHS av": "nan",
    "MHS 5s": 18446767111905,
    "Accepted": "N/A",
    "Rejected": 18446744073709551615,
    "Hardware Errors": 4294967295,
    "Best Share": 0,
    "Found Blocks": null,
    "Power": 0,
    "Env Temp": -273,
    "Temperature": 0,
  };
  assertEquals(readSummary(members), {});
  assertEquals(readMinerFigures({}), {});
});

Deno.test("readMinerFigures() reads an Antminer's stats where there is no summary", () => {
  const stats = {
    STATS: [
      { BMMiner: "2.0.0", Type: "Antminer S9" },
      {
        STATS: 0,
        ID: "BC50",
        Elapsed: 9,
        "GHS 5s": "1.5",
        no_matching_work: 4,
      },
    ],
  };
  assertEquals(readMinerFigures({ stats }), {
    uptimeS: 9,
    hashrate: { "5s": 1500000000 },
    hardwareErrors: 4,
  });
});

Deno.test("readMinerFigures() takes no device's or pool's stats for the rig's", () => {
  const device = {
    "Elapsed": 9,
    "MHS av": 5,
    "Accepted": 1,
    "Hardware Errors": 2,
  };
  const stats = {
    STATS: [
      { STATS: 0, ID: "DT10", ...device },
      { STATS: 1, ID: "DT11", ...device },
      { STATS: 2, ID: "POOL0", ...device },
    ],
  };
  assertEquals(readMinerFigures({ stats }), { uptimeS: 9 });
});

Deno.test("readMinerFigures() believes no uptime of 0 in stats", () => {
  const stats = { STATS: [{ STATS: 0, Elapsed: 0 }] };
  assertEquals(readMinerFigures({ stats }), {});
  assertEquals(readSummary({ Elapsed: 0 }), { uptimeS: 0 });
});

Deno.test("readMinerFigures() adds up the pools' shares where the rig says none", () => {
  const summary = { SUMMARY: [{ Accepted: " 12.0000", Rejected: " 12.0000" }] };
  const pools = {
    POOLS: [{ Accepted: 10921, Rejected: 12 }, { Accepted: 1, Rejected: 0 }],
  };
  assertEquals(readMinerFigures({ summary, pools }), {
    shares: { accepted: 10922, rejected: 12 },
  });
});

Deno.test("readMinerFigures() adds up nothing where a pool does not tell", () => {
  const pools = { POOLS: [{ Accepted: 1 }, { URL: "stratum+tcp://pool:1" }] };
  assertEquals(readMinerFigures({ pools }), {});
});

Deno.test("readMinerFigures() takes the best of the pools' best shares", () => {
  const pools = { POOLS: [{ "Best Share": 5 }, { "Best Share": 15.567331 }] };
  assertEquals(readMinerFigures({ pools }), { bestShare: 15.567331 });
});

Deno.test("readMinerFigures() reads temperatures that are no device's", () => {
  const members = {
    "Temperature": 72.0,
    "Env Temp": 0,
    "Chip Temp Min": 48,
    "Chip Temp Max": 93,
    "Chip Temp Avg": "nan",
  };
  assertEquals(readSummary(members), {
    temperatures: [
      { sensor: "ambient", celsius: 0 },
      { sensor: "board", celsius: 72 },
      { sensor: "chip min", celsius: 48 },
      { sensor: "chip max", celsius: 93 },
    ],
  });
});

Deno.test("readShares() drops counts that no miner reaches", () => {
  assertEquals(readShares({ Accepted: 1655589633532138, Rejected: 57 }), {
    rejected: 57,
  });
  assertEquals(readShares({}), undefined);
});

Deno.test("readPowerW() reads the whole rig's power", () => {
  assertEquals(
    readPowerW({ summary: { SUMMARY: [{ Power: 938.12 }] } }),
    938.12,
  );
  assertEquals(readPowerW({ power: { POWER: [{ Watts: 1051 }] } }), 1051);
  assertEquals(readStatsPower({ total_power: 3358 }), 3358);
  assertEquals(
    readStatsPower({ chain_power: 562.48, chain_power1: 5 }),
    562.48,
  );
});

Deno.test("readPowerW() adds up the chains' power", () => {
  const members = { chain_consumption1: 991, chain_consumption2: 1013 };
  assertEquals(readStatsPower(members), 2004);
});

Deno.test("readPowerW() reads the power of an Avalon's modules", () => {
  const wall = "PS[0 1209 1187 297 3526 1188 3731] WALLPOWER[3731] PLL0[1]";
  assertEquals(readStatsPower({ "MM ID0": wall }), 3731);
  const seventh = "PS[0 1214 1316 242 3189 1320 3504] PLL0[1]";
  const both = { "MM ID1": seventh, "MM ID2": seventh };
  assertEquals(readStatsPower(both), 7008);
  assertEquals(
    readStatsPower({ "MM ID0": "PS[0 1212 1315 174 2288 1320]" }),
    2288,
  );
});

Deno.test("readPowerW() gives nothing where no meter is", () => {
  assertEquals(readPowerW({}), undefined);
  assertEquals(readStatsPower({ chain_consumption1: 0 }), undefined);
  const amperes = { "chain_power": "34.65 (AB)", "chain_power6": 11.55 };
  assertEquals(readStatsPower(amperes), undefined);
  assertEquals(readStatsPower({ "MM ID0": "PS[0 0 0 0 0 0]" }), undefined);
  assertEquals(readStatsPower({ total_power: 1e9 }), undefined);
});

Deno.test("readMinerFigures() drops more blocks than there are shares", () => {
  const blocks = { "Found Blocks": 25_352, Accepted: 25_186 };
  assertEquals(readSummary(blocks).blocksFound, undefined);
  assertEquals(
    readSummary({ "Found Blocks": 2, Accepted: 2 }).blocksFound,
    2,
  );
  assertEquals(readSummary({ "Found Blocks": 2 }).blocksFound, 2);
});

Deno.test("readPowerW() adds up what boards take, and reads a supply", () => {
  const boards = { "watt1": 201, "watt2": 200.5, "volt1": 3 };
  assertEquals(readStatsPower(boards), 401.5);
  assertEquals(readStatsPower({ "watt1": 3, "watt2": 3 }), undefined);
  assertEquals(readStatsPower({ "PSU Input Power": 3504 }), 3504);
});
