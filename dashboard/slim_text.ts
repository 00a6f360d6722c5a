/**
 * Takes from the dashboard's files what only people read: comments,
 * indentation, spaces between signs. Names stay, and every token does. Pure.
 *
 * A script is split into its tokens (ECMA-262, clause 12), and these are joined
 * with the least between them; what cannot be read is refused.
 *
 * @example
 * ```ts
 * import { slimScript } from "./slim_text.ts";
 *
 * console.log(slimScript("// Twice.\nexport const twice = (a) => a + a;\n"));
 * // export const twice=(a)=>a+a;
 * ```
 *
 * @module
 */

/** What a piece of a script is. */
export type TokenKind =
  | "comment"
  | "space"
  | "word"
  | "sign"
  | "string"
  | "pattern"
  | "template";

/** A piece of a script. All pieces together are the script. */
export interface Token {
  /**
   * What it is. A `word` is a name, a keyword or a number; a `sign` one
   * character; a `template` what stands between two expressions of a template
   * literal, with the signs that open and close these.
   */
  readonly kind: TokenKind;
  /** As it stands in the script. */
  readonly text: string;
  /** Whether it is of a template with the tag `html`, which htm reads. */
  readonly isMarkup?: boolean;
}

/** What begins like nothing else: space, comment, word, string. */
const PLAIN =
  /(\s+)|(\/\/[^\n]*|\/\*[^]*?\*\/)|([\w$#@\\\u0080-\uffff]+)|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/y;
const PATTERN = /\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/y;
const TEMPLATE = /[`}](?:[^`\\$]|\\[^]|\$(?!\{))*(?:`|\$\{)/y;

/** After these words a slash begins a pattern; after any other it divides. */
const BEFORE_PATTERN = new Set([
  ...["await", "case", "delete", "do", "else", "in", "instanceof", "new"],
  ...["of", "return", "throw", "typeof", "void", "yield"],
]);

/**
 * Splits a script into its pieces.
 *
 * @param script A module, as `deno fmt` writes it. After `)` a slash divides,
 * and after `}` it is refused, since both can be there.
 * @returns All of it, in order.
 * @throws {Error} Where it cannot be read.
 */
export function readTokens(script: string): Token[] {
  return new ScriptReader(script).read();
}

/** A template literal that is not at its end yet. */
interface OpenTemplate {
  readonly isMarkup: boolean;
  /** How many braces are open in the expression that is being read. */
  braces: number;
}

/** One pass over one script. */
class ScriptReader {
  readonly #script: string;
  readonly #open: OpenTemplate[] = [];
  #at = 0;
  /** The last token that means something. */
  #last: Token | undefined;

  constructor(script: string) {
    this.#script = script;
  }

  read(): Token[] {
    const tokens: Token[] = [];
    while (this.#at < this.#script.length) {
      const token = this.#readPlain() ?? this.#readOther();
      if (token.kind !== "space" && token.kind !== "comment") {
        this.#last = token;
      }
      this.#at += token.text.length;
      tokens.push(token);
    }
    if (this.#open.length > 0) throw this.#toError();
    return tokens;
  }

  #readPlain(): Token | undefined {
    PLAIN.lastIndex = this.#at;
    const found = PLAIN.exec(this.#script);
    if (found === null) return undefined;
    const [text, space, comment, word] = found;
    if (space !== undefined) return { kind: "space", text };
    if (comment !== undefined) return { kind: "comment", text };
    return { kind: word === undefined ? "string" : "word", text };
  }

  #readOther(): Token {
    const sign = this.#script.charAt(this.#at);
    const around = this.#open.at(-1);
    if (sign === "/") return this.#readSlash();
    if (sign === "`" || (sign === "}" && around?.braces === 0)) {
      return this.#readTemplate(around);
    }
    if (around !== undefined && sign === "{") around.braces++;
    if (around !== undefined && sign === "}") around.braces--;
    return { kind: "sign", text: sign };
  }

  #readSlash(): Token {
    const last = this.#last;
    if (last?.text === "}") throw this.#toError();
    const isDivision = last !== undefined &&
      (last.kind === "word"
        ? !BEFORE_PATTERN.has(last.text)
        : last.kind !== "sign" || last.text === ")" || last.text === "]");
    if (isDivision) return { kind: "sign", text: "/" };
    return { kind: "pattern", text: this.#take(PATTERN) };
  }

  #readTemplate(around: OpenTemplate | undefined): Token {
    const text = this.#take(TEMPLATE);
    const isMarkup = text.startsWith("`")
      ? this.#last?.text === "html"
      : around?.isMarkup === true;
    if (text.startsWith("`")) this.#open.push({ isMarkup, braces: 0 });
    if (text.endsWith("`")) this.#open.pop();
    return { kind: "template", text, isMarkup };
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const text = pattern.exec(this.#script)?.[0];
    if (text === undefined) throw this.#toError();
    return text;
  }

  #toError(): Error {
    const line = this.#script.slice(0, this.#at).split("\n").length;
    return new Error(`Line ${line} of the script cannot be read`);
  }
}

