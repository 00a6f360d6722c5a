/**
 * Reads reports of temperatures by board: `temps` of BOSminer and LuxOS, and
 * those that list sensors (`temperature` of Auradine). Pure.
 *
 * @module
 */

import type { FoundDevice } from "./telemetry.ts";
import { type ReportSections, Section } from "./report_sections.ts";
import { isMembers } from "./sections.ts";
import { MAX_DEVICES, type Temperature } from "./telemetry.ts";
import {
  mergeTemperatures,
  readCelsius,
  readHottest,
  readTemperatures,
} from "./temperatures.ts";
import { readCount, readText } from "./values.ts";
import type { BoardTemperatures } from "./vendor.ts";
import { joinTable } from "./vendors.ts";

const TABLES = joinTable("boardTemperatures");

/**
 * Reads the temperatures that stand in a report of their own.
 *
 * @param sections The sections of the rig's replies.
 * @returns Those of boards, in the order of the reply, and those of the rig.
 */
export function readBoardTemperatures(
  sections: ReportSections,
): { readonly boards: FoundDevice[]; readonly rig: Temperature[] } {
  const boards = sections.find("temps", "TEMPS").slice(0, MAX_DEVICES)
    .map(readTemps);
  const rig: Temperature[] = [];
  for (const table of TABLES) {
    const entries = sections.find(table.command, table.section);
    for (const [index, entry] of entries.slice(0, MAX_DEVICES).entries()) {
      const temperatures = readLists(entry, table);
      const name = readText(entry.members[table.name]) ?? "";
      if (table.controller.test(name)) {
        const [first] = temperatures;
        if (first !== undefined) {
          rig.push({ sensor: "controller", celsius: first.celsius });
        }
        continue;
      }
      const number = readCount(entry.members[table.number]) ?? index;
      const device = { name: `chain ${number}`, temperatures };
      boards.push({ device, number });
    }
  }
  return { boards, rig: mergeTemperatures(rig) };
}

/** TEMP only numbers the entries; it is no temperature. */
function readTemps(
  { members: { TEMP: _, ...members } }: Section,
  index: number,
): FoundDevice {
  const board = Section.of(members);
  const number = readCount(members["ID"]) ?? index;
  const temperatures = mergeTemperatures(
    readTemperatures(board),
    readOtherSensors(board),
  );
  const device = { name: `chain ${number}`, temperatures };
  return { device, number };
}

/** LuxOS' other sensors: all but ID and TEMP are such, says docs.luxor.tech. */
function readOtherSensors(board: Section): Temperature[] {
  return board.list("otherSensor").flatMap(({ meaning: sensor, value }) => {
    const celsius = typeof value === "number" ? readCelsius(value) : undefined;
    return celsius === undefined ? [] : [{ sensor, celsius }];
  });
}

function readLists(
  { members }: Section,
  { lists, celsius: field }: BoardTemperatures,
): Temperature[] {
  return lists.flatMap(([name, sensor]) => {
    const list = members[name];
    if (!Array.isArray(list)) return [];
    const celsius = readHottest(
      list.map((item) => isMembers(item) ? item[field] : item),
    );
    return celsius === undefined ? [] : [{ sensor, celsius }];
  });
}
