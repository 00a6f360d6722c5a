import { assertEquals, assertThrows } from "jsr:@std/assert@1";
import { checkRigName, Fleet } from "../../rigs/fleet.ts";
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
