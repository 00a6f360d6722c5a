/**
 * What the tests of the queue ask, and how they read what came of it.
 *
 * @module
 */

import type { AskOptions, RigQueue } from "../../rigs/queue.ts";
import type { RigRequest } from "../../rpc.ts";
import type { RigError } from "../../rpc/errors.ts";
import { echoRequests, ScriptedRig } from "../scripted_rig.ts";

/** Far more than any test here takes: a deadline that must not be reached. */
export const AGES_MS = 20_000;

/** Two reads. */
export const SUMMARY: RigRequest = { command: "summary" };
export const POOLS: RigRequest = { command: "pools" };

/** A write, one of many: `switchpool|n`. */
export function write(n: number): RigRequest {
  return { command: "switchpool", parameter: n };
}

/** A request as the rig reads it. */
export function line({ command, parameter }: RigRequest): string {
  return JSON.stringify({ command, parameter });
}

/** What a rig that echoes answers to it. */
export function echo(request: RigRequest): string {
  return `{"echo":${line(request)}}`;
}

/** Asks, and gives the reply as text. */
export async function ask(
  queue: RigQueue,
  request: RigRequest,
  options?: AskOptions,
): Promise<string> {
  const { reply } = await queue.ask(request, options);
  return new TextDecoder().decode(reply.bytes).replace("\0", "");
}

/** Asks, and gives what it fails with; a reply is a failure of the test. */
export async function fail(
  queue: RigQueue,
  request: RigRequest,
  options?: AskOptions,
): Promise<RigError> {
  let text: string;
  try {
    text = await ask(queue, request, options);
  } catch (error) {
    return error as RigError;
  }
  throw new Error(`There is a reply to ${line(request)}: ${text}`);
}

/** Asks, and gives the reply as text, or the failure's code or message. */
export async function outcomeOf(
  queue: RigQueue,
  request: RigRequest,
  options?: AskOptions,
): Promise<string> {
  try {
    return await ask(queue, request, options);
  } catch (error) {
    return (error as RigError).code ?? (error as Error).message;
  }
}

/** A rig that echoes, and holds its first reply back until `open()`. */
export async function startHeldRig(): Promise<
  AsyncDisposable & { rig: ScriptedRig; open: () => void }
> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const rig = await ScriptedRig.start(echoRequests(() => promise));
  return {
    rig,
    open: resolve,
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
  };
}
