/**
 * HonorKnight.
 *
 * @module
 */

import type { Vendor } from "../vendor.ts";

/** What is known of HonorKnight. */
export const HONORKNIGHT: Vendor = {
  name: "HonorKnight",
  reports: [{ command: "estats", isStatic: false, substituteFor: "stats" }],
  // The mean of all `NN Temp` in honorknight/cgminer-4.10.0/stats.json.
  sensors: [[/^temp$/, "chip avg"]],
};
