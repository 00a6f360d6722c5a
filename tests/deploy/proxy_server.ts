/**
 * nginx or Caddy for a test: with a configuration as it is shipped, but for
 * addresses and paths, in a folder of its own, and nothing left afterwards.
 *
 * @module
 */

import { TestFolder, type Tool } from "./tools.ts";

/** How often a proxy is started whose ports somebody else was faster to take. */
const MAX_STARTS = 5;

/** What a proxy is started with. */
export interface ProxyPlan {
  /** Its arguments. */
  readonly args: readonly string[];
  /** What it says on stderr once it listens. */
  readonly ready: RegExp;
}

/** A running proxy; disposing of it ends it. */
export class ProxyServer implements AsyncDisposable {
  /** Where it serves HTTPS, on 127.0.0.1 and on ::1. */
  readonly port: number;
  /** Where it serves HTTP. */
  readonly plainPort: number;
  readonly folder: TestFolder;
  readonly #child: Deno.ChildProcess;
  readonly #logged: Promise<void>;
  readonly #ready = Promise.withResolvers<void>();

  private constructor(
    child: Deno.ChildProcess,
    place: { port: number; plainPort: number; folder: TestFolder },
    ready: RegExp,
  ) {
    this.#child = child;
    this.port = place.port;
    this.plainPort = place.plainPort;
    this.folder = place.folder;
    this.#logged = this.#readLog(ready);
  }

  /**
   * Starts a proxy, and waits until it listens.
   *
   * @param tool The program.
   * @param plan Writes its files into a folder for ports that are free.
   */
  static async start(
    tool: Tool,
    plan: (
      folder: TestFolder,
      ports: { readonly port: number; readonly plainPort: number },
    ) => ProxyPlan,
  ): Promise<ProxyServer> {
    for (let starts = 1;; starts++) {
      const folder = new TestFolder();
      const ports = { port: findFreePort(), plainPort: findFreePort() };
      const { args, ready } = plan(folder, ports);
      const child = new Deno.Command(tool.path, {
        args: [...args],
        env: { HOME: folder.path, XDG_DATA_HOME: folder.path },
        stdin: "null",
        stdout: "null",
        stderr: "piped",
      }).spawn();
      const server = new ProxyServer(child, { ...ports, folder }, ready);
      try {
        await server.#ready.promise;
        return server;
      } catch (error) {
        await server[Symbol.asyncDispose]();
        if (starts === MAX_STARTS || !/in use/.test(String(error))) throw error;
      }
    }
  }

  async #readLog(ready: RegExp): Promise<void> {
    let log = "";
    const texts = this.#child.stderr.pipeThrough(new TextDecoderStream());
    for await (const text of texts) {
      log += text;
      if (ready.test(log)) this.#ready.resolve();
    }
    this.#ready.reject(new Error(`The proxy ended:\n${log}`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGTERM");
    } catch (error) {
      // It has ended by itself.
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#child.status;
    await this.#logged;
    await this.folder[Symbol.asyncDispose]();
  }
}

function findFreePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/**
 * Changes a shipped configuration for a test, and nothing but this.
 *
 * @param text The configuration.
 * @param changes What comes in the place of what; all of it has to be there.
 * @returns The configuration of the test.
 */
export function adaptShipped(
  text: string,
  changes: Readonly<Record<string, string>>,
): string {
  for (const [from, to] of Object.entries(changes)) {
    if (!text.includes(from)) throw new Error(`There is no ${from}`);
    text = text.replaceAll(from, to);
  }
  return text;
}
