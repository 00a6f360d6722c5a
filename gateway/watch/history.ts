/**
 * The last hours of each rig and of the fleet, a point a minute, so that a chart
 * is not empty when it is opened. Bounded: the more rigs, the fewer hours.
 *
 * @module
 */

import type { FleetRig } from "../../rigs/fleet.ts";
import type { HashrateWindow, Telemetry } from "../../telemetry/telemetry.ts";

/** Seconds from one point to the next. */
export const STEP_S = 60;

/** Most points of a rig: six hours. */
const MAX_POINTS = 360;
/** Least points of a rig: an hour. */
const MIN_POINTS = 60;
/** What all rings may take together, in bytes. */
const MAX_BYTES = 8_000_000;
const BYTES_A_POINT = 8;

/** What a rig did in one minute. */
export interface RigPoint {
  /** When: Unix time in seconds. */
  readonly timeS: number;
  /** Hashes per second, where the rig said so. */
  readonly hashrate?: number;
  /** Its highest temperature in degrees Celsius. */
  readonly celsius?: number;
}

/** What the fleet did in one minute. */
export interface FleetPoint {
  /** When: Unix time in seconds. */
  readonly timeS: number;
  /** Hashes per second of all rigs that said so, together. */
  readonly hashrate: number;
  /** How many rigs answered. */
  readonly up: number;
  /** How many did not. */
  readonly down: number;
}

/** A ring of points by the minute; two figures a point. */
class Ring {
  readonly #figures: Float32Array;
  readonly #size: number;
  #lastStep = -1;
  #lastMs = -Infinity;

  constructor(size: number) {
    this.#size = size;
    this.#figures = new Float32Array(size * 2).fill(NaN);
  }

  write(nowMs: number, first: number, second: number): void {
    const step = Math.floor(nowMs / 1000 / STEP_S);
    // A timer at a minute's edge skips one now and then, which is no gap.
    const isNext = nowMs - this.#lastMs < 1.5 * STEP_S * 1000;
    this.#lastMs = nowMs;
    // Minutes that were missed are empty.
    const from = Math.max(this.#lastStep + 1, step - this.#size + 1);
    for (let missed = from; missed < step; missed++) {
      this.#set(missed, isNext ? first : NaN, isNext ? second : NaN);
    }
    this.#set(step, first, second);
    this.#lastStep = step;
  }

  *read(): Generator<[step: number, first: number, second: number]> {
    if (this.#lastStep === -1) return;
    for (
      let step = this.#lastStep - this.#size + 1;
      step <= this.#lastStep;
      step++
    ) {
      if (step < 0) continue;
      const at = (step % this.#size) * 2;
      yield [
        step,
        this.#figures[at] as number,
        this.#figures[at + 1] as number,
      ];
    }
  }

  #set(step: number, first: number, second: number): void {
    const at = (step % this.#size) * 2;
    this.#figures[at] = first;
    this.#figures[at + 1] = second;
  }
}

/** The history of all rigs; that of a rig goes with it. */
export class FleetHistory {
  readonly #rings = new WeakMap<FleetRig, Ring>();
  readonly #fleet: FleetPoint[] = [];

  /**
   * Notes what a rig does now.
   *
   * @param rig The rig.
   * @param rigCount How many rigs there are, which says how much room it has.
   * @param point Its figures; absent ones leave a gap.
   * @param nowMs Unix time in milliseconds.
   */
  record(
    rig: FleetRig,
    rigCount: number,
    point: Omit<RigPoint, "timeS">,
    nowMs: number,
  ): void {
    let ring = this.#rings.get(rig);
    if (ring === undefined) {
      ring = new Ring(countPoints(rigCount));
      this.#rings.set(rig, ring);
    }
    const { hashrate = NaN, celsius = NaN } = point;
    ring.write(nowMs, hashrate, celsius);
  }

  /**
   * Notes what the fleet does now.
   *
   * @param point Its figures.
   */
  recordFleet(point: FleetPoint): void {
    this.#fleet.push(point);
    if (this.#fleet.length > MAX_POINTS) this.#fleet.shift();
  }

  /**
   * Tells what a rig did.
   *
   * @param rig The rig.
   * @returns Its points, oldest first; minutes without any figure are left out.
   */
  readRig(rig: FleetRig): RigPoint[] {
    const points: RigPoint[] = [];
    for (
      const [step, hashrate, celsius] of this.#rings.get(rig)?.read() ?? []
    ) {
      if (Number.isNaN(hashrate) && Number.isNaN(celsius)) continue;
      points.push({
        timeS: step * STEP_S,
        ...(Number.isNaN(hashrate) ? {} : { hashrate }),
        ...(Number.isNaN(celsius) ? {} : { celsius }),
      });
    }
    return points;
  }

  /**
   * Tells what the fleet did.
   *
   * @returns Its points, oldest first.
   */
  readFleet(): readonly FleetPoint[] {
    return this.#fleet;
  }
}

function countPoints(rigCount: number): number {
  const points = Math.floor(MAX_BYTES / BYTES_A_POINT / Math.max(1, rigCount));
  return Math.min(MAX_POINTS, Math.max(MIN_POINTS, points));
}

/** Windows by how well they show what a rig does now. */
const WINDOWS: readonly HashrateWindow[] = ["5m", "1m", "5s", "15m", "average"];

/**
 * Takes from telemetry what is kept.
 *
 * @param telemetry What a rig said.
 * @returns Its hashrate, of the best window that it has, and its highest
 * temperature.
 */
export function toPoint(telemetry: Telemetry): Omit<RigPoint, "timeS"> {
  const { hashrate = {}, devices = [], temperatures = [] } = telemetry;
  const window = WINDOWS.find((window) => hashrate[window] !== undefined);
  const all = [
    ...temperatures,
    ...devices.flatMap((each) => each.temperatures ?? []),
  ];
  const celsius = all.reduce(
    (most, each) => Math.max(most, each.celsius),
    -Infinity,
  );
  return {
    ...(window === undefined ? {} : { hashrate: hashrate[window] as number }),
    ...(celsius === -Infinity ? {} : { celsius }),
  };
}
