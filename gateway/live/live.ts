/**
 * Live streams: replies of rigs, and whatever else can be polled, as
 * server-sent events. Those who listen to one and the same thing share one
 * poll, which starts with the first of them and stops with the last.
 *
 * @example
 * ```ts
 * import { Fleet } from "../../rigs/fleet.ts";
 * import { Simulator } from "../../rigs/simulator.ts";
 * import { LivePolls, makeRigSource } from "./live.ts";
 *
 * await using rig = Simulator.start();
 * const { hostname, port } = rig;
 * const fleet = new Fleet([{ name: "default", hostname, port }]);
 * const polls = new LivePolls();
 * const source = makeRigSource(() => fleet.defaultRig, undefined, {
 *   command: "version",
 * });
 * const { signal } = new AbortController();
 * const stream = polls.open(source, { intervalMs: 5000, signal });
 * for await (const chunk of stream) {
 *   const text = new TextDecoder().decode(chunk);
 *   console.log(text); // retry: 3000, then event: reply …
 *   if (text.includes("event: reply")) break;
 * }
 * polls.close();
 * ```
 *
 * @module
 */

import type { FleetRig } from "../../rigs/fleet.ts";
import type { RigRequest } from "../../rpc.ts";
import { describeRig } from "../../rpc/errors.ts";
import { streamAllReplies } from "../http/all_rigs.ts";
import type { ListenOptions, LiveBytes, LiveClock } from "./live_listener.ts";
import { LivePoll, type LiveSource } from "./live_poll.ts";
import { Problem, toProblem } from "../http/problems.ts";
import { readServedReply } from "../http/replies.ts";

export {
  EVENT_STREAM_HEADERS,
  indentItem,
  type LiveFormat,
  type LiveItem,
  prefersEventStream,
  readIntervalMs,
} from "./live_events.ts";
export type { ListenOptions, LiveBytes, LiveClock } from "./live_listener.ts";
export type { LiveBoard, LiveSource } from "./live_poll.ts";

/** How many different polls run at once. */
export const MAX_POLLS = 1024;

/**
 * How many of them one client may have started. Attack: one client that opens
 * as many different streams as there may be, so that nobody else gets one.
 */
export const MAX_POLLS_PER_OWNER = 256;

/** Seconds after which a client may ask again for a poll too many. */
const RETRY_AFTER_S = "5";

/** How {@linkcode LivePolls} work. */
export interface LivePollsOptions {
  /** Most different polls at once; the next is refused. Default 1,024. */
  readonly maxPolls?: number;
  /** Called with what should not happen. Default: `console.error`. */
  readonly onDefect?: (error: unknown) => void;
  /**
   * Default: the system's.
   *
   * @internal
   */
  readonly clock?: LiveClock;
}

/** What a listener wants. */
export interface OpenOptions extends ListenOptions {
  /** Milliseconds between polls. */
  readonly intervalMs: number;
  /**
   * Who starts the poll, if it does not run yet: the client's address. Absent:
   * somebody of whom there is no limit.
   */
  readonly owner?: string | undefined;
}

/** All polls that run, and who listens to them. */
export class LivePolls {
  readonly #options: LivePollsOptions;
  readonly #polls = new Map<string, LivePoll>();
  /** How many polls each owner has started. */
  readonly #owned = new Map<string, number>();
  #isClosed = false;

  /**
   * Polls nothing yet.
   *
   * @param options Limit, clock, and whom to tell of defects.
   * @internal
   */
  constructor(options: LivePollsOptions = {}) {
    this.#options = options;
  }

  /** How many different polls run. */
  get pollCount(): number {
    return this.#polls.size;
  }

