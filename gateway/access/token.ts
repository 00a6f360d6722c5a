/**
 * The token: what an `Authorization` header is worth. Compared in constant
 * time, and tried at most so often by one address. Pure, but for a table of
 * the addresses that tried wrong ones.
 *
 * @example
 * ```ts
 * import { TokenCheck } from "./token.ts";
 *
 * const check = new TokenCheck("secret");
 * console.log(check.read("Bearer secret", "10.0.0.5", 0)); // bearer
 * console.log(check.read("Bearer guess", "10.0.0.5", 0)); // wrong
 * console.log(check.read(null, "10.0.0.5", 0)); // none
 * ```
 *
 * @module
 */

import { toClientKey } from "./ip_address.ts";
import { Problem } from "../http/problems.ts";

/**
 * What a request's `Authorization` was worth: the token by one way or the
 * other, something else, or nothing.
 */
export type Credential = "bearer" | "basic" | "wrong" | "none";

/** Wrong tokens that one address may try in a minute. */
export const MAX_WRONG_TOKENS = 10;

const WINDOW_MS = 60_000;

/** Addresses that are remembered; the oldest is forgotten first. */
const MAX_ADDRESSES = 1000;

/** The wrong tries of one address. */
interface Tries {
  sinceMs: number;
  count: number;
}

/** Checks credentials against one token. */
export class TokenCheck {
  #token: Uint8Array | undefined;
  readonly #tries = new Map<string, Tries>();

  /**
   * Makes a check.
   *
   * @param token The token; absent: none is configured, and nothing counts.
   */
  constructor(token: string | undefined) {
    this.#token = token === undefined ? undefined : encode(token);
  }

  /**
   * Takes another token from now on.
   *
   * @param token The new one; absent: none.
   */
  replace(token: string | undefined): void {
    this.#token = token === undefined ? undefined : encode(token);
  }

  /** Whether a token is configured. */
  get hasToken(): boolean {
    return this.#token !== undefined;
  }

  /**
   * Reads an `Authorization` header.
   *
   * @param authorization The header, or `null`.
   * @param address Who sent it; all of unknown address count as one.
   * @param nowMs The time, in milliseconds of any clock.
   * @returns What it is worth.
   * @throws {Problem} `too-many-tries`, when the address has tried too many
   * wrong ones within a minute: then even the right one is not looked at.
   * @internal
   */
  read(
    authorization: string | null,
    address: string | undefined,
    nowMs: number,
  ): Credential {
    if (this.#token === undefined || authorization === null) return "none";
    const { kind, secret } = parseAuthorization(authorization);
    if (kind === undefined) return "wrong";
    const who = toClientKey(address);
    this.#checkTries(who, address, nowMs);
    if (isSameSecret(encode(secret), this.#token)) return kind;
    this.#countTry(who, nowMs);
    return "wrong";
  }

  #checkTries(who: string, address: string | undefined, nowMs: number): void {
    const tries = this.#tries.get(who);
    if (tries === undefined || tries.count < MAX_WRONG_TOKENS) return;
    const leftMs = tries.sinceMs + WINDOW_MS - nowMs;
    if (leftMs <= 0) return;
    this.#remember(who, tries);
    throw new Problem(
      "too-many-tries",
      `Too many wrong tokens from ${address ?? "clients of unknown address"}`,
      {
        headers: { "retry-after": String(Math.ceil(leftMs / 1000)) },
        hint: "Wait a minute, then send the right token",
      },
    );
  }

  #countTry(who: string, nowMs: number): void {
    const known = this.#tries.get(who);
    const tries = known !== undefined && nowMs - known.sinceMs < WINDOW_MS
      ? known
      : { sinceMs: nowMs, count: 0 };
    tries.count++;
    this.#remember(who, tries);
  }

  /**
   * Last tried, last forgotten: a flood of addresses cannot clear the count of
   * one that goes on trying.
   */
  #remember(who: string, tries: Tries): void {
    this.#tries.delete(who);
    this.#tries.set(who, tries);
    if (this.#tries.size <= MAX_ADDRESSES) return;
    for (const oldest of this.#tries.keys()) {
      this.#tries.delete(oldest);
      break;
    }
  }
}

/** RFC 6750 `Bearer <token>`; RFC 7617 `Basic <base64 of user:token>`. */
function parseAuthorization(
  header: string,
): { kind: "bearer" | "basic" | undefined; secret: string } {
  const [, scheme = "", value = ""] = /^\s*(\S+)\s+(\S+)\s*$/.exec(header) ??
    [];
  if (/^bearer$/i.test(scheme)) return { kind: "bearer", secret: value };
  if (/^basic$/i.test(scheme)) {
    const pair = decodeBase64(value);
    const colon = pair?.indexOf(":") ?? -1;
    if (pair !== undefined && colon !== -1) {
      return { kind: "basic", secret: pair.slice(colon + 1) };
    }
  }
  return { kind: undefined, secret: "" };
}

function decodeBase64(text: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Compares a guess with the token. Attack: guessing by time. Every byte of the
 * guess is compared, wherever the first difference is; only its length shows.
 *
 * @param guess What was sent.
 * @param token What is right; nothing equals an empty one.
 * @returns True if they are the same.
 */
export function isSameSecret(guess: Uint8Array, token: Uint8Array): boolean {
  let difference = guess.length ^ token.length;
  for (let at = 0; at < guess.length; at++) {
    difference |= (guess[at] as number) ^ (token[at % token.length] as number);
  }
  return difference === 0 && token.length > 0;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
