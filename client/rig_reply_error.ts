/**
 * The error for a reply that came, and is not what was asked for.
 *
 * @example
 * ```ts
 * import { Rig } from "./rig.ts";
 * import { RigReplyError } from "./rig_reply_error.ts";
 *
 * // No miner, but something else that listens.
 * await using server = Deno.serve(
 *   { hostname: "127.0.0.1", port: 0, onListen() {} },
 *   () => new Response(),
 * );
 * const rig = new Rig({ hostname: "127.0.0.1", port: server.addr.port });
 * try {
 *   await rig.switchPool(1);
 * } catch (error) {
 *   if (!(error instanceof RigReplyError)) throw error;
 *   console.log(error.code, error.bytes?.length, error.reply);
 * }
 * ```
 *
 * @module
 */

import { RigError, type RigErrorCode } from "../rpc/errors.ts";
import type { RigReply } from "./reply.ts";

/** What came from the rig: its reply, or bytes that are none. */
export type CameFromRig =
  | { readonly reply: RigReply }
  | { readonly bytes: Uint8Array<ArrayBuffer> };

/**
 * A rig answered, with something that cannot be used, or in another shape than
 * the method's type says. What it said is here, so that nothing needs to be
 * sent again: it may well have done what it was asked.
 */
export class RigReplyError extends RigError {
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
   * @param came What the rig sent.
   */
  constructor(
    code: RigErrorCode,
    message: string,
    hint: string,
    came: CameFromRig,
  ) {
    super(code, message, hint);
    this.reply = "reply" in came ? came.reply : undefined;
    this.bytes = "bytes" in came ? came.bytes : undefined;
  }
}
