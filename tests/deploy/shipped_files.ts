/**
 * The files of deploy/, and how chi-server would take what they give it.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { type Config, readConfig } from "../../program/config/config.ts";

/** The checkout. */
const ROOT = new URL("../../", import.meta.url);

/** Where a file of the checkout is on this machine. */
export function toPath(path: string): string {
  return fileURLToPath(new URL(path, ROOT));
}

/** Reads a file of the checkout, such as `deploy/caddy/Caddyfile`. */
export function readShipped(path: string): string {
  return Deno.readTextFileSync(toPath(path));
}

/** Whether the checkout has a file or folder of that path. */
export function isShipped(path: string): boolean {
  try {
    Deno.statSync(toPath(path));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The configuration file of the examples that bring none. */
const EXAMPLE_FILE = '{"rigs":["garage=10.0.0.7"]}';

/**
 * Reads arguments as chi-server does when it starts with them.
 *
 * @param args The command line, without the program's name.
 * @param options Its environment, and the text of its configuration file.
 * @returns What it would do.
 * @throws {ConfigError} If it would not start.
 */
export function readArguments(
  args: readonly string[],
  { variables = {}, file = EXAMPLE_FILE }: {
    readonly variables?: Readonly<Record<string, string>>;
    readonly file?: string;
  } = {},
): Config {
  return readConfig(args, (name) => variables[name], () => file);
}

/** The milliseconds of `15s`, `500ms` or `2min`, as systemd and Compose write. */
export function readDurationMs(text: string): number {
  const [, number, unit = ""] = /^(\d+)(ms|s|min)$/.exec(text) ?? [];
  const unitMs = { ms: 1, s: 1000, min: 60_000 }[unit];
  if (unitMs === undefined) throw new Error(`"${text}" is no duration`);
  return Number(number) * unitMs;
}

/**
 * Finds the command lines of chi-server in a text: behind `#`, `$` or nothing,
 * continued by a backslash at the end of a line, up to a comment.
 *
 * @returns The arguments of each, without quotes.
 */
export function findCommandLines(text: string): string[][] {
  return [
    ...text.replaceAll(/\\\n[\s#]*/g, "").matchAll(
      /^[\s#$]*(?:sudo )?(?:\/\S+\/)?chi-server (?=-|health)(.*)$/gm,
    ),
  ].map(([, line = ""]) =>
    line.replace(/\s+#.*/, "").trim().split(/\s+/)
      .map((word) => word.replaceAll(/['"]/g, ""))
  );
}
