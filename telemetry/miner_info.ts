/**
 * Reads what mines, on what: software, versions, model, firmware. Pure.
 *
 * @module
 */

import type { Reports } from "./reports.ts";
import { ReportSections, type Section } from "./report_sections.ts";
import { isMembers } from "./sections.ts";
import type { MinerInfo } from "./telemetry.ts";
import { keepKnown, readFlag, readText } from "./values.ts";
import type { Vendor } from "./vendor.ts";
import { joinTable } from "./vendors.ts";

const VERSION_REPORTS = joinTable("versionReports");
const API_FIELDS = ["API", ...joinTable("apiFields")];
const MODEL_FIELDS = joinTable("modelFields");
const FIRMWARE_FIELDS = joinTable("firmwareFields");
const FIRMWARE_IN_MODEL = joinTable("firmwareInModel");
const FIRMWARE_IN_TEXT = joinTable("firmwareInText");
const MODULE_VERSIONS = joinTable("modules")
  .flatMap(({ versions }) => versions);
const API_DESCRIPTIONS = joinTable("apiDescription");

const LIQUID_COOLING_FIELDS = joinTable("liquidCoolingField");
const LIQUID_COOLED_MODELS = joinTable("liquidCooledModel");

/** How much of a text with line breaks is looked at, in UTF-16 code units. */
const MAX_LINES_LENGTH = 1000;

/** Software whose name does not end in `miner`, such as `BOSer`. */
const OTHER_SOFTWARE = new Set(
  joinTable("software").map((name) => name.toLowerCase())
    .filter((name) => /^\w{1,40}$/.test(name) && !name.endsWith("miner")),
);

/**
 * `cgminer 4.11.1`: a description that names the miner. Users can set another
 * one (`--api-description`), and WhatsMiner's `whatsminer v1.4` is its API.
 */
const DESCRIPTION = /^([\w.-]{0,40}miner\+?)(?:[\s-](.{0,80}))?$/i;

/** `BOSer 24.09`: a word, and what follows it. */
const WORD_DESCRIPTION = /^(\w{1,40})(?:[\s-](.{0,80}))?$/;

/** `avermore 1.4.1`: a word, and what only a version is. */
const OTHER_DESCRIPTION =
  /^([a-z][\w+-]{0,30})\s{1,9}(v?\d{1,9}\.\d\S{0,60})$/i;

/** The version in `bosminer-plus-am2-s17 0.8.0-feaec278`, `4.9.0 rwglr`. */
const VERSION_IN_TEXT = /(?:^|\s)(v?\d[^]*)/;

/** Software, and its version where that is known. */
type Software = Pick<MinerInfo, "software" | "version">;

/** A version has a digit; `Miner` of bfgminer has its software in it. */
const FIRMWARE_TEXT = /^(?!.*miner).*\d/i;

/** Models of devices that are the whole machine's; GPUs have their own. */
const MACHINE = /miner|^[A-Z]\d{1,3}[A-Z+]*(?:_?V\w+)?$/i;

/**
 * Reads what mines, on what.
 *
 * @param reports The rig's replies: `version`, else whatever of them tells.
 * @returns What is known; `undefined` where nothing is.
 */
export function readMinerInfo(
  reports: Reports | ReportSections,
): MinerInfo | undefined {
  const replies = ReportSections.of(reports);
  const versions = [
    ...replies.find("version", "VERSION"),
    ...VERSION_REPORTS.flatMap(([command, section]) =>
      replies.find(command, section)
    ),
  ];
  const stats = [
    ...replies.find("stats", "STATS"),
    ...replies.find("estats", "STATS"),
  ];
  const summary = replies.find("summary", "SUMMARY");
  const sections = [...versions, ...stats, ...summary];
  const moduleVersion = readModuleVersion(sections);
  const [first, second] = readModelLines(sections);
  const [model, firmware = second] = splitModel(
    first ?? moduleVersion?.model ?? readDeviceModel(replies),
  );
  const info = keepKnown({
    ...(readNamedSoftware(versions) ?? readNamedSoftware(stats.slice(0, 1)) ??
      readDescription(replies.reports)),
    api: readFirst(versions, API_FIELDS),
    model,
    firmware: firmware ?? readFirmware(sections) ?? moduleVersion?.firmware,
  });
  return Object.keys(info).length === 0 ? undefined : info;
}

/**
 * Says whether replies tell that a rig is of a make.
 *
 * @param vendor The make.
 * @param reports The rig's replies, or one of them.
 * @param miner What they say mines. Default: as it is read.
 * @returns Whether any of what the make is recognised by is in them.
 */
export function isMadeBy(
  { recognised: { software, model, fields = [] } = {} }: Vendor,
  reports: Reports | ReportSections,
  miner: MinerInfo | undefined = readMinerInfo(reports),
): boolean {
  const replies = ReportSections.of(reports);
  return (software?.test(miner?.software ?? "") ?? false) ||
    (model?.test(miner?.model ?? "") ?? false) ||
    (fields.length > 0 && [
      ...replies.find("summary", "SUMMARY"),
      ...replies.find("devs", "DEVS"),
      ...replies.find("pools", "POOLS"),
      ...replies.find("stats", "STATS"),
    ].some(({ members }) => fields.some((field) => field in members)));
}

/**
 * Says whether a rig is cooled by liquid.
 *
 * @param replies The sections of its replies.
 * @param model What it is, where known.
 * @returns Whether it says so, or is such a model.
 */
