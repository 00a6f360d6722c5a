/**
 * Two servers to measure the gateway against: `constant` answers every request
 * with the same bytes; `plain` is the simplest gateway, which opens a
 * connection a request and waits for nobody.
 *
 * ```sh
 * deno run -N bench/throughput/yardsticks.ts plain 4028
 * ```
 *
 * @module
 */

const [kind, rigPort] = Deno.args;
const HEADERS = { "content-type": "application/json" };
const CONSTANT = new TextEncoder().encode(
  `{"id":1,"text":"${"x".repeat(700)}"}`,
);

async function askRig(path: string): Promise<Response> {
  const [, command, parameter] = path.split("/");
  using conn = await Deno.connect({
    hostname: "127.0.0.1",
    port: Number(rigPort),
  });
  await conn.write(
    new TextEncoder().encode(JSON.stringify({ command, parameter })),
  );
  const chunks: Uint8Array[] = [];
  const buffer = new Uint8Array(16 * 1024);
  for (let count; (count = await conn.read(buffer)) !== null;) {
    chunks.push(buffer.slice(0, count));
  }
  const text = await new Blob(chunks as BlobPart[]).text();
  return new Response(text.replace(/\0$/, ""), { headers: HEADERS });
}

const server = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen() {} },
  kind === "plain"
    ? (request) => askRig(new URL(request.url).pathname)
    : (_request) => new Response(CONSTANT, { headers: HEADERS }),
);
console.log(server.addr.port);
