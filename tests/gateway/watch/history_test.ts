import { assert, assertEquals } from "jsr:@std/assert@1";
import { FleetMonitor } from "../../../gateway/watch/fleet_monitor.ts";
import { FleetHistory, toPoint } from "../../../gateway/watch/history.ts";
import { sampleFleet } from "../../../gateway/watch/sampler.ts";
import { Fleet } from "../../../rigs/fleet.ts";
import { Simulator } from "../../../rigs/simulator.ts";
import { ScriptedRig } from "../../scripted_rig.ts";

const MINUTE_MS = 60_000;
const HERE = { hostname: "127.0.0.1", port: 4028 };
const RIG = new Fleet([{ name: "a", ...HERE }]).defaultRig;

Deno.test("FleetHistory keeps a point a minute, oldest first, and leaves gaps out", () => {
  const history = new FleetHistory();
  history.record(RIG, 1, { hashrate: 1, celsius: 60 }, MINUTE_MS);
  history.record(RIG, 1, { hashrate: 2 }, MINUTE_MS + 30_000);
  history.record(RIG, 1, { celsius: 61 }, 4 * MINUTE_MS);
  assertEquals(history.readRig(RIG), [
    { timeS: 60, hashrate: 2 },
    { timeS: 240, celsius: 61 },
  ]);
});

Deno.test("FleetHistory has no gap where a timer skipped a minute at its edge", () => {
  const history = new FleetHistory();
  for (const [hashrate, nowMs] of [[1, 119_999], [2, 180_001]] as const) {
    history.record(RIG, 1, { hashrate }, nowMs);
  }
  assertEquals(history.readRig(RIG), [
    { timeS: 60, hashrate: 1 },
    { timeS: 120, hashrate: 2 },
    { timeS: 180, hashrate: 2 },
  ]);
});

Deno.test("FleetHistory forgets what is older than six hours, or an hour with very many rigs", () => {
  for (const [rigCount, points] of [[1, 360], [5000, 200], [100_000, 60]]) {
    const history = new FleetHistory();
    for (let minute = 1; minute <= 1000; minute++) {
      history.record(
        RIG,
        rigCount ?? 0,
        { hashrate: minute },
        minute * MINUTE_MS,
      );
    }
    const kept = history.readRig(RIG);
    assertEquals(kept.length, points);
    assertEquals(kept.at(-1), { timeS: 60_000, hashrate: 1000 });
    assertEquals(kept[0]?.hashrate, 1001 - (points ?? 0));
  }
});

Deno.test("FleetHistory has nothing after a pause that was longer than it", () => {
  const history = new FleetHistory();
  history.record(RIG, 1, { hashrate: 1 }, MINUTE_MS);
  history.record(RIG, 1, { hashrate: 2 }, 10_000 * MINUTE_MS);
  assertEquals(history.readRig(RIG).map(({ hashrate }) => hashrate), [2]);
});

Deno.test("toPoint() takes the steadiest window and the hottest sensor, and no zero for nothing", () => {
  assertEquals(toPoint({}), {});
  assertEquals(toPoint({ hashrate: { "5s": 3, average: 2 } }), { hashrate: 3 });
  assertEquals(
    toPoint({
      hashrate: { "5s": 3, "5m": 4 },
      temperatures: [{ sensor: "inlet", celsius: 30 }],
      devices: [{ name: "a" }, {
        name: "b",
        temperatures: [{ sensor: "chip", celsius: 80 }],
      }],
    }),
    { hashrate: 4, celsius: 80 },
  );
});

Deno.test("sampleFleet() asks every rig once, and counts those that are down", async () => {
  await using up = Simulator.start();
  await using down = await ScriptedRig.start(() => {});
  const fleet = new Fleet([
    { name: "up", hostname: up.hostname, port: up.port },
    { name: "down", hostname: down.hostname, port: down.port },
  ]);
  const history = new FleetHistory();
  const monitor = new FleetMonitor();
  const { signal } = new AbortController();
  await sampleFleet({ fleet, monitor, history, signal });
  const [point] = history.readFleet();
  assertEquals([point?.up, point?.down], [1, 1]);
  assert((point?.hashrate ?? 0) > 1e9);
  const rig = fleet.findRig("up");
  assert(rig !== undefined && history.readRig(rig).length === 1);
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
  assertEquals(history.readFleet(), []);
});
