/**
 * Reads the devices that `devs` (else `edevs`) lists. Pure.
 *
 * @example
 * ```ts
 * import { readDeviceEntries } from "./device_entries.ts";
 *
 * const [found] = readDeviceEntries({
 *   devs: { DEVS: [{ ASC: 0, Name: "SM", ID: 0, Enabled: "Y", Status: "Alive" }] },
 * });
 * console.log(found?.device); // { name: "ASC0", status: "Alive", isUp: true }
 * console.log(found?.key); // SM0
 * ```
 *
 * @module
 */

import { readHashrate } from "./hashrate.ts";
import { readShares } from "./miner_figures.ts";
import type { Reports } from "./reports.ts";
import { findSections, type Members } from "./sections.ts";
import type { Device } from "./telemetry.ts";
import { readTemperatures } from "./temperatures.ts";
import { readCount, readFlag, readText } from "./values.ts";

/** The most devices that a rig has in the model. */
export const MAX_DEVICES = 512;

/** The longest name of a device. */
const MAX_NAME_LENGTH = 40;

/** A device, and what tells that two reports mean the same one. */
export interface FoundDevice {
  readonly device: Device;
  /** `ID` in `devs` and `temps`, the chain's number in `stats`. */
  readonly number?: number;
  /** Driver and number: `Name` + `ID` in `devs`, `ID` in `stats`. */
  readonly key?: string;
}

/** Members that number a device among its kind, in cgminer's order (api.c). */
const KINDS: readonly string[] = ["ASC", "PGA", "GPU", "CPU"];

/** Whether a device mines, by its `Status` in small letters (api.c). */
const STATUSES: Readonly<Record<string, boolean>> = {
  "alive": true,
  "mining": true,
  "dead": false,
  "sick": false,
  "nostart": false,
  "initialising": false,
  "disabled": false,
  "rejecting": false,
};

/**
 * Reads the devices of `devs`, or of `edevs` where that has none.
 *
 * @param reports The replies of the rig.
 * @returns The devices by kind and number; names may be double.
 */
export function readDeviceEntries(reports: Reports): FoundDevice[] {
  const devs = findSections(reports["devs"], "DEVS");
  const entries = devs.length > 0
    ? devs
    : findSections(reports["edevs"], "DEVS");
  return entries.slice(0, MAX_DEVICES)
    .flatMap((entry) => readEntry(entry) ?? [])
    .sort((one, other) => one.kind - other.kind || one.slot - other.slot)
    .map(({ found }) => found);
}

/**
 * Reads what `devs` and `stats` say of a device in the same words.
 *
 * @param members The device's object.
 * @param isGpu Whether it is a GPU.
 * @returns The device without its name; empty where it says nothing.
 */
export function readDeviceMembers(
  members: Members,
  isGpu: boolean = false,
): Omit<Device, "name"> {
  const status = readText(members["Status"]);
  const isUp = readIsUp(members, status);
  const hashrate = readHashrate(members);
  const temperatures = readTemperatures(members, isGpu);
  const hardwareErrors = readCount(members["Hardware Errors"]);
  const shares = readShares(members);
  return {
    ...(status !== undefined && { status }),
    ...(isUp !== undefined && { isUp }),
    ...(hashrate !== undefined && { hashrate }),
    ...(temperatures.length > 0 && { temperatures }),
    ...(hardwareErrors !== undefined && { hardwareErrors }),
    ...(shares !== undefined && { shares }),
  };
}

/**
 * Makes a name of a text.
 *
 * @param value The text, of a driver or an ID.
 * @returns At most 40 characters; `undefined` where there is none.
 */
export function readName(value: unknown): string | undefined {
  return readText(value)?.slice(0, MAX_NAME_LENGTH).trim();
}

function readEntry(
  entry: Members,
): { kind: number; slot: number; found: FoundDevice } | undefined {
  const kind = KINDS.findIndex((kind) => readCount(entry[kind]) !== undefined);
  const slot = readCount(entry[KINDS[kind] ?? ""]);
  const id = readCount(entry["ID"]);
  const driver = readName(entry["Name"]);
  const number = id ?? slot;
  const name = slot === undefined
    ? driver === undefined ? undefined : `${driver}${id ?? ""}`
    : `${KINDS[kind]}${slot}`;
  if (name === undefined) return undefined;
  return {
    kind,
    slot: slot ?? id ?? 0,
    found: {
      device: { name, ...readDeviceMembers(entry, KINDS[kind] === "GPU") },
      ...(number !== undefined && { number }),
      ...(driver !== undefined && id !== undefined && { key: driver + id }),
    },
  };
}

/** What is said to be off is down, whatever its status. */
function readIsUp(
  members: Members,
  status: string | undefined,
): boolean | undefined {
  const isOff = readFlag(members["Enabled"]) === false ||
    readFlag(members["Disabled"]) === true ||
    readFlag(members["No Device"]) === true;
  if (isOff) return false;
  const word = status?.toLowerCase() ?? "";
  return Object.hasOwn(STATUSES, word) ? STATUSES[word] : undefined;
}
