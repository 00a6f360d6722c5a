/**
 * Attacks the real program with listeners who do not read: 201 live streams of
 * `/@all/stats`, of 1,000 rigs, which join one after the other, each at
 * an interval of its own. Prints the program's memory and how long `healthz`
 * took for another client meanwhile. On Linux.
 *
 * ```sh
 * deno run -A bench/live.ts              # 1,000 rigs, 201 listeners, 60 s
 * deno run -A bench/live.ts 200 60 30
 * ```
 *
 * @module
 */

import { toAddress } from "./fleet/fleet_plan.ts";
import { Gateway, RigHosts } from "./fleet/processes.ts";

const [rigCount = 1000, listenerCount = 201, seconds = 60] = Deno.args
  .map(Number);
const NETWORK = 23;

async function listen(url: URL, index: number): Promise<Deno.TcpConn> {
  const { hostname, port } = url;
  const conn = await Deno.connect({ hostname, port: Number(port) });
  // An interval of its own for each: the question is the same.
  const interval = `1.${String(index).padStart(3, "0")}`;
  const request = `GET /@all/stats?interval=${interval} HTTP/1.1\r\n` +
    `Host: ${url.host}\r\n` +
    "Accept: text/event-stream\r\n\r\n";
  await conn.write(new TextEncoder().encode(request));
  return conn;
}

async function measureHealthMs(url: URL): Promise<number> {
  const startMs = performance.now();
  const response = await fetch(new URL("/-/healthz", url));
  await response.body?.cancel();
  return performance.now() - startMs;
}

const file = await Deno.makeTempFile({ suffix: ".json" });
try {
  const rigs = Array.from({ length: rigCount }, (_, at) => ({
    name: `rig-${at + 1}`,
    ...toAddress(NETWORK, at + 1),
  })).map(({ name, hostname, port }) => ({ name, host: hostname, port }));
  await Deno.writeTextFile(file, JSON.stringify({ rigs }));
  await using _rigs = await RigHosts.start(NETWORK, rigCount, 0);
  await using gateway = await Gateway.start(["--config", file], [`-R=${file}`]);
  const url = new URL(gateway.url);
  const started = await gateway.readMemory();
  const conns: Deno.TcpConn[] = [];
  const healthMs: number[] = [];
  const endMs = performance.now() + seconds * 1000;
  try {
    while (performance.now() < endMs) {
      if (conns.length < listenerCount) {
        conns.push(await listen(url, conns.length));
      }
      healthMs.push(await measureHealthMs(url));
      // Those who come later find another event as the newest.
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    const { rssMb, peakMb } = await gateway.readMemory();
    healthMs.sort((a, b) => a - b);
    console.log(
      `${rigCount} rigs, ${conns.length} listeners who do not read, for ${seconds} s: RSS ${
        started.rssMb.toFixed(0)
      } MB at the start, ${rssMb.toFixed(0)} at the end, peak ${
        peakMb.toFixed(0)
      }; healthz ${healthMs.length} times, median ${
        healthMs[healthMs.length >> 1]?.toFixed(0)
      } ms, longest ${healthMs.at(-1)?.toFixed(0)} ms`,
    );
    for (const conn of conns) conn.close();
  }
} finally {
  await Deno.remove(file);
}
