/**
 * Finds rigs by cgminer's multicast (`api.c`, `mcast`): a question goes to
 * 224.0.0.75:4028, and each miner that runs with `--api-mcast`, and lets this
 * machine ask, answers with the port of its API and its description
 * (`--api-mcast-des`).
 *
 * Anybody on the network can answer, and answer anything. So an answer is read
 * strictly, its description is cleaned, the rig's address is the one that the
 * datagram came from and never one in it, and the number of answers is bounded.
 *
 * @example
 * ```ts
 * import { discoverRigs } from "./discovery.ts";
 * import { Simulator } from "./simulator.ts";
 *
 * // On a network: await discoverRigs(). Here, on loopback:
 * await using rig = Simulator.start({
 *   multicast: { description: "barn", hostname: "127.0.0.1", port: 0 },
 * });
 * const question = await rig.multicast?.ready;
 * const rigs = await discoverRigs({
 *   group: "127.0.0.1",
 *   port: question?.port ?? 4028,
 *   hostname: "127.0.0.1",
 *   expectedRigs: 1,
 * });
 * console.log(rigs[0]?.name, rigs[0]?.description);
 * ```
 *
 * @module
 */

import { sleep } from "./sleep.ts";
import type { Socket } from "node:dgram";
import {
  closeSocket,
  type DatagramAddress,
  isPermitted,
  openSocket,
  sendDatagram,
} from "./datagrams.ts";
import { Answers, type FoundRig } from "./found_rigs.ts";

export {
  type FoundRig,
  MAX_FOUND_RIGS,
  MAX_RIGS_PER_ADDRESS,
} from "./found_rigs.ts";

/** The group that miners listen to (`miner.h`, `API_MCAST_ADDR`). */
export const MULTICAST_GROUP = "224.0.0.75";

/** The UDP port that they listen on (`--api-mcast-port`). */
export const MULTICAST_PORT = 4028;

/** How long a search lasts if nothing else is said, in milliseconds. */
export const DEFAULT_DURATION_MS = 2000;

/** How often {@linkcode watchDiscovery} searches, in milliseconds. */
const DEFAULT_INTERVAL_MS = 60_000;

/**
 * Whom the questions name. cgminer and bfgminer answer to the first, sgminer to
 * the second. Each rests for a second after any datagram, also one that it does
 * not answer, and reads what came meanwhile later: more questions than these
 * would keep a miner busy beyond the search, and deaf in the next one.
 */
const PROGRAMS = ["cgminer", "sgminer"];

