/**
 * The past of each rig and of all together: what was taken in each round of the
 * sampler, in memory for some hours, and in a file where there is one; and how
 * rounds become the points of a chart. Bounded: the more rigs, the fewer hours
 * in memory.
 *
 * @module
 */

import type { FleetRig } from "../../rigs/fleet.ts";
import { findAlgorithm } from "../../telemetry/algorithm.ts";
import { formatCsvLine } from "../http/csv_line.ts";
import {
  currentHashrate,
  hottest,
  type Telemetry,
} from "../../telemetry/telemetry.ts";

/** Seconds from one round to the next. */
export const STEP_S = 60;

const DAY_S = 86_400;

/** How fine the past is kept, and how long; the finest first. */
export const TIERS = [
  { stepS: STEP_S, keepS: 2 * DAY_S },
  { stepS: 900, keepS: 60 * DAY_S },
  { stepS: 21_600, keepS: 3 * 365 * DAY_S },
] as const;

/** Most points of an answer. */
export const MAX_POINTS = 2000;
/** Most samples that are read for an answer, where there is a coarser tier. */
const MAX_SAMPLES = 500_000;

/** Most rounds in memory: six hours. */
const MAX_ROUNDS = 360;
/** Least: an hour. */
const MIN_ROUNDS = 60;
/** What all rings may take together, in bytes. */
const MAX_BYTES = 32_000_000;

/**
 * What one rig, or several together, did in a round; or in several rounds, on
 * average.
 */
export interface Sample {
  /** When the round began, or where its span of a tier begins: Unix seconds. */
  readonly timeS: number;
  /** When it was taken: Unix seconds; of several rounds, the middle. */
  readonly takenS: number;
  /** How many rounds it stands for. */
  readonly rounds: number;
  /** Hashes per second. */
  readonly hashrate?: number | undefined;
  /** The highest temperature in degrees Celsius. */
  readonly celsius?: number | undefined;
  /** Watts. */
  readonly powerW?: number | undefined;
  /** Shares that were accepted since the round before. */
  readonly accepted?: number | undefined;
  /** Shares that were rejected since the round before. */
  readonly rejected?: number | undefined;
  /** How many rigs were up. */
  readonly up: number;
  /** How many were down. */
  readonly down: number;
}

/** What a rig, or all together, did in one round, and which it is. */
export interface Entry {
  /** The rig's name; of all rigs of an algorithm, that with a colon before. */
  readonly name: string;
  /** What it is grouped by. */
  readonly tags: Readonly<Record<string, string>>;
  /** What it computes. */
  readonly algorithm: string;
  /** What it did. */
  readonly sample: Sample;
}

/** What a rig did. */
export interface RigPoint {
  /** When it was taken: Unix time in seconds. */
  readonly timeS: number;
  /** Hashes per second, where the rig said so. */
  readonly hashrate?: number;
  /** Its highest temperature in degrees Celsius. */
  readonly celsius?: number;
  /** Watts. */
  readonly powerW?: number;
  /** Shares that were accepted since the point before. */
  readonly accepted?: number;
  /** Shares that were rejected since the point before. */
  readonly rejected?: number;
  /** What it was, or what it was for longer. */
  readonly state: "up" | "down";
  /** The part of the time that it was up, where it was both: 0 to 1. */
  readonly upRatio?: number;
}

/** What several rigs did. */
export interface FleetPoint extends Omit<RigPoint, "state" | "upRatio"> {
  /** The hashrates of each algorithm, where there are several. */
  readonly hashrates?: Readonly<Record<string, number>>;
  /** How many rigs answered, on average. */
  readonly up: number;
  /** How many did not. */
  readonly down: number;
}

/** What `/-/history` answers. */
export interface HistoryDocument<Point = RigPoint | FleetPoint> {
  /** The rig, where it is about one. */
  readonly rig?: string;
  /** The tag, where it is about one: `site:barn`. */
  readonly tag?: string;
  /** Seconds from one point to the next. */
  readonly stepS: number;
  /** Where it begins: ISO 8601. */
  readonly from: string;
  /** Where it ends, which is not in it: ISO 8601. */
  readonly to: string;
  /** How far back there is a past at all: ISO 8601. */
  readonly since?: string;
  /** The points, in the order of time. */
  readonly points: readonly Point[];
}

