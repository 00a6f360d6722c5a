/**
 * What can go wrong between a program and a rig, as errors with a stable code;
 * and how messages name rigs, addresses and values.
 *
 * A message says what happened and to which rig; `hint` says what to do.
 *
 * @example
 * ```ts
 * import { describeRig, RigError } from "./errors.ts";
 *
 * const rig = { name: "garage", hostname: "10.0.0.7", port: 4028 };
 * const error = new RigError(
 *   "rig-refused",
 *   `Cannot reach ${describeRig(rig)}: connection refused`,
 * );
 * console.log(error.code, error.message);
 * ```
 *
 * @module
 */

import { isSystemError } from "./runtime.ts";

/** Where a rig's API listens, and what people call it. */
export interface RigAddress {
  /** A name for messages; absent: the rig is named by its address alone. */
  readonly name?: string;
  /** IP address (IPv6 without brackets) or host name. */
  readonly hostname: string;
  /** TCP port; 4028 on nearly every miner. */
  readonly port: number;
}

/** The TCP port of a miner's API (`--api-port`) that goes without saying. */
export const API_PORT = 4028;

/**
 * The codes of {@linkcode RigError}, the same as in problem documents; but
 * `not-supported` is only the client's.
 */
export type RigErrorCode =
  /** Nothing listens there, or it refuses: the miner is off or restarting. */
  | "rig-refused"
  /** No way to the host, or no such host. */
  | "rig-unreachable"
  /** It closed the connection without a byte: often `--api-allow`. */
  | "rig-closed"
  /** What came is no reply of the API and cannot be repaired. */
  | "rig-reply-invalid"
  /** The reply ended in the middle. */
  | "rig-reply-truncated"
  /** The reply grew past the limit. */
  | "rig-reply-too-large"
  /** Not done before the deadline. */
  | "rig-timeout"
  /** Too many calls wait for this rig already. */
  | "rig-busy"
  /** Another client holds the rig's session: nothing was done. */
  | "rig-locked"
  /** The rig refuses its configured password: nothing was done. */
  | "rig-login-failed"
  /** Its make has no command for what is wanted: nothing was sent. */
  | "not-supported";

/** A rig did not answer, or not with anything that can be used. */
export class RigError extends Error {
  /** `RigError`; of what derives from it, the name of that. */
  override readonly name: string = "RigError";
  /** Which of the failures it is; stable across versions. */
  readonly code: RigErrorCode;
  /** What to do about it, as a sentence; absent where there is no advice. */
  readonly hint: string | undefined;

