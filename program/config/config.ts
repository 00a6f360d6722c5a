/**
 * From arguments, environment and the configuration file to a configuration,
 * or to one sentence that says what is wrong. Pure: how the file is read is the
 * caller's to say.
 *
 * @module
 */

import { type AccessConfig, readAccess } from "./access_config.ts";
import { type ConfigFile, parseConfigFile } from "./config_file.ts";
import { type Flags, readFlags } from "./flags.ts";
import type { TroubleSettings } from "../../gateway/watch/fleet_monitor.ts";
import type { LogFormat } from "../../gateway/http/log.ts";
import {
  type HealthPage,
  readHealthUrl,
  readScanRanges,
  readShell,
  refuseOperands,
  toHealthPage,
} from "./operands.ts";
import {
  getFallback,
  isOfSubcommands,
  OPTIONS,
  readOption,
  readOptions,
  type Shell,
  type Subcommand,
  SUBCOMMANDS,
  toVariable,
} from "./options.ts";
import type { HistoryQuery } from "../../gateway/watch/history.ts";
import type { NotifyUrl } from "../../gateway/watch/notify_target.ts";
import { type ConfiguredRig, readRigs } from "./rig_config.ts";
import { readTlsFiles, type TlsFiles } from "./secrets.ts";
import {
  ConfigError,
  readFileText,
  type ReadText,
  type Setting,
} from "./setting.ts";

export { toDemoName } from "./rig_config.ts";
export { ConfigError } from "./setting.ts";

/** What `history` is asked for. */
export interface HistoryQuestion {
  /** The file. */
  readonly file: string;
  /** What is read of it. */
  readonly query: HistoryQuery;
  /** Whether CSV is written. */
  readonly isCsv: boolean;
}

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
  readonly rigs: readonly ConfiguredRig[];
  /** Whether rigs are looked for by multicast while serving. */
  readonly discover: boolean;
  /** How many simulated rigs to start; 0: none. */
  readonly demoRigs: number;
  /**
   * Milliseconds from a request's arrival to a rig's reply. Default 5,000; for
   * sub-commands, which ask rigs or a gateway themselves, 2,000.
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
  /** Limits of trouble that differ from those of the table. */
  readonly trouble: TroubleSettings;
  /** How requests are logged. */
  readonly log: LogFormat;
  /** The file of `--config`; absent: none. */
  readonly configFile?: string;
  /** Who is told of trouble. */
  readonly notify: readonly NotifyUrl[];
  /** Where people open the gateway; absent: not known. */
  readonly publicUrl?: string;
  /** The file of the past; absent: it is in memory. */
  readonly historyFile?: string;
  /** For `history`: what is read, of which file, and how it is written. */
  readonly history?: HistoryQuestion;
  /** For `scan`: whom to ask, each address once; at most 65,536. */
  readonly scanAddresses: readonly string[];
  /** For `scan`: the port to ask. */
  readonly scanPort: number;
  /** For `discover` and `scan`: whether to print JSON. */
  readonly isJson: boolean;
  /** For `health`: what to ask. */
  readonly health?: HealthPage;
  /** For `home-assistant`: whether there are actions, which change rigs. */
  readonly hasActions?: boolean;
  /** For `completions`: the shell. */
  readonly shell?: Shell;
}

type ReadVariable = (name: string) => string | undefined;

/** How long those who are asked may take, where a sub-command asks. */
const SUBCOMMAND_TIMEOUT_MS = 2000;

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
  // `chi-server help` is what people type as well.
  const shown = (["help", "version"] as const).find((flag) =>
    settings.has(flag) || words.length === 1 && words[0] === flag
  );
  if (shown !== undefined) return toConfig(shown, settings, noVariable);
  const subcommand = findSubcommand(words);
  if (subcommand !== undefined) {
    const flags = { settings, words: words.slice(1) };
    return readSubcommand(subcommand, flags, readVariable, readText);
  }
  refuseOperands(words);
  addVariables(settings, readVariable);
  refuseSubcommandOptions(settings);
  const file = readFile(settings, readText);
  if (file !== undefined) addFileSettings(settings, file, readVariable);
  return {
    ...toConfig("serve", settings, readVariable, file?.rigs, runningDemoRigs),
    ...(file === undefined
      ? {}
      : { configFile: file.path, trouble: file.trouble }),
  };
}

