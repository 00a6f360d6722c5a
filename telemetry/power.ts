/**
 * Reads a rig's electrical power, in watts: what it says for the whole, else
 * the sum of what it says for its parts. Pure.
 *
 * @module
 */

import type { Reports } from "./reports.ts";
import { listNamedBoards } from "./chains.ts";
import { ReportSections, type Section } from "./report_sections.ts";
import { readNumber } from "./values.ts";
import type { PowerSource } from "./vendor.ts";
import { joinTable } from "./vendors.ts";

/** No rig takes as much. */
const MAX_POWER_W = 100_000;

const SOURCES = joinTable("power");

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
  for (const source of SOURCES) {
    const { command, section, leastW = 1 } = source;
    let total = 0;
    for (const found of sections.find(command, section)) {
      for (const part of listParts(found, source)) {
        total += Math.max(readNumber(part) ?? 0, 0);
      }
    }
    if (total >= leastW && total < MAX_POWER_W) return Number(total.toFixed(2));
  }
  return undefined;
}

/** The watts, or those of each part, as the miner gives them. */
function listParts(
  section: Section,
  { field, boardField, moduleText }: PowerSource,
): readonly unknown[] {
  if (typeof field === "string") return [section.members[field]];
  if (field !== undefined) {
    return section.list("power").filter(({ meaning }) => meaning === field)
      .map(({ value }) => value);
  }
  if (boardField !== undefined) {
    return listNamedBoards(section).map(([, board]) => board[boardField]);
  }
  return section.list("module").map(({ value }) =>
    typeof value === "string" ? moduleText?.exec(value)?.[1] : undefined
  );
}
