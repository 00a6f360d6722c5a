/**
 * The one pass over the text of a damaged reply: string-aware, left to right,
 * linear, without recursion.
 *
 * It walks the text as a JSON reader would, edits the known defects where a
 * reader would stumble over them, and copies everything else unread: digits,
 * white space, order and duplicate keys stay as they are. What it does not
 * know it refuses; a text that stops before its last bracket is never closed
 * by guess.
 *
 * @module
 */

import { MAX_DEPTH } from "./nesting.ts";
import { isSpace, readBareValue } from "./repair_values.ts";

/**
 * A known defect of a reply:
 *
 * - `missing-comma`: `}{`, `][`, `""`, `1"key"`: one is put in, right after the value.
 * - `leading-comma`: `[,{`, `{,"a"`, and the second of two commas (`},,{`): dropped.
 * - `trailing-comma`: `,}`, `,]`: dropped.
 * - `nan`: a bare `nan`, `-nan`, `inf`, `Infinity`, `-nan(ind)`, `1.#INF` …: `null`.
 * - `control-character`: raw in a string: `\u00XX`.
 * - `invalid-escape`: `\'` becomes `'`; before anything else that JSON does not
 *   know the backslash was meant as itself: `\x` becomes `\\x`.
 * - `windows-1252`: one or more bytes in a row that are not UTF-8.
 * - `junk-after-value`: whatever stands after the document: dropped.
 * - `bye`: `{"BYE","id":1}` becomes `{"STATUS":"BYE","id":1}`; `RESTART` likewise.
 * - `byte-order-mark`: before the document: dropped.
 * - `text-dialect`: the whole was not JSON, but cgminer's other dialect.
 */
export type RepairName =
  | "missing-comma"
  | "leading-comma"
  | "trailing-comma"
  | "nan"
  | "control-character"
  | "invalid-escape"
  | "windows-1252"
  | "junk-after-value"
  | "bye"
  | "byte-order-mark"
  | "text-dialect";

/** One repair: what was wrong, and where. */
export interface Repair {
  /** The defect. */
  readonly name: RepairName;
  /**
   * Where it was in the reply as the rig sent it: a byte offset, from 0. For a
   * text given to `repairReply`: of its UTF-8 form.
   */
  readonly at: number;
}

/** What a pass gives; places are indexes in its text (UTF-16 units). */
export type PassResult =
  | {
    readonly ok: true;
    readonly text: string;
    /** Ascending. */
    readonly repairs: readonly Repair[];
  }
  | {
    readonly ok: false;
    readonly code: "rig-reply-truncated" | "rig-reply-invalid";
    /** A clause without its place: `it ends inside a string`. */
    readonly clause: string;
    readonly at: number;
  };

/** The most repairs of one reply; more of them, and it is something else. */
export const MAX_REPAIRS = 10_000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const BYTE_ORDER_MARK = 0xfeff;

/** Said of a reply with more defects than {@linkcode MAX_REPAIRS}. */
export const TOO_MANY_REPAIRS = `it has more than ${MAX_REPAIRS} defects`;

/**
 * Members as nearly all of them are, each with its comma: there is nothing to
 * repair in them. So many at most, since what a pattern repeats it keeps.
 */
const PLAIN_MEMBERS =
  /(?:"[ !#-[\]-\uffff]*":(?:"[ !#-[\]-\uffff]*"|-?\d+(?:\.\d+)?),){1,64}/y;

type Refusal = Exclude<PassResult, { ok: true }>;

/**
 * What the walk waits for: an item (a key or an element, after a bracket or a
 * comma), a colon, a member's value, or what comes after an item.
 */
type Expectation = "item" | "colon" | "value" | "next";

