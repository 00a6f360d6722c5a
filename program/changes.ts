/**
 * What has changed from one configuration to the next. Pure.
 *
 * @example
 * ```ts
 * import { readConfig } from "./config/config.ts";
 * import { findFixedChanges } from "./changes.ts";
 *
 * const old = readConfig([], () => undefined);
 * const now = readConfig(["-w8081"], () => undefined);
 * console.log(findFixedChanges(old, now)); // ["http-port"]
 * ```
 *
 * @module
 */

import type { Config } from "./config/config.ts";

/**
 * Finds what has changed though it only counts at the start.
 *
 * @param old What was read at the start.
 * @param now What was read now.
 * @returns The flags, without their dashes.
 */
export function findFixedChanges(old: Config, now: Config): string[] {
  const isTls = ({ tls }: Config) => tls !== undefined;
  return [
    ...(old.httpPort === now.httpPort ? [] : ["http-port"]),
    ...(old.httpHost === now.httpHost ? [] : ["http-host"]),
    ...(isTls(old) === isTls(now) ? [] : ["tls-cert"]),
    ...(old.demoRigs === now.demoRigs ? [] : ["demo"]),
    ...(old.discover === now.discover ? [] : ["discover"]),
  ];
}

/**
 * Tells one set of rights from another.
 *
 * @param config Who may ask what.
 * @param token The token, which is in the result: never show it.
 * @returns The same text for the same rights.
 */
export function toAccessKey(
  { access }: Config,
  token: string | undefined,
): string {
  return JSON.stringify(
    [access, token],
    (_, value) =>
      value instanceof Map || value instanceof Set ? [...value] : value,
  );
}
