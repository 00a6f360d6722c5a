/**
 * Bitdeer's SealMiners: boards, fans and supply by number in `stats`.
 *
 * @module
 */

import type { Vendor } from "../vendor.ts";

/** What is known of SealMiner. */
export const SEALMINER: Vendor = {
  name: "SealMiner",
  firmwareFields: ["Firmware"],
  recentWindows: ["sample"],
  // `0 Temp 1`. Only boards have `Chip Count`: where numbers are chips'
  // (`00 Temp`), it is not there.
  numberedBoards: { field: /^(\d{1,2}) (\S.*)$/, chips: "Chip Count" },
  boardSensors: [[/^Temp (\d)$/, "sensor"]],
  rigSensors: [["PSU Temp AMB", "psu"]],
  fans: [/^(\d) Speed$/i],
  psuFans: [["stats", "STATS", /^PSU Fan Speed$/]],
  power: [{ command: "stats", section: "STATS", field: "PSU Input Power" }],
};
