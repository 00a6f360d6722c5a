/**
 * `/metrics`, `/probe`, `/-/metrics` and `/-/sd`: what Prometheus, and whatever speaks like
 * it, asks for. Rigs are asked when they are scraped, at most three calls each,
 * through the same monitor as everybody else who wants to know.
 *
 * @module
 */

import type { FleetRig } from "../../rigs/fleet.ts";
import type { OwnRoute } from "../../routes.ts";
import { formatAddress } from "../../rpc/errors.ts";
import {
  CONTENT_TYPES,
  type MetricFamily,
  preferredFormat,
  renderFamilies,
} from "../metrics/exposition.ts";
import { listRigFamilies, type RigSample } from "../metrics/rig_families.ts";
import { visitRigs } from "../http/all_rigs.ts";
import type { Exchange, Gateway } from "../exchange.ts";
import { MAX_ROUTINE_CALLS, SURVEY_LIMITS } from "../watch/fleet_monitor.ts";
import { Problem } from "../http/problems.ts";
import { JSON_TYPE, makeEmptyStream, makeResponse } from "../http/responses.ts";
import { findOneRig, readTag, selectRigs } from "../http/selection.ts";

/** What Prometheus needs of its timeout for itself: network, parsing. */
const TIMEOUT_OFFSET_MS = 500;

/** Prometheus' own limit is its interval; longer ones are mistakes. */
const MAX_SCRAPE_TIMEOUT_S = 3600;

/**
 * Serves `/metrics`: every rig, and the gateway itself. `?tag=site:barn` leaves
 * out all other rigs.
 *
 * @param exchange Who scrapes; the guard was asked already.
 * @param route Its query.
 * @returns The exposition, as a stream.
 * @throws {Problem} `bad-request` for a bad timeout, `unknown-rig`.
 */
export async function serveMetrics(
  { request, gateway }: Exchange,
  route: OwnRoute,
): Promise<Response> {
  const query = new URLSearchParams(route.query);
  const { rigs } = selectRigs(gateway.fleet, readTag(query));
  const samples = await surveyForScrape(rigs, request, gateway);
  return makeExposition(
    [...listRigFamilies(samples), ...listOwnFamilies(gateway)],
    request,
  );
}

/**
 * Serves `/-/metrics`: the gateway itself alone, for who asks for the rigs one
 * by one. It asks no rig.
 *
 * @param exchange Who scrapes; the guard was asked already.
 * @returns The exposition.
 */
export function serveOwnMetrics({ request, gateway }: Exchange): Response {
  return makeExposition(listOwnFamilies(gateway), request);
}

/** What is counted of rigs that are gone goes with them. */
function listOwnFamilies({ metrics, fleet }: Gateway): readonly MetricFamily[] {
  metrics.keepRigs(new Set([...fleet.rigs].map(({ name }) => name)));
  return metrics.families;
}

/**
 * Serves `/probe?target=<rig>`: one rig. The target is a name of the
 * configuration. Attack: SSRF, an address for a target.
 *
 * @param exchange Who scrapes; the guard was asked already.
 * @param route Its query.
 * @returns The exposition.
 * @throws {Problem} `bad-request` without a target or with a bad timeout,
 * `unknown-rig`.
 */
export async function serveProbe(
  exchange: Exchange,
  route: OwnRoute,
): Promise<Response> {
  const { request, gateway } = exchange;
  const target = new URLSearchParams(route.query).get("target") ?? "";
  if (target === "") {
    throw new Problem("bad-request", "/probe needs a target", {
      hint: "Give the name of a rig: /probe?target=garage",
    });
  }
  const rig = findOneRig(gateway.fleet, target);
  exchange.rig = rig.name;
  const samples = await surveyForScrape([rig], request, gateway);
  return makeExposition(listRigFamilies(samples), request);
}

/**
 * Serves `/-/sd`: the rigs, for `http_sd_configs` of Prometheus. A target is a
 * rig's name, to be handed to `/probe`.
 *
 * @param exchange Who asks; the guard was asked already.
 * @param route Its query: `?tag=site:barn` leaves out all other rigs.
 * @returns A list of target groups, one a rig.
 * @throws {Problem} `unknown-rig` for a tag that no rig has.
 */