class RepairPass {
  readonly #text: string;
  readonly #pieces: string[] = [];
  readonly #repairs: Repair[] = [];
  readonly #open: number[] = [];
  /** Commas met since the last item. */
  #commas: number[] = [];
  #at = 0;
  #copied = 0;
  #expect: Expectation = "value";
  /** Whether nothing stands yet in the innermost object or array. */
  #first = true;
  #keyAt = 0;
  #itemEnd = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): PassResult {
    if (this.#text.charCodeAt(0) === BYTE_ORDER_MARK) {
      this.#replace(0, 1, "", "byte-order-mark");
      this.#at = 1;
    }
    do {
      this.#skipSpace();
      const refusal = this.#at >= this.#text.length
        ? this.#truncate("it ends with brackets open")
        : this.#step(this.#text.charCodeAt(this.#at));
      if (refusal !== undefined) return refusal;
      if (this.#isHopeless()) return this.#refuse(TOO_MANY_REPAIRS);
    } while (this.#open.length > 0);
    const end = this.#at;
    this.#skipSpace();
    if (this.#at < this.#text.length) {
      this.#pieces.push(this.#text.slice(this.#copied, end));
      this.#repairs.push({ name: "junk-after-value", at: this.#at });
    } else {
      this.#pieces.push(this.#text.slice(this.#copied));
    }
    return { ok: true, text: this.#pieces.join(""), repairs: this.#repairs };
  }

  #step(unit: number): Refusal | undefined {
    switch (this.#expect) {
      case "value":
        return this.#readValue(unit);
      case "colon":
        return this.#readColon(unit);
      case "item":
        return this.#readItem(unit);
      case "next":
        return this.#readNext(unit);
    }
  }

  #readItem(unit: number): Refusal | undefined {
    if (unit === COMMA) {
      this.#commas.push(this.#at++);
      return undefined;
    }
    const closes = unit === CLOSE_OBJECT || unit === CLOSE_ARRAY;
    const inObject = this.#open.at(-1) === OPEN_OBJECT;
    // Two commas between elements of a list may stand for one that is lost,
    // unless it is a list of sections.
    const isBetween = !inObject && !this.#first && !closes;
    if (this.#commas.length > 1 && isBetween && unit !== OPEN_OBJECT) {
      return this.#refuse("it has two commas in a row");
    }
    const keep = this.#first || closes ? 0 : 1;
    const name = closes && !this.#first ? "trailing-comma" : "leading-comma";
    for (const at of this.#commas.slice(keep)) {
      this.#replace(at, at + 1, "", name);
    }
    this.#commas = [];
    if (closes) return this.#close(unit);
    if (!inObject) return this.#readValue(unit);
    if (unit !== QUOTE) return this.#refuse("it has no key");
    if (this.#skipPlain()) return undefined;
    this.#keyAt = this.#at;
    this.#expect = "colon";
    return this.#readString();
  }

  /** Whether plain members stood here; then a comma is the last that was read. */
  #skipPlain(): boolean {
    PLAIN_MEMBERS.lastIndex = this.#at;
    if (!PLAIN_MEMBERS.test(this.#text)) return false;
    this.#at = PLAIN_MEMBERS.lastIndex;
    this.#itemEnd = this.#at - 1;
    this.#commas.push(this.#itemEnd);
    this.#first = false;
    return true;
  }

  #readColon(unit: number): Refusal | undefined {
    if (unit === COLON) {
      this.#at++;
      this.#expect = "value";
      return undefined;
    }
    const bye = this.#first && this.#open.length === 1 &&
      (unit === COMMA || unit === CLOSE_OBJECT || unit === QUOTE) &&
      /^"(?:BYE|RESTART)"\s*$/.test(
        this.#text.slice(this.#keyAt, Math.min(this.#at, this.#keyAt + 16)),
      );
    if (!bye) return this.#refuse("it has a key without a value");
    this.#replace(this.#keyAt, this.#keyAt, '"STATUS":', "bye");
    this.#endItem();
    return undefined;
  }

  #readNext(unit: number): Refusal | undefined {
    if (unit === COMMA) {
      this.#commas.push(this.#at++);
      this.#expect = "item";
      return undefined;
    }
    if (unit === CLOSE_OBJECT || unit === CLOSE_ARRAY) return this.#close(unit);
    const inObject = this.#open.at(-1) === OPEN_OBJECT;
    const starts = unit === QUOTE ||
      (!inObject && (unit === OPEN_OBJECT || unit === OPEN_ARRAY));
    if (!starts) return this.#refuse("it has neither a comma nor a bracket");
    this.#replace(this.#itemEnd, this.#itemEnd, ",", "missing-comma");
    this.#expect = "item";
    return undefined;
  }

