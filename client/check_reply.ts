/**
 * Whether a reply is what its type says: its STATUS, and the sections that the
 * command is asked for. What stands in these is left as the rig has it. Pure.
 *
 * @example
 * ```ts
 * import { checkReply } from "./check_reply.ts";
 *
 * const rig = { hostname: "10.0.0.7", port: 4028 };
 * const status = { STATUS: "S", When: 1, Code: 22, Msg: "CGMiner versions" };
 * const reply = { STATUS: [status], VERSION: [{ API: "3.7" }], id: 1 };
 * console.log(checkReply(rig, "version", reply).VERSION[0].API); // 3.7
 * ```
 *
 * @module
 */

import { isReadCommand } from "../rpc/commands.ts";
import { describeRig, type RigAddress } from "../rpc/errors.ts";
import { readStatus } from "../rpc/replies.ts";
import {
  type CommandName,
  findShape,
  type Replies,
  type ReplyShape,
} from "./replies.ts";
import type { RigReply } from "./reply.ts";
import { RigReplyError } from "./rig_reply_error.ts";
import { RigStatusError } from "./rig_status_error.ts";

/**
 * Takes a reply for what a command answers.
 *
 * @param rig The rig that gave it, for messages.
 * @param command The command, as it was sent.
 * @param reply Its reply; of a joined one, its part.
 * @param whole The whole reply, if that is a joined one.
 * @returns The same reply. Where nothing but STATUS is known of a command, and
 * it is laid out flat (WhatsMiner, to what changes something), it is put into a
 * list, as all others have it.
 * @throws {RigStatusError} If the rig says `E` or `F`.
 * @throws {RigReplyError} If it has no such STATUS or section.
 */
export function checkReply<C extends CommandName>(
  rig: RigAddress,
  command: C,
  reply: RigReply,
  whole: RigReply = reply,
): Replies[C] {
  const { letter } = readStatus(reply);
  if (letter === "E" || letter === "F") {
    throw new RigStatusError(rig, command, reply, whole);
  }
  const shape = findShape(command);
  const listed = shape.status !== "flat" && shape.sections.length === 0 &&
      letter !== undefined
    ? listStatus(reply)
    : reply;
  const missing = findMissing(listed, shape);
  if (missing !== undefined) {
    throw new RigReplyError(
      "rig-reply-invalid",
      `The reply to "${command}" from ${describeRig(rig)} has no ${missing}`,
      // What may have changed something is never to be sent again unseen.
      isReadCommand(command)
        ? "This miner answers in a shape of its own, which the error's reply " +
          `is; call("${command}") gives the same`
        : "The miner may have done it: see the error's reply, and ask for its " +
          "state before it is sent again",
      { reply: whole },
    );
  }
  // The types are those of recorded replies; the fields were not looked at.
  return listed as unknown as Replies[C];
}

/** Makes a list of a STATUS that is laid out flat; all else stays. */
function listStatus(reply: RigReply): RigReply {
  const { STATUS, When, Code, Msg, Description, ...others } = reply;
  if (typeof STATUS !== "string" || Msg === undefined) return reply;
  const status = {
    STATUS,
    When,
    Code,
    Msg: typeof Msg === "string" ? Msg : JSON.stringify(Msg),
    ...(Description === undefined ? {} : { Description }),
  };
  return { STATUS: [status], id: 1, ...others };
}

/** What a reply lacks, in words; undefined if nothing. */
function findMissing(
  reply: RigReply,
  { status, sections, isSingle }: ReplyShape,
): string | undefined {
  const { STATUS } = reply;
  const isWord = typeof STATUS === "string";
  const hasStatus = status === "flat"
    ? isWord && "Msg" in reply
    : isList(STATUS, 1) || (status === "list-or-word" && isWord);
  if (!hasStatus) return status === "flat" ? "flat STATUS" : "list STATUS";
  const least = isSingle ? 1 : 0;
  if (sections.length === 0) return undefined;
  return sections.some((section) => isList(reply[section], least))
    ? undefined
    : sections.map((section) => `"${section}"`).join(" or ");
}

/** Whether it is a list of objects, of at least so many. */
function isList(value: unknown, least: number): boolean {
  return Array.isArray(value) && value.length >= least &&
    value.every((item) =>
      typeof item === "object" && item !== null && !Array.isArray(item)
    );
}
