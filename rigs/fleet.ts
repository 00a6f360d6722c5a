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

import {
  findAddressFault,
  formatAddress,
  type RigAddress,
} from "../rpc/errors.ts";
import { RigQueue, type RigQueueOptions } from "./queue.ts";

/** A rig of the fleet, as it is configured. */
export interface NamedRig extends RigAddress {
  /** The name in URLs: `/@name/…`. */
  readonly name: string;
  /** What it is grouped by: `{ site: "barn" }`, in URLs `/@site:barn/…`. */
  readonly tags?: Tags;
  /** Its make, where that cannot be told by what it answers. */
  readonly kind?: "whatsminer" | "luxos" | undefined;
  /**
   * For a WhatsMiner: the password of its account `admin`. Commands that change
   * something are encrypted with it then.
   */
  readonly password?: string | undefined;
}

/** Names and values that group rigs. */
export type Tags = Readonly<Record<string, string>>;

/** What a rig may be called: what needs no escape in a URL or a label. */
export const RIG_NAME = /^[A-Za-z0-9._-]+$/;

/** One rig and the way to it. */
export class FleetRig implements NamedRig {
  /** The name in URLs. */
  readonly name: string;
  /** Where its API listens. */
  readonly hostname: string;
  /** The port of its API. */
  readonly port: number;
  /** What it is grouped by; {@linkcode Fleet.replaceRigs} may change it. */
  tags: Tags;
  /** All calls to this rig go through here. */
  readonly queue: RigQueue;

  /**
   * Makes a rig of its configuration; connects to nothing yet.
   *
   * @param rig Name, address and tags.
   * @param options How its queue treats it.
   */
  constructor(rig: NamedRig, options: RigQueueOptions = {}) {
    this.name = rig.name;
    this.hostname = rig.hostname;
    this.port = rig.port;
    this.tags = rig.tags ?? {};
    this.queue = new RigQueue(this, options);
    // Not a member of this: what shows a rig must not show its password.
    this.queue.setLogin(rig);
  }
}

/** The most rigs that are found on a network at once: anybody can invent some. */
export const MAX_FOUND_RIGS = 1024;

/**
 * The most rigs that are found at one address, in one search as in many: it shall
 * not crowd out others.
 */
export const MAX_RIGS_PER_ADDRESS = 64;

/** All rigs, by name: those that are configured, in order, then those found. */
export class Fleet {
  #options: RigQueueOptions;
  #configured: Map<string, FleetRig>;
  /** By address, the one first that was not heard for the longest time. */
  readonly #found = new Map<string, NamedRig>();
  #rigs: Map<string, FleetRig>;

  /**
   * Makes a fleet of its configuration; connects to nothing yet.
   *
   * @param rigs At least one; the first is the default rig.
   * @param options How the queues treat their rigs.
   * @throws {TypeError} If there is none, a name is taken twice, is `all`, or
   * holds anything but letters, digits, `.`, `_` and `-`, or an address can be
   * none, as a URL cannot be a host name.
   */
  constructor(rigs: readonly NamedRig[], options: RigQueueOptions = {}) {
    this.#options = options;
    this.#configured = this.#rigs = makeRigs(rigs, options, new Map());
  }

  /** The rig that a URL without `/@name` means: the first. */
  get defaultRig(): FleetRig {
    const [first] = this.#configured.values();
    return first as FleetRig;
  }

  /** How many rigs there are. */
  get size(): number {
    return this.#rigs.size;
  }

  /** All rigs, in order. */
  get rigs(): Iterable<FleetRig> {
    return this.#rigs.values();
  }

  /**
   * Finds a rig by its exact name.
   *
   * @param name A rig's name.
   * @returns The rig, or `undefined` if there is none of that name.
   */
  findRig(name: string): FleetRig | undefined {
    return this.#rigs.get(name);
  }

  /**
   * Whether a rig is named in the configuration, and not only found.
   *
   * @param rig A rig of this fleet.
   * @returns True if it is.
   */
  isConfigured(rig: FleetRig): boolean {
    return this.#configured.get(rig.name) === rig;
  }

  /**
   * Finds the rigs that have a tag.
   *
   * @param key The tag: `site`.
   * @param value Its value: `barn`.
   * @returns The rigs, in order.
   */
  selectRigs(key: string, value: string): FleetRig[] {
    return [...this.#rigs.values()].filter(({ tags }) =>
      Object.hasOwn(tags, key) && tags[key] === value
    );
  }

