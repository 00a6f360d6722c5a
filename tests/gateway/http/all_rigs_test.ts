import { assertEquals, assertRejects } from "jsr:@std/assert@1";
import { streamAllReplies, visitRigs } from "../../../gateway/http/all_rigs.ts";
import { Fleet, type FleetRig } from "../../../rigs/fleet.ts";
import { replyWith, ScriptedRig } from "../../scripted_rig.ts";

const HERE = { hostname: "127.0.0.1", port: 4028 };
const NEVER = new AbortController().signal;

function makeRigs(count: number): FleetRig[] {
  const rigs = Array.from({ length: count }, (_, index) => ({
    name: `rig-${index}`,
    ...HERE,
  }));
  return [...new Fleet(rigs).rigs];
}

/** Visits that end when they are told to. */
class Visits {
  readonly started: string[] = [];
  readonly #ends = new Map<string, PromiseWithResolvers<void>>();
  readonly #waiting = new Map<number, PromiseWithResolvers<void>>();

  readonly ask = (rig: FleetRig): Promise<void> => {
    const end = Promise.withResolvers<void>();
    this.#ends.set(rig.name, end);
    this.started.push(rig.name);
    this.#waiting.get(this.started.length)?.resolve();
    return end.promise;
  };

  take(): void {}

  end(name: string): void {
    this.#ends.get(name)?.resolve();
  }

  async untilStarted(count: number): Promise<void> {
    if (this.started.length >= count) return;
    const reached = Promise.withResolvers<void>();
    this.#waiting.set(count, reached);
    await reached.promise;
  }
}

Deno.test("visitRigs() visits so many at once and no more", async () => {
  const visits = new Visits();
  const done = visitRigs(makeRigs(4), visits, NEVER, {
    maxConcurrent: 2,
  });
  assertEquals(visits.started, ["rig-0", "rig-1"]);
  visits.end("rig-1");
  await visits.untilStarted(3);
  assertEquals(visits.started.length, 3);
  for (const name of ["rig-0", "rig-2"]) visits.end(name);
  await visits.untilStarted(4);
  visits.end("rig-3");
  await done;
});

Deno.test("visitRigs() lets a visit that takes long make room for the next, and waits for it at the end", async () => {
  const visits = new Visits();
  let isDone = false;
  const done = visitRigs(makeRigs(4), visits, NEVER, {
    maxConcurrent: 1,
    parkAfterMs: 1,
    maxParked: 2,
  }).then(() => isDone = true);
  // Two make room, the third has none to make it in.
  await visits.untilStarted(3);
  visits.end("rig-2");
  await visits.untilStarted(4);
  visits.end("rig-3");
  visits.end("rig-0");
  assertEquals(isDone, false);
  visits.end("rig-1");
  await done;
});

Deno.test("visitRigs() visits few until one of them is over, then more", async () => {
  const visits = new Visits();
  const limits = { maxConcurrent: 3, maxFirst: 1 };
  const done = visitRigs(makeRigs(4), visits, NEVER, limits);
  assertEquals(visits.started, ["rig-0"]);
  visits.end("rig-0");
  await visits.untilStarted(4);
  for (const name of ["rig-1", "rig-2", "rig-3"]) visits.end(name);
  await done;
});

Deno.test("visitRigs() waits for no first one that says nothing", async () => {
  const visits = new Visits();
  const limits = { maxConcurrent: 3, maxFirst: 1 };
  const done = visitRigs(makeRigs(3), visits, NEVER, limits);
  await visits.untilStarted(3);
  for (const name of ["rig-0", "rig-1", "rig-2"]) visits.end(name);
  await done;
  await visitRigs([], visits, NEVER, limits);
});

Deno.test("visitRigs() visits rigs that failed lately last", async () => {
  await using dead = await ScriptedRig.start(({ reset }) => reset());
  const { hostname, port } = dead;
  const fleet = new Fleet([
    { name: "dead", hostname, port },
    { name: "a", ...HERE },
    { name: "b", ...HERE },
  ]);
  await assertRejects(() => fleet.defaultRig.queue.ask({ command: "summary" }));
  const visited: string[] = [];
  const visit = {
    ask: ({ name }: FleetRig) => Promise.resolve(name),
    take: (name: string) => void visited.push(name),
  };
  await visitRigs(fleet.rigs, visit, NEVER, { maxConcurrent: 1 });
  assertEquals(visited, ["a", "b", "dead"]);
});

Deno.test("visitRigs() stops when it is aborted, and fails when a visit does", async () => {
  const gone = new AbortController();
  let count = 0;
  const leave = {
    ask() {
      count++;
      gone.abort();
      return Promise.resolve();
    },
    take() {},
  };
  await visitRigs(makeRigs(5), leave, gone.signal, { maxConcurrent: 1 });
  assertEquals(count, 1);
  await assertRejects(
    () =>
      visitRigs(
        makeRigs(2),
        { ask: () => Promise.reject(new Error("a defect")), take() {} },
        NEVER,
        { maxConcurrent: 1, parkAfterMs: 1 },
      ),
    Error,
    "a defect",
  );
});

Deno.test("visitRigs() fails with a visit that had made room", async () => {
  const failed = Promise.withResolvers<void>();
  const visits = new Visits();
  const done = visitRigs(
    makeRigs(2),
    {
      ask: (rig) => rig.name === "rig-0" ? failed.promise : visits.ask(rig),
      take() {},
    },
    NEVER,
    { maxConcurrent: 1, parkAfterMs: 1 },
  );
  await visits.untilStarted(1);
  failed.reject(new Error("a defect"));
  visits.end("rig-1");
  await assertRejects(() => done, Error, "a defect");
});

Deno.test("visitRigs() asks no more rigs for a reader who does not take what came", async () => {
  const taken = Promise.withResolvers<void>();
  let count = 0;
  const visit = {
    ask: () => Promise.resolve(count++),
    take: () => taken.promise,
  };
  const limits = { maxConcurrent: 2, parkAfterMs: 1 };
  const done = visitRigs(makeRigs(4), visit, NEVER, limits);
  // Longer than a silent rig would have held its place.
  await new Promise((resolve) => setTimeout(resolve, 20));
  assertEquals(count, 2);
  taken.resolve();
  await done;
  assertEquals(count, 4);
});

Deno.test("streamAllReplies() gives all who share a long reply the same bytes", async () => {
  const reply = `{"STATS":[${Array(20_000).fill('{"a":1}').join(",")}]}`;
  await using rig = await ScriptedRig.start(replyWith(reply));
  const { hostname, port } = rig;
  const fleet = new Fleet([{ name: "a", hostname, port }]);
  for (const isPretty of [false, true]) {
    const streams = await Promise.all(
      Array.from({ length: 8 }, () =>
        Array.fromAsync(
          streamAllReplies(fleet.rigs, { command: "stats" }, { isPretty }),
        )),
    );
    const values = streams.map((chunks) =>
      chunks.find(({ length }) => length >= reply.length)
    );
    assertEquals(new Set(values).size, 1);
    for (const chunks of streams) {
      const json = await new Blob(chunks).text();
      const expected = JSON.stringify({ a: JSON.parse(reply) }, null, 4);
      assertEquals(json === (isPretty ? expected : `{"a": ${reply}}`), true);
    }
  }
  assertEquals(rig.requests.length, 2);
});
