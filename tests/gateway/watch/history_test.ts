import { assert, assertEquals } from "jsr:@std/assert@1";
import { FleetMonitor } from "../../../gateway/watch/fleet_monitor.ts";
import {
  addRigs,
  FleetHistory,
  type FleetPoint,
  formatCsv,
  parseStep,
  parseTime,
  planSpan,
  PointMaker,
  readFigures,
  rollUp,
  type Sample,
} from "../../../gateway/watch/history.ts";
import { sampleFleet } from "../../../gateway/watch/sampler.ts";
import { Fleet, type FleetRig } from "../../../rigs/fleet.ts";
import { Simulator } from "../../../rigs/simulator.ts";
import type { Telemetry } from "../../../telemetry/telemetry.ts";
import { ScriptedRig } from "../../scripted_rig.ts";

const HERE = { hostname: "127.0.0.1", port: 4028 };
const FLEET = new Fleet([{ name: "a", ...HERE }, { name: "b", ...HERE }]);
const [A, B] = [...FLEET.rigs] as [FleetRig, FleetRig];

/** A round: what each rig said; nothing: it is down. */
function takeRound(
  history: FleetHistory,
  timeS: number,
  said: readonly (readonly [rig: FleetRig, telemetry?: Telemetry])[],
  rigCount = 2,
): void {
  for (const [rig, telemetry] of said) {
    history.record(rig, rigCount, telemetry, { timeS, takenS: timeS + 2 });
  }
  history.endRound();
}

const SAMPLE: Sample = { timeS: 0, takenS: 0, rounds: 1, up: 1, down: 0 };

Deno.test("FleetHistory keeps each value at the time when it was taken, also of rounds at a minute's edge", async () => {
  const history = new FleetHistory();
  const [first, second, third] = [119, 180, 239];
  takeRound(history, first, [[A, { hashrate: { "5s": 1 } }]]);
  takeRound(history, second, [[A, { hashrate: { "5s": 2 }, powerW: 900 }]]);
  takeRound(history, third, [[A]]);
  const { points, stepS } = await history.read({ rig: "a" }, [A], {
    nowMs: 240_000,
  });
  assertEquals(stepS, 60);
  assertEquals(points, [
    { timeS: first + 2, hashrate: 1, state: "up" },
    { timeS: second + 2, hashrate: 2, powerW: 900, state: "up" },
    { timeS: third + 2, state: "down" },
  ]);
});

Deno.test("FleetHistory counts shares since the point before, through a restart of the miner", async () => {
  const history = new FleetHistory();
  [[10, 1], [15, 1], [4, 0]].forEach(([accepted = 0, rejected = 0], index) => {
    const shares = { accepted, rejected };
    takeRound(history, 60 * (index + 1), [[A, { shares }]]);
  });
  const { points } = await history.read({ rig: "a" }, [A], { nowMs: 240_000 });
  assertEquals(
    points.map(({ accepted, rejected }) => [accepted, rejected]),
    [[undefined, undefined], [5, 0], [4, 0]],
  );
});

Deno.test("FleetHistory adds rigs of one algorithm up, and never those of several", async () => {
  const history = new FleetHistory();
  const s9 = { miner: { model: "Antminer S9" }, hashrate: { "5m": 14e12 } };
  const l3 = { miner: { model: "Antminer L3+" }, hashrate: { "5m": 5e8 } };
  takeRound(history, 60, [[A, { ...s9, powerW: 1300 }], [B, s9]]);
  takeRound(history, 120, [[A, s9], [B, { ...l3, powerW: 800 }]]);
  takeRound(history, 180, [[A, s9], [B]]);
  const { points, since } = await history.read({}, undefined, {
    nowMs: 240_000,
  });
  assertEquals(since, "1970-01-01T00:01:00.000Z");
  const expected = [
    { timeS: 62, powerW: 1300, hashrate: 28e12, up: 2, down: 0 },
    {
      ...{ timeS: 122, powerW: 800, up: 2, down: 0 },
      hashrates: { "SHA-256": 14e12, Scrypt: 5e8 },
    },
    { timeS: 182, hashrate: 14e12, up: 1, down: 1 },
  ];
  assertEquals(points, expected);
  const tagged = await history.read({ tag: "site:barn" }, [A, B], {
    nowMs: 240_000,
  });
  assertEquals(tagged.points.length, 3);
  assertEquals(
    formatCsv({ ...tagged, points }).split("\r\n").slice(0, 3),
    [
      "time,hashrate,hashrate SHA-256,hashrate Scrypt,celsius,powerW,accepted,rejected,up,down",
      "1970-01-01T00:01:02.000Z,28000000000000,,,,1300,,,2,0",
      "1970-01-01T00:02:02.000Z,,14000000000000,500000000,,800,,,2,0",
    ],
  );
});