/** How to search. */
export interface DiscoveryOptions {
  /**
   * Whom to ask: a multicast group (`--api-mcast-addr`), or one IPv4 address,
   * by unicast. Default 224.0.0.75.
   */
  readonly group?: string;
  /** On which UDP port they listen (`--api-mcast-port`). Default 4028. */
  readonly port?: number;
  /** The IPv4 address at which to hear answers. Default 0.0.0.0, all. */
  readonly hostname?: string;
  /** The UDP port for answers; default any. A firewall may want a fixed one. */
  readonly replyPort?: number;
  /** How long to wait for answers, in milliseconds. Default 2,000. */
  readonly durationMs?: number;
  /** Ends the search as soon as so many were found. Default: it lasts. */
  readonly expectedRigs?: number;
  /** Gives the search up; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** How to keep searching. */
export interface WatchOptions extends DiscoveryOptions {
  /** Milliseconds from the start of a search to the next. Default 60,000. */
  readonly intervalMs?: number;
  /** Told what each search found, also nothing. */
  readonly onFound: (rigs: FoundRig[]) => void;
  /** Told why a search failed; the next one comes all the same. */
  readonly onError: (error: unknown) => void;
}

/**
 * Asks for rigs and collects their answers.
 *
 * With sys permission for `networkInterfaces` the question goes out on every
 * interface with an IPv4 address, otherwise on the system's default one; an
 * interface that cannot send is passed over if another can. The time to live is
 * 1: no router passes it on.
 *
 * @param options Whom to ask, and how long.
 * @returns The rigs, each address and port once, by address and port.
 * @throws {Error} One sentence: it cannot listen, or nothing can be sent.
 */
export async function discoverRigs(
  options: DiscoveryOptions = {},
): Promise<FoundRig[]> {
  const { durationMs = DEFAULT_DURATION_MS, signal } = options;
  const { hostname = "0.0.0.0", replyPort = 0 } = options;
  const { group = MULTICAST_GROUP, port = MULTICAST_PORT } = options;
  const target = { hostname: group, port };
  signal?.throwIfAborted();
  const socket = await openSocket({ hostname, port: replyPort });
  const answers = new Answers();
  const finished = Promise.withResolvers<void>();
  const onAbort = (): void => finished.reject(signal?.reason);
  const timer = setTimeout(finished.resolve, durationMs);
  let asking: Promise<void> | undefined;
  try {
    signal?.throwIfAborted();
    signal?.addEventListener("abort", onAbort, { once: true });
    socket.on("error", finished.reject);
    socket.on("message", (bytes, { address }) => {
      answers.add(bytes, address);
      if (answers.size >= (options.expectedRigs ?? Infinity)) {
        finished.resolve();
      }
    });
    asking = sendQuestions(socket, target).catch(finished.reject);
    await finished.promise;
    return answers.listRigs();
  } finally {
    signal?.removeEventListener("abort", onAbort);
    clearTimeout(timer);
    await asking;
    await closeSocket(socket);
  }
}

/**
 * Searches again and again, one search at a time, until it is told to stop.
 *
 * @param options How to search, how often, and whom to tell.
 * @returns When the signal aborts, and nothing is open any more.
 */
export async function watchDiscovery(options: WatchOptions): Promise<void> {
  const { intervalMs = DEFAULT_INTERVAL_MS, onFound, onError } = options;
  const { signal } = options;
  while (!signal?.aborted) {
    const startedMs = performance.now();
    const rigs = await discoverRigs(options).catch((error) => {
      if (!signal?.aborted) onError(error);
    });
    if (rigs !== undefined) onFound(rigs);
    await sleep(startedMs + intervalMs - performance.now(), signal);
  }
}

async function sendQuestions(
  socket: Socket,
  target: DatagramAddress,
): Promise<void> {
  const isMulticast = /^2(?:2[4-9]|3\d)\./.test(target.hostname);
  const interfaces = isMulticast ? listInterfaces() : [];
  let isSent = false;
  let failure: unknown;
  for (const address of interfaces.length > 0 ? interfaces : [undefined]) {
    try {
      if (address !== undefined) socket.setMulticastInterface(address);
      for (const program of PROGRAMS) {
        const question = `${program}-FTW-${socket.address().port}`;
        await sendDatagram(socket, question, target);
      }
      isSent = true;
    } catch (error) {
      failure = error;
    }
  }
  if (!isSent) throw toSendError(isMulticast, target, failure);
}

/** An IPv4 address of each interface but loopback; none without permission. */
function listInterfaces(): string[] {
  const permission = { name: "sys", kind: "networkInterfaces" } as const;
  if (Deno.permissions.querySync(permission).state !== "granted") return [];
  const addresses = Deno.networkInterfaces()
    .filter(({ family, address }) =>
      family === "IPv4" && !address.startsWith("127.")
    )
    .map(({ name, address }) => [name, address] as const);
  return [...new Map(addresses).values()];
}

function toSendError(
  isMulticast: boolean,
  target: DatagramAddress,
  cause: unknown,
): Error {
  const { code, message } = cause as Error & { code?: unknown };
  const reason = !isPermitted(target)
    ? "no net permission for it"
    : code === "UNKNOWN"
    ? "network is unreachable. Is the network up, with a route to there?"
    : message;
  const what = isMulticast ? "multicast" : "a question";
  return new Error(
    `Cannot send ${what} to ${target.hostname}:${target.port}: ${reason}`,
    { cause },
  );
}
