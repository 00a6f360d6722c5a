/**
 * A question in a queue: who asks it, the call that is made for all who ask the
 * same, and what becomes of them when time is over.
 *
 * @module
 */

import type { RawReply, RigCall, RigRequest } from "../rpc.ts";
import {
  describeRig,
  formatSeconds,
  type RigAddress,
  RigError,
} from "../rpc/errors.ts";

/**
 * A call with less than this left is not made: it could only end too early,
 * and a rig executes what was sent, whether anybody still waits or not.
 */
export const LEAST_CALL_MS = 5;

/** Where the time of a question went. */
export interface Timing {
  /** Milliseconds spent waiting for the rig to be free. */
  readonly queueMs: number;
  /** Milliseconds spent on the call: connect, write, read. */
  readonly rpcMs: number;
}

/** A call that is over: it has a reply, or an error. */
export interface EndedCall extends Timing {
  /** The rig that was asked. */
  readonly rig: RigAddress;
  /** What came, read or not. */
  readonly reply?: RawReply;
  /** Why nothing came. */
  readonly error?: RigError;
}

/** How one question is asked. */
export interface AskOptions {
  /**
   * Given for a client without group W, a guest: it may not have every place of
   * the queue, and no rig is logged on to for it. `client` is the client whose
   * share of the places its call counts for; without it, it counts for none.
   * Default: no guest, every place.
   */
  readonly guest?: { readonly client?: string } | undefined;
  /** Milliseconds from now to the reply. Default: the queue's. */
  readonly timeoutMs?: number;
  /** The caller's: when it aborts, the caller is gone. */
  readonly signal?: AbortSignal | undefined;
  /** Whether what is known to crash a miner is sent. Default: it is not. */
  readonly isLenient?: boolean;
  /**
   * Makes the signal where making one is costly: it is called only if the
   * caller waits for more than 0.1 s.
   *
   * @internal
   */
  readonly makeSignal?: (() => AbortSignal) | undefined;
  /** Called when the question is over, whether it was answered or not. */
  readonly onSettled?: (timing: Timing) => void;
}

/** One of many who ask the same rig. */
export type Guest = NonNullable<AskOptions["guest"]>;

/** A reply, with where its time went. */
export interface Answer extends Timing {
  /** The reply; callers who shared the call hold the same object. */
  readonly reply: RawReply;
  /** Whether the call was made for an earlier caller. */
  readonly isShared: boolean;
}

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

/**
 * Somebody who waits for a reply.
 *
 * @internal
 */
export class Caller {
  /** The call that it waits for; another one if that ran out of time. */
  call: QueuedCall;
  /** When it asked, by `performance.now()`. */
  readonly arrivedMs: number;
  /** When it gives up. */
  readonly deadlineMs: number;
  readonly timeoutMs: number;
  readonly isShared: boolean;
  readonly #options: AskOptions;
  readonly #resolve: (answer: Answer) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #onEnd: ((end: EndedQuestion) => void) | undefined;
  #signal: AbortSignal | undefined;
  #onAbort: (() => void) | undefined;

  constructor(
    call: QueuedCall,
    isShared: boolean,
    arrivedMs: number,
    timeoutMs: number,
    options: AskOptions,
    onEnd: ((end: EndedQuestion) => void) | undefined,
    resolve: (answer: Answer) => void,
    reject: (reason: unknown) => void,
  ) {
    this.call = call;
    this.isShared = isShared;
    this.arrivedMs = arrivedMs;
    this.timeoutMs = timeoutMs;
    this.deadlineMs = arrivedMs + timeoutMs;
    this.#options = options;
    this.#onEnd = onEnd;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Whose share of the places a call takes that is made for it. */
  get client(): string | undefined {
    return this.#options.guest?.client;
  }

  /** Whether it is not watched for leaving yet, and could be. */
  get isUnwatched(): boolean {
    return this.#signal === undefined && this.#options.makeSignal !== undefined;
  }

  /** Watches its signal from now on. */
  watch(signal: AbortSignal, leave: (reason: unknown) => void): void {
    this.#signal = signal;
    this.#onAbort = () => leave(signal.reason);
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Watches the signal that is made for it now. */
  watchLate(leave: (reason: unknown) => void): void {
    const signal = this.#options.makeSignal?.();
    if (signal !== undefined) this.watch(signal, leave);
  }

  /** Gives it the reply. */
  resolve(reply: RawReply, endedMs: number): void {
    const { queueMs, rpcMs } = this.#settle({ reply }, endedMs);
    this.#resolve({ reply, isShared: this.isShared, queueMs, rpcMs });
  }

  /** Tells it what went wrong. */
  reject(error: unknown): void {
    this.#settle({ error }, performance.now());
    this.#reject(error);
  }

  #settle(
    end: Pick<EndedQuestion, "reply" | "error">,
    endedMs: number,
  ): Timing {
    if (this.#onAbort !== undefined) {
      this.#signal?.removeEventListener("abort", this.#onAbort);
    }
    const { startedMs } = this.call;
    const timing = startedMs === undefined
      ? { queueMs: endedMs - this.arrivedMs, rpcMs: 0 }
      : {
        queueMs: Math.max(0, startedMs - this.arrivedMs),
        rpcMs: endedMs - startedMs,
      };
    this.#options.onSettled?.(timing);
    this.#onEnd?.({ call: this.call, ...timing, ...end });
    return timing;
  }
}

/**
 * One call to the rig, for one caller or for several.
 *
 * @internal
 */
export class QueuedCall {
  /** Who waits for it; none: it was sent, and all have left. */
  readonly callers = new Set<Caller>();
  /** When its turn came. */
  startedMs: number | undefined;
  /** The way to the rig, from then on. */
  run: RigCall | undefined;

