/**
 * A real browser for tests: finds Chromium, starts it, and says why a test is
 * skipped where there is none.
 *
 * @module
 */

import type { Browser } from "npm:playwright-core@1";
import { findExecutable, type Surroundings, SYSTEM } from "../executables.ts";

/** Tried on `PATH` in this order; the last may be a stub that wants snap. */
const NAMES = [
  "chromium",
  "google-chrome",
  "google-chrome-stable",
  "chromium-browser",
];

/** Where the browser is; or why there is none, and whether that is a failure. */
export type Finding = ReturnType<typeof findExecutable>;

/**
 * Looks for Chromium: the file that `CHROMIUM_BIN` names, or else a name that
 * it or Chrome has, on `PATH`. On Linux alone: the tests want 127.0.0.2, which
 * others do not have. Under `CI=true` a missing browser is a failure there.
 */
export function findChromium(surroundings: Surroundings): Finding {
  return findExecutable(
    surroundings,
    "CHROMIUM_BIN",
    NAMES,
    "need Chromium: apt-get install chromium, or set CHROMIUM_BIN",
  );
}

/**
 * Every name ending in `.example` or `.lan` is this machine, as it would be
 * once its owner had made it so; and Chromium asks nobody for any other name.
 */
const RESOLVER_RULES = [
  ...["*.example", "*.example.", "*.lan"].map((name) =>
    `MAP ${name} 127.0.0.1`
  ),
  "MAP * ~NOTFOUND",
  "EXCLUDE localhost",
  "EXCLUDE 127.0.0.1",
  "EXCLUDE 127.0.0.2",
].join(", ");

const ARGS = [
  "--headless",
  // Chromium's sandbox does not start as root, as whom CI runs.
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--no-proxy-server",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  `--host-resolver-rules=${RESOLVER_RULES}`,
];

/** After so long a step hangs; a slow machine may take a good part of it. */
export const PATIENCE_MS = 120_000;

/** What was found here. */
export const FINDING: Finding = findChromium(SYSTEM);

/** Started by the first test of a file, for all of them. */
let started: Promise<Browser> | undefined;

/** Its profile is a new folder, which Playwright removes on `close`. */
async function startChromium(executablePath: string): Promise<Browser> {
  // Imported only here: without a browser nobody needs it.
  const { chromium } = await import("npm:playwright-core@1");
  return await chromium.launch({ executablePath, args: ARGS });
}

/**
 * Registers a test in a browser, whose `newPage()` gives a page without
 * cookies, cache or credentials. It is skipped where there is no Chromium, and
 * fails where there has to be.
 */
export function testInBrowser(
  name: string,
  fn: (browser: Browser) => Promise<void>,
): void {
  const isSkipped = "missing" in FINDING && !FINDING.isFailure;
  Deno.test({
    name: isSkipped ? `${name} (skipped)` : name,
    ignore: isSkipped,
    // One browser serves all tests of a file, and what its pipe and its process
    // do meanwhile is not any one test's. `afterAll` closes it.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      if ("missing" in FINDING) {
        throw new Error(`The browser tests ${FINDING.missing}`);
      }
      await fn(await (started ??= startChromium(FINDING.path)));
    },
  });
}

Deno.test.afterAll(async () => {
  await (await started)?.close();
});
