/**
 * What a miner says of itself, its pools and its work: the replies to `summary`,
 * `pools`, `stats` and its like, `version`, `config`, `coin`, `check`, `debug` and
 * `lcd`.
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
}

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
}

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
}

/** The reply to `version`. */
export interface VersionReply extends StatusReply {
  /** The versions, in one entry. */
  readonly VERSION: readonly [VersionReport];
}

/** What runs, as `version` says it. */
export interface VersionReport {
  /** Version of the API. */
  readonly API: string;
  /** Version of cgminer, or of the fork that says so. */
  readonly CGMiner?: string;
  /** Version of bmminer (Antminer). */
  readonly BMMiner?: string;
  /** Version of BOSminer (Braiins OS). */
  readonly BOSminer?: string;
  /** Version of BOSminer+ (Braiins OS+). */
  readonly "BOSminer+"?: string;
  /** Version of boser (newer Braiins OS). */
  readonly BOSer?: string;
  /** Version of LUXminer (LuxOS). */
  readonly LUXminer?: string;
  /** Version of the hardware's image, or name and version of a fork. */
  readonly Miner?: string;
  /** When it was built. */
  readonly CompileTime?: string;
  /** The model (Antminer, LuxOS). */
  readonly Type?: string;
  /** The product (Avalon). */
  readonly PROD?: string;
  /** The model (Avalon). */
  readonly MODEL?: string;
  /** The hardware (Avalon). */
  readonly HWTYPE?: string;
  /** The software's kind (Avalon). */
  readonly SWTYPE?: string;
  /** The firmware (Avalon). */
  readonly VERSION?: string;
  /** Serial number of the controller (Avalon). */
  readonly DNA?: string;
  /** Its MAC address, without colons (Avalon). */
  readonly MAC?: string;
}

/** The reply to `config`. */
export interface ConfigReply extends StatusReply {
  /** The configuration, in one entry. */
  readonly CONFIG: readonly [ConfigReport];
}

/** How it is set up, as `config` says it. */
export interface ConfigReport {
  /** How many pools it has. */
  readonly "Pool Count": number;
  /** How it chooses among pools: `Failover` mostly. */
  readonly Strategy: string;
  /** Seconds between status lines in its log. */
  readonly "Log Interval": number;
  /** The drivers that are built in. */
  readonly "Device Code": string;
  /** Its operating system. */
  readonly OS: string;
  /** How many ASICs it has. */
  readonly "ASC Count"?: number;
  /** How many FPGAs (and, in bfgminer, all devices) it has. */
  readonly "PGA Count"?: number;
  /** How many GPUs it has. */
  readonly "GPU Count"?: number;
  /** Seconds between looks for new devices, or `None`. */
  readonly Hotplug?: number | string;
  /** `Y` if it can control GPUs. */
  readonly ADL?: string;
  /** `Y` if it does control GPUs. */
  readonly "ADL in use"?: string;
  /** Whether the other pools get work only if the first fails. */
  readonly "Failover-Only"?: boolean;
  /** Seconds that old work is worked on. */
  readonly ScanTime?: number;
  /** How much work is fetched ahead. */
  readonly Queue?: number;
  /** Seconds after which a share is stale. */
  readonly Expiry?: number;
  /** The signature in found blocks (bfgminer). */
  readonly "Coinbase-Sig"?: string;
  /** The model (LuxOS). */
  readonly Model?: string;
  /** Its name on the network (LuxOS). */
  readonly Hostname?: string;
  /** Its address (LuxOS). */
  readonly IPAddr?: string;
  /** Its MAC address (LuxOS). */
  readonly MACAddr?: string;
  /** Its serial number (LuxOS). */
  readonly SerialNumber?: string;
  /** How it is, in a word (LuxOS). */
  readonly SystemStatus?: string;
  /** The profile that it runs (LuxOS). */
  readonly Profile?: string;
  /** Its hashrate by the maker's word, in TH/s (LuxOS). */
  readonly NameplateTHS?: number;
  /** Whether it rests, and how (LuxOS). */
  readonly CurtailMode?: string;
  /** Whether temperatures choose the profile (LuxOS). */
  readonly IsAtmEnabled?: boolean;
  /** Whether its chips are being tuned (LuxOS). */
  readonly IsTuning?: boolean;
  /** Whether the power supply feeds the boards (LuxOS). */
  readonly IsPowerSupplyOn?: boolean;
}

/** The reply to `coin`. */
export interface CoinReply extends StatusReply {
  /** The coin, in one entry. */
  readonly COIN: readonly [CoinReport];
}

/** What is mined, as `coin` says it. */
export interface CoinReport {
  /** `sha256`, `scrypt` … */
  readonly "Hash Method": string;
  /** When the current block began, in Unix seconds. */
  readonly "Current Block Time": number;
  /** The hash of the block before it; can be empty. */
  readonly "Current Block Hash": string;
  /** Whether a pool tells of new blocks. */
  readonly LP: boolean;
  /** The network's difficulty. */
  readonly "Network Difficulty": number;
  /** Difficulty of the accepted shares (bfgminer). */
  readonly "Difficulty Accepted"?: number;
}

/** The reply to `check`. */
export interface CheckReply extends StatusReply {
  /** The command, in one entry. */
  readonly CHECK: readonly [CheckReport];
}

/** Whether a command can be used, as `check` says it. */
export interface CheckReport {
  /** `Y` if the miner has it. */
  readonly Exists: string;
  /** `Y` if whoever asks may use it. */
  readonly Access: string;
}

/** The reply to `debug`. */
export interface DebugReply extends StatusReply {
  /** The settings as they are now, in one entry. */
  readonly DEBUG: readonly [DebugReport];
}

/** What the miner logs, as `debug` says it. */
export interface DebugReport {
  /** Nothing at all. */
  readonly Silent: boolean;
  /** No status lines. */
  readonly Quiet: boolean;
  /** More than usual. */
  readonly Verbose: boolean;
  /** All. */
  readonly Debug: boolean;
  /** What is said to pools. */
  readonly RPCProto: boolean;
  /** A line for each device. */
  readonly PerDevice: boolean;
  /** How long work took. */
  readonly WorkTime: boolean;
}

/** The reply to `lcd`. */
export interface LcdReply extends StatusReply {
  /** The figures, in one entry. */
  readonly LCD: readonly [LcdReport];
}

/** What a small display would show, as `lcd` says it. */
export interface LcdReport {
  /** Seconds since the miner started. */
  readonly Elapsed: number;
  /** Average hashrate, in GH/s. */
  readonly "GHS av": number;
  /** Hashrate of the last 5 minutes, in GH/s. */
  readonly "GHS 5m": number;
  /** Hashrate of the last 5 seconds, in GH/s. */
  readonly "GHS 5s": number;
  /** The hottest device, in °C. */
  readonly Temperature: number;
  /** Difficulty of the last share. */
  readonly "Last Share Difficulty": number;
  /** When it was found, in Unix seconds. */
  readonly "Last Share Time": number;
  /** Difficulty of the best share. */
  readonly "Best Share": number;
  /** When a device last found a solution, in Unix seconds. */
  readonly "Last Valid Work": number;
  /** Blocks found. */
  readonly "Found Blocks": number;
  /** URL of the pool in use. */
  readonly "Current Pool": string;
  /** Its user. */
  readonly User: string;
}
