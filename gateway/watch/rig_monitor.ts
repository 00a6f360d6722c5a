/**
 * What is known of a rig: whether it is up, since when, and its telemetry. It
 * is asked when somebody wants to know, for all who want to at once; a rig that
 * is known to be down is asked less and less often, and nobody waits for it.
 *
 * @module
 */

import type { FleetRig } from "../../rigs/fleet.ts";
import { LEAST_CALL_MS } from "../../rigs/queue.ts";
import { describeRig, RigError } from "../../rpc/errors.ts";
import { SurveyPlan, surveyRig } from "../../telemetry/survey.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import { Problem, toProblem } from "../http/problems.ts";
import { MAX_EXAMINED_BYTES, readServedReply } from "../http/replies.ts";
import { RigReport } from "./rig_report.ts";

/** How a survey is made. */
export interface SurveyOptions {
  /**
   * Milliseconds that the caller waits. Default: as long as the survey takes,
   * for which the rig's queue sets the deadline.
   */
  readonly timeoutMs?: number;
  /** Most calls. Default 12: all reports, one by one. */
  readonly maxCalls?: number;
  /** The caller's: when it aborts, the caller is gone. */
  readonly signal?: AbortSignal;
}

/** A survey ends by itself a moment after its deadline. */
const END_TOLERANCE_MS = 50;

/** Before a rig that is down is asked again, at first and at most. */
const FIRST_WAIT_MS = 1000;
const MAX_WAIT_MS = 60_000;
/** A refusal comes at once and costs nothing: the miner may be restarting. */
const MAX_WAIT_REFUSED_MS = 5000;

/** How long a reader waits for a rig that was down when it was asked last. */
const PATIENCE_MS = 100;

/** A survey that runs, and how many wait for it. */
interface Running {
  readonly done: Promise<RigReport>;
  readonly abandoned: AbortController;
  readonly deadlineMs: number;
  waiters: number;
}

/** Watches one rig. */
export class RigMonitor {
  readonly #rig: FleetRig;
  readonly #onDefect: (error: unknown) => void;
  readonly #plan = new SurveyPlan();
  #report = new RigReport({ state: "unknown" });
  #running: Running | undefined;
  #failures = 0;
  #failedMs = 0;
  #nextTryMs = 0;

  /**
   * Asks nothing yet.
   *
   * @param rig The rig to watch.
   * @param onDefect Called with what should not happen. Default: to stderr.
   */
  constructor(
    rig: FleetRig,
    onDefect: (error: unknown) => void = console.error,
  ) {
    this.#rig = rig;
    this.#onDefect = onDefect;
  }

  /** What is known now. */
  get report(): RigReport {
    return this.#report;
  }

