/**
 * A mining rig in this process: it listens on a real TCP socket and speaks the
 * CGMiner RPC API as the real miners do, quirks included, with values that
 * move. For tests, and to try things with no miner at hand.
 *
 * It needs net permission and nothing else. What it answers was measured on
 * cgminer 4.11.1, bfgminer 5.5.0 and sgminer 4.2.2; an Antminer S9 was added
 * after recorded replies. One thing differs: where a request was too long and
 * the miner's kernel sends RST at once, here the rest is read first, as on some
 * systems the reply would be lost to the RST.
 *
 * @example
 * ```ts
 * import { Simulator } from "./simulator.ts";
 *
 * await using rig = Simulator.start({ personality: "antminer" });
 * using connection = await Deno.connect(rig);
 * await connection.write(new TextEncoder().encode('{"command":"version"}'));
 * console.log(await new Response(connection.readable).text());
 * ```
 *
 * @module
 */

import {
  isSystemError,
  listenTcp,
  type TcpConn,
  type TcpListener,
} from "../rpc/runtime.ts";
import { ANTMINER } from "./simulator/antminer.ts";
import { BFGMINER } from "./simulator/bfgminer.ts";
import { CGMINER } from "./simulator/cgminer.ts";
import {
  type Access,
  Dispatcher,
  type PersonalityTraits,
} from "./simulator/dispatch.ts";
import type { Outcome } from "./simulator/exchange.ts";
import { mixFraction } from "./simulator/motion.ts";
import {
  type MulticastOptions,
  MulticastResponder,
} from "./simulator/multicast.ts";
import { readRequest, toBytes, toUtf8 } from "./simulator/request.ts";
import { SGMINER } from "./simulator/sgminer.ts";
import { type PoolOptions, RigState } from "./simulator/state.ts";
import { sleep } from "./sleep.ts";

export type { Access, MulticastOptions, MulticastResponder, PoolOptions };

/**
 * A kind of miner that can be simulated: cgminer 4.11.1 with ASICs; bmminer
 * 2.0.0 on an Antminer S9, whose `stats` are not valid JSON; bfgminer 5.5.0
 * with USB miners; sgminer 4.2.2 with GPUs.
 */
export type Personality = "cgminer" | "antminer" | "bfgminer" | "sgminer";

/** What each is like. A later one needs its name above and its table here. */
const PERSONALITIES: Readonly<Record<Personality, PersonalityTraits>> = {
  cgminer: CGMINER,
  antminer: ANTMINER,
  bfgminer: BFGMINER,
  sgminer: SGMINER,
};

/** How long a miner takes from its restart until it answers, as measured. */
const RESTART_MS = 6000;

/** How often, and for how long at most, a port is tried that is taken. */
const BIND_RETRY_MS = 100;
const BIND_PATIENCE_MS = 60_000;

/** How long it waits before it accepts again without descriptors. */
const ACCEPT_RETRY_MS = 100;

/** How long the rest of a request that is too long may take to come. */
const REST_MS = 20;

/** How much of it is read: a client that goes on for ever holds up the others. */
const MAX_REST = 1024 * 1024;

/** As many clients may wait as cgminer lets: `listen(100)`. */
const BACKLOG = 100;

/** How long a rig has been running when it is started here, at most. */
const LONGEST_UPTIME_S = 3 * 86_400;

/** What a simulated rig is to be like. */
export interface SimulatorOptions {
  /** What kind of miner; default `cgminer`. */
  personality?: Personality;
  /** Same seed and same clock, same replies; default 1. */
  seed?: number;
  /** Where to listen; default `127.0.0.1`. */
  hostname?: string;
  /** On which port; default 0, any that is free. */
  port?: number;
  /** How many devices; default 3, but 1 for `antminer`. */
  deviceCount?: number;
  /** Its pools, in the order of their priority; default three. */
  pools?: PoolOptions[];
  /** What group the asker has; default `W`, everything. */
  access?: Access;
  /** How long it refuses connections after a restart; default 6000 ms. */
  restartMs?: number;
  /**
   * How long it has been mining when it is started, in seconds; default some
   * hours or days, by the seed. After a restart, 0.
   */
  uptimeS?: number;
  /** The time in ms since 1970, with which values move; default `Date.now`. */
  now?: () => number;
  /** Answers to multicast, as with `--api-mcast`; default: it does not. */
  multicast?: MulticastOptions;
  /**
   * Told what each `recv` gave, before it is answered; no async function. What
   * it throws keeps no request from its reply: `stop()` throws the first of it.
   */
  onRequest?: (request: Uint8Array) => void;
}

