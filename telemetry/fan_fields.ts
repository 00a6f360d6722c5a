/**
 * Reads fans from numbered fields (`fan1` of Antminers and their like, `Fan0
 * rpm`, `Fan0 Speed`) and from the devices of a rig with GPUs. Pure.
 *
 * @example
 * ```ts
 * import { readNumberedFans } from "./fan_fields.ts";
 *
 * console.log(readNumberedFans({ "fan_num": 4, "fan1": 1560, "fan2": 0,
 *   "fan3": 600, "fan4": 720 })); // fan 2 stands: 0 rpm
 * ```
 *
 * @module
 */

import { makeFan, readPercent, readRpm } from "./fan_values.ts";
import { Section } from "./report_sections.ts";
import type { Members } from "./sections.ts";
import type { Fan } from "./telemetry.ts";
import { readCount, readNumber } from "./values.ts";

/** How fast all of them are told to run, in percent (VNish, MSKminer). */
const SPEEDS: readonly string[] = [
  "fan_pwm",
  "Fan duty",
  "Fan Duty",
  "fan-percent",
];

/**
 * More than this, `fan_num` counts connectors and not fans: an S7 says 6 of
 * its 16 and has two (antminer/s7/stats.txt); no recorded miner has five.
 */
const MOST_FANS = 4;

/** The most fans of a list. */
const MOST_LISTED = 16;

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
export function readNumberedFans(from: Members | Section): Fan[] {
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
export function readGpuFans(devices: readonly Section[]): Fan[] {
  return devices.flatMap(({ members: device }) => {
    const number = readCount(device["GPU"]);
    if (number === undefined) return [];
    const rpm = readRpm(device["Fan Speed"]);
    const percent = readPercent(device["Fan Percent"]);
    const isSilent = !rpm && !percent && !readNumber(device["Temperature"]);
    return isSilent ? [] : makeFan(`GPU${number}`, rpm, percent) ?? [];
  });
}

function readCommonPercent(members: Members): number | undefined {
  for (const name of SPEEDS) {
    const percent = readPercent(members[name]);
    if (percent !== undefined) return percent;
  }
  return undefined;
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
