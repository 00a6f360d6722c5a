/**
 * Spondoolies SP36: all in a text of JSON, with boards by name.
 *
 * @module
 */

import type { Vendor } from "../vendor.ts";

/** What is known of Spondoolies. */
export const SPONDOOLIES: Vendor = {
  name: "Spondoolies",
  namedBoards: {
    field: /^(\w{1,20})-board$/, // top-board
    chips: "working-asics",
    // In MH/s: the boards' 270005 and 269410 stand beside `MHS 5m` 536603.26.
    rates: [
      { name: "reported-hashrate", window: "5s", scale: 1e6 },
      { name: "avg-hashrate", window: "average", scale: 1e6 },
    ],
  },
  boardSensors: [
    [/^max-temp$/, "chip max"],
    [/^min-temp$/, "chip min"],
    [/^front-temp$/, "front"],
    [/^rear-temp$/, "rear"],
    [/^psu-temp$/, "psu"],
  ],
  fanPercentFields: ["fan-percent"],
  // 2176 and 2144
  power: [{ command: "stats", section: "STATS", boardField: "power" }],
};
