/**
 * The simulated rigs of `--demo`.
 *
 * @module
 */

import { toDemoName } from "./config/config.ts";
import type { NamedRig } from "../rigs/fleet.ts";
import { type Personality, Simulator } from "../rigs/simulator.ts";

const PERSONALITIES: readonly Personality[] = [
  "cgminer",
  "antminer",
  "bfgminer",
];

/** Rigs in this process, each on a port of its own. */
export class DemoRigs implements AsyncDisposable {
  readonly #simulators: readonly Simulator[];

  private constructor(simulators: readonly Simulator[]) {
    this.#simulators = simulators;
  }

  /**
   * Starts them.
   *
   * @param count How many.
   * @returns The rigs; they answer already.
   */
  static start(count: number): DemoRigs {
    return new DemoRigs(Array.from({ length: count }, (_, index) => {
      const personality = PERSONALITIES[index % PERSONALITIES.length];
      return Simulator.start({
        seed: index + 1,
        ...(personality === undefined ? {} : { personality }),
      });
    }));
  }

  /** Their names and addresses. */
  get rigs(): NamedRig[] {
    return this.#simulators.map(({ hostname, port }, index) => ({
      name: toDemoName(index + 1),
      hostname,
      port,
    }));
  }

  /** Stops them. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#simulators.map((simulator) => simulator.stop()));
  }
}
