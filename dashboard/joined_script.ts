/**
 * Joins the modules of the dashboard that its first view needs, so that a
 * browser asks for one file and not for twenty. Pure.
 *
 * Only what the dashboard's modules are made of is understood: they import
 * names from each other, export declarations, and no two declare the same name
 * at their top; anything else is refused.
 *
 * @example
 * ```ts
 * import { joinScripts } from "./joined_script.ts";
 *
 * const scripts = new Map([
 *   ["sums.js", "export const twice = (a) => a + a;"],
 *   ["app.js", 'import { twice } from "./sums.js"; console.log(twice(2));'],
 * ]);
 * console.log(joinScripts(scripts));
 * // export const twice=(a)=>a+a;console.log(twice(2));
 * ```
 *
 * @module
 */

import { joinTokens, readTokens, type Token } from "./slim_text.ts";

/** An import of names from another module. */
interface ScriptImport {
  readonly names: readonly string[];
  /** The module's name: `store.js`. */
  readonly from: string;
}

/** A module, taken apart. */
interface ScriptParts {
  readonly imports: readonly ScriptImport[];
  /** The names that it declares at its top. */
  readonly declared: readonly string[];
  /** All of it but the imports. */
  readonly body: readonly Token[];
}

/**
 * Joins modules, or slims one.
 *
 * @param scripts The modules by name, each behind those that it imports.
 * @param locate Tells from where to import what another module has. Default:
 * from that module.
 * @returns One slim module, which exports all that they export.
 * @throws {Error} If one is written in a way that cannot be joined, or imports
 * one that stands behind it, or two declare one name.
 */
export function joinScripts(
  scripts: ReadonlyMap<string, string>,
  locate: (name: string) => string = (name) => name,
): string {
  const owners = new Map<string, string>();
  const outer = new Map<string, Set<string>>();
  const before = new Set<string>();
  const all: Token[] = [];
  for (const [name, script] of scripts) {
    const { imports, declared, body } = readParts(name, script);
    for (const { from, names } of imports) {
      if (before.has(from)) continue;
      if (scripts.has(from)) {
        throw new Error(`${name} stands before ${from}, which it imports`);
      }
      const place = locate(from);
      outer.set(place, (outer.get(place) ?? new Set()).union(new Set(names)));
    }
    for (const each of declared) {
      const owner = owners.get(each);
      if (owner !== undefined) {
        throw new Error(`${owner} and ${name} both declare ${each}`);
      }
      owners.set(each, name);
    }
    before.add(name);
    all.push(...body);
  }
  const imports = [...outer].map(([from, names]) =>
    `import{${[...names].join(",")}}from"./${from}";`
  );
  return imports.join("") + joinTokens(all);
}

const DECLARATIONS = new Set(["class", "const", "function", "let", "var"]);

function readParts(name: string, script: string): ScriptParts {
  const tokens = readTokens(script);
  const imports: ScriptImport[] = [];
  const declared: string[] = [];
  const body: Token[] = [];
  let depth = 0;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token;
    const isTop = token.kind === "word" && depth === 0;
    const next = isTop ? findNext(tokens, at)?.text ?? "" : "";
    if (isTop && token.text === "import" && next !== "(" && next !== ".") {
      let end = at;
      while (end < tokens.length && tokens[end]?.text !== ";") end++;
      imports.push(readImport(name, tokens.slice(at, end + 1)));
      at = end;
      continue;
    }
    if (isTop && token.text === "export" && !isDeclaration(next)) {
      throw new Error(`${name}: it exports something but a declaration`);
    }
    if (isTop && DECLARATIONS.has(token.text)) {
      if (!/^[\w$]+$/.test(next)) {
        throw new Error(`${name}: its top declares by a pattern: ${next}`);
      }
      declared.push(next);
    }
    depth += countDepth(token);
    body.push(token);
  }
  return { imports, declared, body };
}

/** How many brackets more are open behind a token than before it. */
function countDepth({ kind, text }: Token): number {
  if (kind === "sign") {
    if (/[([{]/.test(text)) return 1;
    return /[)\]}]/.test(text) ? -1 : 0;
  }
  if (kind !== "template") return 0;
  return (text.endsWith("${") ? 1 : 0) - (text.startsWith("}") ? 1 : 0);
}

function isMeaningful({ kind }: Token): boolean {
  return kind !== "space" && kind !== "comment";
}

function findNext(tokens: readonly Token[], at: number): Token | undefined {
  let next = at + 1;
  while (tokens[next] !== undefined && !isMeaningful(tokens[next] as Token)) {
    next++;
  }
  return tokens[next];
}

function isDeclaration(word: string): boolean {
  return DECLARATIONS.has(word) || word === "async";
}

const IMPORT = /^import \{ (\w+(?: , \w+)*)(?: ,)? \} from "\.\/([^"]+)" ;$/;

function readImport(name: string, tokens: readonly Token[]): ScriptImport {
  const text = tokens.filter(isMeaningful).map(({ text }) => text).join(" ");
  const [, names, from] = text.match(IMPORT) ?? [];
  if (names === undefined || from === undefined) {
    throw new Error(`${name}: it has to import names: ${text.slice(0, 200)}`);
  }
  return { names: names.split(" , "), from };
}
