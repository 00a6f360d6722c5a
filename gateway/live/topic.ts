/**
 * A topic: one thing that is polled, and all who listen to it. It is polled
 * from its first listener to its last, at the shortest interval that one of
 * them wants. What a poll finds is kept by name, as encoded events, from which
 * each listener's stream takes what its reader has not had yet.
 *
 * A slow reader makes nothing pile up: what waits for it is the names that have
 * changed, each once, in the order in which they first did. A name that changes
 * often therefore never keeps the others from a slow reader. What it does hold
 * is the event that it is reading, after a newer one has come as well; that is
 * counted, and bounded by {@linkcode HeldBytes}.
 *
 * @module
 */

import { sleep } from "../../rigs/sleep.ts";
import { type Problem, toProblem } from "../http/problems.ts";
import { runOutsideTrace } from "../metrics/tracing.ts";
import {
  EncodedEvent,
  formatEvent,
  HEARTBEAT,
  type LiveBytes,
  type LiveFormat,
  type LiveItem,
  STREAM_START,
} from "./events.ts";

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

/** What a poll has found: the newest event of each name. */
export interface LiveTopic {
  /** The names that there are now. */
  readonly names: readonly string[];
  /** Puts an event in the place of the last one of that name, for all. */
  publish(name: string, item: LiveItem): void;
  /** The same, unless the last one of that name was equal. */
  publishChange(name: string, item: LiveItem): void;
  /** Removes a name: who has heard of it gets `gone` with it as the data. */
  remove(name: string): void;
  /** Counts bytes that the poll holds until it is over. */
  countBytes(byteLength: number): void;
}

/** Something that can be polled. */
export interface LiveSource {
  /** What is polled: sources with one key are one and the same. */
  readonly key: string;
  /**
   * Finds out once, and publishes what there is, under names that are not
   * empty. A rig's failure is for it to publish: what it throws, except the
   * signal's reason, is a defect. When the last listener has left and another
   * one comes it is called again, with an empty topic.
   */
  poll(topic: LiveTopic, signal: AbortSignal): Promise<void> | void;
}

/** How one listener listens. */
export interface ListenOptions {
  /** Least milliseconds from one event of a name to its next. */
  readonly intervalMs: number;
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

/** What topics share. */
export interface TopicOptions {
  /** Counts what is held. */
  readonly held: HeldBytes;
  /** Times polls and heartbeats. */
  readonly clock: LiveClock;
  /** Called with what should not happen. */
  readonly onDefect: (error: unknown) => void;
  /** Called once, when the last listener has left. */
  readonly onStop: () => void;
}

/**
 * How many bytes a chunk has at most. Who reads from a stream waits for one
 * chunk; a reply may be a thousand times as long. Chunks are copies: one that
 * waits in a socket must not hold all of its event.
 */
export const MAX_CHUNK_BYTES = 64 * 1024;

/** Proxies give up on a silent response after 30 s or more. */
const DEFAULT_HEARTBEAT_MS = 15_000;

const LINE_BREAK = 0x0a;

/** The name under which a defect is published. */
const DEFECT = "";

/** How many bytes all streams hold together: each distinct buffer counts once. */
export class HeldBytes {
  /** How many there may be. */
  readonly max: number;
  readonly #makeRoom: () => void;
  readonly #holders = new Map<EncodedEvent, number>();
  #count = 0;
  #isMakingRoom = false;

  /**
   * Counts from 0.
   *
   * @param max How many there may be.
   * @param makeRoom Called when there are more, to drop some.
   */
  constructor(max: number, makeRoom: () => void) {
    this.max = max;
    this.#makeRoom = makeRoom;
  }

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /**
   * Adds one holder of an event, which counts while it has any.
   *
   * @param event The event.
   */
  hold(event: EncodedEvent): void {
    const holders = this.#holders.get(event) ?? 0;
    this.#holders.set(event, holders + 1);
    if (holders === 0) this.add(event.byteLength);
  }

  /**
   * Removes one holder of an event.
   *
   * @param event The event.
   */
  release(event: EncodedEvent): void {
    const holders = this.#holders.get(event);
    if (holders === undefined) return;
    if (holders > 1) return void this.#holders.set(event, holders - 1);
    this.#holders.delete(event);
    this.add(-event.byteLength);
  }

