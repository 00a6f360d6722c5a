/**
 * Where a rig is, and how it is asked: by all calls, and by one. A caller in
 * JavaScript may have taken these from anywhere, so they are checked. Pure.
 *
 * @module
 */

import { LEAST_CALL_MS, RigQueue } from "../rigs/queue.ts";
import { RIG_KINDS } from "../rigs/sessions/rig_session.ts";
import { MAX_REPLY_BYTES } from "../rpc.ts";
import {
  API_PORT,
  findAddressFault,
  formatAddress,
  quoteText,
  quoteValue,
  RequestError,
  type RigAddress,
} from "../rpc/errors.ts";

/** The longest that a timer waits. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** How many calls may wait: a program's own, and not those of strangers. */
const MAX_WAITING_CALLS = 1000;

/** Where a rig is, and how it is asked. */
export interface RigOptions {
  /** IP address (IPv6 without brackets) or host name. */
  readonly hostname: string;
  /** TCP port of its API. Default 4028. */
  readonly port?: number | undefined;
  /** A name for messages. Default: its address. */
  readonly name?: string | undefined;
  /** Milliseconds from a call to the end of its reply. Default 5,000. */
  readonly timeoutMs?: number | undefined;
  /** Its make, where that cannot be told by what it answers. */
  readonly kind?: "whatsminer" | "luxos" | undefined;
  /**
   * For a WhatsMiner: the password of its account `admin`. Commands that change
   * something are encrypted with it then.
   */
  readonly password?: string | undefined;
  /** Most calls that wait; the next is refused. Default 1,000. */
  readonly maxWaitingCalls?: number | undefined;
  /** Most bytes of a reply. Default 2 MiB. */
  readonly maxReplyBytes?: number | undefined;
  /**
   * Gives all calls up, those to come included; its reason is thrown. What runs
   * is closed at once, unless others use the queue too.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * A queue that stands before this rig already, as a {@linkcode FleetRig} has
   * one: who asks by it and who asks here wait for each other. Its deadline
   * counts where none is given. Default: a queue of this object's own.
   */
  readonly queue?: RigQueue | undefined;
}

/** How one call is made. */
export interface RigCallOptions {
  /** Milliseconds from now to the end of the reply. Default: the rig's. */
  readonly timeoutMs?: number | undefined;
  /**
   * Gives the call up; its reason is thrown. What was not sent yet is not sent
   * at all; what was sent, the rig will do.
   */
  readonly signal?: AbortSignal | undefined;
  /** Whether what is known to crash a miner is sent. Default: it is not. */
  readonly isLenient?: boolean | undefined;
}

/**
 * Checks where a rig is, and makes its queue where none is given.
 *
 * @param options What `new Rig()` was given.
 * @returns The address, with the port, and nothing else; and the queue.
 * @throws {RequestError} If one of them can be none, as a URL cannot be a host
 * name, or the queue is that of another rig.
 */
export function readRigOptions(
  options: RigOptions | undefined,
): { readonly address: RigAddress; readonly queue: RigQueue } {
  if (typeof options !== "object" || options === null) {
    throw new RequestError(
      'A rig is given as an object: { hostname: "10.0.0.7" }' +
        (options === undefined ? ", and this is undefined: no such rig?" : ""),
    );
  }
  checkNames(options);
  const { hostname, port = API_PORT, name } = options;
  const fault = findAddressFault(hostname, port);
  if (fault !== undefined) throw new RequestError(fault);
  const address = { hostname, port, ...(name === undefined ? {} : { name }) };
  const {
    timeoutMs,
    maxWaitingCalls = MAX_WAITING_CALLS,
    maxReplyBytes = MAX_REPLY_BYTES,
    signal,
    kind,
    password,
  } = options;
  if (timeoutMs !== undefined) checkTimeout(timeoutMs, LEAST_CALL_MS);
  checkSignal(signal);
  if (options.queue !== undefined) {
    return { address, queue: checkQueue(options.queue, address, options) };
  }
  if (!Number.isInteger(maxWaitingCalls) || maxWaitingCalls <= 0) {
    throw new RequestError(
      "maxWaitingCalls must be a whole number of calls, at least 1",
    );
  }
  if (!Number.isSafeInteger(maxReplyBytes) || maxReplyBytes <= 0) {
    throw new RequestError(
      "maxReplyBytes must be a whole number of bytes, at least 1",
    );
  }
  if (kind !== undefined && !RIG_KINDS.includes(kind)) {
    throw new RequestError(
      `${quoteValue(kind)} is no kind of rig: give ${RIG_KINDS.join(" or ")}`,
    );
  }
  if (password !== undefined && typeof password !== "string") {
    throw new RequestError("The password is no text");
  }
  const queue = new RigQueue(address, {
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    maxWaitingCalls,
    maxReplyBytes,
    signal,
  });
  queue.setLogin({ kind, password });
  return { address, queue };
}