/**
 * Takes from a script what only people read.
 *
 * @param script A module; see {@linkcode readTokens}.
 * @returns The same tokens, closer together: {@linkcode joinTokens}.
 * @throws {Error} Where it cannot be read.
 */
export function slimScript(script: string): string {
  return joinTokens(readTokens(script));
}

/**
 * Writes a script with the least between its tokens.
 *
 * @param tokens Those of a script.
 * @returns The script without its comments. Text of a template stays as it is,
 * but for the indentation in markup, which htm and HTML take for one space or
 * for nothing; it has no element that keeps spaces (`pre`) with text of its own.
 */
export function joinTokens(tokens: Iterable<Token>): string {
  let slim = "";
  let last: Token | undefined;
  let gap = "";
  for (const token of tokens) {
    if (token.kind === "space" || token.kind === "comment") {
      gap += token.text;
      continue;
    }
    const text = token.isMarkup === true ? slimMarkup(token.text) : token.text;
    slim += last === undefined ? text : findSpace(last, gap, token) + text;
    last = token;
    gap = "";
  }
  return `${slim}\n`;
}

/** Signs after and before which no statement can end without a semicolon. */
const OPENING = new Set(["{", "(", "[", ",", ";"]);
const CLOSING = new Set(["}", ")", "]", ",", ";"]);

/** What has to stay between two tokens. */
function findSpace(last: Token, gap: string, next: Token): string {
  // A line's end may stand for a semicolon.
  if (gap.includes("\n")) {
    const isFree = last.kind === "sign" && OPENING.has(last.text) ||
      next.kind === "sign" && CLOSING.has(next.text);
    return isFree ? "" : "\n";
  }
  if (gap === "") return "";
  if (last.kind === "word" && next.kind === "word") return " ";
  // `a + +b`, `a / /b/`, `1 .toFixed()`: together they would be other signs.
  const isSame = last.text === next.text && last.kind === "sign";
  const isSlash = last.text === "/" || next.kind === "pattern";
  const isPoint = next.text === ".";
  return isSame || isSlash || isPoint ? " " : "";
}

function slimMarkup(text: string): string {
  return text.replace(/\n\s+/g, "\n").replaceAll(">\n<", "><");
}

/** A string, or what stands for one space: space itself, and comments. */
const STYLE_GAP =
  /("(?:[^"\\]|\\[^])*"?|'(?:[^'\\]|\\[^])*'?)|(?:\s|\/\*(?:[^*]|\*(?!\/))*(?:\*\/)?)+/g;

/** A string, a sign that needs no space, or a declaration's colon. */
const STYLE_SIGN =
  /("(?:[^"\\]|\\[^])*"?|'(?:[^'\\]|\\[^])*'?)| ?([{};,]) ?|(:) /g;

/**
 * Takes from a style sheet what only people read.
 *
 * @param style A style sheet as `deno fmt` writes it: after a colon there is a
 * space in declarations, and none in selectors.
 * @returns The same rules, without comments and with the least between tokens.
 */
export function slimStyle(style: string): string {
  return style.replace(STYLE_GAP, (_, string) => string ?? " ")
    .replace(STYLE_SIGN, (_, string, sign, colon) => string ?? sign ?? colon)
    .trim();
}
