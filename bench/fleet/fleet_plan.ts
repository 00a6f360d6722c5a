/**
 * Where the bench's rigs listen and which of them are dead: a pure function of
 * a rig's number, so that its processes agree without a word.
 *
 * @example
 * ```ts
 * import { toAddress, toFate } from "./fleet_plan.ts";
 *
 * console.log(toAddress(17, 1000)); // { hostname: "127.17.3.232", port: 4028 }
 * console.log(toFate(5, 0.2), toFate(10, 0.2)); // refused hung
 * ```
 *
 * @module
 */

/** What becomes of a connection to a rig. */
export type Fate = "alive" | "refused" | "hung";

/** The port of the API; below those that the system gives to callers. */
const PORT = 4028;

/** The most rigs that one second octet has room for. */
export const MAX_RIGS = 65_535;

/**
 * Tells where a rig listens.
 *
 * @param network The second octet of all addresses: 127.<network>.y.z.
 * @param index The rig's number, from 1.
 * @returns Its address.
 */
export function toAddress(
  network: number,
  index: number,
): { hostname: string; port: number } {
  const hostname = `127.${network}.${index >> 8}.${index & 255}`;
  return { hostname, port: PORT };
}

/**
 * Tells whether a rig is dead, and how: the dead are spread evenly, and are
 * refused and hung in turn.
 *
 * @param index The rig's number, from 1.
 * @param deadShare The share of dead rigs, 0 to 1.
 * @returns Its fate.
 */
export function toFate(index: number, deadShare: number): Fate {
  // Rounded: 0.2 * 15 is a little over 3, and 0.7 * 10 a little under 7.
  const countDead = (until: number) => Math.floor(until * deadShare + 1e-9);
  const dead = countDead(index);
  if (dead === countDead(index - 1)) return "alive";
  return dead % 2 === 1 ? "refused" : "hung";
}

/**
 * Counts the rigs that answer.
 *
 * @param size How many rigs there are.
 * @param deadShare The share of dead ones, 0 to 1.
 * @returns How many are alive.
 */
export function countAlive(size: number, deadShare: number): number {
  let alive = 0;
  for (let index = 1; index <= size; index++) {
    if (toFate(index, deadShare) === "alive") alive++;
  }
  return alive;
}
