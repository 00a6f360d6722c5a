/**
 * Drives the real gateway over HTTP beside its yardsticks, all in one run, and
 * prints medians and the ratios between them. It judges nothing.
 *
 * The yardsticks: the bare `Deno.serve` with the same body and headers; the
 * simplest gateway on Deno, that opens a connection a request, and the plainest
 * that asks one after another; a plain gateway in Go; a serial client in C. The
 * rig is a C program too, with a reply of 2 KB. Needs `wrk` and `cc` on the
 * PATH; without `go` its rows are left out.
 *
 * ```sh
 * deno run -A bench/throughput.ts              # five rounds of 3 s a row
 * deno run -A bench/throughput.ts 3 2          # three rounds of 2 s a row
 * deno run -A bench/throughput.ts 3 2 garbage  # the minute of collections alone
 * ```
 *
 * @module
 */

const [rounds = 5, seconds = 3] = Deno.args.map(Number);
const only = Deno.args[2];
const HERE = new URL("./throughput/", import.meta.url);
const MAIN = new URL("../main.ts", import.meta.url).pathname;
/** As `deno task start` and the binaries have them. */
const V8_FLAGS = "--heap-growing-percent=20,--max-semi-space-size=4";

/** One process that prints its port on its first line. */
interface Server extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  /** What else it printed. */
  readonly output: () => string;
}

async function startServer(
  command: string,
  args: readonly string[],
  input?: string,
): Promise<Server> {
  const child = new Deno.Command(command, {
    args: [...args],
    stdin: input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  if (input !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
  }
  let text = "";
  const port = Promise.withResolvers<number>();
  let isStarted = false;
  const drained = (async () => {
    for await (
      const part of child.stdout.pipeThrough(new TextDecoderStream())
    ) {
      text += part;
      // A log has megabytes: the first line is looked for once.
      if (isStarted) continue;
      const match = /(?:^|localhost:|127\.0\.0\.1:)(\d+)\/?\n/.exec(text);
      if (match === null) continue;
      isStarted = true;
      port.resolve(Number(match[1]));
    }
    port.reject(new Error(`${args.join(" ")} ended before it served`));
  })();
  return {
    port: await port.promise,
    pid: child.pid,
    output: () => text,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await Promise.all([child.status, drained]);
    },
  };
}

const startDeno = (file: URL | string, args: string[], input?: string) =>
  startServer(Deno.execPath(), [
    ...["run", "-N", "--allow-env", "--allow-read"],
    `--v8-flags=${V8_FLAGS}`,
    file instanceof URL ? file.pathname : file,
    ...args,
  ], input);

async function runCommand(
  command: string,
  args: readonly string[],
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
  }).output();
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(`${command}: ${new TextDecoder().decode(stderr)}`);
}

