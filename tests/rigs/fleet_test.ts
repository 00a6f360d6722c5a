import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "jsr:@std/assert@1";
import { checkRigName, Fleet, MAX_FOUND_RIGS } from "../../rigs/fleet.ts";
import { echoRequests, replyWith, ScriptedRig } from "../scripted_rig.ts";

const SUMMARY = { command: "summary" };
const HERE = { hostname: "127.0.0.1", port: 4028 };

Deno.test("Fleet gives its rigs by name and in order, the first as default", () => {
  const fleet = new Fleet([
    { name: "zoe", hostname: "127.0.0.1", port: 4028 },
    { name: "10", hostname: "::1", port: 4029 },
    { name: "Zoe", hostname: "127.0.0.1", port: 4028 },
    { name: "__proto__", hostname: "127.0.0.1", port: 4030 },
  ]);
  assertEquals(fleet.size, 4);
  assertEquals(
    [...fleet.rigs].map(({ name, hostname, port }) => [name, hostname, port]),
    [
      ["zoe", "127.0.0.1", 4028],
      ["10", "::1", 4029],
      ["Zoe", "127.0.0.1", 4028],
      ["__proto__", "127.0.0.1", 4030],
    ],
  );
  assertEquals(fleet.defaultRig, fleet.findRig("zoe"));
  assertEquals(fleet.findRig("__proto__")?.port, 4030);
  for (const name of ["", "ZOE", "constructor", "default", "all", "zoe "]) {
    assertEquals(fleet.findRig(name), undefined);
  }
});

Deno.test("Fleet refuses to have no rig, or two of one name", () => {
  assertThrows(() => new Fleet([]), TypeError, "A fleet needs a rig");
  assertThrows(
    () => new Fleet([{ name: "a", ...HERE }, { name: "a", ...HERE }]),
    TypeError,
    'Two rigs are called "a"',
  );
});

Deno.test("Fleet refuses what is no address, and names the rig", () => {
  const wrong: readonly (readonly [unknown, unknown, RegExp])[] = [
    [
      "http://10.0.0.7",
      4028,
      /^Rig "a": "http:\/\/10\.0\.0\.7" is no host name/,
    ],
    ["10.0.0.7:4028", 4028, /is no host name/],
    ["[::1]", 4028, /no brackets/],
    ["", 4028, /^Rig "a": "" is no host name/],
    [undefined, 4028, /^Rig "a": undefined is no host name/],
    ["10.0.0.7", 0, /^Rig "a": 0 is no port/],
    ["10.0.0.7", 65_536, /from 1 to 65535/],
    ["10.0.0.7", "4028", /is no port: it must be a number/],
    ["10.0.0.7", undefined, /^Rig "a": undefined is no port/],
  ];
  const fleet = new Fleet([{ name: "a", ...HERE }]);
  for (const [hostname, port, pattern] of wrong) {
    const rig = {
      name: "a",
      hostname: hostname as string,
      port: port as number,
    };
    for (
      const make of [() => new Fleet([rig]), () => fleet.replaceRigs([rig])]
    ) {
      assertMatch(assertThrows(make, TypeError).message, pattern);
    }
  }
  assertEquals(fleet.defaultRig.port, 4028);
});

Deno.test("checkRigName() refuses what a URL or a label would have to escape", () => {
  for (const name of ["a", "A-1", "rig_2.lan", "10.0.0.7", "_", "-", "ALL"]) {
    checkRigName(name);
    new Fleet([{ name, ...HERE }]);
  }
  const refused = [
    "",
    "all",
    " ",
    "a b",
    "a/b",
    "a@b",
    "é",
    'a"b',
    "a\n",
    "\n",
    "a\0",
    "::1",
    "a%20",
    "a?",
    "a+b",
  ];
  for (const name of refused) {
    assertThrows(() => checkRigName(name), TypeError);
    assertThrows(() => new Fleet([{ name, ...HERE }]), TypeError);
  }
});