  /**
   * Counts bytes that are in no event, or in one that is held and has grown.
   *
   * @param difference How many more, or fewer.
   */
  add(difference: number): void {
    this.#count += difference;
    if (this.#count <= this.max || this.#isMakingRoom) return;
    this.#isMakingRoom = true;
    try {
      this.#makeRoom();
    } finally {
      this.#isMakingRoom = false;
    }
  }
}

/** Something that is polled from its first listener to its last. */
export class Topic {
  readonly #source: LiveSource;
  readonly #options: TopicOptions;
  readonly #events = new Map<string, EncodedEvent>();
  readonly #listeners = new Set<Listener>();
  readonly #stopping = new AbortController();
  /** Ends the pause before the next poll, for who wants it sooner or not at all. */
  #hurrying = new AbortController();
  #pollStartMs: number | undefined;
  #polledBytes = 0;

  /**
   * Makes a topic that waits for its first listener.
   *
   * @param source What is polled.
   * @param options What it shares with others.
   */
  constructor(source: LiveSource, options: TopicOptions) {
    this.#source = source;
    this.#options = options;
  }

  /** Who listens. */
  get listeners(): ReadonlySet<Listener> {
    return this.#listeners;
  }

  /** How many bytes its newest events have, with those of a poll that runs. */
  get byteLength(): number {
    let sum = this.#polledBytes;
    for (const { byteLength } of this.#events.values()) sum += byteLength;
    return sum;
  }

  /**
   * Adds a listener: it gets what is there at once, if that is no older than
   * its interval, then what comes. It ends when its signal aborts, its stream
   * is cancelled, or the topic stops.
   *
   * @param options Its interval, its signal and its layout.
   * @returns Its stream, as server-sent events.
   */
  addListener(options: ListenOptions): ReadableStream<LiveBytes> {
    const { intervalMs } = options;
    const isFirst = this.#pollStartMs === undefined;
    const nowMs = this.#options.clock.now();
    const startMs = this.#pollStartMs ??= nowMs;
    const isHurried = intervalMs < this.#findShortestInterval();
    const isFresh = !isHurried || nowMs - startMs < intervalMs;
    const listener = new Listener(this.#events, {
      ...options,
      ...this.#options,
      dueMs: isFresh && !isFirst ? startMs + intervalMs : -Infinity,
      isDue: isFresh,
      onEnd: () => this.#removeListener(listener),
    });
    this.#listeners.add(listener);
    if (isHurried) this.#hurrying.abort();
    if (isFirst) void runOutsideTrace(() => this.#run());
    return listener.stream;
  }

  /** Ends all streams, and with the last of them the polling. */
  stop(): void {
    for (const listener of this.#listeners) listener.end();
  }

  #removeListener(listener: Listener): void {
    if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
    this.#stopping.abort();
    this.#hurrying.abort();
    for (const event of this.#events.values()) {
      this.#options.held.release(event);
    }
    this.#events.clear();
    this.#dropPolledBytes();
    this.#options.onStop();
  }

  #findShortestInterval(): number {
    let shortestMs = Infinity;
    for (const { intervalMs } of this.#listeners) {
      if (intervalMs < shortestMs) shortestMs = intervalMs;
    }
    return shortestMs;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const { clock } = this.#options;
    while (!signal.aborted) {
      const startMs = this.#pollStartMs = clock.now();
      const intervalMs = this.#findShortestInterval();
      for (const listener of this.#listeners) {
        listener.startTurn(startMs, intervalMs);
      }
      await this.#poll();
      this.#dropPolledBytes();
      for (const listener of this.#listeners) listener.wakeIfDue();
      await this.#pause(startMs);
    }
  }

  /**
   * After a slow poll the next turn of the grid is waited for, so that a slow
   * rig has a pause. Somebody who comes with a shorter interval makes it
   * shorter.
   */
  async #pause(startMs: number): Promise<void> {
    const { clock } = this.#options;
    const endMs = clock.now();
    let isHurried = false;
    while (!this.#stopping.signal.aborted) {
      this.#hurrying = new AbortController();
      const { signal } = this.#hurrying;
      const nowMs = clock.now();
      const intervalMs = this.#findShortestInterval();
      const nextMs = isHurried
        ? Math.max(nowMs, startMs + intervalMs)
        : endMs + intervalMs - (endMs - startMs) % intervalMs;
      if (nextMs <= nowMs) return;
      await clock.sleep(nextMs - nowMs, signal);
      isHurried = signal.aborted;
      if (!isHurried) return;
    }
  }

  async #poll(): Promise<void> {
    const { signal } = this.#stopping;
    try {
      await this.#source.poll(this.#makeTopic(), signal);
      // A poll that works again takes its defect back, which nobody is told.
      this.#remove(DEFECT, false);
    } catch (error) {
      if (signal.aborted && error === signal.reason) return;
      this.#options.onDefect(error);
      const data = JSON.stringify(toProblem(error));
      this.#publish(DEFECT, { event: "problem", data });
    }
  }

