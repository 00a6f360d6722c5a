import { assertEquals } from "jsr:@std/assert@1";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import {
  findTrouble,
  keepSince,
  mergeLimits,
  type RigCondition,
  TROUBLE_CODES,
  TROUBLE_RULES,
  type TroubleLimits,
} from "../../telemetry/trouble.ts";

const NOW_MS = Date.UTC(2026, 10, 30);
const SINCE = "2026-11-30T00:00:00.000Z";

function list(condition: RigCondition, limits?: TroubleLimits): string[] {
  return findTrouble(condition, limits, NOW_MS).map(
    ({ code, severity, device = "", what }) =>
      [severity, code, device, what].join("|"),
  );
}

const judge = (telemetry: Telemetry, limits?: TroubleLimits) =>
  list({ telemetry }, limits);

Deno.test("findTrouble() finds nothing where nothing is known, or all is well", () => {
  assertEquals(list({}), []);
  assertEquals(list({ state: "unknown" }), []);
  assertEquals(judge({ shares: {}, devices: [], fans: [], pools: [] }), []);
});

Deno.test("findTrouble() says of a rig that is down only that", () => {
  const telemetry = { fans: [{ name: "1", rpm: 0 }] };
  const detail = "Cannot reach it";
  const state = "down";
  assertEquals(
    findTrouble(
      { state, telemetry, problem: { code: "rig-refused", detail } },
      {},
      NOW_MS,
    ),
    [{ code: "down", severity: "critical", what: detail, since: SINCE }],
  );
  const problem = { code: "rig-no-data", detail };
  assertEquals(list({ state, problem }), [`critical|no-data||${detail}`]);
  assertEquals(list({ state, problem }, { "no-data": null }), []);
});

const HOUR_S = 3600;

Deno.test("findTrouble() judges a hashrate by a window that has filled", () => {
  const cases: [telemetry: Telemetry, found: string[]][] = [
    // Of what it states.
    [{ uptimeS: HOUR_S, hashrate: { "5m": 84, ideal: 100 } }, [
      "warning|hashrate-low||Its hashrate is 84 % of what it should be, less than 85 %",
    ]],
    [{ uptimeS: HOUR_S, hashrate: { "5m": 69, ideal: 100, average: 69 } }, [
      "critical|hashrate-low||Its hashrate is 69 % of what it should be, less than 70 %",
    ]],
    [{ uptimeS: HOUR_S, hashrate: { "5m": 85, ideal: 100 } }, []],
    // Of its own average.
    [{ uptimeS: HOUR_S, hashrate: { "5s": 60, average: 100 } }, [
      "critical|hashrate-low||Its hashrate is 60 % of its own average, less than 70 %",
    ]],
    // The average of the average says nothing, and that of the ideal does.
    [{ uptimeS: HOUR_S, hashrate: { average: 60 } }, []],
    [{ uptimeS: HOUR_S, hashrate: { average: 84.46, ideal: 100 } }, [
      "warning|hashrate-low||Its hashrate is 84.5 % of what it should be, less than 85 %",
    ]],
    // 5m fills in a quarter of an hour, 1m in three minutes.
    [{ uptimeS: 800, hashrate: { "5m": 60, average: 100 } }, []],
    [{ uptimeS: 800, hashrate: { "5m": 60, "1m": 99, average: 100 } }, []],
    [{ uptimeS: 800, hashrate: { "5m": 99, "1m": 60, average: 100 } }, [
      "critical|hashrate-low||Its hashrate is 60 % of its own average, less than 70 %",
    ]],
    [{ uptimeS: 599, hashrate: { "5s": 1, average: 100 } }, []],
    [{ hashrate: { "5s": 1, average: 100 } }, []],
    // None at all is not a low one.
    [{ uptimeS: 300, hashrate: { "5s": 0, average: 100 } }, [
      "critical|no-hashrate||It hashes nothing, 5 minutes after its start; 5 are allowed",
    ]],
    [{ uptimeS: 299, hashrate: { "5s": 0, average: 100 } }, []],
    [{ hashrate: { average: 0 } }, [
      "critical|no-hashrate||It hashes nothing",
    ]],
    // What decays towards 0 never gets there, and is none.
    [{ uptimeS: HOUR_S, hashrate: { "5m": 0.1, average: 100 } }, [
      "critical|no-hashrate||It hashes nothing, 60 minutes after its start; 5 are allowed",
    ]],
    // It has just begun again.
    [{ uptimeS: HOUR_S, hashrate: { "5s": 90, "1m": 0, average: 90 } }, [
      "critical|hashrate-low||Its hashrate is 0 % of its own average, less than 70 %",
    ]],
  ];
  for (const [telemetry, found] of cases) {
    assertEquals([telemetry, judge(telemetry)], [telemetry, found]);
  }
});

