/**
 * One request for the whole fleet, timed from outside while it arrives, and
 * the same number of calls without a gateway, to compare.
 *
 * @example
 * ```ts
 * import { measurePage } from "./measure.ts";
 *
 * const body = '{"a": {"STATUS":[]}, "b": {"error": {}}}';
 * await using server = Deno.serve(
 *   { hostname: "127.0.0.1", port: 0, onListen() {} },
 *   () => new Response(body),
 * );
 * const page = await measurePage(`http://127.0.0.1:${server.addr.port}/`);
 * console.log(page?.alive, page?.failed); // 1 1
 * ```
 *
 * @module
 */

import { callRig } from "../../rpc.ts";
import { MemberScanner } from "./member_scanner.ts";

/** A page that takes longer than this is broken, not slow. */
const GIVE_UP_MS = 300_000;

/** What one request came to; all times from its start, in milliseconds. */
export interface PageMeasures {
  /** To the first byte of the body: an opening bracket, maybe. */
  readonly firstByteMs: number;
  /** To the end of the first rig's object. */
  readonly firstRigMs: number;
  /** To the end of the last object of a rig that answered. */
  readonly lastAliveMs: number;
  /** To the end of the body. */
  readonly totalMs: number;
  /** The body's length. */
  readonly bytes: number;
  /** Rigs with a reply, or said to be up. */
  readonly alive: number;
  /** Rigs with a problem, or said to be anything but up. */
  readonly failed: number;
}

/**
 * Asks for a page and reads it to its end.
 *
 * @param url Of `/@all/…` or `/-/rigs`.
 * @param stop Gives it up.
 * @returns What it measured; `undefined` if there is no such page (404).
 * @throws {Error} If the status is anything else but 200.
 */
export async function measurePage(
  url: string,
  stop?: AbortSignal,
): Promise<PageMeasures | undefined> {
  const startMs = performance.now();
  const response = await fetch(url, {
    // Deno compresses for who takes it; curl and scrapers in a LAN do not.
    headers: { accept: "application/json", "accept-encoding": "identity" },
    signal: AbortSignal.any([
      AbortSignal.timeout(GIVE_UP_MS),
      ...(stop === undefined ? [] : [stop]),
    ]),
  });
  const { status, body } = response;
  if (status !== 200 || body === null) {
    const text = await response.text();
    if (status === 404) return undefined;
    throw new Error(`${url} answered ${status}: ${text.slice(0, 300)}`);
  }
  return await readPage(body, startMs);
}

async function readPage(
  body: ReadableStream<Uint8Array>,
  startMs: number,
): Promise<PageMeasures> {
  const measures = {
    ...{ firstByteMs: NaN, firstRigMs: NaN, lastAliveMs: NaN, totalMs: NaN },
    ...{ bytes: 0, alive: 0, failed: 0 },
  };
  let nowMs = 0;
  const scanner = new MemberScanner((text) => {
    if (measures.alive + measures.failed === 0) measures.firstRigMs = nowMs;
    if (isAnswered(text)) {
      measures.alive++;
      measures.lastAliveMs = nowMs;
    } else measures.failed++;
  });
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    nowMs = performance.now() - startMs;
    if (measures.bytes === 0) measures.firstByteMs = nowMs;
    measures.bytes += chunk.length;
    scanner.push(decoder.decode(chunk, { stream: true }));
  }
  measures.totalMs = performance.now() - startMs;
  return measures;
}

/** Asks a server of its own once, so that no gateway pays for a cold client. */
export async function warmClient(): Promise<void> {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response('{"a": {"STATUS":[]}}'),
  );
  await measurePage(`http://127.0.0.1:${server.addr.port}/`);
}

/** `/-/rigs` tells a rig's state first; a member of `/@all` has none. */
function isAnswered(text: string): boolean {
  const state = text.match(/"state":\s*"([^"]*)"/)?.[1];
  if (state !== undefined) return state === "up";
  return !/^\{\s*"error":/.test(text);
}

/**
 * Asks rigs directly, 256 at once as the gateway does.
 *
 * @param rigs Whom; only living ones.
 * @param signal Gives it up.
 * @returns Milliseconds until the last has answered.
 */
export async function measureDirectCalls(
  rigs: readonly { hostname: string; port: number }[],
  signal?: AbortSignal,
): Promise<number> {
  const startMs = performance.now();
  const pending = rigs.values();
  await Promise.all(Array.from({ length: 256 }, async () => {
    for (const rig of pending) {
      await callRig(rig, { command: "summary" }, { signal });
    }
  }));
  return performance.now() - startMs;
}
