/**
 * Live streams: replies of rigs, and whatever else can be polled, as
 * server-sent events. Those who listen to one and the same thing share one
 * poll, which starts with the first of them and stops with the last.
 *
 * @module
 */

import type { FleetRig } from "../../rigs/fleet.ts";
import type { Guest } from "../../rigs/queue.ts";
import type { RigRequest } from "../../rpc.ts";
import { describeRig } from "../../rpc/errors.ts";
import { toClientKey } from "../access/ip_address.ts";
import { streamAllReplies } from "../http/all_rigs.ts";
import { Problem, toProblem } from "../http/problems.ts";
import { readServedReply } from "../http/replies.ts";
import type { LiveBytes } from "./events.ts";
import {
  HeldBytes,
  type ListenOptions,
  type LiveClock,
  type LiveSource,
  SYSTEM_CLOCK,
  Topic,
} from "./topic.ts";

export type { LiveBytes, LiveFormat, LiveItem } from "./events.ts";
export type {
  ListenOptions,
  LiveClock,
  LiveSource,
  LiveTopic,
} from "./topic.ts";

/** How many different polls run at once. */
export const MAX_POLLS = 1024;

/**
 * How many of them one client may have started. Attack: one client that opens
 * as many different streams as there may be, so that nobody else gets one.
 */
export const MAX_POLLS_PER_OWNER = 256;

/**
 * How many bytes all streams may hold together: the newest events, those that
 * slow readers are still at, the chunks that no reader has taken, and what polls
 * have gathered. Attack: listeners who do not read, until memory is full.
 */
export const MAX_HELD_BYTES = 64 * 1024 * 1024;

/** Seconds after which a client may ask again for a poll too many. */
const RETRY_AFTER_S = "5";

/** How {@linkcode LivePolls} work. */
export interface LivePollsOptions {
  /** Most different polls at once; the next is refused. Default 1,024. */
  readonly maxPolls?: number;
  /** Most bytes that all streams may hold together. Default 64 MiB. */
  readonly maxHeldBytes?: number;
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
  /**
   * Who starts the poll, if it does not run yet: the client's address. Absent:
   * somebody of whom there is no limit. The addresses of an IPv6 network (`/64`)
   * count as one.
   */
  readonly owner?: string | undefined;
}

/** A topic, and whose it is. */
interface OwnedTopic {
  readonly topic: Topic;
  readonly owner: string | undefined;
}

/** All polls that run, and who listens to them. */
export class LivePolls {
  readonly #options: LivePollsOptions;
  readonly #held: HeldBytes;
  readonly #topics = new Map<string, OwnedTopic>();
  #isClosed = false;

  /**
   * Polls nothing yet.
   *
   * @param options Limits, clock, and whom to tell of defects.
   * @internal
   */
  constructor(options: LivePollsOptions = {}) {
    this.#options = options;
    const { maxHeldBytes = MAX_HELD_BYTES } = options;
    this.#held = new HeldBytes(maxHeldBytes, () => this.#makeRoom());
  }

  /** How many different polls run. */
  get pollCount(): number {
    return this.#topics.size;
  }

  /** How many streams are open. */
  get listenerCount(): number {
    let count = 0;
    for (const { topic } of this.#topics.values()) {
      count += topic.listeners.size;
    }
    return count;
  }

  /** How many bytes all streams hold together; a shared buffer counts once. */
  get heldBytes(): number {
    return this.#held.count;
  }

  /**
   * Opens a stream. If its source's key is polled already, it joins that poll,
   * which runs at the shortest interval of all, and its own source is not used.
   *
   * The stream makes its next chunk when it is read, of what is newest then. It
   * ends when its signal aborts, when it is cancelled, and with
   * {@linkcode close}; after that, it ends at once. If all streams together hold
   * too many bytes, the one whose reader stalls longest ends with a `dropped`
   * event, whose data ends in a line with the problem.
   *
   * @param source What to poll.
   * @param options How often, for how long, in which layout.
   * @returns Server-sent events, for {@linkcode EVENT_STREAM_HEADERS}.
   * @throws {Problem} `rig-busy` if it would be one poll too many.
   * @internal
   */
  open(source: LiveSource, options: OpenOptions): ReadableStream<LiveBytes> {
    const { owner, ...listenOptions } = options;
    if (this.#isClosed || options.signal.aborted) return new Blob().stream();
    const topic = this.#topics.get(source.key)?.topic ??
      this.#addTopic(source, owner === undefined ? owner : toClientKey(owner));
    return topic.addListener(listenOptions);
  }

  /** Ends all streams, for good: none of them holds up a server that stops. */
  close(): void {
    this.#isClosed = true;
    for (const { topic } of this.#topics.values()) topic.stop();
  }

  #addTopic(source: LiveSource, owner: string | undefined): Topic {
    const {
      maxPolls = MAX_POLLS,
      onDefect = console.error,
      clock = SYSTEM_CLOCK,
    } = this.#options;
    const owned = owner === undefined ? 0 : this.#countOwned(owner);
    if (this.#topics.size >= maxPolls || owned >= MAX_POLLS_PER_OWNER) {
      throw new Problem(
        "rig-busy",
        `${
          Math.max(owned, this.#topics.size)
        } different live streams are open already`,
        {
          hint: "Close some, or listen to what others listen to",
          headers: { "retry-after": RETRY_AFTER_S },
        },
      );
    }
    const topic = new Topic(source, {
      held: this.#held,
      clock,
      onDefect,
      onStop: () => this.#topics.delete(source.key),
    });
    this.#topics.set(source.key, { topic, owner });
    return topic;
  }

  #countOwned(owner: string): number {
    let count = 0;
    for (const other of this.#topics.values()) {
      if (other.owner === owner) count++;
    }
    return count;
  }

