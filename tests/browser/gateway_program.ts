/**
 * The real program in front of a scripted rig, with the log that it writes:
 * that a request is in the log and not at the rig is what these tests prove.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { Program, ROOT } from "../program/program.ts";
import { replyWith, ScriptedRig } from "../scripted_rig.ts";

/** What the rig answers to whatever it is asked. */
export const REPLY =
  '{"STATUS":[{"STATUS":"S","When":1,"Code":22,"Msg":"secret of the rig"}],"id":1}';

/** The most that a request takes from a browser's decision to the log. */
const MAX_WAIT_MS = 120_000;

/** Asked by the test itself, to know that all before it is in the log. */
const SENTINEL = "/-/healthz";

/** A running gateway and its rig. */
export class GatewayProgram implements AsyncDisposable {
  /** The rig behind it. */
  readonly rig: ScriptedRig;
  /** Its port on 127.0.0.1. */
  readonly port: number;
  readonly #program: Program;
  readonly #logged: string[] = [];

  private constructor(rig: ScriptedRig, program: Program, port: number) {
    this.rig = rig;
    this.#program = program;
    this.port = port;
  }

  /** Starts both; with more arguments, and the token of `CHI_TOKEN`. */
  static async start(
    args: readonly string[] = [],
    token?: string,
  ): Promise<GatewayProgram> {
    const rig = await ScriptedRig.start(replyWith(REPLY));
    const main = fileURLToPath(new URL("main.ts", ROOT));
    const program = Program.spawn([
      "--http-host=127.0.0.1",
      "-w0",
      `-p${rig.port}`,
      "--log=json",
      ...args,
    ], {
      run: ["run", "--no-prompt", "-N", "-E=CHI_TOKEN", main],
      env: { CHI_TOKEN: token ?? "" },
    });
    try {
      return new GatewayProgram(rig, program, await program.readPort());
    } catch (error) {
      await program[Symbol.asyncDispose]();
      await rig[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Its origin, by a name that leads to it. */
  origin(hostname = "127.0.0.1"): string {
    return `http://${hostname}:${this.port}`;
  }

  /**
   * Waits until so many requests are in the log, and gives all that are:
   * `GET /quit 403 origin-denied`, sorted. `/favicon.ico`, which a browser asks
   * by itself, is left out.
   */
  async readLog(count: number): Promise<string[]> {
    const timer = setTimeout(() => this.#program.kill("SIGKILL"), MAX_WAIT_MS);
    while (this.#logged.length < count) {
      if (!await this.#readLogLine()) {
        clearTimeout(timer);
        throw new Error(
          `${count} requests were to come; there came: ${
            this.#logged.join(", ") || "none"
          }`,
        );
      }
    }
    // One more than expected would be in the log before this.
    await (await fetch(this.origin() + SENTINEL)).body?.cancel();
    while (this.#logged.at(-1)?.includes(SENTINEL) !== true) {
      await this.#readLogLine();
    }
    clearTimeout(timer);
    this.#logged.pop();
    return this.#logged.toSorted();
  }

  /** Reads one line; false at the end. */
  async #readLogLine(): Promise<boolean> {
    const line = await this.#program.readLine();
    if (line?.startsWith("{")) {
      const { method, path, status, problem } = JSON.parse(line);
      const words = [method, path, status, ...(problem ? [problem] : [])];
      if (path !== "/favicon.ico") this.#logged.push(words.join(" "));
    }
    return line !== undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
    await this.rig[Symbol.asyncDispose]();
  }
}
