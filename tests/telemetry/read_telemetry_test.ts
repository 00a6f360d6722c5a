import { assertEquals } from "jsr:@std/assert@1";
import fc from "npm:fast-check@4";
import { readTelemetry } from "../../telemetry/read_telemetry.ts";
import { REPORTS, type Reports } from "../../telemetry/reports.ts";
import { listViolations } from "./violations.ts";

const COMMANDS = REPORTS.map(({ command }) => command);

/** The section that each command answers with. */
const SECTIONS: Readonly<Record<string, string>> = {
  edevs: "DEVS",
  estats: "STATS",
};

/** Members that mean something, in any section. */
const NAMES = [
  ..."ASC GPU PGA ID Name STATS Status Enabled Elapsed POOL URL User".split(
    " ",
  ),
  ..."Accepted Rejected Stale Discarded Priority Diff GROUP Temp Board".split(
    " ",
  ),
  ..."Chip TEMP FAN RPM Speed Watts Power Type Miner API PROD Model".split(" "),
  ..."fan1 fan2 fan5 fan_num fan_pwm temp1 temp2_1 temp3_1 temp_chip1".split(
    " ",
  ),
  ..."temp_pcb1 temp_max chain_acn1 chain_acs1 chain_rate1 chain_hw1".split(
    " ",
  ),
  ..."rate_unit total_rate rate_30m temp_num miner_count chain_power".split(
    " ",
  ),
  ..."chain_consumption1 total_power no_matching_work TopLeft CH1".split(" "),
  "MHS av",
  "MHS 5s",
  "GHS 5s",
  "GHS av",
  "KHS 20s",
  "THS 15m",
  "HS RT",
  "Total MH",
  "Temperature",
  "Env Temp",
  "Chip Temp Max",
  "Fan Speed In",
  "Fan Speed Out",
  "Fan Percent",
  "Hardware Errors",
  "Best Share",
  "Found Blocks",
  "Last Share Time",
  "Last Share Difficulty",
  "Stratum Active",
  "Firmware Version",
  "CompileTime",
  "MM ID0",
  "Chain ID",
];

const VALUES: readonly unknown[] = [
  0,
  -1,
  42,
  -273,
  1e300,
  18446767111905,
  18446744073709551615,
  4294967295,
  " 5.0000",
  "35-36",
  "60-60-72-72",
  "nan",
  "-nan",
  "2.685%",
  "",
  "0",
  "Y",
  "Alive",
  "0:00:12",
  "65.5K",
  "stratum+tcp://me:secret@pool:3333",
  "Ver[1246-83-21072802_4ec6bb0] Temp[30] TMax[-77] Fan1[99999999] PS[0 0]",
  "Ver[] MGHS[nan 1] HW[18446744073709551615] FanR[300%] GHSavg[1e99]",
  "x".repeat(5000),
  "\u0000\n",
  null,
  true,
  [],
  {},
  { Temperature: 1 },
];

const member = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...VALUES) },
  fc.jsonValue({ maxDepth: 2 }),
);
const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...NAMES) },
  fc.string({ maxLength: 12 }),
);
const section = fc.array(fc.dictionary(name, member, { maxKeys: 20 }), {
  maxLength: 4,
});

/** Replies of the right shape, full of what should not be in them. */
const shapedReports: fc.Arbitrary<Reports> = fc.dictionary(
  fc.constantFrom(...COMMANDS),
  section,
).map((sections) =>
  Object.fromEntries(
    Object.entries(sections).map(([command, objects]) => [command, {
      STATUS: [{ STATUS: "S", When: 1_600_000_000 }],
      [SECTIONS[command] ?? command.toUpperCase()]: objects,
      id: 1,
    }]),
  )
);

Deno.test("readTelemetry() gives nothing of no replies", () => {
  assertEquals(readTelemetry({}), {});
});

Deno.test("readTelemetry() gives nothing of errors", () => {
  const error = { STATUS: [{ STATUS: "E", Code: 14, Msg: "Invalid command" }] };
  const reports = COMMANDS.map((command) => [command, error] as const);
  assertEquals(readTelemetry(Object.fromEntries(reports)), {});
});

Deno.test("readTelemetry() tells that a rig has no pools", () => {
  assertEquals(readTelemetry({ pools: { POOLS: [] } }), { pools: [] });
});

