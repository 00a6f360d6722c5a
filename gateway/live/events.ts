/**
 * Live streams as bytes and headers: server-sent events (WHATWG HTML, section
 * 9.2), who asks for them, and how often; each event encoded once. Pure.
 *
 * `@std/http`'s `ServerSentEventStream` is not used: it writes `data:` without
 * the space after it, so that every indented line loses one; it makes one chunk
 * of an event however long; and it draws an event before the listener asks, so
 * that a slow one gets an old one.
 *
 * @module
 */

import { accepts } from "jsr:@std/http@1/negotiation";
import { indentJson } from "../../rpc/indent.ts";
import { Problem } from "../http/problems.ts";

/** One event of a live stream. */
export interface LiveItem {
  /** What it is: `reply`, `problem`, or a name without line breaks. */
  readonly event: string;
  /** What it says: JSON as a rule. Line breaks in it become `\n`. */
  readonly data: string;
}

/** Lays out an item's data in another way, for one listener. */
export type LiveFormat = (item: LiveItem) => string;

/** The headers of a live stream; nginx would hold it back otherwise. */
export const EVENT_STREAM_HEADERS = {
  "content-type": "text/event-stream",
  "x-accel-buffering": "no",
};

/**
 * What a stream starts with, at once, so that its headers are sent as well: how
 * many milliseconds a browser waits before it comes back.
 */
export const STREAM_START = "retry: 3000\n\n";

/** A comment, for proxies and clients that give up on a silent connection. */
export const HEARTBEAT = ": heartbeat\n\n";

/** A chunk of a live stream. */
export type LiveBytes = Uint8Array<ArrayBuffer>;

/** Seconds between two polls if nothing else is asked for. */
export const DEFAULT_INTERVAL_S = 5;

/** The least and the most seconds between two polls. */
const MIN_INTERVAL_S = 1;
const MAX_INTERVAL_S = 3600;

/** How much of a wrong interval is repeated in a message. */
const MAX_QUOTED_LENGTH = 32;

/**
 * Writes an event as it stands on the wire.
 *
 * Each line of the data gets a `data: ` of its own, because a line break of any
 * kind ends a field. JSON has raw ones only between its tokens, so that the
 * listener's text, where all are `\n`, is the same JSON.
 *
 * @param item The event.
 * @returns Its lines, and the blank line that ends it.
 */
export function formatEvent({ event, data }: LiveItem): string {
  const text = data.includes("\r") ? data.replaceAll(/\r\n?/g, "\n") : data;
  const lines = text.includes("\n") ? prefixLines(text) : text;
  return `event: ${event}\ndata: ${lines}\n\n`;
}

const NEWLINE = 0x0a;
const PREFIX = new TextEncoder().encode("data: ");

/**
 * Writes `data: ` after each line break. In bytes: of millions of them, which a
 * reply may have, `replaceAll` makes as many pieces of text.
 */
function prefixLines(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let count = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] === NEWLINE) count++;
  }
  const out = new Uint8Array(bytes.length + count * PREFIX.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    out[length++] = byte;
    if (byte !== NEWLINE) continue;
    for (let each = 0; each < PREFIX.length; each++) {
      out[length++] = PREFIX[each]!;
    }
  }
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(out);
}

/**
 * An event as the bytes that all listeners get. They are made once, and once
 * more for each layout that somebody wants, however many listen and however
 * late they come.
 */
export class EncodedEvent {
  readonly #event: string;
  /** The event as it was published. */
  readonly bytes: LiveBytes;
  readonly #laidOut = new Map<LiveFormat, LiveBytes>();
  #byteLength: number;

  /**
   * Encodes an event.
   *
   * @param item The event.
   */
  constructor(item: LiveItem) {
    this.#event = item.event;
    this.bytes = new TextEncoder().encode(formatEvent(item));
    this.#byteLength = this.bytes.length;
  }

