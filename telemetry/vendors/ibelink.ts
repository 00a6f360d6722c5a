import type { Vendor } from "../vendor.ts";

/** iBeLink BM-N1 Max: the boards' temperatures stand in `summary`. */
export const IBELINK: Vendor = {
  name: "iBeLink",
  summaryBoard: /^Temp(\d)$/,
};
