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

import { API_PORT } from "../rpc/errors.ts";
import { IS_DENO, loadNode } from "../rpc/runtime.ts";
import {
  closeSocket,
  type DatagramAddress,
  isPermitted,
  openSocket,
  sendDatagram,
} from "./datagrams.ts";
import {
  MAX_FOUND_RIGS,
  MAX_RIGS_PER_ADDRESS,
  type NamedRig,
} from "./fleet.ts";
import { sleep } from "./sleep.ts";
import type { Socket } from "node:dgram";

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
  if (!IS_DENO) {
    const interfaces = loadNode<typeof import("node:os")>("os")
      .networkInterfaces();
    return Object.values(interfaces).flatMap((addresses = []) =>
      addresses.find(({ family, internal }) => family === "IPv4" && !internal)
        ?.address ?? []
    );
  }
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

/** The longest answer in bytes, its NUL included (`api.c`, `replybuf`). */
const MAX_ANSWER_BYTES = 1024;

/** What an answer begins with: `cgm-`, `API_MCAST_CODE`, `-`. */
const ANSWER = /^cgm-FTW-([1-9]\d{0,4})-([^\0]*)\0?$/;

/** The characters of a description in a name. */
const MAX_SLUG_LENGTH = 32;

/** A rig that answered. */
export interface FoundRig extends NamedRig {
  /** The IPv4 address that its answer came from. */
  readonly hostname: string;
  /** How it describes itself, cleaned; absent where it does not. */
  readonly description?: string;
}

/** The rigs of one search. */
export class Answers {
  readonly #rigs = new Map<string, FoundRig>();
  readonly #rigsPerAddress = new Map<string, number>();
  readonly #random: () => number;
  /** How many answers came when the list was full. */
  #lateAnswers = 0;

  /**
   * Makes an empty list.
   *
   * @param random Gives numbers from 0 up to, but not, 1. Default `Math.random`.
   */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** How many rigs there are. */
  get size(): number {
    return this.#rigs.size;
  }

  /**
   * Takes an answer; drops what is none or is known. When the list is full, a new
   * one takes the place of any other by chance, as likely as each of them: so
   * those that are quickest, or last, do not keep out all others. Attack: more
   * than 1,024 invented rigs, announced before the real ones answer.
   *
   * @param bytes The datagram.
   * @param hostname The address that it came from.
   */
  add(bytes: Uint8Array, hostname: string): void {
    // Attack: 200,000 answers a second, each of which is read to its end: so
    // none is read, and no description cleaned, for which there is no place.
    const count = this.#rigsPerAddress.get(hostname) ?? 0;
    if (count >= MAX_RIGS_PER_ADDRESS || hostname === "0.0.0.0") return;
    const answer = matchAnswer(bytes);
    if (answer === undefined) return;
    const { port, text } = answer;
    const key = `${hostname}:${port}`;
    if (this.#rigs.has(key)) return;
    if (this.#rigs.size >= MAX_FOUND_RIGS && !this.#makeRoom()) return;
    const described = describeAnswer(text);
    const name = toRigName(described.description, hostname, port);
    this.#rigs.set(key, { name, hostname, port, ...described });
    const others = this.#rigsPerAddress.get(hostname) ?? 0;
    this.#rigsPerAddress.set(hostname, others + 1);
  }

  /** Decides for or against one more, so that each has the same chance. */
  #makeRoom(): boolean {
    this.#lateAnswers++;
    const index = Math.floor(
      this.#random() * (MAX_FOUND_RIGS + this.#lateAnswers),
    );
    if (index >= this.#rigs.size) return false;
    const rig = [...this.#rigs.values()][index] as FoundRig;
    const { hostname, port } = rig;
    this.#rigs.delete(`${hostname}:${port}`);
    const count = this.#rigsPerAddress.get(hostname) ?? 0;
    if (count > 1) this.#rigsPerAddress.set(hostname, count - 1);
    else this.#rigsPerAddress.delete(hostname);
    return true;
  }

  /** The rigs, by address and port. */
  listRigs(): FoundRig[] {
    return [...this.#rigs.values()].sort((one, other) =>
      one.hostname.localeCompare(other.hostname, "en", { numeric: true }) ||
      one.port - other.port
    );
  }
}

/**
 * Reads an answer: `cgm-FTW-<API port>-<description>`, mostly with a NUL.
 *
 * @param bytes The datagram.
 * @returns The port of the API, and the description unless it is empty;
 * undefined if it is anything else: longer than a miner's buffer, a port
 * outside 1 to 65535, something after the NUL.
 */
export function readAnswer(
  bytes: Uint8Array,
): Pick<FoundRig, "port" | "description"> | undefined {
  const answer = matchAnswer(bytes);
  if (answer === undefined) return undefined;
  return { port: answer.port, ...describeAnswer(answer.text) };
}

function matchAnswer(
  bytes: Uint8Array,
): { readonly port: number; readonly text: string } | undefined {
  if (bytes.length > MAX_ANSWER_BYTES) return undefined;
  const [, digits, text = ""] = ANSWER.exec(new TextDecoder().decode(bytes)) ??
    [];
  const port = Number(digits);
  return port <= 65_535 ? { port, text } : undefined;
}

function describeAnswer(text: string): Pick<FoundRig, "description"> {
  const description = toPlainText(text);
  return description === "" ? {} : { description };
}

/**
 * Makes text from the network fit to be shown: on one line, without control
 * characters (escape sequences of a terminal), without what turns the direction
 * of writing, and not too long.
 *
 * @param text Whatever somebody sent.
 * @param maxLength The most characters. Default 64.
 * @returns The text; empty if nothing can be shown.
 */
export function toPlainText(text: string, maxLength = 64): string {
  const shown = text.slice(0, 16 * maxLength)
    .replace(/[\p{C}\p{Z}\uFFFD]+/gu, " ").trim();
  return [...shown].slice(0, maxLength).join("").trimEnd();
}

/**
 * Names a rig after its description and address: `barn-10.0.0.7`, or
 * `10.0.0.7` where it has no description. A port other than 4028 follows:
 * `barn-10.0.0.7-4029`. The name depends on nothing else, so that a rig keeps
 * it whoever else answers; and it ends with the address, so that no rig can
 * take another's name by its description.
 *
 * @param description What it calls itself, if anything.
 * @param hostname Its address, or host name.
 * @param port The port of its API.
 * @returns A name that `checkRigName` takes.
 */
export function toRigName(
  description: string | undefined,
  hostname: string,
  port: number,
): string {
  const slug = (description ?? "").normalize("NFKD").replace(/\p{M}+/gu, "")
    .replace(/[^A-Za-z0-9._-]+/g, "-").slice(0, MAX_SLUG_LENGTH)
    .replace(/^[-.]+/, "").replace(/[-.]+$/, "");
  const address = hostname.replace(/^:/, "0:").replace(/[^\w.-]/g, "-");
  const parts = port === API_PORT ? [slug, address] : [slug, address, port];
  const name = parts.filter((part) => part !== "").join("-");
  // No rig may be called "all": a host may.
  return name === "all" ? `${name}-${port}` : name;
}