/** What the past is asked for. */
export interface HistoryQuery {
  /** One rig. */
  readonly rig?: string;
  /** The rigs of a tag: `site:barn`. */
  readonly tag?: string;
  /** Unix time in seconds. Default: six hours before `toS`. */
  readonly fromS?: number | undefined;
  /** Unix time in seconds; no more in it. Default: now. */
  readonly toS?: number | undefined;
  /** Seconds from one point to the next. Default: the least there is. */
  readonly stepS?: number | undefined;
}

/** From when to when, and how fine. */
export interface Span {
  /** Unix time in seconds. */
  readonly fromS: number;
  /** Unix time in seconds; no more in it. */
  readonly toS: number;
  /** Seconds from one point to the next. */
  readonly stepS: number;
}

/** Where rounds are kept for longer. */
export interface HistoryStore {
  /**
   * Takes a round, to write it when there is time.
   *
   * @param entries What was taken in it.
   */
  append(entries: readonly Entry[]): void;
  /** How far back there is a past: Unix seconds; undefined: there is none. */
  findSinceS(): number | undefined;
  /**
   * Reads samples.
   *
   * @param names Of these rigs; absent: of all together.
   * @param span From when to when, and how fine.
   * @param points Where they go.
   * @param signal That of who asks: after it nothing more is read.
   * @returns When all were read; false: it cannot be read. It rejects with the
   * signal's reason.
   */
  read(
    names: readonly string[] | undefined,
    span: Span,
    points: PointMaker,
    signal?: AbortSignal,
  ): Promise<boolean>;
}

/** Weighs by rounds; a rig that was down made no hashes, and is known to. */
function averageHashrate(one: Sample, other: Sample): number | undefined {
  if (one.hashrate === undefined && other.hashrate === undefined) return;
  const weigh = ({ hashrate, up, rounds }: Sample) =>
    hashrate === undefined && up > 0 ? 0 : rounds;
  const weights = weigh(one) + weigh(other);
  return ((one.hashrate ?? 0) * weigh(one) +
    (other.hashrate ?? 0) * weigh(other)) / weights;
}

function averageKnown(
  one: Sample,
  other: Sample,
  figure: "powerW",
): number | undefined {
  const [a, b] = [one[figure], other[figure]];
  if (a === undefined || b === undefined) return a ?? b;
  return (a * one.rounds + b * other.rounds) / (one.rounds + other.rounds);
}

function addKnown(one?: number, other?: number): number | undefined {
  return one === undefined || other === undefined ? one ?? other : one + other;
}

function findHighest(one?: number, other?: number): number | undefined {
  return one === undefined || other === undefined
    ? one ?? other
    : Math.max(one, other);
}

/**
 * Rolls two samples of the same rig, or of the same rigs together, up into one.
 *
 * @param one A sample, whose time it gets.
 * @param other Another.
 * @returns Averages by rounds, the highest temperature, the sum of the shares.
 */
export function rollUp(one: Sample, other: Sample): Sample {
  const rounds = one.rounds + other.rounds;
  const average = (a: number, b: number): number =>
    (a * one.rounds + b * other.rounds) / rounds;
  return {
    timeS: one.timeS,
    takenS: average(one.takenS, other.takenS),
    rounds,
    hashrate: averageHashrate(one, other),
    celsius: findHighest(one.celsius, other.celsius),
    powerW: averageKnown(one, other, "powerW"),
    accepted: addKnown(one.accepted, other.accepted),
    rejected: addKnown(one.rejected, other.rejected),
    up: average(one.up, other.up),
    down: average(one.down, other.down),
  };
}

/**
 * Adds what different rigs of one algorithm did at the same time.
 *
 * @param one A sample, whose time it gets.
 * @param other Another.
 * @returns Sums, and the highest temperature.
 */
