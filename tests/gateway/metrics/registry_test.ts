import { assert, assertEquals, assertThrows } from "jsr:@std/assert@1";
import {
  type ExpositionFormat,
  type MetricFamily,
  renderFamilies,
} from "../../../gateway/metrics/exposition.ts";
import {
  Counter,
  Histogram,
  Reading,
} from "../../../gateway/metrics/registry.ts";
import { parseExposition } from "./exposition_parser.ts";

/** `name{label=value}` → value, of all samples. */
function readSamples(
  family: MetricFamily,
  format: ExpositionFormat = "text",
): Record<string, number> {
  const text = [...renderFamilies([family], format)].join("");
  const samples = parseExposition(text, format)
    .flatMap((read) => read.samples)
    .map(({ name, labels, value }) => {
      const pairs = Object.entries(labels).map((pair) => pair.join("="));
      return [`${name}{${pairs}}`, value];
    });
  return Object.fromEntries(samples);
}

function makeCounter(maxChildren?: number): Counter {
  return new Counter({
    name: "chi_calls",
    help: "Calls.",
    labels: ["rig", "outcome"],
    ...(maxChildren === undefined ? {} : { maxChildren }),
  });
}

Deno.test("Counter counts by its labels", () => {
  const counter = makeCounter();
  counter.child("a", "ok").add();
  counter.child("a", "ok").add(2);
  counter.child("a", "down").add(0.5);
  counter.child('b"', "").add();
  assertEquals(readSamples(counter), {
    "chi_calls_total{rig=a,outcome=ok}": 3,
    "chi_calls_total{rig=a,outcome=down}": 0.5,
    'chi_calls_total{rig=b"}': 1,
  });
});

Deno.test("Counter gives the same child for the same labels", () => {
  const counter = makeCounter();
  const child = counter.child("a", "ok");
  child.add();
  assertEquals(counter.child("a", "ok") === child, true);
  assertEquals(counter.child("a", "down") === child, false);
  assertEquals(child.value, 1);
});

Deno.test("Counter without labels counts from 0, with labels from the first", () => {
  const shared = new Counter({
    name: "chi_shared",
    help: "Shared.",
    labels: [],
  });
  assertEquals(readSamples(shared), { "chi_shared_total{}": 0 });
  shared.child().add();
  assertEquals(readSamples(shared), { "chi_shared_total{}": 1 });
  assertEquals(readSamples(makeCounter()), {});
});

Deno.test("Counter refuses what is no count, and keeps what it has", () => {
  const child = makeCounter().child("a", "ok");
  child.add(4);
  for (const amount of [-1, NaN, Infinity]) {
    assertThrows(() => child.add(amount), RangeError, String(amount));
  }
  assertEquals(child.value, 4);
});

Deno.test("Counter refuses more or fewer values than labels", () => {
  const counter = makeCounter();
  assertThrows(() => counter.child("a"), TypeError, "rig,outcome");
  assertThrows(() => counter.child("a", "b", "c"), TypeError, "not 3");
  assertEquals(counter.size, 0);
});

Deno.test("Counter counts what is beyond its limit together", () => {
  const counter = makeCounter(3);
  for (let at = 0; at < 1_000; at++) counter.child(`rig-${at}`, "ok").add();
  assertEquals(counter.size, 4);
  assertEquals(readSamples(counter), {
    "chi_calls_total{rig=rig-0,outcome=ok}": 1,
    "chi_calls_total{rig=rig-1,outcome=ok}": 1,
    "chi_calls_total{rig=rig-2,outcome=ok}": 1,
    "chi_calls_total{rig=other,outcome=other}": 997,
  });
});

