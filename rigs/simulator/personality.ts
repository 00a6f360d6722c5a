/**
 * What makes one kind of miner of another: what a simulated rig takes its
 * words, its commands, its reports and its defects from.
 *
 * @module
 */

import type { Command, Voice } from "./exchange.ts";
import type { PoolOptions } from "./pool.ts";

/** One kind of miner. */
export interface PersonalityTraits {
  /** How it speaks. */
  readonly voice: Voice;
  /** How many bytes its one `recv` takes at most. */
  readonly receiveLimit: number;
  /**
   * Whether it forgets to forget that the last request was a joined one, so
   * that it answers a faulty one after it twice.
   */
  readonly repeatsFaults: boolean;
  /** How many devices it has unless told otherwise. */
  readonly deviceCount: number;
  /** The hashrate of each, in MH/s. */
  readonly nominalMhs: number;
  /** The difficulty of a share. */
  readonly shareDifficulty: number;
  /** How many hashes difficulty 1 takes; default 2^32, as for SHA-256. */
  readonly hashesPerDiff1?: number;
  /** Its pools unless told otherwise. */
  readonly pools: readonly PoolOptions[];
  /** Commands that report and may be joined: group R. */
  readonly reports: Readonly<Record<string, Command>>;
  /** Commands that report and stand alone: group R. `check` is there anyway. */
  readonly lookups: Readonly<Record<string, Command>>;
  /** Commands that are privileged but may be joined. */
  readonly audits: Readonly<Record<string, Command>>;
  /** Commands that are privileged and stand alone. */
  readonly controls: Readonly<Record<string, Command>>;
}

/** The pools of a rig that is not told of others. */
export const DEFAULT_POOLS: readonly PoolOptions[] = [
  { url: "stratum+tcp://pool.example.com:3333", user: "demo.rig" },
  { url: "stratum+tcp://backup.example.net:3333", user: "demo.rig" },
  { url: "stratum+tcp://solo.example.org:3334", user: "demo.rig" },
];
