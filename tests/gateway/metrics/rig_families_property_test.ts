/** Whatever the telemetry, a scrape is one that Prometheus takes. */
import {
  type ExpositionFormat,
  renderFamilies,
} from "../../../gateway/metrics/exposition.ts";
import {
  listRigFamilies,
  MAX_LABEL_LENGTH,
  RIG_METRICS,
  type RigSample,
} from "../../../gateway/metrics/rig_families.ts";
import type { Telemetry } from "../../../telemetry/telemetry.ts";
import { SNAPSHOTS } from "../../telemetry/snapshots/index.ts";
import { parseExposition, type ReadSample } from "./exposition_parser.ts";
import { assert, assertEquals } from "jsr:@std/assert@1";
import fc from "npm:fast-check@4";

const FORMATS: readonly ExpositionFormat[] = ["text", "openmetrics"];

/** A sample of every rig that was ever recorded. */
const RECORDED: readonly RigSample[] = [...SNAPSHOTS].map(
  ([rig, telemetry]) => ({
    rig,
    isUp: true,
    telemetry: telemetry as Telemetry,
  }),
);

function render(
  samples: readonly RigSample[],
  format: ExpositionFormat,
): string {
  return [...renderFamilies(listRigFamilies(samples), format)].join("");
}

function listSamples(samples: readonly RigSample[]): readonly ReadSample[] {
  return parseExposition(render(samples, "text"), "text")
    .flatMap((family) => family.samples);
}

const text = fc.oneof(
  fc.constantFrom(
    "",
    "1",
    "a",
    '"',
    "\\",
    "\n",
    'a"} 1\nb{c="',
    "x".repeat(300),
  ),
  fc.string({ unit: "binary", maxLength: 8 }),
  // Halves of surrogate pairs, of which UTF-8 knows none.
  fc.constantFrom("\ud800", "\udc00", "\ud801", "\ufffd"),
);
const number = fc.oneof(
  fc.double(),
  fc.integer({ min: -2, max: 5 }),
  fc.constantFrom(NaN, Infinity, -0, 1e21, 1e-7),
);

/** Any telemetry that the type allows, and worse. */
const telemetry: fc.Arbitrary<Telemetry> = (() => {
  const some = <Members>(
    members: { [K in keyof Members]: fc.Arbitrary<Members[K]> },
  ) => fc.record(members, { requiredKeys: [] });
  const list = <Item>(item: fc.Arbitrary<Item>) =>
    fc.array(item, { maxLength: 4 });
  const hashrate = some({ "5s": number, "1m": number, average: number });
  const shares = some({ accepted: number, rejected: number, stale: number });
  const temperatures = list(fc.record({ sensor: text, celsius: number }));
  return some({
    miner: some({ software: text, version: text, api: text, model: text }),
    uptimeS: number,
    hashrate,
    shares,
    hardwareErrors: number,
    bestShare: number,
    blocksFound: number,
    powerW: number,
    temperatures,
    devices: list(fc.record({
      name: text,
      isUp: fc.boolean(),
      hashrate,
      temperatures,
      hardwareErrors: number,
      shares,
    })),
    fans: list(fc.record({ name: text, rpm: number, percent: number })),
    pools: list(fc.record({
      index: fc.oneof(fc.nat(2), number),
      url: text,
      isUp: fc.boolean(),
      priority: number,
      shares,
      lastShareTimeS: number,
    })),
  }) as fc.Arbitrary<Telemetry>;
})();

Deno.test("listRigFamilies() of any telemetry passes a strict parser, with no series twice", () => {
  const sample = fc.record({
    rig: fc.oneof(
      fc.constantFrom("a", "b"),
      text.filter((name) => name !== ""),
    ),
    isUp: fc.boolean(),
    durationMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
    telemetry,
  });
  const utf8 = new TextEncoder();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 4 }), (samples) => {
      for (const format of FORMATS) {
        // As it arrives: what UTF-8 does not know is replaced on the way.
        const sent = decoder.decode(utf8.encode(render(samples, format)));
        const read = parseExposition(sent, format)
          .flatMap((family) => family.samples);
        for (const { labels, value } of read) {
          assert(Number.isFinite(value));
          const { rig, ...others } = labels;
          assert(rig !== undefined);
          const longest = Math.max(
            ...Object.values(others).map(({ length }) => length),
          );
          assert(longest <= MAX_LABEL_LENGTH);
        }
      }
    }),
    { numRuns: 400 },
  );
});

Deno.test("listRigFamilies() of every recorded rig has only labels that it names", () => {
  assert(RECORDED.length > 50, `${RECORDED.length} snapshots`);
  for (const format of FORMATS) {
    const families = parseExposition(render(RECORDED, format), format);
    assert(families.length > 20, `${families.length} families`);
    for (const { name, samples } of families) {
      const metric = RIG_METRICS.find((known) =>
        name.startsWith(known.name) && name.length - known.name.length <= 6 &&
        ["", "_info", "_total"].includes(name.slice(known.name.length))
      );
      const labels = new Set(
        samples.flatMap(({ labels }) => Object.keys(labels)),
      );
      assertEquals([...labels.difference(new Set(metric?.labels))], [], name);
    }
  }
  const values = listSamples(RECORDED);
  const up = values.filter(({ name }) => name === "cgminer_up");
  assertEquals(up.length, RECORDED.length);
});

Deno.test("listRigFamilies() gives no user, password or path away", () => {
  const labels = listSamples(RECORDED).flatMap(({ labels }) =>
    Object.entries(labels)
  );
  const names = new Set(labels.map(([name]) => name));
  for (const name of ["user", "worker", "password", "pass", "token"]) {
    assertEquals(names.has(name), false, name);
  }
  const urls = labels.filter(([name]) => name === "url");
  assert(urls.length > 20, `${urls.length} URLs`);
  for (const [, url] of urls) assertEquals(url.includes("@"), false, url);
});
