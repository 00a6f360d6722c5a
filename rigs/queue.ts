/**
 * The queue in front of one rig: one connection at a time, first come first
 * served, identical reads share one call.
 *
 * A miner answers its API from one thread, one client at a time, and a client
 * that waits blocks all others; so the waiting is done here, where it costs
 * the miner nothing.
 *
 * @example
 * ```ts
 * import { RigQueue } from "./queue.ts";
 * import { Simulator } from "./simulator.ts";
 *
 * await using rig = Simulator.start();
 * const queue = new RigQueue(rig);
 * const answers = await Promise.all([
 *   queue.ask({ command: "summary" }),
 *   queue.ask({ command: "summary" }),
 * ]);
 * console.log(answers.length, "answers,", rig.requestCount, "call");
 * ```
 *
 * @module
 */

import {
  callRig,
  DEFAULT_TIMEOUT_MS,
  encodeRequest,
  MAX_REPLY_BYTES,
  type RigRequest,
} from "../rpc.ts";
import { isReadCommand } from "../rpc/commands.ts";
import { type RigAddress, RigError } from "../rpc/errors.ts";
import type { EndedQuestion, QuestionWatcher } from "./asked_question.ts";
import {
  type Answer,
  type AskOptions,
  type Caller,
  type EndedCall,
  type FullQueue,
  type Guest,
  LEAST_CALL_MS,
  measureTiming,
  QueuedCall,
  splitLateCallers,
  type Timing,
  toBusyError,
  toShareKey,
  toTimeoutError,
} from "./queued_call.ts";

export type {
  Answer,
  AskOptions,
  EndedCall,
  Guest,
  Timing,
} from "./queued_call.ts";

/** How many calls may wait behind the one that runs. */
export const MAX_WAITING_CALLS = 64;

/** How many of the places no guest may take, in a queue of the usual length. */
const KEPT_PLACES = 2;

/** How a queue treats its rig. */
export interface RigQueueOptions {
  /** Milliseconds from a question's arrival to its reply. Default 5,000. */
  readonly timeoutMs?: number;
  /**
   * Most calls that wait; the next is refused. A quarter of them may be of one
   * guest, and two of them of none. Default 64.
   */
  readonly maxWaitingCalls?: number;
  /** Most bytes of a reply. Default 2 MiB. */
  readonly maxReplyBytes?: number;
  /**
   * Gives all up when it aborts, for its reason: what waits is not sent, what
   * runs is closed at once (though the rig may do it), nothing more is asked.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * Told of every call that was made, for whoever counts.
   *
   * @internal
   */
  readonly onCall?: ((call: EndedCall) => void) | undefined;
  /**
   * Told of every question that shares a call made for another.
   *
   * @internal
   */
  readonly onShare?: (() => void) | undefined;
  /**
   * Told of every question where it is asked, for whoever traces.
   *
   * @internal
   */
  readonly onAsk?: QuestionWatcher | undefined;
}

/** One rig's calls, in order. */
export class RigQueue {
  readonly #rig: RigAddress;
  #timeoutMs = DEFAULT_TIMEOUT_MS;
  #maxWaitingCalls = MAX_WAITING_CALLS;
  #maxReplyBytes = MAX_REPLY_BYTES;
  #observer: RigQueueOptions = {};
  readonly #waiting: QueuedCall[] = [];
  /** Reads that a new caller may join: none that a later write overtook. */
  readonly #shareable = new Map<string, QueuedCall>();
  #running: QueuedCall | undefined;
  #isFailing = false;
  #lastReplyMs = -Infinity;

  /**
   * Makes an empty queue; connects to nothing yet.
   *
   * @param rig The rig that all calls go to.
   * @param options Deadline and length.
   */
  constructor(rig: RigAddress, options: RigQueueOptions = {}) {
    this.#rig = rig;
    this.setOptions(options);
  }

  /**
   * Changes deadline and length for what is asked from now on.
   *
   * @param options All of them; what is left out is the default.
   */
  setOptions(options: RigQueueOptions): void {
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#maxWaitingCalls = options.maxWaitingCalls ?? MAX_WAITING_CALLS;
    this.#maxReplyBytes = options.maxReplyBytes ?? MAX_REPLY_BYTES;
    this.#observer = options;
  }

  /** The rig that all calls go to. */
  get rig(): RigAddress {
    return this.#rig;
  }

  /** Milliseconds from a question to its reply, if nothing else is said. */
  get timeoutMs(): number {
    return this.#timeoutMs;
  }

  /** Whether the last call that ended brought no reply. */
  get isFailing(): boolean {
    return this.#isFailing;
  }

