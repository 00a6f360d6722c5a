/**
 * Innosilicon's own, and what it made for others: DragonMint, HonorKnight.
 *
 * @module
 */

import type { Vendor } from "../vendor.ts";

/** What may be the figure that stands in for all difficulties. */
const REPEATED = ["Accepted", "Rejected", "Stale", "Discarded", "Best Share"];

function isRepeated(
  members: Readonly<Record<string, unknown>>,
  value: unknown,
): boolean {
  return Number(value) > 0 && value === members["Difficulty Accepted"] &&
    value === members["Difficulty Rejected"] &&
    value === (members["Difficulty Stale"] ?? value);
}

/** What is known of Innosilicon. */
export const INNOSILICON: Vendor = {
  name: "Innosilicon",
  unitCorrections: [{
    description: /^innominer a9\b/i,
    letter: "m",
    scale: 1,
    proof: "an A9 does 50 ksol/s of Equihash, and says MHS av 51274.60",
  }],
  garbage: REPEATED.map((name) => ({
    name,
    // All that counts difficulty is one figure, and that means nothing.
    isGarbage: (members) => isRepeated(members, members[name]),
    proof: "innominer a9-1.1.0: difficulty of accepted, rejected and stale " +
      "shares, and the best share, are all the same",
  })),
  fanPercentFields: ["Fan duty"],
  // Only how fast the fans are told to run: dragonmint/t1/stats.json.
  fanDutyField: "Fan duty",
};
