/**
 * What a rig sent → JSON, or why not.
 *
 * A reply that is valid JSON passes byte for byte. One that has only known
 * defects is repaired in its text ({@linkcode RepairName} lists them), one in
 * cgminer's text dialect is converted (`text_dialect.ts`), and each repair is
 * reported with its place. All else is refused: nothing is guessed.
 *
 * @example
 * ```ts
 * import { formatRepairs, readReply } from "./repair.ts";
 *
 * const bytes = new TextEncoder().encode('{"STATS":[{"MHS av":nan}{"x":1}]}\0');
 * const reply = readReply(bytes);
 * if (reply.ok) {
 *   console.log(reply.text); // {"STATS":[{"MHS av":null},{"x":1}]}
 *   console.log(formatRepairs(reply.repairs)); // nan; at=20, missing-comma; at=24
 * } else {
 *   console.log(`${reply.code}: ${reply.reason}`);
 * }
 * ```
 *
 * @module
 */

import { isTooDeep, MAX_DEPTH } from "./nesting.ts";
import {
  decodeBytes,
  type DecodedBytes,
  type ForeignRun,
  measureOffsets,
} from "./repair_encoding.ts";
import {
  MAX_REPAIRS,
  type Repair,
  runRepairPass,
  TOO_MANY_REPAIRS,
} from "./repair_pass.ts";
import { isSpace } from "./repair_values.ts";
import { convertTextDialect, isTextDialect } from "./text_dialect.ts";

export type { Repair, RepairName } from "./repair_pass.ts";

/** Why a reply cannot be used. */
export interface ReplyRefusal {
  /** Tells it from a reply. */
  readonly ok: false;
  /** Nothing came; it stops in the middle; it is something else. */
  readonly code: "rig-closed" | "rig-reply-truncated" | "rig-reply-invalid";
  /**
   * A clause for an error's sentence: `it ends inside a string after 65,536
   * bytes`, `it is an HTML page`.
   */
  readonly reason: string;
}

/** What {@linkcode readReply} makes of a reply. */
export type ReadReply =
  | {
    readonly ok: true;
    /** Valid JSON: the reply itself, or the repaired reply. */
    readonly text: string;
    /** `JSON.parse(text)`. */
    readonly value: unknown;
    /** What was repaired, by ascending place; empty for valid JSON. */
    readonly repairs: readonly Repair[];
  }
  | ReplyRefusal;

/** What {@linkcode repairReply} makes of a text. */
export type RepairedReply =
  | {
    readonly ok: true;
    /** Valid JSON. */
    readonly text: string;
    /** What was repaired, by ascending place; empty for valid JSON. */
    readonly repairs: readonly Repair[];
  }
  | ReplyRefusal;

const UTF_8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads a rig's reply.
 *
 * Trailing NULs and line ends are dropped. If what is left is no valid JSON and
 * has a NUL in it, only what stands before the first NUL counts, as the API's
 * framing has it.
 *
 * @param bytes The reply as received.
 * @returns The JSON text, its value and the repairs; or the refusal. Never
 * throws.
 */
export function readReply(bytes: Uint8Array): ReadReply {
  const whole = bytes.subarray(0, measureContent(bytes));
  const text = decodeStrictly(whole);
  if (text !== undefined) {
    if (isDeepDocument(text)) return TOO_DEEP;
    const value = parseJson(text);
    if (value !== undefined) return { ok: true, text, value, repairs: [] };
  }
  const nul = whole.indexOf(0);
  if (nul > 0) return readReply(whole.subarray(0, nul + 1));
  return repairText(
    {
      ...(text === undefined
        ? decodeBytes(whole, MAX_REPAIRS)
        : { text, foreign: [] }),
      byteLength: whole.length,
    },
    bytes.indexOf(0, whole.length) !== -1,
  );
}

