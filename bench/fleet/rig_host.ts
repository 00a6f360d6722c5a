/**
 * A process full of rigs: a listener each, which reads one request, waits 5 ms
 * as a miner's API thread does, answers and closes; or, hung, accepts and says
 * nothing. Prints `ready` once all listen; a line on stdin is answered by the
 * counts; the end of stdin ends it, so that it never outlives the bench.
 *
 * ```sh
 * # network 127.17, rigs 1 to 1000, a fifth of them dead
 * deno run -N bench/fleet/rig_host.ts 17 1 1000 0.2
 * ```
 *
 * @module
 */

import { toAddress, toFate } from "./fleet_plan.ts";
import { findReply } from "./replies.ts";

const ANSWER_MS = 5;
/** A request is one segment of at most 4,095 bytes. */
const REQUEST_BYTES = 4096;

const [network, first, last, deadShare] = Deno.args.map(Number);
if (
  network === undefined || first === undefined || last === undefined ||
  deadShare === undefined
) {
  throw new Error("Arguments: the network, first and last rig, share of dead");
}

/** Requests answered, and connections that hung rigs were made to hold. */
const counts = { answered: 0, held: 0 };
const decoder = new TextDecoder();
const buffers: Uint8Array<ArrayBuffer>[] = [];

async function answer(conn: Deno.TcpConn): Promise<void> {
  const buffer = buffers.pop() ?? new Uint8Array(REQUEST_BYTES);
  const count = await conn.read(buffer) ?? 0;
  const reply = findReply(decoder.decode(buffer.subarray(0, count)));
  buffers.push(buffer);
  await new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
  counts.answered++;
  // The replies are under 8 KB: one write takes them whole.
  await conn.write(reply);
}

/** Reads until the caller gives up. */
async function hold(conn: Deno.TcpConn): Promise<void> {
  counts.held++;
  const buffer = new Uint8Array(REQUEST_BYTES);
  while (await conn.read(buffer) !== null) { /* and says nothing */ }
}

async function serve(
  conn: Deno.TcpConn,
  treat: (conn: Deno.TcpConn) => Promise<void>,
): Promise<void> {
  try {
    await treat(conn);
  } catch (error) {
    // A caller that went away; the next one is served.
    const isGone = error instanceof Deno.errors.ConnectionReset ||
      error instanceof Deno.errors.BrokenPipe;
    if (!isGone) throw error;
  } finally {
    conn.close();
  }
}

async function listen(
  { hostname, port }: { hostname: string; port: number },
  treat: (conn: Deno.TcpConn) => Promise<void>,
): Promise<void> {
  const listener = Deno.listen({ hostname, port });
  for await (const conn of listener) serve(conn, treat);
}

for (let index = first; index <= last; index++) {
  const fate = toFate(index, deadShare);
  if (fate === "refused") continue;
  listen(toAddress(network, index), fate === "hung" ? hold : answer);
}
console.log("ready");
for await (const _asked of Deno.stdin.readable) {
  console.log(JSON.stringify(counts));
}
Deno.exit(0);
