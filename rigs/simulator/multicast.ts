/**
 * A simulated rig's answer to multicast, as `api.c`'s `mcast` thread gives it:
 * one datagram at a time, and after each, answered or not, a second of rest.
 * What comes meanwhile waits in the socket.
 *
 * Only the access list is left out: whoever asks is answered. Answers come from
 * the rig's own address, and the group is joined on the interface of that
 * address alone, so that a rig on 127.0.0.1 never speaks to a network.
 *
 * @module
 */

import type { RigAddress } from "../../rpc/errors.ts";
import {
  closeSocket,
  type DatagramAddress,
  openSocket,
  sendDatagram,
} from "../datagrams.ts";
import { MULTICAST_GROUP, MULTICAST_PORT } from "../discovery.ts";
import { sleep } from "../sleep.ts";
import type { Socket } from "node:dgram";

/** How a simulated rig listens to multicast. */
export interface MulticastOptions {
  /** What it calls itself (`--api-mcast-des`); default nothing. */
  readonly description?: string;
  /** The group that it joins (`--api-mcast-addr`); default 224.0.0.75. */
  readonly group?: string;
  /** The UDP port (`--api-mcast-port`); default 4028; 0 takes any free one. */
  readonly port?: number;
  /**
   * Listens at this IPv4 address instead, to questions by unicast, and joins
   * no group.
   */
  readonly hostname?: string;
}

/** Whom it answers for. */
export interface MulticastRig extends Pick<RigAddress, "hostname" | "port"> {
  /** Whom it wants to be called: sgminer has a name of its own. */
  readonly program?: "cgminer" | "sgminer";
  /** Whether its API listens; without it, it is silent. Default: it does. */
  readonly isUp?: () => boolean;
}

/** How long the thread sleeps before each `recvfrom`. */
const REST_MS = 1000;

/** `sizeof(buf) - 1`: more of a datagram is not read. */
const MAX_QUESTION_BYTES = 1023;

/** `sizeof(replybuf) - 1`: `snprintf` cuts the answer. */
const MAX_ANSWER_LENGTH = 1023;

/** How many datagrams wait; the kernel's buffer holds a few hundred. */
const MAX_WAITING = 256;

/** A datagram as it came. */
interface Datagram {
  readonly bytes: Uint8Array;
  readonly hostname: string;
}

/** Listens to multicast for a rig, and answers. */
export class MulticastResponder {
  /**
   * Where it listens, as soon as it does. Rejects where it cannot; the rig goes
   * on without it then, as cgminer does.
   */
  readonly ready: Promise<RigAddress>;
  readonly #rig: MulticastRig;
  readonly #options: MulticastOptions;
  readonly #rest: (signal: AbortSignal) => Promise<void>;
  readonly #stopping = new AbortController();
  readonly #waiting: Datagram[] = [];
  #wake: () => void = () => {};
  readonly #sockets: Socket[] = [];
  readonly #done: Promise<void>;

  private constructor(
    rig: MulticastRig,
    options: MulticastOptions,
    rest: (signal: AbortSignal) => Promise<void>,
  ) {
    this.#rig = rig;
    this.#options = options;
    this.#rest = rest;
    this.ready = this.#open();
    this.#done = this.ready.then(() => this.#serve(), () => {})
      .finally(() => Promise.all(this.#sockets.map(closeSocket)));
  }

  /**
   * Starts to listen; {@linkcode ready} says when it does.
   *
   * @param rig Whom it answers for.
   * @param options What it listens to, and how it describes the rig.
   * @param rest What it does between two datagrams; default a second's wait.
   * @returns It. Stop it when it is no longer needed.
   */
  static start(
    rig: MulticastRig,
    options: MulticastOptions = {},
    rest: (signal: AbortSignal) => Promise<void> = (signal) =>
      sleep(REST_MS, signal),
  ): MulticastResponder {
    return new MulticastResponder(rig, options, rest);
  }

  /** Stops it: closes everything. May be called again. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    await this.#done;
  }

  async #open(): Promise<DatagramAddress> {
    const { group = MULTICAST_GROUP, port = MULTICAST_PORT, hostname } =
      this.#options;
    const socket = await openSocket({
      hostname: hostname ?? group,
      port,
      isShared: hostname === undefined,
    });
    this.#sockets.push(socket);
    // What could not be received is passed over, as by `api.c`.
    socket.on("error", () => {});
    const own = this.#rig.hostname;
    if (hostname === undefined) joinGroup(socket, group, own);
    this.#sockets.push(await openSocket({ hostname: own }));
    socket.on("message", (bytes, { address }) => {
      if (this.#waiting.length === MAX_WAITING) return;
      this.#waiting.push({ bytes, hostname: address });
      this.#wake();
    });
    return { hostname: hostname ?? group, port: socket.address().port };
  }

  async #serve(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const datagram = this.#waiting.shift();
      if (datagram === undefined) {
        await new Promise<void>((resolve) => this.#wake = resolve);
        continue;
      }
      await this.#answer(datagram);
      await this.#rest(signal);
    }
  }

  async #answer({ bytes, hostname }: Datagram): Promise<void> {
    const { program = "cgminer", isUp, port } = this.#rig;
    const replyPort = readQuestion(bytes, program);
    const [, socket] = this.#sockets;
    if (replyPort === undefined || socket === undefined) return;
    if (isUp?.() === false) return;
    const text = `cgm-FTW-${port}-${this.#options.description ?? ""}`;
    const whole = new TextEncoder().encode(text);
    const answer = new Uint8Array(
      Math.min(whole.length, MAX_ANSWER_LENGTH) + 1,
    );
    answer.set(whole.subarray(0, MAX_ANSWER_LENGTH));
    try {
      await sendDatagram(socket, answer, { hostname, port: replyPort });
    } catch {
      // The asker cannot be reached: `api.c` does not care either.
    }
  }
}

/**
 * Reads a question as `api.c` does: the program's name, `-FTW-`, a port, and a
 * newline or none. The port goes through `atoi` and then `getaddrinfo`, so that
 * white space or a plus sign may stand before it, and nothing after it.
 *
 * @param bytes The datagram.
 * @param program Whom it has to call, in these very letters.
 * @returns The UDP port that the answer goes to; undefined for no question.
 */
export function readQuestion(
  bytes: Uint8Array,
  program: "cgminer" | "sgminer",
): number | undefined {
  const text = String.fromCharCode(...bytes.subarray(0, MAX_QUESTION_BYTES));
  const prefix = `${program}-FTW-`;
  if (!text.startsWith(prefix)) return undefined;
  // A C string: it ends at the first NUL.
  const [rest = ""] = text.replace(/\n$/, "").slice(prefix.length).split("\0");
  const [, digits] = /^[ \t-\r]*\+?(\d+)$/.exec(rest) ?? [];
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? port : undefined;
}

function joinGroup(socket: Socket, group: string, own: string): void {
  try {
    socket.addMembership(group, own === "0.0.0.0" ? undefined : own);
  } catch (cause) {
    throw new Error(
      `Cannot join ${group} at ${own}: is it a multicast group, with a route?`,
      { cause },
    );
  }
}
