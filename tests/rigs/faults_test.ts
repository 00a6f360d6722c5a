import { assertEquals, assertMatch } from "jsr:@std/assert@1";
import { GatewayServer } from "../gateway_server.ts";
import { type Behaviour, replyWith, ScriptedRig } from "../scripted_rig.ts";

const SUMMARY = '{"STATUS":[{"STATUS":"S","Code":11}],"SUMMARY":[{}],"id":1}';
const HALF = SUMMARY.slice(0, 40);

/** A deadline that a fault must run into. */
const SHORT_MS = 300;
/** A deadline that it must not. */
const LONG_MS = 10_000;
/** When a test that hangs fails: far from what any of them takes. */
const HANGS_MS = 120_000;

/** What a client sees: the status, and a problem's code or a reply's body. */
type Outcome = readonly [status: number, said: string];

/** A way in which a rig goes wrong, and what the gateway makes of it. */
interface Fault {
  readonly name: string;
  readonly behaviour: Behaviour;
  readonly outcome: Outcome;
  /** Default true. */
  readonly readsRequests?: boolean;
  /** The longest reply that the gateway takes. Default: its own. */
  readonly maxReplyBytes?: number;
  /** How often it happens in a row in the test of many. Default 20. */
  readonly repeats?: number;
}

/** Writes and stays silent until the peer closes. */
function sendAndStay(reply: string | Uint8Array): Behaviour {
  return async ({ send, closed }) => {
    await send(reply);
    await closed;
  };
}

/** Waits for a time, or until the connection is closed. */
function pause(timeMs: number, closed: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, timeMs);
  closed.then(() => {
    clearTimeout(timer);
    resolve();
  });
  return promise;
}

/** One byte every 50 ms, as long as somebody listens. */
function sendSlowly(reply: string): Behaviour {
  return async ({ send, closed }) => {
    let isOpen = true;
    closed.then(() => isOpen = false);
    for (const byte of reply) {
      await send(byte);
      await pause(50, closed);
      if (!isOpen) return;
    }
  };
}

/** Without end, as fast as somebody reads. */
const flood: Behaviour = async ({ send, closed }) => {
  let isOpen = true;
  closed.then(() => isOpen = false);
  const spaces = new Uint8Array(1024 * 1024).fill(0x20);
  while (isOpen) {
    await Promise.race([send(spaces), closed]);
    // A turn of the event loop, or the close would never be seen.
    await pause(0, closed);
  }
};

/**
 * More than the kernel holds back for a peer that does not read: when it is
 * written, the gateway has read a part, which a reset cannot take back.
 */
const MUCH = '{"STATUS":[' + " ".repeat(12 * 1024 * 1024);