  /** When the last reply came, by `performance.now()`. */
  get lastReplyMs(): number {
    return this.#lastReplyMs;
  }

  /** How many calls wait behind the one that runs. */
  get waitingCalls(): number {
    return this.#waiting.length;
  }

  /**
   * Asks the rig, after all that came before.
   *
   * A command of group R that is the same as one that waits or runs shares its
   * call, unless a command outside R arrived between the two. Anything else is
   * a call of its own, is sent at most once, and is not sent at all if its
   * caller leaves before its turn. One that was sent runs on when all its callers
   * have left, as the rig is busy with it, but keeps no process alive.
   *
   * @param request What to ask.
   * @param options The caller's deadline and signal.
   * @returns The reply and its timing.
   * @throws {RequestError} If the request cannot be sent to any rig.
   * @throws {RigError} `rig-busy` if the queue is full, or has no place left for
   * such a guest; otherwise what
   * `callRig` throws, with a deadline that counts from now.
   * @internal
   */
  async ask(request: RigRequest, options: AskOptions = {}): Promise<Answer> {
    const bytes = encodeRequest(request);
    const { signal } = options;
    this.#observer.signal?.throwIfAborted();
    signal?.throwIfAborted();
    const arrivedMs = performance.now();
    const timeoutMs = options.timeoutMs ?? this.#timeoutMs;
    const { call, isShared } = this.#findOrAddCall(
      request,
      bytes,
      arrivedMs,
      arrivedMs + Math.max(timeoutMs, this.#timeoutMs),
      options.guest,
    );
    const { command } = request;
    const onEnd = this.#observer.onAsk?.({ rig: this.#rig, command, isShared });
    return await new Promise((resolve, reject) => {
      const leave = (reason: unknown) => {
        this.#removeCaller(caller);
        caller.reject(reason);
      };
      const timer = setTimeout(() => {
        const { call, deadlineMs } = caller;
        // A call that ends now says itself, and better, how far it came.
        if (call.isRunning && call.deadlineMs <= deadlineMs) return;
        if (call.isRunning) this.#isFailing = true;
        leave(toTimeoutError(this.#rig, call, timeoutMs));
      }, timeoutMs);
      const onAbort = () => leave(signal?.reason);
      signal?.addEventListener("abort", onAbort, { once: true });
      const settle = (end: Pick<EndedQuestion, "reply" | "error">): Timing => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
        const timing = measureTiming(caller);
        options.onSettled?.(timing);
        onEnd?.({ call: caller.call, ...timing, ...end });
        return timing;
      };
      const caller: Caller = {
        call,
        arrivedMs,
        deadlineMs: arrivedMs + timeoutMs,
        client: options.guest?.client,
        resolve: (reply) => resolve({ reply, isShared, ...settle({ reply }) }),
        reject: (error) => (settle({ error }), reject(error)),
      };
      call.addCaller(caller);
      if (this.#running === undefined) this.#startNext();
    });
  }

  #findOrAddCall(
    request: RigRequest,
    bytes: Uint8Array<ArrayBuffer>,
    arrivedMs: number,
    deadlineMs: number,
    guest: Guest | undefined,
  ): { call: QueuedCall; isShared: boolean } {
    const isRead = isReadCommand(request.command);
    const shareKey = isRead ? toShareKey(request) : undefined;
    const shared = shareKey === undefined
      ? undefined
      : this.#shareable.get(shareKey);
    if (shared !== undefined) {
      this.#observer.onShare?.();
      if (!shared.isRunning) {
        shared.deadlineMs = Math.max(shared.deadlineMs, deadlineMs);
      }
      return { call: shared, isShared: true };
    }
    if (this.#running !== undefined) this.#checkPlaces(guest);
    const call = new QueuedCall(
      bytes,
      shareKey,
      arrivedMs,
      deadlineMs,
      guest?.client,
    );
    // What a write changes, a read that came after it must see.
    if (shareKey === undefined) this.#shareable.clear();
    else this.#shareable.set(shareKey, call);
    this.#waiting.push(call);
    return { call, isShared: false };
  }

  /**
   * Attack: one client that asks for many different things at once, so that
   * nobody else finds a place, be it for a write that matters. So one client's
   * guests have a quarter of the places, and all guests together not the last.
   */
  #checkPlaces(guest: Guest | undefined): void {
    const all = this.#maxWaitingCalls;
    const quarter = Math.floor(all / 4);
    const waitingCalls = this.#waiting.length;
    const refuse = (full: FullQueue) => toBusyError(this.#rig, full);
    if (waitingCalls >= all) throw refuse({ waitingCalls, limit: "all" });
    if (guest === undefined) return;
    // In a very short queue none can be kept, and a share is one place.
    if (waitingCalls >= all - Math.min(KEPT_PLACES, quarter)) {
      throw refuse({ waitingCalls, limit: "kept" });
    }
    const { client } = guest;
    if (client === undefined) return;
    let own = 0;
    for (const call of this.#waiting) if (call.client === client) own++;
    if (own >= Math.max(1, quarter)) {
      throw refuse({ waitingCalls: own, limit: "share" });
    }
  }

  /** A caller left: its call is dropped unless it was sent, or is shared. */
  #removeCaller(caller: Caller): void {
    const { call } = caller;
    call.removeCaller(caller);
    if (call.callers.size > 0 || call.isSent) return;
    this.#forgetCall(call);
    const at = this.#waiting.indexOf(call);
    if (at !== -1) this.#waiting.splice(at, 1);
    else call.abandoned.abort();
  }

  #forgetCall(call: QueuedCall): void {
    const { shareKey } = call;
    if (shareKey !== undefined && this.#shareable.get(shareKey) === call) {
      this.#shareable.delete(shareKey);
    }
  }

  #startNext(): void {
    const call = this.#waiting.shift();
    this.#running = call;
    if (call !== undefined) {
      this.#runCall(call).finally(() => this.#startNext());
    }
  }

