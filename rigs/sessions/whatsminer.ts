/**
 * WhatsMiner, API 2: commands that change something go encrypted, with a token
 * that the rig gives for half an hour. Key and token come of the password of its
 * account `admin` and of salts that the rig says.
 *
 * Sources: MicroBT, "WhatsMiner API 2.0.x" (codes, limits of tokens); pyasic's
 * `rpc/btminer.py` (the derivation).
 *
 * @module
 */

import type { RawReply, RigRequest } from "../../rpc.ts";
import {
  describeRig,
  formatSeconds,
  quoteText,
  type RigAddress,
  RigError,
} from "../../rpc/errors.ts";
import { parseMembers } from "../../rpc/members.ts";
import { CODE_ACCESS_DENIED, CODE_INVALID_COMMAND } from "../../rpc/replies.ts";
import { deriveMd5Crypt } from "../md5_crypt.ts";
import {
  readSessionReply,
  type RigLogin,
  type RigSession,
  type Send,
  type SessionReply,
} from "./rig_session.ts";

/** How long the rig takes a token. */
const TOKEN_MS = 30 * 60_000;

/** A refused password is not tried again for so long: rigs lock after several. */
const REFUSED_MS = 30_000;

/** The rig does not take the token, or cannot decrypt the command. */
const CODES_REFUSED: ReadonlySet<unknown> = new Set([23, 135, 137]);

/** The token was used too often, or there are too many. */
const CODE_TOO_MANY = 136;

/** What `get_token` says of how to log on. */
interface TokenOffer {
  readonly time: string;
  readonly salt: string;
  readonly newsalt: string;
}

/** What encrypts commands and decrypts replies. */
export interface Token {
  /** The token. */
  readonly sign: string;
  /** The key of AES, 32 bytes. */
  readonly key: Uint8Array;
}

/** `node:crypto`, loaded when it is needed first. */
type Crypto = typeof import("node:crypto");

/** The way to a rig that has a password, and so is a WhatsMiner. */
export class WhatsMinerSession implements RigSession {
  readonly #rig: RigAddress;
  readonly #password: string;
  readonly #isKnown: boolean;
  #token: Token | undefined;
  #gotMs = 0;
  #refusedMs = -Infinity;

  /**
   * Makes it; asks nothing yet.
   *
   * @param rig The rig, for messages.
   * @param password That of its account `admin`.
   * @param login Whether it is known to be one.
   */
  constructor(rig: RigAddress, password: string, { kind }: RigLogin) {
    this.#rig = rig;
    this.#password = password;
    this.#isKnown = kind === "whatsminer";
  }

  /** Tokens end by themselves: there is no command that hands one back. */
  get isOpen(): boolean {
    return false;
  }

  /** As in {@linkcode RigSession}. All that it reports is asked in plain text. */
  wants({ command }: RigRequest): boolean {
    return !command.startsWith("get_");
  }

  /** As in {@linkcode RigSession}. */
  async ask(request: RigRequest, send: Send): Promise<RawReply> {
    const crypto = await import("node:crypto");
    const agoMs = performance.now() - this.#refusedMs;
    if (agoMs < REFUSED_MS) throw this.#refuse(REFUSED_MS - agoMs);
    for (let isLast = false;; isLast = true) {
      const token = this.#findToken() ?? await this.#getToken(send, crypto);
      if (token === undefined) return await send(request);
      const body = encryptCommand(crypto, token, request);
      const reply = decryptReply(
        crypto,
        token,
        this.#rig,
        await send({ command: request.command, body }),
      );
      const said = readSessionReply(reply);
      if (isRefused(said)) {
        this.#token = undefined;
        if (!isLast) continue;
        this.#refusedMs = performance.now();
        throw this.#refuse(0);
      }
      if (isTooMany(said)) {
        this.#token = undefined;
        throw this.#refuseMore();
      }
      if (said.code === CODE_ACCESS_DENIED) {
        throw this.#fail(`permission denied (code ${said.code})`);
      }
      return reply;
    }
  }

  /** As in {@linkcode RigSession}. */
  forget(): void {
    this.#token = undefined;
  }

