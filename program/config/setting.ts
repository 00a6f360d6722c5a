/**
 * The settings of a configuration: what was given for an option, and where, so
 * that an error can name it; and how the values that several options have in
 * common are read. Pure: how a file is read is the caller's to say.
 *
 * @example
 * ```ts
 * import { readApiPort, readSwitch } from "./setting.ts";
 *
 * console.log(readSwitch("yes", { source: "CHI_HTTP_ERRORS", texts: ["yes"] }));
 * console.log(readApiPort("4028", { source: "--api-port", texts: ["4028"] }));
 * ```
 *
 * @module
 */

import { isAddressRange } from "../../rigs/address_range.ts";
import { parseIpAddress, quoteText } from "../../gateway/access/ip_address.ts";

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

/**
 * Reads an option that is on or off.
 *
 * @param text What was given.
 * @param setting Where.
 * @returns Whether it is on.
 * @throws {ConfigError} If it is neither.
 */
export function readSwitch(text: string, { source }: Setting): boolean {
  if (/^(1|true|yes|on)$/i.test(text)) return true;
  if (/^(0|false|no|off)$/i.test(text)) return false;
  throw new ConfigError(
    `${source}: ${quoteText(text)} is neither true nor false`,
  );
}

/**
 * Reads a whole number.
 *
 * @param text What was given.
 * @param setting Where.
 * @param what What the number is, for the message: `a port`.
 * @param least The smallest that it may be.
 * @param most The largest.
 * @returns The number.
 * @throws {ConfigError} If it is none, or out of these bounds.
 */
export function readNumber(
  text: string,
  { source }: Setting,
  what: string,
  least: number,
  most: number,
): number {
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  if (number >= least && number <= most) return number;
  throw new ConfigError(
    `${source}: ${
      quoteText(text)
    } is not ${what}: give a whole number from ${least} to ${most}`,
  );
}

/**
 * Reads the port of a rig's API.
 *
 * @param text What was given.
 * @param setting Where.
 * @returns The port.
 * @throws {ConfigError} If it is none from 1 to 65535.
 */
export function readApiPort(text: string, setting: Setting): number {
  return readNumber(text, setting, "a port", 1, 65535);
}

/**
 * Reads an IP address, with or without brackets, or a host name.
 *
 * @param text What was given.
 * @param setting Where.
 * @returns It, without brackets.
 * @throws {ConfigError} If it is neither.
 */
export function readHost(text: string, { source }: Setting): string {
  const host = text.replace(/^\[(.*)\]$/, "$1");
  const isRange = isAddressRange(host);
  const isName = !isRange && !/^[\d.]+$/.test(host) &&
    /^[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_.])?$/.test(host);
  if (isName || parseIpAddress(host) !== undefined) return host;
  const advice = isRange
    ? ": --rig takes ranges"
    : /^[^:]+:\d+$/.test(host)
    ? ": the port is an option of its own"
    : "";
  throw new ConfigError(
    `${source}: ${
      quoteText(text)
    } is neither an IP address nor a host name${advice}`,
  );
}

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