  #makeTopic(): LiveTopic {
    const events = this.#events;
    return {
      get names(): string[] {
        return [...events.keys()].filter((name) => name !== DEFECT);
      },
      publish: (name, item) => this.#publish(name, item),
      publishChange: (name, item) => this.#publish(name, item, true),
      remove: (name) => this.#remove(name, true),
      countBytes: (byteLength) => {
        if (this.#stopping.signal.aborted) return;
        this.#polledBytes += byteLength;
        this.#options.held.add(byteLength);
      },
    };
  }

  #publish(name: string, item: LiveItem, onlyIfChanged = false): void {
    // What comes after the last listener has left goes nowhere.
    if (this.#stopping.signal.aborted) return;
    const event = new EncodedEvent(item);
    const last = this.#events.get(name);
    if (onlyIfChanged && last?.equals(event)) return;
    const { held } = this.#options;
    if (last !== undefined) held.release(last);
    this.#events.set(name, event);
    for (const listener of this.#listeners) listener.addNews(name);
    // The last word, as it may end listeners, and with them all of this.
    held.hold(event);
  }

  #remove(name: string, isTold: boolean): void {
    const event = this.#events.get(name);
    if (event === undefined) return;
    this.#events.delete(name);
    this.#options.held.release(event);
    for (const listener of this.#listeners) listener.removeName(name, isTold);
  }

  #dropPolledBytes(): void {
    this.#options.held.add(-this.#polledBytes);
    this.#polledBytes = 0;
  }
}

/** A listener's options, and what its topic has to do with it. */
interface ListenerOptions extends ListenOptions, Omit<TopicOptions, "onStop"> {
  /** When its turn comes, by the clock. */
  readonly dueMs: number;
  /** Whether it may have what is there already. */
  readonly isDue: boolean;
  /** Called once, when the stream ends, for any reason. */
  readonly onEnd: () => void;
}

/** One stream, and what its reader has not had yet. */
export class Listener {
  /** The stream; it ends with {@linkcode end}, and cancelling it ends this. */
  readonly stream: ReadableStream<LiveBytes>;
  readonly #events: ReadonlyMap<string, EncodedEvent>;
  readonly #options: ListenerOptions;
  /** Names with news: each has an event, or is gone and was heard of. */
  readonly #news: Set<string>;
  /** Names that the reader has heard of. */
  readonly #heard = new Set<string>();
  /** What is being sent: an event, or a few words that are in none. */
  #sending: { event?: EncodedEvent; bytes: LiveBytes; sentBytes: number };
  /** The bytes of the last chunk, until the reader wants the next. */
  #chunkBytes = 0;
  /** Whether that ended within a line. */
  #isLineCut = false;
  /** When it has got that. */
  #sentMs: number;
  #dueMs: number;
  #isDue: boolean;
  #isEnded = false;
  #controller: ReadableStreamDefaultController<LiveBytes> | undefined;
  #wake: (() => void) | undefined;

