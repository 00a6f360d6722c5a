import { assert, assertEquals } from "jsr:@std/assert@1";
import fc from "npm:fast-check@4";
import { RigQueue } from "../../rigs/queue.ts";
import type { RigRequest } from "../../rpc.ts";
import type { RigError } from "../../rpc/errors.ts";
import { replyWith, ScriptedRig } from "../scripted_rig.ts";
import {
  AGES_MS,
  echo,
  line,
  outcomeOf,
  POOLS,
  startHeldRig,
  SUMMARY,
  write,
} from "./queue_questions.ts";

const WRITE = write(1);

/** Asks these in this order while the rig holds the first, then lets it go. */
async function listSentRequests(
  ...requests: readonly RigRequest[]
): Promise<string[]> {
  await using held = await startHeldRig();
  const queue = new RigQueue(held.rig, {
    timeoutMs: AGES_MS,
    maxWaitingCalls: 999,
  });
  const answers = Promise.all(
    requests.map((request) => outcomeOf(queue, request)),
  );
  await held.rig.untilRequests(1);
  assertEquals(held.rig.connectionCount, 1);
  held.open();
  // Whoever shares a call, each gets the reply to what it asked.
  assertEquals(
    await answers,
    requests.map((request) => echo(request)),
  );
  assertEquals(held.rig.peakRequests, 1);
  return held.rig.requests;
}

Deno.test("RigQueue makes one call for 500 callers of the same read", async () => {
  const requests = Array.from({ length: 500 }, () => SUMMARY);
  assertEquals(await listSentRequests(...requests), [line(SUMMARY)]);
  assertEquals(await listSentRequests(WRITE, ...requests), [
    line(WRITE),
    line(SUMMARY),
  ]);
});

Deno.test("RigQueue lets a read join one that was sent already", async () => {
  await using held = await startHeldRig();
  const queue = new RigQueue(held.rig, { timeoutMs: AGES_MS });
  const first = queue.ask(SUMMARY);
  await held.rig.untilRequests(1);
  const second = queue.ask(SUMMARY);
  held.open();
  const answers = await Promise.all([first, second]);
  assertEquals(held.rig.requests, [line(SUMMARY)]);
  assertEquals(answers.map(({ isShared }) => isShared), [false, true]);
  assert(answers[0].reply === answers[1].reply);
  // A read after the reply sees the rig as it is then.
  await queue.ask(SUMMARY);
  assertEquals(held.rig.requests.length, 2);
});

Deno.test("RigQueue shares reads with the same parameter only", async () => {
  const pga = (parameter?: string | number) =>
    parameter === undefined
      ? { command: "pga" }
      : { command: "pga", parameter };
  assertEquals(
    await listSentRequests(pga(), pga("0"), pga("1"), pga(), pga("0"), pga(0)),
    [pga(), pga("0"), pga("1"), pga(0)].map(line),
  );
  assertEquals(
    await listSentRequests(
      { command: "summary+pools" },
      { command: "pools+summary" },
      { command: "summary+pools" },
    ),
    ['{"command":"summary+pools"}', '{"command":"pools+summary"}'],
  );
});

Deno.test("RigQueue never shares a command outside group R", async () => {
  const commands = [
    "switchpool",
    "quit",
    "privileged",
    "lockstats",
    "summary+quit",
    "nosuch",
    "Summary",
    "summary ",
    "get_token",
    "",
    "+",
  ];
  for (const command of commands) {
    const request = { command };
    assertEquals(
      await listSentRequests(request, request, request),
      [line(request), line(request), line(request)],
    );
  }
});

Deno.test("RigQueue makes a new call for a read that came after a write", async () => {
  // The first of all runs, the second waits: neither may be joined any more.
  assertEquals(
    await listSentRequests(SUMMARY, POOLS, WRITE, SUMMARY, POOLS, SUMMARY),
    [SUMMARY, POOLS, WRITE, SUMMARY, POOLS].map(line),
  );
});

/** What the rig must see of requests that all came while it held the first. */
function predictSentRequests(requests: readonly RigRequest[]): string[] {
  const sent: string[] = [];
  const shareable = new Set<string>();
  for (const request of requests) {
    const isRead = request.command !== WRITE.command &&
      request.command !== "nosuch";
    if (!isRead) shareable.clear();
    else if (shareable.has(line(request))) continue;
    else shareable.add(line(request));
    sent.push(line(request));
  }
  return sent;
}

Deno.test("RigQueue shares and orders any mix of reads and writes", async () => {
  const request = fc.constantFrom<RigRequest>(
    SUMMARY,
    POOLS,
    { command: "devs" },
    { command: "pga", parameter: "0" },
    { command: "pga", parameter: "1" },
    WRITE,
    { command: "nosuch" },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(request, { minLength: 1, maxLength: 120 }),
      async (requests) => {
        assertEquals(
          await listSentRequests(...requests),
          predictSentRequests(requests),
        );
      },
    ),
    { numRuns: 40 },
  );
});

Deno.test("RigQueue gives the failure of a shared call to all who share it", async () => {
  await using rig = await ScriptedRig.start(({ reset }) => reset());
  const queue = new RigQueue(rig, { timeoutMs: AGES_MS });
  const errors = await Promise.all(
    Array.from({ length: 300 }, () => outcomeOf(queue, SUMMARY)),
  );
  assertEquals(new Set(errors), new Set(["rig-closed"]));
  rig.behaviour = replyWith("{}");
  assertEquals(await outcomeOf(queue, SUMMARY), "{}");
  assertEquals(rig.connectionCount, 2);
});

/** Fills a queue with 65 calls and gives what each of them fails with. */
function collectErrors(queue: RigQueue): Promise<unknown[]> {
  return Promise.all(
    Array.from(
      { length: 65 },
      (_, n) =>
        queue.ask({ command: "asc", parameter: n % 2 === 0 ? n : `${n}` })
          .catch((error) => error),
    ),
  );
}

Deno.test("RigQueue fails all that wait with the failure to connect", async (t) => {
  const gone = await ScriptedRig.start(() => {});
  const { hostname, port } = gone;
  await gone[Symbol.asyncDispose]();
  const rigs = {
    "rig-refused": { hostname, port },
    "rig-unreachable": { hostname: "not a host", port },
  };
  for (const [code, rig] of Object.entries(rigs)) {
    await t.step(code, async () => {
      const queue = new RigQueue(rig, { timeoutMs: AGES_MS });
      const [first, ...others] = await collectErrors(queue);
      assertEquals((first as RigError).code, code);
      // The same error: the rig was asked once for all of them.
      for (const error of others) assert(error === first);
      assertEquals(queue.waitingCalls, 0);
      // Who comes later is not told an old failure: the rig is asked again.
      const [later] = await collectErrors(queue);
      assertEquals([later === first, (later as RigError).code], [false, code]);
    });
  }
});

Deno.test("RigQueue serves a rig that has come back", async () => {
  const before = await ScriptedRig.start(replyWith("{}"));
  const { hostname, port } = before;
  const queue = new RigQueue({ hostname, port }, { timeoutMs: AGES_MS });
  assertEquals(await outcomeOf(queue, SUMMARY), "{}");
  await before[Symbol.asyncDispose]();
  assertEquals(await outcomeOf(queue, SUMMARY), "rig-refused");
  await using after = await ScriptedRig.start(replyWith("{}"), port);
  assertEquals(await outcomeOf(queue, SUMMARY), "{}");
  assertEquals(after.requests, [line(SUMMARY)]);
});
