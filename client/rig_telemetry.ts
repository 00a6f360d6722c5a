/**
 * A rig's telemetry, in the same shape for any vendor.
 *
 * @example
 * ```ts
 * import { Simulator } from "../rigs/simulator.ts";
 * import { RigTelemetry } from "./rig_telemetry.ts";
 *
 * await using simulator = Simulator.start({ personality: "antminer" });
 * const rig = new RigTelemetry(simulator);
 * const { hashrate, miner } = await rig.telemetry();
 * console.log(miner?.model, hashrate?.["5s"]); // Antminer S9 1.4e13, about
 * ```
 *
 * @module
 */

import { LEAST_CALL_MS } from "../rigs/queued_call.ts";
import { RigError, type RigErrorCode } from "../rpc/errors.ts";
import { SurveyPlan } from "../telemetry/survey_plan.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { checkCallOptions, type RigCallOptions } from "./call_options.ts";
import { RigCalls } from "./rig_calls.ts";

/** All reports, one by one, and one joined call. */
const MAX_CALLS = 12;

/** After these, whatever else is asked now would fail alike. */
const CODES_THAT_END: ReadonlySet<RigErrorCode> = new Set([
  "rig-refused",
  "rig-unreachable",
  "rig-timeout",
  "rig-busy",
]);

/** A survey on its way. */
interface Survey {
  readonly plan: SurveyPlan;
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
  callsLeft: number;
  hasAnswered: boolean;
  /** The first thing that went wrong. */
  error?: unknown;
}

/**
 * A rig that says how it is, whoever made it.
 */
export class RigTelemetry extends RigCalls {
  /** What is known of the rig; absent while a survey uses it. */
  #plan: SurveyPlan | undefined;
  /** Whether nothing came the last time: the rig may have restarted since. */
  #wasDown = false;

  /**
   * Asks for all that telemetry is made of, and reads it: hashrate, devices,
   * fans, pools and more, in base units. What the rig refuses, or does not say,
   * is left out.
   *
   * The reports are asked for in one joined call where the miner takes that, and
   * else one by one, as far as the time goes: what it said up to five minutes
   * ago stands in for the rest. Which reports say anything is learnt the first
   * time.
   *
   * @param options The deadline of all calls together, and their signal.
   * @returns What the rig says.
   * @throws {RigError} If it answers nothing at all.
   */
  async telemetry(options: RigCallOptions = {}): Promise<Telemetry> {
    checkCallOptions(options);
    const { timeoutMs = this.timeoutMs, signal } = options;
    // Who asks at the same time gets a plan that knows nothing: it is not shared.
    const plan = this.#plan ?? new SurveyPlan();
    this.#plan = undefined;
    const survey: Survey = {
      plan,
      deadlineMs: performance.now() + timeoutMs,
      signal,
      callsLeft: MAX_CALLS,
      hasAnswered: false,
    };
    try {
      let found = await this.#survey(survey);
      if (found.hasRestarted) {
        plan.forget();
        found = await this.#survey(survey);
      }
      return found.telemetry;
    } finally {
      this.#wasDown = !survey.hasAnswered;
      this.#plan = plan;
    }
  }

  /** Asks what the plan says, until it has no more to ask. */
  async #survey(survey: Survey): Promise<ReturnType<SurveyPlan["finish"]>> {
    const { plan } = survey;
    plan.begin(performance.now());
    let found: ReturnType<SurveyPlan["finish"]>;
    try {
      while (survey.callsLeft-- > 0) {
        const command = plan.next();
        if (command === undefined || !await this.#take(command, survey)) break;
      }
    } finally {
      found = plan.finish(this.#wasDown);
    }
    if (!survey.hasAnswered) throw survey.error;
    return found;
  }

  /** Asks one thing; false if there is no sense in asking on. */
  async #take(command: string, survey: Survey): Promise<boolean> {
    const { plan, deadlineMs, signal } = survey;
    const leftMs = deadlineMs - performance.now();
    if (leftMs < LEAST_CALL_MS && survey.hasAnswered) return false;
    try {
      const timeoutMs = Math.max(1, leftMs);
      const reply = await this.call(command, undefined, { timeoutMs, signal });
      survey.hasAnswered = true;
      plan.take(command, reply);
      return true;
    } catch (error) {
      if (!(error instanceof RigError)) throw error;
      survey.error ??= error;
      const isOver = CODES_THAT_END.has(error.code);
      // A rig may hang on one command alone, and on nothing else.
      if (!isOver || error.code === "rig-timeout") plan.fail(command);
      return !isOver;
    }
  }
}
