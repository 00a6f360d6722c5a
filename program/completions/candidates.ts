/**
 * What can be completed, by the table of options: the same for every shell.
 * Pure.
 *
 * @example
 * ```ts
 * import { listCandidates, SERVE_OPTIONS } from "./candidates.ts";
 *
 * const log = SERVE_OPTIONS.find(({ flag }) => flag === "log");
 * console.log(log && listCandidates(log)); // ["text", "json", "off"]
 * ```
 *
 * @module
 */

import {
  type Option,
  OPTIONS,
  type Subcommand,
  SUBCOMMANDS,
} from "../config/options.ts";

/** The options of serving. */
export const SERVE_OPTIONS: readonly Option[] = OPTIONS.filter(({ flag }) =>
  flag !== "json"
);

/** The names of the sub-commands. */
export const SUBCOMMAND_NAMES: readonly string[] = SUBCOMMANDS.map(({ name }) =>
  name
);

/**
 * Lists the options that go with a sub-command.
 *
 * @param subcommand The sub-command.
 * @returns Its own, in the table's order, and `--help`.
 */
export function listSubcommandOptions({ flags }: Subcommand): Option[] {
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