/**
 * Repairs the text of a reply: {@linkcode readReply} for who has a string
 * already.
 *
 * @example
 * ```ts
 * import { repairReply } from "./repair.ts";
 *
 * const reply = repairReply('{"POOLS":[,{"User":"x}{y"}]}');
 * if (reply.ok) console.log(JSON.parse(reply.text).POOLS[0].User); // x}{y
 * ```
 *
 * @param text The reply; trailing NULs and line ends are dropped.
 * @returns Valid JSON and the repairs, whose places are byte offsets in the
 * text's UTF-8 form; or the refusal. Never throws.
 */
export function repairReply(text: string): RepairedReply {
  let end = text.length;
  while (end > 0 && isFraming(text.charCodeAt(end - 1))) end--;
  const whole = text.slice(0, end);
  if (isDeepDocument(whole)) return TOO_DEEP;
  if (parseJson(whole) !== undefined) {
    return { ok: true, text: whole, repairs: [] };
  }
  const nul = whole.indexOf("\0");
  if (nul > 0) return repairReply(whole.slice(0, nul + 1));
  const isEnded = text.includes("\0", end);
  const reply = repairText({ text: whole, foreign: [] }, isEnded);
  if (!reply.ok) return reply;
  return { ok: true, text: reply.text, repairs: reply.repairs };
}

/** The most repairs that {@linkcode formatRepairs} names. */
export const MAX_FORMATTED_REPAIRS = 50;

/**
 * Writes repairs as the value of a header field (`Chi-Repaired`).
 *
 * @example
 * ```ts
 * import { formatRepairs } from "./repair.ts";
 *
 * console.log(formatRepairs([{ name: "nan", at: 530 }])); // nan; at=530
 * ```
 *
 * @param repairs The repairs of a reply.
 * @returns `missing-comma; at=412, nan; at=530`, in ASCII; after 50 of them
 * `and-more; count=12` for the other 12; empty for none.
 */
export function formatRepairs(repairs: readonly Repair[]): string {
  const items = repairs.slice(0, MAX_FORMATTED_REPAIRS)
    // The text dialect is no place in a reply: it is the whole.
    .map(({ name, at }) =>
      name === "text-dialect" ? name : `${name}; at=${at}`
    );
  const more = repairs.length - items.length;
  if (more > 0) items.push(`and-more; count=${more}`);
  return items.join(", ");
}

/** NUL, LF or CR: what may stand after a reply. */
function isFraming(unit: number): boolean {
  return unit === 0x00 || unit === 0x0a || unit === 0x0d;
}

function measureContent(bytes: Uint8Array): number {
  let length = bytes.length;
  while (length > 0 && isFraming(bytes[length - 1]!)) length--;
  return length;
}

