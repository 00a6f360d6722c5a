/**
 * Measures the gateway in front of many rigs: simulated ones on 127.0.0.0/8
 * that answer in 5 ms, all alive and then with a fifth of them dead (half
 * refuse, half accept and say nothing). The real program is started afresh for
 * each run and each page; the first request is the cold one, the next the warm
 * one. Prints the figures, and the targets beside them.
 *
 * ```sh
 * deno run --allow-net --allow-run --allow-read --allow-write --allow-env \
 *   bench/fleet.ts --rigs 1000,10000 --dead 0.2 --runs 3
 * ```
 *
 * Linux only, for its loopback network and its `/proc`.
 *
 * @module
 */

import {
  measureDirectCalls,
  measurePage,
  warmClient,
} from "./fleet/measure.ts";
import type { PageMeasures } from "./fleet/measure.ts";
import { countAlive, MAX_RIGS, toAddress, toFate } from "./fleet/fleet_plan.ts";
import { Gateway, hasConfigOption, RigHosts } from "./fleet/processes.ts";
import type { Memory } from "./fleet/processes.ts";
import {
  checkAllAlive,
  checkGrowth,
  checkWithDead,
  type Result,
} from "./fleet/targets.ts";

const PATHS = ["/@all/summary", "/-/rigs"];

/** 127.x.0.0/16 of this run alone, so that two can run at once. */
const NETWORK = 16 + Deno.pid % 200;

/** On a signal the page under way fails, and all is put away as ever. */
const stop = new AbortController();

interface Plan {
  readonly sizes: readonly number[];
  readonly deadShare: number;
  readonly runs: number;
}

function readPlan(args: readonly string[]): Plan {
  const values = new Map([["rigs", "1000,10000"], ["dead", "0.2"], [
    "runs",
    "3",
  ]]);
  const words = args.flatMap((arg) => arg.split("=", 2));
  for (let at = 0; at < words.length; at += 2) {
    const name = words[at]?.replace(/^--/, "") ?? "";
    const value = words[at + 1];
    if (!values.has(name) || value === undefined) {
      throw new Error(
        "Usage: bench/fleet.ts [--rigs 1000,10000] [--dead 0.2] [--runs 3]",
      );
    }
    values.set(name, value);
  }
  const plan = {
    sizes: (values.get("rigs") ?? "").split(",").map(Number),
    deadShare: Number(values.get("dead")),
    runs: Number(values.get("runs")),
  };
  if (!plan.sizes.every((size) => size >= 1 && size <= MAX_RIGS)) {
    throw new Error(`--rigs: numbers from 1 to ${MAX_RIGS}`);
  }
  if (!(plan.deadShare >= 0 && plan.deadShare < 1)) {
    throw new Error("--dead: at least 0, less than 1");
  }
  if (!(plan.runs >= 1)) throw new Error("--runs: at least 1");
  return plan;
}

/** The options that name the rigs, and what Deno must allow for them. */
interface FleetArgs {
  readonly args: readonly string[];
  readonly permissions: readonly string[];
}

async function nameRigs(
  size: number,
  folder: string,
  hasConfig: boolean,
): Promise<FleetArgs> {
  const rigs = Array.from({ length: size }, (_, at) => {
    const { hostname, port } = toAddress(NETWORK, at + 1);
    return { name: `rig-${at + 1}`, host: hostname, port };
  });
  if (!hasConfig) {
    return {
      args: rigs.flatMap(({ name, host, port }) => [
        "--rig",
        `${name}=${host}:${port}`,
      ]),
      permissions: [],
    };
  }
  const path = `${folder}/fleet-${size}.json`;
  await Deno.writeTextFile(path, JSON.stringify({ rigs }));
  return { args: ["--config", path], permissions: [`-R=${path}`] };
}

/** One run: a gateway of its own, the page twice. */
async function measureRun(
  path: string,
  fleet: FleetArgs,
  rigs: RigHosts,
): Promise<Omit<Result, "size" | "deadShare" | "path"> | undefined> {
  await using gateway = await Gateway.start(fleet.args, fleet.permissions);
  const started = await gateway.readMemory();
  const atFirst = await rigs.readCounts();
  const cold = await measurePage(gateway.url + path, stop.signal);
  if (cold === undefined) return undefined;
  const between = await rigs.readCounts();
  const warm = await measurePage(gateway.url + path, stop.signal);
  if (warm === undefined) throw new Error(`${path} was there, and is not`);
  const atLast = await rigs.readCounts();
  const memory = await gateway.readMemory();
  console.log(
    `  ${path}: cold ${formatPage(cold)}\n` +
      `  ${" ".repeat(path.length)}  warm ${formatPage(warm)}\n` +
      `  ${" ".repeat(path.length)}  calls answered ${
        between.answered - atFirst.answered
      }, then ${atLast.answered - between.answered}; to hung rigs ${
        between.held - atFirst.held
      }, then ${atLast.held - between.held}; RSS ${
        started.rssMb.toFixed(0)
      } MB at the start, ${memory.rssMb.toFixed(0)} at the end, peak ${
        memory.peakMb.toFixed(0)
      }`,
  );
  return { cold, warm, memory };
}

