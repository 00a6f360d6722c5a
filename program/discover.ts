/**
 * `chi-server discover`: lists the rigs that answer cgminer's multicast, with
 * what each says of itself.
 *
 * @example
 * ```ts
 * import { runDiscover } from "./discover.ts";
 *
 * // On a network: await runDiscover(). Here, on loopback, nobody answers:
 * const status = await runDiscover({
 *   timeoutMs: 100,
 *   search: { group: "127.0.0.1", port: 4028, hostname: "127.0.0.1" },
 * });
 * console.log(status); // 1
 * ```
 *
 * @module
 */

import { discoverRigs, type DiscoveryOptions } from "../rigs/discovery.ts";
import type { FoundRig } from "../rigs/found_rigs.ts";
import { type ScannedRig, scanRigs } from "../rigs/scan.ts";
import { formatAddress } from "../rpc/errors.ts";
import { Interrupt } from "./interrupt.ts";
import { formatRigJson, formatRigTable } from "./rig_list.ts";

/** The status of a program that a signal stopped: 128 and SIGINT's 2. */
export const EXIT_STOPPED = 130;

/** How a sub-command that lists rigs runs. */
export interface ListOptions {
  /** Whether it prints JSON. Default false. */
  readonly isJson?: boolean;
  /** How long it waits for answers, in milliseconds. Default 2,000. */
  readonly timeoutMs?: number | undefined;
  /** Prints on stdout. Default `console.log`. */
  readonly print?: (text: string) => void;
  /** Prints a line on stderr. Default `console.error`. */
  readonly printError?: (line: string) => void;
  /** Stops it. Default: Ctrl-C does. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Searches, asks who answered for their `version`, and prints the rigs.
 *
 * @param options What to print, and where; `search` says whom to ask.
 * @returns The exit status: 0 if rigs were found, 1 if none or nothing could be
 * sent, 130 if it was stopped.
 */
export async function runDiscover(
  options: ListOptions & {
    readonly search?: Omit<DiscoveryOptions, "durationMs" | "signal">;
  } = {},
): Promise<number> {
  using interrupt = new Interrupt();
  const { isJson = false, timeoutMs = 2000, search } = options;
  const { signal = interrupt.signal } = options;
  const { print = console.log, printError = console.error } = options;
  let found: FoundRig[];
  const versions = new Map<string, ScannedRig>();
  try {
    found = await discoverRigs({ ...search, durationMs: timeoutMs, signal });
    for await (const rig of scanRigs(found, { timeoutMs, signal })) {
      versions.set(formatAddress(rig), rig);
    }
  } catch (error) {
    if (signal.aborted) return EXIT_STOPPED;
    printError(`chi-server: ${error instanceof Error ? error.message : error}`);
    // Who reads JSON gets some.
    if (isJson) print(formatRigJson([]));
    return 1;
  }
  const rigs = found.map((rig) => ({
    ...versions.get(formatAddress(rig)),
    ...rig,
  }));
  if (isJson) print(formatRigJson(rigs));
  else if (rigs.length > 0) print(formatRigTable(rigs).join("\n"));
  if (rigs.length > 0) return 0;
  printError(
    "chi-server: no rig answered: does any run with --api-mcast, on this " +
      "network, and allow this machine to ask (--api-allow)?",
  );
  return 1;
}
