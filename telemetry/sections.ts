/**
 * Finds the objects that a reply reports: those of its `SUMMARY`, `STATS`,
 * `POOLS`, … in any of the shapes that miners give them. Pure.
 *
 * @module
 */

import { isTooDeep } from "../rpc/nesting.ts";
import { readStatus } from "../rpc/replies.ts";

/** An object of a reply: its members by name. */
export type Members = Readonly<Record<string, unknown>>;

/** The most objects that a section has; a rig has some dozens. */
const MAX_SECTIONS = 1000;

/** The most members that an object has: 835 in whatsminer/m3/stats.json. */
const MAX_MEMBERS = 4096;

/** The longest text that is looked at for JSON, in UTF-16 code units. */
const MAX_EMBEDDED_LENGTH = 65_536;

/**
 * Says whether a value is an object with members: no array, not null.
 *
 * @param value Any value of a reply.
 * @returns Whether it is.
 */
export function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Finds the objects under a section's name, in capitals or not, and under that
 * name with numbers (`POOL0`, `POOL1`).
 *
 * A member that is JSON in a text is unfolded: a Spondoolies SP36 says all
 * under `"json-stats":"{\"fan-percent\":100,…}"`.
 *
 * Of a reply beyond all measure only so much is read that it costs no time:
 * 1000 objects, and 4096 members of each.
 *
 * A flat WhatsMiner reply (`{"STATUS":"S","Msg":{…}}`) names no section: its
 * `Msg` is the section of the command that was asked, so ask for no other.
 *
 * Each call goes through the reply anew; whoever asks more than once of the
 * same replies has `report_sections.ts`.
 *
 * @param reply The parsed reply of one command, of whatever shape.
 * @param name The section's name: `"SUMMARY"`.
 * @returns Its objects in their order; none where there is no such section, or
 * where the reply's STATUS is an error (`E`, `F`).
 */
export function findSections(reply: unknown, name: string): Members[] {
  const members = cutReply(reply);
  return members === undefined ? [] : findIn(members, name);
}

/**
 * Cuts a reply to so many members as are read.
 *
 * @param reply The parsed reply of one command, of whatever shape.
 * @returns The same object; with too many members, one of the first 4096;
 * undefined if it is no object, or its STATUS is an error.
 */
export function cutReply(reply: unknown): Members | undefined {
  if (!isMembers(reply)) return undefined;
  const cut = cutMembers(reply);
  const { letter } = readStatus(cut);
  return letter === "E" || letter === "F" ? undefined : cut;
}

/**
 * Finds what {@linkcode findSections} does.
 *
 * @param reply What {@linkcode cutReply} gave.
 * @param name The section's name: `"SUMMARY"`.
 * @returns Its objects in their order.
 */
export function findIn(reply: Members, name: string): Members[] {
  const named = findNamed(reply, name);
  if (named.length > 0) return named;
  const message = typeof reply["STATUS"] === "string"
    ? reply["Msg"]
    : undefined;
  const inMessage = isMembers(message) ? findNamed(message, name) : [];
  return inMessage.length > 0 ? inMessage : listMembers(message);
}

function findNamed(reply: Members, name: string): Members[] {
  const wanted = name.toLowerCase();
  const found: Members[] = [];
  for (const key of Object.keys(reply)) {
    if (!isNamed(key.toLowerCase(), wanted)) continue;
    found.push(...listMembers(reply[key]));
    if (found.length >= MAX_SECTIONS) return found.slice(0, MAX_SECTIONS);
  }
  return found;
}

/** Old Innosilicon numbers its sections: `STATS0`, `STATS1`; `POOL0`. */
function isNamed(found: string, wanted: string): boolean {
  if (found === wanted) return true;
  if (found[0] !== wanted[0]) return false;
  return cutPlural(cutDigits(found)) === cutPlural(wanted);
}

/**
 * Cuts the number at the end of a section's name. A real one has a few digits,
 * and a pattern would cost a key of nothing but digits its length squared.
 */
function cutDigits(name: string): string {
  const digits = /\d{1,9}$/.exec(name.slice(-9))?.[0] ?? "";
  return name.slice(0, name.length - digits.length);
}

function cutPlural(name: string): string {
  return name.replace(/s$/, "");
}

function listMembers(section: unknown): Members[] {
  const objects = Array.isArray(section)
    ? section.slice(0, MAX_SECTIONS)
    : [section];
  return objects.filter(isMembers).map(prepareMembers);
}

/** The object itself, or if that has too many members, the first of them. */
function cutMembers(members: Members, names = Object.keys(members)): Members {
  if (names.length <= MAX_MEMBERS) return members;
  const result: Record<string, unknown> = Object.create(null);
  for (const name of names.slice(0, MAX_MEMBERS)) result[name] = members[name];
  return result;
}

/** Members with the content of JSON texts among them; own names go first. */
function prepareMembers(members: Members): Members {
  const names = Object.keys(members);
  const cut = cutMembers(members, names);
  const contents: Members[] = [];
  for (const name of names) {
    const content = parseEmbedded(cut[name]);
    if (content !== undefined) contents.push(content);
  }
  return contents.length === 0
    ? cut
    : Object.assign(Object.create(null), ...contents, cut);
}

function parseEmbedded(value: unknown): Members | undefined {
  if (typeof value !== "string" || !value.includes("{")) return undefined;
  if (value.length > MAX_EMBEDDED_LENGTH) return undefined;
  if (!/^\s*\{\s*"/.test(value) || isTooDeep(value)) return undefined;
  try {
    const content: unknown = JSON.parse(value);
    return isMembers(content) ? content : undefined;
  } catch {
    return undefined; // A text that only looks like JSON: `{"X0=58`.
  }
}
