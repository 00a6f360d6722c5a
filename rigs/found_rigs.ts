/**
 * What rigs answer to cgminer's multicast → rigs with names. Pure.
 *
 * Anybody on the network can answer, and answer anything: an answer is read
 * strictly, its description is cleaned, the rig's address is the one that the
 * datagram came from and never one in it, and the number of rigs is bounded.
 *
 * @module
 */

import {
  MAX_FOUND_RIGS,
  MAX_RIGS_PER_ADDRESS,
  type NamedRig,
} from "./fleet.ts";

export { MAX_FOUND_RIGS, MAX_RIGS_PER_ADDRESS } from "./fleet.ts";

/** The port of a miner's API that goes without saying. */
const API_PORT = 4028;

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
    const answer = readAnswer(bytes);
    if (answer === undefined || hostname === "0.0.0.0") return;
    const { port, description } = answer;
    const key = `${hostname}:${port}`;
    const count = this.#rigsPerAddress.get(hostname) ?? 0;
    if (this.#rigs.has(key) || count >= MAX_RIGS_PER_ADDRESS) return;
    if (this.#rigs.size >= MAX_FOUND_RIGS && !this.#makeRoom()) return;
    const name = toRigName(description, hostname, port);
    this.#rigs.set(key, { name, hostname, ...answer });
    const others = this.#rigsPerAddress.get(hostname) ?? 0;
    this.#rigsPerAddress.set(hostname, others + 1);
  }

  /** Decides for or against one more, so that each has the same chance. */
  #makeRoom(): boolean {
    this.#lateAnswers++;
    const index = Math.floor(
      this.#random() * (MAX_FOUND_RIGS + this.#lateAnswers),
    );
    const rig = [...this.#rigs.values()][index];
    if (rig === undefined) return false;
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
  if (bytes.length > MAX_ANSWER_BYTES) return undefined;
  const [, digits, text = ""] = ANSWER.exec(new TextDecoder().decode(bytes)) ??
    [];
  const port = Number(digits);
  if (!(port <= 65_535)) return undefined;
  const description = toPlainText(text);
  return description === "" ? { port } : { port, description };
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
