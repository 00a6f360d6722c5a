/**
 * What every reply of the API says of itself: its STATUS. Pure.
 *
 * @example
 * ```ts
 * import { readStatus } from "./replies.ts";
 *
 * const reply = { STATUS: [{ STATUS: "S", Code: 11, Msg: "Summary" }], id: 1 };
 * console.log(readStatus(reply)); // { letter: "S", code: 11, isCut: false }
 * ```
 *
 * @module
 */

/** The letters of a STATUS: success, information, warning, error, fatal. */
export type StatusLetter = "S" | "I" | "W" | "E" | "F";

/** What a reply says of itself. */
export interface ReplyStatus {
  /** The letter of the first STATUS; absent where there is none. */
  readonly letter?: StatusLetter;
  /** Its code (`api.c`, `MSG_…`): 11 summary, 14 invalid command, … */
  readonly code?: number;
  /** The miner cut its data short: `"id":0` (`api.c`, `JSON4_TRUNCATED`). */
  readonly isCut: boolean;
}

/** Code of `Invalid command` (`api.c`, `MSG_INVCMD`). */
export const CODE_INVALID_COMMAND = 14;

/** Code of `Access denied` (`api.c`, `MSG_ACCDENY`). */
export const CODE_ACCESS_DENIED = 45;

const LETTERS: ReadonlySet<unknown> = new Set(["S", "I", "W", "E", "F"]);

type Members = Readonly<Record<string, unknown>>;

/**
 * Finds the first STATUS of a reply: its own, or, in a joined one, that of the
 * first section that has one.
 *
 * @param reply The parsed reply, of whatever shape.
 * @returns Letter and code where the reply has them, and whether it was cut.
 */
export function readStatus(reply: unknown): ReplyStatus {
  if (!isMembers(reply)) return { isCut: false };
  const sections = "STATUS" in reply ? [reply] : findSections(reply);
  const isCut = reply["id"] === 0 ||
    sections.some((section) => section["id"] === 0);
  const first = sections.find((section) => "STATUS" in section);
  return { ...readFirstStatus(first), isCut };
}

function readFirstStatus(section: Members | undefined): Partial<ReplyStatus> {
  const status = section?.["STATUS"];
  // An array in cgminer; WhatsMiner puts the members beside it, flat.
  const members = Array.isArray(status) ? status[0] : section;
  if (!isMembers(members)) return {};
  const letter = members["STATUS"];
  const code = members["Code"];
  return {
    ...(LETTERS.has(letter) ? { letter: letter as StatusLetter } : {}),
    ...(Number.isSafeInteger(code) ? { code: code as number } : {}),
  };
}

function findSections(reply: Members): Members[] {
  return Object.values(reply)
    .map((section) => Array.isArray(section) ? section[0] : undefined)
    .filter(isMembers);
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
