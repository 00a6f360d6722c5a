/**
 * From arguments, environment and the configuration file to a configuration,
 * or to one sentence that says what is wrong. Pure: how the file is read is the
 * caller's to say.
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

import type { NamedRig } from "../../rigs/fleet.ts";
import { MAX_REPLY_BYTES } from "../../rpc.ts";
import { type AccessConfig, readAccess } from "./access_config.ts";
import { type ConfigFile, parseConfigFile } from "./config_file.ts";
import { type Flags, readFlags } from "./flags.ts";
import {
  type HealthPage,
  readHealthUrl,
  toHealthPage,
} from "./health_config.ts";
import type { LogFormat } from "../../gateway/http/log.ts";
import { quoteText } from "../../gateway/access/ip_address.ts";
import { readScanRanges, readShell, refuseOperands } from "./operands.ts";
import {
  OPTIONS,
  type Shell,
  type Subcommand,
  SUBCOMMANDS,
  toVariable,
} from "./options.ts";
import { API_PORT, readRigs } from "./rig_config.ts";
import { readTlsFiles, type TlsFiles } from "./secrets.ts";
import {
  ConfigError,
  readApiPort,
  readFileText,
  readHost,
  readNumber,
  readSwitch,
  type ReadText,
  type Setting,
} from "./setting.ts";

export { toDemoName } from "./rig_config.ts";
export { ConfigError } from "./setting.ts";

/** What the program is to do. */
export interface Config {
  /**
   * What to do. `help` and `version` are shown; the sub-commands read only the
   * members that say so.
   */
  readonly action: "serve" | "help" | "version" | Subcommand["name"];
  /** TCP port of the HTTP server; 0: any free one. */
  readonly httpPort: number;
  /** The address it listens on; absent: all. */
  readonly httpHost?: string;
  /** The rigs, the default one first; none if only simulated ones are served. */
  readonly rigs: readonly NamedRig[];
  /** Whether rigs are looked for by multicast while serving. */
  readonly discover: boolean;
  /** How many simulated rigs to start; 0: none. */
  readonly demoRigs: number;
  /**
   * Milliseconds from a request's arrival to a rig's reply: 5,000 if nothing
   * is said; for the sub-commands those that who is asked has to answer: 2,000.
   */
  readonly timeoutMs: number;
  /** Most bytes of a rig's reply. */
  readonly maxReplyBytes: number;
  /** Whether a rig's own errors show in the HTTP status. */
  readonly httpErrors: boolean;
  /** Who may ask what. */
  readonly access: AccessConfig;
  /** The files of `--tls-cert` and `--tls-key`; absent: plain HTTP. */
  readonly tls?: TlsFiles;
  /** How requests are logged. */
  readonly log: LogFormat;
  /** The file of `--config`; absent: none. */
  readonly configFile?: string;
  /** For `scan`: whom to ask, each address once; at most 65,536. */
  readonly scanAddresses: readonly string[];
  /** For `scan`: the port to ask. */
  readonly scanPort: number;
  /** For `discover` and `scan`: whether to print JSON. */
  readonly isJson: boolean;
  /** For `health`: what to ask. */
  readonly health?: HealthPage;
  /** For `completions`: the shell. */
  readonly shell?: Shell;
}

type ReadVariable = (name: string) => string | undefined;

const DEFAULT_DEMO_RIGS = 3;
const MAX_DEMO_RIGS = 1000;
const MAX_TIMEOUT_S = 3600;

/** More than that of one rig is no reply, and would fill the memory. */
const MAX_REPLY_KIB = 65_536;

/**
 * Reads the configuration.
 *
 * @param args The command line, without the program's name.
 * @param readVariable Gives an environment variable, or `undefined`.
 * @param readText Gives the text of the configuration file, or throws. Default:
 * there is none.
 * @param runningDemoRigs How many simulated rigs run already: those that are
 * configured now would only come with a restart.
 * @returns What to do.
 * @throws {ConfigError} For the first option that is wrong, and if the file
 * cannot be read.
 */
export function readConfig(
  args: readonly string[],
  readVariable: ReadVariable,
  readText: ReadText = refuseFile,
  runningDemoRigs?: number,
): Config {
  const { settings, words } = readFlags(args);
  const shown = (["help", "version"] as const).find((flag) =>
    settings.has(flag)
  );
  if (shown !== undefined) return toConfig(shown, settings, noVariable);
  const subcommand = findSubcommand(words);
  if (subcommand !== undefined) {
    const flags = { settings, words: words.slice(1) };
    return readSubcommand(subcommand, flags, readVariable, readText);
  }
  refuseOperands(words);
  addVariables(settings, readVariable);
  const json = settings.get("json");
  if (json !== undefined) {
    throw new ConfigError(`${json.source} goes with discover and scan only`);
  }
  const file = readFile(settings, readText);
  if (file !== undefined) addFileSettings(settings, file, readVariable);
  return {
    ...toConfig("serve", settings, readVariable, file?.rigs, runningDemoRigs),
    ...(file === undefined ? {} : { configFile: file.path }),
  };
}

/** Reads the file of `--config`, if there is one. */
function readFile(
  settings: ReadonlyMap<string, Setting>,
  readText: ReadText,
): ConfigFile & { readonly path: string } | undefined {
  const config = settings.get("config");
  const path = config?.texts.at(-1);
  if (config === undefined || path === undefined) return undefined;
  const text = readFileText(config.source, path, readText);
  return { ...parseConfigFile(path, text), path };
}

