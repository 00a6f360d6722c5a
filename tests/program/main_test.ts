import {
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "jsr:@std/assert@1";
import denoConfig from "../../deno.json" with { type: "json" };
import { replyWith, ScriptedRig } from "../scripted_rig.ts";
import { NET_ONLY, Program, runProgram } from "./program.ts";

const isWindows = Deno.build.os === "windows";

Deno.test("main.ts serves simulated rigs with net permission alone", async () => {
  await using program = Program.spawn(["--demo", "2", "-w0"]);
  const port = await program.readPort();
  const root = await fetch(`http://127.0.0.1:${port}/`);
  const { summary, devs } = await root.json();
  assertEquals([summary[0].SUMMARY.length, devs[0].STATUS[0].STATUS], [1, "S"]);
  const names = await (await fetch(`http://localhost:${port}/@all/version`))
    .json();
  assertEquals(Object.keys(names).sort(), ["demo-1", "demo-2"]);
  const response = await fetch(`http://127.0.0.1:${port}/@demo-1/switchpool/1`);
  assertStringIncludes(await response.text(), "Switching to pool 1");
});

Deno.test("main.ts serves a rig given with -a and -p, and says so", async () => {
  await using rig = await ScriptedRig.start(replyWith('{"id":1}'));
  await using program = Program.spawn([
    "-w0",
    "-a",
    "127.0.0.1",
    `-p${rig.port}`,
    "--log=off",
  ]);
  const port = await program.readPort();
  assertEquals(
    await (await fetch(`http://127.0.0.1:${port}/version`)).text(),
    '{"id":1}',
  );
  await program.readLine();
  const access = await program.readLine();
  assertMatch(
    program.lines[0],
    new RegExp(
      `^chi-server ${denoConfig.version}: open http://localhost:${port}/$`,
    ),
  );
  assertEquals(
    program.lines[1],
    `rig default: 127.0.0.1:${rig.port}, the default rig`,
  );
  assertMatch(access, /write/);
});

Deno.test("main.ts logs a line a request", async () => {
  await using rig = await ScriptedRig.start(replyWith("{}"));
  await using program = Program.spawn([
    "-w0",
    `-p${rig.port}`,
    "--log",
    "json",
  ]);
  const port = await program.readPort();
  await program.readLine();
  await program.readLine();
  await (await fetch(`http://127.0.0.1:${port}/addpool/u,v,secret`)).body
    ?.cancel();
  const { path, status, address } = JSON.parse(await program.readLine() ?? "");
  assertEquals([path, status, address], ["/addpool/\u2026", 200, "127.0.0.1"]);
});

Deno.test("main.ts reads the environment where that is permitted", async () => {
  await using rig = await ScriptedRig.start(replyWith("{}"));
  const env = {
    CHI_HTTP_PORT: "0",
    CHI_API_PORT: String(rig.port),
    CHI_HTTP_HOST: "127.0.0.1",
  };
  const { run } = withEnvironment();
  await using program = Program.spawn([], { env, run });
  const port = await program.readPort();
  assertStringIncludes(program.lines[0], `http://127.0.0.1:${port}/`);
  assertEquals(await (await fetch(`http://127.0.0.1:${port}/x`)).text(), "{}");
  const wrong = await runProgram(["-w0"], { env: { CHI_API_PORT: "x" }, run });
  assertEquals([wrong.code, wrong.stdout], [2, ""]);
  assertStringIncludes(wrong.stderr, "CHI_API_PORT");
});

function withEnvironment(): { run: string[] } {
  const main = new URL("../../main.ts", import.meta.url).href;
  return { run: ["run", "--no-prompt", "-N", "-E", main] };
}

Deno.test("main.ts refuses a wrong option in one line with exit 2", async () => {
  for (const args of [["--nosuch"], ["-w", "x"], ["--rig", "a"], ["stray"]]) {
    const { code, stdout, stderr } = await runProgram(args);
    assertEquals([args, code, stdout], [args, 2, ""]);
    assertMatch(stderr, /^chi-server: [^\n]+\n$/);
  }
});

Deno.test("main.ts says in one line that its port is in use, with exit 1", async () => {
  await using holder = await ScriptedRig.start(() => {});
  for (
    const args of [[`-w${holder.port}`], [
      `-w${holder.port}`,
      "--http-host=127.0.0.1",
    ]]
  ) {
    const { code, stdout, stderr } = await runProgram(args);
    assertEquals([code, stdout], [1, ""]);
    assertMatch(
      stderr,
      new RegExp(`^chi-server: cannot listen on .*${holder.port}: [^\\n]+\\n$`),
    );
  }
});

Deno.test("main.ts says in one line that it cannot listen on an address", async () => {
  const { code, stderr } = await runProgram([
    "-w0",
    "--http-host",
    "192.0.2.1",
  ]);
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^chi-server: cannot listen on 192\.0\.2\.1:0: [^\n]+\n$/,
  );
});

