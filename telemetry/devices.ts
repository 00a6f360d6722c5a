/**
 * Reads a rig's devices: those of `devs` (else `edevs`), joined with what
 * `stats` and `temps` say of the same ones, and the hash chains where `devs`
 * counts them all as one device, or is not there. Pure.
 *
 * @module
 */

import { readBoardTemperatures } from "./board_temperatures.ts";
import type { ChainContext } from "./chains.ts";
import { readDeviceEntries } from "./device_entries.ts";
import type { FoundDevice } from "./telemetry.ts";
import { type DeviceGroup, readDeviceGroups } from "./device_groups.ts";
import { mergeHashrates } from "./hashrate.ts";
import type { Reports } from "./reports.ts";
import { ReportSections } from "./report_sections.ts";
import { type Device, MAX_DEVICES } from "./telemetry.ts";
import { mergeTemperatures, readCelsius } from "./temperatures.ts";
import { keepKnown } from "./values.ts";

/**
 * Reads the devices of a rig.
 *
 * A device of `devs` and an entry of `stats` are one where the entry's `ID` is
 * the device's `Name` and `ID` (api.c prints both from the same driver:
 * `IT1`, 3 and `IT13`). If that entry lists several chains or modules, the
 * device only adds them up (`BTM_SOC`, 0) and they are given instead. Without
 * such names, as many devices as chains are the same ones in ascending order:
 * LuxOS' `chain_rate1` is device 0's `MHS av`. `temps` is joined by `ID`, else
 * by order, as are the temperatures of a summary by board. What `devs` says goes before what `stats` says.
 *
 * @param reports The replies of the rig.
 * @param context What is known of it.
 * @param entries Those of `devs`. Default: as they are read.
 * @returns The devices, names unique; empty where nothing tells of any. Never
 * throws.
 */
export function readDevices(
  reports: Reports | ReportSections,
  context: ChainContext = {},
  entries: readonly FoundDevice[] = readDeviceEntries(reports, context.units),
): Device[] {
  const sections = ReportSections.of(reports);
  const groups = readDeviceGroups(sections, context);
  const joined = joinGroups(entries, groups);
  const withTemperatures = joinTemperatures(joined, sections);
  const devices = withTemperatures.slice(0, MAX_DEVICES)
    .map(({ device }) => device);
  return nameApart(expectChips(devices));
}

/** As many chips as the best of them has: the boards of a rig are alike. */
function expectChips(devices: readonly Device[]): readonly Device[] {
  const most = Math.max(
    0,
    ...devices.map(({ chips = 0, expectedChips = 0 }) =>
      Math.max(chips, expectedChips)
    ),
  );
  return devices.map((device) =>
    device.chips === undefined || most === 0
      ? device
      : { ...device, expectedChips: most }
  );
}

function joinGroups(
  entries: readonly FoundDevice[],
  groups: readonly DeviceGroup[],
): readonly FoundDevice[] {
  const singles = groups.filter(({ isList }) => !isList)
    .flatMap(({ devices }) => devices);
  const lists = groups.filter(({ isList }) => isList);
  const devices = joinSingles(entries, singles);
  if (lists.length === 0) return devices;
  const chains = lists.flatMap(({ devices }) => devices);
  const sums = new Set(lists.map(({ key }) => key));
  const others = devices.filter(({ key }) =>
    key === undefined || !sums.has(key)
  );
  if (others.length < devices.length) return [...others, ...chains];
  if (chains.length === 0) return devices;
  // One device that stands for all chains, under a name of its own.
  if (devices.length <= 1) return chains;
  return devices.length === chains.length
    ? joinInOrder(devices, chains)
    : devices;
}

