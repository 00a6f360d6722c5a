import { assertEquals, assertMatch } from "jsr:@std/assert@1";
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

Deno.test("RigQueue counts the deadline from arrival, also of a call that waits", async () => {
  await using held = await startHeldRig();
  const { rig, open } = held;
  const queue = new RigQueue(rig, { timeoutMs: AGES_MS });
  const first = ask(queue, write(0));
  const late = await fail(queue, write(1), { timeoutMs: 30 });
  assertEquals(late.code, "rig-timeout");
  assertMatch(late.message, /within 0\.03 s: other calls were before this one/);
  assertEquals(queue.waitingCalls, 0);
  open();
  await first;
  await ask(queue, write(2));
  // A write whose caller was told that it failed must not be sent later.
  assertEquals(rig.requests, [line(write(0)), line(write(2))]);
});

Deno.test("RigQueue sends no write whose deadline is over", async () => {
  await using rig = await ScriptedRig.start(replyWith("{}"));
  const queue = new RigQueue(rig, { timeoutMs: 50 });
  const first = ask(queue, write(0), { timeoutMs: AGES_MS });
  const late = [1, 2, 3].map((n) => fail(queue, write(n)));
  await rig.untilRequests(1);
  // A busy moment of this process: the reply and the deadlines come at once.
  const startedMs = performance.now();
  while (performance.now() - startedMs < 70);
  assertEquals(await first, "{}");
  for (const { code } of await Promise.all(late)) {
    assertEquals(code, "rig-timeout");
  }
  await rig.untilIdle();
  assertEquals(rig.requests, [line(write(0))]);
});

Deno.test("RigQueue sends no write in the last moment before its deadline", async () => {
  await using rig = await ScriptedRig.start(({ closed }) => closed);
  const queue = new RigQueue(rig, { timeoutMs: 150 });
  const first = fail(queue, write(0));
  // 3 ms are left of this one's time when the first is over.
  const last = await fail(queue, write(1), { timeoutMs: 153 });
  assertEquals((await first).code, "rig-timeout");
  assertEquals(last.code, "rig-timeout");
  assertMatch(last.message, /within 0\.15 s: other calls were before/);
  await rig.untilIdle();
  assertEquals(rig.requests, [line(write(0))]);
});

Deno.test("RigQueue says of a deadline that no call can meet what is wrong with it", async () => {
  await using rig = await ScriptedRig.start(replyWith("{}"));
  const { code, message, hint } = await fail(
    new RigQueue(rig, { timeoutMs: 3 }),
    write(0),
  );
  assertEquals(code, "rig-timeout");
  assertMatch(message, /within 0\.003 s: no call is made in less than 5 ms$/);
  assertMatch(hint ?? "", /milliseconds/);
  assertEquals(rig.connectionCount, 0);
});

Deno.test("RigQueue ends all that wait for a silent rig, each at its deadline", async () => {
  await using rig = await ScriptedRig.start(({ closed }) => closed);
  const queue = new RigQueue(rig, { timeoutMs: 150 });
  const errors = await Promise.all(
    Array.from({ length: 65 }, (_, n) => fail(queue, write(n))),
  );
  assertEquals(
    errors.map(({ code }) => code),
    Array.from({ length: 65 }, () => "rig-timeout"),
  );
  assertMatch(
    errors[0]?.message ?? "",
    /within 0\.15 s: it accepted the connection and said nothing$/,
  );
  assertEquals(queue.waitingCalls, 0);
  rig.behaviour = replyWith("{}");
  assertEquals(await ask(queue, write(65)), "{}");
  await rig.untilIdle();
});

Deno.test("RigQueue says the time that a call had in readable seconds", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  await using rig = await ScriptedRig.start(({ index, send, closed }) =>
    index === 0 ? promise.then(() => send("{}\0")) : closed
  );
  const queue = new RigQueue(rig, { timeoutMs: 200 });
  const first = queue.ask(write(0));
  const second = fail(queue, write(1));
  await rig.untilRequests(1);
  resolve();
  await first;
  assertMatch((await second).message, /within 0\.2 s: it accepted/);
});

Deno.test("RigQueue ends an abandoned call at the deadline, and goes on", async () => {
  await using rig = await ScriptedRig.start(({ index, send, closed }) =>
    index === 0 ? closed : send("{}\0")
  );
  const queue = new RigQueue(rig, { timeoutMs: 100 });
  const caller = new AbortController();
  const gone = fail(queue, write(0), { signal: caller.signal });
  const next = ask(queue, write(1), { timeoutMs: AGES_MS });
  await rig.untilRequests(1);
  caller.abort(new Error("left"));
  assertEquals((await gone).message, "left");
  assertEquals(await next, "{}");
});

