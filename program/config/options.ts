/**
 * The table of options: one row a flag, with its environment variable, its
 * default and its help; and that of the sub-commands. The command line,
 * `--help`, the configuration file's schema and the docs are made from them.
 * Pure.
 *
 * @example
 * ```ts
 * import { formatHelp, OPTIONS } from "./options.ts";
 *
 * console.log(OPTIONS.length, "options");
 * console.log(formatHelp("0.1.0"));
 * ```
 *
 * @module
 */

/** One option of the program. */
export interface Option {
  /** The flag without its dashes. */
  readonly flag: string;
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
  /** The default, as help shows it. */
  readonly defaultText?: string;
  /** What it does. */
  readonly help: string;
}

/** All options, in the order of `--help`. */
export const OPTIONS: readonly Option[] = [
  {
    flag: "http-port",
    short: "w",
    value: "PORT",
    defaultText: "8080",
    help: "Serve HTTP on this port; 0 takes any free one",
  },
  {
    flag: "http-host",
    value: "ADDRESS",
    defaultText: "all interfaces",
    help: "Serve HTTP on this address only",
  },
  {
    flag: "api-host",
    short: "a",
    value: "HOST",
    defaultText: "127.0.0.1",
    help: "Where the default rig's API listens",
  },
  {
    flag: "api-port",
    short: "p",
    value: "PORT",
    defaultText: "4028",
    help: "The port of the default rig's API",
  },
  {
    flag: "rig",
    value: "NAME=HOST[:PORT]",
    isRepeatable: true,
    help: "A rig by name, served at /@NAME/, or a range of rigs " +
      "(10.0.0.10-40, 10.0.0.0/24), named by address; without -a and -p the " +
      "first is the default rig",
  },
  {
    flag: "config",
    value: "FILE",
    help: "Options and rigs from this JSON file, read again on SIGHUP",
  },
  {
    flag: "discover",
    help: "Find rigs by cgminer's multicast, and again every minute",
  },
  {
    flag: "timeout",
    value: "SECONDS",
    defaultText: "5",
    help: "How long a rig may take, from the request's arrival to its reply",
  },
  {
    flag: "max-reply",
    value: "KIB",
    defaultText: "2048",
    help: "The longest reply that a rig may send, in KiB",
  },
  {
    flag: "allow",
    value: "LIST",
    defaultText: "W:127/8,W:[::1],R:0/0,R:[::]/0",
    help: "Who may read (R) and write (W), by address, as cgminer's " +
      "--api-allow; first match wins",
  },
  {
    flag: "groups",
    value: "LIST",
    help: "Groups of commands for --allow, as cgminer's --api-groups: " +
      "P:switchpool:enablepool:*",
  },
  {
    flag: "token-file",
    value: "FILE",
    help: "Whoever brings the token in this file may write, from anywhere; " +
      "or set CHI_TOKEN",
  },
  {
    flag: "token-for-reads",
    help: "All who may not write by address need the token to read as well",
  },
  {
    flag: "allow-host",
    value: "NAME",
    isRepeatable: true,
    help: "A name by which browsers may ask for this gateway",
  },
  {
    flag: "cors",
    value: "ORIGIN",
    isRepeatable: true,
    help: "An origin whose pages may ask; * lets all pages read",
  },
  {
    flag: "trust-proxy",
    value: "NETWORK",
    isRepeatable: true,
    help: "Proxies whose X-Forwarded-For or Forwarded says who the client is",
  },
  {
    flag: "tls-cert",
    value: "FILE",
    help: "Serve HTTPS with this certificate chain (PEM)",
  },
  { flag: "tls-key", value: "FILE", help: "Its private key (PEM)" },
  {
    flag: "http-errors",
    help: "Tell a rig's own errors by the HTTP status too: 422, 403, 404",
  },
  {
    flag: "log",
    value: "text|json|off",
    defaultText: "text",
    help: "How requests are logged on stdout",
  },
  {
    flag: "demo",
    value: "N",
    isValueOptional: true,
    defaultText: "3 if N is left out",
    help: "Start N simulated rigs in this process and serve them; 0: none",
  },
  {
    flag: "json",
    isCommandLineOnly: true,
    help: "With discover and scan: print JSON",
  },
  {
    flag: "help",
    short: "h",
    isCommandLineOnly: true,
    help: "Show this help",
  },
  {
    flag: "version",
    short: "V",
    isCommandLineOnly: true,
    help: "Show the version",
  },
];

