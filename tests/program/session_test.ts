// Rigs that want to be logged on to, behind the real program.

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "jsr:@std/assert@1";
import { deriveMd5Crypt } from "../../rigs/md5_crypt.ts";
import { Simulator } from "../../rigs/simulator.ts";
import { createDecipheriv, createHash } from "node:crypto";
import { OtlpReceiver } from "./otlp_receiver.ts";
import { NET_ONLY, Program, runProgram } from "./program.ts";

const isWindows = Deno.build.os === "windows";

const PASSWORD = "xyzzy-4711-plugh";

/** A file that ends with the test. */
class TempFile implements AsyncDisposable {
  readonly path: string;

  constructor(text: string, mode = 0o600) {
    this.path = Deno.makeTempFileSync({ suffix: ".json" });
    this.write(text);
    if (!isWindows) Deno.chmodSync(this.path, mode);
  }

  write(text: string): void {
    Deno.writeTextFileSync(this.path, text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path);
  }
}

/** Keeps what a simulated rig is sent. */
function startRig(
  personality: "whatsminer" | "luxos",
): { rig: Simulator; requests: string[] } {
  const requests: string[] = [];
  const rig = Simulator.start({
    personality,
    password: PASSWORD,
    onRequest: (bytes) => void requests.push(new TextDecoder().decode(bytes)),
  });
  return { rig, requests };
}

const WITH_FILES = NET_ONLY.toSpliced(-1, 0, "--allow-read", "--allow-write");

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function ask(
  port: number,
  path: string,
  init: RequestInit = {},
): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
  return { status: response.status, text: await response.text() };
}

