// SIGHUP: rigs come and go while requests run.

import { assertEquals, assertMatch } from "jsr:@std/assert@1";
import { replyAfter, replyWith, ScriptedRig } from "../scripted_rig.ts";
import { NET_ONLY, Program, runProgram } from "./program.ts";

const isWindows = Deno.build.os === "windows";

const WITH_FILES = NET_ONLY.toSpliced(2, 0, "--allow-read");

/** A configuration file; disposing of it removes it. */
class ConfigFile implements AsyncDisposable {
  readonly path = Deno.makeTempFileSync({ suffix: ".json" });

  constructor(config: unknown) {
    this.write(config);
  }

  write(config: unknown): void {
    const text = typeof config === "string" ? config : JSON.stringify(config);
    Deno.writeTextFileSync(this.path, text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path);
  }
}

async function ask(port: number, path: string): Promise<[number, string]> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return [response.status, await response.text()];
}

Deno.test({
  name: "main.ts takes rigs in and out on SIGHUP, and drops no request",
  ignore: isWindows,
  async fn() {
    const ready = Promise.withResolvers<void>();
    await using slow = await ScriptedRig.start(
      replyAfter(() => ready.promise, '{"slow":1}'),
    );
    await using quick = await ScriptedRig.start(replyWith('{"quick":1}'));
    const toRig = (name: string, { port }: ScriptedRig, site: string) => ({
      name,
      host: "127.0.0.1",
      port,
      tags: { site },
    });
    await using file = new ConfigFile({
      "http-port": 0,
      log: "off",
      rigs: [toRig("slow", slow, "barn"), toRig("stays", quick, "barn")],
    });
    await using program = Program.spawn([`--config=${file.path}`], {
      run: WITH_FILES,
    });
    const port = await program.readPort();
    assertEquals(
      await program.readLine(),
      `rig slow: 127.0.0.1:${slow.port}, the default rig`,
    );
    for (let i = 0; i < 2; i++) await program.readLine();
    const running = ask(port, "/@slow/summary");
    await slow.untilRequests(1);

    file.write({
      "http-port": 0,
      log: "off",
      allow: "R:0/0",
      rigs: [toRig("new", quick, "house"), toRig("stays", quick, "house")],
    });
    program.kill("SIGHUP");
    assertMatch(await program.readLine() ?? "", /again; rigs: 2$/);
    assertEquals((await ask(port, "/@slow/summary"))[0], 404);
    assertEquals(await ask(port, "/summary"), [200, '{"quick":1}']);
    assertEquals(await ask(port, "/@new/summary"), [200, '{"quick":1}']);
    assertEquals((await ask(port, "/@site:barn/summary"))[0], 404);
    assertEquals((await ask(port, "/@site:house/summary"))[0], 200);
    assertEquals((await ask(port, "/quit"))[0], 403);
    ready.resolve();
    assertEquals(await running, [200, '{"slow":1}']);

    for (const bad of ["{", '{"rigs":[{"name":"all"}]}', '{"htp-port":1}']) {
      file.write(bad);
      program.kill("SIGHUP");
      assertMatch(
        await program.readErrorLine() ?? "",
        /^chi-server: .*; what was read before stays$/,
      );
      assertEquals((await ask(port, "/@new/summary"))[0], 200);
    }
    file.write({ "http-port": 1, log: "off", rigs: ["last=127.0.0.1:1"] });
    program.kill("SIGHUP");
    assertMatch(await program.readLine() ?? "", /again; rigs: 1$/);
    assertEquals((await ask(port, "/@new/summary"))[0], 404);
    program.kill("SIGTERM");
    const { code, stderr } = await program.readOutcome();
    assertEquals(code, 0);
    assertMatch(stderr, /\n.*--http-port has changed: it needs a restart\n$/);
  },
});

Deno.test("main.ts refuses a bad file in one line, and starts nothing", async () => {
  await using file = new ConfigFile('{"rigs": ["garage=10.0.0.7:0"]}');
  const { code, stdout, stderr } = await runProgram(
    [`--config=${file.path}`, "-w0"],
    { run: WITH_FILES },
  );
  assertEquals([code, stdout], [2, ""]);
  assertMatch(
    stderr,
    /^chi-server: \S+\.json: rigs\[0\]: .* is not a port[^\n]*\n$/,
  );
});

Deno.test({
  name: "main.ts ends at once with live streams open",
  ignore: isWindows,
  async fn() {
    await using rig = await ScriptedRig.start(replyWith('{"a":1}'));
    await using program = Program.spawn(["-w0", `-p${rig.port}`, "--log=off"]);
    const port = await program.readPort();
    const response = await fetch(`http://127.0.0.1:${port}/summary`, {
      headers: { accept: "text/event-stream" },
    });
    await rig.untilRequests(1);
    for (let i = 0; i < 2; i++) await program.readLine();
    program.kill("SIGTERM");
    // The stream ends, and the program does not wait for its deadline.
    assertMatch(await response.text(), /^retry: 3000\n\n/);
    assertEquals((await program.readOutcome()).code, 0);
  },
});

