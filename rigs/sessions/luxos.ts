/**
 * LuxOS: commands that change its settings want a session, one for the whole rig.
 * Its id stands before the parameter. A session ends a minute after its last use,
 * or by `logoff`, and is no security: who asks gets one, if there is none.
 *
 * Sources: docs.luxor.tech, "Session management"; `logon_required` in
 * luxos-tooling's `api.json`, and its `asyncops.py` for code 402.
 *
 * @module
 */

import type { RawReply, RigRequest } from "../../rpc.ts";
import {
  describeRig,
  quoteText,
  type RigAddress,
  RigError,
} from "../../rpc/errors.ts";
import { parseMembers } from "../../rpc/members.ts";
import { keepAlive, type Timer } from "../../rpc/runtime.ts";
import {
  readSessionReply,
  type RigLogin,
  type RigSession,
  type Send,
} from "./rig_session.ts";

/** The commands that want a session: those marked `logon_required`. */
export const SESSION_COMMANDS: ReadonlySet<string> = new Set([
  ...["atmset", "autotunerset", "curtail", "disableboard", "enableboard"],
  ...["fanset", "frequencyset", "frequencystop", "hashboardoptsset"],
  ...["healthchipset", "healthctrlset", "immersionswitch", "ledset", "logoff"],
  ...["netset", "profilenew", "profilerem", "profilerestore", "profileset"],
  ...["reboot", "rebootdevice", "resetconfig", "resetminer", "tempctrlset"],
  ...["tempsensorset", "tunableswitch", "tunerswitch", "uninstallluxos"],
  ...["updaterun", "updateset", "voltageset"],
]);

/** `Another session is active`. */
const CODE_LOCKED = 402;

/** How long it is kept without use, for others to have a turn. */
const IDLE_MS = 30_000;

/** Unused for so long it is not relied on: the rig ends it after 60 s. */
const DOUBTED_MS = 55_000;

/** What stands in place of an id. */
const HIDDEN = "…";

/**
 * An id; LuxOS gives eight letters and digits. Attack: one of a megabyte, or
 * with a NUL, so that a client's command is refused as one that cannot be sent;
 * or with a comma, so that it becomes another parameter.
 */
const ID = /^[\w.:=+/~-]{1,64}$/;

/** What is shorter stands in any reply. */
const LEAST_REPEATED = 6;

/** The way to a rig that may be one of LuxOS. */
export class LuxosSession implements RigSession {
  readonly #rig: RigAddress;
  readonly #onIdle: () => void;
  readonly #isKnown: boolean;
  #isLuxos: boolean | undefined;
  #id: string | undefined;
  #usedMs = 0;
  #timer: Timer | undefined;

  /**
   * Makes it; asks nothing yet.
   *
   * @param rig The rig, for messages.
   * @param login Whether it is known to be one.
   * @param onIdle Called when its session has not been used for 30 s: to ask
   * `logoff`.
   */
  constructor(rig: RigAddress, { kind }: RigLogin, onIdle: () => void) {
    this.#rig = rig;
    this.#onIdle = onIdle;
    this.#isKnown = kind === "luxos";
  }

  /** As in {@linkcode RigSession}. */
  get isOpen(): boolean {
    return this.#id !== undefined;
  }

  /** As in {@linkcode RigSession}. */
  wants({ command }: RigRequest): boolean {
    return command === "logon" || SESSION_COMMANDS.has(command);
  }