Deno.test("readTelemetry() adds up the devices' hashrates where the rig says none", () => {
  const devices = [
    { "ASC": 0, "Status": "Alive", "MHS av": 1, "MHS 5s": 2 },
    { "ASC": 1, "Status": "Alive", "MHS av": 3 },
  ];
  const devs = { STATUS: [{ STATUS: "S" }], DEVS: devices };
  assertEquals(readTelemetry({ devs }).hashrate, { average: 4e6 });
  const summary = { SUMMARY: [{ "MHS av": 5 }] };
  assertEquals(readTelemetry({ devs, summary }).hashrate, { average: 5e6 });
});

Deno.test("readTelemetry() knows what the GHS of an old Antminer are", () => {
  const models: readonly (readonly [string, number])[] = [
    ["Antminer S9", 1e9],
    ["Antminer L3+", 1e6],
    ["Antminer D3", 1e6],
  ];
  for (const [Type, unit] of models) {
    const summary = { SUMMARY: [{ "GHS 5s": "5" }] };
    const version = { VERSION: [{ Type }] };
    const { hashrate } = readTelemetry({ summary, version });
    assertEquals(hashrate, { "5s": 5 * unit }, Type);
  }
});

Deno.test("readTelemetry() fills a window that the rig leaves out", () => {
  const devs = { DEVS: [{ "ASC": 0, "MHS av": 3, "MHS 5s": 4 }] };
  const summary = { SUMMARY: [{ "MHS 5s": 5, "MHS av": "nan" }] };
  assertEquals(readTelemetry({ devs, summary }).hashrate, {
    "5s": 5e6,
    average: 3e6,
  });
});

Deno.test("readTelemetry() believes the devices where the rig does not count", () => {
  const devs = { DEVS: [{ "ASC": 0, "MHS av": 3 }] };
  const summary = { SUMMARY: [{ "MHS 5s": 0, "MHS av": 0 }] };
  assertEquals(readTelemetry({ devs, summary }).hashrate, { average: 3e6 });
  const idle = { DEVS: [{ "ASC": 0, "MHS av": 0 }] };
  assertEquals(readTelemetry({ devs: idle, summary }).hashrate, {
    "5s": 0,
    average: 0,
  });
});

Deno.test("readTelemetry() gives plausible values of any JSON, and never throws", () => {
  const reports = fc.dictionary(fc.constantFrom(...COMMANDS), fc.jsonValue());
  fc.assert(fc.property(reports, (given) => {
    assertEquals(listViolations(readTelemetry(given)), []);
  }));
});

Deno.test("readTelemetry() gives plausible values of replies full of garbage", () => {
  fc.assert(
    fc.property(shapedReports, (given) => {
      assertEquals(listViolations(readTelemetry(given)), []);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("readTelemetry() passes no password of a pool's URL on", () => {
  const part = fc.string({ unit: fc.constantFrom(..."ab.:/#?@,%") });
  fc.assert(
    fc.property(part, part, part, (user, password, path) => {
      const secret = `Secret${password}`;
      const URL = `stratum+tcp://${user}:${secret}@pool:3333/${path}Secret`;
      const text = JSON.stringify(
        readTelemetry({ pools: { POOLS: [{ URL }] } }),
      );
      assertEquals(text.includes("Secret"), false, text);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("readTelemetry() reads the same however often it is asked", () => {
  fc.assert(fc.property(shapedReports, (given) => {
    const before = structuredClone(given);
    assertEquals(readTelemetry(given), readTelemetry(given));
    assertEquals(given, before);
  }));
});

Deno.test("REPORTS names each command once, and substitutes for those it names", () => {
  assertEquals(new Set(COMMANDS).size, COMMANDS.length);
  for (const { command, substituteFor } of REPORTS) {
    const replaced = COMMANDS.indexOf(substituteFor ?? command);
    assertEquals(replaced >= 0 && replaced <= COMMANDS.indexOf(command), true);
  }
});

Deno.test("readTelemetry() gives no device more than its whole rig hashes", () => {
  const STATUS = [{ STATUS: "S" }];
  const devices = (rig: number, device: number) =>
    readTelemetry({
      summary: { STATUS, SUMMARY: [{ "MHS av": rig, "MHS 5s": rig }] },
      stats: {
        STATUS,
        STATS: [{ STATS: 0, ID: "HLT0", Temp: 62, "MHS av": device }],
      },
    }).devices;
  const temperatures = [{ sensor: "chip avg", celsius: 62 }];
  assertEquals(devices(50_000, 995_328), [{ name: "HLT0", temperatures }]);
  assertEquals(devices(50_000, 17_000), [
    { name: "HLT0", hashrate: { average: 17e9 }, temperatures },
  ]);
  // A rig that says 0 does not count at all.
  assertEquals(devices(0, 17_000)?.[0]?.hashrate, { average: 17e9 });
});
