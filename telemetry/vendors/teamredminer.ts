import type { Vendor } from "../vendor.ts";

/** TeamRedMiner, on AMD's GPUs. */
export const TEAMREDMINER: Vendor = {
  name: "TeamRedMiner",
  software: ["TeamRedMiner"],
};
