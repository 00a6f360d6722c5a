/**
 * The arguments of methods → the parameters of commands. Pure.
 *
 * A miner checks little: it reads numbers by `atoi`, to which `x` is 0 and
 * 4294967296 is 0 as well, so that `switchpool|x` switches to pool 0. So what
 * is not plainly right is refused here, before anything is sent.
 *
 * @module
 */

import { quoteValue, RequestError } from "../rpc/errors.ts";

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
      `${quoteValue(value)} is not ${what}: it must be a whole number from ` +
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
      `${quoteValue(value)} is not ${what}: it must be a number from 0`,
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
      `${
        quoteValue(value)
      } is not ${what}: it must be a text that is not empty`,
    );
  }
  if (/\p{Cc}/u.test(value)) {
    throw new RequestError(`${quoteValue(value)} holds a control character`);
  }
  if (separator !== undefined && value.includes(separator)) {
    throw new RequestError(
      `${
        quoteValue(value)
      } holds "${separator}", at which the miner would split it`,
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
    `${quoteValue(value)} is not ${what}: it must be one of ${names}`,
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
  const { url, user, pass } = checkPool(pool);
  return [url, user, pass]
    .map((field) => field.replace(/[\\,]/g, "\\$&"))
    .join(",");
}

/**
 * Checks the pools that are to replace all others.
 *
 * @param pools At least one.
 * @throws {RequestError} If there is none, or a field is what
 * {@linkcode formatPool} refuses.
 */
export function checkPools(pools: readonly NewPool[]): void {
  if (!Array.isArray(pools) || pools.length === 0) {
    throw new RequestError("Pools are given as a list with at least one");
  }
  for (const pool of pools) checkPool(pool);
}

function checkPool(pool: NewPool): NewPool {
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
  checkText("a pool's URL", url);
  checkText("a pool's user", user);
  return pool;
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
    throw new RequestError(
      `${quoteValue(value)} is no number, as ${name} needs it`,
    );
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
      `${quoteValue(value)} is no value for ${name}: it must be a text or a ` +
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

/** A profile: settings under a name, each as in sgminer's configuration. */
export interface NewProfile {
  /** Its name. */
  readonly name: string;
  /** The algorithm: `scrypt`, `x11mod` … */
  readonly algorithm: string;
  /** The N factor of scrypt-N. */
  readonly nfactor?: string;
  /** Lookup gap. */
  readonly lookupGap?: string;
  /** The GPUs that use it: `0,2-3`. */
  readonly devices?: string;
  /** Intensity; one for all GPUs, or one for each with commas between. */
  readonly intensity?: string;
  /** The finer intensity, likewise. */
  readonly xintensity?: string;
  /** The finest intensity, likewise. */
  readonly rawintensity?: string;
  /** Engine clock in MHz, likewise. */
  readonly gpuEngine?: string;
  /** Memory clock in MHz, likewise. */
  readonly gpuMemclock?: string;
  /** Threads on each GPU, likewise. */
  readonly gpuThreads?: string;
  /** Fan in percent, likewise. */
  readonly gpuFan?: string;
  /** PowerTune in percent, likewise. */
  readonly gpuPowertune?: string;
  /** Voltage in volts, likewise. */
  readonly gpuVddc?: string;
  /** Shaders. */
  readonly shaders?: string;
  /** Thread concurrency. */
  readonly threadConcurrency?: string;
  /** Work size. */
  readonly worksize?: string;
}

/** In the order of sgminer's `api_profile_add()`. */
const FIELDS: readonly (keyof NewProfile)[] = [
  "name",
  "algorithm",
  "nfactor",
  "lookupGap",
  "devices",
  "intensity",
  "xintensity",
  "rawintensity",
  "gpuEngine",
  "gpuMemclock",
  "gpuThreads",
  "gpuFan",
  "gpuPowertune",
  "gpuVddc",
  "shaders",
  "threadConcurrency",
  "worksize",
];

/**
 * Writes a profile.
 *
 * @param profile Name, algorithm and settings.
 * @returns The fields with colons between them, up to the last that is given.
 * @throws {RequestError} If a field is empty or holds a colon or a control
 * character.
 */
export function formatProfile(profile: NewProfile): string {
  // A caller in JavaScript may have given anything.
  if (typeof profile !== "object" || profile === null) {
    throw new RequestError(
      "A profile is given as an object: { name, algorithm, … }",
    );
  }
  checkText("a profile's name", profile.name);
  checkText("an algorithm", profile.algorithm);
  const values = FIELDS.map((field) => {
    const value = profile[field];
    return value === undefined ? "" : checkText(`a ${field}`, value, ":");
  });
  const count = values.findLastIndex((value) => value !== "") + 1;
  return values.slice(0, count).join(":");
}

/** A strategy: the first that works; in turn on failure; in turn by time … */
export type PoolStrategy =
  | "failover"
  | "round-robin"
  | "rotate"
  | "load-balance"
  | "balance";

/** By number (`miner.h` of sgminer, `enum pool_strategy`). */
const STRATEGIES: readonly PoolStrategy[] = [
  "failover",
  "round-robin",
  "rotate",
  "load-balance",
  "balance",
];

/**
 * Writes a strategy.
 *
 * @param strategy Which.
 * @param intervalMinutes How often `rotate` rotates.
 * @returns Its number; of `rotate`, with the minutes.
 * @throws {RequestError} If there is no such strategy, `rotate` has no interval
 * or another one has.
 */
export function formatStrategy(
  strategy: PoolStrategy,
  intervalMinutes?: number,
): string {
  checkChoice("a strategy", strategy, STRATEGIES);
  const number = String(STRATEGIES.indexOf(strategy));
  if ((strategy === "rotate") !== (intervalMinutes !== undefined)) {
    throw new RequestError(
      'The strategy "rotate" needs an interval in minutes, and no other takes one',
    );
  }
  return intervalMinutes === undefined
    ? number
    : `${number},${formatId("an interval", intervalMinutes)}`;
}

/** What `debug` switches; `normal` switches all of it off. */
export type DebugSetting =
  | "silent"
  | "quiet"
  | "verbose"
  | "debug"
  | "rpcproto"
  | "perdevice"
  | "worktime"
  | "normal";

/**
 * Checks a setting of `debug`.
 *
 * @param setting The setting.
 * @returns The same setting.
 * @throws {RequestError} If there is none of that name.
 */
export function formatDebug(setting: DebugSetting): DebugSetting {
  return checkChoice("a debug setting", setting, [
    "silent",
    "quiet",
    "verbose",
    "debug",
    "rpcproto",
    "perdevice",
    "worktime",
    "normal",
  ]);
}

/** What `zero` zeroes: all figures, or only the best share. */
export type ZeroTarget = "all" | "bestshare";

/**
 * Writes what to zero.
 *
 * @param target Which figures.
 * @param isSummaryShown Whether the miner prints a summary first.
 * @returns Both, with a comma between them.
 * @throws {RequestError} If either is anything else.
 */
export function formatZero(
  target: ZeroTarget,
  isSummaryShown: boolean,
): string {
  checkChoice("a target", target, ["all", "bestshare"]);
  return `${target},${formatChoice(isSummaryShown)}`;
}

/**
 * Writes yes or no.
 *
 * @param isOn Which.
 * @returns `true` or `false`.
 * @throws {RequestError} If it is anything else.
 */
export function formatChoice(isOn: boolean): string {
  return String(checkChoice("a choice", isOn, [true, false]));
}

/**
 * Writes a board, or a chip on it.
 *
 * @param board The board's number.
 * @param chip The chip's; undefined: the board.
 * @returns `board` or `board,chip`.
 * @throws {RequestError} If one of them is no id.
 */
export function formatChip(board: number, chip: number | undefined): string {
  const id = formatId("a board", board);
  return chip === undefined ? id : `${id},${formatId("a chip", chip)}`;
}
