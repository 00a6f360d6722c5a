/**
 * What is known of a rig: whether it is up, since when, its telemetry, and its
 * trouble. It is asked when somebody wants to know, for all who want to at once; a rig that
 * is known to be down is asked less and less often, and nobody waits for it.
 *
 * @module
 */

import type { FleetRig } from "../../rigs/fleet.ts";
import { LEAST_CALL_MS } from "../../rigs/queue.ts";
import { ALLOW_HINT, describeRig, RigError } from "../../rpc/errors.ts";
import {
  SurveyPlan,
  type SurveyResult,
  surveyRig,
} from "../../telemetry/survey.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import {
  findTrouble,
  keepSince,
  type Trouble,
  type TroubleLimits,
} from "../../telemetry/trouble.ts";
import { Problem, toProblem } from "../http/problems.ts";
import { MAX_EXAMINED_BYTES, readServedReply } from "../http/replies.ts";

/** What is known of a rig, but what it said. */
export interface RigState {
  /** Whether it answers; `unknown` until the first survey ends. */
  readonly state: "unknown" | "up" | "down";
  /** When that began, as far as the gateway saw: Unix time in milliseconds. */
  readonly sinceMs?: number | undefined;
  /** Why it is down. */
  readonly problem?: Problem | undefined;
  /** When the rig said its telemetry: Unix time in milliseconds. */
  readonly takenMs?: number | undefined;
  /** How long the last survey took, in milliseconds. */
  readonly durationMs?: number | undefined;
}

/**
 * What is known of a rig at one moment. Its telemetry rests as text, in half the
 * memory: V8's heap grows to several times what lives in it, which counts with
 * 10,000 rigs.
 */
export class RigReport implements RigState {
  readonly state: RigState["state"];
  readonly sinceMs: number | undefined;
  readonly problem: Problem | undefined;
  readonly takenMs: number | undefined;
  readonly durationMs: number | undefined;
  /** What a person should look at. */
  readonly trouble: readonly Trouble[];
  /** What the rig said last, also if it is down now, as JSON text. */
  readonly telemetryJson: string | undefined;

  /**
   * Makes a report; it keeps nothing of the objects that it is made of.
   *
   * @param state What is known.
   * @param telemetry What the rig said, or the report that has it.
   * @param trouble What a person should look at. Default: nothing.
   */
  constructor(
    state: RigState,
    telemetry?: Telemetry | RigReport,
    trouble: readonly Trouble[] = [],
  ) {
    this.state = state.state;
    this.sinceMs = state.sinceMs;
    this.problem = state.problem;
    this.takenMs = state.takenMs;
    this.durationMs = state.durationMs;
    this.trouble = trouble;
    this.telemetryJson = telemetry instanceof RigReport
      ? telemetry.telemetryJson
      : telemetry && JSON.stringify(telemetry);
  }

  /** What the rig said last; read anew each time. */
  get telemetry(): Telemetry | undefined {
    const json = this.telemetryJson;
    return json === undefined ? undefined : JSON.parse(json);
  }
}

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

