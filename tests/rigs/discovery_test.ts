import { MAX_RIGS_PER_ADDRESS } from "../../rigs/fleet.ts";
import { closeSocket, openSocket } from "../../rigs/datagrams.ts";
import {
  discoverRigs,
  type FoundRig,
  watchDiscovery,
} from "../../rigs/discovery.ts";
import { Simulator } from "../../rigs/simulator.ts";
import { callRig } from "../../rpc.ts";
import { QuestionHub } from "./question_hub.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStrictEquals,
} from "jsr:@std/assert@1";

/** Longer than any test may take: a search here ends by what it found. */
const LONG_MS = 60_000;

const LISTEN = { hostname: "127.0.0.1", port: 0 };

async function readPorts(rigs: readonly Simulator[]): Promise<number[]> {
  return await Promise.all(
    rigs.map(async ({ multicast }) => (await multicast?.ready)?.port ?? 0),
  );
}

Deno.test("discoverRigs() finds miners of every program, and their APIs answer", async () => {
  await using barn = Simulator.start({
    multicast: { ...LISTEN, description: "Old barn" },
  });
  await using plain = Simulator.start({
    personality: "bfgminer",
    multicast: LISTEN,
  });
  await using gpu = Simulator.start({
    personality: "sgminer",
    multicast: { ...LISTEN, description: "GPUs" },
  });
  const ports = await readPorts([barn, plain, gpu]);
  await using hub = await QuestionHub.start(async ({ forward }) => {
    for (const port of ports) await forward(port);
  });
  const found = await discoverRigs({
    ...hub.search,
    expectedRigs: 3,
    durationMs: LONG_MS,
  });
  const hostname = "127.0.0.1";
  const expected = [
    { rig: barn, slug: "Old-barn-", description: "Old barn" },
    { rig: plain, slug: "" },
    { rig: gpu, slug: "GPUs-", description: "GPUs" },
  ].map(({ rig: { port }, slug, ...said }) => ({
    name: `${slug}${hostname}-${port}`,
    hostname,
    port,
    ...said,
  })).sort((one, other) => one.port - other.port);
  assertEquals(found, expected);
  for (const rig of found) {
    const { end } = await callRig(rig, { command: "version" });
    assertEquals(end, "nul");
  }
});

Deno.test("discoverRigs() asks each kind of miner once, in its words", async () => {
  await using hub = await QuestionHub.start(({ index, answer }) =>
    index === 1 ? answer("cgm-FTW-4028-\0") : undefined
  );
  await discoverRigs({ ...hub.search, expectedRigs: 1, durationMs: LONG_MS });
  const [, port] = /^cgminer-FTW-(\d+)$/.exec(hub.questions[0] ?? "") ?? [];
  assertEquals(hub.questions, [
    `cgminer-FTW-${port}`,
    `sgminer-FTW-${port}`,
  ]);
});

Deno.test("discoverRigs() finds nothing where nobody answers", async () => {
  await using hub = await QuestionHub.start(() => {});
  assertEquals(await discoverRigs({ ...hub.search, durationMs: 50 }), []);
});

Deno.test("discoverRigs() passes over hostile answers", async () => {
  const hostile: (string | Uint8Array)[] = [
    "",
    "\0",
    "garbage",
    "cgminer-FTW-4028",
    "dgm-FTW-4028-wrong prefix\0",
    "cgm-FTW-0-port\0",
    "cgm-FTW-99999-port\0",
    "cgm-FTW-4028",
    "cgm-FTW-4028-a\0b\0",
    `cgm-FTW-4028-${"x".repeat(60_000)}\0`,
    crypto.getRandomValues(new Uint8Array(2000)),
    new Uint8Array(1024).fill(0xff),
  ];
  await using hub = await QuestionHub.start(async ({ answer }) => {
    for (const payload of hostile) await answer(payload);
    await answer(
      Uint8Array.from([
        ...new TextEncoder().encode("cgm-FTW-4030-\x1b[31mred\x07"),
        ...[0xff, 0xc3, 0x28, 0],
      ]),
    );
    await answer("cgm-FTW-4030-again\0");
    await answer("cgm-FTW-4028-barn\0");
  });
  const found = await discoverRigs({
    ...hub.search,
    expectedRigs: 2,
    durationMs: LONG_MS,
  });
  const hostname = "127.0.0.1";
  assertEquals(found, [
    {
      name: "barn-127.0.0.1",
      hostname,
      port: 4028,
      description: "barn",
    },
    {
      name: "31mred-127.0.0.1-4030",
      hostname,
      port: 4030,
      description: "[31mred (",
    },
  ]);
});

