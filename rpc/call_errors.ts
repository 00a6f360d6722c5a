/**
 * The errors of one call to a rig: what happened on the way, in words. Pure.
 *
 * @module
 */

import { describeRig, type RigAddress, RigError } from "./errors.ts";

/**
 * Says why there is no connection.
 *
 * @param rig The rig that was to be asked.
 * @param error What `Deno.connect` threw.
 * @returns `rig-refused`, `rig-unreachable` or `rig-closed`.
 */
export function toConnectError(rig: RigAddress, error: unknown): RigError {
  const what = `Cannot reach ${describeRig(rig)}`;
  if (error instanceof Deno.errors.ConnectionRefused) {
    return new RigError(
      "rig-refused",
      `${what}: connection refused`,
      "Is the miner running, with its API on (--api-listen) at this port? " +
        "After a restart it takes some seconds",
    );
  }
  // It accepted, and reset before this side had seen that: as any reset.
  if (error instanceof Deno.errors.ConnectionReset) {
    return toClosedError(rig, error);
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new RigError(
    "rig-unreachable",
    `${what}: ${reason.replace(/ \(os error \d+\)/g, "")}`,
    "Is the address right, and is the rig on this network?",
  );
}

/**
 * Says that the rig closed the connection without a byte.
 *
 * @param rig The rig that was asked.
 * @param error How the end came, if not as an end.
 * @returns `rig-closed`.
 */
export function toClosedError(rig: RigAddress, error?: unknown): RigError {
  const isOdd = error instanceof Error &&
    !(error instanceof Deno.errors.ConnectionReset) &&
    !(error instanceof Deno.errors.BrokenPipe);
  return new RigError(
    "rig-closed",
    `No reply from ${describeRig(rig)}: it closed the connection` +
      (isOdd ? ` (${error.message})` : ""),
    "Does the miner allow this machine's address (--api-allow)?",
  );
}

function formatLength(bytes: number): string {
  return bytes % 1024 === 0 ? `${bytes / 1024} KiB` : `${bytes} bytes`;
}

/**
 * Says that a reply is longer than any real one.
 *
 * @param rig The rig that was asked.
 * @param maxReplyBytes The most that it may send.
 * @returns `rig-reply-too-large`.
 */
export function toTooLargeError(
  rig: RigAddress,
  maxReplyBytes: number,
): RigError {
  return new RigError(
    "rig-reply-too-large",
    `The reply from ${describeRig(rig)} is longer than ${
      formatLength(maxReplyBytes)
    }`,
    "Is this a miner's API? Real replies stay under 150 KB; --max-reply (in " +
      "KiB) lets longer ones in",
  );
}
