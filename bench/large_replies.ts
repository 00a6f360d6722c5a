/**
 * Measures how long one reply of a rig holds up everybody else: the real program
 * in front of a rig that sends the worst that it may. Prints for each shape and
 * each way to ask the longest turn of the program's event loop, in time of the
 * processor, which is how long a second client may have to wait; the least of
 * some rounds.
 *
 * ```sh
 * deno run -A bench/large_replies.ts              # all shapes, 3 rounds
 * deno run -A bench/large_replies.ts 5 keys       # shapes with "keys", 5 rounds
 * ```
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { ScriptedRig } from "../tests/scripted_rig.ts";
import { NET_ONLY, Program } from "../tests/program/program.ts";
import { MAX_EXAMINED_BYTES } from "../gateway/http/replies.ts";
import { MAX_REPLY_BYTES } from "../rpc.ts";
import { type Shape, SHAPES } from "./large_replies/shapes.ts";

const ROUNDS = Number(Deno.args[0] ?? 3);
const WANTED = Deno.args[1] ?? "";
const MAX_MS = 200;
const WATCH = fileURLToPath(
  new URL("large_replies/turn_watch.ts", import.meta.url),
);
/** How many callers share one reply. */
const CALLERS = 16;

/** A way to ask. */
interface Way {
  readonly name: string;
  /** The longest reply that counts here. */
  readonly maxBytes?: number;
  ask(url: string): Promise<unknown>;
}

const get =
  (path: string, headers: Record<string, string> = {}) =>
  async (url: string): Promise<number> => {
    const response = await fetch(url + path, { headers });
    return (await response.bytes()).length;
  };

const plain = { "accept-encoding": "identity" };

const WAYS: readonly Way[] = [
  { name: "GET", ask: get("/summary", plain) },
  { name: "gzip", ask: get("/summary", { "accept-encoding": "gzip" }) },
  { name: "br", ask: get("/summary", { "accept-encoding": "br" }) },
  { name: "pretty", ask: get("/summary?pretty", plain) },
  {
    name: "p gzip",
    ask: get("/summary?pretty", { "accept-encoding": "gzip" }),
  },
  { name: "p br", ask: get("/summary?pretty", { "accept-encoding": "br" }) },
  { name: "raw", ask: get("/summary?raw", plain) },
  { name: "@all", ask: get("/@all/summary", plain) },
  { name: "@all p", ask: get("/@all/summary?pretty", plain) },
  { name: "live", ask: readEvents("/summary?interval=1") },
  { name: "live p", ask: readEvents("/summary?interval=1&pretty") },
  {
    name: `x${CALLERS} p`,
    ask: (url) =>
      Promise.all(
        Array.from({ length: CALLERS }, () => get("/stats?pretty", plain)(url)),
      ),
  },
  { name: "rigs", maxBytes: MAX_EXAMINED_BYTES, ask: get("/-/rigs", plain) },
  {
    name: "metrics",
    maxBytes: MAX_EXAMINED_BYTES,
    ask: get("/metrics", plain),
  },
  { name: "rigs p", ask: get("/-/rigs?pretty", plain) },
];

/** Reads two events. */
function readEvents(path: string) {
  return async (url: string): Promise<void> => {
    const left = new AbortController();
    const response = await fetch(url + path, {
      headers: { ...plain, accept: "text/event-stream" },
      signal: left.signal,
    });
    let events = 0;
    try {
      for await (
        const text of response.body!.pipeThrough(new TextDecoderStream())
      ) {
        events += text.split("event: ").length - 1;
        if (events === 2) break;
      }
    } finally {
      left.abort();
    }
  };
}

/** The longest turn of the program's loop since this was asked last, in ms. */
async function readLongestTurn(program: Program): Promise<number> {
  program.kill("SIGUSR2");
  return Number(await program.readErrorLine());
}

function serveShape(rig: ScriptedRig, shape: Shape, maxBytes: number): void {
  const reply = shape.make(maxBytes - 1);
  rig.behaviour = async ({ send, closed }) => {
    let isOpen = true;
    closed.then(() => isOpen = false);
    const { writeBytes = reply.length } = shape;
    for (let at = 0; isOpen && at < reply.length; at += writeBytes) {
      await Promise.race([send(reply.subarray(at, at + writeBytes)), closed]);
    }
    if (isOpen) await Promise.race([send("\0"), closed]);
  };
}

async function main(): Promise<void> {
  await using rig = await ScriptedRig.start(() => {});
  await using program = Program.spawn([
    "-w0",
    `-p${rig.port}`,
    "--log=off",
    "--timeout=30",
  ], { run: NET_ONLY.toSpliced(-1, 0, `--preload=${WATCH}`) });
  const port = await program.readPort();
  const url = `http://127.0.0.1:${port}`;
  console.log(
    "Longest turn of the event loop in ms, least of",
    `${ROUNDS} rounds; ! above ${MAX_MS}\n`,
  );
  console.log(
    " ".repeat(34) + WAYS.map(({ name }) => name.padStart(8)).join(""),
  );
  for (const shape of SHAPES.filter(({ name }) => name.includes(WANTED))) {
    const cells: string[] = [];
    for (const { ask, maxBytes = MAX_REPLY_BYTES } of WAYS) {
      serveShape(rig, shape, maxBytes);
      let leastMs = Infinity;
      for (let round = 0; round < ROUNDS; round++) {
        await readLongestTurn(program);
        await ask(url);
        leastMs = Math.min(leastMs, await readLongestTurn(program));
      }
      const mark = leastMs > MAX_MS ? "!" : "";
      cells.push(`${mark}${leastMs.toFixed(0)}`.padStart(8));
    }
    console.log(shape.name.padEnd(34) + cells.join(""));
  }
}

if (import.meta.main) await main();
