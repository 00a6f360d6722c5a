/**
 * Reads a rig's fans, from whichever report counts them: `fans`, the numbered
 * fields of `stats` or `summary`, Avalon's modules, WhatsMiner's two, the fan
 * of a power supply, and those of GPUs. Pure.
 *
 * A fan that stands still is given with 0 rpm. An empty connector is not
 * given; which 0 is one, each reader below says with its recorded proof.
 *
 * @module
 */

import { listDeviceEntries } from "./device_entries.ts";
import { listStatistics, nameModule } from "./device_groups.ts";
import { readModules } from "./device_modules.ts";
import { isCooledByLiquid } from "./miner_info.ts";
import type { Reports } from "./reports.ts";
import { ReportSections, Section } from "./report_sections.ts";
import type { Members } from "./sections.ts";
import { type Fan, MAX_FANS } from "./telemetry.ts";
import { keepKnown, readCount, readNumber, readText } from "./values.ts";
import { joinTable } from "./vendors.ts";

/** The longest name of a fan. */
const MAX_NAME_LENGTH = 40;

/**
 * More revolutions per minute than any fan makes: a power supply's small one
 * is at 11010 (whatsminer/m10-class/summary.bin).
 */
const MAX_RPM = 50_000;

/**
 * More than this, `fan_num` counts connectors and not fans: an S7 says 6 of
 * its 16 and has two (antminer/s7/stats.txt); no recorded miner has five.
 */
const MOST_FANS = 4;

/** The most fans of a list. */
const MOST_LISTED = 16;

const FAN_REPORTS = joinTable("fanReports");
const PSU_FANS = joinTable("psuFans");
const PERCENT_FIELDS = joinTable("fanPercentFields");
const DUTY_FIELDS = joinTable("fanDutyField");
const MODULE_TABLES = joinTable("modules");

/**
 * Reads the fans of a rig.
 *
 * @param reports The replies of the rig.
 * @param isLiquidCooled Whether it is cooled by liquid. Default: as it says.
 * @returns The fans as the miner numbers or names them, names unique; empty
 * where nothing tells of any. Never throws.
 */
export function readFans(
  reports: Reports | ReportSections,
  isLiquidCooled: boolean = isCooledByLiquid(ReportSections.of(reports)),
): Fan[] {
  const sections = ReportSections.of(reports);
  const summary = sections.find("summary", "SUMMARY");
  const statistics = listStatistics(sections);
  const devices = listDeviceEntries(sections);
  // The first that tells of any is complete.
  const sources: readonly (() => Fan[])[] = [
    () => readReport(sections),
    () => readOtherReports(sections),
    () => statistics.flatMap(readNumberedFans),
    () => summary.flatMap(readNumberedFans),
    () => statistics.flatMap(readModuleFans),
    () => readNamedFans([...summary, ...devices, ...statistics]),
    () => statistics.flatMap(readDuty),
  ];
  let fans: Fan[] = [];
  for (const readSource of sources) {
    fans = readSource();
    if (fans.length > 0) break;
  }
  const areTurning = fans.some(({ rpm }) => rpm !== 0);
  return uniteFans([
    // Under water, what all stands still is not there.
    ...(areTurning || !isLiquidCooled ? fans : []),
    ...readGpuFans(devices),
    ...readPsu(sections, isLiquidCooled),
  ]);
}

function readOtherReports(sections: ReportSections): Fan[] {
  return FAN_REPORTS.flatMap(([command, section, number, rpm]) =>
    sections.find(command, section).slice(0, MAX_FANS)
      .flatMap(({ members }, index) => {
        const name = readText(members[number]) ?? String(index);
        return makeFan(name, readRpm(members[rpm]), undefined) ?? [];
      })
  );
}

/**
 * `fans` of BOSminer and LuxOS. BOSminer lists four fans whatever is
 * connected: on an S9, whose boards are numbered 6 to 8, the last two say 0
 * (braiins/bosminer-0.2.0 and -plus-0.2.0), so two or more zeros at the end,
 * behind fans that turn, are empty connectors there. On an S17, with boards 1
 * to 3, fan 1 of 4 says 0 (braiins/bosminer-plus-0.8.0): it stands.
 */
