import { assert, assertEquals } from "jsr:@std/assert@1";
import { Series } from "../../dashboard/series.ts";
import { PageClock, RigStore } from "../../dashboard/store.ts";

const SIX_HOURS_S = 6 * 3600;

/** Points of `/-/history`, one a minute. */
function listMinutes(from: number, end: number): { timeS: number }[] {
  return Array.from(
    { length: end - from },
    (_, index) => ({ timeS: (from + index) * 60, hashrate: from + index }),
  );
}

Deno.test("Series keeps six hours while a point comes every 5 seconds", () => {
  const series = new Series(SIX_HOURS_S);
  series.merge(listMinutes(0, 360), 60);
  const startS = 360 * 60;
  for (let timeS = startS; timeS <= startS + 7200; timeS += 5) {
    series.add(timeS, { hashrate: timeS, celsius: 50 });
  }
  const { times } = series;
  assertEquals(times.at(-1), startS + 7200);
  assertEquals(times[0], startS + 7200 - SIX_HOURS_S);
  // One a minute, and one every 5 s of the last five minutes.
  assert(times.length < 360 + 70, `${times.length} points`);
  assertEquals(times.slice(-3), [7190, 7195, 7200].map((s) => startS + s));
  assert(!series.columns.hashrate.includes(null), "There is a gap");
});

Deno.test("Series drops what is older than it keeps", () => {
  const series = new Series(3);
  for (const timeS of [100, 101, 101, 102, 103]) {
    series.add(timeS, { hashrate: timeS, celsius: 50 });
  }
  series.add(104, {});
  assertEquals(series.times, [101, 102, 103, 104]);
  assertEquals(series.columns.hashrate, [101, 102, 103, null]);
  assertEquals(series.columns.celsius, [50, 50, 50, null]);
});

Deno.test("Series leaves a gap in a history that left minutes out", () => {
  const series = new Series(SIX_HOURS_S);
  series.merge([...listMinutes(0, 3), ...listMinutes(6, 8)], 60);
  assertEquals(series.columns.hashrate, [0, 1, 2, null, 6, 7]);
  assertEquals(series.times, [0, 60, 120, 121, 360, 420]);
});

Deno.test("Series leaves a gap where points are long apart, or the line broke", () => {
  const series = new Series(SIX_HOURS_S);
  series.breakLine();
  for (const timeS of [100, 190, 281]) series.add(timeS, { hashrate: 1 });
  assertEquals(series.times, [100, 190, 191, 281]);
  series.breakLine();
  series.breakLine();
  series.add(290, { hashrate: 2 });
  assertEquals(series.times, [100, 190, 191, 281, 282, 290]);
  assertEquals(series.columns.hashrate, [1, 1, null, 1, null, 2]);
});

Deno.test("Series fills a gap with the history of what it missed, and no other", () => {
  const series = new Series(SIX_HOURS_S);
  series.add(600, { hashrate: 1 });
  series.breakLine();
  series.add(1200, { hashrate: 2 });
  series.merge(listMinutes(9, 16), 60);
  // The rest of it is missing from the history too.
  assertEquals(series.times, [540, 600, 660, 720, 780, 840, 900, 901, 1200]);
  assertEquals(series.columns.hashrate, [9, 1, 11, 12, 13, 14, 15, null, 2]);
});

Deno.test("Series keeps a short outage when it thins what is old", () => {
  const series = new Series(SIX_HOURS_S);
  for (let timeS = 0; timeS <= 1200; timeS += 5) {
    series.add(timeS, timeS === 130 ? {} : { hashrate: 1 });
  }
  assertEquals(
    series.columns.hashrate.filter((value) => value === null).length,
    1,
  );
  assert(series.times.length < 90, `${series.times.length} points`);
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
    store.handleEvent(
      "rig",
      JSON.stringify({ name, state: "up", telemetry: {} }),
    );
    store.findSeries(name).add(store.nowMs() / 1000 + 1, { hashrate: 13e12 });
  }
  store.series.add(store.nowMs() / 1000, { hashrate: 26e12 });
  // Listeners are called a moment later.
  const called = new Promise<void>((resolve) => void store.subscribe(resolve));
  store.pause();
  assertEquals(store.phase, "paused");
  await called;
  for (
    const series of [
      store.series,
      ...["a", "b"].map((name) => store.findSeries(name)),
    ]
  ) {
    assertEquals(
      series.columns.hashrate.slice(-2).map((value) => value === null),
      [
        false,
        true,
      ],
    );
  }
});