/** The shells that `completions` knows. */
export const SHELLS = ["bash", "zsh", "fish", "pwsh"] as const;

/** A shell, by the name of its program. */
export type Shell = typeof SHELLS[number];

/** What the program does instead of serving, by its first word. */
export interface Subcommand {
  /** The word. */
  readonly name: "discover" | "scan" | "health" | "completions" | "man";
  /** What stands behind it in help, before its options. */
  readonly operand?: string;
  /** The options that go with it, by flag. */
  readonly flags: readonly string[];
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
 * Names an option's environment variable: `http-port` → `CHI_HTTP_PORT`.
 *
 * @param option The option.
 * @returns The variable's name.
 */
export function toVariable(option: Option): string {
  return "CHI_" + option.flag.toUpperCase().replaceAll("-", "_");
}

/**
 * Writes how a sub-command is called.
 *
 * @param subcommand The sub-command.
 * @returns Its words: its name, what stands behind it, its options in brackets.
 */
export function listUsage(
  { name, operand, flags }: Subcommand,
): readonly string[] {
  const options = OPTIONS.filter(({ flag }) => flags.includes(flag))
    .toSorted((a, b) => flags.indexOf(a.flag) - flags.indexOf(b.flag));
  return [
    name,
    ...(operand === undefined ? [] : [operand]),
    ...options.map(({ flag, short, value }) => {
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
  { help, defaultText, isRepeatable }: Option,
): string {
  return help +
    (isRepeatable ? "; may be given several times" : "") +
    (defaultText === undefined ? "" : ` (default: ${defaultText})`);
}

/**
 * Writes the help.
 *
 * @param version The program's version.
 * @returns The text of `--help`, without its last newline.
 */
export function formatHelp(version: string): string {
  const rows = OPTIONS.map((option) => ({
    flags: formatFlags(option),
    words: describeOption(option).split(" "),
  }));
  const width = Math.max(...rows.map(({ flags }) => flags.length));
  const usage = "       chi-server ";
  return [
    `chi-server ${version}: the CGMiner RPC API of mining rigs, over HTTP`,
    "",
    "Usage: chi-server [options]",
    ...SUBCOMMANDS.map((subcommand) => {
      const { name } = subcommand;
      const words = listUsage(subcommand).slice(1);
      const head = `${usage}${name} `;
      return (head + indentLines(words, head.length)).trimEnd();
    }),
    "",
    ...rows.map(({ flags, words }) =>
      `  ${flags.padEnd(width)}  ${indentLines(words, width + 4)}`
    ),
    "",
    ...SUBCOMMANDS.map(({ name, help }) =>
      indentLines(`${name} ${help}`.split(" "), 2)
    ),
    "",
    "Every option but --json, -h and -V can be set in the environment as well:",
    "CHI_HTTP_PORT for --http-port, and so on; and, but for --config, in the file",
    "of --config. A flag goes before a variable, a variable before the file.",
  ].join("\n");
}

/** The columns that help takes. */
const HELP_WIDTH = 80;

function formatFlags({ flag, short, value, isValueOptional }: Option): string {
  const dashes = short === undefined ? `    --${flag}` : `-${short}, --${flag}`;
  if (value === undefined) return dashes;
  return isValueOptional ? `${dashes} [${value}]` : `${dashes} ${value}`;
}

/** Words in lines that all but the first are indented by spaces. */
function indentLines(words: readonly string[], indent: number): string {
  const width = HELP_WIDTH - indent;
  const lines = [""];
  for (const word of words) {
    const line = lines.at(-1) as string;
    if (line !== "" && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.join("\n" + " ".repeat(indent));
}
