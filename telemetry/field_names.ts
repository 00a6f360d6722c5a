/**
 * Knows what a field's name means, whoever reads it. Names repeat from rig to
 * rig, so what one means is found out once and remembered. Pure, but for that.
 *
 * @example
 * ```ts
 * import { findMeanings } from "./field_names.ts";
 *
 * console.log(findMeanings("temp2_6")); // chain: family temp2_, number 6
 * console.log(findMeanings("Elapsed")); // [], which is most
 * ```
 *
 * @module
 */

import {
  parseBoardName,
  parseChainName,
  parseChannelName,
  parseFanName,
  parseFanWay,
  parseModuleName,
  parseModuleText,
  parseNamedBoard,
  parsePowerName,
} from "./part_names.ts";
import {
  parseChainRate,
  parseRateName,
  parseUnitLetter,
  parseUnitMember,
} from "./rate_names.ts";
import {
  parseBoardSensor,
  parseCamelSensor,
  parseSensorName,
  parseSummaryBoard,
} from "./sensor_names.ts";
import { parseSoftwareName } from "./software_names.ts";

/** What a name can be, and who reads that from it. */
const PARSERS = {
  rate: parseRateName,
  unitLetter: parseUnitLetter,
  unitMember: parseUnitMember,
  chainRate: parseChainRate,
  sensor: parseSensorName,
  boardSensor: parseBoardSensor,
  camelSensor: parseCamelSensor,
  summaryBoard: parseSummaryBoard,
  chain: parseChainName,
  channel: parseChannelName,
  board: parseBoardName,
  namedBoard: parseNamedBoard,
  module: parseModuleName,
  moduleText: parseModuleText,
  fan: parseFanName,
  fanWay: parseFanWay,
  power: parsePowerName,
  software: parseSoftwareName,
} as const;

/** One of the things that a name can be. */
export type Kind = keyof typeof PARSERS;

/** What a name of this kind says. */
export type MeaningOf<K extends Kind> = NonNullable<
  ReturnType<(typeof PARSERS)[K]>
>;

/** One thing that a name is, and what it says. */
export interface Meaning {
  readonly kind: Kind;
  readonly meaning: MeaningOf<Kind>;
}

const KINDS = Object.keys(PARSERS) as Kind[];

/**
 * The most names that are remembered: all recorded replies together have 2550.
 * More than that is somebody's intent, and then all are forgotten.
 */
const MAX_NAMES = 10_000;

/** The longest name that can mean anything, in UTF-16 code units; 33 recorded. */
const MAX_NAME_LENGTH = 64;

const known = new Map<string, readonly Meaning[]>();

/** Shared by all names that mean nothing here. */
const NOTHING: readonly Meaning[] = [];

/**
 * Finds what a field's name means.
 *
 * @param name The name, of any length and content.
 * @returns All that it is; empty where nobody reads such a field.
 */
export function findMeanings(name: string): readonly Meaning[] {
  const found = known.get(name);
  if (found !== undefined) return found;
  if (name.length > MAX_NAME_LENGTH) return NOTHING;
  const meanings = parseName(name);
  if (known.size >= MAX_NAMES) known.clear();
  known.set(name, meanings);
  return meanings;
}

function parseName(name: string): readonly Meaning[] {
  const meanings = KINDS.flatMap((kind): Meaning | [] => {
    const meaning = PARSERS[kind](name);
    return meaning === undefined ? [] : { kind, meaning };
  });
  return meanings.length === 0 ? NOTHING : meanings;
}