function formatPage(page: PageMeasures): string {
  const ms = (value: number) => `${value.toFixed(0)} ms`;
  return `first byte ${ms(page.firstByteMs)}, first rig ${
    ms(page.firstRigMs)
  }, last living ${ms(page.lastAliveMs)}, all ${ms(page.totalMs)}, ${
    (page.bytes / 1e6).toFixed(2)
  } MB, ${page.alive} ok, ${page.failed} failed`;
}

/** Of each figure the best; of the memory, the worst. */
function takeBest(
  runs: readonly { cold: PageMeasures; warm: PageMeasures; memory: Memory }[],
): { cold: PageMeasures; warm: PageMeasures; memory: Memory } {
  const best = (when: "cold" | "warm"): PageMeasures => {
    const pages = runs.map((run) => run[when]);
    const least = (read: (page: PageMeasures) => number) =>
      Math.min(...pages.map(read));
    return {
      firstByteMs: least((page) => page.firstByteMs),
      firstRigMs: least((page) => page.firstRigMs),
      lastAliveMs: least((page) => page.lastAliveMs),
      totalMs: least((page) => page.totalMs),
      bytes: Math.max(...pages.map((page) => page.bytes)),
      alive: least((page) => page.alive),
      failed: Math.max(...pages.map((page) => page.failed)),
    };
  };
  return {
    cold: best("cold"),
    warm: best("warm"),
    memory: {
      rssMb: Math.max(...runs.map(({ memory }) => memory.rssMb)),
      peakMb: Math.max(...runs.map(({ memory }) => memory.peakMb)),
    },
  };
}

/** All pages in front of one fleet. */
async function measureFleet(
  size: number,
  deadShare: number,
  runs: number,
  fleet: FleetArgs,
): Promise<Result[]> {
  await using rigs = await RigHosts.start(NETWORK, size, deadShare);
  console.log(`\n${size} rigs, ${deadShare * 100} % dead`);
  const living = Array.from({ length: size }, (_, at) => at + 1)
    .filter((index) => toFate(index, deadShare) === "alive")
    .map((index) => toAddress(NETWORK, index));
  await measureDirectCalls(living, stop.signal);
  const directMs = await measureDirectCalls(living, stop.signal);
  console.log(`  the living, without a gateway: ${directMs.toFixed(0)} ms`);
  const results: Result[] = [];
  for (const path of PATHS) {
    const measured = [];
    for (let run = 0; run < runs; run++) {
      const one = await measureRun(path, fleet, rigs);
      if (one !== undefined) measured.push(one);
    }
    if (measured.length === 0) {
      console.log(`  ${path}: skipped, the gateway does not serve it (404)`);
    } else results.push({ size, deadShare, path, ...takeBest(measured) });
  }
  return results;
}

function printTargets(results: readonly Result[]): void {
  const find = (path: string, size: number, deadShare: number) =>
    results.find((result) =>
      result.path === path && result.size === size &&
      result.deadShare === deadShare
    );
  const sizes = [...new Set(results.map(({ size }) => size))];
  for (const path of PATHS) {
    const lines: string[] = [];
    for (const result of results.filter((result) => result.path === path)) {
      const { size, deadShare } = result;
      const whole = find(path, size, 0);
      if (deadShare === 0) lines.push(...checkAllAlive(result));
      else if (whole !== undefined) {
        const alive = countAlive(size, deadShare);
        lines.push(...checkWithDead(result, whole, alive));
      }
    }
    const few = find(path, Math.min(...sizes), 0);
    const many = find(path, Math.max(...sizes), 0);
    if (few !== undefined && many !== undefined && few !== many) {
      lines.push(...checkGrowth(few, many));
    }
    console.log(lines.length === 0 ? "" : `\n${lines.join("\n")}`);
  }
}

async function runBench({ sizes, deadShare, runs }: Plan): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "chi-fleet-" });
  try {
    const hasConfig = await hasConfigOption();
    console.log(
      `${navigator.hardwareConcurrency} cores for the rigs, the gateway and ` +
        `this; rigs named by ${hasConfig ? "--config" : "--rig"}`,
    );
    await warmClient();
    const results: Result[] = [];
    for (const share of deadShare === 0 ? [0] : [0, deadShare]) {
      for (const size of sizes) {
        const fleet = await nameRigs(size, folder, hasConfig);
        results.push(...await measureFleet(size, share, runs, fleet));
      }
    }
    console.log(`\nTargets; of ${runs} runs the best, of RSS the worst:`);
    printTargets(results);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(
    signal,
    () => stop.abort(new Error(`Ended by ${signal}`)),
  );
}
try {
  await runBench(readPlan(Deno.args));
} catch (error) {
  console.error(
    `bench/fleet.ts: ${error instanceof Error ? error.message : error}`,
  );
  Deno.exit(1);
}
Deno.exit(0);
