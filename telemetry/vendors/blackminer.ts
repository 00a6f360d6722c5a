/**
 * Hashaltcoin's Blackminers, and Hammers, which have the same firmware.
 *
 * @module
 */

import type { Vendor } from "../vendor.ts";

/** What is known of Blackminer. */
export const BLACKMINER: Vendor = {
  name: "Blackminer",
  garbage: [{
    name: "Accepted",
    // The rejected shares, again: `"Accepted":" 12.0000","Rejected":" 12.0000"`.
    isGarbage: ({ Accepted: accepted, Rejected: rejected }) =>
      typeof accepted === "string" && accepted === rejected,
    proof: "blackminer/f1-ultra: where the pools say 10921",
  }],
};
