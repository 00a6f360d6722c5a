/**
 * One question to every rig at once, as a stream: each rig's member is written
 * when its reply arrives, and one rig's failure never hides the others.
 *
 * @module
 */

import { sleep } from "../../rigs/sleep.ts";
import type { FleetRig } from "../../rigs/fleet.ts";
import type { AskOptions, Guest } from "../../rigs/queue.ts";
import type { RigRequest } from "../../rpc.ts";
import { describeRig } from "../../rpc/errors.ts";
import { indentJson } from "../../rpc/indent.ts";
import { toProblem } from "./problems.ts";
import { readServedReply, type ServedReply } from "./replies.ts";

/** How many rigs are asked at once. */
export const MAX_CONCURRENT_RIGS = 256;

/** How many rigs are visited at once, and when one makes room for another. */
export interface VisitLimits {
  /** Most visits at once. Default 256. */
  readonly maxConcurrent?: number;
  /**
   * Milliseconds after which a visit that still waits for its rig makes room
   * for the next, and goes on beside it. Default: never.
   */
  readonly parkAfterMs?: number;
  /** Most visits that made room. Default 1,024. */
  readonly maxParked?: number;
  /**
   * Most visits until the first is over, or 20 ms have gone by: what many rigs
   * answer at once is read in one turn of the event loop, and who waits for the
   * first of them would wait for all. Default: as `maxConcurrent`.
   */
  readonly maxFirst?: number;
}

const MAX_PARKED = 1024;

/** How long the first visits may have the gateway to themselves. */
const FIRST_MS = 20;

/** How {@linkcode streamAllReplies} asks. */
export interface StreamAllOptions {
  /** Indent by 4. */
  readonly isPretty?: boolean;
  /** Whose places its calls take. Default: of one who may use every place. */
  readonly guest?: Guest | undefined;
  /** Whether what is known to crash a miner is sent. Default: it is not. */
  readonly isLenient?: boolean;
  /** Called with what should not happen. Default: to stderr. */
  readonly onDefect?: ((error: unknown) => void) | undefined;
}

/** A member of a stream: text, or its start and the bytes of its value. */
export type StreamMember =
  | string
  | readonly [start: string, value: Uint8Array<ArrayBuffer>];

/**
 * Above this a reply is not copied into a text. Attack: many who ask for all
 * rigs at once, one of which sends megabytes: all of them share its bytes.
 */
const LONG_REPLY_BYTES = 64 * 1024;

/**
 * How long a rig that says nothing holds one of the places: after that it waits
 * beside the others, so that the living are not asked after the dead. Far above
 * what 256 rigs take on a busy machine: more of them at once would take longer.
 */
const PARK_AFTER_MS = 1000;

/** What stands around and between the members of a stream. */
export interface StreamLayout {
  readonly open: string;
  readonly separator: string;
  readonly close: string;
}

/**
 * Asks all rigs, at most 256 at a time.
 *
 * @param rigs Whom to ask.
 * @param question What to ask.
 * @param options How to lay it out.
 * @returns The bytes of one JSON object: a member a rig, as they arrive, either
 * its reply or `{"error": <problem>}`. Cancelling it drops what is not sent.
 */
export function streamAllReplies(
  rigs: Iterable<FleetRig>,
  question: RigRequest,
  options: StreamAllOptions = {},
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { isPretty = false, onDefect = console.error } = options;
  const { guest, isLenient = false } = options;
  return streamMembers(
    rigs,
    async (rig, signal) =>
      layOutMember(
        rig,
        await askReply(rig, question, { signal, guest, isLenient }, onDefect),
        isPretty,
      ),
    isPretty
      ? { open: "{", separator: ",", close: "\n}" }
      : { open: "{", separator: ", ", close: "}" },
    { parkAfterMs: PARK_AFTER_MS },
  );
}

/**
 * Writes a text for each rig, as soon as it is there.
 *
 * @param rigs The rigs.
 * @param readMember Gives a rig's text; it rejects only when it is aborted.
 * @param layout What stands around and between them.
 * @param limits How many at once.
 * @returns The bytes. Cancelling it aborts what is not there yet.
 */
