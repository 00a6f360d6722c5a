/**
 * Networks with nothing but loopback, made by `unshare`, for what speaks by
 * multicast: outside, it would speak to the real network.
 *
 * @module
 */

/** What a script printed, and how it ended. */
export interface NetworkOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a script of sh in a network of its own.
 *
 * @param file A program for Deno.
 * @param script The script: `$0` is Deno, `$1` the file, then the arguments.
 * @param args More arguments of the script.
 * @returns How it ended.
 */
export async function runInNetwork(
  file: string,
  script: string,
  ...args: string[]
): Promise<NetworkOutcome> {
  const whole = `set -e; ip link set lo up; ${script}`;
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: [
      ...["-c", 'exec unshare -rn sh -c "$0" "$@"', whole],
      ...[Deno.execPath(), file, ...args],
    ],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

/** Fails where the system has no such thing as unshare, or forbids it. */
const PROBE = "ip link add near type veth peer name far; unshare -n true";

async function canMakeNetworks(): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  return (await runInNetwork("", PROBE)).code === 0;
}

/** Whether there can be networks here. */
export const hasNetworks: boolean = await canMakeNetworks();

/** What tests of discovery by multicast lack without. */
export const NEED_NETWORKS = "need Linux, where unshare -rn makes a network";
