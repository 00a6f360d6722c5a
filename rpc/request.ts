/**
 * A question to a rig, and its bytes. Pure.
 *
 * @module
 */

import { RequestError } from "./errors.ts";

/** A question in the terms of the API. */
export interface RigRequest {
  /** One command, or several joined by `+`. */
  readonly command: string;
  /** The parameter; absent where the command takes none. */
  readonly parameter?: string | number;
}

/** The longest request in bytes: cgminer's buffer less its NUL (`api.c`). */
export const MAX_REQUEST_BYTES = 4095;

/**
 * Writes a request as JSON: the same text for the same question.
 *
 * @param request Command and parameter; a parameter of `""` counts as none.
 * @returns `{"command":…}` or `{"command":…,"parameter":…}`.
 * @throws {RequestError} If the command is no text, or the parameter neither
 * text nor a finite number: a rig would take that for none at all.
 */
export function formatRequest({ command, parameter }: RigRequest): string {
  // A caller in JavaScript may have given anything.
  if (typeof command !== "string") {
    throw new RequestError(`The command is no text but ${nameKind(command)}`);
  }
  if (
    parameter !== undefined && typeof parameter !== "string" &&
    !Number.isFinite(parameter)
  ) {
    throw new RequestError(
      "The parameter is neither text nor a finite number but " +
        nameKind(parameter),
    );
  }
  return JSON.stringify(
    parameter === undefined || parameter === ""
      ? { command }
      : { command, parameter },
  );
}

const ENCODER = new TextEncoder();

/**
 * Makes the bytes of a request, and refuses what no rig could read.
 *
 * @param request Command and parameter; a parameter of `""` counts as none.
 * @param text The same, where {@linkcode formatRequest} wrote it already.
 * @returns `{"command":…}` or `{"command":…,"parameter":…}` in UTF-8.
 * @throws {RequestError} If it is longer than 4,095 bytes, holds a NUL
 * (Jansson refuses it), text that is not Unicode (a lone surrogate), or a
 * part of the wrong type.
 */
export function encodeRequest(
  request: RigRequest,
  text: string = formatRequest(request),
): Uint8Array<ArrayBuffer> {
  const { command, parameter } = request;
  for (const part of [command, parameter]) {
    if (typeof part !== "string") continue;
    if (part.includes("\0")) {
      throw new RequestError(
        "The request holds a NUL character, which no rig can read",
      );
    }
    if (!part.isWellFormed()) {
      throw new RequestError("The request is not valid Unicode text");
    }
  }
  const bytes = ENCODER.encode(text);
  if (bytes.length > MAX_REQUEST_BYTES) {
    throw new RequestError(
      `The request is ${bytes.length} bytes long, and a rig reads at most ` +
        `${MAX_REQUEST_BYTES}`,
    );
  }
  return bytes;
}

/** What a value is, without saying it: a parameter may be secret. */
function nameKind(value: unknown): string {
  if (value === null || typeof value === "number") return String(value);
  if (value === undefined) return "missing";
  return `of type ${typeof value}`;
}
