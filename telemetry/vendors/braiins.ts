/**
 * Braiins OS: BOSminer, and BOSer, which came after it.
 *
 * @module
 */

import type { Vendor } from "../vendor.ts";

/** What is known of Braiins OS. */
export const BRAIINS: Vendor = {
  name: "Braiins OS",
  software: ["BOSminer", "BOSminer+", "BOSer"],
  reports: [
    // BOSminer says its model nowhere else.
    { command: "devdetails", isStatic: true },
    // BOSminer's devs and stats carry neither temperatures nor fans.
    { command: "temps", isStatic: false },
    { command: "fans", isStatic: false },
  ],
};
