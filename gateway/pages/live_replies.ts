/**
 * The live stream of a rig's replies, or of those of several rigs, as a
 * response.
 *
 * @module
 */

import type { RigRoute } from "../../routes.ts";
import { encodeRequest, type RigRequest } from "../../rpc.ts";
import { toGuest } from "../admission.ts";
import type { Exchange } from "../exchange.ts";
import { EVENT_STREAM_HEADERS, indentItem } from "../live/events.ts";
import {
  type LiveSource,
  makeAllSource,
  makeRigSource,
} from "../live/streams.ts";
import { Problem } from "../http/problems.ts";
import { makeEmptyStream, makeResponse } from "../http/responses.ts";
import { findOneRig, findRigs, type Selection } from "../http/selection.ts";

/**
 * Serves a question as a live stream. HEAD tells the head and asks no rig.
 *
 * @param exchange Who wants it; the guard was asked already.
 * @param route Which rigs, and how to lay it out.
 * @param question A command of group R.
 * @param selection The rigs that the route means now.
 * @param intervalMs Milliseconds between two polls.
 * @returns The stream.
 * @throws {Problem} `bad-request` for `?raw`, `rig-busy` for a stream too many.
 * @throws {RequestError} If no rig could read the question.
 */
export function serveLiveReplies(
  exchange: Exchange,
  route: RigRoute,
  question: RigRequest,
  selection: Selection,
  intervalMs: number,
): Response {
  const { request, gateway, address } = exchange;
  const { isRaw, isPretty } = route.query;
  if (isRaw) {
    throw new Problem("bad-request", "?raw gives bytes, not a live stream");
  }
  if (request.method === "HEAD") {
    return makeResponse(makeEmptyStream(), 200, EVENT_STREAM_HEADERS);
  }
  encodeRequest(question);
  const source = makeSource(exchange, route.rig, question, selection);
  const body = gateway.live.open(source, {
    intervalMs,
    signal: request.signal,
    // Those of unknown address are one client, as in the queues.
    owner: address ?? "",
    format: isPretty ? indentItem : undefined,
  });
  return makeResponse(body, 200, EVENT_STREAM_HEADERS);
}

/** A reload may change which rigs a name means: it is looked up each time. */
function makeSource(
  exchange: Exchange,
  name: string | undefined,
  question: RigRequest,
  selection: Selection,
): LiveSource {
  const { fleet } = exchange.gateway;
  const guest = toGuest(exchange);
  if (selection.rig === undefined) {
    const find = () => findRigs(fleet, selection.name);
    return makeAllSource(find, selection.name, question, undefined, guest);
  }
  const find = (wanted: string | undefined) => findOneRig(fleet, wanted);
  return makeRigSource(find, name, question, guest);
}
