/**
 * Rigs on 127.0.0.0/8 whose figures move: each reply says another hashrate and
 * other temperatures. They answer in 5 ms, with the replies of bench/fleet.
 *
 * @example
 * ```ts
 * import { moveFigures } from "./moving_rigs.ts";
 *
 * const reply = '{"GHS 5s":"13581.93","temp2_6":71}';
 * console.log(moveFigures(reply)); // {"GHS 5s":"13612.4","temp2_6":73}
 * ```
 *
 * @module
 */

import { toAddress } from "../fleet/fleet_plan.ts";
import { findReply } from "../fleet/replies.ts";

const ANSWER_MS = 5;
/** A request is one segment of at most 4,095 bytes. */
const REQUEST_BYTES = 4096;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Replies of each kind: the rigs share the processors with what is measured. */
const VARIANTS = 100;

/** What was answered so far, by the request. */
const known = new Map<string, Uint8Array<ArrayBuffer>[]>();

/**
 * Moves the figures of a reply.
 *
 * @param reply The reply's text.
 * @returns The same with a hashrate within 5 %, and temperatures within 5 °C,
 * of what stood there.
 */
export function moveFigures(reply: string): string {
  const near = (value: string, by: number) =>
    Number(value) + (2 * Math.random() - 1) * by;
  return reply
    .replace(
      /("(?:GHS|MHS) 5s":"?)([\d.]+)/g,
      (_, name, value) => name + near(value, Number(value) / 20).toFixed(2),
    )
    .replace(
      /("temp2_\d+":)([1-9]\d*)/g,
      (_, name, value) => name + near(value, 5).toFixed(0),
    );
}

/** One of the replies to a request, another one each time. */
function pickReply(request: string): Uint8Array<ArrayBuffer> {
  let replies = known.get(request);
  if (replies === undefined) {
    const text = decoder.decode(findReply(request));
    replies = Array.from(
      { length: VARIANTS },
      () => encoder.encode(moveFigures(text)),
    );
    known.set(request, replies);
  }
  return replies[Math.floor(Math.random() * VARIANTS)] as Uint8Array<
    ArrayBuffer
  >;
}

/** Some such rigs; disposing of them closes their listeners. */
export class MovingRigs implements Disposable {
  readonly #listeners: readonly Deno.TcpListener[];

  private constructor(listeners: readonly Deno.TcpListener[]) {
    this.#listeners = listeners;
  }

  /**
   * Starts rigs 1 to `size`.
   *
   * @param network The second octet of all addresses.
   * @param size How many.
   * @returns The rigs; they answer already.
   */
  static start(network: number, size: number): MovingRigs {
    return new MovingRigs(Array.from({ length: size }, (_, at) => {
      const listener = Deno.listen(toAddress(network, at + 1));
      serveRig(listener);
      return listener;
    }));
  }

  [Symbol.dispose](): void {
    for (const listener of this.#listeners) listener.close();
  }
}

async function serveRig(listener: Deno.TcpListener): Promise<void> {
  for await (const conn of listener) void answer(conn);
}

async function answer(conn: Deno.TcpConn): Promise<void> {
  try {
    const buffer = new Uint8Array(REQUEST_BYTES);
    const length = await conn.read(buffer) ?? 0;
    const reply = pickReply(decoder.decode(buffer.subarray(0, length)));
    await new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
    // The replies are under 8 KB: one write takes them whole.
    await conn.write(reply);
  } catch (error) {
    // A caller that went away; the next one is served.
    const isGone = error instanceof Deno.errors.ConnectionReset ||
      error instanceof Deno.errors.BrokenPipe;
    if (!isGone) throw error;
  } finally {
    conn.close();
  }
}
