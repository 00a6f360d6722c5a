/**
 * The simplest gateways on Deno, to measure ours against: `each` opens a
 * connection a request and waits for nobody; `queue` asks one after another.
 *
 * ```sh
 * deno run -N bench/throughput/plain_gateway.ts each 4028
 * ```
 *
 * @module
 */

const [kind, rigPort] = Deno.args;
const port = Number(rigPort);
const encoder = new TextEncoder();
const headers = { "content-type": "application/json" };

async function askRig(url: string): Promise<Response> {
  const [, command, parameter] = url.slice(url.indexOf("/", 7)).split("/");
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await conn.write(encoder.encode(JSON.stringify({ command, parameter })));
  const buffer = new Uint8Array(16 * 1024);
  const count = await conn.read(buffer) ?? 0;
  const end = buffer.indexOf(0);
  return new Response(buffer.subarray(0, end === -1 ? count : end), {
    headers,
  });
}

let last: Promise<unknown> = Promise.resolve();

function askInTurn(url: string): Promise<Response> {
  const answer = last.then(() => askRig(url));
  last = answer.catch(() => {});
  return answer;
}

const ask = kind === "queue" ? askInTurn : askRig;
const server = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen() {} },
  (request) => ask(request.url),
);
console.log(server.addr.port);
