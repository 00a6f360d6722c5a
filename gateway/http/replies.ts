/**
 * From a rig's bytes to what the gateway serves: read, repaired where it must
 * be, with the headers that say so. A reply that several callers share is read
 * once.
 *
 * @module
 */

import type { RawReply } from "../../rpc.ts";
import { ALLOW_HINT, RigError, WEB_HINT } from "../../rpc/errors.ts";
import { indentBytes } from "../../rpc/indent.ts";
import {
  formatRepairs,
  type ReadReply,
  readReply,
  type Repair,
} from "../../rpc/repair.ts";
import { readStatus, type ReplyStatus } from "../../rpc/replies.ts";

/**
 * A reply as valid JSON. What not every reader wants is made when it is asked
 * for, by getters of the class: an object literal with a getter would have a
 * hidden class of its own, which lives until the next full collection of
 * garbage and keeps the whole reply alive.
 */
export class ServedReply {
  /** The reply as text. */
  readonly text: string;
  /** The same, parsed. */
  readonly value: unknown;
  /** What was repaired; nothing, mostly. */
  readonly repairs: readonly Repair[];
  /** What its first STATUS says. */
  readonly status: ReplyStatus;
  /** `Chi-Status`, `Chi-Code`, `Chi-Repaired`, `Chi-Truncated`: as they apply. */
  readonly headers: Readonly<Record<string, string>>;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #body: Uint8Array<ArrayBuffer> | undefined;
  #indented: Uint8Array<ArrayBuffer>[] | undefined;

  /**
   * Keeps what was read of a reply.
   *
   * @param bytes The reply as it came.
   * @param read What it says.
   */
  constructor(
    bytes: Uint8Array<ArrayBuffer>,
    read: ReadReply & { readonly ok: true },
  ) {
    this.#bytes = bytes;
    this.text = read.text;
    this.value = read.value;
    this.repairs = read.repairs;
    this.status = readStatus(read.value);
    this.headers = toHeaders(read, this.status);
  }

  /** The text as bytes: as the rig sent them, unless they were repaired. */
  get body(): Uint8Array<ArrayBuffer> {
    return this.#body ??= this.repairs.length === 0
      ? trimEnd(this.#bytes)
      : new TextEncoder().encode(this.text);
  }

  /**
   * Indents by 4; once for each depth, for all who share the reply.
   *
   * @param depth Inside of so many levels.
   * @returns The text as bytes; as it is where that would be far longer.
   */
  readonly indent = (depth: number): Uint8Array<ArrayBuffer> => {
    const indented = this.#indented ??= [];
    return indented[depth] ??= indentBytes(this.body, depth);
  };
}

/**
 * The longest reply that the gateway reads of its own accord, for telemetry or
 * to count repairs. The largest real one has 144 KB; all that a survey asks for
 * may be joined in one.
 */
export const MAX_EXAMINED_BYTES = 512 * 1024;

/** What became of a reply that cannot be used. */
type Refused = ReadReply & { readonly ok: false };

/**
 * Where a reply keeps what was read of it, good or bad: it is read once. Not in
 * a `WeakMap`, whose entries outlive their keys until the next full collection
 * of garbage: with many rigs that is hundreds of megabytes.
 */
const READ = Symbol("read");

/** A reply, read or not. */
type KnownReply = RawReply & { [READ]?: ServedReply | Refused };

/**
 * Reads a rig's reply.
 *
 * @param reply As it came.
 * @param rig How to name the rig in an error.
 * @returns The reply to serve.
 * @throws {RigError} `rig-closed` for nothing, `rig-reply-truncated` and
 * `rig-reply-invalid` for what cannot be made whole.
 */
export function readServedReply(reply: RawReply, rig = "the rig"): ServedReply {
  const known: KnownReply = reply;
  const read = known[READ] ??= toServed(reply);
  // An error of its own for each caller, as each has its own rig to name.
  if ("code" in read) throw toReplyError(read, rig);
  return read;
}

function toServed(reply: RawReply): ServedReply | Refused {
  const read = readReply(reply.bytes);
  return read.ok ? new ServedReply(reply.bytes, read) : read;
}

function toHeaders(
  read: ReadReply & { ok: true },
  status: ReplyStatus,
): Record<string, string> {
  const { letter, code, isCut } = status;
  return {
    ...(letter === undefined ? {} : { "chi-status": letter }),
    ...(code === undefined ? {} : { "chi-code": String(code) }),
    ...(read.repairs.length === 0
      ? {}
      : { "chi-repaired": formatRepairs(read.repairs) }),
    ...(isCut ? { "chi-truncated": "id=0" } : {}),
  };
}

function toReplyError(read: Refused, rig: string): RigError {
  if (read.code === "rig-closed") {
    return new RigError(
      read.code,
      `No reply from ${rig}: ${read.reason}`,
      ALLOW_HINT,
    );
  }
  const what = read.code === "rig-reply-truncated"
    ? "is cut off"
    : "cannot be read";
  return new RigError(
    read.code,
    `The reply from ${rig} ${what}: ${read.reason}`,
    WEB_REASONS.has(read.reason)
      ? WEB_HINT
      : "?raw gives its bytes as they came",
  );
}

/** Why a reply cannot be read, where a web server sent it. */
const WEB_REASONS: ReadonlySet<string> = new Set([
  "it is TLS, as HTTPS speaks it",
  "it is an HTML page",
  "it is an HTTP response",
]);

/** Leaves out the NUL and the newlines that end a reply. */
function trimEnd(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  let end = bytes.length;
  while (end > 0 && isEnding(bytes[end - 1])) end--;
  return bytes.subarray(0, end);
}

function isEnding(byte: number | undefined): boolean {
  return byte === 0x00 || byte === 0x0a || byte === 0x0d;
}
