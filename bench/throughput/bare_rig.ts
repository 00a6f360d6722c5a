/**
 * A rig that does nothing but answer, as a miner does: one client at a time,
 * accept, read once, write a constant, close. Prints its port; the command
 * `count` tells how many requests it has answered.
 *
 * ```sh
 * deno run -N bench/throughput/bare_rig.ts
 * ```
 *
 * @module
 */

const SUMMARY =
  '{"STATUS":[{"STATUS":"S","When":1795327870,"Code":11,"Msg":"Summary","Description":"cgminer 4.11.1"}],' +
  '"SUMMARY":[{"Elapsed":605,"MHS av":1090989.56,"MHS 5s":1110799.00,"MHS 1m":1093622.38,"MHS 5m":942340.57,' +
  '"MHS 15m":533090.26,"Found Blocks":0,"Getworks":21,"Accepted":0,"Rejected":0,"Hardware Errors":0,"Utility":0.00,' +
  '"Discarded":2904,"Stale":0,"Get Failures":1,"Local Work":12499,"Remote Failures":0,"Network Blocks":1,' +
  '"Total MH":660054000.0000,"Work Utility":0.00,"Best Share":0,"Last getwork":1795327870}],"id":1}\0';

const REPLY = new TextEncoder().encode(SUMMARY);
const COUNT = '{"command":"count"}';
let answered = 0;
const buffer = new Uint8Array(4096);

async function serve(conn: Deno.TcpConn): Promise<void> {
  try {
    const count = await conn.read(buffer) ?? 0;
    const isCount = count === COUNT.length &&
      new TextDecoder().decode(buffer.subarray(0, count)) === COUNT;
    if (isCount) {
      await conn.write(new TextEncoder().encode(`{"count":${answered}}\0`));
    } else {
      answered++;
      await conn.write(REPLY);
    }
  } catch (error) {
    // A caller that went away; the next one is served.
    if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
  } finally {
    conn.close();
  }
}

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
console.log(listener.addr.port);
for await (const conn of listener) await serve(conn);
