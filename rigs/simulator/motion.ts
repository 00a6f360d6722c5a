/**
 * Values that move by themselves, yet always the same way: everything here is
 * a pure function of a seed and a time, so a simulated rig needs no timer, and
 * the same seed at the same time gives the same value.
 *
 * @module
 */

/**
 * Mixes numbers into one, so that neighbours come out unrelated.
 *
 * @param parts The numbers; only their low 32 bits count.
 * @returns An integer from 0 to 2^32 - 1.
 */
export function mixNumbers(...parts: number[]): number {
  let mixed = 0x9e3779b9;
  for (const part of parts) {
    mixed = Math.imul(mixed ^ (part | 0), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    mixed ^= mixed >>> 16;
  }
  return mixed >>> 0;
}

/**
 * As {@link mixNumbers}, as a fraction.
 *
 * @param parts The numbers; only their low 32 bits count.
 * @returns A number from 0 (included) to 1 (excluded).
 */
export function mixFraction(...parts: number[]): number {
  return mixNumbers(...parts) / 2 ** 32;
}

/** One swing of a value around 1. */
export interface Wave {
  /** How far it swings, as a part of 1. */
  readonly amplitude: number;
  /** How long one swing takes, in seconds. */
  readonly periodS: number;
  /** Where it starts, in radians. */
  readonly phase: number;
}

/** Amplitude and period (seconds) of the swings of a hashrate: quick ones wide. */
const SWINGS: readonly (readonly [amplitude: number, periodS: number])[] = [
  [0.031, 7.3],
  [0.017, 41],
  [0.011, 290],
  [0.007, 1730],
  [0.005, 21_600],
];

/**
 * Makes the swings of one hashrate.
 *
 * @param seed What tells it from others.
 * @returns The swings; together they stay within 8 % of 1.
 */
export function createWaves(...seed: number[]): readonly Wave[] {
  return SWINGS.map(([amplitude, periodS], index) => ({
    amplitude,
    periodS,
    phase: 2 * Math.PI * mixFraction(...seed, index),
  }));
}

/**
 * Sums a swinging value over time, exactly: the average over any window is a
 * difference of two sums, and so all windows agree with each other.
 *
 * @param waves From {@link createWaves}.
 * @param timeS Until when, in seconds after the start.
 * @returns The sum since the start; about `timeS`.
 */
export function integrateWaves(waves: readonly Wave[], timeS: number): number {
  let sum = timeS;
  for (const { amplitude, periodS, phase } of waves) {
    const speed = 2 * Math.PI / periodS;
    sum += amplitude / speed *
      (Math.cos(phase) - Math.cos(speed * timeS + phase));
  }
  return sum;
}

/**
 * A slow drift, for temperatures and fans.
 *
 * @param timeS The time, in seconds.
 * @param seed What tells it from others.
 * @returns A number from -1 to 1.
 */
export function drift(timeS: number, ...seed: number[]): number {
  const phase = 2 * Math.PI * mixFraction(...seed);
  return 0.7 * Math.sin(timeS / 97 + phase) +
    0.3 * Math.sin(timeS / 13 + 2 * phase);
}

/**
 * Counts events that come about once per unit of progress, each at its own
 * irregular place within its unit. Never goes back as progress goes on.
 *
 * @param progress How far it has come, in units; not negative.
 * @param seed What tells it from others.
 * @returns How many events there have been.
 */
export function countEvents(progress: number, ...seed: number[]): number {
  const whole = Math.floor(progress);
  return whole + (progress - whole >= mixFraction(...seed, whole) ? 1 : 0);
}

/**
 * The difficulty of the best of so many shares: about doubles as their number
 * does, and never falls.
 *
 * @param shares How many shares.
 * @param difficulty What each has at least.
 * @param seed What tells it from others.
 * @returns The difficulty, a whole number; 0 if there are no shares.
 */
export function findBestShare(
  shares: number,
  difficulty: number,
  ...seed: number[]
): number {
  if (shares < 1) return 0;
  const doublings = Math.floor(Math.log2(shares));
  const luck = 1 + mixFraction(...seed, doublings);
  return Math.floor(difficulty * 2 ** doublings * luck);
}
