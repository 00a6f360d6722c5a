/**
 * For tests of live streams: a clock that moves when the test says so, and a
 * reader of server-sent events as WHATWG HTML, 9.2.6, says it.
 *
 * @module
 */

import type { LiveClock } from "../../../gateway/live/streams.ts";

interface Sleeper {
  readonly ms: number;
  readonly dueMs: number;
  wake(): void;
}

/** Time that only a test makes pass. */
export class ManualClock implements LiveClock {
  #nowMs = 0;
  readonly #sleepers = new Set<Sleeper>();
  readonly #watchers = new Set<() => void>();

  now(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const sleeper: Sleeper = {
        ms,
        dueMs: this.#nowMs + ms,
        wake: () => {
          this.#sleepers.delete(sleeper);
          signal.removeEventListener("abort", sleeper.wake);
          resolve();
        },
      };
      signal.addEventListener("abort", sleeper.wake);
      this.#sleepers.add(sleeper);
      for (const check of this.#watchers) check();
    });
  }

  /** How many wait for time to pass. */
  get sleeperCount(): number {
    return this.#sleepers.size;
  }

  /** Resolves when somebody has begun to sleep for so long. */
  untilSleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (![...this.#sleepers].some((sleeper) => sleeper.ms === ms)) return;
        this.#watchers.delete(check);
        resolve();
      };
      this.#watchers.add(check);
      check();
    });
  }

  /** Lets time pass, and wakes whose time has come. */
  advance(ms: number): void {
    this.#nowMs += ms;
    for (const sleeper of this.#sleepers) {
      if (sleeper.dueMs <= this.#nowMs) sleeper.wake();
    }
  }
}

/** An event, or a comment. */
export interface StreamEvent {
  readonly event: string;
  readonly data: string;
}

/** Reads a stream one event at a time, and no further than it must. */
export class EventReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  readonly #decoder = new TextDecoder();
  #text = "";
  /** How many bytes each chunk had. */
  readonly chunkLengths: number[] = [];
  /** What `retry` said last. */
  retryMs: number | undefined;

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>> | null) {
    if (stream === null) throw new TypeError("The response has no body");
    this.#reader = stream.getReader();
  }

  /** The next event or `{ event: "comment" }`; undefined at the end. */
  async next(): Promise<StreamEvent | undefined> {
    for (;;) {
      const block = await this.#nextBlock();
      if (block === undefined) return undefined;
      const event = this.#readBlock(block);
      if (event !== undefined) return event;
    }
  }

  /** Leaves. */
  async cancel(): Promise<void> {
    await this.#reader.cancel();
  }

  /** The lines up to a blank one. */
  async #nextBlock(): Promise<string[] | undefined> {
    for (;;) {
      // The gateway itself ends lines with LF alone; data never has CR.
      const end = this.#text.indexOf("\n\n");
      if (end !== -1) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        return block.split(/\r\n|\n|\r/);
      }
      const { value, done } = await this.#reader.read();
      if (done) return undefined;
      this.chunkLengths.push(value.length);
      this.#text += this.#decoder.decode(value, { stream: true });
    }
  }

  #readBlock(lines: readonly string[]): StreamEvent | undefined {
    let event = "message";
    let isComment = false;
    const data: string[] = [];
    for (const line of lines) {
      const colon = line.indexOf(":");
      const name = colon === -1 ? line : line.slice(0, colon);
      const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
      if (name === "") isComment = true;
      else if (name === "event") event = value;
      else if (name === "data") data.push(value);
      else if (name === "retry") this.retryMs = Number(value);
      else throw new Error(`No such field: ${line}`);
    }
    if (data.length > 0) return { event, data: data.join("\n") };
    return isComment ? { event: "comment", data: "" } : undefined;
  }
}

/** Reads bytes that are a whole stream. */
export async function readEvents(text: string): Promise<StreamEvent[]> {
  const reader = new EventReader(new Blob([text]).stream());
  const events: StreamEvent[] = [];
  for (let next; (next = await reader.next()) !== undefined;) events.push(next);
  return events;
}
