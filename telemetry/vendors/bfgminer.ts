import type { Vendor } from "../vendor.ts";

/** bfgminer. */
export const BFGMINER: Vendor = {
  name: "bfgminer",
  software: ["bfgminer"],
  recentWindows: ["rolling"],
};
