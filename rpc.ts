/**
 * One question to one rig: connect, write the request, read the reply, close.
 *
 * The wire is the CGMiner RPC API: one JSON object in one TCP segment (the
 * miner calls `recv` once, `api.c`), one reply, a NUL, and the end of the
 * connection. Firmware that leaves out the NUL, or keeps the connection open,
 * or both, is served as well.
 *
 * Whoever calls a rig from several places at once should go through
 * `rigs/queue.ts`: a miner's API serves one client at a time.
 *
 * @example
 * ```ts
 * import { callRig } from "./rpc.ts";
 * import { Simulator } from "./rigs/simulator.ts";
 *
 * await using rig = Simulator.start();
 * const { bytes } = await callRig(rig, { command: "version" });
 * console.log(new TextDecoder().decode(bytes));
 * ```
 *
 * @module
 */

import { isReadCommand } from "./rpc/commands.ts";
import {
  describeRig,
  formatSeconds,
  RequestError,
  type RigAddress,
  RigError,
  toClosedError,
  toConnectError,
  toHttp2Error,
  toSilentError,
  toTooLargeError,
} from "./rpc/errors.ts";
import {
  connectByNode,
  IS_DENO,
  isSystemError,
  keepAlive,
  type TcpConn,
  type Timer,
} from "./rpc/runtime.ts";

/** A question in the terms of the API. */
export interface RigRequest {
  /** One command, or several joined by `+`. */
  readonly command: string;
  /** The parameter; absent where the command takes none. */
  readonly parameter?: string | number;
  /**
   * The whole request as JSON, where it has further members: it is sent as it
   * stands, and as something that may change the rig.
   *
   * @internal
   */
  readonly body?: string;
}

/**
 * Whether a question is known to only report. One with further members is not:
 * a rig may take one of them for its command (`cmd`).
 *
 * @param request The question.
 * @returns True if all of it is in group R.
 */
export function isReadRequest({ command, body }: RigRequest): boolean {
  return body === undefined && isReadCommand(command);
}

/** The longest request in bytes: cgminer's buffer less its NUL (`api.c`). */
export const MAX_REQUEST_BYTES = 4095;

/**
 * The longest reply in bytes, if nothing else is said; the longest real one that
 * is known has 144 KB.
 */
export const MAX_REPLY_BYTES = 2 * 1024 * 1024;

/** How long a call may take if nothing else is said, in milliseconds. */
export const DEFAULT_TIMEOUT_MS = 5000;

/** Silence after a complete value that ends a reply without NUL or EOF. */
const SILENCE_MS = 50;

/** Holds most replies whole; as many are kept as rigs are asked at once. */
const READ_BUFFER_BYTES = 16 * 1024;
const MAX_POOLED_BUFFERS = 256;
const readBuffers: Uint8Array<ArrayBuffer>[] = [];

/** How {@linkcode callRig} calls. */
export interface CallOptions {
  /** Milliseconds from the call to the last byte. Default 5,000. */
  readonly timeoutMs?: number;
  /** Gives the call up; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Most bytes of reply. Default 2 MiB. */
  readonly maxReplyBytes?: number;
  /** Milliseconds that passed before, in a queue, for messages. Default 0. */
  readonly waitedMs?: number;
  /**
   * Called when the connection stands, right before the request is written.
   *
   * @internal
   */
  readonly onSend?: (call: RunningCall) => void;
}

/**
 * A call whose request is sent. Whoever waits for it no more can let it run on
 * without its keeping the process alive, as with a `Deno.Conn`.
 */
export interface RunningCall {
  /** Makes it keep the process alive, as it does from the start. */
  ref(): void;
  /** Lets the process end before it does. */
  unref(): void;
}

/** What came back, as it came. */
export interface RawReply {
  /** All bytes up to the first NUL, that NUL included, nothing after it. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What ended it. */
  readonly end: "nul" | "eof" | "silence";
}

/**
 * Asks one rig one question.
 *
 * @param rig Where it listens; a `name` appears in messages.
 * @param request What to ask; or its bytes, from {@linkcode encodeRequest}.
 * @param options Deadline, signal, limits.
 * @returns The reply's bytes, unread and unrepaired.
 * @throws {RequestError} If the request cannot be sent to any rig.
 * @throws {RigError} `rig-refused`, `rig-unreachable`, `rig-closed` (not one
 * byte came), `rig-reply-too-large` or `rig-timeout`.
 */
