/**
 * A rig that can be asked: the ground on which {@linkcode Rig} stands.
 *
 * @example
 * ```ts
 * import { Simulator } from "../rigs/simulator.ts";
 * import { RigCalls } from "./rig_calls.ts";
 *
 * await using simulator = Simulator.start();
 * const rig = new RigCalls(simulator);
 * const reply = await rig.call("summary");
 * console.log(Object.keys(reply)); // [ "STATUS", "SUMMARY", "id" ]
 * ```
 *
 * @module
 */

import { RigQueue } from "../rigs/queue.ts";
import { DEFAULT_TIMEOUT_MS, MAX_REPLY_BYTES } from "../rpc.ts";
import { formatAddress, RequestError, type RigAddress } from "../rpc/errors.ts";
import {
  checkCallOptions,
  checkSignal,
  checkTimeout,
  joinSignals,
  type RigCallOptions,
} from "./call_options.ts";
import { checkReply } from "./check_reply.ts";
import {
  type JoinArguments,
  type JoinArgumentsWithOptions,
  type JoinedCommands,
  type JoinedReply,
  readJoin,
} from "./join.ts";
import { findPart, parseReply } from "./parse_reply.ts";
import type { CommandName, Replies } from "./replies.ts";
import type { RigReply } from "./reply.ts";
import { checkAddress } from "./rig_address.ts";

/** How many calls may wait: a program's own, and not those of strangers. */
const MAX_WAITING_CALLS = 1000;

/** Where a rig is, and how it is asked. */
export interface RigOptions {
  /** IP address (IPv6 without brackets) or host name. */
  readonly hostname: string;
  /** TCP port of its API. Default 4028. */
  readonly port?: number | undefined;
  /** A name for messages. Default: its address. */
  readonly name?: string | undefined;
  /** Milliseconds from a call to the end of its reply. Default 5,000. */
  readonly timeoutMs?: number | undefined;
  /** Most calls that wait; the next is refused. Default 1,000. */
  readonly maxWaitingCalls?: number | undefined;
  /** Most bytes of a reply. Default 2 MiB. */
  readonly maxReplyBytes?: number | undefined;
  /**
   * Gives all calls up, those to come included; its reason is thrown. What runs
   * is closed at once, unless others use the queue too.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * A queue that stands before this rig already, as a {@linkcode FleetRig} has
   * one: who asks by it and who asks here wait for each other. Its deadline
   * counts where none is given. Default: a queue of this object's own.
   */
  readonly queue?: RigQueue | undefined;
}

/** A rig that can be asked, by the name of a command. */
export class RigCalls {
  /** Where it is, for `callRig` and messages. */
  readonly address: RigAddress;
  readonly #queue: RigQueue;
  readonly #timeoutMs: number | undefined;
  readonly #signal: AbortSignal | undefined;

