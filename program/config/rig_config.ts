/**
 * Which rigs there are: out of `-a` and `-p`, the texts of `--rig`, and the
 * entries of a configuration file. Pure.
 *
 * @module
 */

import { expandRange, isAddressRange } from "../../rigs/address_range.ts";
import { checkRigName, type NamedRig, type Tags } from "../../rigs/fleet.ts";
import { quoteText } from "../../rpc/errors.ts";
import { getFallback, readOption, type Settings } from "./options.ts";
import { API_PORT_KIND, ConfigError, HOST, readValue } from "./setting.ts";

/** How many rigs a configuration may name, so that ranges cannot exhaust memory. */
const MAX_RIGS = 65_536;

/** A rig as it is configured; its password may be in a file. */
export interface ConfiguredRig extends NamedRig {
  /** Where its password is, and where that was named; absent: it has none. */
  readonly passwordFile?: PasswordFile;
}

/** A file that holds a password and nothing else; or that of the configuration. */
export interface PasswordFile {
  /** The file; absent: the password stands in the configuration file. */
  readonly path?: string;
  /** Where it was named: `farm.json: rigs[0].password-file`. */
  readonly source: string;
}

/** A rig, and where it is configured. */
export interface SourcedRig {
  /** Where: `farm.json: rigs[2]`. */
  readonly source: string;
  /** The rig. */
  readonly rig: ConfiguredRig;
}

/** A rig, or a range of rigs, as a configuration file has it. */
export interface RigEntry {
  /** The name; a range has none. */
  readonly name?: string;
  /** Address or host name, with or without the port. */
  readonly host?: string;
  /** The same as `host`. */
  readonly hostname?: string;
  /** A range of addresses, with or without the port. */
  readonly range?: string;
  /** The port, 1 to 65535; default 4028. */
  readonly port?: number | string;
  /** What the rigs are grouped by. */
  readonly tags?: Tags;
  /** The make. */
  readonly kind?: NamedRig["kind"];
  /** WhatsMiner's password. */
  readonly password?: string;
  /** The file that it stands in. */
  readonly "password-file"?: string;
}

/** The longest password of a rig, in characters: what is longer is none. */
export const MAX_PASSWORD_LENGTH = 256;

/**
 * Names a simulated rig.
 *
 * @param number Which of them, from 1.
 * @returns Its name in URLs.
 */
export function toDemoName(number: number): string {
  return `demo-${number}`;
}

/**
 * Puts the rigs together: that of `-a` and `-p`, if it was named or is the only
 * one; those of `--rig`; those of the file, less those that `--rig` replaces.
 *
 * @param settings The options that were given, by flag.
 * @param fileRigs The rigs of the configuration file.
 * @param demoRigs How many simulated rigs there will be; their names are taken.
 * @returns The rigs, the default one first.
 * @throws {ConfigError} If one is wrong, or a name is taken twice.
 */
export function readRigs(
  settings: Settings,
  fileRigs: readonly SourcedRig[],
  demoRigs: number,
): ConfiguredRig[] {
  const list = new RigList();
  for (let number = 1; number <= demoRigs; number++) {
    list.reserve(toDemoName(number));
  }
  const hostname = readOption(settings, "api-host");
  const port = readOption(settings, "api-port");
  const named = settings.get("rig");
  const hasDefault = hostname !== undefined || port !== undefined ||
    (named === undefined && fileRigs.length === 0 && demoRigs === 0);
  if (hasDefault) {
    list.add({
      name: "default",
      hostname: hostname ?? getFallback("api-host"),
      port: port ?? getFallback("api-port"),
    }, "--api-host");
  }
  const replacing = new Set<string>();
  for (const text of named?.texts ?? []) {
    const source = named?.source ?? "";
    for (const rig of readRigText(text, source)) {
      list.add(rig, source);
      replacing.add(rig.name);
    }
  }
  for (const { rig, source } of fileRigs) {
    if (!replacing.has(rig.name)) list.add(rig, source);
  }
  return list.sourced.map(({ rig }) => rig);
}

/** Rigs in order: each name once, and not more than memory bears. */
export class RigList {
  /** The rigs, and where each is configured. */
  readonly sourced: SourcedRig[] = [];
  readonly #taken = new Set<string>();

  /**
   * Takes a name, so that no rig can have it.
   *
   * @param name The name.
   */
  reserve(name: string): void {
    this.#taken.add(name);
  }

  /**
   * Adds a rig.
   *
   * @param rig The rig.
   * @param source Where it is configured.
   * @throws {ConfigError} If its name is taken, or there are too many rigs.
   */
  add(rig: ConfiguredRig, source: string): void {
    if (this.#taken.has(rig.name)) {
      throw new ConfigError(
        `${source}: two rigs are called "${rig.name}": give each a name, as ` +
          `in garage=${rig.hostname}`,
      );
    }
    if (this.sourced.length === MAX_RIGS) {
      throw new ConfigError(`${source}: more than ${MAX_RIGS} rigs`);
    }
    this.#taken.add(rig.name);
    this.sourced.push({ source, rig });
  }
}

/**
 * Reads `NAME=HOST[:PORT]`, `RANGE[:PORT]` or `IPV4[:PORT]`. A range, and an
 * address without a name, names its rigs by address.
 *
 * @param text What was given.
 * @param source Where, for the message.
 * @returns One rig; all of a range.
 * @throws {ConfigError} If it is none of these.
 */