/** What `wrk` measured. */
interface Row {
  readonly requestsPerS: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** A path a request: no two of 4,096 in a row are the same. */
const DISTINCT = `
local n = 0
request = function()
  n = (n + 1) % 4096
  return wrk.format("GET", "/asc/" .. n)
end`;

async function runWrk(
  { port }: Server,
  connections: number,
  script?: string,
): Promise<Row> {
  const text = await runCommand("wrk", [
    ...["-t1", `-c${connections}`, `-d${seconds}s`, "--latency"],
    ...(script === undefined ? [] : ["-s", script]),
    `http://127.0.0.1:${port}/devs`,
  ]);
  const read = (pattern: RegExp) => text.match(pattern)?.[1] ?? "0";
  const refused = read(/Non-2xx or 3xx responses: (\d+)/);
  if (refused !== "0" && connections <= 64) {
    throw new Error(`${refused} requests were refused:\n${text}`);
  }
  return {
    requestsPerS: Number(read(/Requests\/sec:\s+([\d.]+)/)),
    p50Ms: toMs(read(/^\s*50%\s+(\S+)/m)),
    p99Ms: toMs(read(/^\s*99%\s+(\S+)/m)),
  };
}

function toMs(text: string): number {
  const value = parseFloat(text);
  if (text.endsWith("us")) return value / 1000;
  return text.endsWith("ms") ? value : value * 1000;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** All rows of one yardstick at one number of connections. */
const rows = new Map<string, Row[]>();

function findMedian(name: string): Row {
  const all = rows.get(name) ?? [];
  return {
    requestsPerS: median(all.map((row) => row.requestsPerS)),
    p50Ms: median(all.map((row) => row.p50Ms)),
    p99Ms: median(all.map((row) => row.p99Ms)),
  };
}

/** Asks a thousand times a second for a minute, and lists the collections. */
async function measureGarbage(rigPort: number): Promise<void> {
  await using gateway = await startServer(Deno.execPath(), [
    ...["run", "-N", "--allow-env", "--allow-read"],
    `--v8-flags=${V8_FLAGS},--trace-gc`,
    MAIN,
    ...["--http-host=127.0.0.1", "-w0", `-p${rigPort}`, "--log=off"],
  ]);
  using conn = await Deno.connect({
    hostname: "127.0.0.1",
    port: gateway.port,
  });
  const request = new TextEncoder().encode(
    "GET /devs HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
  );
  const buffer = new Uint8Array(64 * 1024);
  const start = performance.now();
  let sent = 0;
  while (performance.now() - start < 60_000) {
    const due = Math.floor(performance.now() - start);
    for (; sent < due; sent++) {
      await conn.write(request);
      await conn.read(buffer);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const collections = [
    ...gateway.output().matchAll(
      /ms: (\S+)[^\n]*? ([\d.]+) \([\d.]+\) -> ([\d.]+) \([\d.]+\) MB, [^\n]*?([\d.]+) \/ [\d.]+ ms/g,
    ),
  ].map(([, kind = "", before, after, pause]) => ({
    kind,
    before: Number(before),
    after: Number(after),
    pauseMs: Number(pause),
  }));
  const worst = Math.max(...collections.map(({ pauseMs }) => pauseMs));
  const lows = collections.map(({ after }) => after);
  console.log(
    `a minute at one connection, ${
      (sent / 60).toFixed(0)
    } requests a second: ${collections.length} collections, ` +
      `the longest ${worst.toFixed(1)} ms; heap after them ` +
      `${lows[2]?.toFixed(1)} MB at first, ${lows.at(-1)?.toFixed(1)} at last`,
  );
}

await using made = new AsyncDisposableStack();
const folder = await Deno.makeTempDir();
made.defer(() => Deno.remove(folder, { recursive: true }));
const build = async (command: string, name: string, ...args: string[]) => {
  const source = new URL(name, HERE).pathname;
  await runCommand(command, [...args, `${folder}/${name}.bin`, source]);
  return `${folder}/${name}.bin`;
};
const script = `${folder}/distinct.lua`;
await Deno.writeTextFile(script, DISTINCT);
const rig = made.use(
  await startServer(await build("cc", "bare_rig.c", "-O2", "-o"), []),
);
const rigPort = String(rig.port);
if (only === "garbage") {
  await measureGarbage(rig.port);
  await made.disposeAsync();
  Deno.exit(0);
}
const directClient = await build("cc", "direct_client.c", "-O2", "-o");
const startChi = (...args: string[]) =>
  startDeno(MAIN, [
    ...["--http-host=127.0.0.1", "-w0", `-p${rigPort}`],
    ...args,
  ]);
const chi = made.use(await startChi("--log=off"));
const logged = made.use(await startChi("--log=text"));
const sample = await fetch(`http://127.0.0.1:${chi.port}/devs`);
const bare = made.use(
  await startDeno(
    new URL("bare_server.ts", HERE),
    [],
    JSON.stringify({
      headers: Object.fromEntries(
        [...sample.headers].filter(([name]) =>
          !/^(?:date|vary|content-length)$/.test(name)
        ),
      ),
      body: await sample.text(),
    }),
  ),
);
const plainFile = new URL("plain_gateway.ts", HERE);
const each = made.use(await startDeno(plainFile, ["each", rigPort]));
const queue = made.use(await startDeno(plainFile, ["queue", rigPort]));
const servers: [name: string, server: Server][] = [
  ["bare server", bare],
  ["simplest Deno", each],
  ["chi", chi],
  ["chi, log text", logged],
];
try {
  const go = await build("go", "plain_gateway.go", "build", "-o");
  servers.push(["plain Go", made.use(await startServer(go, [rigPort]))]);
} catch (error) {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
  console.log("go is not on the PATH: its rows are left out");
}

async function measure(
  name: string,
  server: Server,
  connections: number,
  lua?: string,
): Promise<void> {
  const row = await runWrk(server, connections, lua);
  rows.set(name, [...rows.get(name) ?? [], row]);
}

for (let round = 0; round < rounds; round++) {
  for (const connections of [1, 16, 64, 256]) {
    for (const [name, server] of servers) {
      if (name === "chi, log text" && connections !== 64) continue;
      await measure(`${name}, same read, ${connections}`, server, connections);
    }
  }
  for (const [name, server] of [...servers, ["Deno queue", queue] as const]) {
    if (name === "bare server" || name === "chi, log text") continue;
    await measure(`${name}, distinct reads, 16`, server, 16, script);
  }
  const direct = Number(
    await runCommand(directClient, [rigPort, String(seconds)]),
  );
  rows.set("C client, distinct reads, 1", [
    ...rows.get("C client, distinct reads, 1") ?? [],
    { requestsPerS: direct, p50Ms: 1000 / direct, p99Ms: NaN },
  ]);
}

console.log(`medians of ${rounds} rounds, ${seconds} s each`);
console.log(
  "what                               requests/s    p50 ms    p99 ms",
);
for (const name of rows.keys()) {
  const { requestsPerS, p50Ms, p99Ms } = findMedian(name);
  console.log(
    name.padEnd(34),
    requestsPerS.toFixed(0).padStart(10),
    p50Ms.toFixed(3).padStart(9),
    p99Ms.toFixed(3).padStart(9),
  );
}

/** A ratio of two rows, beside what is aimed at. */
function printRatio(
  one: string,
  other: string,
  member: keyof Row,
  aim: string,
): void {
  if (!rows.has(other)) return;
  const ratio = findMedian(one)[member] / findMedian(other)[member];
  console.log(
    `${one} / ${other}: ${member} ${ratio.toFixed(2)} (aim: ${aim})`,
  );
}

console.log("");
const one = "same read, 1";
printRatio(`chi, ${one}`, `simplest Deno, ${one}`, "p50Ms", "≤ 1.1");
printRatio(`chi, ${one}`, `simplest Deno, ${one}`, "p99Ms", "≤ 1.5");
printRatio(`chi, ${one}`, `plain Go, ${one}`, "p50Ms", "< 1");
printRatio(`chi, ${one}`, `plain Go, ${one}`, "p99Ms", "< 1");
const at64 = "same read, 64";
printRatio(`chi, ${at64}`, `bare server, ${at64}`, "requestsPerS", "≥ 0.7");
printRatio(`chi, ${at64}`, `plain Go, ${at64}`, "requestsPerS", "≥ 2.8");
const at16 = "same read, 16";
printRatio(`chi, ${at16}`, `bare server, ${at16}`, "requestsPerS", "≥ 0.45");
printRatio("chi, same read, 256", `chi, ${at64}`, "requestsPerS", "≥ 1");
const distinct = "distinct reads, 16";
printRatio(
  `chi, ${distinct}`,
  `Deno queue, ${distinct}`,
  "requestsPerS",
  "≥ 0.9",
);
printRatio(
  `chi, ${distinct}`,
  "C client, distinct reads, 1",
  "requestsPerS",
  "≥ 0.5",
);
printRatio(`chi, log text, ${at64}`, `chi, ${at64}`, "requestsPerS", "≥ 0.9");
await measureGarbage(rig.port);
