/**
 * One listener of a live stream: what it has not been told yet, and the stream
 * that its reader pulls, one chunk at a time.
 *
 * A reader that is slow makes nothing pile up: what waits for it is the names
 * that changed, each once, in the order in which they first did. A name that
 * changes often therefore never keeps the others from a slow reader.
 *
 * @example
 * ```ts
 * import { BoardItem, Listener, SYSTEM_CLOCK } from "./live_listener.ts";
 *
 * const items = new Map([["a", new BoardItem({ event: "reply", data: "1" })]]);
 * const listener = new Listener(items, {
 *   signal: new AbortController().signal,
 *   clock: SYSTEM_CLOCK,
 *   onDefect: console.error,
 *   onEnd: () => console.log("gone"),
 * });
 * const reader = listener.stream.getReader();
 * const { value } = await reader.read();
 * console.log(new TextDecoder().decode(value)); // retry: 3000 … data: 1
 * await reader.cancel();
 * ```
 *
 * @module
 */

import { sleep } from "../../rigs/sleep.ts";
import {
  formatEvent,
  HEARTBEAT,
  type LiveFormat,
  type LiveItem,
  STREAM_START,
} from "./live_events.ts";

/** What time it is, and how to wait; tests bring their own. */
export interface LiveClock {
  /** Milliseconds, never fewer than before. */
  now(): number;
  /** Resolves after so many milliseconds, or at once when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The clock and the timers of the system. */
export const SYSTEM_CLOCK: LiveClock = {
  now: () => performance.now(),
  sleep,
};

/** How one listener listens. */
export interface ListenOptions {
  /** Aborts when the listener is gone. */
  readonly signal: AbortSignal;
  /**
   * Lays out this listener's data, `gone` excepted. Listeners with one and the
   * same function share what it made. Default: as it was published.
   */
  readonly format?: LiveFormat | undefined;
  /** Milliseconds of silence before a heartbeat. Default 15,000. */
  readonly heartbeatMs?: number | undefined;
}

/** A listener's options, and what its poll wants to know of it. */
export interface ListenerOptions extends ListenOptions {
  /** Times the heartbeats. */
  readonly clock: LiveClock;
  /** Called with what `format` throws; the stream ends then. */
  readonly onDefect: (error: unknown) => void;
  /** Called once, when the stream ends, whoever ended it. */
  readonly onEnd: () => void;
}

/** A chunk of a live stream. */
export type LiveBytes = Uint8Array<ArrayBuffer>;

/**
 * How long a chunk is at most, in UTF-16 units. Whoever reads from a stream
 * waits for one chunk; a reply may be a thousand times as long.
 */
export const MAX_CHUNK_LENGTH = 64 * 1024;

/** Proxies give up on a silent response after 30 s or more. */
const DEFAULT_HEARTBEAT_MS = 15_000;

/** An item, and its text on the wire, which is made once for all listeners. */
export class BoardItem {
  /** As it was published. */
  readonly item: LiveItem;
  #text: string | undefined;
  readonly #formatted = new WeakMap<LiveFormat, string>();

  /**
   * @param item As it was published.
   */
  constructor(item: LiveItem) {
    this.item = item;
  }

  /**
   * Writes the item as an event.
   *
   * @param format How to lay out its data.
   * @returns The event as it stands on the wire.
   */
  toText(format?: LiveFormat): string {
    const { item } = this;
    if (format === undefined) return this.#text ??= formatEvent(item);
    const known = this.#formatted.get(format);
    if (known !== undefined) return known;
    const text = formatEvent({ event: item.event, data: format(item) });
    this.#formatted.set(format, text);
    return text;
  }
}

/** One stream, and what its reader does not know yet. */
export class Listener {
  /** The stream; it ends with {@linkcode end}, and cancelling it ends this. */
  readonly stream: ReadableStream<LiveBytes>;
  readonly #items: ReadonlyMap<string, BoardItem>;
  readonly #options: ListenerOptions;
  /** Names to tell of: each is on the board, or is gone and was told. */
  readonly #changed: Set<string>;
  /** Names that the reader has heard of. */
  readonly #told = new Set<string>();
  /** What is left of an event that is too long for one chunk. */
  #unsent = STREAM_START;
  #isEnded = false;
  #controller: ReadableStreamDefaultController<LiveBytes> | undefined;
  #wake: (() => void) | undefined;

