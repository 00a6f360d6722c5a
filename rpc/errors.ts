/**
 * What can go wrong between a program and a rig, as errors with a stable code.
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

/** Where a rig's API listens, and what people call it. */
export interface RigAddress {
  /** A name for messages; absent: the rig is named by its address alone. */
  readonly name?: string;
  /** IP address (IPv6 without brackets) or host name. */
  readonly hostname: string;
  /** TCP port; 4028 on nearly every miner. */
  readonly port: number;
}

/** The codes of {@linkcode RigError}, the same as in problem documents. */
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
  | "rig-busy";

/** A rig did not answer, or not with anything that can be used. */
export class RigError extends Error {
  /** Always `RigError`. */
  override readonly name = "RigError";
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
