import { assert, assertEquals } from "jsr:@std/assert@1";
import { PageClock } from "../../dashboard/page_clock.js";
import { RigStore } from "../../dashboard/store.js";
import { Trail } from "../../dashboard/trail.js";

const SIX_HOURS_S = 6 * 3600;

/** Points of `/-/history`, one a minute. */
function listMinutes(from: number, end: number): { timeS: number }[] {
  return Array.from(
    { length: end - from },
    (_, index) => ({ timeS: (from + index) * 60, hashrate: from + index }),
  );
}

Deno.test("Trail keeps six hours while a point comes every 5 seconds", () => {
  const trail = new Trail(SIX_HOURS_S);
  trail.merge(listMinutes(0, 360), 60);
  const startS = 360 * 60;
  for (let timeS = startS; timeS <= startS + 7200; timeS += 5) {
    trail.add(timeS, timeS, 50);
  }
  const { times } = trail;
  assertEquals(times.at(-1), startS + 7200);
  assertEquals(times[0], startS + 7200 - SIX_HOURS_S);
  // One a minute, and one every 5 s of the last five minutes.
  assert(times.length < 360 + 70, `${times.length} points`);
  assertEquals(times.slice(-3), [7190, 7195, 7200].map((s) => startS + s));
  assert(!trail.hashrates.includes(null), "There is a gap");
});

Deno.test("Trail drops what is older than it keeps", () => {
  const trail = new Trail(3);
  for (const timeS of [100, 101, 101, 102, 103]) trail.add(timeS, timeS, 50);
  trail.add(104, undefined);
  assertEquals(trail.times, [101, 102, 103, 104]);
  assertEquals(trail.hashrates, [101, 102, 103, null]);
  assertEquals(trail.celsius, [50, 50, 50, null]);
});

Deno.test("Trail leaves a gap in a history that left minutes out", () => {
  const trail = new Trail(SIX_HOURS_S);
  trail.merge([...listMinutes(0, 3), ...listMinutes(6, 8)], 60);
  assertEquals(trail.hashrates, [0, 1, 2, null, 6, 7]);
  assertEquals(trail.times, [0, 60, 120, 121, 360, 420]);
});

Deno.test("Trail leaves a gap where points are long apart, or the line broke", () => {
  const trail = new Trail(SIX_HOURS_S);
  trail.breakLine();
  for (const timeS of [100, 190, 281]) trail.add(timeS, 1);
  assertEquals(trail.times, [100, 190, 191, 281]);
  trail.breakLine();
  trail.breakLine();
  trail.add(290, 2);
  assertEquals(trail.times, [100, 190, 191, 281, 282, 290]);
  assertEquals(trail.hashrates, [1, 1, null, 1, null, 2]);
});

Deno.test("Trail fills a gap with the history of what it missed, and no other", () => {
  const trail = new Trail(SIX_HOURS_S);
  trail.add(600, 1);
  trail.breakLine();
  trail.add(1200, 2);
  trail.merge(listMinutes(9, 16), 60);
  // The rest of it is missing from the history too.
  assertEquals(trail.times, [540, 600, 660, 720, 780, 840, 900, 901, 1200]);
  assertEquals(trail.hashrates, [9, 1, 11, 12, 13, 14, 15, null, 2]);
});

Deno.test("Trail keeps a short outage when it thins what is old", () => {
  const trail = new Trail(SIX_HOURS_S);
  for (let timeS = 0; timeS <= 1200; timeS += 5) {
    trail.add(timeS, timeS === 130 ? undefined : 1);
  }
  assertEquals(trail.hashrates.filter((value) => value === null).length, 1);
  assert(trail.times.length < 90, `${trail.times.length} points`);
});

Deno.test("PageClock goes on through a sleep in which performance.now() stands still", () => {
  let [wallMs, monotonicMs] = [1e12, 0];
  const clock = new PageClock(() => wallMs, () => monotonicMs);
  const startMs = clock.nowMs();
  [wallMs, monotonicMs] = [wallMs + 1000, 1000];
  assertEquals(clock.nowMs() - startMs, 1000);
  wallMs += 3_600_000;
  assertEquals(clock.nowMs() - startMs, 3_601_000);
  // Who sets it back has not lived less.
  wallMs -= 7_200_000;
  assertEquals(clock.nowMs() - startMs, 3_601_000);
});

Deno.test("RigStore breaks the line of every rig and of the fleet when it is paused", async () => {
  const store = new RigStore();
  for (const name of ["a", "b"]) {
    store.take("rig", JSON.stringify({ name, state: "up", telemetry: {} }));
    store.findTrail(name).add(store.nowMs() / 1000 + 1, 13e12);
  }
  store.trail.add(store.nowMs() / 1000, 26e12);
  // Listeners are told a moment later.
  const told = new Promise<void>((resolve) => void store.subscribe(resolve));
  store.pause();
  assertEquals(store.phase, "paused");
  await told;
  for (
    const trail of [
      store.trail,
      ...["a", "b"].map((name) => store.findTrail(name)),
    ]
  ) {
    assertEquals(trail.hashrates.slice(-2).map((value) => value === null), [
      false,
      true,
    ]);
  }
});
