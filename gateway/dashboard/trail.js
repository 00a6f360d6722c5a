/**
 * The last values of something over time, for sparklines and charts: bounded,
 * with gaps where nothing is known. Pure.
 *
 * @example
 * ```ts
 * import { Trail } from "./trail.js";
 *
 * const trail = new Trail(2);
 * trail.add(1, 13e12);
 * trail.add(2, undefined);
 * trail.add(3, 14e12);
 * console.log(trail.times, trail.hashrates); // [2, 3] [null, 14e12]
 * ```
 *
 * @module
 */

/** Points of one rig, or of the fleet. */
export class Trail {
  /** @type {number[]} Unix time in seconds, ascending. */
  times = [];
  /** @type {(number | null)[]} Hashes a second; null: a gap. */
  hashrates = [];
  /** @type {(number | null)[]} Degrees Celsius of the hottest sensor. */
  celsius = [];
  /** Whether its history was asked for. */
  isRead = false;
  #limit;

  /** @param {number} limit Most points; the oldest go. */
  constructor(limit) {
    this.#limit = limit;
  }

  /**
   * Adds a point; one that is not later than the last is left out.
   *
   * @param {number} timeS Unix time in seconds.
   * @param {number | undefined} hashrate Hashes a second.
   * @param {number} [celsius] Degrees Celsius.
   */
  add(timeS, hashrate, celsius) {
    if (timeS <= (this.times.at(-1) ?? -Infinity)) return;
    this.times.push(timeS);
    this.hashrates.push(hashrate ?? null);
    this.celsius.push(celsius ?? null);
    if (this.times.length > this.#limit) {
      this.times.shift();
      this.hashrates.shift();
      this.celsius.shift();
    }
  }

  /**
   * Puts older points before those that are here.
   *
   * @param {readonly { timeS: number, hashrate?: number, celsius?: number }[]}
   * points As `/-/history` gives them, the oldest first.
   */
  prepend(points) {
    const first = this.times[0] ?? Infinity;
    const older = points.filter(({ timeS }) => timeS < first);
    this.times = [...older.map(({ timeS }) => timeS), ...this.times];
    this.hashrates = [
      ...older.map(({ hashrate }) => hashrate ?? null),
      ...this.hashrates,
    ];
    this.celsius = [
      ...older.map(({ celsius }) => celsius ?? null),
      ...this.celsius,
    ];
    this.#limit = Math.max(this.#limit, this.times.length + 100);
  }
}
