// What a rig is sent for each action, by its make: every simulated kind, and
// LuxOS as it was recorded, on real sockets.

import {
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "jsr:@std/assert@1";
import { Rig } from "../../client/rig.ts";
import { RigStatusError } from "../../client/rig_errors.ts";
import { type Personality, Simulator } from "../../rigs/simulator.ts";
import { isReadCommand } from "../../rpc/commands.ts";
import { RequestError, RigError } from "../../rpc/errors.ts";
import type { ActionName } from "../../telemetry/actions.ts";
import { type Behaviour, ScriptedRig } from "../scripted_rig.ts";

const POOL = { url: "stratum+tcp://pool:3333", user: "a,b", pass: "c\\d" };

const CALLS: Readonly<Record<ActionName, (rig: Rig) => Promise<unknown>>> = {
  restart: (rig) => rig.restart(),
  pause: (rig) => rig.pause(),
  resume: (rig) => rig.resume(),
  powerLimit: (rig) => rig.powerLimit(3000),
  locate: (rig) => rig.locate(true),
  replacePools: (rig) => rig.replacePools([POOL]),
};

const NOW_MS = Date.UTC(2026, 0, 1);
const SOON_S = NOW_MS / 1000 + 5;

const RESTART = { restart: '{"command":"restart"}' };

/** What is sent; an action that is absent is not supported. */
type Sent = Readonly<Partial<Record<ActionName, string>>>;

const SENT: Readonly<Record<Exclude<Personality, "luxos">, Sent>> = {
  cgminer: RESTART,
  antminer: RESTART,
  bfgminer: RESTART,
  sgminer: RESTART,
  cpuminer: {},
  avalon: {
    ...RESTART,
    pause: `{"command":"ascset","parameter":"0,softoff,1:${SOON_S}"}`,
    resume: `{"command":"ascset","parameter":"0,softon,1:${SOON_S}"}`,
    locate: '{"command":"ascset","parameter":"0,led,1-1"}',
  },
  whatsminer: {
    restart: '{"command":"restart_btminer"}',
    pause: '{"command":"power_off","respbefore":"true"}',
    resume: '{"command":"power_on"}',
    powerLimit: '{"command":"adjust_power_limit","power_limit":"3000"}',
    locate:
      '{"command":"set_led","color":"red","period":200,"duration":100,"start":0}',
    replacePools: '{"command":"update_pools",' +
      '"pool1":"stratum+tcp://pool:3333","worker1":"a,b","passwd1":"c\\\\d",' +
      '"pool2":"","worker2":"","passwd2":"",' +
      '"pool3":"","worker3":"","passwd3":""}',
  },
};

/** Gives what is thrown; undefined if nothing. */
async function readError(call: () => Promise<unknown>): Promise<unknown> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return error;
  }
}

for (const [personality, sent] of Object.entries(SENT)) {
  Deno.test(`${personality} is sent what its make wants, and nothing for what it lacks`, async () => {
    for (const [name, call] of Object.entries(CALLS)) {
      const writes: string[] = [];
      await using simulator = Simulator.start({
        personality: personality as Personality,
        restartMs: 60_000,
        now: () => NOW_MS,
        onRequest(bytes) {
          const text = new TextDecoder().decode(bytes);
          // cpuminer is asked in text.
          const command = text.startsWith("{")
            ? JSON.parse(text).command
            : text;
          if (!isReadCommand(command)) writes.push(text);
        },
      });
      const rig = new Rig(simulator);
      await rig.telemetry();
      const error = await readError(() => call(rig));
      const request = (sent as Sent)[name as ActionName];
      assertEquals([name, ...writes], request ? [name, request] : [name]);
      if (request === undefined) {
        assertEquals([name, (error as RigError).code], [name, "not-supported"]);
      } else if (error !== undefined && !(error instanceof RigStatusError)) {
        // A kind that wants to be logged on to says no.
        throw error;
      }
    }
  });
}

const REFUSAL = '{"STATUS":[{"STATUS":"E","When":1,"Code":14,' +
  '"Msg":"Invalid command"}],"id":1}';

/** Answers with these replies, and else that there is no such command. */
function answer(replies: Readonly<Record<string, unknown>>): Behaviour {
  return async ({ request, send }) => {
    const { command } = JSON.parse(request);
    const reply = replies[command];
    await send(`${reply === undefined ? REFUSAL : JSON.stringify(reply)}\0`);
  };
}

const done = (Msg: string, more: object = {}) => ({
  STATUS: [{ STATUS: "S", When: 1, Code: 1, Msg, Description: "" }],
  ...more,
  id: 1,
});

