/**
 * Tells listeners of changes, soon and once of many.
 *
 * @example
 * ```ts
 * import { Flusher } from "./flusher.js";
 *
 * const told = Promise.withResolvers();
 * const flusher = new Flusher(() => told.resolve("told once"), () => 500);
 * flusher.schedule();
 * flusher.schedule();
 * console.log(await told.promise);
 * ```
 *
 * @module
 */

/** Puts calls together. */
export class Flusher {
  #flush;
  #readLeastMs;
  #flushedMs = -Infinity;
  #isScheduled = false;

  /**
   * @param {() => void} flush What is called.
   * @param {() => number} readLeastMs Least milliseconds between two calls.
   */
  constructor(flush, readLeastMs) {
    this.#flush = flush;
    this.#readLeastMs = readLeastMs;
  }

  /** Has it called, if that is not under way. */
  schedule() {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const flush = () => {
      this.#isScheduled = false;
      this.#flushedMs = performance.now();
      this.#flush();
    };
    const waitMs = this.#flushedMs + this.#readLeastMs() - performance.now();
    setTimeout(() => {
      // A page that is not looked at gets no frames.
      if (globalThis.document?.hidden !== false) flush();
      else requestAnimationFrame(flush);
    }, Math.max(0, waitMs));
  }
}
