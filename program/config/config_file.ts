/**
 * From the text of a configuration file to settings and rigs, or to one
 * sentence that names the file, the place in it, and what is right. Structure,
 * types and names are checked against the schema (`config_schema.ts`); the
 * values are then read as those of flags are. Comments are allowed. Pure.
 *
 * @module
 */

import { quoteText } from "../../rpc/errors.ts";
import { type ConfigSchema, makeConfigSchema } from "./config_schema.ts";
import { suggestFlag } from "./flags.ts";
import { listFileOptions, OPTIONS } from "./options.ts";
import {
  readRigEntry,
  type RigEntry,
  RigList,
  type SourcedRig,
} from "./rig_config.ts";
import { ConfigError, type Setting } from "./setting.ts";
import {
  type OutputUnit,
  type Schema,
  Validator,
} from "npm:@cfworker/json-schema@4";
import {
  parse,
  type ParseError,
  printParseErrorCode,
  stripComments,
} from "npm:jsonc-parser@3";
import type { TroubleSettings } from "../../gateway/watch/fleet_monitor.ts";
import type { TroubleLimits } from "../../telemetry/trouble.ts";

/** What a configuration file says. */
export interface ConfigFile {
  /** Its options, by flag, and its `token`; the rigs are not among them. */
  readonly settings: ReadonlyMap<string, Setting>;
  /** Its rigs, in order; each name is there once. */
  readonly rigs: readonly SourcedRig[];
  /** Its limits of trouble; those of the table are not among them. */
  readonly trouble: TroubleSettings;
}

/** The size of file that is refused. */
const MAX_FILE_LENGTH = 16 * 1024 * 1024;

/** Keys that mean the same, so that only one of them may be there. */
const RIVALS = [["rigs", "rig"], ["token-file", "token"]] as const;

/** A schema as far as messages are made from it. */
interface SchemaNode {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly errorMessage?: string;
  readonly writeOnly?: boolean;
}

const configSchema: SchemaNode & ConfigSchema = makeConfigSchema();

type Members = Record<string, unknown>;

/**
 * Reads a configuration file.
 *
 * @param path Its path, for messages.
 * @param text Its text; a byte order mark is left out.
 * @returns What it says.
 * @throws {ConfigError} For the first thing that is wrong; no token is ever in
 * the message.
 */
export function parseConfigFile(path: string, text: string): ConfigFile {
  const file = nameFile(path);
  const value = parseJson(file, text.replace(/^\uFEFF/, ""));
  const { members, spelling } = renameKeys(file, value);
  checkSchema(file, members, spelling);
  const settings = new Map<string, Setting>();
  const list = new RigList();
  let trouble: TroubleSettings = { limits: {}, tags: {} };
  for (const [flag, value] of Object.entries(members)) {
    const key = spelling.get(flag) ?? flag;
    const source = `${file}: ${key}`;
    if (flag === "$schema") continue;
    if (flag === "trouble") {
      // Of the schema's types, which are made from the table of rules.
      const { tags = {}, ...limits } = value as TroubleLimits & {
        readonly tags?: TroubleSettings["tags"];
      };
      trouble = { limits, tags };
      continue;
    }
    if (flag === "rigs" || flag === "rig") {
      addRigs(list, value, source);
      continue;
    }
    const values = Array.isArray(value) ? value : [value];
    if (values.length === 0) continue;
    settings.set(flag, {
      source,
      texts: values.map(toText),
      ...(Array.isArray(value)
        ? { sources: values.map((_, index) => `${source}[${index}]`) }
        : {}),
    });
  }
  return { settings, rigs: list.sourced, trouble };
}

/** The file in messages: as it was given, if that is harmless on a line. */
function nameFile(path: string): string {
  return /^[\x20-\x7e]{1,200}$/.test(path) ? path : quoteText(path);
}

function parseJson(file: string, text: string): unknown {
  if (text.length > MAX_FILE_LENGTH) {
    throw new ConfigError(`${file}: larger than 16 MiB`);
  }
  const errors: ParseError[] = [];
  try {
    parse(text, errors);
    // It knows what "__proto__" is, and says what the other one lets pass.
    if (errors.length === 0) return JSON.parse(stripComments(text));
  } catch (error) {
    // What V8 says here quotes the file, a token perhaps.
    throw new ConfigError(
      `${file}: ${
        error instanceof RangeError ? "nests too deep" : "is not JSON"
      }`,
    );
  }
  const first = errors[0] as ParseError;
  const { offset } = first;
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  throw new ConfigError(
    `${file}: line ${text.slice(0, offset).split("\n").length}, column ${
      offset - lineStart + 1
    }: ${explainJsonError(first, text)}`,
  );
}

