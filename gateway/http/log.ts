/**
 * The request log: one line a request, with nothing secret in it. Pure.
 *
 * The parameter of a command outside group R is written `…`: `addpool` carries
 * passwords. So is what follows anything that is not understood. Queries and
 * headers are not written at all.
 *
 * @example
 * ```ts
 * import { formatLogLine } from "./log.ts";
 *
 * console.log(formatLogLine({
 *   time: new Date(0),
 *   address: "192.168.1.5",
 *   group: "W",
 *   method: "GET",
 *   path: "/addpool/stratum+tcp://pool:3333,user,secret",
 *   status: 200,
 *   durationMs: 1.25,
 *   rig: "garage",
 * }, "text"));
 * // 1970-01-01T00:00:00.000Z 192.168.1.5 W GET /addpool/… 200 1.3ms garage
 * ```
 *
 * @module
 */

import { parseTarget } from "../../routes.ts";
import { COMMAND_BY_NAME, isReadCommand } from "../../rpc/commands.ts";
import type { RouteName } from "./route_names.ts";

/** What a page of the gateway's own looks like, whether there is one or not. */
const OWN_PAGE = /^(?:-\/(?:assets\/)?[a-z._]+|-\/rigs\/[\w.-]{1,64}|[a-z.]+)$/;

// A line has at most 2 KiB, whatever a client sends: these, and what has a
// bound by itself.
const MAX_PATH_BYTES = 1024;
const MAX_COMMAND_BYTES = 256;
const MAX_RIG_BYTES = 256;
const MAX_ADDRESS_BYTES = 64;
const MAX_WORD_BYTES = 32;

/** How the log is written. */
export type LogFormat = "text" | "json" | "off";

/** One request, after it was answered. */
export interface LogEntry {
  /** When it was answered. */
  readonly time: Date;
  /** The client's address; absent where the server does not tell it. */
  readonly address?: string | undefined;
  /** The group whose rights were used; absent where it had none. */
  readonly group?: string | undefined;
  /** The HTTP method. */
  readonly method: string;
  /** The path as it came; it is made safe on writing. */
  readonly path: string;
  /**
   * What kind of URL it was, if that was known; not written.
   *
   * @internal
   */
  readonly route?: RouteName | undefined;
  /** The command of a POST body. */
  readonly command?: string | undefined;
  /** Status of the response; 499 for a client that went away. */
  readonly status: number;
  /** From arrival to the response's head, in milliseconds. */
  readonly durationMs: number;
  /** The rig that was asked, if it came that far. */
  readonly rig?: string | undefined;
  /** Code of the problem, if it was one. */
  readonly problem?: string | undefined;
}

/**
 * Writes a line of the log.
 *
 * @param entry The request.
 * @param format `text` or `json`.
 * @returns The line, without its newline; of printable ASCII and `…` alone, and
 * of at most 2 KiB.
 */
export function formatLogLine(
  entry: LogEntry,
  format: Exclude<LogFormat, "off">,
): string {
  const line = {
    time: entry.time.toISOString(),
    address: cutText(entry.address ?? "-", MAX_ADDRESS_BYTES),
    group: cutText(entry.group ?? "-", MAX_WORD_BYTES),
    method: cutText(entry.method, MAX_WORD_BYTES),
    path: recallPath(entry.path, entry.rig),
    ...(entry.command === undefined
      ? {}
      : { command: redactCommand(entry.command) }),
    status: entry.status,
    ms: Math.round(entry.durationMs * 10) / 10,
    ...(entry.rig === undefined
      ? {}
      : { rig: cutText(entry.rig, MAX_RIG_BYTES) }),
    ...(entry.problem === undefined ? {} : { problem: entry.problem }),
  };
  if (format === "json") return escapeText(JSON.stringify(line));
  const words = [
    line.time,
    line.address,
    line.group,
    line.method,
    line.path,
    ...(line.command === undefined ? [] : [`{${line.command}}`]),
    String(line.status),
    `${line.ms}ms`,
    line.rig ?? "-",
    ...(entry.problem === undefined ? [] : [entry.problem]),
  ];
  return words.map((word) => PLAIN_WORD.test(word) ? word : escapeWord(word))
    .join(" ");
}

/** What nearly all words are: nothing of them is escaped. */
const PLAIN_WORD = /^[!-~]+$/;

function escapeWord(word: string): string {
  return escapeText(word).replaceAll(" ", "\\u0020");
}

