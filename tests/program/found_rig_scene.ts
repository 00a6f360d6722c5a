/**
 * What attacks_discovery_test.ts runs in a network of its own: the program, a
 * rig that it is told of, and one that it finds by multicast, which anybody could
 * have invented. It throws if that one gets what is meant for all rigs.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@1";
import { MulticastResponder } from "../../rigs/simulator/multicast.ts";
import { sendRequest } from "../raw_http.ts";
import { replyWith, ScriptedRig } from "../scripted_rig.ts";
import { Program } from "./program.ts";

const REPLY = '{"STATUS":[]}';
const ADD_POOL = "/addpool/stratum+tcp://pool.example:3333,user,hunter2";

await using named = await ScriptedRig.start(replyWith(REPLY));
await using found = await ScriptedRig.start(replyWith(REPLY));
const responder = MulticastResponder.start({
  hostname: "127.0.0.1",
  port: found.port,
});
await responder.ready;

await using program = Program.spawn([
  ...["-w0", `-p${named.port}`, "--log=off", "--discover"],
]);
const port = await program.readPort();
let line: string | undefined;
do line = await program.readLine(); while (!line?.startsWith("found rig"));
const name = `127.0.0.1-${found.port}`;
assertEquals(line, `found rig ${name}: 127.0.0.1:${found.port}`);

/** Sends a request; gives the status, and the rigs that answered. */
async function ask(
  target: string,
  json?: unknown,
): Promise<[number, string[]]> {
  const { status, body } = await sendRequest(port, target, {
    ...(json === undefined ? {} : {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(json),
    }),
  });
  return [status, Object.keys(JSON.parse(body)).sort()];
}

const parameter = "stratum+tcp://pool.example:3333,user,hunter2";
for (
  const [target, body] of [
    [`/@all${ADD_POOL}`],
    [`/@%61ll${ADD_POOL}`],
    ["/@all/summary+quit"],
    ["/@all", { command: "addpool", parameter }],
    ["/@all/", { command: "nosuchcommand" }],
  ] as const
) {
  assertEquals(await ask(target, body), [200, ["default"]], target);
}
assertEquals(found.connectionCount, 0, "the found rig was told");
assertEquals(named.connectionCount, 5);
// What only tells is asked of all of them, and who names it, means it.
assertEquals(await ask("/@all/summary"), [200, [name, "default"].sort()]);
assertEquals((await ask(`/@${name}/switchpool/1`))[0], 200);
assertEquals(found.requests, [
  '{"command":"summary"}',
  '{"command":"switchpool","parameter":"1"}',
]);
await responder.stop();
