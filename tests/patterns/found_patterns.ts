/**
 * Finds every regular expression of the program in its syntax trees.
 *
 * @module
 */

import { stripTypeScriptTypes } from "node:module";
import { parse } from "npm:acorn@8.19.0";

const ROOT = new URL("../../", import.meta.url);

/**
 * What ships, and what makes it; of the dashboard what browsers get, which has
 * the patterns of its packages as well.
 */
const FOLDERS: readonly string[] = [
  "client/",
  "dashboard/bundle/",
  "examples/",
  "gateway/",
  "program/",
  "rigs/",
  "rpc/",
  "scripts/",
  "telemetry/",
];

/** A regular expression, where it stands. */
export interface FoundPattern {
  /** The file, from the root of the checkout. */
  readonly file: string;
  /** As it is written: `/a+$/g`. */
  readonly text: string;
  /** What stands between the slashes. */
  readonly source: string;
  readonly flags: string;
}

/** All that was found. */
export interface FoundPatterns {
  readonly patterns: readonly FoundPattern[];
  /**
   * Files that build one from other texts as they run, once for each place:
   * nobody can say beforehand what it will be.
   */
  readonly builders: readonly string[];
}

/** A node of the syntax tree, as far as it is read here. */
interface Node {
  readonly type: string;
  readonly regex?: { readonly pattern: string; readonly flags: string };
  readonly callee?: Node;
  readonly property?: Node;
  readonly name?: string;
  readonly value?: unknown;
  readonly arguments?: readonly Node[];
}

/** Methods that make a regular expression of a text which they are given. */
const TEXT_TAKERS: ReadonlySet<string> = new Set([
  "match",
  "matchAll",
  "search",
]);

/**
 * Finds them all, those in the schema of the configuration among them.
 *
 * @returns The patterns, in the order of their files.
 */
export function findPatterns(): FoundPatterns {
  const patterns: FoundPattern[] = [];
  const builders: string[] = [];
  for (const file of listSources()) {
    const add = (source: string, flags: string) =>
      patterns.push({ file, text: `/${source}/${flags}`, source, flags });
    for (const node of visitNodes(parseSource(file))) {
      if (node.regex !== undefined) add(node.regex.pattern, node.regex.flags);
      const built = readBuilt(node);
      if (built === undefined) continue;
      if (built === "unknown") builders.push(file);
      else add(built.source, built.flags);
    }
  }
  const file = "gateway/pages/config_schema.json";
  for (const source of visitSchema(JSON.parse(readFile(file)))) {
    patterns.push({ file, text: `/${source}/u`, source, flags: "u" });
  }
  return { patterns, builders };
}

/** `new RegExp(…)`, `RegExp(…)` and `text.match("…")`. */
function readBuilt(
  node: Node,
): "unknown" | { source: string; flags: string } | undefined {
  if (node.type !== "NewExpression" && node.type !== "CallExpression") {
    return undefined;
  }
  const name = node.callee?.name ?? node.callee?.property?.name ?? "";
  const [source, flags] = node.arguments ?? [];
  const isTextTaker = TEXT_TAKERS.has(name) &&
    (typeof source?.value === "string" || source?.type === "TemplateLiteral");
  if (name !== "RegExp" && !isTextTaker) return undefined;
  if (typeof source?.value !== "string") return "unknown";
  if (flags !== undefined && typeof flags.value !== "string") return "unknown";
  return { source: source.value, flags: `${flags?.value ?? ""}` };
}

function parseSource(file: string): unknown {
  const text = readFile(file);
  const script = file.endsWith(".ts")
    ? stripTypeScriptTypes(text, { mode: "transform" })
    : text;
  return parse(script, { ecmaVersion: "latest", sourceType: "module" });
}

function* visitNodes(value: unknown): Generator<Node> {
  if (typeof value !== "object" || value === null) return;
  if ("type" in value && typeof value.type === "string") yield value as Node;
  for (const child of Object.values(value)) yield* visitNodes(child);
}

function* visitSchema(value: unknown): Generator<string> {
  if (typeof value !== "object" || value === null) return;
  for (const [name, child] of Object.entries(value)) {
    if (name === "pattern" && typeof child === "string") yield child;
    else yield* visitSchema(child);
  }
}

function readFile(file: string): string {
  return Deno.readTextFileSync(new URL(file, ROOT));
}

function listSources(): string[] {
  const files: string[] = [];
  const list = (folder: string, isDeep: boolean) => {
    for (const entry of Deno.readDirSync(new URL(folder, ROOT))) {
      const path = `${folder === "./" ? "" : folder}${entry.name}`;
      if (entry.isDirectory && isDeep) list(`${path}/`, true);
      if (entry.isFile && /\.[jt]s$/.test(entry.name)) files.push(path);
    }
  };
  list("./", false);
  for (const folder of FOLDERS) list(folder, true);
  return files.sort();
}
