import { assertEquals } from "jsr:@std/assert@1";
import { Rig, Simulator } from "../../mod.ts";
import { ScriptedRig } from "../scripted_rig.ts";
import {
  DEAD_PORT,
  readComplaint,
  readUntil,
  startExample,
} from "./example_program.ts";

const decoder = new TextDecoder();

Deno.test("watchdog.ts restarts the rig that stopped hashing, and no other", async () => {
  let nowMs = Date.UTC(2026, 0, 1);
  const requests = { idle: [] as string[], busy: [] as string[] };
  const options = { now: () => nowMs, restartMs: 20, uptimeS: 3600 };
  await using idle = Simulator.start({
    ...options,
    onRequest: (bytes) => requests.idle.push(decoder.decode(bytes)),
  });
  await using busy = Simulator.start({
    ...options,
    onRequest: (bytes) => requests.busy.push(decoder.decode(bytes)),
  });
  const control = new Rig(idle);
  for (const device of [0, 1, 2]) await control.ascDisable(device);
  nowMs += 60_000;
  const name = `127.0.0.1:${idle.port}`;
  await using program = await startExample("watchdog.ts", [
    name,
    `127.0.0.1:${busy.port}`,
    ...["--every", "0.01", "--patience", "3", "--grace", "60"],
  ]);
  await readUntil(program, `${name} is restarted`);
  await readUntil(program, `${name} starts`);
  nowMs += 600_000;
  await readUntil(program, `${name} hashes`);
  const states = program.lines.filter((line) => line.includes(name))
    .map((line) => line.slice(line.indexOf(name) + name.length + 1))
    // Right after the restart nothing listens, for a moment or none.
    .filter((state) => !state.startsWith("rig-"));
  assertEquals(states, [
    "does not hash (1)",
    "does not hash (2)",
    "does not hash (3)",
    "is restarted",
    "starts",
    "hashes",
  ]);
  const isRestart = (request: string) => request.includes("restart");
  assertEquals(requests.idle.filter(isRestart), ['{"command":"restart"}']);
  assertEquals(requests.busy.filter(isRestart), []);
  assertEquals(requests.busy.length > 2, true);
});

Deno.test("watchdog.ts reports a rig that does not answer, and one that refuses", async () => {
  const gone = { port: DEAD_PORT };
  let nowMs = Date.UTC(2026, 0, 1);
  const now = () => nowMs;
  await using guarded = Simulator.start({
    access: "R",
    now,
    uptimeS: 3600,
    deviceCount: 0,
  });
  nowMs += 60_000;
  await using program = await startExample("watchdog.ts", [
    `127.0.0.1:${gone.port}`,
    `127.0.0.1:${guarded.port}`,
    ...["--every", "0.01", "--patience", "1"],
  ]);
  await readUntil(
    program,
    "rig-refused: ",
    "rig-status: ",
    "Access denied to 'restart' command",
  );
});

Deno.test("watchdog.ts restarts a miner whose replies are its own vendor's", async () => {
  // As WhatsMiner has it: flat, and one command a call.
  const flat = (code: number, message: unknown) =>
    JSON.stringify({
      STATUS: code === 14 ? "E" : "S",
      When: 1,
      Code: code,
      Msg: message,
      Description: "",
    });
  await using rig = await ScriptedRig.start(async ({ request, send }) => {
    const { command } = JSON.parse(request);
    const summary = { Elapsed: 7200, "MHS 5s": 0, "MHS av": 0 };
    const reply = command === "summary"
      ? flat(131, summary)
      : command === "restart"
      ? flat(131, "API command OK")
      : flat(14, "invalid cmd");
    await send(`${reply}\0`);
  });
  await using program = await startExample("watchdog.ts", [
    `127.0.0.1:${rig.port}`,
    ...["--every", "0.01", "--patience", "2"],
  ]);
  await readUntil(program, "does not hash (2)", "is restarted");
});

Deno.test({
  name: "watchdog.ts ends well when it is told to",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using rig = Simulator.start();
    await using program = await startExample("watchdog.ts", [
      `127.0.0.1:${rig.port}`,
    ]);
    await readUntil(program, "hashes");
    program.kill("SIGTERM");
    const { code, stderr } = await program.readOutcome();
    assertEquals([code, stderr], [0, ""]);
  },
});

Deno.test("watchdog.ts says what is wrong with its command line", async () => {
  const complain = (...args: string[]) => readComplaint("watchdog.ts", args);
  assertEquals(
    await Promise.all([
      complain(),
      complain("10.0.0.7", "--often", "5"),
      complain("10.0.0.7", "--every", "soon"),
      complain("10.0.0.7", "--every"),
      complain("10.0.0.7", "--every", "0"),
      complain("10.0.0.7", "--patience", "2.5"),
      complain("http://10.0.0.7"),
    ]),
    [
      [2, "No rig is given"],
      [2, "No option --often"],
      [2, "--every soon is no number"],
      [2, "--every needs a value"],
      [2, "--every 0 must be a number from 0.01 to 2147483"],
      [2, "--patience 2.5 must be a whole number from 1"],
      [
        2,
        '"http://10.0.0.7" is no host name or IP address: give no scheme, ' +
        "no brackets, and the port as port",
      ],
    ],
  );
});