function readReport(sections: ReportSections): Fan[] {
  const entries = sections.find("fans", "FANS").slice(0, MAX_FANS);
  const fans = entries.flatMap(({ members: entry }, index) => {
    // "FAN4" of LuxOS is fan 4, whatever its ID.
    const label = readText(entry["FAN"]) ?? readText(entry["ID"]);
    const name = label?.replace(/^fan ?(?=\d)/i, "") ?? String(index);
    const rpm = readRpm(entry["RPM"]);
    return makeFan(name, rpm, readPercent(entry["Speed"])) ?? [];
  }).sort((one, other) => Number(one.name) - Number(other.name) || 0);
  const last = fans.findLastIndex(({ rpm }) => rpm !== 0);
  const hasConnectors = last !== -1 && fans.length - last > 2 &&
    entries.every(({ members: { FAN } }) => typeof FAN === "number") &&
    hasBoardsOfS9(sections);
  return hasConnectors ? fans.slice(0, last + 1) : fans;
}

/** Whether `temps`, or `devs`, numbers the boards from 6 on, or says nothing. */
function hasBoardsOfS9(sections: ReportSections): boolean {
  const boards = sections.find("temps", "TEMPS");
  return (boards.length > 0 ? boards : listDeviceEntries(sections))
    .every(({ members: { ID } }) => (readCount(ID) ?? 0) >= 6);
}

/** Avalon: `Fan1[4200] Fan2[4190] FanR[35%]`; one `Fan` on Avalon 7 and 8. */
function readModuleFans(entry: Section): Fan[] {
  const modules = readModules(entry);
  return modules.flatMap((module) => {
    const percent = readFirstPercent(
      MODULE_TABLES.map(({ fanPercent }) => module.values.get(fanPercent)),
    );
    const prefix = modules.length === 1
      ? ""
      : nameModule(entry, module, modules.length);
    return [...module.values].flatMap(([name, value]) => {
      const number = MODULE_TABLES
        .map(({ fan }) => fan.exec(name)?.[1])
        .find((found) => found !== undefined);
      const rpm = number === undefined ? undefined : readRpm(value);
      if (rpm === undefined) return [];
      const fan = prefix === "" ? number || "1" : `${prefix} ${number}`.trim();
      return makeFan(fan, rpm, percent) ?? [];
    });
  });
}

/**
 * WhatsMiner's two fans. `Fan Speed Out` at 0 beside 5700 is a fan that
 * stands: the same reply has error 111 (whatsminer/m31s/summary.json).
 */
function readNamedFans(sections: readonly Section[]): Fan[] {
  for (const section of sections) {
    const fans = section.list("namedFan").flatMap(({ meaning: name, value }) =>
      makeFan(name, readRpm(value), undefined) ?? []
    );
    if (fans.length > 0) return fans;
  }
  return [];
}

function readPsu(sections: ReportSections, isLiquidCooled: boolean): Fan[] {
  for (const [report, section, field] of PSU_FANS) {
    const fans = sections.find(report, section).flatMap((found) =>
      found.list("psuFan").flatMap(({ meaning, value }) =>
        meaning.field === field
          ? makeFan(meaning.fan, readRpm(value), undefined) ?? []
          : []
      )
    );
    if (fans.length === 0) continue;
    const areTurning = fans.some(({ rpm }) => rpm !== 0);
    return areTurning || !isLiquidCooled ? fans : [];
  }
  return [];
}

function readDuty({ members }: Section): Fan | readonly Fan[] {
  const percent = readFirstPercent(DUTY_FIELDS.map((name) => members[name]));
  return makeFan("all", undefined, percent) ?? [];
}

/** Each name once: the chains of a rig repeat its fans (minerva/mv8). */
function uniteFans(fans: readonly Fan[]): Fan[] {
  const byName = new Map<string, Fan>();
  for (const fan of fans) {
    const name = fan.name.slice(0, MAX_NAME_LENGTH);
    if (!byName.has(name)) byName.set(name, { ...fan, name });
  }
  return [...byName.values()].slice(0, MAX_FANS);
}

/** One numbered field. */
interface NumberedFan {
  readonly number: number;
  readonly rpm: number;
}