export function addRigs(one: Sample, other: Sample): Sample {
  return {
    timeS: one.timeS,
    takenS: Math.min(one.takenS, other.takenS),
    rounds: Math.max(one.rounds, other.rounds),
    hashrate: addKnown(one.hashrate, other.hashrate),
    celsius: findHighest(one.celsius, other.celsius),
    powerW: addKnown(one.powerW, other.powerW),
    accepted: addKnown(one.accepted, other.accepted),
    rejected: addKnown(one.rejected, other.rejected),
    up: one.up + other.up,
    down: one.down + other.down,
  };
}

/** One rig's samples in one step of time. */
interface Rolled {
  readonly algorithm: string;
  sample: Sample;
}

/** What all did in a step: together, and by algorithm. */
type Sum = readonly [Sample, ReadonlyMap<string, Sample>];

/** Makes points of samples: each rig is rolled up, then the rigs are added. */
export class PointMaker {
  readonly #stepS: number;
  readonly #steps = new Map<number, Map<string | number, Rolled>>();
  readonly #closed: Sum[] = [];

  /**
   * Has none yet.
   *
   * @param stepS Seconds from one point to the next. A minute, or less: each
   * round is a point of its own, wherever in its minute it was.
   */
  constructor(stepS: number) {
    this.#stepS = stepS;
  }

  /**
   * Takes a sample.
   *
   * @param rig Whose; the same each time.
   * @param algorithm What that computes.
   * @param sample The sample.
   */
  add(rig: string | number, algorithm: string, sample: Sample): void {
    const step = this.#stepS <= STEP_S
      ? sample.timeS
      : Math.floor(sample.timeS / this.#stepS);
    let rigs = this.#steps.get(step);
    if (rigs === undefined) this.#steps.set(step, rigs = new Map());
    const rolled = rigs.get(rig);
    if (rolled === undefined) rigs.set(rig, { algorithm, sample });
    else rolled.sample = rollUp(rolled.sample, sample);
  }

  /**
   * Adds up the steps that are whole, so that what each rig did in them is not
   * kept: Attack: who asks for years of thousands of rigs, for the memory.
   *
   * @param timeS No sample of an earlier time comes any more.
   */
  closeBefore(timeS: number): void {
    for (const [step, rigs] of this.#steps) {
      const endS = this.#stepS <= STEP_S ? step + 1 : (step + 1) * this.#stepS;
      if (endS > timeS) continue;
      this.#closed.push(addUp(rigs));
      this.#steps.delete(step);
    }
  }

  /**
   * Gives the points of one rig.
   *
   * @returns They, in the order of time.
   */
  makeRigPoints(): RigPoint[] {
    return this.#listSums().map(([sum]) => {
      const { up, down } = sum;
      return {
        ...toFigures(sum),
        state: up >= down && up > 0 ? "up" : "down",
        ...(up > 0 && down > 0 ? { upRatio: round(up / (up + down), 3) } : {}),
      };
    });
  }

  /**
   * Gives the points of several rigs.
   *
   * @returns They, in the order of time.
   */
  makeFleetPoints(): FleetPoint[] {
    return this.#listSums().map(([sum, algorithms]) => {
      const { hashrate, ...figures } = toFigures(sum);
      const hashrates = Object.fromEntries(
        [...algorithms].flatMap(([name, sample]) => {
          const { hashrate } = toFigures(sample);
          return hashrate === undefined ? [] : [[name, hashrate]];
        }),
      );
      return {
        ...figures,
        ...(Object.keys(hashrates).length > 1
          ? { hashrates }
          : hashrate === undefined
          ? {}
          : { hashrate }),
        up: round(sum.up, 2),
        down: round(sum.down, 2),
      };
    });
  }

  #listSums(): Sum[] {
    return [...this.#closed, ...[...this.#steps.values()].map(addUp)]
      .sort(([one], [other]) => one.takenS - other.takenS);
  }
}

function addUp(rigs: ReadonlyMap<string | number, Rolled>): Sum {
  const algorithms = new Map<string, Sample>();
  for (const { algorithm, sample } of rigs.values()) {
    const sum = algorithms.get(algorithm);
    algorithms.set(algorithm, sum ? addRigs(sum, sample) : sample);
  }
  return [[...algorithms.values()].reduce(addRigs), algorithms];
}

