/**
 * Drives a running gateway over HTTP and prints what it bears, beside two
 * yardsticks that run in the same minute: a `Deno.serve` that answers a
 * constant, and the simplest gateway there is. With `wrk` from the PATH.
 *
 * ```sh
 * deno run -A bench/throughput.ts            # 4 s a row
 * deno run -A bench/throughput.ts 10         # 10 s a row
 * ```
 *
 * @module
 */

import { callRig } from "../rpc.ts";

const SECONDS = Number(Deno.args[0] ?? 4);
const CONNECTIONS = [1, 16, 64, 256];

/** One process that prints its port on its first line. */
interface Server extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
}

async function startServer(...args: string[]): Promise<Server> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-N", ...args],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let text = "";
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`${args[0]} ended before it served`);
    text += value;
  }
  const drained = (async () => {
    while (!(await reader.read()).done);
  })();
  return {
    port: Number(text.match(/(\d+)\/?\n/)?.[1]),
    pid: child.pid,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await Promise.all([child.status, drained]);
    },
  };
}

/** What `wrk` measured. */
interface Row {
  readonly requestsPerS: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly errors: number;
}

async function runWrk(
  url: string,
  connections: number,
  script?: string,
): Promise<Row> {
  const { stdout } = await new Deno.Command("wrk", {
    args: [
      ...["-t1", `-c${connections}`, `-d${SECONDS}s`, "--latency"],
      ...(script === undefined ? [] : ["-s", script]),
      url,
    ],
  }).output();
  const text = new TextDecoder().decode(stdout);
  const read = (pattern: RegExp) => text.match(pattern)?.[1] ?? "0";
  return {
    requestsPerS: Number(read(/Requests\/sec:\s+([\d.]+)/)),
    p50Ms: toMs(read(/^\s*50%\s+(\S+)/m)),
    p99Ms: toMs(read(/^\s*99%\s+(\S+)/m)),
    errors: Number(read(/Non-2xx or 3xx responses: (\d+)/)),
  };
}

function toMs(text: string): number {
  const value = parseFloat(text);
  if (text.endsWith("us")) return value / 1000;
  return text.endsWith("ms") ? value : value * 1000;
}

/** A path a request: no two of 4,096 in a row are the same. */
const DISTINCT = `
local n = 0
request = function()
  n = (n + 1) % 4096
  return wrk.format("GET", "/asc/" .. n)
end`;

async function countCalls(port: number): Promise<number> {
  const { bytes } = await callRig(
    { hostname: "127.0.0.1", port },
    { command: "count" },
  );
  return JSON.parse(new TextDecoder().decode(bytes).replace("\0", "")).count;
}

function printRow(name: string, connections: number, row: Row, calls?: number) {
  console.log(
    [
      name.padEnd(24),
      String(connections).padStart(4),
      row.requestsPerS.toFixed(0).padStart(9),
      row.p50Ms.toFixed(3).padStart(9),
      row.p99Ms.toFixed(3).padStart(9),
      String(calls ?? "").padStart(9),
      row.errors > 0 ? `  ${row.errors} not 200` : "",
    ].join(" "),
  );
}

/** The time of a direct call, one after another, in milliseconds. */
async function measureDirectCalls(port: number): Promise<void> {
  const durations: number[] = [];
  const until = performance.now() + SECONDS * 500;
  while (performance.now() < until) {
    const start = performance.now();
    await callRig({ hostname: "127.0.0.1", port }, { command: "summary" });
    durations.push(performance.now() - start);
  }
  durations.sort((a, b) => a - b);
  const at = (share: number) =>
    durations[Math.floor(durations.length * share)] ?? 0;
  printRow("direct call, TCP", 1, {
    requestsPerS: durations.length / SECONDS * 2,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    errors: 0,
  });
}

async function readRss(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(status.match(/VmRSS:\s+(\d+)/)?.[1]) / 1024;
}

const script = await Deno.makeTempFile({ suffix: ".lua" });
await Deno.writeTextFile(script, DISTINCT);
const here = new URL("./throughput/", import.meta.url).pathname;
await using rig = await startServer(`${here}bare_rig.ts`);
await using constant = await startServer(`${here}yardsticks.ts`, "constant");
await using plain = await startServer(
  `${here}yardsticks.ts`,
  "plain",
  String(rig.port),
);
await using gateway = await startServer(
  new URL("../main.ts", import.meta.url).pathname,
  ...["--http-host=127.0.0.1", "-w0", `-p${rig.port}`, "--log=off"],
);
console.log(
  "what                     conn requests/s  p50 ms   p99 ms    rig calls",
);
await measureDirectCalls(rig.port);
for (const connections of CONNECTIONS) {
  printRow(
    "constant",
    connections,
    await runWrk(`http://127.0.0.1:${constant.port}/summary`, connections),
  );
  for (
    const [name, path, lua] of [["same read", "summary", undefined], [
      "distinct reads",
      "",
      script,
    ]] as const
  ) {
    for (
      const [who, { port }] of [["plain", plain], ["chi", gateway]] as const
    ) {
      const before = await countCalls(rig.port);
      const row = await runWrk(
        `http://127.0.0.1:${port}/${path}`,
        connections,
        lua,
      );
      printRow(
        `${who}, ${name}`,
        connections,
        row,
        await countCalls(rig.port) - before,
      );
    }
  }
}
if (Deno.build.os === "linux") {
  console.log(
    `RSS of the gateway: ${(await readRss(gateway.pid)).toFixed(0)} MB`,
  );
}
await Deno.remove(script);
