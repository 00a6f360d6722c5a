/** The dashboards load without edits, and ask for metrics that there are. */
import { assert, assertEquals, assertMatch } from "jsr:@std/assert@1";
import fleet from "../../deploy/grafana/chi_fleet.json" with { type: "json" };
import rig from "../../deploy/grafana/chi_rig.json" with { type: "json" };
import page from "../../docs/monitoring.md" with { type: "text" };
import { METRIC_NAMES } from "../gateway/metrics/metric_names.ts";

interface Target {
  readonly refId: string;
  readonly datasource: unknown;
  readonly expr: string;
  readonly format: string;
  readonly instant: boolean;
  readonly legendFormat: string;
}

interface Transformation {
  readonly id: string;
  readonly options: {
    readonly excludeByName?: Readonly<Record<string, boolean>>;
    readonly renameByName?: Readonly<Record<string, string>>;
  };
}

interface Override {
  readonly matcher: { readonly id: string; readonly options: string };
  readonly properties: readonly {
    readonly id: string;
    readonly value: unknown;
  }[];
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: unknown;
  readonly gridPos: Readonly<Record<"x" | "y" | "w" | "h", number>>;
  readonly targets?: readonly Target[];
  readonly transformations?: readonly Transformation[];
  readonly fieldConfig?: {
    readonly defaults: { readonly unit: string };
    readonly overrides: readonly Override[];
  };
}

interface Variable {
  readonly name: string;
  readonly type: string;
  readonly datasource?: unknown;
  readonly query: unknown;
  readonly definition?: string;
  readonly multi: boolean;
  readonly includeAll: boolean;
  readonly allValue?: string;
}

interface Dashboard {
  readonly id: unknown;
  readonly uid: string;
  readonly schemaVersion: number;
  readonly templating: { readonly list: readonly Variable[] };
  readonly panels: readonly Panel[];
}

/** What a query asks for. */
interface Query {
  readonly metrics: readonly string[];
  /** Name of a metric and of a label that is matched. */
  readonly matched: readonly (readonly [string, string])[];
  /** Labels in `by`, `on` and `group_left`. */
  readonly grouped: readonly string[];
}

const DATASOURCE = { type: "prometheus", uid: "${datasource}" };

/** Units as Grafana names them (packages/grafana-data, categories.ts). */
const UNITS = [
  ...["Hs", "celsius", "rotrpm", "watt", "percentunit", "s", "bytes"],
  ...["reqps", "cps", "none", "short", "sishort"],
  ...["suffix:J/TH", "suffix:/min"],
];

/** The units of metrics, by the ends of their names. */
const METRIC_UNITS: readonly (readonly [RegExp, string])[] = [
  [/_hashes_per_second$/, "Hs"],
  [/_celsius$/, "celsius"],
  [/_rpm$/, "rotrpm"],
  [/_watts$/, "watt"],
  [/_ratio$/, "percentunit"],
  [/_seconds$/, "s"],
  [/_bytes$/, "bytes"],
];

/** Arithmetic and counting; maxima, sums and quantiles leave the unit as it is. */
const CHANGES_UNIT = / [*/-] |\b(?:rate|count|group|group_left)\b/;

/** What Prometheus knows of an alert rule; `rig` is a label of most of ours. */
const ALERT_LABELS = ["alertname", "alertstate", "severity", "rig"];

/** `$tag` is any label of a rig, for whoever has tags. */
const OTHER_LABELS = ["$tag", "instance", "job"];

