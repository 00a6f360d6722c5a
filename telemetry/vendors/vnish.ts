/**
 * VNish, firmware for Antminers.
 *
 * @module
 */

import type { Vendor } from "../vendor.ts";

/** What is known of VNish. */
export const VNISH: Vendor = {
  name: "VNish",
  firmwareFields: ["build_version"],
  // Antminer S17 (vnish 0.9.2-alpha)
  firmwareInModel: [/^(.+?)\s*\((\D+ v?\d[^)]*)\)$/],
  pauses: [[/^state$/i, /^stopped$/i]],
  hashingStates: ["mining", "auto-tuning"],
  fanPercentFields: ["fan_pwm"], // MSKminer too
  power: [{
    // vnish/s17plus-2.0.3
    command: "stats",
    section: "STATS",
    leastW: 100,
    field: /^chain_consumption[^]*\d$/,
  }],
};
