/**
 * From the options that say who may ask what to a policy. Pure: the token's
 * file is read elsewhere.
 *
 * @module
 */

import {
  type AccessRule,
  type CommandGroups,
  DEFAULT_ALLOW,
  parseAllowList,
  parseGroups,
} from "../../gateway/access/access_list.ts";
import type { Network } from "../../gateway/access/ip_address.ts";
import { readOption, readOptions, type Settings } from "./options.ts";
import { ConfigError, readValue, type Setting, textKind } from "./setting.ts";

/** Who may ask what, as configured. */
export interface AccessConfig {
  /** `--allow`. */
  readonly rules: readonly AccessRule[];
  /** `--groups`. */
  readonly groups: CommandGroups;
  /** `--token-file`. */
  readonly tokenFile?: string;
  /** Where that was named: `--token-file`, `CHI_TOKEN_FILE`, `farm.json: token-file`. */
  readonly tokenFileSource?: string;
  /** `CHI_TOKEN`, or `token` of the file; `--token-file` counts before it. */
  readonly token?: string;
  /** `--token-for-reads`. */
  readonly isTokenForReads: boolean;
  /** `--allow-host`, lower case. */
  readonly allowedHosts: readonly string[];
  /** `--cors`. */
  readonly corsOrigins: readonly string[];
  /** `--trust-proxy`. */
  readonly trustedProxies: readonly Network[];
}

const NO_TOKEN: Setting = { source: "", texts: [] };

/**
 * Reads who may ask what.
 *
 * @param settings The options that were given, by flag.
 * @param readVariable Gives an environment variable, or `undefined`.
 * @returns The policy, and where its token is.
 * @throws {ConfigError} For the first option that is wrong.
 */
export function readAccess(
  settings: Settings,
  readVariable: (name: string) => string | undefined,
): AccessConfig {
  const groups = readOption(settings, "groups") ?? parseGroups("");
  const allow = settings.get("allow");
  const rules = readValue(
    textKind("", (list) => parseAllowList(list, groups)),
    allow?.texts.at(-1) ?? DEFAULT_ALLOW,
    allow?.source ?? "--allow",
  );
  const tokenSetting = settings.get("token-file");
  const tokenFile = tokenSetting?.texts.at(-1);
  const variable = readVariable("CHI_TOKEN") ?? "";
  const { source, texts: [text] } = variable === ""
    ? settings.get("token") ?? NO_TOKEN
    : { source: "CHI_TOKEN", texts: [variable] };
  const token = text === undefined || tokenFile !== undefined
    ? undefined
    : checkToken(text, source);
  const isTokenForReads = readOption(settings, "token-for-reads") ?? false;
  if (isTokenForReads && tokenFile === undefined && token === undefined) {
    throw new ConfigError(
      `${
        settings.get("token-for-reads")?.source
      } needs a token: give --token-file or CHI_TOKEN`,
    );
  }
  return {
    rules,
    groups,
    ...(tokenSetting === undefined || tokenFile === undefined
      ? {}
      : { tokenFile, tokenFileSource: tokenSetting.source }),
    ...(token === undefined ? {} : { token }),
    isTokenForReads,
    allowedHosts: readOptions(settings, "allow-host"),
    corsOrigins: readOptions(settings, "cors"),
    trustedProxies: readOptions(settings, "trust-proxy"),
  };
}

/**
 * Checks that a token can be sent in a header.
 *
 * @param text The token, white space around it aside.
 * @param source Where it is from, for the message; the token is never in it.
 * @returns The token.
 * @throws {ConfigError} If it is empty, or not only of visible ASCII.
 */
export function checkToken(text: string, source: string): string {
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new ConfigError(
    token === ""
      ? `${source}: the token is empty`
      : `${source}: a token is of visible ASCII characters, without spaces`,
  );
}