function readQuery(expr: string): Query {
  const selectors = [...expr.matchAll(/(\w+)\{([^}]*)\}/g)];
  const matched = selectors.flatMap(([, metric = "", matchers = ""]) =>
    [...matchers.matchAll(/([$\w]+)\s*(?:=~|!~|!=|=)\s*"/g)]
      .map(([, label = ""]) => [metric, label] as const)
  );
  const bare = expr.replace(/"[^"]*"|\{[^}]*\}|\[[^\]]*\]/g, "");
  const groups = /\b(?:by|on|group_left)\s*\(([^)]*)\)/g;
  const grouped = [...bare.matchAll(groups)]
    .flatMap(([, labels = ""]) => labels.split(",").map((each) => each.trim()));
  const names = bare.replace(groups, "")
    .matchAll(/\b([a-zA-Z_]\w*)(\s*\()?/g)
    .filter(([, name = "", call]) =>
      call === undefined && !["and", "or", "unless"].includes(name)
    )
    .map(([, name = ""]) => name);
  return { metrics: [...names], matched, grouped };
}

/** The labels of a metric; undefined if none is called so in queries. */
function findLabels(metric: string): readonly string[] | undefined {
  if (metric === "ALERTS") return ALERT_LABELS;
  const [type, ...labels] = METRIC_NAMES[metric] ?? [];
  if (type !== undefined && type !== "histogram") return labels;
  const series = METRIC_NAMES[metric.replace(/_bucket$/, "")] ?? [];
  const isBucket = metric.endsWith("_bucket") && series[0] === "histogram";
  return isBucket ? [...series.slice(1), "le"] : undefined;
}

function listPanels({ panels }: Dashboard): readonly Panel[] {
  return panels.filter(({ type }) => type !== "row");
}

function listTargets(dashboard: Dashboard): readonly Target[] {
  return listPanels(dashboard).flatMap(({ targets = [] }) => targets);
}

/** The columns of a table that are values and not hidden, by their query. */
function listColumns(panel: Panel): ReadonlyMap<Target, string> {
  const { targets = [], transformations = [] } = panel;
  const { excludeByName = {}, renameByName = {} } =
    transformations.find(({ id }) => id === "organize")?.options ?? {};
  const columns = targets.map((target): [Target, string] => [
    target,
    targets.length === 1 ? "Value" : `Value #${target.refId}`,
  ]);
  return new Map(
    columns.filter(([, name]) => excludeByName[name] !== true)
      .map(([target, name]) => [target, renameByName[name] ?? name]),
  );
}

/** The unit that the result of a query is shown with. */
function findUnit(panel: Panel, target: Target): string | undefined {
  const { defaults, overrides = [] } = panel.fieldConfig ?? {};
  if (panel.type !== "table") return defaults?.unit;
  const column = listColumns(panel).get(target);
  const unit = overrides.find(({ matcher }) => matcher.options === column)
    ?.properties.find(({ id }) => id === "unit")?.value;
  return typeof unit === "string" ? unit : undefined;
}

function overlap({ gridPos: a }: Panel, { gridPos: b }: Panel): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w &&
    a.y < b.y + b.h && b.y < a.y + a.h;
}

const DASHBOARDS: Readonly<Record<string, Dashboard>> = {
  chi_fleet: fleet,
  chi_rig: rig,
};

