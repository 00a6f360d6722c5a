/**
 * The arguments of control commands → their parameters. Pure.
 *
 * A miner checks little: it reads numbers by `atoi`, to which `x` is 0 and
 * 4294967296 is 0 as well, so that `switchpool|x` switches to pool 0. So what
 * is not plainly right is refused here, before anything is sent.
 *
 * @example
 * ```ts
 * import { formatId, formatPool } from "./arguments.ts";
 *
 * console.log(formatId("a pool", 2)); // 2
 * const pool = { url: "stratum+tcp://pool:3333", user: "a,b", pass: "x" };
 * console.log(formatPool(pool)); // stratum+tcp://pool:3333,a\,b,x
 * ```
 *
 * @module
 */

import { RequestError } from "../rpc/errors.ts";

/** The largest number that every miner reads: a C `int`. */
const MAX_INT = 2 ** 31 - 1;

/** A pool that a miner is to work for. */
export interface NewPool {
  /** Its URL: `stratum+tcp://pool.example:3333`. */
  readonly url: string;
  /** The user, or worker. */
  readonly user: string;
  /** The password; where the pool wants none, `x`. */
  readonly pass: string;
}

/** How a value stands in a message; a text is shortened. */
function quote(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  return Object(value) === value
    ? `a value of type ${typeof value}`
    : String(value);
}

/**
 * Writes a number that a miner counts by: an id, a quota, seconds.
 *
 * @param what What it is, with its article.
 * @param value A whole number from 0.
 * @returns Its digits.
 * @throws {RequestError} If it is anything else, or larger than a C `int`.
 */
export function formatId(what: string, value: number): string {
  return formatInteger(what, value, 0);
}

/**
 * Writes a whole number.
 *
 * @param what What it is, with its article.
 * @param value The number.
 * @param least The least that it may be.
 * @returns Its digits.
 * @throws {RequestError} If it is no whole number, less, or larger than a C
 * `int`.
 */
export function formatInteger(
  what: string,
  value: number,
  least: number,
): string {
  // A caller in JavaScript may have given anything.
  if (!Number.isInteger(value) || value < least || value > MAX_INT) {
    throw new RequestError(
      `${quote(value)} is not ${what}: it must be a whole number from ` +
        `${least} to ${MAX_INT}`,
    );
  }
  return String(value === 0 ? 0 : value);
}

/**
 * Writes a number with a fraction, such as a voltage.
 *
 * @param what What it is, with its article.
 * @param value A finite number that is not negative.
 * @returns The number, to six decimals, never with an exponent.
 * @throws {RequestError} If it is anything else, or so small that it would be
 * written as 0.
 */
export function formatDecimal(what: string, value: number): string {
  if (!Number.isFinite(value) || value < 0 || value > MAX_INT) {
    throw new RequestError(
      `${quote(value)} is not ${what}: it must be a number from 0`,
    );
  }
  // As many as six decimals, and no more than there are.
  const text = value.toFixed(6).replace(/\.?0{1,6}$/, "");
  if (text === "0" && value !== 0) {
    throw new RequestError(`${value} is not ${what}: it would be sent as 0`);
  }
  return text;
}

/**
 * Checks a text.
 *
 * @param what What it is, with its article.
 * @param value The text.
 * @param separator A character that it must not hold, since the miner would
 * split it there and knows no escape.
 * @returns The same text.
 * @throws {RequestError} If it is empty, holds the separator or a control
 * character (a miner would put that into its replies, and break them).
 */
export function checkText(
  what: string,
  value: string,
  separator?: string,
): string {
  if (typeof value !== "string" || value === "") {
    throw new RequestError(
      `${quote(value)} is not ${what}: it must be a text that is not empty`,
    );
  }
  if (/\p{Cc}/u.test(value)) {
    throw new RequestError(`${quote(value)} holds a control character`);
  }
  if (separator !== undefined && value.includes(separator)) {
    throw new RequestError(
      `${quote(value)} holds "${separator}", at which the miner would split it`,
    );
  }
  return value;
}

/**
 * Checks that a value is one of a few.
 *
 * @param what What it is, with its article.
 * @param value The value.
 * @param choices What it may be.
 * @returns The same value.
 * @throws {RequestError} If it is none of them.
 */
export function checkChoice<T extends string | boolean>(
  what: string,
  value: T,
  choices: readonly T[],
): T {
  if (choices.includes(value)) return value;
  const names = choices.map((choice) => String(choice)).join(", ");
  throw new RequestError(
    `${quote(value)} is not ${what}: it must be one of ${names}`,
  );
}

