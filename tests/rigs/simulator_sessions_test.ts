import { assertEquals, assertMatch, assertNotEquals } from "jsr:@std/assert@1";
import { Rig } from "../../client/rig.ts";
import { Simulator, type SimulatorOptions } from "../../rigs/simulator.ts";
import type { RigError } from "../../rpc/errors.ts";
import exchanges from "./sessions/pyasic_exchanges.json" with { type: "json" };

/** What a rig answers to bytes, parsed. */
async function send(
  rig: Simulator,
  request: unknown,
  // deno-lint-ignore no-explicit-any -- A test reads what it expects.
): Promise<any> {
  using conn = await Deno.connect(rig);
  await conn.write(new TextEncoder().encode(JSON.stringify(request)));
  const text = await new Response(conn.readable).text();
  return JSON.parse(text.replace("\0", ""));
}

Deno.test("a simulated WhatsMiner takes what pyasic sent it, byte by byte", async () => {
  const exchange = exchanges.find(({ password }) => password === "xyzzy-4711")!;
  const { password, time, salt, newsalt, request } = exchange;
  let nowMs = 1_700_000_000_000;
  await using rig = Simulator.start({
    personality: "whatsminer",
    password,
    now: () => nowMs,
  });
  assertEquals((await send(rig, request)).Code, 135);
  const { Code, Msg } = await send(rig, { command: "get_token" });
  assertEquals([Code, Msg], [134, { time, salt, newsalt }]);
  assertMatch((await send(rig, request)).enc, /^[A-Za-z0-9+/]{80,}=*$/);
  nowMs += 29 * 60_000;
  assertEquals(Object.keys(await send(rig, request)), ["enc"]);
  nowMs += 60_000;
  assertEquals((await send(rig, request)).Code, 135);
});

Deno.test("a simulated WhatsMiner lets nobody write in plain text, and gives 32 tokens", async () => {
  await using rig = Simulator.start({ personality: "whatsminer" });
  for (const request of [{ command: "power_off" }, { cmd: "power_off" }]) {
    assertEquals((await send(rig, request)).Code, 45);
  }
  for (let count = 0; count < 32; count++) {
    assertEquals((await send(rig, { cmd: "get_token" })).Code, 134);
  }
  const { Code, Msg } = await send(rig, { cmd: "get_token" });
  assertEquals([Code, Msg], [136, "over max connect"]);
});

Deno.test("a simulated WhatsMiner says what it is without a token", async () => {
  await using rig = Simulator.start({ personality: "whatsminer" });
  const { Code, Msg } = await send(rig, { command: "get_miner_info" });
  assertEquals([Code, Msg.proto], [131, "dhcp"]);
  const { STATUS, DEVDETAILS } = await send(rig, {
    command: "devdetails",
  });
  assertEquals([STATUS[0].Code, DEVDETAILS.length], [69, 3]);
});

Deno.test("a simulated WhatsMiner counts wrong passwords, and rests after five", async () => {
  let nowMs = 1_700_000_000_000;
  await using rig = Simulator.start({
    personality: "whatsminer",
    password: "right",
    now: () => nowMs,
  });
  const { hostname, port } = rig;
  const tryPassword = async (password: string): Promise<string> => {
    try {
      // What was refused is not tried again for a while by the same object.
      await new Rig({ hostname, port, password }).pause();
      return "done";
    } catch (error) {
      return (error as RigError).message.replace(/^.*?: /, "");
    }
  };
  const wrong = "nothing was done";
  assertEquals(await tryPassword("wrong"), wrong);
  assertEquals(await tryPassword("right"), "done");
  assertEquals(await tryPassword("wrong"), wrong);
  assertEquals(await tryPassword("wrong"), wrong);
  assertEquals(
    await tryPassword("wrong"),
    'get_token brings "permission denied"',
  );
  assertEquals(
    await tryPassword("right"),
    'get_token brings "permission denied"',
  );
  nowMs += 5 * 60_000;
  assertEquals(await tryPassword("right"), "done");
});

Deno.test("a simulated LuxOS has one session, which ends a minute after its last use", async () => {
  let nowMs = 1_700_000_000_000;
  await using rig = Simulator.start({
    personality: "luxos",
    now: () => nowMs,
  });
  const ask = async (command: string, parameter?: string) => {
    const reply = await send(rig, { command, parameter });
    return { code: reply.STATUS[0].Code, id: reply.SESSION?.[0].SessionID };
  };
  assertEquals((await ask("session")).id, "");
  // Pools need none, and no password.
  assertEquals((await ask("addpool", "stratum+tcp://a:1,b,")).code, 55);
  assertEquals((await ask("curtail", "sleep")).code, 401);
  const { code, id } = await ask("logon");
  assertEquals(code, 316);
  assertEquals((await ask("logon")).code, 402);
  assertEquals((await ask("session")).id, id);
  nowMs += 59_000;
  assertEquals((await ask("ledset", `${id},red`)).code, 300);
  nowMs += 59_000;
  assertEquals((await ask("curtail", `${id},sleep`)).code, 300);
  nowMs += 60_000;
  assertEquals((await ask("curtail", `${id},sleep`)).code, 401);
  const next = await ask("logon");
  assertNotEquals(next.id, id);
  assertEquals((await ask("logoff", next.id)).code, 317);
  assertEquals((await ask("session")).id, "");
});

/** What comes of pausing a rig, and how it then calls its mode. */
async function pause(
  options: SimulatorOptions,
): Promise<{ outcome: string; mode: string | undefined }> {
  await using simulator = Simulator.start(options);
  const { hostname, port } = simulator;
  const rig = new Rig({ hostname, port, password: options.password });
  const outcome = await rig.pause().then(
    () => "done",
    (error: RigError) => error.code,
  );
  const { mode } = await rig.telemetry();
  // The timer that would hand its session back.
  await rig.call("logoff").catch(() => {});
  return { outcome, mode };
}

Deno.test("faults of sessions: held by others, or refused as ended", async () => {
  const whatsminer = { personality: "whatsminer", password: "x" } as const;
  const luxos = { personality: "luxos" } as const;
  const paused = { outcome: "done", mode: "paused" };
  for (const make of [whatsminer, luxos]) {
    assertEquals(await pause(make), paused);
    assertEquals(await pause({ ...make, faults: { sessionHeld: true } }), {
      outcome: "rig-locked",
      mode: undefined,
    });
  }
  assertEquals(
    await pause({ ...whatsminer, faults: { sessionExpired: 1 } }),
    paused,
  );
  assertEquals(
    await pause({ ...whatsminer, faults: { sessionExpired: true } }),
    { outcome: "rig-login-failed", mode: undefined },
  );
});
