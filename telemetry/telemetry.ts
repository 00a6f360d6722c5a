/**
 * The model: what a rig says of itself, whoever made it, in one shape and in
 * base units. What a rig does not say is absent, never 0; user names and
 * passwords are never in it.
 *
 * @example
 * ```ts
 * import type { Telemetry } from "./telemetry.ts";
 *
 * const telemetry: Telemetry = {
 *   miner: { software: "cgminer", version: "4.11.1", api: "3.7" },
 *   uptimeS: 86_400,
 *   hashrate: { "5s": 13.5e12, average: 13.4e12 },
 *   fans: [{ name: "1", rpm: 4200 }],
 * };
 * console.log(telemetry.hashrate?.average);
 * ```
 *
 * @module
 */

/** The most devices that a rig has in the model. */
export const MAX_DEVICES = 512;

/** The most sensors that a device has, and that the metrics have of a rig. */
export const MAX_SENSORS = 8;

/** The most fans that a rig has in the model. */
export const MAX_FANS = 64;

/** The most error codes that a rig has in the model. */
export const MAX_ERROR_CODES = 32;

/** What is known of a rig at one moment. */
export interface Telemetry {
  /** What mines, on what. */
  readonly miner?: MinerInfo;
  /**
   * `paused`: the rig says that it rests, as somebody told it to (asleep, in
   * standby, curtailed, switched off). Absent where it does not say so.
   */
  readonly mode?: "paused";
  /** The rig's own clock when it said this: Unix time in seconds. */
  readonly clockS?: number;
  /** Seconds since the miner started. */
  readonly uptimeS?: number;
  /** The rig's hashrate. */
  readonly hashrate?: Hashrate;
  /** The rig's shares since the miner started. */
  readonly shares?: ShareCounts;
  /** Hardware errors since the miner started. */
  readonly hardwareErrors?: number;
  /** Wrong results as a part of all since the miner started, 0 to 1. */
  readonly hardwareErrorRatio?: number;
  /** Difficulty of the best share. */
  readonly bestShare?: number;
  /** Blocks that the miner found. */
  readonly blocksFound?: number;
  /** Electrical power in watts. */
  readonly powerW?: number;
  /** Temperatures that belong to no device: ambient, power supply. */
  readonly temperatures?: readonly Temperature[];
  /** Devices or hash chains. */
  readonly devices?: readonly Device[];
  /** Fans. */
  readonly fans?: readonly Fan[];
  /** Pools. */
  readonly pools?: readonly Pool[];
  /** Codes of the errors that the rig says stand now, each once: `2310`. */
  readonly errorCodes?: readonly string[];
}

/** What mines, on what. */
export interface MinerInfo {
  /** The miner's software: `cgminer`, `bmminer`, `BOSminer`, `btminer`. */
  readonly software?: string;
  /** Its version. */
  readonly version?: string;
  /** The version of its API. */
  readonly api?: string;
  /** The hardware: `Antminer S9`, `WhatsMiner M31S`. */
  readonly model?: string;
  /** Version of the firmware around it. */
  readonly firmware?: string;
}

/** Spans over which a miner averages its hashrate. */
export type HashrateWindow = "5s" | "1m" | "5m" | "15m" | "average";

/** The windows of a hashrate, in the order that they are given in. */
export const HASHRATE_WINDOWS: readonly HashrateWindow[] = [
  "5s",
  "1m",
  "5m",
  "15m",
  "average",
];

/**
 * Hashes per second, by window; `average` is since the miner started. `ideal`
 * is no window: what the rig states that it should do, be it called ideal,
 * nominal or factory.
 */
export type Hashrate = Readonly<
  Partial<Record<HashrateWindow | "ideal", number>>
>;

/** Windows by how well they show what a rig does now. */
const CURRENT_WINDOWS: readonly HashrateWindow[] = [
  "5m",
  "1m",
  "5s",
  "15m",
  "average",
];

/**
 * Finds the hashrate that shows best what a rig does now: that of five minutes,
 * else of one minute, five seconds, 15 minutes, else its average.
 *
 * @example
 * ```ts
 * import { currentHashrate, hottest, Rig, Simulator } from "../mod.ts";
 *
 * await using simulator = Simulator.start({ personality: "antminer" });
 * const telemetry = await new Rig(simulator).telemetry();
 * console.log(currentHashrate(telemetry), hottest(telemetry)?.celsius);
 * ```
 *
 * @param telemetry What the rig said.
 * @returns Hashes per second; undefined where it says none.
 */
