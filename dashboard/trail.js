/**
 * The last hours of something, for sparklines and charts: a point every few
 * seconds of the last minutes, one a minute of what is older, and `null`
 * wherever nothing is known. Pure.
 *
 * @example
 * ```ts
 * import { Trail } from "./trail.js";
 *
 * const trail = new Trail(3600);
 * trail.add(1, 13e12);
 * trail.add(1000, 14e12);
 * console.log(trail.times, trail.hashrates); // [1, 2, 1000] [13e12, null, 14e12]
 * ```
 *
 * @module
 */

/** Seconds from one point of the gateway's history to the next. */
const STEP_S = 60;
/** Older points are thinned to one a step. */
const FINE_S = 300;
/** Times a step: points further apart have nothing known between them. */
const MAX_STEPS = 1.5;

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
  /** Seconds that are kept before the newest point. */
  spanS;
  /** How many points are thinned. */
  #thinCount = 0;
  /** @type {Set<number>} Times of the gaps that no rig has told. */
  #breaks = new Set();

  /** @param {number} spanS Seconds; what is older goes. */
  constructor(spanS) {
    this.spanS = spanS;
  }

  /**
   * Adds a point, behind a gap if the last is long ago; one that is not later
   * than the last is left out.
   *
   * @param {number} timeS Unix time in seconds.
   * @param {number | undefined} hashrate Hashes a second.
   * @param {number} [celsius] Degrees Celsius.
   */
  add(timeS, hashrate, celsius) {
    const last = this.times.at(-1) ?? timeS - 1;
    if (timeS <= last) return;
    if (timeS - last > STEP_S * MAX_STEPS) this.breakLine();
    this.#push(timeS, hashrate, celsius);
    this.#thin();
  }

  /** Leaves a gap: what follows the last point is not known. */
  breakLine() {
    const last = this.times.at(-1);
    if (last === undefined || this.#isGap(-1)) return;
    this.#breaks.add(last + 1);
    this.#push(last + 1);
  }

  /**
   * Puts the gateway's points before and between those that are here.
   *
   * @param {readonly { timeS: number, hashrate?: number, celsius?: number }[]}
   * points As `/-/history` gives them, the oldest first.
   * @param {number} [stepS] Seconds from one to the next; what is further
   * apart has a gap between.
   */
  merge(points, stepS = STEP_S) {
    const own = this.times.map((timeS, index) => ({
      timeS,
      hashrate: this.hashrates[index] ?? undefined,
      celsius: this.celsius[index] ?? undefined,
    })).filter(({ timeS }) => !this.#breaks.has(timeS));
    const toStep = ({ timeS }) => Math.floor(timeS / stepS);
    const known = new Set(own.map(toStep));
    const all = [...points.filter((point) => !known.has(toStep(point))), ...own]
      .sort((a, b) => a.timeS - b.timeS);
    this.times = [];
    this.hashrates = [];
    this.celsius = [];
    this.#breaks.clear();
    this.#thinCount = 0;
    for (const { timeS, hashrate, celsius } of all) {
      if (timeS - this.times.at(-1) > stepS * MAX_STEPS) this.breakLine();
      this.#push(timeS, hashrate, celsius);
    }
    this.#thin();
  }

  /** Whether nothing is known of a point. */
  #isGap(/** @type {number} */ index) {
    return (this.hashrates.at(index) ?? this.celsius.at(index) ?? null) ===
      null;
  }

  #push(timeS, hashrate, celsius) {
    this.times.push(timeS);
    this.hashrates.push(hashrate ?? null);
    this.celsius.push(celsius ?? null);
  }

  #drop(/** @type {number} */ index) {
    this.#breaks.delete(this.times[index]);
    for (const column of [this.times, this.hashrates, this.celsius]) {
      column.splice(index, 1);
    }
  }

  /** Drops what is too old, and what is too dense for its age. */
  #thin() {
    const newest = this.times.at(-1);
    while (this.times[0] < newest - this.spanS) {
      this.#drop(0);
      this.#thinCount = Math.max(0, this.#thinCount - 1);
    }
    const toStep = (index) => Math.floor(this.times[index] / STEP_S);
    while (this.times[this.#thinCount] < newest - FINE_S) {
      const index = this.#thinCount;
      const isDouble = index > 0 && toStep(index) === toStep(index - 1) &&
        this.#isGap(index) === this.#isGap(index - 1);
      if (isDouble) this.#drop(index);
      else this.#thinCount++;
    }
  }
}
