/**
 * Prometheus and promtool for tests: finds them, runs promtool, and says why a
 * test is skipped where there are none.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@1";
import {
  findExecutable,
  type Missing,
  type Surroundings,
  SYSTEM,
} from "../executables.ts";

/** Where both are. */
export interface Tools {
  readonly prometheus: string;
  readonly promtool: string;
}

/** The tools; or why there are none, and whether that is a failure. */
export type Finding = Tools | Missing;

/**
 * Looks for both: the files that `PROMETHEUS_BIN` and `PROMTOOL_BIN` name, or
 * else on `PATH`. On Linux alone. Under `CI=true` it is a failure if one of them
 * is missing there.
 */
export function findTools(surroundings: Surroundings): Finding {
  const [prometheus, promtool] = ["prometheus", "promtool"].map((name) => {
    const variable = `${name.toUpperCase()}_BIN`;
    return findExecutable(
      surroundings,
      variable,
      [name],
      `need ${name}: apt-get install prometheus, which brings both, ` +
        `or set ${variable}`,
    );
  }) as [Found, Found];
  if ("missing" in prometheus) return prometheus;
  if ("missing" in promtool) return promtool;
  return { prometheus: prometheus.path, promtool: promtool.path };
}

type Found = ReturnType<typeof findExecutable>;

/** What was found here. */
export const FINDING: Finding = findTools(SYSTEM);

/**
 * Registers a test with Prometheus and promtool. It is skipped where they are
 * missing, and fails where they have to be there.
 */
export function testWithPrometheus(
  name: string,
  run: (tools: Tools, test: Deno.TestContext) => Promise<void>,
): void {
  if ("missing" in FINDING) {
    const { missing, isFailure } = FINDING;
    const word = isFailure ? "failed" : "skipped";
    Deno.test({
      name: `${name} (${word}: ${missing})`,
      ignore: !isFailure,
      fn(): never {
        throw new Error(`The tests with Prometheus ${missing}`);
      },
    });
    return;
  }
  const tools = FINDING;
  Deno.test(name, (test) => run(tools, test));
}

/** What a run of promtool came to. */
export interface ToolOutcome {
  readonly code: number;
  /** What it printed on stdout and stderr. */
  readonly output: string;
}

/** Runs promtool to its end, with some text on stdin. */
export async function runPromtool(
  { promtool }: Tools,
  args: readonly string[],
  input = "",
): Promise<ToolOutcome> {
  const child = new Deno.Command(promtool, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [, { code, stdout, stderr }] = await Promise.all([
    new Response(input).body?.pipeTo(child.stdin) ?? child.stdin.close(),
    child.output(),
  ]);
  const decoder = new TextDecoder();
  return { code, output: decoder.decode(stdout) + decoder.decode(stderr) };
}

/** Checks that `promtool check metrics` has nothing to say of a text. */
export async function assertLintFree(
  tools: Tools,
  text: string,
  what: string,
): Promise<void> {
  const outcome = await runPromtool(tools, ["check", "metrics"], text);
  assertEquals(outcome, { code: 0, output: "" }, what);
}