  constructor(
    /** The request. */
    readonly bytes: Uint8Array<ArrayBuffer>,
    /** The text of a read, by which others find it; absent: a write. */
    readonly shareKey: string | undefined,
    /** When its first caller asked. */
    readonly arrivedMs: number,
    /** The latest of its callers' deadlines; once it runs, within bounds. */
    public deadlineMs: number,
    /** Whose share of the places it takes: that of its first caller. */
    readonly client: string | undefined,
    /** What is asked, where it is a write. */
    readonly write?: RigRequest,
    /** Whether it is a guest's: no rig is logged on to for that. */
    readonly isGuest = false,
  ) {}

  /** Whether its turn has come. */
  get isRunning(): boolean {
    return this.startedMs !== undefined;
  }

  /** Whether the rig may have read it: it cannot be called back then. */
  get isSent(): boolean {
    return this.run?.isSent === true;
  }
}

/**
 * Takes from a call that ran out of time those who joined it late and have most
 * of their own time left. The others share the failure: a silent rig is not
 * asked again when there is hardly any time left.
 *
 * @param call The call, whose time is over.
 * @param nowMs The time, by `performance.now()`.
 * @returns A call of their own; undefined if there is no such caller, or the
 * call is a write.
 * @internal
 */
export function splitLateCallers(
  { bytes, shareKey, callers }: QueuedCall,
  nowMs: number,
): QueuedCall | undefined {
  if (shareKey === undefined) return undefined;
  const late = [...callers].filter(({ arrivedMs, deadlineMs }) =>
    deadlineMs - nowMs > nowMs - arrivedMs
  );
  const [first] = late;
  if (first === undefined) return undefined;
  const again = new QueuedCall(
    bytes,
    shareKey,
    first.arrivedMs,
    Math.max(...late.map(({ deadlineMs }) => deadlineMs)),
    first.client,
  );
  for (const caller of late) {
    callers.delete(caller);
    again.callers.add(caller);
    caller.call = again;
  }
  return again;
}

/**
 * Says that a caller's time has run out.
 *
 * @param rig The rig that was asked.
 * @param call The call, whether it has begun or not.
 * @param timeoutMs What time the caller had.
 * @returns `rig-timeout`.
 */
export function toTimeoutError(
  rig: RigAddress,
  call: QueuedCall,
  timeoutMs: number,
): RigError {
  if (call.run !== undefined) return call.run.describeTimeout(timeoutMs);
  const isShort = timeoutMs < LEAST_CALL_MS;
  return new RigError(
    "rig-timeout",
    `No reply from ${describeRig(rig)} within ${formatSeconds(timeoutMs)}: ` +
      (isShort
        ? `no call is made in less than ${LEAST_CALL_MS} ms`
        : "other calls were before this one"),
    isShort
      ? "Give it more time: timeoutMs counts milliseconds"
      : "The rig is asked one thing at a time: ask less often, or give it more " +
        "time (--timeout)",
  );
}

/**
 * Says that nobody waits for a call any more, which was not sent.
 *
 * @returns An `AbortError`.
 * @internal
 */
export function toAbandoned(): DOMException {
  return new DOMException("Nobody waits for this call any more", "AbortError");
}