Deno.test("main.ts shows help and version", async () => {
  const help = await runProgram(["--help"]);
  assertEquals([help.code, help.stderr], [0, ""]);
  assertStringIncludes(help.stdout, "--http-port PORT");
  const version = await runProgram(["-V"]);
  assertEquals([version.code, version.stdout], [
    0,
    `chi-server ${denoConfig.version} (${Deno.build.target}, Deno ${Deno.version.deno})`,
  ]);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test({
    name: `main.ts finishes what runs on ${signal}, and exits 0`,
    ignore: isWindows,
    async fn() {
      const asked = Promise.withResolvers<void>();
      const stopping = Promise.withResolvers<void>();
      await using rig = await ScriptedRig.start(async ({ send }) => {
        asked.resolve();
        await stopping.promise;
        await send('{"late":1}\0');
      });
      await using program = Program.spawn(["-w0", `-p${rig.port}`]);
      const port = await program.readPort();
      const late = fetch(`http://127.0.0.1:${port}/summary`);
      await asked.promise;
      program.kill(signal);
      await untilRefused(port);
      stopping.resolve();
      assertEquals(await (await late).text(), '{"late":1}');
      assertEquals((await program.readOutcome()).code, 0);
    },
  });
}

/** Waits until nothing accepts on a port any more. */
async function untilRefused(port: number): Promise<void> {
  while (true) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    } catch (error) {
      if (error instanceof Deno.errors.ConnectionRefused) return;
      throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

Deno.test({
  name:
    "main.ts survives a flood of idle connections that takes every descriptor",
  ignore: isWindows,
  async fn() {
    const [deno, ...args] = [Deno.execPath(), ...NET_ONLY, "-w0", "--demo=1"];
    const command = [deno, ...args].map((word) => `'${word}'`).join(" ");
    await using program = Program.spawn([
      "-c",
      `ulimit -n 100; exec ${command}`,
    ], {
      executable: "sh",
      run: [],
    });
    const port = await program.readPort();
    const flood: Deno.TcpConn[] = [];
    // As many as there are descriptors; then the listener gives up, and resets
    // or refuses the rest.
    try {
      for (let count = 0; count < 120; count++) {
        flood.push(await Deno.connect({ hostname: "127.0.0.1", port }));
      }
    } catch (error) {
      const isGone = error instanceof Deno.errors.ConnectionReset ||
        error instanceof Deno.errors.ConnectionRefused;
      if (!isGone) throw error;
    }
    for (const conn of flood) conn.close();
    assertEquals((await askUntilServed(port)).status, 200);
  },
});

/** Asks again while the server is not back. */
async function askUntilServed(port: number): Promise<Response> {
  while (true) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/version`);
      await response.body?.cancel();
      return response;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

Deno.test("main.ts ends with 1 when it may not do what it must", async () => {
  const main = new URL("../../main.ts", import.meta.url).href;
  const { code, stderr } = await runProgram(["-w0"], {
    run: ["run", "--no-prompt", main],
  });
  assertEquals(code, 1);
  assertMatch(stderr, /^chi-server: [^\n]*net access[^\n]*\n$/);
});

Deno.test({
  name: "main.ts ends at once on a second signal",
  ignore: isWindows,
  async fn() {
    const asked = Promise.withResolvers<void>();
    await using rig = await ScriptedRig.start((
      { closed },
    ) => (asked.resolve(), closed));
    await using program = Program.spawn([
      "-w0",
      `-p${rig.port}`,
      "--timeout=3600",
    ]);
    const port = await program.readPort();
    const hung = fetch(`http://127.0.0.1:${port}/summary`).catch(() =>
      undefined
    );
    await asked.promise;
    program.kill("SIGINT");
    await untilRefused(port);
    program.kill("SIGINT");
    assertEquals((await program.readOutcome()).code, 1);
    await hung;
  },
});

Deno.test({
  name: "main.ts stops after the timeout although a rig hangs",
  ignore: isWindows,
  async fn() {
    const asked = Promise.withResolvers<void>();
    await using rig = await ScriptedRig.start((
      { closed },
    ) => (asked.resolve(), closed));
    await using program = Program.spawn([
      "-w0",
      `-p${rig.port}`,
      "--timeout=0.3",
    ]);
    const port = await program.readPort();
    const hung = fetch(`http://127.0.0.1:${port}/summary`)
      .then((response) => response.body?.cancel(), () => {});
    await asked.promise;
    program.kill("SIGTERM");
    assertEquals((await program.readOutcome()).code, 0);
    await hung;
  },
});
