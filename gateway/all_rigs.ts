/**
 * One question to every rig at once, as a stream: each rig's member is written
 * when its reply arrives, and one rig's failure never hides the others.
 *
 * @example
 * ```ts
 * import { Fleet } from "../rigs/fleet.ts";
 * import { Simulator } from "../rigs/simulator.ts";
 * import { streamAllReplies } from "./all_rigs.ts";
 *
 * await using one = Simulator.start();
 * const { hostname, port } = one;
 * const fleet = new Fleet([{ name: "one", hostname, port }]);
 * const stream = streamAllReplies(fleet.rigs, { command: "version" });
 * console.log(await new Response(stream).text()); // {"one": {"STATUS":…}}
 * ```
 *
 * @module
 */

import type { Rig } from "../rigs/fleet.ts";
import type { RigRequest } from "../rpc.ts";
import { describeRig } from "../rpc/errors.ts";
import { indentJson, MAX_INDENTED_LENGTH } from "../rpc/indent.ts";
import { toProblem } from "./problems.ts";
import { readServedReply } from "./replies.ts";

/** How many rigs are asked at once. */
export const MAX_CONCURRENT_RIGS = 256;

/** How {@linkcode streamAllReplies} asks. */
export interface StreamAllOptions {
  /** Indent by 4. */
  readonly isPretty?: boolean;
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
  rigs: Iterable<Rig>,
  question: RigRequest,
  options: StreamAllOptions = {},
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { isPretty = false } = options;
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
  const pending = rigs[Symbol.iterator]();
  let separator = "";

  async function askInTurn(): Promise<void> {
    for (let next = pending.next(); !next.done; next = pending.next()) {
      const member = await askMember(
        next.value,
        question,
        gone.signal,
        isPretty,
      );
      if (gone.signal.aborted) return;
      const before = separator;
      separator = isPretty ? "," : ", ";
      await write(before + member);
    }
  }

  async function askAll(): Promise<void> {
    await write("{");
    await Promise.all(
      Array.from({ length: MAX_CONCURRENT_RIGS }, askInTurn),
    );
    await write(isPretty ? "\n}" : "}");
    await writer.close();
  }

  askAll().catch((reason) => {
    gone.abort(reason);
    // Without this a reader would wait for ever; with a reader that is gone
    // already, there is nobody left to tell.
    writer.abort(reason).catch(() => {});
  });
  return readable;
}

async function askMember(
  rig: Rig,
  question: RigRequest,
  signal: AbortSignal,
  isPretty: boolean,
): Promise<string> {
  const name = JSON.stringify(rig.name);
  const json = await askText(rig, question, signal);
  if (!isPretty) return `${name}: ${json}`;
  const isShort = json.length <= MAX_INDENTED_LENGTH;
  return `\n    ${name}: ${isShort ? indentJson(json, 1) : json}`;
}

async function askText(
  rig: Rig,
  question: RigRequest,
  signal: AbortSignal,
): Promise<string> {
  try {
    const { reply } = await rig.queue.ask(question, { signal });
    return readServedReply(reply, describeRig(rig)).text;
  } catch (error) {
    return JSON.stringify({ error: toProblem(error, rig.name) });
  }
}
