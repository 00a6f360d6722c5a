import { assertEquals, assertRejects } from "jsr:@std/assert@1";
import { Rig } from "../../client/rig.ts";
import { RigStatusError } from "../../client/rig_errors.ts";
import { COMMANDS } from "../../rpc/commands.ts";
import { replyWith, ScriptedRig } from "../scripted_rig.ts";
import { COMMAND_CALLS } from "./command_calls.ts";

// At `Invalid command`, `restart()` looks for the make's own.
const REFUSAL = '{"STATUS":[{"STATUS":"E","When":1,"Code":45,' +
  '"Msg":"Access denied"}],"id":1}';

Deno.test("Rig has a method for every command of the table", () => {
  assertEquals(
    COMMAND_CALLS.map(([command]) => command).toSorted(),
    COMMANDS.map(({ name }) => name).toSorted(),
  );
});

Deno.test("each method sends its command and parameter, and rejects at E", async () => {
  await using scripted = await ScriptedRig.start(replyWith(REFUSAL));
  const rig = new Rig(scripted);
  for (const [command, call] of COMMAND_CALLS) {
    const error = await assertRejects(() => call(rig), RigStatusError);
    assertEquals(error.command, command);
  }
  assertEquals(
    scripted.requests.map((request) => JSON.parse(request)),
    COMMAND_CALLS.flatMap(([command, , parameter]) => [
      // A `cpu` too many crashes bfgminer: it is asked first how many it has.
      ...(command === "cpu" ? [{ command: "cpucount" }] : []),
      parameter === undefined ? { command } : { command, parameter },
    ]),
  );
});

Deno.test("methods whose argument may be left out send no parameter", async () => {
  await using scripted = await ScriptedRig.start(replyWith(REFUSAL));
  const rig = new Rig(scripted);
  const calls = [
    () => rig.save(),
    () => rig.debug(),
    () => rig.devScan(),
    () => rig.frequencyGet(0),
    () => rig.ascSet(0, "reboot"),
    () => rig.changeStrategy("failover"),
  ];
  for (const call of calls) await assertRejects(call, RigStatusError);
  assertEquals(scripted.requests, [
    '{"command":"save"}',
    '{"command":"debug"}',
    '{"command":"devscan"}',
    '{"command":"frequencyget","parameter":"0"}',
    '{"command":"ascset","parameter":"0,reboot"}',
    '{"command":"changestrategy","parameter":"0"}',
  ]);
});

Deno.test("each method passes its options on", async () => {
  await using scripted = await ScriptedRig.start(replyWith(REFUSAL));
  const rig = new Rig(scripted);
  const signal = AbortSignal.abort(new Error("given up"));
  const calls: readonly (() => Promise<unknown>)[] = [
    () => rig.summary({ signal }),
    () => rig.join("summary", "pools", { signal }),
    () => rig.asc(0, { signal }),
    () => rig.check("quit", { signal }),
    () => rig.switchPool(0, { signal }),
    () => rig.zero("all", false, { signal }),
    () => rig.save(undefined, { signal }),
    () => rig.ascSet(0, "reboot", undefined, { signal }),
    () => rig.gpuFan(0, 80, { signal }),
    () => rig.quit({ signal }),
    () => rig.healthChipGet(0, undefined, { signal }),
  ];
  for (const call of calls) await assertRejects(call, Error, "given up");
  assertEquals(scripted.requests, []);
});
