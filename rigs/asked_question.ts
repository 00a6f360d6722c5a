/**
 * One question to a rig, as somebody sees it who watches a queue: when it is
 * asked, and when it is over.
 *
 * @module
 */

import type { RawReply } from "../rpc.ts";
import type { RigAddress } from "../rpc/errors.ts";
import type { Timing } from "./queued_call.ts";

/** A question to a rig, when it is asked. */
export interface AskedQuestion {
  /** The rig that is asked. */
  readonly rig: RigAddress;
  /** The command as it was asked. Its parameter may be secret: it is not told. */
  readonly command: string;
  /** Whether it shares a call made for another. */
  readonly isShared: boolean;
}

/** A question that is over. */
export interface EndedQuestion extends Timing {
  /** The call; the same object for all who shared it. */
  readonly call: object;
  /** What came, read or not. */
  readonly reply?: RawReply;
  /** Why nothing came: a `RigError`, or why the one who asked left. */
  readonly error?: unknown;
}

/** Watches a question: told when it is asked, it returns what is told its end. */
export type QuestionWatcher = (
  question: AskedQuestion,
) => (end: EndedQuestion) => void;
