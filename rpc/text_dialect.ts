/**
 * cgminer's other dialect: the reply to a request that is not JSON, read into
 * the JSON that the same miner gives for the same request.
 *
 * ```text
 * STATUS=S,When=1,Code=11,Msg=Summary,Description=cgminer 4.11.1|SUMMARY,Elapsed=605,MHS av=0.00|
 * {"STATUS":[{"STATUS":"S","When":1,"Code":11,"Msg":"Summary","Description":"cgminer 4.11.1"}],"SUMMARY":[{"Elapsed":605,"MHS av":0.00}],"id":1}
 * ```
 *
 * A section ends in `|`, its items are parted by `,`, and `\` stands before a
 * `,`, `|`, `=` or `\` that is meant as itself (`api.c`, `escape_string`). The
 * text does not say what a value's type was; it is told by the value, except
 * for the names known to be strings (compared with what cgminer, bfgminer and
 * sgminer answer in both dialects).
 *
 * cpuminer and ccminer speak a relative of it, with `;` and no escapes and no
 * STATUS: `NAME=cpuminer-multi;VER=1.3.7;…|` becomes
 * `{"SUMMARY":[{"NAME":"cpuminer-multi",…}],"id":1}`, and `CPU=0;KHS=…|` (or
 * `GPU=0;…|`) `{"THREADS":[{"CPU":0,…},…],"id":1}`.
 *
 * @module
 */

import { isNotANumber } from "./repair_values.ts";

/** What {@linkcode convertTextDialect} gives. */
export type TextDialectResult =
  | { readonly ok: true; readonly text: string }
  | {
    readonly ok: false;
    readonly code: "rig-reply-truncated" | "rig-reply-invalid";
    /** A clause, such as `it does not end in "|"`. */
    readonly reason: string;
  };

/** `NAME=value`; without a value, a section's bare title. */
interface Item {
  readonly name: string;
  value?: string;
}
type Section = [Item, ...Item[]];

/**
 * Values that the JSON dialect gives as strings even if they look like a
 * number or a boolean. Seen in both dialects, unless another source is named.
 */
const STRING_NAMES: ReadonlySet<string> = new Set([
  // Every reply.
  ...["STATUS", "Msg", "Description"],
  // version; the second line is Avalon's, the third bmminer's and others'.
  ...["API", "CGMiner", "Miner", "SGMiner", "BFGMiner"],
  ...["PROD", "MODEL", "HWTYPE", "SWTYPE", "VERSION", "LVERSION", "BVERSION"],
  ...["CGVERSION", "DNA", "MAC", "UPAPI", "BMMiner", "CompileTime", "Type"],
  // pools, addpool and lcd: what a person or a pool chose.
  ...["URL", "User", "Name", "Profile", "Algorithm", "Algorithm Type"],
  ...["Mining Goal", "Proxy", "Proxy Type", "Stratum URL", "Current Pool"],
  ...["Status", "Long Poll", "Diff"],
  // devs, devdetails, notify, gpu.
  ...["Enabled", "Driver", "Kernel", "Model", "Device Path", "Intensity"],
  ...["Manufacturer", "Product", "Serial", "Firmware", "Reason Not Well"],
  // config, coin, check, stats.
  ...["ADL", "ADL in use", "Strategy", "Device Code", "OS", "Coinbase-Sig"],
  ...["Hash Method", "Current Block Hash", "Exists", "Access"],
  ...["USB Pipe", "USB Delay", "USB tmo"],
]);

/** The same for the dialect of cpuminer and ccminer (`api.cpp`). */
const SEMICOLON_STRING_NAMES: ReadonlySet<string> = new Set([
  ...["NAME", "VER", "API", "ALGO", "POOL", "URL", "USER", "CARD", "OS"],
]);

/** The member that holds the sections which begin with this name. */
const SECTION_MEMBERS: ReadonlyMap<string, string> = new Map([
  ["POOL", "POOLS"],
  ["FAN", "FANS"],
  ["TEMP", "TEMPS"],
]);
const DEVICE_NAMES = ["ASC", "PGA", "GPU", "CPU"];
const SEMICOLON_MEMBERS: ReadonlyMap<string, string> = new Map([
  ["NAME", "SUMMARY"],
  ["CPU", "THREADS"],
  ["GPU", "THREADS"],
  ["POOL", "POOLS"],
]);

/** Codes of replies that hold their member even if there is nothing in it. */
const EMPTY_MEMBERS: ReadonlyMap<string, string> = new Map([
  ["70", "STATS"],
  ["256", "DEVS"],
]);