  /** As in {@linkcode RigSession}. */
  async ask(request: RigRequest, send: Send): Promise<RawReply> {
    if (!await this.#findLuxos(send)) return await send(request);
    const { command } = request;
    if (command === "logoff") return await this.#logOff(request, send);
    const known = this.#findId();
    // A client that asks for one shares ours. The queue hides its id (`hideId`).
    if (command === "logon") {
      return known === undefined
        ? (await this.#logOn(send)).reply
        : await send({ command: "session" });
    }
    let id = known ?? (await this.#logOn(send)).id;
    let reply = await send(addId(request, id));
    if (known !== undefined && isSessionRefused(reply)) {
      id = (await this.#logOn(send)).id;
      reply = await send(addId(request, id));
    }
    this.#keep();
    return hideRepeated(reply, id);
  }

  /** As in {@linkcode RigSession}. */
  forget(): void {
    this.#end();
    this.#isLuxos = undefined;
  }

  async #findLuxos(send: Send): Promise<boolean> {
    if (this.#isKnown) return true;
    return this.#isLuxos ??= await isLuxos(send);
  }

  #findId(): string | undefined {
    const unusedMs = performance.now() - this.#usedMs;
    return unusedMs < DOUBTED_MS ? this.#id : undefined;
  }

  async #logOn(send: Send): Promise<{ id: string; reply: RawReply }> {
    this.#end();
    const reply = await send({ command: "logon" });
    const { value, code, message } = readSessionReply(reply);
    if (code === CODE_LOCKED) throw toLockedError(this.#rig);
    const { SESSION: sessions } = Object(value);
    const { SessionID: id } = Object(
      Array.isArray(sessions) ? sessions[0] : undefined,
    );
    if (typeof id !== "string" || !ID.test(id)) {
      throw new RigError(
        "rig-login-failed",
        `${describeRig(this.#rig)} gives no session: ` +
          (message === "" || value?.["SESSION"] !== undefined
            ? "its reply holds none"
            : quoteText(message)),
        "Does it run LuxOS? Its kind in the configuration says so",
      );
    }
    this.#id = id;
    this.#keep();
    return { id, reply };
  }

  async #logOff(request: RigRequest, send: Send): Promise<RawReply> {
    const id = this.#id;
    this.#end();
    return await send(
      id === undefined ? request : { command: "logoff", parameter: id },
    );
  }

  /** It was used now. */
  #keep(): void {
    this.#usedMs = performance.now();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onIdle, IDLE_MS);
    keepAlive(this.#timer, false);
  }

  #end(): void {
    this.#id = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/** Whether a rig's `version` names LUXminer. */
async function isLuxos(send: Send): Promise<boolean> {
  const reply = await send({ command: "version" }).catch((error) => {
    if (error instanceof RigError && error.code === "rig-closed") return null;
    throw error;
  });
  if (reply === null) return false;
  const { value } = readSessionReply(reply);
  const { VERSION: versions, STATUS: list } = Object(value);
  const { LUXminer: version } = Object(
    Array.isArray(versions) ? versions[0] : undefined,
  );
  const { Description: text } = Object(
    Array.isArray(list) ? list[0] : undefined,
  );
  return version !== undefined ||
    typeof text === "string" && /^LUXminer/i.test(text);
}

/**
 * Writes the id before the parameter.
 *
 * @param request What is asked. A leading `…` in its parameter is dropped: a
 * client got that in place of an id.
 * @param id The session's id.
 * @returns What the rig is sent.
 */
export function addId(request: RigRequest, id: string): RigRequest {
  const { command, parameter, body } = request;
  const text = parameter === undefined ? "" : String(parameter);
  const rest = text === HIDDEN ? "" : text.replace(/^…,/, "");
  const whole = rest === "" ? id : `${id},${rest}`;
  return {
    command,
    parameter: whole,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify({ ...parseMembers(body), parameter: whole }) }),
  };
}

/** Whether the rig refused the session, and so did nothing. No manual has a code. */
function isSessionRefused(reply: RawReply): boolean {
  const { value, message } = readSessionReply(reply);
  const { STATUS: list } = Object(value);
  const { STATUS: letter } = Object(Array.isArray(list) ? list[0] : undefined);
  return letter === "E" && /session|log(?:ged)? ?o[nf]f?/i.test(message);
}

function toLockedError(rig: RigAddress): RigError {
  return new RigError(
    "rig-locked",
    `Another client holds the session of ${describeRig(rig)}, and LuxOS has ` +
      "one at a time: nothing was done",
    "It ends when that client logs off, or a minute after its last use: try " +
      "again then",
  );
}

/** In JSON, and in the text dialect. */
const TOLD_ID = /("SessionID"\s*:\s*)(?:"(?:[^"\\]|\\.)+"|[^\s",}\]]+)/g;
const TOLD_TEXT = /([,|]SessionID=)[^,|\0]+/g;

/**
 * Takes the id out of an answer that tells the session.
 *
 * @param request What was asked.
 * @param reply What came.
 * @returns The same, with `…` in place of the id.
 */
export function hideId(
  { command }: RigRequest,
  reply: RawReply,
): RawReply {
  const parts = command.split("+");
  if (!parts.includes("session") && !parts.includes("logon")) return reply;
  return rewrite(reply, (text) =>
    text.replace(TOLD_ID, `$1"${HIDDEN}"`)
      .replace(TOLD_TEXT, `$1${HIDDEN}`));
}

/** A rig may repeat the parameter that it refuses, and with it the id. */
function hideRepeated(reply: RawReply, id: string): RawReply {
  if (id.length < LEAST_REPEATED) return reply;
  return rewrite(reply, (text) => text.replaceAll(id, HIDDEN));
}

/** What stays the same keeps its bytes, whatever they are. */
function rewrite(reply: RawReply, change: (text: string) => string): RawReply {
  const text = new TextDecoder().decode(reply.bytes);
  const changed = change(text);
  if (changed === text) return reply;
  return { ...reply, bytes: new TextEncoder().encode(changed) };
}
