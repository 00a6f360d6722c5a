import { assert, assertEquals, assertThrows } from "jsr:@std/assert@1";
import {
  type LiveItem,
  LivePolls,
  makeAllSource,
  type OpenOptions,
} from "../../../gateway/live/streams.ts";
import { MAX_CHUNK_BYTES } from "../../../gateway/live/topic.ts";
import { Problem } from "../../../gateway/http/problems.ts";
import { Fleet } from "../../../rigs/fleet.ts";
import { replyWith, ScriptedRig } from "../../scripted_rig.ts";
import { INTERVAL_MS, reply, ScriptedSource } from "./live_source.ts";
import { EventReader, ManualClock } from "./live_streams.ts";

const MIB = 1024 * 1024;

/** An event of so many bytes on the wire. */
function makeItem(byteLength: number, letter = "x") {
  const frame = 'event: reply\ndata: ""\n\n'.length;
  return reply(`"${letter.repeat(byteLength - frame)}"`);
}

/** A layout that makes data longer by one byte. */
const addSpace = ({ data }: LiveItem) => `${data} `;

/** Polls of any number of sources, which publish when the test says so. */
function setUp(maxHeldBytes: number) {
  const clock = new ManualClock();
  const polls = new LivePolls({ clock, maxHeldBytes });
  const sources = new Map<string, ScriptedSource>();
  const open = (key: string, options: Partial<OpenOptions> = {}) => {
    const source = sources.get(key) ?? new ScriptedSource();
    sources.set(key, source);
    const poll = source.poll.bind(source);
    return polls.open({ key, poll }, {
      intervalMs: INTERVAL_MS,
      signal: new AbortController().signal,
      ...options,
    });
  };
  const publish = (key: string, item = makeItem(MIB), name = "n") =>
    sources.get(key)?.topic.publish(name, item);
  return { clock, polls, open, publish };
}

/** Reads the start of a stream and one chunk of its first event, no more. */
async function stall(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
  const reader = stream.getReader();
  assertEquals((await reader.read()).value?.length, MAX_CHUNK_BYTES);
  return {
    /** What comes after that, to the end. */
    async readRest() {
      let text = "";
      for (let next; !(next = await reader.read()).done;) {
        text += new TextDecoder().decode(next.value);
      }
      return text;
    },
  };
}

Deno.test("LivePolls leaves room for others beside one who opens many streams", () => {
  const polls = new LivePolls({ maxPolls: 1024 });
  const { signal } = new AbortController();
  const open = (key: string, owner: string) =>
    polls.open({ key, poll: () => {} }, { intervalMs: 5000, signal, owner });
  for (let index = 0; index < 256; index++) open(`key ${index}`, "10.0.0.1");
  assertThrows(() => open("one more", "10.0.0.1"), Problem, "256 different");
  // What runs already may be joined, by anybody.
  open("key 0", "10.0.0.1");
  open("one more", "10.0.0.2");
  open("one more", "10.0.0.1");
  polls.close();
  assertEquals(polls.pollCount, 0);
});

Deno.test("LivePolls counts all addresses of an IPv6 /64 as one client", () => {
  const polls = new LivePolls();
  const { signal } = new AbortController();
  const open = (key: string, owner: string) =>
    polls.open({ key, poll: () => {} }, { intervalMs: 5000, signal, owner });
  for (let index = 0; index < 256; index++) {
    open(`key ${index}`, `fd00:0:0:1::${index.toString(16)}`);
  }
  assertThrows(
    () => open("one more", "fd00:0:0:1:ffff::1"),
    Problem,
    "256 different",
  );
  open("one more", "fd00:0:0:2::1");
  polls.close();
});

Deno.test("one event is one buffer, for all who listen and however late they come", async () => {
  const { polls, open, publish } = setUp(64 * MIB);
  const stalled = [];
  for (let index = 0; index < 50; index++) {
    const stream = open("a", { intervalMs: INTERVAL_MS + index });
    if (index === 0) publish("a");
    stalled.push(await stall(stream));
  }
  assertEquals(polls.heldBytes, MIB + 50 * MAX_CHUNK_BYTES);
  // Those who are at it keep the old one, together; the new one is one more.
  publish("a");
  assertEquals(polls.heldBytes, 2 * MIB + 50 * MAX_CHUNK_BYTES);
  publish("a");
  assertEquals(polls.heldBytes, 2 * MIB + 50 * MAX_CHUNK_BYTES);
  polls.close();
  assertEquals([polls.heldBytes, stalled.length], [0, 50]);
});

Deno.test("an event is laid out once for all who want it so", async () => {
  const { polls, open, publish } = setUp(64 * MIB);
  const first = open("a", { format: addSpace });
  const item = makeItem(MIB / 2);
  publish("a", item);
  await stall(first);
  const once = polls.heldBytes;
  assertEquals(once, MIB + 1 + MAX_CHUNK_BYTES);
  await stall(open("a", { format: addSpace }));
  assertEquals(polls.heldBytes, once + MAX_CHUNK_BYTES);
  polls.close();
  assertEquals(polls.heldBytes, 0);
});

