/**
 * What only some vendors' firmware reports: Braiins OS, LuxOS and others.
 *
 * @example
 * ```ts
 * import { Simulator } from "../rigs/simulator.ts";
 * import { Rig } from "./rig.ts";
 *
 * await using simulator = Simulator.start();
 * const rig = new Rig(simulator);
 * try {
 *   const { TEMPS } = await rig.temps();
 *   for (const { ID, Board } of TEMPS) console.log(ID, Board);
 * } catch (error) {
 *   console.log(String(error)); // cgminer has no such command
 * }
 * ```
 *
 * @module
 */

import type { StatusReply } from "./reply.ts";

/** The reply to `temps`. */
export interface TempsReply extends StatusReply {
  /** The boards, in order. */
  readonly TEMPS: readonly TempReport[];
}

/** A board's temperatures: an entry of `temps`. */
export interface TempReport {
  /** Its place in the list. */
  readonly TEMP: number;
  /** The board's number. */
  readonly ID: number;
  /** The board, in °C (Braiins OS). */
  readonly Board?: number;
  /** Its hottest chip, in °C; 0 if it does not say (Braiins OS). */
  readonly Chip?: number;
  /** The sensor there, in °C (LuxOS). */
  readonly TopLeft?: number;
  /** The sensor there, in °C (LuxOS). */
  readonly TopRight?: number;
  /** The sensor there, in °C (LuxOS). */
  readonly BottomLeft?: number;
  /** The sensor there, in °C (LuxOS). */
  readonly BottomRight?: number;
}

/** The reply to `fans`. */
export interface FansReply extends StatusReply {
  /** The fans, in order. */
  readonly FANS: readonly FanReport[];
  /** How they are controlled, in one entry (LuxOS). */
  readonly FANCTRL?: readonly FanControlReport[];
}

/** A fan: an entry of `fans`. */
export interface FanReport {
  /** Its place in the list, or its name (LuxOS). */
  readonly FAN: number | string;
  /** Its number. */
  readonly ID: number;
  /** Revolutions a minute. */
  readonly RPM: number;
  /** How fast it is to turn, in percent. */
  readonly Speed: number;
}

/** How fans are controlled, as `fans` says it (LuxOS). */
export interface FanControlReport {
  /** With fewer fans it does not mine. */
  readonly MinFans: number;
  /** How fast fans turn while it does not mine, in percent. */
  readonly PowerOffSpeed: number;
}

/** The reply to `events`. */
export interface EventsReply extends StatusReply {
  /** The events, in order. */
  readonly EVENTS: readonly EventReport[];
}

/** Something that happened: an entry of `events`. */
export interface EventReport {
  /** Which event. */
  readonly Code: string;
  /** When, as ISO 8601 has it. */
  readonly CreatedAt: string;
  /** What happened, in words. */
  readonly Description: string;
  /** Where it is explained. */
  readonly DocUrl: string;
  /** What it happened to: `MINER`, `BOARD` … */
  readonly Target: string;
  /** Which of those. */
  readonly ID?: number;
}

/** The reply to `power`. */
export interface PowerReply extends StatusReply {
  /** The power, in one entry. */
  readonly POWER: readonly [PowerReport];
}

/** The power, as `power` says it. */
export interface PowerReport {
  /** Power drawn, in watts. */
  readonly Watts: number;
  /** True if the power supply measured it; false: it is estimated. */
  readonly PSU: boolean;
}

/** The reply to `profiles`: it has one of its two lists. */
export interface ProfilesReply extends StatusReply {
  /** The profiles, in order. */
  readonly PROFILES?: readonly ProfileReport[];
  /** The same, as sgminer calls it (its `api.h`: `JSON_PROFILES`). */
  readonly POOLS?: readonly ProfileReport[];
}

/** A profile: an entry of `profiles`, of LuxOS; sgminer has other fields. */
export interface ProfileReport {
  /** Its name. */
  readonly "Profile Name"?: string;
  /** Frequency of the chips, in MHz. */
  readonly Frequency?: number;
  /** Voltage, in volts. */
  readonly Voltage?: number;
  /** What it should do, in TH/s. */
  readonly Hashrate?: number;
  /** What it should draw, in watts. */
  readonly Watts?: number;
  /** How far from the default it is. */
  readonly Step?: string;
  /** Whether it was made for this machine. */
  readonly IsDynamic?: boolean;
  /** Whether its chips were tuned for it. */
  readonly IsTuned?: boolean;
}

/** The reply to `voltageget`. */
export interface VoltageReply extends StatusReply {
  /** The board's voltage, in one entry. */
  readonly VOLTAGE: readonly [VoltageReport];
}

/** A board's voltage, as `voltageget` says it. */
export interface VoltageReport {
  /** The board's number. */
  readonly Board: number;
  /** Its voltage, in volts. */
  readonly Voltage: number;
}

/** The reply to `healthchipget`. */
export interface ChipsReply extends StatusReply {
  /** The chips, in order. */
  readonly CHIPS: readonly ChipReport[];
}

/** A chip's health: an entry of `healthchipget`. */
export interface ChipReport {
  /** Its board. */
  readonly Board: number;
  /** Its number on that. */
  readonly Chip: number;
  /** Where it is. */
  readonly Row: number;
  /** Where it is. */
  readonly Column: number;
  /** Its voltage domain. */
  readonly Domain: number;
  /** Its frequency, in MHz. */
  readonly Frequency: number;
  /** Hashrate of the last minute, in GH/s. */
  readonly "GHS 1m": number;
  /** Hashrate of the last 5 minutes, in GH/s. */
  readonly "GHS 5m": number;
  /** Hashrate of the last 15 minutes, in GH/s. */
  readonly "GHS 15m": number;
  /** What it found. */
  readonly HashCount: number;
  /** What it should have found. */
  readonly HashExpected: number;
  /** What it must find to be healthy. */
  readonly HashMin: number;
  /** What it found, in percent of what it should have. */
  readonly Score: number;
  /** `Y` or `N`. */
  readonly Healthy: string;
  /** Whether it is being checked. */
  readonly IsChecking: boolean;
  /** When that was measured, in Unix milliseconds. */
  readonly When: number;
}

/** The reply to `chipstat`. */
export interface ChipStatReply extends StatusReply {
  /** The boards, in order. */
  readonly DEVS: readonly ChipStatReport[];
}

/**
 * A board's chips: an entry of `chipstat`. Fields named `1_accept`,
 * `2_accept` … count what each chip found.
 */
export interface ChipStatReport {
  /** The board's number. */
  readonly ASC: number;
  /** Where it is plugged in. */
  readonly Name: string;
  /** Its number there. */
  readonly ID: number;
}
