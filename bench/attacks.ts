/**
 * Attacks the real program, one way after the other, and measures how long a
 * second client waits for `/-/healthz` meanwhile. Prints the longest wait of
 * each, and ends with 1 if one is over 250 ms. Needs an idle machine.
 *
 * ```sh
 * deno run -A bench/attacks.ts                # all, 3 s each
 * deno run -A bench/attacks.ts "Accept" 10    # those with that in their name, 10 s each
 * ```
 *
 * @module
 */

import { NET_ONLY, Program } from "../tests/program/program.ts";
import { sendRequest } from "../tests/raw_http.ts";
import { ScriptedRig } from "../tests/scripted_rig.ts";

/** How long anybody may wait for the gateway, in milliseconds. */
const MAX_WAIT_MS = 250;

/** How often the second client asks, in milliseconds. */
const PAUSE_MS = 10;

/** Attackers at the same time. */
const CLIENTS = 4;

/** What is attacked. */
interface Attacked {
  /** Where the gateway serves. */
  readonly port: number;
  /** What its one rig, `default`, answers whatever it is asked. */
  reply: string | Uint8Array;
}

/** Sends what it has once, and waits for what comes back. */
type Attack = (attacked: Attacked) => Promise<unknown>;

const LONG = 60_000;

/** The longest header that is read. */
const READ = 8000;

/** Every attack: a row of the table. */
const ATTACKS: Readonly<Record<string, Attack>> = {
  "scrape timeout of 60 KB": sendHeader(
    "/metrics",
    "x-prometheus-scrape-timeout-seconds",
    `${"1".repeat(LONG)}x`,
  ),
  "scrape timeout of 8 KB": sendHeader(
    "/metrics",
    "x-prometheus-scrape-timeout-seconds",
    `${"1".repeat(READ)}x`,
  ),
  "Accept of 60 KB": sendHeader(
    "/-/metrics",
    "accept",
    `text/plain;a${" ".repeat(LONG)}b`,
  ),
  "Accept of 8 KB": sendHeader(
    "/-/metrics",
    "accept",
    `text/plain;a${" ".repeat(READ)}b`,
  ),
  "Accept of 8 KB of parameters": sendHeader(
    "/",
    "accept",
    `text/html${";a=b".repeat(READ / 4)}`,
  ),
  "Prefer of 8 KB": sendHeader("/summary", "prefer", "handling = ".repeat(700)),
  "URL of 60 KB": ({ port }) => sendRequest(port, `/${"%2F".repeat(LONG / 3)}`),
  "body of 1 MB": ({ port }) =>
    sendRequest(port, "/", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "[".repeat(1024 * 1024),
    }),
  "reply whose key is 20,000 digits": sendReply(
    "/probe?target=default",
    `{"STATUS":[{"STATUS":"S"}],"${"1".repeat(20_000)}x1":[{}]}`,
  ),
};

/** An attack by a header. */
function sendHeader(target: string, name: string, value: string): Attack {
  return ({ port }) =>
    sendRequest(port, target, { headers: { [name]: value } });
}

/** An attack by what the rig replies, when it is asked for by a URL. */
function sendReply(target: string, reply: string | Uint8Array): Attack {
  return (attacked) => {
    attacked.reply = reply;
    return sendRequest(attacked.port, target);
  };
}

/** Attacks for some time; gives how often, and the waits for `/-/healthz`. */
async function measure(
  attack: Attack,
  attacked: Attacked,
  durationMs: number,
): Promise<{ readonly count: number; readonly waitsMs: readonly number[] }> {
  const endMs = performance.now() + durationMs;
  let count = 0;
  const attackers = Array.from({ length: CLIENTS }, async () => {
    while (performance.now() < endMs) {
      // A connection that is closed on it is an answer too.
      await attack(attacked).catch(() => {});
      count++;
    }
  });
  const waitsMs: number[] = [];
  while (performance.now() < endMs) {
    const askedMs = performance.now();
    await sendRequest(attacked.port, "/-/healthz");
    waitsMs.push(performance.now() - askedMs);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  await Promise.all(attackers);
  return { count, waitsMs: waitsMs.sort((one, other) => one - other) };
}

const [wanted = "", seconds = "3"] = Deno.args;
let isSlow = false;
console.log("| attack | sent | median, ms | longest, ms |");
console.log("| --- | --- | --- | --- |");
for (const [name, attack] of Object.entries(ATTACKS)) {
  if (!name.includes(wanted)) continue;
  const attacked = { port: 0, reply: "" };
  await using rig = await ScriptedRig.start(async (connection) => {
    await connection.send(attacked.reply);
    await connection.send("\0");
  });
  const flags = ["-w0", `-p${rig.port}`, "--log=off"];
  await using program = Program.spawn(flags, { run: NET_ONLY });
  attacked.port = await program.readPort();
  await sendRequest(attacked.port, "/-/healthz");
  const { count, waitsMs } = await measure(
    attack,
    attacked,
    Number(seconds) * 1000,
  );
  const longestMs = waitsMs.at(-1) ?? Infinity;
  const medianMs = waitsMs[waitsMs.length >> 1] ?? Infinity;
  if (longestMs > MAX_WAIT_MS) isSlow = true;
  console.log(
    `| ${name} | ${count} | ${medianMs.toFixed(1)} | ${longestMs.toFixed(1)} |`,
  );
}
Deno.exit(isSlow ? 1 : 0);
