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
  DEFAULT_TIMEOUT_MS,
  encodeRequest,
  formatRequest,
  isReadRequest,
  MAX_REPLY_BYTES,
  type RawReply,
  type RigRequest,
} from "../rpc.ts";
import { findCrash } from "../rpc/commands.ts";
import { checkCpu, checkCrash } from "./crash_guard.ts";
import {
  type Answer,
  type AskOptions,
  Caller,
  type EndedCall,
  type Guest,
  LEAST_CALL_MS,
  type QuestionWatcher,
  QueuedCall,
  splitLateCallers,
  toAbandoned,
  toTimeoutError,
} from "./queued_call.ts";
import { describeRig, type RigAddress, RigError } from "../rpc/errors.ts";
import { keepAlive } from "../rpc/runtime.ts";
import { RigLine } from "./rig_line.ts";
import type { RigLogin } from "./sessions/rig_session.ts";

export { LEAST_CALL_MS } from "./queued_call.ts";
export type {
  Answer,
  AskedQuestion,
  AskOptions,
  EndedCall,
  EndedQuestion,
  Guest,
  QuestionWatcher,
  Timing,
} from "./queued_call.ts";

// Deno loads its timers at their first use, and runs pending callbacks while it
// does. In the middle of `#setAlarm` such a callback would set a second alarm.
void setTimeout;

/** How many calls may wait behind the one that runs. */
export const MAX_WAITING_CALLS = 64;

/** How many of the places no guest may take, in a queue of the usual length. */
const KEPT_PLACES = 2;

/** How long a caller waits before it is watched for leaving. */
const WATCH_AFTER_MS = 100;

/** How a queue treats its rig. */
export interface RigQueueOptions {
  /** Milliseconds from a question's arrival to its reply. Default 5,000. */
  readonly timeoutMs?: number;
  /**
   * Most calls that wait; the next is refused. One guest's client may have a
   * quarter of them, and the last two are not for guests. Default 64.
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
  #observer: RigQueueOptions = {};
  readonly #waiting: QueuedCall[] = [];
  /** Reads that a new caller may join: none that a write was queued after. */
  readonly #shareable = new Map<string, QueuedCall>();
  #running: QueuedCall | undefined;
  readonly #line: RigLine;
  #alarm: ReturnType<typeof setTimeout> | undefined;
  #alarmMs = Infinity;
  #isAlarmUnref = false;

