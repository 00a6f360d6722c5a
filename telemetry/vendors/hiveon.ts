import type { Vendor } from "../vendor.ts";

/** Hiveon, firmware for Antminers. */
export const HIVEON: Vendor = {
  name: "Hiveon",
  firmwareInModel: [/^(.+?) (hiveon.*)$/i], // Antminer S9 Hiveon
};
