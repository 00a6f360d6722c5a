/**
 * Reads a rig's fans, from whichever report counts them: `fans`, the numbered
 * fields of `stats` or `summary`, Avalon's modules, WhatsMiner's two, the fan
 * of a power supply, and those of GPUs. Pure.
 *
 * A fan that stands still is given with 0 rpm. An empty connector is not
 * given; which 0 is one, each table below says with its recorded proof.
 *
 * @example
 * ```ts
 * import { readFans } from "./fans.ts";
 *
 * console.log(readFans({
 *   stats: { STATS: [{ "fan_num": 2, fan1: 0, fan2: 0, fan3: 4080, fan6: 4080 }] },
 * })); // [{ name: "3", rpm: 4080 }, { name: "6", rpm: 4080 }]
 * console.log(readFans({
 *   summary: { SUMMARY: [{ "Fan Speed In": 5700, "Fan Speed Out": 0 }] },
 * })); // in: 5700, out: 0
 * ```
 *
 * @module
 */

import { listDeviceEntries } from "./device_entries.ts";
import { listStatistics, nameModule } from "./device_groups.ts";
import { readModules } from "./device_modules.ts";
import { makeFan, readPercent, readRpm } from "./fan_values.ts";
import { readGpuFans, readNumberedFans } from "./fan_fields.ts";
import type { Reports } from "./reports.ts";
import { ReportSections, type Section } from "./report_sections.ts";
import type { Fan } from "./telemetry.ts";
import { readCount, readFlag, readText } from "./values.ts";

/** The most fans that a rig has in the model. */
export const MAX_FANS = 64;

/** The longest name of a fan. */
const MAX_NAME_LENGTH = 40;

/** The fan of the power supply. */
const PSU_FIELDS: readonly (readonly [
  report: string,
  section: string,
  field: string,
])[] = [
  ["summary", "SUMMARY", "Power Fanspeed"],
  ["get_psu", "GET_PSU", "fan_speed"],
  ["stats", "STATS", "PSU Fan Speed"], // SealMiner A2
];

/** Only how fast the fans are told to run: dragonmint/t1/stats.json. */
const DUTY_FIELD = "Fan duty";

/**
 * Reads the fans of a rig.
 *
 * @param reports The replies of the rig.
 * @returns The fans as the miner numbers or names them, names unique; empty
 * where nothing tells of any. Never throws.
 */
export function readFans(reports: Reports | ReportSections): Fan[] {
  const sections = ReportSections.of(reports);
  const summary = sections.find("summary", "SUMMARY");
  const statistics = listStatistics(sections);
  const devices = listDeviceEntries(sections);
  // The first that tells of any is complete.
  const sources: readonly (() => Fan[])[] = [
    () => readReport(sections),
    () => statistics.flatMap(readNumberedFans),
    () => summary.flatMap(readNumberedFans),
    () => statistics.flatMap(readModuleFans),
    () => readWays([...summary, ...devices, ...statistics]),
    () => statistics.flatMap(readDuty),
  ];
  let fans: Fan[] = [];
  for (const readSource of sources) {
    fans = readSource();
    if (fans.length > 0) break;
  }
  return uniteFans([
    ...fans,
    ...readGpuFans(devices),
    ...readPsu(sections, summary),
  ]);
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
    const percent = readPercent(module.values.get("FanR"));
    const prefix = modules.length === 1
      ? ""
      : nameModule(entry, module, modules.length);
    return [...module.values].flatMap(([name, value]) => {
      const number = /^Fan(\d?)$/.exec(name)?.[1];
      const rpm = number === undefined ? undefined : readRpm(value);
      if (rpm === undefined) return [];
      const fan = prefix === "" ? number || "1" : `${prefix} ${number}`.trim();
      return makeFan(fan, rpm, percent) ?? [];
    });
  });
}

/**
 * WhatsMiner's two fans. `Fan Speed Out` at 0 beside 5700 is a fan that
 * stands: the same reply has error 111 (whatsminer/m31s/summary.json). Where
 * all stand and the rig says that it is cooled by liquid, there are none.
 */
function readWays(sections: readonly Section[]): Fan[] {
  for (const section of sections) {
    const fans = section.list("fanWay").flatMap(({ meaning: name, value }) =>
      makeFan(name, readRpm(value), undefined) ?? []
    );
    if (fans.length === 0) continue;
    const areTurning = fans.some(({ rpm }) => rpm !== 0);
    return areTurning || !isLiquidCooled(section) ? fans : [];
  }
  return [];
}

function readPsu(
  sections: ReportSections,
  summary: readonly Section[],
): Fan[] {
  for (const [report, section, field] of PSU_FIELDS) {
    for (const { members } of sections.find(report, section)) {
      const fan = makeFan("psu", readRpm(members[field]), undefined);
      if (fan === undefined) continue;
      return fan.rpm === 0 && summary.some(isLiquidCooled) ? [] : [fan];
    }
  }
  return [];
}

function readDuty({ members }: Section): Fan[] {
  const fan = makeFan("all", undefined, readPercent(members[DUTY_FIELD]));
  return fan === undefined ? [] : [fan];
}

function isLiquidCooled({ members }: Section): boolean {
  return readFlag(members["Liquid Cooling"]) === true;
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
