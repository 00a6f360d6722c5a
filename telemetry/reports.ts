/**
 * The reports that telemetry is made of: the table of commands to ask, and the
 * replies to them. Pure.
 *
 * @example
 * ```ts
 * import { REPORTS, type Reports } from "./reports.ts";
 *
 * const live = REPORTS.filter(({ isStatic }) => !isStatic);
 * console.log(live.map(({ command }) => command));
 * const reports: Reports = { summary: { SUMMARY: [{ Elapsed: 60 }] } };
 * console.log(Object.keys(reports));
 * ```
 *
 * @module
 */

import type { Report } from "./vendor.ts";
import { CGMINER } from "./vendors/cgminer.ts";
import { joinTable } from "./vendors.ts";

/**
 * Replies by command name: each is that command's own reply, parsed, never a
 * joined one. A command that was not asked, or failed, is absent.
 */
export type Reports = Readonly<Record<string, unknown>>;

export type { Report } from "./vendor.ts";

/**
 * The commands that telemetry is made of, in order of worth: those that all
 * miners know, what else the vendors have, and what stands in for others.
 */
export const REPORTS: readonly Report[] = [...CGMINER.reports ?? []]
  .concat(joinTable("reports"))
  .filter(({ command }, index, all) =>
    all.findIndex((other) => other.command === command) === index
  )
  .sort((one, other) => rankReport(one) - rankReport(other));

function rankReport({ substituteFor }: Report): number {
  return substituteFor === undefined ? 0 : 1;
}
