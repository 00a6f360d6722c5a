/**
 * Stands between a Prometheus and the gateway, hands everything on, and keeps
 * what they said to each other.
 *
 * @module
 */

/** A request and what it was answered with. */
export interface Exchange {
  /** Path and query. */
  readonly url: string;
  readonly request: Headers;
  readonly response: Headers;
  readonly status: number;
}

/** A proxy on loopback; disposing of it ends it. */
export class ScrapeTap implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #client = Deno.createHttpClient({});
  /** What has been said so far. */
  readonly exchanges: Exchange[] = [];

  /**
   * Starts one.
   *
   * @param address Where the gateway serves.
   */
  constructor(address: string) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      async ({ url, headers }) => {
        const { pathname, search } = new URL(url);
        const response = await fetch(`http://${address}${pathname}${search}`, {
          headers,
          client: this.#client,
        });
        const { status, body } = response;
        this.exchanges.push({
          url: pathname + search,
          request: headers,
          response: response.headers,
          status,
        });
        const type = response.headers.get("content-type") ?? "";
        return new Response(body, {
          status,
          headers: { "content-type": type },
        });
      },
    );
  }

  /** Where it serves. */
  get address(): string {
    return `127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
    this.#client.close();
  }
}
