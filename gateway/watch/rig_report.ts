/**
 * What is known of a rig at one moment.
 *
 * @module
 */

import type { Telemetry } from "../../telemetry/telemetry.ts";
import type { Problem } from "../http/problems.ts";

/** What is known of a rig, but what it said. */
export interface RigState {
  /** Whether it answers; `unknown` before it was asked. */
  readonly state: "unknown" | "up" | "down";
  /** When that began, as far as the gateway saw: Unix time in milliseconds. */
  readonly sinceMs?: number | undefined;
  /** Why it is down. */
  readonly problem?: Problem | undefined;
  /** When the rig said its telemetry: Unix time in milliseconds. */
  readonly takenMs?: number | undefined;
  /** How long the last survey took, in milliseconds. */
  readonly durationMs?: number | undefined;
}

/**
 * What is known of a rig. Its telemetry rests as text, in half the memory: V8's
 * heap grows to several times what lives in it, which counts with 10,000 rigs.
 */
export class RigReport implements RigState {
  readonly state: RigState["state"];
  readonly sinceMs: number | undefined;
  readonly problem: Problem | undefined;
  readonly takenMs: number | undefined;
  readonly durationMs: number | undefined;
  /** What the rig said last, also if it is down now, as JSON text. */
  readonly telemetryJson: string | undefined;

  /**
   * Makes a report; it keeps nothing of the objects that it is made of.
   *
   * @param state What is known.
   * @param telemetry What the rig said, or the report that has it.
   */
  constructor(state: RigState, telemetry?: Telemetry | RigReport) {
    this.state = state.state;
    this.sinceMs = state.sinceMs;
    this.problem = state.problem;
    this.takenMs = state.takenMs;
    this.durationMs = state.durationMs;
    this.telemetryJson = telemetry instanceof RigReport
      ? telemetry.telemetryJson
      : telemetry && JSON.stringify(telemetry);
  }

  /** The same; read anew each time. */
  get telemetry(): Telemetry | undefined {
    const json = this.telemetryJson;
    return json === undefined ? undefined : JSON.parse(json);
  }
}