Deno.test("findTrouble() judges the last share by the rig's own clock", () => {
  const clockS = 1_600_000_000;
  const rig = (
    ageS: number,
    difficulty?: number,
    more: Partial<Telemetry> = {},
  ): Telemetry => ({
    clockS,
    uptimeS: 100_000,
    hashrate: { "5s": 2 ** 32, average: 2 ** 32 },
    pools: [{
      index: 0,
      lastShareTimeS: clockS - ageS,
      ...(difficulty === undefined ? {} : { difficulty }),
    }],
    ...more,
  });
  assertEquals(judge(rig(1800)), []);
  assertEquals(judge(rig(1860)), [
    "critical|no-shares||It claims to hash, and its last share is 31 minutes old; 30 minutes are allowed",
  ]);
  // A share of difficulty 600 takes ten minutes at 2^32 hashes a second.
  assertEquals(judge(rig(12_000, 600)), []);
  assertEquals(judge(rig(12_060, 600)), [
    "critical|no-shares||It claims to hash, and its last share is 201 minutes old; 200 minutes are allowed",
  ]);
  // Scrypt counts difficulty in units of its own: how often shares come tells.
  const shares = { accepted: 9_990, rejected: 10 };
  assertEquals(judge(rig(1860, 65_536, { shares })).length, 1);
  // Without a clock, without hashes, or at rest nothing is said.
  const { clockS: _, ...unclocked } = rig(9000);
  assertEquals(judge(unclocked), []);
  assertEquals(judge(rig(9000, 1, { mode: "paused" })), []);
  assertEquals(judge(rig(9000, 1, { hashrate: { "5s": 0 } })), [
    "critical|no-hashrate||It hashes nothing, 1666 minutes after its start; 5 are allowed",
  ]);
  // It never sent one.
  const never = { shares: { accepted: 0, rejected: 0 }, pools: [] };
  assertEquals(judge(rig(0, 1, { ...never, uptimeS: 1800 })), []);
  assertEquals(judge(rig(0, 1, { ...never, uptimeS: 1860 })), [
    "critical|no-shares||It claims to hash, and has sent no share in 31 minutes; 30 minutes are allowed",
  ]);
});

Deno.test("findTrouble() tells all pools from the first", () => {
  const pool = (index: number, isUp?: boolean, priority = index) => ({
    index,
    priority,
    url: `stratum+tcp://${index}:3333`,
    ...(isUp === undefined ? {} : { isUp }),
  });
  const judgePools = (...pools: ReturnType<typeof pool>[]) => judge({ pools });
  assertEquals(judgePools(pool(0, true), pool(1, false)), []);
  assertEquals(judgePools(pool(0), pool(1)), []);
  assertEquals(judgePools(pool(0, false, 1), pool(1, true, 0)), []);
  assertEquals(judgePools(pool(0, false), pool(1, true)), [
    "warning|pool-down||Its first pool (stratum+tcp://0:3333) does not answer",
  ]);
  assertEquals(judgePools(pool(0, false), pool(1)), [
    "critical|pool-down||Its only pool (stratum+tcp://0:3333) does not answer",
  ]);
  assertEquals(judgePools(pool(0, false), pool(1, false)), [
    "critical|pool-down||None of its 2 pools answers",
  ]);
});

Deno.test("findTrouble() judges a temperature by what the sensor is", () => {
  const at = (sensor: string, celsius: number) =>
    judge({
      devices: [{ name: "GPU0", temperatures: [{ sensor, celsius }] }],
    });
  for (
    const [sensor, limit] of [
      ["board", 85],
      ["board 2", 85],
      ["chip", 100],
      ["chip max 1", 100],
      ["memory", 105],
      ["inlet", 85],
      ["psu", 85],
    ] as const
  ) {
    const found = (severity: string, celsius: number) =>
      `${severity}|hot|GPU0|The sensor ${sensor} of GPU0 is at ${celsius} °C, above ${limit} °C`;
    assertEquals(at(sensor, limit), []);
    assertEquals(at(sensor, limit + 1), [found("warning", limit + 1)]);
    assertEquals(at(sensor, limit + 5), [found("critical", limit + 5)]);
  }
  // One of a device, the worst for its kind; the rig's own once.
  const temperatures = [
    { sensor: "chip", celsius: 104 },
    { sensor: "board", celsius: 90.25 },
    { sensor: "psu", celsius: 86 },
  ];
  const device = { name: "a", temperatures: temperatures.slice(0, 2) };
  assertEquals(judge({ temperatures, devices: [device] }), [
    "warning|hot||The sensor psu is at 86 °C, above 85 °C",
    "critical|hot|a|The sensor board of a is at 90.3 °C, above 85 °C",
  ]);
});

