import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "jsr:@std/assert@1";
import { FleetMonitor } from "../../../gateway/watch/fleet_monitor.ts";
import { Notifier } from "../../../gateway/watch/notifier.ts";
import {
  findAlerts,
  formatMessage,
  type NotifyUrl,
  parseNotifyUrl,
  postMessage,
} from "../../../gateway/watch/notify_target.ts";
import type { TroubleEvent } from "../../../gateway/watch/trouble_news.ts";
import { Fleet } from "../../../rigs/fleet.ts";
import { replyWith, ScriptedRig } from "../../scripted_rig.ts";

const IDLE = JSON.stringify({
  STATUS: [{ STATUS: "S", When: 1, Code: 11, Msg: "Summary" }],
  SUMMARY: [{ Elapsed: 100_000, "MHS av": 0, "MHS 5s": 0, Accepted: 0 }],
  id: 1,
});
const BUSY = IDLE.replaceAll('"MHS av":0', '"MHS av":5000')
  .replaceAll('"MHS 5s":0', '"MHS 5s":5000')
  .replaceAll('"Accepted":0', '"Accepted":100000');

const HOT: TroubleEvent = {
  rig: "garage",
  state: "begins",
  trouble: {
    code: "hot",
    severity: "critical",
    what: "Board 0 has 101 °C; 85 °C are allowed",
    device: "board 0",
    since: "2026-12-01T00:00:00.000Z",
  },
};

interface Received {
  readonly path: string;
  readonly authorization: string | null;
  // deno-lint-ignore no-explicit-any
  readonly body: any;
}

/** A server that gets messages, and answers each as it is told to. */
class Receiver implements AsyncDisposable {
  readonly received: Received[] = [];
  answer: (count: number) => Response | Promise<Response>;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #watchers = new Set<() => void>();

  constructor(answer: Receiver["answer"] = () => new Response("ok")) {
    this.answer = answer;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      async (request) => {
        const body = await request.json();
        this.received.push({
          path: new URL(request.url).pathname,
          authorization: request.headers.get("authorization"),
          body,
        });
        for (const check of this.#watchers) check();
        return await this.answer(this.received.length);
      },
    );
  }

  /** Its address, without a scheme. */
  get host(): string {
    return `127.0.0.1:${this.#server.addr.port}`;
  }