const FAULTS: readonly Fault[] = [
  {
    name: "accepts and says nothing",
    behaviour: ({ closed }) => closed,
    outcome: [504, "rig-timeout"],
    repeats: 1,
  },
  {
    name: "sends a part and stalls",
    behaviour: sendAndStay(HALF),
    outcome: [504, "rig-timeout"],
    repeats: 1,
  },
  {
    name: "sends a part and closes",
    behaviour: ({ send }) => send(HALF),
    outcome: [502, "rig-reply-truncated"],
  },
  {
    name: "sends a part and a NUL",
    behaviour: replyWith(HALF),
    outcome: [502, "rig-reply-truncated"],
  },
  {
    name: "sends a part and resets",
    behaviour: async ({ send, reset }) => {
      await send(MUCH);
      reset();
    },
    outcome: [502, "rig-reply-truncated"],
    maxReplyBytes: 16 * 1024 * 1024,
    repeats: 1,
  },
  {
    name: "resets",
    behaviour: ({ reset }) => reset(),
    outcome: [502, "rig-closed"],
  },
  {
    name: "resets before it reads",
    behaviour: ({ reset }) => reset(),
    readsRequests: false,
    outcome: [502, "rig-closed"],
  },
  {
    name: "closes",
    behaviour: () => {},
    outcome: [502, "rig-closed"],
  },
  {
    name: "closes before it reads",
    behaviour: () => {},
    readsRequests: false,
    outcome: [502, "rig-closed"],
  },
  {
    name: "sends a NUL and no more",
    behaviour: replyWith(""),
    outcome: [502, "rig-closed"],
  },
  {
    name: "sends a reply with a NUL and stays open",
    behaviour: sendAndStay(SUMMARY + "\0"),
    outcome: [200, SUMMARY],
  },
  {
    name: "sends a reply without a NUL and stays open",
    behaviour: sendAndStay(SUMMARY),
    outcome: [200, SUMMARY],
    repeats: 2,
  },
  {
    name: "ends a reply with a newline and stays open",
    behaviour: sendAndStay(SUMMARY + "\n"),
    outcome: [200, SUMMARY],
    repeats: 2,
  },
  {
    name: "sends a reply without a NUL and closes",
    behaviour: ({ send }) => send(SUMMARY),
    outcome: [200, SUMMARY],
  },
  {
    name: "sends one byte every 50 ms, more than there is time for",
    behaviour: sendSlowly(SUMMARY + "\0"),
    outcome: [504, "rig-timeout"],
    repeats: 1,
  },
  {
    name: "sends one byte every 50 ms, and is done in time",
    behaviour: sendSlowly('{"id":1}\0'),
    outcome: [200, '{"id":1}'],
    repeats: 0,
  },
  {
    name: "floods",
    behaviour: flood,
    outcome: [502, "rig-reply-too-large"],
    repeats: 4,
  },
  {
    name: "sends two documents",
    behaviour: ({ send }) => send(`${SUMMARY}\0{"id":2},"id":1}\0`),
    outcome: [200, SUMMARY],
  },
  {
    name: "sends two documents in two writes",
    behaviour: async ({ send }) => {
      await send(`${SUMMARY}\0`);
      await send(`{"id":2}\0`);
    },
    outcome: [200, SUMMARY],
  },
  {
    name: "sends what is no reply",
    behaviour: replyWith("HTTP/1.1 400 Bad Request\r\n\r\n"),
    outcome: [502, "rig-reply-invalid"],
  },
  {
    name: "sends random bytes",
    behaviour: replyWith(Uint8Array.from({ length: 999 }, (_, n) => n * 7 | 1)),
    outcome: [502, "rig-reply-invalid"],
  },
];

/** Asks through the gateway; a request that hangs fails. */
async function ask(gateway: GatewayServer, path: string): Promise<Outcome> {
  const hangs = new AbortController();
  const timer = setTimeout(() => hangs.abort(), HANGS_MS);
  try {
    const { signal } = hangs;
    const response = await fetch(gateway.url(path), { signal });
    const text = await response.text();
    if (response.ok) return [response.status, text];
    const type = response.headers.get("content-type");
    assertEquals(type, "application/problem+json");
    const problem = JSON.parse(text);
    assertEquals([problem.status, problem.rig], [response.status, "default"]);
    assertMatch(problem.detail, /\w/);
    return [response.status, problem.code];
  } finally {
    clearTimeout(timer);
  }
}

/** A rig that is well, and the gateway in front of it. */
async function start(timeoutMs: number, maxReplyBytes?: number): Promise<
  AsyncDisposable & { rig: ScriptedRig; gateway: GatewayServer }
> {
  const rig = await ScriptedRig.start(replyWith(SUMMARY));
  const gateway = GatewayServer.start(rig, {
    timeoutMs,
    ...(maxReplyBytes === undefined ? {} : { maxReplyBytes }),
  });
  return {
    rig,
    gateway,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await rig[Symbol.asyncDispose]();
    },
  };
}

for (const fault of FAULTS) {
  const { name, behaviour, outcome } = fault;
  const { readsRequests = true, repeats = 20 } = fault;
  const timeoutMs = outcome[0] === 504 ? SHORT_MS : LONG_MS;
  Deno.test(`a rig that ${name}: ${outcome[0]}, and the next is served`, async () => {
    await using served = await start(timeoutMs, fault.maxReplyBytes);
    const { rig, gateway } = served;
    Object.assign(rig, { behaviour, readsRequests });
    assertEquals(await ask(gateway, "/summary"), outcome);
    // What closes without a word may speak text: it is asked once more.
    assertEquals(rig.connectionCount, /^closes/.test(name) ? 2 : 1);
    // Again and again, reads and what may write, alone and in company.
    for (let n = 0; n < repeats; n++) {
      const paths = [n % 2 === 0 ? "/summary" : `/switchpool/${n}`];
      // Two that time out would share one deadline.
      if (outcome[0] !== 504) paths.push("/summary", "/restart");
      for (const each of await Promise.all(paths.map((p) => ask(gateway, p)))) {
        assertEquals(each, outcome);
      }
    }
    Object.assign(rig, { behaviour: replyWith(SUMMARY), readsRequests: true });
    assertEquals(await ask(gateway, "/summary"), [200, SUMMARY]);
    // No connection of the gateway outlives its call.
    await rig.untilIdle();
  });
}

