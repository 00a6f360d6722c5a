/**
 * IP addresses and networks: read, written and compared. Every address is 16
 * bytes, IPv4 as v4-mapped IPv6 (`::ffff:a.b.c.d`), as cgminer keeps them, so
 * that `127.0.0.1` and `::ffff:127.0.0.1` are one address.
 *
 * Networks are written as in cgminer's `--api-allow` (`api.c`,
 * `setup_ipaccess`): `192.168.1.0/24`, short forms such as `192.168/16`, IPv6
 * in brackets, and `0/0` for every address there is.
 *
 * @example
 * ```ts
 * import { matchNetwork, parseIpAddress, parseNetwork } from "./ip_address.ts";
 *
 * const network = parseNetwork("192.168/16");
 * const address = parseIpAddress("::ffff:192.168.1.7");
 * console.log(network.text); // "192.168.0.0/16"
 * console.log(address && matchNetwork(network, address)); // true
 * ```
 *
 * @module
 */

import { quoteText } from "../../rpc/errors.ts";

/** A network: all addresses that begin with the same bits. */
export interface Network {
  /** The 16 bytes of its first address; those past `bits` are zero. */
  readonly bytes: Uint8Array;
  /** How many leading bits count, of the 128: 0 to 128; `/24` of IPv4 is 120. */
  readonly bits: number;
  /**
   * It, in full, as {@linkcode parseNetwork} reads it: `192.168.0.0/16`,
   * `[fd00::]/8`, `0/0`; no bits for a single address.
   */
  readonly text: string;
}

const V4_BITS = 96;
const V4_EXAMPLE = "such as 192.168.1.0/24 or 192.168/16";
const V6_EXAMPLE = "such as [fd00::1] or [fd00::]/8";

/** Longer than any address with a zone; keeps hostile text cheap. */
const MAX_ADDRESS_LENGTH = 128;

/**
 * Reads an IP address: dotted IPv4, or IPv6 as in RFC 4291 section 2.2, with
 * `::` and an embedded IPv4 address. A zone (`fe80::1%eth0`, RFC 4007) is left
 * out. Strict otherwise: no brackets, port, spaces, short forms, or leading
 * zeros in IPv4 (`010` is 8 to some and 10 to others).
 *
 * @param text The address.
 * @returns Its 16 bytes, IPv4 as v4-mapped; undefined if it is no address.
 */
export function parseIpAddress(text: string): Uint8Array | undefined {
  if (text.length > MAX_ADDRESS_LENGTH) return undefined;
  if (!text.includes(":")) return parseIpv4(text);
  const [, address] = /^([^%]*)(?:%[\w.~:@+-]+)?$/.exec(text) ?? [];
  return address === undefined ? undefined : parseIpv6(address);
}

/**
 * Writes an IP address as people do: v4-mapped as dotted IPv4, all else as in
 * RFC 5952 (lower case, the longest run of zeros as `::`).
 *
 * @param bytes The 16 bytes of an address.
 * @returns Its text, without brackets, which `parseIpAddress` reads back.
 */
export function formatIpAddress(bytes: Uint8Array): string {
  if (isV4Mapped(bytes)) return bytes.subarray(12, 16).join(".");
  const groups = Array.from(
    { length: 8 },
    (_, i) => (bytes[2 * i] ?? 0) << 8 | (bytes[2 * i + 1] ?? 0),
  );
  let start = 0;
  let length = 0;
  for (let from = 0; from < 8; from++) {
    let to = from;
    while (groups[to] === 0) to++;
    if (to - from > length) [start, length] = [from, to - from];
  }
  const hex = groups.map((group) => group.toString(16));
  // A single zero group is written as 0 (RFC 5952, section 4.2.2).
  if (length < 2) return hex.join(":");
  const tail = hex.slice(start + length).join(":");
  return `${hex.slice(0, start).join(":")}::${tail}`;
}

/**
 * What clients are counted by: an IPv4 address, and the network (`/64`) of an
 * IPv6 one, as who has one of its addresses has all of them (RFC 6177).
 *
 * @param address A client's address, as the server or a trusted proxy tells it;
 * absent: unknown.
 * @returns The same text for the addresses that count as one client: `""` for
 * all of unknown address, and what is no address as it is.
 */
export function toClientKey(address: string | undefined): string {
  const bytes = address === undefined ? undefined : parseIpAddress(address);
  if (bytes === undefined) return address ?? "";
  if (isV4Mapped(bytes)) return formatIpAddress(bytes);
  return bytes.subarray(0, 8).join();
}

/**
 * Reads a network in cgminer's writing.
 *
 * - IPv4, missing parts filled up with `.0`: `192.168.1.0/24`, `192.168/16`,
 *   `127/8`. Bits are 1 to 32; without them it is one address, so `10.0` is
 *   10.0.0.0 and nothing else.
 * - IPv6 in brackets: `[fd00::1]`, `[fd00::]/8`, bits 0 to 128, no zone.
 * - `0/0`: every address, IPv6 included; `[::]/0` is the same. All of IPv4 is
 *   `0.0.0.0/0`, which cgminer has not. No other IPv4 address takes `/0`.
 *
 * Bits of the address past the mask are dropped: `192.168.1.5/24` is
 * `192.168.1.0/24`.
 *
 * @param text The network, without a group and without spaces.
 * @returns It.
 * @throws {TypeError} One line that quotes the text and says what is right.
 */
export function parseNetwork(text: string): Network {
  if (text === "0/0") return makeNetwork(new Uint8Array(16), 0);
  const slash = text.indexOf("/");
  const address = slash < 0 ? text : text.slice(0, slash);
  const bits = slash < 0 ? undefined : text.slice(slash + 1);
  return address.startsWith("[")
    ? parseIpv6Network(text, address, bits)
    : parseIpv4Network(text, address, bits);
}

