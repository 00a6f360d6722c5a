/**
 * What the page remembers on this device, in `localStorage`. Where the browser
 * forbids that, nothing is remembered and nothing else changes.
 *
 * @module
 */

import { BASE } from "./place.ts";

/** Gateways under several paths of a host share its storage. */
const PREFIX = `chi-server ${BASE}/ `;

/**
 * @param key What is wanted.
 * @returns What was remembered, as it was; undefined: nothing that can be read.
 */
export function recall(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + key) ?? "null") ??
      undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param key What it is.
 * @param value Anything that JSON can hold; undefined forgets it.
 * @returns Whether the browser lets the page remember it.
 */
export function remember(key: string, value: unknown): boolean {
  try {
    if (value === undefined) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}
