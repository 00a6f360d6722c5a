/**
 * From the command line to settings and words: every spelling of a flag. Pure.
 *
 * @module
 */

import { quoteText } from "../../rpc/errors.ts";
import { type Option, OPTIONS, SUBCOMMANDS } from "./options.ts";
import { ConfigError, type Setting } from "./setting.ts";
import { parseArgs } from "jsr:@std/cli@1/parse-args";
import { closestString } from "jsr:@std/text@1/closest-string";
import { levenshteinDistance } from "jsr:@std/text@1/levenshtein-distance";

/** What stands on a command line. */
export interface Flags {
  /** The options, by flag. */
  readonly settings: Map<string, Setting>;
  /** What is neither a flag nor its value, in order. */
  readonly words: readonly string[];
}

/**
 * Reads a command line.
 *
 * @param args The arguments, without the program's name.
 * @returns Its options and words; if it asks for help or the version, only
 * that, whatever else is wrong.
 * @throws {ConfigError} For a flag that there is not, or that lacks its value.
 */
export function readFlags(args: readonly string[]): Flags {
  const unknown: string[] = [];
  const words: string[] = [];
  const valued = OPTIONS.filter((option) => !isShown(option)).map(toFlag);
  const known = joinNegatives(args.map(toKnownSpelling));
  const parsed: Record<string, unknown> = parseArgs(known, {
    boolean: OPTIONS.filter(isShown).map(toFlag),
    string: valued,
    collect: valued,
    alias: Object.fromEntries(
      OPTIONS.flatMap(({ flag, short }) => short ? [[flag, short]] : []),
    ),
    unknown: (arg: string, key?: string) => {
      (key === undefined ? words : unknown).push(arg);
      return false;
    },
  });
  const settings = new Map<string, Setting>();
  for (const { flag } of OPTIONS.filter(isShown)) {
    if (args.some((arg) => arg.startsWith(`--${flag}=`))) {
      throw new ConfigError(`--${flag} takes no value`);
    }
    if (parsed[flag] === true) {
      settings.set(flag, { source: `--${flag}`, texts: [] });
      return { settings, words: [] };
    }
  }
  const [stray] = unknown;
  if (stray !== undefined) throw toUnknownError(stray);
  for (const option of OPTIONS.filter((option) => !isShown(option))) {
    const { flag, value } = option;
    const source = `--${flag}`;
    const texts = parsed[flag] as string[];
    if (texts.length === 0) continue;
    if (texts.includes("") && !option.isValueOptional) {
      throw new ConfigError(
        `${source} needs a value: ${source} ${value ?? ""}`,
      );
    }
    settings.set(flag, { source, texts });
  }
  // What stands behind "--" comes by itself.
  return { settings, words: [...words, ...parsed["_"] as string[]] };
}

/**
 * Says that an argument has no meaning.
 *
 * @param arg The argument.
 * @returns The error; the value of an unknown flag is not in it.
 */
export function toUnknownError(arg: string): ConfigError {
  const advice = "see chi-server --help";
  if (!arg.startsWith("-")) {
    const meant = suggestWord(arg);
    return new ConfigError(
      `Unexpected argument ${quoteText(arg)}` +
        (meant === undefined ? `: ${advice}` : `; did you mean ${meant}?`),
    );
  }
  const [flag = ""] = arg.split("=", 1);
  const isVersion = flag === "-v";
  const near = flag.startsWith("--")
    ? suggestFlag(flag.slice(2), OPTIONS.map(toFlag))
    : isVersion
    ? "version"
    : undefined;
  return new ConfigError(
    `Unknown option ${quoteText(flag)}` +
      (near === undefined ? `: ${advice}` : `; did you mean --${near}?`),
  );
}

/** Finds what a word was meant to be: a sub-command, or a flag without dashes. */
function suggestWord(word: string): string | undefined {
  const commands = SUBCOMMANDS.map(({ name }) => name);
  const flag = OPTIONS.find(({ flag }) => flag === word);
  if (flag !== undefined) return `--${flag.flag}`;
  return suggestFlag(word, commands);
}

/** What is shown instead of serving: it needs no other option to be right. */
const isShown = ({ flag }: Option) => flag === "help" || flag === "version";

const toFlag = ({ flag }: Option) => flag;

/**
 * A number below zero (`-w -1`) looks like a flag: behind an option that takes a
 * value it is that value, so that what is wrong with it can be said.
 */
function joinNegatives(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const [index, arg] of args.entries()) {
    const flag = joined.at(-1);
    if (flag === "--") return [...joined, ...args.slice(index)];
    if (/^-\d/.test(arg) && flag !== undefined && isValued(flag)) {
      joined[joined.length - 1] = `${flag}=${arg}`;
    } else joined.push(arg);
  }
  return joined;
}

/** Whether an argument is the flag of an option that takes a value, alone. */
function isValued(arg: string): boolean {
  return OPTIONS.some(({ flag, short, value }) =>
    value !== undefined &&
    (arg === `--${flag}` || (short !== undefined && arg === `-${short}`))
  );
}

/**
 * The original's underscores (`--http_port`), values that stand right behind a
 * short flag (`-w8081`, `-ahost`), and switches (`--http-errors`), which are on
 * unless they say otherwise.
 */
function toKnownSpelling(arg: string): string {
  if (arg.startsWith("--")) {
    const [typed = ""] = arg.split("=", 1);
    const flag = typed.replaceAll("_", "-");
    const isSwitch = typed === arg &&
      OPTIONS.some((option) =>
        `--${option.flag}` === flag && option.value === undefined &&
        !isShown(option)
      );
    return flag + (isSwitch ? "=true" : arg.slice(typed.length));
  }
  const option = arg.startsWith("-")
    ? OPTIONS.find(({ short, value }) => value && short === arg[1])
    : undefined;
  return option === undefined || arg.length <= 2
    ? arg
    : `--${option.flag}=${arg.slice(2).replace(/^=/, "")}`;
}

/**
 * Finds what somebody meant by a name that there is not.
 *
 * @param name The flag, or the key of a file.
 * @param known Those that there are.
 * @returns The first that ends in it (`port`: `http-port`), else the nearest of
 * them, if it is near: one letter or a third of them are wrong, or all are there
 * in another order, case and `_` for `-` aside.
 */
export function suggestFlag(
  name: string,
  known: readonly string[],
): string | undefined {
  // What is far longer than any name is not compared letter by letter.
  if (name.length > 40 || known.length === 0) return undefined;
  const plain = name.toLowerCase().replaceAll("_", "-");
  const ending = known.find((one) => one.endsWith(`-${plain}`));
  if (ending !== undefined) return ending;
  const nearest: string = closestString(plain, known, {});
  const distance: number = levenshteinDistance(plain, nearest);
  const isNear = distance <= Math.max(1, nearest.length / 3) ||
    [...plain].sort().join() === [...nearest].sort().join();
  return isNear ? nearest : undefined;
}
