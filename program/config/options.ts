/**
 * The table of options: one row a flag. It says how the flag is written, what
 * kind of value it takes, its default, its help, and whether a reload can
 * change it; and the table of sub-commands. The command line, `--help`, the
 * configuration file's schema, completions, the manual and the docs are made
 * from them. Pure.
 *
 * @module
 */

import {
  DEFAULT_ALLOW,
  parseGroups,
} from "../../gateway/access/access_list.ts";
import { parseNetwork } from "../../gateway/access/ip_address.ts";
import type { LogFormat } from "../../gateway/http/log.ts";
import { parseStep, parseTime } from "../../gateway/watch/history.ts";
import {
  type NotifyUrl,
  parseNotifyUrl,
} from "../../gateway/watch/notify_target.ts";
import { API_PORT, quoteText } from "../../rpc/errors.ts";
import {
  API_PORT_KIND,
  FILE_NAME,
  HOST,
  type Kind,
  oneOf,
  readValue,
  type Setting,
  SWITCH,
  textKind,
  wholeNumber,
} from "./setting.ts";

/** What the table says of an option. */
interface OptionRow<Value> {
  /** The short flag, one letter. */
  readonly short?: string;
  /** What stands for the value in help; absent: the flag takes none. */
  readonly value?: string;
  /** Whether the value may be left out. */
  readonly isValueOptional?: boolean;
  /** Whether it may be given several times. */
  readonly isRepeatable?: boolean;
  /** Whether it goes on the command line only: no variable, not in the file. */
  readonly isCommandLineOnly?: boolean;
  /** What it takes. */
  readonly kind: Kind<Value>;
  /** The default, as it would be written. */
  readonly fallback?: string;
  /** The default as help shows it, where that is not `fallback`. */
  readonly defaultText?: string;
  /**
   * For an option that a reload cannot change: its member of the configuration.
   * A reload that finds another value there says that it needs a restart. Absent:
   * a reload changes it.
   */
  readonly fixed?:
    | "httpPort"
    | "httpHost"
    | "tls"
    | "demoRigs"
    | "discover"
    | "historyFile";
  /** What a form would call it. */
  readonly title?: string;
  /** What a file may hold, for editors. */
  readonly examples?: readonly unknown[];
  /** What it does. */
  readonly help: string;
}

/** One option of the program. */
export interface Option extends OptionRow<unknown> {
  /** The flag without its dashes. */
  readonly flag: string;
}

const MAX_DEMO_RIGS = 1000;
const MAX_TIMEOUT_S = 3600;

const SECONDS: Kind<number> = {
  schema: {
    type: ["number", "string"],
    exclusiveMinimum: 0,
    maximum: MAX_TIMEOUT_S,
    pattern: "^[0-9]+(\\.[0-9]+)?$",
  },
  errorMessage:
    `is no time: give seconds, more than 0 and at most ${MAX_TIMEOUT_S}`,
  parse(text) {
    const seconds = /^[0-9]+(?:\.[0-9]+)?$/.test(text) ? Number(text) : NaN;
    if (!(seconds > 0 && seconds <= MAX_TIMEOUT_S)) return undefined;
    return Math.max(1, Math.round(seconds * 1000));
  },
};

const TIME: Kind<number> = {
  schema: { type: ["number", "string"] },
  errorMessage:
    "is no time: give ISO 8601, such as 2026-12-01T06:00:00Z, or Unix seconds",
  parse: parseTime,
};

const STEP: Kind<number> = {
  schema: { type: ["integer", "string"] },
  errorMessage: "is no step: give whole seconds, such as 900",
  parse: parseStep,
};

const DEMO_RIGS: Kind<number> = {
  ...wholeNumber("a number of rigs", 0, MAX_DEMO_RIGS),
  schema: {
    type: ["integer", "boolean", "string"],
    minimum: 0,
    maximum: MAX_DEMO_RIGS,
    pattern: "^([0-9]+|true|false)$",
  },
  parse(text) {
    if (text === "" || text === "true") return 3;
    if (text === "false") return 0;
    return wholeNumber("", 0, MAX_DEMO_RIGS).parse(text);
  },
};

/** More than that of one rig is no reply, and would fill the memory. */
const MAX_REPLY_KIB = 65_536;