  #readValue(unit: number): Refusal | undefined {
    if (unit === OPEN_OBJECT || unit === OPEN_ARRAY) {
      if (this.#open.length === MAX_DEPTH) {
        return this.#refuse(`it is nested more than ${MAX_DEPTH} deep`);
      }
      this.#open.push(unit);
      this.#at++;
      this.#first = true;
      this.#expect = "item";
      return undefined;
    }
    const refusal = unit === QUOTE ? this.#readString() : this.#readBare();
    if (refusal === undefined) this.#endItem();
    return refusal;
  }

  #close(unit: number): Refusal | undefined {
    const open = this.#open.pop();
    // In ASCII a closing bracket is its opening one plus two.
    if (open === undefined || unit !== open + 2) {
      return this.#refuse("it is closed by the wrong bracket");
    }
    this.#at++;
    this.#endItem();
    return undefined;
  }

  #endItem(): void {
    this.#itemEnd = this.#at;
    this.#first = false;
    this.#expect = "next";
  }

  #readString(): Refusal | undefined {
    const text = this.#text;
    for (let at = this.#at + 1; at < text.length;) {
      if (this.#isHopeless()) return this.#refuse(TOO_MANY_REPAIRS);
      const unit = text.charCodeAt(at);
      if (unit === QUOTE) {
        this.#at = at + 1;
        return undefined;
      }
      if (unit === BACKSLASH) {
        at = this.#readEscape(at);
        continue;
      }
      if (unit < 0x20) {
        const hex = unit.toString(16).padStart(4, "0");
        this.#replace(at, at + 1, `\\u${hex}`, "control-character");
      }
      at++;
    }
    return this.#truncate("it ends inside a string");
  }

  /** Reads the escape whose backslash is at `at`; gives where to go on. */
  #readEscape(at: number): number {
    const escaped = this.#text.charAt(at + 1);
    if (escaped === "" || '"\\/bfnrt'.includes(escaped)) return at + 2;
    if (escaped === "u") {
      const digits = this.#text.slice(at + 2, at + 6);
      // Fewer than four only where the text ends: then it is cut, not wrong.
      if (/^[0-9a-f]*$/i.test(digits)) return at + 6;
    }
    const literal = escaped === "'" ? "" : "\\\\";
    this.#replace(at, at + 1, literal, "invalid-escape");
    return at + 1;
  }

  /** A number, `true`, `false`, `null`, or one of the ways to say "no number". */
  #readBare(): Refusal | undefined {
    const { end, kind } = readBareValue(this.#text, this.#at);
    if (kind === "cut") return this.#truncate("it ends inside a value");
    if (kind === "unknown") {
      return this.#refuse("it has something that is no value");
    }
    if (kind === "nan") this.#replace(this.#at, end, "null", "nan");
    this.#at = end;
    return undefined;
  }

  #skipSpace(): void {
    while (isSpace(this.#text.charCodeAt(this.#at))) this.#at++;
  }

  #replace(from: number, to: number, by: string, name: RepairName): void {
    this.#pieces.push(this.#text.slice(this.#copied, from), by);
    this.#copied = to;
    this.#repairs.push({ name, at: from });
  }

  #isHopeless(): boolean {
    return this.#repairs.length + this.#commas.length > MAX_REPAIRS;
  }

  #refuse(clause: string): Refusal {
    return { ok: false, code: "rig-reply-invalid", clause, at: this.#at };
  }

  #truncate(clause: string): Refusal {
    const at = this.#text.length;
    return { ok: false, code: "rig-reply-truncated", clause, at };
  }
}

/**
 * Repairs the known defects of a text in one pass.
 *
 * @param text A text whose first character, after an optional byte order mark
 * and white space, is `{` or `[`.
 * @returns The repaired text and the repairs, or why not. Valid JSON comes back
 * as it is. The numbers in it are not checked: parse the result.
 */
export function runRepairPass(text: string): PassResult {
  return new RepairPass(text).run();
}
