/**
 * Reads the devices that `stats` (else `estats`) tells of: each entry's hash
 * chains, Avalon's modules, or the one device that the entry is of. Pure.
 *
 * @example
 * ```ts
 * import { readDeviceGroups } from "./device_groups.ts";
 *
 * const groups = readDeviceGroups({
 *   stats: { STATS: [{ ID: "BC50", "chain_acn6": 63, "chain_rate6": "4536.24" }] },
 * });
 * console.log(groups[0]?.key, groups[0]?.devices[0]?.device.name); // BC50 chain 6
 * ```
 *
 * @module
 */

import { type Chain, readChains } from "./chains.ts";
import {
  type FoundDevice,
  MAX_DEVICES,
  readDeviceMembers,
  readName,
} from "./device_entries.ts";
import { type Module, readModules } from "./device_modules.ts";
import type { Reports } from "./reports.ts";
import { findSections, isMembers, type Members } from "./sections.ts";
import { readCount, readText } from "./values.ts";

/** What one entry of the statistics tells of. */
export interface DeviceGroup {
  /** The entry's `ID`: driver and number. */
  readonly key?: string;
  /**
   * Whether the entry lists several devices, or is made for such (slots for
   * chains, all empty); otherwise it is of one device.
   */
  readonly isList: boolean;
  readonly devices: readonly FoundDevice[];
}

/** Entries of pools, which `stats` lists behind the devices (api.c). */
const POOL_ID = /^POOL\d+$/;

/** `STATS`, and `STATS0`, `STATS1`, … of innosilicon/a9-sgminer-4.4.2. */
const SECTION_NAME = /^STATS\d{0,2}$/i;

/**
 * Lists the entries of `stats`, or of `estats` where that has none.
 *
 * @param reports The replies of the rig.
 * @returns The entries in the order of the reply, those of pools left out.
 */
export function listStatistics(reports: Reports): Members[] {
  for (const reply of [reports["stats"], reports["estats"]]) {
    const entries = listSections(reply)
      .filter(({ ID }) => typeof ID !== "string" || !POOL_ID.test(ID));
    if (entries.length > 0) return entries.slice(0, MAX_DEVICES);
  }
  return [];
}

/**
 * Reads the devices that the statistics tell of.
 *
 * @param reports The replies of the rig.
 * @returns One group for each entry that tells of devices.
 */
export function readDeviceGroups(reports: Reports): DeviceGroup[] {
  const entries = listStatistics(reports);
  const model = [...entries, ...findSections(reports["version"], "VERSION")]
    .map(({ Type }) => readText(Type)).find((type) => type !== undefined);
  const [status] = findSections(reports["stats"], "STATUS");
  const software = readText(status?.["Description"]);
  return entries.flatMap((entry) => readGroup(entry, model, software) ?? []);
}

/**
 * Names a module of an Avalon: by the entry's ID, and by its own number where
 * the entry has several.
 *
 * @param entry The entry of the statistics.
 * @param module One of its modules.
 * @param count How many it has.
 * @returns `AVA100`, `AV70 MM3`.
 */
export function nameModule(
  entry: Members,
  { index }: Module,
  count: number,
): string {
  const id = readName(entry["ID"]);
  if (id === undefined) return `MM${index}`;
  return count === 1 ? id : `${id} MM${index}`;
}

function readGroup(
  entry: Members,
  model: string | undefined,
  software: string | undefined,
): DeviceGroup | undefined {
  const key = readName(entry["ID"]);
  const base = key === undefined ? {} : { key };
  const chains = readChains(entry, model, software);
  if (chains !== undefined) {
    return { ...base, isList: true, devices: chains.map(foundOfChain) };
  }
  const modules = readModules(entry);
  if (modules.length > 0) {
    const devices = modules.map((module): FoundDevice => {
      const name = nameModule(entry, module, modules.length);
      return { ...base, ...foundOfModule(module, name) };
    });
    return { ...base, isList: devices.length > 1, devices };
  }
  const members = readDeviceMembers(entry);
  if (Object.keys(members).length === 0) return undefined;
  const number = readCount(entry["STATS"]);
  const name = key ?? `chain ${number ?? 0}`;
  const found = { ...base, device: { name, ...members } };
  return {
    ...base,
    isList: false,
    devices: [number === undefined ? found : { ...found, number }],
  };
}

function foundOfChain(
  { number, name, temperatures, ...chain }: Chain,
): FoundDevice {
  return {
    device: {
      name,
      ...chain,
      ...(temperatures.length > 0 && { temperatures }),
    },
    number,
  };
}

function foundOfModule(module: Module, name: string): FoundDevice {
  const { hashrate, temperatures, hardwareErrors, index } = module;
  return {
    device: {
      name,
      ...(hashrate !== undefined && { hashrate }),
      ...(temperatures.length > 0 && { temperatures }),
      ...(hardwareErrors !== undefined && { hardwareErrors }),
    },
    number: index,
  };
}

function listSections(reply: unknown): Members[] {
  const named = findSections(reply, "STATS");
  if (named.length > 0 || !isMembers(reply)) return named;
  return Object.keys(reply).filter((name) => SECTION_NAME.test(name))
    .flatMap((name) => findSections(reply, name));
}
