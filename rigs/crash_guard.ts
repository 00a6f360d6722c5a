/**
 * Keeps from a miner what is known to crash it. Pure.
 *
 * @module
 */

import type { RawReply, RigRequest } from "../rpc.ts";
import { findCrash } from "../rpc/commands.ts";
import {
  describeRig,
  RequestError,
  type RigAddress,
  RigError,
} from "../rpc/errors.ts";
import { readReply } from "../rpc/repair.ts";

const INSIST =
  "A client with group W may send it all the same, with Prefer: handling=lenient";

const EXAMPLES: Readonly<Record<string, string>> = {
  setconfig: "/setconfig/queue,1",
  addprofile: "/addprofile/scrypt:ckolivas",
};

/**
 * Refuses what crashes a miner whatever rig it is.
 *
 * @param request What is asked.
 * @throws {RequestError} If it is a command that crashes without a parameter,
 * and has none.
 */
export function checkCrash({ command, parameter }: RigRequest): void {
  const crash = findCrash(command, parameter);
  if (crash?.cause !== "no parameter") return;
  throw new RequestError(
    `"${crash.name}" without a parameter crashes the miner: nothing was sent`,
    `Give it its parameter, as in ${EXAMPLES[crash.name]}. ${INSIST}`,
  );
}

/** The least number of an `int`: what is less, `atoi` turns into another one. */
const LEAST_INT = -(2 ** 31);

/**
 * Refuses a CPU that bfgminer does not have: it reads past the end of its list.
 * A number below zero it refuses itself (`api.c`, `cpudev`), and a miner without
 * CPUs, or without the command, says so.
 *
 * Attack: a number that is no `int`, as -4294967290, which `atoi` makes a 6 of.
 *
 * @param rig The rig, for messages.
 * @param request `cpu` with its parameter.
 * @param reply What the rig says to `cpucount`.
 * @throws {RequestError} If it has CPUs, and not that one, or does not tell.
 * @throws {RigError} If the reply cannot be read.
 */
export function checkCpu(
  rig: RigAddress,
  { parameter }: RigRequest,
  { bytes }: RawReply,
): void {
  const read = readReply(bytes);
  if (!read.ok) {
    throw new RigError(
      read.code,
      `The reply to "cpucount" from ${describeRig(rig)} cannot be read: ` +
        `${read.reason}; it crashes when it is asked for a CPU too many`,
    );
  }
  const reply = read.value as CountReply | null;
  const count = reply?.CPUS === undefined ? 0 : reply.CPUS?.[0]?.Count;
  if (!Number.isSafeInteger(count)) {
    throw new RequestError(
      "The miner does not say how many CPUs it has, and crashes when it is " +
        "asked for one too many",
      INSIST,
    );
  }
  // As `atoi` reads it: leading digits, and 0 where there are none.
  const number = Number.parseInt(String(parameter), 10) || 0;
  if (count === 0 || number >= LEAST_INT && number < (count as number)) return;
  throw new RequestError(
    `There is no CPU ${number}: the miner has ${count}, from 0 on, and crashes ` +
      "when it is asked for another",
    INSIST,
  );
}

/** What `cpucount` answers: `CPUS` if it knows the command, of whatever shape. */
interface CountReply {
  readonly CPUS?: readonly ({ readonly Count?: unknown } | null)[] | null;
}