/** How a reply of cpuminer or ccminer begins. */
const SEMICOLON_START = /^(?:NAME|CPU|GPU|POOL)=/;

const DECODER = new TextDecoder();

/** The most items of one reply; real ones have a few hundred a device. */
const MAX_ITEMS = 50_000;

// What printf gives for a number, without an exponent: api.c prints none, and
// "1e5" is then a name. No leading zeros: those are hashes and serials.
const NUMBER = /^-?(?:0|[1-9][0-9]{0,39})(?:\.[0-9]{1,40})?$/;

/**
 * Whether a text begins as the text dialect does.
 *
 * @param text The reply, without its NUL.
 * @returns True for `STATUS=…`, `CMD=…`, the bare `BYE` and `RESTART`, and
 * cpuminer's and ccminer's `NAME=…`, `CPU=…`, `GPU=…`, `POOL=…`.
 */
export function isTextDialect(text: string): boolean {
  return /^(?:(?:STATUS|CMD|NAME|CPU|GPU|POOL)=|(?:BYE|RESTART)\|?\s*$)/.test(
    text,
  );
}

/**
 * Takes a reply in the text dialect and gives the JSON text of the same shape.
 *
 * Numbers keep their digits. An item without `=` belongs to the value before
 * it (some vendors do not escape their commas). Sections of one kind are
 * gathered where the first of them stands.
 *
 * @param text The reply, without its NUL.
 * @returns The JSON text; or `rig-reply-truncated` if the text does not end in
 * `|`, and `rig-reply-invalid` if it is not of that form.
 */
export function convertTextDialect(text: string): TextDialectResult {
  if (!isTextDialect(text)) {
    return refuse("rig-reply-invalid", "it is not in the text dialect");
  }
  const farewell = /^(BYE|RESTART)/.exec(text)?.[1];
  if (farewell !== undefined) {
    return { ok: true, text: `{"STATUS":"${farewell}","id":1}` };
  }
  const semicolons = SEMICOLON_START.test(text);
  const split = splitSections(text, semicolons);
  if (split.rest.trim() !== "") {
    return refuse("rig-reply-truncated", 'it does not end in "|"');
  }
  const { sections, flaw } = split;
  if (flaw !== undefined) return refuse("rig-reply-invalid", flaw);
  if (semicolons) return { ok: true, text: writeSemicolons(sections) };
  return { ok: true, text: writeReply(sections) };
}

function refuse(
  code: "rig-reply-truncated" | "rig-reply-invalid",
  reason: string,
): TextDialectResult {
  return { ok: false, code, reason };
}

/** The text cut into sections, what is wrong with them, and what is left. */
function splitSections(
  text: string,
  semicolons: boolean,
): { sections: Section[]; flaw: string | undefined; rest: string } {
  const separator = semicolons ? ";" : ",";
  const sections: Section[] = [];
  let flaw: string | undefined;
  let count = 0;
  let items: Item[] = [];
  let name: string | undefined;
  let piece = "";
  let from = 0;
  let sectionAt = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === "\\" && !semicolons && ",|=\\".includes(text[at + 1]!)) {
      piece += text.slice(from, at);
      from = ++at;
    } else if (character === "=" && name === undefined) {
      name = piece + text.slice(from, at);
      piece = "";
      from = at + 1;
    } else if (character === separator || character === "|") {
      const rest = piece + text.slice(from, at);
      if (!addItem(items, name, rest, separator)) {
        flaw ??= "it has a section without a name";
      }
      if (++count > MAX_ITEMS) {
        flaw = `it has more than ${MAX_ITEMS} items`;
        return { sections, flaw, rest: "" };
      }
      name = undefined;
      piece = "";
      from = at + 1;
      if (character === separator) continue;
      const [first, ...others] = items;
      if (first !== undefined) sections.push([first, ...others]);
      items = [];
      sectionAt = at + 1;
    }
  }
  return { sections, flaw, rest: text.slice(sectionAt) };
}

/** Adds what stood between two separators; false if it cannot be an item. */
function addItem(
  items: Item[],
  name: string | undefined,
  rest: string,
  separator: string,
): boolean {
  const last = items.at(-1);
  if (name !== undefined) items.push({ name, value: rest });
  else if (last === undefined) items.push({ name: rest });
  else if (last.value !== undefined) last.value += separator + rest;
  else return rest === ""; // "SUMMARY,|": a title and nothing else.
  return items[0]!.name !== "";
}

