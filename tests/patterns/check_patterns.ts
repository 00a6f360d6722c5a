/**
 * Checks the regular expressions that have no verdict yet, and writes
 * `verdicts.json` anew: `deno task patterns`. Some take seconds.
 *
 * @module
 */

import verdicts from "./verdicts.json" with { type: "json" };
import { findPatterns } from "./found_patterns.ts";

/** What recheck says of a pattern. */
interface Diagnostics {
  readonly status: "safe" | "vulnerable" | "unknown";
  readonly complexity?: { readonly summary: string };
}

/** What of recheck is used. */
interface Recheck {
  checkSync(
    source: string,
    flags: string,
    parameters: { readonly timeout: null },
  ): Diagnostics;
}

// Beside this one file, which needs nothing else, recheck has 50 MB of binaries,
// and Deno downloads all that a lock file names for everyone who runs the tests.
// So it is pinned here, and not written out in the import, where `deno check`
// sees it.
const RECHECK = "npm:recheck@4.5.0/lib/browser.js";
const { default: recheck } = await import(RECHECK) as { default: Recheck };

const known: Readonly<Record<string, string>> = verdicts;
const judged: Record<string, string> = {};
for (const { text, source, flags, file } of findPatterns().patterns) {
  if (judged[text] !== undefined) continue;
  judged[text] = known[text] ?? checkPattern(source, flags);
  if (known[text] === undefined) {
    console.log(`${file}: ${text}: ${judged[text]}`);
  }
}
const entries = Object.entries(judged).sort(([one], [other]) =>
  one < other ? -1 : 1
);
await Deno.writeTextFile(
  new URL("verdicts.json", import.meta.url),
  `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`,
);

/** `safe`, `unknown`, or how the work grows: `2nd degree polynomial`. */
function checkPattern(source: string, flags: string): string {
  const { status, complexity } = recheck.checkSync(source, flags, {
    timeout: null,
  });
  return status === "vulnerable"
    ? complexity?.summary.replace(" (fuzz)", "") ?? status
    : status;
}
