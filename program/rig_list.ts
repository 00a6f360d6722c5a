/**
 * Rigs that were found, as text: a table for people, JSON for programs.
 *
 * @example
 * ```ts
 * import { formatRigTable } from "./rig_list.ts";
 *
 * const rig = { name: "barn-10.0.0.7", hostname: "10.0.0.7", port: 4028 };
 * console.log(formatRigTable([{ ...rig, miner: "cgminer 4.11.1" }]).join("\n"));
 * ```
 *
 * @module
 */

import type { FoundRig } from "../rigs/found_rigs.ts";
import type { ScannedRig } from "../rigs/scan.ts";
import { formatAddress } from "../rpc/errors.ts";

/** A rig that was found, with what is known of it. */
export interface ListedRig extends FoundRig, ScannedRig {
  readonly hostname: string;
  readonly port: number;
}

/** The port that needs not be written. */
const API_PORT = 4028;

/** As many rigs go into the command line that is proposed. */
const MAX_PROPOSED_RIGS = 8;

/**
 * Writes a table: name, address, miner; and how to serve these rigs.
 *
 * @param rigs The rigs, at least one.
 * @returns Its lines.
 */
export function formatRigTable(rigs: readonly ListedRig[]): string[] {
  const rows = [
    ["NAME", "ADDRESS", "MINER"],
    ...rigs.map((rig) => [rig.name, formatAddress(rig), describeMiner(rig)]),
  ];
  const widths = [0, 1].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0))
  );
  const lines = rows.map((row) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")
      .trimEnd()
  );
  return [...lines, "", ...proposeCommand(rigs)];
}

/**
 * Writes JSON: `[{"name":…,"host":…,"port":…}]`, and as far as it is known
 * `description`, `miner`, `model`, `api` and `denied`.
 *
 * @param rigs The rigs.
 * @returns An array with a rig a line.
 */
export function formatRigJson(rigs: readonly ListedRig[]): string {
  if (rigs.length === 0) return "[]";
  const lines = rigs.map((rig) => {
    const { name, hostname, port, description, miner, model, api } = rig;
    return JSON.stringify({
      name,
      host: hostname,
      port,
      description,
      miner,
      model,
      api,
      denied: rig.isDenied,
    });
  });
  return `[\n${lines.join(",\n")}\n]`;
}

function describeMiner({ miner, model, isDenied }: ListedRig): string {
  const known = [miner, model, isDenied ? "access denied" : undefined]
    .filter((text) => text !== undefined);
  return known.length === 0 ? "-" : known.join(", ");
}

function proposeCommand(rigs: readonly ListedRig[]): string[] {
  const proposed = rigs.slice(0, MAX_PROPOSED_RIGS).map(({ name, ...rig }) => {
    const address = rig.port === API_PORT ? rig.hostname : formatAddress(rig);
    return `--rig ${name}=${address}`;
  });
  const rest = rigs.length - proposed.length;
  return [
    `Serve ${rigs.length === 1 ? "it" : "them"}: chi-server ${
      proposed.join(" ")
    }${rest === 0 ? "" : ` and ${rest} more`}`,
  ];
}
