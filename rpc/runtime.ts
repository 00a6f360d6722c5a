/**
 * What the runtime gives: TCP, timers, the names of its errors. On Deno these
 * are Deno's own calls; where there is no Deno (Node, Bun) they are made of
 * `node:net`, which is loaded only there.
 *
 * @module
 */

import type { Server, Socket } from "node:net";

/** Whether this is Deno. */
export const IS_DENO: boolean = typeof Deno !== "undefined";

/** A connection: what of `Deno.TcpConn` is used. */
export interface TcpConn {
  /** Reads what is there, at least a byte; null at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes; gives how many bytes it took. */
  write(bytes: Uint8Array): Promise<number>;
  /** Closes it; a read that waits rejects. */
  close(): void;
  /** Lets it keep the process alive, as from the start. */
  ref(): void;
  /** Lets the process end before it does. */
  unref(): void;
}

/** What listens: what of `Deno.TcpListener` is used. */
export interface TcpListener {
  /** Where it listens. */
  readonly addr: { readonly hostname: string; readonly port: number };
  /** Waits for the next client. */
  accept(): Promise<TcpConn>;
  /** Listens no more; connections stay. */
  close(): void;
}

/** The errors of Deno that are told apart here, and Node's codes for them. */
const ERROR_CODES = {
  AddrInUse: "EADDRINUSE",
  BadResource: "EBADF",
  BrokenPipe: "EPIPE",
  ConnectionAborted: "ECONNABORTED",
  ConnectionRefused: "ECONNREFUSED",
  ConnectionReset: "ECONNRESET",
  Interrupted: "EINTR",
  NotConnected: "ENOTCONN",
} as const;

/**
 * Whether an error of the system is one of some kinds.
 *
 * @param error What was thrown.
 * @param names The kinds, by the names of `Deno.errors`.
 * @returns True if it is, on any runtime.
 */
export function isSystemError(
  error: unknown,
  ...names: readonly (keyof typeof ERROR_CODES)[]
): boolean {
  if (!(error instanceof Error)) return false;
  if (IS_DENO) return names.some((name) => error instanceof Deno.errors[name]);
  const { code } = error as { code?: unknown };
  return names.some((name) => ERROR_CODES[name] === code);
}

/** A timer of this runtime. */
export type Timer = ReturnType<typeof setTimeout>;

/**
 * Says whether a timer keeps the process alive.
 *
 * @param timer The timer, which may be over.
 * @param isRef Whether it does.
 */
export function keepAlive(timer: Timer, isRef: boolean): void {
  if (IS_DENO) {
    if (isRef) Deno.refTimer(timer);
    else Deno.unrefTimer(timer);
    return;
  }
  const own = timer as unknown as { ref(): void; unref(): void };
  if (isRef) own.ref();
  else own.unref();
}

/**
 * Loads a module of Node at once, where there is no Deno.
 *
 * @param name Its name.
 * @returns The module.
 */
export function loadNode<M>(name: "net" | "os"): M {
  const { process } = globalThis as unknown as {
    process: { getBuiltinModule(name: string): M };
  };
  return process.getBuiltinModule(`node:${name}`);
}

type Net = typeof import("node:net");

/**
 * Connects where there is no `Deno.connect`.
 *
 * @param options As `Deno.connect` takes them.
 * @returns The connection.
 */
export function connectByNode(
  { hostname, port, signal }: {
    readonly hostname: string;
    readonly port: number;
    readonly signal: AbortSignal;
  },
): Promise<TcpConn> {
  const { promise, resolve, reject } = Promise.withResolvers<TcpConn>();
  const socket = loadNode<Net>("net").connect({
    host: hostname,
    port,
    allowHalfOpen: true,
    noDelay: true,
  });
  const onAbort = (): void => {
    reject(signal.reason);
    socket.destroy();
  };
  const stop = (): void => {
    signal.removeEventListener("abort", onAbort);
    socket.off("error", onError);
  };
  const onError = (error: Error): void => {
    stop();
    reject(error);
  };
  signal.addEventListener("abort", onAbort);
  // It stays until the connection takes over: nothing else hears its errors.
  socket.on("error", onError);
  socket.once("connect", () => {
    const conn = new NodeConn(socket);
    stop();
    resolve(conn);
  });
  return promise;
}

