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

/** What a series holds, and in what. */
export interface Measures {
  /** Hashes a second. */
  readonly hashrate?: number | undefined;
  /** Degrees Celsius of the hottest sensor. */
  readonly celsius?: number | undefined;
  /** Watts. */
  readonly powerW?: number | undefined;
  /** Shares that pools took since the point before. */
  readonly accepted?: number | undefined;
  /** Those that they refused. */
  readonly rejected?: number | undefined;
  /** 1 where the rig did not answer, 0 where it did. */
  readonly down?: number | undefined;
}

/** The name of one of them. */
export type MeasureKey = keyof Measures;

/** A point; what is not known is absent. */
interface Point extends Measures {
  /** Unix time in seconds. */
  readonly timeS: number;
}

/** A value a time; null: a gap. */
type Columns = Record<MeasureKey, (number | null)[]>;

const KEYS: readonly MeasureKey[] = [
  "hashrate",
  "celsius",
  "powerW",
  "accepted",
  "rejected",
  "down",
];

function makeColumns(): Columns {
  return {
    hashrate: [],
    celsius: [],
    powerW: [],
    accepted: [],
    rejected: [],
    down: [],
  };
}

/** Points of one rig, or of the fleet. */
export class Series {
  /** Unix time in seconds, ascending. */
  times: number[] = [];
  /** As many values of each as there are times. */
  columns: Columns = makeColumns();
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
   * @param measures What is known then.
   */
  add(timeS: number, measures: Measures): void {
    const last = this.times.at(-1) ?? timeS - 1;
    if (timeS <= last) return;
    if (timeS - last > STEP_S * MAX_STEPS) this.breakLine();
    this.#push({ timeS, ...measures });
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
    const own = this.times.map((timeS, index): Point =>
      KEYS.reduce<Point>(
        (point, key) => ({
          ...point,
          [key]: this.columns[key][index] ?? undefined,
        }),
        { timeS },
      )
    ).filter(({ timeS }) => !this.#breaks.has(timeS));
    const toStep = ({ timeS }: Point) => Math.floor(timeS / stepS);
    const known = new Set(own.map(toStep));
    const all = [...points.filter((point) => !known.has(toStep(point))), ...own]
      .sort((a, b) => a.timeS - b.timeS);
    this.times = [];
    this.columns = makeColumns();
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
    return KEYS.every((key) => (this.columns[key].at(index) ?? null) === null);
  }

  #push(point: Point): void {
    this.times.push(point.timeS);
    for (const key of KEYS) this.columns[key].push(point[key] ?? null);
  }

  /** Counts the shares of a point that goes to the one before. */
  #moveShares(index: number): void {
    for (const key of ["accepted", "rejected"] as const) {
      const column = this.columns[key];
      const count = column[index] ?? null;
      if (count !== null) column[index - 1] = (column[index - 1] ?? 0) + count;
    }
  }

  #drop(index: number): void {
    this.#breaks.delete(this.#readTimeS(index));
    this.times.splice(index, 1);
    for (const key of KEYS) this.columns[key].splice(index, 1);
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
      if (isDouble) {
        this.#moveShares(index);
        this.#drop(index);
      } else this.#thinCount++;
    }
  }
}

/** Fewer shares make no percentage; so many, or so many seconds, are taken. */
const REJECT_SPAN_S = 1800;
const MIN_SHARES = 20;

/**
 * Gives the part of the shares that pools refused, over the half hour before
 * each point.
 *
 * @param times Unix time in seconds.
 * @param accepted Shares since the point before.
 * @param rejected The same.
 * @returns Percent, one a time; null where there were too few shares.
 */
export function computeRejects(
  times: readonly number[],
  accepted: readonly (number | null)[],
  rejected: readonly (number | null)[],
): (number | null)[] {
  let first = 0, good = 0, bad = 0;
  return times.map((timeS, at) => {
    good += accepted[at] ?? 0;
    bad += rejected[at] ?? 0;
    while (first < at && (times[first] ?? timeS) < timeS - REJECT_SPAN_S) {
      good -= accepted[first] ?? 0;
      bad -= rejected[first] ?? 0;
      first++;
    }
    const isKnown = (accepted[at] ?? null) !== null;
    return isKnown && good + bad >= MIN_SHARES
      ? bad / (good + bad) * 100
      : null;
  });
}