/** What is said of each error of `jsonc-parser`, by its name there. */
const JSON_ERRORS: Readonly<Record<string, string>> = {
  InvalidSymbol: "this is no value: text stands in double quotes",
  InvalidNumberFormat: "this is no number",
  PropertyNameExpected: "a name in double quotes is missing",
  ValueExpected: "a value is missing",
  ColonExpected: '":" is missing',
  CommaExpected: '"," is missing',
  CloseBraceExpected: '"}" is missing',
  CloseBracketExpected: '"]" is missing',
  EndOfFileExpected: "something follows the end",
  UnexpectedEndOfComment: "a comment lacks its end",
  UnexpectedEndOfString: 'this text lacks its closing "',
  UnexpectedEndOfNumber: "this is no number",
  InvalidUnicode: "JSON has no such escape: \\u takes four digits",
  InvalidEscapeCharacter:
    "JSON has no such escape: a backslash is written twice",
  InvalidCharacter: "a control character in a text",
};

function explainJsonError({ error, offset }: ParseError, text: string): string {
  if (text.trim() === "") return "there is nothing in it";
  const rest = text.slice(offset).trimStart();
  if (rest === "") return "it ends before it is whole";
  if (/^[}\]]/.test(rest) && text.slice(0, offset).trimEnd().endsWith(",")) {
    return "nothing follows the comma before it";
  }
  if (rest.startsWith("'")) return "text stands in double quotes";
  return JSON_ERRORS[printParseErrorCode(error)] ?? "this is no JSON";
}

/**
 * Gives every option its flag's spelling (`http_port`, `httpPort` →
 * `http-port`), and keeps how the file spells it.
 */
function renameKeys(
  file: string,
  value: unknown,
): { members: Members; spelling: Map<string, string> } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ConfigError(
      `${file}: ${describeValue(value)} ${configSchema.errorMessage}`,
    );
  }
  const flags = new Set(listFileOptions().map(({ flag }) => flag));
  const spelling = new Map<string, string>();
  const entries: [flag: string, value: unknown][] = [];
  for (const [key, member] of Object.entries(value)) {
    const kebab = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
      .replaceAll("_", "-");
    const flag = flags.has(kebab) ? kebab : key;
    if (OPTIONS.some((option) => option.flag === key) && !flags.has(key)) {
      throw new ConfigError(`${file}: ${key}: cannot be set in a file`);
    }
    const other = spelling.get(flag);
    if (other !== undefined) throw toRivalError(file, key, other);
    spelling.set(flag, key);
    const isRigs = flag === "rigs" || flag === "rig";
    entries.push([flag, isRigs ? renameRigKeys(member) : member]);
  }
  for (const [first, second] of RIVALS) {
    const [one, other] = [spelling.get(first), spelling.get(second)];
    if (one !== undefined && other !== undefined) {
      throw toRivalError(file, other, one);
    }
  }
  return { members: Object.fromEntries(entries), spelling };
}

/** `password_file` and `passwordFile` are `password-file`, as options have it. */
function renameRigKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renameRigKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      /^password(?:_f|F)ile$/.test(key) ? "password-file" : key,
      typeof member === "object" && key !== "tags"
        ? renameRigKeys(member)
        : member,
    ]),
  );
}

function toRivalError(file: string, key: string, other: string): ConfigError {
  return new ConfigError(
    `${file}: ${key}: ${other} says the same: leave one of them out`,
  );
}

let validator: Validator | undefined;

function checkSchema(
  file: string,
  members: Members,
  spelling: ReadonlyMap<string, string>,
): void {
  validator ??= new Validator(configSchema as Schema, "7");
  let errors: readonly OutputUnit[];
  try {
    errors = validator.validate(members).errors;
  } catch (error) {
    // Locations are URIs to it, and errors arguments of a call.
    const reason = error instanceof URIError
      ? "a key holds half a character: \\ud800 to \\udfff come in pairs"
      : error instanceof RangeError
      ? "more keys are wrong than can be listed"
      : undefined;
    if (reason === undefined) throw error;
    throw new ConfigError(`${file}: ${reason}`);
  }
  const index = findCulprit(errors);
  const error = errors[index];
  if (error === undefined) return;
  const path = toPath(error.instanceLocation);
  const value = path.reduce<unknown>(
    (value, key) => (value as Members)[key],
    members,
  );
  if (path[0] !== undefined) path[0] = spelling.get(path[0]) ?? path[0];
  const owner = errors[index - 1]?.keywordLocation ?? "#";
  throw new ConfigError(
    `${file}: ` +
      (error.keyword === "false"
        ? explainUnknown(path, findNode(owner))
        : explainValue(path, error.keywordLocation, value)),
  );
}

