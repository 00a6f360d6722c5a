/**
 * Knows the names of miners' software, as members and in descriptions. Pure.
 *
 * @example
 * ```ts
 * import { parseDescription, parseSoftwareName } from "./software_names.ts";
 *
 * console.log(parseSoftwareName("BOSminer+")); // BOSminer+
 * console.log(parseDescription("bmminer 1.0.0")); // software, version
 * ```
 *
 * @module
 */

import type { MinerInfo } from "./telemetry.ts";

/** Members whose name is the software and whose value its version. */
const SOFTWARE_KEYS: ReadonlyMap<string, string> = new Map([
  ["cgminer", "cgminer"],
  ["bmminer", "bmminer"],
  ["bfgminer", "bfgminer"],
  ["sgminer", "sgminer"],
  ["bosminer", "BOSminer"],
  ["bosminer+", "BOSminer+"],
  ["boser", "BOSer"],
  ["luxminer", "LUXminer"],
  ["btminer", "btminer"],
  ["teamredminer", "TeamRedMiner"],
]);

/** Members that may be one more such: `BDMiner`, `GCMiner`. */
const SOFTWARE_KEY = /^[a-z]{1,20}miner\+?$/i;

/**
 * `cgminer 4.11.1`: a description that names the miner. Users can set another
 * one (`--api-description`), and WhatsMiner's `whatsminer v1.4` is its API.
 */
const DESCRIPTION =
  /^(?!whatsminer)([\w.-]{0,40}miner\+?|boser)(?:[\s-](.{0,80}))?$/i;

/** `avermore 1.4.1`: a word, and what only a version is. */
const OTHER_DESCRIPTION =
  /^(?!whatsminer)([a-z][\w+-]{0,30})\s{1,9}(v?\d{1,9}\.\d\S{0,60})$/i;

/** The version in `bosminer-plus-am2-s17 0.8.0-feaec278`, `4.9.0 rwglr`. */
const VERSION_IN_TEXT = /(?:^|\s)(v?\d[^]*)/;

/** Software, and its version where that is known. */
export type Software = Pick<MinerInfo, "software" | "version">;

/**
 * Parses the name of a member whose value is a version.
 *
 * @param name A field's name: `BMMiner`.
 * @returns The software (`bmminer`); `undefined` where it names none.
 */
export function parseSoftwareName(name: string): string | undefined {
  return SOFTWARE_KEYS.get(name.toLowerCase()) ??
    (SOFTWARE_KEY.test(name) ? name : undefined);
}

/**
 * Parses the description in a STATUS, or what else names a miner.
 *
 * @param text The text: `bmminer 1.0.0`.
 * @returns What it names; `undefined` where that is no miner.
 */
export function parseDescription(
  text: string | undefined,
): Software | undefined {
  if (text === undefined) return undefined;
  const [, software, version = ""] = DESCRIPTION.exec(text) ??
    OTHER_DESCRIPTION.exec(text) ?? [];
  if (software === undefined) return undefined;
  const trimmed = version.trim();
  return {
    software,
    ...(trimmed !== "" && { version: cutVersion(trimmed) }),
  };
}

/**
 * Cuts a version out of a text.
 *
 * @param text A text with a version: `4.9.0 rwglr`.
 * @returns From the version on; all of it where none is found.
 */
export function cutVersion(text: string): string {
  return VERSION_IN_TEXT.exec(text)?.[1] ?? text;
}