  /**
   * Drops listeners until what is left fits: first those whose readers stall,
   * the longest first; then, of the client whose polls hold most, those of its
   * largest poll.
   */
  #makeRoom(): void {
    const { max } = this.#held;
    const reason = new Problem(
      "rig-busy",
      `All live streams together hold more than ${max} bytes`,
      { hint: "Read faster, or ask for fewer rigs" },
    );
    const stalled = [...this.#topics.values()]
      .flatMap(({ topic }) => [...topic.listeners])
      .filter(({ stalledSinceMs }) => stalledSinceMs < Infinity)
      .sort((one, two) => one.stalledSinceMs - two.stalledSinceMs);
    for (const listener of stalled) {
      if (this.#held.count <= max) return;
      listener.drop(reason);
    }
    while (this.#held.count > max) {
      const topic = this.#findLargestTopic();
      if (topic === undefined) return;
      for (const listener of topic.listeners) listener.drop(reason);
    }
  }

  /** The largest topic of the owner whose topics are largest together. */
  #findLargestTopic(): Topic | undefined {
    const byOwner = Map.groupBy(
      [...this.#topics.values()].map(({ topic, owner }) => {
        return { topic, owner, byteLength: topic.byteLength };
      }),
      ({ owner }) => owner,
    );
    let largest: Topic | undefined;
    let largestSum = -1;
    for (const topics of byOwner.values()) {
      const sum = topics.reduce((sum, { byteLength }) => sum + byteLength, 0);
      if (sum <= largestSum) continue;
      largestSum = sum;
      topics.sort((one, two) => two.byteLength - one.byteLength);
      largest = topics[0]?.topic;
    }
    return largest;
  }
}

/** How {@linkcode makeReplySource} gets its replies. */
export interface ReplySourceOptions {
  /** What is asked, and whom. */
  readonly key: string;
  /**
   * Asks once; the reply as JSON text. What it holds until then it counts by
   * calling `countBytes`.
   */
  ask(
    signal: AbortSignal,
    countBytes: (byteLength: number) => void,
  ): Promise<string>;
  /** Tells what went wrong. Default: `toProblem`. */
  onError?(error: unknown): Problem;
}

/** The one name in the topic of a reply: only the newest counts. */
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
    async poll(topic, signal) {
      try {
        const data = await options.ask(signal, topic.countBytes);
        topic.publish(REPLY, { event: "reply", data });
      } catch (error) {
        if (signal.aborted && error === signal.reason) return;
        const problem = onError(error);
        // A defect is for the poll to report.
        if (problem.code === "internal-error") throw error;
        const data = JSON.stringify(problem);
        topic.publish(REPLY, { event: "problem", data });
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
 * @param guest Whose places its calls take, for all who listen: of who starts
 * it.
 * @returns The source.
 */
export function makeRigSource(
  findRig: (name: string | undefined) => FleetRig,
  name: string | undefined,
  question: RigRequest,
  guest?: Guest,
): LiveSource {
  let asked = name;
  return makeReplySource({
    key: makeKey(name === undefined ? "default" : `rig ${name}`, question),
    async ask(signal) {
      const rig = findRig(name);
      asked = rig.name;
      const { reply } = await rig.queue.ask(question, { signal, guest });
      return readServedReply(reply, describeRig(rig)).text;
    },
    onError: (error) => toProblem(error, asked),
  });
}

/**
 * How many bytes the replies of all rigs may have together: half of what all
 * streams may hold, as a slow reader may be at one event while the next comes.
 */
export const MAX_ALL_BYTES = MAX_HELD_BYTES / 2;

/**
 * Makes a source of the replies of many rigs: one `reply` event with a member a
 * rig, when the last of them has answered or failed.
 *
 * @param getRigs Gives the rigs, anew for each poll.
 * @param selection How the rigs are selected, as it stands in the URL.
 * @param question What to ask: a command of group R, as it is asked for ever.
 * @param maxBytes Past it there is a problem `rig-reply-too-large` instead.
 * @param guest Whose places its calls take, as in {@linkcode makeRigSource}.
 * @returns The source.
 */
export function makeAllSource(
  getRigs: () => Iterable<FleetRig>,
  selection: string,
  question: RigRequest,
  maxBytes: number = MAX_ALL_BYTES,
  guest?: Guest,
): LiveSource {
  return makeReplySource({
    key: makeKey(`all ${selection}`, question),
    async ask(signal, countBytes) {
      const chunks: Uint8Array<ArrayBuffer>[] = [];
      let byteLength = 0;
      const stream = streamAllReplies(getRigs(), question, { guest })
        .pipeThrough(new TransformStream(), { signal });
      for await (const chunk of stream) {
        byteLength += chunk.length;
        if (byteLength > maxBytes) throw createTooLargeProblem(maxBytes);
        chunks.push(chunk);
        countBytes(chunk.length);
      }
      return await new Blob(chunks).text();
    },
  });
}

function makeKey(whom: string, { command, parameter }: RigRequest): string {
  return JSON.stringify([whom, command, parameter ?? ""]);
}

function createTooLargeProblem(maxBytes: number): Problem {
  return new Problem(
    "rig-reply-too-large",
    `The replies of all rigs together are longer than ${maxBytes} bytes`,
    { hint: "Select fewer rigs, or ask them one by one" },
  );
}
