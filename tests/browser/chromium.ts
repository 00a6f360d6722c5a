/**
 * A real browser for tests: finds Chromium, starts it, and says why a test is
 * skipped where there is none.
 *
 * @module
 */

import type { Browser } from "npm:playwright-core@1";

/** Tried on `PATH` in this order; the last may be a stub that wants snap. */
const NAMES = [
  "chromium",
  "google-chrome",
  "google-chrome-stable",
  "chromium-browser",
];

/** The system, as far as the search for a browser asks it. */
export interface Surroundings {
  /** `Deno.build.os`. */
  readonly os: string;
  /** A variable of the environment. */
  readonly readVariable: (name: string) => string | undefined;
  /** Whether there is such a file. */
  readonly isFile: (path: string) => boolean;
}

/** Where the browser is; or why there is none, and whether that is a failure. */
export type Finding =
  | { readonly path: string }
  | { readonly missing: string; readonly isFailure: boolean };

/**
 * Looks for Chromium: the file that `CHROMIUM_BIN` names, or else a name that
 * it or Chrome has, on `PATH`. On Linux alone: the tests want 127.0.0.2, which
 * others do not have. Under `CI=true` a missing browser is a failure there.
 */
export function findChromium(
  { os, readVariable, isFile }: Surroundings,
): Finding {
  if (os !== "linux") {
    return { missing: `run on Linux, not on ${os}`, isFailure: false };
  }
  const chosen = readVariable("CHROMIUM_BIN");
  if (chosen !== undefined && chosen !== "") {
    if (isFile(chosen)) return { path: chosen };
    return {
      missing: `need the file that CHROMIUM_BIN names: ${chosen}`,
      isFailure: true,
    };
  }
  const folders = (readVariable("PATH") ?? "").split(":").filter(Boolean);
  for (const name of NAMES) {
    const folder = folders.find((folder) => isFile(`${folder}/${name}`));
    if (folder !== undefined) return { path: `${folder}/${name}` };
  }
  return {
    missing: "need Chromium: apt-get install chromium, or set CHROMIUM_BIN",
    isFailure: readVariable("CI") === "true",
  };
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

/** What was found here. */
export const FINDING: Finding = findChromium({
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
