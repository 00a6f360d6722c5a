/**
 * What the program says of itself when it has started. Pure.
 *
 * @module
 */

import {
  type AccessRule,
  type CommandGroups,
  describeAccess,
} from "../gateway/access/access_list.ts";
import type { Fleet } from "../rigs/fleet.ts";
import { formatAddress } from "../rpc/errors.ts";

/** What has started. */
export interface Started {
  readonly version: string;
  readonly scheme: "http" | "https";
  /** The address it serves on; absent: all. */
  readonly httpHost?: string | undefined;
  readonly port: number;
  readonly fleet: Fleet;
  readonly rules: readonly AccessRule[];
  readonly groups: CommandGroups;
  readonly hasToken: boolean;
  readonly isTokenForReads: boolean;
}

/** How many rigs the start names, before it only counts them. */
const MAX_NAMED_RIGS = 20;

/** Containers and virtual machines give a host more of them than help. */
const MAX_ADDRESSES = 3;

/**
 * Says where to open it, which rigs there are, and who may write.
 *
 * @param started What has started.
 * @returns The lines.
 */
export function announceStart(started: Started): string[] {
  const { version, scheme, httpHost, port, fleet } = started;
  const hostname = httpHost === undefined || isEverywhere(httpHost)
    ? "localhost"
    : httpHost;
  const where = formatAddress({ hostname, port });
  return [
    `chi-server ${version}: open ${scheme}://${where}/`,
    ...nameRigs(fleet),
    describeWriters(started),
  ];
}

/** An address of this machine, with the length of its network's prefix. */
export interface OwnAddress {
  readonly address: string;
  /** As `192.168.1.5/24`. */
  readonly cidr: string;
}

/**
 * Lists the addresses by which other devices reach it, a phone say.
 *
 * @param started What has started.
 * @param own The IPv4 addresses of this machine on its networks.
 * @returns URLs; none if it is served on one address only, or none is known.
 */
export function listUrls(
  { scheme, httpHost, port }: Pick<Started, "scheme" | "httpHost" | "port">,
  own: readonly OwnAddress[],
): string[] {
  if (!isEverywhere(httpHost)) return [];
  return own.slice(0, MAX_ADDRESSES).map(({ address }) =>
    `${scheme}://${formatAddress({ hostname: address, port })}/`
  );
}

/**
 * Says by which addresses other devices reach it.
 *
 * @param urls What {@linkcode listUrls} gave.
 * @returns One line; none without addresses.
 */
export function announceAddresses(urls: readonly string[]): string[] {
  if (urls.length === 0) return [];
  return [`On other devices, such as a phone: ${urls.join(" or ")}`];
}

/** White on black, whatever the colours of the terminal are (ECMA-48, SGR). */
const WHITE_ON_BLACK = "\x1b[97;40m";
const PLAIN = "\x1b[0m";

/** What stands above a QR code is to be seen as well. */
const LINES_ABOVE = 8;

/**
 * Draws a QR code of an address for a terminal, which a phone can photograph.
 *
 * @param url The address.
 * @param rows How many lines the terminal has.
 * @returns Its lines, each of two rows of modules; none if it is too high.
 */
export async function drawQrCode(url: string, rows: number): Promise<string[]> {
  // Only who starts it in a terminal needs it.
  const { renderUnicodeCompact } = await import("npm:uqr@0.1");
  const lines = renderUnicodeCompact(url, { ecc: "L", border: 2 }).split("\n");
  if (lines.length + LINES_ABOVE > rows) return [];
  return lines.map((line) => `${WHITE_ON_BLACK}${line}${PLAIN}`);
}

/**
 * Says what to do where no rig is configured, and none answers here.
 *
 * @param own The IPv4 addresses of this machine on its networks.
 * @returns The lines.
 */
export function adviseOnNoRig(own: readonly OwnAddress[]): string[] {
  const [first] = own;
  const range = first === undefined ? "192.168.1.0/24" : toRange(first);
  const commands: [command: string, what: string][] = [
    ["-a ADDRESS", "serves the rig at that address"],
    [`scan ${range}`, "looks for rigs"],
    ["--demo", "shows simulated rigs"],
  ];
  const width = Math.max(...commands.map(([command]) => command.length));
  return [
    "No rig is configured, and none answers at 127.0.0.1:4028:",
    ...commands.map(([command, what]) =>
      `  chi-server ${command.padEnd(width)}  ${what}`
    ),
  ];
}

/** The network of an address, or the 256 addresses around it if it is wide. */
function toRange({ address, cidr }: OwnAddress): string {
  const prefix = Number(cidr.split("/")[1]);
  const parts = address.split(".").map(Number);
  if (!(prefix > 24 && prefix < 31)) {
    return `${parts.slice(0, 3).join(".")}.0/24`;
  }
  const size = 2 ** (32 - prefix);
  const last = parts[3] ?? 0;
  return `${parts.slice(0, 3).join(".")}.${last - last % size}/${prefix}`;
}

function isEverywhere(httpHost: string | undefined): boolean {
  return httpHost === undefined || httpHost === "0.0.0.0" || httpHost === "::";
}

function nameRigs(fleet: Fleet): string[] {
  const lines: string[] = [];
  for (const rig of fleet.rigs) {
    if (lines.length === MAX_NAMED_RIGS) {
      lines.push(`and ${fleet.size - MAX_NAMED_RIGS} more rigs`);
      break;
    }
    const isDefault = rig === fleet.defaultRig ? ", the default rig" : "";
    lines.push(`rig ${rig.name}: ${formatAddress(rig)}${isDefault}`);
  }
  return lines;
}

function describeWriters(started: Started): string {
  const { rules, groups, hasToken, isTokenForReads } = started;
  const byToken = isTokenForReads
    ? " Whoever brings the token may do anything; without it only those who may write may read."
    : " Whoever brings the token may do anything.";
  return describeAccess(rules, groups) + (hasToken ? byToken : "");
}