/** Digits that say something; a ring's have no more. */
const DIGITS = 7;

function round(figure: number, places: number): number {
  return Number(figure.toFixed(places));
}

function toFigures(sample: Sample): Omit<RigPoint, "state" | "upRatio"> {
  const { takenS, hashrate, celsius, powerW, accepted, rejected } = sample;
  return {
    timeS: Math.round(takenS),
    ...(hashrate === undefined
      ? {}
      : { hashrate: Number(hashrate.toPrecision(DIGITS)) }),
    ...(celsius === undefined ? {} : { celsius: round(celsius, 1) }),
    ...(powerW === undefined ? {} : { powerW: round(powerW, 1) }),
    ...(accepted === undefined ? {} : { accepted }),
    ...(rejected === undefined ? {} : { rejected }),
  };
}

/**
 * Says from when to when, and how fine: never more than can be given.
 *
 * @param query What was asked for.
 * @param known `nowS`: Unix time in seconds; `sinceS`: how far back there is a
 * past; `rigCount`: how many rigs are added up.
 * @returns The span; its step may be longer than what was asked for.
 */
export function planSpan(
  { toS, fromS, stepS = STEP_S }: HistoryQuery,
  known: { nowS: number; sinceS?: number | undefined; rigCount: number },
): Span {
  const { nowS, sinceS = nowS, rigCount } = known;
  const endS = toS ?? nowS + 1;
  const startS = fromS ?? (toS ?? nowS) - MAX_ROUNDS * STEP_S;
  // Where there is nothing, nothing bounds the step.
  const firstS = Math.max(startS, sinceS);
  const spanS = Math.max(0, Math.min(endS, nowS + 1) - firstS);
  const finest = TIERS.find(({ keepS }) => firstS >= nowS - keepS) ??
    TIERS[TIERS.length - 1] as typeof TIERS[number];
  let step = Math.max(stepS, finest.stepS, Math.ceil(spanS / MAX_POINTS));
  for (const tier of TIERS) {
    const samples = spanS / findTier(step).stepS * rigCount;
    if (samples > MAX_SAMPLES) step = Math.max(step, tier.stepS);
  }
  return { fromS: startS, toS: endS, stepS: step };
}

/**
 * Finds from which tier points are made.
 *
 * @param stepS Seconds from one point to the next.
 * @returns The coarsest that is fine enough.
 */
export function findTier(stepS: number): typeof TIERS[number] {
  return TIERS.findLast((tier) => tier.stepS <= stepS) ?? TIERS[0];
}

/** Figures of a round in a ring, in this order. */
const FIGURES = [
  "takenS",
  "hashrate",
  "celsius",
  "powerW",
  "accepted",
  "rejected",
] as const;
/** One more says whether it was up. */
const RING_WIDTH = FIGURES.length + 1;
const BYTES_A_ROUND = 8 + 4 * RING_WIDTH;

/** The last rounds of a rig, as they came. */
class Ring {
  readonly algorithm: string;
  readonly #times: Float64Array;
  readonly #figures: Float32Array;
  #count = 0;

  constructor(size: number, algorithm: string) {
    this.algorithm = algorithm;
    this.#times = new Float64Array(size);
    this.#figures = new Float32Array(size * RING_WIDTH);
  }

  write(sample: Sample): void {
    const at = this.#count++ % this.#times.length;
    this.#times[at] = sample.timeS;
    FIGURES.forEach((figure, index) =>
      this.#figures[at * RING_WIDTH + index] = figure === "takenS"
        ? sample.takenS - sample.timeS
        : sample[figure] ?? NaN
    );
    this.#figures[at * RING_WIDTH + FIGURES.length] = sample.up;
  }

  *read({ fromS, toS }: Span): Generator<Sample> {
    const size = this.#times.length;
    for (
      let index = Math.max(0, this.#count - size);
      index < this.#count;
      index++
    ) {
      const at = index % size;
      const timeS = this.#times[at] as number;
      if (timeS < fromS || timeS >= toS) continue;
      const figures = this.#figures.subarray(
        at * RING_WIDTH,
        (at + 1) * RING_WIDTH,
      );
      const read = (index: number): number | undefined =>
        Number.isNaN(figures[index]) ? undefined : figures[index];
      const up = read(FIGURES.length) ?? 0;
      yield {
        timeS,
        takenS: timeS + (read(0) ?? 0),
        rounds: 1,
        hashrate: read(1),
        celsius: read(2),
        powerW: read(3),
        accepted: read(4),
        rejected: read(5),
        up,
        down: 1 - up,
      };
    }
  }

