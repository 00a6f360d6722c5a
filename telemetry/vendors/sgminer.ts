/**
 * sgminer, cgminer's heir on GPUs.
 *
 * @module
 */

import type { Vendor } from "../vendor.ts";

/** What is known of sgminer. */
export const SGMINER: Vendor = { name: "sgminer", software: ["sgminer"] };
