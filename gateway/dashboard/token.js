/**
 * The viewer's token: kept in this module's memory and nowhere else, so that a
 * reload forgets it and no storage, cookie or address ever holds it.
 *
 * @example
 * ```ts
 * import { authHeaders, setToken } from "./token.js";
 *
 * setToken("a secret of the rig's owner");
 * const request = new Request("http://gateway/-/access", {
 *   headers: authHeaders(),
 * });
 * console.log(request.headers.has("authorization")); // true
 * ```
 *
 * @module
 */

/** @type {string | undefined} */
let token;

/**
 * Gives the token that was entered.
 *
 * @returns {string | undefined} The token, if any.
 */
export function getToken() {
  return token;
}

/**
 * Keeps a token, or forgets it.
 *
 * @param {string | undefined} entered The token; empty or undefined forgets.
 */
export function setToken(entered) {
  token = entered === "" ? undefined : entered;
}

/**
 * Gives the headers that show the token to the gateway, for every `fetch` of
 * this page.
 *
 * @returns {Record<string, string>} `authorization` (RFC 6750), or nothing.
 */
export function authHeaders() {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}
