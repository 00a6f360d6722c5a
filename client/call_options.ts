/**
 * How a call is made: its deadline, and the signal that gives it up. Pure.
 *
 * @example
 * ```ts
 * import { checkCallOptions } from "./call_options.ts";
 *
 * checkCallOptions({ timeoutMs: 2000, signal: AbortSignal.timeout(1000) });
 * ```
 *
 * @module
 */

import { LEAST_CALL_MS } from "../rigs/queued_call.ts";
import { RequestError } from "../rpc/errors.ts";

/** The longest that a timer waits. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** How one call is made. */
export interface RigCallOptions {
  /** Milliseconds from now to the end of the reply. Default: the rig's. */
  readonly timeoutMs?: number | undefined;
  /**
   * Gives the call up; its reason is thrown. What was not sent yet is not sent
   * at all; what was sent, the rig will do.
   */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Checks options, which a caller in JavaScript may have taken from anywhere.
 *
 * @param options The options; null counts as something else.
 * @throws {RequestError} If they are no object, or one of them can be none.
 */
export function checkCallOptions(options: RigCallOptions): void {
  if (typeof options !== "object" || options === null) {
    throw new RequestError(
      "The options of a call are given as an object: { timeoutMs, signal }",
    );
  }
  const { timeoutMs, signal } = options;
  if (timeoutMs !== undefined) checkTimeout(timeoutMs, 0);
  checkSignal(signal);
}

/**
 * Checks a deadline.
 *
 * @param timeoutMs Milliseconds.
 * @param leastMs The least that it may be. Default: what any call needs.
 * @throws {RequestError} If it is no number, or can be none.
 */
export function checkTimeout(
  timeoutMs: number,
  leastMs: number = LEAST_CALL_MS,
): void {
  const isTimeout = typeof timeoutMs === "number" && timeoutMs > 0 &&
    timeoutMs >= leastMs && timeoutMs <= MAX_TIMEOUT_MS;
  if (isTimeout) return;
  throw new RequestError(
    `timeoutMs is ${
      typeof timeoutMs === "number" ? timeoutMs : `of type ${typeof timeoutMs}`
    }: it must be a number of milliseconds, ${
      leastMs === 0 ? "above 0" : `at least ${leastMs}`
    } and at most ${MAX_TIMEOUT_MS} (24 days)`,
  );
}

/**
 * Checks a signal.
 *
 * @param signal What gives calls up, if anything.
 * @throws {RequestError} If it is no `AbortSignal`.
 */
export function checkSignal(signal: AbortSignal | undefined): void {
  if (signal === undefined || signal instanceof AbortSignal) return;
  throw new RequestError("The signal is no AbortSignal");
}

/**
 * Joins the signals that give a call up.
 *
 * @param signals Any number of them.
 * @returns One that aborts with the first of them; undefined if there is none.
 */
export function joinSignals(
  ...signals: readonly (AbortSignal | undefined)[]
): AbortSignal | undefined {
  const given = signals.filter((signal) => signal !== undefined);
  return given.length > 1 ? AbortSignal.any(given) : given[0];
}