Deno.test("RigQueue gives a caller who joined a call that waits its own deadline", async () => {
  await using held = await startHeldRig();
  const queue = new RigQueue(held.rig, { timeoutMs: 50 });
  const first = outcomeOf(queue, WRITE, { timeoutMs: AGES_MS });
  const early = outcomeOf(queue, SUMMARY);
  const joined = outcomeOf(queue, SUMMARY, { timeoutMs: AGES_MS });
  assertEquals(await early, "rig-timeout");
  held.open();
  assertEquals(await first, echo(WRITE));
  assertEquals(await joined, echo(SUMMARY));
  // One call, not one that ends at once because the first deadline is over.
  assertEquals(held.rig.requests, [WRITE, SUMMARY].map(line));
  assertEquals(held.rig.connectionCount, 2);
});

Deno.test("RigQueue does not end a shared call at the first of its deadlines", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { promise: isOver, resolve: end } = Promise.withResolvers<void>();
  await using rig = await ScriptedRig.start(
    echoRequests(({ index }) => index === 0 ? promise : isOver),
  );
  const queue = new RigQueue(rig, { timeoutMs: 200 });
  const first = outcomeOf(queue, WRITE, { timeoutMs: AGES_MS });
  const early = outcomeOf(queue, SUMMARY);
  const joined = outcomeOf(queue, SUMMARY, { timeoutMs: AGES_MS });
  resolve();
  assertEquals(await first, echo(WRITE));
  assertEquals(await early, "rig-timeout");
  end();
  assertEquals(await joined, echo(SUMMARY));
  assertEquals(rig.requests, [WRITE, SUMMARY].map(line));
});

Deno.test("RigQueue gives a caller who joined a call that runs its own deadline", async () => {
  let isOver = false;
  await using rig = await ScriptedRig.start(async ({ send, closed }) => {
    if (!isOver) await closed;
    await send("{}\0");
  });
  const queue = new RigQueue(rig, { timeoutMs: 100 });
  const first = outcomeOf(queue, SUMMARY).then((result) => {
    isOver = true;
    return result;
  });
  await rig.untilRequests(1);
  const joined = outcomeOf(queue, SUMMARY, { timeoutMs: AGES_MS });
  assertEquals(await first, "rig-timeout");
  assertEquals(await joined, "{}");
});

Deno.test("RigQueue gives a caller who joined a call that runs all of its time", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  await using rig = await ScriptedRig.start(
    echoRequests(() => promise),
  );
  const queue = new RigQueue(rig, { timeoutMs: 1000 });
  const first = outcomeOf(queue, SUMMARY);
  await rig.untilRequests(1);
  const joined = outcomeOf(queue, SUMMARY, { timeoutMs: AGES_MS });
  assertEquals(await first, "rig-timeout");
  resolve();
  assertEquals(await joined, echo(SUMMARY));
  assertEquals(rig.requests, [line(SUMMARY)]);
});

Deno.test("RigQueue keeps the order when a joined call runs out of time", async () => {
  await using rig = await ScriptedRig.start(({ index, closed, ...rest }) =>
    index === 0 ? closed : echoRequests()({ index, closed, ...rest })
  );
  const queue = new RigQueue(rig, { timeoutMs: 200 });
  const options = { timeoutMs: AGES_MS };
  const first = outcomeOf(queue, SUMMARY);
  const between = outcomeOf(queue, POOLS, options);
  const joined = outcomeOf(queue, SUMMARY, options);
  const write = outcomeOf(queue, WRITE, options);
  assertEquals(await first, "rig-timeout");
  await Promise.all([between, joined, write]);
  assertEquals(rig.requests, [SUMMARY, POOLS, SUMMARY, WRITE].map(line));
});

Deno.test("RigQueue asks a silent rig once for callers who came together", async () => {
  await using rig = await ScriptedRig.start(({ closed }) => closed);
  const queue = new RigQueue(rig, { timeoutMs: 200 });
  const results = await Promise.allSettled(
    Array.from({ length: 300 }, () => queue.ask(SUMMARY)),
  );
  for (const result of results) {
    assertMatch(
      result.status === "rejected" ? String(result.reason) : "a reply",
      /^RigError: No (whole )?reply from .* within 0\.2 s: /,
    );
  }
  // A second call would say what comes now.
  rig.behaviour = replyWith("{}");
  assertEquals(await outcomeOf(queue, POOLS), "{}");
  assertEquals(rig.requests, [SUMMARY, POOLS].map(line));
  assertEquals(rig.connectionCount, 2);
});

Deno.test("RigQueue holds each to its deadline when one who shares has longer", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  await using rig = await ScriptedRig.start(async ({ index, send, closed }) => {
    await Promise.race([closed, index === 0 ? closed : promise]);
    await send("{}\0");
  });
  const queue = new RigQueue(rig, { timeoutMs: 200 });
  const together = Array.from({ length: 300 }, () => outcomeOf(queue, SUMMARY));
  const patient = outcomeOf(queue, SUMMARY, { timeoutMs: 5000 });
  await rig.untilRequests(1);
  // A busy moment of this process: all deadlines are over when it ends.
  const startedMs = performance.now();
  while (performance.now() - startedMs < 220);
  // None of these may wait for the patient one, who gets its reply after them.
  assertEquals(
    await Promise.all(together),
    together.map(() => "rig-timeout"),
  );
  resolve();
  assertEquals(await patient, "{}");
});
