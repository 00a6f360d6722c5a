/**
 * `/-/rigs` and `/-/rigs/<rig>`: every rig, or one, with its state and its
 * telemetry, as JSON, as a table (CSV), or live as events. Rigs are asked when
 * somebody wants to know.
 *
 * @module
 */

import { type OwnRoute, parseQuery } from "../../routes.ts";
import type { FleetRig } from "../../rigs/fleet.ts";
import { formatAddress } from "../../rpc/errors.ts";
import { indentJson } from "../../rpc/indent.ts";
import { HASHRATE_WINDOWS, type Telemetry } from "../../telemetry/telemetry.ts";
import { streamMembers, visitRigs } from "../http/all_rigs.ts";
import { CSV_TYPE, readFormat } from "../http/csv.ts";
import { type Cell, formatCsvLine } from "../http/csv_line.ts";
import type { Exchange, Gateway } from "../exchange.ts";
import { SURVEY_LIMITS } from "../watch/fleet_monitor.ts";
import { readFigures } from "../watch/history.ts";
import type { RigReport } from "../watch/rig_monitor.ts";
import type { LiveSource } from "../live/streams.ts";
import {
  EVENT_STREAM_HEADERS,
  prefersEventStream,
  readIntervalMs,
} from "../live/events.ts";
import { JSON_TYPE, makeEmptyStream, makeResponse } from "../http/responses.ts";
import {
  findOneRig,
  findRigs,
  selectByQuery,
  type Selection,
} from "../http/selection.ts";

const LAYOUT = { open: '{"rigs": [', separator: ",\n", close: "]}\n" };
const PRETTY_MARGIN = "\n        ";
const PRETTY_LAYOUT = {
  open: '{\n    "rigs": [',
  separator: ",",
  close: "\n    ]\n}\n",
};

/**
 * Serves `/-/rigs`; `?tag=site:barn` and `?rig=garage` leave out all other rigs,
 * `pretty` indents by 4, `format=csv` gives a table, and `interval` is for live
 * streams.
 *
 * @param exchange Who wants it.
 * @param route Its query.
 * @returns `{"rigs": [<member>, …]}`, a member a rig as they arrive; a table, a
 * line a rig in the order of the configuration; or events: `rig` with a member
 * each time that it changed, `gone` with a name.
 * @throws {Problem} `unknown-rig` for a rig or a tag that is not there,
 * `bad-request` for a bad tag, format or interval.
 */
export function serveRigs(exchange: Exchange, route: OwnRoute): Response {
  const { fleet, monitor, timeoutMs } = exchange.gateway;
  const query = new URLSearchParams(route.query);
  const selection = selectByQuery(fleet, query);
  const other = serveOtherwise(exchange, query, selection);
  if (other !== undefined) return other;
  const { isPretty } = parseQuery(route.query);
  const body = streamMembers(
    selection.rigs,
    async (rig, signal) => {
      await monitor.survey(rig, { timeoutMs, signal });
      const member = monitor.formatMember(rig);
      return isPretty ? PRETTY_MARGIN + indentJson(member, 2) : member;
    },
    isPretty ? PRETTY_LAYOUT : LAYOUT,
    SURVEY_LIMITS,
  );
  return makeResponse(body, 200, JSON_TYPE);
}

/**
 * Serves `/-/rigs/<rig>`: what {@linkcode serveRigs} has of that rig.
 *
 * @param exchange Who wants it.
 * @param route Which rig, and its query.
 * @returns The rig's member, and nothing around it; a table of one line; or its
 * events.
 * @throws {Problem} `unknown-rig`, `bad-request` for a bad format or interval.
 */
export async function serveRig(
  exchange: Exchange,
  route: OwnRoute,
): Promise<Response> {
  const { fleet, monitor, timeoutMs } = exchange.gateway;
  const rig = findOneRig(fleet, route.page.slice("-/rigs/".length));
  exchange.rig = rig.name;
  const query = new URLSearchParams(route.query);
  const other = serveOtherwise(exchange, query, {
    name: rig.name,
    rigs: [rig],
  });
  if (other !== undefined) return other;
  await monitor.survey(rig, { timeoutMs, signal: exchange.request.signal });
  return makeResponse(monitor.formatMember(rig), 200, JSON_TYPE);
}

/** Serves events, a table, or a head; undefined if JSON is wanted. */
function serveOtherwise(
  exchange: Exchange,
  query: URLSearchParams,
  selection: Selection,
): Response | undefined {
  const { request, gateway } = exchange;
  const format = readFormat(request, query);
  const interval = query.get("interval") ?? undefined;
  const isLive = format === undefined && prefersEventStream(request);
  if (isLive || interval !== undefined) {
    const intervalMs = readIntervalMs(interval);
    if (isLive) return serveLiveRigs(exchange, selection.name, intervalMs);
  }
  const type = format === "csv" ? { "content-type": CSV_TYPE } : JSON_TYPE;
  if (request.method === "HEAD") {
    return makeResponse(makeEmptyStream(), 200, type);
  }
  return format === "csv"
    ? makeResponse(streamTable(selection.rigs, gateway), 200, type)
    : undefined;
}

