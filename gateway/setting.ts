/**
 * The settings of a configuration: what was given for an option, and where, so
 * that an error can name it. Pure.
 *
 * @example
 * ```ts
 * import { readSwitch } from "./setting.ts";
 *
 * console.log(readSwitch("yes", { source: "CHI_HTTP_ERRORS", texts: ["yes"] }));
 * ```
 *
 * @module
 */

import { quoteText } from "./ip_address.ts";

/** A wrong option; the message is one line that says what is right. */
export class ConfigError extends Error {
  /** Always `ConfigError`. */
  override readonly name = "ConfigError";
}

/** What was given for an option. */
export interface Setting {
  /** Where: `--http-port`, `CHI_HTTP_PORT`. */
  readonly source: string;
  /** The values, in order; several only if the option may be repeated. */
  readonly texts: readonly string[];
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
