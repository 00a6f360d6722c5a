/**
 * What a miner says of itself: the replies to `version`, `config`, `coin`,
 * `check`, `debug` and `lcd`.
 *
 * @example
 * ```ts
 * import { Simulator } from "../rigs/simulator.ts";
 * import { Rig } from "./rig.ts";
 *
 * await using simulator = Simulator.start();
 * const { VERSION: [version] } = await new Rig(simulator).version();
 * console.log(version.CGMiner, version.API); // 4.11.1 3.7
 * ```
 *
 * @module
 */

import type { StatusReply } from "./reply.ts";

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
  /** What else this miner says. */
  readonly [field: string]: unknown;
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
  /** What else this miner says. */
  readonly [field: string]: unknown;
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
  /** What else this miner says. */
  readonly [field: string]: unknown;
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
  /** What else this miner says. */
  readonly [field: string]: unknown;
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
  /** What else this miner says. */
  readonly [field: string]: unknown;
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
  /** What else this miner says. */
  readonly [field: string]: unknown;
}