export function streamMembers(
  rigs: Iterable<FleetRig>,
  readMember: (rig: FleetRig, signal: AbortSignal) => Promise<StreamMember>,
  layout: StreamLayout,
  limits: VisitLimits = {},
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const gone = new AbortController();
  const encoder = new TextEncoder();
  const { readable, writable } = new TransformStream<
    Uint8Array<ArrayBuffer>,
    Uint8Array<ArrayBuffer>
  >();
  const writer = writable.getWriter();
  // A reader that cancels errors the writer: then nobody waits any more.
  writer.closed.catch((reason) => gone.abort(reason));
  const write = (text: string) => writer.write(encoder.encode(text));
  let separator = "";

  const visit: Visit<StreamMember> = {
    ask: (rig) => readMember(rig, gone.signal),
    async take(member) {
      if (gone.signal.aborted) return;
      const before = separator;
      separator = layout.separator;
      if (typeof member === "string") return await write(before + member);
      // Both at once, so that nothing else comes between them.
      const [start, value] = member;
      await Promise.all([write(before + start), writer.write(value)]);
    },
  };

  async function readAll(): Promise<void> {
    await write(layout.open);
    // The event loop sends that first: many calls take a while to start.
    await sleep(0, gone.signal);
    await visitRigs(rigs, visit, gone.signal, limits);
    await write(layout.close);
    await writer.close();
  }

  readAll().catch((reason) => {
    gone.abort(reason);
    // Without this a reader would wait for ever; with a reader that is gone
    // already, there is nobody left to tell.
    writer.abort(reason).catch(() => {});
  });
  return readable;
}

/** What is done with each rig, in two steps. */
export interface Visit<Answer> {
  /** Asks it; only this may make room for the next. */
  ask(rig: FleetRig): Promise<Answer>;
  /** Does something with what came; a reader who is slow holds this up. */
  take(answer: Answer, rig: FleetRig): Promise<void> | void;
}

/**
 * Does something with each rig, for some at a time. Those that did not answer
 * lately come last: nobody waits for them.
 *
 * @param rigs The rigs.
 * @param visit What to do with one; if it rejects, so does all of it.
 * @param signal When it aborts, no more rigs are visited.
 * @param limits How many at once.
 */
export async function visitRigs<Answer>(
  rigs: Iterable<FleetRig>,
  visit: Visit<Answer>,
  signal: AbortSignal,
  limits: VisitLimits = {},
): Promise<void> {
  const {
    maxConcurrent = MAX_CONCURRENT_RIGS,
    parkAfterMs,
    maxParked = MAX_PARKED,
    maxFirst = maxConcurrent,
  } = limits;
  const pending = orderRigs(rigs)[Symbol.iterator]();
  const parked = new Set<Promise<void>>();
  const visitOne = async (rig: FleetRig) => {
    const asked = visit.ask(rig);
    const isSilent = parkAfterMs !== undefined &&
      !await isDoneWithin(asked, parkAfterMs);
    if (!isSilent || parked.size >= maxParked) {
      return await visit.take(await asked, rig);
    }
    // One that fails stays, and fails all of it at the end.
    const left: Promise<void> = asked
      .then((answer) => visit.take(answer, rig))
      .then(() => void parked.delete(left));
    left.catch(() => {});
    parked.add(left);
  };
  const first = Promise.withResolvers<void>();
  async function visitInTurn(): Promise<void> {
    for (let next = pending.next(); !next.done; next = pending.next()) {
      if (signal.aborted) return;
      await visitOne(next.value);
      first.resolve();
    }
  }
  const visits = Array.from({ length: maxFirst }, visitInTurn);
  if (maxFirst < maxConcurrent) {
    await isDoneWithin(Promise.race([first.promise, ...visits]), FIRST_MS);
    // The event loop sends that first.
    await sleep(0, signal);
    while (visits.length < maxConcurrent) visits.push(visitInTurn());
  }
  await Promise.all(visits);
  await Promise.all(parked);
}

async function isDoneWithin(
  done: Promise<unknown>,
  timeoutMs: number,
): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(() => late.resolve(false), timeoutMs);
  try {
    return await Promise.race([done.then(() => true), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function orderRigs(rigs: Iterable<FleetRig>): FleetRig[] {
  const all = [...rigs];
  return [
    ...all.filter(({ queue }) => !queue.isFailing),
    ...all.filter(({ queue }) => queue.isFailing),
  ];
}

function layOutMember(
  rig: FleetRig,
  answer: ServedReply | string,
  isPretty: boolean,
): StreamMember {
  const start = `${isPretty ? "\n    " : ""}${JSON.stringify(rig.name)}: `;
  if (typeof answer !== "string" && answer.body.length > LONG_REPLY_BYTES) {
    return [start, isPretty ? answer.indent(1) : answer.body];
  }
  const json = typeof answer === "string" ? answer : answer.text;
  return start + (isPretty ? indentJson(json, 1) : json);
}

/** Asks a rig: its reply, or the JSON that says why there is none. */
async function askReply(
  rig: FleetRig,
  question: RigRequest,
  options: AskOptions & { readonly signal: AbortSignal },
  onDefect: (error: unknown) => void,
): Promise<ServedReply | string> {
  try {
    const { reply } = await rig.queue.ask(question, options);
    return readServedReply(reply, describeRig(rig));
  } catch (error) {
    const problem = toProblem(error, rig.name);
    if (problem.code === "internal-error" && !options.signal.aborted) {
      onDefect(error);
    }
    return JSON.stringify({ error: problem });
  }
}