export function serveDiscovery(
  { gateway }: Exchange,
  route: OwnRoute,
): Response {
  const query = new URLSearchParams(route.query);
  const { rigs } = selectRigs(gateway.fleet, readTag(query));
  const groups = rigs.map((rig) => ({
    targets: [rig.name],
    labels: {
      __meta_chi_rig: rig.name,
      __meta_chi_address: formatAddress(rig),
      ...Object.fromEntries(
        Object.entries(rig.tags).map(([key, value]) => [
          `__meta_chi_tag_${key.replaceAll(/\W/g, "_")}`,
          value,
        ]),
      ),
    },
  }));
  return makeResponse(JSON.stringify(groups), 200, JSON_TYPE);
}

/** Asks rigs, until the scraper's time is over; HEAD asks none. */
async function surveyForScrape(
  rigs: readonly FleetRig[],
  request: Request,
  gateway: Gateway,
): Promise<RigSample[]> {
  const timeoutMs = readScrapeTimeoutMs(request.headers);
  const samples: RigSample[] = [];
  if (request.method === "HEAD") return samples;
  const startedMs = Date.now();
  const deadlineMs = performance.now() + timeoutMs;
  await visitRigs(
    rigs,
    {
      async ask(rig) {
        const leftMs = Math.min(
          gateway.timeoutMs,
          deadlineMs - performance.now(),
        );
        return await surveyRig(rig, leftMs, startedMs, request, gateway);
      },
      take(sample) {
        samples.push(sample);
      },
    },
    request.signal,
    SURVEY_LIMITS,
  );
  request.signal.throwIfAborted();
  return samples;
}

/**
 * What is known of a rig, which has `cgminer_up` whatever that is. What it said
 * before this scrape is not for it: it has no other series then.
 */
async function surveyRig(
  rig: FleetRig,
  timeoutMs: number,
  startedMs: number,
  { signal }: Request,
  { monitor }: Gateway,
): Promise<RigSample> {
  const options = { timeoutMs, maxCalls: MAX_ROUTINE_CALLS, signal };
  const { state, telemetry, trouble, durationMs, takenMs = 0 } = timeoutMs > 0
    ? await monitor.survey(rig, options)
    : monitor.report(rig);
  const isUp = state === "up";
  const isNew = isUp && takenMs >= startedMs;
  return {
    rig: rig.name,
    isUp,
    trouble,
    ...(isNew && durationMs !== undefined ? { durationMs } : {}),
    ...(isNew && telemetry !== undefined ? { telemetry } : {}),
  };
}

/**
 * Reads what Prometheus says of its patience, as blackbox_exporter does.
 *
 * @param headers The request's headers.
 * @returns Milliseconds for the whole scrape, less what the network takes;
 * `Infinity` if it does not say.
 * @throws {Problem} `bad-request` if it is no positive number of seconds.
 */
export function readScrapeTimeoutMs(headers: Headers): number {
  const text = headers.get("x-prometheus-scrape-timeout-seconds");
  if (text === null || text === "") return Infinity;
  const seconds = /^(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text.trim())
    ? Number(text)
    : NaN;
  if (!(seconds > 0 && seconds <= MAX_SCRAPE_TIMEOUT_S)) {
    throw new Problem(
      "bad-request",
      `X-Prometheus-Scrape-Timeout-Seconds is "${
        text.slice(0, 32)
      }": give seconds, more than 0 and at most ${MAX_SCRAPE_TIMEOUT_S}`,
    );
  }
  return Math.max(seconds * 1000 - TIMEOUT_OFFSET_MS, seconds * 500);
}

/** Writes metrics as they are read by whoever scrapes: never as a whole. */
function makeExposition(
  families: readonly MetricFamily[],
  { method, headers }: Request,
): Response {
  const format = preferredFormat(headers.get("accept"));
  const body = method === "HEAD" ? makeEmptyStream() : ReadableStream
    .from(renderFamilies(families, format))
    .pipeThrough(new TextEncoderStream());
  return makeResponse(body, 200, {
    "content-type": CONTENT_TYPES[format],
    vary: "Accept",
  });
}
