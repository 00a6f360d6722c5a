/**
 * From the options that say who may ask what to a policy. Pure: the token's
 * file is read elsewhere.
 *
 * @example
 * ```ts
 * import { readAccess } from "./access_config.ts";
 *
 * const access = readAccess(
 *   new Map([["allow", { source: "--allow", texts: ["W:10/8,R:0/0"] }]]),
 *   () => undefined,
 * );
 * console.log(access.rules.length, access.tokenFile);
 * ```
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
import {
  type Network,
  parseNetwork,
  quoteText,
} from "../../gateway/access/ip_address.ts";
import { ConfigError, readSwitch, type Setting } from "./setting.ts";

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
  /** `CHI_TOKEN`, or `token` of the configuration file; a file goes before it. */
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
  settings: ReadonlyMap<string, Setting>,
  readVariable: (name: string) => string | undefined,
): AccessConfig {
  const groups = readWith(settings.get("groups"), parseGroups) ??
    parseGroups("");
  const rules =
    readWith(settings.get("allow"), (text) => parseAllowList(text, groups)) ??
      parseAllowList(DEFAULT_ALLOW, groups);
  const tokenSetting = settings.get("token-file");
  const tokenFile = tokenSetting?.texts.at(-1);
  const variable = readVariable("CHI_TOKEN") ?? "";
  const { source, texts: [text] } = variable === ""
    ? settings.get("token") ?? NO_TOKEN
    : { source: "CHI_TOKEN", texts: [variable] };
  const token = text === undefined || tokenFile !== undefined
    ? undefined
    : checkToken(text, source);
  const forReads = settings.get("token-for-reads");
  const isTokenForReads = forReads !== undefined &&
    readSwitch(forReads.texts.at(-1) ?? "", forReads);
  if (isTokenForReads && tokenFile === undefined && token === undefined) {
    throw new ConfigError(
      `${forReads.source} needs a token: give --token-file or CHI_TOKEN`,
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
    allowedHosts: readEach(settings.get("allow-host"), readHostName),
    corsOrigins: readEach(settings.get("cors"), readOrigin),
    trustedProxies: readEach(settings.get("trust-proxy"), parseNetwork),
  };
}

/**
 * Checks that a token can be sent in a header.
 *
 * @param text The token, white space around it aside.
 * @param source Where it is from, for the message; the token is never in it.
 * @returns The token.
 * @throws {ConfigError} If it is empty, or not of visible ASCII alone.
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

function readWith<T>(
  setting: Setting | undefined,
  parse: (text: string) => T,
): T | undefined {
  const text = setting?.texts.at(-1);
  if (setting === undefined || text === undefined) return undefined;
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ConfigError(`${setting.source}: ${error.message}`);
  }
}

function readEach<T>(
  setting: Setting | undefined,
  parse: (text: string) => T,
): T[] {
  return (setting?.texts ?? []).map((text, index) => {
    const source = setting?.sources?.[index] ?? setting?.source ?? "";
    return readWith({ source, texts: [text] }, parse) as T;
  });
}

function readHostName(text: string): string {
  const name = text.toLowerCase().replace(/\.$/, "");
  if (/^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(name)) return name;
  throw new TypeError(
    `${
      quoteText(text)
    } is no host name: give a name without port, such as miner.example.com`,
  );
}

function readOrigin(text: string): string {
  if (text === "*") return text;
  const origin = URL.canParse(text) ? new URL(text).origin : "null";
  if (/^https?:/.test(origin) && origin === text) return origin;
  throw new TypeError(
    `${
      quoteText(text)
    } is no origin: give scheme, host and port alone, such as https://farm.example.com`,
  );
}