  /**
   * Takes a new configuration, all of it or nothing. A rig of the same name and
   * address stays the same, with all that waits for it; a rig that is gone
   * still answers what it was asked before.
   *
   * @param rigs As for the constructor.
   * @param options As for the constructor; also for the rigs that stay.
   * @throws {TypeError} As the constructor does; nothing has changed then.
   */
  replaceRigs(rigs: readonly NamedRig[], options: RigQueueOptions = {}): void {
    const before = this.#rigs;
    this.#configured = makeRigs(rigs, options, before);
    this.#options = options;
    this.#merge();
    for (const rig of before.values()) {
      if (this.#rigs.get(rig.name) !== rig) void rig.queue.logOff();
    }
  }

  /**
   * Takes rigs that were found on the network. None replaces a configured one, by
   * name or by address, and none that was found before and answers. When there
   * are 1,024, new ones take the places of those whose last call failed, first of
   * those that were not heard for the longest time. Where there are fewer places
   * than new rigs, chance decides. One address has 64 of the places.
   *
   * @param found The rigs that were found now.
   * @returns Those of them that are new.
   */
  addFoundRigs(found: readonly NamedRig[]): FleetRig[] {
    const before = this.#rigs;
    const fresh = new Map<string, NamedRig>();
    for (const rig of found) {
      // By address: what is found chooses its name by itself, and anew each time.
      const address = formatAddress(rig);
      const known = this.#found.get(address);
      if (known === undefined) fresh.set(address, rig);
      else {
        this.#found.delete(address);
        this.#found.set(address, known);
      }
    }
    // Attack: 1,024 invented rigs, which would keep the real ones out for good.
    const failing = [...this.#found].filter(([address, { name }]) => {
      const rig = this.#rigs.get(name);
      // One that is configured meanwhile needs no place either.
      return rig === undefined || formatAddress(rig) !== address ||
        rig.queue.isFailing;
    }).map(([address]) => address);
    const names = new Set([...this.#found.values()].map(({ name }) => name));
    const room = MAX_FOUND_RIGS - this.#found.size + failing.length;
    const chosen = fresh.size <= room ? [...fresh] : shuffle([...fresh]);
    // Attack: one machine that answers for 64 other ports in each search, and
    // at each of them, so that none of its rigs ever fails.
    const counts = new Map<string, number>();
    const count = ({ hostname }: NamedRig, by: number): number => {
      const sum = (counts.get(hostname) ?? 0) + by;
      counts.set(hostname, sum);
      return sum;
    };
    for (const rig of this.#found.values()) count(rig, 1);
    for (const [address, rig] of chosen) {
      if (names.has(rig.name)) continue;
      const isHostFull = count(rig, 0) >= MAX_RIGS_PER_ADDRESS;
      if (isHostFull || this.#found.size >= MAX_FOUND_RIGS) {
        const at = failing.findIndex((each) =>
          !isHostFull || this.#found.get(each)?.hostname === rig.hostname
        );
        const [given] = at === -1 ? [] : failing.splice(at, 1);
        const old = given === undefined ? given : this.#found.get(given);
        if (given === undefined || old === undefined) continue;
        this.#found.delete(given);
        count(old, -1);
      }
      this.#found.set(address, rig);
      count(rig, 1);
      names.add(rig.name);
    }
    this.#merge();
    return [...this.#rigs.values()].filter(({ name }) => !before.has(name));
  }

  /**
   * Hands back the sessions that are open at rigs (LuxOS); before a program ends.
   *
   * @returns When all are, or could not be.
   */
  async logOff(): Promise<void> {
    await Promise.all(
      [...this.#rigs.values()].map(({ queue }) => queue.logOff()),
    );
  }

  #merge(): void {
    const addresses = new Set(
      [...this.#configured.values()].map(formatAddress),
    );
    const found = [...this.#found.values()].filter((rig) =>
      !this.#configured.has(rig.name) && !addresses.has(formatAddress(rig))
    );
    this.#rigs = new Map([
      ...this.#configured,
      ...found.length === 0 ? [] : makeRigs(found, this.#options, this.#rigs),
    ]);
  }
}

/** Puts entries into any order, each as likely as all others. */
function shuffle<Entry>(entries: readonly Entry[]): Entry[] {
  return entries.map((entry) => ({ entry, place: Math.random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ entry }) => entry);
}

/** Makes rigs, and takes those of the same name and address as they are. */
function makeRigs(
  named: readonly NamedRig[],
  options: RigQueueOptions,
  known: ReadonlyMap<string, FleetRig>,
): Map<string, FleetRig> {
  checkRigs(named);
  return new Map(named.map((each) => {
    const old = known.get(each.name);
    if (old === undefined || formatAddress(old) !== formatAddress(each)) {
      return [each.name, new FleetRig(each, options)];
    }
    old.tags = each.tags ?? {};
    old.queue.setOptions(options);
    old.queue.setLogin(each);
    return [each.name, old];
  }));
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

/**
 * Refuses what cannot be a fleet.
 *
 * @param rigs The rigs, in order.
 * @throws {TypeError} If there is none, a name is bad or taken twice, or an
 * address can be none.
 */
export function checkRigs(rigs: readonly NamedRig[]): void {
  if (rigs.length === 0) throw new TypeError("A fleet needs a rig");
  const names = new Set<string>();
  for (const { name, hostname, port } of rigs) {
    checkRigName(name);
    if (names.has(name)) throw new TypeError(`Two rigs are called "${name}"`);
    const fault = findAddressFault(hostname, port);
    if (fault !== undefined) throw new TypeError(`Rig "${name}": ${fault}`);
    names.add(name);
  }
}