  get sinceS(): number | undefined {
    const size = this.#times.length;
    return this.#times[this.#count > size ? this.#count % size : 0];
  }
}

/** What a rig says of itself, as far as its past is kept. */
export interface Figures {
  /** Hashes per second. */
  readonly hashrate?: number | undefined;
  /** Its highest temperature in degrees Celsius. */
  readonly celsius?: number | undefined;
  /** Watts. */
  readonly powerW?: number | undefined;
  /** Shares that were accepted since its miner started. */
  readonly accepted?: number | undefined;
  /** Shares that were rejected since its miner started. */
  readonly rejected?: number | undefined;
}

/** What is known of a rig from rounds before. */
interface Known {
  ring: Ring;
  counts: Figures;
}

/** Gives other work a turn. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** How many rings are read before other work has a turn. */
const RINGS_A_TURN = 20;

/** The history of all rigs; what is in memory of a rig goes with it. */
export class FleetHistory {
  readonly #store: HistoryStore | undefined;
  readonly #known = new WeakMap<FleetRig, Known>();
  /** All together, by algorithm: the last rounds. */
  readonly #rounds: (readonly Entry[])[] = [];
  #round: Entry[] = [];
  /** One at a time: many that ask for years have to wait for each other. */
  #lastRead: Promise<unknown> = Promise.resolve();

  /**
   * Has nothing in memory yet.
   *
   * @param store Where rounds are kept for longer. Default: nowhere.
   */
  constructor(store?: HistoryStore) {
    this.#store = store;
  }

  /**
   * Notes what a rig did in this round.
   *
   * @param rig The rig.
   * @param rigCount How many rigs there are, which says how much room it has.
   * @param telemetry What it said; undefined: it is down.
   * @param when `timeS`: when the round began; `takenS`: when the rig said it.
   * Unix time in seconds.
   */
  record(
    rig: FleetRig,
    rigCount: number,
    telemetry: Telemetry | undefined,
    when: { readonly timeS: number; readonly takenS: number },
  ): void {
    const known = this.#know(rig, rigCount, telemetry);
    const up = telemetry === undefined ? 0 : 1;
    const { accepted, rejected, ...figures } = readFigures(telemetry ?? {});
    const { counts, ring } = known;
    const sample: Sample = {
      ...when,
      rounds: 1,
      ...figures,
      accepted: countSince(counts.accepted, accepted),
      rejected: countSince(counts.rejected, rejected),
      up,
      down: 1 - up,
    };
    known.counts = {
      accepted: accepted ?? counts.accepted,
      rejected: rejected ?? counts.rejected,
    };
    ring.write(sample);
    const { name, tags } = rig;
    this.#round.push({ name, tags, algorithm: ring.algorithm, sample });
  }

