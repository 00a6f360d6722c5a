/**
 * The settings of a configuration: what was given for an option, and where, so
 * that an error can name it; and the kinds of values that options have. Pure:
 * the caller says how a file is read.
 *
 * @module
 */

import { parseIpAddress } from "../../gateway/access/ip_address.ts";
import { isAddressRange } from "../../rigs/address_range.ts";
import { quoteText } from "../../rpc/errors.ts";

/** A wrong option; the message is one line that says what is right. */
export class ConfigError extends Error {
  /** Always `ConfigError`. */
  override readonly name = "ConfigError";
}

/** What was given for an option. */
export interface Setting {
  /** Where: `--http-port`, `CHI_HTTP_PORT`, `farm.json: http-port`. */
  readonly source: string;
  /** The values, in order; several only if the option may be repeated. */
  readonly texts: readonly string[];
  /** Where each value stands, if that can be told: `farm.json: cors[1]`. */
  readonly sources?: readonly string[];
}

/** The part of a JSON Schema that says what a configuration file may hold. */
export type ValueSchema = Readonly<Record<string, unknown>>;

/** How the value of an option is written, and read. */
export interface Kind<Value> {
  /** What a configuration file may hold for it. */
  readonly schema: ValueSchema;
  /** What is said after a wrong value: `is not a port: give …`. */
  readonly errorMessage: string;
  /**
   * Reads a text.
   *
   * @returns The value; undefined if the text is not of this kind.
   * @throws {TypeError} If there is more to say of it than `errorMessage`.
   */
  parse(text: string): Value | undefined;
}

/**
 * Reads a value.
 *
 * @param kind Its kind.
 * @param text What was given.
 * @param source Where: `--http-port`.
 * @returns The value.
 * @throws {ConfigError} If the text is not of that kind.
 */
export function readValue<Value>(
  kind: Kind<Value>,
  text: string,
  source: string,
): Value {
  let value: Value | undefined;
  try {
    value = kind.parse(text);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ConfigError(`${source}: ${error.message}`);
  }
  if (value !== undefined) return value;
  throw new ConfigError(`${source}: ${quoteText(text)} ${kind.errorMessage}`);
}

/** On or off. */
export const SWITCH: Kind<boolean> = {
  schema: { type: "boolean" },
  errorMessage: "is neither true nor false",
  parse(text) {
    if (/^(?:1|true|yes|on)$/i.test(text)) return true;
    if (/^(?:0|false|no|off)$/i.test(text)) return false;
    return undefined;
  },
};

/**
 * A whole number.
 *
 * @param what What the number is, for the message: `a port`.
 * @param least The smallest that it may be.
 * @param most The largest.
 * @returns The kind.
 */
export function wholeNumber(
  what: string,
  least: number,
  most: number,
): Kind<number> {
  return {
    schema: {
      type: ["integer", "string"],
      minimum: least,
      maximum: most,
      pattern: "^[0-9]+$",
    },
    errorMessage:
      `is not ${what}: give a whole number from ${least} to ${most}`,
    parse(text) {
      const number = /^[0-9]+$/.test(text) ? Number(text) : NaN;
      return number >= least && number <= most ? number : undefined;
    },
  };
}

/** The port of a rig's API. */
export const API_PORT_KIND: Kind<number> = wholeNumber("a port", 1, 65535);

const TEXT_SCHEMA = { type: "string", minLength: 1 };

/**
 * A text that has its own reader.
 *
 * @param errorMessage What is said of a value in a file that is no text.
 * @param parse Reads it; it throws a `TypeError` that says what is wrong.
 * @returns The kind.
 */
export function textKind<Value>(
  errorMessage: string,
  parse: (text: string) => Value | undefined,
): Kind<Value> {
  return { schema: TEXT_SCHEMA, errorMessage, parse };
}

/** The name of a file. */
export const FILE_NAME: Kind<string> = textKind(
  "is no file's name: give text",
  (path) => path,
);

/** One of some words. */
export function oneOf<Word extends string>(
  errorMessage: string,
  words: readonly Word[],
): Kind<Word> {
  return {
    schema: { type: "string", enum: words },
    errorMessage,
    parse: (text) => words.find((word) => word === text),
  };
}

/** An IP address, with or without brackets, or a host name; without brackets. */
export const HOST: Kind<string> = textKind(
  "is neither an IP address nor a host name",
  (text) => {
    const host = text.replace(/^\[(.*)\]$/, "$1");
    const isRange = isAddressRange(host);
    const isName = !isRange && !/^[\d.]+$/.test(host) &&
      /^[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_.])?$/.test(host);
    if (isName || parseIpAddress(host) !== undefined) return host;
    const advice = /^https?:\/\//i.test(host)
      ? "leave out http://, as the miner's API is no web page"
      : isRange
      ? "--rig takes ranges"
      : /^[^:]+:\d+$/.test(host)
      ? "the port is an option of its own"
      : undefined;
    if (advice === undefined) return undefined;
    throw new TypeError(`${quoteText(text)} ${HOST.errorMessage}: ${advice}`);
  },
);

/** Gives the text of a file, or throws. */
export type ReadText = (path: string) => string;

/**
 * Reads a file that an option names.
 *
 * @param source The option, for the message.
 * @param path The file.
 * @param readText Reads it.
 * @returns Its text.
 * @throws {ConfigError} If it cannot be read: one line that says why.
 */
export function readFileText(
  source: string,
  path: string,
  readText: ReadText,
): string {
  try {
    return readText(path);
  } catch (error) {
    throw new ConfigError(
      `${source}: cannot read ${quoteText(path)}: ${explainError(error)}`,
    );
  }
}

function explainError(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.NotCapable) {
    return "Deno does not permit it: run with --allow-read";
  }
  const message = error instanceof Error ? error.message : String(error);
  return message.split(/ \(os error|\n/)[0] ?? message;
}
