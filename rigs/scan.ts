/**
 * Finds rigs by asking: `version` goes to every address of a list, and whoever
 * gives a reply of the API is a rig, also if the reply is `Access denied`.
 *
 * @example
 * ```ts
 * import { scanAddresses } from "./scan.ts";
 * import { Simulator } from "./simulator.ts";
 *
 * await using rig = Simulator.start();
 * for await (const found of scanAddresses(["127.0.0.1"], { port: rig.port })) {
 *   console.log(found.hostname, found.miner); // 127.0.0.1 cgminer 4.11.1
 * }
 * ```
 *
 * @module
 */

import { callRig } from "../rpc.ts";
import {
  API_PORT,
  formatAddress,
  type RigAddress,
  RigError,
} from "../rpc/errors.ts";
import { readReply } from "../rpc/repair.ts";
import { CODE_ACCESS_DENIED, readStatus } from "../rpc/replies.ts";
import { readMinerInfo } from "../telemetry/miner_info.ts";
import { isMembers } from "../telemetry/sections.ts";
import { toPlainText } from "./discovery.ts";

/** How many rigs are asked at once if nothing else is said. */
export const DEFAULT_MAX_CONCURRENT = 128;

/** How long a rig may take if nothing else is said, in milliseconds. */
export const DEFAULT_SCAN_TIMEOUT_MS = 2000;

/** Longest reply to `version`; the largest known is under 1 KB. */
const MAX_REPLY_BYTES = 64 * 1024;

/** A rig that answered. */
export interface ScannedRig {
  /** The address that was asked, as it was given. */
  readonly hostname: string;
  /** The port that was asked. */
  readonly port: number;
  /** Software and version: `cgminer 4.11.1`; absent where it does not say. */
  readonly miner?: string;
  /** The hardware: `Antminer S9`; absent where it does not say. */
  readonly model?: string;
  /** The version of its API: `3.7`; absent where it does not say. */
  readonly api?: string;
  /** It does not let this machine ask `version`; absent if it does. */
  readonly isDenied?: true;
}

/** How far a scan is. */
export interface ScanProgress {
  /** How many rigs have answered or failed to. */
  readonly asked: number;
  /** How many of them are rigs. */
  readonly found: number;
}

/** How to scan. */
export interface ScanOptions {
  /** Milliseconds from the call to the last byte, for each. Default 2,000. */
  readonly timeoutMs?: number;
  /** How many are asked at once. Default 128. */
  readonly maxConcurrent?: number;
  /** Gives the scan up; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Told after each address.
   *
   * @internal
   */
  readonly onProgress?: (progress: ScanProgress) => void;
}

/**
 * Asks every address for its `version`.
 *
 * Addresses are taken as they are needed, so that there may be many. No single
 * one ends the scan: what refuses, is silent or is no rig is left out. Who
 * leaves the loop gives up what runs.
 *
 * @param addresses IP addresses or host names.
 * @param options The port, 4028 if nothing else is said; limits; a signal.
 * @returns The rigs, as they answer.
 */
export function scanAddresses(
  addresses: Iterable<string>,
  options: ScanOptions & { readonly port?: number } = {},
): AsyncGenerator<ScannedRig, void> {
  const { port = API_PORT } = options;
  return scanRigs(toRigs(addresses, port), options);
}

/**
 * As {@linkcode scanAddresses}, each with a port of its own.
 *
 * @param rigs Addresses with ports.
 * @param options Limits; a signal.
 * @returns The rigs, as they answer.
 */
export async function* scanRigs(
  rigs: Iterable<RigAddress>,
  options: ScanOptions = {},
): AsyncGenerator<ScannedRig, void> {
  const scan = new Scan(rigs, options);
  try {
    while (true) {
      scan.start();
      const rig = await scan.next();
      if (rig === undefined) return;
      yield rig;
    }
  } finally {
    await scan.stop();
  }
}

/** A scan while it runs. */
class Scan {
  readonly #rigs: Iterator<RigAddress>;
  readonly #options: ScanOptions;
  readonly #leaving = new AbortController();
  readonly #running = new Set<Promise<void>>();
  readonly #answered: ScannedRig[] = [];
  #asked = 0;
  #found = 0;
  /** A defect; what a rig does wrong is none. */
  #failure: { readonly reason: unknown } | undefined;

