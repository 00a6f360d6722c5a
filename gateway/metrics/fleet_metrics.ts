/**
 * The gateway's own metrics, fed by the queues of a fleet.
 *
 * @module
 */

import denoConfig from "../../deno.json" with { type: "json" };
import type { Fleet } from "../../rigs/fleet.ts";
import type { EndedCall, RigQueueOptions } from "../../rigs/queue.ts";
import type { RawReply } from "../../rpc.ts";
import { RigError } from "../../rpc/errors.ts";
import type { GatewayMetrics } from "./gateway_families.ts";
import { makeGatewayMetrics } from "./exported_metrics.ts";
import { MAX_EXAMINED_BYTES, readServedReply } from "../http/replies.ts";

/**
 * Makes metrics that have seen nothing.
 *
 * @param findFleet Gives the fleet whose queues are measured, at each scrape.
 * @returns The metrics.
 */
export function makeMetrics(findFleet: () => Fleet): GatewayMetrics {
  return makeGatewayMetrics({
    version: denoConfig.version,
    readQueueLength() {
      let length = 0;
      for (const { queue } of findFleet().rigs) length += queue.waitingCalls;
      return length;
    },
  });
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
