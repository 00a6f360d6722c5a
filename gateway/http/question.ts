/**
 * What a request asks of a rig: the command of its URL, or, for a POST on a
 * rig's root, the one in its body.
 *
 * @module
 */

import type { RigRoute } from "../../routes.ts";
import { type JsonContext, keepNumber } from "../../rpc/members.ts";
import { DEFAULT_TIMEOUT_MS, type RigRequest } from "../../rpc.ts";
import { isTooDeep, MAX_DEPTH } from "../../rpc/nesting.ts";
import { quoteText } from "../../rpc/errors.ts";
import { ClientGone, Problem } from "./problems.ts";

/** The longest body in bytes. */
export const MAX_BODY_BYTES = 16 * 1024;

/**
 * Finds out what is asked.
 *
 * @param request The HTTP request; its body is read where it has one.
 * @param route What its URL means.
 * @param timeoutMs Milliseconds that the body may take. Default 5,000.
 * @returns What to ask the rig.
 * @throws {Problem} `bad-request`, `body-too-large`, `unsupported-media-type`.
 * @throws {ClientGone} If the client broke its body off.
 */
export async function readQuestion(
  request: Request,
  route: RigRoute,
  timeoutMs = DEFAULT_TIMEOUT_MS,
): Promise<RigRequest> {
  if (request.method !== "POST") return route.request;
  if (route.isRoot) {
    checkMediaType(request.headers.get("content-type"));
    return parseBody(await readBody(request, timeoutMs));
  }
  // The URL has said it all: a body that said something else would be lost.
  if (
    request.body !== null && (await readBody(request, timeoutMs)) !== ""
  ) {
    throw new Problem("bad-request", "A POST to a command takes no body", {
      hint: 'POST {"command":…,"parameter":…} to / or /@rig instead',
    });
  }
  return route.request;
}

/** Refuses all but JSON: a form or text body is what foreign pages can send. */
function checkMediaType(contentType: string | null): void {
  const essence = contentType?.split(";", 1)[0]?.trim().toLowerCase();
  if (essence === "application/json") return;
  const said = contentType === null ? "no Content-Type" : `"${contentType}"`;
  throw new Problem(
    "unsupported-media-type",
    `The body must be application/json, and came with ${said}`,
    { hint: 'Send {"command":…} with Content-Type: application/json' },
  );
}

/** Reads a body of at most 16 KiB, for at most so long. */
async function readBody(request: Request, timeoutMs: number): Promise<string> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > MAX_BODY_BYTES) throw toTooLarge();
  const reader = request.body?.getReader();
  if (reader === undefined) return "";
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    cancelBody(reader);
  }, timeoutMs);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  try {
    for (
      let chunk = await readChunk(reader);
      chunk !== undefined;
      chunk = await readChunk(reader)
    ) {
      length += chunk.length;
      if (length > MAX_BODY_BYTES) throw toTooLarge();
      chunks.push(chunk);
    }
  } finally {
    clearTimeout(timer);
    cancelBody(reader);
  }
  if (isLate) {
    throw new Problem(
      "bad-request",
      `The body did not arrive within ${timeoutMs / 1000} s`,
    );
  }
  return decodeBody(await new Blob(chunks).bytes());
}

/** Lets go of what was not read. */
function cancelBody(reader: ReadableStreamDefaultReader): void {
  reader.cancel().catch(() => {/* it broke off: there is nothing left */});
}

async function readChunk(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return (await reader.read()).value;
  } catch {
    throw new ClientGone("The body ended before it was whole");
  }
}

function decodeBody(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Problem("bad-request", "The body is not UTF-8");
  }
}

function toTooLarge(): Problem {
  return new Problem(
    "body-too-large",
    `The body is longer than ${MAX_BODY_BYTES} bytes`,
  );
}

/**
 * Takes out of a body what to ask. Further members are kept, as a rig may want
 * them; numbers as they are written, as they may be longer than `JSON.parse` has
 * digits for. Of members of the same name the last counts, and is sent alone.
 */
function parseBody(text: string): RigRequest {
  const refuse = (detail: string) =>
    new Problem("bad-request", detail, {
      hint: 'Send {"command":"switchpool","parameter":"1"}',
    });
  if (isTooDeep(text)) {
    throw refuse(`The body is nested more than ${MAX_DEPTH} deep`);
  }
  let body: unknown;
  let isText = true;
  try {
    body = JSON.parse(text, (key, value, context?: JsonContext) => {
      isText &&= isSendableText(key) && isSendableText(value);
      return keepNumber(value, context);
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw refuse(`The body is not JSON: ${reason}`);
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw refuse("The body is no JSON object");
  }
  if (!isText) {
    throw refuse(
      "The body holds a NUL or a lone surrogate, which no rig reads",
    );
  }
  const { command, parameter: given, ...others } = body as Members;
  const parameter = JSON.isRawJSON?.(given) ? Number(given.rawJSON) : given;
  if (typeof command !== "string" || command === "") {
    throw refuse('The body has no "command" that is a string');
  }
  const isMissing = parameter === undefined || parameter === null ||
    parameter === "";
  if (
    isMissing || typeof parameter === "string" || isSendableNumber(parameter)
  ) {
    const hasMore = Object.keys(others).length > 0;
    return {
      command,
      ...(isMissing ? {} : { parameter }),
      ...(hasMore ? { body: JSON.stringify(body) } : {}),
    };
  }
  throw refuse(
    'The "parameter" is neither a string nor a number that JSON can carry',
  );
}

/**
 * Attack: a member that the rig takes for its command, as WhatsMiner does `cmd`,
 * beside one that only reports. So who may not do all is told of it, and nothing
 * is sent.
 *
 * @param question What a body asks.
 * @throws {Problem} `bad-request` if it has further members.
 */
export function checkMembers({ body }: RigRequest): void {
  if (body === undefined) return;
  const name = Object.keys(JSON.parse(body))
    .find((key) => key !== "command" && key !== "parameter") as string;
  throw new Problem(
    "bad-request",
    `The body has the member ${quoteText(name)}, and who has not group W may ` +
      'send only "command" and "parameter"',
    { hint: "Leave it out, or send the token (Authorization: Bearer …)" },
  );
}

/** Jansson refuses a NUL in any text, and what is not Unicode. */
function isSendableText(value: unknown): boolean {
  return typeof value !== "string" ||
    !value.includes("\0") && value.isWellFormed();
}

type Members = Readonly<Record<string, unknown>>;

function isSendableNumber(value: unknown): value is number {
  if (typeof value !== "number" || !Number.isFinite(value)) return false;
  // Past 2^53 the digits that came are lost already.
  return !Number.isInteger(value) || Number.isSafeInteger(value);
}
