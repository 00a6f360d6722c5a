/**
 * Hiveon, firmware for Antminers.
 *
 * @module
 */

import type { Vendor } from "../vendor.ts";

/** What is known of Hiveon. */
export const HIVEON: Vendor = {
  name: "Hiveon",
  firmwareInModel: [/^(.+?) (hiveon.*)$/i], // Antminer S9 Hiveon
};
