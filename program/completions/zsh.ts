/**
 * Completions for zsh. Pure.
 *
 * @example
 * ```ts
 * import { formatZshCompletions } from "./zsh.ts";
 *
 * console.log(formatZshCompletions()); // _chi-server in a folder of $fpath
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
  listSpellings,
  listSubcommandOptions,
  SERVE_OPTIONS,
} from "./candidates.ts";

/**
 * Writes the script. It can be sourced, or stand as `_chi-server` in a folder
 * of `$fpath`.
 *
 * @returns The script, without its last newline.
 */
export function formatZshCompletions(): string {
  const serving = [
    ...SERVE_OPTIONS.map(formatOption),
    "'1:sub-command:->subcommand'",
    "'*::argument:->argument'",
  ];
  return `\
#compdef chi-server
# Completions of chi-server for zsh: source <(chi-server completions zsh)

_chi-server() {
  local curcontext="$curcontext" state line
  typeset -A opt_args
  local -a subcommands=(
${SUBCOMMANDS.map(formatDescription).join("\n")}
  )
  _arguments -C ${joinSpecs(serving, 4)}
  case $state in
    subcommand) _describe -t commands sub-command subcommands ;;
    argument)
      case $line[1] in
${SUBCOMMANDS.map(formatSubcommand).join("\n")}
      esac
      ;;
  esac
}

if [[ $funcstack[1] == _chi-server ]]; then
  _chi-server "$@"
else
  compdef _chi-server chi-server
fi`;
}

function formatDescription(subcommand: Subcommand): string {
  const help = describeShortly(subcommand).replaceAll(":", "\\:");
  return `    ${quote(`${subcommand.name}:${help}`)}`;
}

function formatSubcommand(subcommand: Subcommand): string {
  const specs = [
    ...listSubcommandOptions(subcommand).map(formatOption),
    ...formatOperand(subcommand),
  ];
  return `        ${subcommand.name}) _arguments ${joinSpecs(specs, 10)} ;;`;
}

function joinSpecs(specs: readonly string[], indent: number): string {
  return specs.map((spec) => `\\\n${" ".repeat(indent)}${spec}`).join(" ");
}

function formatOperand(subcommand: Subcommand): string[] {
  const { operand } = subcommand;
  if (operand === undefined) return [];
  const candidates = listCandidates(subcommand);
  if (candidates.length > 0) {
    return [quote(`1:shell:(${[...candidates].join(" ")})`)];
  }
  const isRepeated = operand.endsWith("...");
  const name = operand.replace(/[[\]]|\.\.\.$/g, "");
  return [quote(`${isRepeated ? "*" : "1"}:${name}: `)];
}

/** One argument of `_arguments`. */
function formatOption(option: Option): string {
  const { value, isValueOptional, isRepeatable } = option;
  const spellings = listSpellings(option);
  const names = spellings.map((spelling) =>
    spelling + toSuffix(spelling, value)
  );
  const colons = isValueOptional ? "::" : ":";
  const text = `[${escapeSpec(describeShortly(option))}]` +
    (value === undefined
      ? ""
      : `${colons}${escapeSpec(value)}:${toAction(option)}`);
  if (names.length === 1) {
    return quote((isRepeatable ? "*" : "") + names[0] + text);
  }
  const others = isRepeatable ? "*" : `(${spellings.join(" ")})`;
  return `${quote(others)}{${names.join(",")}}${quote(text)}`;
}

/** The value may stand right behind a short flag, and behind "=" of a long one. */
function toSuffix(spelling: string, value: string | undefined): string {
  if (value === undefined) return "";
  return spelling.startsWith("--") ? "=" : "+";
}

function toAction(option: Option): string {
  const candidates = listCandidates(option);
  if (candidates === "files") return "_files";
  return candidates.length === 0 ? " " : `(${candidates.join(" ")})`;
}

function escapeSpec(text: string): string {
  return text.replace(/[[\]:\\]/g, "\\$&");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
