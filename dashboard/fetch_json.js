/**
 * Asks the gateway, with the token if one was entered, and reads its refusals.
 *
 * @example
 * ```ts
 * import { readProblem } from "./fetch_json.js";
 *
 * const response = new Response("<html>", { status: 502 });
 * console.log((await readProblem(response)).title); // The answer was HTTP 502
 * ```
 *
 * @module
 */

import { toUrl } from "./place.js";
import { authHeaders } from "./token.js";

/**
 * @typedef {{ code: string, title: string, status?: number, detail?: string,
 *   hint?: string }} PageProblem
 */

/** The gateway's answer was a refusal. */
export class Refusal extends Error {
  /** @param {PageProblem} problem What it said. */
  constructor(problem) {
    super(problem.title);
    this.problem = problem;
  }
}

/**
 * Asks the gateway for JSON.
 *
 * @param {string} path Path and query, of the gateway: `/-/access`.
 * @param {RequestInit} [init] More of the request.
 * @returns {Promise<any>} The document.
 * @throws {Refusal} With `problem`, if the status is not that of success.
 */
export async function fetchJson(path, init = {}) {
  const response = await fetch(toUrl(path), {
    ...init,
    headers: { accept: "application/json", ...authHeaders(), ...init.headers },
  });
  if (!response.ok) throw new Refusal(await readProblem(response));
  return await response.json();
}

/**
 * Asks for what may be missing: whoever else asks meets the same trouble, and
 * shows it.
 *
 * @param {string} path As {@linkcode fetchJson} takes it.
 * @param {RequestInit} init More of the request.
 * @param {(document: any) => void} take Called with the document, if it comes.
 */
export async function fetchQuietly(path, init, take) {
  let document;
  try {
    document = await fetchJson(path, init);
  } catch {
    return;
  }
  take(document);
}

/**
 * @param {Response} response One that is not a success.
 * @returns {Promise<PageProblem>} What it says.
 */
export async function readProblem(response) {
  const { status } = response;
  try {
    const problem = await response.json();
    if (typeof problem?.title === "string") return problem;
  } catch {
    // A proxy's page: the status has to do.
  }
  return { code: "unknown", title: `The answer was HTTP ${status}`, status };
}
