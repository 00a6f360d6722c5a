/**
 * An example as a child process, started with the permissions that its own
 * usage names.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { type Outcome, Program, ROOT, runProgram } from "../program/program.ts";

/** The flags of `deno run` in the first command of an example's usage. */
async function readFlags(name: string): Promise<string[]> {
  const text = await Deno.readTextFile(new URL(`examples/${name}`, ROOT));
  const [, flags] = /deno run (.*?)examples\//.exec(text) ?? [];
  if (flags === undefined) throw new Error(`${name} does not say its flags`);
  return flags.trim().split(" ");
}

async function toRun(name: string): Promise<{ run: readonly string[] }> {
  const path = fileURLToPath(new URL(`examples/${name}`, ROOT));
  return { run: ["run", "--no-prompt", ...await readFlags(name), path] };
}

/** Starts an example. */
export async function startExample(
  name: string,
  args: readonly string[],
): Promise<Program> {
  return Program.spawn(args, await toRun(name));
}

/** Runs an example to its end. */
export async function runExample(
  name: string,
  args: readonly string[],
): Promise<Outcome> {
  return await runProgram(args, await toRun(name));
}

/** A port where nothing listens: a system never hands it out to anybody. */
export const DEAD_PORT = 1;

/** How long a program may take to say what it has to. */
const MAX_SILENCE_MS = 60_000;

/** Reads lines until each text was in one of them; throws if one never is. */
export async function readUntil(
  program: Program,
  ...texts: readonly string[]
): Promise<void> {
  const missing = new Set(texts);
  const deadline = setTimeout(() => program.kill("SIGKILL"), MAX_SILENCE_MS);
  try {
    while (missing.size > 0) {
      const line = await program.readLine();
      if (line === undefined) {
        const { stdout, stderr } = await program.readOutcome();
        throw new Error(`Not said: ${[...missing]}\n${stdout}\n${stderr}`);
      }
      for (const text of missing) if (line.includes(text)) missing.delete(text);
    }
  } finally {
    clearTimeout(deadline);
  }
}

/** What is wrong with a command line, as an example says it. */
export async function readComplaint(
  name: string,
  args: readonly string[],
): Promise<[code: number, complaint: string]> {
  const { code, stdout, stderr } = await runExample(name, args);
  const [complaint = "", usage = ""] = stderr.split("\n");
  if (!usage.startsWith(`Usage: ${name} `) || stdout !== "") {
    throw new Error(`No usage: ${stderr}${stdout}`);
  }
  return [code, complaint];
}
