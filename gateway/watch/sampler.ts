/**
 * Fills the history: asks every rig once a minute, through the same monitor as
 * everybody else who wants to know.
 *
 * @module
 */

import type { Fleet } from "../../rigs/fleet.ts";
import { visitRigs } from "../http/all_rigs.ts";
import {
  type FleetMonitor,
  MAX_ROUTINE_CALLS,
  SURVEY_LIMITS,
} from "./fleet_monitor.ts";
import { type FleetHistory, STEP_S } from "./history.ts";

/** What is sampled, and into what. */
export interface SamplerOptions {
  /** The rigs. */
  readonly fleet: Fleet;
  /** Asks them. */
  readonly monitor: FleetMonitor;
  /** Keeps what they say. */
  readonly history: FleetHistory;
  /** Stops it. */
  readonly signal: AbortSignal;
}

/**
 * Takes one sample of every rig.
 *
 * @param options What is sampled.
 */
export async function sampleFleet(options: SamplerOptions): Promise<void> {
  const { fleet, monitor, history, signal } = options;
  const nowMs = Date.now();
  const timeS = Math.floor(nowMs / 1000);
  history.dropRound();
  await visitRigs(
    fleet.rigs,
    {
      ask: (rig) =>
        monitor.survey(rig, { maxCalls: MAX_ROUTINE_CALLS, signal }),
      take({ state, telemetry, takenMs = 0 }, rig) {
        const isUp = state === "up";
        // A survey that was lost is a gap, and no news from before; a clock
        // that was put back is none.
        const isNew = takenMs >= nowMs || Date.now() < nowMs;
        if (isUp && (telemetry === undefined || !isNew)) return;
        const takenS = isUp && takenMs >= nowMs ? takenMs / 1000 : timeS;
        const said = isUp ? telemetry : undefined;
        history.record(rig, fleet.size, said, { timeS, takenS });
      },
    },
    signal,
    SURVEY_LIMITS,
  );
  if (!signal.aborted) history.endRound();
}

/**
 * Takes a sample each minute, the first after a minute.
 *
 * @param options What is sampled; aborting the signal ends it.
 * @param onDefect Called with what should not happen.
 */
export function startSampler(
  options: SamplerOptions,
  onDefect: (error: unknown) => void,
): void {
  const { signal } = options;
  let last = Promise.resolve();
  const timer = setInterval(() => {
    // One that takes longer than a minute makes the next one wait.
    last = last.then(() => sampleFleet(options)).catch((error) => {
      if (!signal.aborted) onDefect(error);
    });
  }, STEP_S * 1000);
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
}
