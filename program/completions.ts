/**
 * `chi-server completions`: the script by which a shell completes options,
 * their values and the sub-commands, made from the one table. Pure.
 *
 * @example
 * ```ts
 * import { formatCompletions } from "./completions.ts";
 *
 * console.log(formatCompletions("bash").includes("--http-port")); // true
 * ```
 *
 * @module
 */

import type { Shell } from "./config/options.ts";
import { formatBashCompletions } from "./completions/bash.ts";
import { formatFishCompletions } from "./completions/fish.ts";
import { formatPwshCompletions } from "./completions/pwsh.ts";
import { formatZshCompletions } from "./completions/zsh.ts";

const FORMATS: Readonly<Record<Shell, () => string>> = {
  bash: formatBashCompletions,
  zsh: formatZshCompletions,
  fish: formatFishCompletions,
  pwsh: formatPwshCompletions,
};

/**
 * Writes the script for a shell.
 *
 * @param shell The shell.
 * @returns The script, without its last newline.
 */
export function formatCompletions(shell: Shell): string {
  return FORMATS[shell]();
}
