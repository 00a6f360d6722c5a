import { assertEquals, assertRejects, assertThrows } from "jsr:@std/assert@1";
import {
  type JoinArguments,
  type JoinArgumentsWithOptions,
  type JoinedReply,
  readJoin,
} from "../../client/join.ts";
import type { JoinableCommand, JoinableReplies } from "../../client/replies.ts";
import type { RigCallOptions } from "../../client/rig_options.ts";
import { Rig } from "../../client/rig.ts";
import { RigStatusError } from "../../client/rig_errors.ts";
import { Simulator } from "../../rigs/simulator.ts";
import { COMMANDS } from "../../rpc/commands.ts";
import { RequestError, RigError } from "../../rpc/errors.ts";
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

/** Whether two types are the same, to the compiler. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends
  (<T>() => T extends B ? 1 : 2) ? true : false;

/** The type of a part, with undefined where it may be missing. */
type Part<
  C extends readonly JoinableCommand[],
  Name extends C[number],
> = JoinedReply<C>[Name];

type Summary = JoinableReplies["summary"];
type Choice = "summary" | "pools";

// Of a wrong one of these the compiler says: false is no true.
const TYPES: {
  readonly written: Same<
    Part<readonly ["summary", "pools"], "summary">,
    Summary
  >;
  readonly last: Same<
    Part<readonly [...JoinableCommand[], "summary"], "summary">,
    Summary
  >;
  readonly first: Same<
    Part<readonly ["summary", ...JoinableCommand[]], "summary">,
    Summary
  >;
  readonly chosen: Same<
    Part<readonly [Choice], "summary">,
    Summary | undefined
  >;
  readonly beside: Same<
    Part<readonly ["devs", Choice], "summary">,
    Summary | undefined
  >;
  readonly listed: Same<
    Part<readonly JoinableCommand[], "summary">,
    Summary | undefined
  >;
  readonly either: Same<
    Part<readonly ["summary"] | readonly ["pools"], "summary">,
    Summary | undefined
  >;
  readonly none: Same<JoinArguments<readonly []>, never>;
  readonly onlyOptions: Same<JoinArgumentsWithOptions<readonly []>, never>;
} = {
  written: true,
  last: true,
  first: true,
  chosen: true,
  beside: true,
  listed: true,
  either: true,
  none: true,
  onlyOptions: true,
};

Deno.test("join() takes lists, choices and options that may be undefined", async () => {
  assertEquals(Object.values(TYPES).every((isRight) => isRight), true);
  await using simulator = Simulator.start();
  const rig = new Rig(simulator);
  const list: JoinableCommand[] = ["summary", "pools"];
  const isWanted = list.length > 1;
  const none: RigCallOptions | undefined = isWanted ? undefined : {};
  const written = await rig.join("summary", "pools", none);
  const listed = await rig.join(...list, none);
  const bare = await rig.join(...list);
  const chosen = await rig.join("summary", isWanted ? "pools" : "devs");
  assertEquals(
    [
      written.pools.POOLS.length,
      listed.pools?.POOLS.length,
      bare.pools?.POOLS.length,
      chosen.pools?.POOLS.length,
      chosen.summary.SUMMARY.length,
    ],
    [3, 3, 3, 3, 1],
  );
});

Deno.test("readJoin() tells commands from options", () => {
  const options = { timeoutMs: 5 };
  assertEquals(readJoin(["summary", "pools", "summary"]), {
    parts: ["summary", "pools"],
    options: undefined,
  });
  assertEquals(readJoin(["summary", options]).options, options);
  assertEquals(readJoin(["summary", undefined]).parts, ["summary"]);
});

Deno.test("join() refuses what cannot be joined, wherever it stands", async () => {
  const wrong: readonly (readonly unknown[])[] = [
    [],
    [undefined],
    [{ timeoutMs: 5 }],
    ["quit"],
    ["summary", "asc"],
    ["summary+quit"],
    ["setconfig"],
    [undefined, "quit"],
    [undefined, "summary"],
    [{ timeoutMs: 5 }, "summary"],
    ["toString"],
    ["Summary"],
    [["summary", "pools"]],
    [Symbol("summary"), {}],
  ];
  await using scripted = await ScriptedRig.start(replyWith("{}"));
  const rig = new Rig(scripted);
  for (const given of wrong) {
    assertThrows(() => readJoin(given), RequestError);
    await assertRejects(() => rig.join(...given as ["summary"]), RequestError);
  }
  await assertRejects(
    () => rig.join("summary", null as unknown as undefined),
    RequestError,
    "as an object",
  );
  assertEquals(scripted.connectionCount, 0);
});
