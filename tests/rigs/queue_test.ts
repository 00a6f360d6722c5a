import { assertEquals, assertMatch, assertRejects } from "jsr:@std/assert@1";
import { type Guest, MAX_WAITING_CALLS, RigQueue } from "../../rigs/queue.ts";
import {
  Caller,
  QueuedCall,
  splitLateCallers,
} from "../../rigs/queued_call.ts";
import { RequestError, RigError } from "../../rpc/errors.ts";
import {
  type Behaviour,
  echoRequests,
  replyWith,
  ScriptedRig,
} from "../scripted_rig.ts";
import {
  AGES_MS,
  ask,
  echo,
  fail,
  line,
  startHeldRig,
  write,
} from "./queue_questions.ts";

Deno.test("RigQueue holds one connection, and serves hundreds of callers in order", async () => {
  await using held = await startHeldRig();
  const { rig, open } = held;
  const queue = new RigQueue(rig, { maxWaitingCalls: 999, timeoutMs: AGES_MS });
  const served: number[] = [];
  const numbers = Array.from({ length: 300 }, (_, n) => n);
  const answers = numbers.map(async (n) => {
    const text = await ask(queue, write(n));
    served.push(n);
    return text;
  });
  await rig.untilRequests(1);
  assertEquals([rig.connectionCount, queue.waitingCalls], [1, 299]);
  open();
  assertEquals(
    await Promise.all(answers),
    numbers.map((n) => echo(write(n))),
  );
  assertEquals(rig.requests, numbers.map((n) => line(write(n))));
  assertEquals(served, numbers);
  assertEquals([rig.connectionCount, rig.peakRequests], [300, 1]);
  assertEquals(queue.waitingCalls, 0);
  await rig.untilIdle();
});

Deno.test("RigQueue keeps the order of callers who come while others are served", async () => {
  let queued = 0;
  await using rig = await ScriptedRig.start(echoRequests(() => {
    // Two more for each that is served, until there are 200.
    for (let i = 0; i < 2 && queued < 200; i++) {
      answers.push(ask(queue, write(queued++)));
    }
  }));
  const queue = new RigQueue(rig, { maxWaitingCalls: 999, timeoutMs: AGES_MS });
  const answers = [ask(queue, write(queued++))];
  await rig.untilRequests(200);
  await Promise.all(answers);
  assertEquals(
    rig.requests,
    Array.from({ length: 200 }, (_, n) => line(write(n))),
  );
  assertEquals(rig.peakRequests, 1);
});

Deno.test("RigQueue refuses the call after 64 that wait, at once", async () => {
  await using held = await startHeldRig();
  const { rig, open } = held;
  const queue = new RigQueue(rig, { timeoutMs: AGES_MS });
  const calls = Array.from({ length: 65 }, (_, n) => ask(queue, write(n)));
  assertEquals([MAX_WAITING_CALLS, queue.waitingCalls], [64, 64]);
  // Nothing was answered yet, so nothing but the queue can have said these.
  for (const request of [write(65), { command: "summary" }]) {
    const busy = await fail(queue, request);
    assertEquals(busy.code, "rig-busy");
    assertMatch(busy.message, /: 64 already do$/);
  }
  assertEquals(queue.waitingCalls, 64);
  open();
  await Promise.all(calls);
  await ask(queue, write(66));
  assertEquals(rig.requests.length, 66);
  assertEquals(rig.requests.at(-1), line(write(66)));
});

Deno.test("RigQueue gives one guest a quarter of the places, and no guest the last two", async () => {
  await using held = await startHeldRig();
  const { rig, open } = held;
  const queue = new RigQueue(rig, { timeoutMs: AGES_MS });
  let count = 0;
  const calls = [ask(queue, write(count++))];
  const fill = (places: number, guest: Guest) => {
    for (let i = 0; i < places; i++) {
      calls.push(ask(queue, write(count++), { guest }));
    }
  };
  fill(16, { client: "a" });
  const share = await fail(queue, write(count), { guest: { client: "a" } });
  assertEquals(share.code, "rig-busy");
  assertMatch(share.message, /of this client .*: 16 already do, a quarter/);
  // What is of another, or of nobody, has room.
  fill(16, { client: "b" });
  fill(30, {});
  assertEquals(queue.waitingCalls, 62);
  for (const guest of [{ client: "c" }, {}]) {
    const kept = await fail(queue, write(count), { guest });
    assertEquals(kept.code, "rig-busy");
    assertMatch(kept.message, /: 62 already do, and the last .* group W$/);
  }
  calls.push(ask(queue, write(count++)), ask(queue, write(count++)));
  assertEquals((await fail(queue, write(count))).code, "rig-busy");
  open();
  await Promise.all(calls);
  assertEquals(rig.requests.length, 65);
});

