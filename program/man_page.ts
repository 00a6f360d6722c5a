/**
 * `chi-server man`: the manual page, in the macros of man(7), made from the
 * table of options. Pure.
 *
 * @module
 */

import {
  describeOption,
  listUsage,
  type Option,
  OPTIONS,
  SUBCOMMANDS,
  toVariable,
} from "./config/options.ts";

/** The day on which the words below, or the table, last changed. */
const DATE = "2026-12-01";

const DESCRIPTION = [
  "chi-server puts the CGMiner RPC API of mining rigs (JSON over a raw TCP " +
  "socket: cgminer, bfgminer, sgminer, Antminer, Braiins OS, LuxOS, " +
  "WhatsMiner, Avalon and others) on HTTP. GET /summary asks the default rig, " +
  "GET /@NAME/summary another one, GET /@all/summary all of them; / shows " +
  "browsers a dashboard. Every reply is valid JSON, every failure says what it " +
  "is, and a rig never sees more than one connection.",
  "Without options it serves the rig at 127.0.0.1:4028 on port 8080. Anyone " +
  "who reaches that port may read; only this machine itself may write.",
];

const EXIT_STATUSES: readonly (readonly [status: string, text: string])[] = [
  ["0", "It was told to stop, or did what a sub-command is for."],
  [
    "1",
    "It cannot listen; no rig was found; the gateway that health asks is not " +
    "well; or a second signal ended it at once.",
  ],
  ["2", "An option, a value or a file is wrong: one line on stderr says how."],
  ["130", "discover or scan was stopped by SIGINT."],
];

const SIGNALS: readonly (readonly [signal: string, text: string])[] = [
  [
    "SIGHUP",
    "Reads configuration, token and certificate again. What is wrong is " +
    "refused, and what was read before stays.",
  ],
  [
    "SIGINT, SIGTERM",
    "Accepts no more, finishes what runs within --timeout, and ends. A second " +
    "one ends it at once.",
  ],
];

const EXAMPLES: readonly (readonly [command: string, text: string])[] = [
  ["chi-server --demo", "Three simulated rigs, with no miner at hand."],
  [
    "chi-server --rig garage=10.0.0.7 --rig 10.0.0.10-40",
    "A rig by name, and 31 by their addresses.",
  ],
  [
    "chi-server --config /etc/chi-server.json",
    "Options and rigs from a file.",
  ],
  [
    "chi-server scan 10.0.0.0/24 --json",
    "Which rigs are there, for a program to read.",
  ],
  ["curl http://localhost:8080/@garage/summary", "What a rig says."],
];

/**
 * Writes the manual page.
 *
 * @param version The program's version.
 * @returns Its source, without its last newline.
 */
export function formatManPage(version: string): string {
  return [
    `.TH CHI\\-SERVER 1 ${DATE} "chi\\-server ${version}" "User Commands"`,
    // Options are not to be parted at their dashes.
    ".nh",
    ".ad l",
    ".SH NAME",
    "chi\\-server \\- the CGMiner RPC API of mining rigs, over HTTP",
    ".SH SYNOPSIS",
    ...formatSynopsis(),
    ".SH DESCRIPTION",
    DESCRIPTION.map(formatText).join("\n.PP\n"),
    ".SH OPTIONS",
    ...OPTIONS.flatMap(formatOption),
    ".SH COMMANDS",
    ...SUBCOMMANDS.flatMap((subcommand) =>
      formatItem(
        formatWords(listUsage(subcommand)),
        `${capitalize(subcommand.help)}`,
      )
    ),
    ".SH ENVIRONMENT",
    formatText(
      "Every option for serving but --help and --version can be set by the " +
        "variable that it names. A flag goes before a variable, a variable " +
        "before the file of --config. An empty variable does not count; " +
        "several values are parted by spaces or commas.",
    ),
    ...formatItem(
      "\\fBCHI_TOKEN\\fR",
      "The token itself, in place of a file that holds it.",
    ),
    ".SH SIGNALS",
    ...SIGNALS.flatMap(([signal, text]) =>
      formatItem(`\\fB${signal}\\fR`, text)
    ),
    ".SH EXIT STATUS",
    ...EXIT_STATUSES.flatMap(([status, text]) =>
      formatItem(`\\fB${status}\\fR`, text)
    ),
    ".SH EXAMPLES",
    ...EXAMPLES.flatMap(([command, text]) =>
      formatItem(`\\fB${escapeText(command)}\\fR`, text)
    ),
    ".SH SEE ALSO",
    "\\fBcgminer\\fR(1),",
    "\\fBcurl\\fR(1)",
  ].join("\n");
}

function formatSynopsis(): string[] {
  const lines = [["[options]"], ...SUBCOMMANDS.map(listUsage)].map((words) =>
    `\\fBchi\\-server\\fR ${formatWords(words)}`
  );
  return [lines.join("\n.br\n")];
}

/** What stands for something else in italics, the rest in bold. */
function formatWords(words: readonly string[]): string {
  return words.map((word) => {
    const isBold = /^[a-z-]+$/.test(word) || word.includes("|");
    const text = escapeText(word);
    if (isBold) return `\\fB${text}\\fR`;
    const option = /^\[(-\S+)(?: (\S+))?\]$/.exec(word);
    if (option === null) {
      return text.replace(/[A-Z]+/, "\\fI$&\\fR");
    }
    const [, dashes = "", value] = option;
    return `[\\fB${escapeText(dashes)}\\fR` +
      (value === undefined ? "]" : `\\ \\fI${escapeText(value)}\\fR]`);
  }).join(" ");
}

function formatOption(option: Option): string[] {
  const { flag, short, value, isValueOptional, isCommandLineOnly } = option;
  const names = (short === undefined ? [] : [`-${short}`]).concat(`--${flag}`)
    .map((name) => `\\fB${escapeText(name)}\\fR`).join(", ");
  const placeholder = value === undefined
    ? ""
    : isValueOptional
    ? ` [\\fI${escapeText(value)}\\fR]`
    : ` \\fI${escapeText(value)}\\fR`;
  const variable = isCommandLineOnly ? "" : ` Variable: ${toVariable(option)}.`;
  return formatItem(
    names + placeholder,
    `${describeOption(option)}.${variable}`,
  );
}

function formatItem(head: string, text: string): string[] {
  return [".TP", head, formatText(text)];
}

/** The columns that a line of source takes. */
const WIDTH = 78;

/** Words in lines that start with no command of roff. */
function formatText(text: string): string {
  const lines = [""];
  for (const word of text.split(" ").map(escapeText)) {
    const line = lines.at(-1) ?? "";
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines.join("\n");
}

/** No character of it is a command of roff. */
function escapeText(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-")
    .replace(/^[.']/, "\\&$&");
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
