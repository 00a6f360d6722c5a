import { assertEquals, assertThrows } from "jsr:@std/assert@1";
import { makeReplySource, MAX_POLLS } from "../../../gateway/live/streams.ts";
import { Problem } from "../../../gateway/http/problems.ts";
import { INTERVAL_MS, reply, setUpPolls } from "./live_source.ts";
import { EventReader } from "./live_streams.ts";

Deno.test("a poll ticks at once, and then at its interval from each start", async () => {
  const { clock, source, open } = setUpPolls((topic, tick) => {
    topic.publish("n", reply(`${tick}`));
  });
  const reader = open();
  assertEquals((await reader.next())?.data, "0");
  await clock.untilSleep(INTERVAL_MS);
  clock.advance(INTERVAL_MS - 1);
  assertEquals(source.topics.length, 1);
  clock.advance(1);
  assertEquals((await reader.next())?.data, "1");
  await reader.cancel();
  assertEquals(clock.sleeperCount, 0);
});

Deno.test("a slow tick makes the next one wait, and what was missed is not made up", async () => {
  const slow = Promise.withResolvers<void>();
  const { clock, source, open } = setUpPolls(async (topic, tick) => {
    if (tick === 0) await slow.promise;
    topic.publish("n", reply(`${tick}`));
  });
  const reader = open();
  clock.advance(2.5 * INTERVAL_MS);
  assertEquals(source.topics.length, 1);
  slow.resolve();
  assertEquals((await reader.next())?.data, "0");
  await clock.untilSleep(INTERVAL_MS / 2);
  assertEquals(source.topics.length, 1);
  clock.advance(INTERVAL_MS / 2);
  assertEquals((await reader.next())?.data, "1");
  await clock.untilSleep(INTERVAL_MS);
  assertEquals(source.topics.length, 2);
  await reader.cancel();
});

Deno.test("a second listener joins the poll, and gets what is there at once", async () => {
  const { clock, source, polls, open } = setUpPolls((topic, tick) => {
    topic.publish("a", reply(`a${tick}`));
    topic.publish("b", reply(`b${tick}`));
  });
  const first = open();
  assertEquals((await first.next())?.data, "a0");
  const second = open();
  assertEquals((await second.next())?.data, "a0");
  assertEquals((await second.next())?.data, "b0");
  assertEquals([source.topics.length, polls.pollCount], [1, 1]);
  assertEquals(polls.listenerCount, 2);
  await clock.untilSleep(INTERVAL_MS);
  clock.advance(INTERVAL_MS);
  assertEquals((await second.next())?.data, "a1");
  assertEquals((await first.next())?.data, "b0");
  assertEquals((await first.next())?.data, "a1");
  await first.cancel();
  await second.cancel();
});

Deno.test("other intervals share one poll, at the shortest, and each hears at its own", async () => {
  const { clock, source, polls, open } = setUpPolls((topic, tick) => {
    topic.publish("n", reply(`${tick}`));
  });
  const slow = open();
  assertEquals((await slow.next())?.data, "0");
  await clock.untilSleep(INTERVAL_MS);
  clock.advance(1000);
  // What is there is as old as the newcomer's interval: it is asked anew.
  const fast = open({ intervalMs: 1000 });
  assertEquals((await fast.next())?.data, "1");
  const other = open({ intervalMs: 1001 });
  assertEquals((await other.next())?.data, "1");
  assertEquals([polls.pollCount, source.topics.length], [1, 2]);
  for (let tick = 2; tick <= 5; tick++) {
    await clock.untilSleep(1000);
    clock.advance(1000);
    assertEquals((await fast.next())?.data, `${tick}`);
  }
  assertEquals((await slow.next())?.data, "5");
  assertEquals((await other.next())?.data, "5");
  await fast.cancel();
  await other.cancel();
  // The pause that has begun is the last short one.
  await clock.untilSleep(1000);
  clock.advance(1000);
  await clock.untilSleep(INTERVAL_MS);
  await slow.cancel();
  assertEquals([polls.pollCount, clock.sleeperCount], [0, 0]);
});