export async function callRig(
  rig: RigAddress,
  request: RigRequest | Uint8Array<ArrayBuffer>,
  options: CallOptions = {},
): Promise<RawReply> {
  const bytes = request instanceof Uint8Array
    ? request
    : encodeRequest(request);
  const { timeoutMs = DEFAULT_TIMEOUT_MS, waitedMs = 0, signal } = options;
  signal?.throwIfAborted();
  const call = new RigCall(rig, options);
  const timer = call.startTimer(
    () => call.timeOut(timeoutMs + waitedMs),
    timeoutMs,
  );
  const onAbort = () => call.fail(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await call.run(bytes);
  } finally {
    call.stopTimer(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

/**
 * One call, for whoever keeps its deadline. Whatever ends it leaves no socket.
 *
 * @internal
 */
export class RigCall implements RunningCall {
  readonly #rig: RigAddress;
  readonly #options: Pick<CallOptions, "maxReplyBytes" | "onSend">;
  readonly #connecting = new AbortController();
  #timers: Set<Timer> | undefined;
  #conn: TcpConn | undefined;
  #isUnref = false;
  #isSent = false;
  #hasReset = false;
  #failure: { reason: unknown } | undefined;
  #receivedBytes = 0;
  #phase: "connect" | "wait" | "read" = "connect";

  /**
   * Makes a call that has not begun.
   *
   * @param rig Where the rig listens; a `name` appears in messages.
   * @param options Most bytes of reply, and who is told when it is sent.
   */
  constructor(
    rig: RigAddress,
    options: Pick<CallOptions, "maxReplyBytes" | "onSend"> = {},
  ) {
    this.#rig = rig;
    this.#options = options;
  }

  /** Whether the rig may have read the request: no one can call it back then. */
  get isSent(): boolean {
    return this.#isSent;
  }

  /** Whether the rig broke the connection off, and did not just close it. */
  get hasReset(): boolean {
    return this.#hasReset;
  }

  /**
   * Connects, writes, reads, closes; to be called once.
   *
   * @param bytes The request.
   * @returns The reply.
   * @throws {RigError} As {@linkcode callRig} does; or what it was failed with.
   */
  async run(bytes: Uint8Array<ArrayBuffer>): Promise<RawReply> {
    try {
      await this.#connect();
      this.#isSent = true;
      this.#options.onSend?.(this);
      await this.#write(bytes);
      return await this.#read();
    } finally {
      this.#close();
    }
  }

  /**
   * Ends the call from outside.
   *
   * @param reason What it throws.
   */
  fail(reason: unknown): void {
    this.#failure ??= { reason };
    this.#connecting.abort();
    this.#close();
  }

  /**
   * Ends the call because its time is over.
   *
   * @param timeoutMs How long that was, for the message.
   */
  timeOut(timeoutMs: number): void {
    this.fail(this.describeTimeout(timeoutMs));
  }

  #close(): void {
    const conn = this.#conn;
    this.#conn = undefined;
    conn?.close();
  }

  /** As in {@linkcode RunningCall}. */
  ref(): void {
    this.#isUnref = false;
    this.#conn?.ref();
    this.#timers?.forEach((timer) => keepAlive(timer, true));
  }

  /** As in {@linkcode RunningCall}. */
  unref(): void {
    this.#isUnref = true;
    this.#conn?.unref();
    this.#timers?.forEach((timer) => keepAlive(timer, false));
  }

  /**
   * Starts a timer that keeps the process alive only as the connection does.
   *
   * @param onEnd What it does.
   * @param delayMs When, in milliseconds.
   * @returns The timer.
   */
  startTimer(onEnd: () => void, delayMs: number): Timer {
    const timer = setTimeout(onEnd, delayMs);
    (this.#timers ??= new Set()).add(timer);
    if (this.#isUnref) keepAlive(timer, false);
    return timer;
  }

  /**
   * Stops a timer.
   *
   * @param timer The timer, which may be over.
   */
  stopTimer(timer: Timer): void {
    clearTimeout(timer);
    this.#timers?.delete(timer);
  }

  #openConn(): TcpConn {
    if (this.#conn === undefined) throw this.#failure?.reason;
    return this.#conn;
  }

  async #connect(): Promise<void> {
    const { hostname, port } = this.#rig;
    try {
      const { signal } = this.#connecting;
      signal.throwIfAborted = keepConn;
      this.#conn = IS_DENO
        ? await Deno.connect({ hostname, port, signal })
        : await connectByNode({ hostname, port, signal });
    } catch (error) {
      this.#hasReset = true;
      throw this.#failure?.reason ?? toConnectError(this.#rig, error);
    }
    // It came up in the same turn in which the call ended; `run` closes it.
    if (this.#failure !== undefined) throw this.#failure.reason;
    this.#phase = "wait";
  }

  async #write(bytes: Uint8Array): Promise<void> {
    let written: number;
    try {
      written = await this.#openConn().write(bytes);
    } catch (error) {
      this.#hasReset = true;
      throw this.#failure?.reason ?? toClosedError(this.#rig, error);
    }
    // The miner reads once: a second write would never be read.
    if (written !== bytes.length) throw toClosedError(this.#rig);
  }

  async #read(): Promise<RawReply> {
    const buffer = readBuffers.pop() ?? new Uint8Array(READ_BUFFER_BYTES);
    try {
      return await this.#readReply(buffer);
    } finally {
      if (readBuffers.length < MAX_POOLED_BUFFERS) readBuffers.push(buffer);
    }
  }

  async #readReply(buffer: Uint8Array<ArrayBuffer>): Promise<RawReply> {
    const { maxReplyBytes = MAX_REPLY_BYTES } = this.#options;
    let received: ReplyBuffer | undefined;
    let value: ValueScanner | undefined;
    while (true) {
      const count = await this.#readChunk(buffer, value?.isComplete === true);
      if (count === "silence" || count === null) {
        if (received === undefined) throw toClosedError(this.#rig);
        return { bytes: received.take(), end: count ?? "eof" };
      }
      this.#phase = "read";
      const chunk = buffer.subarray(0, count);
      const nul = chunk.indexOf(0);
      if (nul === 0 && received === undefined && isHttp2(chunk)) {
        throw toHttp2Error(this.#rig);
      }
      this.#receivedBytes += nul === -1 ? count : nul + 1;
      if (this.#receivedBytes > maxReplyBytes) {
        throw toTooLargeError(this.#rig, maxReplyBytes);
      }
      // Most replies come in one piece.
      if (nul !== -1 && received === undefined) {
        return { bytes: chunk.slice(0, nul + 1), end: "nul" };
      }
      received ??= new ReplyBuffer();
      received.add(nul === -1 ? chunk : chunk.subarray(0, nul + 1));
      if (nul !== -1) return { bytes: received.take(), end: "nul" };
      value ??= new ValueScanner();
      value.push(chunk);
    }
  }

  /** One read: a count, `null` at the end, or `"silence"` after a value. */
  async #readChunk(
    buffer: Uint8Array<ArrayBuffer>,
    isComplete: boolean,
  ): Promise<number | null | "silence"> {
    let isSilent = false;
    const silence = isComplete
      ? this.startTimer(() => {
        isSilent = true;
        this.#close();
      }, SILENCE_MS)
      : undefined;
    try {
      const count = await this.#openConn().read(buffer);
      // These came after the silence, and so after the reply.
      return isSilent ? "silence" : count;
    } catch (error) {
      if (this.#failure !== undefined) throw this.#failure.reason;
      if (isSilent) return "silence";
      // A reset ends the reply as a FIN does (sgminer resets after long ones):
      // whether it is whole is for the reader to see.
      this.#hasReset = true;
      if (isSystemError(error, "ConnectionReset")) return null;
      throw toClosedError(this.#rig, error);
    } finally {
      if (silence !== undefined) this.stopTimer(silence);
    }
  }

  /**
   * Says how far it has come when time is over.
   *
   * @param timeoutMs How long that was.
   * @returns `rig-timeout`.
   */
  describeTimeout(timeoutMs: number): RigError {
    const rig = describeRig(this.#rig);
    const within = `within ${formatSeconds(timeoutMs)}`;
    if (this.#phase === "connect") {
      return new RigError(
        "rig-timeout",
        `Cannot reach ${rig}: no connection ${within}`,
        "Is the rig on, and is this its address?",
      );
    }
    if (this.#phase === "wait") return toSilentError(this.#rig, within);
    const bytes = this.#receivedBytes;
    return new RigError(
      "rig-timeout",
      `No whole reply from ${rig} ${within}: its reply stopped after ${bytes} ` +
        (bytes === 1 ? "byte" : "bytes"),
      "The miner or the network is slow: give it more time (--timeout)",
    );
  }
}

/**
 * In place of a signal's `throwIfAborted`: at the end of `Deno.connect` it
 * throws although the connection came up in the same turn, and then nobody has
 * the connection to close it. So it is given, and `run` closes it.
 */
function keepConn(): void {}

/** Whether a server of HTTP/2 begins: a frame SETTINGS or GOAWAY. */
function isHttp2(chunk: Uint8Array): boolean {
  return chunk[1] === 0 && (chunk[3] === 4 || chunk[3] === 7);
}

/**
 * What came of a reply. Attack: a reply that comes byte by byte, each of which
 * would be an object of its own: 2 MiB would take half a gigabyte.
 */
class ReplyBuffer {
  #bytes = new Uint8Array();
  #length = 0;

  /** Copies a chunk behind what came before. */
  add(chunk: Uint8Array): void {
    const length = this.#length + chunk.length;
    if (length > this.#bytes.length) this.#grow(length);
    this.#bytes.set(chunk, this.#length);
    this.#length = length;
  }

  /** All that came; nothing is added afterwards. */
  take(): Uint8Array<ArrayBuffer> {
    const { length } = this.#bytes;
    // A slice keeps no more memory than it needs, and most have that already.
    return this.#length === length
      ? this.#bytes
      : this.#bytes.slice(0, this.#length);
  }

  /** Twice as much each time, so that each byte is copied twice at most. */
  #grow(length: number): void {
    const isFirst = this.#length === 0;
    const grown = new Uint8Array(isFirst ? length : 2 * length);
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}

/**
 * Writes a request as JSON: the same text for the same question.
 *
 * @param request Command and parameter; a parameter of `""` counts as none.
 * @returns `{"command":…}` or `{"command":…,"parameter":…}`; or its body.
 * @throws {RequestError} If the command is no text, or the parameter neither
 * text nor a finite number: a rig would take that for none at all.
 */
export function formatRequest(
  { command, parameter, body }: RigRequest,
): string {
  // A caller in JavaScript may have given anything.
  if (typeof command !== "string") {
    throw new RequestError(`The command is no text but ${nameKind(command)}`);
  }
  if (
    parameter !== undefined && typeof parameter !== "string" &&
    !Number.isFinite(parameter)
  ) {
    throw new RequestError(
      "The parameter is neither text nor a finite number but " +
        nameKind(parameter),
    );
  }
  if (body !== undefined) return body;
  return JSON.stringify(
    parameter === undefined || parameter === ""
      ? { command }
      : { command, parameter },
  );
}

const ENCODER = new TextEncoder();

/**
 * Makes the bytes of a request, and refuses what no rig could read.
 *
 * @param request Command and parameter; a parameter of `""` counts as none.
 * @param text The same, where {@linkcode formatRequest} wrote it already.
 * @returns `{"command":…}` or `{"command":…,"parameter":…}` in UTF-8.
 * @throws {RequestError} If it is longer than 4,095 bytes, holds a NUL
 * (Jansson refuses it), text that is not Unicode (a lone surrogate), or a
 * part of the wrong type.
 */
export function encodeRequest(
  request: RigRequest,
  text: string = formatRequest(request),
): Uint8Array<ArrayBuffer> {
  const { command, parameter } = request;
  for (const part of [command, parameter]) {
    if (typeof part !== "string") continue;
    if (part.includes("\0")) {
      throw new RequestError(
        "The request holds a NUL character, which no rig can read",
      );
    }
    if (!part.isWellFormed()) {
      throw new RequestError("The request is not valid Unicode text");
    }
  }
  const bytes = ENCODER.encode(text);
  if (bytes.length > MAX_REQUEST_BYTES) {
    throw new RequestError(
      `The request is ${bytes.length} bytes long, and a rig reads at most ` +
        `${MAX_REQUEST_BYTES}`,
    );
  }
  return bytes;
}

/** What a value is, without saying it: a parameter may be secret. */
function nameKind(value: unknown): string {
  if (value === null || typeof value === "number") return String(value);
  if (value === undefined) return "missing";
  return `of type ${typeof value}`;
}

/**
 * Sees where the first JSON value of a byte stream is complete, for rigs that
 * send neither NUL nor the end of the connection: only by brackets and strings,
 * so that a reply with a known defect counts as well.
 */
class ValueScanner {
  /** Whether a whole value has passed. */
  isComplete = false;
  #depth = 0;
  #inString = false;
  #escaped = false;

  /**
   * Looks at what was read next.
   *
   * @param bytes Where the last ones ended, wherever that was.
   */
  push(bytes: Uint8Array): void {
    if (this.isComplete) return;
    // By index: until it is compiled, an iterator takes five times as long.
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === 0x5c) this.#escaped = true;
        else if (byte === 0x22) this.#inString = false;
      } else if (byte === 0x22) this.#inString = true;
      else if (byte === 0x7b || byte === 0x5b) this.#depth++;
      else if (byte === 0x7d || byte === 0x5d) {
        this.#depth--;
        if (this.#depth <= 0) {
          this.isComplete = true;
          return;
        }
      }
    }
  }
}