export function isCooledByLiquid(
  replies: ReportSections,
  model: string = readMinerInfo(replies)?.model ?? "",
): boolean {
  return LIQUID_COOLED_MODELS.some((pattern) => pattern.test(model)) ||
    [
      ...replies.find("summary", "SUMMARY"),
      ...replies.find("config", "CONFIG"),
    ].some(({ members }) =>
      LIQUID_COOLING_FIELDS.some((name) => readFlag(members[name]) === true)
    );
}

/** The model's first line, and the second if that is a version. */
function readModelLines(
  sections: readonly Section[],
): readonly [model?: string, firmware?: string] {
  for (const name of MODEL_FIELDS) {
    for (const { members } of sections) {
      const value = members[name];
      const [first, second] = typeof value === "string"
        ? value.slice(0, MAX_LINES_LENGTH).split(/[\r\n\t]/)
          .map(readText).filter((line) => line !== undefined)
        : [readText(value)];
      if (first === undefined) continue;
      const isVersion = second !== undefined && FIRMWARE_TEXT.test(second);
      return isVersion ? [first, second] : [first];
    }
  }
  return [];
}

/** The first text under one of these names, the names in their order. */
function readFirst(
  sections: readonly Section[],
  names: readonly string[],
): string | undefined {
  for (const name of names) {
    for (const { members } of sections) {
      const text = readText(members[name]);
      if (text !== undefined) return text;
    }
  }
  return undefined;
}

function readNamedSoftware(
  versions: readonly Section[],
): Software | undefined {
  // bfgminer: `"Miner":"bfgminer 5.5.0"` beside a `CGMiner` for old clients.
  const named = parseDescription(readFirst(versions, ["Miner"]));
  if (named?.version !== undefined) return named;
  for (const section of versions) {
    for (const { meaning: software, value } of section.list("software")) {
      const version = readText(value);
      if (version === undefined) continue;
      return { software, version: cutVersion(version) };
    }
  }
  return undefined;
}

function readDescription(reports: Reports): Software | undefined {
  for (const reply of Object.values(reports)) {
    const status = isMembers(reply) ? reply["STATUS"] : undefined;
    const first = Array.isArray(status) ? status[0] : reply;
    const text = isMembers(first) ? readText(first["Description"]) : undefined;
    const description = parseDescription(text);
    if (description !== undefined) return description;
  }
  return undefined;
}

function splitModel(
  text: string | undefined,
): readonly [string | undefined, string | undefined] {
  if (text === undefined) return [undefined, undefined];
  for (const pattern of FIRMWARE_IN_MODEL) {
    const [, model, firmware] = pattern.exec(text) ?? [];
    if (model !== undefined) return [model, firmware];
  }
  // A number is a type of something else.
  return [/\p{L}/u.test(text) ? text : undefined, undefined];
}

function readFirmware(sections: readonly Section[]): string | undefined {
  for (const [field, pattern] of FIRMWARE_IN_TEXT) {
    const named = pattern.exec(readFirst(sections, [field]) ?? "")?.[1];
    if (named !== undefined) return named;
  }
  for (const name of FIRMWARE_FIELDS) {
    const text = readFirst(sections, [name])?.replace(/^'\s*|\s*'$/g, "");
    if (text !== undefined && FIRMWARE_TEXT.test(text)) return text;
  }
  return undefined;
}

function readModuleVersion(
  sections: readonly Section[],
): { readonly model: string; readonly firmware: string } | undefined {
  for (const section of sections) {
    for (const { value } of section.list("module")) {
      if (typeof value !== "string") continue;
      const version = parseModuleVersion(value);
      if (version !== undefined) return version;
    }
  }
  return undefined;
}

function parseModuleVersion(
  text: string,
): { readonly model: string; readonly firmware: string } | undefined {
  for (const { pattern, family } of MODULE_VERSIONS) {
    const [, model, firmware] = pattern.exec(text) ?? [];
    if (model !== undefined && firmware !== undefined) {
      return { model: `${family} ${model}`, firmware };
    }
  }
  return undefined;
}

/** The model that all devices say, where it is the machine's. */
function readDeviceModel(replies: ReportSections): string | undefined {
  const models = new Set(
    replies.find("devdetails", "DEVDETAILS")
      .map(({ members }) => readText(members["Model"])),
  );
  const [model] = models;
  const isMachine = models.size === 1 && MACHINE.test(model ?? "");
  return isMachine ? model : undefined;
}

/** What a STATUS's description, or what else names a miner, says. */
function parseDescription(text: string | undefined): Software | undefined {
  if (text === undefined) return undefined;
  if (API_DESCRIPTIONS.some((pattern) => pattern.test(text))) return undefined;
  const [, software, version = ""] = DESCRIPTION.exec(text) ??
    findOtherSoftware(text) ?? OTHER_DESCRIPTION.exec(text) ?? [];
  if (software === undefined) return undefined;
  const trimmed = version.trim();
  return {
    software,
    ...(trimmed !== "" && { version: cutVersion(trimmed) }),
  };
}

function findOtherSoftware(text: string): RegExpExecArray | undefined {
  const match = WORD_DESCRIPTION.exec(text);
  const isKnown = OTHER_SOFTWARE.has(match?.[1]?.toLowerCase() ?? "");
  return isKnown ? match ?? undefined : undefined;
}

/** A text from its version on; all of it where none is found. */
function cutVersion(text: string): string {
  return VERSION_IN_TEXT.exec(text)?.[1] ?? text;
}
