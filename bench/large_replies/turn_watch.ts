/**
 * Loaded before the program (`--preload`): measures the turns of its event loop,
 * and at each SIGUSR2 writes the longest since the last one to stderr, in
 * milliseconds of the processor that its thread had: on a machine that others
 * use, the clock would count what they do.
 *
 * @module
 */

import process from "node:process";

// Node has it since 23.9, and the types of Deno do not.
const { threadCpuUsage } = process as unknown as {
  threadCpuUsage(): { readonly user: number; readonly system: number };
};

function readMs(): number {
  const { user, system } = threadCpuUsage();
  return (user + system) / 1000;
}

let lastMs = readMs();
let longestMs = 0;

const timer = setInterval(() => {
  const nowMs = readMs();
  longestMs = Math.max(longestMs, nowMs - lastMs);
  lastMs = nowMs;
}, 1);
Deno.unrefTimer(timer);

Deno.addSignalListener("SIGUSR2", () => {
  console.error(`${longestMs}`);
  longestMs = 0;
});
