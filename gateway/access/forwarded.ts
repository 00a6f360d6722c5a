/**
 * Which client a request comes from when a reverse proxy stands in between:
 * `Forwarded` (RFC 7239) and `X-Forwarded-For`, believed only as far as the
 * proxies that wrote them are trusted.
 *
 * @module
 */

import type { ConnectionInfo } from "../http/requests.ts";
import {
  formatIpAddress,
  matchNetwork,
  type Network,
  parseIpAddress,
} from "./ip_address.ts";

/** What is known of where a request comes from. */
export interface ForwardedRequest {
  /** The address of the other end of the connection. */
  readonly peer: string;
  /** The two headers, all lines of one joined by commas; null if absent. */
  readonly headers: {
    readonly forwarded?: string | null;
    readonly xForwardedFor?: string | null;
  };
  /**
   * The proxies whose word is taken. Whoever is in here can claim any address:
   * name only the proxies, not the network they stand in.
   */
  readonly trusted: readonly Network[];
}

/** One hop of the chain: its address, or undefined if it is not known. */
type Hop = Uint8Array | undefined;

/** The longest header that is read, in characters. */
const MAX_HEADER_LENGTH = 4096;

/**
 * Finds out who sent a request.
 *
 * @param request The request.
 * @param info What the server knows of the connection.
 * @param trusted Proxies whose word is taken.
 * @returns The address; undefined if it is not known.
 */
export function readClientAddress(
  { headers }: Request,
  info: ConnectionInfo | undefined,
  trusted: readonly Network[],
): string | undefined {
  const hostname = info?.remoteAddr?.hostname;
  if (typeof hostname !== "string") return undefined;
  const peer = hostname.replace(/^::ffff:(?=\d+\.)/, "");
  if (trusted.length === 0) return peer;
  return findClientAddress({
    peer,
    headers: {
      forwarded: headers.get("forwarded"),
      xForwardedFor: headers.get("x-forwarded-for"),
    },
    trusted,
  });
}

/**
 * Whether a request came from this machine itself.
 *
 * @param address Who sent it, as far as it is known.
 * @returns True if it did.
 */
export function isLocalAddress(address: string | undefined): boolean {
  return address === "::1" || address?.startsWith("127.") === true;
}

/**
 * Finds the address of the client of a request.
 *
 * A peer that is not trusted is the client, whatever its headers say. Behind a
 * trusted one, hops are walked from the nearest (the right), over all that are
 * trusted: the first that is not is the client, or, if all are trusted, the
 * left-most. Without either header the peer itself is the client.
 *
 * A hop on that way that is no address (`unknown`, `_hidden`, empty, garbage)
 * ends it: the client is unknown. So do a header over 4,096 characters and a
 * `Forwarded` with a quote out of place: there it is not certain what the proxy
 * wrote and what the client did.
 *
 * With both headers, both must lead to the same client, or it is unknown: a
 * proxy mostly writes one and hands on the other as the client sent it, and
 * which one cannot be seen from here.
 *
 * @param request The peer, the headers and who is trusted.
 * @returns The address: of the peer as it came, of others as
 *   `formatIpAddress` writes it, without port or zone. Undefined if unknown.
 *   It never throws.
 */
export function findClientAddress(
  request: ForwardedRequest,
): string | undefined {
  const { peer, trusted } = request;
  const address = parseIpAddress(peer);
  if (address === undefined || !isTrusted(address, trusted)) return peer;
  const { forwarded = null, xForwardedFor = null } = request.headers;
  if (forwarded === null && xForwardedFor === null) return peer;
  const clients = [
    ...forwarded === null ? [] : [readForwarded(forwarded)],
    ...xForwardedFor === null ? [] : [readForwardedFor(xForwardedFor)],
  ].map((hops) => walkHops(hops, trusted));
  return clients.every((client) => client === clients[0])
    ? clients[0]
    : undefined;
}

function isTrusted(address: Uint8Array, trusted: readonly Network[]): boolean {
  return trusted.some((network) => matchNetwork(network, address));
}

