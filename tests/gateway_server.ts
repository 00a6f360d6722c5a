/**
 * The gateway's handler behind a real `Deno.serve` on loopback, for tests.
 *
 * @module
 */

import { createHandler, type HandlerOptions } from "../gateway/handler.ts";
import type { LogEntry } from "../gateway/http/log.ts";
import { LivePolls } from "../gateway/live/streams.ts";
import {
  makeMetrics,
  observeFleet,
} from "../gateway/metrics/gateway_metrics.ts";
import { Fleet, type NamedRig } from "../rigs/fleet.ts";
import type { RigQueueOptions } from "../rigs/queue.ts";

/** How a test wants the gateway. */
export type GatewayOptions =
  & Omit<Partial<HandlerOptions>, "fleet">
  & RigQueueOptions;

/** A running gateway. */
export class GatewayServer implements AsyncDisposable {
  /** Every request that was answered, oldest first. */
  readonly log: LogEntry[] = [];
  /** Its rigs. */
  readonly fleet: Fleet;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #live: LivePolls;

  private constructor(rigs: readonly NamedRig[], options: GatewayOptions) {
    const metrics = makeMetrics(() => fleet);
    const fleet: Fleet = new Fleet(rigs, {
      ...observeFleet(metrics),
      ...options,
    });
    this.fleet = fleet;
    this.#live = options.live ?? new LivePolls();
    const handler = createHandler({
      live: this.#live,
      metrics,
      onRequest: (entry) => this.log.push(entry),
      onDefect: (error) => {
        throw error;
      },
      ...options,
      fleet,
    });
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      handler,
    );
  }

  /** Serves rigs; an address alone becomes the rig `default`. */
  static start(
    rigs: { hostname: string; port: number } | readonly NamedRig[],
    options: GatewayOptions = {},
  ): GatewayServer {
    const named = "hostname" in rigs
      ? [{ name: "default", hostname: rigs.hostname, port: rigs.port }]
      : rigs;
    return new GatewayServer(named, options);
  }

  get port(): number {
    return this.#server.addr.port;
  }

  /** A whole URL for `fetch`. */
  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#live.close();
    await this.#server.shutdown();
  }
}
