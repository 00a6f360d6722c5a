/**
 * Reads a rig's electrical power, in watts: what it says for the whole, else
 * the sum of what it says for its parts. Pure.
 *
 * @example
 * ```ts
 * import { readPowerW } from "./power.ts";
 *
 * console.log(readPowerW({ summary: { SUMMARY: [{ Power: 3496 }] } })); // 3496
 * ```
 *
 * @module
 */

import type { Reports } from "./reports.ts";
import { listNamedBoards } from "./board_fields.ts";
import { ReportSections, type Section } from "./report_sections.ts";
import { readNumber } from "./values.ts";

/** No rig takes as much. */
const MAX_POWER_W = 100_000;

/** One place where a rig's power stands. */
interface PowerSource {
  readonly command: string;
  readonly section: string;
  /** What is less in total is no rig's power, but something else. */
  readonly leastW?: number;
  /** Gives the watts, or those of each part. */
  readonly read: (section: Section) => readonly unknown[];
}

/** Where a rig's power stands, best first. */
const SOURCES: readonly PowerSource[] = [
  // whatsminer/btminer-new
  { command: "summary", section: "SUMMARY", read: readMember("Power") },
  // luxos/s19kpro-2025.4.8
  { command: "power", section: "POWER", read: readMember("Watts") },
  // mskminer/2.6.0.39
  { command: "stats", section: "STATS", read: readMember("total_power") },
  // antminer/l3plus-rwglr: its chain_power1 and so on, added up. Not so
  // hiveon/s9-b: 11.55 for each of three chains of 3.9 TH/s.
  {
    command: "stats",
    section: "STATS",
    leastW: 100,
    read: readMember("chain_power"),
  },
  {
    command: "stats",
    section: "STATS",
    leastW: 100,
    read: readNumbered("chain_power"),
  },
  // vnish/s17plus-2.0.3
  {
    command: "stats",
    section: "STATS",
    leastW: 100,
    read: readNumbered("chain_consumption"),
  },
  // Blissz: watt1 to watt4, 201 each, of an L3+.
  {
    command: "stats",
    section: "STATS",
    leastW: 100,
    read: readNumbered("watt"),
  },
  // SealMiner A2
  {
    command: "stats",
    section: "STATS",
    read: readMember("PSU Input Power"),
  },
  // Spondoolies SP36: 2176 and 2144
  {
    command: "stats",
    section: "STATS",
    read: (section) =>
      listNamedBoards(section).map(([, board]) => board["power"]),
  },
  // avalon/24102401, where PS[6] is the same.
  {
    command: "stats",
    section: "STATS",
    read: readModules(/\bWALLPOWER\[(\d+)/),
  },
  // avalon/a1246: the seventh of PS; the fifth is without the supply's losses.
  {
    command: "stats",
    section: "STATS",
    read: readModules(/\bPS\[(?:-?\d+ ){6}(\d+)\]/),
  },
  // avalon/a10xx has only the fifth.
  {
    command: "stats",
    section: "STATS",
    read: readModules(/\bPS\[(?:-?\d+ ){4}(\d+) \d+\]/),
  },
];

/**
 * Reads a rig's electrical power.
 *
 * @param reports The rig's replies.
 * @returns Watts; `undefined` where it says none, or 0, which stands for a
 * meter that is not there (vnish/s19xp-1.2.0-rc1: `"chain_consumption1":0`).
 */
export function readPowerW(
  reports: Reports | ReportSections,
): number | undefined {
  const sections = ReportSections.of(reports);
  for (const { command, section, leastW = 1, read } of SOURCES) {
    let total = 0;
    for (const found of sections.find(command, section)) {
      for (const part of read(found)) {
        total += Math.max(readNumber(part) ?? 0, 0);
      }
    }
    if (total >= leastW && total < MAX_POWER_W) return Number(total.toFixed(2));
  }
  return undefined;
}

function readMember(name: string): PowerSource["read"] {
  return ({ members }) => [members[name]];
}

/** The members `name1`, `name2`, … */
function readNumbered(name: string): PowerSource["read"] {
  return (section) =>
    section.list("power").filter(({ meaning }) => meaning === name)
      .map(({ value }) => value);
}

/** What a pattern finds in the text of each of an Avalon's modules. */
function readModules(pattern: RegExp): PowerSource["read"] {
  return (section) =>
    section.list("moduleText").map(({ value }) =>
      typeof value === "string" ? pattern.exec(value)?.[1] : undefined
    );
}
