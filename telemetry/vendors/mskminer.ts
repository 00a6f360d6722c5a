import type { Vendor } from "../vendor.ts";

/** MSKminer, firmware for Antminers. */
export const MSKMINER: Vendor = {
  name: "MSKminer",
  // mskminer/2.6.0.39
  power: [{ command: "stats", section: "STATS", field: "total_power" }],
};
