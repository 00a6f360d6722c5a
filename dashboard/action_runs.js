/**
 * Sends one command to many rigs, some at a time, and reads what each says.
 *
 * @example
 * ```ts
 * import { readAnswer } from "./action_runs.js";
 *
 * console.log(readAnswer({ STATUS: [{ STATUS: "S", Msg: "Switching" }] }));
 * // { letter: "S", message: "Switching" }
 * ```
 *
 * @module
 */

import { toUrl } from "./place.js";
import { authHeaders } from "./token.js";

/** How many rigs are asked at once. */
export const MAX_CONCURRENT_RIGS = 16;

/**
 * What became of one rig: its own answer, or why there is none.
 *
 * @typedef {object} Outcome
 * @property {string} [letter] `S`, `I`, `W`, `E` or `F`, as the rig says.
 * @property {string} [message] The rig's own words.
 * @property {{ title?: string, detail?: string, hint?: string }} [problem] Why
 * it has not answered.
 */

/**
 * Whether a rig has not done what it was to do.
 *
 * @param {Outcome} outcome What became of it.
 * @returns {boolean} True for a problem, and for STATUS `E` and `F`.
 */
export function isFailure({ letter, problem }) {
  return problem !== undefined || letter === "E" || letter === "F";
}

/**
 * Reads the STATUS of a reply to a write, in the ways that miners write it.
 *
 * @param {unknown} reply The reply, parsed.
 * @returns {Outcome} Letter and message: a list of one object with `STATUS` and
 * `Msg`; a word (`RESTART`, `BYE`) for the last reply of a miner, which is `S`;
 * WhatsMiner's flat object, whose `Msg` may be anything.
 */
export function readAnswer(reply) {
  const status = reply?.STATUS;
  if (Array.isArray(status)) return readStatus(status[0]);
  if (typeof status !== "string") return NO_STATUS;
  return "Msg" in reply ? readStatus(reply) : { letter: "S", message: status };
}

const NO_STATUS = {
  problem: {
    title: "The rig's reply has no STATUS",
    detail: "It may have done it, or not",
    hint: "Look before you send it again",
  },
};

function readStatus(status) {
  if (typeof status?.STATUS !== "string") return NO_STATUS;
  const { STATUS: letter, Msg: message = "" } = status;
  return {
    letter,
    message: typeof message === "string" ? message : JSON.stringify(message),
  };
}

/**
 * Hides a secret in what a rig or the gateway says: cgminer repeats the
 * details of a pool that it cannot add.
 *
 * @param {string} text What was said.
 * @param {string | undefined} secret The password.
 * @returns {string} The text with `•••` for the password where it stands by
 * itself, plain or escaped once or twice.
 */
export function hideSecret(text, secret) {
  if (secret === undefined || secret === "") return text;
  const escape = (text) => text.replace(/["\\]/g, "\\$&");
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

function hideInOutcome(outcome, secret) {
  const { message, problem } = outcome;
  return {
    ...outcome,
    ...(message === undefined ? {} : { message: hideSecret(message, secret) }),
    ...(problem?.detail === undefined ? {} : {
      problem: { ...problem, detail: hideSecret(problem.detail, secret) },
    }),
  };
}

/**
 * Sends a command to one rig. Never rejects, and never sends twice.
 *
 * @param {string} rig The rig's name.
 * @param {string} command The command.
 * @param {string} [parameter] Its parameter.
 * @returns {Promise<Outcome>} What became of it.
 */
export async function sendCommand(rig, command, parameter) {
  try {
    // In the body: a URL, with a pool's password in it, is for every proxy's log.
    const response = await fetch(toUrl(`/@${encodeURIComponent(rig)}`), {
      method: "POST",
      headers: { "content-type": "application/json", ...authHeaders() },
      body: JSON.stringify({ command, parameter }),
    });
    const type = response.headers.get("content-type") ?? "";
    const document = await response.json();
    return type.startsWith("application/problem+json")
      ? { problem: document }
      : readAnswer(document);
  } catch (error) {
    return {
      problem: {
        title: "The gateway did not answer",
        detail: String(error?.message ?? error),
        hint: "The rig may have got it: look before you send it again",
      },
    };
  }
}

/**
 * Runs an action at rigs, at most 16 at once. Never rejects.
 *
 * @param {readonly string[]} names The rigs.
 * @param {{ command: string, parameter?: string, secret?: string }} order What
 * to send, and what of it must not be shown.
 * @param {(name: string, outcome: Outcome) => void} onOutcome Told of each.
 * @param {typeof sendCommand} [send] Sends it; default {@linkcode sendCommand}.
 * @returns {Promise<void>} When all have answered.
 */
export async function runAtRigs(names, order, onOutcome, send = sendCommand) {
  const { command, parameter, secret } = order;
  const pending = [...names];
  async function runInTurn() {
    for (let name = pending.shift(); name; name = pending.shift()) {
      const outcome = await send(name, command, parameter);
      onOutcome(name, hideInOutcome(outcome, secret));
    }
  }
  const count = Math.min(MAX_CONCURRENT_RIGS, names.length);
  await Promise.all(Array.from({ length: count }, runInTurn));
}
