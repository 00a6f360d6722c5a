/**
 * `/-/rigs`: every rig with its state and its telemetry, as JSON, or live as
 * events. Rigs are asked when somebody wants to know.
 *
 * @module
 */

import { type OwnRoute, parseQuery } from "../../routes.ts";
import { indentJson } from "../../rpc/indent.ts";
import { streamMembers, visitRigs } from "../http/all_rigs.ts";
import type { Exchange, Gateway } from "../exchange.ts";
import { SURVEY_LIMITS } from "../watch/fleet_monitor.ts";
import type { LiveSource } from "../live/streams.ts";
import {
  EVENT_STREAM_HEADERS,
  prefersEventStream,
  readIntervalMs,
} from "../live/events.ts";
import { JSON_TYPE, makeEmptyStream, makeResponse } from "../http/responses.ts";
import { findRigs, readTag, selectRigs } from "../http/selection.ts";

const LAYOUT = { open: '{"rigs": [', separator: ",\n", close: "]}\n" };
const PRETTY_MARGIN = "\n        ";
const PRETTY_LAYOUT = {
  open: '{\n    "rigs": [',
  separator: ",",
  close: "\n    ]\n}\n",
};

/**
 * Serves `/-/rigs`; `?tag=site:barn` leaves out all other rigs, `pretty`
 * indents by 4, and `interval` is for live streams.
 *
 * @param exchange Who wants it.
 * @param route Its query.
 * @returns `{"rigs": [<member>, …]}`, a member a rig as they arrive; or events:
 * `rig` with a member each time that it changed, `gone` with a name.
 * @throws {Problem} `unknown-rig` for a tag that no rig has, `bad-request` for
 * a bad interval.
 */
export function serveRigs(
  exchange: Exchange,
  route: OwnRoute,
): Response {
  const { request, gateway } = exchange;
  const query = new URLSearchParams(route.query);
  const selected = readTag(query);
  const intervalText = query.get("interval") ?? undefined;
  const { rigs } = selectRigs(gateway.fleet, selected);
  const isLive = prefersEventStream(request);
  if (isLive || intervalText !== undefined) {
    const intervalMs = readIntervalMs(intervalText);
    if (isLive) return serveLiveRigs(exchange, selected, intervalMs);
  }
  if (request.method === "HEAD") {
    return makeResponse(makeEmptyStream(), 200, JSON_TYPE);
  }
  const { monitor, timeoutMs } = gateway;
  const { isPretty } = parseQuery(route.query);
  const body = streamMembers(
    rigs,
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

/** The rigs of a tag, or all, each published when it has changed. */
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
