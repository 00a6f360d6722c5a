/**
 * Reads what mines, on what: software, versions, model, firmware. Pure.
 *
 * @example
 * ```ts
 * import { readMinerInfo } from "./miner_info.ts";
 *
 * const version = {
 *   VERSION: [{ CGMiner: "4.11.1", API: "3.7", PROD: "AvalonMiner 15-194" }],
 * };
 * console.log(readMinerInfo({ version }));
 * // { software: "cgminer", version: "4.11.1", api: "3.7", model: "AvalonMiner 15-194" }
 * ```
 *
 * @module
 */

import type { Reports } from "./reports.ts";
import { findSections, isMembers, type Members } from "./sections.ts";
import type { MinerInfo } from "./telemetry.ts";
import { readText } from "./values.ts";

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

/**
 * `cgminer 4.11.1`: a description that names the miner. Users can set another
 * one (`--api-description`), and WhatsMiner's `whatsminer v1.4` is its API.
 */
const DESCRIPTION =
  /^(?!whatsminer)((?:[\w.-]*miner\+?)|boser)(?:[\s-]\s*(.{1,80}))?$/i;

/** Members that may be one more such: `BDMiner`, `GCMiner`. */
const SOFTWARE_KEY = /^[a-z]{1,20}miner\+?$/i;

/** `avermore 1.4.1`: a word, and what only a version is. */
const OTHER_DESCRIPTION =
  /^(?!whatsminer)([a-z][\w+-]{0,30})\s+(v?\d+\.\d+\S{0,60})$/i;

/** The version in `bosminer-plus-am2-s17 0.8.0-feaec278`, `4.9.0 rwglr`. */
const VERSION_IN_TEXT = /(?:^|\s)(v?\d.*)$/;

/** Where the model stands, best first. */
const MODEL_KEYS: readonly string[] = ["Type", "PROD", "miner_type", "Model"];

/** Where the firmware's version stands, best first. */
const FIRMWARE_KEYS: readonly string[] = [
  "build_version", // VNish
  "Firmware Version", // WhatsMiner, in quotes of its own
  "fw_ver", // WhatsMiner's get_version
  "CGVERSION", // Avalon Q
  "VERSION", // Avalon
  "Firmware", // SealMiner
  "Miner", // Antminer, LuxOS, Blackminer, Hammer
];

/** Models that say their firmware too: model, firmware. */
const MODELS_WITH_FIRMWARE: readonly RegExp[] = [
  /^(.+?)\s*\((\D+ v?\d[^)]*)\)$/, // Antminer S17 (vnish 0.9.2-alpha)
  /^(.+?) (blissz.*)$/i, // Antminer D3 Blissz v2.06 beta
  /^(.+?) (hiveon.*)$/i, // Antminer S9 Hiveon
  /^(.+?) v\.?(\d+(?:\.\d+)+)$/i, // S19-88 v.2.6.0.39
];

/** `CompileTime` of firmware made from the vendor's: `(Chipless v3.0 …)`. */
const FIRMWARE_IN_TIME = /\(([^)]* v\d[^)]*)\)$/;

/** A version has a digit; `Miner` of bfgminer has its software in it. */
const FIRMWARE_TEXT = /^(?!.*miner).*\d/i;

/** Models of devices that are the whole machine's; GPUs have their own. */
const MACHINE = /miner|^[A-Z]\d{1,3}[A-Z+]*(?:_?V\w+)?$/i;

/** `Ver[1246-83-21072802_4ec6bb0_211fc46]`: Avalon's model and firmware. */
const AVALON_VERSIONS: readonly {
  readonly pattern: RegExp;
  readonly family: string;
}[] = [
  {
    pattern: /\bVer\[(\d{2,4}(?:-\d{1,3})?)-(\d{8}_\w+)\]/,
    family: "AvalonMiner",
  },
  { pattern: /\bVer\[([A-Za-z]\w*)-(\d{8}_\w+)\]/, family: "Avalon" },
  // `7411706-3162860`: an A741.
  { pattern: /\bVer\[(\d{3})(\d{4}-\w+)\]/, family: "AvalonMiner" },
];

/**
 * Reads what mines, on what.
 *
 * @param reports The rig's replies: `version`, else whatever of them tells.
 * @returns What is known; `undefined` where nothing is.
 */
