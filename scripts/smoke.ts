/**
 * Smoke-tests a binary on its own system: starts it with simulated rigs, asks,
 * and stops it.
 *
 * ```sh
 * deno task smoke dist/chi-server-0.1.0-x86_64-unknown-linux-gnu
 * deno task smoke -- deno run -N main.ts     # the sources in its place
 * ```
 *
 * Exit status: 0, all is well; 1, something is not, and a line says what; 2, no
 * command was given.
 *
 * @module
 */

import { resolve } from "node:path";
import denoConfig from "../deno.json" with { type: "json" };

/** A check: what it is about, and what throws if it is not so. */
type Check = readonly [name: string, run: () => Promise<void>];

/** How long all of it may take: seconds, on the slowest of CI's machines. */
const TIMEOUT_MS = 120_000;

/**
 * Takes the command from the arguments of this script.
 *
 * @param args The arguments.
 * @returns The program and its first arguments; none were given: nothing.
 */
export function toCommand(args: readonly string[]): readonly string[] {
  return args[0] === "--" ? args.slice(1) : args;
}

/**
 * Tests a program.
 *
 * @param command The program and its first arguments.
 * @param print Prints a line for each check that went well.
 * @throws {Error} For the first one that did not.
 */
export async function runSmoke(
  command: readonly string[],
  print: (line: string) => void = console.log,
): Promise<void> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const program = new SmokedProgram(command, signal);
  await runChecks(listShortChecks(program), print);
  const started = await program.start(["--demo", "-w0", "--log", "off"]);
  try {
    await runChecks(listServerChecks(program, started), print);
  } finally {
    await started.end();
  }
  print("ok: stops when it is told to");
}

async function runChecks(
  checks: readonly Check[],
  print: (line: string) => void,
): Promise<void> {
  for (const [name, run] of checks) {
    try {
      await run();
    } catch (error) {
      throw new Error(`${name}: ${(error as Error).message}`);
    }
    print(`ok: ${name}`);
  }
}

function listShortChecks(program: SmokedProgram): Check[] {
  const version = `chi-server ${denoConfig.version} (${Deno.build.target}, `;
  return [
    ["--version", async () => {
      const { code, stdout, stderr } = await program.run(["--version"]);
      expect(code === 0 && stdout.startsWith(version), stdout + stderr);
    }],
    ["completions", async () => {
      const { code, stdout } = await program.run(["completions", "bash"]);
      expect(code === 0 && stdout.includes("complete -F"), `it says ${stdout}`);
    }],
    ["man", async () => {
      const { code, stdout } = await program.run(["man"]);
      expect(code === 0 && stdout.startsWith(".TH "), `it says ${stdout}`);
    }],
    ["a wrong option", async () => {
      const { code, stderr } = await program.run(["--nosuch"]);
      const isOneLine = /^chi-server: .*\n$/.test(stderr);
      expect(code === 2 && isOneLine, `exit status ${code}, ${stderr}`);
    }],
  ];
}

function listServerChecks(
  program: SmokedProgram,
  { url, signal }: StartedProgram,
): Check[] {
  const ask = async (path: string, accept = "*/*") =>
    await fetch(new URL(path, url), { headers: { accept }, signal });
  return [
    ["GET /", async () => {
      const response = await ask("/");
      const { summary, devs } = await response.json();
      expect(summary[0].SUMMARY.length === 1, "no SUMMARY");
      expect(devs[0].DEVS.length > 0, "no DEVS");
    }],
    ["GET /@all/summary", async () => {
      const replies = await (await ask("/@all/summary")).json();
      const summaries = Object.values(replies) as { SUMMARY?: unknown }[];
      expect(summaries.length === 3, JSON.stringify(replies));
      expect(
        summaries.every(({ SUMMARY }) => SUMMARY !== undefined),
        "no SUMMARY",
      );
    }],
    ["the dashboard", async () => {
      const page = await (await ask("/", "text/html")).text();
      const script = await ask("/-/assets/app.js");
      await script.body?.cancel();
      expect(/^<!doctype html>/i.test(page), page.slice(0, 100));
      expect(script.ok, `its script: ${script.status}`);
    }],
    ["health", async () => {
      const { code, stderr } = await program.run(["health", url]);
      expect(code === 0, `exit status ${code}, ${stderr}`);
    }],
  ];
}

function expect(isSo: boolean, otherwise: string): void {
  if (!isSo) throw new Error(otherwise.trim());
}

/** What a run came to. */
interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that serves. */
interface StartedProgram {
  /** Where. */
  readonly url: string;
  readonly signal: AbortSignal;
  /** Stops it, and throws if it does not end as it should. */
  readonly end: () => Promise<void>;
}

class SmokedProgram {
  readonly #command: string;
  readonly #args: readonly string[];
  readonly #signal: AbortSignal;

  constructor([command = "", ...args]: readonly string[], signal: AbortSignal) {
    // A path from here, or a program that the system looks for.
    this.#command = /[\\/]/.test(command) ? resolve(command) : command;
    this.#args = args;
    this.#signal = signal;
  }

  async run(args: readonly string[]): Promise<Outcome> {
    const { code, stdout, stderr } = await this.#create(args).output();
    const decoder = new TextDecoder();
    return {
      code,
      stdout: decoder.decode(stdout),
      stderr: decoder.decode(stderr),
    };
  }

  async start(args: readonly string[]): Promise<StartedProgram> {
    const child = this.#create(args).spawn();
    const errors = new Response(child.stderr).text();
    const [head, rest] = child.stdout.tee();
    const output = new Response(rest).text();
    const line = await readFirstLine(head);
    const [url] = /https?:\/\/\S+/.exec(line) ?? [];
    if (url === undefined) {
      throw new Error(`it says no URL: ${line}${await errors}`);
    }
    return {
      url,
      signal: this.#signal,
      async end() {
        child.kill("SIGTERM");
        const { code } = await child.status;
        await output;
        const stderr = await errors;
        if (stderr !== "") throw new Error(`on stderr: ${stderr.trim()}`);
        // Windows has no such signal: there it is simply ended.
        if (code !== 0 && Deno.build.os !== "windows") {
          throw new Error(`exit status ${code} after SIGTERM`);
        }
      },
    };
  }

  #create(args: readonly string[]): Deno.Command {
    return new Deno.Command(this.#command, {
      args: [...this.#args, ...args],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      signal: this.#signal,
    });
  }
}

async function readFirstLine(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<string> {
  let text = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes("\n")) break;
  }
  return text.split("\n", 1)[0] ?? "";
}

if (import.meta.main) {
  const command = toCommand(Deno.args);
  if (command.length === 0) {
    console.error("smoke: no command: give a binary, or -- and a command");
    Deno.exit(2);
  }
  try {
    await runSmoke(command);
  } catch (error) {
    console.error(`smoke: ${(error as Error).message}`);
    Deno.exit(1);
  }
}
