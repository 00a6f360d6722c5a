/**
 * Places in a JSON document, as people write them: `rigs[2].port`; and the key
 * that somebody may have meant. Pure.
 *
 * @example
 * ```ts
 * import { formatPath, suggestKey } from "./json_path.ts";
 *
 * console.log(formatPath(["rigs", "2", "port"])); // rigs[2].port
 * console.log(suggestKey("htp-port", ["http-port", "api-port"])); // http-port
 * ```
 *
 * @module
 */

import { quoteText } from "../../gateway/access/ip_address.ts";

/** The keys and indices that lead to a place, from the outside in. */
export type Path = readonly string[];

/**
 * Writes a place.
 *
 * @param path The keys, and the indices of lists, that lead there.
 * @param parent What stands before it already; it begins with a dot then.
 * @returns It on one line of ASCII: `rigs[2].port`, `rigs["a b"]`.
 */
export function formatPath(path: Path, parent?: string): string {
  let text = parent ?? "";
  for (const key of path) {
    if (/^(?:0|[1-9]\d*)$/.test(key) && key.length < 16) text += `[${key}]`;
    else if (!/^[A-Za-z_$][\w$-]{0,63}$/.test(key)) {
      text += `[${quoteText(key)}]`;
    } else text += text === "" && parent === undefined ? key : `.${key}`;
  }
  return text;
}

/**
 * Finds what somebody meant by a key that there is not.
 *
 * @param key The key.
 * @param known The keys that there are.
 * @returns The nearest of them, if it is near: at most a third of the letters
 * are added, left out, swapped or other ones, case and `_` for `-` aside.
 */
export function suggestKey(
  key: string,
  known: readonly string[],
): string | undefined {
  // What is far longer than any name is not compared letter by letter.
  if (key.length > 40) return undefined;
  const plain = key.toLowerCase().replaceAll("_", "-");
  let [best, least]: [string | undefined, number] = [undefined, Infinity];
  for (const name of known) {
    const distance = countEdits(plain, name);
    if (distance < least && distance <= Math.max(1, name.length / 3)) {
      [best, least] = [name, distance];
    }
  }
  return best;
}

/** Levenshtein's distance, with two letters in the wrong order as one edit. */
function countEdits(from: string, to: string): number {
  let above: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const isSame = from[i - 1] === to[j - 1];
      const isSwapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] &&
        from[i - 2] === to[j - 1];
      next.push(Math.min(
        (row[j - 1] ?? 0) + (isSame ? 0 : 1),
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        isSwapped ? (above[j - 2] ?? 0) + 1 : Infinity,
      ));
    }
    [above, row] = [row, next];
  }
  return row[to.length] ?? 0;
}