Deno.test("discoverRigs() takes a bounded number of answers from a flood", async () => {
  let isOver = false;
  await using hub = await QuestionHub.start(async ({ index, answer }) => {
    if (index > 0) return;
    for (let sent = 0; sent < 10_000 || !isOver; sent++) {
      await answer(`cgm-FTW-${1 + sent % 65_535}-flood ${sent}\0`);
    }
  });
  const found = await discoverRigs({ ...hub.search, durationMs: 500 });
  isOver = true;
  assert(found.length <= MAX_RIGS_PER_ADDRESS, `${found.length} rigs`);
});

Deno.test("discoverRigs() gives up when its signal aborts, and throws the reason", async () => {
  await using hub = await QuestionHub.start(() => {});
  const giving = new AbortController();
  const search = discoverRigs({
    ...hub.search,
    durationMs: LONG_MS,
    signal: giving.signal,
  });
  await hub.asked;
  const reason = new Error("gone");
  giving.abort(reason);
  assertStrictEquals(await assertRejects(() => search), reason);
  const { questions: { length } } = hub;
  const { signal } = giving;
  const late = await assertRejects(() =>
    discoverRigs({ ...hub.search, signal })
  );
  assertStrictEquals(late, reason);
  assertEquals(hub.questions.length, length);
});

Deno.test("discoverRigs() says that its port is in use", async () => {
  const socket = await openSocket({ hostname: "127.0.0.1" });
  const { port: replyPort } = socket.address();
  const error = await assertRejects(
    () => discoverRigs({ hostname: "127.0.0.1", replyPort }),
    Error,
  );
  assertEquals(
    error.message,
    `Cannot listen on UDP 127.0.0.1:${replyPort}: another program uses it`,
  );
  await closeSocket(socket);
});

Deno.test({
  name: "discoverRigs() says what permission is missing, and never asks for it",
  permissions: { net: ["127.0.0.1"] },
  async fn() {
    for (
      const [options, message] of [
        [
          {},
          /^Cannot listen on UDP 0\.0\.0\.0:0: no net permission for it$/,
        ],
        [
          { hostname: "127.0.0.1" },
          /^Cannot send multicast to 224\.0\.0\.75:4028: no net permission/,
        ],
        [
          { hostname: "127.0.0.1", group: "127.0.0.2", port: 9 },
          /^Cannot send a question to 127\.0\.0\.2:9: no net permission/,
        ],
      ] as const
    ) {
      const error = await assertRejects(() => discoverRigs(options), Error);
      assertMatch(error.message, message);
    }
  },
});

Deno.test("watchDiscovery() searches again and again, also after a failure", async () => {
  const blocking = await openSocket({ hostname: "127.0.0.1" });
  const { port: replyPort } = blocking.address();
  await using hub = await QuestionHub.start(({ answer }) =>
    answer("cgm-FTW-4028-barn\0")
  );
  const stopping = new AbortController();
  const rounds: (FoundRig[] | string)[] = [];
  await watchDiscovery({
    ...hub.search,
    replyPort,
    intervalMs: 1,
    expectedRigs: 1,
    durationMs: LONG_MS,
    signal: stopping.signal,
    onFound(rigs) {
      rounds.push(rigs);
      if (rounds.length === 3) stopping.abort();
    },
    onError(error) {
      // The port may take a moment to be free again.
      if (rounds.length > 0) return;
      rounds.push((error as Error).message);
      blocking.close();
    },
  });
  const barn = {
    name: "barn-127.0.0.1",
    hostname: "127.0.0.1",
    port: 4028,
    description: "barn",
  };
  assertEquals(rounds, [
    `Cannot listen on UDP 127.0.0.1:${replyPort}: another program uses it`,
    [barn],
    [barn],
  ]);
  assertEquals(hub.questions[0], `cgminer-FTW-${replyPort}`);
});

Deno.test("watchDiscovery() stops in a search and between two, without an error", async () => {
  await using hub = await QuestionHub.start(() => {});
  const fail = () => assert(false, "nothing was found, and nothing failed");
  for (const durationMs of [LONG_MS, 1]) {
    const stopping = new AbortController();
    const { promise: searched, resolve } = Promise.withResolvers<void>();
    const watching = watchDiscovery({
      ...hub.search,
      durationMs,
      signal: stopping.signal,
      onFound: durationMs === 1 ? () => resolve() : fail,
      onError: fail,
    });
    await (durationMs === 1 ? searched : hub.asked);
    stopping.abort();
    await watching;
  }
});
