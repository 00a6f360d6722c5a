/**
 * The viewer's token: kept in this module's memory and nowhere else, so that a
 * reload forgets it and no storage, cookie or address ever holds it.
 *
 * @module
 */

let token: string | undefined;

/**
 * Gives the token that was entered.
 *
 * @returns The token, if any.
 */
export function getToken(): string | undefined {
  return token;
}

/**
 * Keeps a token, or forgets it.
 *
 * @param entered The token; empty or undefined forgets.
 */
export function setToken(entered: string | undefined): void {
  token = entered === "" ? undefined : entered;
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
