/**
 * Canaan's Avalons: modules, each of which says all in one text.
 *
 * @module
 */

import type { Vendor } from "../vendor.ts";

/** What is known of Avalon. */
export const AVALON: Vendor = {
  name: "Avalon",
  modelFields: ["PROD"],
  firmwareFields: [
    "CGVERSION", // Avalon Q
    "VERSION",
  ],
  modules: {
    // `MM ID1`, and `MM ID0:Summary` of the Avalon Q.
    field: /^MM ID(\d{1,3})(?::Summary)?$/i,
    sensors: [
      ["Temp", "inlet"],
      ["ITemp", "inlet"],
      ["OTemp", "outlet"],
      ["HBITemp", "board inlet"],
      ["HBOTemp", "board outlet"],
      ["HBTemp", "board"], // Mini 3
      // Avalon 6 and 7 with two sensors.
      ["Temp0", "board 1"],
      ["Temp1", "board 2"],
      ["TMax", "chip max"],
      ["TAvg", "chip avg"],
    ],
    boardMaxima: "MTmax",
    boardMeans: "MTavg",
    // 26907.01 + 26025.06 + 26724.56 are the 79656.63 of `GHSavg`
    // (avalon/a1246/stats.json): since the start, too.
    boardRates: { name: "MGHS", window: "average", scale: 1e9 },
    pauses: [
      { name: "SYSTEMSTATU", value: /Work: ?(?:In )?(?:Standby|Sleep)/i },
      // avalon/q: `Work: In Idle` and `SoftOFF[4]`. Idle without that, it waits.
      {
        name: "SYSTEMSTATU",
        value: /Work: ?(?:In )?Idle/i,
        unless: ["SoftOFF", /^0/],
      },
      {
        name: "SoftOFF",
        value: /^[1-9]/,
        unless: ["SYSTEMSTATU", /Work: ?In Work/i],
      },
    ],
    // `GHSmm` is what the chips could do at their frequency, 55032.79 with the
    // miner idle and `GHSspd[0.00]` (avalon/q/stats.json).
    // `WU`, work of difficulty 1 per minute, is the average: 520171.72 of them
    // are the 37235.34 of `GHSavg` (avalon/a10xx/stats.json); Avalon 7 and 8
    // have only that.
    rates: [
      { name: "GHSspd", window: "5s", scale: 1e9 },
      { name: "GHSavg", window: "average", scale: 1e9 },
      { name: "WU", window: "average", scale: 2 ** 32 / 60 },
      { name: "GHSmm", window: "ideal", scale: 1e9 },
    ],
    hardwareErrors: "HW",
    fan: /^Fan(\d?)$/, // one `Fan` on Avalon 7 and 8
    fanPercent: "FanR",
    // `Ver[1246-83-21072802_4ec6bb0_211fc46]`
    versions: [
      {
        pattern:
          /\bVer\[(\d{2,4}[A-Za-z]{0,8}(?:-[A-Z])?(?:-\d{1,3})?)-(\d{8}(?:_\w+)?)\]/,
        family: "AvalonMiner",
      },
      { pattern: /\bVer\[([A-Za-z]\w*)-(\d{8}_\w+)\]/, family: "Avalon" },
      // `7411706-3162860`: an A741.
      { pattern: /\bVer\[(\d{3})(\d{4}-\w+)\]/, family: "AvalonMiner" },
    ],
  },
  rigSensors: [["AUC Temperature", "controller"]], // avalon/a8xx
  power: [
    // avalon/24102401, where PS[6] is the same.
    {
      command: "stats",
      section: "STATS",
      moduleText: /\bWALLPOWER\[(\d+)/,
    },
    // avalon/nano3-text: 125 W of the sixth; the seventh, 346, is a set point,
    // which ATA1 of others names again.
    {
      command: "stats",
      section: "STATS",
      moduleFamily: /\bVer\[nano3-/i,
      moduleText: /\bPS\[(?:-?\d+ ){5}(\d+) \d+\]/,
    },
    // avalon/a1246: the seventh of PS; the fifth is without the supply's losses.
    {
      command: "stats",
      section: "STATS",
      moduleText: /\bPS\[(?:-?\d+ ){6}(\d+)\]/,
    },
    // avalon/a10xx has only the fifth.
    {
      command: "stats",
      section: "STATS",
      moduleText: /\bPS\[(?:-?\d+ ){4}(\d+) \d+\]/,
    },
  ],
};
