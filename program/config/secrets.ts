/**
 * The secrets that are in files: the token, the certificate's key, and rigs'
 * passwords. How a file is read is the caller's to say, so that this stays without I/O.
 *
 * @module
 */

import { type AccessConfig, checkToken } from "./access_config.ts";
import type { NamedRig } from "../../rigs/fleet.ts";
import type { TlsPair } from "../../gateway/http_server.ts";
import { type ConfiguredRig, MAX_PASSWORD_LENGTH } from "./rig_config.ts";
import {
  ConfigError,
  readFileText,
  type ReadText,
  type Setting,
} from "./setting.ts";

/** Where certificate and key are. */
export interface TlsFiles {
  /** The file of `--tls-cert`. */
  readonly certFile: string;
  /** Where it was named: `--tls-cert`, `CHI_TLS_CERT`, `farm.json: tls-cert`. */
  readonly certSource: string;
  /** The file of `--tls-key`. */
  readonly keyFile: string;
  /** Where that was named. */
  readonly keySource: string;
}

/**
 * Reads where certificate and key are.
 *
 * @param settings The options that were given, by flag.
 * @returns Both files; undefined if none was given.
 * @throws {ConfigError} If only one was.
 */
export function readTlsFiles(
  settings: ReadonlyMap<string, Setting>,
): TlsFiles | undefined {
  const cert = settings.get("tls-cert");
  const key = settings.get("tls-key");
  if (cert === undefined || key === undefined) {
    const given = cert ?? key;
    if (given === undefined) return undefined;
    const other = cert === undefined ? "--tls-cert" : "--tls-key";
    throw new ConfigError(`${given.source} goes with ${other}: give both`);
  }
  return {
    certFile: cert.texts.at(-1) ?? "",
    certSource: cert.source,
    keyFile: key.texts.at(-1) ?? "",
    keySource: key.source,
  };
}

/**
 * Reads the token.
 *
 * @param path The file of `--token-file`.
 * @param readText Reads a file.
 * @param source Where the file was named, for messages.
 * @returns The token.
 * @throws {ConfigError} If the file cannot be read or holds no token.
 */
export function readToken(
  path: string,
  readText: ReadText,
  source = "--token-file",
): string {
  return checkToken(readFileText(source, path, readText), source);
}

/**
 * Reads certificate and key; whether they are such shows when they are used.
 *
 * @param files The files of `--tls-cert` and `--tls-key`.
 * @param readText Reads a file.
 * @returns Both as text.
 * @throws {ConfigError} If one cannot be read.
 */
export function readTlsPair(files: TlsFiles, readText: ReadText): TlsPair {
  return {
    cert: readFileText(files.certSource, files.certFile, readText),
    key: readFileText(files.keySource, files.keyFile, readText),
  };
}

/**
 * Reads the rigs' passwords, each file once.
 *
 * @param rigs The rigs as they are configured.
 * @param readText Reads a file.
 * @returns The rigs, with their passwords.
 * @throws {ConfigError} If a file cannot be read, or holds no password.
 */
export function readPasswords(
  rigs: readonly ConfiguredRig[],
  readText: ReadText,
): NamedRig[] {
  const read = new Map<string, string>();
  return rigs.map(({ passwordFile, ...rig }) => {
    const { path, source = "" } = passwordFile ?? {};
    if (path === undefined) return rig;
    const password = read.get(path) ??
      checkPassword(readFileText(source, path, readText), source);
    read.set(path, password);
    return { ...rig, password };
  });
}

/** The line's end is the editor's, and not of the password. */
function checkPassword(text: string, source: string): string {
  const password = text.replace(/\r?\n$/, "");
  if (password === "") {
    throw new ConfigError(`${source}: the password is empty`);
  }
  if (password.length > MAX_PASSWORD_LENGTH || /[\r\n\0]/.test(password)) {
    throw new ConfigError(
      `${source}: the file holds more than a password: one line, at most ` +
        `${MAX_PASSWORD_LENGTH} characters`,
    );
  }
  return password;
}

/** What is in files, or in `CHI_TOKEN`. */
export interface Secrets {
  /** The rigs, with their passwords. */
  readonly rigs: readonly NamedRig[];
  /** The token; absent: none is configured. */
  readonly token: string | undefined;
  /** Certificate and key; absent: plain HTTP. */
  readonly tls: TlsPair | undefined;
}

/**
 * Reads everything that a configuration leaves to files.
 *
 * @param config Where they are.
 * @param readText Reads a file.
 * @returns All of it.
 * @throws {ConfigError} If one cannot be read, or holds no token.
 */
export function readSecrets(
  { access, tls, rigs }: {
    readonly access: Pick<
      AccessConfig,
      "tokenFile" | "tokenFileSource" | "token"
    >;
    readonly tls?: TlsFiles;
    readonly rigs: readonly ConfiguredRig[];
  },
  readText: ReadText,
): Secrets {
  const { tokenFile, tokenFileSource, token } = access;
  return {
    rigs: readPasswords(rigs, readText),
    token: tokenFile === undefined
      ? token
      : readToken(tokenFile, readText, tokenFileSource),
    tls: tls === undefined ? undefined : readTlsPair(tls, readText),
  };
}