export function currentHashrate(
  { hashrate }: Pick<Telemetry, "hashrate">,
): number | undefined {
  if (hashrate === undefined) return undefined;
  const window = CURRENT_WINDOWS.find((each) => hashrate[each] !== undefined);
  return window && hashrate[window];
}

/**
 * Finds the sensor that is hottest, of the rig itself and of all its devices.
 *
 * @example
 * ```ts
 * import { hottest } from "../mod.ts";
 *
 * const temperatures = [{ sensor: "PSU", celsius: 51 }];
 * console.log(hottest({ temperatures })); // { sensor: "PSU", celsius: 51 }
 * ```
 *
 * @param telemetry What the rig said.
 * @returns The sensor and its temperature; undefined where it says none.
 */
export function hottest(
  { temperatures = [], devices = [] }: Pick<
    Telemetry,
    "temperatures" | "devices"
  >,
): Temperature | undefined {
  let most = temperatures[0];
  for (const each of [{ temperatures }, ...devices]) {
    for (const sensor of each.temperatures ?? []) {
      if (most === undefined || sensor.celsius > most.celsius) most = sensor;
    }
  }
  return most;
}

/** Shares by what became of them. */
export interface ShareCounts {
  /** Taken by the pool. */
  readonly accepted?: number;
  /** Refused by the pool. */
  readonly rejected?: number;
  /** Found too late. */
  readonly stale?: number;
  /** Work that was thrown away. */
  readonly discarded?: number;
}

/** One device or hash chain. */
export interface Device {
  /** Unique in its rig, and the same from reply to reply: `ASC0`, `chain 6`. */
  readonly name: string;
  /** As the miner says: `Alive`, `Dead`, `Sick`, … */
  readonly status?: string;
  /**
   * Whether it mines, where the miner says so. A board that is there without a
   * chip, or that the miner counts and does not find, does not.
   */
  readonly isUp?: boolean;
  /** Its hashrate. */
  readonly hashrate?: Hashrate;
  /** Its sensors. */
  readonly temperatures?: readonly Temperature[];
  /** How many of its chips answer. */
  readonly chips?: number;
  /**
   * How many chips it should have: as it says, else as many as the one of the
   * rig's devices that has most.
   */
  readonly expectedChips?: number;
  /** Its hardware errors since the miner started. */
  readonly hardwareErrors?: number;
  /** Its shares since the miner started. */
  readonly shares?: ShareCounts;
}

/** One sensor. */
export interface Temperature {
  /** Unique in its device: `chip`, `pcb`, `inlet`, `chip 2`. */
  readonly sensor: string;
  /** Degrees Celsius. */
  readonly celsius: number;
}

/** One fan. */
export interface Fan {
  /** Unique in its rig: `1`, `psu`. */
  readonly name: string;
  /** Revolutions per minute. */
  readonly rpm?: number;
  /** Speed in percent of the most, 0 to 100. */
  readonly percent?: number;
}

/** One pool, without its user. */
export interface Pool {
  /** Its number in the miner. */
  readonly index: number;
  /** Its URL, without user and password. */
  readonly url?: string;
  /** As the miner says: `Alive`, `Dead`, `Disabled`, … */
  readonly status?: string;
  /** Whether it answers, where the miner says so. */
  readonly isUp?: boolean;
  /** Whether the miner works for it now. */
  readonly isActive?: boolean;
  /** 0 is the first choice. */
  readonly priority?: number;
  /** Its shares since the miner started. */
  readonly shares?: ShareCounts;
  /** Difficulty of the work that the pool gives. */
  readonly difficulty?: number;
  /** When the last share was sent: Unix time in seconds. */
  readonly lastShareTimeS?: number;
}

/** A device, and what tells that two reports mean the same one. */
export interface FoundDevice {
  readonly device: Device;
  /** `ID` in `devs` and `temps`, the chain's number in `stats`. */
  readonly number?: number;
  /** Driver and number: `Name` + `ID` in `devs`, `ID` in `stats`. */
  readonly key?: string;
}
