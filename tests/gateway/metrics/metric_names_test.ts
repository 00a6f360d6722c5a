/** Names, types and labels are promises: dashboards and alerts hang on them. */
import monitoring from "../../../docs/monitoring.md" with { type: "text" };
import {
  type MetricDescription,
  toSampleName,
} from "../../../gateway/metrics/exposition.ts";
import { ROUTE_NAMES } from "../../../gateway/http/route_names.ts";
import { GatewayMetrics } from "../../../gateway/metrics/gateway_metrics.ts";
import { RIG_METRICS } from "../../../gateway/metrics/rig_families.ts";
import { METRIC_NAMES } from "./metric_names.ts";
import { assert, assertEquals, assertMatch } from "jsr:@std/assert@1";

const METRICS: readonly MetricDescription[] = [
  ...RIG_METRICS,
  ...new GatewayMetrics({ version: "1", readQueueLength: () => 0 }).families,
];

/** What the page says of metrics; its other tables have cells alike. */
const [page = ""] = monitoring.split(/^## (?!Metrics$)/m);

/** Ends of names that other types of metrics have. */
const RESERVED_SUFFIX = /_(total|created|count|sum|bucket|info)$/;

function formatCells(cells: readonly string[]): string {
  return cells.map((cell) => cell === "" ? "" : `\`${cell}\``).join(", ");
}

Deno.test("every metric has the name, type and labels that are pinned", () => {
  const known = METRICS.map((metric) => [
    toSampleName(metric),
    [metric.type, ...metric.labels],
  ]);
  assertEquals(Object.fromEntries(known), METRIC_NAMES);
  assertEquals(known.length, Object.keys(METRIC_NAMES).length);
});

Deno.test("docs/monitoring.md lists every metric with its type, labels and unit", () => {
  const listed = [
    ...page.matchAll(/^\| (`\w+`) +\|([^|]*)\|([^|]*)\|([^|]*)\|/gm),
  ]
    .map((cells) => cells.slice(1).map((cell) => cell.trim()));
  const known = METRICS.map((metric) => [
    `\`${toSampleName(metric)}\``,
    metric.type,
    formatCells(metric.labels),
    formatCells([metric.unit ?? ""]),
  ]);
  assertEquals(listed, known);
});

Deno.test("docs/monitoring.md lists every route", () => {
  const [, routes = ""] = page.match(/^`route` is .*?: (.*)\.$/m) ?? [];
  assertEquals(routes, formatCells(ROUTE_NAMES));
});

for (const metric of METRICS) {
  Deno.test(`${toSampleName(metric)} keeps the conventions`, () => {
    const { name, help, unit, labels, type } = metric;
    assertMatch(name, /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
    assert(!RESERVED_SUFFIX.test(name), name);
    assertMatch(help, /^[A-Z].*\.$/);
    if (unit !== undefined) assert(name.endsWith(`_${unit}`), name);
    if (/_(seconds|bytes|celsius|watts|ratio)$/.test(name)) assert(unit, name);
    if (type === "info") assertEquals(unit, undefined);
    const taken = ["instance", "job", "le", "quantile", "user", "worker"];
    assertEquals(labels.filter((label) => taken.includes(label)), []);
  });
}