Deno.test("RigQueue counts a shared call for the guest who made it, and not once it is gone", async () => {
  await using held = await startHeldRig();
  const { rig, open } = held;
  // A share of one.
  const queue = new RigQueue(rig, { maxWaitingCalls: 4, timeoutMs: AGES_MS });
  const asGuest = (client: string, command: string, signal?: AbortSignal) =>
    queue.ask({ command }, { guest: { client }, signal });
  const running = ask(queue, write(0));
  await rig.untilRequests(1);
  const leaving = new AbortController();
  const made = assertRejects(() => asGuest("a", "summary", leaving.signal));
  const shared = asGuest("b", "summary");
  const own = asGuest("b", "pools");
  await assertRejects(() => asGuest("a", "devs"), RigError, "of this client");
  await assertRejects(() => asGuest("b", "devs"), RigError, "of this client");
  leaving.abort();
  await made;
  // The other still waits for it.
  await assertRejects(() => asGuest("a", "devs"), RigError, "of this client");
  open();
  await Promise.all([running, shared, own]);
  await asGuest("a", "devs");
  assertEquals(rig.requests.length, 4);
});

Deno.test("splitLateCallers() counts a call that is made again for the first who still waits", () => {
  for (const client of ["b", undefined]) {
    const call = new QueuedCall(new Uint8Array(), "summary", 0, 100, "a");
    const addCaller = (arrivedMs: number, client: string | undefined) => {
      const guest = client === undefined ? undefined : { client };
      const ignore = () => {};
      call.callers.add(
        new Caller(
          ...[call, false, arrivedMs, 100, { guest }] as const,
          ...[undefined, ignore, ignore] as const,
        ),
      );
    };
    addCaller(0, "a");
    addCaller(80, client);
    addCaller(90, "c");
    const again = splitLateCallers(call, 100);
    assertEquals([again?.client, again?.callers.size], [client, 2]);
    assertEquals([call.client, call.callers.size], ["a", 1]);
  }
});

Deno.test("RigQueue is not full for callers who share a call", async () => {
  await using held = await startHeldRig();
  const { rig, open } = held;
  const queue = new RigQueue(rig, { maxWaitingCalls: 2, timeoutMs: AGES_MS });
  const commands = ["summary", "pools", "devs"];
  const calls = commands.map((command) => ask(queue, { command }));
  assertEquals(queue.waitingCalls, 2);
  const sharers = Array.from(
    { length: 300 },
    (_, n) => ask(queue, { command: commands[n % 3] as string }),
  );
  assertEquals(queue.waitingCalls, 2);
  open();
  await Promise.all([...calls, ...sharers]);
  assertEquals(rig.requests, commands.map((command) => line({ command })));
});

Deno.test("RigQueue refuses what no rig can read, and is as before", async () => {
  await using rig = await ScriptedRig.start(replyWith("{}"));
  const queue = new RigQueue(rig);
  for (const command of ["a\0", "\ud800", "x".repeat(5000)]) {
    await assertRejects(() => queue.ask({ command }), RequestError);
  }
  assertEquals([queue.waitingCalls, rig.connectionCount], [0, 0]);
  assertEquals(await ask(queue, write(0)), "{}");
});

Deno.test("RigQueue sends a write once, whatever becomes of it", async (t) => {
  const faults: Record<string, Behaviour> = {
    "rig-closed": ({ reset }) => reset(),
    "rig-timeout": ({ closed }) => closed,
  };
  for (const [code, fault] of Object.entries(faults)) {
    await t.step(code, async () => {
      await using rig = await ScriptedRig.start(fault);
      const queue = new RigQueue(rig, { timeoutMs: 100 });
      assertEquals((await fail(queue, write(0))).code, code);
      rig.behaviour = replyWith("{}");
      assertEquals(await ask(queue, write(1)), "{}");
      assertEquals(rig.requests, [line(write(0)), line(write(1))]);
    });
  }
});

Deno.test("RigQueue says where the time of a call went", async () => {
  await using held = await startHeldRig();
  const { rig, open } = held;
  const queue = new RigQueue(rig, { timeoutMs: AGES_MS });
  const calls = [queue.ask(write(0)), queue.ask(write(1))];
  await rig.untilRequests(1);
  const heldMs = performance.now();
  while (performance.now() - heldMs < 5);
  open();
  const [first, second] = await Promise.all(calls);
  assertEquals([first?.isShared, second?.isShared], [false, false]);
  assertEquals((first?.rpcMs ?? 0) >= 5, true);
  assertEquals((second?.queueMs ?? 0) >= 5, true);
});