/** One that is lost says little: a miner that restarts, a packet. */
const MAX_LOST_SURVEYS = 1;

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
  readonly #findLimits: () => TroubleLimits;
  readonly #plan = new SurveyPlan();
  #report = new RigReport({ state: "unknown" });
  #running: Running | undefined;
  /** Surveys in a row without a report that can be read. */
  #lost = 0;
  #failures = 0;
  #failedMs = 0;
  #nextTryMs = 0;

  /**
   * Asks nothing yet.
   *
   * @param rig The rig to watch.
   * @param onDefect Called with what should not happen. Default: to stderr.
   * @param findLimits Gives the rig's own limits of trouble, for each survey.
   * Default: none.
   */
  constructor(
    rig: FleetRig,
    onDefect: (error: unknown) => void = console.error,
    findLimits: () => TroubleLimits = () => ({}),
  ) {
    this.#rig = rig;
    this.#onDefect = onDefect;
    this.#findLimits = findLimits;
  }

  /** What is known now. */
  get report(): RigReport {
    return this.#report;
  }

  /**
   * Asks the rig how it is. All who ask while that goes on share the answer.
   * If the rig is known to be down, what is known is given at once, and the rig
   * is asked beside that when it is time.
   *
   * @param options Patience and signal of the caller; and calls, of which those of
   * who started it count.
   * @returns What is known then, or when the caller's time is over, though the
   * survey still goes on. It rejects only with the caller's own signal.
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
      ? setTimeout(() => left.resolve(this.#report), timeoutMs)
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
    if (found.hasReport) {
      this.#report = this.#toUp(found.telemetry, durationMs);
    } else if (!this.#hasNoTurn(found.error, startedMs)) {
      this.#report = this.#toLost(found, startedMs, durationMs);
    }
    return this.#report;
  }

  /**
   * A rig whose queue is long is not down, if others get their replies. What
   * this survey got itself, and could not read, is no sign of life.
   */
  #hasNoTurn(error: unknown, startedMs: number): boolean {
    if (!(error instanceof RigError)) return false;
    if (error.code === "rig-busy") return true;
    return error.code === "rig-timeout" &&
      this.#rig.queue.lastReplyMs >= startedMs &&
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
    this.#failures = this.#lost = 0;
    const { state, sinceMs = nowMs, trouble } = this.#report;
    const found = findTrouble({ telemetry }, this.#findLimits(), nowMs);
    return new RigReport(
      {
        state: "up",
        sinceMs: state === "up" ? sinceMs : nowMs,
        takenMs: nowMs,
        durationMs,
      },
      telemetry,
      keepSince(found, trouble),
    );
  }

  #toLost(
    found: SurveyResult,
    startedMs: number,
    durationMs: number,
  ): RigReport {
    this.#lost++;
    const isUp = this.#report.state === "up";
    if (isUp && this.#lost <= MAX_LOST_SURVEYS) return this.#report;
    const nowMs = Date.now();
    const problem = this.#toProblem(found);
    const most = problem.code === "rig-refused"
      ? MAX_WAIT_REFUSED_MS
      : MAX_WAIT_MS;
    const waitMs = Math.min(most, FIRST_WAIT_MS * 2 ** this.#failures++);
    this.#failedMs = performance.now();
    // From its start: a silent rig takes all of its time, each time.
    this.#nextTryMs = startedMs + waitMs;
    const { state, sinceMs = nowMs, takenMs, trouble } = this.#report;
    const condition = {
      state: "down",
      problem: { code: problem.code, detail: problem.message },
    } as const;
    return new RigReport(
      {
        state: "down",
        sinceMs: state === "down" ? sinceMs : nowMs,
        problem,
        takenMs,
        durationMs,
      },
      this.#report,
      keepSince(findTrouble(condition, this.#findLimits(), nowMs), trouble),
    );
  }

  /** Why there is no report: the first thing that went wrong, or its errors. */
  #toProblem({ hasAnswered, refusal, error }: SurveyResult): Problem {
    const { name } = this.#rig;
    const rig = describeRig(this.#rig);
    const isSilent = error instanceof RigError && error.code === "rig-timeout";
    if (refusal !== undefined && !isSilent) {
      return new Problem(
        "rig-no-data",
        `Every report of ${rig} is an error: "${refusal}"`,
        {
          rig: name,
          hint: /denied/i.test(refusal)
            ? ALLOW_HINT
            : "A miner that has just started is not ready for some time",
        },
      );
    }
    if (error !== undefined || !hasAnswered) return toProblem(error, name);
    return new Problem(
      "rig-reply-invalid",
      `The reply from ${rig} cannot be read: it has no STATUS`,
      { rig: name, hint: "?raw gives its bytes as they came" },
    );
  }
}
