/**
 * What discovery_test.ts runs as a program of its own: simulated rigs that
 * answer to multicast, the search for them, or a scan. The first two only inside
 * a network of their own: outside, they would speak to the real one.
 *
 * ```sh
 * deno run -N multicast_rigs.ts rigs 127.0.0.1=barn 127.0.0.2=   # until killed
 * deno run -N multicast_rigs.ts discover 127.0.0.1 127.0.0.2     # JSON
 * deno run -N multicast_rigs.ts scan 127.0.0.1 4028              # a table
 * ```
 *
 * @module
 */

import { runDiscover, runScan } from "../../program/find_rigs.ts";
import { type Personality, Simulator } from "../../rigs/simulator.ts";

/** Here a rig accepts connections when it hears multicast. */
const READY_PORT = 4029;

/** A safeguard: whoever started this should have ended it long before. */
const MAX_LIFE_MS = 30_000;

/** How often, and how many times, a rig is tried that is not ready. */
const RETRY_MS = 50;
const MAX_TRIES = 600;

/** `hostname=description`, and a personality as description. */
async function startRig(text: string): Promise<void> {
  const [hostname = "", description = ""] = text.split("=");
  const personality: Personality = description === "sgminer"
    ? "sgminer"
    : "cgminer";
  const rig = Simulator.start({
    hostname,
    port: 4028,
    personality,
    multicast: { description },
  });
  await rig.multicast?.ready;
  Deno.listen({ hostname, port: READY_PORT });
}

async function untilReady(hostname: string): Promise<void> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    try {
      return (await Deno.connect({ hostname, port: READY_PORT })).close();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
  throw new Error(`No rig is ready at ${hostname}`);
}

const [mode, ...args] = Deno.args;
if (mode === "rigs") {
  await Promise.all(args.map(startRig));
  setTimeout(() => Deno.exit(1), MAX_LIFE_MS);
} else if (mode === "scan") {
  const [hostname = "", port] = args;
  const options = { addresses: [hostname], port: Number(port) };
  Deno.exit(await runScan({ ...options, timeoutMs: MAX_LIFE_MS }));
} else {
  await Promise.all(args.map(untilReady));
  const search = args.length === 0 ? {} : { expectedRigs: args.length };
  // With rigs to expect, it ends as soon as it has them.
  const timeoutMs = args.length === 0 ? 500 : 20_000;
  Deno.exit(await runDiscover({ isJson: true, timeoutMs, search }));
}
