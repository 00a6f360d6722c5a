/**
 * `chi-server completions`: the script by which a shell completes options,
 * their values and the sub-commands, made from the one table. What can be
 * completed is said once; then each shell has its own way of writing it. Pure.
 *
 * @module
 */

import {
  isOfSubcommands,
  type Option,
  OPTIONS,
  type Shell,
  type Subcommand,
  SUBCOMMANDS,
} from "./config/options.ts";

/**
 * Writes the script for a shell.
 *
 * @param shell The shell.
 * @returns The script, without its last newline.
 */
export function formatCompletions(shell: Shell): string {
  const formats: Readonly<Record<Shell, () => string>> = {
    bash: formatBashCompletions,
    zsh: formatZshCompletions,
    fish: formatFishCompletions,
    pwsh: formatPwshCompletions,
  };
  return formats[shell]();
}

/** The options of serving. */
export const SERVE_OPTIONS: readonly Option[] = OPTIONS.filter((option) =>
  !isOfSubcommands(option)
);

/** The names of the sub-commands. */
const SUBCOMMAND_NAMES: readonly string[] = SUBCOMMANDS.map(({ name }) => name);

/**
 * Lists the options that go with a sub-command.
 *
 * @param subcommand The sub-command.
 * @returns Its own, in the table's order, and `--help`.
 */
function listSubcommandOptions({ flags }: Subcommand): Option[] {
  return OPTIONS.filter(({ flag }) => flags.includes(flag) || flag === "help");
}

/**
 * Lists what an option's value, or what stands behind a sub-command, can be.
 *
 * @param what Option, or sub-command.
 * @returns `files` if it is a file; each choice, if there are few; nothing, if
 * nobody but the user knows.
 */
export function listCandidates(
  what: { readonly value?: string; readonly operand?: string },
): "files" | readonly string[] {
  const name = what.value ?? what.operand ?? "";
  if (name === "FILE") return "files";
  return name.includes("|") ? name.split("|") : [];
}

/**
 * Whether the word behind a flag is its value, and nothing else.
 *
 * @param option The option.
 * @returns True unless it has no value or may go without.
 */
export function takesValue({ value, isValueOptional }: Option): boolean {
  return value !== undefined && !isValueOptional;
}

/**
 * Shortens an option's help to what fits beside it in a menu.
 *
 * @param option The option.
 * @returns Its first clause.
 */
export function describeShortly({ help }: Pick<Option, "help">): string {
  return help.split("; ", 1)[0]?.replace(/\.$/, "") ?? "";
}

/**
 * Writes every spelling of a flag.
 *
 * @param option The option.
 * @returns `-w` and `--http-port`, or the long one alone.
 */
export function listSpellings({ flag, short }: Option): string[] {
  return short === undefined ? [`--${flag}`] : [`-${short}`, `--${flag}`];
}

/**
 * Writes the script. It goes by its own function and variables alone, and needs
 * no package of completions.
 *
 * @returns The script, without its last newline.
 */
function formatBashCompletions(): string {
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
      ${toBashPattern(valued)})
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
${valued.flatMap(formatBashChoices).join("\n")}
    ${toBashPattern(withFiles)})
      compopt -o default 2>/dev/null || _chi_server_add -f
      return
      ;;
    ${toBashPattern(free)}) return ;;
  esac
  ((start < COMP_CWORD)) && return
  case $subcommand in
    "") _chi_server_add -W "${
    [...SUBCOMMAND_NAMES, ...toBashFlags(SERVE_OPTIONS)].join(" ")
  }" ;;
${SUBCOMMANDS.map(formatBashSubcommand).join("\n")}
  esac
}

complete -F _chi_server chi-server`;
}

function formatBashSubcommand(subcommand: Subcommand): string {
  const candidates = [
    ...listCandidates(subcommand),
    ...toBashFlags(listSubcommandOptions(subcommand)),
  ];
  return `    ${subcommand.name}) _chi_server_add -W "${
    candidates.join(" ")
  }" ;;`;
}

function formatBashChoices(option: Option): string[] {
  const candidates = listCandidates(option);
  if (candidates === "files" || candidates.length === 0) return [];
  return [`\
    ${toBashPattern([option])})
      _chi_server_add -W "${candidates.join(" ")}"
      return
      ;;`];
}