function refuseSubcommandOptions(settings: ReadonlyMap<string, Setting>): void {
  for (const option of OPTIONS.filter(isOfSubcommands)) {
    const setting = settings.get(option.flag);
    if (setting === undefined) continue;
    const names = SUBCOMMANDS.filter(({ flags }) => flags.includes(option.flag))
      .map(({ name }) => name);
    throw new ConfigError(
      `${setting.source} goes with ${names.join(" and ")} only`,
    );
  }
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
  const tls = readTlsFiles(settings);
  const demoRigs = readOption(settings, "demo") ?? 0;
  const httpHost = readOption(settings, "http-host");
  const historyFile = readOption(settings, "history");
  const publicUrl = readOption(settings, "public-url");
  const isServed = action === "home-assistant" ||
    findSubcommand([action]) === undefined;
  return {
    action,
    httpPort: readOption(settings, "http-port") ?? getFallback("http-port"),
    ...(httpHost === undefined ? {} : { httpHost }),
    rigs: isServed
      ? readRigs(settings, fileRigs, runningDemoRigs ?? demoRigs)
      : [],
    discover: readOption(settings, "discover") ?? false,
    demoRigs,
    timeoutMs: readOption(settings, "timeout") ??
      (isServed ? getFallback("timeout") : SUBCOMMAND_TIMEOUT_MS),
    maxReplyBytes: readOption(settings, "max-reply") ??
      getFallback("max-reply"),
    httpErrors: readOption(settings, "http-errors") ?? false,
    access: readAccess(settings, readVariable),
    ...(tls === undefined ? {} : { tls }),
    ...(historyFile === undefined ? {} : { historyFile }),
    notify: readOptions(settings, "notify"),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    trouble: { limits: {}, tags: {} },
    log: readOption(settings, "log") ?? getFallback("log"),
    scanAddresses: [],
    scanPort: readOption(settings, "api-port") ?? getFallback("api-port"),
    isJson: readOption(settings, "json") ?? false,
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
  // The token has two options, and either counts before those of the file.
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
  if (name === "notify") {
    refuseOperands(words);
    return readNotify(settings, flags, readVariable, readText);
  }
  if (name === "history") {
    refuseOperands(words);
    const history = readHistoryQuestion(settings);
    return { ...toConfig(name, settings, noVariable), history };
  }
  if (name === "home-assistant") {
    refuseOperands(words);
    return readHomeAssistant(settings, readVariable, readText);
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

/** The targets are those of serving, wherever they were given. */
function readNotify(
  settings: Map<string, Setting>,
  flags: readonly string[],
  readVariable: ReadVariable,
  readText: ReadText,
): Config {
  if (!settings.has("test")) {
    throw new ConfigError("notify: give --test, to send a test message");
  }
  const served = flags.filter((flag) => flag !== "timeout");
  addVariables(settings, readVariable, served);
  const file = readFile(settings, readText);
  for (const [flag, setting] of file?.settings ?? []) {
    if (served.includes(flag) && !settings.has(flag)) {
      settings.set(flag, setting);
    }
  }
  const config = toConfig("notify", settings, noVariable);
  if (config.notify.length > 0) return config;
  throw new ConfigError(
    "notify: no target is configured: give one by --notify, or by --config",
  );
}

/** Whatever the gateway is started with. */
function readHomeAssistant(
  settings: Map<string, Setting>,
  readVariable: ReadVariable,
  readText: ReadText,
): Config {
  addVariables(settings, readVariable);
  const file = readFile(settings, readText);
  if (file !== undefined) addFileSettings(settings, file, readVariable);
  const hasActions = readOption(settings, "actions") ?? false;
  const config = toConfig(
    "home-assistant",
    settings,
    readVariable,
    file?.rigs,
  );
  if (config.httpPort > 0 || config.publicUrl !== undefined) {
    return { ...config, hasActions };
  }
  throw new ConfigError(
    "home-assistant: port 0 is any free one: give the gateway's address by " +
      "--public-url",
  );
}

function readHistoryQuestion(
  settings: ReadonlyMap<string, Setting>,
): HistoryQuestion {
  const file = readOption(settings, "file");
  if (file === undefined) {
    throw new ConfigError("history: no file: give that of --history by --file");
  }
  const rig = settings.get("rig")?.texts.at(-1);
  const tag = readOption(settings, "tag");
  if (rig !== undefined && tag !== undefined) {
    throw new ConfigError("history: --rig and --tag do not go together");
  }
  const query = {
    ...(rig === undefined ? {} : { rig }),
    ...(tag === undefined ? {} : { tag }),
    fromS: readOption(settings, "from"),
    toS: readOption(settings, "to"),
    stepS: readOption(settings, "step"),
  };
  if (query.fromS !== undefined && query.fromS >= (query.toS ?? Infinity)) {
    throw new ConfigError("history: --from is not before --to");
  }
  return { file, query, isCsv: readOption(settings, "csv") ?? false };
}

const noVariable: ReadVariable = () => undefined;

function refuseFile(): never {
  throw new Error("files are not read here");
}
