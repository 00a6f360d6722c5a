/**
 * Reads a pool's URL and keeps users, passwords and wallets out of it. Pure.
 *
 * @example
 * ```ts
 * import { readPoolUrl } from "./pool_url.ts";
 *
 * const pool = { URL: "http://pool:8888/me/rig1", User: "me.rig1" };
 * console.log(readPoolUrl(pool)); // http://pool:8888
 * ```
 *
 * @module
 */

import type { Members } from "./sections.ts";
import { MAX_TEXT_LENGTH, readText } from "./values.ts";

/** Scheme, user and password, host and port, and all that follows. */
const URL_PARTS =
  /^([a-z][\w+.-]*:\/\/)?(?:[^/?#]*@)?((?:\[[\da-f:.%]+\]|[\p{L}\p{N}_.-]+)(?::\d{1,5})?)((?:[/?#,].*)?)$/iu;

/** What may follow host and port: a flag for the miner. */
const HARMLESS_REST = /^\/?(?:#(?:xnsub|skipcbcheck))?$/i;

/** Stratum V2's authority key, which is public. */
const AUTHORITY_KEY = /^\/[1-9A-HJ-NP-Za-km-z]{40,60}$/;

/** Schemes whose path is the pool's key. */
const STRATUM_2 = /^stratum2\+tcp:/i;

/**
 * Reads a pool's URL.
 *
 * @param pool One object of `POOLS`.
 * @returns The URL without user, password, query and path, but for a flag such
 * as `#xnsub` and the public key of Stratum V2; `undefined` where there is none.
 */
export function readPoolUrl(pool: Members): string | undefined {
  const text = readText(pool["URL"]) ?? readText(pool["Stratum URL"]);
  const [, scheme = "", host = "", rest = ""] = URL_PARTS.exec(text ?? "") ??
    [];
  // VNish has `DevFee` and rwglr `*` in place of their own pools.
  const isHost = /[\p{L}\p{N}]/u.test(host) &&
    (scheme !== "" || /[.:]/.test(host));
  // An `@` behind a slash: where the password ends is anybody's guess.
  if (!isHost || rest.includes("@")) return undefined;
  // Cut short, it may end before the `@`.
  if (text?.length === MAX_TEXT_LENGTH) return undefined;
  const isHarmless = HARMLESS_REST.test(rest) ||
    (STRATUM_2.test(scheme) && AUTHORITY_KEY.test(rest));
  return `${scheme}${host}${isHarmless ? rest : ""}`;
}
