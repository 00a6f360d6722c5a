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
import { DEFAULT_TIMEOUT_MS } from "../rpc.ts";
import { COMMAND_BY_NAME } from "../rpc/commands.ts";
import { RequestError, type RigAddress } from "../rpc/errors.ts";
import { checkReply } from "./check_reply.ts";
import { findPart, parseReply } from "./parse_reply.ts";
import type {
  CommandName,
  JoinableCommand,
  JoinableReplies,
  Replies,
} from "./replies.ts";
import type { RigReply } from "./reply.ts";
import { checkAddress } from "./rig_address.ts";

/** Where a rig is, and how it is asked. */
export interface RigOptions {
  /** IP address (IPv6 without brackets) or host name. */
  readonly hostname: string;
  /** TCP port of its API. Default 4028. */
  readonly port?: number;
  /** A name for messages. Default: its address. */
  readonly name?: string;
  /** Milliseconds from a call to the end of its reply. Default 5,000. */
  readonly timeoutMs?: number;
  /** Gives all calls up, those to come included; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** How one call is made. */
export interface RigCallOptions {
  /** Milliseconds from now to the end of the reply. Default: the rig's. */
  readonly timeoutMs?: number;
  /**
   * Gives the call up; its reason is thrown. What was not sent yet is not sent
   * at all; what was sent, the rig will do.
   */
  readonly signal?: AbortSignal | undefined;
}

/** The replies to a joined command, by part. */
export type JoinedReply<C extends JoinableCommand> = Pick<JoinableReplies, C>;

/** A rig that can be asked, by the name of a command. */
export class RigCalls {
  /** Where it is, for `callRig` and messages. */
  readonly address: RigAddress;
  readonly #queue: RigQueue;
  readonly #signal: AbortSignal | undefined;

  /**
   * Takes an address; connects to nothing yet.
   *
   * @param options Where the rig is, and how it is asked. A
   * {@linkcode Simulator} and what `discover()` finds will do.
   * @throws {RequestError} If the host name, the port or the timeout can be
   * none, as a URL cannot be a host name.
   */
  constructor(options: RigOptions) {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options;
    this.address = checkAddress(options);
    checkTimeout(timeoutMs);
    this.#queue = new RigQueue(this.address, { timeoutMs });
    this.#signal = signal;
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
   * @throws {RequestError} If no rig could read the request.
   * @throws {RigError} If the rig cannot be reached, or does not answer with a
   * reply; its `code` says which.
   */
  async call(
    command: string,
    parameter?: string | number,
    options: RigCallOptions = {},
  ): Promise<RigReply> {
    const { timeoutMs } = options;
    if (timeoutMs !== undefined) checkTimeout(timeoutMs);
    const answer = await this.#queue.ask(
      { command, ...(parameter === undefined ? {} : { parameter }) },
      {
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
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
  join<C extends JoinableCommand>(
    ...commands: readonly C[]
  ): Promise<JoinedReply<C>>;
  /** The same, with options after the last command. */
  join<C extends JoinableCommand>(
    ...commandsAndOptions: readonly [...C[], RigCallOptions]
  ): Promise<JoinedReply<C>>;
  async join<C extends JoinableCommand>(
    ...given: readonly (C | RigCallOptions)[]
  ): Promise<JoinedReply<C>> {
    const commands = given.filter((item): item is C =>
      typeof item !== "object"
    );
    const options = given.find((item) => typeof item === "object") ?? {};
    const parts = [...new Set(commands)];
    checkJoinable(parts);
    const whole = await this.call(parts.join("+"), undefined, options);
    const replies: Partial<Record<C, Replies[C]>> = {};
    for (const part of parts) {
      const reply = findPart(this.address, parts, part, whole);
      replies[part] = checkReply(this.address, part, reply, whole);
    }
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

function checkTimeout(timeoutMs: number): void {
  if (!(timeoutMs > 0 && timeoutMs < 2 ** 31)) {
    throw new RequestError(
      `timeoutMs is ${timeoutMs}: it must be a number of milliseconds above 0`,
    );
  }
}

function checkJoinable(parts: readonly string[]): void {
  if (parts.length === 0) {
    throw new RequestError("join() needs at least one command");
  }
  const alone = parts.find((part) => !COMMAND_BY_NAME.get(part)?.joinable);
  if (alone !== undefined) {
    throw new RequestError(
      `"${alone}" cannot be joined with others: use its own method, or call()`,
    );
  }
}

function joinSignals(
  ...signals: readonly (AbortSignal | undefined)[]
): AbortSignal | undefined {
  const given = signals.filter((signal) => signal !== undefined);
  return given.length > 1 ? AbortSignal.any(given) : given[0];
}
