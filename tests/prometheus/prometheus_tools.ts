/**
 * Prometheus and promtool for tests: finds them, runs promtool, and says why a
 * test is skipped where there are none.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@1";

/** The system, as far as the search asks it. */
export interface Surroundings {
  /** `Deno.build.os`. */
  readonly os: string;
  /** A variable of the environment. */
  readonly readVariable: (name: string) => string | undefined;
  /** Whether there is such a file. */
  readonly isFile: (path: string) => boolean;
}

/** Where both are. */
export interface Tools {
  readonly prometheus: string;
  readonly promtool: string;
}

/** The tools; or why there are none, and whether that is a failure. */
export type Finding =
  | Tools
  | { readonly missing: string; readonly isFailure: boolean };

/**
 * Looks for both: the files that `PROMETHEUS_BIN` and `PROMTOOL_BIN` name, or
 * else on `PATH`. On Linux alone. Under `CI=true` it is a failure if one of them
 * is missing there.
 */
export function findTools(
  { os, readVariable, isFile }: Surroundings,
): Finding {
  if (os !== "linux") {
    return { missing: `run on Linux, not on ${os}`, isFailure: false };
  }
  const folders = (readVariable("PATH") ?? "").split(":").filter(Boolean);
  const paths: Record<string, string> = {};
  for (const name of ["prometheus", "promtool"]) {
    const variable = `${name.toUpperCase()}_BIN`;
    const chosen = readVariable(variable) ?? "";
    if (chosen !== "" && !isFile(chosen)) {
      return {
        missing: `need the file that ${variable} names: ${chosen}`,
        isFailure: true,
      };
    }
    const folder = folders.find((folder) => isFile(`${folder}/${name}`));
    const found = folder === undefined ? "" : `${folder}/${name}`;
    paths[name] = chosen === "" ? found : chosen;
  }
  const { prometheus = "", promtool = "" } = paths;
  if (prometheus !== "" && promtool !== "") return { prometheus, promtool };
  const name = prometheus === "" ? "prometheus" : "promtool";
  return {
    missing: `need ${name}: apt-get install prometheus, which brings both, ` +
      `or set ${name.toUpperCase()}_BIN`,
    isFailure: readVariable("CI") === "true",
  };
}

/** What was found here. */
export const FINDING: Finding = findTools({
  os: Deno.build.os,
  readVariable: (name) => Deno.env.get(name),
  isFile(path) {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  },
});

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
