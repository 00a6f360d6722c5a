/**
 * One device of a simulated rig: how much it has hashed until when, what came
 * of it, how warm it is. All follows from seed and time, whenever it is asked.
 *
 * @module
 */

import {
  countEvents,
  createWaves,
  integrateWaves,
  mixFraction,
  mixNumbers,
  type Wave,
} from "./motion.ts";

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

/** Hashes of one share of difficulty 1, of SHA-256. */
const HASHES_PER_DIFF1 = 2 ** 32;

/** Of so many shares, one is rejected. */
const SHARES_PER_REJECT = 331;

/** Of so many shares, one is stale. */
const SHARES_PER_STALE = 1490;

/** Of so many shares of difficulty 1, one is a hardware error. */
const DIFF1_PER_ERROR = 4200;

/** How fast a device warms up and cools down: to 63 % in so many seconds. */
const WARMING_S = 90;

/** What a device is like. */
export interface DeviceTraits {
  /** Its hashrate, in MH/s. */
  readonly nominalMhs: number;
  /** The difficulty of a share. */
  readonly shareDifficulty: number;
  /** How many hashes difficulty 1 takes; default 2^32, as for SHA-256. */
  readonly hashesPerDiff1?: number;
  /** How many boards it is made of; default 1. */
  readonly boardCount?: number;
  /** The seed of its rig. */
  readonly seed: number;
}

/** A time of something; without end if it still goes on. */
interface Span {
  readonly fromS: number;
  untilS?: number;
}

/** A time in which a device hashed. */
interface Shift extends Span {
  /** With what part of its boards. */
  readonly part: number;
}

/** One device. Times are seconds since 1970. */
export class Device {
  /** Its number among the rig's devices. */
  readonly id: number;
  /** The seed of its own. */
  readonly seed: number;
  /** When it started. */
  readonly startS: number;
  /** When its counters were last zeroed; at first, when it started. */
  zeroedS: number;
  /** The number of the pool of its last share, -1 if there was none. */
  lastSharePool = -1;
  /** When that share was found; 0 if there was none. */
  lastShareS = 0;
  readonly #traits: DeviceTraits;
  readonly #mhs: number;
  readonly #waves: readonly Wave[];
  readonly #shifts: Shift[];
  /** When what it found came to nothing. */
  readonly #barren: Span[] = [];
  #isEnabled = true;
  #isPaused = false;
  #deadBoard: number | undefined;
  #switchedS: number;
  #zeroedCounts: Counts = NO_COUNTS;
  #zeroedWork = 0;

  /**
   * @param id Its number.
   * @param traits What it is like.
   * @param startS When it started.
   */
  constructor(id: number, traits: DeviceTraits, startS: number) {
    this.id = id;
    this.seed = mixNumbers(traits.seed, id, 1);
    this.startS = startS;
    this.zeroedS = startS;
    this.#traits = traits;
    // No two devices are alike.
    this.#mhs = traits.nominalMhs * (0.97 + 0.06 * mixFraction(this.seed));
    this.#waves = createWaves(this.seed);
    this.#shifts = [{ fromS: startS, part: 1 }];
    this.#switchedS = startS;
  }

  /** Whether it is enabled. */
  get enabled(): boolean {
    return this.#isEnabled;
  }

  /** The board that is dead; undefined: all live. */
  get deadBoard(): number | undefined {
    return this.#deadBoard;
  }

  /** Whether it is dead as a whole. */
  get isDead(): boolean {
    return this.#deadBoard !== undefined && this.#boardCount === 1;
  }

  /** Lets it hash again. */
  enable(nowS: number): void {
    this.#isEnabled = true;
    this.#turn(nowS);
  }

  /** Stops it from hashing. */
  disable(nowS: number): void {
    this.#isEnabled = false;
    this.#turn(nowS);
  }

  /** Lets it rest with all of its rig, or hash again. */
  pause(isPaused: boolean, nowS: number): void {
    this.#isPaused = isPaused;
    this.#turn(nowS);
  }

  /** Lets one of its boards die, or all of them live. */
  killBoard(board: number | undefined, nowS: number): void {
    this.#deadBoard = board;
    this.#turn(nowS);
  }

  /** Lets what it finds come to nothing, or no longer. */
  setBarren(isBarren: boolean, nowS: number): void {
    const last = this.#barren.at(-1);
    const wasBarren = last !== undefined && last.untilS === undefined;
    if (isBarren === wasBarren) return;
    if (isBarren) this.#barren.push({ fromS: nowS });
    else if (last !== undefined) last.untilS = nowS;
  }