  /**
   * Makes an empty queue; connects to nothing yet.
   *
   * @param rig The rig that all calls go to.
   * @param options Deadline and length.
   */
  constructor(rig: RigAddress, options: RigQueueOptions = {}) {
    this.#rig = rig;
    this.#line = new RigLine(rig, {
      endCall: (call, reply) => this.#endCall(call, reply),
      failCall: (call, reason) => this.#endFailed(call, reason),
      tellTry: (call, error) => this.#tellCall(call, { error }),
      giveUp: (call, reason) => this.#giveUp(call, reason),
      logOff: () => void this.logOff(),
    });
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
    this.#line.maxReplyBytes = options.maxReplyBytes ?? MAX_REPLY_BYTES;
    this.#line.signal = options.signal;
    this.#observer = options;
  }

  /**
   * Changes how one logs on to the rig. What the same login has open stays open;
   * what another has open ends by itself.
   *
   * @param login Its kind and password. Default: neither.
   * @internal
   */
  setLogin(login: RigLogin): void {
    this.#line.login = login;
  }

  /**
   * What its rig is said to be, where that was said.
   *
   * @internal
   */
  get kind(): RigLogin["kind"] {
    return this.#line.login.kind;
  }

  /**
   * Hands back the session that is open at the rig, if there is one. One that
   * cannot be handed back ends by itself.
   *
   * @internal
   */
  async logOff(): Promise<void> {
    if (!this.#line.isSessionOpen) return;
    await this.ask({ command: "logoff" }).catch(
      () => {/* it ends by itself */},
    );
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
    return this.#line.isFailing;
  }

  /** When the last reply came, by `performance.now()`. */
  get lastReplyMs(): number {
    return this.#line.lastReplyMs;
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
   * @throws {RequestError} If the request cannot be sent to any rig, or would
   * crash this one.
   * @throws {RigError} `rig-busy` if the queue is full, or has no place left for
   * such a guest; otherwise what
   * `callRig` throws, with a deadline that counts from now.
   * @internal
   */
  ask(request: RigRequest, options: AskOptions = {}): Promise<Answer> {
    const { command, parameter } = request;
    return options.isLenient !== true && findCrash(command, parameter)
      ? this.#askSafely(request, options)
      : this.#ask(request, options);
  }

  /** Asks what may crash the miner, unless it would. */
  async #askSafely(
    request: RigRequest,
    options: AskOptions,
  ): Promise<Answer> {
    checkCrash(request);
    const { timeoutMs = this.#timeoutMs } = options;
    const askedMs = performance.now();
    const { reply } = await this.#ask({ command: "cpucount" }, options);
    checkCpu(this.#rig, request, reply);
    const passedMs = performance.now() - askedMs;
    return await this.#ask(request, {
      ...options,
      timeoutMs: Math.max(LEAST_CALL_MS, timeoutMs - passedMs),
    });
  }

  #ask(request: RigRequest, options: AskOptions): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { signal } = options;
      this.#observer.signal?.throwIfAborted();
      const arrivedMs = performance.now();
      const timeoutMs = options.timeoutMs ?? this.#timeoutMs;
      const text = formatRequest(request);
      const isRead = isReadRequest(request);
      let call = isRead ? this.#shareable.get(text) : undefined;
      const isShared = call !== undefined;
      // A shared call's request was encoded, and so checked, for its first caller.
      const bytes = isShared ? undefined : encodeRequest(request, text);
      signal?.throwIfAborted();
      const latestMs = arrivedMs + Math.max(timeoutMs, this.#timeoutMs);
      if (call === undefined) {
        call = this.#addCall(
          bytes as Uint8Array<ArrayBuffer>,
          isRead ? text : undefined,
          arrivedMs,
          latestMs,
          options.guest,
          isRead ? undefined : request,
        );
      } else {
        this.#observer.onShare?.();
        // Attack: ever new callers, who would keep a call to a silent rig alive
        // for ever. So it ends after twice the usual time, and a new call is made
        // for the callers that still have time.
        const longestMs = call.startedMs === undefined ? latestMs : Math.min(
          arrivedMs + timeoutMs,
          call.startedMs + 2 * this.#timeoutMs,
        );
        call.deadlineMs = Math.max(call.deadlineMs, longestMs);
      }
      const { command } = request;
      const caller = new Caller(
        call,
        isShared,
        arrivedMs,
        timeoutMs,
        options,
        this.#observer.onAsk?.({ rig: this.#rig, command, isShared }),
        resolve,
        reject,
      );
      call.callers.add(caller);
      if (this.#running === undefined) this.#startNext();
      // A write that waits must not be sent once its caller has left.
      else if (!isRead && caller.isUnwatched) this.#watchLate(caller);
      if (signal !== undefined) {
        caller.watch(signal, (reason) => this.#leave(caller, reason));
      }
      // It may be over already.
      if (this.#running === undefined) return;
      if (call.isSent) call.run?.ref();
      this.#setAlarm(
        caller.isUnwatched
          ? Math.min(caller.deadlineMs, arrivedMs + WATCH_AFTER_MS)
          : caller.deadlineMs,
        arrivedMs,
      );
    });
  }

  #addCall(
    bytes: Uint8Array<ArrayBuffer>,
    shareKey: string | undefined,
    arrivedMs: number,
    deadlineMs: number,
    guest: Guest | undefined,
    write: RigRequest | undefined,
  ): QueuedCall {
    if (this.#running !== undefined) this.#checkPlaces(guest);
    const call = new QueuedCall(
      bytes,
      shareKey,
      arrivedMs,
      deadlineMs,
      guest?.client,
      write,
      guest !== undefined,
    );
    // What a write changes, a read that came after it must see.
    if (shareKey === undefined) this.#shareable.clear();
    else this.#shareable.set(shareKey, call);
    this.#waiting.push(call);
    return call;
  }

  #watchLate(caller: Caller): void {
    caller.watchLate((reason) => this.#leave(caller, reason));
  }

  /** A caller leaves, or runs out of time. */
  #leave(caller: Caller, reason: unknown): void {
    this.#removeCaller(caller);
    caller.reject(reason);
  }

  /**
   * Sets the alarm, at which callers whose deadline has passed are rejected. It
   * is one timer for all callers, as most never need it. While nobody waits, it
   * keeps no process alive.
   */
  #setAlarm(atMs: number, nowMs: number): void {
    if (this.#alarm !== undefined) {
      if (this.#alarmMs <= atMs) {
        if (this.#isAlarmUnref) this.#refAlarm();
        return;
      }
      clearTimeout(this.#alarm);
    }
    this.#alarmMs = atMs;
    this.#isAlarmUnref = false;
    // Rounded up, as timers drop fractions of a millisecond: no deadline is early.
    const delayMs = Math.max(1, Math.ceil(atMs - nowMs));
    this.#alarm = setTimeout(this.#onAlarm, delayMs);
  }

  #refAlarm(): void {
    if (this.#alarm !== undefined) keepAlive(this.#alarm, true);
    this.#isAlarmUnref = false;
  }

  #clearAlarm(): void {
    clearTimeout(this.#alarm);
    this.#alarm = undefined;
  }

  readonly #onAlarm = (): void => {
    this.#alarm = undefined;
    const nowMs = performance.now();
    const running = this.#running;
    if (running === undefined) return;
    let nextMs = Infinity;
    for (const call of [running, ...this.#waiting]) {
      const isOver = call.isRunning && call.deadlineMs <= nowMs;
      for (const caller of call.callers) {
        const { deadlineMs } = caller;
        if (deadlineMs > nowMs) {
          if (caller.isUnwatched) {
            const watchMs = caller.arrivedMs + WATCH_AFTER_MS;
            if (watchMs > nowMs) nextMs = Math.min(nextMs, watchMs);
            else this.#watchLate(caller);
          }
          nextMs = Math.min(nextMs, deadlineMs);
          // The last caller of a running call ends with the call, below. All others
          // end by themselves: those of a call that waits, those whose call goes on
          // for others, and those who joined late.
        } else if (
          !call.isRunning || call.deadlineMs > deadlineMs ||
          caller.arrivedMs > call.arrivedMs
        ) {
          const { timeoutMs } = caller;
          const error = toTimeoutError(this.#rig, call, timeoutMs);
          if (call.isRunning) this.#line.countFailure(error);
          this.#leave(caller, this.#line.advise(error, nowMs));
        }
      }
      if (isOver) call.run?.timeOut(call.deadlineMs - call.arrivedMs);
      else if (call.isRunning) nextMs = Math.min(nextMs, call.deadlineMs);
    }
    if (nextMs === Infinity) return;
    this.#setAlarm(nextMs, nowMs);
    if (!this.#isAwaited()) this.#unrefAlarm();
  };

  #isAwaited(): boolean {
    return this.#waiting.length > 0 ||
      this.#running !== undefined && this.#running.callers.size > 0;
  }

  #unrefAlarm(): void {
    if (this.#alarm !== undefined) keepAlive(this.#alarm, false);
    this.#isAlarmUnref = true;
  }

  /**
   * Attack: one client that asks for many different things at once, so that
   * nobody else finds a place, even for a write that matters. So one client's
   * guests have a quarter of the places, and guests never have the last two.
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
    call.callers.delete(caller);
    if (call.callers.size > 0) return;
    if (call.isSent) {
      call.run?.unref();
      if (!this.#isAwaited()) this.#unrefAlarm();
      return;
    }
    this.#forgetCall(call);
    const at = this.#waiting.indexOf(call);
    if (at !== -1) this.#waiting.splice(at, 1);
    else call.run?.fail(toAbandoned());
  }

  #forgetCall(call: QueuedCall): void {
    const { shareKey } = call;
    if (shareKey !== undefined && this.#shareable.get(shareKey) === call) {
      this.#shareable.delete(shareKey);
    }
  }

  #startNext(): void {
    let call = this.#waiting.shift();
    while (call !== undefined) {
      const startedMs = performance.now();
      const { arrivedMs, deadlineMs } = call;
      this.#running = call;
      if (deadlineMs - startedMs >= LEAST_CALL_MS) {
        call.startedMs = startedMs;
        return this.#line.start(call);
      }
      const totalMs = Math.round(deadlineMs - arrivedMs);
      this.#failCalls(call, toTimeoutError(this.#rig, call, totalMs));
      call = this.#waiting.shift();
    }
    this.#running = undefined;
    this.#clearAlarm();
  }

  #endFailed(call: QueuedCall, error: unknown): void {
    if (error instanceof RigError) this.#tellCall(call, { error });
    this.#failCalls(call, error);
    this.#startNext();
  }

  /** The next call is on its way before anybody looks at what came. */
  #endCall(call: QueuedCall, reply: RawReply): void {
    const endedMs = this.#line.lastReplyMs;
    this.#forgetCall(call);
    this.#startNext();
    this.#tellCall(call, { reply }, endedMs);
    for (const caller of call.callers) caller.resolve(reply, endedMs);
  }

  /** Ends everything; there is always a call that runs if others wait. */
  #giveUp(running: QueuedCall, reason: unknown): void {
    running.run?.fail(reason);
    this.#rejectCalls([running, ...this.#waiting.splice(0)], reason);
  }

  #tellCall(
    call: QueuedCall,
    end: Pick<EndedCall, "reply" | "error">,
    endedMs: number = performance.now(),
  ): void {
    const { arrivedMs, startedMs = arrivedMs } = call;
    this.#observer.onCall?.({
      rig: this.#rig,
      queueMs: startedMs - arrivedMs,
      rpcMs: endedMs - startedMs,
      ...end,
    });
  }

  /** Fails a call; if it could not even connect, all that wait as well. */
  #failCalls(call: QueuedCall, error: unknown): void {
    const failed = [call];
    if (error instanceof RigError) this.#line.countFailure(error);
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
      for (const caller of callers) caller.reject(reason);
    }
  }

  /** Makes a new call for those who joined one late that ran out of time. */
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

/** Why a call finds no place in a queue. */
interface FullQueue {
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
function toBusyError(
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
