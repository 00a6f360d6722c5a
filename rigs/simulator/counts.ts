/**
 * What a rig counts: shares, works, errors; to be added and taken away.
 *
 * @module
 */

/** How many of each there have been. */
export interface Counts {
  /** Notifications of new work by the pool. */
  readonly getworks: number;
  /** Works handed to the devices. */
  readonly works: number;
  /** Works thrown away unused. */
  readonly discarded: number;
  /** Shares the pool took. */
  readonly accepted: number;
  /** Shares the pool did not take. */
  readonly rejected: number;
  /** Shares that came too late. */
  readonly stale: number;
  /** Results that were wrong. */
  readonly hardwareErrors: number;
  /** Shares of difficulty 1 worked off. */
  readonly diff1: number;
}

/** None of anything. */
export const NO_COUNTS: Counts = {
  getworks: 0,
  works: 0,
  discarded: 0,
  accepted: 0,
  rejected: 0,
  stale: 0,
  hardwareErrors: 0,
  diff1: 0,
};

function combineCounts(one: Counts, other: Counts, sign: 1 | -1): Counts {
  return {
    getworks: one.getworks + sign * other.getworks,
    works: one.works + sign * other.works,
    discarded: one.discarded + sign * other.discarded,
    accepted: one.accepted + sign * other.accepted,
    rejected: one.rejected + sign * other.rejected,
    stale: one.stale + sign * other.stale,
    hardwareErrors: one.hardwareErrors + sign * other.hardwareErrors,
    diff1: one.diff1 + sign * other.diff1,
  };
}

/** Adds counts to counts. */
export function addCounts(one: Counts, other: Counts): Counts {
  return combineCounts(one, other, 1);
}

/** Takes counts from counts. */
export function subtractCounts(one: Counts, other: Counts): Counts {
  return combineCounts(one, other, -1);
}

/**
 * What part a number is of itself and others, in percent, as the miners do it.
 *
 * @param part The number.
 * @param rest The others.
 * @returns 0 to 100; 0 if there is nothing at all.
 */
export function toPercent(part: number, rest: number): number {
  return part + rest === 0 ? 0 : 100 * part / (part + rest);
}