/** A mining rig in this process. */
export class Simulator implements AsyncDisposable {
  /** Where it listens. */
  readonly hostname: string;
  /** On which port; the same after a restart. */
  readonly port: number;
  /** What kind of miner it is. */
  readonly personality: Personality;
  /** What answers to multicast; undefined unless it was asked for. */
  readonly multicast: MulticastResponder | undefined;
  readonly #options: SimulatorOptions;
  readonly #traits: PersonalityTraits;
  readonly #stopping = new AbortController();
  #listener: TcpListener | undefined;
  #connection: TcpConn | undefined;
  #rig: RigState;
  #dispatcher: Dispatcher;
  #requestCount = 0;
  /** What `onRequest` threw. */
  #failure: { error: unknown } | undefined;
  readonly #done: Promise<void>;

  private constructor(options: SimulatorOptions) {
    this.#options = options;
    this.personality = readPersonality(options.personality);
    this.#traits = PERSONALITIES[this.personality];
    const luck = mixFraction(options.seed ?? 1, 9);
    const uptimeS = options.uptimeS ??
      Math.floor(LONGEST_UPTIME_S * (0.05 + 0.95 * luck));
    this.#rig = this.#createRig(uptimeS);
    this.#dispatcher = this.#createDispatcher();
    // After all that can be wrong: nobody would close it.
    this.#listener = listenTcp({
      hostname: options.hostname ?? "127.0.0.1",
      port: options.port ?? 0,
      tcpBacklog: BACKLOG,
    });
    this.hostname = this.#listener.addr.hostname;
    this.port = this.#listener.addr.port;
    this.#done = this.#serve(this.#listener);
    this.multicast = options.multicast &&
      this.#listenToMulticast(options.multicast);
  }

  /**
   * Starts a rig. It listens as soon as this returns.
   *
   * @param options What it is to be like.
   * @returns The rig. Stop it when it is no longer needed.
   * @throws {TypeError} If there is no such personality.
   * @throws {Error} If the port is taken; on Deno `Deno.errors.AddrInUse`.
   */
  static start(options: SimulatorOptions = {}): Simulator {
    return new Simulator(options);
  }

  /** How many requests it has received so far. */
  get requestCount(): number {
    return this.#requestCount;
  }

  /**
   * Stops it for good: closes everything. May be called again.
   *
   * @throws What `onRequest` threw first, once everything is closed; only once.
   */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#closeListener();
    this.#closeConnection();
    await this.multicast?.stop();
    await this.#done;
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
  }

  /** As {@link stop}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #readClockS(): number {
    return (this.#options.now ?? Date.now)() / 1000;
  }

  #createRig(uptimeS: number): RigState {
    const { seed = 1, deviceCount, pools } = this.#options;
    const traits = this.#traits;
    return new RigState({
      ...traits,
      deviceCount: deviceCount ?? traits.deviceCount,
      pools: (pools ?? traits.pools).map((pool) => ({
        ...pool,
        url: toUtf8(pool.url),
        user: toUtf8(pool.user),
      })),
      seed,
      startS: this.#readClockS() - uptimeS,
    });
  }

  #createDispatcher(): Dispatcher {
    return new Dispatcher(this.#traits, this.#options.access ?? "W");
  }

  #listenToMulticast(options: MulticastOptions): MulticastResponder {
    const { hostname, port, personality } = this;
    const program = personality === "sgminer" ? "sgminer" : "cgminer";
    const isUp = (): boolean => this.#listener !== undefined;
    return MulticastResponder.start({ hostname, port, program, isUp }, options);
  }

  /** Serves until the rig is stopped or killed, through all its restarts. */
  async #serve(listener: TcpListener): Promise<void> {
    let open: TcpListener | undefined = listener;
    while (open !== undefined) {
      const outcome = await this.#acceptClients(open);
      this.#closeListener();
      if (outcome !== "restarts") return;
      await this.#wait(this.#options.restartMs ?? RESTART_MS);
      open = await this.#listenAgain();
      this.#rig = this.#createRig(0);
      this.#dispatcher = this.#createDispatcher();
    }
  }

  /** Answers one client at a time, however long it takes. */
  async #acceptClients(listener: TcpListener): Promise<Outcome> {
    while (!this.#stopping.signal.aborted) {
      let outcome: Outcome = "stays";
      try {
        const connection = await listener.accept();
        this.#connection = connection;
        // It may have been stopped just between the two.
        if (this.#stopping.signal.aborted) break;
        outcome = await this.#serveClient(connection);
      } catch (error) {
        // The client went away, or the rig was stopped: on to the next, if any.
        // Out of descriptors, it waits: some come back in time.
        if (isOutOfDescriptors(error)) await this.#wait(ACCEPT_RETRY_MS);
        else if (!isDisconnection(error)) throw error;
      } finally {
        this.#closeConnection();
      }
      if (outcome !== "stays") return outcome;
    }
    return "quits";
  }

  async #serveClient(connection: TcpConn): Promise<Outcome> {
    const buffer = new Uint8Array(this.#traits.receiveLimit);
    const size = await connection.read(buffer) ?? 0;
    const bytes = buffer.subarray(0, size);
    this.#requestCount++;
    this.#tellRequest(bytes.slice());
    this.#rig.advance(this.#readClockS());
    const answer = this.#dispatcher.answer(readRequest(bytes), this.#rig);
    // From the reply on nobody gets in, so that what a client sees is certain.
    if (answer.outcome !== "stays") this.#closeListener();
    const reply = answer.documents.map((document) => `${document}\0`).join("");
    await writeAll(connection, toBytes(reply));
    if (size === buffer.length) await this.#dropRest(connection, buffer);
    return answer.outcome;
  }

  /** Reads on until no more comes: a close with bytes unread sends RST. */
  async #dropRest(connection: TcpConn, buffer: Uint8Array): Promise<void> {
    for (let left = MAX_REST; left > 0;) {
      // One that waits when the connection is closed rejects.
      const read = connection.read(buffer).catch(() => null);
      const size = await Promise.race([read, this.#wait(REST_MS)]);
      if (typeof size !== "number") return;
      left -= size;
    }
  }

  /** A test asserts there, and is to fail by that and not by a rig that died. */
  #tellRequest(bytes: Uint8Array): void {
    try {
      this.#options.onRequest?.(bytes);
    } catch (error) {
      this.#failure ??= { error };
    }
  }

  async #listenAgain(): Promise<TcpListener | undefined> {
    const { hostname, port } = this;
    const patienceMs = performance.now() + BIND_PATIENCE_MS;
    while (!this.#stopping.signal.aborted) {
      try {
        const options = { hostname, port, tcpBacklog: BACKLOG };
        return this.#listener = listenTcp(options);
      } catch (error) {
        if (!isSystemError(error, "AddrInUse")) throw error;
        // Someone else has taken the port. cgminer tries for a minute, and
        // then goes on without its API: so does this.
        if (performance.now() > patienceMs) return undefined;
      }
      await this.#wait(BIND_RETRY_MS);
    }
    return undefined;
  }

  /** Waits, but not longer than until the rig is stopped. */
  #wait(delayMs: number): Promise<void> {
    return sleep(delayMs, this.#stopping.signal);
  }

  #closeListener(): void {
    this.#listener?.close();
    this.#listener = undefined;
  }

  #closeConnection(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }
}

function readPersonality(name: Personality = "cgminer"): Personality {
  // A caller in JavaScript may have given anything.
  if (Object.hasOwn(PERSONALITIES, name)) return name;
  throw new TypeError(
    `"${name}" is no personality: it must be one of ` +
      Object.keys(PERSONALITIES).join(", "),
  );
}

async function writeAll(
  connection: TcpConn,
  bytes: Uint8Array,
): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    written += await connection.write(bytes.subarray(written));
  }
}

/** EMFILE, which has no class of its own. */
function isOutOfDescriptors(error: unknown): boolean {
  return error instanceof Error && error.message.includes("(os error 24)");
}

/** Whether an error says that the other side, or this one, has closed. */
function isDisconnection(error: unknown): boolean {
  return isSystemError(
    error,
    "ConnectionReset",
    "ConnectionAborted",
    "BrokenPipe",
    "NotConnected",
    "BadResource",
    "Interrupted",
  );
}
