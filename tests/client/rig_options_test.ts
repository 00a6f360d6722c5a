import { assertEquals, assertRejects, assertThrows } from "jsr:@std/assert@1";
import type { SummaryReply } from "../../client/miner_reports.ts";
import { askRigs, Rig } from "../../client/rig.ts";
import type { RigOptions } from "../../client/rig_options.ts";
import { createHandler } from "../../gateway/handler.ts";
import { Fleet } from "../../rigs/fleet.ts";
import { RigQueue } from "../../rigs/queue.ts";
import { RequestError, RigError } from "../../rpc/errors.ts";
import { echoRequests, replyAfter, ScriptedRig } from "../scripted_rig.ts";

const SUMMARY = '{"STATUS":[{"STATUS":"S","When":1,"Code":11,"Msg":""}],' +
  '"SUMMARY":[{"Elapsed":60}],"id":1}';

/** Gives a value a type that it has not, as a program in JavaScript may. */
const asAny = <T>(value: unknown): T => value as T;

Deno.test("new Rig() refuses a time that no call can take, and says what may be", () => {
  const times = [0, -1, 3, NaN, Infinity, 2 ** 31, "100", 1n, null];
  for (const timeoutMs of times) {
    const options = asAny<RigOptions>({ hostname: "a", timeoutMs });
    assertThrows(
      () => new Rig(options),
      RequestError,
      "at least 5 and at most 2147483647 (24 days)",
    );
  }
});

Deno.test("new Rig() refuses other options that can be none", () => {
  const wrong: readonly unknown[] = [
    undefined,
    null,
    "10.0.0.7",
    { hostname: "a", maxWaitingCalls: 0 },
    { hostname: "a", maxWaitingCalls: 1.5 },
    { hostname: "a", maxWaitingCalls: "9" },
    { hostname: "a", maxReplyBytes: 0 },
    { hostname: "a", maxReplyBytes: 0.5 },
    { hostname: "a", maxReplyBytes: "9" },
    { hostname: "a", kind: "antminer" },
    { hostname: "a", password: 12345 },
    { hostname: "a", signal: {} },
    { hostname: "a", queue: {} },
  ];
  for (const options of wrong) {
    assertThrows(() => new Rig(asAny<RigOptions>(options)), RequestError);
  }
});

Deno.test("call() refuses options that can be none, and sends nothing", async () => {
  await using scripted = await ScriptedRig.start(echoRequests());
  const rig = new Rig(scripted);
  const wrong: readonly unknown[] = [
    null,
    5,
    { timeoutMs: "100" },
    { timeoutMs: 1n },
    { timeoutMs: 0 },
    { timeoutMs: Infinity },
    { signal: {} },
    { signal: null },
  ];
  for (const options of wrong) {
    await assertRejects(
      () => rig.call("summary", undefined, asAny(options)),
      RequestError,
    );
  }
  assertEquals(scripted.connectionCount, 0);
});

Deno.test("new Rig() lets as many calls wait as it is told, and a thousand by itself", async () => {
  const ready = Promise.withResolvers<void>();
  await using scripted = await ScriptedRig.start(
    replyAfter(() => ready.promise, "{}"),
  );
  const { hostname, port } = scripted;
  const countBusy = async (rig: Rig, calls: number): Promise<number> => {
    const running = Array.from({ length: calls }, () => rig.call("nosuch"));
    const settled = Promise.allSettled(running);
    ready.resolve();
    return (await settled).filter((result) =>
      result.status === "rejected" && result.reason instanceof RigError &&
      result.reason.code === "rig-busy"
    ).length;
  };
  const small = new Rig({ hostname, port, maxWaitingCalls: 2 });
  assertEquals(await countBusy(small, 5), 2);
  assertEquals(await countBusy(new Rig({ hostname, port }), 1003), 2);
});

Deno.test("a Rig of a fleet's rig asks by its queue: one connection, and reads shared", async () => {
  const ready = Promise.withResolvers<void>();
  await using scripted = await ScriptedRig.start(
    replyAfter(() => ready.promise, SUMMARY),
  );
  const { hostname, port } = scripted;
  const fleet = new Fleet([{ name: "garage", hostname, port }]);
  const gateway = createHandler({ fleet });
  const rig = new Rig(fleet.defaultRig);
  assertEquals(rig.address, { name: "garage", hostname, port });
  const ask = async (path: string) =>
    await (await gateway(new Request(`http://localhost${path}`))).text();
  const reads = [ask("/summary"), rig.summary()];
  // The gateway has asked its queue long before the rig reads anything.
  await scripted.untilRequests(1);
  const calls = [rig.call("switchpool", 1), rig.call("pools"), ask("/pools")];
  ready.resolve();
  await Promise.all([...reads, ...calls]);
  assertEquals(scripted.peakRequests, 1);
  assertEquals(scripted.requests, [
    '{"command":"summary"}',
    '{"command":"switchpool","parameter":1}',
    '{"command":"pools"}',
  ]);
});

