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
import { AVALON } from "./simulator/avalon.ts";
import { BFGMINER } from "./simulator/bfgminer.ts";
import { CGMINER } from "./simulator/cgminer.ts";
import { CPUMINER } from "./simulator/cpuminer.ts";
import {
  type Access,
  Dispatcher,
  type PersonalityTraits,
} from "./simulator/dispatch.ts";
import type { Outcome } from "./simulator/exchange.ts";
import { LUXOS } from "./simulator/luxos.ts";
import { mixFraction } from "./simulator/motion.ts";
import {
  type MulticastOptions,
  MulticastResponder,
} from "./simulator/multicast.ts";
import { toBytes, toUtf8 } from "./simulator/request.ts";
import { SGMINER } from "./simulator/sgminer.ts";
import { type PoolOptions, RigState } from "./simulator/state.ts";
import { WHATSMINER } from "./simulator/whatsminer.ts";
import { sleep } from "./sleep.ts";

export type { Access, MulticastOptions, MulticastResponder, PoolOptions };

/**
 * A kind of miner that can be simulated: cgminer 4.11.1 with ASICs; bmminer
 * 2.0.0 on an Antminer S9, whose `stats` are not valid JSON; bfgminer 5.5.0
 * with USB miners; sgminer 4.2.2 with GPUs; cpuminer-multi 1.3.7, which speaks
 * text only. A WhatsMiner M31S, an AvalonMiner 1246, and LuxOS on an Antminer
 * S19k Pro have the reports that telemetry is made of, and say their power.
 */
export type Personality =
  | "cgminer"
  | "antminer"
  | "bfgminer"
  | "sgminer"
  | "whatsminer"
  | "avalon"
  | "luxos"
  | "cpuminer";

