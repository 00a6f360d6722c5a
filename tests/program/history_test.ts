import { assert, assertEquals, assertMatch } from "jsr:@std/assert@1";
import { fileURLToPath } from "node:url";
import { HistoryFile } from "../../gateway/watch/history_file.ts";
import { NET_ONLY, Program, ROOT, runProgram } from "./program.ts";

/** A folder that ends with the test, and the file in it. */
class Folder implements AsyncDisposable {
  readonly path = Deno.makeTempDirSync();
  readonly file = `${this.path}/past.db`;
  readonly flag = `--history=${this.file}`;
  /** The arguments of `deno` that permit it, and no other. */
  readonly run = [
    ...["run", "--no-prompt", "-N", "-R", `-W=${this.path}`],
    fileURLToPath(new URL("main.ts", ROOT)),
  ];

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

const SERVE = ["--demo=1", "-w0", "--http-host=127.0.0.1", "--log=off"];

/** Writes what the rig demo-1 did in the last ten minutes, but for two. */
async function writePast(path: string): Promise<number> {
  const file = await HistoryFile.open(path);
  const nowS = Math.floor(Date.now() / 1000);
  for (let timeS = nowS - 600; timeS < nowS - 120; timeS += 60) {
    const sample = {
      ...{ timeS, takenS: timeS, rounds: 1, up: 1, down: 0 },
      ...{ hashrate: 1e12, celsius: 70.5, accepted: 2, rejected: 0 },
    };
    const algorithm = "SHA-256";
    file.append([
      { name: "demo-1", tags: { site: "barn" }, algorithm, sample },
      { name: ":SHA-256", tags: {}, algorithm, sample },
    ]);
  }
  await file.close();
  return nowS;
}

Deno.test("--history: what was before the start is served, and read by `history` meanwhile", async () => {
  await using folder = new Folder();
  const { run, flag, file } = folder;
  const nowS = await writePast(file);
  await using program = Program.spawn([...SERVE, flag], { run });
  const port = await program.readPort();
  const query = `from=${nowS - 3600}&to=${nowS}`;
  const served = async (subject: string) => {
    const url = `http://127.0.0.1:${port}/-/history?${query}${subject}`;
    return await (await fetch(url)).json();
  };
  const rig = await served("&rig=demo-1");
  assertEquals(rig.points.length, 8);
  assertEquals(rig.points[0], {
    ...{ timeS: nowS - 600, hashrate: 1e12, celsius: 70.5 },
    ...{ accepted: 2, rejected: 0, state: "up" },
  });
  assertEquals((await served("")).points.length, 8);
  const read = (...args: readonly string[]) =>
    runProgram([
      ...["history", "--file", file, "--from", String(nowS - 3600)],
      ...["--to", String(nowS), ...args],
    ], { run: [...NET_ONLY.slice(0, -1), "-R", ...NET_ONLY.slice(-1)] });
  const { code, stdout, stderr } = await read("--rig", "demo-1");
  assertEquals([code, stderr], [0, ""]);
  assertEquals(JSON.parse(stdout), rig);
  const together = await read("--tag=site:barn");
  const { tag, points } = JSON.parse(together.stdout);
  assertEquals([tag, points.length], ["site:barn", 8]);
  const csv = await read("--csv", "--step=300");
  assertMatch(csv.stdout, /^time,hashrate,.*\r?\n20.*Z,1000000000000,/);
  const unknown = await read("--rig", "nosuch");
  assertEquals(unknown.code, 1);
  assertMatch(unknown.stderr, /has nothing of a rig called "nosuch"/);
  if (Deno.build.os !== "windows") {
    program.kill("SIGTERM");
    assertEquals((await program.readOutcome()).code, 0);
  }
});

Deno.test("--history: a second gateway on the file says so, and keeps the past in memory", async () => {
  await using folder = new Folder();
  const { run, flag, path } = folder;
  await using first = Program.spawn([...SERVE, flag], { run });
  await first.readPort();
  if (Deno.build.os !== "windows") {
    for (const name of ["past.db", "past.db-wal", "past.db.lock"]) {
      const { mode } = await Deno.stat(`${path}/${name}`);
      assertEquals((mode ?? 0) & 0o777, 0o600, name);
    }
  }
  await using second = Program.spawn([...SERVE, flag], { run });
  assertMatch(
    await second.readErrorLine() ?? "",
    /--history: ".*past\.db": another gateway writes it; the past is in memory only$/,
  );
  const port = await second.readPort();
  const response = await fetch(`http://127.0.0.1:${port}/-/history`);
  assertEquals((await response.json()).points, []);
  // One that was killed leaves nothing that stands in the way.
  first.kill("SIGKILL");
  await first.readOutcome();
  await using third = Program.spawn([...SERVE, flag], { run });
  await third.readPort();
  third.kill("SIGKILL");
  assertEquals((await third.readOutcome()).stderr, "");
});

Deno.test("--history: what cannot be used is one line, and it serves", async () => {
  await using folder = new Folder();
  const { run, flag, file, path } = folder;
  const start = async (
    expected: RegExp,
    history = flag,
    args: readonly string[] = run,
  ) => {
    await using program = Program.spawn([...SERVE, history], { run: args });
    const port = await program.readPort();
    const response = await fetch(`http://127.0.0.1:${port}/-/history`);
    await response.body?.cancel();
    assertEquals(response.status, 200);
    program.kill("SIGKILL");
    const { stderr } = await program.readOutcome();
    assertMatch(stderr, expected);
    assertEquals(stderr.trimEnd().split("\n").length, 1);
  };
  await start(/there is no permission to read it/, flag, NET_ONLY);
  await start(/: No such file or directory/, `--history=${path}/no/where.db`);
  await Deno.writeTextFile(file, "{}\n".repeat(1000));
  await start(/past\.db" is damaged: it is now ".*past\.db\.damaged-\d+T\d+Z"/);
  const names = [...Deno.readDirSync(path)].map(({ name }) => name);
  const moved = names.find((name) => name.includes(".damaged-")) ?? "";
  assertEquals(
    await Deno.readTextFile(`${path}/${moved}`),
    "{}\n".repeat(1000),
  );
  const file2 = await HistoryFile.open(file);
  assertEquals(file2.findSinceS(), undefined);
  await file2.close();
});

Deno.test("history: wrong options are one line each", async () => {
  await using folder = new Folder();
  const { run, file } = folder;
  for (
    const [args, expected] of [
      [[], "history: no file: give that of --history by --file"],
      [["--file", file], 'past.db" cannot be read: No such file'],
      [["--file=x", "--from=noon"], '--from: "noon" is no time: give ISO 8601'],
      [["--file=x", "--step=0"], '--step: "0" is no step: give whole seconds'],
      [["--file=x", "--from=2", "--to=1"], "--from is not before --to"],
      [["--file=x", "--rig=a", "--tag=b:c"], "--rig and --tag do not go"],
    ] as const
  ) {
    const { code, stderr } = await runProgram(["history", ...args], { run });
    assertEquals(code, 2);
    assert(stderr.includes(expected), stderr);
    assertEquals(stderr.trimEnd().split("\n").length, 1);
  }
  const { code, stderr } = await runProgram([...SERVE, "--csv"], { run });
  assertEquals([code, stderr.trimEnd()], [
    2,
    "chi-server: --csv goes with history only",
  ]);
});

Deno.test("the permission to write files is given up before anything is served", async () => {
  await using folder = new Folder();
  const { path, file } = folder;
  const module = new URL("program/history.ts", ROOT).href;
  const code = `
    const { openHistory } = await import(${JSON.stringify(module)});
    const file = await openHistory(${JSON.stringify(file)});
    const timeS = Math.floor(Date.now() / 1000) - 60;
    const sample = { timeS, takenS: timeS, rounds: 1, up: 1, down: 0 };
    const entry = { name: "a", tags: {}, algorithm: "SHA-256", sample };
    for (const name of ["other", "past.db", "past.db-wal"]) {
      try {
        Deno.writeTextFileSync(${JSON.stringify(path)} + "/" + name, "x");
        console.log(name, "was written");
      } catch (error) {
        console.log(name, error.name);
      }
    }
    // Enough for a checkpoint, which writes into the file itself.
    for (let second = 0; second < 5000; second++) {
      file.append([{ ...entry, sample: { ...sample, timeS: timeS - second } }]);
    }
    await file.settle();
    console.log("since", file.findSinceS());
    await file.close();
  `;
  const { code: status, stdout, stderr } = await runProgram([code], {
    run: ["eval", "--no-lock", "--no-check"],
  });
  assertEquals([status, stderr], [0, ""]);
  assertEquals(stdout.split("\n").slice(0, 3), [
    "other NotCapable",
    "past.db NotCapable",
    "past.db-wal NotCapable",
  ]);
  assertMatch(stdout, /since \d+$/);
  const reader = await HistoryFile.open(file, { isReadOnly: true });
  assert(reader.hasRig("a"));
  await reader.close();
});
