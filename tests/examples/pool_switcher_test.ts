import { assertEquals } from "jsr:@std/assert@1";
import { Rig, Simulator } from "../../mod.ts";
import {
  DEAD_PORT,
  readComplaint,
  readUntil,
  startExample,
} from "./example_program.ts";

const decoder = new TextDecoder();

/** The number of a rig's first pool. */
async function readFirstPool(simulator: Simulator): Promise<unknown> {
  const { POOLS } = await new Rig(simulator).pools();
  return POOLS.find(({ Priority }) => Priority === 0)?.POOL;
}

Deno.test("pool_switcher.ts switches when the price crosses the limit, and only then", async () => {
  const requests: string[] = [];
  await using rig = Simulator.start({
    onRequest: (bytes) => requests.push(decoder.decode(bytes)),
  });
  await using other = Simulator.start({ personality: "bfgminer" });
  const answer = { status: 200, body: '{"data":[{"price":0.05}]}' };
  await using meter = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response(answer.body, { status: answer.status }),
  );
  await using program = await startExample("pool_switcher.ts", [
    `127.0.0.1:${rig.port}`,
    `127.0.0.1:${other.port}`,
    ...["--url", `http://127.0.0.1:${meter.addr.port}/price`],
    ...["--field", "data.0.price", "--limit", "0.12"],
    ...["--cheap", "0", "--dear", "1", "--every", "0.01"],
  ]);
  await readUntil(program, "The price is 0.05: pool 0");
  // The second time, so that all of the first is over.
  await readUntil(program, "The price is 0.05: pool 0");
  assertEquals(requests.some((text) => text.includes("switchpool")), false);
  answer.body = '{"data":[{"price":0.13}]}';
  await readUntil(
    program,
    `127.0.0.1:${rig.port} Switching to pool 1`,
    `127.0.0.1:${other.port} Switching to pool 1`,
  );
  await readUntil(program, "The price is 0.13: pool 1");
  answer.status = 503;
  await readUntil(program, "No price, all stays: ");
  assertEquals([await readFirstPool(rig), await readFirstPool(other)], [1, 1]);
  answer.status = 200;
  answer.body = "{}";
  await readUntil(program, 'has no number in "data.0.price"');
  answer.body = '{"data":[{"price":-0.01}]}';
  await readUntil(program, `127.0.0.1:${rig.port} Switching to pool 0`);
  assertEquals(
    requests.filter((text) => text.includes("switchpool")),
    ["1", "0"].map((parameter) =>
      JSON.stringify({ command: "switchpool", parameter })
    ),
  );
});

Deno.test("pool_switcher.ts switches the others where one rig fails", async () => {
  const gone = { port: DEAD_PORT };
  await using guarded = Simulator.start({ access: "R" });
  await using rig = Simulator.start();
  await using meter = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => Response.json({ price: 1 }),
  );
  await using program = await startExample("pool_switcher.ts", [
    ...[gone, guarded, rig].map(({ port }) => `127.0.0.1:${port}`),
    ...["--url", `http://127.0.0.1:${meter.addr.port}/`],
    ...["--limit", "0.5", "--cheap", "0", "--dear", "2"],
  ]);
  await readUntil(
    program,
    `127.0.0.1:${gone.port} rig-refused: `,
    `127.0.0.1:${guarded.port} rig-status: `,
    `127.0.0.1:${rig.port} Switching to pool 2`,
  );
  assertEquals(await readFirstPool(rig), 2);
});

Deno.test("pool_switcher.ts says what is missing or wrong in its command line", async () => {
  const complain = (...args: string[]) =>
    readComplaint("pool_switcher.ts", args);
  assertEquals(
    await Promise.all([
      complain("10.0.0.7"),
      complain("10.0.0.7", "--url", "http://a", "--limit", "1"),
      complain("10.0.0.7", "--dear", "1.5"),
      complain("10.0.0.7", "--cheap", "-1"),
      complain(
        ...["10.0.0.7", "--limit", "1", "--cheap", "0", "--dear", "1"],
        ...["--url", "meter.lan"],
      ),
    ]),
    [
      [2, "--url is missing"],
      [2, "--cheap is missing"],
      [2, "--dear 1.5 must be a whole number from 0"],
      [2, "--cheap -1 must be a whole number from 0"],
      [2, "--url meter.lan is no URL of HTTP"],
    ],
  );
});
