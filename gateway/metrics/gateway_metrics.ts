/**
 * The gateway's own metrics: requests, calls to rigs, repairs, the process. They
 * are fed by the queues of a fleet, and where Deno exports metrics, what
 * `/metrics` counts goes to OpenTelemetry as well (docs/monitoring.md).
 *
 * Every label is bounded: a route is one of `ROUTE_NAMES`, never a
 * path; a rig is one that is configured or was found, and goes away with it.
 *
 * @module
 */

import type { RouteName } from "../http/route_names.ts";
import type { Fleet } from "../../rigs/fleet.ts";
import type { EndedCall, RigQueueOptions } from "../../rigs/queue.ts";
import type { RawReply } from "../../rpc.ts";
import { RigError, type RigErrorCode } from "../../rpc/errors.ts";
import type { RepairName } from "../../rpc/repair.ts";
import { MAX_EXAMINED_BYTES, readServedReply } from "../http/replies.ts";
import type { MetricFamily } from "./exposition.ts";
import { Counter, Histogram, OVERFLOW_LABEL, Reading } from "./registry.ts";
import { findOpenTelemetry } from "./tracing.ts";
import denoConfig from "../../deno.json" with { type: "json" };
import { cpuUsage, memoryUsage } from "node:process";

/**
 * What became of a call to a rig: a reply that can be used, the code of the
 * problem, or that all who waited for it left.
 */
export type CallOutcome = "ok" | "abandoned" | RigErrorCode;

/** What the metrics need to know of the gateway. */
interface GatewayMetricsOptions {
  /** The gateway's version. */
  readonly version: string;
  /** Counts the calls that wait in all queues together. */
  readonly readQueueLength: () => number;
}

/**
 * Seconds. A rig on the same network answers in 1 to 50 ms, a page of all rigs
 * takes seconds, and the deadline of a call is 5 s by default.
 */
export const DURATION_BOUNDS: readonly number[] = [
  ...[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  ...[10, 30],
];

/** Enough for 10,000 rigs with some outcomes each. */
const MAX_RIG_CHILDREN = 50_000;

/** What the gateway counts and measures of itself. */
export class GatewayMetrics {
  /** All of them, for `renderFamilies`. */
  readonly families: readonly MetricFamily[];
  readonly #requests = new Counter({
    name: "chi_http_requests",
    help: "HTTP requests that were answered.",
    labels: ["route", "status"],
  });
  readonly #requestDurations = new Histogram({
    name: "chi_http_request_duration_seconds",
    help: "Time from an HTTP request to the head of its response.",
    unit: "seconds",
    labels: ["route"],
  }, DURATION_BOUNDS);
  readonly #calls = new Counter({
    name: "chi_rpc_calls",
    help: "Calls to a rig's API, by what became of them.",
    labels: ["rig", "outcome"],
    maxChildren: MAX_RIG_CHILDREN,
  });
  readonly #callDurations = new Histogram({
    name: "chi_rpc_duration_seconds",
    help: "Time from connecting to a rig to the end of its reply.",
    unit: "seconds",
    labels: [],
  }, DURATION_BOUNDS);
  readonly #shared = new Counter({
    name: "chi_rpc_shared",
    help: "Questions to rigs that shared the call of an earlier one.",
    labels: [],
  });
  readonly #repairs = new Counter({
    name: "chi_reply_repairs",
    help: "Defects that were repaired in the replies of a rig.",
    labels: ["rig", "repair"],
    maxChildren: MAX_RIG_CHILDREN,
  });

  /**
   * Makes metrics that have seen nothing.
   *
   * @param options What they need to know of the gateway.
   */
  constructor({ version, readQueueLength }: GatewayMetricsOptions) {
    this.families = [
      new Reading(
        {
          name: "chi_build",
          type: "info",
          help: "The gateway's version.",
          labels: ["version"],
        },
        () => 1,
        [version],
      ),
      this.#requests,
      this.#requestDurations,
      this.#calls,
      this.#callDurations,
      this.#shared,
      new Reading({
        name: "chi_rpc_queue_length",
        type: "gauge",
        help: "Calls that wait for their turn at a rig, of all rigs together.",
        labels: [],
      }, readQueueLength),
      this.#repairs,
      ...listProcessFamilies(),
    ];
  }

  /**
   * Counts an HTTP request.
   *
   * @param route What kind of URL it was.
   * @param status The status that it was answered with.
   * @param seconds From its arrival to the head of the response.
   */
  observeRequest(route: RouteName, status: number, seconds: number): void {
    this.#requests.child(route, String(status)).add();
    this.#requestDurations.child(route).observe(seconds);
  }

  /**
   * Counts a call that was made to a rig.
   *
   * @param rig The rig's name.
   * @param outcome What became of it.
   * @param seconds From connecting to its end.
   */
  observeCall(rig: string, outcome: CallOutcome, seconds: number): void {
    this.#calls.child(rig, outcome).add();
    this.#callDurations.child().observe(seconds);
  }

  /** Counts a question that shared the call of an earlier one. */
  countShared(): void {
    this.#shared.child().add();
  }

  /**
   * Counts repairs of a reply.
   *
   * @param rig The rig's name.
   * @param repair What was repaired.
   * @param count How often. Default: 1.
   */
  countRepairs(rig: string, repair: RepairName, count: number = 1): void {
    this.#repairs.child(rig, repair).add(count);
  }

  /**
   * Forgets a rig that is gone.
   *
   * @param name Its name.
   */
  forgetRig(name: string): void {
    this.#removeRigs((rig) => rig === name);
  }

  /**
   * Forgets all rigs but these. To be called before each scrape as well: a call
   * that ended after its rig was gone has brought it back.
   *
   * @param names The names of the rigs that there are.
   */
  keepRigs(names: ReadonlySet<string>): void {
    this.#removeRigs((rig) => !names.has(rig));
  }

  #removeRigs(isGone: (rig: string) => boolean): void {
    for (const metric of [this.#calls, this.#repairs]) {
      metric.removeChildren(([rig = OVERFLOW_LABEL]) => isGone(rig));
    }
  }
}