export function readRigText(text: string, source: string): NamedRig[] {
  const equals = text.indexOf("=");
  if (equals === -1) return readRange(text, undefined, source, text);
  const name = text.slice(0, equals);
  const address = text.slice(equals + 1);
  if (isAddressRange(splitPort(address).host)) {
    throw new ConfigError(
      `${source}: ${
        quoteText(text)
      }: a range names its rigs itself, by address: leave out NAME=`,
    );
  }
  return [readNamed(name, address, undefined, source)];
}

/**
 * Reads an entry of a configuration file that has the right members, of the
 * right types: all else of the schema is not checked again.
 *
 * @param entry A text as {@linkcode readRigText} takes it, or the members of
 * the rig.
 * @param source Where, for the message: `farm.json: rigs[2]`.
 * @param key The name, if that stands before the entry; a text is then the
 * host, with or without port.
 * @returns One rig; all of a range.
 * @throws {ConfigError} If an address, a name or a port is wrong.
 */
export function readRigEntry(
  entry: string | RigEntry,
  source: string,
  key?: string,
): ConfiguredRig[] {
  if (typeof entry === "string") {
    return key === undefined
      ? readRigText(entry, source)
      : [readNamed(key, entry, undefined, source)];
  }
  const { name = key ?? "", host, hostname, range, tags } = entry;
  const port = entry.port === undefined ? undefined : String(entry.port);
  const login = readLogin(entry, source);
  const found = range === undefined
    ? [readNamed(
      name,
      host ?? hostname ?? "",
      port,
      source,
      host === undefined ? ".hostname" : ".host",
    )]
    : readRange(range, port, source, undefined);
  const rigs = found.map((rig) => ({ ...rig, ...login }));
  if (tags === undefined) return rigs;
  checkTagNames(Object.keys(tags), source);
  const copy = { ...tags };
  return rigs.map((rig) => ({ ...rig, tags: copy }));
}

function readLogin(
  entry: RigEntry,
  source: string,
): Pick<ConfiguredRig, "kind" | "password" | "passwordFile"> {
  const { kind, password, "password-file": path } = entry;
  const key = path === undefined ? "password" : "password-file";
  const hasPassword = password !== undefined || path !== undefined;
  if (password !== undefined && path !== undefined) {
    throw new ConfigError(
      `${source}.${key}: password says the same: leave one of them out`,
    );
  }
  if (hasPassword && kind === "luxos") {
    throw new ConfigError(
      `${source}.${key}: LuxOS has no password: leave it out`,
    );
  }
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(password === undefined ? {} : { password }),
    ...(hasPassword
      ? {
        passwordFile: {
          source: `${source}.${key}`,
          ...(path === undefined ? {} : { path }),
        },
      }
      : {}),
  };
}

/** `row-1` and `row_1` are one and the same label to Prometheus. */
function checkTagNames(names: readonly string[], source: string): void {
  const labels = new Map<string, string>();
  for (const name of names) {
    const label = name.replaceAll("-", "_");
    const other = labels.get(label);
    if (other !== undefined) {
      throw new ConfigError(
        `${source}.tags: "${other}" and "${name}" are one label to Prometheus`,
      );
    }
    labels.set(label, name);
  }
}

/** People copy what their browser shows. */
function refuseUrl(address: string, source: string): void {
  const scheme = /^https?:\/\//i.exec(address)?.[0];
  if (scheme === undefined) return;
  throw new ConfigError(
    `${source}: ${
      quoteText(address)
    } is a URL: leave out "${scheme}", as the ` +
      "miner's API is no web page",
  );
}

function readNamed(
  name: string,
  address: string,
  port: string | undefined,
  source: string,
  member = "",
): NamedRig {
  try {
    checkRigName(name);
  } catch (error) {
    throw new ConfigError(`${source}: ${(error as Error).message}`);
  }
  refuseUrl(address, source + member);
  const split = splitPort(address);
  const hostname = readValue(HOST, split.host, source + member);
  return { name, hostname, port: choosePort(split.port, port, source, member) };
}

/** @param text The whole `--rig`, if the range stands alone in one. */
function readRange(
  range: string,
  port: string | undefined,
  source: string,
  text: string | undefined,
): NamedRig[] {
  const member = text === undefined ? ".range" : "";
  refuseUrl(range, source + member);
  const split = splitPort(range);
  let addresses: string[] | undefined;
  try {
    addresses = expandRange(split.host);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ConfigError(`${source}${member}: ${error.message}`);
  }
  if (addresses === undefined) {
    const advice = text === undefined
      ? "is no range: give 10.0.0.10-40 or 10.0.0.0/24"
      : "is no rig: give NAME=HOST, NAME=HOST:PORT, or a range such as 10.0.0.10-40";
    throw new ConfigError(`${source}${member}: ${quoteText(range)} ${advice}`);
  }
  const apiPort = choosePort(split.port, port, source, member);
  return addresses.map((address) => ({
    name: address,
    hostname: address,
    port: apiPort,
  }));
}

/** The port after the address, or that of its own; only one may be given. */
function choosePort(
  behind: string | undefined,
  own: string | undefined,
  source: string,
  member: string,
): number {
  if (behind !== undefined && own !== undefined) {
    throw new ConfigError(
      `${source}.port: the port stands in ${member.slice(1)} already`,
    );
  }
  if (behind !== undefined) {
    return readValue(API_PORT_KIND, behind, source + member);
  }
  if (own === undefined) return getFallback("api-port");
  return readValue(API_PORT_KIND, own, `${source}.port`);
}

/**
 * One colon parts host and port; more are an IPv6 address, in brackets if a
 * port follows.
 */
function splitPort(address: string): { host: string; port?: string } {
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::([^:]*))?$/.exec(address);
  if (match === null) return { host: address };
  const host = match[1] ?? match[2] ?? "";
  return match[3] === undefined ? { host } : { host, port: match[3] };
}
