/**
 * MicroBT's WhatsMiners (btminer).
 *
 * @module
 */

import type { Vendor } from "../vendor.ts";

/** What is known of WhatsMiner. */
export const WHATSMINER: Vendor = {
  name: "WhatsMiner",
  recognised: {
    software: /^btminer/i,
    fields: [
      "Fan Speed In",
      "Power Fanspeed",
      "HS RT",
      "HS Factory",
      "Factory GHS",
      "Error Code Count",
      "Liquid Cooling",
      "Chip Temp Avg",
      "Btminer Fast Boot",
      "btmineroff",
    ],
  },
  software: ["btminer"],
  apiDescription: /^whatsminer/i, // whatsminer v1.4
  versionReports: [["get_version", "VERSION"]],
  apiFields: ["api_ver"],
  firmwareFields: [
    "Firmware Version", // in quotes of its own
    "fw_ver", // get_version
  ],
  // HonorKnight and WhatsMiner M31S were recorded with it alone.
  reports: [
    { command: "edevs", isStatic: false, substituteFor: "devs" },
    { command: "get_version", isStatic: true, isOwn: true },
    { command: "get_psu", isStatic: false, isOwn: true },
    {
      command: "get_error_code",
      isStatic: false,
      isOwn: true,
      isAlwaysAsked: true,
    },
    // Whether it is switched off.
    { command: "status", isStatic: false, isOwn: true, isAlwaysAsked: true },
  ],
  pauses: [[/^(?:bt)?mineroff$/i, /^(?:true|1)$/i]],
  pauseReports: [["status", "STATUS"], ["pools", "POOLS"]],
  errorCodeFields: [/^Error Code \d{1,3}$/i, /^error_code$/i],
  errorCodeReports: [["get_error_code", "GET_ERROR_CODE"]],
  chipFields: ["Effective Chips"],
  recentWindows: ["rt", "realtime"],
  unitCorrections: [{
    name: /^HS RT$/i,
    scale: 1e6,
    proof: "whatsminer/m31s/summary.json: HS RT 76690808.44 beside " +
      "MHS av 76718604.38; btminer-new the same",
  }, {
    name: /^HS Factory$/i,
    scale: 1e9,
    most: 2e15,
    proof: "of Factory GHS, 75697 in whatsminer/m31s: in giga, or as HS RT",
  }],
  sensors: [
    // M3: temp_1 is the same, temp_2 to temp_8 are 0.
    [/^temp now max$/, "board"],
    [/^temp0$/, "sensor 0"], // reconstructed/whatsminer/devs-missing-comma-temp0.txt
  ],
  rigSensors: [
    ["Env Temp", "ambient"], // whatsminer/m31s
    ["Temperature", "board"], // the hottest board
    ["Chip Temp Min", "chip min"],
    ["Chip Temp Max", "chip max"],
    ["Chip Temp Avg", "chip avg"],
  ],
  namedFan: /^fan (?:speed )?(in|out)$/i, // a Zig's too
  psuFans: [
    ["summary", "SUMMARY", /^Power Fanspeed$/],
    ["get_psu", "GET_PSU", /^fan_speed$/],
  ],
  liquidCoolingField: "Liquid Cooling",
  // M33S, M53S, M63S under water; M36S, M56S, M66S in oil.
  liquidCooledModel: /\bM[3-7][36](?:S|_|\b)/i,
  // whatsminer/btminer-new
  power: [{ command: "summary", section: "SUMMARY", field: "Power" }],
};