Deno.test("findTrouble() tells fans, devices, errors and shares", () => {
  assertEquals(
    judge({
      fans: [{ name: "1", rpm: 0 }, { name: "psu", rpm: 9 }, { name: "x" }],
    }),
    ["critical|fan-stopped|fan 1|The fan 1 stands still: 0 rpm"],
  );
  assertEquals(
    judge({
      devices: [
        { name: "a", isUp: false, status: "Dead" },
        { name: "b", isUp: true, chips: 56, expectedChips: 63 },
        { name: "c", isUp: true, chips: 57, expectedChips: 63 },
        { name: "d", isUp: false, status: "Disabled" },
        { name: "e" },
      ],
    }),
    [
      "warning|device-down|a|a does not work: it is Dead; 1 of 5 do not",
      "warning|device-down|b|b has 56 of its 63 chips, less than 90 %",
    ],
  );
  assertEquals(judge({ devices: [{ name: "a", isUp: false }] }), [
    "critical|device-down|a|a does not work; 1 of 1 do not",
  ]);
  assertEquals(judge({ hardwareErrorRatio: 0.05 }), []);
  assertEquals(judge({ hardwareErrorRatio: 0.0512 }), [
    "warning|hardware-errors||5.12 % of its results are wrong, more than 5 %",
  ]);
  assertEquals(judge({ hardwareErrorRatio: 0.3 }), [
    "critical|hardware-errors||30 % of its results are wrong, more than 20 %",
  ]);
  assertEquals(judge({ errorCodes: ["2310"] }), [
    "warning|firmware-error||The rig itself reports the error 2310",
  ]);
  assertEquals(judge({ errorCodes: Array.from("abcdefghij") }), [
    "warning|firmware-error||The rig itself reports the errors a, b, c, d, e, f, g, h and 2 more",
  ]);
  assertEquals(judge({ shares: { accepted: 57, rejected: 3 } }), []);
  assertEquals(judge({ shares: { accepted: 10, rejected: 49 } }), []);
  assertEquals(judge({ shares: { rejected: 100 } }), []);
  assertEquals(judge({ shares: { accepted: 94, rejected: 6 } }), [
    "warning|rejects||Pools refused 6 % of its shares, more than 5 %",
  ]);
  assertEquals(judge({ shares: { accepted: 75, rejected: 25 } }), [
    "critical|rejects||Pools refused 25 % of its shares, more than 20 %",
  ]);
});

Deno.test("findTrouble() takes nothing that comes of rest for trouble", () => {
  const telemetry: Telemetry = {
    uptimeS: HOUR_S,
    clockS: 1_600_000_000,
    hashrate: { "5s": 0, average: 0 },
    devices: [{
      name: "a",
      isUp: false,
      temperatures: [{ sensor: "chip", celsius: 120 }],
    }],
    fans: [{ name: "1", rpm: 0 }],
    pools: [{ index: 0, isUp: false }],
    errorCodes: ["1"],
  };
  assertEquals(judge(telemetry).length, 6);
  assertEquals(
    judge({ ...telemetry, mode: "paused" }).map((line) => line.split("|")[1]),
    ["hot", "firmware-error"],
  );
});

Deno.test("findTrouble() takes limits by code: an object, a number, or null for none", () => {
  const telemetry: Telemetry = {
    devices: [{
      name: "a",
      temperatures: [{ sensor: "chip", celsius: 90 }, {
        sensor: "board",
        celsius: 80,
      }],
    }],
    shares: { accepted: 97, rejected: 3 },
  };
  assertEquals(judge(telemetry), []);
  const codes = (limits: TroubleLimits) =>
    findTrouble({ telemetry }, limits).map(({ code, severity }) =>
      `${code} ${severity}`
    );
  assertEquals(codes({ hot: { chip: 88 } }), ["hot warning"]);
  assertEquals(codes({ hot: { chip: 88, critical: 1 } }), ["hot critical"]);
  assertEquals(codes({ hot: 70 }), ["hot critical"]);
  assertEquals(codes({ rejects: 2 }), ["rejects warning"]);
  assertEquals(codes({ rejects: { warning: 1, critical: 2 } }), [
    "rejects critical",
  ]);
  assertEquals(codes({ rejects: { warning: 1, shares: 101 } }), []);
  assertEquals(codes({ rejects: 2, hot: null }), ["rejects warning"]);
});

Deno.test("mergeLimits() puts limits over others, limit by limit", () => {
  assertEquals(
    mergeLimits(
      { hot: 70, rejects: 2, down: null, "no-shares": 5 },
      { hot: { chip: 95 }, rejects: null, down: null },
      { rejects: { critical: 9 } },
    ),
    {
      hot: { board: 70, chip: 95, memory: 70, other: 70 },
      rejects: { critical: 9 },
      down: null,
      "no-shares": { minutes: 5 },
    },
  );
  assertEquals(mergeLimits(), {});
});

Deno.test("keepSince() keeps the time of what is the same trouble, whatever its value", () => {
  const at = (since: string, what: string, device?: string) => ({
    code: "hot" as const,
    severity: "warning" as const,
    what,
    since,
    ...(device === undefined ? {} : { device }),
  });
  assertEquals(
    keepSince(
      [at("2", "91 °C", "a"), at("2", "92 °C", "b"), at("2", "93 °C")],
      [at("1", "90 °C", "a"), at("1", "90 °C")],
    ),
    [at("1", "91 °C", "a"), at("2", "92 °C", "b"), at("1", "93 °C")],
  );
});

Deno.test("every rule says what it judges, and what its limits are", () => {
  assertEquals(TROUBLE_CODES.length, 12);
  for (const code of TROUBLE_CODES) {
    const { title, limits, units } = TROUBLE_RULES[code];
    assertEquals(title.length > 0, true, code);
    assertEquals(Object.keys(units), Object.keys(limits), code);
  }
});
