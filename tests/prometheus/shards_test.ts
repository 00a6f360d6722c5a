import { assertEquals } from "jsr:@std/assert@1";
import { PrometheusServer } from "./prometheus_server.ts";
import { testWithPrometheus } from "./prometheus_tools.ts";
import { adaptShipped } from "./shipped_files.ts";
import { Gateway } from "./simulated_farm.ts";

const RIG_COUNT = 10_000;

/** Nobody is at these addresses, and nobody is asked there: it is a day long. */
const SCRAPE_INTERVAL = "1d";

const RIGS = Array.from({ length: RIG_COUNT }, (_, index) => ({
  name: `rig-${index}`,
  host: `127.1.${index >> 8}.${index & 255}`,
  tags: { "hall-no": `${index % 7}` },
}));

/** A target, as Prometheus shows it. */
interface Target {
  readonly labels: Readonly<Record<string, string>>;
  readonly scrapeUrl: string;
}

async function listTargets(prometheus: PrometheusServer): Promise<Target[]> {
  const { activeTargets } = await prometheus.get("targets", {
    state: "active",
  }) as { activeTargets: Target[] };
  return activeTargets.filter(({ labels }) => labels.job === "cgminer");
}

testWithPrometheus(
  "a Prometheus with the shipped configuration for two gateways asks each of 10,000 rigs through one of them",
  async (tools) => {
    await using one = await Gateway.start({ rigs: RIGS });
    await using other = await Gateway.start({ rigs: RIGS });
    await using prometheus = await PrometheusServer.start(
      tools,
      adaptShipped("prometheus_two_gateways.yml", {
        addresses: {
          "gateway-a:8080": one.address,
          "gateway-b:8080": other.address,
        },
        scrapeInterval: SCRAPE_INTERVAL,
        rules: "none",
      }),
    );
    const targets = await prometheus.poll("all rigs to be found", async () => {
      const targets = await listTargets(prometheus);
      return targets.length >= RIG_COUNT ? targets : undefined;
    });
    // Both list all of them, and still each is there once.
    assertEquals(targets.length, RIG_COUNT);
    const shares = new Map<string, number>();
    const names = new Set<string>();
    for (const { labels, scrapeUrl } of targets) {
      const { host, pathname, searchParams } = new URL(scrapeUrl);
      const { rig = "" } = labels;
      const index = Number(rig.replace("rig-", ""));
      assertEquals(labels, {
        ...{ job: "cgminer", instance: rig, rig },
        hall_no: `${index % 7}`,
      });
      assertEquals([pathname, searchParams.get("target")], ["/probe", rig]);
      shares.set(host, (shares.get(host) ?? 0) + 1);
      names.add(rig);
    }
    assertEquals(names.size, RIG_COUNT);
    assertEquals(
      [...shares.keys()].sort(),
      [one.address, other.address].sort(),
    );
    for (const [host, share] of shares) {
      assertEquals(Math.abs(share / RIG_COUNT - 0.5) < 0.02, true, host);
    }
  },
);
