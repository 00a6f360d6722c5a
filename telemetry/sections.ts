/**
 * Finds the objects that a reply reports: those of its `SUMMARY`, `STATS`,
 * `POOLS`, … in any of the shapes that miners give them. Pure.
 *
 * @example
 * ```ts
 * import { findSections } from "./sections.ts";
 *
 * const reply = { STATUS: [{ STATUS: "S" }], SUMMARY: [{ Elapsed: 60 }], id: 1 };
 * console.log(findSections(reply, "SUMMARY")); // [{ Elapsed: 60 }]
 * ```
 *
 * @module
 */

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
 * @param reply The parsed reply of one command, of whatever shape.
 * @param name The section's name: `"SUMMARY"`.
 * @returns Its objects in their order; none where there is no such section, or
 * where the reply's STATUS is an error (`E`, `F`).
 */
export function findSections(reply: unknown, name: string): Members[] {
  return isMembers(reply) ? findIn(cutMembers(reply), name) : [];
}

function findIn(reply: Members, name: string): Members[] {
  const { letter } = readStatus(reply);
  if (letter === "E" || letter === "F") return [];
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
  // Old Innosilicon numbers its sections: `STATS0`, `STATS1`; `POOL0`, `POOL1`.
  const stem = wanted.replace(/s$/, "");
  return Object.entries(reply)
    .filter(([key]) => {
      const found = key.toLowerCase();
      const unnumbered = found.replace(/\d+$/, "").replace(/s$/, "");
      return found === wanted || (/\d$/.test(found) && unnumbered === stem);
    })
    .flatMap(([, section]) => listMembers(section))
    .slice(0, MAX_SECTIONS);
}

function listMembers(section: unknown): Members[] {
  const objects = Array.isArray(section)
    ? section.slice(0, MAX_SECTIONS)
    : [section];
  return objects.filter(isMembers).map(prepareMembers);
}

/** What was prepared already: each reply is looked into a dozen times. */
const prepared = new WeakMap<Members, Members>();
const cut = new WeakMap<Members, Members>();

function prepareMembers(members: Members): Members {
  const known = prepared.get(members);
  if (known !== undefined) return known;
  const result = unfoldMembers(cutMembers(members));
  prepared.set(members, result);
  return result;
}

/** The object itself, or if that has too many members, the first of them. */
function cutMembers(members: Members): Members {
  const known = cut.get(members);
  if (known !== undefined) return known;
  const names = Object.keys(members);
  const result: Record<string, unknown> = Object.create(null);
  if (names.length > MAX_MEMBERS) {
    for (const name of names.slice(0, MAX_MEMBERS)) {
      result[name] = members[name];
    }
  }
  const bounded = names.length > MAX_MEMBERS ? result : members;
  cut.set(members, bounded);
  return bounded;
}

/** Members with the content of JSON texts among them; own names go first. */
function unfoldMembers(members: Members): Members {
  const contents = Object.values(members).flatMap(parseEmbedded);
  return contents.length === 0
    ? members
    : Object.assign(Object.create(null), ...contents, members);
}

function parseEmbedded(value: unknown): Members[] {
  if (typeof value !== "string" || value.length > MAX_EMBEDDED_LENGTH) {
    return [];
  }
  if (!/^\s*\{\s*"/.test(value)) return [];
  try {
    const content: unknown = JSON.parse(value);
    return isMembers(content) ? [content] : [];
  } catch {
    return []; // A text that only looks like JSON: `{"X0=58`.
  }
}
