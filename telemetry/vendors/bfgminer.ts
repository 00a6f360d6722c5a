/**
 * bfgminer.
 *
 * @module
 */

import type { Vendor } from "../vendor.ts";

/** What is known of bfgminer. */
export const BFGMINER: Vendor = {
  name: "bfgminer",
  software: ["bfgminer"],
  recentWindows: ["rolling"],
};