  /**
   * Makes a listener, who knows nothing yet.
   *
   * @param items The board: what there is, by name. The listener reads it each
   * time that its reader asks, and never changes it.
   * @param options The listener's wishes, and whom to tell.
   */
  constructor(
    items: ReadonlyMap<string, BoardItem>,
    options: ListenerOptions,
  ) {
    this.#items = items;
    this.#options = options;
    this.#changed = new Set(items.keys());
    // With a mark of 0 a chunk is made when it is asked for, from what is
    // newest then.
    this.stream = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      pull: (controller) => this.#pull(controller),
      cancel: () => {
        this.#controller = undefined;
        this.end();
      },
    }, { highWaterMark: 0 });
    options.signal.addEventListener("abort", this.#onAbort);
  }

  readonly #onAbort = (): void => this.end();

  /**
   * Notes that an item of the board is new.
   *
   * @param name Its name.
   */
  noteChange(name: string): void {
    this.#changed.add(name);
    this.#wake?.();
  }

  /**
   * Notes that an item is no longer on the board.
   *
   * @param name Its name.
   */
  noteGone(name: string): void {
    if (this.#told.has(name)) this.noteChange(name);
    else this.#changed.delete(name);
  }

  /**
   * Forgets an item that is no longer on the board without a word.
   *
   * @param name Its name.
   */
  dropName(name: string): void {
    this.#changed.delete(name);
    this.#told.delete(name);
  }

  /** Ends the stream; what was not read by then is dropped. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#options.signal.removeEventListener("abort", this.#onAbort);
    this.#unsent = "";
    this.#changed.clear();
    this.#told.clear();
    this.#controller?.close();
    this.#wake?.();
    this.#options.onEnd();
  }

  async #pull(
    controller: ReadableStreamDefaultController<LiveBytes>,
  ): Promise<void> {
    try {
      let text = this.#takeText();
      while (text === "") {
        const isSilent = await this.#waitForChange();
        if (this.#isEnded) return;
        text = isSilent ? HEARTBEAT : this.#takeText();
      }
      controller.enqueue(new TextEncoder().encode(text));
    } catch (error) {
      this.#options.onDefect(error);
      this.end();
    }
  }

  /** Waits for news; true if there were none for the time of a heartbeat. */
  async #waitForChange(): Promise<boolean> {
    const { clock, heartbeatMs = DEFAULT_HEARTBEAT_MS } = this.#options;
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await clock.sleep(heartbeatMs, woken.signal);
    this.#wake = undefined;
    return !woken.signal.aborted;
  }

  /** The next chunk's text; empty if there is nothing to tell. */
  #takeText(): string {
    let text = this.#unsent;
    for (const name of this.#changed) {
      if (text.length >= MAX_CHUNK_LENGTH) break;
      this.#changed.delete(name);
      text += this.#toText(name);
    }
    const end = findChunkEnd(text);
    this.#unsent = text.slice(end);
    return text.slice(0, end);
  }

  #toText(name: string): string {
    const item = this.#items.get(name);
    if (item === undefined) {
      this.#told.delete(name);
      return formatEvent({ event: "gone", data: name });
    }
    this.#told.add(name);
    return item.toText(this.#options.format);
  }
}

/** Where to cut: never inside a character of two UTF-16 units. */
function findChunkEnd(text: string): number {
  if (text.length <= MAX_CHUNK_LENGTH) return text.length;
  const last = text.charCodeAt(MAX_CHUNK_LENGTH - 1);
  const isHighSurrogate = last >= 0xd800 && last <= 0xdbff;
  return isHighSurrogate ? MAX_CHUNK_LENGTH - 1 : MAX_CHUNK_LENGTH;
}