Deno.test({
  name: "main.ts ends the live streams of rights that a reload took away",
  ignore: isWindows,
  async fn() {
    await using rig = await ScriptedRig.start(replyWith('{"a":1}'));
    const rigs = [`rig=127.0.0.1:${rig.port}`];
    await using file = new ConfigFile({ log: "off", rigs });
    await using program = Program.spawn(["-w0", `--config=${file.path}`], {
      run: WITH_FILES,
    });
    const port = await program.readPort();
    for (let i = 0; i < 2; i++) await program.readLine();
    const url = `http://127.0.0.1:${port}/summary`;
    const headers = { accept: "text/event-stream" };
    const stream = await fetch(url, { headers });
    await rig.untilRequests(1);
    file.write({ log: "off", rigs, allow: "R:10/8" });
    program.kill("SIGHUP");
    assertMatch(await stream.text(), /^retry: 3000\n\n/);
    const again = await fetch(url, { headers });
    assertEquals((await again.json()).code, "command-denied");
  },
});

Deno.test({
  name: "main.ts ends the live streams of a group that a reload made smaller",
  ignore: isWindows,
  async fn() {
    await using rig = await ScriptedRig.start(replyWith('{"a":1}'));
    const rigs = [`rig=127.0.0.1:${rig.port}`];
    const config = { log: "off", rigs, allow: "P:0/0" };
    await using file = new ConfigFile({ ...config, groups: "P:summary" });
    await using program = Program.spawn(["-w0", `--config=${file.path}`], {
      run: WITH_FILES,
    });
    const port = await program.readPort();
    for (let i = 0; i < 2; i++) await program.readLine();
    const stream = await fetch(`http://127.0.0.1:${port}/summary`, {
      headers: { accept: "text/event-stream" },
    });
    await rig.untilRequests(1);
    file.write({ ...config, groups: "P:version" });
    program.kill("SIGHUP");
    // It would not end otherwise.
    assertMatch(await stream.text(), /^retry: 3000\n\n/);
  },
});

Deno.test({
  name: "main.ts keeps its simulated rigs on a reload that names other ones",
  ignore: isWindows,
  async fn() {
    await using file = new ConfigFile({ log: "off", demo: 2 });
    await using program = Program.spawn(["-w0", `--config=${file.path}`], {
      run: WITH_FILES,
    });
    const port = await program.readPort();
    for (let i = 0; i < 3; i++) await program.readLine();
    for (const demo of [0, 3]) {
      file.write({ log: "off", demo });
      program.kill("SIGHUP");
      assertMatch(await program.readErrorLine() ?? "", /--demo has changed/);
      assertMatch(await program.readLine() ?? "", /again; rigs: 2$/);
      assertEquals((await ask(port, "/version"))[0], 200);
    }
    file.write({ log: "off", demo: 0, rigs: ["demo-1=127.0.0.1:1"] });
    program.kill("SIGHUP");
    assertMatch(
      await program.readErrorLine() ?? "",
      /\.json.*two rigs are called "demo-1": .*; what was read before stays$/i,
    );
  },
});

Deno.test({
  name: "main.ts tells a target that SIGHUP brings of the trouble that stands",
  ignore: isWindows,
  async fn() {
    // Two surveys find it, half a minute apart.
    await using rig = await ScriptedRig.start(replyWith(JSON.stringify({
      STATUS: [{ STATUS: "S", When: 1, Code: 11, Msg: "Summary" }],
      SUMMARY: [{ Elapsed: 100_000, "MHS av": 0, "MHS 5s": 0, Accepted: 0 }],
      id: 1,
    })));
    const received: [path: string, text: string][] = [];
    let isReceived = Promise.withResolvers<void>();
    await using receiver = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      async (request) => {
        const { text } = await request.json();
        received.push([new URL(request.url).pathname, text]);
        isReceived.resolve();
        return new Response();
      },
    );
    const url = `http://127.0.0.1:${(receiver.addr as Deno.NetAddr).port}`;
    const toConfig = (path: string) => ({
      ...{ "http-port": 0, log: "off", notify: [url + path] },
      rigs: [{ name: "idle", host: "127.0.0.1", port: rig.port }],
    });
    await using file = new ConfigFile(toConfig("/first"));
    await using program = Program.spawn([`--config=${file.path}`], {
      run: WITH_FILES,
    });
    await program.readPort();
    await isReceived.promise;
    isReceived = Promise.withResolvers();
    file.write(toConfig("/second"));
    program.kill("SIGHUP");
    await isReceived.promise;
    assertEquals(received.map(([path]) => path), ["/first", "/second"]);
    for (const [, text] of received) {
      assertMatch(text, /^idle: critical: It hashes nothing/);
    }
    program.kill("SIGTERM");
    assertEquals((await program.readOutcome()).code, 0);
  },
});
