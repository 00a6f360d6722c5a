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
  modelFields: ["Type", "type"],
  // `(Chipless v3.0 …)`: firmware made from the vendor's.
  firmwareInText: [["CompileTime", /\(([^()]* v\d[^()]*)\)$/]],
  versionReports: [["stats", "INFO"]], // newer firmware
  unitFields: [/^(?:hash[ _]?)?rate[ _]?unit$/i],
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
  }, {
    // Equihash: solutions. A Z15 Pro does 840 ksol/s.
    model: /^Antminer Z\d/i,
    id: /^ZCASH\d/i,
    scale: 1e3,
    most: 1e7,
    proof: "antminer/z11: GHS 5s 141.54, and a Z11 does 135 ksol/s; " +
      "z11-chipless-3.0 says 145474.39, and 145.47 is the sum of its chains",
  }, {
    // Ethash: an E9 Pro does 3.7 GH/s.
    model: /^Antminer E\d/i,
    scale: 1e9,
    most: 1e10,
    proof: "antminer/e3: GHS av 199.56, and an E3 does 190 MH/s",
  }, {
    // Scrypt, after the L3: an L9 does 16 GH/s. No reply was seen that lies.
    model: /^Antminer L[579]/i,
    scale: 1e9,
    most: 1e11,
    proof: "the model's data sheet",
  }, {
    // CryptoNight and RandomX: an X3 does 220 kH/s, an X5 212.
    model: /^Antminer X[35]/i,
    scale: 1e9,
    most: 1e6,
    proof: "the model's data sheet",
  }, {
    // Tensority: a B3 does 780 H/s.
    model: /^Antminer B[37]/i,
    scale: 1e9,
    most: 2e5,
    proof: "the model's data sheet",
  }],
  // antminer/s19pro-2022: 562 in both.
  hardwareErrorFields: ["no_matching_work", "hwp_total"],
  pauses: [
    [/^Mode$/, /^254$/], // antminer/t17plus-sleeping
    // 0 works, 1 sleeps, 3 saves power: what newer firmware is configured with.
    [/^(?:miner|bitmain-work)[-_]mode$/i, /^1$/],
  ],
  poolStates: { "deed": false }, // S19 of 2021
  chains: {
    field:
      /^(chain_(?:acn|acs|hw|rate|avgrate|rateideal|state)|chain[ _]avg[ _]hashrate|temp_(?:pcb|chip)|temp_(?:in|out)_(?:pcb|chip)_?|temp_pic|chiptemp|temp[234]_|temp)(\d{1,2})$/i,
    families: {
      rate: "chain_rate",
      average: "chain_avgrate",
      statedAverage: "chain avg hashrate",
      ideal: "chain_rateideal",
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
      ["temp_in_pcb_", "board inlet"],
      ["temp_out_pcb", "board outlet"],
      ["temp_out_pcb_", "board outlet"],
      ["temp_chip", "chip"],
      ["chiptemp", "chip"],
      ["temp_in_chip", "chip inlet"],
      ["temp_in_chip_", "chip inlet"],
      ["temp_out_chip", "chip outlet"],
      ["temp_out_chip_", "chip outlet"],
      ["temp_pic", "pic"],
    ],
    // `35-47-48-52` of an S23 Hyd.
    flowLists: [["temp_pcb", "board"], ["temp_chip", "chip"]],
    counts: ["miner_count", "chain_num"],
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
        rate_ideal: "chain_rateideal",
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
  liquidCooledModel: /\bhyd(?:ro)?\b|\bimm(?:ersion)?\b/i,
  power: [
    // Newer firmware.
    { command: "stats", section: "STATS", leastW: 100, field: "watt" },
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
