/**
 * A rig that does what a test says: a real TCP server that hands each
 * connection to a function, and counts what it saw. On `node:net`, because a
 * test must be able to reset a connection.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { once } from "node:events";
import {
  type AddressInfo,
  createServer,
  type Server,
  type Socket,
} from "node:net";

/** One connection, as the test's function sees it. */
export interface RigConnection {
  /** What was read first; empty if the peer closed before it wrote. */
  readonly request: string;
  /** Which connection it is, from 0. */
  readonly index: number;
  /** Writes text or bytes. */
  send(reply: string | Uint8Array): Promise<void>;
  /** Ends the connection with RST. */
  reset(): void;
  /** Resolves when the connection is closed, by whichever side. */
  readonly closed: Promise<void>;
}

/** What a rig does with a connection; it is closed (FIN) afterwards. */
export type Behaviour = (connection: RigConnection) => Promise<void> | void;

/** Answers every request with the same reply and a NUL. */
export function replyWith(reply: string | Uint8Array): Behaviour {
  return async (connection) => {
    await connection.send(reply);
    await connection.send("\0");
  };
}

/** Waits until a promise resolves, then answers. */
export function replyAfter(
  ready: (connection: RigConnection) => Promise<unknown>,
  reply: string,
): Behaviour {
  return async (connection) => {
    await ready(connection);
    await connection.send(reply + "\0");
  };
}

/** Answers each request with that request: `{"echo":<request>}`. */
export function echoRequests(
  ready?: (connection: RigConnection) => Promise<unknown> | void,
): Behaviour {
  return async (connection) => {
    await ready?.(connection);
    await connection.send(`{"echo":${connection.request}}\0`);
  };
}

/** A real TCP server on loopback with a scripted behaviour. */
export class ScriptedRig implements AsyncDisposable {
  readonly hostname = "127.0.0.1";
  /** The requests as text, in the order in which they were read. */
  readonly requests: string[] = [];
  /** The most connections that were open at once. */
  peakConnections = 0;
  /**
   * The most requests that were unanswered at once. A request is answered when
   * a NUL is about to be written: a peer may come back before its close is
   * seen here, so two connections of the same moment may be open in
   * `peakConnections` although the peer had closed the first.
   */
  peakRequests = 0;
  /** How many connections were accepted. */
  connectionCount = 0;
  /** What it does from the next connection on. */
  behaviour: Behaviour;
  /** Whether it reads before it behaves; if not, `request` is empty. */
  readsRequests = true;
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  readonly #unanswered = new Set<Socket>();
  readonly #watchers = new Set<() => void>();

  private constructor(behaviour: Behaviour) {
    this.behaviour = behaviour;
    this.#server = createServer((socket) => void this.#serve(socket));
  }

  /** Starts a rig; `await using` stops it. */
  static async start(behaviour: Behaviour, port = 0): Promise<ScriptedRig> {
    const rig = new ScriptedRig(behaviour);
    rig.#server.listen(port, rig.hostname);
    await once(rig.#server, "listening");
    return rig;
  }

  /** The port it listens on. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** How many connections are open. */
  get openConnections(): number {
    return this.#open.size;
  }

  /** Resolves when so many requests were read in all. */
  untilRequests(count: number): Promise<void> {
    return this.#until(() => this.requests.length >= count);
  }

  /** Resolves when no connection is open. */
  untilIdle(): Promise<void> {
    return this.#until(() => this.#open.size === 0);
  }

  #until(isReached: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!isReached()) return;
        this.#watchers.delete(check);
        resolve();
      };
      this.#watchers.add(check);
      check();
    });
  }

  #notifyWatchers(): void {
    for (const check of this.#watchers) check();
  }

  async #serve(socket: Socket): Promise<void> {
    const index = this.connectionCount++;
    this.#open.add(socket);
    this.peakConnections = Math.max(this.peakConnections, this.#open.size);
    // A peer that resets is part of many tests; `close` follows.
    socket.on("error", () => {});
    const closed = new Promise<void>((resolve) =>
      socket.once("close", () => {
        this.#open.delete(socket);
        this.#unanswered.delete(socket);
        resolve();
        this.#notifyWatchers();
      })
    );
    const request = this.readsRequests ? await readRequest(socket, closed) : "";
    this.requests.push(request);
    if (!socket.destroyed) this.#unanswered.add(socket);
    this.peakRequests = Math.max(this.peakRequests, this.#unanswered.size);
    this.#notifyWatchers();
    await this.behaviour({
      request,
      index,
      closed,
      send: (reply) => {
        const bytes = Buffer.from(reply as Uint8Array);
        if (bytes.includes(0)) this.#unanswered.delete(socket);
        return new Promise((resolve) => socket.write(bytes, () => resolve()));
      },
      reset: () => void socket.resetAndDestroy(),
    });
    if (socket.destroyed) return;
    socket.end();
    // What is not read is dropped, or the end of the peer would go unseen.
    socket.resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const stopped = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
    await stopped;
  }
}

function readRequest(socket: Socket, closed: Promise<void>): Promise<string> {
  return Promise.race([
    once(socket, "data").then(
      ([data]) => new TextDecoder().decode(data),
      () => "",
    ),
    closed.then(() => ""),
  ]);
}
