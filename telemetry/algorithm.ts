/**
 * What a rig computes, told by its model. Pure, and by itself: the dashboard has
 * it too.
 *
 * @module
 */

import type { MinerInfo } from "./telemetry.ts";

/**
 * What hardware computes that is made for no SHA-256, by its model. Of GPUs
 * and FPGAs it is not known: they compute many things.
 */
const ALGORITHMS: readonly (readonly [model: RegExp, algorithm: string])[] = [
  [/\bL(?:[3-9]|11)\b|\b(?:DG1|LT5|LT6|ST-?U6|A4|A6|Hammer D10)\b/i, "Scrypt"],
  [/\bZ(?:9|1[1-9])\b|\bA9\b/i, "Equihash"],
  [/\bE(?:3|9|1[01])\b|\bA1[01]\b.{0,20}ETH/i, "Ethash"],
  [/\bD[3579]\b/i, "X11"],
  [/\bK[57]\b|\bCK[56]\b/i, "Eaglesong"],
  [/\bKS\d/i, "kHeavyHash"],
  [/\bKA\d/i, "Blake2s"],
  [/\bBlackminer\b/i, "FPGA"],
  [/(?:teamred|sg)miner\b/i, "GPU"],
];

/**
 * Says what a rig computes: hashes of one algorithm are worth a million of
 * another, and are never added up.
 *
 * @param miner What mines, on what.
 * @returns The algorithm's name; `SHA-256` for all that is not known to be
 * made for another.
 */
export function findAlgorithm(
  { model = "", software = "" }: MinerInfo = {},
): string {
  const text = `${model} ${software}`.slice(0, 200);
  return ALGORITHMS.find(([pattern]) => pattern.test(text))?.[1] ?? "SHA-256";
}
