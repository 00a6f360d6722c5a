/**
 * Indents JSON as text, so that every number keeps its digits and duplicate
 * keys stay, which parsing and printing again would lose. Pure.
 *
 * @example
 * ```ts
 * import { indentJson } from "./indent.ts";
 *
 * console.log(indentJson('{"a":[1.00,18446744073709551616],"b":{}}'));
 * ```
 *
 * @module
 */

/**
 * Deeper than this, nothing is indented any more. Real replies nest 6 deep; and
 * a reply of 22 KB that nests 11,000 deep would become half a gigabyte.
 */
export const MAX_INDENT_DEPTH = 64;

/**
 * Longer than this, in UTF-16 units, nothing should be indented: people read no
 * such reply, and laying it out would hold up everybody else for seconds.
 */
export const MAX_INDENTED_LENGTH = 1024 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Indents valid JSON by 4, laid out as `JSON.stringify(value, null, 4)` does
 * down to the 64th level; what is inside that stays on one line.
 *
 * @param json Valid JSON; anything else gives text of no use.
 * @param depth How many levels the whole stands inside of. Default 0.
 * @returns The same JSON with other white space.
 */
export function indentJson(json: string, depth = 0): string {
  let out = "";
  let at = 0;
  while (at < json.length) {
    const char = json[at] as string;
    if (char === '"') {
      const end = findStringEnd(json, at);
      out += json.slice(at, end);
      at = end;
      continue;
    }
    at++;
    if (char === "{" || char === "[") {
      const next = skipSpace(json, at);
      if (json[next] === "}" || json[next] === "]") {
        out += char + json[next];
        at = next + 1;
      } else out += char + breakLine(++depth);
    } else if (char === "}" || char === "]") out += breakLine(--depth) + char;
    else if (char === ",") out += char + breakLine(depth);
    else if (char === ":") out += ": ";
    else if (!isSpace(char)) out += char;
  }
  return out;
}

function findStringEnd(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    at += code === BACKSLASH ? 2 : 1;
  }
  return json.length;
}

function skipSpace(json: string, at: number): number {
  while (isSpace(json[at])) at++;
  return at;
}

function isSpace(char: string | undefined): boolean {
  return char === " " || char === "\n" || char === "\r" || char === "\t";
}

function breakLine(depth: number): string {
  if (depth > MAX_INDENT_DEPTH) return "";
  return "\n" + "    ".repeat(Math.max(0, depth));
}
