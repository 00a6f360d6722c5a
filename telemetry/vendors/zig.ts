/**
 * Zig Z1: channels, each an object of `stats`.
 *
 * @module
 */

import type { Vendor } from "../vendor.ts";

/** What is known of Zig. */
export const ZIG: Vendor = {
  name: "Zig",
  channel: /^CH(\d{1,2})$/,
  sensors: [
    [/^temperature front$/, "front"],
    [/^temperature rear top$/, "rear top"],
    [/^temperature rear bot$/, "rear bottom"],
  ],
  rigSensors: [["Temperature Core", "controller"]],
};
