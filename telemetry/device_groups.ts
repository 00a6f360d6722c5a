/**
 * Reads the devices that `stats` (else `estats`) tells of: each entry's hash
 * chains, Avalon's modules, or the one device that the entry is of. Pure.
 *
 * @module
 */

import { type Chain, type ChainContext, readChains } from "./chains.ts";
import { readDeviceMembers, readName } from "./device_entries.ts";
import type { FoundDevice } from "./telemetry.ts";
import { type Module, readModules } from "./device_modules.ts";
import type { Reports } from "./reports.ts";
import { ReportSections, type Section } from "./report_sections.ts";
import { MAX_DEVICES } from "./telemetry.ts";
import { keepKnown, readCount, readText } from "./values.ts";

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

/** Entries of pools, which `stats` lists after the devices (api.c). */
const POOL_ID = /^POOL\d+$/;

/**
 * Lists the entries of `stats`, or of `estats` where that has none.
 *
 * @param sections The sections of the rig's replies.
 * @returns The entries in the order of the reply, those of pools left out.
 */
export function listStatistics(sections: ReportSections): readonly Section[] {
  for (const command of ["stats", "estats"]) {
    const entries = sections.find(command, "STATS").filter(isOfDevice);
    if (entries.length > 0) return entries.slice(0, MAX_DEVICES);
  }
  return [];
}

/**
 * Reads the devices that the statistics tell of.
 *
 * @param reports The replies of the rig.
 * @param context What is known of it.
 * @returns One group for each entry that tells of devices.
 */
export function readDeviceGroups(
  reports: Reports | ReportSections,
  context: ChainContext,
): DeviceGroup[] {
  const sections = ReportSections.of(reports);
  const [status] = sections.find("stats", "STATUS");
  const software = readText(status?.members["Description"]);
  return listStatistics(sections).flatMap((entry) =>
    readGroup(entry, { ...context, software }) ?? []
  );
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
  entry: Section,
  { index }: Module,
  count: number,
): string {
  const id = readName(entry.members["ID"]);
  if (id === undefined) return `MM${index}`;
  return count === 1 ? id : `${id} MM${index}`;
}

function isOfDevice({ members: { ID } }: Section): boolean {
  return typeof ID !== "string" || !POOL_ID.test(ID);
}

function readGroup(
  entry: Section,
  context: ChainContext,
): DeviceGroup | undefined {
  const key = readName(entry.members["ID"]);
  const chains = readChains(entry, context);
  if (chains !== undefined) {
    return keepKnown({ key, isList: true, devices: chains.map(foundOfChain) });
  }
  const modules = readModules(entry);
  if (modules.length > 0) {
    const devices = modules.flatMap((module): FoundDevice[] => {
      const name = nameModule(entry, module, modules.length);
      const boards = module.boards.map((board) =>
        foundOfChain({
          ...board,
          name: modules.length === 1
            ? `board ${board.number}`
            : `${name} board ${board.number}`,
        })
      );
      return boards.length > 0
        ? boards
        : [keepKnown({ key, ...foundOfModule(module, name) })];
    });
    const isList = devices.length > 1 || devices[0]?.key === undefined;
    return keepKnown({ key, isList, devices });
  }
  const members = readDeviceMembers(entry, { units: context.units });
  if (Object.keys(members).length === 0) return undefined;
  const number = readCount(entry.members["STATS"]);
  const device = { name: key ?? `chain ${number ?? 0}`, ...members };
  const devices = [keepKnown({ key, device, number })];
  return keepKnown({ key, isList: false, devices });
}

function foundOfChain(
  { number, name, temperatures, ...chain }: Chain,
): FoundDevice {
  const device = keepKnown({
    name,
    ...chain,
    temperatures: temperatures.length > 0 ? temperatures : undefined,
  });
  return { device, number };
}

function foundOfModule(module: Module, name: string): FoundDevice {
  const { hashrate, temperatures, hardwareErrors, index } = module;
  const device = keepKnown({
    name,
    hashrate,
    temperatures: temperatures.length > 0 ? temperatures : undefined,
    hardwareErrors,
  });
  return { device, number: index };
}
