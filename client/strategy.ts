/**
 * How sgminer chooses among pools, for `changestrategy`. Pure.
 *
 * @example
 * ```ts
 * import { formatStrategy } from "./strategy.ts";
 *
 * console.log(formatStrategy("rotate", 30)); // 2,30
 * ```
 *
 * @module
 */

import { RequestError } from "../rpc/errors.ts";
import { checkChoice, formatId } from "./arguments.ts";

/** A strategy: the first that works; in turn on failure; in turn by time … */
export type PoolStrategy =
  | "failover"
  | "round-robin"
  | "rotate"
  | "load-balance"
  | "balance";

/** By number (`miner.h` of sgminer, `enum pool_strategy`). */
const STRATEGIES: readonly PoolStrategy[] = [
  "failover",
  "round-robin",
  "rotate",
  "load-balance",
  "balance",
];

/**
 * Writes a strategy.
 *
 * @param strategy Which.
 * @param intervalMinutes How often `rotate` rotates.
 * @returns Its number; of `rotate`, with the minutes.
 * @throws {RequestError} If there is no such strategy, `rotate` has no interval
 * or another one has.
 */
export function formatStrategy(
  strategy: PoolStrategy,
  intervalMinutes?: number,
): string {
  checkChoice("a strategy", strategy, STRATEGIES);
  const number = String(STRATEGIES.indexOf(strategy));
  if ((strategy === "rotate") !== (intervalMinutes !== undefined)) {
    throw new RequestError(
      'The strategy "rotate" needs an interval in minutes, and no other takes one',
    );
  }
  return intervalMinutes === undefined
    ? number
    : `${number},${formatId("an interval", intervalMinutes)}`;
}
