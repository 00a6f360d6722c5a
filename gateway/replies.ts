/**
 * From a rig's bytes to what the gateway serves: read, repaired where it must
 * be, with the headers that say so. A reply that several callers share is read
 * once.
 *
 * @example
 * ```ts
 * import { readServedReply } from "./replies.ts";
 *
 * const bytes = new TextEncoder().encode('{"STATUS":[{"STATUS":"S","Code":22}]}\0');
 * const served = readServedReply({ bytes, end: "nul" });
 * console.log(served.headers); // { "chi-status": "S", "chi-code": "22" }
 * ```
 *
 * @module
 */

import type { RawReply } from "../rpc.ts";
import { RigError } from "../rpc/errors.ts";
import { formatRepairs, type ReadReply, readReply } from "../rpc/repair.ts";
import { readStatus, type ReplyStatus } from "../rpc/replies.ts";

/** A reply as valid JSON. */
export interface ServedReply {
  /** The reply as text. */
  readonly text: string;
  /** The same as bytes: as the rig sent them, unless they were repaired. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** What its first STATUS says. */
  readonly status: ReplyStatus;
  /** `Chi-Status`, `Chi-Code`, `Chi-Repaired`, `Chi-Truncated`: as they apply. */
  readonly headers: Readonly<Record<string, string>>;
}

const served = new WeakMap<RawReply, ServedReply>();

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
  const known = served.get(reply);
  if (known !== undefined) return known;
  const read = readReply(reply.bytes);
  if (!read.ok) throw toReplyError(read, rig);
  const status = readStatus(read.value);
  const made: ServedReply = {
    text: read.text,
    body: read.repairs.length === 0
      ? trimEnd(reply.bytes)
      : new TextEncoder().encode(read.text),
    status,
    headers: toHeaders(read, status),
  };
  served.set(reply, made);
  return made;
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

function toReplyError(read: ReadReply & { ok: false }, rig: string): RigError {
  if (read.code === "rig-closed") {
    return new RigError(
      read.code,
      `No reply from ${rig}: ${read.reason}`,
      "Does the miner allow this machine's address (--api-allow)?",
    );
  }
  const what = read.code === "rig-reply-truncated"
    ? "is cut off"
    : "cannot be read";
  return new RigError(
    read.code,
    `The reply from ${rig} ${what}: ${read.reason}`,
    "?raw gives its bytes as they came",
  );
}

/** Leaves out the NUL and the newlines that end a reply. */
function trimEnd(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  let end = bytes.length;
  while (end > 0 && isEnding(bytes[end - 1])) end--;
  return bytes.subarray(0, end);
}

function isEnding(byte: number | undefined): boolean {
  return byte === 0x00 || byte === 0x0a || byte === 0x0d;
}
