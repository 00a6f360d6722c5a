/**
 * One poll, and all who listen to it: it starts with the first of them and
 * stops with the last. What it finds goes on a board, by name, from which each
 * listener takes what it does not know yet.
 *
 * @example
 * ```ts
 * import { LivePoll } from "./live_poll.ts";
 *
 * const poll = new LivePoll({
 *   source: {
 *     key: "time",
 *     poll: (board) => board.publish("now", { event: "reply", data: "1" }),
 *   },
 *   intervalMs: 1000,
 *   onDefect: console.error,
 *   onStop: () => console.log("nobody listens"),
 * });
 * const listening = new AbortController();
 * const reader = poll.addListener({ signal: listening.signal }).getReader();
 * const { value } = await reader.read();
 * console.log(new TextDecoder().decode(value)); // retry: 3000 … data: 1
 * listening.abort();
 * ```
 *
 * @module
 */

import type { LiveItem } from "./live_events.ts";
import {
  BoardItem,
  Listener,
  type ListenOptions,
  type LiveBytes,
  type LiveClock,
  SYSTEM_CLOCK,
} from "./live_listener.ts";
import { toProblem } from "../http/problems.ts";
import { runOutsideTrace } from "../metrics/tracing.ts";

/** What a poll has found: the newest item of each name. */
export interface LiveBoard {
  /** The names that are on it now. */
  readonly names: readonly string[];
  /** Puts an item in the place of the last one of that name, and tells all. */
  publish(name: string, item: LiveItem): void;
  /** The same, unless the last one of that name was equal. */
  publishChange(name: string, item: LiveItem): void;
  /** Takes a name off: who was told of it gets `gone` with it as the data. */
  forget(name: string): void;
}

/** Something that can be polled. */
export interface LiveSource {
  /** What is polled: sources with one key are one and the same. */
  readonly key: string;
  /**
   * Finds out once, and publishes what there is, under names that are not
   * empty. A rig's failure is for it to publish: what it throws, except the
   * signal's reason, is a defect. When the last listener has left and another
   * one comes it is called again, with an empty board.
   */
  poll(board: LiveBoard, signal: AbortSignal): Promise<void> | void;
}

/** How a poll runs. */
export interface LivePollOptions {
  /** What is polled. */
  readonly source: LiveSource;
  /** Milliseconds from the start of one tick to that of the next. */
  readonly intervalMs: number;
  /** Called with what should not happen. */
  readonly onDefect: (error: unknown) => void;
  /** Called once, when the last listener has left. */
  readonly onStop: () => void;
  /** Default: the system's. */
  readonly clock?: LiveClock | undefined;
}

/** The name under which a defect stands on the board. */
const DEFECT = "";

/** A poll that runs from its first listener to its last, and then no more. */
export class LivePoll {
  readonly #options: LivePollOptions;
  readonly #clock: LiveClock;
  readonly #board: LiveBoard;
  readonly #items = new Map<string, BoardItem>();
  readonly #listeners = new Set<Listener>();
  readonly #stopping = new AbortController();
  #isRunning = false;

  /**
   * Makes a poll that waits for its first listener.
   *
   * @param options What is polled, and how often.
   */
  constructor(options: LivePollOptions) {
    this.#options = options;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#board = this.#makeBoard();
  }

  /** How many listen. */
  get listenerCount(): number {
    return this.#listeners.size;
  }

  /**
   * Adds a listener: it gets what is on the board at once, then what comes. It
   * ends when its signal aborts, its stream is cancelled, or the poll stops.
   *
   * @param options Its signal and its layout.
   * @returns Its stream, as server-sent events.
   */
  addListener(options: ListenOptions): ReadableStream<LiveBytes> {
    const listener = new Listener(this.#items, {
      ...options,
      clock: this.#clock,
      onDefect: this.#options.onDefect,
      onEnd: () => this.#removeListener(listener),
    });
    if (options.signal.aborted || this.#stopping.signal.aborted) {
      listener.end();
      return listener.stream;
    }
    this.#listeners.add(listener);
    if (!this.#isRunning) {
      this.#isRunning = true;
      void runOutsideTrace(() => this.#run());
    }
    return listener.stream;
  }

  /** Ends all streams, and with the last of them the poll. */
  stop(): void {
    for (const listener of this.#listeners) listener.end();
  }

  #removeListener(listener: Listener): void {
    if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
    this.#stopping.abort();
    this.#options.onStop();
  }

  async #run(): Promise<void> {
    const { intervalMs } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const startedMs = this.#clock.now();
      await this.#tick();
      // After a slow tick the next one of the grid is waited for, so that a
      // slow rig has a pause.
      const ranMs = this.#clock.now() - startedMs;
      await this.#clock.sleep(intervalMs - ranMs % intervalMs, signal);
    }
  }

  async #tick(): Promise<void> {
    const { signal } = this.#stopping;
    const { source, onDefect } = this.#options;
    try {
      await source.poll(this.#board, signal);
      this.#dropDefect();
    } catch (error) {
      if (signal.aborted && error === signal.reason) return;
      onDefect(error);
      const data = JSON.stringify(toProblem(error));
      this.#publish(DEFECT, { event: "problem", data });
    }
  }

  #makeBoard(): LiveBoard {
    const items = this.#items;
    return {
      get names(): string[] {
        return [...items.keys()].filter((name) => name !== DEFECT);
      },
      publish: (name, item) => this.#publish(name, item),
      publishChange: (name, item) => {
        const last = items.get(name)?.item;
        if (last?.event === item.event && last.data === item.data) return;
        this.#publish(name, item);
      },
      forget: (name) => this.#forget(name),
    };
  }

  #publish(name: string, item: LiveItem): void {
    this.#items.set(name, new BoardItem(item));
    for (const listener of this.#listeners) listener.noteChange(name);
  }

  #forget(name: string): void {
    if (!this.#items.delete(name)) return;
    for (const listener of this.#listeners) listener.noteGone(name);
  }

  /** A poll that works again takes its defect off the board, not to be told. */
  #dropDefect(): void {
    if (!this.#items.delete(DEFECT)) return;
    for (const listener of this.#listeners) listener.dropName(DEFECT);
  }
}