  /** How many streams are open. */
  get listenerCount(): number {
    let count = 0;
    for (const poll of this.#polls.values()) count += poll.listenerCount;
    return count;
  }

  /**
   * Opens a stream. If its source's key is polled at that interval already, it
   * joins that poll, and its own source is not used.
   *
   * The stream makes its next chunk when it is read, of what is newest then. It
   * ends when its signal aborts, when it is cancelled, and with
   * {@linkcode close}; after that, it ends at once.
   *
   * @param source What to poll.
   * @param options How often, for how long, in which layout.
   * @returns Server-sent events, for {@linkcode EVENT_STREAM_HEADERS}.
   * @throws {Problem} `rig-busy` if it would be one poll too many.
   * @internal
   */
  open(source: LiveSource, options: OpenOptions): ReadableStream<LiveBytes> {
    const { intervalMs, owner, ...listenOptions } = options;
    if (this.#isClosed || options.signal.aborted) return new Blob().stream();
    const key = `${intervalMs} ${source.key}`;
    const poll = this.#polls.get(key) ??
      this.#addPoll(key, source, intervalMs, owner);
    return poll.addListener(listenOptions);
  }

  /** Ends all streams, for good: none of them holds up a server that stops. */
  close(): void {
    this.#isClosed = true;
    for (const poll of this.#polls.values()) poll.stop();
  }

  #addPoll(
    key: string,
    source: LiveSource,
    intervalMs: number,
    owner: string | undefined,
  ): LivePoll {
    const { maxPolls = MAX_POLLS, onDefect = console.error } = this.#options;
    const owned = owner === undefined ? 0 : this.#owned.get(owner) ?? 0;
    if (this.#polls.size >= maxPolls || owned >= MAX_POLLS_PER_OWNER) {
      throw new Problem(
        "rig-busy",
        `${
          Math.max(owned, this.#polls.size)
        } different live streams are open already`,
        {
          hint: "Close some, or listen to what others listen to: " +
            "the same command at the same interval",
          headers: { "retry-after": RETRY_AFTER_S },
        },
      );
    }
    const poll = new LivePoll({
      source,
      intervalMs,
      onDefect,
      onStop: () => {
        this.#polls.delete(key);
        this.#countOwned(owner, -1);
      },
      clock: this.#options.clock,
    });
    this.#polls.set(key, poll);
    this.#countOwned(owner, 1);
    return poll;
  }

  #countOwned(owner: string | undefined, difference: 1 | -1): void {
    if (owner === undefined) return;
    const count = (this.#owned.get(owner) ?? 0) + difference;
    if (count === 0) this.#owned.delete(owner);
    else this.#owned.set(owner, count);
  }
}

/** How {@linkcode makeReplySource} gets its replies. */
export interface ReplySourceOptions {
  /** What is asked, and whom. */
  readonly key: string;
  /** Asks once; the reply as JSON text. */
  ask(signal: AbortSignal): Promise<string>;
  /** Tells what went wrong. Default: `toProblem`. */
  onError?(error: unknown): Problem;
}

/** The one name on the board of a reply: only the newest counts. */
const REPLY = "reply";

/**
 * Makes a source of one reply: `reply` events, or `problem` events for as long
 * as there is none.
 *
 * @param options How to ask.
 * @returns The source.
 */
export function makeReplySource(options: ReplySourceOptions): LiveSource {
  const { key, onError = toProblem } = options;
  return {
    key,
    async poll(board, signal) {
      try {
        const data = await options.ask(signal);
        board.publish(REPLY, { event: "reply", data });
      } catch (error) {
        if (signal.aborted && error === signal.reason) return;
        const problem = onError(error);
        // A defect is for the poll to report.
        if (problem.code === "internal-error") throw error;
        const data = JSON.stringify(problem);
        board.publish(REPLY, { event: "problem", data });
      }
    },
  };
}

/**
 * Makes a source of one rig's reply. The rig is found anew for each call, so
 * that a stream goes on when rigs come, go or move.
 *
 * @param findRig Finds a rig by its name, the default rig for `undefined`;
 * throws a {@linkcode Problem} `unknown-rig` if there is none.
 * @param name The rig's name, or `undefined`. The default rig has a poll of its
 * own, as it may be another rig tomorrow.
 * @param question What to ask: a command of group R, as it is asked for ever.
 * @returns The source.
 */
export function makeRigSource(
  findRig: (name: string | undefined) => FleetRig,
  name: string | undefined,
  question: RigRequest,
): LiveSource {
  let asked = name;
  return makeReplySource({
    key: makeKey(name === undefined ? "default" : `rig ${name}`, question),
    async ask(signal) {
      const rig = findRig(name);
      asked = rig.name;
      const { reply } = await rig.queue.ask(question, { signal });
      return readServedReply(reply, describeRig(rig)).text;
    },
    onError: (error) => toProblem(error, asked),
  });
}

/**
 * How long the replies of all rigs may be together, in UTF-16 units. One poll
 * keeps them as one text.
 */
export const MAX_ALL_LENGTH = 64 * 1024 * 1024;

/**
 * Makes a source of the replies of many rigs: one `reply` event with a member a
 * rig, when the last of them has answered or failed.
 *
 * @param getRigs Gives the rigs, anew for each poll.
 * @param selection How the rigs are selected, as it stands in the URL.
 * @param question What to ask: a command of group R, as it is asked for ever.
 * @param maxLength Past it there is a problem `rig-reply-too-large` instead.
 * @returns The source.
 */
export function makeAllSource(
  getRigs: () => Iterable<FleetRig>,
  selection: string,
  question: RigRequest,
  maxLength: number = MAX_ALL_LENGTH,
): LiveSource {
  return makeReplySource({
    key: makeKey(`all ${selection}`, question),
    async ask(signal) {
      const texts = streamAllReplies(getRigs(), question)
        .pipeThrough(new TextDecoderStream(), { signal });
      let all = "";
      for await (const text of texts) {
        all += text;
        if (all.length > maxLength) throw createTooLargeProblem(maxLength);
      }
      return all;
    },
  });
}

function makeKey(whom: string, { command, parameter }: RigRequest): string {
  return JSON.stringify([whom, command, parameter ?? ""]);
}

function createTooLargeProblem(maxLength: number): Problem {
  return new Problem(
    "rig-reply-too-large",
    `The replies of all rigs together are longer than ${maxLength} characters`,
    { hint: "Select fewer rigs, or ask them one by one" },
  );
}
