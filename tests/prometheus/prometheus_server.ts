/**
 * A Prometheus of its own for a test: its own folder, any free port on loopback,
 * and nothing left of it afterwards.
 *
 * @module
 */

import type { Tools } from "./prometheus_tools.ts";

/** How long at most something is waited for that comes in seconds. */
const PATIENCE_MS = 120_000;

/** How often it is looked for. */
const POLL_MS = 100;

/** How many lines of its log a failure shows. */
const SHOWN_LINES = 20;

/** One of the series that a query gives, with its newest value. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** An alert, pending or firing. */
export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: "pending" | "firing";
}

/** A running Prometheus; disposing of it ends it, and removes its folder. */
export class PrometheusServer implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #folder: string;
  readonly #log: string[] = [];
  readonly #logged: Promise<void>;
  readonly #port = Promise.withResolvers<number>();
  #origin = "";

  private constructor(child: Deno.ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
    this.#logged = this.#readLog();
  }

  /**
   * Starts it, and waits until it is ready.
   *
   * @param tools Where it is.
   * @param files What is written into its folder, by path; `prometheus.yml` is
   * its configuration.
   */
  static async start(
    { prometheus }: Tools,
    files: Readonly<Record<string, string>>,
  ): Promise<PrometheusServer> {
    const folder = await Deno.makeTempDir({ prefix: "chi-prometheus-" });
    await Deno.mkdir(`${folder}/rules`);
    for (const [path, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${path}`, text);
    }
    const child = new Deno.Command(prometheus, {
      args: [
        `--config.file=${folder}/prometheus.yml`,
        `--storage.tsdb.path=${folder}/data`,
        "--web.listen-address=127.0.0.1:0",
      ],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const server = new PrometheusServer(child, folder);
    try {
      server.#origin = `http://127.0.0.1:${await server.#port.promise}`;
      await server.poll("it to be ready", async () => {
        const response = await fetch(`${server.#origin}/-/ready`);
        await response.body?.cancel();
        return response.ok || undefined;
      });
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  /** Reads its log to the end, and finds the port that it has got. */
  async #readLog(): Promise<void> {
    const lines = this.#child.stderr.pipeThrough(new TextDecoderStream());
    let rest = "";
    for await (const text of lines) {
      const parts = (rest + text).split("\n");
      rest = parts.pop() ?? "";
      this.#log.push(...parts);
      for (const line of parts) {
        const port = line.match(/"?Listening on"? address=\S+:(\d+)/)?.[1];
        if (port !== undefined) this.#port.resolve(Number(port));
      }
    }
    this.#port.reject(new Error(`Prometheus ended:\n${this.#showLog()}`));
  }

  #showLog(): string {
    return this.#log.slice(-SHOWN_LINES).join("\n");
  }

  /**
   * Looks for something again and again, until it is there.
   *
   * @param what What, for the message.
   * @param look Gives it, or `undefined` as long as it is not there.
   * @throws {Error} If it does not come.
   */
  async poll<Found>(
    what: string,
    look: () => Promise<Found | undefined>,
  ): Promise<Found> {
    const endMs = performance.now() + PATIENCE_MS;
    while (performance.now() < endMs) {
      const found = await look();
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error(`Waited in vain for ${what}:\n${this.#showLog()}`);
  }

  /** Asks its API; gives what stands under `data`. */
  async get(
    path: string,
    query: Record<string, string> = {},
  ): Promise<unknown> {
    const url = `${this.#origin}/api/v1/${path}?${new URLSearchParams(query)}`;
    const { status, data, error } = await (await fetch(url)).json();
    if (status !== "success") throw new Error(`${url}: ${error}`);
    return data;
  }

  /** Asks what an expression gives now: a vector, or a single number. */
  async query(expression: string): Promise<Sample[]> {
    const data = await this.get("query", { query: expression }) as {
      resultType: string;
      result: [number, string] | {
        metric: Record<string, string>;
        value: [number, string];
      }[];
    };
    if (data.resultType === "scalar") {
      const [, value] = data.result as [number, string];
      return [{ labels: {}, value: Number(value) }];
    }
    return (data.result as {
      metric: Record<string, string>;
      value: [number, string];
    }[]).map(({ metric, value }) => ({
      labels: metric,
      value: Number(value[1]),
    }));
  }

  /** Asks for the one value of an expression; `undefined` if there is none. */
  async queryValue(expression: string): Promise<number | undefined> {
    const samples = await this.query(expression);
    if (samples.length > 1) throw new Error(`${expression}: more than one`);
    return samples[0]?.value;
  }

  /** The alerts that are pending or firing. */
  async listAlerts(): Promise<Alert[]> {
    return (await this.get("alerts") as { alerts: Alert[] }).alerts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      // It has ended by itself.
      if (!(error instanceof TypeError)) throw error;
    }
    // Nobody may be left who waits for it.
    this.#port.promise.catch(() => {});
    await this.#child.status;
    await this.#logged;
    await Deno.remove(this.#folder, { recursive: true });
  }
}
