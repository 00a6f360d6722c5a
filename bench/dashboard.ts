/**
 * Measures the dashboard in a real Chromium, headless, in front of many rigs:
 * how long the first values take, and what it costs the browser while all rigs
 * change every five seconds. The rigs are simulated on 127.0.0.0/8; the real
 * program serves them. Prints the figures, and the targets beside them.
 *
 * ```sh
 * deno run -A bench/dashboard.ts --rigs 1000 --runs 9 --seconds 20
 * ```
 *
 * Linux only; `CHROMIUM_BIN` names the browser, where it is not on `PATH`. All
 * permissions, because Playwright wants them. On two cores the browser has one
 * to itself at most: what else runs shows in the times.
 *
 * @module
 */

import type {
  Browser,
  BrowserContext,
  CDPSession,
  Page,
} from "npm:playwright-core@1";
import { findExecutable, SYSTEM } from "../tests/executables.ts";
import { MovingRigs } from "./dashboard/moving_rigs.ts";
import { toAddress } from "./fleet/fleet_plan.ts";
import { Gateway } from "./fleet/processes.ts";
import { formatTarget } from "./fleet/targets.ts";

const FIRST_VALUES_MS = 300;
const CPU_PERCENT = 20;

/** 127.x.0.0/16 of this run alone, so that two can run at once. */
const NETWORK = 16 + Deno.pid % 200;

/**
 * Runs in the page before all of its own: notes when the first hashrate of a
 * rig stands in the table, and when the frame that it came in has been painted.
 * The page renders in frames, so that a message which is sent meanwhile comes
 * right behind the paint.
 */
const WATCH = `
  globalThis.firstValues = {};
  const find = () => [...document.querySelectorAll(".fleet tbody td.number")]
    .some((cell) => cell.textContent.includes("H/s"));
  new MutationObserver((_, observer) => {
    if (!find()) return;
    observer.disconnect();
    firstValues.thereMs = performance.now();
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => firstValues.paintedMs = performance.now();
    port2.postMessage("");
  }).observe(document, { childList: true, subtree: true, characterData: true });
`;

/** When the first values were in the page and on the screen. */
interface FirstValues {
  readonly thereMs: number;
  readonly paintedMs: number;
}

/** What the browser spent, in percent of one core. */
interface Spent {
  /** The page's main thread, in tasks. */
  readonly page: number;
  /** The page's process. */
  readonly renderer: number;
  /** All processes of the browser. */
  readonly browser: number;
}

interface Plan {
  readonly rigs: number;
  readonly runs: number;
  readonly seconds: number;
}

function readPlan(args: readonly string[]): Plan {
  const plan = { rigs: 1000, runs: 9, seconds: 20 };
  const words = args.flatMap((arg) => arg.split("=", 2));
  for (let at = 0; at < words.length; at += 2) {
    const name = words[at]?.replace(/^--/, "") ?? "";
    const value = Number(words[at + 1]);
    if (!(name in plan) || !(value >= 1)) {
      throw new Error(
        "Usage: bench/dashboard.ts [--rigs 1000] [--runs 9] [--seconds 20]",
      );
    }
    plan[name as keyof Plan] = value;
  }
  return plan;
}

