/**
 * What a rig makes of the bytes it received: which dialect, which command,
 * which parameter, or what is wrong with them. JSON is read as strictly as
 * Jansson does, the library the miners use: no NUL in strings, no invalid
 * UTF-8, nothing after the value but white space.
 *
 * @module
 */

import type { Dialect } from "./reply.ts";

/** What is wrong with a request in JSON. */
export type Fault = "invalidJson" | "missingCommand" | "invalidCommand";

/** A request, read. Strings are strings of bytes, see `reply.ts`. */
export interface Request {
  /** JSON if the first byte is `{`, text otherwise. */
  readonly dialect: Dialect;
  /** The command; empty if there is none. */
  readonly command: string;
  /** The parameter, absent if there is none. */
  readonly parameter?: string;
  /** What is wrong with it; absent if nothing is. */
  readonly fault?: Fault;
}

/** Writes bytes as a string of bytes. */
export function toByteString(bytes: Uint8Array): string {
  let string = "";
  for (const byte of bytes) string += String.fromCharCode(byte);
  return string;
}

/** Writes a string of bytes as bytes. */
export function toBytes(string: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(string.length);
  for (let at = 0; at < string.length; at++) bytes[at] = string.charCodeAt(at);
  return bytes;
}

/** Writes an ordinary string as a string of the bytes of its UTF-8. */
export function toUtf8(string: string): string {
  return toByteString(new TextEncoder().encode(string));
}

/**
 * Reads a request.
 *
 * @param bytes All that one `recv` gave; none if the client closed first.
 * @returns What it asks for.
 */
export function readRequest(bytes: Uint8Array): Request {
  if (bytes[0] === 0x7b) return readJsonRequest(bytes);
  // A C string: it ends at the first NUL.
  const [string = ""] = toByteString(bytes).split("\0", 1);
  const bar = string.indexOf("|");
  if (bar < 0) return { dialect: "text", command: string };
  return {
    dialect: "text",
    command: string.slice(0, bar),
    parameter: string.slice(bar + 1),
  };
}

/** A number of JSON with the way it was written, which tells `1` from `1.0`. */
class SourceNumber {
  constructor(readonly source: string) {}
}

const LARGEST_INTEGER = 2n ** 63n;

function readJsonRequest(bytes: Uint8Array): Request {
  const fault = (fault: Fault): Request => ({
    dialect: "json",
    command: "",
    fault,
  });
  const object = parseStrictly(bytes);
  if (object === undefined) return fault("invalidJson");
  const { command } = object;
  if (command === undefined) return fault("missingCommand");
  if (typeof command !== "string") return fault("invalidCommand");
  const parameter = writeParameter(object.parameter);
  return {
    dialect: "json",
    command: toUtf8(command),
    ...(parameter === undefined ? {} : { parameter }),
  };
}

/** Parses an object; nothing if it is not one that Jansson would take. */
function parseStrictly(
  bytes: Uint8Array,
): Record<string, unknown> | undefined {
  const check = (
    key: string,
    value: unknown,
    context?: { source?: string },
  ): unknown => {
    checkString(key);
    if (typeof value === "string") checkString(value);
    if (typeof value !== "number") return value;
    return checkNumber(context?.source ?? String(value));
  };
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return JSON.parse(decoder.decode(bytes), check);
  } catch (error) {
    // Both say the same here: the rig would answer "Invalid JSON".
    if (error instanceof SyntaxError || error instanceof TypeError) {
      return undefined;
    }
    throw error;
  }
}

function checkString(string: string): void {
  if (string.includes("\0")) throw new SyntaxError("NUL in a string");
  if (!string.isWellFormed()) throw new SyntaxError("half a surrogate pair");
}

function checkNumber(source: string): SourceNumber {
  if (/[.eE]/.test(source)) {
    if (!Number.isFinite(Number(source))) {
      throw new SyntaxError("real number out of range");
    }
  } else {
    const integer = BigInt(source);
    if (integer >= LARGEST_INTEGER || integer < -LARGEST_INTEGER) {
      throw new SyntaxError("integer out of range");
    }
  }
  return new SourceNumber(source);
}

/** A string stays, a number becomes decimal text; all else counts as missing. */
function writeParameter(value: unknown): string | undefined {
  if (typeof value === "string") return toUtf8(value);
  if (!(value instanceof SourceNumber)) return undefined;
  const { source } = value;
  if (!/[.eE]/.test(source)) {
    return BigInt.asIntN(32, BigInt(source)).toString(); // (int), "%d"
  }
  const real = Number(source);
  if (Math.abs(real) < 1e21) return real.toFixed(6); // "%f"
  return `${BigInt(real)}.000000`;
}

/**
 * Reads a whole number as C's `atoi` does: leading white space, a sign,
 * digits; anything else is the end.
 *
 * @param string The text.
 * @returns The number, wrapped into 32 bits; 0 if there is none.
 */
export function readInteger(string: string): number {
  const digits = /^[ \t\n\v\f\r]*([+-]?)(\d+)/.exec(string);
  if (digits === null) return 0;
  const size = BigInt(digits[2] ?? "0");
  let value = digits[1] === "-" ? -size : size;
  if (value >= LARGEST_INTEGER) value = LARGEST_INTEGER - 1n;
  if (value < -LARGEST_INTEGER) value = -LARGEST_INTEGER;
  return Number(BigInt.asIntN(32, value));
}
