/**
 * Innosilicon's own, and what it made for others: DragonMint, HonorKnight.
 *
 * @module
 */

import type { Vendor } from "../vendor.ts";

/** What is known of Innosilicon. */
export const INNOSILICON: Vendor = {
  name: "Innosilicon",
  fanPercentFields: ["Fan duty"],
  // Only how fast the fans are told to run: dragonmint/t1/stats.json.
  fanDutyField: "Fan duty",
};