Deno.test("polling ends with the last listener, and starts afresh with the next", async () => {
  const { clock, source, polls, open } = setUpPolls((topic, tick) => {
    topic.publish(`name${tick}`, reply(`${tick}`));
  });
  const leaving = new AbortController();
  const first = open({ signal: leaving.signal });
  const second = open();
  await clock.untilSleep(INTERVAL_MS);
  leaving.abort();
  assertEquals(await first.next(), undefined);
  assertEquals([polls.listenerCount, source.signals[0]?.aborted], [1, false]);
  await second.cancel();
  assertEquals([polls.pollCount, source.signals[0]?.aborted], [0, true]);
  assertEquals(clock.sleeperCount, 0);
  // What comes too late goes nowhere.
  source.topics[0]?.publish("late", reply("late"));
  const third = open();
  assertEquals((await third.next())?.data, "1");
  assertEquals([...source.topic.names], ["name1"]);
  await third.cancel();
});

Deno.test("a stream whose listener is gone already ends at once, and polls nothing", async () => {
  const { source, polls, open } = setUpPolls();
  assertEquals(await open({ signal: AbortSignal.abort() }).next(), undefined);
  assertEquals([polls.pollCount, source.topics.length], [0, 0]);
});

Deno.test("a poll that throws is reported, says so, and goes on", async () => {
  const failure = new Error("secret");
  const { clock, defects, open } = setUpPolls((topic, tick) => {
    if (tick === 0) throw failure;
    topic.publish("a", reply("back"));
  });
  const reader = open();
  const problem = await reader.next();
  assertEquals(problem?.event, "problem");
  assertEquals(JSON.parse(problem?.data ?? "").code, "internal-error");
  assertEquals(problem?.data.includes("secret"), false);
  assertEquals(defects, [failure]);
  await clock.untilSleep(INTERVAL_MS);
  clock.advance(INTERVAL_MS);
  assertEquals((await reader.next())?.data, "back");
  // The old problem is not there for those who come now.
  const isNew = open();
  assertEquals((await isNew.next())?.data, "back");
  const silent = isNew.next();
  await isNew.cancel();
  assertEquals(await silent, undefined);
  await reader.cancel();
});

Deno.test("a poll that fails because nobody listens is no defect", async () => {
  const { source, defects, open } = setUpPolls();
  const failed = Promise.withResolvers<void>();
  source.onTick = () => {
    const [signal] = source.signals;
    return new Promise((_, reject) => {
      signal?.addEventListener("abort", () => {
        reject(signal.reason);
        failed.resolve();
      });
    });
  };
  await open().cancel();
  await failed.promise;
  assertEquals(defects, []);
});

Deno.test("makeReplySource() leaves a defect to the poll", async () => {
  const { defects, polls } = setUpPolls();
  const failure = new TypeError("a defect");
  const source = makeReplySource({
    key: "broken",
    ask: () => Promise.reject(failure),
  });
  const { signal } = new AbortController();
  const reader = new EventReader(
    polls.open(source, { intervalMs: INTERVAL_MS, signal }),
  );
  const problem = await reader.next();
  assertEquals(JSON.parse(problem?.data ?? "").code, "internal-error");
  assertEquals(defects, [failure]);
  await reader.cancel();
});

Deno.test("1,024 different streams are polled, and the next is refused", () => {
  const { polls } = setUpPolls();
  const leaving = new AbortController();
  const open = (key: string) =>
    polls.open({ key, poll: () => {} }, {
      intervalMs: INTERVAL_MS,
      signal: leaving.signal,
    });
  for (let index = 0; index < MAX_POLLS; index++) open(`${index}`);
  assertEquals(polls.pollCount, 1024);
  const error = assertThrows(() => open("another"), Problem);
  assertEquals(
    [error.code, error.status, error.headers["retry-after"]],
    ["rig-busy", 503, "5"],
  );
  open("1");
  assertEquals([polls.pollCount, polls.listenerCount], [1024, 1025]);
  leaving.abort();
  assertEquals([polls.pollCount, polls.listenerCount], [0, 0]);
});
