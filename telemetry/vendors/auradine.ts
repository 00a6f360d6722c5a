import type { Vendor } from "../vendor.ts";

/**
 * Auradine's Teraflux (GCMiner, FluxOS). Its reports are known from its HTTP
 * API, on another port; whether 4028 answers them is not proven.
 */
export const AURADINE: Vendor = {
  name: "Auradine",
  recognised: { software: /^(?:GCMiner|FluxOS)/i },
  software: ["GCMiner", "FluxOS"],
  versionReports: [["ipreport", "IPREPORT"]],
  modelFields: ["model"],
  firmwareFields: ["version"],
  reports: [
    { command: "fan", isStatic: false, isOwn: true },
    { command: "psu", isStatic: false, isOwn: true },
    { command: "temperature", isStatic: false, isOwn: true },
    { command: "ipreport", isStatic: true, isOwn: true },
  ],
  fanReports: [["fan", "FAN", "ID", "Speed"]],
  psuFans: [["psu", "PSU", /^FanSpeed(\d)$/]],
  power: [{ command: "psu", section: "PSU", field: "PowerIn" }],
  boardTemperatures: [{
    command: "temperature",
    section: "TEMPERATURE",
    number: "ID",
    name: "Name",
    controller: /control/i,
    lists: [["BoardTemp", "board"], ["ChipTemp", "chip"]],
    celsius: "Temperature",
  }],
};
