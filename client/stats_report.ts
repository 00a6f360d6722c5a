/**
 * The replies to `stats` and its like.
 *
 * @example
 * ```ts
 * import { Simulator } from "../rigs/simulator.ts";
 * import { Rig } from "./rig.ts";
 *
 * await using simulator = Simulator.start();
 * const { STATS } = await new Rig(simulator).stats();
 * for (const { ID, Elapsed } of STATS) console.log(ID, Elapsed);
 * ```
 *
 * @module
 */

import type { StatusReply } from "./reply.ts";

/** The reply to `stats`, `estats`, `dbgstats` and `litestats`. */
export interface StatsReply extends StatusReply {
  /** The entries, in order. */
  readonly STATS: readonly StatsReport[];
}

/**
 * One entry of `stats`: a device, a pool, or, first of an Antminer's, its
 * firmware. Vendors put hundreds of fields here; those that are common have
 * names, and `readTelemetry` reads far more of them.
 */
export interface StatsReport {
  /** Its place in the list. */
  readonly STATS?: number;
  /** The device (`BTM0`, `AVA10`) or pool (`POOL0`). */
  readonly ID?: string;
  /** Seconds since the miner started. */
  readonly Elapsed?: number;
  /** How often work was fetched. */
  readonly Calls?: number;
  /** Seconds waited for it. */
  readonly Wait?: number;
  /** The longest wait, in seconds. */
  readonly Max?: number;
  /** The shortest wait; 99999999 if there was none. */
  readonly Min?: number;
  /** How often the pool was asked. */
  readonly "Pool Calls"?: number;
  /** How often that was tried. */
  readonly "Pool Attempts"?: number;
  /** Seconds waited for it. */
  readonly "Pool Wait"?: number;
  /** The longest wait, in seconds. */
  readonly "Pool Max"?: number;
  /** The shortest wait; 99999999 if there was none. */
  readonly "Pool Min"?: number;
  /** The average wait, in seconds. */
  readonly "Pool Av"?: number;
  /** Whether its work could be rolled. */
  readonly "Work Had Roll Time"?: boolean;
  /** Whether its work can be. */
  readonly "Work Can Roll"?: boolean;
  /** Whether its work said when it expires. */
  readonly "Work Had Expire"?: boolean;
  /** For how many seconds it can be rolled. */
  readonly "Work Roll Time"?: number;
  /** Difficulty of its work. */
  readonly "Work Diff"?: number;
  /** The lowest so far. */
  readonly "Min Diff"?: number;
  /** The highest so far. */
  readonly "Max Diff"?: number;
  /** Work of the lowest. */
  readonly "Min Diff Count"?: number;
  /** Work of the highest. */
  readonly "Max Diff Count"?: number;
  /** Messages sent to the pool. */
  readonly "Times Sent"?: number;
  /** Their bytes. */
  readonly "Bytes Sent"?: number;
  /** Messages received from it. */
  readonly "Times Recv"?: number;
  /** Their bytes. */
  readonly "Bytes Recv"?: number;
  /** Bytes sent, with what the protocol adds. */
  readonly "Net Bytes Sent"?: number;
  /** Bytes received, with what the protocol adds. */
  readonly "Net Bytes Recv"?: number;
  /** The model (Antminer). */
  readonly Type?: string;
  /** Version of the hardware's image (Antminer). */
  readonly Miner?: string;
  /** Version of bmminer (Antminer). */
  readonly BMMiner?: string;
  /** Version of cgminer (Antminer). */
  readonly CGMiner?: string;
  /** When it was built (Antminer). */
  readonly CompileTime?: string;
  /** Hash chains (Antminer). */
  readonly miner_count?: number;
  /** Frequency of the chips, in MHz (Antminer). */
  readonly frequency?: number | string;
  /** Hashrate of the last 5 seconds, in GH/s mostly (Antminer). */
  readonly "GHS 5s"?: number | string;
  /** Average hashrate, in GH/s mostly (Antminer). */
  readonly "GHS av"?: number | string;
  /** Fans (Antminer). */
  readonly fan_num?: number;
  /** The hottest sensor, in °C (Antminer). */
  readonly temp_max?: number;
  /** Hardware errors (Antminer). */
  readonly no_matching_work?: number;
  /** Modules (Avalon). */
  readonly "MM Count"?: number;
  /** What else this miner says. */
  readonly [field: string]: unknown;
}
