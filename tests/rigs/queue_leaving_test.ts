import { assert, assertEquals } from "jsr:@std/assert@1";
import fc from "npm:fast-check@4";
import { RigQueue } from "../../rigs/queue.ts";
import { echoRequests, replyWith, ScriptedRig } from "../scripted_rig.ts";
import {
  AGES_MS,
  ask,
  echo,
  fail,
  line,
  outcomeOf,
  POOLS,
  startHeldRig,
  SUMMARY,
  write,
} from "./queue_questions.ts";

const WRITE = write(1);

Deno.test("RigQueue has room again when a waiting caller leaves", async () => {
  await using held = await startHeldRig();
  const { rig, open } = held;
  const queue = new RigQueue(rig, { maxWaitingCalls: 1, timeoutMs: AGES_MS });
  const caller = new AbortController();
  const first = ask(queue, write(0));
  const gone = fail(queue, write(1), { signal: caller.signal });
  assertEquals((await fail(queue, write(2))).code, "rig-busy");
  caller.abort(new Error("left"));
  const last = ask(queue, write(3));
  assertEquals((await gone).message, "left");
  open();
  await Promise.all([first, last]);
  assertEquals(rig.requests, [line(write(0)), line(write(3))]);
});

Deno.test("RigQueue drops a call whose only caller leaves before its turn", async () => {
  await using held = await startHeldRig();
  const { rig, open } = held;
  const queue = new RigQueue(rig, { timeoutMs: AGES_MS });
  const leaving = new AbortController();
  const calls = Array.from({ length: 60 }, (_, n) => {
    if (n % 3 !== 1) return ask(queue, write(n));
    return fail(queue, write(n), { signal: leaving.signal });
  });
  const read = fail(queue, { command: "summary" }, { signal: leaving.signal });
  await rig.untilRequests(1);
  const reason = new Error("left");
  leaving.abort(reason);
  assertEquals(await read, reason);
  assertEquals(await calls[1], reason);
  assertEquals(queue.waitingCalls, 39);
  open();
  await Promise.all(calls);
  assertEquals(
    rig.requests,
    Array.from({ length: 60 }, (_, n) => n)
      .filter((n) => n % 3 !== 1).map((n) => line(write(n))),
  );
});

Deno.test("RigQueue lets a call run on whose caller leaves after it was sent", async () => {
  for (const request of [write(0), { command: "summary" }]) {
    await using held = await startHeldRig();
    const { rig, open } = held;
    const queue = new RigQueue(rig, { timeoutMs: AGES_MS });
    const caller = new AbortController();
    const gone = fail(queue, request, { signal: caller.signal });
    const next = ask(queue, write(1));
    await rig.untilRequests(1);
    caller.abort(new Error("left"));
    assertEquals((await gone).message, "left");
    // A question to another rig gives the first all the time to be closed.
    await using other = await ScriptedRig.start(replyWith("{}"));
    await ask(new RigQueue(other), write(0));
    assertEquals([rig.openConnections, rig.connectionCount], [1, 1]);
    open();
    assertEquals(await next, echo(write(1)));
    assertEquals(rig.requests, [line(request), line(write(1))]);
    assertEquals(rig.peakRequests, 1);
  }
});

Deno.test("RigQueue sends nothing for a caller who leaves while it connects", async () => {
  await using rig = await ScriptedRig.start(replyWith("{}"));
  const queue = new RigQueue(rig, { timeoutMs: AGES_MS });
  const caller = new AbortController();
  const gone = fail(queue, write(0), { signal: caller.signal });
  const next = ask(queue, write(1));
  // The first runs, and no turn of the event loop has let it connect.
  assertEquals(queue.waitingCalls, 1);
  caller.abort(new Error("left"));
  assertEquals((await gone).message, "left");
  assertEquals(await next, "{}");
  assertEquals(rig.requests.filter((text) => text !== ""), [line(write(1))]);
});

Deno.test("RigQueue asks nothing for a caller who has left already", async () => {
  await using rig = await ScriptedRig.start(replyWith("{}"));
  const queue = new RigQueue(rig);
  const reason = new Error("left");
  const signal = AbortSignal.abort(reason);
  assertEquals(await fail(queue, write(0), { signal }), reason);
  assertEquals([queue.waitingCalls, rig.connectionCount], [0, 0]);
  assertEquals(await ask(queue, write(1)), "{}");
  assertEquals(rig.requests, [line(write(1))]);
});

