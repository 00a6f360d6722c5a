/**
 * The program as a child process, for tests.
 *
 * @module
 */

import { fileURLToPath } from "node:url";

/** The checkout. */
export const ROOT = new URL("../../", import.meta.url);

/** What a run of the program came to. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Arguments of `deno` that run the program with net permission alone. */
export const NET_ONLY = [
  "run",
  "--no-prompt",
  "-N",
  fileURLToPath(new URL("main.ts", ROOT)),
];

/** A running program; disposing of it ends it. */
export class Program implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #errorLines: ReadableStreamDefaultReader<string>;
  readonly #stderr: Promise<string>;
  /** The lines that it has printed so far, as far as they were read. */
  readonly lines: string[] = [];

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    const readLines = (stream: ReadableStream<Uint8Array<ArrayBuffer>>) =>
      stream.pipeThrough(new TextDecoderStream())
        .pipeThrough(splitLines()).getReader();
    const [errors, copy] = child.stderr.tee();
    this.#lines = readLines(child.stdout);
    this.#errorLines = readLines(copy);
    this.#stderr = new Response(errors).text();
  }

  /** Starts it with the arguments of `deno` and those of the program. */
  static spawn(
    args: readonly string[],
    options: {
      /** What is run; Deno if nothing else is said. */
      executable?: string;
      env?: Record<string, string>;
      run?: readonly string[];
      cwd?: string;
    } = {},
  ): Program {
    return new Program(
      new Deno.Command(options.executable ?? Deno.execPath(), {
        args: [...(options.run ?? NET_ONLY), ...args],
        env: { NO_COLOR: "1", ...options.env },
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn(),
    );
  }

  /** The next line on stdout; `undefined` at its end. */
  async readLine(): Promise<string | undefined> {
    const { value } = await this.#lines.read();
    if (value !== undefined) this.lines.push(value);
    return value;
  }

  /** The next line on stderr; `undefined` at its end. */
  async readErrorLine(): Promise<string | undefined> {
    return (await this.#errorLines.read()).value;
  }

  /** Waits for the line that says where it serves, and gives the port. */
  async readPort(): Promise<number> {
    const line = await this.readLine();
    const port = line?.match(/http:\/\/\S+:(\d+)\//)?.[1];
    if (port === undefined) {
      throw new Error(`No URL in "${line}"; stderr: ${await this.#stderr}`);
    }
    return Number(port);
  }

  /** Its process. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Sends a signal. */
  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Waits for its end. */
  async readOutcome(): Promise<Outcome> {
    while (await this.readLine() !== undefined) { /* to the end */ }
    while (await this.readErrorLine() !== undefined) { /* to the end */ }
    const { code } = await this.#child.status;
    return { code, stdout: this.lines.join("\n"), stderr: await this.#stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      // It has ended by itself.
      if (!(error instanceof TypeError)) throw error;
    }
    await this.readOutcome();
  }
}

/** Runs the program to its end. */
export async function runProgram(
  args: readonly string[],
  options?: Parameters<typeof Program.spawn>[1],
): Promise<Outcome> {
  await using program = Program.spawn(args, options);
  return await program.readOutcome();
}

function splitLines(): TransformStream<string, string> {
  let rest = "";
  return new TransformStream({
    transform(text, controller) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) controller.enqueue(line);
    },
    flush(controller) {
      if (rest !== "") controller.enqueue(rest);
    },
  });
}
