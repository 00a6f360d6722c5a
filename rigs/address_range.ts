/**
 * Ranges of IPv4 addresses, as people write them: `10.0.0.10-40`,
 * `10.0.0.10-10.0.1.40`, `10.0.0.0/22`. Pure.
 *
 * @module
 */

import { quoteText } from "../rpc/errors.ts";

/** How many addresses a range may have unless told otherwise: those of a /22. */
export const MAX_RANGE_ADDRESSES = 1024;

const FORMS = "10.0.0.10-40, 10.0.0.10-10.0.1.40 or 10.0.0.0/24";

/**
 * Lists the addresses of a range.
 *
 * Bits past a network's mask are dropped (`10.0.0.7/24` is `10.0.0.0/24`). A
 * network's first and last address, its own and that for broadcast, are left
 * out, except of /31 (RFC 3021) and /32, which have neither. A range by `-` is
 * taken as it stands, both ends included.
 *
 * @param text A range, or a single IPv4 address.
 * @param maxAddresses How many addresses it may have, those left out counted.
 * @returns Its addresses, upwards; undefined for what is written as neither
 * range nor IPv4 address, such as a host name or IPv6.
 * @throws {TypeError} If it is malformed, backwards or too large: one line that
 * quotes it and says what is right.
 */
export function expandRange(
  text: string,
  maxAddresses: number = MAX_RANGE_ADDRESSES,
): string[] | undefined {
  if (!isAddressRange(text)) {
    if (!/^\d+\.[\d.]*$/.test(text)) return undefined;
    parseEnd(text, text);
    return [text];
  }
  const isNetwork = text.includes("/");
  const [first, last] = isNetwork ? parseNetwork(text) : parseSpan(text);
  const count = last - first + 1;
  if (count > maxAddresses) {
    throw toError(
      text,
      `has ${count} addresses, and ${maxAddresses} is the most${
        isNetwork ? `: give /${32 - Math.floor(Math.log2(maxAddresses))}` : ""
      }`,
    );
  }
  const edge = isNetwork && count > 2 ? 1 : 0;
  return Array.from(
    { length: count - 2 * edge },
    (_, index) => formatAddress(first + edge + index),
  );
}

/**
 * Whether a text is written as a range of IPv4 addresses: `a.b.c.d-e`, or
 * `a.b.c.d/n`. It may still be a wrong one.
 *
 * @param text What somebody wrote.
 * @returns True for a range; false for a single address and for a name.
 */
export function isAddressRange(text: string): boolean {
  // Letters and a hyphen may be a host name; a slash is in none.
  return /^\d+\.[\d.]*(?:-[\d.-]*|\/[ -.0-~]*)$/.test(text);
}

/** The first and the last address of `a.b.c.d-e` and `a.b.c.d-e.f.g.h`. */
function parseSpan(text: string): [first: number, last: number] {
  const [from = "", to = "", more] = text.split("-");
  if (more !== undefined) throw toError(text, `is no range: give ${FORMS}`);
  const first = parseEnd(from, text);
  // A last part alone counts within the first end's /24.
  const network = to.includes(".")
    ? ""
    : from.slice(0, from.lastIndexOf(".") + 1);
  const last = parseEnd(network + to, text);
  if (last >= first) return [first, last];
  throw toError(text, "runs backwards: give the lower address first");
}

/** The first and the last address of `a.b.c.d/n`. */
function parseNetwork(text: string): [first: number, last: number] {
  const slash = text.indexOf("/");
  const address = parseEnd(text.slice(0, slash), text);
  const bits = text.slice(slash + 1);
  if (!/^(?:[1-9]|[12]\d|3[0-2])$/.test(bits)) {
    throw toError(text, "is no network: after / stand 1 to 32 bits");
  }
  const size = 2 ** (32 - Number(bits));
  const first = address - address % size;
  return [first, first + size - 1];
}

/** An IPv4 address as a number; no leading zeros, which are octal to some. */
function parseEnd(address: string, text: string): number {
  const parts = address.split(".");
  const isAddress = parts.length === 4 &&
    parts.every((part) =>
      /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255
    );
  if (isAddress) {
    return parts.reduce((number, part) => number * 256 + Number(part), 0);
  }
  throw toError(
    text,
    isAddressRange(text)
      ? `is no range of IPv4 addresses: give ${FORMS}`
      : "is no IPv4 address: give four numbers from 0 to 255",
  );
}

function formatAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => number >>> shift & 0xff).join(".");
}

function toError(text: string, reason: string): TypeError {
  return new TypeError(`${quoteText(text)} ${reason}`);
}
