/**
 * What a miner says of its devices: the replies to `devs` and its like, to `asc`,
 * `pga` and `gpu`, and to those that count them.
 *
 * @example
 * ```ts
 * import { Simulator } from "../rigs/simulator.ts";
 * import { Rig } from "./rig.ts";
 *
 * await using simulator = Simulator.start();
 * const { DEVS } = await new Rig(simulator).devs();
 * for (const device of DEVS) console.log(device.ASC, device["MHS av"]);
 * ```
 *
 * @module
 */

import type { StatusReply } from "./reply.ts";

/** The reply to `devs`, `edevs` and `procs`. */
export interface DevsReply extends StatusReply {
  /** The devices, in order. */
  readonly DEVS: readonly DeviceReport[];
}

/** The reply to `asc`. */
export interface AscReply extends StatusReply {
  /** The device, in one entry. */
  readonly ASC: readonly [DeviceReport];
}

/** The reply to `pga` and `proc`. */
export interface PgaReply extends StatusReply {
  /** The device, in one entry. */
  readonly PGA: readonly [DeviceReport];
}

/** The reply to `gpu`. */
export interface GpuReply extends StatusReply {
  /** The device, in one entry. */
  readonly GPU: readonly [DeviceReport];
}

/** The reply to `cpu`. */
export interface CpuReply extends StatusReply {
  /** The device, in one entry. */
  readonly CPU: readonly [DeviceReport];
}

/**
 * One device: an entry of `devs`, `edevs` and `procs`, and what `asc`, `pga`,
 * `gpu`, `cpu` and `proc` say of one.
 */
export interface DeviceReport {
  /** `Y`, or `N` if it was disabled. */
  readonly Enabled: string;
  /** `Alive`, `Sick`, `Dead` or `NoStart`. */
  readonly Status: string;
  /** Seconds since it was found. */
  readonly "Device Elapsed": number;
  /** Average hashrate, in MH/s. */
  readonly "MHS av": number;
  /** Shares accepted. */
  readonly Accepted: number;
  /** Shares rejected. */
  readonly Rejected: number;
  /** Nonces that were no solution. */
  readonly "Hardware Errors": number;
  /** Its number, if it is an ASIC. */
  readonly ASC?: number;
  /** Its number, if it is an FPGA, or any device of bfgminer. */
  readonly PGA?: number;
  /** Its number, if it is a GPU. */
  readonly GPU?: number;
  /** Its driver's short name. */
  readonly Name?: string;
  /** Its number among the devices of that driver. */
  readonly ID?: number;
  /** Its number within its device (bfgminer). */
  readonly ProcID?: number;
  /** Temperature, in °C; what is no sensor says 0 or -273. */
  readonly Temperature?: number;
  /** Hashrate of the last 5 seconds, in MH/s. */
  readonly "MHS 5s"?: number;
  /** Hashrate of the last 20 seconds, in MH/s (bfgminer). */
  readonly "MHS 20s"?: number;
  /** Decaying average of the hashrate, in MH/s (bfgminer). */
  readonly "MHS rolling"?: number;
  /** Hashrate of the last 30 seconds, in MH/s. */
  readonly "MHS 30s"?: number;
  /** Hashrate of the last minute, in MH/s. */
  readonly "MHS 1m"?: number;
  /** Hashrate of the last 5 minutes, in MH/s. */
  readonly "MHS 5m"?: number;
  /** Hashrate of the last 15 minutes, in MH/s. */
  readonly "MHS 15m"?: number;
  /** Hashrate of the last 2 minutes, in MH/s (TeamRedMiner). */
  readonly "MHS 120s"?: number;
  /** Average hashrate, in kH/s (sgminer). */
  readonly "KHS av"?: number;
  /** Hashrate of the last 5 seconds, in kH/s (sgminer). */
  readonly "KHS 5s"?: number;
  /** Accepted shares a minute. */
  readonly Utility?: number;
  /** Shares that came too late (bfgminer). */
  readonly Stale?: number;
  /** Hashes done, in millions. */
  readonly "Total MH"?: number;
  /** Work in shares of difficulty 1. */
  readonly "Diff1 Work"?: number;
  /** Shares of difficulty 1 a minute (bfgminer). */
  readonly "Work Utility"?: number;
  /** Difficulty of the accepted shares, summed. */
  readonly "Difficulty Accepted"?: number;
  /** Difficulty of the rejected shares, summed. */
  readonly "Difficulty Rejected"?: number;
  /** Difficulty of the stale shares, summed (bfgminer). */
  readonly "Difficulty Stale"?: number;
  /** The pool of its last share; -1 if it has none. */
  readonly "Last Share Pool"?: number;
  /** When it found that, in Unix seconds. */
  readonly "Last Share Time"?: number;
  /** Difficulty of that share. */
  readonly "Last Share Difficulty"?: number;
  /** When it last found a solution, in Unix seconds. */
  readonly "Last Valid Work"?: number;
  /** Hardware errors, in percent of the work. */
  readonly "Device Hardware%"?: number;
  /** Rejected work, in percent of the work. */
  readonly "Device Rejected%"?: number;
  /** True if it is gone. */
  readonly "No Device"?: boolean;
  /** Its fan, in revolutions a minute (GPU). */
  readonly "Fan Speed"?: number;
  /** Its fan, in percent (GPU). */
  readonly "Fan Percent"?: number;
  /** Engine clock, in MHz (GPU). */
  readonly "GPU Clock"?: number;
  /** Memory clock, in MHz (GPU). */
  readonly "Memory Clock"?: number;
  /** Voltage, in volts (GPU). */
  readonly "GPU Voltage"?: number;
  /** Load, in percent (GPU). */
  readonly "GPU Activity"?: number;
  /** PowerTune, in percent (GPU). */
  readonly Powertune?: number;
  /** Intensity, or `D` for dynamic (GPU). */
  readonly Intensity?: string;
  /** The finer intensity; 0 if not used (sgminer). */
  readonly XIntensity?: number;
  /** The finest intensity; 0 if not used (sgminer). */
  readonly RawIntensity?: number;
  /** What it should do, in MH/s (BOSminer). */
  readonly "Nominal MHS"?: number;
  /** Name of the board (LuxOS). */
  readonly Board?: string;
  /** Where the board is plugged in (LuxOS). */
  readonly Connector?: string;
  /** The profile that it runs (LuxOS). */
  readonly Profile?: string;
  /** Serial number of the board (LuxOS). */
  readonly SerialNumber?: string;
  /** Its slot (WhatsMiner). */
  readonly Slot?: number;
  /** Frequency of the chips, in MHz (WhatsMiner). */
  readonly "Chip Frequency"?: number;
  /** Chips that work (WhatsMiner). */
  readonly "Effective Chips"?: number;
  /** Coldest chip, in °C (WhatsMiner). */
  readonly "Chip Temp Min"?: number;
  /** Hottest chip, in °C (WhatsMiner). */
  readonly "Chip Temp Max"?: number;
  /** Average of the chips, in °C (WhatsMiner). */
  readonly "Chip Temp Avg"?: number;
  /** Serial number of the board (WhatsMiner). */
  readonly "PCB SN"?: string;
  /** What else this miner says. */
  readonly [field: string]: unknown;
}
