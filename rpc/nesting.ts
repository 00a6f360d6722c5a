/**
 * How deep JSON is nested, seen in its text before it is parsed: what comes from
 * outside is not parsed if it nests deeper than any reply of a miner. Pure.
 *
 * @module
 */

/** The deepest nesting that is read; replies of real miners reach 7. */
export const MAX_DEPTH = 512;

const QUOTE = 0x22;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Whether the first value of a text is nested more than {@linkcode MAX_DEPTH}
 * deep. Attack: a text of brackets, on which what is recursive fails and all
 * else spends its time and memory.
 *
 * It costs ordinary replies next to nothing: only a text that has so many
 * brackets is walked through, once.
 *
 * @param json JSON, or what should be: brackets are counted outside of strings,
 * whether they match or not.
 * @returns Whether it is.
 */
export function isTooDeep(json: string): boolean {
  if (!hasManyBrackets(json)) return false;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < json.length; at++) {
    const unit = json.charCodeAt(at);
    if (inString) {
      if (unit === BACKSLASH) at++;
      else if (unit === QUOTE) inString = false;
    } else if (unit === QUOTE) inString = true;
    else if (unit === OPEN_ARRAY || unit === OPEN_OBJECT) {
      if (++depth > MAX_DEPTH) return true;
    } else if (unit === CLOSE_ARRAY || unit === CLOSE_OBJECT) {
      if (--depth <= 0) return false;
    }
  }
  return false;
}

/** Whether so many brackets are opened that they may nest too deep. */
function hasManyBrackets(json: string): boolean {
  let count = 0;
  for (const bracket of ["[", "{"]) {
    let at = json.indexOf(bracket);
    for (; at !== -1; at = json.indexOf(bracket, at + 1)) {
      if (++count > MAX_DEPTH) return true;
    }
  }
  return false;
}