export function readMinerInfo(reports: Reports): MinerInfo | undefined {
  const versions = [
    ...findSections(reports["version"], "VERSION"),
    ...findSections(reports["get_version"], "VERSION"),
  ];
  const stats = [
    ...findSections(reports["stats"], "STATS"),
    ...findSections(reports["estats"], "STATS"),
  ];
  const summary = findSections(reports["summary"], "SUMMARY");
  const sections = [...versions, ...stats, ...summary];
  const avalon = readAvalonVersion(sections);
  const [model, firmware] = splitModel(
    readFirst(sections, MODEL_KEYS) ?? avalon?.model ??
      readDeviceModel(reports),
  );
  const info = {
    ...(readNamedSoftware(versions) ?? readNamedSoftware(stats.slice(0, 1)) ??
      readDescription(reports)),
    api: readFirst(versions, ["API", "api_ver"]),
    model,
    firmware: firmware ?? readFirmware(sections) ?? avalon?.firmware,
  };
  const known = Object.entries(info).filter(([, text]) => text !== undefined);
  return known.length === 0 ? undefined : Object.fromEntries(known);
}

/** The first text under one of these names, the names in their order. */
function readFirst(
  sections: readonly Members[],
  names: readonly string[],
): string | undefined {
  for (const name of names) {
    for (const section of sections) {
      const text = readText(section[name]);
      if (text !== undefined) return text;
    }
  }
  return undefined;
}

function readNamedSoftware(
  versions: readonly Members[],
): Pick<MinerInfo, "software" | "version"> | undefined {
  // bfgminer: `"Miner":"bfgminer 5.5.0"` beside a `CGMiner` for old clients.
  const named = parseDescription(readFirst(versions, ["Miner"]));
  if (named?.version !== undefined) return named;
  for (const [name, value] of versions.flatMap(Object.entries)) {
    const software = SOFTWARE_KEYS.get(name.toLowerCase()) ??
      (SOFTWARE_KEY.test(name) ? name : undefined);
    const version = readText(value);
    if (software !== undefined && version !== undefined) {
      return { software, version: cutVersion(version) };
    }
  }
  return undefined;
}

function readDescription(
  reports: Reports,
): Pick<MinerInfo, "software" | "version"> | undefined {
  for (const reply of Object.values(reports)) {
    const status = isMembers(reply) ? reply["STATUS"] : undefined;
    const first = Array.isArray(status) ? status[0] : reply;
    const text = isMembers(first) ? readText(first["Description"]) : undefined;
    const description = parseDescription(text);
    if (description !== undefined) return description;
  }
  return undefined;
}

function parseDescription(
  text: string | undefined,
): Pick<MinerInfo, "software" | "version"> | undefined {
  const [, software, version] = DESCRIPTION.exec(text ?? "") ??
    OTHER_DESCRIPTION.exec(text ?? "") ?? [];
  if (software === undefined) return undefined;
  return {
    software,
    ...(version === undefined ? {} : { version: cutVersion(version) }),
  };
}

function cutVersion(text: string): string {
  return VERSION_IN_TEXT.exec(text)?.[1] ?? text;
}

function splitModel(
  text: string | undefined,
): readonly [string | undefined, string | undefined] {
  for (const pattern of MODELS_WITH_FIRMWARE) {
    const [, model, firmware] = pattern.exec(text ?? "") ?? [];
    if (model !== undefined) return [model, firmware];
  }
  // A number is a type of something else.
  return [/\p{L}/u.test(text ?? "") ? text : undefined, undefined];
}

function readFirmware(sections: readonly Members[]): string | undefined {
  const time = readFirst(sections, ["CompileTime"]) ?? "";
  const named = FIRMWARE_IN_TIME.exec(time)?.[1];
  if (named !== undefined) return named;
  for (const name of FIRMWARE_KEYS) {
    const text = readFirst(sections, [name])?.replace(/^'\s*|\s*'$/g, "");
    if (text !== undefined && FIRMWARE_TEXT.test(text)) return text;
  }
  return undefined;
}

function readAvalonVersion(
  sections: readonly Members[],
): { readonly model: string; readonly firmware: string } | undefined {
  const modules = sections.flatMap((section) =>
    Object.keys(section).filter((name) => name.startsWith("MM ID"))
      .map((name) => section[name])
      .filter((text) => typeof text === "string")
  );
  for (const text of modules) {
    for (const { pattern, family } of AVALON_VERSIONS) {
      const [, model, firmware] = pattern.exec(text) ?? [];
      if (model !== undefined && firmware !== undefined) {
        return { model: `${family} ${model}`, firmware };
      }
    }
  }
  return undefined;
}

/** The model that all devices say, where it is the machine's. */
function readDeviceModel(reports: Reports): string | undefined {
  const models = new Set(
    findSections(reports["devdetails"], "DEVDETAILS")
      .map((device) => readText(device["Model"])),
  );
  const [model] = models;
  const isMachine = models.size === 1 && MACHINE.test(model ?? "");
  return isMachine ? model : undefined;
}
