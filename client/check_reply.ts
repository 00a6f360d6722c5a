/**
 * From a rig's bytes to a reply that is what its type says: parsed, repaired if
 * it must be, with the STATUS and the section that the table of commands
 * promises. What stands in the section is left as the rig has it. Pure.
 *
 * @module
 */

import type { RawReply } from "../rpc.ts";
import {
  COMMAND_BY_NAME,
  isReadCommand,
  type ReplyShape,
} from "../rpc/commands.ts";
import { describeRig, type RigAddress } from "../rpc/errors.ts";
import { readReply } from "../rpc/repair.ts";
import { readStatus } from "../rpc/replies.ts";
import type { ReplyTo } from "./replies.ts";
import type { RigReply } from "./reply.ts";
import { RigReplyError, RigStatusError } from "./rig_errors.ts";

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
  if (read.ok && isObject(read.value)) return read.value;
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
  if (isObject(part)) return part;
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

/** What is known of a make's own command that an action sends. */
const STATUS_ONLY: ReplyShape = {
  status: "list",
  sections: [],
  isSingle: false,
};

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
export function checkReply<C extends string>(
  rig: RigAddress,
  command: C,
  reply: RigReply,
  whole: RigReply = reply,
): ReplyTo<C> {
  const { letter } = readStatus(reply);
  if (letter === "E" || letter === "F") {
    throw new RigStatusError(rig, command, reply, whole);
  }
  // Every command that has a method of its own stands there: a test holds it.
  const shape = COMMAND_BY_NAME.get(command)?.reply ?? STATUS_ONLY;
  const isStatusOnly = shape.status !== "flat" &&
    shape.sections.length === 0 && letter !== undefined;
  const listed = isStatusOnly ? listStatus(reply) : reply;
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
  return listed as unknown as ReplyTo<C>;
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
  if (status === "none") return undefined;
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
  return Array.isArray(value) && value.length >= least && value.every(isObject);
}

function isObject(value: unknown): value is RigReply {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