  constructor(rigs: Iterable<RigAddress>, options: ScanOptions) {
    this.#rigs = rigs[Symbol.iterator]();
    this.#options = options;
    const { signal } = options;
    if (signal?.aborted) this.#leave();
    else signal?.addEventListener("abort", this.#leave);
  }

  readonly #leave = (): void => {
    this.#failure ??= { reason: this.#options.signal?.reason };
    this.#leaving.abort();
  };

  /** Asks as many as may be asked at once. */
  start(): void {
    const { maxConcurrent = DEFAULT_MAX_CONCURRENT } = this.#options;
    while (
      this.#failure === undefined && this.#running.size < maxConcurrent
    ) {
      const next = this.#rigs.next();
      if (next.done) return;
      const running = this.#ask(next.value)
        .catch((reason) => void (this.#failure ??= { reason }))
        .finally(() => this.#running.delete(running));
      this.#running.add(running);
    }
  }

  /** The next rig that answered; undefined when all have been asked. */
  async next(): Promise<ScannedRig | undefined> {
    while (true) {
      const rig = this.#answered.shift();
      if (rig !== undefined) return rig;
      if (this.#failure !== undefined) throw this.#failure.reason;
      if (this.#running.size === 0) return undefined;
      await Promise.race(this.#running);
      this.start();
    }
  }

  /** Gives up what runs, and waits until nothing is open. */
  async stop(): Promise<void> {
    this.#options.signal?.removeEventListener("abort", this.#leave);
    this.#leaving.abort();
    await Promise.all(this.#running);
    this.#rigs.return?.();
  }

  async #ask(address: RigAddress): Promise<void> {
    const { timeoutMs, onProgress } = this.#options;
    const { signal } = this.#leaving;
    const rig = await askVersion(address, { timeoutMs, signal });
    if (signal.aborted) return;
    if (rig !== undefined) {
      this.#found++;
      this.#answered.push(rig);
    }
    onProgress?.({ asked: ++this.#asked, found: this.#found });
  }
}

/**
 * Asks one rig for its `version`.
 *
 * @param rig Its address.
 * @param options A deadline, default 2,000 ms; a signal.
 * @returns What it says of itself; undefined if it does not answer, or is no
 * rig, or the signal has aborted.
 */
export async function askVersion(
  rig: RigAddress,
  options: {
    readonly timeoutMs?: number | undefined;
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<ScannedRig | undefined> {
  const { timeoutMs = DEFAULT_SCAN_TIMEOUT_MS, signal } = options;
  try {
    const { bytes } = await callRig(rig, { command: "version" }, {
      timeoutMs,
      signal,
      maxReplyBytes: MAX_REPLY_BYTES,
    });
    return readVersion(rig, bytes);
  } catch (error) {
    if (error instanceof RigError || signal?.aborted) return undefined;
    throw new Error(`Cannot ask ${formatAddress(rig)}`, { cause: error });
  }
}

/** What a reply to `version` says; undefined if it is no reply of the API. */
function readVersion(
  { hostname, port }: RigAddress,
  bytes: Uint8Array,
): ScannedRig | undefined {
  const reply = readReply(bytes);
  if (!reply.ok || !isMembers(reply.value)) return undefined;
  if (!("STATUS" in reply.value || "VERSION" in reply.value)) return undefined;
  const { software, version, model, api } =
    readMinerInfo({ version: reply.value }) ?? {};
  const miner = [software, version].filter(Boolean).join(" ");
  const said = Object.entries({ miner, model, api })
    .map(([name, text]) => [name, toPlainText(text ?? "")])
    .filter(([, text]) => text !== "");
  const isDenied = readStatus(reply.value).code === CODE_ACCESS_DENIED;
  return {
    hostname,
    port,
    ...Object.fromEntries(said),
    ...(isDenied ? { isDenied } : {}),
  };
}

function* toRigs(
  addresses: Iterable<string>,
  port: number,
): Generator<RigAddress, void> {
  for (const hostname of addresses) yield { hostname, port };
}
