/**
 * Blissz, firmware for Antminers D3 and L3+.
 *
 * @module
 */

import type { Vendor } from "../vendor.ts";

/** What is known of Blissz. */
export const BLISSZ: Vendor = {
  name: "Blissz",
  firmwareInModel: [/^(.+?) (blissz.*)$/i], // Antminer D3 Blissz v2.06 beta
  power: [{
    // watt1 to watt4, 201 each, of an L3+.
    command: "stats",
    section: "STATS",
    leastW: 100,
    field: /^watt[^]*\d$/,
  }],
};
