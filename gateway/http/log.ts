/**
 * The request log: one line a request, with nothing secret in it. Pure.
 *
 * The parameter of a command outside group R is written `…`: `addpool` carries
 * passwords. Queries and headers are not written at all.
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
import { isReadCommand } from "../../rpc/commands.ts";
import type { RouteName } from "../metrics/gateway_families.ts";

/** What a page of the gateway's own looks like, whether there is one or not. */
const OWN_PAGE = /^(?:-\/(?:assets\/)?[a-z._]+|[a-z.]+)$/;

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
 * @returns The line, without its newline; of printable ASCII and `…` alone.
 */
export function formatLogLine(
  entry: LogEntry,
  format: Exclude<LogFormat, "off">,
): string {
  const line = {
    time: entry.time.toISOString(),
    address: entry.address ?? "-",
    group: entry.group ?? "-",
    method: entry.method,
    path: redactPath(entry.path),
    ...(entry.command === undefined
      ? {}
      : { command: redactCommand(entry.command) }),
    status: entry.status,
    ms: Math.round(entry.durationMs * 10) / 10,
    ...(entry.rig === undefined ? {} : { rig: entry.rig }),
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
    line.status,
    `${line.ms}ms`,
    entry.rig ?? "-",
    ...(entry.problem === undefined ? [] : [entry.problem]),
  ];
  return words.map((word) =>
    escapeText(String(word)).replaceAll(" ", "\\u0020")
  )
    .join(" ");
}

/**
 * Leaves out of a path what may be secret.
 *
 * @param path A path as it stands in the request line, without its query.
 * @returns The same; `…` for what follows a command that is not in group R.
 */
export function redactPath(path: string): string {
  if (isHarmless(path)) return path;
  const parts = path.split("/");
  const before = parts.slice(0, isRigPart(parts[1]) ? 2 : 1);
  const [command = "", ...rest] = parts.slice(before.length);
  const name = redactCommand(command);
  const isCut = name.endsWith("…") || rest.length === 0;
  return [...before, name, ...(isCut ? [] : ["…"])].join("/");
}

/**
 * Leaves out of a command that is not in group R what cannot be a name: people
 * write `addpool|url,user,pass` where they mean a parameter.
 *
 * @param command A command as it was asked.
 * @returns The same; `…` for what follows its name.
 */
export function redactCommand(command: string): string {
  if (isReadCommand(command)) return command;
  const [name = ""] = /^[\w+-]*/.exec(command) ?? [];
  return name === command ? command : name + "…";
}

function isRigPart(part: string | undefined): boolean {
  return part?.startsWith("@") === true || /^%40/i.test(part ?? "");
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

/** A line stays one line, in any terminal: nothing but printable ASCII. */
function escapeText(text: string): string {
  return text.replace(
    /[^\x20-\x7e…]/g,
    (char) => "\\u" + char.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}
