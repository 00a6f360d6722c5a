/**
 * The way from a queue to its rig: how a call is made there, in the dialect that
 * the rig speaks and as its make wants to be logged on to; and what became of the
 * calls before.
 *
 * @module
 */

import {
  encodeRequest,
  MAX_REPLY_BYTES,
  type RawReply,
  RigCall,
  type RigRequest,
} from "../rpc.ts";
import { isTextCommand } from "../rpc/commands.ts";
import {
  adviseOn,
  type RigAddress,
  RigError,
  type RigPast,
} from "../rpc/errors.ts";
import { isTextMinerReply, toTextRequest } from "../rpc/text_dialect.ts";
import {
  LEAST_CALL_MS,
  type QueuedCall,
  toAbandoned,
  toTimeoutError,
} from "./queued_call.ts";
import { hideId, LuxosSession } from "./sessions/luxos.ts";
import type { RigLogin, RigSession } from "./sessions/rig_session.ts";
import { WhatsMinerSession } from "./sessions/whatsminer.ts";

/** How often at most a miner that says nothing is asked in the other dialect. */
const PROBE_PAUSE_MS = 600_000;

/** Who has calls made, and is told what becomes of them. */
export interface LineOwner {
  /** A reply came. */
  endCall(call: QueuedCall, reply: RawReply): void;
  /** None came, for this reason. */
  failCall(call: QueuedCall, reason: unknown): void;
  /** A first try failed, and another one follows in the other dialect. */
  tellTry(call: QueuedCall, error: RigError): void;
  /** {@linkcode RigLine.signal} aborts while the call runs. */
  giveUp(call: QueuedCall, reason: unknown): void;
  /** The session that is open at the rig was not used for a while. */
  logOff(): void;
}

/** One rig, one call at a time. */
export class RigLine {
  /** Most bytes of a reply. */
  maxReplyBytes = MAX_REPLY_BYTES;
  /** Gives the call that runs up. */
  signal: AbortSignal | undefined;
  readonly #rig: RigAddress;
  readonly #owner: LineOwner;
  #login: RigLogin = {};
  #session: RigSession;
  #isFailing = false;
  #lastReplyMs = -Infinity;
  #hasClosed = false;
  /** Whether the miner speaks text, and no JSON. */
  #isText = false;
  #probedMs = -Infinity;

  /**
   * Makes it; connects to nothing yet.
   *
   * @param rig The rig.
   * @param owner Told what becomes of calls.
   */
  constructor(rig: RigAddress, owner: LineOwner) {
    this.#rig = rig;
    this.#owner = owner;
    this.#session = this.#makeSession();
  }

  /** How one logs on to the rig. What the same login has open stays open. */
  get login(): RigLogin {
    return this.#login;
  }

  set login({ kind, password }: RigLogin) {
    const { kind: oldKind, password: oldPassword } = this.#login;
    if (kind === oldKind && password === oldPassword) return;
    this.#login = { kind, password };
    this.#session = this.#makeSession();
  }

  /** Whether a session is open at the rig, to be handed back. */
  get isSessionOpen(): boolean {
    return this.#session.isOpen;
  }

  /** Whether the last call that ended brought no reply. */
  get isFailing(): boolean {
    return this.#isFailing;
  }

  /** When the last reply came, by `performance.now()`. */
  get lastReplyMs(): number {
    return this.#lastReplyMs;
  }

