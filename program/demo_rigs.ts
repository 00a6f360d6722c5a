/**
 * The simulated rigs of `--demo`: one of each kind in turn, and of ten one that
 * has some trouble from time to time.
 *
 * @module
 */

import { toDemoName } from "./config/config.ts";
import type { NamedRig } from "../rigs/fleet.ts";
import { type Personality, Simulator } from "../rigs/simulator.ts";

const PERSONALITIES: readonly Personality[] = [
  "cgminer",
  "antminer",
  "whatsminer",
  "avalon",
  "luxos",
  "sgminer",
  "bfgminer",
  "cpuminer",
];

/** What goes wrong, in turn. */
const TROUBLE: readonly Simulator["faults"][] = [
  { deadBoard: 1 },
  { overheat: true },
  { deadPool: true },
  { refuse: true },
];

const NOTHING: Simulator["faults"] = {};

/** Of so many rigs the last has trouble: minutes from one to the next, and how long. */
const RIGS_A_TROUBLE = 10;
const EVERY_MIN = 10;
const LASTS_MIN = 4;

/** How often what goes wrong is looked up. */
const LOOK_MS = 10_000;

/**
 * Says what goes wrong with a rig: first after a minute, for four minutes of
 * each ten.
 *
 * @param number Its number, from 1 on.
 * @param afterMs How long after the start.
 * @returns What; nothing most of the time.
 */
export function findDemoFaults(
  number: number,
  afterMs: number,
): Simulator["faults"] {
  if (number % RIGS_A_TROUBLE !== 0) return NOTHING;
  const minutes = Math.floor(afterMs / 60_000) - 1 +
    EVERY_MIN * (number / RIGS_A_TROUBLE - 1);
  const isWell = minutes < 0 || minutes % EVERY_MIN >= LASTS_MIN;
  const turn = Math.floor(minutes / EVERY_MIN) % TROUBLE.length;
  return isWell ? NOTHING : TROUBLE[turn] ?? NOTHING;
}

/** Rigs in this process, each on a port of its own. */
export class DemoRigs implements AsyncDisposable {
  readonly #simulators: readonly Simulator[];
  readonly #timer: ReturnType<typeof setInterval>;

  private constructor(simulators: readonly Simulator[]) {
    this.#simulators = simulators;
    const startMs = performance.now();
    const before = simulators.map(() => NOTHING);
    this.#timer = setInterval(() => {
      const afterMs = performance.now() - startMs;
      for (const [index, simulator] of simulators.entries()) {
        const faults = findDemoFaults(index + 1, afterMs);
        if (faults === before[index]) continue;
        before[index] = faults;
        simulator.faults = faults;
      }
    }, LOOK_MS);
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
    return this.#simulators.map(({ hostname, port, personality }, index) => ({
      name: toDemoName(index + 1),
      hostname,
      port,
      // The factory's, which it has unless it is told another.
      ...(personality === "whatsminer" ? { password: "admin" } : {}),
    }));
  }

  /** Stops them. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#simulators.map((simulator) => simulator.stop()));
  }
}
