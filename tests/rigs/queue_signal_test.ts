import { assertEquals } from "jsr:@std/assert@1";
import { Rig } from "../../client/rig.ts";
import { RigQueue } from "../../rigs/queue.ts";
import { replyWith, ScriptedRig } from "../scripted_rig.ts";
import {
  AGES_MS,
  ask,
  fail,
  POOLS,
  SUMMARY,
  write,
} from "./queue_questions.ts";

Deno.test("RigQueue gives all up when its signal aborts, and closes what runs at once", async () => {
  // It never answers, so that nothing but the signal ends a connection.
  await using rig = await ScriptedRig.start(({ closed }) => closed);
  const over = new AbortController();
  const { signal } = over;
  const queue = new RigQueue(rig, { signal, timeoutMs: AGES_MS });
  const calls = [SUMMARY, SUMMARY, write(1), POOLS]
    .map((request) => fail(queue, request));
  await rig.untilRequests(1);
  assertEquals([queue.waitingCalls, rig.openConnections], [2, 1]);
  const reason = new Error("over");
  over.abort(reason);
  assertEquals(await Promise.all(calls), [reason, reason, reason, reason]);
  await rig.untilIdle();
  assertEquals(await fail(queue, SUMMARY), reason);
  assertEquals([rig.requests.length, queue.waitingCalls], [1, 0]);
});

Deno.test("RigQueue closes for its signal a call that nobody waits for any more", async () => {
  await using rig = await ScriptedRig.start(({ closed }) => closed);
  const over = new AbortController();
  const { signal } = over;
  const queue = new RigQueue(rig, { signal, timeoutMs: AGES_MS });
  const left = new AbortController();
  const gone = fail(queue, write(1), { signal: left.signal });
  await rig.untilRequests(1);
  left.abort(new Error("left"));
  await gone;
  assertEquals(rig.openConnections, 1);
  over.abort();
  await rig.untilIdle();
});

Deno.test("RigQueue gives up for its signal before it is connected", async () => {
  await using rig = await ScriptedRig.start(replyWith("{}"));
  const over = new AbortController();
  const { signal } = over;
  const queue = new RigQueue(rig, { signal, timeoutMs: AGES_MS });
  const calls = [fail(queue, write(1)), fail(queue, write(2))];
  const reason = new Error("over");
  over.abort(reason);
  assertEquals(await Promise.all(calls), [reason, reason]);
  await rig.untilIdle();
  assertEquals(rig.requests.filter((text) => text !== ""), []);
});

Deno.test("RigQueue leaves no listener on its signal while nothing runs", async () => {
  await using rig = await ScriptedRig.start(replyWith("{}"));
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
  const queue = new RigQueue(rig, { signal, timeoutMs: AGES_MS });
  const calls = [1, 2, 3].map((n) => ask(queue, write(n)));
  assertEquals(listeners, 1);
  await Promise.all(calls);
  // The end of the last call is a turn after its reply.
  await rig.untilIdle();
  assertEquals(listeners, 0);
});

Deno.test("the signal of a Rig closes its connection, and leaves nothing behind", async () => {
  await using scripted = await ScriptedRig.start(({ closed }) => closed);
  const { hostname, port } = scripted;
  const over = new AbortController();
  const rig = new Rig({
    hostname,
    port,
    timeoutMs: AGES_MS,
    signal: over.signal,
  });
  const late = rig.switchPool(1, { timeoutMs: 30 }).catch(({ code }) => code);
  assertEquals(await late, "rig-timeout");
  // Sent, and so on its way, whoever waits.
  assertEquals(scripted.openConnections, 1);
  over.abort();
  await scripted.untilIdle();
  assertEquals(scripted.requests.length, 1);
});