  /**
   * Makes a listener who has heard of nothing yet.
   *
   * @param events The newest events by name. The listener reads them each time
   * that its reader asks, and never changes them.
   * @param options The listener's wishes, and whom to tell.
   */
  constructor(
    events: ReadonlyMap<string, EncodedEvent>,
    options: ListenerOptions,
  ) {
    this.#events = events;
    this.#options = options;
    this.#news = new Set(events.keys());
    this.#sending = { bytes: encode(STREAM_START), sentBytes: 0 };
    this.#sentMs = options.clock.now();
    this.#dueMs = options.dueMs;
    this.#isDue = options.isDue;
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

  /** Milliseconds between its events of one name. */
  get intervalMs(): number {
    return this.#options.intervalMs;
  }

  /**
   * Since when its reader has not come back for more, by the clock; `Infinity`
   * if it waits for news.
   */
  get stalledSinceMs(): number {
    return this.#chunkBytes > 0 ? this.#sentMs : Infinity;
  }

  /**
   * Begins a poll: a listener whose interval is over has its turn. One who has
   * not had all of its last turn goes on with that.
   *
   * @param nowMs The time.
   * @param pollMs The shortest interval of all who listen.
   */
  startTurn(nowMs: number, pollMs: number): void {
    const isDue = this.#dueMs <= nowMs + pollMs / 2;
    if (isDue) this.#dueMs = nowMs + this.intervalMs;
    this.#isDue = isDue || this.#isDue && this.#news.size > 0;
  }

  /**
   * Says that there is a new event of a name.
   *
   * @param name The name.
   */
  addNews(name: string): void {
    this.#news.add(name);
    this.wakeIfDue();
  }

  /** Goes on with a reader that waits, if there is news and it has its turn. */
  wakeIfDue(): void {
    if (this.#isDue && this.#news.size > 0) this.#wake?.();
  }

  /**
   * Says that there is a name no more.
   *
   * @param name The name.
   * @param isTold Whether a reader who has heard of it is told.
   */
  removeName(name: string, isTold: boolean): void {
    if (isTold && this.#heard.has(name)) return this.addNews(name);
    this.#news.delete(name);
    this.#heard.delete(name);
  }

  /** Ends the stream; what was not read by then is dropped. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#options.signal.removeEventListener("abort", this.#onAbort);
    this.#releaseSent();
    this.#releaseEvent();
    this.#news.clear();
    this.#heard.clear();
    this.#controller?.close();
    this.#wake?.();
    this.#options.onEnd();
  }

  /**
   * Ends the stream with an event that says why. An event that was being sent
   * becomes that event: its own name and data must not pass for the whole.
   *
   * @param reason Why.
   */
  drop(reason: Problem): void {
    if (this.#isEnded) return;
    const dropped = formatEvent({
      event: "dropped",
      data: JSON.stringify(reason),
    });
    // The words go into that event, which a blank line would end before them.
    this.#controller?.enqueue(encode((this.#isLineCut ? "\n" : "") + dropped));
    this.end();
  }

  async #pull(
    controller: ReadableStreamDefaultController<LiveBytes>,
  ): Promise<void> {
    this.#releaseSent();
    try {
      let chunk = this.#takeChunk();
      while (!this.#isEnded && chunk.length === 0) {
        const isSilent = await this.#waitForNews();
        if (this.#isEnded) break;
        chunk = isSilent ? encode(HEARTBEAT) : this.#takeChunk();
      }
      // It may have been dropped for the bytes that it has just taken.
      if (this.#isEnded) return this.#releaseEvent();
      this.#sentMs = this.#options.clock.now();
      this.#chunkBytes = chunk.length;
      this.#isLineCut = chunk.at(-1) !== LINE_BREAK;
      controller.enqueue(chunk);
      this.#options.held.add(chunk.length);
    } catch (error) {
      this.#options.onDefect(error);
      this.end();
    }
  }

  /** Waits for news; true if there were none for the time of a heartbeat. */
  async #waitForNews(): Promise<boolean> {
    const { clock, heartbeatMs = DEFAULT_HEARTBEAT_MS } = this.#options;
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await clock.sleep(heartbeatMs, woken.signal);
    this.#wake = undefined;
    return !woken.signal.aborted;
  }

  /** The next chunk; empty if there is nothing to send. */
  #takeChunk(): LiveBytes {
    const parts: LiveBytes[] = [];
    let room = MAX_CHUNK_BYTES;
    while (room > 0 && (this.#hasUnsent() || this.#startNext())) {
      const sending = this.#sending;
      const part = sending.bytes
        .subarray(sending.sentBytes, sending.sentBytes + room);
      parts.push(part);
      sending.sentBytes += part.length;
      room -= part.length;
    }
    const chunk = new Uint8Array(MAX_CHUNK_BYTES - room);
    let at = 0;
    for (const part of parts) {
      chunk.set(part, at);
      at += part.length;
    }
    if (!this.#hasUnsent()) this.#releaseEvent();
    return chunk;
  }

  #hasUnsent(): boolean {
    return this.#sending.sentBytes < this.#sending.bytes.length;
  }

  /** Takes the next name with news; false if there is none. */
  #startNext(): boolean {
    if (!this.#isDue) return false;
    for (const name of this.#news) {
      this.#news.delete(name);
      this.#releaseEvent();
      this.#sending = { ...this.#takeEvent(name), sentBytes: 0 };
      return true;
    }
    return false;
  }

  #takeEvent(name: string): { event?: EncodedEvent; bytes: LiveBytes } {
    const { held, format } = this.#options;
    const event = this.#events.get(name);
    if (event === undefined) {
      this.#heard.delete(name);
      return { bytes: encode(formatEvent({ event: "gone", data: name })) };
    }
    this.#heard.add(name);
    const before = event.byteLength;
    const bytes = event.layOut(format);
    held.hold(event);
    held.add(event.byteLength - before);
    return { event, bytes };
  }

  #releaseEvent(): void {
    const { event } = this.#sending;
    if (event !== undefined) this.#options.held.release(event);
    this.#sending = { bytes: new Uint8Array(), sentBytes: 0 };
  }

  #releaseSent(): void {
    this.#options.held.add(-this.#chunkBytes);
    this.#chunkBytes = 0;
  }
}

function encode(text: string): LiveBytes {
  return new TextEncoder().encode(text);
}
