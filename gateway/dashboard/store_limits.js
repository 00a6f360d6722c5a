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
/** The gateway sends a heartbeat every 15 s: after this the line is dead. */
export const MAX_SILENCE_MS = 40_000;
/** A rig that is up is heard every 5 s, or later where there are thousands. */
export const MAX_AGE_MS = 60_000;
/** Until then a rig that was known before a new connection has its chance. */
export const RETURN_MS = 15_000;
/** Points of a rig's trail, and of the fleet's. */
export const RIG_POINTS = 120;
export const FLEET_POINTS = 2000;
/** Least seconds between two points of the fleet. */
export const FLEET_STEP_S = 5;