  /**
   * Asks the rig how it is. Whoever asks while that goes on shares the answer.
   * If the rig is known to be down, what is known is given at once, and the rig
   * is asked beside that when it is time.
   *
   * @param options Patience and signal of the caller; and calls, of which those of
   * who started it count.
   * @returns What is known then. It rejects only with the caller's own signal.
   */
  async survey(options: SurveyOptions = {}): Promise<RigReport> {
    const { signal } = options;
    signal?.throwIfAborted();
    const isKnownDown = this.#report.state === "down" &&
      this.#rig.queue.lastReplyMs < this.#failedMs;
    const isLeftAlone = isKnownDown &&
      (this.#running !== undefined || performance.now() < this.#nextTryMs);
    if (isLeftAlone) return this.#report;
    const running = this.#start(options);
    if (isKnownDown) return await this.#waitBriefly(running);
    return await this.#waitFor(running, options);
  }

  /** Waits as long as the caller does, which may be less than who began it. */
  async #waitFor(
    running: Running,
    { signal, timeoutMs = Infinity }: SurveyOptions,
  ): Promise<RigReport> {
    running.waiters++;
    const left = Promise.withResolvers<RigReport>();
    const leave = () => left.reject(signal?.reason);
    signal?.addEventListener("abort", leave, { once: true });
    const leftMs = running.deadlineMs - performance.now();
    const isLonger = leftMs > timeoutMs + END_TOLERANCE_MS;
    const timer = isLonger
      ? setTimeout(() => left.resolve(this.#toLate(timeoutMs)), timeoutMs)
      : undefined;
    try {
      return await Promise.race([running.done, left.promise]);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", leave);
      running.waiters--;
      // Who has run out of time has not left: what comes is for the next.
      const isAbandoned = running.waiters === 0 && running === this.#running &&
        signal?.aborted === true;
      if (isAbandoned) running.abandoned.abort();
    }
  }

  /** For who could not wait for a survey that still goes on. */
  #toLate(timeoutMs: number): RigReport {
    const rig = describeRig(this.#rig);
    const seconds = Math.round(timeoutMs) / 1000;
    const problem = new Problem(
      "rig-timeout",
      `No telemetry from ${rig} within ${seconds} s`,
      { rig: this.#rig.name },
    );
    const { sinceMs, takenMs, durationMs } = this.#report;
    return new RigReport(
      { state: "down", sinceMs, takenMs, durationMs, problem },
      this.#report,
    );
  }

  /** Long enough for a rig that is back; a dead one holds up nobody. */
  async #waitBriefly({ done }: Running): Promise<RigReport> {
    const waited = Promise.withResolvers<void>();
    const timer = setTimeout(waited.resolve, PATIENCE_MS);
    await Promise.race([done, waited.promise]);
    clearTimeout(timer);
    return this.#report;
  }

  #start(options: SurveyOptions): Running {
    if (this.#running !== undefined) return this.#running;
    const abandoned = new AbortController();
    // Attack: a reader of little patience, whose deadline would be that of all
    // others, and for whom every rig would seem to be down.
    const { timeoutMs } = this.#rig.queue;
    const done = this.#run(timeoutMs, options, abandoned.signal)
      .finally(() => this.#running = undefined);
    this.#running = {
      done,
      abandoned,
      deadlineMs: performance.now() + timeoutMs,
      waiters: 0,
    };
    return this.#running;
  }

  /** A survey from its first call to what it found; never rejects. */
  async #run(
    timeoutMs: number,
    { maxCalls }: SurveyOptions,
    signal: AbortSignal,
  ): Promise<RigReport> {
    const startedMs = performance.now();
    const found = await surveyRig({
      plan: this.#plan,
      ask: (command, leftMs) => this.#ask(command, leftMs, signal),
      onDefect: (error) => {
        signal.throwIfAborted();
        this.#onDefect(error);
      },
      timeoutMs,
      leastCallMs: LEAST_CALL_MS,
      maxCalls,
      wasDown: this.#report.state === "down",
    }).catch((error) => {
      if (!signal.aborted) throw error;
    });
    if (found === undefined || signal.aborted) return this.#report;
    const durationMs = performance.now() - startedMs;
    if (found.hasAnswered) {
      this.#report = this.#toUp(found.telemetry, durationMs);
    } else if (!isBusy(found.error) && !this.#hasRepliedSince(startedMs)) {
      this.#report = this.#toDown(found.error, startedMs, durationMs);
    }
    return this.#report;
  }

  /** A rig whose queue is long is not down, if others get their replies. */
  #hasRepliedSince(startedMs: number): boolean {
    return this.#rig.queue.lastReplyMs >= startedMs &&
      this.#report.state !== "unknown";
  }

  async #ask(
    command: string,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<unknown> {
    const rig = describeRig(this.#rig);
    // For all who want to know: it counts for none of them.
    const options = { timeoutMs, signal, guest: {} };
    const { reply } = await this.#rig.queue.ask({ command }, options);
    // Attack: a reply of megabytes, which costs seconds and gigabytes to read.
    if (reply.bytes.length > MAX_EXAMINED_BYTES) {
      throw new RigError(
        "rig-reply-too-large",
        `The reply to "${command}" from ${rig} is ${reply.bytes.length} bytes ` +
          "long: no telemetry is",
      );
    }
    return readServedReply(reply, rig).value;
  }

  #toUp(telemetry: Telemetry, durationMs: number): RigReport {
    const nowMs = Date.now();
    this.#failures = 0;
    const { state, sinceMs = nowMs } = this.#report;
    return new RigReport({
      state: "up",
      sinceMs: state === "up" ? sinceMs : nowMs,
      takenMs: nowMs,
      durationMs,
    }, telemetry);
  }

  #toDown(
    error: unknown,
    startedMs: number,
    durationMs: number,
  ): RigReport {
    const nowMs = Date.now();
    const problem = toProblem(error, this.#rig.name);
    const most = problem.code === "rig-refused"
      ? MAX_WAIT_REFUSED_MS
      : MAX_WAIT_MS;
    const waitMs = Math.min(most, FIRST_WAIT_MS * 2 ** this.#failures++);
    this.#failedMs = performance.now();
    // From its start: a silent rig takes all of its time, each time.
    this.#nextTryMs = startedMs + waitMs;
    const { state, sinceMs = nowMs, takenMs } = this.#report;
    return new RigReport({
      state: "down",
      sinceMs: state === "down" ? sinceMs : nowMs,
      problem,
      takenMs,
      durationMs,
    }, this.#report);
  }
}

/** That its queue is full says nothing of the rig. */
function isBusy(error: unknown): boolean {
  return error instanceof RigError && error.code === "rig-busy";
}