for (const [name, dashboard] of Object.entries(DASHBOARDS)) {
  const { panels } = dashboard;
  const variables = dashboard.templating.list;
  const text = JSON.stringify(dashboard);

  Deno.test(`${name}.json loads without edits`, () => {
    assertEquals(dashboard.id, null);
    assertEquals(dashboard.uid, name.replace("_", "-"));
    // 36 to 39 are Grafana 10 and 11; later ones read them.
    assert(dashboard.schemaVersion >= 36 && dashboard.schemaVersion <= 39);
    assert(!text.includes("__inputs") && !text.includes("${DS_"), name);
  });

  Deno.test(`${name}.json takes its data source from a variable`, () => {
    const [first, ...others] = variables;
    assertEquals(
      [first?.name, first?.type, first?.query],
      ["datasource", "datasource", "prometheus"],
    );
    for (const each of [...listPanels(dashboard), ...others]) {
      assertEquals(each.datasource, DATASOURCE, JSON.stringify(each));
    }
    for (const { datasource, expr } of listTargets(dashboard)) {
      assertEquals(datasource, DATASOURCE, expr);
    }
  });

  Deno.test(`${name}.json says what each panel shows`, () => {
    for (const { type, title, description = "" } of panels) {
      assertMatch(title, /^\S.*\S$/);
      if (type !== "row") assertMatch(description, /^\S.*\.$/s, title);
    }
    const titles = panels.map(({ title }) => title);
    const isRow = panels.map(({ type }) => type === "row");
    const shown = titles.filter((_, index) => isRow[index] === false);
    assertEquals(new Set(shown).size, shown.length, "a title stands twice");
  });

  Deno.test(`${name}.json places each panel once, side by side`, () => {
    assertEquals(new Set(panels.map(({ id }) => id)).size, panels.length);
    for (const [index, panel] of panels.entries()) {
      const { x, y, w, h } = panel.gridPos;
      assert(x >= 0 && y >= 0 && w > 0 && h > 0 && x + w <= 24, panel.title);
      const other = panels.slice(index + 1).find((each) =>
        overlap(panel, each)
      );
      assertEquals(other, undefined, `overlaps ${panel.title}`);
    }
  });

  Deno.test(`${name}.json gives every figure a unit`, () => {
    for (const panel of listPanels(dashboard)) {
      const columns = listColumns(panel);
      for (const target of panel.targets ?? []) {
        if (panel.type === "table" && !columns.has(target)) continue;
        const unit = findUnit(panel, target) ?? "no unit";
        assert(UNITS.includes(unit), `${panel.title}: ${unit}`);
        if (CHANGES_UNIT.test(target.expr)) continue;
        const expected = readQuery(target.expr).metrics.flatMap((metric) =>
          METRIC_UNITS.find(([suffix]) => suffix.test(metric))?.[1] ?? []
        );
        for (const each of expected) assertEquals(unit, each, target.expr);
      }
    }
  });

  Deno.test(`${name}.json asks for metrics and labels that there are`, () => {
    for (const { expr } of listTargets(dashboard)) {
      const { metrics, matched, grouped } = readQuery(expr);
      assert(metrics.length > 0, expr);
      for (const metric of metrics) assert(findLabels(metric), metric);
      for (const [metric, label] of matched) {
        const labels = [...findLabels(metric) ?? [], ...OTHER_LABELS];
        assert(labels.includes(label), `${metric}{${label}}: ${expr}`);
      }
      // An alert has the labels of whatever it is about.
      const labels = metrics.includes("ALERTS")
        ? Object.keys(METRIC_NAMES).concat("ALERTS")
        : metrics;
      const known = labels.flatMap((metric) => findLabels(metric) ?? []);
      for (const label of grouped) {
        assert(
          [...known, ...OTHER_LABELS].includes(label),
          `${label}: ${expr}`,
        );
      }
    }
  });

  Deno.test(`${name}.json names every line by labels that its query leaves`, () => {
    for (const { title, type, targets = [] } of listPanels(dashboard)) {
      const refIds = targets.map(({ refId }) => refId);
      assertEquals(new Set(refIds).size, refIds.length, title);
      for (const { expr, instant, format, legendFormat } of targets) {
        assertEquals(instant, type !== "timeseries", title);
        assertEquals(format, type === "table" ? "table" : "time_series", title);
        if (type === "timeseries") assert(!/^$|^__auto$/.test(legendFormat));
        const labels = legendFormat.matchAll(/\{\{(\w+)\}\}/g);
        for (const [, label = ""] of labels) {
          const { grouped } = readQuery(expr);
          const isMade = expr.includes(`"${label}", "$1"`);
          assert(isMade || grouped.includes(label), `${title}: ${label}`);
        }
      }
    }
  });

  Deno.test(`${name}.json uses variables that it has`, () => {
    const names = variables.map((variable) => variable.name);
    // Neither `$1` of label_replace nor `__name`, which Grafana sets itself.
    const used = text.matchAll(/\$\{?([a-zA-Z]\w*)/g).map(([, used]) => used);
    assertEquals(
      [...new Set(used)].filter((used = "") => !names.includes(used)),
      [],
    );
  });

  Deno.test(`${name}.json links only to dashboards that there are`, () => {
    const links = [...text.matchAll(/\/d\/([\w-]+)\?([^"]*)"/g)];
    const uids = Object.values(DASHBOARDS).map(({ uid }) => uid);
    const others = uids.filter((uid) => uid !== dashboard.uid);
    for (const [, uid = "", query = ""] of links) {
      assert(uids.includes(uid), uid);
      assert(query.startsWith("${datasource:queryparam}"), query);
    }
    for (const uid of others) {
      assert(links.some((link) => link[1] === uid), uid);
    }
  });

  Deno.test(`docs/monitoring.md says what is on ${name}.json`, () => {
    assert(page.includes(`${name}.json`));
    for (const { type, title } of panels) {
      const row = title.replace("$rig now", "Now");
      if (type === "row") assert(page.includes(`| ${row} `), row);
    }
  });
}

Deno.test("chi_fleet.json shows any choice of rigs, chi_rig.json one", () => {
  const find = ({ templating }: Dashboard): Variable | undefined =>
    templating.list.find(({ name }) => name === "rig");
  const [many, one] = [find(fleet), find(rig)];
  assertEquals([many?.multi, many?.includeAll, many?.allValue], [
    true,
    true,
    ".*",
  ]);
  assertEquals([one?.multi, one?.includeAll], [false, false]);
  assertEquals(one?.definition, "label_values(cgminer_up, rig)");
  assertMatch(JSON.stringify(fleet), /\/d\/chi-rig\?[^"]*&var-rig=\$\{__/);
});

Deno.test("the dashboards show every metric", () => {
  const shown = Object.values(DASHBOARDS).flatMap(listTargets)
    .flatMap(({ expr }) => readQuery(expr).metrics)
    .map((metric) => metric.replace(/_bucket$/, ""));
  const hidden = Object.keys(METRIC_NAMES).filter((name) =>
    !shown.includes(name)
  );
  assertEquals(hidden, []);
});

Deno.test("readQuery() finds every metric and label of a query", () => {
  const { metrics, matched, grouped } = readQuery(
    'sum by (a) (rate(one{b=~"x|y", $c!="{z"}[5m])) / on (d) group_left (e) two > 1e12',
  );
  assertEquals(metrics, ["one", "two"]);
  assertEquals(matched, [["one", "b"], ["one", "$c"]]);
  assertEquals(grouped, ["a", "d", "e"]);
});
