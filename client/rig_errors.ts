/**
 * The errors for what a rig answered: it says that it failed, or what came is
 * not what was asked for.
 *
 * @example
 * ```ts
 * import { Simulator } from "../rigs/simulator.ts";
 * import { Rig } from "./rig.ts";
 * import { RigReplyError, RigStatusError } from "./rig_errors.ts";
 *
 * await using simulator = Simulator.start();
 * try {
 *   await new Rig(simulator).switchPool(99);
 * } catch (error) {
 *   if (error instanceof RigStatusError) {
 *     console.log(error.statusCode, error.message); // 26 "switchpool" failed …
 *   } else if (error instanceof RigReplyError) {
 *     console.log(error.code, error.bytes?.length, error.reply);
 *   } else throw error;
 * }
 * ```
 *
 * @module
 */

import {
  describeRig,
  type RigAddress,
  RigError,
  type RigErrorCode,
} from "../rpc/errors.ts";
import {
  CODE_ACCESS_DENIED,
  CODE_INVALID_COMMAND,
  readStatus,
} from "../rpc/replies.ts";
import { type ActionName, listMakes } from "../telemetry/actions.ts";
import type { MinerInfo } from "../telemetry/telemetry.ts";
import type { RigReply } from "./reply.ts";

const HINTS: ReadonlyMap<number | undefined, string> = new Map([
  [
    CODE_INVALID_COMMAND,
    "Not every miner has every command; check() says whether this one has it",
  ],
  [
    CODE_ACCESS_DENIED,
    "The miner must give this machine's address the group W (--api-allow)",
  ],
]);

/**
 * A rig answered with STATUS `E` or `F`: it did not do what it was asked, or
 * has nothing to report.
 */
export class RigStatusError extends Error {
  /** Always `RigStatusError`. */
  override readonly name = "RigStatusError";
  /** Always `rig-status`; what the rig said is in `statusCode`. */
  readonly code = "rig-status";
  /** `E` for an error, `F` for a fatal one. */
  readonly letter: "E" | "F";
  /** The rig's own code: 14 invalid command, 45 access denied … */
  readonly statusCode: number | undefined;
  /** The command that failed; of a joined one, that part. */
  readonly command: string;
  /** The whole reply, as `call()` gives it. */
  readonly reply: RigReply;
  /** What to do about it, as a sentence; absent where there is no advice. */
  readonly hint: string | undefined;

  /**
   * Makes the error of a reply.
   *
   * @param rig The rig that said it.
   * @param command What it was asked.
   * @param section The part of the reply that has the STATUS.
   * @param reply The whole reply; the same, unless it is a joined one.
   */
  constructor(
    rig: RigAddress,
    command: string,
    section: RigReply,
    reply: RigReply = section,
  ) {
    const { letter, code } = readStatus(section);
    const number = code === undefined ? "" : ` (code ${code})`;
    super(
      `"${command}" failed on ${describeRig(rig)}: ` +
        `${readMessage(section)}${number}`,
    );
    this.letter = letter === "F" ? "F" : "E";
    this.statusCode = code;
    this.command = command;
    this.reply = reply;
    this.hint = HINTS.get(code);
  }
}

/** What the rig says in words: in a list, or flat as WhatsMiner has it. */
function readMessage(section: RigReply): string {
  const { STATUS: status, Msg: flat } = section;
  const message = Array.isArray(status) ? status[0]?.Msg : flat;
  return typeof message === "string" ? message : "it gives no reason";
}

/**
 * A rig answered, with something that cannot be used, or in another shape than
 * the method's type says. What it said is here, so that nothing needs to be
 * sent again: it may well have done what it was asked.
 */
export class RigReplyError extends RigError {
  /** Always `RigReplyError`. */
  override readonly name = "RigReplyError";
  /** The whole reply, parsed; undefined if it could not be. */
  readonly reply: RigReply | undefined;
  /** What came, where it could not be parsed; otherwise undefined. */
  readonly bytes: Uint8Array<ArrayBuffer> | undefined;

  /**
   * Makes the error of a reply.
   *
   * @param code `rig-reply-invalid`, `rig-reply-truncated` or `rig-closed`.
   * @param message What is wrong with it, and which rig sent it.
   * @param hint What to do about it.
   * @param came What the rig sent: its reply, or bytes that are none.
   */
  constructor(
    code: RigErrorCode,
    message: string,
    hint: string,
    came: {
      readonly reply?: RigReply;
      readonly bytes?: Uint8Array<ArrayBuffer>;
    },
  ) {
    super(code, message, hint);
    this.reply = came.reply;
    this.bytes = came.bytes;
  }
}

/** What an action does, as what stands between `Cannot` and the rig. */
const ACTION_WORDS: Readonly<Record<ActionName, string>> = {
  restart: "restart",
  pause: "pause",
  resume: "resume",
  powerLimit: "limit the power of",
  locate: "blink the light of",
  replacePools: "replace the pools of",
};

/**
 * Says that a make has no command for an action.
 *
 * @param rig The rig.
 * @param name The action.
 * @param miner What mines there, as far as it says.
 * @param reason Why not, as the end of a sentence, if the make has one.
 * @returns `not-supported`; nothing was sent that could change the rig.
 */
export function toUnsupportedError(
  rig: RigAddress,
  name: ActionName,
  miner: MinerInfo = {},
  reason?: string,
): RigError {
  const { software = "its miner", version, model } = miner;
  const program = version === undefined ? software : `${software} ${version}`;
  const make = model === undefined ? program : `${program} (${model})`;
  const others = new Intl.ListFormat("en").format(listMakes(name));
  return new RigError(
    "not-supported",
    `Cannot ${ACTION_WORDS[name]} ${describeRig(rig)}: ` +
      (reason ?? `${make} has no command for it`),
    reason === undefined ? `These have one: ${others}` : undefined,
  );
}