/** Keywords whose errors only say that one further down is wrong. */
const CONTAINERS: readonly string[] = [
  "$ref",
  "additionalProperties",
  "if",
  "items",
  "properties",
  "propertyNames",
];

/** An unknown key explains what is missing, so it goes first. */
function findCulprit(errors: readonly OutputUnit[]): number {
  const unknown = errors.findIndex(({ keyword }) => keyword === "false");
  return unknown >= 0
    ? unknown
    : errors.findIndex(({ keyword }) => !CONTAINERS.includes(keyword));
}

function toPath(location: string): string[] {
  return location.split("/").slice(1).map((part) =>
    decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~")
  );
}

/** The part of the schema that a keyword stands in. */
function findNode(keywordLocation: string): SchemaNode {
  const step = (node: SchemaNode, part: string): SchemaNode =>
    part === "$ref"
      ? toPath(node.$ref ?? "#").reduce(step, configSchema)
      : (node as Record<string, SchemaNode>)[part] ?? {};
  return toPath(keywordLocation).slice(0, -1)
    .reduce(step, configSchema);
}

function explainUnknown(path: Path, { properties = {} }: SchemaNode): string {
  const known = Object.keys(properties).filter((key) => key !== "$schema");
  const isOption = path.length === 1;
  const suggestion = suggestFlag(path.at(-1) ?? "", known);
  const advice = suggestion !== undefined
    ? `; did you mean ${suggestion}?`
    : isOption
    ? ": see chi-server --help"
    : `: give ${known.join(", ")}`;
  return `${formatPath(path)}: there is no such ${
    isOption ? "option" : "member"
  }${advice}`;
}

function explainValue(
  path: Path,
  keywordLocation: string,
  value: unknown,
): string {
  const { errorMessage = "is wrong", writeOnly } = findNode(keywordLocation);
  const isKey = keywordLocation.includes("/propertyNames/");
  const shown = isKey
    ? quoteText(path.at(-1) ?? "")
    : writeOnly
    ? "this"
    : describeValue(value);
  return `${formatPath(isKey ? path.slice(0, -1) : path)}: ${shown} ` +
    errorMessage;
}

/** A value in a message; lists and objects may hold anything. */
function describeValue(value: unknown): string {
  if (typeof value === "string") return quoteText(value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null
    ? "an object"
    : String(value);
}

/** A value as it stands after a flag: 1e-7 in plain digits. */
function toText(value: unknown): string {
  const text = String(value);
  return typeof value === "number" && /e-/.test(text)
    ? value.toFixed(20)
    : text;
}

/** @param value `rigs` or `rig`, of the schema's types. */
function addRigs(list: RigList, value: unknown, source: string): void {
  const isKeyed = typeof value === "object" && !Array.isArray(value);
  for (
    const [key, entry] of Object.entries(
      isKeyed ? value as Members : [value].flat(),
    )
  ) {
    const where = isKeyed
      ? source + formatPath([key], "")
      : typeof value === "string"
      ? source
      : `${source}[${key}]`;
    const rigs = readRigEntry(
      entry as string | RigEntry,
      where,
      isKeyed ? key : undefined,
    );
    for (const rig of rigs) list.add(rig, where);
  }
}

/** The keys and indices that lead to a place, from the outside in. */
export type Path = readonly string[];

/**
 * Writes a place.
 *
 * @param path The keys, and the indices of lists, that lead there.
 * @param parent What stands before it already; it begins with a dot then.
 * @returns It on one line of ASCII: `rigs[2].port`, `rigs["a b"]`.
 */
export function formatPath(path: Path, parent?: string): string {
  let text = parent ?? "";
  for (const key of path) {
    if (/^(?:0|[1-9]\d*)$/.test(key) && key.length < 16) text += `[${key}]`;
    else if (!/^[A-Za-z_$][\w$-]{0,63}$/.test(key)) {
      text += `[${quoteText(key)}]`;
    } else text += text === "" && parent === undefined ? key : `.${key}`;
  }
  return text;
}