  #know(
    rig: FleetRig,
    rigCount: number,
    telemetry: Telemetry | undefined,
  ): Known {
    let known = this.#known.get(rig);
    const algorithm = telemetry && findAlgorithm(telemetry.miner);
    // One that was down until now has said nothing yet; so its ring is renewed.
    const isOther = algorithm !== undefined &&
      algorithm !== known?.ring.algorithm;
    if (known === undefined) {
      const ring = new Ring(countRounds(rigCount), algorithm ?? "");
      this.#known.set(rig, known = { ring, counts: {} });
    } else if (isOther) {
      const ring = new Ring(countRounds(rigCount), algorithm);
      const everything = { fromS: -Infinity, toS: Infinity, stepS: STEP_S };
      for (const sample of known.ring.read(everything)) ring.write(sample);
      known.ring = ring;
    }
    return known;
  }

  /** Ends a round: all rigs together are added up, and it goes to the store. */
  endRound(): void {
    const entries = this.#round;
    this.#round = [];
    const sums = new Map<string, Sample>();
    for (const { algorithm, sample } of entries) {
      const sum = sums.get(algorithm);
      sums.set(algorithm, sum ? addRigs(sum, sample) : sample);
    }
    const together = [...sums].map(([algorithm, sample]): Entry => ({
      name: `:${algorithm}`,
      tags: {},
      algorithm,
      sample,
    }));
    if (together.length === 0) return;
    this.#rounds.push(together);
    if (this.#rounds.length > MAX_ROUNDS) this.#rounds.shift();
    this.#store?.append([...entries, ...together]);
  }

  /** Forgets what a round that was broken off has brought for all together. */
  dropRound(): void {
    this.#round = [];
  }

  /**
   * Answers a question about the past.
   *
   * @param query What is asked for.
   * @param rigs The one rig, or those of the tag; absent: all together.
   * @param options `nowMs`: Unix time in milliseconds. Default: now. `signal`:
   * that of who asks; whoever has gone is not read for. Default: none.
   * @returns The answer. It rejects with the signal's reason.
   */
  async read(
    query: HistoryQuery,
    rigs?: readonly FleetRig[],
    options: { readonly nowMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<HistoryDocument> {
    const { nowMs = Date.now(), signal } = options;
    const read = this.#lastRead.then(() => {
      signal?.throwIfAborted();
      return this.#read(query, rigs, nowMs, signal);
    });
    this.#lastRead = read.catch(() => {});
    return await read;
  }

  async #read(
    query: HistoryQuery,
    rigs: readonly FleetRig[] | undefined,
    nowMs: number,
    signal: AbortSignal | undefined,
  ): Promise<HistoryDocument> {
    const nowS = Math.floor(nowMs / 1000);
    const rigCount = rigs?.length ?? 1;
    const names = rigs?.map(({ name }) => name);
    const store = this.#store;
    if (store !== undefined) {
      const sinceS = store.findSinceS();
      const span = planSpan(query, { nowS, sinceS, rigCount });
      const points = new PointMaker(span.stepS);
      if (await store.read(names, span, points, signal)) {
        return makeDocument(query, span, sinceS, points);
      }
    }
    const sinceS = this.#findSinceS(rigs);
    const span = planSpan(query, { nowS, sinceS, rigCount });
    const points = new PointMaker(span.stepS);
    await this.#readMemory(rigs, span, points);
    return makeDocument(query, span, sinceS, points);
  }

  #findSinceS(rigs: readonly FleetRig[] | undefined): number | undefined {
    const all = rigs === undefined
      ? this.#rounds.slice(0, 1).map(([entry]) => entry?.sample.timeS)
      : rigs.map((rig) => this.#known.get(rig)?.ring.sinceS);
    const known = all.filter((timeS) => timeS !== undefined);
    return known.length === 0
      ? undefined
      : known.reduce((one, other) => Math.min(one, other));
  }

  async #readMemory(
    rigs: readonly FleetRig[] | undefined,
    span: Span,
    points: PointMaker,
  ): Promise<void> {
    if (rigs === undefined) {
      for (const { name, algorithm, sample } of this.#rounds.flat()) {
        if (sample.timeS < span.fromS || sample.timeS >= span.toS) continue;
        points.add(name, algorithm, sample);
      }
      return;
    }
    for (const [index, rig] of rigs.entries()) {
      const ring = this.#known.get(rig)?.ring;
      for (const sample of ring?.read(span) ?? []) {
        points.add(rig.name, ring?.algorithm ?? "", sample);
      }
      if (index % RINGS_A_TURN === RINGS_A_TURN - 1) await pause();
    }
  }
}

/**
 * Writes an answer.
 *
 * @param query What was asked for.
 * @param span What is given.
 * @param sinceS How far back there is a past; undefined: there is none.
 * @param points What was found.
 * @returns The answer.
 */
