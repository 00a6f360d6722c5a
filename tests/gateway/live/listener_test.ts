import { assert, assertEquals } from "jsr:@std/assert@1";
import type { LiveItem } from "../../../gateway/live/streams.ts";
import { MAX_CHUNK_BYTES } from "../../../gateway/live/topic.ts";
import { INTERVAL_MS, reply, setUpPolls } from "./live_source.ts";
import { EventReader } from "./live_streams.ts";

Deno.test("a stream starts at once, before the first poll has found anything", async () => {
  const never = Promise.withResolvers<void>();
  const { polls, source } = setUpPolls(() => never.promise);
  const stream = polls.open(source, {
    intervalMs: INTERVAL_MS,
    signal: new AbortController().signal,
  });
  const reader = stream.getReader();
  const { value } = await reader.read();
  assertEquals(new TextDecoder().decode(value), "retry: 3000\n\n");
  await reader.cancel();
  never.resolve();
});

Deno.test("a slow listener gets the newest alone, however much it missed", async () => {
  const { source, open } = setUpPolls();
  const reader = open();
  const padding = "x".repeat(20_000);
  for (let index = 0; index < 1000; index++) {
    source.topic.publish("n", reply(`${index} ${padding}`));
  }
  assertEquals((await reader.next())?.data, `999 ${padding}`);
  assert(reader.chunkLengths.reduce((sum, length) => sum + length) < 21_000);
  await reader.cancel();
});

Deno.test("a slow listener hears of every name, though all change all the time", async () => {
  const { source, open } = setUpPolls();
  const reader = open();
  const padding = "x".repeat(1000);
  const names = Array.from({ length: 500 }, (_, index) => `rig${index}`);
  const publishAll = (round: number) => {
    for (const name of names) {
      source.topic.publish(name, reply(`${name} ${round} ${padding}`));
    }
  };
  publishAll(0);
  const heard: string[] = [];
  let round = "";
  while (heard.length < names.length) {
    const [name = "", ...rest] = (await reader.next())?.data.split(" ") ?? [];
    [round = ""] = rest;
    heard.push(name);
    publishAll(heard.length);
  }
  assertEquals(heard, names);
  // What was heard last is as new as its chunk, of some 64 items.
  assert(Number(round) > names.length - 70, `round ${round}`);
  await reader.cancel();
});

Deno.test("chunks are of 64 KiB at most, and no character is lost between them", async () => {
  const { source, open } = setUpPolls();
  const reader = open();
  for (const offset of [0, 1]) {
    const data = `"${"x".repeat(offset)}${"😀".repeat(200_000)}"`;
    source.topic.publish("n", reply(data));
    assertEquals((await reader.next())?.data === data, true);
  }
  assert(Math.max(...reader.chunkLengths) <= MAX_CHUNK_BYTES);
  assert(reader.chunkLengths.length > 10);
  await reader.cancel();
});

Deno.test("an event that is being sent is ended before a newer one begins", async () => {
  const { source, polls } = setUpPolls();
  const stream = polls.open(source, {
    intervalMs: INTERVAL_MS,
    signal: new AbortController().signal,
  });
  const old = `"${"x".repeat(3 * MAX_CHUNK_BYTES)}"`;
  source.topic.publish("n", reply(old));
  const [first, rest] = stream.tee();
  const starting = first.getReader();
  await starting.read();
  source.topic.publish("n", reply("2"));
  source.topic.publish("n", reply("3"));
  const reader = new EventReader(rest);
  assertEquals((await reader.next())?.data === old, true);
  assertEquals((await reader.next())?.data, "3");
  await Promise.all([starting.cancel(), reader.cancel()]);
});

Deno.test("gone reaches those who were told, and nobody else", async () => {
  const { source, open } = setUpPolls((topic) => {
    topic.publish("a", reply("a"));
    topic.publish("b", reply("b"));
  });
  const knows = open();
  await knows.next();
  await knows.next();
  const isNew = open();
  source.topic.remove("a");
  source.topic.remove("never there");
  assertEquals(source.topic.names, ["b"]);
  assertEquals(await knows.next(), { event: "gone", data: "a" });
  assertEquals((await isNew.next())?.data, "b");
  source.topic.publish("c", reply("c"));
  assertEquals((await isNew.next())?.data, "c");
  assertEquals((await knows.next())?.data, "c");
  // Back and away again between two reads: nobody heard of it.
  source.topic.publish("a", reply("again"));
  source.topic.remove("a");
  source.topic.publish("c", reply("d"));
  assertEquals((await knows.next())?.data, "d");
  await knows.cancel();
  await isNew.cancel();
});

Deno.test("a name that goes and comes back before it is read is new, not gone", async () => {
  const { source, open } = setUpPolls((topic) =>
    topic.publish("a", reply("1"))
  );
  const reader = open();
  await reader.next();
  source.topic.remove("a");
  source.topic.publish("a", reply("2"));
  source.topic.publish("b", reply("b"));
  assertEquals((await reader.next())?.data, "2");
  assertEquals((await reader.next())?.data, "b");
  await reader.cancel();
});

Deno.test("publishChange() tells only of what differs", async () => {
  const { source, open } = setUpPolls();
  const reader = open();
  source.topic.publishChange("a", reply("1"));
  assertEquals((await reader.next())?.data, "1");
  source.topic.publishChange("a", reply("1"));
  source.topic.publishChange("b", reply("1"));
  assertEquals((await reader.next())?.data, "1");
  source.topic.publishChange("a", { event: "problem", data: "1" });
  assertEquals(await reader.next(), { event: "problem", data: "1" });
  await reader.cancel();
});

Deno.test("a silent stream gets heartbeats, one that has news does not", async () => {
  const { clock, source, open } = setUpPolls();
  const reader = open();
  const first = reader.next();
  await clock.untilSleep(15_000);
  clock.advance(14_999);
  source.topic.publish("a", reply("1"));
  assertEquals((await first)?.data, "1");
  const second = reader.next();
  await clock.untilSleep(15_000);
  clock.advance(15_000);
  assertEquals((await second)?.event, "comment");
  await reader.cancel();
  const other = open({ heartbeatMs: 7 });
  const third = other.next();
  await clock.untilSleep(7);
  clock.advance(7);
  assertEquals((await third)?.event, "comment");
  await other.cancel();
});

Deno.test("one listener's layout is its own, and is made once for all who share it", async () => {
  let count = 0;
  const format = ({ data }: LiveItem) => `${data}\n${++count}`;
  const { open } = setUpPolls((topic) => topic.publish("a", reply("x")));
  const readers = [open({ format }), open(), open({ format })];
  const texts: (string | undefined)[] = [];
  for (const reader of readers) texts.push((await reader.next())?.data);
  assertEquals(texts, ["x\n1", "x", "x\n1"]);
  for (const reader of readers) await reader.cancel();
});

Deno.test("a layout that fails ends its stream alone, and is reported", async () => {
  const { source, defects, polls, open } = setUpPolls((topic) =>
    topic.publish("a", reply("x"))
  );
  const failure = new Error("no layout");
  const good = open();
  const bad = open({
    format: () => {
      throw failure;
    },
  });
  // The start of the stream would have come with the first event.
  assertEquals(await bad.next(), undefined);
  assertEquals([defects, polls.listenerCount], [[failure], 1]);
  assertEquals((await good.next())?.data, "x");
  await good.cancel();
  assertEquals(source.signals[0]?.aborted, true);
});