function toBashPattern(options: readonly Option[]): string {
  return options.flatMap(listSpellings).join(" | ");
}

function toBashFlags(options: readonly Option[]): string[] {
  return options.map(({ flag }) => `--${flag}`);
}

/**
 * Writes the script. It can be sourced, or stand as `_chi-server` in a folder
 * of `$fpath`.
 *
 * @returns The script, without its last newline.
 */
function formatZshCompletions(): string {
  const serving = [
    ...SERVE_OPTIONS.map(formatZshOption),
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
${SUBCOMMANDS.map(formatZshDescription).join("\n")}
  )
  _arguments -C ${joinZshSpecs(serving, 4)}
  case $state in
    subcommand) _describe -t commands sub-command subcommands ;;
    argument)
      case $line[1] in
${SUBCOMMANDS.map(formatZshSubcommand).join("\n")}
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

function formatZshDescription(subcommand: Subcommand): string {
  const help = describeShortly(subcommand).replaceAll(":", "\\:");
  return `    ${quoteZshText(`${subcommand.name}:${help}`)}`;
}

function formatZshSubcommand(subcommand: Subcommand): string {
  const specs = [
    ...listSubcommandOptions(subcommand).map(formatZshOption),
    ...formatZshOperand(subcommand),
  ];
  return `        ${subcommand.name}) _arguments ${joinZshSpecs(specs, 10)} ;;`;
}

function joinZshSpecs(specs: readonly string[], indent: number): string {
  return specs.map((spec) => `\\\n${" ".repeat(indent)}${spec}`).join(" ");
}

function formatZshOperand(subcommand: Subcommand): string[] {
  const { operand } = subcommand;
  if (operand === undefined) return [];
  const candidates = listCandidates(subcommand);
  if (candidates.length > 0) {
    return [quoteZshText(`1:shell:(${[...candidates].join(" ")})`)];
  }
  const isRepeated = operand.endsWith("...");
  const name = operand.replace(/[[\]]|\.\.\.$/g, "");
  return [quoteZshText(`${isRepeated ? "*" : "1"}:${name}: `)];
}

/** One argument of `_arguments`. */
function formatZshOption(option: Option): string {
  const { value, isValueOptional, isRepeatable } = option;
  const spellings = listSpellings(option);
  const names = spellings.map((spelling) =>
    spelling + toZshSuffix(spelling, value)
  );
  const colons = isValueOptional ? "::" : ":";
  const text = `[${escapeZshSpec(describeShortly(option))}]` +
    (value === undefined
      ? ""
      : `${colons}${escapeZshSpec(value)}:${toZshAction(option)}`);
  if (names.length === 1) {
    return quoteZshText((isRepeatable ? "*" : "") + names[0] + text);
  }
  const others = isRepeatable ? "*" : `(${spellings.join(" ")})`;
  return `${quoteZshText(others)}{${names.join(",")}}${quoteZshText(text)}`;
}

/** The value may stand right behind a short flag, and behind "=" of a long one. */
function toZshSuffix(spelling: string, value: string | undefined): string {
  if (value === undefined) return "";
  return spelling.startsWith("--") ? "=" : "+";
}

function toZshAction(option: Option): string {
  const candidates = listCandidates(option);
  if (candidates === "files") return "_files";
  return candidates.length === 0 ? " " : `(${candidates.join(" ")})`;
}

function escapeZshSpec(text: string): string {
  return text.replace(/[[\]:\\]/g, "\\$&");
}

function quoteZshText(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * Writes the script.
 *
 * @returns The script, without its last newline.
 */
function formatFishCompletions(): string {
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
    ...SERVE_OPTIONS.map((option) => formatFishOption(serving, option)),
    ...SUBCOMMANDS.flatMap((subcommand) => [
      formatFishWord(serving, subcommand.name, describeShortly(subcommand)),
      ...formatFishOperands(`${seen} ${subcommand.name}`, subcommand),
      ...listSubcommandOptions(subcommand).map((option) =>
        formatFishOption(`${seen} ${subcommand.name}`, option)
      ),
    ]),
  ].join("\n");
}

