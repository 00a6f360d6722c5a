/**
 * What a request asks of a rig: the command of its URL, or, for a POST on a
 * rig's root, the one in its body.
 *
 * @module
 */

import type { RigRoute } from "../../routes.ts";
import { DEFAULT_TIMEOUT_MS, type RigRequest } from "../../rpc.ts";
import { isTooDeep, MAX_DEPTH } from "../../rpc/nesting.ts";
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

/** Takes command and parameter out of a body; nothing else in it is sent on. */
function parseBody(text: string): RigRequest {
  const refuse = (detail: string) =>
    new Problem("bad-request", detail, {
      hint: 'Send {"command":"switchpool","parameter":"1"}',
    });
  if (isTooDeep(text)) {
    throw refuse(`The body is nested more than ${MAX_DEPTH} deep`);
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw refuse(`The body is not JSON: ${reason}`);
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw refuse("The body is no JSON object");
  }
  const { command, parameter } = body as Record<string, unknown>;
  if (typeof command !== "string" || command === "") {
    throw refuse('The body has no "command" that is a string');
  }
  if (parameter === undefined || parameter === null || parameter === "") {
    return { command };
  }
  if (typeof parameter === "string" || isSendableNumber(parameter)) {
    return { command, parameter };
  }
  throw refuse(
    'The "parameter" is neither a string nor a number that JSON can carry',
  );
}

function isSendableNumber(value: unknown): value is number {
  if (typeof value !== "number" || !Number.isFinite(value)) return false;
  // Past 2^53 the digits that came are lost already.
  return !Number.isInteger(value) || Number.isSafeInteger(value);
}