Deno.test("a Rig on a queue that others use gives up its own calls alone", async () => {
  const ready = Promise.withResolvers<void>();
  await using scripted = await ScriptedRig.start(
    replyAfter(() => ready.promise, SUMMARY),
  );
  const { hostname, port } = scripted;
  const fleet = new Fleet([{ name: "garage", hostname, port }]);
  const over = new AbortController();
  const rig = new Rig({ ...fleet.defaultRig, signal: over.signal });
  const mine = rig.summary();
  const theirs = fleet.defaultRig.queue.ask({ command: "summary" });
  const waiting = rig.switchPool(1);
  await scripted.untilRequests(1);
  const reason = new Error("all is over");
  over.abort(reason);
  assertEquals(await assertRejects(() => mine), reason);
  assertEquals(await assertRejects(() => waiting), reason);
  assertEquals(await assertRejects(() => rig.summary()), reason);
  ready.resolve();
  assertEquals((await theirs).isShared, true);
  assertEquals(scripted.requests, ['{"command":"summary"}']);
});

Deno.test("a Rig on a queue has its deadline, unless it is given one", async () => {
  await using scripted = await ScriptedRig.start(({ closed }) => closed);
  const { hostname, port } = scripted;
  const queue = new RigQueue({ hostname, port }, { timeoutMs: 60 });
  const readTimeout = async (options: Partial<RigOptions>) =>
    (await assertRejects(
      () => new Rig({ hostname, port, queue, ...options }).summary(),
      RigError,
    )).message;
  assertEquals(/within 0\.06 s/.test(await readTimeout({})), true);
  const own = await readTimeout({ timeoutMs: 30 });
  assertEquals(/within 0\.03 s/.test(own), true);
  await scripted.untilIdle();
});

Deno.test("new Rig() refuses the queue of another rig, and lengths beside a queue", () => {
  const queue = new RigQueue({ hostname: "10.0.0.8", port: 4028 });
  assertThrows(
    () => new Rig({ hostname: "10.0.0.7", queue }),
    RequestError,
    "The queue is that of 10.0.0.8:4028, and not of 10.0.0.7:4028",
  );
  assertThrows(
    () => new Rig({ hostname: "10.0.0.8", queue, maxWaitingCalls: 5 }),
    RequestError,
    "maxWaitingCalls",
  );
  assertThrows(
    () => new Rig({ hostname: "10.0.0.8", queue, maxReplyBytes: 5 }),
    RequestError,
    "maxReplyBytes",
  );
});

Deno.test("call() refuses a reply that is too long, or nests too deep", async () => {
  const reply = `{"STATS":"${"x".repeat(1000)}"}`;
  await using scripted = await ScriptedRig.start(({ send }) =>
    send(reply + "\0")
  );
  const { hostname, port } = scripted;
  const maxReplyBytes = reply.length;
  await assertRejects(
    () => new Rig({ hostname, port, maxReplyBytes }).call("stats"),
    RigError,
    `longer than ${reply.length} bytes`,
  );
  const rig = new Rig({ hostname, port, maxReplyBytes: reply.length + 1 });
  assertEquals(await rig.call("stats"), JSON.parse(reply));
  const deep = `{"a":${"[".repeat(512)}${"]".repeat(512)}}`;
  scripted.behaviour = ({ send }) => send(deep + "\0");
  await assertRejects(
    () => new Rig(scripted).call("stats"),
    RigError,
    "nested more than 512 deep",
  );
});

Deno.test("new Rig() names the option that is meant by a misspelt one", () => {
  const cases = [
    [{ host: "10.0.0.7" }, "hostname"],
    [{ ip: "10.0.0.7" }, "hostname"],
    [{ hostname: "10.0.0.7", timeout: 5 }, "timeoutMs"],
    [{ hostname: "10.0.0.7", prt: 5 }, "port"],
  ] as const;
  for (const [options, meant] of cases) {
    assertThrows(
      () => new Rig(asAny<RigOptions>(options)),
      RequestError,
      `is ${meant} meant?`,
    );
  }
  // What a rig that was found has besides, and data of one's own.
  const found = { hostname: "10.0.0.7", port: 4028, miner: "x", api: "3.7" };
  assertEquals(new Rig(found).address.hostname, "10.0.0.7");
  const fleet = new Fleet([{ name: "a", hostname: "10.0.0.7", port: 4028 }]);
  assertEquals(new Rig(fleet.findRig("a")).address.name, "a");
  assertThrows(() => new Rig(fleet.findRig("b")), RequestError, "no such rig?");
});

Deno.test("a misspelt field of a typed reply does not compile", () => {
  const read = ({ SUMMARY: [summary] }: SummaryReply): unknown[] => [
    summary.Accepted,
    // @ts-expect-error There is no such field.
    summary.Acepted,
  ];
  assertEquals(typeof read, "function");
});

Deno.test("askRigs() gives each rig's reply or error as it comes", async () => {
  await using scripted = await ScriptedRig.start(({ send }) =>
    send(SUMMARY + "\0")
  );
  const { hostname, port } = scripted;
  const rigs = [new Rig({ hostname, port }), new Rig({ hostname, port: 1 })];
  const outcomes = new Map<Rig, unknown>();
  for await (const { rig, reply, error } of askRigs(rigs, "summary")) {
    outcomes.set(rig, reply?.SUMMARY ?? (error as RigError).code);
  }
  assertEquals(rigs.map((rig) => outcomes.get(rig)), [
    [{ Elapsed: 60 }],
    "rig-refused",
  ]);
});
