import { assertEquals } from "jsr:@std/assert@1";
import { createHandler } from "../../../gateway/handler.ts";
import { LivePolls } from "../../../gateway/live/streams.ts";
import type { RigMember } from "../../../gateway/watch/fleet_monitor.ts";
import { Fleet } from "../../../rigs/fleet.ts";
import { type Behaviour, replyWith, ScriptedRig } from "../../scripted_rig.ts";
import { EventReader, ManualClock } from "../live/live_streams.ts";

/** What a healthy rig answers, with a board as hot as one says. */
function beWell(celsius: number): Behaviour {
  const status = { STATUS: "S", When: 1_800_000_000, Code: 11, Msg: "OK" };
  const sections: Record<string, unknown> = {
    summary: { SUMMARY: [{ "Elapsed": 9000, "MHS av": 1, "MHS 5s": 1 }] },
    devs: { DEVS: [{ ASC: 0, Status: "Alive", Temperature: celsius }] },
  };
  return async ({ request, send }) => {
    const { command } = JSON.parse(request);
    const reply = sections[command] ?? {};
    const letter = command in sections ? status : { STATUS: "E", Code: 14 };
    await send(JSON.stringify({ STATUS: [letter], ...reply, id: 1 }) + "\0");
  };
}

const BEHAVIOURS = {
  well: beWell(60),
  hot: beWell(99),
  words: replyWith("Socket connect failed"),
  nonsense: replyWith(Uint8Array.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc])),
  cut: replyWith('{"STATUS":[{"STATUS":"S","Msg":"Summary"}],"SUMMARY":[{"Ela'),
  large: replyWith(`{"STATUS":[{"STATUS":"S"}],"x":"${"x".repeat(600_000)}"}`),
  errors: replyWith(
    '{"STATUS":[{"STATUS":"E","Code":402,"Msg":"Not ready"}],"id":1}',
  ),
  closed: () => {},
  silent: ({ closed }) => closed,
} as const satisfies Record<string, Behaviour>;

/** How often a stream polls, on a clock of the test's. */
const INTERVAL_MS = 3_600_000;

/** How long a rig is waited for that says nothing; one that answers has longer. */
const SILENT_MS = 500;

/** A gateway of one rig, which is asked anew by each look. */
async function makeScene(timeoutMs = 30_000) {
  const rig = await ScriptedRig.start(BEHAVIOURS.well);
  const { hostname, port } = rig;
  const fleet = new Fleet([{ name: "garage", hostname, port }], { timeoutMs });
  const clock = new ManualClock();
  const live = new LivePolls({ clock });
  const handler = createHandler({ fleet, live });
  const send = (path: string, headers: Record<string, string> = {}) =>
    handler(new Request(`http://localhost${path}`, { headers }), {
      remoteAddr: { transport: "tcp", hostname: "127.0.0.1" },
    });
  const ask = async (path: string) => await (await send(path)).text();
  return {
    /** What `/-/rigs` says, after one survey. */
    async look(): Promise<RigMember> {
      return JSON.parse(await ask("/-/rigs")).rigs[0];
    },
    /** What `/-/rigs/garage` says. */
    async lookAtOne(): Promise<RigMember> {
      return JSON.parse(await ask("/-/rigs/garage"));
    },
    /** The state and the trouble in the rig's line of the table. */
    async readTable(): Promise<string[]> {
      const [names = "", line = ""] = (await ask("/-/rigs?format=csv"))
        .split("\r\n");
      const at = names.split(",").indexOf("state");
      return line.split(",").slice(at, at + 2);
    },
    /** Listens to `/-/rigs/garage`, which polls when the test says so. */
    async listen() {
      const headers = { accept: "text/event-stream" };
      const { body } = await send(
        `/-/rigs/garage?interval=${INTERVAL_MS / 1000}`,
        headers,
      );
      const events = new EventReader(body);
      await clock.untilSleep(INTERVAL_MS);
      return {
        async poll(): Promise<void> {
          clock.advance(INTERVAL_MS);
          await clock.untilSleep(INTERVAL_MS);
        },
        /** What it says next of the rig. */
        async next(): Promise<RigMember> {
          const next = await events.next();
          if (next === undefined) throw new Error("The stream ended");
          return next.event === "rig" ? JSON.parse(next.data) : this.next();
        },
        [Symbol.asyncDispose]: () => events.cancel(),
      };
    },
    /** The samples of one metric, after one survey. */
    async scrape(metric: string): Promise<string[]> {
      const text = await ask("/metrics");
      return text.split("\n").filter((line) => line.startsWith(`${metric}{`));
    },
    be(name: keyof typeof BEHAVIOURS) {
      rig.behaviour = BEHAVIOURS[name];
      // A rig that is down is asked less and less often: somebody else asks it.
      return fleet.defaultRig.queue.ask({ command: "version" })
        .catch(() => {});
    },
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
  };
}

