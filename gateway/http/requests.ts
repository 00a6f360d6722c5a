/**
 * What a request is, before anybody asks what it wants: a method that its URL
 * has, a Host that is one, and what it prefers.
 *
 * @module
 */

import { accepts } from "jsr:@std/http@1/negotiation";
import type { Route } from "../../routes.ts";
import { isReadRequest, type RigRequest } from "../../rpc.ts";
import { Problem } from "./problems.ts";

/**
 * What a server knows of the connection, as `Deno.serve` says it. Another one's
 * program says it itself, on Node `{ remoteAddr: { hostname:
 * request.socket.remoteAddress } }`. A client without an address is unknown to
 * the guard.
 */
export interface ConnectionInfo {
  /** Where the request came from: an IP address, and what it came by. */
  readonly remoteAddr?: {
    readonly hostname?: string | undefined;
    readonly transport?: string;
    readonly port?: number;
    readonly path?: string | null;
  } | undefined;
}

/**
 * Finds the host that a request asks for. HTTP/2, which browsers speak over
 * TLS, has `:authority` instead of a Host header, and Deno tells it in the URL
 * alone.
 *
 * @param request The request.
 * @returns Host and port as they were sent; null for HTTP/1.0 without Host.
 */
export function readHost({ url, headers }: Request): string | null {
  const host = headers.get("host");
  if (host !== null || !url.startsWith("https://")) return host;
  return /^https:\/\/([^/?#]*)/.exec(url)?.[1] ?? null;
}

/** The longest header that is read, all lines of one name together. */
const MAX_HEADER_LENGTH = 8192;

/**
 * Refuses a header that is longer than any that a client has reason to send.
 * Attack: 60 KB in `Accept`, or in whatever else is taken apart, so that one
 * request costs as much as thousands. Cookies are not read here, and those of
 * all ports of a name come together.
 *
 * @param headers The request's.
 * @returns Whether one of them names the client for whom a proxy asks.
 * @throws {Problem} `bad-request`.
 */
export function checkHeaders(headers: Headers): boolean {
  let isForwarded = false;
  for (const [name, value] of headers) {
    if (name === "x-forwarded-for" || name === "forwarded") isForwarded = true;
    if (value.length <= MAX_HEADER_LENGTH || name === "cookie") continue;
    throw new Problem(
      "bad-request",
      `The header ${name.slice(0, 64)} has ${value.length} characters, and ` +
        `${MAX_HEADER_LENGTH} is the most`,
    );
  }
  return isForwarded;
}

/**
 * Refuses a Host that is no authority. Attack: the server puts Host before the
 * path to make the URL, so `Host: x/quit` would turn `GET /summary` into
 * `/quit/summary`.
 *
 * @param host The Host header.
 * @throws {Problem} `bad-request`.
 */
export function checkHostHeader(host: string | null): void {
  if (host === null || /^[A-Za-z0-9._~:[\]%-]*$/.test(host)) return;
  throw new Problem("bad-request", "The Host header is not a host and a port");
}

const READ_METHODS = ["GET", "HEAD", "OPTIONS"];
const RIG_METHODS = ["GET", "HEAD", "POST", "OPTIONS"];

/**
 * Refuses a method that a URL does not have.
 *
 * @param method The method.
 * @param route What the URL means.
 * @returns The methods that it has.
 * @throws {Problem} `method-not-allowed`.
 */
export function checkMethod(method: string, route: Route): readonly string[] {
  const methods = route.kind === "own" ? READ_METHODS : RIG_METHODS;
  if (methods.includes(method)) return methods;
  const allow = methods.join(", ");
  throw new Problem(
    "method-not-allowed",
    `${method} is not allowed here, only ${allow}`,
    { headers: { allow } },
  );
}

/**
 * Refuses a HEAD that may change a rig: link checkers and previews send them.
 *
 * @param method The method.
 * @param question What is asked.
 * @throws {Problem} `method-not-allowed`.
 */
export function checkHead(method: string, question: RigRequest): void {
  if (method !== "HEAD" || isReadRequest(question)) return;
  throw new Problem(
    "method-not-allowed",
    `HEAD is not allowed for "${question.command}", which may change the rig`,
    { headers: { allow: "GET, POST, OPTIONS" }, hint: "Use POST" },
  );
}

/**
 * Whether a page is wanted rather than JSON.
 *
 * @param request The request.
 * @returns True if `Accept` puts `text/html` first.
 */
export function prefersHtml(request: Request): boolean {
  const accept = request.headers.get("accept");
  if (request.method === "POST" || accept === null || !/text\//i.test(accept)) {
    return false;
  }
  return accepts(request, "application/json", "text/html") === "text/html";
}

/**
 * Whether a browser opens it in a tab, and not a script or another page's part.
 *
 * @param request The request.
 * @returns True if it says so; pages cannot forge that (Fetch Metadata).
 */
export function isNavigation({ headers }: Request): boolean {
  return headers.get("sec-fetch-mode") === "navigate";
}

/**
 * How a request wants to be handled: `Prefer: handling=strict` (RFC 7240) shows
 * a rig's own errors in the status, `handling=lenient` sends what is known to
 * crash a miner.
 *
 * @param request The request.
 * @returns Which of the two it says first; undefined if neither.
 */
export function readHandling(
  { headers }: Request,
): "strict" | "lenient" | undefined {
  const prefer = headers.get("prefer");
  if (prefer === null) return undefined;
  const [, handling] = HANDLING.exec(prefer) ?? [];
  return handling?.toLowerCase() as "strict" | "lenient" | undefined;
}

const HANDLING =
  /(?:^|[,;])\s*handling\s*=\s*"?(strict|lenient)"?\s*(?:[,;]|$)/i;
