/**
 * The processes of the bench: those full of rigs, and the gateway. Each is
 * ended by its handle alone, and waited for.
 *
 * ```ts ignore
 * await using rigs = await RigHosts.start(17, 1000, 0.2);
 * await using gateway = await Gateway.start(["--config", "fleet.json"], []);
 * console.log(gateway.url, await gateway.readMemory(), await rigs.readCounts());
 * ```
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { V8_FLAGS } from "../../scripts/compile_plan.ts";

/** Each rig of a process is a listener, that is a descriptor. */
const RIGS_PER_PROCESS = 2000;

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));
const RIG_HOST = fileURLToPath(new URL("rig_host.ts", import.meta.url));

/** A program whose stdout is read line by line. */
class Child implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array> | undefined;
  readonly #stdout: ReadableStreamDefaultReader<string>;
  #text = "";

  constructor(args: readonly string[], stdin: "piped" | "null") {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", ...args],
      env: { NO_COLOR: "1" },
      stdin,
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    if (stdin === "piped") this.#stdin = this.#child.stdin.getWriter();
    this.#stdout = this.#child.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
  }

  get pid(): number {
    return this.#child.pid;
  }

  async readLine(): Promise<string> {
    while (true) {
      const end = this.#text.indexOf("\n");
      if (end !== -1) {
        const line = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 1);
        return line;
      }
      const { value } = await this.#stdout.read();
      if (value === undefined) {
        const { code } = await this.#child.status;
        throw new Error(`Process ${this.pid} ended early, with status ${code}`);
      }
      this.#text += value;
    }
  }

  async writeLine(line: string): Promise<void> {
    await this.#stdin?.write(new TextEncoder().encode(`${line}\n`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      // It has ended by itself.
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#child.status;
    // What it had said may still be in the pipe.
    while (!(await this.#stdout.read()).done);
    // The pipe is broken: nothing can be, or is to be, written any more.
    await this.#stdin?.abort().catch(() => {});
  }
}

/** What rigs were asked; see `rig_host.ts`. */
export interface RigCounts {
  /** Requests that were answered. */
  readonly answered: number;
  /** Connections to hung rigs. */
  readonly held: number;
}

/** All rigs, in as many processes as it takes. */
export class RigHosts implements AsyncDisposable {
  readonly #hosts: readonly Child[];

  private constructor(hosts: readonly Child[]) {
    this.#hosts = hosts;
  }

  /** Starts rigs 1 to `size`, and waits until all of them listen. */
  static async start(
    network: number,
    size: number,
    deadShare: number,
  ): Promise<RigHosts> {
    const hosts: Child[] = [];
    for (let first = 1; first <= size; first += RIGS_PER_PROCESS) {
      const last = Math.min(size, first + RIGS_PER_PROCESS - 1);
      const numbers = [network, first, last, deadShare].map(String);
      hosts.push(new Child(["-N", RIG_HOST, ...numbers], "piped"));
    }
    const rigs = new RigHosts(hosts);
    try {
      await Promise.all(hosts.map((host) => host.readLine()));
    } catch (error) {
      await rigs[Symbol.asyncDispose]();
      throw error;
    }
    return rigs;
  }

  /** What all of them together were asked so far. */
  async readCounts(): Promise<RigCounts> {
    const total = { answered: 0, held: 0 };
    for (const host of this.#hosts) {
      await host.writeLine("count");
      const counts: RigCounts = JSON.parse(await host.readLine());
      total.answered += counts.answered;
      total.held += counts.held;
    }
    return total;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host[Symbol.asyncDispose]()));
  }
}

/** Memory of a process in MB: now, and at its highest. */
export interface Memory {
  readonly rssMb: number;
  readonly peakMb: number;
}

/** The real program, serving the fleet. */
export class Gateway implements AsyncDisposable {
  readonly #child: Child;
  /** Where it serves, with no slash at its end. */
  readonly url: string;

  private constructor(child: Child, url: string) {
    this.#child = child;
    this.url = url;
  }

  /**
   * Starts it on a free port, and waits until it serves.
   *
   * @param args Options that name the rigs.
   * @param permissions Options of Deno beside `--allow-net`.
   */
  static async start(
    args: readonly string[],
    permissions: readonly string[],
  ): Promise<Gateway> {
    const child = new Child([
      ...[`--v8-flags=${V8_FLAGS}`, "-N", ...permissions, MAIN],
      ...["--http-host", "127.0.0.1", "-w", "0", "--log", "off", ...args],
    ], "null");
    try {
      const line = await child.readLine();
      const url = line.match(/http:\/\/\S+(?=\/)/)?.[0];
      if (url === undefined) throw new Error(`No URL in "${line}"`);
      return new Gateway(child, url);
    } catch (error) {
      await child[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Reads its memory from Linux. */
  async readMemory(): Promise<Memory> {
    // By `cat`, since Deno reads /proc with all permissions or none.
    const { stdout } = await new Deno.Command("cat", {
      args: [`/proc/${this.#child.pid}/status`],
    }).output();
    const status = new TextDecoder().decode(stdout);
    const readMb = (name: string) =>
      Number(status.match(new RegExp(`${name}:\\s+(\\d+)`))?.[1]) / 1024;
    return { rssMb: readMb("VmRSS"), peakMb: readMb("VmHWM") };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child[Symbol.asyncDispose]();
  }
}

/** Whether the program takes its rigs from a file. */
export async function hasConfigOption(): Promise<boolean> {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "-N", MAIN, "--help"],
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) {
    throw new Error(
      `main.ts does not run: ${new TextDecoder().decode(stderr)}`,
    );
  }
  return /--config\b/.test(new TextDecoder().decode(stdout));
}
