/**
 * TeamRedMiner, on AMD's GPUs.
 *
 * @module
 */

import type { Vendor } from "../vendor.ts";

/** What is known of TeamRedMiner. */
export const TEAMREDMINER: Vendor = {
  name: "TeamRedMiner",
  software: ["TeamRedMiner"],
};
