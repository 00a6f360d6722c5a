/**
 * MSKminer, firmware for Antminers.
 *
 * @module
 */

import type { Vendor } from "../vendor.ts";

/** What is known of MSKminer. */
export const MSKMINER: Vendor = {
  name: "MSKminer",
  // mskminer/2.6.0.39
  power: [{ command: "stats", section: "STATS", field: "total_power" }],
};
