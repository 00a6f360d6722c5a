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
import { ReportSections, type Section } from "./report_sections.ts";
import { isMembers } from "./sections.ts";
import {
  cutVersion,
  parseDescription,
  type Software,
} from "./software_names.ts";
import type { MinerInfo } from "./telemetry.ts";
import { keepKnown, readText } from "./values.ts";

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
const FIRMWARE_IN_TIME = /\(([^()]* v\d[^()]*)\)$/;

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
export function readMinerInfo(
  reports: Reports | ReportSections,
): MinerInfo | undefined {
  const replies = ReportSections.of(reports);
  const versions = [
    ...replies.find("version", "VERSION"),
    ...replies.find("get_version", "VERSION"),
  ];
  const stats = [
    ...replies.find("stats", "STATS"),
    ...replies.find("estats", "STATS"),
  ];
  const summary = replies.find("summary", "SUMMARY");
  const sections = [...versions, ...stats, ...summary];
  const avalon = readAvalonVersion(sections);
  const [model, firmware] = splitModel(
    readFirst(sections, MODEL_KEYS) ?? avalon?.model ??
      readDeviceModel(replies),
  );
  const info = keepKnown({
    ...(readNamedSoftware(versions) ?? readNamedSoftware(stats.slice(0, 1)) ??
      readDescription(replies.reports)),
    api: readFirst(versions, ["API", "api_ver"]),
    model,
    firmware: firmware ?? readFirmware(sections) ?? avalon?.firmware,
  });
  return Object.keys(info).length === 0 ? undefined : info;
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
  for (const pattern of MODELS_WITH_FIRMWARE) {
    const [, model, firmware] = pattern.exec(text) ?? [];
    if (model !== undefined) return [model, firmware];
  }
  // A number is a type of something else.
  return [/\p{L}/u.test(text) ? text : undefined, undefined];
}

function readFirmware(sections: readonly Section[]): string | undefined {
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
  sections: readonly Section[],
): { readonly model: string; readonly firmware: string } | undefined {
  for (const section of sections) {
    for (const { value } of section.list("moduleText")) {
      if (typeof value !== "string") continue;
      const version = parseAvalonVersion(value);
      if (version !== undefined) return version;
    }
  }
  return undefined;
}

function parseAvalonVersion(
  text: string,
): { readonly model: string; readonly firmware: string } | undefined {
  for (const { pattern, family } of AVALON_VERSIONS) {
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