Deno.test("a rig that is away: 502 rig-refused, and it is served when it comes back", async () => {
  const before = await ScriptedRig.start(replyWith(SUMMARY));
  const { hostname, port } = before;
  await using gateway = GatewayServer.start({ hostname, port });
  assertEquals(await ask(gateway, "/summary"), [200, SUMMARY]);
  await before[Symbol.asyncDispose]();
  // As many as may wait.
  const commands = Array.from({ length: 64 }, (_, n) => `/asc/${n}`);
  const outcomes = await Promise.all(
    ["/summary", ...commands].map((path) => ask(gateway, path)),
  );
  for (const outcome of outcomes) {
    assertEquals(outcome, [502, "rig-refused"]);
  }
  await using after = await ScriptedRig.start(replyWith(SUMMARY), port);
  assertEquals(await ask(gateway, "/summary"), [200, SUMMARY]);
  assertEquals(after.requests, ['{"command":"summary"}']);
});

Deno.test("a rig that stops while calls wait: each has its answer, and it is served when it comes back", async () => {
  const before = await ScriptedRig.start(({ closed }) => closed);
  const { hostname, port } = before;
  await using gateway = GatewayServer.start({ hostname, port });
  const asked = Array.from({ length: 50 }, (_, n) => ask(gateway, `/asc/${n}`));
  await before.untilRequests(1);
  await before[Symbol.asyncDispose]();
  const outcomes = await Promise.all(asked);
  const codes = new Set(outcomes.map(([status, code]) => `${status} ${code}`));
  // The one that ran lost its connection; the others found nobody there.
  assertEquals([...codes].sort(), ["502 rig-closed", "502 rig-refused"]);
  assertEquals(outcomes.filter(([, code]) => code === "rig-closed").length, 1);
  await using _after = await ScriptedRig.start(replyWith(SUMMARY), port);
  assertEquals(await ask(gateway, "/summary"), [200, SUMMARY]);
});

Deno.test("a rig that answers after the deadline: 504, and no one else gets that answer", async () => {
  await using served = await start(SHORT_MS);
  const { rig, gateway } = served;
  const { promise, resolve } = Promise.withResolvers<void>();
  let sent: Promise<void> | undefined;
  rig.behaviour = async ({ send }) => {
    await promise;
    sent = send('{"late":true}\0');
    await sent;
  };
  assertEquals(await ask(gateway, "/summary"), [504, "rig-timeout"]);
  rig.behaviour = replyWith(SUMMARY);
  const next = ask(gateway, "/summary");
  resolve();
  assertEquals(await next, [200, SUMMARY]);
  await sent;
  assertEquals(await ask(gateway, "/summary"), [200, SUMMARY]);
  assertEquals(rig.requests.length, 3);
  await rig.untilIdle();
});

Deno.test("one rig's faults do not reach another rig", async () => {
  await using sick = await ScriptedRig.start(({ closed }) => closed);
  await using well = await ScriptedRig.start(replyWith(SUMMARY));
  await using gateway = GatewayServer.start([
    { name: "default", hostname: sick.hostname, port: sick.port },
    { name: "well", hostname: well.hostname, port: well.port },
  ], { timeoutMs: SHORT_MS });
  const stuck = Array.from({ length: 70 }, (_, n) => ask(gateway, `/asc/${n}`));
  await sick.untilRequests(1);
  for (let n = 0; n < 20; n++) {
    assertEquals(await ask(gateway, "/@well/summary"), [200, SUMMARY]);
  }
  const codes = new Set((await Promise.all(stuck)).map(([, code]) => code));
  assertEquals([...codes].sort(), ["rig-busy", "rig-timeout"]);
  sick.behaviour = replyWith(SUMMARY);
  assertEquals(await ask(gateway, "/summary"), [200, SUMMARY]);
});
