/**
 * The gateway's own metrics: requests, calls to rigs, repairs, the process.
 *
 * Every label is bounded: a route is one of `ROUTE_NAMES`, never a
 * path; a rig is one that is configured or was found, and goes away with it.
 *
 * @module
 */

import type { RigErrorCode } from "../../rpc/errors.ts";
import type { RepairName } from "../../rpc/repair.ts";
import type { MetricFamily } from "./exposition.ts";
import { listProcessFamilies } from "./process_families.ts";
import { Counter, Histogram, OVERFLOW_LABEL, Reading } from "./registry.ts";
import type { RouteName } from "../http/route_names.ts";

/**
 * What became of a call to a rig: a reply that can be used, the code of the
 * problem, or that all who waited for it left.
 */
export type CallOutcome = "ok" | "abandoned" | RigErrorCode;

/** What the metrics need to know of the gateway. */
export interface GatewayMetricsOptions {
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
