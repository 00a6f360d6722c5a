/**
 * From arguments and environment to a configuration, or to one sentence that
 * says what is wrong. Pure: reads nothing by itself.
 *
 * @example
 * ```ts
 * import { readConfig } from "./config.ts";
 *
 * const config = readConfig(["-w8081", "--rig", "garage=10.0.0.7"], () => undefined);
 * console.log(config.httpPort, config.rigs); // 8081 [{ name: "garage", … }]
 * ```
 *
 * @module
 */

import { parseArgs } from "jsr:@std/cli@1/parse-args";
import { checkRigName, type NamedRig } from "../rigs/fleet.ts";
import { type AccessConfig, readAccess } from "./access_config.ts";
import type { LogFormat } from "./log.ts";
import { parseIpAddress, quoteText } from "./ip_address.ts";
import { readTlsFiles, type TlsFiles } from "./secrets.ts";
import { ConfigError, readSwitch, type Setting } from "./setting.ts";
import { type Option, OPTIONS, toVariable } from "./options.ts";

export { ConfigError } from "./setting.ts";

/** What the program is to do. */
export interface Config {
  /** `help` and `version` are shown instead of serving. */
  readonly action: "serve" | "help" | "version";
  /** TCP port of the HTTP server; 0: any free one. */
  readonly httpPort: number;
  /** The address it listens on; absent: all. */
  readonly httpHost?: string;
  /** The rigs, the default one first; none if only simulated ones are served. */
  readonly rigs: readonly NamedRig[];
  /** How many simulated rigs to start; 0: none. */
  readonly demoRigs: number;
  /** Milliseconds from a request's arrival to a rig's reply. */
  readonly timeoutMs: number;
  /** Whether a rig's own errors show in the HTTP status. */
  readonly httpErrors: boolean;
  /** Who may ask what. */
  readonly access: AccessConfig;
  /** The files of `--tls-cert` and `--tls-key`; absent: plain HTTP. */
  readonly tls?: TlsFiles;
  /** How requests are logged. */
  readonly log: LogFormat;
}

/** The port of the API on nearly every miner. */
const API_PORT = 4028;
const DEFAULT_DEMO_RIGS = 3;
const MAX_DEMO_RIGS = 1000;
const MAX_TIMEOUT_S = 3600;

/**
 * Reads the configuration.
 *
 * @param args The command line, without the program's name.
 * @param readVariable Gives an environment variable, or `undefined`.
 * @returns What to do.
 * @throws {ConfigError} For the first option that is wrong.
 */
export function readConfig(
  args: readonly string[],
  readVariable: (name: string) => string | undefined,
): Config {
  const settings = readSettings(args, readVariable);
  const take = <T>(
    flag: string,
    fallback: T,
    read: (text: string, setting: Setting) => T,
  ): T => {
    const setting = settings.get(flag);
    const text = setting?.texts.at(-1);
    return setting === undefined || text === undefined
      ? fallback
      : read(text, setting);
  };
  const tls = readTlsFiles(settings);
  const demoRigs = take("demo", 0, readDemoRigs);
  const httpHost = take<string | undefined>("http-host", undefined, readHost);
  return {
    action: settings.has("help")
      ? "help"
      : settings.has("version")
      ? "version"
      : "serve",
    httpPort: take("http-port", 8080, readHttpPort),
    ...(httpHost === undefined ? {} : { httpHost }),
    rigs: readRigs(settings, demoRigs),
    demoRigs,
    timeoutMs: take("timeout", 5000, readTimeoutMs),
    httpErrors: take("http-errors", false, readSwitch),
    access: readAccess(settings, readVariable),
    ...(tls === undefined ? {} : { tls }),
    log: take<LogFormat>("log", "text", readLogFormat),
  };
}

/** Takes every option from the command line, else from the environment. */
function readSettings(
  args: readonly string[],
  readVariable: (name: string) => string | undefined,
): Map<string, Setting> {
  const settings = readFlags(args);
  if (settings.has("help") || settings.has("version")) return settings;
  for (const option of OPTIONS) {
    // A container's CHI_VERSION must not make it print a version and end.
    if (settings.has(option.flag) || isShown(option)) continue;
    const source = toVariable(option);
    const text = readVariable(source);
    if (text === undefined || text === "") continue;
    const texts = option.isRepeatable
      ? text.split(/[\s,]+/).filter((part) => part !== "")
      : [text];
    settings.set(option.flag, { source, texts });
  }
  return settings;
}

function readFlags(args: readonly string[]): Map<string, Setting> {
  const unknown: string[] = [];
  const valued = OPTIONS.filter((option) => !isShown(option)).map(toFlag);
  const parsed: Record<string, unknown> = parseArgs(args.map(toKnownSpelling), {
    boolean: OPTIONS.filter(isShown).map(toFlag),
    string: valued,
    collect: valued,
    alias: Object.fromEntries(
      OPTIONS.flatMap(({ flag, short }) => short ? [[flag, short]] : []),
    ),
    unknown: (arg: string) => void unknown.push(arg),
  });
  const settings = new Map<string, Setting>();
  for (const { flag } of OPTIONS.filter(isShown)) {
    if (args.some((arg) => arg.startsWith(`--${flag}=`))) {
      throw new ConfigError(`--${flag} takes no value`);
    }
    if (parsed[flag] === true) {
      return settings.set(flag, { source: `--${flag}`, texts: [] });
    }
  }
  const [stray] = [...unknown, ...parsed["_"] as string[]];
  if (stray !== undefined) throw toUnknownError(String(stray));
  for (const option of OPTIONS.filter((option) => !isShown(option))) {
    const { flag, value } = option;
    const source = `--${flag}`;
    const texts = parsed[flag] as string[];
    if (texts.length === 0) continue;
    if (texts.includes("") && !option.isValueOptional) {
      throw new ConfigError(
        `${source} needs a value: ${source} ${value ?? ""}`,
      );
    }
    settings.set(flag, { source, texts });
  }
  return settings;
}

