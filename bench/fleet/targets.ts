/**
 * What the fleet's figures are held against, and how that is printed.
 *
 * @example
 * ```ts
 * import { formatTarget } from "./targets.ts";
 *
 * console.log(formatTarget("first byte", 12.3, 50, "ms"));
 * // met     first byte: 12 ms, at most 50 ms
 * ```
 *
 * @module
 */

import type { PageMeasures } from "./measure.ts";
import type { Memory } from "./processes.ts";

/** The best figures of some runs; of the memory, the worst. */
export interface Result {
  readonly size: number;
  readonly deadShare: number;
  readonly path: string;
  /** The first request to a gateway that has just started. */
  readonly cold: PageMeasures;
  /** The next one, right after. */
  readonly warm: PageMeasures;
  readonly memory: Memory;
}

/** The whole page, by the number of rigs. */
const TOTAL_MS: ReadonlyMap<number, number> = new Map([
  [1_000, 1_500],
  [10_000, 15_000],
]);
const FIRST_BYTE_MS = 50;
const PEAK_MB = 300;
/** How much longer the living may take when others are dead, and be said not to wait. */
const WAITING_RATIO = 2;
/** How much more a rig may cost among many, and the growth be called linear. */
const LINEAR_RATIO = 1.5;

/**
 * Says whether a figure keeps its limit.
 *
 * @param what The figure.
 * @param value What was measured.
 * @param most The limit.
 * @param unit Of both.
 * @returns One line.
 */
export function formatTarget(
  what: string,
  value: number,
  most: number,
  unit: string,
): string {
  const word = value <= most ? "met   " : "MISSED";
  const digits = Math.abs(most) < 10 ? 2 : 0;
  return `${word}  ${what}: ${value.toFixed(digits)} ${unit}, ` +
    `at most ${most.toFixed(digits)} ${unit}`;
}

/**
 * Holds the figures of one fleet, of which all rigs live, against the targets.
 *
 * @param result The figures.
 * @returns A line a target.
 */
export function checkAllAlive(result: Result): string[] {
  const { size, path, memory } = result;
  const totalMs = TOTAL_MS.get(size);
  return (["cold", "warm"] as const).flatMap((when) => {
    const { firstByteMs, firstRigMs, alive, ...rest } = result[when];
    const what = `${size} rigs, ${path}, ${when}`;
    const first = formatTarget(
      `${what}, first byte`,
      firstByteMs,
      FIRST_BYTE_MS,
      "ms",
    );
    const lines = [`${first} (first rig: ${firstRigMs.toFixed(0)} ms)`];
    if (totalMs !== undefined) {
      lines.push(formatTarget(what, rest.totalMs, totalMs, "ms"));
    }
    if (alive !== size) lines.push(`MISSED  ${what}: ${size - alive} failed`);
    return lines;
  }).concat(
    formatTarget(
      `${size} rigs, ${path}, peak RSS`,
      memory.peakMb,
      PEAK_MB,
      "MB",
    ),
  );
}

/**
 * Compares a fleet with dead rigs to the same with all alive.
 *
 * @param result With dead rigs.
 * @param whole The same size and page, all alive.
 * @param alive How many of `result`'s rigs live.
 * @returns A line a target.
 */
export function checkWithDead(
  result: Result,
  whole: Result,
  alive: number,
): string[] {
  const { size, path, deadShare } = result;
  return (["cold", "warm"] as const).flatMap((when) => {
    const what = `${size} rigs, ${deadShare * 100} % dead, ${path}, ${when}`;
    const limitMs = Math.min(
      WAITING_RATIO * whole[when].totalMs,
      TOTAL_MS.get(size) ?? Infinity,
    );
    const missing = alive - result[when].alive;
    return [
      formatTarget(
        `${what}, last living rig`,
        result[when].lastAliveMs,
        limitMs,
        "ms",
      ),
      ...(missing === 0 ? [] : [`MISSED  ${what}: ${missing} living failed`]),
    ];
  });
}

/**
 * Tells what a rig costs, and whether that grows with their number.
 *
 * @param few Figures of the smaller fleet.
 * @param many Of the larger, of the same page.
 * @returns A line a figure.
 */
export function checkGrowth(few: Result, many: Result): string[] {
  const perRigMs = ({ warm, size }: Result) => warm.totalMs / size;
  const slopeKb = (many.memory.peakMb - few.memory.peakMb) * 1024 /
    (many.size - few.size);
  return [
    `        ${many.path}: ${perRigMs(few).toFixed(3)} ms a rig of ` +
    `${few.size}, ${perRigMs(many).toFixed(3)} ms a rig of ${many.size}; ` +
    `${slopeKb.toFixed(1)} KB of peak RSS a rig more`,
    formatTarget(
      `${many.path}, cost of a rig among ${many.size} to that among ${few.size}`,
      perRigMs(many) / perRigMs(few),
      LINEAR_RATIO,
      "x",
    ),
  ];
}