async function startBrowser(): Promise<Browser> {
  const found = findExecutable(
    SYSTEM,
    "CHROMIUM_BIN",
    ["chromium", "google-chrome", "google-chrome-stable", "chromium-browser"],
    "needs Chromium: apt-get install chromium, or set CHROMIUM_BIN",
  );
  if ("missing" in found) throw new Error(`This ${found.missing}`);
  const { chromium } = await import("npm:playwright-core@1");
  return await chromium.launch({
    executablePath: found.path,
    args: [
      ...["--headless", "--no-sandbox", "--disable-gpu", "--no-proxy-server"],
      ...["--disable-background-networking", "--disable-component-update"],
    ],
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Opens the page as a visitor who was never there; the caller closes it. */
async function openPage(browser: Browser, url: string): Promise<{
  context: BrowserContext;
  page: Page;
  first: FirstValues;
}> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addInitScript(WATCH);
  await page.goto(`${url}/`, { waitUntil: "commit" });
  while (true) {
    // Seldom: asking takes time of the page that is measured, and whoever comes
    // next finds a gateway that has done with this one.
    await pause(2000);
    const first = await page.evaluate("firstValues") as Partial<FirstValues>;
    const { thereMs, paintedMs } = first;
    if (thereMs !== undefined && paintedMs !== undefined) {
      return { context, page, first: { thereMs, paintedMs } };
    }
  }
}

/** What the gateway needs to know its rigs. */
interface FleetFile {
  readonly args: readonly string[];
  readonly permissions: readonly string[];
}

/** A gateway that has surveyed its rigs, as one that runs has. */
async function startWarm({ args, permissions }: FleetFile): Promise<Gateway> {
  const gateway = await Gateway.start(args, permissions);
  for (let times = 0; times < 2; times++) {
    await (await fetch(`${gateway.url}/-/rigs`)).bytes();
  }
  return gateway;
}

async function measureWarm(
  browser: Browser,
  fleet: FleetFile,
  runs: number,
): Promise<FirstValues[]> {
  await using gateway = await startWarm(fleet);
  const measured: FirstValues[] = [];
  // The first visit warms the browser.
  for (let run = -1; run < runs; run++) {
    const { context, first } = await openPage(browser, gateway.url);
    if (run >= 0) measured.push(first);
    await context.close();
    await pause(1000);
  }
  return measured;
}

async function measureCold(
  browser: Browser,
  fleet: FleetFile,
  runs: number,
): Promise<FirstValues[]> {
  const measured: FirstValues[] = [];
  for (let run = 0; run < runs; run++) {
    await using gateway = await Gateway.start(fleet.args, fleet.permissions);
    const { context, first } = await openPage(browser, gateway.url);
    measured.push(first);
    await context.close();
  }
  return measured;
}

/** Seconds that the browser has spent so far: the page's tasks, processes. */
async function readSpentS(page: CDPSession, system: CDPSession): Promise<{
  page: number;
  processes: Map<number, { type: string; cpuTime: number }>;
}> {
  const { metrics } = await page.send("Performance.getMetrics");
  const tasks = metrics.find(({ name }) => name === "TaskDuration");
  const { processInfo } = await system.send("SystemInfo.getProcessInfo");
  return {
    page: tasks?.value ?? NaN,
    processes: new Map(processInfo.map((each) => [each.id, each])),
  };
}

async function measureCpu(
  browser: Browser,
  fleet: FleetFile,
  { rigs, seconds }: Plan,
): Promise<Spent> {
  await using gateway = await startWarm(fleet);
  const { context, page } = await openPage(browser, gateway.url);
  const all = rigs.toLocaleString("en");
  await page.getByText(`${all} of ${all}`, { exact: true }).waitFor();
  const ofPage = await context.newCDPSession(page);
  await ofPage.send("Performance.enable");
  const ofSystem = await browser.newBrowserCDPSession();
  // What belongs to the start is over by then.
  await pause(10_000);
  const startedMs = performance.now();
  const before = await readSpentS(ofPage, ofSystem);
  await pause(seconds * 1000);
  const after = await readSpentS(ofPage, ofSystem);
  const percent = 100_000 / (performance.now() - startedMs);
  // Since its context is new, so is its process.
  const newest = Math.max(
    ...[...after.processes].filter(([, { type }]) => type === "renderer")
      .map(([id]) => id),
  );
  const spend = (id: number) =>
    (after.processes.get(id)?.cpuTime ?? 0) -
    (before.processes.get(id)?.cpuTime ?? 0);
  const sum = [...after.processes.keys()].map(spend)
    .reduce((total, each) => total + each, 0);
  await context.close();
  return {
    page: (after.page - before.page) * percent,
    renderer: spend(newest) * percent,
    browser: sum * percent,
  };
}

function formatTimes(what: string, measured: readonly FirstValues[]): string {
  const ms = (read: (each: FirstValues) => number) => {
    const sorted = measured.map(read).toSorted((a, b) => a - b);
    const at = (part: number) =>
      (sorted[Math.floor(part * (sorted.length - 1))] ?? NaN).toFixed(0);
    return `${at(0)} / ${at(0.5)} / ${at(1)} ms`;
  };
  return `${what}: in the page ${ms(({ thereMs }) => thereMs)}, painted ${
    ms(({ paintedMs }) => paintedMs)
  } (least / median / most of ${measured.length})`;
}

function findMedian(measured: readonly FirstValues[]): number {
  const sorted = measured.map(({ paintedMs }) => paintedMs)
    .toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN;
}

async function runBench(plan: Plan): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  try {
    using _rigs = MovingRigs.start(NETWORK, plan.rigs);
    const named = Array.from({ length: plan.rigs }, (_, at) => {
      const { hostname, port } = toAddress(NETWORK, at + 1);
      return { name: `rig-${at + 1}`, host: hostname, port };
    });
    await Deno.writeTextFile(path, JSON.stringify({ rigs: named }));
    const fleet = { args: ["--config", path], permissions: [`-R=${path}`] };
    await using browser = await startBrowser();
    console.log(
      `${plan.rigs} rigs, Chromium ${browser.version()}, ` +
        `${navigator.hardwareConcurrency} cores; load ${
          Deno.loadavg().map((load) => load.toFixed(1)).join(" ")
        }`,
    );
    const warm = await measureWarm(browser, fleet, plan.runs);
    console.log(formatTimes("first values, warm gateway", warm));
    const cold = await measureCold(browser, fleet, plan.runs);
    console.log(formatTimes("first values, cold gateway", cold));
    const spent = await measureCpu(browser, fleet, plan);
    const percent = (value: number) => `${value.toFixed(1)} %`;
    console.log(
      `in ${plan.seconds} s, of one core: the page's tasks ${
        percent(spent.page)
      }, its process ${percent(spent.renderer)}, the whole browser ${
        percent(spent.browser)
      }`,
    );
    console.log(`load ${Deno.loadavg().map((load) => load.toFixed(1))}\n`);
    const median = findMedian(warm);
    console.log(
      formatTarget("first values, warm, median", median, FIRST_VALUES_MS, "ms"),
    );
    console.log(
      formatTarget("the page's process", spent.renderer, CPU_PERCENT, "%"),
    );
  } finally {
    await Deno.remove(path);
  }
}

try {
  await runBench(readPlan(Deno.args));
} catch (error) {
  console.error(
    `bench/dashboard.ts: ${error instanceof Error ? error.message : error}`,
  );
  Deno.exit(1);
}
Deno.exit(0);