const KIB = wholeNumber("a length in KiB", 1, MAX_REPLY_KIB);

/** A length in KiB, read to bytes. */
const REPLY_KIB: Kind<number> = {
  ...KIB,
  parse(text) {
    const kib = KIB.parse(text);
    return kib === undefined ? undefined : kib * 1024;
  },
};

const HOST_NAME = textKind(
  "is no host name: give text such as miner.example.com",
  (text) => {
    const name = text.toLowerCase().replace(/\.$/, "");
    if (/^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(name)) return name;
    throw new TypeError(
      `${
        quoteText(text)
      } is no host name: give a name without port, such as miner.example.com`,
    );
  },
);

const ORIGIN = textKind(
  "is no origin: give text such as https://farm.example.com",
  (text) => {
    if (text === "*") return text;
    const origin = URL.canParse(text) ? new URL(text).origin : "null";
    if (/^https?:/.test(origin) && origin === text) return origin;
    throw new TypeError(
      `${
        quoteText(text)
      } is no origin: give scheme, host and port alone, such as https://farm.example.com`,
    );
  },
);

/** A target of messages. Its URL is a secret: no error shows it. */
const NOTIFY_URL: Kind<NotifyUrl> = textKind(
  "is no target of messages: give text such as https://hooks.example.com/x",
  (text) => {
    const target = parseNotifyUrl(text);
    if (target !== undefined) return target;
    throw new TypeError(
      "this is no target of messages (it is not shown, as it may hold a " +
        "secret): give text such as https://hooks.example.com/x, " +
        "ntfy+https://ntfy.sh/TOPIC or alertmanager+http://HOST:9093",
    );
  },
);

const PUBLIC_URL = textKind(
  "is no address of a page: give text such as https://farm.example.com/",
  (text) => {
    if (URL.canParse(text) && /^https?:\/\/[^\s@]+$/.test(text)) {
      return new URL(text).href;
    }
    return undefined;
  },
);

