/**
 * Where the page is, and where the gateway: it may be under a path of its host,
 * as `/miners/`. Pure, but for `BASE`, which is where this module came from.
 *
 * @example
 * ```ts
 * import { findBase, readPlace } from "./place.js";
 *
 * const base = findBase("http://gateway.lan/miners/-/assets/place.js");
 * console.log(base, readPlace("/miners/@garage/", base)); // /miners { rig: "garage" }
 * ```
 *
 * @module
 */

/**
 * @param {string} url Of a module, `<base>/-/assets/<name>`.
 * @returns {string} The path before the gateway's own, with no slash at its
 * end; empty where the gateway has the host to itself.
 */
export function findBase(url) {
  return new URL("../..", url).pathname.slice(0, -1);
}

/** The path that stands before all of the gateway's. */
export const BASE = findBase(import.meta.url);

/**
 * @param {string} path A path of the gateway: `/-/rigs`.
 * @returns {string} The same for the browser.
 */
export function toUrl(path) {
  return BASE + path;
}

/** @param {string} text A part of an address, escaped. */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * @param {string} path The page's path: the base, then `/`, `/@garage/`,
 * `/@all/` or `/@site:barn/`.
 * @param {string} base As {@linkcode findBase} gives it.
 * @returns {{ rig?: string, tag?: string }} What the page is about; neither:
 * all rigs.
 */
export function readPlace(path, base) {
  const own = path.startsWith(`${base}/`) ? path.slice(base.length) : "/";
  const name = decode(own.match(/^\/@([^/]*)/)?.[1] ?? "all");
  if (name === "all" || name === "") return {};
  return name.includes(":") ? { tag: name } : { rig: name };
}

/**
 * @param {string} hash What stands after `#`, with it: `#/rig/garage`.
 * @returns {string | undefined} The rig that it names.
 */
export function readHash(hash) {
  const name = hash.match(/^#\/rig\/(.+)$/)?.[1];
  return name === undefined ? undefined : decode(name);
}
