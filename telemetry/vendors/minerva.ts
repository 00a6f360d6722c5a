import type { Vendor } from "../vendor.ts";

/** Minerva MV8. */
export const MINERVA: Vendor = {
  name: "Minerva",
  fanPercentFields: ["Fan Duty"],
};
