/**
 * Completions for fish. Pure.
 *
 * @example
 * ```ts
 * import { formatFishCompletions } from "./fish.ts";
 *
 * console.log(formatFishCompletions()); // chi-server completions fish | source
 * ```
 *
 * @module
 */

import {
  type Option,
  type Subcommand,
  SUBCOMMANDS,
} from "../config/options.ts";
import {
  describeShortly,
  listCandidates,
  listSubcommandOptions,
  SERVE_OPTIONS,
  SUBCOMMAND_NAMES,
  takesValue,
} from "./candidates.ts";

/**
 * Writes the script.
 *
 * @returns The script, without its last newline.
 */
export function formatFishCompletions(): string {
  const seen = "__fish_seen_subcommand_from";
  const serving = "__chi_server_is_serving";
  return [
    "# Completions of chi-server for fish: chi-server completions fish | source",
    "",
    `function ${serving}`,
    `    not ${seen} ${SUBCOMMAND_NAMES.join(" ")}`,
    "end",
    "",
    "complete -c chi-server -f",
    ...SERVE_OPTIONS.map((option) => formatOption(serving, option)),
    ...SUBCOMMANDS.flatMap((subcommand) => [
      formatWord(serving, subcommand.name, describeShortly(subcommand)),
      ...formatOperands(`${seen} ${subcommand.name}`, subcommand),
      ...listSubcommandOptions(subcommand).map((option) =>
        formatOption(`${seen} ${subcommand.name}`, option)
      ),
    ]),
  ].join("\n");
}

function formatOperands(condition: string, subcommand: Subcommand): string[] {
  return [...listCandidates(subcommand)].map((word) =>
    formatWord(condition, word)
  );
}

function formatWord(condition: string, word: string, help = ""): string {
  const description = help === "" ? "" : ` -d ${quote(help)}`;
  return `complete -c chi-server -n ${quote(condition)} -a ${word}` +
    description;
}

function formatOption(condition: string, option: Option): string {
  const { flag, short } = option;
  const candidates = listCandidates(option);
  return [
    `complete -c chi-server -n ${quote(condition)}`,
    ...(short === undefined ? [] : [`-s ${short}`]),
    `-l ${flag}`,
    // -x: a value and no files; -r -F: a value, which is a file.
    ...(candidates === "files" ? ["-r -F"] : takesValue(option) ? ["-x"] : []),
    ...(candidates === "files" || candidates.length === 0
      ? []
      : [`-a ${quote(candidates.join(" "))}`]),
    `-d ${quote(describeShortly(option))}`,
  ].join(" ");
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
