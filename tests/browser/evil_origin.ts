/**
 * Somebody else's web site on loopback, with pages made to attack a gateway;
 * and a name that first leads there, and then to the gateway.
 *
 * @module
 */

import { once } from "node:events";
import {
  type AddressInfo,
  connect,
  createServer,
  type Server,
  type Socket,
} from "node:net";

/** A web site whose every path is the same page; `/redirect?<URL>` leads on. */
export class EvilOrigin implements AsyncDisposable {
  /** What its page holds. */
  html = "";
  readonly #servers: Deno.HttpServer<Deno.NetAddr>[];

  private constructor() {
    const serve = (hostname: string, port: number) =>
      Deno.serve(
        { hostname, port, onListen() {} },
        (request) => this.#answer(request),
      );
    const first = serve("127.0.0.1", 0);
    try {
      this.#servers = [first, serve("127.0.0.2", first.addr.port)];
    } catch (error) {
      void first.shutdown();
      throw error;
    }
  }

  /** Starts it on 127.0.0.1 and 127.0.0.2, on one port. */
  static start(): EvilOrigin {
    return new EvilOrigin();
  }

  /** Its port. */
  get port(): number {
    return (this.#servers[0] as Deno.HttpServer<Deno.NetAddr>).addr.port;
  }

  /** Its origin, by one of the names that lead to it. */
  origin(hostname: string): string {
    return `http://${hostname}:${this.port}`;
  }

  #answer(request: Request): Response {
    const { pathname, search } = new URL(request.url);
    if (pathname === "/redirect") {
      // 307 keeps method and body.
      const location = decodeURIComponent(search.slice(1));
      return new Response(null, { status: 307, headers: { location } });
    }
    if (pathname === "/favicon.ico") return new Response(null, { status: 404 });
    return new Response(`<!doctype html><title>evil</title>${this.html}`, {
      headers: { "content-type": "text/html; charset=utf-8" },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.shutdown()));
  }
}

/**
 * DNS rebinding as a browser sees it: one name and one port that lead to one
 * server, and later to another. A relay, because Chromium's resolver rules
 * cannot change while it runs.
 */
export class RebindingRelay implements AsyncDisposable {
  /** The port on 127.0.0.1 that connections go on to. */
  #target: number;
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((socket) => this.#relay(socket));
  }

  /** Starts one that leads to a port of 127.0.0.1. */
  static async start(target: number): Promise<RebindingRelay> {
    const relay = new RebindingRelay(target);
    relay.#server.listen(0, "127.0.0.1");
    await once(relay.#server, "listening");
    return relay;
  }

  /** Where it listens. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Leads to another port from now on; connections that stand are cut. */
  rebind(target: number): void {
    this.#target = target;
    this.#cutAll();
  }

  #relay(client: Socket): void {
    const server = connect(this.#target, "127.0.0.1");
    for (
      const [socket, peer] of [[client, server], [server, client]] as const
    ) {
      this.#open.add(socket);
      // A browser resets what it no longer needs; `close` follows.
      socket.on("error", () => {});
      socket.once("close", () => {
        this.#open.delete(socket);
        peer.destroy();
      });
      socket.pipe(peer);
    }
  }

  #cutAll(): void {
    for (const socket of this.#open) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const stopped = once(this.#server, "close");
    this.#server.close();
    this.#cutAll();
    await stopped;
  }
}