  /** How many bytes it holds, in all layouts together. */
  get byteLength(): number {
    return this.#byteLength;
  }

  /**
   * Gives the event in a layout.
   *
   * @param format The layout; absent: as it was published.
   * @returns The same buffer for the same layout, each time.
   */
  layOut(format: LiveFormat | undefined): LiveBytes {
    if (format === undefined) return this.bytes;
    const known = this.#laidOut.get(format);
    if (known !== undefined) return known;
    const event = this.#event;
    const published = this.#readData();
    const data = format({ event, data: published });
    // A layout that changes nothing needs no buffer of its own.
    if (data === published) return this.bytes;
    const bytes = new TextEncoder().encode(formatEvent({ event, data }));
    this.#laidOut.set(format, bytes);
    this.#byteLength += bytes.length;
    return bytes;
  }

  /**
   * Compares what was published.
   *
   * @param other Another event.
   * @returns True if both are the same on the wire.
   */
  equals({ bytes }: EncodedEvent): boolean {
    if (bytes.length !== this.bytes.length) return false;
    for (let at = 0; at < bytes.length; at++) {
      if (bytes[at] !== this.bytes[at]) return false;
    }
    return true;
  }

  /** The data, read from the bytes, so that it is not held a second time. */
  #readData(): string {
    const start = `event: ${this.#event}\ndata: `.length;
    const lines = this.bytes.subarray(start, -2);
    const data = new Uint8Array(lines.length);
    let length = 0;
    for (let at = 0; at < lines.length; at++) {
      const byte = lines[at]!;
      data[length++] = byte;
      if (byte === NEWLINE) at += PREFIX.length;
    }
    return new TextDecoder("utf-8", { ignoreBOM: true })
      .decode(data.subarray(0, length));
  }
}

/**
 * The longest data that is indented, in UTF-16 code units. Attack: `?pretty` on a
 * stream of all rigs: 30 MB of replies stand everybody still for four seconds,
 * and take more than a gigabyte, each time that they are polled.
 */
const MAX_INDENTED_LENGTH = 1024 * 1024;

/**
 * Indents an item's JSON by 4: the `format` of listeners with `?pretty`.
 *
 * @param item An event with JSON as its data.
 * @returns The same JSON; as it is where it has more than a million characters,
 * or would be far longer.
 */
export function indentItem({ data }: LiveItem): string {
  return data.length > MAX_INDENTED_LENGTH ? data : indentJson(data);
}

/**
 * Whether a live stream is wanted rather than one reply.
 *
 * @param request The request.
 * @returns True if it is GET or HEAD, and `Accept` names `text/event-stream`
 * (a wildcard does not) and puts it above JSON. Of two that are named as equals
 * JSON is served, as it comes to an end.
 */
export function prefersEventStream(request: Request): boolean {
  const accept = request.headers.get("accept");
  if (request.method !== "GET" && request.method !== "HEAD") return false;
  if (accept === null || !/text\/event-stream/i.test(accept)) return false;
  return accepts(request, "application/json", "text/event-stream") ===
    "text/event-stream";
}

/**
 * Reads `?interval=`.
 *
 * @param text Seconds from 1 to 3600, decimals allowed; `undefined` for 5.
 * @returns Whole milliseconds.
 * @throws {Problem} `bad-request` for anything else.
 */
export function readIntervalMs(text: string | undefined): number {
  if (text === undefined) return DEFAULT_INTERVAL_S * 1000;
  const seconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (seconds >= MIN_INTERVAL_S && seconds <= MAX_INTERVAL_S) {
    return Math.round(seconds * 1000);
  }
  const quoted = text.length <= MAX_QUOTED_LENGTH
    ? text
    : `${text.slice(0, MAX_QUOTED_LENGTH)}…`;
  throw new Problem(
    "bad-request",
    `interval=${quoted}: give seconds from ${MIN_INTERVAL_S} to ${MAX_INTERVAL_S}`,
  );
}