function walkHops(
  hops: readonly Hop[],
  trusted: readonly Network[],
): string | undefined {
  const nearest = hops.findLastIndex((hop) =>
    hop === undefined || !isTrusted(hop, trusted)
  );
  const client = hops[Math.max(nearest, 0)];
  return client === undefined ? undefined : formatIpAddress(client);
}

/** `X-Forwarded-For`: addresses; some proxies write ports as well. */
function readForwardedFor(header: string): Hop[] {
  if (header.length > MAX_HEADER_LENGTH) return [];
  return header.split(",").map((part) => {
    const node = trimSpace(part);
    const isBareIpv6 = !node.startsWith("[") &&
      node.indexOf(":") !== node.lastIndexOf(":");
    return isBareIpv6 ? parseIpAddress(node) : parseNode(node);
  });
}

function readForwarded(header: string): Hop[] {
  if (header.length > MAX_HEADER_LENGTH) return [];
  return splitForwarded(header)?.map(readElement) ?? [];
}

/**
 * Splits `Forwarded` into its elements, and each into its pairs.
 *
 * A quote may only open a value and close it, and a backslash only stands
 * inside: a client that sends `for=127.0.0.1;x="` to swallow what its proxy
 * appends then always breaks the whole, since the quotes no longer pair up.
 *
 * @returns Undefined if a quote or backslash is out of place.
 */
function splitForwarded(header: string): string[][] | undefined {
  const afterQuote = /[ \t]*(?:[,;]|$)/y;
  let pairs: string[] = [];
  const elements = [pairs];
  let start = 0;
  let isQuoted = false;
  for (let i = 0; i <= header.length; i++) {
    const char = header[i];
    if (isQuoted) {
      if (char === undefined) return undefined;
      if (char === "\\") i++;
      if (char !== '"') continue;
      isQuoted = false;
      afterQuote.lastIndex = i + 1;
      if (!afterQuote.test(header)) return undefined;
    } else if (char === '"') {
      if (header[i - 1] !== "=") return undefined;
      isQuoted = true;
    } else if (char === "\\") {
      return undefined;
    } else if (char === ";" || char === "," || char === undefined) {
      pairs.push(trimSpace(header.slice(start, i)));
      start = i + 1;
      if (char === ",") elements.push(pairs = []);
    }
  }
  return elements;
}

/** The hop an element names with `for`; it must be well-formed as a whole. */
function readElement(pairs: readonly string[]): Hop {
  const parameters = new Map<string, string>();
  for (const pair of pairs) {
    // RFC 7239, section 4, has [ forwarded-pair ]: it may be missing.
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = pair.slice(0, Math.max(equals, 0)).toLowerCase();
    const value = pair.slice(equals + 1);
    const isValue = value.startsWith('"') || isToken(value);
    if (!isToken(name) || !isValue || parameters.has(name)) return undefined;
    parameters.set(name, value);
  }
  const node = parameters.get("for") ?? "";
  return parseNode(
    node.startsWith('"') ? node.slice(1, -1).replace(/\\(.)/g, "$1") : node,
  );
}

/** Whether it is a token of RFC 9110, section 5.6.2. */
function isToken(text: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text);
}

/** A node of RFC 7239, section 6: IPv4 or [IPv6], with a port or without. */
function parseNode(node: string): Hop {
  const [, ipv6, ipv4 = ""] =
    /^(?:\[([^\]:]*:[^\]]*)\]|([\d.]+))(?::(?:\d{1,5}|_[\w.-]+))?$/.exec(
      node,
    ) ??
      [];
  return parseIpAddress(ipv6 ?? ipv4);
}

/**
 * Leaves out spaces and tabs at both ends, which a pattern does not do in
 * linear time.
 *
 * @param text Any text.
 * @returns What is left of it.
 */
export function trimSpace(text: string): string {
  const isSpace = (i: number): boolean => text[i] === " " || text[i] === "\t";
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(start)) start++;
  while (end > start && isSpace(end - 1)) end--;
  return text.slice(start, end);
}
