/**
 * cgminer, and what all of its family share; the last in the list.
 *
 * @module
 */

import type { Vendor } from "../vendor.ts";

/** What is known of cgminer. */
export const CGMINER: Vendor = {
  name: "cgminer",
  software: ["cgminer"],
  modelFields: ["miner_type", "Model"],
  // Antminer, LuxOS, Blackminer, Hammer; newer Antminers.
  firmwareFields: ["Miner", "miner_version"],
  firmwareInModel: [
    /^(.+?) v\.?(\d+(?:\.\d+)+)$/i, // S19-88 v.2.6.0.39
    // (v5.2)
    /^([^([]*[^([ ]) {0,9}[([] {0,9}(v\.? ?\d[^()[\]]{0,60}|\d{1,9}\.\d[^()[\]]{0,60})[)\]]$/i,
  ],
  reports: [
    { command: "summary", isStatic: false, isAlwaysAsked: true },
    { command: "devs", isStatic: false, isAlwaysAsked: true },
    { command: "pools", isStatic: false, isAlwaysAsked: true },
    // Antminers have their chains, fans and model there, Avalons all but shares.
    { command: "stats", isStatic: false },
    { command: "version", isStatic: true },
    // The pool that it works for, where there are no shares yet.
    { command: "lcd", isStatic: false },
  ],
  // api.c
  deviceStates: {
    "alive": true,
    "mining": true,
    "dead": false,
    "sick": false,
    "nostart": false,
    "initialising": false,
    "disabled": false,
    "rejecting": false,
  },
  pauses: [[
    /^(?:(?:miner|mining|system|work|run|op(?:eration)?)[ _-]?)?(?:mode|state|status)$/i,
    /^(?:paus\w*|sleep\w*|standby|stand-by|curtail\w*|suspend\w*|hibernat\w*)$/i,
  ]],
  chipFields: ["Num active chips"],
  expectedChipFields: ["Num chips"],
  // `Disabled` and `Rejecting` leave open whether it answers.
  poolStates: { "alive": true, "dead": false, "unreachable": false },
  sensors: [
    [/^temperature$/, "board"],
    [/^(?:board|pcb) ?temp(?:erature)?$/, "board"],
    [/^board$/, "board"],
    [/^chip$/, "chip"],
    [/^chip ?temp(?:erature)?$/, "chip"],
    [/^(?:chip temp|temp) max$/, "chip max"],
    [/^(?:chip temp|temp) avg$/, "chip avg"],
    [/^(?:chip temp|temp) min$/, "chip min"],
  ],
  // `fan1`, `Fan0 rpm`, `Fan1 Speed`.
  fans: [/^fan[ _]?(\d{1,2})(?:[ _](?:rpm|speed))?$/i],
  fanCount: /^fan[ _]num(?:ber)?$/i,
};
