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

/**
 * Says where to open it, which rigs there are, and who may write.
 *
 * @param started What has started.
 * @returns The lines.
 */
export function announceStart(started: Started): string[] {
  const { version, scheme, httpHost, port, fleet } = started;
  const isEverywhere = httpHost === undefined || httpHost === "0.0.0.0" ||
    httpHost === "::";
  const hostname = isEverywhere ? "localhost" : httpHost;
  const where = formatAddress({ hostname, port });
  return [
    `chi-server ${version}: open ${scheme}://${where}/`,
    ...nameRigs(fleet),
    describeWriters(started),
  ];
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