Deno.test("past the bound the slowest listener is dropped, and told so", async () => {
  const { clock, polls, open, publish } = setUp(3.5 * MIB);
  const slowest = open("a");
  publish("a");
  const cut = await stall(slowest);
  clock.advance(1);
  publish("a");
  const second = await stall(open("a"));
  clock.advance(1);
  publish("a");
  // Three events of 1 MiB and two chunks: the next is too much.
  assertEquals(polls.heldBytes, 3 * MIB + 2 * MAX_CHUNK_BYTES);
  const good = new EventReader(open("a"));
  assertEquals((await good.next())?.event, "reply");
  publish("a");
  assertEquals((await good.next())?.event, "reply");
  const third = open("b");
  publish("b", makeItem(MIB));
  const event = await new EventReader(third).next();
  assertEquals(event?.event, "reply");
  assert(polls.heldBytes <= 3.5 * MIB, `${polls.heldBytes}`);
  // What it was reading does not pass for a reply.
  const text = "event: reply\ndata: " + await cut.readRest();
  const reader = new EventReader(new Blob([text]).stream());
  const dropped = await reader.next();
  assertEquals(dropped?.event, "dropped");
  const problem = JSON.parse(dropped?.data.split("\n").at(-1) ?? "");
  assertEquals([problem.code, problem.status], ["rig-busy", 503]);
  assertEquals(await reader.next(), undefined);
  // The next slowest reads on, and has all of its event.
  assertEquals(polls.listenerCount, 3);
  polls.close();
  await second.readRest();
  assertEquals(polls.heldBytes, 0);
});

Deno.test("what a dropped reader has in part does not pass for an event, whatever comes next", async () => {
  const { polls, open, publish } = setUp(1.5 * MIB);
  const source = "a";
  const cut = open(source, { format: addSpace });
  // The end of the first and the start of the second would be one chunk.
  const frame = MAX_CHUNK_BYTES + 100;
  publish(source, makeItem(frame), "one");
  publish(source, makeItem(MIB), "two");
  const reader = new EventReader(cut);
  const dropped = await reader.next();
  assertEquals(dropped?.event, "dropped");
  const problem = JSON.parse(dropped?.data.split("\n").at(-1) ?? "");
  assertEquals(problem.code, "rig-busy");
  assertEquals(await reader.next(), undefined);
  assertEquals([polls.pollCount, polls.heldBytes], [0, 0]);
});

Deno.test("if no reader stalls, the client whose polls hold most loses its largest", async () => {
  const { polls, open, publish } = setUp(4 * MIB);
  const heard: string[] = [];
  const readings: Promise<void>[] = [];
  let onHeard = () => {};
  for (const key of ["mine", "his 1", "his 2"]) {
    const owner = key === "mine" ? "10.0.0.1" : "10.0.0.2";
    const reader = new EventReader(open(key, { owner }));
    readings.push((async () => {
      for (let next; (next = await reader.next()) !== undefined;) {
        heard.push(`${key}: ${next.event}`);
        // The reader asks for more before the test goes on.
        if (next.event === "reply") setTimeout(onHeard, 0);
      }
    })());
  }
  const publishAndHear = async (key: string, byteLength: number) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    onHeard = resolve;
    publish(key, makeItem(byteLength));
    await promise;
  };
  await publishAndHear("his 1", 1.5 * MIB);
  await publishAndHear("his 2", MIB);
  await publishAndHear("mine", 1.25 * MIB);
  await publishAndHear("his 2", 1.4 * MIB);
  assertEquals(polls.pollCount, 2);
  polls.close();
  await Promise.all(readings);
  assertEquals(heard.filter((event) => event.endsWith("dropped")), [
    "his 1: dropped",
  ]);
  assertEquals(polls.heldBytes, 0);
});

Deno.test("what polls of all rigs gather counts before it is published", async () => {
  await using rig = await ScriptedRig.start(replyWith(`"${"x".repeat(1000)}"`));
  const { hostname, port } = rig;
  const fleet = new Fleet([{ name: "a", hostname, port }]);
  const polls = new LivePolls({ maxHeldBytes: 500 });
  const source = makeAllSource(() => fleet.rigs, "all", { command: "stats" });
  const { signal } = new AbortController();
  const reader = new EventReader(
    polls.open(source, { intervalMs: INTERVAL_MS, signal }),
  );
  assertEquals((await reader.next())?.event, "dropped");
  assertEquals(await reader.next(), undefined);
  assertEquals([polls.pollCount, polls.heldBytes], [0, 0]);
  await rig.untilIdle();
});