Deno.test("Fleet shares no call between two rigs, even at one address", async () => {
  await using one = await ScriptedRig.start(replyWith('{"rig":1}'));
  await using two = await ScriptedRig.start(replyWith('{"rig":2}'));
  const at = ({ hostname, port }: ScriptedRig) => ({ hostname, port });
  const fleet = new Fleet([
    { name: "one", ...at(one) },
    { name: "two", ...at(two) },
    { name: "alias", ...at(two) },
  ]);
  const texts = await Promise.all(
    [...fleet.rigs, ...fleet.rigs].map(async ({ queue }) => {
      const { reply, isShared } = await queue.ask(SUMMARY);
      return [new TextDecoder().decode(reply.bytes), isShared];
    }),
  );
  assertEquals(texts, [
    ['{"rig":1}\0', false],
    ['{"rig":2}\0', false],
    ['{"rig":2}\0', false],
    ['{"rig":1}\0', true],
    ['{"rig":2}\0', true],
    ['{"rig":2}\0', true],
  ]);
  assertEquals([one.connectionCount, two.connectionCount], [1, 2]);
});

Deno.test("Fleet asks its rigs side by side: none waits for another", async () => {
  // Each rig answers when all of them have been asked.
  const { promise, resolve } = Promise.withResolvers<void>();
  const count = 50;
  let asked = 0;
  await using stack = new AsyncDisposableStack();
  const rigs: ScriptedRig[] = [];
  for (let n = 0; n < count; n++) {
    const rig = await ScriptedRig.start(echoRequests(() => {
      if (++asked === count) resolve();
      return promise;
    }));
    rigs.push(stack.use(rig));
  }
  const fleet = new Fleet(
    rigs.map(({ hostname, port }, n) => ({ name: `rig-${n}`, hostname, port })),
  );
  await Promise.all(
    [...fleet.rigs].flatMap(({ queue }) => [
      queue.ask(SUMMARY),
      queue.ask({ command: "pools" }),
      queue.ask(SUMMARY),
    ]),
  );
  for (const { requests, peakRequests } of rigs) {
    assertEquals(requests, ['{"command":"summary"}', '{"command":"pools"}']);
    assertEquals(peakRequests, 1);
  }
});

Deno.test("Fleet gives its options to the queue of each rig", async () => {
  await using rig = await ScriptedRig.start(({ closed }) => closed);
  const { hostname, port } = rig;
  const fleet = new Fleet([
    { name: "one", hostname, port },
    { name: "two", hostname, port },
  ], { timeoutMs: 50, maxWaitingCalls: 0 });
  const codes = [...fleet.rigs].flatMap(({ queue }) =>
    [0, 1].map((parameter) =>
      queue.ask({ command: "asc", parameter }).catch(({ code }) => code)
    )
  );
  assertEquals(await Promise.all(codes), [
    "rig-timeout",
    "rig-busy",
    "rig-timeout",
    "rig-busy",
  ]);
});

Deno.test("Fleet.selectRigs() finds rigs by an own tag and its exact value", () => {
  const fleet = new Fleet([
    { name: "a", ...HERE, tags: { site: "barn" } },
    { name: "b", ...HERE, tags: { site: "barn2" } },
    { name: "c", ...HERE },
  ]);
  const select = (key: string, value: string) =>
    fleet.selectRigs(key, value).map(({ name }) => name);
  assertEquals(select("site", "barn"), ["a"]);
  assertEquals(select("Site", "barn"), []);
  assertEquals(
    select("constructor", "function Object() { [native code] }"),
    [],
  );
});

Deno.test("Fleet.replaceRigs() keeps a rig of the same name and address, and what waits for it", async () => {
  const ready = Promise.withResolvers<void>();
  await using scripted = await ScriptedRig.start(
    echoRequests(() => ready.promise),
  );
  const { hostname, port } = scripted;
  const fleet = new Fleet([
    { name: "stays", hostname, port },
    { name: "goes", hostname, port },
  ]);
  const stays = fleet.findRig("stays");
  const running = [fleet.findRig("stays"), fleet.findRig("goes")]
    .map((rig) => rig?.queue.ask(SUMMARY));
  await scripted.untilRequests(2);
  fleet.replaceRigs([
    { name: "new", ...HERE },
    { name: "stays", hostname, port, tags: { site: "barn" } },
  ]);
  assertEquals([...fleet.rigs].map(({ name }) => name), ["new", "stays"]);
  assertEquals(fleet.defaultRig.name, "new");
  assertEquals(fleet.findRig("stays"), stays);
  assertEquals(stays?.tags, { site: "barn" });
  assertEquals(fleet.findRig("goes"), undefined);
  ready.resolve();
  assertEquals((await Promise.all(running)).length, 2);
  fleet.replaceRigs([{ name: "stays", hostname, port: port + 1 }]);
  assertEquals(fleet.findRig("stays") === stays, false);
});