const LUXOS = {
  logon: done("Session created", { SESSION: [{ SessionID: "yJN2nlj1" }] }),
  logoff: done("Session terminated"),
  version: done("LUXminer versions", {
    VERSION: [{ API: "3.7", LUXminer: "2025.4.8" }],
  }),
  profiles: done("Profiles", {
    PROFILES: [
      { "Profile Name": "190MHz", Watts: 784 },
      { "Profile Name": "default", Watts: 2760 },
      { "Profile Name": "off", Watts: 0 },
      { "Profile Name": "290MHz", Watts: 1188 },
      { "Profile Name": "no watts" },
    ],
  }),
  profileset: done("Profile Set", { PROFILE: [{ Profile: "290MHz" }] }),
  resetminer: done("Miner reset"),
  curtail: done("Curtailment command sent"),
  ledset: done("LED set"),
};

/** With the session, which the queue gets. */
const SENT_TO_LUXOS: Sent = {
  restart: '{"command":"resetminer","parameter":"yJN2nlj1"}',
  pause: '{"command":"curtail","parameter":"yJN2nlj1,sleep"}',
  resume: '{"command":"curtail","parameter":"yJN2nlj1,wakeup"}',
  powerLimit: '{"command":"profileset","parameter":"yJN2nlj1,default"}',
  locate: '{"command":"ledset","parameter":"yJN2nlj1,red,blink"}',
};

Deno.test("luxos is sent what its make wants, and nothing for what it lacks", async () => {
  await using scripted = await ScriptedRig.start(answer(LUXOS));
  const rig = new Rig(scripted);
  await rig.telemetry();
  for (const [name, call] of Object.entries(CALLS)) {
    const count = scripted.requests.length;
    const error = await readError(() => call(rig));
    const writes = scripted.requests.slice(count).filter((text) => {
      const { command } = JSON.parse(text);
      return !isReadCommand(command) && command !== "logon";
    });
    const request = SENT_TO_LUXOS[name as ActionName];
    assertEquals([name, ...writes], request ? [name, request] : [name]);
    assertEquals(
      [name, (error as RigError | undefined)?.code],
      [name, request ? undefined : "not-supported"],
    );
  }
  await rig.call("logoff");
});

Deno.test("LuxOS is given the profile that takes most within the limit", async () => {
  await using scripted = await ScriptedRig.start(answer(LUXOS));
  const { hostname, port } = scripted;
  const rig = new Rig({ hostname, port, kind: "luxos" });
  const { STATUS } = await rig.powerLimit(2000);
  assertEquals(STATUS[0].Msg, "Profile Set");
  assertEquals(scripted.requests, [
    '{"command":"profiles"}',
    '{"command":"logon"}',
    '{"command":"profileset","parameter":"yJN2nlj1,290MHz"}',
  ]);
  const count = scripted.requests.length;
  const error = await assertRejects(() => rig.powerLimit(500), RigError);
  assertEquals(error.code, "not-supported");
  assertStringIncludes(
    error.message,
    "none of its profiles takes less than 784 W",
  );
  assertEquals(scripted.requests.slice(count), ['{"command":"profiles"}']);
  await rig.call("logoff");
});

Deno.test("the make is learnt once, before the first action", async () => {
  await using scripted = await ScriptedRig.start(answer(LUXOS));
  const rig = new Rig(scripted);
  await rig.pause();
  const count = scripted.requests.length;
  await rig.resume();
  assertEquals(scripted.requests.slice(count), [SENT_TO_LUXOS.resume]);
  await rig.call("logoff");
});

Deno.test("the make is the kind that a rig is said to be, whatever it says", async () => {
  await using scripted = await ScriptedRig.start(answer({
    version: done("cgminer versions", { VERSION: [{ CGMiner: "4.9.2" }] }),
  }));
  const { hostname, port } = scripted;
  const rig = new Rig({ hostname, port, kind: "whatsminer" });
  await assertRejects(() => rig.restart(), RigStatusError);
  assertEquals(scripted.requests, ['{"command":"restart_btminer"}']);
});

Deno.test("restart() is `restart`, and the make's own only where that is unknown", async () => {
  await using luxos = await ScriptedRig.start(answer(LUXOS));
  const rig = new Rig(luxos);
  assertEquals((await rig.restart()).STATUS, done("Miner reset").STATUS);
  assertEquals(luxos.requests[0], '{"command":"restart"}');
  assertEquals(luxos.requests.at(-1), SENT_TO_LUXOS.restart);
  const count = luxos.requests.length;
  await rig.restart();
  assertEquals(luxos.requests.slice(count), [SENT_TO_LUXOS.restart]);
  await rig.call("logoff");

  await using other = await ScriptedRig.start(answer({}));
  const error = await assertRejects(
    () => new Rig(other).restart(),
    RigStatusError,
  );
  assertEquals([error.command, error.statusCode], ["restart", 14]);
  const restarts = other.requests.filter((text) => text.includes("restart"));
  assertEquals(restarts, ['{"command":"restart"}']);
});