  /**
   * Takes an address; connects to nothing yet.
   *
   * @param options Where the rig is, and how it is asked. A
   * {@linkcode Simulator}, what `discover()` finds and a rig of a
   * {@linkcode Fleet} will do.
   * @throws {RequestError} If one of them can be none, as a URL cannot be a host
   * name.
   */
  constructor(options: RigOptions) {
    this.address = checkAddress(options);
    const { queue, timeoutMs, maxWaitingCalls, maxReplyBytes, signal } =
      options;
    if (timeoutMs !== undefined) checkTimeout(timeoutMs);
    checkSignal(signal);
    if (queue === undefined) {
      this.#queue = new RigQueue(this.address, {
        timeoutMs: timeoutMs ?? DEFAULT_TIMEOUT_MS,
        maxWaitingCalls: readMaxWaiting(maxWaitingCalls),
        maxReplyBytes: readMaxReply(maxReplyBytes),
        signal,
      });
    } else {
      checkQueue(queue, this.address, { maxWaitingCalls, maxReplyBytes });
      this.#queue = queue;
      this.#timeoutMs = timeoutMs;
      this.#signal = signal;
    }
  }

  /** Milliseconds that a call may take if nothing else is said. */
  protected get timeoutMs(): number {
    return this.#timeoutMs ?? this.#queue.timeoutMs;
  }

  /**
   * Sends any command, and gives whatever the rig answers.
   *
   * Calls go one at a time, in order: a miner's API serves one client. The same
   * report asked for twice at once is asked once. A command that may change
   * something is sent at most once.
   *
   * @param command One command, or several joined by `+`.
   * @param parameter Its parameter, if it takes one; nothing is escaped.
   * @param options The call's own deadline and signal.
   * @returns The reply, repaired if it had to be and parsed: also one that says
   * `E`. Numbers are those of `JSON.parse`, exact up to 2^53.
   * @throws {RequestError} If no rig could read the request, or it is
   * `setconfig` without a parameter, which crashes cgminer 4.11.1.
   * @throws {RigError} If the rig cannot be reached, or does not answer with a
   * reply; its `code` says which.
   */
  async call(
    command: string,
    parameter?: string | number,
    options: RigCallOptions = {},
  ): Promise<RigReply> {
    checkCallOptions(options);
    if (command === "setconfig" && (parameter ?? "") === "") {
      throw new RequestError(
        'setconfig needs a parameter, "name,value": without one it crashes ' +
          "cgminer 4.11.1",
      );
    }
    const answer = await this.#queue.ask(
      { command, ...(parameter === undefined ? {} : { parameter }) },
      {
        timeoutMs: options.timeoutMs ?? this.timeoutMs,
        signal: joinSignals(this.#signal, options.signal),
      },
    );
    return parseReply(answer.reply, this.address);
  }

  /**
   * Asks for several reports at once, in one call: `summary+pools`.
   *
   * @example
   * ```ts
   * import { Simulator } from "../rigs/simulator.ts";
   * import { Rig } from "./rig.ts";
   *
   * await using simulator = Simulator.start();
   * const { summary, pools } = await new Rig(simulator).join("summary", "pools");
   * console.log(summary.SUMMARY[0].Accepted, pools.POOLS.length);
   * ```
   *
   * @param commands The reports, as they are sent (`devdetails`, not
   * `devDetails`); options may follow the last.
   * @returns Each report's reply by its command: what the method of that name
   * resolves to.
   * @throws {RequestError} If there are none, or one cannot be joined.
   * @throws {RigStatusError} If the rig says `E` or `F` to one of them; the
   * error's `reply` has the others.
   * @throws {RigError} As {@linkcode RigCalls.call}; `rig-reply-invalid` also if
   * the reply is no joined one.
   */
  join<const C extends JoinedCommands>(
    ...commands: JoinArguments<C>
  ): Promise<JoinedReply<C>>;
  /** The same, with options after the last command. */
  join<const C extends JoinedCommands>(
    ...commandsAndOptions: JoinArgumentsWithOptions<C>
  ): Promise<JoinedReply<C>>;
  async join<const C extends JoinedCommands>(
    ...given: readonly unknown[]
  ): Promise<JoinedReply<C>> {
    const { parts, options } = readJoin(given);
    const whole = await this.call(parts.join("+"), undefined, options);
    const replies: Record<string, unknown> = {};
    for (const part of parts) {
      const reply = findPart(this.address, parts, part, whole);
      replies[part] = checkReply(this.address, part, reply, whole);
    }
    // Each part was checked against the type that it has.
    return replies as JoinedReply<C>;
  }

  /**
   * Sends a command of the table, and takes its reply for what it must be.
   *
   * @param command The command.
   * @param parameter Its parameter.
   * @param options The call's own deadline and signal.
   * @returns The reply, if the rig did what it was asked.
   * @throws {RequestError | RigError} As {@linkcode RigCalls.call}.
   * @throws {RigStatusError} If the rig says `E` or `F`.
   */
  protected async ask<C extends CommandName>(
    command: C,
    parameter?: string,
    options?: RigCallOptions,
  ): Promise<Replies[C]> {
    const reply = await this.call(command, parameter, options);
    return checkReply(this.address, command, reply);
  }
}

function readMaxWaiting(calls: number = MAX_WAITING_CALLS): number {
  if (Number.isInteger(calls) && calls > 0) return calls;
  throw new RequestError(
    "maxWaitingCalls must be a whole number of calls, at least 1",
  );
}

function readMaxReply(bytes: number = MAX_REPLY_BYTES): number {
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new RequestError(
    "maxReplyBytes must be a whole number of bytes, at least 1",
  );
}

/** A queue asks one rig only; to be wrong in it is to control another rig. */
function checkQueue(
  queue: RigQueue,
  address: RigAddress,
  options: Pick<RigOptions, "maxWaitingCalls" | "maxReplyBytes">,
): void {
  if (!(queue instanceof RigQueue)) {
    throw new RequestError("The queue is no RigQueue");
  }
  if (formatAddress(queue.rig) !== formatAddress(address)) {
    throw new RequestError(
      `The queue is that of ${formatAddress(queue.rig)}, and not of ` +
        formatAddress(address),
    );
  }
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    throw new RequestError(`${name} is the queue's own, where one is`);
  }
}