/** All options, in the order of `--help`. */
const ROWS = {
  "http-port": {
    short: "w",
    value: "PORT",
    kind: wholeNumber("a port", 0, 65535),
    fallback: "8080",
    fixed: "httpPort",
    title: "HTTP port",
    help: "Serve HTTP on this port; 0 takes any free one",
  },
  "http-host": {
    value: "ADDRESS",
    kind: HOST,
    defaultText: "all interfaces; on Windows IPv4 only",
    fixed: "httpHost",
    title: "HTTP address",
    examples: ["127.0.0.1"],
    help: "Serve HTTP on this address only",
  },
  "api-host": {
    short: "a",
    value: "HOST",
    kind: HOST,
    fallback: "127.0.0.1",
    title: "Default rig's host",
    help: "Where the default rig's API listens",
  },
  "api-port": {
    short: "p",
    value: "PORT",
    kind: API_PORT_KIND,
    fallback: String(API_PORT),
    title: "Default rig's port",
    help: "The port of the default rig's API",
  },
  rig: {
    value: "NAME=HOST[:PORT]",
    isRepeatable: true,
    kind: textKind(
      "is no rig: give text such as NAME=HOST, NAME=HOST:PORT or 10.0.0.10-40",
      (text) => text,
    ),
    title: "Rigs, as --rig takes them",
    examples: ["garage=10.0.0.7", ["garage=10.0.0.7", "10.0.0.10-40"]],
    help: "A rig by name, served at /@NAME/, or a range of rigs " +
      "(10.0.0.10-40, 10.0.0.0/24), named by address; without -a and -p the " +
      "first is the default rig",
  },
  config: {
    value: "FILE",
    kind: FILE_NAME,
    help: "Options and rigs from this JSON file, read again on SIGHUP",
  },
  discover: {
    kind: SWITCH,
    fixed: "discover",
    title: "Discovery",
    help: "Find rigs by cgminer's multicast, and again every minute",
  },
  timeout: {
    value: "SECONDS",
    kind: SECONDS,
    fallback: "5",
    title: "Deadline in seconds",
    help: "How long a rig may take, from the request's arrival to its reply",
  },
  "max-reply": {
    value: "KIB",
    kind: REPLY_KIB,
    fallback: "2048",
    title: "Longest reply in KiB",
    help: "The longest reply that a rig may send, in KiB",
  },
  allow: {
    value: "LIST",
    // Its letters are those of --groups: access_config.ts reads it.
    kind: textKind(
      "is no list of addresses: give text such as W:127/8,R:0/0",
      (text) => text,
    ),
    fallback: DEFAULT_ALLOW,
    title: "Access by address",
    help: "Who may read (R) and write (W), by address, as cgminer's " +
      "--api-allow; first match wins",
  },
  groups: {
    value: "LIST",
    kind: textKind(
      "is no list of groups: give text such as P:switchpool:*",
      parseGroups,
    ),
    title: "Groups of commands",
    examples: ["P:switchpool:enablepool:*"],
    help: "Groups of commands for --allow, as cgminer's --api-groups: " +
      "P:switchpool:enablepool:*",
  },
  "token-file": {
    value: "FILE",
    kind: FILE_NAME,
    title: "File of the token",
    help: "Whoever brings the token in this file may write, from anywhere; " +
      "or set CHI_TOKEN",
  },
  "token-for-reads": {
    kind: SWITCH,
    title: "Token for reads",
    help: "All who may not write by address need the token to read as well",
  },
  "allow-host": {
    value: "NAME",
    isRepeatable: true,
    kind: HOST_NAME,
    title: "Host names",
    examples: ["miner.example.com"],
    help: "A name by which browsers may ask for this gateway",
  },
  cors: {
    value: "ORIGIN",
    isRepeatable: true,
    kind: ORIGIN,
    title: "Origins",
    examples: ["https://farm.example.com"],
    help: "An origin whose pages may ask; * lets all pages read",
  },
  history: {
    value: "FILE",
    kind: FILE_NAME,
    fixed: "historyFile",
    title: "File of the past",
    help: "Keep three years of what rigs did in this file; without it six " +
      "hours, in memory",
  },
  notify: {
    value: "URL",
    isRepeatable: true,
    kind: NOTIFY_URL,
    title: "Targets of messages",
    examples: ["https://hooks.example.com/x", "ntfy+https://ntfy.sh/TOPIC"],
    help: "Tell of trouble there: a web hook (https://...), ntfy " +
      "(ntfy+https://HOST/TOPIC) or Alertmanager (alertmanager+http://HOST:9093)",
  },
  "public-url": {
    value: "URL",
    kind: PUBLIC_URL,
    title: "Address of this page",
    examples: ["https://farm.example.com/"],
    help: "Where people open this gateway, for the link in messages",
  },
  "trust-proxy": {
    value: "NETWORK",
    isRepeatable: true,
    kind: textKind(
      "is no network: give text such as 10.0.0.0/8",
      parseNetwork,
    ),
    title: "Proxies",
    examples: ["127.0.0.1"],
    help: "Proxies whose X-Forwarded-For or Forwarded says who the client is",
  },
  "tls-cert": {
    value: "FILE",
    kind: FILE_NAME,
    fixed: "tls",
    title: "Certificate",
    help: "Serve HTTPS with this certificate chain (PEM)",
  },
  "tls-key": {
    value: "FILE",
    kind: FILE_NAME,
    title: "Certificate's key",
    help: "Its private key (PEM)",
  },
  "http-errors": {
    kind: SWITCH,
    title: "Rigs' errors as HTTP status",
    help: "Tell a rig's own errors by the HTTP status too: 422, 403, 404",
  },
  log: {
    value: "text|json|off",
    kind: oneOf<LogFormat>(
      "is no log format: give text, json or off",
      ["text", "json", "off"],
    ),
    fallback: "text",
    title: "Log of requests",
    help: "How requests are logged on stdout",
  },
  demo: {
    value: "N",
    isValueOptional: true,
    kind: DEMO_RIGS,
    fallback: "0",
    defaultText: "3 if N is left out",
    fixed: "demoRigs",
    title: "Simulated rigs",
    help: "Start N simulated rigs in this process and serve them; 0: none",
  },
  json: {
    isCommandLineOnly: true,
    kind: SWITCH,
    help: "With discover and scan: print JSON",
  },
  file: {
    value: "FILE",
    isCommandLineOnly: true,
    kind: FILE_NAME,
    help: "With history: the file of --history, also while a gateway writes it",
  },
  tag: {
    value: "KEY:VALUE",
    isCommandLineOnly: true,
    kind: textKind(
      "is no tag: give text such as site:barn",
      (text) => /^[^:]+:./.test(text) ? text : undefined,
    ),
    help: "With history: the rigs of this tag together",
  },
  from: {
    value: "TIME",
    isCommandLineOnly: true,
    kind: TIME,
    help: "With history: from this time on, in ISO 8601 or Unix seconds " +
      "(six hours ago)",
  },
  to: {
    value: "TIME",
    isCommandLineOnly: true,
    kind: TIME,
    help: "With history: until this time (now)",
  },
  step: {
    value: "SECONDS",
    isCommandLineOnly: true,
    kind: STEP,
    help: "With history: from one point to the next (the least there is)",
  },
  csv: {
    isCommandLineOnly: true,
    kind: SWITCH,
    help: "With history: print CSV instead of JSON",
  },
  actions: {
    isCommandLineOnly: true,
    kind: SWITCH,
    help: "With home-assistant: actions too, which change rigs",
  },
  test: {
    isCommandLineOnly: true,
    kind: SWITCH,
    help: "With notify: send a test message",
  },
  help: {
    short: "h",
    isCommandLineOnly: true,
    kind: SWITCH,
    help: "Show this help",
  },
  version: {
    short: "V",
    isCommandLineOnly: true,
    kind: SWITCH,
    help: "Show the version",
  },
} as const satisfies Record<string, OptionRow<unknown>>;

