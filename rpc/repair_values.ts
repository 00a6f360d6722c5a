/**
 * The bare values of a reply, those without quotes: numbers, `true`, `false`,
 * `null`, and the ways in which a miner's `printf` says that it has no number.
 *
 * @module
 */

/** What stands at a place where JSON wants a value, without quotes. */
export interface BareValue {
  /** Index after its last character. */
  readonly end: number;
  /**
   * - `json`: a literal, or made of what numbers are made of.
   * - `nan`: not a number, or infinite; JSON has `null` for that.
   * - `cut`: the text ends here, and more may have been meant to follow.
   * - `unknown`: none of these.
   */
  readonly kind: "json" | "nan" | "cut" | "unknown";
}

// C99 printf gives nan, -nan, nan(chars), inf and infinity; Microsoft's older
// runtime 1.#INF, -1.#IND and 1.#QNAN, rounded and padded like numbers.
const NOT_A_NUMBER =
  /^[+-]?(?:nan(?:\([a-z0-9_]*\))?|inf(?:inity)?|1\.#[a-z]+[0-9]*)$/i;
const LITERAL = /^(?:true|false|null)$/;
const LONGEST_WORD = 32;
/** What a value that the end of the text cuts off may have become. */
const WORDS = [
  "true",
  "false",
  "null",
  "nan(ind)",
  "nan(snan)",
  "infinity",
  "1.#ind",
  "1.#inf",
  "1.#qnan",
];

/**
 * Whether a word is one of the ways to print "not a number" or "infinite":
 * `nan`, `-nan`, `inf`, `Infinity`, `-nan(ind)`, `1.#INF` …, in any case.
 *
 * @param word The whole word.
 * @returns True if it is.
 */
export function isNotANumber(word: string): boolean {
  return word.length <= LONGEST_WORD && NOT_A_NUMBER.test(word);
}

/**
 * Reads the bare value that starts at a place of a text. Whether a number is
 * well formed is not looked at: that is for JSON.parse to say.
 *
 * @param text The text.
 * @param start Index of the value's first character.
 * @returns Where it ends and what it is.
 */
export function readBareValue(text: string, start: number): BareValue {
  let end = start;
  let numeric = text[start] !== "+";
  for (; end < text.length; end++) {
    const unit = text.charCodeAt(end);
    if (isDelimiter(unit)) break;
    numeric &&= isNumeric(unit);
  }
  const word = text.slice(start, Math.min(end, start + LONGEST_WORD + 1));
  if (word === "") return { end, kind: "unknown" };
  if (end === text.length && (numeric || isWordStart(word))) {
    return { end, kind: "cut" };
  }
  if (isNotANumber(word)) return { end, kind: "nan" };
  return { end, kind: numeric || LITERAL.test(word) ? "json" : "unknown" };
}

/** Whether a UTF-16 unit is white space to JSON (RFC 8259, section 2). */
export function isSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;
}

/** Control characters, space and `" , : [ ] { }`. */
function isDelimiter(unit: number): boolean {
  return unit <= 0x20 || unit === 0x22 || unit === 0x2c || unit === 0x3a ||
    unit === 0x5b || unit === 0x5d || unit === 0x7b || unit === 0x7d;
}

/** A digit or one of `+ - . e E`. */
function isNumeric(unit: number): boolean {
  return (unit >= 0x30 && unit <= 0x39) || unit === 0x2b || unit === 0x2d ||
    unit === 0x2e || unit === 0x65 || unit === 0x45;
}

function isWordStart(word: string): boolean {
  const start = word.toLowerCase().replace(/^[+-]/, "");
  return WORDS.some((whole) => whole.startsWith(start));
}
