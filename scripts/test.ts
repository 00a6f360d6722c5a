/**
 * Runs every test: the unit suite and the examples in the docs of each module
 * with net permission on loopback alone, then the tests that start the program,
 * those that attack it from a real browser, and those that a real Prometheus
 * scrapes. Ends with one line: `N passed,
 * N failed`.
 *
 * ```sh
 * deno task test            # all
 * deno task test unit       # one part: unit, docs, program, deploy, browser, prometheus
 * ```
 *
 * @module
 */

/** Arguments of `deno test` for each part. */
const PARTS: Record<string, readonly string[]> = {
  unit: [
    "--parallel",
    "--allow-net=127.0.0.1,[::1]",
    "--allow-read=.,../shared",
    "--ignore=tests/program,tests/examples,tests/deploy,tests/browser,tests/prometheus",
    "tests",
  ],
  docs: [
    "--doc",
    "--allow-net=127.0.0.1,[::1]",
    "rpc.ts",
    "routes.ts",
    "mod.ts",
    "client",
    "examples",
    "docs/library.md",
    "rpc",
    "rigs",
    "telemetry",
    "gateway",
    "program",
  ],
  program: [
    "--parallel",
    "--allow-net=127.0.0.0/8,[::1],localhost",
    "--allow-read",
    "--allow-write",
    "--allow-env",
    `--allow-run=${Deno.execPath()},sh`,
    "tests/program",
    "tests/examples",
  ],
  // They run nginx, Caddy and what else is there, wherever that is.
  deploy: ["--parallel", "--allow-all", "tests/deploy"],
  // Playwright asks for files below /proc, which Deno gives to --allow-all only.
  browser: ["--parallel", "--allow-all", "tests/browser"],
  // It starts Prometheus, wherever that is.
  prometheus: ["--parallel", "--allow-all", "tests/prometheus"],
};

/**
 * After so long a part hangs. It takes seconds, in a browser two minutes; on a
 * machine at a fifth of a core's speed many times that.
 */
const MAX_PART_MS = 1_800_000;

/** Parts whose tests mostly wait: four files of them run at once. */
const WAITING_PARTS = ["program", "browser"];

/** What one part of the tests came to. */
interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** Runs one part, shows what it prints, and counts. */
async function runPart(name: string, args: readonly string[]): Promise<Tally> {
  const child = new Deno.Command(Deno.execPath(), {
    // The sanitizers are off by default since Deno 2.9.
    args: [
      ...["test", "--no-prompt", "--sanitize-ops", "--sanitize-resources"],
      // Not deno.lock: all that stands in it is downloaded before a start.
      "--lock=tests/deno.lock",
      ...args,
    ],
    env: {
      NO_COLOR: "1",
      ...(WAITING_PARTS.includes(name) ? { DENO_JOBS: "4" } : {}),
    },
    stdout: "piped",
  }).spawn();
  // A test that hangs fails its part, instead of the patience of whoever waits.
  const watchdog = setTimeout(() => {
    console.log(`\nThe part "${name}" took too long and was stopped`);
    child.kill("SIGKILL");
  }, MAX_PART_MS);
  const decoder = new TextDecoder();
  let output = "";
  for await (const chunk of child.stdout) {
    await Deno.stdout.write(chunk);
    output += decoder.decode(chunk, { stream: true });
  }
  const { success } = await child.status;
  clearTimeout(watchdog);
  const tally = readTally(output);
  // A part that ends badly without a failed test (a type error, say) failed.
  if (!success && tally.failed === 0) tally.failed = 1;
  if (success && tally.passed === 0) {
    throw new Error(`The part "${name}" ran no test`);
  }
  return tally;
}

/** Reads the last line of `deno test`: `ok | 12 passed | 0 failed | 1 ignored`. */
function readTally(output: string): Tally {
  const summary = output.match(/^(?:ok|FAILED) \| .*$/gm)?.at(-1) ?? "";
  const read = (word: string) =>
    parseInt(summary.split(" | ").find((part) => part.includes(word)) ?? "0");
  return {
    passed: read("passed"),
    failed: read("failed"),
    skipped: read("ignored"),
  };
}

const wanted = Deno.args.length > 0 ? Deno.args : Object.keys(PARTS);
const total: Tally = { passed: 0, failed: 0, skipped: 0 };
for (const name of wanted) {
  const args = PARTS[name];
  if (args === undefined) {
    console.error(
      `There is no part "${name}" of the tests: ${
        Object.keys(PARTS).join(", ")
      }`,
    );
    Deno.exit(2);
  }
  console.log(`\n== ${name}`);
  const tally = await runPart(name, args);
  total.passed += tally.passed;
  total.failed += tally.failed;
  total.skipped += tally.skipped;
}
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
Deno.exit(total.failed > 0 ? 1 : 0);