function serveLiveRigs(
  { request, gateway, address }: Exchange,
  selected: string,
  intervalMs: number,
): Response {
  if (request.method === "HEAD") {
    return makeResponse(makeEmptyStream(), 200, EVENT_STREAM_HEADERS);
  }
  const body = gateway.live.open(makeRigsSource(gateway, selected), {
    intervalMs,
    signal: request.signal,
    // Those of unknown address are one client, as in the queues.
    owner: address ?? "",
  });
  return makeResponse(body, 200, EVENT_STREAM_HEADERS);
}

/** The rigs of a selection, each published when it has changed. */
function makeRigsSource(
  { fleet, monitor, timeoutMs }: Gateway,
  selected: string,
): LiveSource {
  return {
    key: `rigs ${selected}`,
    async poll(topic, signal) {
      // A reload may take rigs away while somebody listens.
      const rigs = findRigs(fleet, selected);
      const names = new Set(rigs.map(({ name }) => name));
      for (const name of topic.names) {
        if (!names.has(name)) topic.remove(name);
      }
      await visitRigs(
        rigs,
        {
          ask: (rig) => monitor.survey(rig, { timeoutMs, signal }),
          take(_, rig) {
            // Its age would change it every time; `taken` says the same.
            const data = monitor.formatMember(rig, { hasAge: false });
            topic.publishChange(rig.name, { event: "rig", data });
          },
        },
        signal,
        SURVEY_LIMITS,
      );
    },
  };
}

/** What a line of the table is made of. */
interface TableRow {
  readonly rig: FleetRig;
  readonly report: RigReport;
  /** What the rig said last. */
  readonly told: Telemetry;
  /** The same, but of a rig that is not up nothing: its figures are not of now. */
  readonly now: Telemetry;
}

/** The columns of the table, which docs/rigs.md explains, in their order. */
const COLUMNS: readonly (readonly [
  name: string,
  read: (row: TableRow) => Cell,
])[] = [
  ["name", ({ rig }) => rig.name],
  ["address", ({ rig }) => formatAddress(rig)],
  ["model", ({ told }) => told.miner?.model],
  ["firmware", ({ told }) => told.miner?.firmware],
  ["state", ({ report }) => report.state],
  ["trouble", ({ report: { trouble } }) => {
    return [...new Set(trouble.map(({ code }) => code))].join("; ");
  }],
  ...HASHRATE_WINDOWS.map((window) =>
    [
      `hashrate_${window}_hashes_per_second`,
      ({ now }: TableRow) => now.hashrate?.[window],
    ] as const
  ),
  ["power_watts", ({ now }) => now.powerW],
  ["efficiency_joules_per_terahash", ({ now }) => {
    const { hashrate = 0 } = readFigures(now);
    return now.powerW === undefined || hashrate <= 0
      ? undefined
      : Number((now.powerW / hashrate * 1e12).toPrecision(4));
  }],
  ["hottest_celsius", ({ now }) => readFigures(now).celsius],
  ["slowest_fan_rpm", ({ now: { fans = [] } }) => {
    const speeds = fans.flatMap(({ rpm }) => rpm ?? []);
    return speeds.length === 0 ? undefined : Math.min(...speeds);
  }],
  ["accepted_shares", ({ now }) => now.shares?.accepted],
  ["rejected_shares", ({ now }) => now.shares?.rejected],
  ["stale_shares", ({ now }) => now.shares?.stale],
  ["hardware_errors", ({ now }) => now.hardwareErrors],
  ["pool", ({ now }) => now.pools?.find(({ isActive }) => isActive)?.url],
  ["uptime_seconds", ({ now }) => now.uptimeS],
  ["tags", ({ rig: { tags } }) => {
    return Object.entries(tags).map((tag) => tag.join(":")).join("; ");
  }],
];

/** How many lines are written at once; others get a turn between them. */
const LINES_A_CHUNK = 32;

/** A table of rigs: its first line at once, all others when they were asked. */
function streamTable(
  rigs: readonly FleetRig[],
  gateway: Gateway,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const gone = new AbortController();
  const parts = writeTable(rigs, gateway, gone.signal);
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await parts.next();
      if (gone.signal.aborted) return;
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    cancel: (reason) => gone.abort(reason),
  }, { highWaterMark: 0 });
}

async function* writeTable(
  rigs: readonly FleetRig[],
  { monitor, timeoutMs }: Gateway,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  yield formatCsvLine(COLUMNS.map(([name]) => name));
  const visit = {
    ask: (rig: FleetRig) => monitor.survey(rig, { timeoutMs, signal }),
    take() {},
  };
  await visitRigs(rigs, visit, signal, SURVEY_LIMITS);
  for (let at = 0; at < rigs.length; at += LINES_A_CHUNK) {
    yield rigs.slice(at, at + LINES_A_CHUNK).map((rig) => {
      const report = monitor.report(rig);
      const told = report.telemetry ?? {};
      const now = report.state === "up" ? told : {};
      const row = { rig, report, told, now };
      return formatCsvLine(COLUMNS.map(([, read]) => read(row)));
    }).join("");
  }
}