/**
 * Reads the numbered fans of a section.
 *
 * All that turn are given. Of those at 0, with a `fan_num` of up to 4, the
 * ones among the first `fan_num` are, if no other turns: an S19's fan 2 of 4.
 * An S9 has its two on any of 8 connectors (3 and 6 in antminer/s9/stats.txt),
 * and a sleeping or submerged one says `fan_num` 0. Without `fan_num` every
 * field is a fan.
 *
 * @param from An entry of `stats`, or a summary.
 * @returns The fans by number.
 */
function readNumberedFans(from: Members | Section): Fan[] {
  const section = Section.of(from);
  const fans: NumberedFan[] = [];
  let count: number | undefined;
  for (const { meaning, value } of section.list("fan")) {
    if (meaning === "count") count = readCount(value);
    else if (meaning === "list") fans.push(...readList(value));
    else {
      const rpm = readRpm(value);
      if (rpm !== undefined) fans.push({ number: meaning, rpm });
    }
  }
  if (fans.length === 0) return [];
  const percent = readCommonPercent(section.members);
  return pickFans(fans, count)
    .sort((one, other) => one.number - other.number)
    .flatMap(({ number, rpm }) => makeFan(String(number), rpm, percent) ?? []);
}

/**
 * Reads the fans of GPUs, each named after its device.
 *
 * A GPU at 0 rpm, 0 % and 0 °C says nothing: the miner was built without the
 * means to ask it (sgminer/4.1.0-text/devs.bin; api.c then sets all to 0).
 *
 * @param devices The devices of `devs`.
 * @returns One fan for each GPU that tells of it.
 */
function readGpuFans(devices: readonly Section[]): Fan[] {
  return devices.flatMap(({ members: device }) => {
    const number = readCount(device["GPU"]);
    if (number === undefined) return [];
    const percent = readPercent(device["Fan Percent"]);
    const speed = readRpm(device["Fan Speed"]);
    // 0 beside a percentage: the driver does not count (sgminer/gm-5.5.5).
    const rpm = percent ? speed || undefined : speed;
    const isSilent = !rpm && !percent && !readNumber(device["Temperature"]);
    return isSilent ? [] : makeFan(`GPU${number}`, rpm, percent) ?? [];
  });
}

function readCommonPercent(members: Members): number | undefined {
  return readFirstPercent(PERCENT_FIELDS.map((name) => members[name]));
}

function readFirstPercent(values: readonly unknown[]): number | undefined {
  return values.map(readPercent).find((percent) => percent !== undefined);
}

/** The fans of a list, from 1 on, as fields number them. */
function readList(value: unknown): NumberedFan[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, MOST_LISTED).flatMap((item, index) => {
    const rpm = readRpm(item);
    return rpm === undefined ? [] : [{ number: index + 1, rpm }];
  });
}

function pickFans(
  fans: readonly NumberedFan[],
  count: number | undefined,
): NumberedFan[] {
  if (count === undefined) return [...fans];
  const turning = fans.filter(({ rpm }) => rpm > 0);
  const isInFront = turning.every(({ number }) => number <= count);
  if (count > MOST_FANS || !isInFront) return turning;
  return fans.filter(({ number }) => number <= count);
}

/**
 * Reads a fan's speed.
 *
 * @param value The figure as the miner gives it.
 * @returns Revolutions per minute, 0 for a fan that stands; `undefined` for
 * garbage, and for less than 0: -1 is a GPU that cannot say (cgminer's adl.c).
 */
export function readRpm(value: unknown): number | undefined {
  return readBetween(value, MAX_RPM);
}

/**
 * Reads a fan's speed in percent.
 *
 * @param value The figure as the miner gives it (`35`, `"35%"`).
 * @returns 0 to 100; `undefined` for all else.
 */
export function readPercent(value: unknown): number | undefined {
  return readBetween(value, 100);
}

/**
 * Makes a fan of what is known of it.
 *
 * @param name Its name.
 * @param rpm Its speed, if known.
 * @param percent Its speed in percent, if known.
 * @returns The fan; `undefined` where neither is known.
 */
export function makeFan(
  name: string,
  rpm: number | undefined,
  percent: number | undefined,
): Fan | undefined {
  if (rpm === undefined && percent === undefined) return undefined;
  return keepKnown({ name, rpm, percent });
}

function readBetween(value: unknown, most: number): number | undefined {
  const number = readNumber(value);
  return number !== undefined && number >= 0 && number <= most
    ? number
    : undefined;
}
