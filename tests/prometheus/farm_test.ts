import { assertEquals } from "jsr:@std/assert@1";
import { type Dashboard, listMetrics, replaceVariables } from "./dashboards.ts";
import {
  ALL,
  checkFleet,
  checkRecords,
  checkRig,
  FLEET,
  readAccepted,
  RIG,
  RIG_COUNT,
  type Scene,
  sum,
} from "./farm_figures.ts";
import { PrometheusServer } from "./prometheus_server.ts";
import { testWithPrometheus } from "./prometheus_tools.ts";
import {
  type FarmRig,
  Gateway,
  PERSONALITIES,
  type RigTraits,
  SimulatedFarm,
} from "./simulated_farm.ts";
import { adaptShipped } from "./shipped_files.ts";

/** What the rigs' clock is turned by, so that counters count. */
const STEP_S = 600;

/** Metrics of the dashboards that no simulated rig has. */
const UNKNOWN = ["cgminer_power_watts", "cgminer_temperature_celsius"];

/** The rig whose first pool is dead. */
const POOL_DEAD = "rig-05";

function describeRig(index: number): RigTraits {
  const site = index % 3 === 0 ? "barn" : "attic";
  // `device` is a label of series as well: the tag must not take its place.
  if (index === 0) {
    return { tags: { site, device: "shelf 3", job: "mine", rig: "x" } };
  }
  if (index !== 4) return { tags: { site } };
  const user = "demo.rig";
  return {
    tags: { site },
    pools: [
      { url: "stratum+tcp://dead.example.org:3333", user, alive: false },
      { url: "stratum+tcp://pool.example.com:3333", user },
    ],
  };
}

async function waitForRigs({ farm, prometheus }: Scene): Promise<void> {
  const accepted = await sum({ farm, prometheus }, readAccepted);
  await prometheus.poll("all rigs to be scraped, and recorded", async () => {
    const seen = await prometheus.queryValue(
      'sum(cgminer_shares_total{result="accepted"})',
    );
    const count = await prometheus.queryValue(
      "count(rig:cgminer_hashrate_hashes_per_second:current)",
    );
    // Two scrapes of the gateway make a rate.
    const rated = await prometheus.queryValue(
      "count(sum by (rig) (rate(chi_rpc_calls_total[1m])))",
    );
    const isComplete = seen === accepted && count === RIG_COUNT &&
      rated === RIG_COUNT;
    return isComplete || undefined;
  });
}

async function checkLabels({ farm, prometheus }: Scene): Promise<void> {
  const targets = (await prometheus.query('up{job="cgminer"}')).map((
    { labels, value },
  ) => ({ ...labels, value }));
  const expected = farm.rigs.map(({ name, tags }) => ({
    ...tags,
    ...{ job: "cgminer", instance: name, rig: name },
  }));
  const sortByRig = <Row extends object>(rows: readonly Row[]) =>
    rows.toSorted((a, b) => toRig(a).localeCompare(toRig(b)));
  const toRig = (row: object) => "rig" in row ? String(row.rig) : "";
  assertEquals(
    sortByRig(targets),
    sortByRig(expected.map((labels) => ({
      ...{ __name__: "up", value: 1 },
      ...labels,
    }))),
  );
  assertEquals(
    sortByRig(
      (await prometheus.query("cgminer_up")).map(({ labels }) => labels),
    ),
    sortByRig(
      expected.map((labels) => ({ __name__: "cgminer_up", ...labels })),
    ),
  );
  // The tag `device` is not the device, and the gateway's own page adds no rigs.
  assertEquals(
    (await prometheus.query('cgminer_device_up{rig="rig-01"}')).map((
      { labels },
    ) => labels.device).sort(),
    ["ASC0", "ASC1", "ASC2"],
  );
  assertEquals(
    await prometheus.query('{job="chi",__name__=~"cgminer_.+"}'),
    [],
  );
  assertEquals(await prometheus.queryValue("count(chi_build_info)"), 1);
}