  /**
   * Makes an error of one of the failures.
   *
   * @param code Which failure.
   * @param message What happened, and to which rig.
   * @param hint What to do about it.
   */
  constructor(code: RigErrorCode, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** A request that cannot be sent to any rig, refused before connecting. */
export class RequestError extends Error {
  /** Always `RequestError`. */
  override readonly name = "RequestError";
  /** Always `bad-request`. */
  readonly code = "bad-request";
  /** What to do about it, as a sentence; absent where there is no advice. */
  readonly hint: string | undefined;

  /**
   * Makes an error.
   *
   * @param message What is wrong with the request.
   * @param hint What to do about it.
   */
  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/**
 * Writes host and port as they stand in a URL: `10.0.0.7:4028`, `[::1]:4028`.
 *
 * @param rig The address.
 * @returns Host, colon, port.
 */
export function formatAddress(
  rig: Pick<RigAddress, "hostname" | "port">,
): string {
  const { hostname, port } = rig;
  return hostname.includes(":")
    ? `[${hostname}]:${port}`
    : `${hostname}:${port}`;
}

/**
 * Writes a time for a message, as a person would say it: `5 s`, `0.25 s`.
 *
 * @param durationMs Milliseconds; 4,993 are 5 s.
 * @returns Seconds, with two digits at least.
 */
export function formatSeconds(durationMs: number): string {
  const seconds = durationMs / 1000;
  const rounded = seconds < 10
    ? Number(seconds.toPrecision(2))
    : Math.round(seconds);
  return `${rounded} s`;
}

/**
 * Names a rig in a message: `rig "garage" at 10.0.0.7:4028`.
 *
 * @param rig The address, with or without a name.
 * @returns A noun phrase for the middle of a sentence.
 */
export function describeRig(rig: RigAddress): string {
  const where = formatAddress(rig);
  return rig.name === undefined
    ? `the rig at ${where}`
    : `rig "${rig.name}" at ${where}`;
}

/**
 * Says what is wrong with an address.
 *
 * @param hostname What is given as host name or IP address.
 * @param port What is given as port.
 * @returns A sentence without a full stop; undefined if nothing is wrong.
 */
export function findAddressFault(
  hostname: unknown,
  port: unknown,
): string | undefined {
  if (typeof hostname !== "string" || !isHostname(hostname)) {
    return `${quoteValue(hostname)} is no host name or IP address: give no ` +
      "scheme, no brackets, and the port as port";
  }
  const isPort = typeof port === "number" && Number.isInteger(port) &&
    port >= 1 && port <= 65_535;
  return isPort
    ? undefined
    : `${quoteValue(port)} is no port: it must be a number from 1 to 65535`;
}

/** One colon would be a port's; an IPv6 address has at least two. */
function isHostname(text: string): boolean {
  if (text === "" || /[\s/[\]@?#]|\p{Cc}/u.test(text)) return false;
  return text.split(":").length !== 2;
}

/**
 * Quotes what somebody wrote, for an error message: in double quotes, on one
 * line, ASCII only, cut after 64 characters.
 *
 * @param text What was written.
 * @returns It, quoted.
 */
export function quoteText(text: string): string {
  const cut = text.length > 64 ? `${text.slice(0, 64)}...` : text;
  return JSON.stringify(cut).replace(
    /[^\x20-\x7e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * Says what value a program gave, for an error message.
 *
 * @param value Any value.
 * @returns A text as {@linkcode quoteText} has it, an object by its type.
 */
export function quoteValue(value: unknown): string {
  if (typeof value === "string") return quoteText(value);
  return Object(value) === value
    ? `a value of type ${typeof value}`
    : String(value);
}

/**
 * Says why there is no connection.
 *
 * @param rig The rig that was to be asked.
 * @param error What `Deno.connect` threw.
 * @returns `rig-refused`, `rig-unreachable` or `rig-closed`.
 */
export function toConnectError(rig: RigAddress, error: unknown): RigError {
  const what = `Cannot reach ${describeRig(rig)}`;
  if (isSystemError(error, "ConnectionRefused")) {
    return new RigError(
      "rig-refused",
      `${what}: connection refused`,
      "Is the miner running, with its API on (--api-listen) at this port? " +
        SWITCH_ON_HINT,
    );
  }
  // It accepted, and reset before this side had seen that: as any reset.
  if (isSystemError(error, "ConnectionReset")) {
    return toClosedError(rig, error);
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new RigError(
    "rig-unreachable",
    `${what}: ${reason.replace(/ \(os error \d+\)/g, "")}`,
    "Is the address right, and is the rig on this network?",
  );
}

/**
 * Says that the rig closed the connection without a byte.
 *
 * @param rig The rig that was asked.
 * @param error How the end came, if not as an end.
 * @returns `rig-closed`.
 */
export function toClosedError(rig: RigAddress, error?: unknown): RigError {
  const isOdd = error instanceof Error &&
    !isSystemError(error, "ConnectionReset", "BrokenPipe");
  return new RigError(
    "rig-closed",
    `No reply from ${describeRig(rig)}: it closed the connection` +
      (isOdd ? ` (${error.message})` : ""),
    ALLOW_HINT,
  );
}

/** The page that says how the API of each make is switched on. */
const SWITCH_ON_HINT = "How each make has that set: " +
  "https://github.com/OWNER/chi-server/blob/main/docs/switch_on.md";

const ALLOW_QUESTION =
  "Does the miner allow this machine's address (--api-allow)?";

/** What to do where a miner says nothing, or only that it denies. */
export const ALLOW_HINT: string = `${ALLOW_QUESTION} ${SWITCH_ON_HINT}`;

/** What to do where a web server answers. */
export const WEB_HINT =
  "A web server answers at this port: the miner's API has another, mostly 4028";

/**
 * Says that the rig accepted the connection and no byte came in time.
 *
 * @param rig The rig that was asked.
 * @param within How long it was waited for, as `within 5 s`.
 * @returns `rig-timeout`.
 */
export function toSilentError(rig: RigAddress, within: string): RigError {
  return new RigError(
    "rig-timeout",
    `No whole reply from ${describeRig(rig)} ${within}: it accepted the ` +
      "connection and said nothing",
    `${HELD_HINT}. A web server waits like that as well: is this the port of ` +
      "the API, mostly 4028?",
  );
}

const HELD_HINT =
  "The miner's API serves one client at a time: another client may hold it";

/**
 * Says that what answers speaks HTTP/2, by the frame that its server begins with
 * (RFC 9113, 3.4).
 *
 * @param rig The rig that was asked.
 * @returns `rig-reply-invalid`.
 */
export function toHttp2Error(rig: RigAddress): RigError {
  return new RigError(
    "rig-reply-invalid",
    `The reply from ${
      describeRig(rig)
    } cannot be read: it is HTTP/2, as gRPC ` +
      "speaks it",
    "The miner's API has another port, mostly 4028",
  );
}

/** What earlier calls tell of a rig. */
export interface RigPast {
  /** Milliseconds since its last reply; `Infinity`: it never answered. */
  readonly answeredMs: number;
  /** Whether it closed the connection of the last call unanswered. */
  readonly hasClosed: boolean;
  /** Whether it speaks the text of cpuminer and ccminer. */
  readonly isText: boolean;
}

/** The port of WhatsMiner's API 3: a length and JSON, both ways. */
const WHATSMINER_API_3_PORT = 4433;

/** A rig that answered so lately and refuses now is restarting, or has crashed. */
const LATELY_MS = 60_000;

/**
 * Gives a failure the hint that fits what is known of the rig: only what can be
 * the cause.
 *
 * @param error What a call to it came to.
 * @param rig The rig.
 * @param past What the calls before came to.
 * @returns The same failure.
 */
export function adviseOn(
  error: RigError,
  rig: RigAddress,
  past: RigPast,
): RigError {
  const hint = findAdvice(error, rig, past);
  return hint === undefined
    ? error
    : new RigError(error.code, error.message, hint);
}

function findAdvice(
  { code, hint }: RigError,
  { port }: RigAddress,
  { answeredMs, hasClosed, isText }: RigPast,
): string | undefined {
  const hasAnswered = answeredMs !== Infinity;
  const isWordless = code === "rig-closed" || code === "rig-timeout" ||
    code === "rig-reply-invalid";
  if (port === WHATSMINER_API_3_PORT && isWordless && !hasAnswered) {
    return "Port 4433 is WhatsMiner's API 3, another protocol, which chi-server " +
      "does not speak: its API 2 has port 4028";
  }
  if (code === "rig-refused" && answeredMs < LATELY_MS) {
    const agoS = Math.round(answeredMs / 1000);
    return `It answered ${agoS === 0 ? "less than 1" : agoS} s ago: ` +
      (hasClosed
        ? "it closed the connection of the last command, and may have crashed on it"
        : "a restart takes cgminer 6 s, and sgminer 10 s");
  }
  if (code === "rig-closed" && isText) {
    return "This miner speaks the text of cpuminer, and says nothing to what it " +
      "does not know: it knows summary and threads, and joins no commands";
  }
  if (code === "rig-closed" && hasAnswered) {
    return `${ALLOW_QUESTION} Or it has crashed on this command`;
  }
  // What has answered before is no web server.
  return hint?.startsWith(HELD_HINT) && hasAnswered ? HELD_HINT : undefined;
}

function formatLength(bytes: number): string {
  return bytes % 1024 === 0 ? `${bytes / 1024} KiB` : `${bytes} bytes`;
}

/**
 * Says that a reply is longer than any real one.
 *
 * @param rig The rig that was asked.
 * @param maxReplyBytes The most that it may send.
 * @returns `rig-reply-too-large`.
 */
export function toTooLargeError(
  rig: RigAddress,
  maxReplyBytes: number,
): RigError {
  return new RigError(
    "rig-reply-too-large",
    `The reply from ${describeRig(rig)} is longer than ${
      formatLength(maxReplyBytes)
    }`,
    "Is this a miner's API? Real replies stay under 150 KB; --max-reply (in " +
      "KiB) lets longer ones in",
  );
}
