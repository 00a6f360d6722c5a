/**
 * Minerva MV8.
 *
 * @module
 */

import type { Vendor } from "../vendor.ts";

/** What is known of Minerva. */
export const MINERVA: Vendor = {
  name: "Minerva",
  fanPercentFields: ["Fan Duty"],
};
