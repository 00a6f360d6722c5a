/**
 * One call in a rig's queue, and those who wait for it.
 *
 * @module
 */

import type { RawReply, RigRequest, RunningCall } from "../rpc.ts";
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
   * For one of many who ask the same rig, and may not crowd each other out, nor
   * those who are none: not every place of the queue is for such a guest.
   * `client` says whose share of the places its call takes; without it nobody's.
   * Default: one who may use every place.
   */
  readonly guest?: { readonly client?: string } | undefined;
  /** Milliseconds from now to the reply. Default: the queue's. */
  readonly timeoutMs?: number;
  /** The caller's: when it aborts, the caller is gone. */
  readonly signal?: AbortSignal | undefined;
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

/** Somebody who waits for a reply. */
export interface Caller {
  /** The call that it waits for; another one if that ran out of time. */
  call: QueuedCall;
  /** When it asked, by `performance.now()`. */
  readonly arrivedMs: number;
  /** When it gives up. */
  readonly deadlineMs: number;
  /** Whose share of the places a call takes that is made for it. */
  readonly client: string | undefined;
  /** Gives it the reply. */
  resolve(reply: RawReply): void;
  /** Tells it what went wrong. */
  reject(reason: unknown): void;
}

/** One call to the rig, for one caller or for several. */
export class QueuedCall {
  /** Who waits for it; none: it was sent, and all have left. */
  readonly callers = new Set<Caller>();
  /** Aborts it, if the last caller leaves before it is sent. */
  readonly abandoned = new AbortController();
  /** When its turn came. */
  startedMs: number | undefined;
  /** The way to the rig, once that may have read the request. */
  sent: RunningCall | undefined;

  /**
   * Makes a call that waits for its turn.
   */
  constructor(
    /** The request. */
    readonly bytes: Uint8Array<ArrayBuffer>,
    /** The text of a read, by which others find it; absent: a write. */
    readonly shareKey: string | undefined,
    /** When its first caller asked. */
    readonly arrivedMs: number,
    /** The latest of its callers' deadlines; fixed once it runs. */
    public deadlineMs: number,
    /** Whose share of the places it takes: that of its first caller. */
    readonly client?: string,
  ) {}

  /** Whether its turn has come. */
  get isRunning(): boolean {
    return this.startedMs !== undefined;
  }

  /** Whether the rig may have read it: it cannot be called back then. */
  get isSent(): boolean {
    return this.sent !== undefined;
  }

  /**
   * Adds a caller, for whom the process lives until it is answered.
   *
   * @param caller Who waits from now on.
   */
  addCaller(caller: Caller): void {
    this.callers.add(caller);
    this.sent?.ref();
  }

  /**
   * Removes a caller. A call that was sent runs on, for nobody perhaps: then it
   * keeps no process alive.
   *
   * @param caller Who has left.
   */
  removeCaller(caller: Caller): void {
    this.callers.delete(caller);
    if (this.callers.size === 0) this.sent?.unref();
  }
}

/**
 * Takes from a call that ran out of time those who joined it late and have most
 * of their own time left. The others share the failure: a silent rig is not
 * asked again for a last moment.
 *
 * @param call The call, whose time is over.
 * @param nowMs The time, by `performance.now()`.
 * @returns A call of their own; undefined if there is no such caller, or the
 * call is a write.
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
 * Measures where a caller's time went, up to now.
 *
 * @param caller The caller; its call may not have started yet.
 * @returns The time in the queue, and in the call.
 */
export function measureTiming(
  { call: { startedMs }, arrivedMs }: Caller,
): Timing {
  const nowMs = performance.now();
  return startedMs === undefined
    ? { queueMs: nowMs - arrivedMs, rpcMs: 0 }
    : { queueMs: Math.max(0, startedMs - arrivedMs), rpcMs: nowMs - startedMs };
}

/**
 * Tells one question from another.
 *
 * @param request The question.
 * @returns The same text for the same question.
 */
export function toShareKey({ command, parameter }: RigRequest): string {
  return JSON.stringify([command, parameter ?? ""]);
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
  const within = `within ${formatSeconds(timeoutMs)}`;
  if (call.isRunning && !call.isSent) {
    return new RigError(
      "rig-timeout",
      `Cannot reach ${describeRig(rig)}: no connection ${within}`,
      "Is the rig on, and is this its address?",
    );
  }
  const isShort = timeoutMs < LEAST_CALL_MS;
  const what = call.isRunning
    ? "it has not answered yet"
    : isShort
    ? `no call is made in less than ${LEAST_CALL_MS} ms`
    : "other calls were before this one";
  return new RigError(
    "rig-timeout",
    `No reply from ${describeRig(rig)} ${within}: ${what}`,
    isShort
      ? "Give it more time: timeoutMs counts milliseconds"
      : "The miner's API serves one client at a time: another client may hold it",
  );
}

/** Why a call finds no place in a queue. */
export interface FullQueue {
  /** How many calls wait: of the client, where its share is used up. */
  readonly waitingCalls: number;
  /** Which places it would have needed. */
  readonly limit: "all" | "kept" | "share";
}

/**
 * Says that a queue is full.
 *
 * @param rig The rig that was to be asked.
 * @param full How many calls wait for it, and which limit that is.
 * @returns `rig-busy`.
 */
export function toBusyError(
  rig: RigAddress,
  { waitingCalls, limit }: FullQueue,
): RigError {
  const whose = limit === "share" ? " of this client" : "";
  const rest = {
    all: "",
    kept: ", and the last places are kept for who has group W",
    share: ", a quarter of all places",
  }[limit];
  return new RigError(
    "rig-busy",
    `Too many calls${whose} wait for ${describeRig(rig)}: ` +
      `${waitingCalls} already do${rest}`,
    "Try again in a moment; ask less often, or for the same thing",
  );
}
