/**
 * Counts the work that some code does: how often each block of it runs (V8's
 * precise coverage), and how many characters, bytes or items it hands to the
 * built-in functions that go through all of them. The same code with the same
 * input always comes to the same count, whatever else the machine does.
 *
 * What it cannot see is how a regular expression backtracks: see
 * `tests/patterns`.
 *
 * It needs `--allow-sys`, and changes built-in prototypes: it is for
 * a process of its own, and is imported before the code that is measured.
 *
 * @module
 */

import { Session } from "node:inspector/promises";

/** One script's counts, as the inspector has them. */
interface ScriptCoverage {
  readonly url: string;
  readonly functions: readonly {
    readonly ranges: readonly { readonly count: number }[];
  }[];
}

let handled = 0;

/** Has a method count what it handles. */
function meter<Name extends string>(
  prototype: Record<Name, (...args: never[]) => unknown>,
  names: readonly Name[],
  measure: (self: never, result: never, args: readonly never[]) => number,
): void {
  for (const name of names) {
    const method = prototype[name];
    Object.defineProperty(prototype, name, {
      configurable: true,
      writable: true,
      value(this: never, ...args: never[]) {
        const result = Reflect.apply(method, this, args);
        handled += measure(this, result as never, args);
        return result;
      },
    });
  }
}

/** What is gone through where something is looked for from the start. */
function measureSearch(
  self: { readonly length: number },
  result: number,
  [, from = 0]: readonly (string | number | undefined)[],
): number {
  return Math.max(0, (result === -1 ? self.length : result) - Number(from)) + 1;
}

const measureSelf = (self: { readonly length: number }) => self.length;
const measureResult = (_: never, result: { readonly length: number }) =>
  result.length;

meter(String.prototype, ["indexOf"], measureSearch);
meter(String.prototype, [
  "includes",
  "lastIndexOf",
  "normalize",
  "replace",
  "replaceAll",
  "split",
  "toLowerCase",
  "toUpperCase",
  "trim",
  "trimEnd",
  "trimStart",
], measureSelf);
meter(String.prototype, ["padEnd", "padStart", "repeat"], measureResult);
meter(Array.prototype, ["indexOf"], measureSearch);
meter(Array.prototype, [
  "concat",
  "includes",
  "join",
  "lastIndexOf",
  "reverse",
  "shift",
  "slice",
  "sort",
  "splice",
  "toSorted",
  "unshift",
], measureSelf);
meter(Object, ["entries", "keys", "values"], measureResult);
meter(JSON, ["parse"], (_, __, [text = ""]: readonly string[]) => text.length);
meter(
  JSON,
  ["stringify"],
  (_, result: string | undefined) => result?.length ?? 0,
);
meter(TextDecoder.prototype, ["decode"], measureResult);
meter(TextEncoder.prototype, ["encode"], measureResult);
meter(
  RegExp.prototype,
  ["exec"],
  (self: RegExp, result: RegExpExecArray | null, [text = ""]) => {
    if (result !== null) return `${result[0]}`.length + 1;
    // Where it failed is not known: sticky or anchored ones fail at once.
    return self.sticky || self.source.startsWith("^") ? 1 : `${text}`.length;
  },
);

const session = new Session();
session.connect();
await session.post("Profiler.enable");
await session.post("Profiler.startPreciseCoverage", {
  callCount: true,
  detailed: true,
});

/**
 * Counts the work of a function.
 *
 * @param run What is measured.
 * @returns Blocks that ran in files, and what built-in functions handled.
 */
export async function countWork(run: () => unknown): Promise<number> {
  await session.post("Profiler.takePreciseCoverage");
  handled = 0;
  await run();
  const natives = handled;
  const { result } = await session.post("Profiler.takePreciseCoverage") as {
    result: readonly ScriptCoverage[];
  };
  let blocks = 0;
  for (const { url, functions } of result) {
    if (!url.startsWith("file:") || url === import.meta.url) continue;
    for (const { ranges } of functions) {
      for (const { count } of ranges) blocks += count;
    }
  }
  return blocks + natives;
}
