/**
 * Bitmain's Antminers (bmminer), and the many that descend from their
 * firmware.
 *
 * @module
 */

import type { Vendor } from "../vendor.ts";

/** What is known of Antminer. */
export const ANTMINER: Vendor = {
  name: "Antminer",
  software: ["bmminer"],
  modelFields: ["Type"],
  // `(Chipless v3.0 …)`: firmware made from the vendor's.
  firmwareInText: [["CompileTime", /\(([^()]* v\d[^()]*)\)$/]],
  unitFields: [/^(?:hash[ _]?)?rate[ _]unit$/i],
  unitCorrections: [{
    model: /^Antminer L3/i,
    id: /^L3\d$/,
    scale: 1e6,
    proof: "antminer/l3plus-rwglr/summary.bin: Total MH 158174645 in " +
      "384063 s are 411.85 MH/s, which is what GHS av says",
  }, {
    model: /^Antminer D3/i,
    id: /^D1\d$/,
    scale: 1e6,
    proof: "antminer/d3-blissz-2.06/pools.json: 198412.94 of accepted " +
      "difficulty in 54422 s are 15.7 GH/s; GHS av says 16868",
  }],
  // antminer/s19pro-2022: 562 in both.
  hardwareErrorFields: ["no_matching_work"],
  poolStates: { "deed": false }, // S19 of 2021
  chains: {
    field:
      /^(chain_(?:acn|acs|hw|rate|avgrate|state)|temp_(?:in_|out_)?(?:pcb|chip)|temp_pic|chiptemp|temp[234]_|temp)(\d{1,2})$/i,
    families: {
      rate: "chain_rate",
      average: "chain_avgrate",
      chips: "chain_acn",
      marks: "chain_acs",
      hardwareErrors: "chain_hw",
      state: "chain_state",
    },
    // Where a chain has `temp_pcb` and `temp_chip`, `temp`, `temp2_` and
    // `temp3_` only repeat some of them (antminer/s9k/stats.json: `temp2_1` is
    // the coolest chip, not the hottest).
    sensorLists: [
      ["temp_pcb", "board"],
      ["temp_in_pcb", "board inlet"],
      ["temp_out_pcb", "board outlet"],
      ["temp_chip", "chip"],
      ["chiptemp", "chip"],
      ["temp_in_chip", "chip inlet"],
      ["temp_out_chip", "chip outlet"],
      ["temp_pic", "pic"],
    ],
    sensors: [
      ["temp", "board"],
      ["temp2_", "chip"],
      ["temp3_", "chip 2"],
    ],
    // Two pairs of board and chip: antminer/e3.
    pairedSensors: [
      ["temp", "board"],
      ["temp2_", "chip"],
      ["temp3_", "board 2"],
      ["temp4_", "chip 2"],
    ],
    // Newer firmware: `{"index":0,"rate_real":…,"asic_num":…}`.
    list: {
      name: "chain",
      number: "index",
      families: {
        rate_real: "chain_rate",
        asic_num: "chain_acn",
        asic: "chain_acs",
        hw: "chain_hw",
        temp_pcb: "temp_pcb",
        temp_chip: "temp_chip",
        temp_pic: "temp_pic",
      },
    },
  },
  sensors: [[/^tenperature$/, "board"]], // antminer/s19pro-2022/devs.json
  fanList: /^fan(?:-speeds)?$/i, // newer firmware; Spondoolies SP36
  power: [
    // antminer/l3plus-rwglr: its chain_power1 and so on, added up. Not so
    // hiveon/s9-b: 11.55 for each of three chains of 3.9 TH/s.
    {
      command: "stats",
      section: "STATS",
      leastW: 100,
      field: "chain_power",
    },
    {
      command: "stats",
      section: "STATS",
      leastW: 100,
      field: /^chain_power[^]*\d$/,
    },
  ],
};