Deno.test("Fleet.replaceRigs() refuses a bad configuration and keeps the old", () => {
  const fleet = new Fleet([{ name: "a", ...HERE }]);
  assertThrows(() => fleet.replaceRigs([]), TypeError);
  assertThrows(
    () => fleet.replaceRigs([{ name: "b", ...HERE }, { name: "all", ...HERE }]),
    TypeError,
  );
  assertEquals([...fleet.rigs].map(({ name }) => name), ["a"]);
});

Deno.test("Fleet.replaceRigs() gives new options to the rigs that stay", async () => {
  await using scripted = await ScriptedRig.start(({ closed }) => closed);
  const { hostname, port } = scripted;
  const rigs = [{ name: "a", hostname, port }];
  const fleet = new Fleet(rigs);
  fleet.replaceRigs(rigs, { timeoutMs: 50 });
  await assertRejects(
    () => fleet.defaultRig.queue.ask(SUMMARY),
    Error,
    "within 0.05 s",
  );
  scripted.behaviour = replyWith("x".repeat(1024));
  fleet.replaceRigs(rigs, { maxReplyBytes: 1024 });
  await assertRejects(
    () => fleet.defaultRig.queue.ask(SUMMARY),
    Error,
    "longer than 1 KiB",
  );
  fleet.replaceRigs(rigs, { maxReplyBytes: 1025 });
  const { reply } = await fleet.defaultRig.queue.ask(SUMMARY);
  assertEquals(reply.bytes.length, 1025);
});

Deno.test("Fleet.addFoundRigs() replaces nothing that is configured, by name or by address", () => {
  const fleet = new Fleet([{ name: "a", ...HERE }]);
  const names = () => [...fleet.rigs].map(({ name }) => name);
  const added = fleet.addFoundRigs([
    { name: "a", hostname: "127.0.0.9", port: 4028 },
    { name: "same-address", ...HERE },
    { name: "b", hostname: "127.0.0.2", port: 4028 },
    { name: "b", hostname: "127.0.0.3", port: 4028 },
  ]);
  assertEquals(added.map(({ name, hostname }) => [name, hostname]), [
    ["b", "127.0.0.2"],
  ]);
  assertEquals(names(), ["a", "b"]);
  assertEquals(fleet.findRig("a")?.hostname, "127.0.0.1");
  const b = fleet.findRig("b");
  assertEquals(
    fleet.addFoundRigs([{ name: "b", hostname: "127.0.0.2", port: 4028 }]),
    [],
  );
  assertEquals(fleet.findRig("b"), b);
  // What was found outlives a reload, and gives way to what is configured now.
  fleet.replaceRigs([{ name: "c", ...HERE }]);
  assertEquals(names(), ["c", "a", "b"]);
  fleet.replaceRigs([{ name: "b", ...HERE }]);
  assertEquals(names(), ["b", "a"]);
  assertEquals(fleet.defaultRig.name, "b");
});

Deno.test("Fleet.addFoundRigs() is not filled without end by whoever answers", () => {
  const fleet = new Fleet([{ name: "a", ...HERE }]);
  for (let batch = 0; batch < 4; batch++) {
    fleet.addFoundRigs(Array.from({ length: 1000 }, (_, index) => ({
      name: `found-${batch}-${index}`,
      hostname: `10.${batch}.${index >> 8}.${index & 255}`,
      port: 4028,
    })));
  }
  assertEquals(fleet.size, 1025);
});