function formatFishOperands(
  condition: string,
  subcommand: Subcommand,
): string[] {
  return [...listCandidates(subcommand)].map((word) =>
    formatFishWord(condition, word)
  );
}

function formatFishWord(condition: string, word: string, help = ""): string {
  const description = help === "" ? "" : ` -d ${quoteFishText(help)}`;
  return `complete -c chi-server -n ${quoteFishText(condition)} -a ${word}` +
    description;
}

function formatFishOption(condition: string, option: Option): string {
  const { flag, short } = option;
  const candidates = listCandidates(option);
  return [
    `complete -c chi-server -n ${quoteFishText(condition)}`,
    ...(short === undefined ? [] : [`-s ${short}`]),
    `-l ${flag}`,
    // -x: a value and no files; -r -F: a value, which is a file.
    ...(candidates === "files" ? ["-r -F"] : takesValue(option) ? ["-x"] : []),
    ...(candidates === "files" || candidates.length === 0
      ? []
      : [`-a ${quoteFishText(candidates.join(" "))}`]),
    `-d ${quoteFishText(describeShortly(option))}`,
  ].join(" ");
}

function quoteFishText(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}

/**
 * Writes the script. Where it offers nothing, PowerShell itself offers files.
 *
 * @returns The script, without its last newline.
 */
function formatPwshCompletions(): string {
  const words = [
    ...SUBCOMMANDS.map((subcommand) =>
      [subcommand.name, describeShortly(subcommand)] as const
    ),
    ...toPwshEntries(SERVE_OPTIONS),
  ];
  return `\
# Completions of chi-server for PowerShell:
#   chi-server completions pwsh | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName 'chi-server', 'chi-server.exe' -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)

  # What can be the value of a flag; of the others, nobody knows it.
  $values = @{
${OPTIONS.filter(takesValue).flatMap(formatPwshValues).join("\n")}
  }
  $words = @{
    '' = [ordered]@{
${words.map(formatPwshEntry).join("\n")}
    }
${SUBCOMMANDS.map(formatPwshSubcommand).join("\n")}
  }

  $before = @($commandAst.CommandElements |
      Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
      Select-Object -Skip 1 |
      ForEach-Object { $_.Extent.Text })
  $subcommand = ''
  for ($index = 0; $index -lt $before.Count; $index++) {
    $word = $before[$index]
    if ($values.ContainsKey($word)) { $index++; continue }
    if ($word -ne '' -and $words.ContainsKey($word)) { $subcommand = $word; break }
  }
  if ($before.Count -gt 0 -and $values.ContainsKey($before[-1])) {
    $values[$before[-1]] | Where-Object { $_ -like "$wordToComplete*" } |
      ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
      }
    return
  }
  $words[$subcommand].GetEnumerator() | Where-Object { $_.Key -like "$wordToComplete*" } |
    ForEach-Object {
      [System.Management.Automation.CompletionResult]::new($_.Key, $_.Key, 'ParameterName', $_.Value)
    }
}`;
}

type Entry = readonly [word: string, help: string];

function toPwshEntries(options: readonly Option[]): Entry[] {
  return options.map((option) => [`--${option.flag}`, describeShortly(option)]);
}

function formatPwshSubcommand(subcommand: Subcommand): string {
  const entries: Entry[] = [
    ...[...listCandidates(subcommand)].map((word) => [word, word] as const),
    ...toPwshEntries(listSubcommandOptions(subcommand)),
  ];
  return [
    `    ${quotePwshText(subcommand.name)} = [ordered]@{`,
    ...entries.map(formatPwshEntry),
    "    }",
  ].join("\n");
}

function formatPwshEntry([word, help]: Entry): string {
  return `      ${quotePwshText(word)} = ${quotePwshText(help)}`;
}

function formatPwshValues(option: Option): string[] {
  const candidates = listCandidates(option);
  const values = candidates === "files" ? [] : candidates;
  return listSpellings(option).map((spelling) =>
    `    ${quotePwshText(spelling)} = @(${
      values.map(quotePwshText).join(", ")
    })`
  );
}

function quotePwshText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