/** All that does not change by itself: the figures' age does. */
const strip = ({ ageMs: _, ...member }: RigMember) => member;

const codes = ({ trouble }: RigMember) => trouble.map(({ code }) => code);

for (
  const [name, problem, trouble] of [
    ["words", "rig-reply-invalid", "down"],
    ["nonsense", "rig-reply-invalid", "down"],
    ["cut", "rig-reply-truncated", "down"],
    ["large", "rig-reply-too-large", "down"],
    ["errors", "rig-no-data", "no-data"],
    ["closed", "rig-closed", "down"],
    ["silent", "rig-timeout", "down"],
  ] as const
) {
  Deno.test(`a rig that is well, then ${name}, then well again, is what it is`, async () => {
    await using scene = await makeScene(
      name === "silent" ? SILENT_MS : undefined,
    );
    const well = await scene.look();
    assertEquals([well.state, codes(well)], ["up", []]);
    await using stream = await scene.listen();
    const first = await stream.next();
    assertEquals({ ...first, taken: well.taken }, strip(well));
    await scene.be(name);
    const lost = await scene.look();
    assertEquals(
      [lost.state, lost.since, lost.taken, codes(lost)],
      ["up", well.since, first.taken, []],
    );
    // What the stream's poll finds is what all others say.
    await stream.poll();
    const down = await scene.look();
    assertEquals(strip(down), await stream.next());
    assertEquals(strip(await scene.lookAtOne()), strip(down));
    assertEquals(await scene.readTable(), ["down", trouble]);
    assertEquals(
      [down.state, down.problem?.code, codes(down)],
      ["down", problem, [trouble]],
    );
    assertEquals(down.trouble[0]?.what, down.problem?.detail);
    assertEquals(down.telemetry, well.telemetry);
    assertEquals(await scene.scrape("cgminer_up"), [
      'cgminer_up{rig="garage"} 0',
    ]);
    assertEquals(await scene.scrape("cgminer_trouble"), [
      `cgminer_trouble{rig="garage",code="${trouble}",severity="critical"} 1`,
    ]);
    assertEquals(
      (await scene.look()).trouble[0]?.since,
      down.trouble[0]?.since,
    );
    await scene.be("well");
    // A survey that began before may still say that it is down.
    while ((await scene.look()).state !== "up") { /* once more */ }
    await stream.poll();
    const told = await stream.next();
    assertEquals([told.state, codes(told)], ["up", []]);
    for (const back of [await scene.look(), await scene.lookAtOne()]) {
      assertEquals([back.state, back.since], ["up", told.since]);
      assertEquals(codes(back), []);
    }
    assertEquals(await scene.readTable(), ["up", ""]);
    assertEquals(await scene.scrape("cgminer_up"), [
      'cgminer_up{rig="garage"} 1',
    ]);
    assertEquals(await scene.scrape("cgminer_trouble"), []);
  });
}

Deno.test("a rig that flips between well and nonsense stays up, and keeps its trouble", async () => {
  await using scene = await makeScene(SILENT_MS);
  await scene.be("hot");
  const [first] = (await scene.look()).trouble;
  assertEquals(first?.code, "hot");
  assertEquals(first?.device, "ASC0");
  for (const name of ["cut", "errors", "words", "silent", "large"] as const) {
    await scene.be(name);
    const lost = await scene.look();
    assertEquals([lost.state, lost.trouble], ["up", [first]]);
    await scene.be("hot");
    assertEquals(await scene.scrape("cgminer_up"), [
      'cgminer_up{rig="garage"} 1',
    ]);
    const back = await scene.look();
    assertEquals([back.state, back.trouble.length], ["up", 1]);
    assertEquals(back.trouble[0], first);
  }
  await scene.be("well");
  assertEquals((await scene.look()).trouble, []);
});

Deno.test("a rig has cgminer_up before its first survey has ended", async () => {
  await using scene = await makeScene(SILENT_MS);
  await scene.be("silent");
  const response = scene.scrape("cgminer_up");
  assertEquals(await response, ['cgminer_up{rig="garage"} 0']);
});
