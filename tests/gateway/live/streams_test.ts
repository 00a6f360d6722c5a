import { assert, assertEquals } from "jsr:@std/assert@1";
import { EVENT_STREAM_HEADERS } from "../../../gateway/live/events.ts";
import {
  LivePolls,
  type LiveSource,
  makeAllSource,
  makeRigSource,
  type OpenOptions,
} from "../../../gateway/live/streams.ts";
import { Problem } from "../../../gateway/http/problems.ts";
import { Fleet, type FleetRig } from "../../../rigs/fleet.ts";
import { Simulator } from "../../../rigs/simulator.ts";
import {
  echoRequests,
  replyAfter,
  replyWith,
  ScriptedRig,
} from "../../scripted_rig.ts";
import { EventReader, ManualClock } from "./live_streams.ts";

const INTERVAL_MS = 5000;
const SUMMARY = { command: "summary" };
const REPLY = '{"STATUS":[{"STATUS":"S","Code":11}],"id":1}';

/** A fleet of one rig, and how to find it. */
function makeFleet({ hostname, port }: { hostname: string; port: number }) {
  const fleet = new Fleet([{ name: "garage", hostname, port }]);
  return { fleet, find: () => fleet.defaultRig };
}

/** Polls on a clock of the test's; a defect fails the test. */
function setUp() {
  const clock = new ManualClock();
  const polls = new LivePolls({
    clock,
    onDefect: (error) => {
      throw error;
    },
  });
  const open = (source: LiveSource, options: Partial<OpenOptions> = {}) =>
    new EventReader(polls.open(source, {
      intervalMs: INTERVAL_MS,
      signal: new AbortController().signal,
      ...options,
    }));
  const passInterval = async () => {
    await clock.untilSleep(INTERVAL_MS);
    clock.advance(INTERVAL_MS);
  };
  return { clock, polls, open, passInterval };
}

/** The same source, and a promise for the end of its poll. */
function watchEnd(source: LiveSource) {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const watched: LiveSource = {
    key: source.key,
    poll(topic, signal) {
      signal.addEventListener("abort", () => resolve());
      return source.poll(topic, signal);
    },
  };
  return { watched, ended };
}

/** Serves one source as a live stream; to dispose of it ends all streams. */
function serveLive(
  polls: LivePolls,
  source: LiveSource,
): { port: number } & AsyncDisposable {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    ({ signal }) =>
      new Response(polls.open(source, { intervalMs: INTERVAL_MS, signal }), {
        headers: EVENT_STREAM_HEADERS,
      }),
  );
  return {
    port: server.addr.port,
    async [Symbol.asyncDispose]() {
      polls.close();
      await server.shutdown();
    },
  };
}

/** The code of a problem event. */
function readCode(event: { data: string } | undefined): unknown {
  return JSON.parse(event?.data ?? "").code;
}

Deno.test("two clients of one stream cost the rig one call a tick", async () => {
  await using rig = await ScriptedRig.start(echoRequests());
  const { find } = makeFleet(rig);
  const { clock, polls, passInterval } = setUp();
  const source = makeRigSource(find, undefined, SUMMARY);
  const { watched, ended } = watchEnd(source);
  await using server = serveLive(polls, watched);
  const url = `http://127.0.0.1:${server.port}/`;
  const responses = [await fetch(url), await fetch(url)];
  const readers = responses.map(({ body }) => new EventReader(body));
  for (let tick = 1; tick <= 3; tick++) {
    for (const reader of readers) {
      assertEquals(await reader.next(), {
        event: "reply",
        data: '{"echo":{"command":"summary"}}',
      });
    }
    assertEquals(rig.requests.length, tick);
    await passInterval();
  }
  assertEquals(
    responses[0]?.headers.get("content-type"),
    "text/event-stream",
  );
  for (const reader of readers) await reader.cancel();
  await ended;
  assertEquals([polls.pollCount, clock.sleeperCount], [0, 0]);
});

