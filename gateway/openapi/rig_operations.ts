/**
 * GET and POST of commands, whichever rigs they reach.
 *
 * @module
 */

import type { ProblemCode } from "../http/problems.ts";
import {
  type Content,
  type Operation,
  referTo,
  type RequestBody,
  type ResponseDescription,
  type Schema,
} from "./document.ts";
import {
  type HeaderName,
  HTML_HEADERS,
  listHeaders,
  REPLY_HEADERS,
} from "./headers.ts";
import { listParameters, type ParameterName } from "./parameters.ts";
import { type SharedResponses, STRICT_STATUSES } from "./shared_responses.ts";

/** What may happen to every request that is guarded. */
export const GUARD_CODES: readonly ProblemCode[] = [
  "bad-request",
  "token-required",
  "command-denied",
  "origin-denied",
  "host-denied",
  "too-many-tries",
  "internal-error",
];

/** What may happen to a call to one rig. */
const RIG_CODES: readonly ProblemCode[] = [
  "rig-refused",
  "rig-unreachable",
  "rig-closed",
  "rig-reply-invalid",
  "rig-reply-truncated",
  "rig-reply-too-large",
  "rig-busy",
  "rig-timeout",
];

/** Which rigs a path means. */
export interface Target {
  readonly path: string;
  /** What the ids of its operations end with. */
  readonly id: string;
  /** The tag of its operations. */
  readonly tag: string;
  /** What it is in a sentence. */
  readonly title: string;
  readonly parameters: readonly ParameterName[];
  /** Whether it is one rig, whose reply is served as it is. */
  readonly isOne: boolean;
  /** Problems of finding it. */
  readonly codes: readonly ProblemCode[];
}

/** What an operation on rigs is. */
export interface RigOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag?: string;
  readonly parameters?: Operation["parameters"];
  /** The name of the reply's schema. */
  readonly schema: string;
  /** Whether a browser gets a page instead. */
  readonly hasPage?: boolean;
  /** Problems besides those of the guard and the rig. */
  readonly codes?: readonly ProblemCode[];
}

/**
 * Describes GET on rigs, which can be listened to as well.
 *
 * @param target Which rigs.
 * @param operation What is asked.
 * @param shared Where its responses are kept.
 * @returns The operation.
 */
export function describeGet(
  target: Target,
  operation: RigOperation,
  shared: SharedResponses,
): Operation {
  const { hasPage = false } = operation;
  const json = { schema: referTo("schemas", operation.schema) };
  const content: Content = {
    "application/json": json,
    ...(target.isOne ? RAW_CONTENT : {}),
    ...describeEvents(json.schema),
    ...(hasPage ? { "text/html": { schema: TEXT } } : {}),
  };
  const headers: HeaderName[] = [
    "Server-Timing",
    ...(target.isOne ? REPLY_HEADERS : []),
    "X-Accel-Buffering",
    ...(hasPage ? HTML_HEADERS : []),
  ];
  return describeOperation(target, operation, {
    parameters: [...listLayouts(target), "interval"],
    responses: {
      200: shared.share(
        `Reply200-${operation.schema}-stream${hasPage ? "-page" : ""}`,
        describeSuccess(target, headers, content),
      ),
      ...shared.listFailures([
        ...GUARD_CODES,
        ...target.codes,
        ...(operation.codes ?? []),
        ...(target.isOne ? RIG_CODES : ["rig-busy" as const]),
      ], target.isOne ? STRICT_STATUSES : []),
    },
  });
}

/**
 * Describes POST on rigs.
 *
 * @param target Which rigs.
 * @param operation What is asked.
 * @param shared Where its responses are kept.
 * @param requestBody What it has to bring, if anything.
 * @returns The operation.
 */
export function describePost(
  target: Target,
  operation: RigOperation,
  shared: SharedResponses,
  requestBody?: RequestBody,
): Operation {
  const content: Content = {
    "application/json": { schema: referTo("schemas", operation.schema) },
    ...(target.isOne ? RAW_CONTENT : {}),
  };
  const headers: HeaderName[] = [
    "Server-Timing-always",
    ...(target.isOne ? REPLY_HEADERS : []),
  ];
  return describeOperation(target, operation, {
    parameters: listLayouts(target),
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: {
      200: shared.share(
        `Reply200-${operation.schema}`,
        describeSuccess(target, headers, content),
      ),
      ...shared.listFailures([
        ...GUARD_CODES,
        ...target.codes,
        "body-too-large",
        ...(requestBody === undefined
          ? []
          : ["unsupported-media-type" as const]),
        ...(target.isOne ? RIG_CODES : []),
      ], target.isOne ? STRICT_STATUSES : []),
    },
  });
}

function describeOperation(
  target: Target,
  { operationId, summary, description, tag, parameters = [] }: RigOperation,
  rest: Pick<Operation, "requestBody" | "responses"> & {
    readonly parameters: readonly ParameterName[];
  },
): Operation {
  return {
    operationId,
    tags: [tag ?? target.tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...rest,
    parameters: [
      ...listParameters(target.parameters),
      ...parameters,
      ...listParameters(rest.parameters),
    ],
  };
}

/** How a reply may be served. */
function listLayouts({ isOne }: Target): readonly ParameterName[] {
  return isOne ? ["pretty", "raw", "prefer"] : ["pretty"];
}

function describeSuccess(
  { isOne }: Target,
  headers: readonly HeaderName[],
  content: Content,
): ResponseDescription {
  return {
    description: isOne
      ? "The rig answered, whatever it said."
      : "What each rig answered, or why it did not, as they come.",
    headers: listHeaders(headers),
    content,
  };
}

const TEXT: Schema = { type: "string" };

const RAW_CONTENT: Content = {
  "application/octet-stream": {
    schema: { description: "With `raw`: the rig's own bytes." },
  },
};

function describeEvents(reply: Schema): Content {
  return {
    "text/event-stream": {
      schema: {
        type: "string",
        description:
          "A live stream: `reply` events with the reply, `problem` events for as long as there is none; a `dropped` event, whose last line is a problem, if the reader is too slow.",
      },
      "x-events": {
        reply,
        problem: referTo("schemas", "Problem"),
        dropped: TEXT,
      },
    },
  };
}
