/**
 * Reads a rig's devices: those of `devs` (else `edevs`), joined with what
 * `stats` and `temps` say of the same ones, and the hash chains where `devs`
 * counts them all as one device, or is not there. Pure.
 *
 * @example
 * ```ts
 * import { readDevices } from "./devices.ts";
 *
 * const devices = readDevices({
 *   devs: { DEVS: [{ ASC: 0, ID: 1, Status: "Alive", Enabled: "Y" }] },
 *   temps: { TEMPS: [{ TEMP: 0, ID: 1, Board: 67.25, Chip: 97.875 }] },
 * });
 * console.log(devices[0]?.name, devices[0]?.temperatures); // ASC0, board and chip
 * ```
 *
 * @module
 */

import {
  type FoundDevice,
  MAX_DEVICES,
  readDeviceEntries,
} from "./device_entries.ts";
import { type DeviceGroup, readDeviceGroups } from "./device_groups.ts";
import { mergeHashrates } from "./hashrate.ts";
import type { Reports } from "./reports.ts";
import { findSections, type Members } from "./sections.ts";
import type { Device, Temperature } from "./telemetry.ts";
import {
  mergeTemperatures,
  readCelsius,
  readTemperatures,
} from "./temperatures.ts";
import { readCount } from "./values.ts";

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
 * @returns The devices, names unique; empty where nothing tells of any. Never
 * throws.
 */
export function readDevices(reports: Reports): Device[] {
  const entries = readDeviceEntries(reports);
  const groups = readDeviceGroups(reports);
  const joined = joinGroups(entries, groups);
  const withTemperatures = joinTemperatures(joined, reports);
  return nameApart(
    withTemperatures.slice(0, MAX_DEVICES).map(({ device }) => device),
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
  reports: Reports,
): readonly FoundDevice[] {
  const boards = readBoardTemperatures(reports);
  const telling = boards.filter(({ device }) => device.temperatures?.length);
  if (devices.length === 0) return sortByNumber(telling);
  if (boards.length === 0) return joinSummary(devices, reports);
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

function readBoardTemperatures(reports: Reports): FoundDevice[] {
  return findSections(reports["temps"], "TEMPS")
    .slice(0, MAX_DEVICES)
    // TEMP only numbers the entries; it is no temperature.
    .map(({ TEMP: _, ...board }, index): FoundDevice => {
      const number = readCount(board["ID"]) ?? index;
      const temperatures = mergeTemperatures(
        readTemperatures(board),
        readNamedSensors(board),
      );
      const device = { name: `chain ${number}`, temperatures };
      return { device, number };
    });
}

/**
 * LuxOS' other sensors: `BoardCh0` is `board ch0`. Which there are depends on
 * the hardware, says docs.luxor.tech, and that all but ID and TEMP are such.
 */
function readNamedSensors(board: Members): Temperature[] {
  return Object.entries(board).flatMap(([name, value]) => {
    const celsius = typeof value === "number" ? readCelsius(value) : undefined;
    const isSensor = /^(?:[A-Z][a-z0-9]+){2,4}$/.test(name);
    if (celsius === undefined || !isSensor) return [];
    const sensor = name.replace(/\B[A-Z]/g, " $&").toLowerCase();
    return [{ sensor, celsius }];
  });
}

/**
 * Joins what the summary says by board, `Temp1` to `Temp8`, of which as many
 * say something as there are devices (iBeLink BM-N1 Max).
 */
function joinSummary(
  devices: readonly FoundDevice[],
  reports: Reports,
): readonly FoundDevice[] {
  const boards = findSections(reports["summary"], "SUMMARY").flatMap(
    (summary) =>
      Object.entries(summary).flatMap(([name, value]): FoundDevice[] => {
        const number = readCount(/^Temp(\d)$/.exec(name)?.[1]);
        const celsius = readCelsius(value);
        if (number === undefined || celsius === undefined) return [];
        const temperatures = [{ sensor: "board", celsius }];
        return [{ device: { name, temperatures }, number }];
      }),
  );
  return boards.length === devices.length
    ? joinInOrder(devices, boards)
    : devices;
}

function joinDevice(
  found: FoundDevice,
  other: FoundDevice | undefined,
): FoundDevice {
  if (other === undefined) return found;
  const { hashrate, temperatures, hardwareErrors, shares, ...said } =
    found.device;
  const more = other.device;
  const rates = mergeHashrates(hashrate, more.hashrate);
  const sensors = mergeTemperatures(
    temperatures ?? [],
    more.temperatures ?? [],
  );
  const errors = hardwareErrors ?? more.hardwareErrors;
  const counts = shares ?? more.shares;
  const { status, isUp } = said.status === undefined &&
      said.isUp === undefined
    ? more
    : said;
  return {
    ...found,
    device: {
      name: said.name,
      ...(status !== undefined && { status }),
      ...(isUp !== undefined && { isUp }),
      ...(rates !== undefined && { hashrate: rates }),
      ...(sensors.length > 0 && { temperatures: sensors }),
      ...(errors !== undefined && { hardwareErrors: errors }),
      ...(counts !== undefined && { shares: counts }),
    },
  };
}

function sortByNumber(devices: readonly FoundDevice[]): FoundDevice[] {
  return devices.toSorted((one, other) =>
    (one.number ?? Infinity) - (other.number ?? Infinity) || 0
  );
}

/** A second device of a name gets `(2)` behind it. */
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