Deno.test("FleetHistory forgets what is older than six hours, or an hour with very many rigs", async () => {
  for (const [rigCount, points] of [[1, 360], [4000, 222], [100_000, 60]]) {
    const history = new FleetHistory();
    for (let minute = 1; minute <= 1000; minute++) {
      const said = [[A, { hashrate: { "5m": minute } }]] as const;
      takeRound(history, minute * 60, said, rigCount);
    }
    const query = { rig: "a", fromS: 0 };
    const kept = (await history.read(query, [A], { nowMs: 60_001_000 })).points;
    assertEquals(kept.length, points);
    assertEquals(kept.at(-1)?.hashrate, 1000);
    assertEquals(kept[0]?.hashrate, 1001 - (points ?? 0));
  }
});

Deno.test("FleetHistory is safe from a clock that jumps: nothing is lost, and points stand in order", async () => {
  const history = new FleetHistory();
  for (const timeS of [3600, 3660, 90_000, 3690, 3720]) {
    takeRound(history, timeS, [[A, { powerW: timeS }]]);
  }
  const { points } = await history.read({ rig: "a" }, [A], {
    nowMs: 3_780_000,
  });
  assertEquals(points.map(({ powerW }) => powerW), [3600, 3660, 3690, 3720]);
});

Deno.test("rollUp() weighs by rounds, and a rig that was down made no hashes", () => {
  const up: Sample = { ...SAMPLE, rounds: 3, hashrate: 8, powerW: 100 };
  const down: Sample = { ...SAMPLE, takenS: 100, up: 0, down: 1 };
  const rolled = rollUp({ ...up, celsius: 60, accepted: 2 }, down);
  assertEquals(rolled, {
    ...{ timeS: 0, takenS: 25, rounds: 4, hashrate: 6, celsius: 60 },
    ...{ powerW: 100, accepted: 2, rejected: undefined, up: 0.75, down: 0.25 },
  });
  // One that was up and did not say its hashrate says nothing of it.
  assertEquals(rollUp(up, SAMPLE).hashrate, 8);
  assertEquals(rollUp(SAMPLE, down).hashrate, undefined);
  const points = new PointMaker(900);
  points.add("a", "SHA-256", rolled);
  assertEquals(points.makeRigPoints(), [{
    ...{ timeS: 25, hashrate: 6, celsius: 60, powerW: 100, accepted: 2 },
    ...{ state: "up", upRatio: 0.75 },
  }]);
});

Deno.test("addRigs() sums, and takes the hottest", () => {
  const sum = addRigs(
    { ...SAMPLE, hashrate: 1, celsius: 60, rejected: 1 },
    { ...SAMPLE, hashrate: 2, celsius: 70, takenS: 3 },
  );
  assertEquals(
    [sum.hashrate, sum.celsius, sum.rejected, sum.up, sum.takenS],
    [3, 70, 1, 2, 0],
  );
});

Deno.test("PointMaker makes the same points of steps that were closed", () => {
  const make = (isClosing: boolean): unknown => {
    const points = new PointMaker(300);
    for (let timeS = 0; timeS < 3000; timeS += 60) {
      if (isClosing) points.closeBefore(timeS);
      for (const rig of ["a", "b", "c"]) {
        points.add(rig, rig === "c" ? "Scrypt" : "SHA-256", {
          ...{ timeS, takenS: timeS + 7, rounds: 1, up: 1, down: 0 },
          ...{ hashrate: timeS, accepted: 1 },
        });
      }
    }
    return points.makeFleetPoints();
  };
  assertEquals(make(true), make(false));
});

