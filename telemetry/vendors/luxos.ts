/**
 * LuxOS (LUXminer), firmware for Antminers.
 *
 * @module
 */

import type { Vendor } from "../vendor.ts";

/** What is known of LuxOS. */
export const LUXOS: Vendor = {
  name: "LuxOS",
  recognised: { software: /^LUXminer/i },
  software: ["LUXminer"],
  // It says its power nowhere else.
  reports: [
    { command: "power", isStatic: false },
    // Whether it is curtailed.
    { command: "config", isStatic: false, isOwn: true, isAlwaysAsked: true },
  ],
  pauses: [
    [/^CurtailMode$/i, /^(?:sleep|curtail\w*|idle)$/i],
    [/^Profile$/i, /^0 ?W$/i],
  ],
  liquidCoolingField: "ImmersionMode",
  pauseReports: [["config", "CONFIG"]],
  // luxos/s19kpro-2025.4.8: stats has 18910.28, and devs `MHS av` 18910284.95,
  // `MHS 5s` 19773825.72.
  isChainRateAverage: true,
  // `temps`: the corners of the board.
  sensors: [
    [/^topleft$/, "top left"],
    [/^topright$/, "top right"],
    [/^bottomleft$/, "bottom left"],
    [/^bottomright$/, "bottom right"],
  ],
  // `BoardCh0`, `ExhaustTemp`: which there are depends on the hardware, says
  // docs.luxor.tech.
  otherSensors: /^(?:[A-Z][a-z0-9]+){2,4}$/,
  // luxos/s19kpro-2025.4.8
  power: [{ command: "power", section: "POWER", field: "Watts" }],
};