/** Checks that all panels show something, but those of what no rig says. */
async function checkAnswers(
  { prometheus }: Scene,
  dashboard: Dashboard,
  variables: Readonly<Record<string, string>>,
  selector: string,
): Promise<void> {
  const known = new Set(
    await prometheus.get("label/__name__/values", {
      "match[]": selector,
    }) as string[],
  );
  for (const { panel, expression } of dashboard.queries) {
    const samples = await prometheus.query(
      replaceVariables(expression, variables),
    );
    const isExcused = expression.includes("ALERTS") ||
      listMetrics(expression).some((metric) => !known.has(metric));
    const what = `${panel}: ${expression}`;
    assertEquals(samples.length > 0 || isExcused, true, what);
    // A share of nothing is no number; whoever divides must not.
    assertEquals(samples.filter(({ value }) => value === Infinity), [], what);
  }
}

async function checkMetricsOfDashboards({ prometheus }: Scene): Promise<void> {
  const known = await prometheus.get("label/__name__/values") as string[];
  const metrics = [...FLEET.queries, ...RIG.queries].flatMap(({ expression }) =>
    listMetrics(expression)
  );
  const unknown = [...new Set(metrics)].filter((name) => !known.includes(name));
  assertEquals(unknown.sort(), UNKNOWN);
}

async function checkDeath({ farm, prometheus }: Scene): Promise<void> {
  const [rig] = farm.rigs;
  await rig?.simulator.stop();
  const alert = await prometheus.poll("the alert", async () => {
    const alerts = await prometheus.listAlerts();
    return alerts.find(({ labels, state }) =>
      labels.alertname === "CgminerRigDown" && state === "firing"
    );
  });
  assertEquals(alert.labels, {
    ...{ alertname: "CgminerRigDown", severity: "critical", code: "down" },
    ...{ job: "cgminer", instance: "rig-01", rig: "rig-01" },
    ...{ site: "barn", device: "shelf 3" },
  });
  assertEquals(alert.annotations.summary, "Rig rig-01 is down");
  const ofRigs = (await prometheus.listAlerts()).filter(({ labels }) =>
    labels.rig !== undefined
  );
  assertEquals(
    ofRigs.map(({ labels }) => `${labels.rig} ${labels.alertname}`).sort(),
    ["rig-01 CgminerRigDown", `${POOL_DEAD} CgminerPoolDown`],
  );
  assertEquals(
    (await prometheus.query('{rig="rig-01",__name__=~"cgminer_.+"}')).map((
      { labels },
    ) => labels.__name__),
    ["cgminer_trouble", "cgminer_up"],
  );
  const ask = (panel: string) => prometheus.queryValue(FLEET.find(panel, ALL));
  assertEquals(await ask("Rigs up"), RIG_COUNT - 1);
  assertEquals(await ask("Rigs down"), 1);
  assertEquals((await ask("Alerts") ?? 0) > 0, true);
}

testWithPrometheus(
  "a Prometheus with the shipped http_sd configuration knows of 50 rigs what they say",
  async (tools, test) => {
    await using farm = new SimulatedFarm(RIG_COUNT, describeRig);
    await using gateway = await Gateway.start({ rigs: farm.configured });
    await using prometheus = await PrometheusServer.start(
      tools,
      adaptShipped("prometheus_probe.yml", {
        addresses: { "localhost:8080": gateway.address },
        scrapeInterval: "2s",
      }),
    );
    const scene = { farm, prometheus };
    await waitForRigs(scene);
    await test.step("their labels", () => checkLabels(scene));
    await test.step("the dashboard of the fleet", () => checkFleet(scene));
    await test.step("the recordings", () => checkRecords(scene));
    for (const [index, personality] of PERSONALITIES.entries()) {
      await test.step(
        `the dashboard of a rig: ${personality}`,
        () => checkRig(scene, farm.rigs[index] as FarmRig),
      );
    }
    farm.advance(STEP_S);
    await waitForRigs(scene);
    await test.step("ten minutes later, all panels of the fleet", async () => {
      await checkMetricsOfDashboards(scene);
      await checkAnswers(scene, FLEET, ALL, '{__name__=~".+"}');
    });
    for (
      const { name, simulator } of farm.rigs.slice(0, PERSONALITIES.length)
    ) {
      await test.step(`all panels of a rig: ${simulator.personality}`, () =>
        checkAnswers(
          scene,
          RIG,
          { rig: name, __rate_interval: "1m" },
          `{rig="${name}"}`,
        ));
    }
    await test.step("a rig that dies raises the alert", () =>
      checkDeath(scene));
  },
);
