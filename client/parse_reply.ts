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
import { describeRig, type RigAddress, RigError } from "../rpc/errors.ts";
import { readReply } from "../rpc/repair.ts";
import { readStatus } from "../rpc/replies.ts";
import type { RigReply } from "./reply.ts";
import { RigStatusError } from "./rig_status_error.ts";

/**
 * Reads a reply, and repairs it if it must be.
 *
 * @param reply As it came.
 * @param rig The rig that sent it, for messages.
 * @returns The reply, parsed.
 * @throws {RigError} `rig-closed`, `rig-reply-truncated` or
 * `rig-reply-invalid` for what cannot be made whole, or is no object.
 */
export function parseReply(reply: RawReply, rig: RigAddress): RigReply {
  const read = readReply(reply.bytes);
  if (!read.ok) {
    throw new RigError(
      read.code,
      `The reply from ${describeRig(rig)} cannot be used: ${read.reason}`,
      "callRig() gives its bytes as they came",
    );
  }
  if (!isReply(read.value)) {
    throw new RigError(
      "rig-reply-invalid",
      `The reply from ${describeRig(rig)} cannot be used: it is no object`,
      "callRig() gives its bytes as they came",
    );
  }
  return read.value;
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
 * @throws {RigError} `rig-reply-invalid` if the command has no part in it.
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
  throw new RigError(
    "rig-reply-invalid",
    `The reply to "${joined}" from ${describeRig(rig)} has no part for ` +
      `"${command}"`,
    "Not every miner joins commands: ask for each by itself",
  );
}

function isReply(value: unknown): value is RigReply {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
