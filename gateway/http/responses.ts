/**
 * The gateway's responses: a reply, its raw bytes, a problem; with the headers
 * that every one of them has.
 *
 * @module
 */

import type { FleetRig } from "../../rigs/fleet.ts";
import type { Answer, Timing } from "../../rigs/queue.ts";
import type { RawReply } from "../../rpc.ts";
import { describeRig, RigError } from "../../rpc/errors.ts";
import {
  CODE_ACCESS_DENIED,
  CODE_INVALID_COMMAND,
  type ReplyStatus,
} from "../../rpc/replies.ts";
import type { Problem } from "./problems.ts";
import { readServedReply } from "./replies.ts";

/** On every response: nothing here may be kept, or taken for something else. */
export const COMMON_HEADERS = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
};

/**
 * On every page of the gateway's own: none is loaded as a part of somebody else's.
 * What `--cors` allows is fetched, to which this does not apply.
 */
export const RESOURCE_POLICY = {
  "cross-origin-resource-policy": "same-origin",
};

/** On a page for browsers: the page that opened its window gets no hold of it. */
export const WINDOW_HEADERS = {
  "cross-origin-opener-policy": "same-origin",
  "referrer-policy": "no-referrer",
};

/** The type of every reply. */
export const JSON_TYPE = { "content-type": "application/json" };

/**
 * Makes a response.
 *
 * @param body Its body, or `null`.
 * @param status Its status.
 * @param headers Its headers besides those that every one has.
 * @returns The response.
 */
export function makeResponse(
  body: BodyInit | null,
  status: number,
  headers: Readonly<Record<string, string>>,
): Response {
  return new Response(body, {
    status,
    headers: { ...COMMON_HEADERS, ...headers },
  });
}

/** Above this, which is above all real replies, a body is not copied. */
const MAX_COPIED_BYTES = 512 * 1024;

/** How much of such a body is on its way at once. */
const PIECE_BYTES = 64 * 1024;

/**
 * Makes a response of bytes that others may get too. Attack: many who ask for
 * the same reply of megabytes and do not read it. `Response` would copy it for
 * each of them; so they get pieces of the one that there is.
 */
function makeBytesResponse(
  bytes: Uint8Array<ArrayBuffer>,
  status: number,
  headers: Readonly<Record<string, string>>,
): Response {
  if (bytes.length <= MAX_COPIED_BYTES) {
    return makeResponse(bytes, status, headers);
  }
  let at = 0;
  const pieces = new ReadableStream({
    pull(controller) {
      controller.enqueue(bytes.subarray(at, at += PIECE_BYTES));
      if (at >= bytes.length) controller.close();
    },
  }, { highWaterMark: 0 });
  const length = { "content-length": String(bytes.length) };
  return makeResponse(pieces, status, { ...headers, ...length });
}

/**
 * Makes the body that HEAD has where GET has a stream: the length of that is not
 * known before, so none is told (RFC 9110, section 8.6).
 *
 * @returns A stream that ends at once.
 */
export function makeEmptyStream(): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new Blob().stream();
}

/**
 * Serves a rig's own bytes.
 *
 * @param answer What the queue gave.
 * @returns All of them, the NUL included.
 */
export function makeRawResponse(answer: Answer): Response {
  return makeBytesResponse(answer.reply.bytes, 200, {
    "content-type": "application/octet-stream",
    ...readStatusHeaders(answer.reply),
    "server-timing": formatTiming(answer),
  });
}

/** What the STATUS says, of bytes that need not be a reply. */
function readStatusHeaders(reply: RawReply): Record<string, string> {
  try {
    const { "chi-repaired": _, ...headers } = readServedReply(reply).headers;
    return headers;
  } catch (error) {
    if (error instanceof RigError) return {};
    throw error;
  }
}

/** How a reply is to be served. */
export interface ReplyOptions {
  /** Indent by 4. */
  readonly isPretty: boolean;
  /** Tell the rig's own errors by the status. */
  readonly isStrict: boolean;
}

/**
 * Serves a rig's reply.
 *
 * @param answer What the queue gave.
 * @param rig Whose it is.
 * @param options How.
 * @returns The reply as JSON.
 * @throws {RigError} If it cannot be made whole.
 */
export function makeReplyResponse(
  answer: Answer,
  rig: FleetRig,
  { isPretty, isStrict }: ReplyOptions,
): Response {
  const served = readServedReply(answer.reply, describeRig(rig));
  const status = isStrict ? toHttpStatus(served.status) : 200;
  const bytes = isPretty ? served.indent(0) : served.body;
  return makeBytesResponse(bytes, status, {
    ...JSON_TYPE,
    ...served.headers,
    "server-timing": formatTiming(answer),
  });
}

function toHttpStatus({ letter, code }: ReplyStatus): number {
  if (letter !== "E" && letter !== "F") return 200;
  if (code === CODE_ACCESS_DENIED) return 403;
  return code === CODE_INVALID_COMMAND ? 404 : 422;
}

/**
 * Writes where the time of a call went, as `Server-Timing` has it.
 *
 * @param timing Milliseconds.
 * @returns The header's value.
 */
export function formatTiming({ queueMs, rpcMs }: Timing): string {
  return `queue;dur=${queueMs.toFixed(1)}, rpc;dur=${rpcMs.toFixed(1)}`;
}

/**
 * Serves a problem.
 *
 * @param problem What went wrong.
 * @param timing Where the time went, if a rig was asked.
 * @returns The problem document.
 */
export function makeProblemResponse(
  problem: Problem,
  timing?: Timing,
): Response {
  return makeResponse(JSON.stringify(problem), problem.status, {
    "content-type": "application/problem+json",
    ...(timing === undefined ? {} : { "server-timing": formatTiming(timing) }),
    ...problem.headers,
  });
}
