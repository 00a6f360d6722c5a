import { assertEquals, assertMatch } from "jsr:@std/assert@1";
import { PrometheusServer } from "./prometheus_server.ts";
import { assertLintFree, testWithPrometheus } from "./prometheus_tools.ts";
import { ScrapeTap } from "./scrape_tap.ts";
import { adaptShipped } from "./shipped_files.ts";
import { Gateway, PERSONALITIES, SimulatedFarm } from "./simulated_farm.ts";

/** Far more than what a scraper waits for; what a test would hang for. */
const GATEWAY_TIMEOUT_S = 60;

/** A rig that takes connections, and never says a word. */
class SilentRig implements Disposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });

  get host(): string {
    return `127.0.0.1:${this.#listener.addr.port}`;
  }

  // The system accepts for it.
  [Symbol.dispose](): void {
    this.#listener.close();
  }
}

/** The value of each rig's `cgminer_up` in a text. */
function readUp(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/^cgminer_up\{rig="([^"]+)"\} (\d)$/gm)].map((
      [, rig, value],
    ) => [rig, value]),
  );
}

testWithPrometheus(
  "promtool has nothing to say of /metrics, nor of /probe for any kind of rig",
  async (tools, test) => {
    await using farm = new SimulatedFarm(PERSONALITIES.length, () => ({
      tags: {},
    }));
    using silent = new SilentRig();
    await using gateway = await Gateway.start({
      rigs: [...farm.configured, { name: "down", host: silent.host }],
      timeout: 0.5,
    });
    const targets = [
      ...farm.rigs.map(({ name, simulator }) => [name, simulator.personality]),
      ["down", "a rig that is down"],
    ] as const;
    for (const [name, kind] of targets) {
      await test.step(`/probe: ${kind}`, async () => {
        const text = await gateway.readPage(`/probe?target=${name}`);
        assertEquals(readUp(text), {
          [name ?? ""]: name === "down" ? "0" : "1",
        });
        await assertLintFree(tools, text, `/probe of ${kind}`);
      });
    }
    await test.step("/metrics", async () => {
      const text = await gateway.readPage("/metrics");
      assertEquals(Object.keys(readUp(text)).length, targets.length);
      assertMatch(text, /^chi_build_info\{/m);
      await assertLintFree(tools, text, "/metrics");
    });
  },
);

testWithPrometheus(
  "promtool does say something of metrics that are not as they should be",
  async (tools) => {
    const text = "# TYPE shares counter\nshares 1\n";
    const outcome = await assertLintFree(tools, text, "").then(
      () => "silent",
      () => "not silent",
    );
    assertEquals(outcome, "not silent");
  },
);

testWithPrometheus(
  "a Prometheus with the shipped configuration for one gateway gets OpenMetrics, in time though a rig is silent",
  async (tools) => {
    await using farm = new SimulatedFarm(PERSONALITIES.length, () => ({
      tags: {},
    }));
    using silent = new SilentRig();
    await using gateway = await Gateway.start({
      rigs: [...farm.configured, { name: "silent", host: silent.host }],
      timeout: GATEWAY_TIMEOUT_S,
    });
    await using tap = new ScrapeTap(gateway.address);
    await using prometheus = await PrometheusServer.start(
      tools,
      adaptShipped("prometheus.yml", {
        addresses: { "localhost:8080": tap.address },
        scrapeInterval: "2s",
      }),
    );
    await prometheus.poll(
      "the rigs that answer",
      async () =>
        await prometheus.queryValue("sum(cgminer_up)") === farm.rigs.length ||
        undefined,
    );
    // The scrape has not timed out, only the rig.
    assertEquals(
      await prometheus.queryValue(`up{job="chi",instance="${tap.address}"}`),
      1,
    );
    assertEquals(
      (await prometheus.query('{rig="silent",__name__=~"cgminer_.+"}')).map((
        { labels, value },
      ) => [labels.__name__, value]),
      [["cgminer_up", 0]],
    );
    const series = await prometheus.query("cgminer_up");
    for (const { labels } of series) {
      const { rig = "" } = labels;
      assertEquals(labels, {
        ...{ __name__: "cgminer_up", job: "chi", instance: tap.address, rig },
      });
    }
    assertEquals(tap.exchanges.length > 0, true);
    for (const { url, status, request, response } of tap.exchanges) {
      assertEquals([url, status], ["/metrics", 200]);
      assertEquals(request.get("x-prometheus-scrape-timeout-seconds"), "2");
      assertMatch(
        response.get("content-type") ?? "",
        /^application\/openmetrics-text; *version=1\.0\.0; *charset=utf-8$/,
      );
    }
    // Types and help come with OpenMetrics only if it was read as such.
    assertEquals(
      await prometheus.get("targets/metadata", {
        metric: "cgminer_hashrate_hashes_per_second",
      }),
      [{
        target: { instance: tap.address, job: "chi" },
        type: "gauge",
        help: "The rig's hashrate over a window; average is since it started.",
        unit: "hashes_per_second",
      }],
    );
  },
);

testWithPrometheus(
  "/probe is over before the scraper's patience is, and refuses what is no time",
  async () => {
    using silent = new SilentRig();
    await using gateway = await Gateway.start({
      rigs: [{ name: "silent", host: silent.host }],
      timeout: GATEWAY_TIMEOUT_S,
    });
    const probe = (seconds: string) =>
      fetch(`http://${gateway.address}/probe?target=silent`, {
        headers: { "x-prometheus-scrape-timeout-seconds": seconds },
        // Not the scraper's second, but far from the gateway's minute.
        signal: AbortSignal.timeout(GATEWAY_TIMEOUT_S * 500),
      });
    const response = await probe("1");
    assertEquals(readUp(await response.text()), { silent: "0" });
    for (const seconds of ["soon", "-1", "0", "NaN", "Infinity"]) {
      const refusal = await probe(seconds);
      assertEquals(refusal.status, 400, seconds);
      assertEquals((await refusal.json()).code, "bad-request");
    }
  },
);