/** Posts a command; with members, as JSON. */
function post(port: number, path: string, body?: unknown): Promise<Answer> {
  return ask(port, path, {
    method: "POST",
    ...(body === undefined ? {} : {
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  });
}

/** What the simulated WhatsMiner was sent, decrypted: its own salt tells how. */
async function readCommands(
  { hostname, port }: Simulator,
  requests: readonly string[],
): Promise<{ secret: string; commands: Record<string, unknown>[] }> {
  using conn = await Deno.connect({ hostname, port });
  await conn.write(new TextEncoder().encode('{"command":"get_token"}'));
  const text = await new Response(conn.readable).text();
  const { Msg: { salt } } = JSON.parse(text.replace("\0", ""));
  const secret = await deriveMd5Crypt(PASSWORD, salt);
  const key = createHash("sha256").update(secret).digest();
  const commands = requests.map((request) => JSON.parse(request))
    .filter(({ enc }) => enc === 1).map(({ data }) => {
      const decipher = createDecipheriv("aes-256-ecb", key, null)
        .setAutoPadding(false);
      const whole = decipher.update(data, "base64").toString();
      decipher.final();
      return JSON.parse(whole.replace(/\0+$/, ""));
    });
  return { secret, commands };
}

Deno.test("A password, token or session of a rig that is shown anywhere", async () => {
  const { rig: wm, requests: wmRequests } = startRig("whatsminer");
  await using _wm = wm;
  const { rig: lux, requests: luxRequests } = startRig("luxos");
  await using _lux = lux;
  await using receiver = new OtlpReceiver();
  const messages: string[] = [];
  await using sink = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      messages.push(await request.text());
      return new Response();
    },
  );
  const folder = await Deno.makeTempDir();
  const history = `${folder}/history.sqlite`;
  await using password = new TempFile(`${PASSWORD}\n`);
  await using config = new TempFile(JSON.stringify({
    rigs: {
      wm: {
        host: `127.0.0.1:${wm.port}`,
        "password-file": password.path,
        tags: { site: "barn" },
      },
      lux: { host: `127.0.0.1:${lux.port}`, tags: { site: "barn" } },
    },
  }));
  const args = ["-w0", "--http-host=127.0.0.1", `--config=${config.path}`];
  const more = [
    `--history=${history}`,
    `--notify=http://127.0.0.1:${sink.addr.port}/hook`,
    "--log=json",
    "--public-url=http://gateway.example",
  ];
  await using program = Program.spawn([...args, ...more], {
    run: WITH_FILES,
    env: receiver.env,
  });
  const port = await program.readPort();
  const shown: string[] = [];
  const see = async (answer: Promise<Answer>, status = 200) => {
    const { status: actual, text } = await answer;
    assertEquals(actual, status, text);
    shown.push(text);
    return text;
  };

  // Writes, by every way in.
  assertMatch(await see(post(port, "/@wm/power_off")), /"Code":131/);
  await see(post(port, "/@wm", {
    command: "adjust_power_limit",
    power_limit: "3300",
  }));
  await see(post(port, "/@wm/nosuch/thing?pretty"));
  await see(post(port, "/@wm/set_led/auto?raw"));
  assertMatch(await see(post(port, "/@lux/curtail/sleep")), /"Code":300/);
  assertMatch(await see(post(port, "/@lux/session")), /"SessionID":"…"/);
  assertMatch(await see(post(port, "/@lux/session?raw")), /"SessionID":"…"/);
  assertMatch(await see(post(port, "/@lux/logon?pretty")), /"SessionID": "…"/);
  await see(post(port, "/@all/session"));
  await see(post(port, "/@site:barn/ledset/red,off"));
  await see(post(port, "/@lux", { command: "ledset", parameter: "…,red" }));
  // What goes wrong.
  wm.faults = { sessionExpired: true };
  assertMatch(
    await see(post(port, "/@wm/power_on"), 502),
    /"rig-login-failed"/,
  );
  lux.faults = { sessionHeld: true, sessionExpired: 1 };
  assertMatch(await see(post(port, "/@lux/curtail/wakeup"), 409), /rig-locked/);
  lux.faults = {};
  await see(post(port, "/@lux/curtail/wakeup"));
  // All that tells of rigs.
  for (
    const path of [
      ...["/-/rigs", "/-/rigs/wm", "/-/rigs?format=csv", "/metrics"],
      ...["/-/metrics", "/probe?target=wm", "/-/history?rig=wm", "/-/sd"],
      ...["/-/access", "/-/openapi.json", "/-/config.schema.json", "/"],
      ...["/-/readyz", "/@wm/get_version", "/@all/summary", "/-/docs"],
    ]
  ) {
    await see(ask(port, path, { headers: { accept: "text/html, */*" } }));
  }
  await receiver.waitForSpan("rig call");
  // Not stopped: while it observes metrics, here every 50 ms, Deno may wait for
  // ever for itself when it ends.
  program.kill("SIGKILL");
  const { stdout, stderr } = await program.readOutcome();

  const { secret, commands } = await readCommands(wm, wmRequests);
  const names = commands.map(({ cmd }) => cmd);
  assertEquals(names.slice(0, 4), [
    "power_off",
    "adjust_power_limit",
    "nosuch",
    "set_led",
  ]);
  assertEquals(commands[1]?.["power_limit"], "3300");
  const tokens = commands.map(({ token }) => String(token));
  const sessions = luxRequests.map((request) => JSON.parse(request))
    .filter(({ command }) => command === "curtail" || command === "logoff")
    .map(({ parameter }) => String(parameter).split(",")[0] ?? "");
  assert(tokens.length > 5 && sessions.length > 2);
  const files = [];
  for await (const { name } of Deno.readDir(folder)) {
    files.push(await Deno.readFile(`${folder}/${name}`));
  }
  assert(files.length > 0);
  await Deno.remove(folder, { recursive: true });
  const everything = [
    ...[...shown, stdout, stderr, ...messages, receiver.text],
    ...files.map((bytes) => new TextDecoder("latin1").decode(bytes)),
  ].join("\n");
  for (
    const hidden of new Set([PASSWORD, secret, ...tokens, ...sessions])
  ) {
    assert(hidden.length > 5, `"${hidden}" is no secret`);
    assert(!everything.includes(hidden), `${hidden} is shown`);
  }
  assertStringIncludes(stdout, '"path":"/@wm/power_off"');
});

