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
 * Gives the headers of every `fetch` of this page: they show the token to the
 * gateway, and that a script asks. Else the browser itself would ask for a
 * password, over the page, when the gateway refuses.
 *
 * @returns {Record<string, string>} `x-requested-with`, and `authorization`
 * (RFC 6750) if there is a token.
 */
export function authHeaders() {
  return {
    "x-requested-with": "fetch",
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
}
