/**
 * From a rig's bytes to its reply, and from a joined reply to its parts. Pure.
 *
 * @example
 * ```ts
 * import { parseReply } from "./parse_reply.ts";
 *
 * const bytes = new TextEncoder().encode('{"STATS":[{"MHS av":nan}{"x":1}]}\0');
 * const rig = { hostname: "10.0.0.7", port: 4028 };
 * console.log(parseReply({ bytes, end: "nul" }, rig));
 * // { STATS: [ { "MHS av": null }, { x: 1 } ] }
 * ```
 *
 * @module
 */

import type { RawReply } from "../rpc.ts";
import { isReadCommand } from "../rpc/commands.ts";
import { describeRig, type RigAddress } from "../rpc/errors.ts";
import { readReply } from "../rpc/repair.ts";
import { readStatus } from "../rpc/replies.ts";
import type { RigReply } from "./reply.ts";
import { RigReplyError } from "./rig_reply_error.ts";
import { RigStatusError } from "./rig_status_error.ts";

/**
 * Reads a reply, and repairs it if it must be.
 *
 * @param reply As it came.
 * @param rig The rig that sent it, for messages.
 * @returns The reply, parsed.
 * @throws {RigReplyError} `rig-closed`, `rig-reply-truncated` or
 * `rig-reply-invalid` for what cannot be made whole, or is no object.
 */
export function parseReply(reply: RawReply, rig: RigAddress): RigReply {
  const { bytes } = reply;
  const read = readReply(bytes);
  if (read.ok && isReply(read.value)) return read.value;
  const { code, reason } = read.ok
    ? { code: "rig-reply-invalid" as const, reason: "it is no object" }
    : read;
  throw new RigReplyError(
    code,
    `The reply from ${describeRig(rig)} cannot be used: ${reason}`,
    "The error's bytes are what came",
    { bytes },
  );
}

/**
 * Finds one command's part of a joined reply.
 *
 * @param rig The rig that sent it, for messages.
 * @param commands What was joined; of one alone the reply is its own.
 * @param command The one whose part is wanted.
 * @param reply The reply.
 * @returns The part: a reply as that command alone has it.
 * @throws {RigStatusError} If the rig refuses the whole.
 * @throws {RigReplyError} If the command has no part in it.
 */
export function findPart(
  rig: RigAddress,
  commands: readonly string[],
  command: string,
  reply: RigReply,
): RigReply {
  if (commands.length === 1) return reply;
  const joined = commands.join("+");
  if ("STATUS" in reply) {
    const { letter } = readStatus(reply);
    if (letter === "E" || letter === "F") {
      throw new RigStatusError(rig, joined, reply);
    }
  }
  const section = reply[command];
  const part: unknown = Array.isArray(section) ? section[0] : undefined;
  if (isReply(part)) return part;
  throw new RigReplyError(
    "rig-reply-invalid",
    `The reply to "${joined}" from ${describeRig(rig)} has no part for ` +
      `"${command}"`,
    isReadCommand(joined)
      ? "Not every miner joins commands: ask for each by itself"
      : "Not every miner joins commands; the error's reply is what came",
    { reply },
  );
}

function isReply(value: unknown): value is RigReply {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