/**
 * Whether an address is in a network.
 *
 * @param network The network.
 * @param address The 16 bytes of the address; any other number is in none.
 * @returns True if it is.
 */
export function matchNetwork(network: Network, address: Uint8Array): boolean {
  if (address.length !== 16) return false;
  const { bytes, bits } = network;
  const whole = bits >> 3;
  for (let i = 0; i < whole; i++) {
    if (address[i] !== bytes[i]) return false;
  }
  const rest = bits & 7;
  if (rest === 0) return true;
  const mask = 0xff << (8 - rest) & 0xff;
  return ((address[whole] ?? 0) & mask) === bytes[whole];
}

function isV4Mapped(bytes: Uint8Array): boolean {
  return bytes[10] === 0xff && bytes[11] === 0xff &&
    bytes.subarray(0, 10).every((byte) => byte === 0);
}

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split(".", 5);
  if (parts.length !== 4) return undefined;
  const bytes = new Uint8Array(16);
  bytes[10] = bytes[11] = 0xff;
  for (const [i, part] of parts.entries()) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) {
      return undefined;
    }
    bytes[12 + i] = Number(part);
  }
  return bytes;
}

function parseIpv6(text: string): Uint8Array | undefined {
  const [before = "", after, more] = text.split("::", 3);
  if (more !== undefined) return undefined;
  // An embedded IPv4 address is the end of an address, never its middle.
  const head = parseGroups(before, after === undefined);
  const tail = parseGroups(after ?? "", true);
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  // `::` stands for at least one group; without it all eight are written.
  if (after === undefined ? missing !== 0 : missing < 1) return undefined;
  const bytes = new Uint8Array(16);
  for (const [i, group] of head.entries()) setGroup(bytes, i, group);
  for (const [i, group] of tail.entries()) {
    setGroup(bytes, head.length + missing + i, group);
  }
  return bytes;
}

/** The 16-bit groups of one side of `::`; a dotted end counts as two. */
function parseGroups(
  text: string,
  mayEndDotted: boolean,
): number[] | undefined {
  if (text === "") return [];
  const parts = text.split(":");
  const end = parts.at(-1) ?? "";
  const dotted = mayEndDotted ? parseIpv4(end)?.subarray(12) : undefined;
  if (dotted !== undefined) parts.pop();
  if (!parts.every((part) => /^[0-9A-Fa-f]{1,4}$/.test(part))) return undefined;
  const groups = parts.map((part) => parseInt(part, 16));
  const [a = 0, b = 0, c = 0, d = 0] = dotted ?? [];
  return dotted === undefined ? groups : [...groups, a << 8 | b, c << 8 | d];
}

function setGroup(bytes: Uint8Array, index: number, group: number): void {
  bytes[2 * index] = group >> 8;
  bytes[2 * index + 1] = group & 0xff;
}

function parseIpv4Network(
  text: string,
  address: string,
  bitsText: string | undefined,
): Network {
  if (address.includes(":")) {
    throw toError(text, `IPv6 stands in brackets, ${V6_EXAMPLE}`);
  }
  const dots = address.split(".").length - 1;
  const bytes = parseIpv4(address + ".0".repeat(Math.max(0, 3 - dots)));
  if (bytes === undefined) {
    throw toError(
      text,
      `not an IPv4 address: one to four numbers from 0 to 255, ${V4_EXAMPLE}`,
    );
  }
  if (bitsText === undefined) return makeNetwork(bytes, 128);
  const bits = parseBits(bitsText);
  if (bits === 0 && address === "0.0.0.0") return makeNetwork(bytes, V4_BITS);
  if (bits === undefined || bits < 1 || bits > 32) {
    throw toError(
      text,
      "after / stand 1 to 32 bits for IPv4; " +
        "every address is 0/0, all of IPv4 is 0.0.0.0/0",
    );
  }
  return makeNetwork(bytes, V4_BITS + bits);
}

function parseIpv6Network(
  text: string,
  address: string,
  bitsText: string | undefined,
): Network {
  const inner = address.slice(1, -1);
  // A zone would have to be left out, and the network be wider than it reads.
  const bytes = address.endsWith("]") ? parseIpv6(inner) : undefined;
  if (bytes === undefined) {
    throw toError(
      text,
      `not an IPv6 address in brackets, without a zone, ${V6_EXAMPLE}`,
    );
  }
  const bits = bitsText === undefined ? 128 : parseBits(bitsText);
  if (bits === undefined || bits > 128) {
    throw toError(text, "after / stand 0 to 128 bits for IPv6");
  }
  return makeNetwork(bytes, bits);
}

function parseBits(text: string): number | undefined {
  return /^(?:0|[1-9]\d{0,2})$/.test(text) ? Number(text) : undefined;
}

function makeNetwork(address: Uint8Array, bits: number): Network {
  const bytes = address.map((byte, i) => {
    const count = Math.min(8, Math.max(0, bits - 8 * i));
    return byte & (0xff << (8 - count));
  });
  return { bytes, bits, text: formatNetwork(bytes, bits) };
}

function formatNetwork(bytes: Uint8Array, bits: number): string {
  if (bits === 0) return "0/0";
  const address = formatIpAddress(bytes);
  const isV4 = isV4Mapped(bytes);
  const suffix = bits === 128 ? "" : `/${isV4 ? bits - V4_BITS : bits}`;
  return `${isV4 ? address : `[${address}]`}${suffix}`;
}

function toError(text: string, reason: string): TypeError {
  return new TypeError(`${quoteText(text)}: ${reason}`);
}
