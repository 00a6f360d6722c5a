/**
 * Reads one value of a reply: numbers that came as padded strings, counts that
 * wrapped below zero, texts with a newline in them. What is garbage is
 * `undefined`, never 0 and never passed on. Pure.
 *
 * @module
 */

/** Longest text that {@linkcode readText} gives, in UTF-16 code units. */
export const MAX_TEXT_LENGTH = 200;

/** How much of a text is looked at, in UTF-16 code units. */
const MAX_READ_LENGTH = 4096;

/** Longest text that can be a number, with what it is padded with. */
const MAX_NUMBER_LENGTH = 128;

/**
 * A number as miners write it into a string: padded, with separators between
 * thousands, and a unit that does not scale it.
 */
const NUMBER_TEXT =
  /^([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:e[+-]?\d+)?)\s*(?:%|°?C|rpm|W|V|s)?$/i;

/** What nearly all of them are, which `Number` reads alike. */
const PLAIN_NUMBER = /^ *-?\d+(?:\.\d*)? *$/;

/** A text in which there is nothing to clean. */
const PLAIN_TEXT = /^[ -~]*$/;

/** A difference below zero in `uint64_t`; no figure of a miner is as large. */
const WRAPPED_64 = 2 ** 63;

/** The same in mega: hashes over a million (18446767111905). */
const WRAPPED_64_MEGA = 2 ** 64 / 1e6;

/** How near to {@linkcode WRAPPED_64_MEGA} a figure is held for wrapped. */
const WRAPPED_NEARNESS = 1e-5;

/** What a small difference below zero is in `uint32_t`. */
const WRAPPED_32 = { from: 2 ** 32 - 2 ** 16, below: 2 ** 32 } as const;

/** Texts that stand for nothing. */
const PLACEHOLDERS: ReadonlySet<string> = new Set([
  "-",
  "--",
  "n/a",
  "nan",
  "-nan",
  "null",
  "(null)",
  "undefined",
]);

const MAX_PLACEHOLDER_LENGTH = Math.max(
  ...[...PLACEHOLDERS].map((text) => text.length),
);

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ["y", true],
  ["n", false],
  ["yes", true],
  ["no", false],
  ["true", true],
  ["false", false],
  ["on", true],
  ["off", false],
  ["1", true],
  ["0", false],
  ["enabled", true],
  ["disabled", false],
  ["enable", true],
  ["disable", false],
]);

/**
 * Reads a number: a finite one, or a string that is one (`" 5.0000"`,
 * `"1,234.5"`, `"2.685%"`, `"4200 RPM"`).
 *
 * @param value Any member of a reply.
 * @returns The number as it stands, percent not divided; `undefined` for all
 * else: `nan`, `"35-36"`, `""`, `"65.5K"`, and what wrapped below zero.
 */
export function readNumber(value: unknown): number | undefined {
  const number = typeof value === "string" ? parseNumber(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number)) return undefined;
  if (isWrapped(number)) return undefined;
  return number === 0 ? 0 : number; // -0 is 0
}

/**
 * Reads a count: of shares, errors, blocks, seconds.
 *
 * @param value Any member of a reply.
 * @returns A whole number from 0 to 2^53; `undefined` for all else, and for
 * what wrapped below zero in 32 bits.
 */
export function readCount(value: unknown): number | undefined {
  const number = readNumber(value);
  if (number === undefined || number < 0) return undefined;
  if (!Number.isSafeInteger(number)) return undefined;
  const isWrapped32 = number >= WRAPPED_32.from && number < WRAPPED_32.below;
  return isWrapped32 ? undefined : number;
}

/**
 * Reads a text: trimmed, without control and invisible characters, no longer
 * than {@linkcode MAX_TEXT_LENGTH}.
 *
 * @param value Any member of a reply; a finite number is written out.
 * @returns The text; `undefined` where it is empty, stands for nothing
 * (`N/A`), or is thousands of characters that cannot be seen.
 */
export function readText(value: unknown): string | undefined {
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  if (typeof value !== "string") return undefined;
  const read = value.slice(0, MAX_READ_LENGTH);
  const text = (PLAIN_TEXT.test(read) ? read : cleanText(read)).trim();
  if (text === "" || isPlaceholder(text)) return undefined;
  if (text.length <= MAX_TEXT_LENGTH) {
    // What is cut away might belong to it, as the rest of a password does.
    return read.length < value.length ? undefined : text;
  }
  const cut = text.slice(0, MAX_TEXT_LENGTH);
  return cut.replace(/[\uD800-\uDBFF]$/, "").trim();
}

/**
 * Reads a flag: a boolean, 0 or 1, `Y`/`N`, `Enabled`/`Disabled`, `on`/`off`.
 *
 * @param value Any member of a reply.
 * @returns The flag; `undefined` for all else.
 */
export function readFlag(value: unknown): boolean | undefined {
  if (typeof value === "boolean") return value;
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  return FLAGS.get(
    String(value).slice(0, MAX_NUMBER_LENGTH).trim().toLowerCase(),
  );
}

/** Members that are known; those that may be `undefined` may be absent. */
export type Known<T> =
  & { [Name in keyof T as undefined extends T[Name] ? never : Name]: T[Name] }
  & {
    [Name in keyof T as undefined extends T[Name] ? Name : never]?: Exclude<
      T[Name],
      undefined
    >;
  };

/**
 * Leaves out what is not known.
 *
 * @param members An object of our own making.
 * @returns A copy without the members that are `undefined`.
 */
export function keepKnown<T extends object>(members: T): Known<T> {
  const known: { [Name in keyof T]?: T[Name] } = {};
  for (const name in members) {
    if (members[name] !== undefined) known[name] = members[name];
  }
  return known as typeof known & Known<T>;
}

/**
 * Says whether a figure wrapped below zero.
 *
 * @param value Any member of a reply.
 * @returns Whether it is a number, or a text of one, that did.
 */
export function hasWrapped(value: unknown): boolean {
  const number = typeof value === "string" ? parseNumber(value) : value;
  return typeof number === "number" && isWrapped(number);
}

function cleanText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "");
}

function isPlaceholder(text: string): boolean {
  return text.length <= MAX_PLACEHOLDER_LENGTH &&
    PLACEHOLDERS.has(text.toLowerCase());
}

function parseNumber(text: string): number | undefined {
  if (text === "" || text.length > MAX_NUMBER_LENGTH) return undefined;
  if (PLAIN_NUMBER.test(text)) return Number(text);
  const digits = NUMBER_TEXT.exec(text.trim())?.[1]?.replaceAll(",", "");
  // `Number("")` is 0, and `Number(".")` NaN.
  return digits === undefined || digits === "" ? undefined : Number(digits);
}

function isWrapped(number: number): boolean {
  const distance = Math.abs(number / WRAPPED_64_MEGA - 1);
  return Math.abs(number) >= WRAPPED_64 || distance < WRAPPED_NEARNESS;
}