  /** Resolves when so many messages have come. */
  until(count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const check = () => this.received.length >= count && resolve();
    this.#watchers.add(check);
    check();
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

function readTarget(text: string): NotifyUrl {
  const target = parseNotifyUrl(text);
  if (target === undefined) throw new Error("It is no target");
  return target;
}

/** A notifier whose time a test moves. */
function makeNotifier(
  fleet: Fleet,
  targets: readonly string[],
  link?: string,
): {
  notifier: Notifier;
  problems: string[];
  look: (passedMs: number) => Promise<void>;
} {
  let offsetMs = 0;
  const problems: string[] = [];
  const notifier = new Notifier({
    fleet,
    monitor: new FleetMonitor(),
    targets: targets.map(readTarget),
    link,
    onProblem: (line) => problems.push(line),
    onDefect: (error) => {
      throw error;
    },
    now: () => performance.now() + offsetMs,
  });
  return {
    notifier,
    problems,
    look: (passedMs) => {
      offsetMs += passedMs;
      return notifier.look();
    },
  };
}

Deno.test("Notifier tells each target in its form what begins and ends", async () => {
  await using rig = await ScriptedRig.start(replyWith(IDLE));
  await using receiver = new Receiver();
  const { hostname, port } = rig;
  const fleet = new Fleet([{ name: "garage", hostname, port }]);
  const { host } = receiver;
  const { notifier, look, problems } = makeNotifier(fleet, [
    `http://me:s%20cret@${host}/hook?x=1`,
    `ntfy+http://tk_123@${host}/miners`,
    `alertmanager+http://${host}`,
  ], "https://farm.example/");
  await look(31_000);
  assertEquals(receiver.received, []);
  await look(31_000);
  await receiver.until(3);
  const byPath = (path: string) =>
    receiver.received.filter((each) => each.path === path).at(-1);
  const hook = byPath("/hook");
  assertEquals(hook?.authorization, `Basic ${btoa("me:s cret")}`);
  assertEquals(hook?.body.link, "https://farm.example/");
  assertEquals(hook?.body.text, hook?.body.content);
  assertMatch(hook?.body.text, /^garage: critical: It hashes nothing/);
  const [event, ...rest] = hook?.body.events;
  assertEquals([event.rig, event.state, event.trouble.code, rest], [
    "garage",
    "begins",
    "no-hashrate",
    [],
  ]);
  const ntfy = byPath("/");
  assertEquals(ntfy?.authorization, "Bearer tk_123");
  const { topic, title, priority, click } = ntfy?.body;
  assertEquals([topic, title, priority, click], [
    "miners",
    "garage: trouble",
    4,
    "https://farm.example/",
  ]);
  const [alert] = byPath("/api/v2/alerts")?.body;
  assertEquals(alert.labels, {
    alertname: "CgminerTrouble",
    rig: "garage",
    code: "no-hashrate",
    severity: "critical",
  });
  assert(Date.parse(alert.endsAt) > Date.now());
  // What still stands is told again to Alertmanager, and to nobody else.
  await look(61_000);
  await receiver.until(4);
  assertEquals(receiver.received.at(-1)?.path, "/api/v2/alerts");
  rig.behaviour = replyWith(BUSY);
  await look(31_000);
  await look(31_000);
  await receiver.until(7);
  assertEquals(byPath("/hook")?.body.events[0].state, "ends");
  assertEquals(byPath("/")?.body.tags, ["white_check_mark"]);
  const [resolved] = byPath("/api/v2/alerts")?.body;
  assert(Date.parse(resolved.endsAt) <= Date.now());
  await notifier.stop();
  assertEquals([receiver.received.length, problems], [7, []]);
});

Deno.test("Notifier tells of a thousand rigs that go down at once in one message", async () => {
  await using gone = await ScriptedRig.start(() => {});
  const { hostname, port } = gone;
  await gone[Symbol.asyncDispose]();
  await using receiver = new Receiver();
  const fleet = new Fleet(
    Array.from({ length: 1000 }, (_, n) => ({
      name: `rig-${n}`,
      hostname,
      port,
    })),
  );
  const { notifier, look } = makeNotifier(fleet, [`http://${receiver.host}/`]);
  await look(0);
  await look(61_000);
  await receiver.until(1);
  await look(31_000);
  await notifier.stop();
  const [{ body } = { body: undefined }, ...rest] = receiver.received;
  assertEquals([body.events.length, rest], [1000, []]);
  assert(body.content.length <= 2000);
  assertMatch(body.content, /\nand \d+ more$/);
});

Deno.test("Notifier tries again what a target does not take, and loses nothing", async () => {
  await using rig = await ScriptedRig.start(replyWith(IDLE));
  await using receiver = new Receiver((count) =>
    count === 1
      ? new Response("no", { status: 500 })
      : count === 2
      ? new Response("slow down", {
        status: 429,
        headers: { "retry-after": "2" },
      })
      : new Response("\0garbage{")
  );
  const { hostname, port } = rig;
  const fleet = new Fleet([{ name: "garage", hostname, port }]);
  const { notifier, look, problems } = makeNotifier(
    fleet,
    [`http://me:secret@${receiver.host}/token-in-path`],
  );
  await look(31_000);
  await look(31_000);
  await receiver.until(3);
  const [first, ...others] = receiver.received.map(({ body }) => body.events);
  assertEquals(others, [first, first]);
  await notifier.stop();
  assertEquals(problems, [
    "notify target 1 (webhook): it answered 500; it is tried again",
    "notify target 1 (webhook): it takes messages again",
  ]);
});

Deno.test("Notifier keeps over a reload what was told, and what waits", async () => {
  await using rig = await ScriptedRig.start(replyWith(IDLE));
  await using receiver = new Receiver((count) =>
    new Response("", { status: count === 1 ? 503 : 200 })
  );
  const { hostname, port } = rig;
  const fleet = new Fleet([
    { name: "barn", hostname, port },
    { name: "garage", hostname, port },
  ]);
  const url = `http://${receiver.host}/`;
  const { notifier, look } = makeNotifier(fleet, [url]);
  await look(31_000);
  await look(31_000);
  await receiver.until(1);
  fleet.replaceRigs([{ name: "barn", hostname, port }]);
  notifier.replaceOptions({ targets: [readTarget(url)], link: undefined });
  await look(0);
  await receiver.until(2);
  await notifier.stop();
  const states = receiver.received.slice(1)
    .flatMap(({ body }) => body.events as TroubleEvent[])
    .map(({ rig, state }) => `${rig} ${state}`);
  assertEquals(states, ["barn begins", "garage begins", "garage ends"]);
});

/** A fleet of rigs that all are the same one. */
function makeFleet({ hostname, port }: ScriptedRig, count: number): Fleet {
  return new Fleet(
    Array.from({ length: count }, (_, n) => ({
      name: `rig-${n}`,
      hostname,
      port,
    })),
  );
}

Deno.test("Notifier parts a message that a target takes for too long", async () => {
  await using rig = await ScriptedRig.start(replyWith(IDLE));
  await using receiver = new Receiver();
  const sent: string[][] = [];
  const { promise: isAllSent, resolve } = Promise.withResolvers<void>();
  receiver.answer = () => {
    const { events } = receiver.received.at(-1)?.body;
    if (events.length > 3) return new Response("", { status: 413 });
    sent.push(events.map(({ rig }: TroubleEvent) => rig));
    if (sent.flat().length === 5) resolve();
    return new Response();
  };
  const fleet = makeFleet(rig, 5);
  const { notifier, look, problems } = makeNotifier(fleet, [
    `http://${receiver.host}/`,
  ]);
  await look(31_000);
  await look(31_000);
  await isAllSent;
  await notifier.stop();
  assertEquals(sent, [["rig-0", "rig-1", "rig-2"], ["rig-3", "rig-4"]]);
  assertEquals(problems, []);
});

Deno.test("Notifier leaves out the one event that a target refuses, and says so, and that it is away after that", async () => {
  await using rig = await ScriptedRig.start(replyWith(IDLE));
  await using receiver = new Receiver();
  const taken: string[] = [];
  let isAway = false;
  const { promise: isAllSent, resolve } = Promise.withResolvers<void>();
  receiver.answer = () => {
    const rigs = receiver.received.at(-1)?.body.events
      .map(({ rig }: TroubleEvent) => rig);
    if (rigs.includes("rig-1")) {
      isAway = rigs.length === 1;
      return new Response("", { status: 400 });
    }
    if (isAway) {
      isAway = false;
      return new Response("", { status: 503 });
    }
    taken.push(...rigs);
    if (taken.length === 3) resolve();
    return new Response();
  };
  const fleet = makeFleet(rig, 4);
  const { notifier, look, problems } = makeNotifier(fleet, [
    `http://${receiver.host}/`,
  ]);
  await look(31_000);
  await look(31_000);
  await isAllSent;
  await notifier.stop();
  assertEquals(taken, ["rig-0", "rig-2", "rig-3"]);
  assertEquals(problems, [
    'notify target 1 (webhook): it answered 400 to no-hashrate of rig "rig-1", ' +
    "which is left out",
    "notify target 1 (webhook): it answered 503; it is tried again",
    "notify target 1 (webhook): it takes messages again",
  ]);
});

Deno.test("Notifier tells a target that a reload brings of what stands, and equal ones once", async () => {
  await using rig = await ScriptedRig.start(replyWith(IDLE));
  await using receiver = new Receiver();
  const fleet = makeFleet(rig, 1);
  const { notifier, look } = makeNotifier(fleet, [
    `http://${receiver.host}/a`,
  ]);
  await look(31_000);
  await look(31_000);
  await receiver.until(1);
  const target = readTarget(`http://${receiver.host}/b`);
  notifier.replaceOptions({ targets: [target, target], link: undefined });
  await look(0);
  await receiver.until(2);
  notifier.replaceOptions({ targets: [target], link: undefined });
  await look(31_000);
  await notifier.stop();
  assertEquals(
    receiver.received.map(({ path, body }) => [path, body.events.length]),
    [["/a", 1], ["/b", 1]],
  );
});

Deno.test("Notifier sends what waits once more when it stops, and waits for nobody", async () => {
  await using rig = await ScriptedRig.start(replyWith(IDLE));
  const { promise, resolve } = Promise.withResolvers<Response>();
  await using hanging = new Receiver(() => promise);
  const { hostname, port } = rig;
  const fleet = new Fleet([{ name: "garage", hostname, port }]);
  const { notifier, look } = makeNotifier(fleet, [`http://${hanging.host}/`]);
  await look(31_000);
  await look(31_000);
  await hanging.until(1);
  await look(31_000);
  await notifier.stop();
  resolve(new Response());
  assertEquals(hanging.received.length, 1);
});

Deno.test("A target that leads elsewhere, with the token", async () => {
  await using elsewhere = new Receiver();
  await using receiver = new Receiver(() =>
    Response.redirect(`http://${elsewhere.host}/`, 307)
  );
  const target = readTarget(`ntfy+http://tk_1@${receiver.host}/topic`);
  const { failure } = await postMessage(target, "{}");
  assertEquals(failure, "it answered 307, a redirect, which is not followed");
  assertEquals(elsewhere.received, []);
});

Deno.test("A failure of a target that says its URL", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const target = readTarget(`http://me:secret@127.0.0.1:${port}/token`);
  assertEquals(await postMessage(target, "{}"), {
    failure: "it cannot be reached",
  });
});

Deno.test("A rig whose pool is called @everyone, in a message", () => {
  const what =
    "Pool 0 (@everyone <!channel> <https://evil.example|ok>\r\n\x1b[31m) is dead";
  const event = { ...HOT, trouble: { ...HOT.trouble, what } };
  const message = { events: [event], nowMs: 0 };
  const hook = readTarget("http://h/");
  const { text, content } = JSON.parse(formatMessage(hook, message));
  for (const said of [text, content]) {
    assertEquals(/@everyone|<!|<http|\p{Cc}/u.test(said), false);
  }
  const ntfy = readTarget("ntfy+http://h/topic");
  const { message: said } = JSON.parse(formatMessage(ntfy, message));
  assertEquals(/[\p{Cc}]/u.test(said), false);
  assertStringIncludes(said, "is dead");
});

Deno.test("findAlerts() gives what stands, and what ended and does not stand", () => {
  const other = { ...HOT, rig: "barn" };
  const ends = { ...HOT, state: "ends" as const };
  // It ended, and began again before that could be said.
  assertEquals(findAlerts([HOT, ends, HOT], [HOT, other]), [HOT, other]);
  assertEquals(findAlerts([HOT, ends, ends], [other]), [ends, other]);
  const worse = { ...HOT, before: "warning" as const };
  const warning = { ...ends, trouble: { ...HOT.trouble, severity: "warning" } };
  assertEquals<unknown>(findAlerts([worse], [HOT]), [warning, HOT]);
});

Deno.test("formatMessage() lets no alert start after now: the clock may be put back", () => {
  const target = readTarget("alertmanager+http://h");
  const ends = { ...HOT, state: "ends" as const };
  const nowMs = Date.parse(HOT.trouble.since) - 3_600_000;
  const [one, other] = JSON.parse(
    formatMessage(target, { events: [HOT, ends], nowMs }),
  );
  const now = new Date(nowMs).toISOString();
  assertEquals([one.startsAt, other.startsAt, other.endsAt], [now, now, now]);
  assert(Date.parse(one.endsAt) > nowMs);
});

Deno.test("formatMessage() keeps a text in the bytes that ntfy takes, and well-formed", () => {
  const what = "板".repeat(299) + "😀";
  const event = { ...HOT, trouble: { ...HOT.trouble, what } };
  const { message } = JSON.parse(
    formatMessage(readTarget("ntfy+http://h/topic"), {
      events: Array.from({ length: 50 }, () => event),
      nowMs: 0,
    }),
  );
  assert(new TextEncoder().encode(message).length < 4096);
  assertMatch(message, /^garage: critical: 板/);
  assertMatch(message, /\nand 4\d more$/);
  assertEquals(message.isWellFormed(), true);
});

Deno.test("parseNotifyUrl() takes what is a target, and nothing else", () => {
  assertEquals(parseNotifyUrl("https://hooks.example/services/a?b=c#d"), {
    kind: "webhook",
    url: "https://hooks.example/services/a?b=c",
  });
  assertEquals(parseNotifyUrl("ntfy+https://u:p@ntfy.example/my-topic"), {
    kind: "ntfy",
    url: "https://ntfy.example/",
    topic: "my-topic",
    authorization: `Basic ${btoa("u:p")}`,
  });
  assertEquals(parseNotifyUrl("alertmanager+http://am:9093/prefix/"), {
    kind: "alertmanager",
    url: "http://am:9093/prefix/api/v2/alerts",
  });
  for (
    const wrong of [
      "",
      "hooks.example/a",
      "ftp://h/",
      "ntfy://h/topic",
      "ntfy+http://h/",
      "ntfy+http://h/a/b",
      "ntfy+http://h/a?priority=5",
      "ntfy+http://h/a%20b",
      "slack+https://h/",
      "http://",
      "http://h/ x",
      "ntfy+http://tk%0d%0ax@h/topic",
      "http://%ff@h/",
      "file:///etc/passwd",
    ]
  ) {
    assertEquals(parseNotifyUrl(wrong), undefined, wrong);
  }
});
