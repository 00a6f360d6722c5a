/**
 * A `Deno.serve` that answers every request with what it is given on stdin: a
 * line of JSON, `{"body": …, "headers": …}`. It is what our gateway could reach
 * if it did nothing.
 *
 * @module
 */

const { body, headers } = JSON.parse(
  await new Response(Deno.stdin.readable).text(),
);
const bytes = new TextEncoder().encode(body);
const server = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen() {} },
  () => new Response(bytes, { headers }),
);
console.log(server.addr.port);