  async #runCall(call: QueuedCall): Promise<void> {
    const startedMs = performance.now();
    const { arrivedMs, deadlineMs } = call;
    // Rounded up: timers cut, and a call must not end before its callers'.
    const timeoutMs = Math.ceil(deadlineMs - startedMs);
    if (timeoutMs < LEAST_CALL_MS) {
      const totalMs = Math.round(deadlineMs - arrivedMs);
      return this.#failCalls(call, toTimeoutError(this.#rig, call, totalMs));
    }
    call.startedMs = startedMs;
    const { signal } = this.#observer;
    const giveUp = () => this.#giveUp(call, signal?.reason);
    signal?.addEventListener("abort", giveUp, { once: true });
    try {
      const reply = await callRig(this.#rig, call.bytes, {
        timeoutMs,
        waitedMs: deadlineMs - arrivedMs - timeoutMs,
        signal: call.abandoned.signal,
        maxReplyBytes: this.#maxReplyBytes,
        onSend: (sent) => call.sent = sent,
      });
      this.#isFailing = false;
      this.#lastReplyMs = performance.now();
      this.#tellCall(call, { reply });
      this.#forgetCall(call);
      for (const { resolve } of call.callers) resolve(reply);
    } catch (error) {
      if (error instanceof RigError) this.#tellCall(call, { error });
      this.#failCalls(call, error);
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
  }

  /** Ends everything; there is always a call that runs if others wait. */
  #giveUp(running: QueuedCall, reason: unknown): void {
    running.abandoned.abort(reason);
    this.#rejectCalls([running, ...this.#waiting.splice(0)], reason);
  }

  #tellCall(call: QueuedCall, end: Pick<EndedCall, "reply" | "error">): void {
    const { arrivedMs, startedMs = arrivedMs } = call;
    this.#observer.onCall?.({
      rig: this.#rig,
      queueMs: startedMs - arrivedMs,
      rpcMs: performance.now() - startedMs,
      ...end,
    });
  }

  /** Fails a call; if it could not even connect, all that wait as well. */
  #failCalls(call: QueuedCall, error: unknown): void {
    const failed = [call];
    if (error instanceof RigError) this.#isFailing = true;
    if (error instanceof RigError && error.code === "rig-timeout") {
      this.#requeueLateCallers(call);
    }
    // A rig that is down would refuse each of them in turn: it is asked once.
    if (
      error instanceof RigError &&
      (error.code === "rig-refused" || error.code === "rig-unreachable")
    ) {
      failed.push(...this.#waiting.splice(0));
    }
    this.#rejectCalls(failed, error);
  }

  #rejectCalls(calls: readonly QueuedCall[], reason: unknown): void {
    for (const call of calls) {
      this.#forgetCall(call);
      const callers = [...call.callers];
      call.callers.clear();
      for (const { reject } of callers) reject(reason);
    }
  }

  /** Who joined a call late that ran out of time is asked for again, in order. */
  #requeueLateCallers(call: QueuedCall): void {
    const again = splitLateCallers(call, performance.now());
    if (again?.shareKey === undefined) return;
    if (this.#shareable.get(again.shareKey) === call) {
      this.#shareable.set(again.shareKey, again);
    }
    const at = this.#waiting.findIndex(({ arrivedMs }) =>
      arrivedMs > again.arrivedMs
    );
    this.#waiting.splice(at === -1 ? this.#waiting.length : at, 0, again);
  }
}
