/**
 * The gateway's own metrics for OpenTelemetry: where Deno exports metrics, what
 * `/metrics` counts goes there as well. See docs/monitoring.md.
 *
 * @module
 */

import type { RepairName } from "../../rpc/repair.ts";
import {
  type CallOutcome,
  DURATION_BOUNDS,
  GatewayMetrics,
  type GatewayMetricsOptions,
} from "./gateway_families.ts";
import type { RouteName } from "../http/route_names.ts";
import { findOpenTelemetry } from "./tracing.ts";

// `Deno.telemetry` has the interfaces of `npm:@opentelemetry/api`, and the type
// `any`. These are the parts of them that are used here.

type Attributes = Readonly<Record<string, string>>;

interface Counter {
  add(amount: number, attributes?: Attributes): void;
}

interface Histogram {
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
  createCounter(name: string, options: InstrumentOptions): Counter;
  createHistogram(name: string, options: InstrumentOptions): Histogram;
  createObservableGauge(
    name: string,
    options: InstrumentOptions,
  ): ObservableGauge;
}

interface Telemetry {
  readonly meterProvider: { getMeter(name: string, version: string): Meter };
}

/**
 * Makes the gateway's own metrics; where Deno exports metrics, they go there as
 * well, under the names that become those of `/metrics` again when a Prometheus
 * takes them in.
 *
 * @param options As for `GatewayMetrics`.
 * @returns The metrics.
 */
export function makeGatewayMetrics(
  options: GatewayMetricsOptions,
): GatewayMetrics {
  return findOpenTelemetry()?.metrics === undefined
    ? new GatewayMetrics(options)
    : new ExportedMetrics(options);
}

/** Metrics that Deno exports as well. */
class ExportedMetrics extends GatewayMetrics {
  readonly #requests: Counter;
  readonly #requestDurations: Histogram;
  readonly #calls: Counter;
  readonly #callDurations: Histogram;
  readonly #shared: Counter;
  readonly #repairs: Counter;

  constructor(options: GatewayMetricsOptions) {
    super(options);
    const { meterProvider }: Telemetry = Deno.telemetry;
    const meter = meterProvider.getMeter("chi-server", options.version);
    const describe = (description: string) => ({ description });
    const describeDuration = (description: string) => ({
      description,
      unit: "s",
      advice: { explicitBucketBoundaries: DURATION_BOUNDS },
    });
    this.#requests = meter.createCounter(
      "chi.http.requests",
      describe("HTTP requests that were answered."),
    );
    this.#requestDurations = meter.createHistogram(
      "chi.http.request.duration",
      describeDuration("Time from an HTTP request to its response's head."),
    );
    this.#calls = meter.createCounter(
      "chi.rpc.calls",
      describe("Calls to a rig's API, by what became of them."),
    );
    this.#callDurations = meter.createHistogram(
      "chi.rpc.duration",
      describeDuration("Time from connecting to a rig to its reply's end."),
    );
    this.#shared = meter.createCounter(
      "chi.rpc.shared",
      describe("Questions to rigs that shared the call of an earlier one."),
    );
    this.#repairs = meter.createCounter(
      "chi.reply.repairs",
      describe("Defects that were repaired in the replies of a rig."),
    );
    meter.createObservableGauge(
      "chi.rpc.queue.length",
      describe(
        "Calls that wait for their turn at a rig, of all rigs together.",
      ),
    ).addCallback((result) => result.observe(options.readQueueLength()));
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