/**
 * Writes a pool for `addpool`: three fields with commas between them. A comma
 * or a backslash within a field is escaped by a backslash, as
 * `copyadvanceafter()` in `api.c` reads it.
 *
 * @param pool The pool; no field may be empty (`api.c` refuses a pool without a
 * password).
 * @returns `url,user,pass`.
 * @throws {RequestError} If a field is empty or holds a control character. The
 * message never holds the password.
 */
export function formatPool(pool: NewPool): string {
  // Not quoted: it may be the pool as one text, with its password.
  if (typeof pool !== "object" || pool === null) {
    throw new RequestError("A pool is given as an object: { url, user, pass }");
  }
  const { url, user, pass } = pool;
  // Checked apart: what is refused is quoted, and that must not be.
  if (typeof pass !== "string" || pass === "" || /\p{Cc}/u.test(pass)) {
    throw new RequestError(
      "The pool's password is empty or holds a control character: " +
        'where a pool wants none, give "x"',
    );
  }
  return [
    checkText("a pool's URL", url),
    checkText("a pool's user", user),
    pass,
  ]
    .map((field) => field.replace(/[\\,]/g, "\\$&"))
    .join(",");
}

/**
 * Writes pools in the order of their priority, for `poolpriority`.
 *
 * @param ids At least one, none of them twice.
 * @returns The ids with commas between them.
 * @throws {RequestError} If there are none, or one is twice there or no id.
 */
export function formatPriorities(ids: readonly number[]): string {
  if (!Array.isArray(ids) || ids.length === 0) {
    throw new RequestError("poolpriority needs at least one pool");
  }
  // Array.from() sees the holes of a list, which map() passes over.
  const texts = Array.from(ids, (id) => formatId("a pool", id));
  if (new Set(texts).size < texts.length) {
    throw new RequestError(`poolpriority has a pool twice: ${texts.join(",")}`);
  }
  return texts.join(",");
}

/** What bfgminer's `setconfig` sets to a text; all else is a number. */
const TEXT_SETTINGS: ReadonlySet<string> = new Set([
  "coinbase-sig",
  "strategy",
]);

/**
 * Writes a setting for `setconfig`: never without a value, since without a
 * parameter that command crashes cgminer 4.11.1.
 *
 * @param name The setting: `queue`, `scantime`, `expiry` …
 * @param value A whole number from 0; a text for bfgminer's `coinbase-sig` and
 * `strategy` alone, since the miner takes any other text for 0.
 * @returns `name,value`.
 * @throws {RequestError} If either is anything else.
 */
export function formatSetting(name: string, value: number | string): string {
  checkText("the name of a setting", name, ",");
  if (typeof value === "string" && TEXT_SETTINGS.has(name.toLowerCase())) {
    return `${name},${checkText("the value of a setting", value)}`;
  }
  if (typeof value !== "number") {
    throw new RequestError(`${quote(value)} is no number, as ${name} needs it`);
  }
  return `${name},${formatId(`a value for ${name}`, value)}`;
}

/**
 * Writes an option of a device, for `ascset` and its like.
 *
 * @param id The device, from {@linkcode formatId}.
 * @param option The option's name.
 * @param value Its value, if it takes one; commas may stand in it.
 * @returns `id,option` or `id,option,value`.
 * @throws {RequestError} If a text is empty or holds what would split it.
 */
export function formatOption(
  id: string,
  option: string,
  value?: string | number,
): string {
  const name = checkText("an option", option, ",");
  return value === undefined
    ? `${id},${name}`
    : `${id},${name},${formatValue(name, value)}`;
}

/** Writes the value of a device's option: nothing is known of what it is. */
function formatValue(name: string, value: string | number): string {
  if (typeof value === "string") return checkText("a value", value);
  if (typeof value !== "number") {
    throw new RequestError(
      `${quote(value)} is no value for ${name}: it must be a text or a ` +
        "number; options of the call come after it",
    );
  }
  const text = String(value);
  // A miner's atof() may read an exponent, its atoi() takes 1e21 for 1.
  if (!Number.isFinite(value) || text.includes("e")) {
    throw new RequestError(
      `${text} is no value for ${name}: give a number that is written without ` +
        "an exponent, or a text",
    );
  }
  return text;
}

/**
 * Writes a GPU's intensity.
 *
 * @param intensity A whole number, below 0 too in older miners; `d`: dynamic.
 * @returns The number, or `d`.
 * @throws {RequestError} If it is anything else.
 */
export function formatIntensity(intensity: number | "d"): string {
  return intensity === "d"
    ? intensity
    : formatInteger("an intensity", intensity, -10);
}