export function makeDocument(
  { rig, tag }: HistoryQuery,
  { fromS, toS, stepS }: Span,
  sinceS: number | undefined,
  points: PointMaker,
): HistoryDocument {
  return {
    ...(rig === undefined ? {} : { rig }),
    ...(tag === undefined ? {} : { tag }),
    stepS,
    from: toIsoTime(fromS),
    to: toIsoTime(toS),
    ...(sinceS === undefined ? {} : { since: toIsoTime(sinceS) }),
    points: rig === undefined
      ? points.makeFleetPoints()
      : points.makeRigPoints(),
  };
}

function toIsoTime(timeS: number): string {
  return new Date(timeS * 1000).toISOString();
}

/** The figures of a rig's points, as columns. */
const COLUMNS = ["celsius", "powerW", "accepted", "rejected"] as const;

/**
 * Writes an answer as CSV (RFC 4180): a line a point, figures in base units.
 *
 * @param document The answer.
 * @returns It, with a line of names first.
 */
export function formatCsv({ rig, points }: HistoryDocument): string {
  const all = points as readonly (Partial<RigPoint & FleetPoint>)[];
  const algorithms = new Set(
    all.flatMap(({ hashrates = {} }) => Object.keys(hashrates)),
  );
  const ends = rig === undefined
    ? ["up", "down"] as const
    : ["state", "upRatio"] as const;
  const names = [
    ...["time", "hashrate"],
    ...algorithms.keys().map((name) => `hashrate ${name}`),
    ...COLUMNS,
    ...ends,
  ];
  const lines = all.map((point) => [
    ...[toIsoTime(point.timeS ?? 0), point.hashrate],
    ...algorithms.keys().map((name) => point.hashrates?.[name]),
    ...COLUMNS.map((name) => point[name]),
    ...ends.map((name) => point[name]),
  ]);
  return [names, ...lines].map(formatCsvLine).join("");
}

/** The last second that ISO 8601 writes with a year of four digits. */
const MAX_TIME_S = 253_402_300_799;

const ISO_TIME =
  /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * Reads a time.
 *
 * @param text ISO 8601, in UTC where it names no zone, or Unix seconds.
 * @returns Unix time in seconds; undefined: it is neither.
 */
export function parseTime(text: string): number | undefined {
  if (/^\d{1,12}(?:\.\d{1,9})?$/.test(text)) {
    const timeS = Number(text);
    return timeS <= MAX_TIME_S ? timeS : undefined;
  }
  // In a query, a plus sign that was not escaped is a blank.
  const iso = text.replace(" ", "+");
  if (!ISO_TIME.test(iso)) return undefined;
  const hasZone = !iso.includes("T") || /(?:Z|[+-]\d\d:?\d\d)$/.test(iso);
  const timeMs = Date.parse(hasZone ? iso : `${iso}Z`);
  return Number.isNaN(timeMs) || timeMs < 0 ? undefined : timeMs / 1000;
}

/**
 * Reads a step.
 *
 * @param text Whole seconds.
 * @returns They; undefined: it is no step.
 */
export function parseStep(text: string): number | undefined {
  const stepS = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return stepS >= 1 && stepS <= TIERS[2].keepS ? stepS : undefined;
}

function countRounds(rigCount: number): number {
  const rounds = Math.floor(MAX_BYTES / BYTES_A_ROUND / Math.max(1, rigCount));
  return Math.min(MAX_ROUNDS, Math.max(MIN_ROUNDS, rounds));
}

/** A count that fell began anew, with the miner. */
function countSince(before?: number, now?: number): number | undefined {
  if (before === undefined || now === undefined) return undefined;
  return now >= before ? now - before : now;
}

/**
 * Takes from telemetry what is kept.
 *
 * @param telemetry What a rig said.
 * @returns Its hashrate, of the best window that it has, its highest
 * temperature, its power and its shares.
 */
export function readFigures(telemetry: Telemetry): Figures {
  const { powerW, shares: { accepted, rejected } = {} } = telemetry;
  const hashrate = currentHashrate(telemetry);
  const celsius = hottest(telemetry)?.celsius;
  return {
    ...(hashrate === undefined ? {} : { hashrate }),
    ...(celsius === undefined ? {} : { celsius }),
    ...(powerW === undefined ? {} : { powerW }),
    ...(accepted === undefined ? {} : { accepted }),
    ...(rejected === undefined ? {} : { rejected }),
  };
}
