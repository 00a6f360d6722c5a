/**
 * The trails of all rigs, and the gateway's history that goes into them.
 *
 * @example
 * ```ts
 * import { RigTrails } from "./rig_trails.js";
 *
 * const trails = new RigTrails();
 * trails.find("garage").add(60, 13.5e12, 71);
 * console.log(trails.find("garage").times); // [60]
 * ```
 *
 * @module
 */

import { fetchJson } from "./fetch_json.js";
import { KEPT_SPAN_S, UNREAD_SPAN_S } from "./store_limits.js";
import { Trail } from "./trail.js";

/** Trails by the rigs' names. */
export class RigTrails {
  /** @type {Map<string, Trail>} */
  #trails = new Map();

  /**
   * @param {string} name A rig.
   * @returns {Trail} Its trail; empty if there was none.
   */
  find(name) {
    let trail = this.#trails.get(name);
    if (trail === undefined) {
      trail = new Trail(UNREAD_SPAN_S);
      this.#trails.set(name, trail);
    }
    return trail;
  }

  /** @param {string} name A rig that is gone. */
  drop(name) {
    this.#trails.delete(name);
  }

  /** Leaves a gap in each: nothing is heard any more. */
  breakLines() {
    for (const trail of this.#trails.values()) trail.breakLine();
  }

  /** Has the history read anew: there is more of it than the page heard. */
  expire() {
    for (const trail of this.#trails.values()) trail.isRead = false;
  }

  /**
   * Reads a rig's history once.
   *
   * @param {string} name The rig.
   * @param {Promise<unknown>} ready It waits for this.
   * @returns {Promise<boolean>} Whether there is something new.
   */
  async read(name, ready) {
    const trail = this.find(name);
    if (trail.isRead) return false;
    trail.isRead = true;
    trail.spanS = KEPT_SPAN_S;
    await ready;
    try {
      const { points, stepS } = await fetchJson(
        `/-/history?rig=${encodeURIComponent(name)}`,
      );
      trail.merge(points, stepS);
      return true;
    } catch {
      // Without it the chart begins now. The next view tries again.
      trail.isRead = false;
      return false;
    }
  }
}