function toConfig(
  action: Config["action"],
  settings: ReadonlyMap<string, Setting>,
  readVariable: ReadVariable,
  fileRigs: ConfigFile["rigs"] = [],
  runningDemoRigs?: number,
): Config {
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
  const isServed = findSubcommand([action]) === undefined;
  return {
    action,
    httpPort: take("http-port", 8080, readHttpPort),
    ...(httpHost === undefined ? {} : { httpHost }),
    rigs: isServed
      ? readRigs(settings, fileRigs, runningDemoRigs ?? demoRigs)
      : [],
    discover: take("discover", false, readSwitch),
    demoRigs,
    timeoutMs: take("timeout", isServed ? 5000 : 2000, readTimeoutMs),
    maxReplyBytes: take("max-reply", MAX_REPLY_BYTES, readReplyBytes),
    httpErrors: take("http-errors", false, readSwitch),
    access: readAccess(settings, readVariable),
    ...(tls === undefined ? {} : { tls }),
    log: take<LogFormat>("log", "text", readLogFormat),
    scanAddresses: [],
    scanPort: take("api-port", API_PORT, readApiPort),
    isJson: take("json", false, readSwitch),
  };
}

/** Takes from the environment what is not on the command line. */
function addVariables(
  settings: Map<string, Setting>,
  readVariable: ReadVariable,
  flags?: readonly string[],
): void {
  for (const option of OPTIONS) {
    // A container's CHI_VERSION must not make it print a version and end.
    if (settings.has(option.flag) || option.isCommandLineOnly) continue;
    if (flags !== undefined && !flags.includes(option.flag)) continue;
    const source = toVariable(option);
    const text = readVariable(source);
    if (text === undefined || text === "") continue;
    const texts = option.isRepeatable
      ? text.split(/[\s,]+/).filter((part) => part !== "")
      : [text];
    settings.set(option.flag, { source, texts });
  }
}

/** Takes from the file what neither command line nor environment has. */
function addFileSettings(
  settings: Map<string, Setting>,
  file: ConfigFile,
  readVariable: ReadVariable,
): void {
  // The token has two options, and any of them goes before any of the file.
  const hasToken = settings.has("token-file") ||
    (readVariable("CHI_TOKEN") ?? "") !== "";
  for (const [flag, setting] of file.settings) {
    if (settings.has(flag)) continue;
    if (hasToken && /^token(?:-file)?$/.test(flag)) continue;
    settings.set(flag, setting);
  }
}

function findSubcommand([word]: readonly string[]): Subcommand | undefined {
  return SUBCOMMANDS.find(({ name }) => name === word);
}

/** Only its own options count: a variable for serving changes nothing here. */
function readSubcommand(
  { name, flags }: Subcommand,
  { settings, words }: Flags,
  readVariable: ReadVariable,
  readText: ReadText,
): Config {
  const other = settings.keys().find((flag) => !flags.includes(flag));
  if (other !== undefined) {
    const own = flags.map((flag) => `--${flag}`).join(", ");
    throw new ConfigError(
      `--${other} does not go with ${name}: it takes ${own || "no options"}`,
    );
  }
  if (name === "health") {
    return readHealth({ settings, words }, flags, readVariable, readText);
  }
  addVariables(settings, readVariable, flags);
  const config = toConfig(name, settings, noVariable);
  if (name === "scan") {
    return { ...config, scanAddresses: readScanRanges(words) };
  }
  if (name === "completions") return { ...config, shell: readShell(words) };
  refuseOperands(words);
  return config;
}

/**
 * With a URL, only the command line counts; without, whatever the gateway was
 * started with, but for `timeout`: that is how long rigs may take.
 */
function readHealth(
  { settings, words }: Flags,
  flags: readonly string[],
  readVariable: ReadVariable,
  readText: ReadText,
): Config {
  const url = readHealthUrl(words);
  if (url === undefined) {
    const served = flags.filter((flag) => flag !== "timeout");
    addVariables(settings, readVariable, served);
    const file = readFile(settings, readText);
    for (const [flag, setting] of file?.settings ?? []) {
      if (served.includes(flag) && !settings.has(flag)) {
        settings.set(flag, setting);
      }
    }
  }
  for (const flag of ["http-port", "http-host", "config"]) {
    if (url !== undefined && settings.has(flag)) {
      throw new ConfigError(
        `--${flag} does not go with a URL: leave one of them out`,
      );
    }
  }
  const certFile = settings.get("tls-cert")?.texts.at(-1);
  settings.delete("tls-cert"); // It comes without its key here.
  const config = toConfig("health", settings, noVariable);
  return { ...config, health: toHealthPage({ ...config, certFile }, url) };
}

const noVariable: ReadVariable = () => undefined;

function refuseFile(): never {
  throw new Error("files are not read here");
}

function readHttpPort(text: string, setting: Setting): number {
  return readNumber(text, setting, "a port", 0, 65535);
}

function readDemoRigs(text: string, setting: Setting): number {
  if (text === "" || text === "true") return DEFAULT_DEMO_RIGS;
  if (text === "false") return 0;
  return readNumber(text, setting, "a number of rigs", 0, MAX_DEMO_RIGS);
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

function readReplyBytes(text: string, setting: Setting): number {
  return 1024 *
    readNumber(text, setting, "a length in KiB", 1, MAX_REPLY_KIB);
}

function readLogFormat(text: string, { source }: Setting): LogFormat {
  if (text === "text" || text === "json" || text === "off") return text;
  throw new ConfigError(
    `${source}: ${quoteText(text)} is no log format: give text, json or off`,
  );
}