/** One reply, or the replies of a joined command, each after its `CMD=`. */
function writeReply(sections: readonly Section[]): string {
  if (sections[0]?.[0].name !== "CMD") {
    return `{${writeMembers(sections)}"id":1}`;
  }
  const parts: { command: string; sections: Section[] }[] = [];
  for (const section of sections) {
    const [{ name, value }] = section;
    if (name === "CMD") parts.push({ command: value ?? "", sections: [] });
    else parts.at(-1)!.sections.push(section);
  }
  const members = parts.map(({ command, sections }) =>
    `${JSON.stringify(command)}:[{${writeMembers(sections)}"id":1}],`
  );
  return `{${members.join("")}"id":1}`;
}

/** The members of one reply, each followed by a comma. */
function writeMembers(sections: readonly Section[]): string {
  const status = sections.find(([{ name }]) => name === "STATUS");
  const code = status?.find(({ name }) => name === "Code")?.value ?? "";
  const description = status?.find(({ name }) => name === "Description")?.value;
  const members = new Map<string, string[]>();
  for (const section of sections) {
    const [first, ...others] = section;
    const member = nameMember(first, code, description ?? "");
    const items = first.value === undefined ? others : section;
    addTo(members, member, writeObject(items, STRING_NAMES));
  }
  const empty = EMPTY_MEMBERS.get(code);
  if (empty !== undefined && members.size === 1) members.set(empty, []);
  return writeLists(members);
}

/** The member of the JSON reply that a section belongs to. */
function nameMember(first: Item, code: string, description: string): string {
  const { name } = first;
  // "PGAS,Count=1": the title is the member.
  if (first.value === undefined) return name;
  if (DEVICE_NAMES.includes(name)) {
    // 9: devs, 256: devscan, 18: cpu (whose devices bfgminer calls PGA).
    if (code === "9" || code === "256") return "DEVS";
    return code === "18" ? "CPU" : name;
  }
  if (name === "DEVDETAILS" && description.startsWith("bfgminer")) {
    return "DEVS";
  }
  return SECTION_MEMBERS.get(name) ?? name;
}

function writeSemicolons(sections: readonly Section[]): string {
  const members = new Map<string, string[]>();
  for (const section of sections) {
    const { name } = section[0];
    const member = SEMICOLON_MEMBERS.get(name) ?? name;
    addTo(members, member, writeObject(section, SEMICOLON_STRING_NAMES));
  }
  return `{${writeLists(members)}"id":1}`;
}

function addTo(
  members: Map<string, string[]>,
  member: string,
  object: string,
): void {
  const objects = members.get(member);
  if (objects === undefined) members.set(member, [object]);
  else objects.push(object);
}

function writeLists(members: ReadonlyMap<string, readonly string[]>): string {
  return Array.from(
    members,
    ([name, objects]) => `${JSON.stringify(name)}:[${objects.join(",")}],`,
  ).join("");
}

function writeObject(
  items: readonly Item[],
  stringNames: ReadonlySet<string>,
): string {
  const members = items.map(({ name, value = "" }) =>
    `${JSON.stringify(name)}:${
      stringNames.has(name) ? JSON.stringify(value) : writeValue(value)
    }`
  );
  return `{${members.join(",")}}`;
}

function writeValue(value: string): string {
  if (value === "true" || value === "false" || NUMBER.test(value)) return value;
  return isNotANumber(value) ? "null" : JSON.stringify(value);
}

/**
 * Whether a reply is one of the miners that speak nothing but text. Those of
 * cgminer's family answer text too, with `STATUS=`, and speak JSON.
 *
 * @param bytes The reply, as it came.
 * @returns True for cpuminer's and ccminer's.
 */
export function isTextMinerReply(bytes: Uint8Array): boolean {
  return SEMICOLON_START.test(DECODER.decode(bytes.subarray(0, 8)));
}

/**
 * Writes a request as cpuminer and ccminer read it (`api.cpp`): the command, and
 * after a `|` its parameter.
 *
 * @param bytes The same request as JSON.
 * @returns The text; the JSON where it has further members, or where text would
 * say something else, as a `|` in the command is no part of it there.
 */
export function toTextRequest(
  bytes: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const { command, parameter, ...others } = JSON.parse(DECODER.decode(bytes));
  if (command.includes("|") || Object.keys(others).length > 0) return bytes;
  return new TextEncoder().encode(
    parameter === undefined ? command : `${command}|${parameter}`,
  );
}