// `Deno.telemetry` has the interfaces of `npm:@opentelemetry/api`, and the type
// `any`. These are the parts of them that are used here.

type Attributes = Readonly<Record<string, string>>;

interface ExportedCounter {
  add(amount: number, attributes?: Attributes): void;
}

interface ExportedHistogram {
  record(value: number, attributes?: Attributes): void;
}

interface ObservableGauge {
  addCallback(
    observe: (result: { observe(value: number): void }) => void,
  ): void;
}

interface InstrumentOptions {
  readonly description: string;
  readonly unit?: string;
  readonly advice?: { readonly explicitBucketBoundaries: readonly number[] };
}

interface Meter {
  createCounter(name: string, options: InstrumentOptions): ExportedCounter;
  createHistogram(name: string, options: InstrumentOptions): ExportedHistogram;
  createObservableGauge(
    name: string,
    options: InstrumentOptions,
  ): ObservableGauge;
}

interface Telemetry {
  readonly meterProvider: { getMeter(name: string, version: string): Meter };
}

/** Metrics that Deno exports as well. */
class ExportedMetrics extends GatewayMetrics {
  readonly #requests: ExportedCounter;
  readonly #requestDurations: ExportedHistogram;
  readonly #calls: ExportedCounter;
  readonly #callDurations: ExportedHistogram;
  readonly #shared: ExportedCounter;
  readonly #repairs: ExportedCounter;

