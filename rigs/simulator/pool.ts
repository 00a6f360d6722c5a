/**
 * One pool of a simulated rig, as its `pools` report shows it.
 *
 * @module
 */

import { type Counts, NO_COUNTS } from "./counts.ts";

/** Where a pool is, and as whom to work for it. */
export interface PoolOptions {
  /** Its URL. */
  readonly url: string;
  /** The user. */
  readonly user: string;
  /** The password; default empty. */
  readonly pass?: string;
  /** Whether it answers; default true. A rig does not use one that is dead. */
  readonly alive?: boolean;
}

/** How long a rig takes to get to know a pool that is added, in seconds. */
export const POOL_TEST_S = 2;

/** One pool. Times are seconds since 1970; strings are strings of bytes. */
export class Pool {
  readonly url: string;
  readonly user: string;
  readonly pass: string;
  /** From when on it answers; infinity if never. */
  readonly aliveFromS: number;
  /** Its rank, 0 first. */
  priority: number;
  quota = 1;
  enabled = true;
  /** What has been counted for it. */
  counts: Counts = NO_COUNTS;
  /** What it had accepted when the best share was last zeroed. */
  bestFrom = 0;
  /** When its last share was found; 0 if there was none. */
  lastShareS = 0;

  /**
   * @param options Where it is.
   * @param priority Its rank.
   * @param aliveFromS From when on it answers, if it does.
   */
  constructor(options: PoolOptions, priority: number, aliveFromS = -Infinity) {
    this.url = options.url;
    this.user = options.user;
    this.pass = options.pass ?? "";
    this.priority = priority;
    this.aliveFromS = options.alive === false ? Infinity : aliveFromS;
  }

  /** Its host's name, as `Stratum URL` says it. */
  get host(): string {
    const [host = ""] = this.url.replace(/^[^/]*\/\//, "").split(/[:/]/, 1);
    return host;
  }

  /** Whether its URL is one of stratum. */
  get stratum(): boolean {
    return this.url.startsWith("stratum");
  }

  /** Whether it answers. */
  isAlive(nowS: number): boolean {
    return nowS >= this.aliveFromS;
  }

  /** Whether a rig may work for it. */
  isUsable(nowS: number): boolean {
    return this.enabled && this.isAlive(nowS);
  }

  /** What `Status` says of it. */
  describeState(nowS: number): "Disabled" | "Alive" | "Dead" {
    if (!this.enabled) return "Disabled";
    return this.isAlive(nowS) ? "Alive" : "Dead";
  }

  /** Forgets what has been counted for it. Works go on, as in cgminer. */
  zero(): void {
    this.counts = { ...NO_COUNTS, works: this.counts.works };
    this.bestFrom = 0;
    this.lastShareS = 0;
  }
}
