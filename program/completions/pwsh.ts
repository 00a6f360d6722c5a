/**
 * Completions for PowerShell 5.1 and later. Pure.
 *
 * @example
 * ```ts
 * import { formatPwshCompletions } from "./pwsh.ts";
 *
 * console.log(formatPwshCompletions()); // into the file that $PROFILE names
 * ```
 *
 * @module
 */

import { type Option, OPTIONS, SUBCOMMANDS } from "../config/options.ts";
import {
  describeShortly,
  listCandidates,
  listSpellings,
  listSubcommandOptions,
  SERVE_OPTIONS,
  takesValue,
} from "./candidates.ts";

/**
 * Writes the script. Where it offers nothing, PowerShell itself offers files.
 *
 * @returns The script, without its last newline.
 */
export function formatPwshCompletions(): string {
  const words = [
    ...SUBCOMMANDS.map((subcommand) =>
      [subcommand.name, describeShortly(subcommand)] as const
    ),
    ...toEntries(SERVE_OPTIONS),
  ];
  return `\
# Completions of chi-server for PowerShell:
#   chi-server completions pwsh | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName 'chi-server', 'chi-server.exe' -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)

  # What can be the value of a flag; of the others, nobody knows it.
  $values = @{
${OPTIONS.filter(takesValue).flatMap(formatValues).join("\n")}
  }
  $words = @{
    '' = [ordered]@{
${words.map(formatEntry).join("\n")}
    }
${SUBCOMMANDS.map(formatSubcommand).join("\n")}
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

function toEntries(options: readonly Option[]): Entry[] {
  return options.map((option) => [`--${option.flag}`, describeShortly(option)]);
}

function formatSubcommand(subcommand: typeof SUBCOMMANDS[number]): string {
  const entries: Entry[] = [
    ...[...listCandidates(subcommand)].map((word) => [word, word] as const),
    ...toEntries(listSubcommandOptions(subcommand)),
  ];
  return [
    `    ${quote(subcommand.name)} = [ordered]@{`,
    ...entries.map(formatEntry),
    "    }",
  ].join("\n");
}

function formatEntry([word, help]: Entry): string {
  return `      ${quote(word)} = ${quote(help)}`;
}

function formatValues(option: Option): string[] {
  const candidates = listCandidates(option);
  const values = candidates === "files" ? [] : candidates;
  return listSpellings(option).map((spelling) =>
    `    ${quote(spelling)} = @(${values.map(quote).join(", ")})`
  );
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
