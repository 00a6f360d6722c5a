/**
 * What a miner says about its devices rather than of their work: how many there
 * are, what they are, what went wrong with them.
 *
 * @example
 * ```ts
 * import { Simulator } from "../rigs/simulator.ts";
 * import { Rig } from "./rig.ts";
 *
 * await using simulator = Simulator.start();
 * const { DEVDETAILS = [] } = await new Rig(simulator).devDetails();
 * for (const { ID, Driver } of DEVDETAILS) console.log(ID, Driver);
 * ```
 *
 * @module
 */

import type { StatusReply } from "./reply.ts";

/** The reply to `asccount`. */
export interface AscCountReply extends StatusReply {
  /** The count, in one entry. */
  readonly ASCS: readonly [CountReport];
}

/** The reply to `pgacount` and `proccount`. */
export interface PgaCountReply extends StatusReply {
  /** The count, in one entry. */
  readonly PGAS: readonly [CountReport];
}

/** The reply to `gpucount`. */
export interface GpuCountReply extends StatusReply {
  /** The count, in one entry. */
  readonly GPUS: readonly [CountReport];
}

/** The reply to `cpucount`. */
export interface CpuCountReply extends StatusReply {
  /** The count, in one entry. */
  readonly CPUS: readonly [CountReport];
}

/** How many there are. */
export interface CountReport {
  /** The number. */
  readonly Count: number;
  /** What else this miner says. */
  readonly [field: string]: unknown;
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
  /** What else this miner says. */
  readonly [field: string]: unknown;
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
  /** What else this miner says. */
  readonly [field: string]: unknown;
}
