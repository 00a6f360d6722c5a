/**
 * Sends one command to many rigs, some at a time, and reads what each says.
 *
 * @module
 */

import { type PageProblem, readMessage } from "./fetch_json.ts";
import type { ActionArguments } from "../telemetry/actions.ts";
import type { Order, Step } from "./action_table.ts";
import { CODE_ACCESS_DENIED } from "../rpc/replies.ts";
import { toUrl } from "./place.ts";
import { authHeaders } from "./token.ts";

/** How many rigs are asked at once. */
export const MAX_CONCURRENT_RIGS = 16;

/** What became of one rig: its own answer, or why there is none. */
export interface Outcome {
  /** `S`, `I`, `W`, `E` or `F`, as the rig says. */
  readonly letter?: string;
  /** The rig's own words. */
  readonly message?: string;
  /** What to do about its answer. */
  readonly hint?: string;
  /** Why it has not answered. */
  readonly problem?: Partial<PageProblem>;
}

/**
 * Whether a rig has not done what it was to do.
 *
 * @param outcome What became of it.
 * @returns True for a problem, and for STATUS `E` and `F`.
 */
export function isFailure({ letter, problem }: Outcome): boolean {
  return problem !== undefined || letter === "E" || letter === "F";
}

/**
 * Reads the STATUS of a reply to a write, in the ways that miners write it.
 *
 * @param reply The reply, parsed.
 * @returns Letter and message: a list of one object with `STATUS` and
 * `Msg`; a word (`RESTART`, `BYE`) for the last reply of a miner, which is `S`;
 * WhatsMiner's flat object, whose `Msg` may be anything.
 */
export function readAnswer(reply: unknown): Outcome {
  const { STATUS: status, Msg: message } = toObject(reply);
  if (Array.isArray(status)) return readStatus(status[0]);
  if (typeof status !== "string") return NO_STATUS;
  if (message === undefined) return { letter: "S", message: status };
  const { Code: code } = toObject(reply);
  return {
    ...readStatus(reply),
    ...(code === CODE_ACCESS_DENIED ? { hint: PASSWORD_HINT } : {}),
  };
}

/** Flat and with that code it is a WhatsMiner, which was asked in plain text. */
const PASSWORD_HINT =
  "A WhatsMiner obeys only who has its password: give it to " +
  "the gateway, as password-file of this rig in its configuration";

/** Anything, as an object whose members may be looked at. */
function toObject(value: unknown): Readonly<Record<string, unknown>> {
  return value === null || typeof value !== "object" ? {} : { ...value };
}

const NO_STATUS: Outcome = {
  problem: {
    title: "The rig's reply has no STATUS",
    detail: "It may have done it, or not",
    hint: "Look before you send it again",
  },
};

function readStatus(status: unknown): Outcome {
  const { STATUS: letter, Msg: message = "" } = toObject(status);
  if (typeof letter !== "string") return NO_STATUS;
  return {
    letter,
    message: typeof message === "string" ? message : JSON.stringify(message),
  };
}

/**
 * Hides a secret in what a rig or the gateway says: cgminer repeats the
 * details of a pool that it cannot add.
 *
 * @param text What was said.
 * @param secret The password.
 * @returns The text with `•••` for the password where it stands by
 * itself, plain or escaped once or twice.
 */
export function hideSecret(text: string, secret: string | undefined): string {
  if (secret === undefined || secret === "") return text;
  const escape = (text: string) => text.replace(/["\\]/g, "\\$&");
  const sent = secret.replace(/[\\,]/g, "\\$&");
  return [escape(sent), sent, escape(secret), secret].reduce(
    (hidden, spelling) => {
      const literal = spelling.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
      const pattern = `(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`;
      return hidden.replace(new RegExp(pattern, "gu"), "•••");
    },
    text,
  );
}

function hideInOutcome(
  outcome: Outcome,
  secret: string | undefined,
): Outcome {
  const { message, problem } = outcome;
  return {
    ...outcome,
    ...(message === undefined ? {} : { message: hideSecret(message, secret) }),
    ...(problem?.detail === undefined ? {} : {
      problem: { ...problem, detail: hideSecret(problem.detail, secret) },
    }),
  };
}

/** What came of a command: a rig's reply, parsed, or why there is none. */
export interface Sent extends Pick<Outcome, "problem"> {
  readonly reply?: unknown;
}

/**
 * Sends a command to one rig. Never rejects, and never sends twice.
 *
 * @param rig The rig's name.
 * @param command The command.
 * @param given What it is given.
 * @returns What came of it.
 */
export async function sendCommand(
  rig: string,
  command: string,
  { parameter, members }: ActionArguments = {},
): Promise<Sent> {
  try {
    // In the body: a URL, with a pool's password in it, is for every proxy's log.
    const response = await fetch(toUrl(`/@${encodeURIComponent(rig)}`), {
      method: "POST",
      headers: { "content-type": "application/json", ...authHeaders() },
      body: JSON.stringify({ command, parameter, ...members }),
    });
    const type = response.headers.get("content-type") ?? "";
    const document = await response.json();
    return type.startsWith("application/problem+json")
      ? { problem: document }
      : { reply: document };
  } catch (error) {
    return {
      problem: {
        title: "The gateway did not answer",
        detail: readMessage(error),
        hint: "The rig may have got it: look before you send it again",
      },
    };
  }
}

/** Does what is to be done with one rig. */
async function runStep(
  rig: string,
  { command, report, toArguments }: Step,
  send: typeof sendCommand,
): Promise<Outcome> {
  const told = report === undefined ? {} : await send(rig, report);
  if (told.problem) return told;
  const given = toArguments({ nowS: Date.now() / 1000, reply: told.reply });
  if (typeof given === "string") {
    return { problem: { title: "The rig cannot do that", detail: given } };
  }
  const { problem, reply } = await send(rig, command, given);
  return problem ? { problem } : readAnswer(reply);
}

/**
 * Runs an action at rigs, at most 16 at once. Never rejects.
 *
 * @param order What to send to which rigs, and what of it must not be shown.
 * @param onOutcome Called with each.
 * @param send Sends it; default {@linkcode sendCommand}.
 * @returns When all have answered.
 */
export async function runAtRigs(
  { steps, secret }: Pick<Order, "steps" | "secret">,
  onOutcome: (name: string, outcome: Outcome) => void,
  send: typeof sendCommand = sendCommand,
): Promise<void> {
  const pending = [...steps];
  async function runInTurn(): Promise<void> {
    for (let next = pending.shift(); next; next = pending.shift()) {
      const [name, step] = next;
      const outcome = await runStep(name, step, send);
      onOutcome(name, hideInOutcome(outcome, secret));
    }
  }
  const count = Math.min(MAX_CONCURRENT_RIGS, pending.length);
  await Promise.all(Array.from({ length: count }, runInTurn));
}