Deno.test("close() ends all streams, so that a server can stop", async () => {
  await using rig = await ScriptedRig.start(replyWith(REPLY));
  const { find } = makeFleet(rig);
  const { polls } = setUp();
  const source = makeRigSource(find, undefined, SUMMARY);
  const server = serveLive(polls, source);
  const { body } = await fetch(`http://127.0.0.1:${server.port}/`);
  const reader = new EventReader(body);
  assertEquals((await reader.next())?.data, REPLY);
  await server[Symbol.asyncDispose]();
  assertEquals(await reader.next(), undefined);
  const { signal } = new AbortController();
  const late = polls.open(source, { intervalMs: INTERVAL_MS, signal });
  assertEquals(await new Response(late).text(), "");
  assertEquals(polls.pollCount, 0);
});

Deno.test("a client that does not read makes nothing pile up", async () => {
  const { polls, passInterval } = setUp();
  const padding = "x".repeat(256 * 1024);
  const ticks = 256;
  let tick = 0;
  const source: LiveSource = {
    key: "big",
    async poll(topic) {
      if (tick === ticks) return;
      topic.publish("reply", { event: "reply", data: `${++tick} ${padding}` });
      // A turn of the event loop, in which the sockets take what they can.
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
  };
  await using server = serveLive(polls, source);
  using conn = await Deno.connect({
    hostname: "127.0.0.1",
    port: server.port,
  });
  const request = "GET / HTTP/1.0\r\nHost: gateway\r\n\r\n";
  await conn.write(new TextEncoder().encode(request));
  while (tick < ticks) await passInterval();
  const lastEvent = new TextEncoder().encode(`data: ${ticks} `).length +
    padding.length + 2;
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(64 * 1024);
  let byteCount = 0;
  let tail = "";
  while (!tail.startsWith(`data: ${ticks} `)) {
    const count = await conn.read(buffer);
    if (count === null) throw new Error("The stream ended");
    byteCount += count;
    tail = (tail + decoder.decode(buffer.subarray(0, count))).slice(-lastEvent);
  }
  assert(byteCount < ticks / 2 * padding.length, `${byteCount} bytes piled up`);
});

Deno.test("a stream survives a rig's absence", async () => {
  const rig = await ScriptedRig.start(replyWith(REPLY));
  const { port } = rig;
  const { find } = makeFleet(rig);
  const { open, passInterval } = setUp();
  const reader = open(makeRigSource(find, undefined, SUMMARY));
  assertEquals(await reader.next(), { event: "reply", data: REPLY });
  await rig[Symbol.asyncDispose]();
  await passInterval();
  const problem = await reader.next();
  assertEquals(problem?.event, "problem");
  const document = JSON.parse(problem?.data ?? "");
  assertEquals(
    [document.code, document.status, document.rig],
    ["rig-refused", 502, "garage"],
  );
  await using _back = await ScriptedRig.start(replyWith(REPLY), port);
  await passInterval();
  assertEquals(await reader.next(), { event: "reply", data: REPLY });
  await reader.cancel();
});

Deno.test("a rig is found anew for each call: it may go, come, and move", async () => {
  await using one = await ScriptedRig.start(replyWith('{"id":1}'));
  await using two = await ScriptedRig.start(replyWith('{"id":2}'));
  const place: { rig?: FleetRig } = { rig: makeFleet(one).fleet.defaultRig };
  const { open, passInterval } = setUp();
  const find = (name: string | undefined): FleetRig => {
    if (place.rig !== undefined) return place.rig;
    throw new Problem("unknown-rig", `There is no rig called "${name}"`);
  };
  const reader = open(makeRigSource(find, "garage", SUMMARY));
  assertEquals((await reader.next())?.data, '{"id":1}');
  delete place.rig;
  await passInterval();
  const problem = await reader.next();
  assertEquals([problem?.event, readCode(problem)], ["problem", "unknown-rig"]);
  place.rig = makeFleet(two).fleet.defaultRig;
  await passInterval();
  assertEquals((await reader.next())?.data, '{"id":2}');
  await reader.cancel();
});

Deno.test("a live reply is repaired as any other, and one past repair is a problem", async () => {
  await using rig = await ScriptedRig.start(replyWith('{"a":1,}'));
  const { find } = makeFleet(rig);
  const { open, passInterval } = setUp();
  const reader = open(makeRigSource(find, undefined, SUMMARY));
  assertEquals((await reader.next())?.data, '{"a":1}');
  rig.behaviour = replyWith('{"a":');
  await passInterval();
  assertEquals(readCode(await reader.next()), "rig-reply-truncated");
  await reader.cancel();
});

Deno.test("a live call that waits is dropped with its last listener", async () => {
  const release = Promise.withResolvers<void>();
  await using rig = await ScriptedRig.start(
    replyAfter(() => release.promise, REPLY),
  );
  const { fleet: { defaultRig }, find } = makeFleet(rig);
  const { open } = setUp();
  const busy = defaultRig.queue.ask({ command: "version" });
  const reader = open(makeRigSource(find, undefined, SUMMARY));
  assertEquals(defaultRig.queue.waitingCalls, 1);
  await reader.cancel();
  assertEquals(defaultRig.queue.waitingCalls, 0);
  release.resolve();
  await busy;
  assertEquals(rig.requests, ['{"command":"version"}']);
});

Deno.test("makeRigSource() keeps rigs, commands and parameters apart", () => {
  const find = (): FleetRig => {
    throw new Problem("unknown-rig", "Nobody is asked here");
  };
  const keys = [
    makeRigSource(find, undefined, SUMMARY).key,
    makeRigSource(find, "default", SUMMARY).key,
    makeRigSource(find, "garage", SUMMARY).key,
    makeRigSource(find, "garage", { command: "devs" }).key,
    makeRigSource(find, "garage", { command: "gpu", parameter: "1" }).key,
    makeRigSource(find, "garage", { command: "gpu", parameter: "2" }).key,
    makeAllSource(() => [], "all", SUMMARY).key,
    makeAllSource(() => [], "site:barn", SUMMARY).key,
  ];
  assertEquals(new Set(keys).size, keys.length);
  assertEquals(
    makeRigSource(find, "garage", { ...SUMMARY, parameter: "" }).key,
    makeRigSource(find, "garage", SUMMARY).key,
  );
});

Deno.test("makeAllSource() gives the replies of all rigs as one event", async () => {
  await using good = Simulator.start();
  const bad = await ScriptedRig.start(replyWith(""));
  const fleet = new Fleet([
    { name: "good", hostname: good.hostname, port: good.port },
    { name: "bad", hostname: bad.hostname, port: bad.port },
  ]);
  await bad[Symbol.asyncDispose]();
  const { open, passInterval } = setUp();
  const reader = open(makeAllSource(() => fleet.rigs, "all", SUMMARY));
  for (let tick = 1; tick <= 2; tick++) {
    const event = await reader.next();
    assertEquals(event?.event, "reply");
    const all = JSON.parse(event?.data ?? "");
    assertEquals(Object.keys(all).sort(), ["bad", "good"]);
    assertEquals(all.good.STATUS[0].STATUS, "S");
    assertEquals(all.bad.error.code, "rig-refused");
    await passInterval();
  }
  await reader.cancel();
  assertEquals(good.requestCount >= 2, true);
});

Deno.test("makeAllSource() asks no more rigs when nobody listens", async () => {
  const release = Promise.withResolvers<void>();
  await using rig = await ScriptedRig.start(
    replyAfter(() => release.promise, REPLY),
  );
  const { fleet: { defaultRig, rigs } } = makeFleet(rig);
  const { open } = setUp();
  const busy = defaultRig.queue.ask({ command: "version" });
  const reader = open(makeAllSource(() => rigs, "all", SUMMARY));
  const left = reader.next();
  await reader.cancel();
  assertEquals(await left, undefined);
  release.resolve();
  await busy;
  await rig.untilIdle();
  assertEquals(rig.requests, ['{"command":"version"}']);
});

Deno.test("makeAllSource() says so if the replies are too long together", async () => {
  await using rig = await ScriptedRig.start(replyWith(REPLY));
  const { fleet } = makeFleet(rig);
  const { open } = setUp();
  const source = makeAllSource(() => fleet.rigs, "all", SUMMARY, 20);
  const reader = open(source);
  const problem = await reader.next();
  assertEquals(
    [problem?.event, readCode(problem)],
    ["problem", "rig-reply-too-large"],
  );
  await reader.cancel();
});
