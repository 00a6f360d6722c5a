/**
 * The replies to `pools`.
 *
 * @example
 * ```ts
 * import { Simulator } from "../rigs/simulator.ts";
 * import { Rig } from "./rig.ts";
 *
 * await using simulator = Simulator.start();
 * const { POOLS } = await new Rig(simulator).pools();
 * for (const { POOL, URL, Status } of POOLS) console.log(POOL, URL, Status);
 * ```
 *
 * @module
 */

import type { StatusReply } from "./reply.ts";

/** The reply to `pools`. */
export interface PoolsReply extends StatusReply {
  /** The pools, by number. */
  readonly POOLS: readonly PoolReport[];
}

/** One pool: an entry of `pools`. */
export interface PoolReport {
  /** Its number, as `switchpool` takes it. */
  readonly POOL: number;
  /** Its URL; empty for a slot that nobody filled. */
  readonly URL: string;
  /** `Alive`, `Dead`, `Disabled`, `Rejecting` or `Unknown`. */
  readonly Status: string;
  /** Its rank: 0 first. */
  readonly Priority: number;
  /** Its share of the work, where work is balanced. */
  readonly Quota: number;
  /** The user, or worker. */
  readonly User: string;
  /** Work fetched. */
  readonly Getworks: number;
  /** Shares accepted. */
  readonly Accepted: number;
  /** Shares rejected. */
  readonly Rejected: number;
  /** Work discarded unused. */
  readonly Discarded: number;
  /** Shares that came too late. */
  readonly Stale: number;
  /** Fetches of work that failed. */
  readonly "Get Failures": number;
  /** Submissions that failed. */
  readonly "Remote Failures": number;
  /**
   * When it got its last share: Unix seconds, 0 if never; or `0:00:12`, how
   * long ago (Antminer).
   */
  readonly "Last Share Time": number | string;
  /** Shares in difficulty 1. */
  readonly "Diff1 Shares": number;
  /** URL of the proxy; empty if there is none. */
  readonly Proxy: string;
  /** Kind of the proxy; empty if there is none. */
  readonly "Proxy Type"?: string;
  /** Difficulty of the accepted shares, summed. */
  readonly "Difficulty Accepted": number;
  /** Difficulty of the rejected shares, summed. */
  readonly "Difficulty Rejected": number;
  /** Difficulty of the stale shares, summed. */
  readonly "Difficulty Stale": number;
  /** Difficulty of its last share. */
  readonly "Last Share Difficulty": number;
  /** Whether it speaks stratum. */
  readonly "Has Stratum": boolean;
  /** Whether a stratum connection to it stands. */
  readonly "Stratum Active": boolean;
  /** Where that goes to; empty if there is none. */
  readonly "Stratum URL": string;
  /** Whether it speaks getblocktemplate. */
  readonly "Has GBT"?: boolean;
  /** Difficulty of the best share. */
  readonly "Best Share": number | string;
  /** Rejected difficulty, in percent. */
  readonly "Pool Rejected%": number;
  /** Stale difficulty, in percent. */
  readonly "Pool Stale%"?: number;
  /** The same, misspelt (some Antminers). */
  readonly "Pool Stale%%"?: number;
  /** `Y` if it tells of new blocks. */
  readonly "Long Poll"?: string;
  /** Work made for it. */
  readonly Works?: number;
  /** Difficulty of its work. */
  readonly "Work Difficulty"?: number;
  /** Difficulty that it asked for. */
  readonly "Stratum Difficulty"?: number;
  /** Work of it that could not be used. */
  readonly "Bad Work"?: number;
  /** Whether it lets version bits be rolled. */
  readonly "Has Vmask"?: boolean;
  /** Height of the block that is worked on. */
  readonly "Current Block Height"?: number;
  /** Version of that block. */
  readonly "Current Block Version"?: number;
  /** Difficulty that it asked for, as text: `65.5K` (Antminer). */
  readonly Diff?: string;
  /** Whether version bits are rolled (BOSminer). */
  readonly AsicBoost?: boolean;
  /** Whether version bits are rolled (ASICseer). */
  readonly Asicboost?: boolean;
  /** Its name (sgminer). */
  readonly Name?: string;
  /** Its profile (sgminer). */
  readonly Profile?: string;
  /** What is mined there (sgminer). */
  readonly Algorithm?: string;
  /** The kind of that (sgminer). */
  readonly "Algorithm Type"?: string;
  /** Words about it (sgminer). */
  readonly Description?: string;
  /** The mining goal that it serves (bfgminer). */
  readonly "Mining Goal"?: string;
  /** The group that it is in (LuxOS). */
  readonly GROUP?: number;
  /** What else this miner says. */
  readonly [field: string]: unknown;
}