Deno.test("what a make lacks is told with the make, the action and who has it", async () => {
  await using scripted = await ScriptedRig.start(answer({
    version: done("BOSer versions", {
      VERSION: [{ API: "3.7", BOSer: "boser-buildroot 0.1.0-11012d53" }],
    }),
    pause: done("Pause", { PAUSE: [true] }),
  }));
  const { hostname, port } = scripted;
  const rig = new Rig({ hostname, port, name: "garage" });
  assertEquals((await rig.pause())["PAUSE"], [true]);
  for (const call of [CALLS.restart, CALLS.locate, CALLS.replacePools]) {
    const { code, message } = await assertRejects(() => call(rig), RigError);
    assertEquals(code, "not-supported");
    assertStringIncludes(message, `rig "garage" at ${hostname}:${port}: BOSer`);
  }
  const { message, hint } = await assertRejects(
    () => rig.locate(true),
    RigError,
  );
  assertStringIncludes(message, "Cannot blink the light of rig");
  assertEquals(hint, "These have one: WhatsMiner, LuxOS, and Avalon");
});

Deno.test("what the rig refuses is its own error", async () => {
  await using scripted = await ScriptedRig.start(answer({
    summary: {
      STATUS: [{ STATUS: "S", Msg: "Summary", Description: "btminer" }],
      SUMMARY: [{ Elapsed: 1, "MHS av": 1 }],
    },
    power_off: {
      ...{ STATUS: "E", When: 1, Code: 45, Msg: "permission denied" },
      Description: "whatsminer v1.4",
    },
  }));
  const error = await assertRejects(
    () => new Rig(scripted).pause(),
    RigStatusError,
  );
  assertEquals([error.command, error.statusCode], ["power_off", 45]);
});

for (const personality of ["whatsminer", "luxos", "avalon"] as const) {
  Deno.test(`${personality}: what is paused says so, until it is resumed`, async () => {
    await using simulator = Simulator.start({ personality, password: "s3" });
    const { hostname, port } = simulator;
    const isSecret = personality === "whatsminer";
    const rig = new Rig({
      ...{ hostname, port },
      ...isSecret && { password: "s3" },
    });
    const modes: unknown[] = [];
    for (const act of [CALLS.pause, CALLS.resume]) {
      await act(rig);
      modes.push((await rig.telemetry()).mode);
    }
    assertEquals(modes, ["paused", undefined]);
    await rig.locate(true);
    if (personality !== "avalon") await rig.powerLimit(3000);
    if (isSecret) {
      await rig.replacePools([POOL, { ...POOL, url: "stratum+tcp://two:1" }]);
      const { pools = [] } = await rig.telemetry();
      assertEquals(pools.map(({ url }) => url), [
        POOL.url,
        "stratum+tcp://two:1",
      ]);
    }
    if (personality === "luxos") await rig.call("logoff");
  });
}

Deno.test("an argument that cannot be right is refused before anything is sent", async () => {
  await using scripted = await ScriptedRig.start(answer(LUXOS));
  const rig = new Rig(scripted);
  const calls = [
    () => rig.powerLimit(0),
    () => rig.powerLimit(NaN),
    () => rig.powerLimit("3000" as unknown as number),
    () => rig.locate("on" as unknown as boolean),
    () => rig.replacePools([]),
    () => rig.replacePools(POOL as unknown as []),
    () => rig.replacePools([{ ...POOL, user: "" }]),
    () => rig.replacePools([{ ...POOL, pass: "a\nb" }]),
  ];
  for (const call of calls) await assertRejects(call, RequestError);
  assertEquals(scripted.requests, []);
});

Deno.test("an action passes its signal on", async () => {
  await using scripted = await ScriptedRig.start(answer(LUXOS));
  const rig = new Rig(scripted);
  const signal = AbortSignal.abort(new Error("given up"));
  await assertRejects(() => rig.pause({ signal }), Error, "given up");
  assertEquals(scripted.requests, []);
});

Deno.test("WhatsMiner keeps three pools, and is sent no fourth", async () => {
  await using simulator = Simulator.start({ personality: "whatsminer" });
  const rig = new Rig(simulator);
  const error = await assertRejects(
    () => rig.replacePools([POOL, POOL, POOL, POOL]),
    RigError,
  );
  assertEquals(error.code, "not-supported");
  assertStringIncludes(error.message, "WhatsMiner keeps 3 pools");
});
