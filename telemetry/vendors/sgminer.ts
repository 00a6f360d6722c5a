import type { Vendor } from "../vendor.ts";

/** sgminer, cgminer's heir on GPUs. */
export const SGMINER: Vendor = { name: "sgminer", software: ["sgminer"] };
