/**
 * How long the page waits, and how much it keeps.
 *
 * @example
 * ```ts
 * import { MAX_RETRY_MS } from "./store_limits.js";
 *
 * console.log(MAX_RETRY_MS); // 30000
 * ```
 *
 * @module
 */

/** Least milliseconds between two times that listeners are told. */
export const MIN_FLUSH_MS = 500;
/** The same until all rigs are there; for the very first there is no waiting. */
export const FIRST_FLUSH_MS = 50;
/** After this, rigs that have not answered hold up nothing else. */
export const SETTLING_MS = 1000;
/** First and most milliseconds before the next try to connect. */
export const FIRST_RETRY_MS = 1000;
export const MAX_RETRY_MS = 30_000;
/**
 * The gateway sends values every 5 s as a rule, and a heartbeat after 15 s
 * without any: after this the line is dead.
 */
export const MAX_SILENCE_MS = 20_000;
/** A page that is hidden for this long lets its connection go. */
export const HIDDEN_MS = 10_000;
/** After so long without a value the history is read anew: one step of it. */
export const MAX_MISSED_MS = 60_000;
/** A rig that is up is heard every 5 s, or later where there are thousands. */
export const MAX_AGE_MS = 60_000;
/** Until then a rig that was known before a new connection has its chance. */
export const RETURN_MS = 15_000;
/** Seconds that a trail keeps: as the gateway's history; unread, to save room. */
export const KEPT_SPAN_S = 6 * 3600;
export const UNREAD_SPAN_S = 600;
/** Least seconds between two points of the fleet. */
export const FLEET_STEP_S = 5;
