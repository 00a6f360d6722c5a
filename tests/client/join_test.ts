import { assertEquals, assertRejects } from "jsr:@std/assert@1";
import type { JoinableCommand } from "../../client/replies.ts";
import { Rig } from "../../client/rig.ts";
import { RigStatusError } from "../../client/rig_status_error.ts";
import { Simulator } from "../../rigs/simulator.ts";
import { COMMANDS } from "../../rpc/commands.ts";
import { RigError } from "../../rpc/errors.ts";
import { replyWith, ScriptedRig } from "../scripted_rig.ts";

/** Every key is a joinable command, and each of them is a key. */
const JOINABLE: { readonly [C in JoinableCommand]: true } = {
  version: true,
  config: true,
  devs: true,
  edevs: true,
  pools: true,
  summary: true,
  notify: true,
  devdetails: true,
  stats: true,
  dbgstats: true,
  coin: true,
  usbstats: true,
  lcd: true,
  pgacount: true,
  asccount: true,
  estats: true,
  lockstats: true,
  gpucount: true,
  cpucount: true,
  proccount: true,
  procs: true,
  procnotify: true,
  procdetails: true,
  temps: true,
  fans: true,
  tempctrl: true,
  tunerstatus: true,
  atm: true,
  events: true,
  groups: true,
  limits: true,
  power: true,
  profiles: true,
  chipstat: true,
  litestats: true,
  temperature: true,
  voltage: true,
  frequency: true,
  fan: true,
  psu: true,
};

Deno.test("join() is typed for the commands that the table says can be joined", () => {
  assertEquals(
    Object.keys(JOINABLE).toSorted(),
    COMMANDS.filter(({ joinable }) => joinable)
      .map(({ name }) => name).toSorted(),
  );
});

Deno.test("join() asks once, and gives each part as its method would", async () => {
  await using simulator = Simulator.start({ now: () => 1_800_000_000_000 });
  const rig = new Rig(simulator);
  const joined = await rig.join("summary", "pools", "summary");
  assertEquals(simulator.requestCount, 1);
  assertEquals(joined, {
    summary: await rig.summary(),
    pools: await rig.pools(),
  });
});

Deno.test("join() of one command, however often it is named, is that command", async () => {
  await using scripted = await ScriptedRig.start(
    replyWith(
      '{"STATUS":[{"STATUS":"S","When":1,"Code":22,"Msg":"v"}],' +
        '"VERSION":[{"API":"3.7"}],"id":1}',
    ),
  );
  const { version } = await new Rig(scripted).join("version", "version");
  assertEquals(version.VERSION[0].API, "3.7");
  assertEquals(scripted.requests, ['{"command":"version"}']);
});

Deno.test("join() rejects with the part that failed, and keeps the others", async () => {
  await using simulator = Simulator.start({ deviceCount: 0 });
  const error = await assertRejects(
    () => new Rig(simulator).join("summary", "devs"),
    RigStatusError,
  );
  assertEquals([error.command, error.statusCode], ["devs", 10]);
  assertEquals(Object.keys(error.reply), ["summary", "devs", "id"]);
});

Deno.test("join() rejects where the miner joins nothing", async () => {
  await using scripted = await ScriptedRig.start(
    replyWith(
      '{"STATUS":"E","When":1,"Code":14,"Msg":"invalid cmd","Description":""}',
    ),
  );
  const rig = new Rig(scripted);
  const refused = await assertRejects(
    () => rig.join("summary", "pools"),
    RigStatusError,
    "invalid cmd (code 14)",
  );
  assertEquals(refused.command, "summary+pools");
  scripted.behaviour = replyWith('{"summary":[{}],"id":1}');
  const empty = await assertRejects(
    () => rig.join("pools", "summary"),
    RigError,
    'no part for "pools"',
  );
  assertEquals(empty.code, "rig-reply-invalid");
});
