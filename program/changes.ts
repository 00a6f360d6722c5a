/**
 * What has changed from one configuration to the next. Pure.
 *
 * @module
 */

import type { Config } from "./config/config.ts";
import { OPTIONS } from "./config/options.ts";

/**
 * Finds what has changed though it only counts at the start.
 *
 * @param old What was read at the start.
 * @param now What was read now.
 * @returns The flags, without their dashes.
 */
export function findFixedChanges(old: Config, now: Config): string[] {
  const isOther = (member: keyof Config): boolean =>
    member === "tls"
      ? (old.tls === undefined) !== (now.tls === undefined)
      : old[member] !== now[member];
  return OPTIONS.filter(({ fixed }) => fixed !== undefined && isOther(fixed))
    .map(({ flag }) => flag);
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