/**
 * Listens. It does so as soon as this returns, on any runtime.
 *
 * @param options An IP address, a port (0: any that is free), and how many
 * clients may wait.
 * @returns What listens.
 * @throws {Error} If the port is taken: `AddrInUse` for {@linkcode isSystemError}.
 */
export function listenTcp(
  options: {
    readonly hostname: string;
    readonly port: number;
    readonly tcpBacklog: number;
  },
): TcpListener {
  return IS_DENO ? Deno.listen(options) : new NodeListener(options);
}

/** The error of what was closed on this side, as Deno's `BadResource`. */
function makeClosedError(): Error {
  return Object.assign(new Error("It was closed"), { code: "EBADF" });
}

/** A socket of Node, read when asked. */
class NodeConn implements TcpConn {
  readonly #socket: Socket;
  #chunk: Uint8Array | undefined;
  #isEnded = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Uint8Array) => {
      socket.pause();
      // Some runtimes give one more after a pause.
      this.#chunk = this.#chunk === undefined
        ? chunk
        : new Uint8Array([...this.#chunk, ...chunk]);
      this.#wake?.();
    });
    socket.on("end", () => this.#end());
    socket.on("error", (error: Error) => this.#end(error));
    socket.on("close", () => this.#end());
    socket.pause();
  }

  #end(error?: Error): void {
    if (error === undefined) this.#isEnded = true;
    else this.#error ??= error;
    this.#wake?.();
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    while (this.#chunk === undefined) {
      if (this.#error !== undefined) throw this.#error;
      if (this.#isEnded) return null;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      this.#socket.resume();
      await promise;
    }
    const chunk = this.#chunk;
    const part = chunk.subarray(0, buffer.length);
    buffer.set(part);
    this.#chunk = part.length < chunk.length
      ? chunk.subarray(part.length)
      : undefined;
    return part.length;
  }

  write(bytes: Uint8Array): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    if (this.#error !== undefined) reject(this.#error);
    else {
      this.#socket.write(bytes, (error) => {
        if (error) reject(this.#error ?? error);
        else resolve(bytes.length);
      });
    }
    return promise;
  }

  close(): void {
    const socket = this.#socket;
    this.#chunk = undefined;
    this.#end(makeClosedError());
    // What is on its way is not waited for; else the other side gets FIN first.
    if (socket.writableLength > 0 || socket.destroyed) socket.destroy();
    else socket.end(() => socket.destroy());
  }

  ref(): void {
    this.#socket.ref();
  }

  unref(): void {
    this.#socket.unref();
  }
}

/** A server of Node, which accepts when asked. */
class NodeListener implements TcpListener {
  readonly addr: { readonly hostname: string; readonly port: number };
  readonly #server: Server;
  readonly #accepted: NodeConn[] = [];
  #isClosed = false;
  #wake: (() => void) | undefined;

  constructor(
    { hostname, port, tcpBacklog }: {
      readonly hostname: string;
      readonly port: number;
      readonly tcpBacklog: number;
    },
  ) {
    const net = loadNode<Net>("net");
    const host = hostname === "localhost" ? "127.0.0.1" : hostname;
    const server = net.createServer({ allowHalfOpen: true, noDelay: true });
    this.#server = server;
    let failure: unknown;
    server.on("error", (error) => failure = error);
    server.on("connection", (socket) => {
      this.#accepted.push(new NodeConn(socket));
      this.#wake?.();
    });
    // `listen` with a host looks it up first, and listens in a later turn;
    // what it calls then does so at once. Bun has it not, and need not.
    const { _listen2: listenNow } = server as unknown as {
      _listen2?(
        host: string,
        port: number,
        family: number,
        backlog: number,
      ): void;
    };
    if (listenNow === undefined) {
      server.listen({ host, port, backlog: tcpBacklog });
    } else listenNow.call(server, host, port, net.isIP(host), tcpBacklog);
    const address = server.address();
    if (address === null || typeof address === "string") {
      server.close();
      throw failure ?? Object.assign(
        new Error(`Cannot listen at ${host}:${port}: is the port taken?`),
        { code: "EADDRINUSE" },
      );
    }
    this.addr = { hostname: address.address, port: address.port };
  }

  async accept(): Promise<TcpConn> {
    while (true) {
      if (this.#isClosed) throw makeClosedError();
      const conn = this.#accepted.shift();
      if (conn !== undefined) return conn;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#server.close();
    for (const conn of this.#accepted.splice(0)) conn.close();
    this.#wake?.();
  }
}