Deno.test("RigQueue leaves no listener on a signal that lives on", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  await using rig = await ScriptedRig.start(
    echoRequests(({ request }) =>
      request.includes("zero") ? promise : undefined
    ),
  );
  const { signal } = new AbortController();
  let listeners = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: unknown[]) => {
    listeners++;
    Reflect.apply(addEventListener, signal, args);
  };
  signal.removeEventListener = (...args: unknown[]) => {
    listeners--;
    Reflect.apply(removeEventListener, signal, args);
  };
  const queue = new RigQueue(rig, { maxWaitingCalls: 8, timeoutMs: AGES_MS });
  const calls = Array.from(
    { length: 20 },
    (_, n) => queue.ask(write(n), { signal }),
  );
  assertEquals(listeners, 9);
  const results = await Promise.allSettled(calls);
  assertEquals(
    results.filter(({ status }) => status === "rejected").length,
    11,
  );
  assertEquals(listeners, 0);
  const slow = { command: "zero", parameter: "all,false" };
  await fail(queue, slow, { signal, timeoutMs: 30 });
  assertEquals(listeners, 0);
  resolve();
  await ask(queue, WRITE);
});

Deno.test("RigQueue goes on with a shared call when one of its callers leaves", async () => {
  await using held = await startHeldRig();
  const queue = new RigQueue(held.rig, { timeoutMs: AGES_MS });
  const caller = new AbortController();
  const { signal } = caller;
  // One call that runs, one that waits; the caller who leaves came first.
  const gone = [SUMMARY, POOLS].map((each) =>
    outcomeOf(queue, each, { signal })
  );
  const left = [SUMMARY, POOLS].map((each) => outcomeOf(queue, each));
  await held.rig.untilRequests(1);
  caller.abort(new Error("left"));
  assertEquals(await Promise.all(gone), ["left", "left"]);
  assertEquals(queue.waitingCalls, 1);
  held.open();
  assertEquals(
    await Promise.all(left),
    [SUMMARY, POOLS].map((each) => echo(each)),
  );
  assertEquals(held.rig.requests, [SUMMARY, POOLS].map(line));
});

Deno.test("RigQueue drops a shared call when the last of its callers leaves", async () => {
  await using held = await startHeldRig();
  const queue = new RigQueue(held.rig, { timeoutMs: AGES_MS });
  const first = outcomeOf(queue, WRITE);
  const callers = Array.from({ length: 100 }, () => new AbortController());
  const gone = callers.map(({ signal }) => outcomeOf(queue, POOLS, { signal }));
  callers.forEach((caller, n) => {
    assertEquals(queue.waitingCalls, 1);
    caller.abort(new Error(`left ${n}`));
  });
  assertEquals(queue.waitingCalls, 0);
  // A call that was dropped is not there to be joined.
  const later = outcomeOf(queue, POOLS);
  assertEquals(queue.waitingCalls, 1);
  assertEquals(await Promise.all(gone), callers.map((_, n) => `left ${n}`));
  held.open();
  await first;
  assertEquals(await later, echo(POOLS));
  assertEquals(held.rig.requests, [WRITE, POOLS].map(line));
});

Deno.test("RigQueue makes a new call for a read when the only caller left while it connected", async () => {
  await using rig = await ScriptedRig.start(echoRequests());
  const queue = new RigQueue(rig, { timeoutMs: AGES_MS });
  const caller = new AbortController();
  const gone = outcomeOf(queue, SUMMARY, { signal: caller.signal });
  caller.abort(new Error("left"));
  const next = outcomeOf(queue, SUMMARY);
  assertEquals(await gone, "left");
  assertEquals(await next, echo(SUMMARY));
});

Deno.test("RigQueue keeps what some callers abort and others await apart", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          request: fc.constantFrom(SUMMARY, POOLS, WRITE),
          // After how many requests at the rig the caller leaves; 0: at once.
          leavesAfter: fc.option(fc.nat(12), { nil: undefined }),
        }),
        { minLength: 1, maxLength: 60 },
      ),
      async (plans) => {
        let seen = 0;
        const callers = plans.map(() => new AbortController());
        const leave = () =>
          callers.forEach((caller, n) => {
            if (plans[n]?.leavesAfter === seen) caller.abort(new Error("left"));
          });
        await using rig = await ScriptedRig.start(
          echoRequests(() => (seen++, leave())),
        );
        const queue = new RigQueue(rig, { timeoutMs: AGES_MS });
        const answers = plans.map(({ request }, n) =>
          outcomeOf(queue, request, { signal: callers[n]?.signal })
        );
        leave();
        const results = await Promise.all(answers);
        results.forEach((result, n) => {
          const { request, leavesAfter } = plans[n] as typeof plans[number];
          if (result === "left") return assert(leavesAfter !== undefined);
          assertEquals(result, echo(request));
        });
        assertEquals([queue.waitingCalls, rig.peakRequests < 2], [0, true]);
        // The queue is not stuck.
        assertEquals(
          await outcomeOf(queue, { command: "devs" }),
          '{"echo":{"command":"devs"}}',
        );
        const writes = rig.requests.filter((text) => text === line(WRITE));
        const asked = plans.filter(({ request }) => request === WRITE);
        assert(writes.length <= asked.length);
      },
    ),
    { numRuns: 40 },
  );
});