Deno.test("Counter has room again once children are forgotten, and keeps the rest", () => {
  const counter = makeCounter(2);
  for (const rig of ["a", "b", "c"]) counter.child(rig, "ok").add();
  counter.removeChildren(([rig]) => rig !== "b");
  for (const rig of ["d", "e"]) counter.child(rig, "ok").add();
  assertEquals(readSamples(counter), {
    "chi_calls_total{rig=b,outcome=ok}": 1,
    "chi_calls_total{rig=d,outcome=ok}": 1,
    "chi_calls_total{rig=other,outcome=other}": 2,
  });
  counter.removeChildren(() => true);
  assertEquals(readSamples(counter), {
    "chi_calls_total{rig=other,outcome=other}": 2,
  });
});

Deno.test("Counter writes no series twice when children come and go meanwhile", () => {
  const counter = makeCounter();
  const count = 5_000;
  for (let at = 0; at < count; at++) {
    counter.child(`a-rig-with-a-long-name-${at}`, "ok").add();
  }
  const pieces: string[] = [];
  for (const piece of renderFamilies([counter], "text")) {
    pieces.push(piece);
    counter.removeChildren(() => true);
    counter.child("a-rig-with-a-long-name-0", "ok").add();
  }
  assert(pieces.length > 2, `${pieces.length} pieces`);
  const [family] = parseExposition(pieces.join(""), "text");
  assertEquals(family?.samples.length, count);
});

Deno.test("Histogram counts values into the first bucket that holds them", () => {
  const histogram = new Histogram(
    { name: "chi_wait_seconds", help: "Wait.", unit: "seconds", labels: [] },
    [0.01, 1, 10],
  );
  for (const value of [0, 0.01, 0.5, 1, 1.5, 99]) {
    histogram.child().observe(value);
  }
  for (const format of ["text", "openmetrics"] as const) {
    assertEquals(readSamples(histogram, format), {
      "chi_wait_seconds_bucket{le=0.01}": 2,
      "chi_wait_seconds_bucket{le=1.0}": 4,
      "chi_wait_seconds_bucket{le=10.0}": 5,
      "chi_wait_seconds_bucket{le=+Inf}": 6,
      "chi_wait_seconds_sum{}": 102.01,
      "chi_wait_seconds_count{}": 6,
    });
  }
});

Deno.test("Histogram has buckets for each set of labels", () => {
  const histogram = new Histogram(
    { name: "chi_wait", help: "Wait.", labels: ["route"] },
    [1],
  );
  histogram.child("rig").observe(0.5);
  histogram.child("all").observe(2);
  assertEquals(readSamples(histogram), {
    "chi_wait_bucket{route=rig,le=1.0}": 1,
    "chi_wait_bucket{route=rig,le=+Inf}": 1,
    "chi_wait_sum{route=rig}": 0.5,
    "chi_wait_count{route=rig}": 1,
    "chi_wait_bucket{route=all,le=1.0}": 0,
    "chi_wait_bucket{route=all,le=+Inf}": 1,
    "chi_wait_sum{route=all}": 2,
    "chi_wait_count{route=all}": 1,
  });
});

Deno.test("Histogram refuses what is no duration, and keeps what it has", () => {
  const histogram = new Histogram(
    { name: "chi_wait", help: "Wait.", labels: [] },
    [1],
  );
  const child = histogram.child();
  for (const value of [-0.1, NaN, Infinity]) {
    assertThrows(() => child.observe(value), RangeError, String(value));
  }
  assertEquals([child.sum, ...child.counts], [0, 0, 0]);
});

Deno.test("Reading is read when it is scraped, and left out when there is none", () => {
  const values = [3, 4, undefined];
  const reading = new Reading(
    { name: "chi_length", type: "gauge", help: "Length.", labels: ["a", "b"] },
    () => values.shift(),
    ["x", ""],
  );
  assertEquals(values.length, 3);
  assertEquals(readSamples(reading), { "chi_length{a=x}": 3 });
  assertEquals(readSamples(reading, "openmetrics"), { "chi_length{a=x}": 4 });
  assertEquals(readSamples(reading), {});
});
