/**
 * How long the page has been there. A laptop that sleeps stops
 * `performance.now()` in some browsers; the wall clock tells how long.
 *
 * @example
 * ```ts
 * import { PageClock } from "./page_clock.js";
 *
 * const clock = new PageClock();
 * console.log(clock.nowMs() >= 0); // true
 * ```
 *
 * @module
 */

/** A wall clock that is set right moves by less. */
const JUMP_MS = 5000;

/**
 * @param {Response} response One of the gateway's.
 * @returns {number} Milliseconds that its clock is ahead of this one.
 */
export function readOffsetMs({ headers }) {
  const offsetMs = Date.parse(headers.get("date") ?? "") - Date.now();
  // The header has whole seconds.
  return Math.abs(offsetMs) > 2000 ? offsetMs : 0;
}

/** A clock that goes on while the computer sleeps. */
export class PageClock {
  #wall;
  #monotonic;
  #aheadMs;
  #sleptMs = 0;

  /**
   * @param {() => number} [wall] Unix time in milliseconds.
   * @param {() => number} [monotonic] Milliseconds since some moment.
   */
  constructor(wall = () => Date.now(), monotonic = () => performance.now()) {
    this.#wall = wall;
    this.#monotonic = monotonic;
    this.#aheadMs = wall() - monotonic();
  }

  /** Milliseconds since some moment, never less than before. */
  nowMs() {
    const monotonicMs = this.#monotonic();
    const aheadMs = this.#wall() - monotonicMs;
    const jumpMs = aheadMs - this.#aheadMs;
    if (jumpMs > JUMP_MS) this.#sleptMs += jumpMs;
    this.#aheadMs = aheadMs;
    return monotonicMs + this.#sleptMs;
  }
}
