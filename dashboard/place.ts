/**
 * Where the page is, and where the gateway: it may be under a path of its host,
 * as `/miners/`. Pure, but for `BASE`, which is where this module came from.
 *
 * @module
 */

/**
 * @param url Of a module, `<base>/-/assets/<name>`.
 * @returns The path before the gateway's own, with no slash at its
 * end; empty where the gateway has the host to itself.
 */
export function findBase(url: string): string {
  return new URL("../..", url).pathname.slice(0, -1);
}

/** The path that stands before all of the gateway's. */
export const BASE = findBase(import.meta.url);

/**
 * @param path A path of the gateway: `/-/rigs`.
 * @returns The same for the browser.
 */
export function toUrl(path: string): string {
  return BASE + path;
}

/** @param text A part of an address, escaped. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * @param path The page's path: the base, then `/`, `/@garage/`,
 * `/@all/` or `/@site:barn/`.
 * @param base As {@linkcode findBase} gives it.
 * @returns What the page is about; neither: all rigs.
 */
export function readPlace(
  path: string,
  base: string,
): { rig?: string; tag?: string } {
  const own = path.startsWith(`${base}/`) ? path.slice(base.length) : "/";
  const name = decode(own.match(/^\/@([^/]*)/)?.[1] ?? "all");
  if (name === "all" || name === "") return {};
  return name.includes(":") ? { tag: name } : { rig: name };
}

/**
 * @param hash What stands after `#`, with it: `#/rig/garage`.
 * @returns The rig that it names.
 */
export function readHash(hash: string): string | undefined {
  const name = hash.match(/^#\/rig\/(.+)$/)?.[1];
  return name === undefined ? undefined : decode(name);
}