/** Undefined if the bytes are not UTF-8. */
function decodeStrictly(bytes: Uint8Array): string | undefined {
  try {
    return UTF_8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Undefined if the text is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const TOO_DEEP: ReplyRefusal = {
  ok: false,
  code: "rig-reply-invalid",
  reason: `it is nested more than ${MAX_DEPTH} deep`,
};

/** Brackets of what is not JSON anyway nest nothing. */
function isDeepDocument(text: string): boolean {
  return isTooDeep(text) && isOpening(text[findContent(text)]);
}

function isOpening(character: string | undefined): boolean {
  return character === "{" || character === "[";
}

/** Index after the byte order marks, NULs and white space at the beginning. */
function findContent(text: string): number {
  let at = 0;
  while (isBlank(text.charCodeAt(at))) at++;
  return at;
}

function isBlank(unit: number): boolean {
  return isSpace(unit) || unit === 0 || unit === 0xfeff;
}

/** The text of a reply, and its length in bytes where it came as such. */
interface SentText extends DecodedBytes {
  readonly byteLength?: number;
}

/** Places in a reply as it came; the same where each character is one byte. */
function findOffsets(
  { text, foreign, byteLength }: SentText,
  indexes: readonly number[],
): readonly number[] {
  return text.length === byteLength
    ? indexes
    : measureOffsets(text, foreign, indexes);
}

/**
 * Repairs a text that JSON.parse does not take. A NUL ends it: text that lacks
 * its last `|` is whole then.
 */
function repairText(reply: SentText, isEnded: boolean): ReadReply {
  const start = findContent(reply.text);
  if (start === reply.text.length) {
    return { ok: false, code: "rig-closed", reason: "it is empty" };
  }
  // What begins with a NUL has no reply before it, but something after it.
  const first = reply.text.startsWith("\0") ? undefined : reply.text[start];
  // Millions of them would take seconds to place.
  const isHopeless = reply.foreign.length > MAX_REPAIRS;
  if (isOpening(first)) return isHopeless ? TOO_BROKEN : repairDocument(reply);
  const text = first === undefined ? reply.text : reply.text.slice(start);
  if (!isTextDialect(text)) {
    const reason = describeForeignText(text);
    return { ok: false, code: "rig-reply-invalid", reason };
  }
  if (isHopeless) return TOO_BROKEN;
  const converted = convertTextDialect(
    isEnded && !text.endsWith("|") ? `${text}|` : text,
  );
  if (!converted.ok) return converted;
  const runs = findForeignRuns(reply.foreign, reply.text.length);
  const offsets = findOffsets(reply, runs.map(({ at }) => at));
  return finishReply(converted.text, [
    { name: "text-dialect", at: 0 },
    ...runs.map(({ name }, index) => ({ name, at: offsets[index] ?? 0 })),
  ]);
}

const TOO_BROKEN: ReplyRefusal = {
  ok: false,
  code: "rig-reply-invalid",
  reason: TOO_MANY_REPAIRS,
};

function repairDocument(reply: SentText): ReadReply {
  const { text, foreign } = reply;
  const result = runRepairPass(text);
  if (!result.ok) {
    const [offset] = findOffsets(reply, [result.at]);
    const place = (offset ?? 0).toLocaleString("en-US");
    const reason = result.code === "rig-reply-truncated"
      ? `${result.clause} after ${place} ${offset === 1 ? "byte" : "bytes"}`
      : `${result.clause} at byte ${place}`;
    return { ok: false, code: result.code, reason };
  }
  const junk = result.repairs.find(({ name }) => name === "junk-after-value");
  const found = mergeRepairs(
    result.repairs,
    findForeignRuns(foreign, junk?.at ?? text.length),
  );
  if (found.length > MAX_REPAIRS) return TOO_BROKEN;
  const offsets = findOffsets(reply, found.map(({ at }) => at));
  return finishReply(
    result.text,
    found.map(({ name }, index) => ({ name, at: offsets[index] ?? 0 })),
  );
}

/** One repair for each run of bytes that are not UTF-8, up to an index. */
function findForeignRuns(
  foreign: readonly ForeignRun[],
  end: number,
): Repair[] {
  return foreign
    .filter(({ at }) => at < end)
    .map(({ at }) => ({ name: "windows-1252", at }));
}

/** Two ascending lists as one. */
function mergeRepairs(
  left: readonly Repair[],
  right: readonly Repair[],
): readonly Repair[] {
  if (right.length === 0) return left;
  return [...left, ...right].sort((one, other) => one.at - other.at);
}

function finishReply(text: string, repairs: readonly Repair[]): ReadReply {
  const value = parseJson(text);
  if (value !== undefined) return { ok: true, text, value, repairs };
  const reason = "it is not JSON, for a reason that cannot be repaired";
  return { ok: false, code: "rig-reply-invalid", reason };
}

/** Says what a text is that is neither JSON nor the text dialect. */
function describeForeignText(text: string): string {
  // An alert (RFC 8446, 6): it was asked in plain text, and wants TLS.
  if (text.startsWith("\x15\x03")) return "it is TLS, as HTTPS speaks it";
  if (/[^\P{Cc}\t\n\f\r]/u.test(text)) return "it is binary";
  if (/^<\?xml/i.test(text)) return "it is an XML document";
  if (text.startsWith("<")) return "it is an HTML page";
  if (text.startsWith("HTTP/")) return "it is an HTTP response";
  if (/^[,:"}\]]/.test(text)) return "it is only a piece of JSON";
  return "it is plain text";
}
