import { assertEquals, assertRejects } from "jsr:@std/assert@1";
import { RigQueue } from "../../../rigs/queue.ts";
import { SESSION_COMMANDS } from "../../../rigs/sessions/luxos.ts";
import type { RigRequest } from "../../../rpc.ts";
import { RigError } from "../../../rpc/errors.ts";
import { ScriptedRig } from "../../scripted_rig.ts";

type Answers = Readonly<Record<string, unknown>>;

const VERSION = {
  STATUS: [{ STATUS: "S", Code: 22, Description: "LUXminer 2024.5.1" }],
  VERSION: [{ API: "3.7", LUXminer: "2024.5.1" }],
  id: 1,
};

const say = (letter: string, Code: number, Msg: string, more = {}) => ({
  STATUS: [{ STATUS: letter, Code, Msg, Description: "LUXminer 2024.5.1" }],
  ...more,
  id: 1,
});

const session = (id: string) => ({ SESSION: [{ SessionID: id }] });

/** A rig that answers each command; a list is answered one after the other. */
function startRig(answers: Answers): Promise<ScriptedRig> {
  const counts: Record<string, number> = {};
  return ScriptedRig.start(async ({ request, send }) => {
    const { command } = JSON.parse(request);
    const at = counts[command] = (counts[command] ?? -1) + 1;
    const found = answers[command] ?? say("E", 14, "Invalid command");
    const answer = Array.isArray(found)
      ? found[Math.min(at, found.length - 1)]
      : found;
    await send(`${JSON.stringify(answer)}\0`);
  });
}

const LUXOS: Answers = {
  version: VERSION,
  logon: [
    say("S", 316, "Session created", session("first")),
    say("S", 316, "Session created", session("second")),
  ],
  session: say("S", 319, "Session information", session("first")),
  logoff: say("S", 317, "Session closed"),
  curtail: say("S", 318, "Curtailed"),
  ledset: say("S", 318, "LED"),
};

async function ask(queue: RigQueue, request: RigRequest): Promise<string> {
  const { reply } = await queue.ask(request);
  return new TextDecoder().decode(reply.bytes).replace("\0", "");
}

function listSent({ requests }: ScriptedRig): string[] {
  return requests.map((request) => {
    const { command, parameter } = JSON.parse(request);
    return parameter === undefined ? command : `${command} ${parameter}`;
  });
}

Deno.test("a LuxOS rig gets its session before the parameter, and one for all", async () => {
  await using rig = await startRig(LUXOS);
  const queue = new RigQueue(rig);
  const replies = await Promise.all([
    ask(queue, { command: "curtail", parameter: "sleep" }),
    ask(queue, { command: "ledset", parameter: "red,blink" }),
    ask(queue, { command: "reboot" }),
  ]);
  assertEquals(replies[0], JSON.stringify(LUXOS["curtail"]));
  await queue.logOff();
  await queue.logOff();
  assertEquals(listSent(rig), [
    "version",
    "logon",
    "curtail first,sleep",
    "ledset first,red,blink",
    "reboot first",
    "logoff first",
  ]);
});

Deno.test("pool commands and reports of a LuxOS rig need no session", async () => {
  await using rig = await startRig(LUXOS);
  const queue = new RigQueue(rig);
  await ask(queue, { command: "addpool", parameter: "url,user,x" });
  await ask(queue, { command: "summary" });
  assertEquals(listSent(rig), ["addpool url,user,x", "summary"]);
  assertEquals(SESSION_COMMANDS.size, 31);
});

Deno.test("a rig that is no LuxOS is asked once what it is, and gets commands as they are", async () => {
  await using rig = await startRig({
    version: { STATUS: [], VERSION: [{ CGMiner: "4.11.1" }], id: 1 },
  });
  const queue = new RigQueue(rig);
  await ask(queue, { command: "reboot" });
  await ask(queue, { command: "curtail", parameter: "sleep" });
  await ask(queue, { command: "restart" });
  assertEquals(listSent(rig), [
    "version",
    "reboot",
    "curtail sleep",
    "restart",
  ]);
});

Deno.test("a rig of the kind luxos is not asked what it is", async () => {
  await using rig = await startRig(LUXOS);
  const queue = new RigQueue(rig);
  queue.setLogin({ kind: "luxos" });
  await ask(queue, { command: "reboot" });
  await queue.logOff();
  assertEquals(listSent(rig), ["logon", "reboot first", "logoff first"]);
});

Deno.test("a session that another client holds is rig-locked, and not taken over", async () => {
  await using rig = await startRig({
    ...LUXOS,
    logon: say("E", 402, "Another session is active"),
  });
  const queue = new RigQueue({
    ...rig,
    hostname: rig.hostname,
    port: rig.port,
    name: "lux",
  });
  const error = await assertRejects(
    () => ask(queue, { command: "curtail", parameter: "sleep" }),
    RigError,
    'Another client holds the session of rig "lux"',
  );
  assertEquals(error.code, "rig-locked");
  assertEquals(queue.isFailing, false);
  assertEquals(listSent(rig), ["version", "logon"]);
});

Deno.test("a session that has ended is replaced, and the command sent once more", async () => {
  for (
    const message of ["Invalid session", "Not logged on", "Logon required"]
  ) {
    const refused = say("E", 400, message);
    await using rig = await startRig({
      ...LUXOS,
      curtail: [LUXOS["curtail"], refused, LUXOS["curtail"], refused],
    });
    const queue = new RigQueue(rig);
    await ask(queue, { command: "curtail", parameter: "sleep" });
    const reply = await ask(queue, { command: "curtail", parameter: "wakeup" });
    assertEquals(reply, JSON.stringify(LUXOS["curtail"]));
    await queue.logOff();
    assertEquals(listSent(rig), [
      "version",
      "logon",
      "curtail first,sleep",
      "curtail first,wakeup",
      "logon",
      "curtail second,wakeup",
      "logoff second",
    ]);
  }
});

