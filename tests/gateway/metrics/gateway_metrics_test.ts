import {
  type ExpositionFormat,
  renderFamilies,
} from "../../../gateway/metrics/exposition.ts";
import { GatewayMetrics } from "../../../gateway/metrics/gateway_metrics.ts";
import { parseExposition, type ReadSample } from "./exposition_parser.ts";
import { assert, assertEquals } from "jsr:@std/assert@1";

function makeMetrics(readQueueLength: () => number = () => 0): GatewayMetrics {
  return new GatewayMetrics({ version: "0.1.0", readQueueLength });
}

function listSamples(
  { families }: GatewayMetrics,
  format: ExpositionFormat = "text",
): readonly ReadSample[] {
  const text = [...renderFamilies(families, format)].join("");
  return parseExposition(text, format).flatMap(({ samples }) => samples);
}

/** The samples of a name, as `label=value,… number`. */
function readSamples(metrics: GatewayMetrics, name: string): string[] {
  return listSamples(metrics)
    .filter((sample) => sample.name === name)
    .map(({ labels, value }) =>
      `${Object.entries(labels).map((pair) => pair.join("="))} ${value}`
    );
}

Deno.test("GatewayMetrics counts and times requests by route", () => {
  const metrics = makeMetrics();
  metrics.observeRequest("rig", 200, 0.012);
  metrics.observeRequest("rig", 200, 0.02);
  metrics.observeRequest("rig", 504, 5);
  metrics.observeRequest("other", 404, 0.0001);
  assertEquals(readSamples(metrics, "chi_http_requests_total"), [
    "route=rig,status=200 2",
    "route=rig,status=504 1",
    "route=other,status=404 1",
  ]);
  const counts = "chi_http_request_duration_seconds_count";
  assertEquals(readSamples(metrics, counts), ["route=rig 3", "route=other 1"]);
  const buckets = "chi_http_request_duration_seconds_bucket";
  const ofRig = readSamples(metrics, buckets).slice(0, 15);
  assertEquals(ofRig[4], "route=rig,le=0.025 2");
  assertEquals(ofRig[11], "route=rig,le=5.0 3");
  assertEquals(ofRig[14], "route=rig,le=+Inf 3");
});

Deno.test("GatewayMetrics counts calls by rig and outcome, and times them all", () => {
  const metrics = makeMetrics();
  metrics.observeCall("garage", "ok", 0.01);
  metrics.observeCall("garage", "rig-timeout", 5);
  metrics.observeCall("barn", "abandoned", 0.5);
  metrics.countShared();
  metrics.countShared();
  assertEquals(readSamples(metrics, "chi_rpc_calls_total"), [
    "rig=garage,outcome=ok 1",
    "rig=garage,outcome=rig-timeout 1",
    "rig=barn,outcome=abandoned 1",
  ]);
  assertEquals(readSamples(metrics, "chi_rpc_duration_seconds_count"), [" 3"]);
  assertEquals(readSamples(metrics, "chi_rpc_duration_seconds_sum"), [" 5.51"]);
  assertEquals(readSamples(metrics, "chi_rpc_shared_total"), [" 2"]);
});

Deno.test("GatewayMetrics counts repairs by rig", () => {
  const metrics = makeMetrics();
  metrics.countRepairs("garage", "nan", 12);
  metrics.countRepairs("garage", "nan");
  metrics.countRepairs("garage", "missing-comma");
  assertEquals(readSamples(metrics, "chi_reply_repairs_total"), [
    "rig=garage,repair=nan 13",
    "rig=garage,repair=missing-comma 1",
  ]);
});

Deno.test("GatewayMetrics reads the queues and the process when it is scraped", () => {
  let length = 3;
  const metrics = makeMetrics(() => length);
  assertEquals(readSamples(metrics, "chi_rpc_queue_length"), [" 3"]);
  length = 0;
  assertEquals(readSamples(metrics, "chi_rpc_queue_length"), [" 0"]);
  assertEquals(readSamples(metrics, "chi_build_info"), ["version=0.1.0 1"]);
  const read = (name: string) => Number(readSamples(metrics, name)[0]);
  const startedS = read("process_start_time_seconds");
  const nowS = Date.now() / 1000;
  assert(startedS > nowS - 3600 && startedS <= nowS, `${startedS}`);
  const cpuS = read("process_cpu_seconds_total");
  assert(cpuS > 0 && cpuS < 3600, `${cpuS}`);
  assert(read("process_cpu_seconds_total") >= cpuS);
  const bytes = read("process_resident_memory_bytes");
  assert(bytes > 10e6 && bytes < 100e9, `${bytes}`);
});

Deno.test("GatewayMetrics shows all of itself before anything happened", () => {
  for (const format of ["text", "openmetrics"] as const) {
    const names = new Set(
      listSamples(makeMetrics(), format).map(({ name }) => name),
    );
    assertEquals([...names], [
      "chi_build_info",
      "chi_rpc_duration_seconds_bucket",
      "chi_rpc_duration_seconds_sum",
      "chi_rpc_duration_seconds_count",
      "chi_rpc_shared_total",
      "chi_rpc_queue_length",
      "process_cpu_seconds_total",
      "process_start_time_seconds",
      "process_resident_memory_bytes",
    ]);
  }
});

function listRigs(metrics: GatewayMetrics): string[] {
  const rigs = listSamples(metrics).flatMap(({ labels }) =>
    labels["rig"] ?? []
  );
  return [...new Set(rigs)].sort();
}

function makeBusyMetrics(): GatewayMetrics {
  const metrics = makeMetrics();
  for (const rig of ["barn", "cellar", "garage"]) {
    metrics.observeCall(rig, "ok", 0.01);
    metrics.observeCall(rig, "rig-refused", 0.01);
    metrics.countRepairs(rig, "nan");
  }
  return metrics;
}

Deno.test("GatewayMetrics.forgetRig() forgets one rig", () => {
  const metrics = makeBusyMetrics();
  metrics.forgetRig("cellar");
  metrics.forgetRig("attic");
  assertEquals(listRigs(metrics), ["barn", "garage"]);
  assertEquals(readSamples(metrics, "chi_rpc_duration_seconds_count"), [" 6"]);
});

Deno.test("GatewayMetrics.keepRigs() forgets all others", () => {
  const metrics = makeBusyMetrics();
  metrics.keepRigs(new Set(["garage", "attic"]));
  assertEquals(listRigs(metrics), ["garage"]);
  metrics.keepRigs(new Set());
  assertEquals(listRigs(metrics), []);
});

Deno.test("GatewayMetrics stays bounded however many rigs come and go", () => {
  const metrics = makeMetrics();
  for (let at = 0; at < 50_010; at++) {
    metrics.observeCall(`found-${at}`, "ok", 0.01);
  }
  const samples = listSamples(metrics)
    .filter(({ name }) => name === "chi_rpc_calls_total");
  assertEquals(samples.length, 50_001);
  assertEquals(samples.at(-1)?.labels, { rig: "other", outcome: "other" });
  assertEquals(samples.at(-1)?.value, 10);
});
