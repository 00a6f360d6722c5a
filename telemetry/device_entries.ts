/**
 * Reads the devices that `devs` (else `edevs`) lists. Pure.
 *
 * @module
 */

import { type RateUnits, readHashrate } from "./hashrate.ts";
import { readShares } from "./miner_figures.ts";
import type { Reports } from "./reports.ts";
import { ReportSections, type Section } from "./report_sections.ts";
import type { Members } from "./sections.ts";
import { type Device, type FoundDevice, MAX_DEVICES } from "./telemetry.ts";
import { readTemperatures } from "./temperatures.ts";
import { keepKnown, readCount, readFlag, readText } from "./values.ts";
import { joinTable } from "./vendors.ts";

/** The longest name of a device. */
const MAX_NAME_LENGTH = 40;

/** Members that number a device among its kind, in cgminer's order (api.c). */
const KINDS: readonly string[] = ["ASC", "PGA", "GPU", "CPU"];

/** Whether a device mines, by its `Status` in small letters. */
const STATES = new Map(joinTable("deviceStates").flatMap(Object.entries));

const CHIP_FIELDS = joinTable("chipFields");
const EXPECTED_CHIP_FIELDS = joinTable("expectedChipFields");

/**
 * Reads the devices of `devs`, or of `edevs` where that has none.
 *
 * @param reports The replies of the rig.
 * @param units What its figures count. Default: as each device says.
 * @returns The devices by kind and number; names may be double.
 */
export function readDeviceEntries(
  reports: Reports | ReportSections,
  units?: RateUnits,
): FoundDevice[] {
  return listDeviceEntries(ReportSections.of(reports)).slice(0, MAX_DEVICES)
    .flatMap((entry) => readEntry(entry, units) ?? [])
    .sort((one, other) => one.kind - other.kind || one.slot - other.slot)
    .map(({ found }) => found);
}

/**
 * Lists the entries of `devs`, or of `edevs` where that has none.
 *
 * @param sections The sections of the rig's replies.
 * @returns The entries in the order of the reply.
 */
export function listDeviceEntries(
  sections: ReportSections,
): readonly Section[] {
  const devs = sections.find("devs", "DEVS");
  return devs.length > 0 ? devs : sections.find("edevs", "DEVS");
}

/**
 * Reads what `devs` and `stats` say of a device in the same words.
 *
 * @param section The device's object.
 * @param options.isGpu Whether it is a GPU. Default: false.
 * @param options.units What the rig's figures count. Default: as it says.
 * @returns The device without its name; empty where it says nothing.
 */
export function readDeviceMembers(
  section: Section,
  { isGpu = false, units }: {
    readonly isGpu?: boolean;
    readonly units?: RateUnits | undefined;
  } = {},
): Omit<Device, "name"> {
  const { members } = section;
  const status = readText(members["Status"]);
  const temperatures = readTemperatures(section, isGpu);
  const chips = readFirstCount(members, CHIP_FIELDS);
  return keepKnown({
    status,
    isUp: chips === 0 ? false : readIsUp(members, status),
    chips,
    expectedChips: readFirstCount(members, EXPECTED_CHIP_FIELDS),
    hashrate: readHashrate(section, units),
    temperatures: temperatures.length > 0 ? temperatures : undefined,
    hardwareErrors: readCount(members["Hardware Errors"]),
    shares: readShares(members),
  });
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

function readFirstCount(
  members: Members,
  names: readonly string[],
): number | undefined {
  return names.map((name) => readCount(members[name]))
    .find((count) => count !== undefined);
}

function readEntry(
  section: Section,
  units: RateUnits | undefined,
): { kind: number; slot: number; found: FoundDevice } | undefined {
  const { members } = section;
  const kind = KINDS.findIndex((kind) =>
    readCount(members[kind]) !== undefined
  );
  const slot = readCount(members[KINDS[kind] ?? ""]);
  const id = readCount(members["ID"]);
  const driver = readName(members["Name"]);
  const name = slot === undefined
    ? driver === undefined ? undefined : `${driver}${id ?? ""}`
    : `${KINDS[kind]}${slot}`;
  if (name === undefined) return undefined;
  const hasKey = driver !== undefined && id !== undefined;
  return {
    kind,
    slot: slot ?? id ?? 0,
    found: keepKnown({
      device: {
        name,
        ...readDeviceMembers(section, { isGpu: KINDS[kind] === "GPU", units }),
      },
      number: id ?? slot,
      key: hasKey ? driver + id : undefined,
    }),
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
  return STATES.get(status?.toLowerCase() ?? "");
}