/** What each is like. A later one needs its name above and its table here. */
const PERSONALITIES: Readonly<Record<Personality, PersonalityTraits>> = {
  cgminer: CGMINER,
  antminer: ANTMINER,
  bfgminer: BFGMINER,
  sgminer: SGMINER,
  whatsminer: WHATSMINER,
  avalon: AVALON,
  luxos: LUXOS,
  cpuminer: CPUMINER,
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

type Faults = NonNullable<SimulatorOptions["faults"]>;

/** What is no reply of any miner. */
const GARBAGE = Uint8Array.from({ length: 64 }, (_, at) => 1 + at * 37 % 255);

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
  /**
   * How many devices; default 3, but 1 for `antminer` and `avalon`, each of
   * which has three boards, and 4 for `cpuminer`.
   */
  deviceCount?: number;
  /** Its pools, in the order of their priority; default three. */
  pools?: PoolOptions[];
  /** What group the asker has; default `W`, everything. */
  access?: Access;
  /** The password of a `whatsminer`; default `admin`, the factory's. */
  password?: string;
  /** How long it refuses connections after a restart; default 6000 ms. */
  restartMs?: number;
  /**
   * How long it has been mining when it is started, in seconds; default some
   * hours or days, by the seed. After a restart, 0.
   */
  uptimeS?: number;
  /** The time in ms since 1970, with which values move; default `Date.now`. */
  now?: () => number;
  /**
   * What goes wrong with it, to see what watches it notice; default: nothing.
   * {@linkcode Simulator.faults} changes it while the rig runs.
   */
  faults?: {
    /** Waits so long, in milliseconds, before each reply. */
    readonly delayMs?: number;
    /** Reads the request and says nothing, for as long as that lasts. */
    readonly hang?: boolean;
    /** Closes the connection without a byte. */
    readonly drop?: boolean;
    /** Answers with bytes that are no reply. */
    readonly garbage?: boolean;
    /** Sends the first half of each reply, and closes. */
    readonly truncate?: boolean;
    /** Refuses connections, as a miner that has ended. It mines on. */
    readonly refuse?: boolean;
    /** Is too warm by so many °C; true: by 40. */
    readonly overheat?: boolean | number;
    /** The board (or device) of that number is dead; true: the first. */
    readonly deadBoard?: boolean | number;
    /** The pool of that number does not answer; true: the first. */
    readonly deadPool?: boolean | number;
    /** It hashes, and no share comes of it. */
    readonly noShares?: boolean;
    /**
     * Another client holds its session (`luxos`), or all of its tokens
     * (`whatsminer`).
     */
    readonly sessionHeld?: boolean;
    /**
     * It refuses sessions and tokens as ended: the next so many commands that
     * want one; true: all.
     */
    readonly sessionExpired?: boolean | number;
    /** The watts that it says it takes, where its make says that. */
    readonly power?: number;
  };
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
  #faults: Faults;
  /** Resolves when the faults change. */
  #change = Promise.withResolvers<void>();
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
    this.#faults = { ...options.faults };
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
    if (this.#faults.refuse) this.#closeListener();
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
   * What goes wrong with it now. What is set takes the place of all that was,
   * from the next request on; a client that hangs is answered.
   *
   * @example
   * ```ts
   * import { Simulator } from "./simulator.ts";
   *
   * await using rig = Simulator.start({ faults: { overheat: true } });
   * rig.faults = { hang: true };
   * rig.faults = {};
   * ```
   */
  get faults(): NonNullable<SimulatorOptions["faults"]> {
    return this.#faults;
  }

  set faults(faults: NonNullable<SimulatorOptions["faults"]>) {
    this.#faults = { ...faults };
    this.#rig.setFaults(this.#faults, this.#readClockS());
    if (this.#faults.refuse) this.#closeListener();
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }

  /**
   * Stops it for good: closes everything. May be called again.
   *
   * @throws What `onRequest` threw first, once everything is closed; only once.
   */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#change.resolve();
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
    const startS = this.#readClockS() - uptimeS;
    const rig = new RigState({
      ...traits,
      deviceCount: deviceCount ?? traits.deviceCount,
      pools: (pools ?? traits.pools).map((pool) => ({
        ...pool,
        url: toUtf8(pool.url),
        user: toUtf8(pool.user),
      })),
      seed,
      startS,
    });
    rig.setFaults(this.#faults, startS);
    return rig;
  }

  #createDispatcher(): Dispatcher {
    const { access = "W", password } = this.#options;
    return new Dispatcher(this.#traits, access, {
      password,
      readFaults: () => this.#faults,
      spendFault: (name) => {
        const fault = this.#faults[name] ?? false;
        if (typeof fault === "boolean") return fault;
        if (fault <= 0) return false;
        this.#faults = { ...this.#faults, [name]: fault - 1 };
        return true;
      },
    });
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
      if (outcome === "quits" || outcome === "crashes") return;
      if (outcome === "restarts") {
        await this.#wait(this.#options.restartMs ?? RESTART_MS);
      }
      await this.#awaitChange(() => !this.#faults.refuse);
      open = await this.#listenAgain();
      if (outcome === "refuses") continue;
      this.#rig = this.#createRig(0);
      this.#dispatcher = this.#createDispatcher();
    }
  }

  /** Waits until the faults are such, or the rig is stopped. */
  async #awaitChange(isReached: () => boolean): Promise<void> {
    while (!this.#stopping.signal.aborted && !isReached()) {
      await this.#change.promise;
    }
  }

  /** Answers one client at a time, however long it takes. */
  async #acceptClients(
    listener: TcpListener,
  ): Promise<Outcome | "refuses"> {
    while (!this.#stopping.signal.aborted) {
      if (this.#faults.refuse) return "refuses";
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
    const { delayMs = 0 } = this.#faults;
    if (delayMs > 0) await this.#wait(delayMs);
    if (this.#faults.hang && !await this.#hang(connection)) return "stays";
    const { drop, garbage, truncate } = this.#faults;
    if (drop) return "stays";
    this.#rig.advance(this.#readClockS());
    const answer = await this.#dispatcher.answer(bytes, this.#rig);
    // From the reply on nobody gets in, so that what a client sees is certain.
    if (answer.outcome !== "stays") this.#closeListener();
    const reply = answer.documents.map((document) => `${document}\0`).join("");
    const whole = garbage ? GARBAGE : toBytes(reply);
    await writeAll(
      connection,
      truncate ? whole.subarray(0, whole.length / 2) : whole,
    );
    if (size === buffer.length) await this.#dropRest(connection, buffer);
    return answer.outcome;
  }

  /** Says nothing while the fault lasts; false: the client has gone by then. */
  async #hang(connection: TcpConn): Promise<boolean> {
    let isThere = true;
    await Promise.race([
      awaitEnd(connection).then(() => isThere = false),
      this.#awaitChange(() => !this.#faults.hang),
    ]);
    return isThere;
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

/** Reads until the other side has closed, or this one. */
async function awaitEnd(connection: TcpConn): Promise<void> {
  const buffer = new Uint8Array(1024);
  try {
    while (await connection.read(buffer) !== null);
  } catch (error) {
    if (!isDisconnection(error)) throw error;
  }
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
