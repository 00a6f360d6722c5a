/**
 * Restarts the miner of a rig that has stopped hashing.
 *
 * ```sh
 * deno run -N examples/watchdog.ts 10.0.0.7 10.0.0.8:4029
 * deno run -N examples/watchdog.ts 10.0.0.7 --every 60 --patience 5 --grace 900
 * ```
 *
 * Every 30 seconds it asks each rig how it is. A rig whose hashrate is 0
 * for 3 times in a row is restarted, unless it has been up for less than 10
 * minutes: it may still be warming up. A rig that does not answer cannot be
 * restarted this way, and is only reported. The rig must give this machine the
 * group W (`--api-allow W:…`). Ctrl-C ends it.
 *
 * @module
 */

import { RigError, RigStatusError } from "../mod.ts";
import {
  COUNT,
  type ExampleRig,
  INTERVAL,
  parseArguments,
  runExample,
  wait,
} from "./arguments.ts";

const USAGE = "watchdog.ts HOST[:PORT] … [--every SECONDS] " +
  "[--patience TIMES] [--grace SECONDS]";

/** How it watches. */
interface Patience {
  /** Seconds between two looks. */
  readonly every: number;
  /** How many looks in a row must find nothing. */
  readonly patience: number;
  /** Seconds after a start in which nothing is held against a rig. */
  readonly grace: number;
}

/** Prints a line about a rig, unless it would be the same as the last. */
function createReporter(name: string): (text: string) => void {
  let last = "";
  return (text) => {
    if (text === last) return;
    last = text;
    console.log(`${new Date().toISOString()} ${name} ${text}`);
  };
}

/** Looks at one rig: is it hashing, not hashing, or still starting? */
async function findState(
  { rig }: ExampleRig,
  graceS: number,
): Promise<"hashes" | "stopped" | "starts"> {
  // The same for any vendor: kH/s, GH/s and texts become hashes per second.
  const { hashrate, uptimeS = 0 } = await rig.telemetry();
  const recent = hashrate?.["5s"] ?? hashrate?.["1m"] ?? hashrate?.average;
  if (recent === undefined || recent > 0) return "hashes";
  return uptimeS < graceS ? "starts" : "stopped";
}

async function watchRig(
  watched: ExampleRig,
  { every, patience, grace }: Patience,
  signal: AbortSignal,
): Promise<void> {
  const report = createReporter(watched.name);
  let misses = 0;
  while (!signal.aborted) {
    try {
      const state = await findState(watched, grace);
      misses = state === "stopped" ? misses + 1 : 0;
      report(state === "stopped" ? `does not hash (${misses})` : state);
      if (misses >= patience) {
        await watched.rig.restart();
        report("is restarted");
        misses = 0;
      }
    } catch (error) {
      if (signal.aborted) return;
      // What came from the rig or the way there may pass; all else is a fault.
      if (!(error instanceof RigError || error instanceof RigStatusError)) {
        throw error;
      }
      report(`${error.code}: ${error.message}`);
    }
    await wait(every, signal);
  }
}

if (import.meta.main) {
  await runExample(USAGE, async (signal) => {
    const { rigs, options } = parseArguments(
      Deno.args,
      { every: 30, patience: 3, grace: 600 },
      { every: INTERVAL, patience: COUNT, grace: { least: 0 } },
      signal,
    );
    await Promise.all(rigs.map((rig) => watchRig(rig, options, signal)));
  });
}
