/**
 * From a URL to what it means: a command for a rig, or one of the gateway's own
 * pages. Pure.
 *
 * A path is split on `/` before it is percent-decoded, and each part is decoded
 * once, so both `/addpool/stratum+tcp://pool:3333,user,pass` and
 * `/addpool/stratum%2Btcp%3A%2F%2Fpool%3A3333,user,pass` mean the same. A `+`
 * is a plus sign. The query never becomes part of a command.
 *
 * @example
 * ```ts
 * import { toRequest } from "./routes.ts";
 *
 * console.log(toRequest("http://gateway:8080/summary+pools"));
 * // { command: "summary+pools" }
 * console.log(toRequest("/@garage/switchpool/1"));
 * // { rig: "garage", command: "switchpool", parameter: "1" }
 * ```
 *
 * @module
 */

import type { RigRequest } from "./rpc.ts";
import { RequestError } from "./rpc/errors.ts";

/** What `/` asks. */
export const ROOT_COMMAND = "summary+devs";

/** A URL that means a question to a rig, or to all of them. */
export interface RigRoute {
  readonly kind: "rig";
  /**
   * What stands after `@`: a rig's name, `all`, or a tag as `site:barn`;
   * absent: the default rig.
   */
  readonly rig?: string;
  /** Whether it is a rig's root, where a command may come in a POST body. */
  readonly isRoot: boolean;
  /** What to ask. */
  readonly request: RigRequest;
  /** What the query says. */
  readonly query: RouteQuery;
}

/** A URL of the gateway itself; it never reaches a rig. */
export interface OwnRoute {
  readonly kind: "own";
  /** The path without its first slash, decoded: `metrics`, `-/healthz`. */
  readonly page: string;
  /** The query as it stands there, without its `?`. */
  readonly query: string;
}

/** What a URL means. */
export type Route = RigRoute | OwnRoute;

/** The keys of a query that are known; all others are ignored. */
export interface RouteQuery {
  /** `pretty`: indent the reply by 4. */
  readonly isPretty: boolean;
  /** `raw`: the rig's own bytes. */
  readonly isRaw: boolean;
  /** `interval`: seconds between the events of a live stream, as they stand. */
  readonly interval?: string;
}

const PLAIN_QUERY: RouteQuery = { isPretty: false, isRaw: false };

/** First parts of a path that are the gateway's own, whatever follows. */
const OWN_PAGES: ReadonlySet<string> = new Set([
  "-",
  "favicon.ico",
  "metrics",
  "probe",
]);

/**
 * Reads a request target.
 *
 * @param target Path and query as they stand in the request line.
 * @returns What it means.
 * @throws {RequestError} If an escape is malformed or not UTF-8.
 */
export function parseTarget(target: string): Route {
  const queryAt = target.indexOf("?");
  const path = queryAt === -1 ? target : target.slice(0, queryAt);
  const queryText = queryAt === -1 ? "" : target.slice(queryAt + 1);
  const parts = path.split("/").slice(1).map(decodePart);
  const first = parts[0] ?? "";
  if (OWN_PAGES.has(first)) {
    return { kind: "own", page: parts.join("/"), query: queryText };
  }
  const rig = first.startsWith("@") ? first.slice(1) : undefined;
  const [command = "", ...rest] = rig === undefined ? parts : parts.slice(1);
  const parameter = rest.join("/");
  const isRoot = command === "" && parameter === "";
  return {
    kind: "rig",
    ...(rig === undefined ? {} : { rig }),
    isRoot,
    request: isRoot
      ? { command: ROOT_COMMAND }
      : { command, ...(parameter === "" ? {} : { parameter }) },
    query: queryAt === -1 ? PLAIN_QUERY : parseQuery(queryText),
  };
}

/**
 * The route function: what a URL of the gateway asks of a rig.
 *
 * @param url A whole URL, or its path (from its first slash on) and query. What
 * stands after a `#` is for browsers, and left out.
 * @returns Command and parameter, and the rig's name where the URL gives one.
 * @throws {RequestError} If it is neither, an escape is malformed, or the URL is
 * one of the gateway's own pages and asks no rig.
 */
export function toRequest(url: string | URL): RigRequest & { rig?: string } {
  const [text = ""] = String(url).split("#", 1);
  const isWhole = /^https?:\/\/[^/?]/i.test(text);
  if (!isWhole && !text.startsWith("/")) {
    throw new RequestError(
      `"${
        text.slice(0, 80)
      }" is neither a whole URL nor a path: begin it with http:// or with /`,
    );
  }
  const route = parseTarget(isWhole ? readTarget(text) : text);
  if (route.kind === "own") {
    throw new RequestError(
      `/${route.page} is the gateway's own: it asks no rig`,
    );
  }
  const { rig, request } = route;
  return rig === undefined ? request : { rig, ...request };
}

/**
 * Takes path and query from a URL, as they stand there: dot segments and
 * escapes untouched, which `URL` would rewrite.
 *
 * @param url A whole `http:` or `https:` URL.
 * @returns The target; with `/` for a path where the URL has none.
 */
export function readTarget(url: string): string {
  const rest = url.slice(url.indexOf("://") + 3);
  const at = rest.search(/[/?]/);
  if (at === -1) return "/";
  return rest[at] === "/" ? rest.slice(at) : "/" + rest.slice(at);
}

/**
 * Takes off the path below which a gateway is mounted.
 *
 * @param target Path and query as they stand in the request line.
 * @param prefix That path without its last slash, as `/miners`; `""`: none.
 * @returns The target below it: `/summary` for `/miners/summary`, and `/` for
 * `/miners`; undefined for what does not stand below it.
 */
export function stripPrefix(
  target: string,
  prefix: string,
): string | undefined {
  if (!target.startsWith(prefix)) return undefined;
  const rest = target.slice(prefix.length);
  if (rest === "" || rest.startsWith("?")) return `/${rest}`;
  return rest.startsWith("/") ? rest : undefined;
}

function decodePart(part: string): string {
  if (!part.includes("%")) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    throw new RequestError(
      `"${
        part.slice(0, 80)
      }" holds a percent-escape that is malformed or not UTF-8`,
    );
  }
}

/**
 * Reads the keys of a query that are known.
 *
 * @param text The query, without its `?`.
 * @returns What they say.
 */
export function parseQuery(text: string): RouteQuery {
  const query = new URLSearchParams(text);
  const isOn = (key: string) => {
    const value = query.get(key);
    return value !== null && value !== "0" && value !== "false";
  };
  const interval = query.get("interval");
  return {
    isPretty: isOn("pretty"),
    isRaw: isOn("raw"),
    ...(interval === null ? {} : { interval }),
  };
}
