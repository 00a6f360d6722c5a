/**
 * Where a text stops being JSON (RFC 8259), and what is wrong there, in words
 * that quote nothing of the text: `JSON.parse` quotes what stands around the
 * place, a token perhaps, and often gives no line. Pure.
 *
 * @example
 * ```ts
 * import { findJsonError } from "./json_syntax.ts";
 *
 * console.log(findJsonError('{"a": 1,}')); // line 1, column 9: …
 * console.log(findJsonError('{"a": 1}')); // undefined
 * ```
 *
 * @module
 */

/** A place in a text where JSON ends. */
export interface JsonError {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** What is wrong there. */
  readonly reason: string;
}

/** What may stand at a place. */
type Place =
  | "value"
  | "value or end"
  | "name"
  | "name or end"
  | "colon"
  | "comma or end"
  | "nothing";

/** A wrong place: where, and why. */
class Wrong extends Error {
  constructor(readonly index: number, reason: string) {
    super(reason);
  }
}

const WORD = /[A-Za-z0-9_$+.-]+/y;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const SPACE = /[ \t\n\r]*/y;
const COMMENT = "JSON has no comments";

/**
 * Finds the first place that no JSON text has.
 *
 * @param text What should be JSON.
 * @returns The place and the reason; undefined if it is JSON.
 */
export function findJsonError(text: string): JsonError | undefined {
  try {
    scanText(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    const before = text.slice(0, error.index);
    const start = before.lastIndexOf("\n") + 1;
    return {
      line: before.split("\n").length,
      column: error.index - start + 1,
      reason: error.message,
    };
  }
}

/** Without recursion: a text may nest deeper than the stack does. */
function scanText(text: string): void {
  const closers: ("}" | "]")[] = [];
  let place: Place = "value";
  let isAfterComma = false;
  for (let index = skip(SPACE, text, 0); index < text.length;) {
    const char = text[index] as string;
    const wasComma = isAfterComma;
    isAfterComma = false;
    if (char === closers.at(-1) && /end$/.test(place)) {
      closers.pop();
      place = closers.length === 0 ? "nothing" : "comma or end";
      index++;
    } else if (char === "," && place === "comma or end") {
      place = closers.at(-1) === "}" ? "name" : "value";
      isAfterComma = true;
      index++;
    } else if (char === ":" && place === "colon") {
      place = "value";
      index++;
    } else if (char === '"' && /^(?:name|value)/.test(place)) {
      index = scanString(text, index);
      place = place.startsWith("name") ? "colon" : toNext(closers);
    } else if ((char === "{" || char === "[") && /^value/.test(place)) {
      closers.push(char === "{" ? "}" : "]");
      place = char === "{" ? "name or end" : "value or end";
      index++;
    } else {
      if (!/^value/.test(place) || !/[\w$+.-]/.test(char)) {
        throw new Wrong(index, explain(place, char, closers.at(-1), wasComma));
      }
      index = scanWord(text, index);
      place = toNext(closers);
    }
    index = skip(SPACE, text, index);
  }
  if (place === "nothing") return;
  throw new Wrong(
    text.length,
    closers.length === 0
      ? "there is nothing in it"
      : `it ends before the last "${closers.at(-1)}"`,
  );
}

/** What may follow a value. */
function toNext(closers: readonly string[]): Place {
  return closers.length === 0 ? "nothing" : "comma or end";
}

function skip(pattern: RegExp, text: string, index: number): number {
  pattern.lastIndex = index;
  return index + (pattern.exec(text)?.[0].length ?? 0);
}

/** @returns Where the number, `true`, `false` or `null` ends. */
function scanWord(text: string, index: number): number {
  const end = skip(WORD, text, index);
  const word = text.slice(index, end);
  if (/^(?:true|false|null)$/.test(word) || NUMBER.test(word)) return end;
  throw new Wrong(
    index,
    /^[\d+.-]/.test(word)
      ? "this is no number"
      : "this is no value: text stands in double quotes",
  );
}

/** @returns Where the string that begins at `index` ends. */
function scanString(text: string, index: number): number {
  for (let at = index + 1; at < text.length; at++) {
    const char = text[at] as string;
    if (char === '"') return at + 1;
    if (char === "\n" || char === "\r") {
      throw new Wrong(at, 'the text of this line lacks its closing "');
    }
    if (char < " ") throw new Wrong(at, "a control character in a text");
    if (char !== "\\") continue;
    const rest = text.slice(at + 1, at + 6);
    if (!/^(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/.test(rest)) {
      throw new Wrong(
        at,
        "JSON has no such escape: a backslash is written twice",
      );
    }
    at++;
  }
  throw new Wrong(index, 'this text lacks its closing "');
}

function explain(
  place: Place,
  char: string,
  closer: string | undefined,
  isAfterComma: boolean,
): string {
  if (char === "/" || char === "#") return COMMENT;
  if (isAfterComma && (char === "}" || char === "]")) {
    return "nothing follows the comma before it";
  }
  if (char === "'") return "text stands in double quotes";
  switch (place) {
    case "value":
    case "value or end":
      return "a value is missing";
    case "name":
    case "name or end":
      return "a name in double quotes is missing";
    case "colon":
      return '":" is missing';
    case "comma or end":
      return `"," or "${closer}" is missing`;
    case "nothing":
      return "something follows the end";
  }
}
