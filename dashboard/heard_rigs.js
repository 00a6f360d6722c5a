/**
 * When each rig was heard last, and on which connection: what tells a fresh
 * value from one that is only still known.
 *
 * @example
 * ```ts
 * import { HeardRigs } from "./heard_rigs.js";
 *
 * const heard = new HeardRigs(0);
 * heard.note("garage", 1000, 1);
 * console.log(heard.newestMs, heard.isOn("garage", 2)); // 1000 false
 * ```
 *
 * @module
 */

/** Moments and connections, by the rigs' names. */
export class HeardRigs {
  /** When any rig was heard last, by the page's clock. */
  newestMs;
  /** @type {Map<string, { ms: number, generation: number }>} */
  #rigs = new Map();

  /** @param {number} nowMs When the page began to listen. */
  constructor(nowMs) {
    this.newestMs = nowMs;
  }

  /**
   * @param {string} name The rig that is heard.
   * @param {number} ms When.
   * @param {number} generation On which connection.
   */
  note(name, ms, generation) {
    this.newestMs = ms;
    this.#rigs.set(name, { ms, generation });
  }

  /** @param {string} name A rig that is gone. */
  drop(name) {
    this.#rigs.delete(name);
  }

  /**
   * @param {string} name A rig.
   * @returns {number} When it was heard; 0: never.
   */
  readMs(name) {
    return this.#rigs.get(name)?.ms ?? 0;
  }

  /**
   * @param {string} name A rig.
   * @param {number} generation A connection.
   * @returns {boolean} Whether it was heard there last.
   */
  isOn(name, generation) {
    return this.#rigs.get(name)?.generation === generation;
  }

  /**
   * @param {number} generation A connection.
   * @returns {string[]} The rigs that were not heard there.
   */
  listAbsent(generation) {
    return [...this.#rigs.keys()].filter((name) =>
      !this.isOn(name, generation)
    );
  }
}