/** A flag without its dashes. */
export type Flag = keyof typeof ROWS;

/** What the value of a flag is read to. */
export type ValueOf<F extends Flag> = typeof ROWS[F]["kind"] extends
  Kind<infer Value> ? Value : never;

/** All options, in the order of `--help`. */
export const OPTIONS: readonly Option[] = Object.entries(ROWS).map(
  ([flag, row]: [string, OptionRow<unknown>]) => ({
    ...row,
    flag,
    ...(row.defaultText === undefined && row.fallback !== undefined
      ? { defaultText: row.fallback }
      : {}),
  }),
);

/** What was given for the options, by flag. */
export type Settings = ReadonlyMap<string, Setting>;

/**
 * Reads what was given for an option; of several values the last.
 *
 * @param settings What was given.
 * @param flag The option.
 * @returns Its value; undefined if none was given.
 * @throws {ConfigError} If it is wrong.
 */
export function readOption<F extends Flag>(
  settings: Settings,
  flag: F,
): ValueOf<F> | undefined {
  const setting = settings.get(flag);
  const text = setting?.texts.at(-1);
  if (setting === undefined || text === undefined) return undefined;
  return readValue(ROWS[flag].kind as Kind<ValueOf<F>>, text, setting.source);
}

/**
 * Reads all values that were given for an option.
 *
 * @param settings What was given.
 * @param flag The option.
 * @returns Its values, in order.
 * @throws {ConfigError} For the first that is wrong.
 */
export function readOptions<F extends Flag>(
  settings: Settings,
  flag: F,
): ValueOf<F>[] {
  const { source = "", texts = [], sources = [] } = settings.get(flag) ?? {};
  const kind = ROWS[flag].kind as Kind<ValueOf<F>>;
  return texts.map((text, index) =>
    readValue(kind, text, sources[index] ?? source)
  );
}

/**
 * The default of an option that has one.
 *
 * @param flag The option.
 * @returns Its value.
 */
export function getFallback<
  F extends {
    [G in Flag]: typeof ROWS[G] extends { fallback: string } ? G : never;
  }[Flag],
>(flag: F): ValueOf<F> {
  const { kind, fallback } = ROWS[flag];
  return readValue(kind as Kind<ValueOf<F>>, fallback, flag);
}

/** The shells that `completions` knows. */
export const SHELLS = ["bash", "zsh", "fish", "pwsh"] as const;

/** A shell, by the name of its program. */
export type Shell = typeof SHELLS[number];

/** What the program does instead of serving, by its first word. */
export interface Subcommand {
  /** The word. */
  readonly name:
    | "discover"
    | "scan"
    | "health"
    | "history"
    | "home-assistant"
    | "notify"
    | "completions"
    | "man";
  /** What stands after it in help, before its options. */
  readonly operand?: string;
  /** The options that go with it, by flag. */
  readonly flags: readonly string[];
  /** What stands for a value, where it is another than for serving. */
  readonly values?: Readonly<Record<string, string>>;
  /** What it does. */
  readonly help: string;
}

