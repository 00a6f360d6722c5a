/**
 * The viewer's token: kept in this module's memory, so that a reload forgets it;
 * and in this device's storage only where the viewer says so. No cookie or
 * address ever holds it.
 *
 * @module
 */

import { recall, remember } from "./device_storage.ts";

/** What the token is remembered as. */
const KEY = "token";

let token: string | undefined = readRemembered();

function readRemembered(): string | undefined {
  const remembered = recall(KEY);
  return typeof remembered === "string" ? remembered : undefined;
}

/**
 * Gives the token that was entered.
 *
 * @returns The token, if any.
 */
export function getToken(): string | undefined {
  return token;
}

/**
 * Keeps a token, or forgets it, also where it was remembered.
 *
 * @param entered The token; empty or undefined forgets.
 * @param isRemembered Whether this device shall remember it.
 */
export function setToken(
  entered: string | undefined,
  isRemembered = false,
): void {
  token = entered === "" ? undefined : entered;
  remember(KEY, isRemembered ? token : undefined);
}

/**
 * Gives the headers of every `fetch` of this page: they show the token to the
 * gateway, and that a script asks. Else the browser itself would ask for a
 * password, over the page, when the gateway refuses.
 *
 * @returns `x-requested-with`, and `authorization` (RFC 6750) if there is a
 * token.
 */
export function authHeaders(): Record<string, string> {
  return {
    "x-requested-with": "fetch",
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
}
