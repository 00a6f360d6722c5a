/**
 * `chi-server discover` lists the rigs that answer cgminer's multicast,
 * `chi-server scan 10.0.0.0/24` those among many addresses: as a table for
 * people, as JSON for programs.
 *
 * @module
 */

import {
  discoverRigs,
  type DiscoveryOptions,
  type FoundRig,
  toRigName,
} from "../rigs/discovery.ts";
import {
  scanAddresses,
  type ScannedRig,
  type ScanProgress,
  scanRigs,
} from "../rigs/scan.ts";
import { formatAddress } from "../rpc/errors.ts";
import { getFallback } from "./config/options.ts";

const API_PORT = getFallback("api-port");

/** The status of a program that a signal stopped: 128 and SIGINT's 2. */
const EXIT_STOPPED = 130;

/** How a sub-command that lists rigs runs. */
interface ListOptions {
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

/**
 * Asks all addresses for their `version`, and prints the rigs among them; if it
 * is stopped, those that it has found until then.
 *
 * @param options Whom to ask; what to print, and where. `progress` writes on a
 * terminal, and is told of each step; default stderr, if that is a terminal.
 * @returns The exit status: 0 if rigs were found, 1 if none, 130 if it was
 * stopped.
 */
export async function runScan(
  options: ListOptions & {
    readonly addresses: readonly string[];
    /** The port that all are asked at. Default 4028. */
    readonly port?: number | undefined;
    readonly progress?: ((text: string) => void) | undefined;
  },
): Promise<number> {
  using interrupt = new Interrupt();
  const { port = API_PORT, isJson = false, signal = interrupt.signal } =
    options;
  const addresses = [...new Set(options.addresses)];
  const { print = console.log, printError = console.error } = options;
  const { timeoutMs = 2000, progress = openTerminal() } = options;
  const rigs: ListedRig[] = [];
  try {
    const onProgress = (step: ScanProgress): void =>
      progress?.(`\r${describeStep(step, addresses.length)}`);
    const scan = { port, timeoutMs, signal, onProgress };
    for await (const rig of scanAddresses(addresses, scan)) {
      const name = toRigName(undefined, rig.hostname, rig.port);
      rigs.push({ name, ...rig });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    progress?.(ERASE_LINE);
  }
  const order = new Map(addresses.map((address, index) => [address, index]));
  const place = (rig: ListedRig): number => order.get(rig.hostname) ?? 0;
  rigs.sort((one, other) => place(one) - place(other));
  if (isJson) print(formatRigJson(rigs));
  else if (rigs.length > 0) print(formatRigTable(rigs).join("\n"));
  if (signal.aborted) return EXIT_STOPPED;
  if (rigs.length > 0) return 0;
  printError(
    `chi-server: no rig among ${addresses.length} address${
      addresses.length === 1 ? "" : "es"
    } answered at port ${port}`,
  );
  return 1;
}

/** To the start of the line, and all after it away (ECMA-48, EL). */
const ERASE_LINE = "\r\x1b[K";

function describeStep({ asked, found }: ScanProgress, total: number): string {
  return `Asked ${asked} of ${total}, found ${found}`;
}

/** Writes on stderr, if somebody looks at it. */
function openTerminal(): ((text: string) => void) | undefined {
  if (!Deno.stderr.isTerminal()) return undefined;
  const encoder = new TextEncoder();
  return (text) => void Deno.stderr.writeSync(encoder.encode(text));
}

/** A rig that was found, with what is known of it. */
interface ListedRig extends FoundRig, ScannedRig {
  readonly hostname: string;
  readonly port: number;
}

/** As many rigs go into the command line that is proposed. */
const MAX_PROPOSED_RIGS = 8;

/**
 * Writes a table: name, address, miner; and how to serve these rigs.
 *
 * @param rigs The rigs, at least one.
 * @returns Its lines.
 */
function formatRigTable(rigs: readonly ListedRig[]): string[] {
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
function formatRigJson(rigs: readonly ListedRig[]): string {
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

/** Listens for SIGINT until it is disposed of. */
class Interrupt implements Disposable {
  readonly #controller = new AbortController();

  /** Starts to listen. */
  constructor() {
    Deno.addSignalListener("SIGINT", this.#stop);
  }

  /** Aborts with the first SIGINT; the second ends the program at once. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  readonly #stop = (): void => {
    this[Symbol.dispose]();
    this.#controller.abort();
  };

  /** Stops listening: SIGINT ends the program again. */
  [Symbol.dispose](): void {
    Deno.removeSignalListener("SIGINT", this.#stop);
  }
}