Deno.test("planSpan() bounds the step by what is kept, by points, and by rigs that are added up", () => {
  const nowS = 200 * 86_400;
  const plan = (hours: number, stepS?: number, rigCount = 1, sinceS = 0) =>
    planSpan(
      { fromS: nowS - hours * 3600, stepS },
      { nowS, sinceS, rigCount },
    ).stepS;
  assertEquals(plan(6), 60);
  assertEquals(plan(6, 1), 60);
  assertEquals(plan(6, 100), 100);
  assertEquals(plan(47), 85);
  assertEquals(plan(49), 900);
  assertEquals(plan(24 * 30), 1297);
  assertEquals(plan(24 * 61), 21_600);
  assertEquals(plan(24, 60, 300), 60);
  assertEquals(plan(24, 60, 1000), 900);
  // A young file: what is not there bounds nothing.
  assertEquals(plan(24 * 100, 60, 1, nowS - 3600), 60);
  const { fromS, toS } = planSpan({}, { nowS, rigCount: 1 });
  assertEquals([nowS - fromS, toS - nowS], [21_600, 1]);
});

Deno.test("parseTime() takes ISO 8601 and Unix seconds, and nothing else", () => {
  for (
    const [text, timeS] of [
      ...[["0", 0], ["1796083200", 1796083200], ["1.5", 1.5]] as const,
      ...[["2026-12-01", 1796083200]] as const,
      ["2026-12-01T00:00", 1796083200],
      ["2026-12-01T00:00:00Z", 1796083200],
      ["2026-12-01T01:00:00+01:00", 1796083200],
      ["2026-12-01T01:00:00 01:00", 1796083200],
      ["2026-12-01T00:00:00.250Z", 1796083200.25],
    ] as const
  ) assertEquals(parseTime(text), timeS, text);
  for (
    const text of [
      ...["", "-1", "1e3", "0x10", "Infinity", "now", "2026-13-01"],
      ...["999999999999", "1969-01-01", "2026-12-01T25:00", "12/01/2026"],
      "2026-12-01 00:00",
    ]
  ) assertEquals(parseTime(text), undefined, text);
  assertEquals(["60", "0", "-5", "1.5", "1e9", ""].map(parseStep), [
    ...[60, undefined, undefined, undefined, undefined, undefined],
  ]);
});

Deno.test("readFigures() takes the steadiest window and the hottest sensor, and no zero for nothing", () => {
  assertEquals(readFigures({}), {});
  assertEquals(readFigures({ hashrate: { "5s": 3, average: 2 } }), {
    hashrate: 3,
  });
  assertEquals(
    readFigures({
      ...{ hashrate: { "5s": 3, "5m": 4 }, powerW: 5 },
      shares: { accepted: 1, rejected: 0, stale: 4 },
      temperatures: [{ sensor: "inlet", celsius: 30 }],
      devices: [{ name: "a" }, {
        name: "b",
        temperatures: [{ sensor: "chip", celsius: 80 }],
      }],
    }),
    { hashrate: 4, celsius: 80, powerW: 5, accepted: 1, rejected: 0 },
  );
});

Deno.test("sampleFleet() asks every rig once, and notes those that are down", async () => {
  await using up = Simulator.start();
  await using down = await ScriptedRig.start(() => {});
  const fleet = new Fleet([
    { name: "up", hostname: up.hostname, port: up.port },
    { name: "down", hostname: down.hostname, port: down.port },
  ]);
  const history = new FleetHistory();
  const monitor = new FleetMonitor();
  const { signal } = new AbortController();
  const startS = Math.floor(Date.now() / 1000);
  await sampleFleet({ fleet, monitor, history, signal });
  const points = (await history.read({})).points as FleetPoint[];
  assertEquals(points.map(({ up, down }) => [up, down]), [[1, 1]]);
  assert((points[0]?.hashrate ?? 0) > 1e9);
  const readRig = async (name: string) => {
    const rig = fleet.findRig(name) as FleetRig;
    return (await history.read({ rig: name }, [rig])).points;
  };
  const [sample, ...more] = await readRig("up");
  assertEquals(more, []);
  assert(sample !== undefined && sample.timeS >= startS);
  assertEquals((await readRig("down")).map(({ timeS: _, ...rest }) => rest), [
    { state: "down" },
  ] as never);
  assertEquals(up.requestCount, 1);
});

Deno.test("sampleFleet() notes nothing of a round that was broken off", async () => {
  await using rig = await ScriptedRig.start(({ closed }) => closed);
  const { hostname, port } = rig;
  const fleet = new Fleet([{ name: "a", hostname, port }]);
  const history = new FleetHistory();
  const gone = new AbortController();
  const sampled = sampleFleet({
    fleet,
    monitor: new FleetMonitor(),
    history,
    signal: gone.signal,
  }).catch((error) => error);
  await rig.untilRequests(1);
  gone.abort(new Error("stopped"));
  assertEquals((await sampled).message, "stopped");
  assertEquals((await history.read({})).points, []);
});