/** All options by name: the compiler holds the list to the type. */
const OPTION_NAMES = Object.keys(
  {
    hostname: 0,
    port: 0,
    name: 0,
    timeoutMs: 0,
    maxWaitingCalls: 0,
    maxReplyBytes: 0,
    kind: 0,
    password: 0,
    signal: 0,
    queue: 0,
  } satisfies Record<keyof RigOptions, 0>,
);

/**
 * Refuses names that are meant for options and are none. What a simulator or a
 * rig that was found has besides is left alone, as is whatever resembles none.
 */
function checkNames(options: RigOptions): void {
  const unknown = Object.keys(options).filter((name) =>
    !OPTION_NAMES.includes(name)
  );
  const isNowhere = options.hostname === undefined;
  for (const name of unknown) {
    const meant = OPTION_NAMES.find((option) =>
      !Object.hasOwn(options, option) && isAlike(name, option)
    ) ?? (isNowhere ? "hostname" : undefined);
    if (meant === undefined) {
      continue;
    }
    throw new RequestError(
      `There is no option ${quoteText(name)}: is ${meant} meant?`,
    );
  }
}

/** Whether one is the other with letters left out, from its first letter on. */
function isAlike(name: string, option: string): boolean {
  const [short = "", long = ""] = [name.toLowerCase(), option.toLowerCase()]
    .toSorted((one, other) => one.length - other.length);
  if (short.length < 3 || short[0] !== long[0] || long.length > 32) {
    return false;
  }
  let matched = 0;
  for (const letter of long) if (letter === short[matched]) matched++;
  return matched === short.length;
}

/** A queue asks one rig only; to be wrong in it is to control another rig. */
function checkQueue(
  queue: RigQueue,
  address: RigAddress,
  { maxWaitingCalls, maxReplyBytes, kind, password }: RigOptions,
): RigQueue {
  if (!(queue instanceof RigQueue)) {
    throw new RequestError("The queue is no RigQueue");
  }
  if (formatAddress(queue.rig) !== formatAddress(address)) {
    throw new RequestError(
      `The queue is that of ${formatAddress(queue.rig)}, and not of ` +
        formatAddress(address),
    );
  }
  for (
    const [name, value] of Object.entries({
      maxWaitingCalls,
      maxReplyBytes,
      kind,
      password,
    })
  ) {
    if (value === undefined) continue;
    throw new RequestError(`${name} is the queue's own, where one is`);
  }
  return queue;
}

/**
 * Checks the options of a call.
 *
 * @param options The options; null counts as something else.
 * @throws {RequestError} If they are no object, or one of them can be none.
 */
export function checkCallOptions(options: RigCallOptions): void {
  if (typeof options !== "object" || options === null) {
    throw new RequestError(
      "The options of a call are given as an object: { timeoutMs, signal }",
    );
  }
  const { timeoutMs, signal } = options;
  if (timeoutMs !== undefined) checkTimeout(timeoutMs, 0);
  checkSignal(signal);
}

function checkTimeout(timeoutMs: number, leastMs: number): void {
  const isTimeout = typeof timeoutMs === "number" && timeoutMs > 0 &&
    timeoutMs >= leastMs && timeoutMs <= MAX_TIMEOUT_MS;
  if (isTimeout) return;
  throw new RequestError(
    `timeoutMs is ${
      typeof timeoutMs === "number" ? timeoutMs : `of type ${typeof timeoutMs}`
    }: it must be a number of milliseconds, ${
      leastMs === 0 ? "above 0" : `at least ${leastMs}`
    } and at most ${MAX_TIMEOUT_MS} (24 days)`,
  );
}

function checkSignal(signal: AbortSignal | undefined): void {
  if (signal === undefined || signal instanceof AbortSignal) return;
  throw new RequestError("The signal is no AbortSignal");
}

/**
 * Joins the signals that give a call up.
 *
 * @param signals Any number of them.
 * @returns One that aborts with the first of them; undefined if there is none.
 */
export function joinSignals(
  ...signals: readonly (AbortSignal | undefined)[]
): AbortSignal | undefined {
  const given = signals.filter((signal) => signal !== undefined);
  return given.length > 1 ? AbortSignal.any(given) : given[0];
}
