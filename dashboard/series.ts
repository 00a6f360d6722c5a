/**
 * The last hours of something, for sparklines and charts: a point every few
 * seconds of the last minutes, one a minute of what is older, and `null`
 * wherever nothing is known. Pure.
 *
 * @module
 */

/** Seconds from one point of the gateway's history to the next. */
const STEP_S = 60;
/** Older points are thinned to one a step. */
const FINE_S = 300;
/** Times a step: points further apart have nothing known between them. */
const MAX_STEPS = 1.5;

/** A point, as `/-/history` gives it; what is not known is absent. */
interface Point {
  /** Unix time in seconds. */
  readonly timeS: number;
  /** Hashes a second. */
  readonly hashrate?: number | undefined;
  /** Degrees Celsius of the hottest sensor. */
  readonly celsius?: number | undefined;
}

/** Points of one rig, or of the fleet. */
export class Series {
  /** Unix time in seconds, ascending. */
  times: number[] = [];
  /** Hashes a second; null: a gap. */
  hashrates: (number | null)[] = [];
  /** Degrees Celsius of the hottest sensor. */
  celsius: (number | null)[] = [];
  /** Whether its history was asked for. */
  isRead = false;
  /** Seconds that are kept before the newest point. */
  spanS: number;
  /** How many points are thinned. */
  #thinCount = 0;
  /** Times of the gaps that were left here, not by a rig. */
  #breaks: Set<number> = new Set();

  /** @param spanS Seconds; what is older goes. */
  constructor(spanS: number) {
    this.spanS = spanS;
  }

  /**
   * Adds a point, after a gap if the last is long ago; one that is not later
   * than the last is left out.
   *
   * @param timeS Unix time in seconds.
   * @param hashrate Hashes a second.
   * @param celsius Degrees Celsius.
   */
  add(timeS: number, hashrate: number | undefined, celsius?: number): void {
    const last = this.times.at(-1) ?? timeS - 1;
    if (timeS <= last) return;
    if (timeS - last > STEP_S * MAX_STEPS) this.breakLine();
    this.#push({ timeS, hashrate, celsius });
    this.#thin();
  }

  /** Leaves a gap: what follows the last point is not known. */
  breakLine(): void {
    const last = this.times.at(-1);
    if (last === undefined || this.#isGap(-1)) return;
    this.#breaks.add(last + 1);
    this.#push({ timeS: last + 1 });
  }

  /**
   * Puts the gateway's points before and between those that are here.
   *
   * @param points As `/-/history` gives them, the oldest first.
   * @param stepS Seconds from one to the next; what is further apart has a gap
   * between.
   */
  merge(points: readonly Point[], stepS: number = STEP_S): void {
    const own = this.times.map((timeS, index): Point => ({
      timeS,
      hashrate: this.hashrates[index] ?? undefined,
      celsius: this.celsius[index] ?? undefined,
    })).filter(({ timeS }) => !this.#breaks.has(timeS));
    const toStep = ({ timeS }: Point) => Math.floor(timeS / stepS);
    const known = new Set(own.map(toStep));
    const all = [...points.filter((point) => !known.has(toStep(point))), ...own]
      .sort((a, b) => a.timeS - b.timeS);
    this.times = [];
    this.hashrates = [];
    this.celsius = [];
    this.#breaks.clear();
    this.#thinCount = 0;
    for (const point of all) {
      const last = this.times.at(-1) ?? point.timeS;
      if (point.timeS - last > stepS * MAX_STEPS) this.breakLine();
      this.#push(point);
    }
    this.#thin();
  }

  /** Whether nothing is known of a point. */
  #isGap(index: number): boolean {
    return (this.hashrates.at(index) ?? this.celsius.at(index) ?? null) ===
      null;
  }

  #push({ timeS, hashrate, celsius }: Point): void {
    this.times.push(timeS);
    this.hashrates.push(hashrate ?? null);
    this.celsius.push(celsius ?? null);
  }

  #drop(index: number): void {
    this.#breaks.delete(this.#readTimeS(index));
    for (const column of [this.times, this.hashrates, this.celsius]) {
      column.splice(index, 1);
    }
  }

  /** The time of a point; of one that is not there, later than any. */
  #readTimeS(index: number): number {
    return this.times[index] ?? Infinity;
  }

  /** Drops what is too old, and what is too dense for its age. */
  #thin(): void {
    const newest = this.times.at(-1) ?? 0;
    while (this.#readTimeS(0) < newest - this.spanS) {
      this.#drop(0);
      this.#thinCount = Math.max(0, this.#thinCount - 1);
    }
    const toStep = (index: number) =>
      Math.floor(this.#readTimeS(index) / STEP_S);
    while (this.#readTimeS(this.#thinCount) < newest - FINE_S) {
      const index = this.#thinCount;
      const isDouble = index > 0 && toStep(index) === toStep(index - 1) &&
        this.#isGap(index) === this.#isGap(index - 1);
      if (isDouble) this.#drop(index);
      else this.#thinCount++;
    }
  }
}