Deno.test("a new session that the rig refuses is refused, and nothing is sent again", async () => {
  const refused = say("E", 400, "Invalid session");
  await using rig = await startRig({ ...LUXOS, curtail: refused });
  const queue = new RigQueue(rig);
  const reply = await ask(queue, { command: "curtail", parameter: "sleep" });
  assertEquals(reply, JSON.stringify(refused));
  await queue.logOff();
  assertEquals(listSent(rig), [
    "version",
    "logon",
    "curtail first,sleep",
    "logoff first",
  ]);
});

Deno.test("a client's own logon shares the session, whose id is never told", async () => {
  await using rig = await startRig(LUXOS);
  const queue = new RigQueue(rig);
  const hidden = (name: string) =>
    JSON.stringify(LUXOS[name]).replace('"first"', '"…"');
  const logon = JSON.stringify(say("S", 316, "Session created", session("…")));
  assertEquals(await ask(queue, { command: "logon" }), logon);
  assertEquals(await ask(queue, { command: "session" }), hidden("session"));
  assertEquals(await ask(queue, { command: "logon" }), hidden("session"));
  await ask(queue, { command: "curtail", parameter: "…,sleep" });
  await ask(queue, { command: "reboot", parameter: "…" });
  await ask(queue, { command: "logoff", parameter: "…" });
  assertEquals(listSent(rig), [
    "version",
    "logon",
    "session",
    "session",
    "curtail first,sleep",
    "reboot first",
    "logoff first",
  ]);
});

Deno.test("members of a body reach a LuxOS rig beside the session", async () => {
  await using rig = await startRig(LUXOS);
  const queue = new RigQueue(rig);
  await ask(queue, {
    command: "ledset",
    parameter: "red",
    body: '{"command":"ledset","parameter":"red","more":12345678901234567890}',
  });
  await queue.logOff();
  assertEquals(
    rig.requests[2],
    '{"command":"ledset","parameter":"first,red","more":12345678901234567890}',
  );
});

Deno.test("a caller that leaves while the gateway logs on is not executed", async () => {
  const leaving = new AbortController();
  await using rig = await ScriptedRig.start(async ({ request, send }) => {
    const { command } = JSON.parse(request);
    if (command === "logon") leaving.abort(new Error("gone"));
    // Until the queue has seen it.
    await Promise.resolve();
    await send(`${JSON.stringify([LUXOS[command]].flat()[0])}\0`);
  });
  const queue = new RigQueue(rig);
  queue.setLogin({ kind: "luxos" });
  await assertRejects(
    () => queue.ask({ command: "curtail", parameter: "sleep" }, leaving),
    Error,
    "gone",
  );
  await ask(queue, { command: "summary" });
  await queue.logOff();
  assertEquals(listSent(rig), ["logon", "summary", "logoff first"]);
});

Deno.test("a logon that brings no session is rig-login-failed", async () => {
  await using rig = await startRig({ version: VERSION });
  const queue = new RigQueue(rig);
  const error = await assertRejects(
    () => ask(queue, { command: "reboot" }),
    RigError,
    'gives no session: "Invalid command"',
  );
  assertEquals(error.code, "rig-login-failed");
});

Deno.test("A rig whose session id is a megabyte, or ends the parameter", async () => {
  const ids = [
    "a".repeat(1_000_000),
    "a\0b",
    "a,b",
    "a\r\nb",
    "\ud800",
    'a"',
    7,
  ];
  for (const id of ids) {
    await using rig = await startRig({
      ...LUXOS,
      logon: say("S", 316, "Session created", session(id as string)),
    });
    const queue = new RigQueue(rig);
    const error = await assertRejects(
      () => ask(queue, { command: "reboot" }),
      RigError,
      "gives no session",
    );
    assertEquals(error.code, "rig-login-failed");
    await queue.logOff();
    assertEquals(listSent(rig), ["version", "logon"]);
  }
});

Deno.test("A rig that tells its session in the text dialect, or in what it refuses", async () => {
  await using rig = await startRig({
    ...LUXOS,
    logon: say("S", 316, "Session created", session("x14h7gzg")),
    ledset: say("E", 302, "Bad parameter: x14h7gzg,red"),
  });
  const queue = new RigQueue(rig);
  assertEquals(
    await ask(queue, { command: "ledset", parameter: "red" }),
    JSON.stringify(say("E", 302, "Bad parameter: …,red")),
  );
  rig.behaviour = ({ send }) =>
    send("STATUS=S,Code=319|SESSION,SessionID=x14h7gzg|\0");
  assertEquals(
    await ask(queue, { command: "session" }),
    "STATUS=S,Code=319|SESSION,SessionID=…|",
  );
  await queue.logOff();
});

Deno.test("a session that is not used for 30 s is handed back", async () => {
  await using rig = await startRig(LUXOS);
  const queue = new RigQueue(rig);
  const { setTimeout } = globalThis;
  let handBack: (() => void) | undefined;
  globalThis.setTimeout = ((run: () => void, delayMs: number) => {
    if (delayMs !== 30_000) return setTimeout(run, delayMs);
    handBack = run;
    return 0;
  }) as typeof setTimeout;
  try {
    await ask(queue, { command: "curtail", parameter: "sleep" });
    handBack?.();
    // Behind it, in the same queue.
    await ask(queue, { command: "summary" });
  } finally {
    globalThis.setTimeout = setTimeout;
  }
  assertEquals(listSent(rig), [
    "version",
    "logon",
    "curtail first,sleep",
    "logoff first",
    "summary",
  ]);
});
