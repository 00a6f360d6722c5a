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

/**
 * Replies by command name: each is that command's own reply, parsed, never a
 * joined one. A command that was not asked, or failed, is absent.
 */
export type Reports = Readonly<Record<string, unknown>>;

/** One command that telemetry is made of. */
export interface Report {
  /** The command's name, in small letters. */
  readonly command: string;
  /** Its reply only changes when the miner restarts: ask it once. */
  readonly isStatic: boolean;
  /**
   * The command that this one stands in for: ask it only where that one is
   * unknown to the rig, or says nothing.
   */
  readonly substituteFor?: string;
}

/** The commands that telemetry is made of, in order of worth. */
export const REPORTS: readonly Report[] = [
  { command: "summary", isStatic: false },
  { command: "devs", isStatic: false },
  { command: "pools", isStatic: false },
  // Antminers have their chains, fans and model there, Avalons all but shares.
  { command: "stats", isStatic: false },
  { command: "version", isStatic: true },
  // BOSminer says its model nowhere else.
  { command: "devdetails", isStatic: true },
  // BOSminer's devs and stats carry neither temperatures nor fans.
  { command: "temps", isStatic: false },
  { command: "fans", isStatic: false },
  // LuxOS says its power nowhere else.
  { command: "power", isStatic: false },
  // HonorKnight and WhatsMiner M31S were recorded with it alone.
  { command: "edevs", isStatic: false, substituteFor: "devs" },
  { command: "estats", isStatic: false, substituteFor: "stats" },
];
