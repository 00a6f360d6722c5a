/**
 * The reply to a joined command, such as `summary+pools`: a section for each
 * part (`api.c`, `JOIN_CMD`). Pure.
 *
 * @example
 * ```ts
 * import { splitJoinedReply } from "./joined_reply.ts";
 *
 * const reply = { summary: [{ SUMMARY: [{ Elapsed: 60 }] }], id: 1 };
 * console.log(splitJoinedReply(reply, ["summary", "pools"]));
 * // [{ SUMMARY: [{ Elapsed: 60 }] }, undefined]
 * ```
 *
 * @module
 */

/**
 * Takes a joined reply apart.
 *
 * @param reply The reply, parsed, of whatever shape.
 * @param parts The commands that were joined.
 * @returns The reply to each of them, undefined where there is none.
 */
export function splitJoinedReply(
  reply: unknown,
  parts: readonly string[],
): unknown[] {
  return parts.map((part) => findSection(reply, part));
}

function findSection(reply: unknown, command: string): unknown {
  if (typeof reply !== "object" || reply === null) return undefined;
  const section = (reply as Record<string, unknown>)[command];
  return Array.isArray(section) && typeof section[0] === "object"
    ? section[0] ?? undefined
    : undefined;
}