  #findToken(): Token | undefined {
    return performance.now() - this.#gotMs < TOKEN_MS ? this.#token : undefined;
  }

  /**
   * Asks for a token.
   *
   * @returns It; undefined if the rig does not know `get_token`, and so is no
   * WhatsMiner.
   */
  async #getToken(send: Send, crypto: Crypto): Promise<Token | undefined> {
    this.#token = undefined;
    const askedMs = performance.now();
    const said = readSessionReply(await send({ command: "get_token" }));
    const offer = readOffer(said);
    if (offer !== undefined) {
      this.#gotMs = askedMs;
      return this.#token = await deriveToken(crypto, this.#password, offer);
    }
    if (isTooMany(said)) throw this.#refuseMore();
    const isOther = said.code === undefined ||
      said.code === CODE_INVALID_COMMAND;
    if (isOther && !this.#isKnown) return undefined;
    throw this.#fail(
      said.message === ""
        ? "get_token brings no token"
        : `get_token brings ${quoteText(said.message)}`,
    );
  }

  #refuse(pauseMs: number): RigError {
    const rig = describeRig(this.#rig);
    return new RigError(
      "rig-login-failed",
      `${rig} refuses its configured password: nothing was done` +
        (pauseMs === 0
          ? ""
          : `, and it is not tried again for ${formatSeconds(pauseMs)}`),
      "Is it that of the account admin, as WhatsMinerTool has it?",
    );
  }

  #fail(reason: string): RigError {
    return new RigError(
      "rig-login-failed",
      `${describeRig(this.#rig)} does not let its configured password change ` +
        `anything: ${reason}`,
      "WhatsMinerTool switches the API on, and wants the password of admin " +
        "changed from the factory's before",
    );
  }

  #refuseMore(): RigError {
    return new RigError(
      "rig-locked",
      `${describeRig(this.#rig)} has given too many tokens: nothing was done`,
      "It gives them to 16 addresses, and 32 to each, for 30 minutes: try " +
        "again when one has ended, or end other programs that control it",
    );
  }
}

/** Firmware differs in the code of what it cannot decrypt. */
function isRefused({ code, message }: SessionReply): boolean {
  return CODES_REFUSED.has(code) ||
    /enc json load err|token err/i.test(message);
}

function isTooMany({ code, message }: SessionReply): boolean {
  return code === CODE_TOO_MANY || /over max connect/i.test(message);
}

/** A salt of md5crypt, of which only the first eight characters count. */
const SALT = /^[./0-9A-Za-z]{1,64}$/;

function readOffer({ value }: SessionReply): TokenOffer | undefined {
  const { time, salt, newsalt } = Object(Object(value).Msg);
  const isOffer = isSalt(salt) && isSalt(newsalt) &&
    /^\d{1,16}$/.test(String(time));
  return isOffer ? { time: String(time), salt, newsalt } : undefined;
}

function isSalt(value: unknown): value is string {
  return typeof value === "string" && SALT.test(value);
}

/**
 * Makes key and token of what a rig says.
 *
 * @param crypto `node:crypto`.
 * @param password That of the account `admin`.
 * @param offer The `Msg` of `get_token`.
 * @returns Both.
 */
export async function deriveToken(
  crypto: Crypto,
  password: string,
  { time, salt, newsalt }: TokenOffer,
): Promise<Token> {
  const secret = await deriveMd5Crypt(password, salt);
  return {
    sign: await deriveMd5Crypt(secret + time, newsalt),
    key: crypto.createHash("sha256").update(secret).digest(),
  };
}

const BLOCK_BYTES = 16;

/**
 * Encrypts a command.
 *
 * @param crypto `node:crypto`.
 * @param token Key and token.
 * @param request The command; its further members become the command's.
 * @returns The request, as it is sent.
 */
export function encryptCommand(
  crypto: Crypto,
  { sign, key }: Token,
  { command, parameter, body }: RigRequest,
): string {
  const { command: _, cmd: __, token: ___, ...members } = body === undefined
    ? {
      command,
      cmd: "",
      token: "",
      ...parameter === undefined ? {} : { parameter },
    }
    : parseMembers(body);
  const text = JSON.stringify({ cmd: command, ...members, token: sign });
  const bytes = new TextEncoder().encode(text);
  const padded = new Uint8Array(
    Math.ceil(bytes.length / BLOCK_BYTES) * BLOCK_BYTES,
  );
  padded.set(bytes);
  const cipher = crypto.createCipheriv("aes-256-ecb", key, null)
    .setAutoPadding(false);
  // As bytes: Deno 2.7 loses the end of a text.
  const data = cipher.update(padded).toString("base64");
  cipher.final();
  return JSON.stringify({ enc: 1, data });
}

/**
 * Decrypts a reply; what is not encrypted, as refusals are, stays as it is.
 *
 * @param crypto `node:crypto`.
 * @param token Key and token.
 * @param rig The rig, for the message.
 * @param reply As it came.
 * @returns It in plain text.
 * @throws {RigError} `rig-reply-invalid` if it is no whole number of blocks.
 */
export function decryptReply(
  crypto: Crypto,
  { key }: Token,
  rig: RigAddress,
  reply: RawReply,
): RawReply {
  const { enc } = Object(readSessionReply(reply).value);
  if (typeof enc !== "string") return reply;
  const decipher = crypto.createDecipheriv("aes-256-ecb", key, null)
    .setAutoPadding(false);
  const text = decipher.update(enc, "base64");
  let isWhole = text.length > 0;
  try {
    decipher.final();
  } catch {
    isWhole = false;
  }
  if (!isWhole) {
    throw new RigError(
      "rig-reply-invalid",
      `The reply from ${describeRig(rig)} cannot be decrypted: it is cut off`,
    );
  }
  let end = text.length;
  while (end > 0 && text[end - 1] === 0) end--;
  return { ...reply, bytes: new Uint8Array(text.subarray(0, end)) };
}
