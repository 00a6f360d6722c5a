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
  RigCall,
  type RigRequest,
} from "../rpc.ts";
import { findCrash, isTextCommand } from "../rpc/commands.ts";
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
  toTimeoutError,
} from "./queued_call.ts";
import { isTextMinerReply, toTextRequest } from "../rpc/text_dialect.ts";
import {
  adviseOn,
  describeRig,
  type RigAddress,
  RigError,
  type RigPast,
} from "../rpc/errors.ts";
import { keepAlive } from "../rpc/runtime.ts";
import { hideId, LuxosSession } from "./sessions/luxos.ts";
import type { RigLogin, RigSession } from "./sessions/rig_session.ts";
import { WhatsMinerSession } from "./sessions/whatsminer.ts";

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

/** How often at most a miner that says nothing is asked in the other dialect. */
const PROBE_PAUSE_MS = 600_000;

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
  #maxReplyBytes = MAX_REPLY_BYTES;
  #observer: RigQueueOptions = {};
  readonly #waiting: QueuedCall[] = [];
  /** Reads that a new caller may join: none that a write was queued after. */
  readonly #shareable = new Map<string, QueuedCall>();
  #running: QueuedCall | undefined;
  #login: RigLogin = {};
  #session: RigSession;
  #isFailing = false;
  #lastReplyMs = -Infinity;
  #hasClosed = false;
  /** Whether the miner speaks text, and no JSON. */
  #isText = false;
  #probedMs = -Infinity;
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
    this.#session = this.#makeSession();
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

  /**
   * Changes how one logs on to the rig. What the same login has open stays open;
   * what another has open ends by itself.
   *
   * @param login Its kind and password. Default: neither.
   * @internal
   */
  setLogin(login: RigLogin): void {
    const { kind, password } = this.#login;
    if (login.kind === kind && login.password === password) return;
    this.#login = login;
    this.#session = this.#makeSession();
  }

  /**
   * What its rig is said to be, where that was said.
   *
   * @internal
   */
  get kind(): RigLogin["kind"] {
    return this.#login.kind;
  }

  /**
   * Hands back the session that is open at the rig, if there is one. One that
   * cannot be handed back ends by itself.
   *
   * @internal
   */
  async logOff(): Promise<void> {
    if (!this.#session.isOpen) return;
    await this.ask({ command: "logoff" }).catch(
      () => {/* it ends by itself */},
    );
  }

  #makeSession(): RigSession {
    const { kind, password } = this.#login;
    // Without a password any rig may turn out to be one of LuxOS: it is asked
    // what it is when one of LuxOS' commands is to be sent.
    return password === undefined
      ? new LuxosSession(this.#rig, this.#login, () => void this.logOff())
      : new WhatsMinerSession(this.#rig, password, { kind });
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
          if (call.isRunning) this.#isFailing = true;
          const { timeoutMs } = caller;
          const error = toTimeoutError(this.#rig, call, timeoutMs);
          this.#leave(caller, adviseOn(error, this.#rig, this.#recall(nowMs)));
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
        return this.#startCall(call, startedMs);
      }
      const totalMs = Math.round(deadlineMs - arrivedMs);
      this.#failCalls(call, toTimeoutError(this.#rig, call, totalMs));
      call = this.#waiting.shift();
    }
    this.#running = undefined;
    this.#clearAlarm();
  }

  #startCall(call: QueuedCall, startedMs: number): void {
    call.startedMs = startedMs;
    const { write } = call;
    // Attack: a group that names a command of a rig, and not its password, has
    // the rig do with it what it would refuse from anybody else.
    if (
      write !== undefined && !call.isGuest && !this.#isText &&
      this.#session.wants(write)
    ) {
      this.#session.ask(write, (request) => this.#send(call, request)).then(
        (reply) => this.#endCall(call, reply),
        (reason) => this.#endFailed(call, reason),
      );
      return;
    }
    this.#runCall(
      call,
      this.#isText ? toTextRequest(call.bytes) : call.bytes,
      (reply) => this.#endCall(call, reply),
      (reason) => {
        if (this.#mayProbe(call, reason)) this.#probe(call, reason);
        else this.#endFailed(call, reason);
      },
    );
  }

  /** One of several calls of a write: what a session asks before and after. */
  #send(call: QueuedCall, request: RigRequest): Promise<RawReply> {
    return new Promise((resolve, reject) => {
      // All have left, or time is over: what changes the rig is not sent.
      if (call.callers.size === 0) throw toAbandoned();
      const { arrivedMs, deadlineMs } = call;
      if (deadlineMs - performance.now() < LEAST_CALL_MS) {
        const totalMs = Math.round(deadlineMs - arrivedMs);
        throw toTimeoutError(this.#rig, call, totalMs);
      }
      this.#runCall(call, encodeRequest(request), (reply) => {
        this.#isFailing = this.#hasClosed = false;
        this.#lastReplyMs = performance.now();
        resolve(reply);
      }, reject);
    });
  }

  #runCall(
    call: QueuedCall,
    bytes: Uint8Array<ArrayBuffer>,
    onReply: (reply: RawReply) => void,
    onFailure: (reason: unknown) => void,
  ): void {
    const run = call.run = new RigCall(this.#rig, {
      maxReplyBytes: this.#maxReplyBytes,
    });
    const { signal } = this.#observer;
    const giveUp = signal && (() => this.#giveUp(call, signal.reason));
    if (giveUp) signal.addEventListener("abort", giveUp, { once: true });
    const stopListening = () => {
      if (giveUp) signal.removeEventListener("abort", giveUp);
    };
    run.run(bytes).then((reply) => {
      stopListening();
      onReply(reply);
    }, (reason) => {
      stopListening();
      onFailure(reason);
    });
  }

  #endFailed(call: QueuedCall, reason: unknown): void {
    const endedMs = performance.now();
    const error = reason instanceof RigError
      ? this.#explain(reason, endedMs)
      : reason;
    if (error instanceof RigError) this.#tellCall(call, { error }, endedMs);
    this.#failCalls(call, error);
    this.#startNext();
  }

  /** Only what reports is asked once more, and now and then: see `#probe`. */
  #mayProbe(call: QueuedCall, reason: unknown): boolean {
    if (!(reason instanceof RigError) || reason.code !== "rig-closed") {
      return false;
    }
    const nowMs = performance.now();
    // What has answered in JSON lately speaks it, and has another reason.
    const isKnown = !this.#isText &&
      nowMs - this.#lastReplyMs < PROBE_PAUSE_MS;
    return call.shareKey !== undefined && call.callers.size > 0 &&
      !isKnown && call.run?.hasReset !== true &&
      call.deadlineMs - nowMs >= LEAST_CALL_MS &&
      nowMs - this.#probedMs >= PROBE_PAUSE_MS;
  }

  /**
   * A miner that answers nothing may speak the other dialect: cpuminer and
   * ccminer close the connection on JSON, and answer text. What they do not know
   * they answer with nothing as well, so they are asked for what they know.
   */
  #probe(call: QueuedCall, reason: unknown): void {
    this.#probedMs = performance.now();
    if (reason instanceof RigError) {
      this.#tellCall(call, { error: reason }, this.#probedMs);
    }
    const isText = !this.#isText;
    const { command } = JSON.parse(call.shareKey ?? "{}");
    const isOwn = !isText || isTextCommand(command);
    const bytes = isOwn ? call.bytes : encodeRequest({ command: "summary" });
    this.#runCall(
      call,
      isText ? toTextRequest(bytes) : bytes,
      (reply) => {
        if (isText && !isTextMinerReply(reply.bytes)) {
          return this.#endFailed(call, reason);
        }
        this.#isText = isText;
        if (isOwn) return this.#endCall(call, reply);
        this.#lastReplyMs = performance.now();
        this.#endFailed(call, reason);
      },
      (failure) => {
        if (failure instanceof RigError) return this.#endFailed(call, reason);
        // Its callers have left before it was sent: nothing was found out.
        this.#probedMs = -Infinity;
        this.#endFailed(call, failure);
      },
    );
  }

  /** What is known of the rig says more than a call does. */
  #explain(error: RigError, nowMs: number): RigError {
    const past = this.#recall(nowMs);
    this.#hasClosed = error.code === "rig-closed" ||
      past.hasClosed && error.code === "rig-refused";
    return adviseOn(error, this.#rig, past);
  }

  #recall(nowMs: number): RigPast {
    const answeredMs = nowMs - this.#lastReplyMs;
    return { answeredMs, hasClosed: this.#hasClosed, isText: this.#isText };
  }

  /** The next call is on its way before anybody looks at what came. */
  #endCall(call: QueuedCall, came: RawReply): void {
    const { write } = call;
    const reply = write === undefined ? came : hideId(write, came);
    const endedMs = performance.now();
    this.#isFailing = this.#hasClosed = false;
    this.#lastReplyMs = endedMs;
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
    endedMs: number,
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
    if (error instanceof RigError && !isSessionError(error)) {
      this.#isFailing = true;
    }
    if (error instanceof RigError && error.code === "rig-timeout") {
      this.#requeueLateCallers(call);
    }
    // A rig that is down would refuse each of them in turn: it is asked once.
    if (
      error instanceof RigError &&
      (error.code === "rig-refused" || error.code === "rig-unreachable")
    ) {
      failed.push(...this.#waiting.splice(0));
      this.#session.forget();
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

/** The rig has answered, and refused to be logged on to. */
function isSessionError({ code }: RigError): boolean {
  return code === "rig-locked" || code === "rig-login-failed";
}

/** Nobody waits for a call any more that was not sent. */
function toAbandoned(): DOMException {
  return new DOMException("Nobody waits for this call any more", "AbortError");
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