/** What is written of paths; the same few are asked for again and again. */
const knownPaths = new Map<string, string>();
const MAX_KNOWN_PATHS = 1000;
const MAX_KNOWN_LENGTH = 256;

function recallPath(path: string, rig: string | undefined): string {
  if (path.length > MAX_KNOWN_LENGTH) return redactPath(path, rig);
  const key = rig === undefined ? path : `${path} ${rig}`;
  const known = knownPaths.get(key);
  if (known !== undefined) return known;
  const written = redactPath(path, rig);
  // Attack: ever other paths, which would fill the memory.
  if (knownPaths.size >= MAX_KNOWN_PATHS) knownPaths.clear();
  knownPaths.set(key, written);
  return written;
}

/**
 * Leaves out of a path what may be secret: all that follows what is understood
 * of it. Attack: a reader of the log, or of the traces, would see a pool's
 * password in a path that was escaped or put together wrongly.
 *
 * @param path A path as it stands in the request line, without its query.
 * @param rig The rig, or the tag, that it was found to mean.
 * @returns The same, of at most 1 KiB; `…` for what follows a command that is not
 * in group R, or a name that no rig can have.
 */
export function redactPath(path: string, rig?: string): string {
  return cutText(redactParts(path, rig), MAX_PATH_BYTES);
}

function redactParts(path: string, rig: string | undefined): string {
  const parts = path.split("/");
  const before = parts.slice(0, 1);
  const [, first = ""] = parts;
  const named = RIG_PART.exec(first);
  if (named !== null) {
    const [known, at, name] = named;
    if (known !== first && !isPartOf(first, rig)) return `/${at}${name}…`;
    before.push(first);
  }
  if (isHarmless(path)) return path;
  const [command = "", ...rest] = parts.slice(before.length);
  const name = redactCommand(command);
  const isCut = name.endsWith("…") || rest.length === 0;
  return [...before, name, ...(isCut ? [] : ["…"])].join("/");
}

/**
 * Leaves out of a command that is not in group R what cannot be a name: people
 * write `addpool|url,user,pass` where they mean a parameter, or `+` for a space.
 *
 * @param command A command as it was asked.
 * @returns The same, of at most 256 bytes; `…` for what follows its name, and
 * those of commands that are joined to it and known.
 */
export function redactCommand(command: string): string {
  if (isReadCommand(command)) return cutText(command, MAX_COMMAND_BYTES);
  const [first = "", ...joined] = command.split("+");
  const [name = ""] = /^[\w-]{0,64}/.exec(first) ?? [];
  if (name !== first) return `${name}…`;
  const unknown = joined.findIndex((part) =>
    part !== "" && !COMMAND_BY_NAME.has(part)
  );
  const shown = unknown === -1
    ? command
    : [first, ...joined.slice(0, unknown), "…"].join("+");
  return cutText(shown, MAX_COMMAND_BYTES);
}

/** What begins a path that names a rig, and as much as can be a rig's name. */
const RIG_PART = /^(@|%40)([\w.-]{0,64})/i;

/** Whether a part of a path is a rig's, or a tag's, whatever its escapes. */
function isPartOf(part: string, rig: string | undefined): boolean {
  try {
    return decodeURIComponent(part) === `@${rig}`;
  } catch {
    return false;
  }
}

function isHarmless(path: string): boolean {
  try {
    const route = parseTarget(path);
    return route.kind === "own"
      ? OWN_PAGE.test(route.page)
      : isReadCommand(route.request.command);
  } catch {
    // Malformed: what it was meant to be is not known, so it may be secret.
    return false;
  }
}

/** Cuts a text, so that no more bytes of it are written: `…` is the last. */
function cutText(text: string, maxBytes: number): string {
  if (MARK_BYTES + text.length * MAX_WRITTEN_BYTES <= maxBytes) return text;
  let bytes = MARK_BYTES;
  for (let at = 0; at < text.length; at++) {
    bytes += countWrittenBytes(text.charCodeAt(at));
    if (bytes > maxBytes) return `${text.slice(0, at)}…`;
  }
  return text;
}

const MARK_BYTES = 3;
const MAX_WRITTEN_BYTES = 6;

/** How long a character is in a line, at most: escaped, or as JSON has it. */
function countWrittenBytes(code: number): number {
  if (code === 0x22 || code === 0x5c) return 2;
  return code > 0x20 && code < 0x7f ? 1 : 6;
}

/** A line stays one line, in any terminal: nothing but printable ASCII. */
function escapeText(text: string): string {
  return text.replace(
    /[^\x20-\x7e…]/g,
    (char) => "\\u" + char.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}