/** What is shown instead of serving: it needs no other option to be right. */
const isShown = ({ flag }: Option) => flag === "help" || flag === "version";

const toFlag = ({ flag }: Option) => flag;

/**
 * The original's underscores (`--http_port`), values that stand right behind a
 * short flag (`-w8081`, `-ahost`), and switches (`--http-errors`), which are on
 * unless they say otherwise.
 */
function toKnownSpelling(arg: string): string {
  if (arg.startsWith("--")) {
    const [typed = ""] = arg.split("=", 1);
    const flag = typed.replaceAll("_", "-");
    const isSwitch = typed === arg &&
      OPTIONS.some((option) =>
        `--${option.flag}` === flag && option.value === undefined &&
        !isShown(option)
      );
    return flag + (isSwitch ? "=true" : arg.slice(typed.length));
  }
  const option = arg.startsWith("-")
    ? OPTIONS.find(({ short, value }) => value && short === arg[1])
    : undefined;
  return option === undefined || arg.length <= 2
    ? arg
    : `--${option.flag}=${arg.slice(2).replace(/^=/, "")}`;
}

function toUnknownError(arg: string): ConfigError {
  const advice = "see chi-server --help";
  return new ConfigError(
    arg.startsWith("-")
      ? `Unknown option ${quoteText(arg.split("=", 1)[0] ?? "")}: ${advice}`
      : `Unexpected argument ${quoteText(arg)}: ${advice}`,
  );
}

/** The rig of `-a` and `-p`, if it was named or is the only one; then `--rig`. */
function readRigs(
  settings: ReadonlyMap<string, Setting>,
  demoRigs: number,
): NamedRig[] {
  const host = settings.get("api-host");
  const port = settings.get("api-port");
  const named = settings.get("rig");
  const rigs: NamedRig[] = [];
  const hasDefault = host !== undefined || port !== undefined ||
    (named === undefined && demoRigs === 0);
  if (hasDefault) {
    rigs.push({
      name: "default",
      hostname: host ? readHost(host.texts.at(-1) ?? "", host) : "127.0.0.1",
      port: port ? readApiPort(port.texts.at(-1) ?? "", port) : API_PORT,
    });
  }
  const taken = new Set(rigs.map(({ name }) => name));
  for (let number = 1; number <= demoRigs; number++) {
    taken.add(toDemoName(number));
  }
  for (const text of named?.texts ?? []) {
    const rig = readRig(text, named as Setting);
    if (taken.has(rig.name)) {
      throw new ConfigError(
        `${named?.source}: two rigs are called "${rig.name}"`,
      );
    }
    taken.add(rig.name);
    rigs.push(rig);
  }
  return rigs;
}

/**
 * Names a simulated rig.
 *
 * @param number Which of them, from 1.
 * @returns Its name in URLs.
 */
export function toDemoName(number: number): string {
  return `demo-${number}`;
}

function readRig(text: string, setting: Setting): NamedRig {
  const { source } = setting;
  const equals = text.indexOf("=");
  if (equals === -1) {
    throw new ConfigError(
      `${source}: ${
        quoteText(text)
      } is no rig: give NAME=HOST or NAME=HOST:PORT`,
    );
  }
  const name = text.slice(0, equals);
  try {
    checkRigName(name);
  } catch (error) {
    throw new ConfigError(`${source}: ${(error as Error).message}`);
  }
  const address = text.slice(equals + 1);
  // One colon parts host and port; more are an IPv6 address, in brackets if a
  // port follows.
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::([^:]*))?$/.exec(address);
  if (match === null) {
    return { name, hostname: readHost(address, setting), port: API_PORT };
  }
  return {
    name,
    hostname: readHost(match[1] ?? match[2] ?? "", setting),
    port: match[3] === undefined ? API_PORT : readApiPort(match[3], setting),
  };
}

function readHost(text: string, { source }: Setting): string {
  const host = text.replace(/^\[(.*)\]$/, "$1");
  const isName = /^[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_.])?$/.test(host) &&
    !/^[\d.]+$/.test(host);
  if (isName || parseIpAddress(host) !== undefined) return host;
  const advice = /^[^:]+:\d+$/.test(host)
    ? ": the port is an option of its own"
    : "";
  throw new ConfigError(
    `${source}: ${
      quoteText(text)
    } is neither an IP address nor a host name${advice}`,
  );
}

function readHttpPort(text: string, setting: Setting): number {
  return readNumber(text, setting, "a port", 0, 65535);
}

function readApiPort(text: string, setting: Setting): number {
  return readNumber(text, setting, "a port", 1, 65535);
}

function readDemoRigs(text: string, setting: Setting): number {
  if (text === "" || text === "true") return DEFAULT_DEMO_RIGS;
  if (text === "0" || text === "false") return 0;
  return readNumber(text, setting, "a number of rigs", 1, MAX_DEMO_RIGS);
}

function readNumber(
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

function readTimeoutMs(text: string, { source }: Setting): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (seconds > 0 && seconds <= MAX_TIMEOUT_S) {
    return Math.max(1, Math.round(seconds * 1000));
  }
  throw new ConfigError(
    `${source}: ${
      quoteText(text)
    } is no time: give seconds, more than 0 and at most ${MAX_TIMEOUT_S}`,
  );
}

function readLogFormat(text: string, { source }: Setting): LogFormat {
  if (text === "text" || text === "json" || text === "off") return text;
  throw new ConfigError(
    `${source}: ${quoteText(text)} is no log format: give text, json or off`,
  );
}