Deno.test("Fleet.addFoundRigs() gives the places of rigs that fail to new ones", async () => {
  await using scripted = await ScriptedRig.start(replyWith('{"a":1}'));
  const fleet = new Fleet([{ name: "a", ...HERE }]);
  const { port } = scripted;
  // Those that are asked are here; one address could not fill the list.
  const toRig = (each: number) => ({
    name: `r${each}`,
    hostname: each < 9 || each === port || each >= 60_000
      ? HERE.hostname
      : `10.0.${each >> 8}.${each & 255}`,
    port: each,
  });
  const silent = Array.from(
    { length: MAX_FOUND_RIGS - 1 },
    (_, index) => toRig(index < port - 1 ? index + 1 : index + 2),
  ).filter((rig) => rig.port !== HERE.port);
  // These first: of one rig too many, chance decides which gets no place.
  fleet.addFoundRigs([toRig(port), toRig(1), toRig(2)]);
  fleet.addFoundRigs([toRig(port), ...silent, toRig(60_000)]);
  assertEquals(fleet.size, MAX_FOUND_RIGS + 1);
  // Nobody has asked them yet: they stay.
  assertEquals(fleet.addFoundRigs([toRig(60_001)]), []);
  const ask = (name: string) =>
    fleet.findRig(name)?.queue.ask(SUMMARY).catch(() => {});
  await Promise.all([ask(`r${port}`), ask("r1"), ask("r2")]);
  // Both fail; one of them was heard again.
  fleet.addFoundRigs([toRig(1)]);
  const names = (rigs: { name: string }[]) => rigs.map(({ name }) => name);
  assertEquals(names(fleet.addFoundRigs([toRig(60_001)])), ["r60001"]);
  assertEquals([fleet.findRig("r1")?.port, fleet.findRig("r2")], [
    1,
    undefined,
  ]);
  assertEquals(names(fleet.addFoundRigs([toRig(60_002)])), ["r60002"]);
  assertEquals(fleet.findRig("r1"), undefined);
  assertEquals(fleet.addFoundRigs([toRig(60_003)]), []);
  // The one that answers was heard never again by multicast, and stays.
  assertEquals(fleet.findRig(`r${port}`)?.port, port);
  assertEquals(fleet.size, MAX_FOUND_RIGS + 1);
});

Deno.test("Fleet.addFoundRigs() gives one address 64 places, in however many searches", async () => {
  const fleet = new Fleet([{ name: "a", ...HERE }]);
  const toRig = (hostname: string, port: number) => ({
    ...{ name: `${hostname}-${port}`, hostname, port },
  });
  const search = (from: number) =>
    fleet.addFoundRigs(
      Array.from({ length: 64 }, (_, n) => toRig("127.0.0.2", from + n)),
    );
  assertEquals(search(1).length, 64);
  for (let round = 1; round < 20; round++) {
    assertEquals(search(1 + 64 * round), []);
  }
  assertEquals(fleet.addFoundRigs([toRig("127.0.0.3", 4028)]).length, 1);
  // Its own that fail make room for it, also when the list has room for others.
  await fleet.findRig("127.0.0.2-7")?.queue.ask(SUMMARY).catch(() => {});
  assertEquals(search(1 + 64 * 20).length, 1);
  assertEquals(fleet.findRig("127.0.0.2-7"), undefined);
  assertEquals(fleet.size, 66);
});

Deno.test("Fleet.isConfigured() tells what is named from what was found", () => {
  const rigs = [{ name: "a", ...HERE }];
  const fleet = new Fleet(rigs);
  const found = { name: "b", hostname: "127.0.0.2", port: 4028 };
  const [rig] = fleet.addFoundRigs([found]);
  if (rig === undefined) throw new Error("no rig");
  const tell = () => [...fleet.rigs].map((each) => fleet.isConfigured(each));
  assertEquals(tell(), [true, false]);
  fleet.replaceRigs([...rigs, found]);
  assertEquals([fleet.isConfigured(rig), ...tell()], [true, true, true]);
});

Deno.test("Fleet.addFoundRigs() takes a rig that changes its name for the one it was", () => {
  const fleet = new Fleet([{ name: "a", ...HERE }]);
  for (let round = 0; round < 2000; round++) {
    const name = `liar-${round}-127.0.0.2`;
    fleet.addFoundRigs([{ name, hostname: "127.0.0.2", port: 4028 }]);
  }
  assertEquals([...fleet.rigs].map(({ name }) => name), [
    "a",
    "liar-0-127.0.0.2",
  ]);
});
