/**
 * Rigs that want more than a command: what stands between a queue and its rig.
 * Each make is a file; here is what they have in common.
 *
 * @module
 */

import type { RawReply, RigRequest } from "../../rpc.ts";
import { readReply } from "../../rpc/repair.ts";
import { readStatus } from "../../rpc/replies.ts";

/** The makes that a session is known for. */
export const RIG_KINDS = ["whatsminer", "luxos"] as const;

/** How one logs on to a rig. */
export interface RigLogin {
  /** Its make; absent: it is told by what the rig answers. */
  readonly kind?: (typeof RIG_KINDS)[number] | undefined;
  /** WhatsMiner's: that of its account `admin`. */
  readonly password?: string | undefined;
}

/** Makes one call to the rig, within the turn that the write has in the queue. */
export type Send = (request: RigRequest) => Promise<RawReply>;

/** What a rig is sent in place of a command that changes something. */
export interface RigSession {
  /** Whether something is open at the rig, to be handed back. */
  readonly isOpen: boolean;

  /**
   * Whether a write takes this way, and not the plain one.
   *
   * @param request A command outside group R.
   */
  wants(request: RigRequest): boolean;

  /**
   * Sends a write as the make wants it. What changes the rig is sent once; once
   * more only where the rig has said that it did nothing.
   *
   * @param request What {@linkcode RigSession.wants} said yes to.
   * @param send Makes one call.
   * @returns The rig's reply, in plain text.
   * @throws {RigError} `rig-locked`, `rig-login-failed`, and what `send` throws.
   */
  ask(request: RigRequest, send: Send): Promise<RawReply>;

  /** Forgets all that a restart of the rig ends. */
  forget(): void;
}

/** What a reply says, as far as a session needs it. */
export interface SessionReply {
  /** The reply; undefined if it cannot be read. */
  readonly value: Readonly<Record<string, unknown>> | undefined;
  /** The code of its STATUS. */
  readonly code: number | undefined;
  /** The message of its STATUS, if that is text; or the beginning of a reply that is no JSON. */
  readonly message: string;
}

/** A refusal that is no JSON is short: `over max connect`. */
const MAX_MESSAGE_BYTES = 64;

/**
 * Reads what a reply says.
 *
 * @param reply As it came.
 * @returns Its members, code and message.
 */
export function readSessionReply({ bytes }: RawReply): SessionReply {
  const read = readReply(bytes);
  if (!read.ok || Object(read.value) !== read.value) {
    const text = new TextDecoder().decode(bytes.subarray(0, MAX_MESSAGE_BYTES));
    return { value: undefined, code: undefined, message: text };
  }
  const value = read.value as SessionReply["value"] & object;
  const { STATUS: list } = value as { STATUS?: unknown };
  // WhatsMiner has no list: Msg stands beside STATUS.
  const { Msg: message } = Object(Array.isArray(list) ? list[0] : value);
  return {
    value,
    code: readStatus(value).code,
    message: typeof message === "string" ? message : "",
  };
}