Deno.test({
  name:
    "main.ts hands a session back when it is stopped, or its rig is taken out",
  ignore: isWindows,
  async fn() {
    const { rig, requests } = startRig("luxos");
    await using _ = rig;
    const write = (rigs: unknown) => JSON.stringify({ rigs });
    const host = `127.0.0.1:${rig.port}`;
    await using config = new TempFile(write({ lux: { host } }));
    await using program = Program.spawn(
      ["-w0", "--log=off", `--config=${config.path}`],
      { run: WITH_FILES },
    );
    const port = await program.readPort();
    const reload = async (rigs: unknown) => {
      config.write(write(rigs));
      program.kill("SIGHUP");
      while (!(await program.readLine())?.startsWith("Read configuration"));
    };
    const isHandedBack = () =>
      /^{"command":"logoff",/.test(requests.at(-1) ?? "");
    await post(port, "/@lux/curtail/sleep");
    await reload({ other: { host: "127.0.0.1:9" } });
    await reload({ lux: { host } });
    // After what waits in no queue of the new one: a session can be had again.
    assertEquals((await post(port, "/@lux/curtail/wakeup")).status, 200);
    assert(!isHandedBack());
    program.kill("SIGTERM");
    assertEquals((await program.readOutcome()).code, 0);
    assert(isHandedBack());
  },
});

Deno.test("A group without W that would have a rig logged on to for it", async () => {
  const { rig: wm, requests: wmRequests } = startRig("whatsminer");
  await using _wm = wm;
  const { rig: lux, requests: luxRequests } = startRig("luxos");
  await using _lux = lux;
  await using password = new TempFile(`${PASSWORD}\n`);
  await using config = new TempFile(JSON.stringify({
    rigs: {
      wm: { host: `127.0.0.1:${wm.port}`, "password-file": password.path },
      lux: { host: `127.0.0.1:${lux.port}` },
    },
    groups: "P:curtail:logon:logoff:session:power_off:*",
    allow: "P:127.0.0.2,R:127.0.0.3,W:127.0.0.1",
    "trust-proxy": ["127.0.0.1"],
  }));
  await using program = Program.spawn(
    ["-w0", "--http-host=127.0.0.1", "--log=off", `--config=${config.path}`],
    { run: WITH_FILES },
  );
  const port = await program.readPort();
  const send = (path: string, address: string) =>
    ask(port, path, {
      method: "POST",
      headers: { "x-forwarded-for": address },
    });
  const listLux = () =>
    luxRequests.map((request) => JSON.parse(request))
      .filter(({ command }) => !/summary/.test(command))
      .map(({ command, parameter }) => [command, parameter].join(" ").trim());

  // Who may read has none of it.
  for (const path of ["/@lux/session", "/@lux/logon", "/@wm/get_token"]) {
    assertEquals((await send(path, "127.0.0.3")).status, 403);
  }
  assertEquals(listLux(), []);
  // The owner's session is open.
  assertEquals((await send("/@lux/curtail/sleep", "127.0.0.1")).status, 200);
  const [, , curtail = ""] = listLux();
  const [id = ""] = curtail.split(" ")[1]?.split(",") ?? [];
  assert(id.length > 5);
  luxRequests.length = 0;
  // A group that names the commands sends them as they are, and sees no id.
  for (const path of ["curtail/…,sleep", "session", "logon", "logoff/…"]) {
    const { text } = await send(`/@lux/${path}`, "127.0.0.2");
    assert(!text.includes(id), text);
  }
  assertEquals(listLux(), [
    "curtail …,sleep",
    "session",
    "logon",
    "logoff …",
  ]);
  await send("/@wm/power_off", "127.0.0.2");
  assert(wmRequests.some((request) => /power_off/.test(request)));
  assert(!wmRequests.some((request) => /get_token|"enc"/.test(request)));
  // The owner's still works.
  assertEquals((await send("/@wm/power_off", "127.0.0.1")).status, 200);
  assert(wmRequests.some((request) => /"enc":1/.test(request)));
});

Deno.test({
  name: "A rig's password in a file that others can read",
  ignore: isWindows,
  async fn() {
    const write = (rig: unknown) => JSON.stringify({ rigs: { wm: rig } });
    const host = "127.0.0.1:9";
    await using open = new TempFile(write({ host, password: "x" }), 0o644);
    const refused = await runProgram(["-w0", `--config=${open.path}`], {
      run: WITH_FILES,
    });
    assertEquals(refused.code, 2);
    assertEquals(refused.stdout, "");
    assertMatch(
      refused.stderr,
      /^chi-server: \S+: rigs\.wm\.password: "[^\n]*can be read by other users of this machine: chmod 600, or use password-file\n$/,
    );
    await using password = new TempFile("x\n", 0o644);
    await using file = new TempFile(
      write({ host, "password-file": password.path }),
      0o644,
    );
    await using program = Program.spawn(["-w0", `--config=${file.path}`], {
      run: WITH_FILES,
    });
    await program.readPort();
    assertMatch(
      await program.readErrorLine() ?? "",
      /^chi-server: warning: "[^\n]*can be read by other users/,
    );
  },
});

Deno.test({
  name:
    "main.ts takes another password of a rig on SIGHUP, and keeps the old one if that cannot be had",
  ignore: isWindows,
  async fn() {
    const { rig } = startRig("whatsminer");
    await using _ = rig;
    await using password = new TempFile("wrong\n");
    await using config = new TempFile(JSON.stringify({
      rigs: {
        wm: {
          host: `127.0.0.1:${rig.port}`,
          kind: "whatsminer",
          "password-file": password.path,
        },
      },
    }));
    await using program = Program.spawn(
      ["-w0", "--log=off", `--config=${config.path}`],
      { run: WITH_FILES },
    );
    const port = await program.readPort();
    const tryIt = async () => (await post(port, "/@wm/power_on")).status;
    assertEquals(await tryIt(), 502);
    password.write(`${PASSWORD}\n`);
    program.kill("SIGHUP");
    while (!(await program.readLine())?.startsWith("Read configuration"));
    assertEquals(await tryIt(), 200);
    password.write("\n");
    program.kill("SIGHUP");
    assertMatch(
      await program.readErrorLine() ?? "",
      /rigs\.wm\.password-file: the password is empty; what was read before stays/,
    );
    assertEquals(await tryIt(), 200);
  },
});
