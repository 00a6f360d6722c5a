/**
 * `chi-server --help`, made from the tables of options and sub-commands. Pure.
 *
 * @module
 */

import {
  describeOption,
  listUsage,
  type Option,
  OPTIONS,
  SUBCOMMANDS,
} from "./config/options.ts";

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
    "Every option for serving but -h and -V can be set in the environment as well:",
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
