/**
 * iBeLink BM-N1 Max: the boards' temperatures stand in `summary`.
 *
 * @module
 */

import type { Vendor } from "../vendor.ts";

/** What is known of iBeLink. */
export const IBELINK: Vendor = {
  name: "iBeLink",
  summaryBoard: /^Temp(\d)$/,
};
