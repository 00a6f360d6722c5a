/**
 * The reply to `summary`.
 *
 * @example
 * ```ts
 * import { Simulator } from "../rigs/simulator.ts";
 * import { Rig } from "./rig.ts";
 *
 * await using simulator = Simulator.start();
 * const { SUMMARY: [summary] } = await new Rig(simulator).summary();
 * console.log(summary["MHS av"], summary.Accepted);
 * ```
 *
 * @module
 */

import type { StatusReply } from "./reply.ts";

/** The reply to `summary`. */
export interface SummaryReply extends StatusReply {
  /** The figures, in one entry. */
  readonly SUMMARY: readonly [SummaryReport];
}

/** The figures of the whole miner, as `summary` says them. */
export interface SummaryReport {
  /** Seconds since the miner started, or its figures were zeroed. */
  readonly Elapsed: number;
  /** Average hashrate since then, in MH/s; null for a printed `nan`. */
  readonly "MHS av"?: number | string | null;
  /** Hashrate of the last 5 seconds, in MH/s. */
  readonly "MHS 5s"?: number | string;
  /** Hashrate of the last 20 seconds, in MH/s (bfgminer). */
  readonly "MHS 20s"?: number;
  /** Hashrate of the last minute, in MH/s. */
  readonly "MHS 1m"?: number;
  /** Hashrate of the last 5 minutes, in MH/s. */
  readonly "MHS 5m"?: number;
  /** Hashrate of the last 15 minutes, in MH/s. */
  readonly "MHS 15m"?: number;
  /** Hashrate of the last day, in MH/s (BOSminer). */
  readonly "MHS 24h"?: number;
  /** Hashrate of the last 5 seconds, in GH/s (Antminer, LuxOS). */
  readonly "GHS 5s"?: number | string;
  /** Average hashrate, in GH/s (Antminer, LuxOS). */
  readonly "GHS av"?: number | string;
  /** Hashrate of the last minute, in GH/s (LuxOS). */
  readonly "GHS 1m"?: number;
  /** Hashrate of the last 5 minutes, in GH/s (LuxOS). */
  readonly "GHS 5m"?: number;
  /** Hashrate of the last 15 minutes, in GH/s (LuxOS). */
  readonly "GHS 15m"?: number;
  /** Hashrate of the last half hour, in GH/s (Antminer, LuxOS). */
  readonly "GHS 30m"?: number;
  /** Hashrate of the last day, in GH/s (LuxOS). */
  readonly "GHS 24h"?: number;
  /** Average hashrate, in kH/s (sgminer). */
  readonly "KHS av"?: number;
  /** Hashrate of the last 5 seconds, in kH/s (sgminer). */
  readonly "KHS 5s"?: number;
  /** Hashrate of now, in MH/s whatever its name says (WhatsMiner). */
  readonly "HS RT"?: number;
  /** The algorithm, or who computes it (bfgminer). */
  readonly Algorithm?: string;
  /** Blocks found. */
  readonly "Found Blocks": number;
  /** Work fetched from pools. */
  readonly Getworks?: number;
  /** Shares accepted. */
  readonly Accepted: number | string;
  /** Shares rejected. */
  readonly Rejected: number | string;
  /** Nonces that were no solution. */
  readonly "Hardware Errors": number;
  /** Accepted shares a minute. */
  readonly Utility: number;
  /** Work discarded unused. */
  readonly Discarded: number;
  /** Shares that came too late. */
  readonly Stale: number;
  /** Fetches of work that failed. */
  readonly "Get Failures": number;
  /** Work made here. */
  readonly "Local Work": number;
  /** Submissions that failed. */
  readonly "Remote Failures": number;
  /** Blocks that the network found meanwhile. */
  readonly "Network Blocks": number;
  /** Hashes done, in millions. */
  readonly "Total MH": number;
  /** Work in shares of difficulty 1. */
  readonly "Diff1 Work"?: number;
  /** Shares of difficulty 1 a minute. */
  readonly "Work Utility": number;
  /** Difficulty of the accepted shares, summed. */
  readonly "Difficulty Accepted": number;
  /** Difficulty of the rejected shares, summed. */
  readonly "Difficulty Rejected": number;
  /** Difficulty of the stale shares, summed. */
  readonly "Difficulty Stale": number;
  /** Difficulty of the best share. */
  readonly "Best Share": number;
  /** Hardware errors, in percent of the work. */
  readonly "Device Hardware%": number;
  /** Rejected work, in percent of the work. */
  readonly "Device Rejected%": number;
  /** Rejected difficulty, in percent. */
  readonly "Pool Rejected%": number;
  /** Stale difficulty, in percent. */
  readonly "Pool Stale%": number;
  /** When work came last, in Unix seconds. */
  readonly "Last getwork"?: number;
  /** Temperature of the boards, in °C (WhatsMiner). */
  readonly Temperature?: number;
  /** Temperature of the air, in °C (WhatsMiner). */
  readonly "Env Temp"?: number;
  /** Coldest chip, in °C (WhatsMiner). */
  readonly "Chip Temp Min"?: number;
  /** Hottest chip, in °C (WhatsMiner). */
  readonly "Chip Temp Max"?: number;
  /** Average of the chips, in °C (WhatsMiner). */
  readonly "Chip Temp Avg"?: number;
  /** Average frequency, in MHz (WhatsMiner). */
  readonly freq_avg?: number;
  /** Fan at the intake, in revolutions a minute (WhatsMiner). */
  readonly "Fan Speed In"?: number;
  /** Fan at the exhaust, in revolutions a minute (WhatsMiner). */
  readonly "Fan Speed Out"?: number;
  /** Power drawn, in watts (WhatsMiner). */
  readonly Power?: number;
  /** The most that it may draw, in watts (WhatsMiner). */
  readonly "Power Limit"?: number;
  /** `Low`, `Normal` or `High` (WhatsMiner). */
  readonly "Power Mode"?: string;
  /** Its firmware, in quotes of its own (WhatsMiner). */
  readonly "Firmware Version"?: string;
  /** Seconds since the machine booted (WhatsMiner). */
  readonly Uptime?: number;
  /** What else this miner says. */
  readonly [field: string]: unknown;
}