/** All sub-commands, in the order of `--help`. */
export const SUBCOMMANDS: readonly Subcommand[] = [
  {
    name: "discover",
    flags: ["json", "timeout"],
    help: "lists the rigs that answer cgminer's multicast.",
  },
  {
    name: "scan",
    operand: "RANGE...",
    flags: ["api-port", "json", "timeout"],
    help: "lists the rigs among these addresses, such as 10.0.0.0/24.",
  },
  {
    name: "health",
    operand: "[URL]",
    flags: ["http-port", "http-host", "config", "tls-cert", "timeout"],
    help: "asks the gateway that runs here with these options, or the one at " +
      "URL: exit status 0 if it answers, 1 and a line that says why if not.",
  },
  {
    name: "history",
    flags: ["file", "rig", "tag", "from", "to", "step", "csv"],
    values: { rig: "NAME" },
    help: "writes what a rig did, those of a tag, or all together, from the " +
      "file of --history, as /-/history does.",
  },
  {
    name: "notify",
    flags: ["test", "notify", "public-url", "config", "timeout"],
    help:
      "with --test, sends a test message to each target of --notify, or of " +
      "the file of --config, and shows what came back.",
  },
  {
    name: "home-assistant",
    flags: [
      ...["config", "rig", "api-host", "api-port", "demo", "http-port"],
      ...["http-host", "public-url", "token-file", "token-for-reads"],
      "actions",
    ],
    help: "writes a package for Home Assistant with sensors for the rigs of " +
      "these options; it asks each rig once, to know in what unit it hashes.",
  },
  {
    name: "completions",
    operand: SHELLS.join("|"),
    flags: [],
    help: "writes the script by which that shell completes all of this.",
  },
  {
    name: "man",
    flags: [],
    help: "writes the manual page: chi-server man | man -l -",
  },
];

/**
 * Lists the options that a configuration file may set.
 *
 * @returns All but those of the command line, and but the file itself.
 */
export function listFileOptions(): Option[] {
  return OPTIONS.filter(({ flag, isCommandLineOnly }) =>
    !isCommandLineOnly && flag !== "config"
  );
}

/**
 * Whether an option goes with sub-commands only.
 *
 * @param option The option.
 * @returns True for one of the command line that a sub-command has.
 */
export function isOfSubcommands({ flag, isCommandLineOnly }: Option): boolean {
  return isCommandLineOnly === true &&
    SUBCOMMANDS.some(({ flags }) => flags.includes(flag));
}

/**
 * Names an option's environment variable: `http-port` → `CHI_HTTP_PORT`.
 *
 * @param option The option.
 * @returns The variable's name.
 */
export function toVariable(option: Pick<Option, "flag">): string {
  return "CHI_" + option.flag.toUpperCase().replaceAll("-", "_");
}

/**
 * Writes how a sub-command is called.
 *
 * @param subcommand The sub-command.
 * @returns Its words: its name, what stands after it, its options in brackets.
 */
export function listUsage(
  { name, operand, flags, values }: Subcommand,
): readonly string[] {
  const options = OPTIONS.filter(({ flag }) => flags.includes(flag))
    .toSorted((a, b) => flags.indexOf(a.flag) - flags.indexOf(b.flag));
  return [
    name,
    ...(operand === undefined ? [] : [operand]),
    ...options.map(({ flag, short, ...option }) => {
      const value = values?.[flag] ?? option.value;
      const dashes = short === undefined ? `--${flag}` : `-${short}`;
      return value === undefined ? `[${dashes}]` : `[${dashes} ${value}]`;
    }),
  ];
}

/**
 * Says what an option does, whether it may be repeated, and its default.
 *
 * @param option The option.
 * @returns One clause, without a full stop.
 */
export function describeOption(
  { help, defaultText, isRepeatable }: Pick<
    Option,
    "help" | "defaultText" | "isRepeatable"
  >,
): string {
  return help +
    (isRepeatable ? "; may be given several times" : "") +
    (defaultText === undefined ? "" : ` (default: ${defaultText})`);
}
