/**
 * The HTTP server: listens, goes on listening when the system runs out of
 * descriptors, and stops without cutting off a response.
 *
 * @module
 */

import type { Handler } from "./handler.ts";
import { Problem } from "./http/problems.ts";
import { makeProblemResponse } from "./http/responses.ts";

/** Where and what to serve. */
export interface HttpServerOptions {
  /** The address; absent: all interfaces, IPv6 and IPv4 (on Windows IPv4 only). */
  readonly hostname?: string | undefined;
  /** The port; 0: any free one. */
  readonly port: number;
  /** Certificate chain and private key, PEM; absent: plain HTTP. */
  readonly tls?: TlsPair | undefined;
  /** Answers requests. */
  readonly handler: Handler;
  /** Called with the reason when it stopped accepting; it listens again. */
  readonly onFailure: (reason: unknown) => void;
}

/** A certificate chain and its private key, as PEM text. */
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
}

type DenoServer = Deno.HttpServer<Deno.NetAddr>;

/** How long it waits before it listens again: descriptors come back in time. */
const RELISTEN_MS = 200;

/** How often the port is tried while the old listener lets go of it. */
const HANDOVER_MS = 5;

/** A running server. */
export class HttpServer {
  /** The port it listens on. */
  readonly port: number;
  readonly #options: HttpServerOptions;
  readonly #stopping = new AbortController();
  /** Responses that have not been sent to the end. */
  readonly #unsent = new Set<Promise<void>>();
  #server: DenoServer;
  #tls: TlsPair | undefined;

  private constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#tls = options.tls;
    this.#server = this.#listen(options.port);
    this.port = this.#server.addr.port;
    void this.#keepListening();
  }

  /**
   * Starts a server.
   *
   * @param options Where and what to serve.
   * @returns The server; it listens already.
   * @throws {Deno.errors.AddrInUse} If another program has the port; and
   * whatever else `Deno.serve` throws of an address.
   */
  static start(options: HttpServerOptions): HttpServer {
    return new HttpServer(options);
  }

  /**
   * Stops accepting at once, and waits for the responses that are on their way.
   *
   * @param timeoutMs How long it waits at most.
   */
  async stop(timeoutMs: number): Promise<void> {
    this.#stopping.abort();
    const expired = Promise.withResolvers<void>();
    const timer = setTimeout(expired.resolve, timeoutMs);
    // `shutdown` resolves when the last handler returns: its response is still
    // on its way then, and an exit would cut it off.
    const finished = this.#server.shutdown()
      .then(() => Promise.all(this.#unsent));
    await Promise.race([finished, expired.promise]);
    clearTimeout(timer);
  }

  /**
   * Serves with another certificate from now on. Connections that stand go on
   * with the old one until they are done. Deno cannot change the certificate of
   * a listener: a new one takes the port, and for some milliseconds a connect
   * is refused.
   *
   * @param tls The new pair.
   * @throws {Error} If it is no certificate with its key; the old one stays.
   */
  async replaceTls(tls: TlsPair): Promise<void> {
    Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...tls }).close();
    const old = this.#server;
    this.#tls = tls;
    // What it still answers is waited for by `stop`, through `#unsent`.
    void old.shutdown();
    while (!this.#stopping.signal.aborted) {
      try {
        this.#server = this.#listen(this.port);
        void this.#keepListening();
        return;
      } catch (error) {
        if (!(error instanceof Deno.errors.AddrInUse)) throw error;
        await new Promise((resolve) => setTimeout(resolve, HANDOVER_MS));
      }
    }
  }

  /**
   * Without descriptors left, `Deno.serve` gives up for good (EMFILE): a flood
   * of idle connections must not end the program.
   */
  async #keepListening(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#server.finished;
        return;
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        this.#options.onFailure(error);
      }
      await this.#listenAgain();
    }
  }

  async #listenAgain(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, RELISTEN_MS));
      try {
        this.#server = this.#listen(this.port);
        return;
      } catch {
        // Said once already; the next try follows.
      }
    }
  }

  #listen(port: number): DenoServer {
    const { hostname } = this.#options;
    if (hostname !== undefined) return this.#serve(hostname, port);
    // One socket for IPv6 and IPv4; on Windows one cannot serve both.
    if (Deno.build.os === "windows") return this.#serve("0.0.0.0", port);
    try {
      return this.#serve("::", port);
    } catch (error) {
      if (error instanceof Deno.errors.AddrInUse) throw error;
      if (error instanceof Deno.errors.PermissionDenied) throw error;
      // A system without IPv6.
      return this.#serve("0.0.0.0", port);
    }
  }

  #serve(hostname: string, port: number): DenoServer {
    return Deno.serve(
      { hostname, port, ...this.#tls, onListen: () => {}, onError },
      (request, info) => {
        const forget = () => void this.#unsent.delete(sent);
        // It rejects where the client is gone.
        const sent = info.completed.then(forget, forget);
        this.#unsent.add(sent);
        return this.#options.handler(request, info);
      },
    );
  }
}

/**
 * The handler never throws. But where it is traced, Deno reads the URL before
 * the handler does, and would answer 500 to a Host that no URL can hold, and
 * print the URL with all that may be secret in it.
 */
function onError(error: unknown): Response {
  if (error instanceof TypeError && /^Invalid URL/.test(error.message)) {
    return makeProblemResponse(
      new Problem("bad-request", "The Host header is not a host and a port"),
    );
  }
  throw error;
}
