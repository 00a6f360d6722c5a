/**
 * The fleet: which rigs there are, under which names, and the queue of each.
 *
 * @example
 * ```ts
 * import { Fleet } from "./fleet.ts";
 *
 * const fleet = new Fleet([
 *   { name: "garage", hostname: "127.0.0.1", port: 4028 },
 *   { name: "barn", hostname: "127.0.0.2", port: 4028 },
 * ]);
 * console.log(fleet.defaultRig.name, fleet.findRig("barn")?.hostname);
 * ```
 *
 * @module
 */

import type { RigAddress } from "../rpc/errors.ts";
import { RigQueue, type RigQueueOptions } from "./queue.ts";

/** A rig of the fleet, as it is configured. */
export interface NamedRig extends RigAddress {
  /** The name in URLs: `/@name/…`. */
  readonly name: string;
}

/** What a rig may be called: what needs no escape in a URL or a label. */
export const RIG_NAME = /^[A-Za-z0-9._-]+$/;

/** One rig and the way to it. */
export class Rig implements NamedRig {
  /** The name in URLs. */
  readonly name: string;
  /** Where its API listens. */
  readonly hostname: string;
  /** The port of its API. */
  readonly port: number;
  /** All calls to this rig go through here. */
  readonly queue: RigQueue;

  /**
   * Makes a rig of its configuration; connects to nothing yet.
   *
   * @param rig Name and address.
   * @param options How its queue treats it.
   */
  constructor(rig: NamedRig, options: RigQueueOptions = {}) {
    this.name = rig.name;
    this.hostname = rig.hostname;
    this.port = rig.port;
    this.queue = new RigQueue(this, options);
  }
}

/** All rigs, by name, in the order in which they were configured. */
export class Fleet {
  readonly #rigs: Map<string, Rig>;
  /** The rig that a URL without `/@name` means: the first. */
  readonly defaultRig: Rig;

  /**
   * Makes a fleet of its configuration; connects to nothing yet.
   *
   * @param rigs At least one; the first is the default rig.
   * @param options How the queues treat their rigs.
   * @throws {TypeError} If there is none, or a name is taken twice, is `all`,
   * or holds anything but letters, digits, `.`, `_` and `-`.
   */
  constructor(rigs: readonly NamedRig[], options: RigQueueOptions = {}) {
    this.#rigs = new Map();
    for (const rig of rigs) {
      checkRigName(rig.name);
      if (this.#rigs.has(rig.name)) {
        throw new TypeError(`Two rigs are called "${rig.name}"`);
      }
      this.#rigs.set(rig.name, new Rig(rig, options));
    }
    const [first] = this.#rigs.values();
    if (first === undefined) throw new TypeError("A fleet needs a rig");
    this.defaultRig = first;
  }

  /** How many rigs there are. */
  get size(): number {
    return this.#rigs.size;
  }

  /** All rigs, in order. */
  get rigs(): Iterable<Rig> {
    return this.#rigs.values();
  }

  /**
   * Finds a rig by its exact name.
   *
   * @param name A rig's name.
   * @returns The rig, or `undefined` if there is none of that name.
   */
  findRig(name: string): Rig | undefined {
    return this.#rigs.get(name);
  }
}

/**
 * Refuses what cannot be a rig's name.
 *
 * @param name The name that somebody wants to give.
 * @throws {TypeError} If it is empty, `all`, or holds other characters.
 */
export function checkRigName(name: string): void {
  if (!RIG_NAME.test(name)) {
    throw new TypeError(
      `${
        JSON.stringify(name)
      } is no name for a rig: use letters, digits, ".", "_" and "-"`,
    );
  }
  if (name === "all") {
    throw new TypeError('No rig may be called "all": /@all means all of them');
  }
}
