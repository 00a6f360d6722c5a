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
 * A flat WhatsMiner reply (`{"STATUS":"S","Msg":{…}}`) names no section: its
 * `Msg` is the section of the command that was asked, so ask for no other.
 *
 * @param reply The parsed reply of one command, of whatever shape.
 * @param name The section's name: `"SUMMARY"`.
 * @returns Its objects in their order; none where there is no such section, or
 * where the reply's STATUS is an error (`E`, `F`).
 */
export function findSections(reply: unknown, name: string): Members[] {
  if (!isMembers(reply)) return [];
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
    .flatMap(([, section]) => listMembers(section));
}

function listMembers(section: unknown): Members[] {
  return (Array.isArray(section) ? section : [section]).filter(isMembers);
}