  constructor(options: GatewayMetricsOptions) {
    super(options);
    const { meterProvider }: Telemetry = Deno.telemetry;
    const meter = meterProvider.getMeter("chi-server", options.version);
    const count = (name: string, description: string) =>
      meter.createCounter(name, { description });
    const measure = (name: string, description: string) =>
      meter.createHistogram(name, {
        description,
        unit: "s",
        advice: { explicitBucketBoundaries: DURATION_BOUNDS },
      });
    this.#requests = count(
      "chi.http.requests",
      "HTTP requests that were answered.",
    );
    this.#requestDurations = measure(
      "chi.http.request.duration",
      "Time from an HTTP request to its response's head.",
    );
    this.#calls = count(
      "chi.rpc.calls",
      "Calls to a rig's API, by what became of them.",
    );
    this.#callDurations = measure(
      "chi.rpc.duration",
      "Time from connecting to a rig to its reply's end.",
    );
    this.#shared = count(
      "chi.rpc.shared",
      "Questions to rigs that shared the call of an earlier one.",
    );
    this.#repairs = count(
      "chi.reply.repairs",
      "Defects that were repaired in the replies of a rig.",
    );
    meter.createObservableGauge("chi.rpc.queue.length", {
      description:
        "Calls that wait for their turn at a rig, of all rigs together.",
    }).addCallback((result) => result.observe(options.readQueueLength()));
  }

  override observeRequest(
    route: RouteName,
    status: number,
    seconds: number,
  ): void {
    super.observeRequest(route, status, seconds);
    this.#requests.add(1, { route, status: String(status) });
    this.#requestDurations.record(seconds, { route });
  }

  override observeCall(
    rig: string,
    outcome: CallOutcome,
    seconds: number,
  ): void {
    super.observeCall(rig, outcome, seconds);
    this.#calls.add(1, { rig, outcome });
    this.#callDurations.record(seconds);
  }

  override countShared(): void {
    super.countShared();
    this.#shared.add(1);
  }

  override countRepairs(rig: string, repair: RepairName, count = 1): void {
    super.countRepairs(rig, repair, count);
    this.#repairs.add(count, { rig, repair });
  }
}

/**
 * Metrics of the process, under the names that Prometheus' own libraries use:
 * those of them that Deno tells without a permission.
 * @see {@link https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics}
 */
function listProcessFamilies(): readonly MetricFamily[] {
  return [
    new Reading({
      name: "process_cpu_seconds",
      type: "counter",
      help: "CPU time that the process used, its own and the system's.",
      unit: "seconds",
      labels: [],
    }, readCpuSeconds),
    new Reading({
      name: "process_start_time_seconds",
      type: "gauge",
      help: "When the process started, in Unix time.",
      unit: "seconds",
      labels: [],
    }, () => Math.round(performance.timeOrigin) / 1000),
    new Reading({
      name: "process_resident_memory_bytes",
      type: "gauge",
      help: "Memory of the process that is in RAM.",
      unit: "bytes",
      labels: [],
    }, () => memoryUsage().rss),
  ];
}

function readCpuSeconds(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1e6;
}

/**
 * Makes metrics that have seen nothing; where Deno exports metrics, they go there
 * as well, under the names that become those of `/metrics` again when a
 * Prometheus takes them in.
 *
 * @param findFleet Gives the fleet whose queues are measured, at each scrape.
 * @returns The metrics.
 */
export function makeMetrics(findFleet: () => Fleet): GatewayMetrics {
  const options: GatewayMetricsOptions = {
    version: denoConfig.version,
    readQueueLength() {
      let length = 0;
      for (const { queue } of findFleet().rigs) length += queue.waitingCalls;
      return length;
    },
  };
  return findOpenTelemetry()?.metrics === undefined
    ? new GatewayMetrics(options)
    : new ExportedMetrics(options);
}

/**
 * Makes the options of a fleet whose calls are counted.
 *
 * @param metrics What counts them.
 * @returns Options for `new Fleet` and `replaceRigs`.
 */
export function observeFleet(
  metrics: GatewayMetrics,
): Pick<RigQueueOptions, "onCall" | "onShare"> {
  return {
    onCall: (call) => observeCall(metrics, call),
    onShare: () => metrics.countShared(),
  };
}

function observeCall(
  metrics: GatewayMetrics,
  { rig: { name = "" }, rpcMs, reply, error }: EndedCall,
): void {
  const outcome = reply === undefined
    ? error?.code ?? "abandoned"
    : countRepairs(metrics, name, reply);
  metrics.observeCall(name, outcome, rpcMs / 1000);
}

/** Reads a reply, as who waits for it will: it is read once. */
function countRepairs(
  metrics: GatewayMetrics,
  rig: string,
  reply: RawReply,
): "ok" | RigError["code"] {
  // What nobody may want to read is not read for the sake of counting.
  if (reply.bytes.length > MAX_EXAMINED_BYTES) return "ok";
  try {
    for (const { name } of readServedReply(reply).repairs) {
      metrics.countRepairs(rig, name);
    }
    return "ok";
  } catch (error) {
    if (error instanceof RigError) return error.code;
    throw error;
  }
}
