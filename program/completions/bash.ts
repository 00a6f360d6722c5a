/**
 * Completions for bash 3.2 (which macOS has) and later. Pure.
 *
 * @example
 * ```ts
 * import { formatBashCompletions } from "./bash.ts";
 *
 * console.log(formatBashCompletions()); // source <(chi-server completions bash)
 * ```
 *
 * @module
 */

import { type Option, OPTIONS, SUBCOMMANDS } from "../config/options.ts";
import {
  listCandidates,
  listSpellings,
  listSubcommandOptions,
  SERVE_OPTIONS,
  SUBCOMMAND_NAMES,
  takesValue,
} from "./candidates.ts";

/**
 * Writes the script. It goes by its own function and variables alone, and needs
 * no package of completions.
 *
 * @returns The script, without its last newline.
 */
export function formatBashCompletions(): string {
  const valued = OPTIONS.filter(takesValue);
  const withFiles = valued.filter((option) =>
    listCandidates(option) === "files"
  );
  const free = valued.filter((option) => listCandidates(option).length === 0);
  return `\
# Completions of chi-server for bash: source <(chi-server completions bash)

_chi_server_add() {
  local word
  while IFS= read -r word; do
    COMPREPLY+=("$word")
  done < <(compgen "$@" -- "$cur")
}

_chi_server() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev subcommand= index start=$COMP_CWORD
  COMPREPLY=()
  # "=" and ":" are words of their own: what is typed starts some words before.
  while ((start > 1)) && [[ \${COMP_WORDS[start]} == [=:]* ||
    \${COMP_WORDS[start - 1]} == [=:]* ]]; do
    ((start--))
  done
  prev=\${COMP_WORDS[start - 1]}
  if ((start < COMP_CWORD)) && [[ \${COMP_WORDS[start]} == -* ]]; then
    prev=\${COMP_WORDS[start]}
  fi
  [[ $cur == [=:]* ]] && cur=
  for ((index = 1; index < COMP_CWORD; index++)); do
    case \${COMP_WORDS[index]} in
      ${toPattern(valued)})
        ((index++))
        [[ \${COMP_WORDS[index]} == = ]] && ((index++))
        ;;
      ${SUBCOMMAND_NAMES.join(" | ")})
        subcommand=\${COMP_WORDS[index]}
        break
        ;;
    esac
  done
  case $prev in
${valued.flatMap(formatChoices).join("\n")}
    ${toPattern(withFiles)})
      compopt -o default 2>/dev/null || _chi_server_add -f
      return
      ;;
    ${toPattern(free)}) return ;;
  esac
  ((start < COMP_CWORD)) && return
  case $subcommand in
    "") _chi_server_add -W "${
    [...SUBCOMMAND_NAMES, ...toFlags(SERVE_OPTIONS)].join(" ")
  }" ;;
${SUBCOMMANDS.map(formatSubcommand).join("\n")}
  esac
}

complete -F _chi_server chi-server`;
}

function formatSubcommand(subcommand: typeof SUBCOMMANDS[number]): string {
  const candidates = [
    ...listCandidates(subcommand),
    ...toFlags(listSubcommandOptions(subcommand)),
  ];
  return `    ${subcommand.name}) _chi_server_add -W "${
    candidates.join(" ")
  }" ;;`;
}

function formatChoices(option: Option): string[] {
  const candidates = listCandidates(option);
  if (candidates === "files" || candidates.length === 0) return [];
  return [`\
    ${toPattern([option])})
      _chi_server_add -W "${candidates.join(" ")}"
      return
      ;;`];
}

function toPattern(options: readonly Option[]): string {
  return options.flatMap(listSpellings).join(" | ");
}

function toFlags(options: readonly Option[]): string[] {
  return options.map(({ flag }) => `--${flag}`);
}