  get #boardCount(): number {
    return this.#traits.boardCount ?? 1;
  }

  /** The part of its boards that hash. */
  get #part(): number {
    const dead = this.#deadBoard === undefined ? 0 : 1;
    return this.#isEnabled && !this.#isPaused ? 1 - dead / this.#boardCount : 0;
  }

  #turn(nowS: number): void {
    const last = this.#shifts.at(-1);
    const isOpen = last !== undefined && last.untilS === undefined;
    const before = isOpen ? last.part : 0;
    const part = this.#part;
    if (part === before) return;
    if (isOpen) last.untilS = nowS;
    if (part > 0) this.#shifts.push({ fromS: nowS, part });
    if (part === 0 || before === 0) this.#switchedS = nowS;
  }

  /** Forgets what it has counted until now. */
  zero(nowS: number): void {
    this.#zeroedCounts = this.countAll(nowS);
    this.#zeroedWork = this.#sumWork(nowS);
    this.zeroedS = nowS;
    this.lastSharePool = -1;
    this.lastShareS = 0;
  }

  /** Megahashes done since it was zeroed. */
  findWork(nowS: number): number {
    return this.#sumWork(nowS) - this.#zeroedWork;
  }

  /**
   * Its average hashrate, in MH/s. A window that reaches back before the
   * start counts what was before as nothing, so that averages rise slowly
   * after a start, as a miner's do.
   *
   * @param nowS Until when.
   * @param windowS Over how long.
   * @param sinceS From when on work counts; by default, from the start.
   */
  findRate(nowS: number, windowS: number, sinceS = this.startS): number {
    const fromS = Math.min(nowS, Math.max(nowS - windowS, sinceS));
    return (this.#sumWork(nowS) - this.#sumWork(fromS)) / windowS;
  }

  /** What it has counted since it was zeroed. */
  count(nowS: number): Counts {
    return subtractCounts(this.countAll(nowS), this.#zeroedCounts);
  }

  /** What it has counted since it started. */
  countAll(nowS: number): Counts {
    const { shareDifficulty, hashesPerDiff1 = HASHES_PER_DIFF1 } = this.#traits;
    const diff1 = this.#sumWork(nowS) * 1e6 / hashesPerDiff1;
    const barren = this.#sumSpans(this.#barren, nowS) * 1e6 / hashesPerDiff1;
    const progress = (diff1 - barren) / shareDifficulty;
    const shares = countEvents(progress, this.seed, 2);
    const rejected = Math.floor(
      shares / SHARES_PER_REJECT + mixFraction(this.seed, 3),
    );
    return {
      ...NO_COUNTS,
      accepted: shares - rejected,
      rejected,
      stale: countEvents(progress / SHARES_PER_STALE, this.seed, 4),
      hardwareErrors: countEvents(diff1 / DIFF1_PER_ERROR, this.seed, 5),
      diff1: Math.floor(diff1),
    };
  }

  /** When its last share was found; 0 if none since it was zeroed. */
  findLastShareS(nowS: number): number {
    const shares = (atS: number): number => {
      const { accepted, rejected } = this.countAll(atS);
      return accepted + rejected;
    };
    const found = shares(nowS);
    if (found === 0 || found === shares(this.zeroedS)) return 0;
    let before = this.zeroedS;
    let after = nowS;
    while (after - before > 0.01) {
      const middle = (before + after) / 2;
      if (shares(middle) < found) before = middle;
      else after = middle;
    }
    return Math.floor(after);
  }

  /** How warm it is: 0 as cold as its surroundings, 1 as warm as it gets. */
  findHeat(nowS: number): number {
    const cooled = Math.exp(-(nowS - this.#switchedS) / WARMING_S);
    return this.#part > 0 ? 1 - cooled : cooled;
  }

  /** When it last hashed. */
  findLastWorkS(nowS: number): number {
    return Math.floor(this.#part > 0 ? nowS : this.#switchedS);
  }

  #sumWork(nowS: number): number {
    let seconds = 0;
    for (const { fromS, untilS = nowS, part } of this.#shifts) {
      if (fromS >= nowS) break;
      const wholeS = this.#integrate(Math.min(untilS, nowS)) -
        this.#integrate(fromS);
      seconds += part * wholeS;
    }
    return this.#mhs * seconds;
  }

  /** Megahashes done in some times. */
  #sumSpans(spans: readonly Span[], nowS: number): number {
    let work = 0;
    for (const { fromS, untilS = nowS } of spans) {
      if (fromS >= nowS) break;
      work += this.#sumWork(Math.min(untilS, nowS)) - this.#sumWork(fromS);
    }
    return work;
  }

  #integrate(atS: number): number {
    return integrateWaves(this.#waves, atS - this.startS);
  }
}