  #makeSession(): RigSession {
    const { kind, password } = this.#login;
    // Without a password any rig may turn out to be one of LuxOS: it is asked
    // what it is when one of LuxOS' commands is to be sent.
    return password === undefined
      ? new LuxosSession(this.#rig, { kind }, () => this.#owner.logOff())
      : new WhatsMinerSession(this.#rig, password, { kind });
  }

  /**
   * Makes a call. Its owner is told how it ends, once.
   *
   * @param call The call, whose turn has come.
   */
  start(call: QueuedCall): void {
    const { write } = call;
    // Attack: a group that names a command of a rig, and not its password, has
    // the rig do with it what it would refuse from anybody else.
    if (
      write !== undefined && !call.isGuest && !this.#isText &&
      this.#session.wants(write)
    ) {
      this.#session.ask(write, (request) => this.#send(call, request)).then(
        (reply) => this.#end(call, reply),
        (reason) => this.#fail(call, reason),
      );
      return;
    }
    this.#run(
      call,
      this.#isText ? toTextRequest(call.bytes) : call.bytes,
      (reply) => this.#end(call, reply),
      (reason) => {
        if (this.#mayProbe(call, reason)) this.#probe(call, reason);
        else this.#fail(call, reason);
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
      this.#run(call, encodeRequest(request), (reply) => {
        this.#countReply();
        resolve(reply);
      }, reject);
    });
  }

  #run(
    call: QueuedCall,
    bytes: Uint8Array<ArrayBuffer>,
    onReply: (reply: RawReply) => void,
    onFailure: (reason: unknown) => void,
  ): void {
    const { signal, maxReplyBytes } = this;
    const run = call.run = new RigCall(this.#rig, { maxReplyBytes });
    const giveUp = signal && (() => this.#owner.giveUp(call, signal.reason));
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

  #end(call: QueuedCall, reply: RawReply): void {
    this.#countReply();
    const { write } = call;
    this.#owner.endCall(
      call,
      write === undefined ? reply : hideId(write, reply),
    );
  }

  #countReply(): void {
    this.#isFailing = this.#hasClosed = false;
    this.#lastReplyMs = performance.now();
  }

  /** What is known of the rig says more than a call does. */
  #fail(call: QueuedCall, reason: unknown): void {
    if (!(reason instanceof RigError)) {
      return this.#owner.failCall(call, reason);
    }
    const error = this.advise(reason, performance.now());
    this.#hasClosed = reason.code === "rig-closed" ||
      this.#hasClosed && reason.code === "rig-refused";
    this.#owner.failCall(call, error);
  }

  /**
   * Gives a failure the hint that fits what is known of the rig.
   *
   * @param error What a call came to.
   * @param nowMs The time, by `performance.now()`.
   * @returns The same failure.
   */
  advise(error: RigError, nowMs: number): RigError {
    const past: RigPast = {
      answeredMs: nowMs - this.#lastReplyMs,
      hasClosed: this.#hasClosed,
      isText: this.#isText,
    };
    return adviseOn(error, this.#rig, past);
  }

  /**
   * Counts a failure.
   *
   * @param error What a call came to.
   */
  countFailure({ code }: RigError): void {
    // A rig that refuses to be logged on to has answered.
    if (code !== "rig-locked" && code !== "rig-login-failed") {
      this.#isFailing = true;
    }
    if (code === "rig-refused" || code === "rig-unreachable") {
      this.#session.forget();
    }
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
    if (reason instanceof RigError) this.#owner.tellTry(call, reason);
    const isText = !this.#isText;
    const { command } = JSON.parse(call.shareKey ?? "{}");
    const isOwn = !isText || isTextCommand(command);
    const bytes = isOwn ? call.bytes : encodeRequest({ command: "summary" });
    this.#run(
      call,
      isText ? toTextRequest(bytes) : bytes,
      (reply) => {
        if (isText && !isTextMinerReply(reply.bytes)) {
          return this.#fail(call, reason);
        }
        this.#isText = isText;
        if (isOwn) return this.#end(call, reply);
        this.#lastReplyMs = performance.now();
        this.#fail(call, reason);
      },
      (failure) => {
        if (failure instanceof RigError) return this.#fail(call, reason);
        // Its callers have left before it was sent: nothing was found out.
        this.#probedMs = -Infinity;
        this.#fail(call, failure);
      },
    );
  }
}