function joinSingles(
  devices: readonly FoundDevice[],
  singles: readonly FoundDevice[],
): readonly FoundDevice[] {
  if (devices.length === 0) return singles;
  const byKey = new Map(singles.map((single) => [single.key, single]));
  const matches = devices.map(({ key }) =>
    key === undefined ? undefined : byKey.get(key)
  );
  if (matches.some((match) => match !== undefined)) {
    return devices.map((device, index) => joinDevice(device, matches[index]));
  }
  return devices.length === singles.length
    ? joinInOrder(devices, singles)
    : devices;
}

/** Joins as many as there are on the other side, each by ascending number. */
function joinInOrder(
  devices: readonly FoundDevice[],
  others: readonly FoundDevice[],
): FoundDevice[] {
  const ordered = sortByNumber(others);
  return sortByNumber(devices)
    .map((device, index) => joinDevice(device, ordered[index]));
}

function joinTemperatures(
  devices: readonly FoundDevice[],
  sections: ReportSections,
): readonly FoundDevice[] {
  const { boards } = readBoardTemperatures(sections);
  const telling = boards.filter(({ device }) => device.temperatures?.length);
  if (devices.length === 0) return sortByNumber(telling);
  if (boards.length === 0) return joinSummary(devices, sections);
  const byNumber = new Map(boards.map((board) => [board.number, board]));
  const isNumbered = devices.every(({ number }) => byNumber.has(number));
  if (!isNumbered && devices.length === boards.length) {
    return joinInOrder(devices, boards);
  }
  return devices.map((device) =>
    device.number === undefined
      ? device
      : joinDevice(device, byNumber.get(device.number))
  );
}

/**
 * Joins what the summary says by board, `Temp1` to `Temp8`, of which as many
 * say something as there are devices (iBeLink BM-N1 Max).
 */
function joinSummary(
  devices: readonly FoundDevice[],
  sections: ReportSections,
): readonly FoundDevice[] {
  const boards = sections.find("summary", "SUMMARY")
    .flatMap((summary) => summary.list("summaryBoard"))
    .flatMap(({ name, meaning: number, value }): FoundDevice[] => {
      const celsius = readCelsius(value);
      if (celsius === undefined) return [];
      const temperatures = [{ sensor: "board", celsius }];
      return [{ device: { name, temperatures }, number }];
    });
  return boards.length === devices.length
    ? joinInOrder(devices, boards)
    : devices;
}

function joinDevice(
  found: FoundDevice,
  other: FoundDevice | undefined,
): FoundDevice {
  if (other === undefined) return found;
  const { device: own } = found;
  const { device: more } = other;
  const sensors = mergeTemperatures(
    own.temperatures ?? [],
    more.temperatures ?? [],
  );
  const isSilent = own.status === undefined && own.isUp === undefined;
  const { status, isUp } = isSilent ? more : own;
  const chips = own.chips ?? more.chips;
  const device = keepKnown({
    name: own.name,
    status,
    // `Alive` of a board without chips is the driver's.
    isUp: chips === 0 ? false : isUp,
    hashrate: mergeHashrates(own.hashrate, more.hashrate),
    temperatures: sensors.length > 0 ? sensors : undefined,
    chips,
    expectedChips: own.expectedChips ?? more.expectedChips,
    hardwareErrors: own.hardwareErrors ?? more.hardwareErrors,
    shares: own.shares ?? more.shares,
  });
  return { ...found, device };
}

function sortByNumber(devices: readonly FoundDevice[]): FoundDevice[] {
  return devices.toSorted((one, other) =>
    (one.number ?? Infinity) - (other.number ?? Infinity) || 0
  );
}

/** A second device of a name gets `(2)` after it. */
function nameApart(devices: readonly Device[]): Device[] {
  const counts = new Map<string, number>();
  const names = new Set(devices.map(({ name }) => name));
  return devices.map((device) => {
    let count = (counts.get(device.name) ?? 0) + 1;
    let name = device.name;
    while (count > 1 && names.has(name = `${device.name} (${count})`)) count++;
    counts.set(device.name, count);
    names.add(name);
    return { ...device, name };
  });
}
