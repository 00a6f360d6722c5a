/**
 * What a miner says of its devices: how they work (`devs` and its like, `asc`,
 * `pga`, `gpu`), how many there are, what they are, and what went wrong with them.
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

/** The reply to `asc`, `pga`, `gpu`, `cpu` and `proc`: a section for each kind. */
export type DeviceReply<Section extends "ASC" | "PGA" | "GPU" | "CPU"> =
  & StatusReply
  // The device, in one entry.
  & { readonly [Kind in Section]: readonly [DeviceReport] };

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
}

/** The reply to `asccount` and its like: a section for each kind of device. */
export type CountReply<Section extends "ASCS" | "PGAS" | "GPUS" | "CPUS"> =
  & StatusReply
  // The count, in one entry.
  & { readonly [Kind in Section]: readonly [CountReport] };

/** How many there are. */
export interface CountReport {
  /** The number. */
  readonly Count: number;
}

/** The reply to `devdetails` and `procdetails`: it has one of its two lists. */
export interface DevDetailsReply extends StatusReply {
  /** The devices, in order. */
  readonly DEVDETAILS?: readonly DeviceDetailsReport[];
  /** The same, as bfgminer calls it. */
  readonly DEVS?: readonly DeviceDetailsReport[];
}

/** The reply to `devscan` (bfgminer). */
export interface DevScanReply extends StatusReply {
  /** The devices that were found now. */
  readonly DEVS: readonly DeviceDetailsReport[];
}

/** What a device is, as `devdetails` says it. */
export interface DeviceDetailsReport {
  /** Its place in the list. */
  readonly DEVDETAILS: number;
  /** Its driver's short name. */
  readonly Name: string;
  /** Its number among the devices of that driver. */
  readonly ID: number;
  /** Its driver. */
  readonly Driver: string;
  /** The kernel of a GPU; empty for all others. */
  readonly Kernel: string;
  /** The model. */
  readonly Model?: string;
  /** Where the operating system has it. */
  readonly "Device Path"?: string;
  /** How many processors it has (bfgminer). */
  readonly Processors?: number;
  /** The temperature to be held, in °C (bfgminer). */
  readonly "Target Temperature"?: number;
  /** The temperature at which it stops, in °C (bfgminer). */
  readonly "Cutoff Temperature"?: number;
  /** Voltage, in volts (BOSminer). */
  readonly Voltage?: number;
  /** Frequency, in Hz (BOSminer). */
  readonly Frequency?: number;
  /** How many chips it has (BOSminer). */
  readonly Chips?: number;
  /** How many cores these have (BOSminer). */
  readonly Cores?: number;
}

/** The reply to `notify` and `procnotify`. */
export interface NotifyReply extends StatusReply {
  /** The devices, in order. */
  readonly NOTIFY: readonly NotifyReport[];
}

/** What went wrong with a device, as `notify` says it. */
export interface NotifyReport {
  /** Its place in the list. */
  readonly NOTIFY: number;
  /** Its driver's short name. */
  readonly Name: string;
  /** Its number among the devices of that driver. */
  readonly ID: number;
  /** When it was last well, in Unix seconds. */
  readonly "Last Well"?: number;
  /** When it was last not, in Unix seconds; 0: never. */
  readonly "Last Not Well": number;
  /** Why; `None` if it never was unwell. */
  readonly "Reason Not Well": string;
  /** Times that a thread could not start. */
  readonly "*Thread Fail Init": number;
  /** Times that a thread did nothing. */
  readonly "*Thread Zero Hash": number;
  /** Times that a thread got no work. */
  readonly "*Thread Fail Queue": number;
  /** Times that it idled for a minute. */
  readonly "*Dev Sick Idle 60s": number;
  /** Times that it idled for 10 minutes. */
  readonly "*Dev Dead Idle 600s": number;
  /** Times that it did not start. */
  readonly "*Dev Nostart": number;
  /** Times that it was too hot. */
  readonly "*Dev Over Heat": number;
  /** Times that it was so hot that it was stopped. */
  readonly "*Dev Thermal Cutoff": number;
  /** Times that it could not be talked to. */
  readonly "*Dev Comms Error": number;
  /** Times that it was slowed down. */
  readonly "*Dev Throttle": number;
}
