import { assert, assertEquals, assertRejects } from "jsr:@std/assert@1";
import { DatabaseSync } from "node:sqlite";
import {
  FleetHistory,
  type HistoryQuery,
  PointMaker,
  TIERS,
} from "../../gateway/watch/history.ts";
import {
  FILE_VERSION,
  HistoryFile,
  HistoryFileError,
  type HistoryFileOptions,
} from "../../gateway/watch/history_file.ts";
import { Fleet, type FleetRig } from "../../rigs/fleet.ts";
import { skipTests } from "../executables.ts";

const DAY_S = 86_400;
/** A time that is the start of a day, in UTC. */
const START_S = 20_000 * DAY_S;
const FLEET = new Fleet([
  { name: "a", hostname: "127.0.0.1", port: 1, tags: { site: "barn" } },
  { name: "b", hostname: "127.0.0.1", port: 2 },
]);
const [A, B] = [...FLEET.rigs] as [FleetRig, FleetRig];

/** A file in a folder of its own, and a clock. */
class TestFile implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync();
  readonly path = `${this.folder}/history.db`;
  readonly troubles: string[] = [];
  nowS = START_S;

  async open(options: HistoryFileOptions = {}): Promise<HistoryFile> {
    return await HistoryFile.open(this.path, {
      getNowMs: () => this.nowS * 1000,
      onTrouble: (what) => this.troubles.push(what),
      ...options,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Rounds, a minute each, of which the last is at the clock's time. */
async function takeRounds(
  test: TestFile,
  file: HistoryFile,
  count: number,
  history = new FleetHistory(file),
): Promise<FleetHistory> {
  for (let round = 0; round < count; round++) {
    test.nowS += 60;
    const when = { timeS: test.nowS, takenS: test.nowS + 1 };
    const shares = { accepted: 3 * (test.nowS - START_S) / 60, rejected: 0 };
    const hashrate = { "5m": 10e12 };
    history.record(A, 2, { hashrate, shares, powerW: 1000 }, when);
    history.record(B, 2, undefined, when);
    history.endRound();
    if (round % 50 === 49) await file.settle();
  }
  await file.settle();
  return history;
}

async function readHashrates(
  test: TestFile,
  file: HistoryFile,
  query: HistoryQuery,
  rigs?: readonly FleetRig[],
): Promise<(number | undefined)[]> {
  const nowMs = test.nowS * 1000;
  const { points } = await new FleetHistory(file).read(query, rigs, { nowMs });
  return points.map(({ hashrate }) => hashrate);
}

Deno.test("HistoryFile gives after a restart what was there before it", async () => {
  await using test = new TestFile();
  const file = await test.open();
  const history = await takeRounds(test, file, 30);
  const nowMs = test.nowS * 1000;
  const before = await history.read({ rig: "a" }, [A], { nowMs });
  assertEquals(before.points.length, 30);
  assertEquals(before.points.at(-1), {
    ...{ timeS: test.nowS + 1, hashrate: 10e12, powerW: 1000, accepted: 3 },
    ...{ rejected: 0, state: "up" },
  });
  await file.close();
  const again = await test.open();
  const after = await new FleetHistory(again).read({ rig: "a" }, [A], {
    nowMs,
  });
  assertEquals(after, before);
  const together = await new FleetHistory(again).read({}, undefined, { nowMs });
  // The one that never said what it is counts among those of no algorithm.
  assertEquals(together.points.at(-1), {
    ...{ timeS: test.nowS + 1, hashrate: 10e12, powerW: 1000, accepted: 3 },
    ...{ rejected: 0, up: 1, down: 1 },
  });
  assertEquals(again.findTagged("site:barn"), ["a"]);
  assertEquals(["a", "c", ":SHA-256"].map((name) => again.hasRig(name)), [
    ...[true, false, false],
  ]);
  await again.close();
  assertEquals(test.troubles, []);
});

Deno.test("HistoryFile keeps minutes for two days, quarters of an hour and of a day for longer", async () => {
  await using test = new TestFile();
  const file = await test.open();
  const opened = performance.now();
  await takeRounds(test, file, 3 * 24 * 60);
  // What is too old is judged by how long the gateway has run as well.
  assert(performance.now() - opened < 2 * DAY_S * 1000);
  await file.close();
  const again = await test.open();
  await takeRounds(test, again, 1);
  await again.close();
  const database = new DatabaseSync(test.path);
  const count = (tier: number) =>
    database.prepare(
      "SELECT min(time) AS first, max(time) AS last, count(*) AS count FROM sample WHERE tier = ? AND rig = 1",
    ).get(tier);
  // Up to the quarter of an hour that begins two days before.
  const endS = START_S + 3 * DAY_S;
  assertEquals({ ...count(0) }, {
    ...{ first: endS + 60 - 2 * DAY_S - 60, last: endS + 60 },
    count: 2 * 24 * 60 + 2,
  });
  assertEquals({ ...count(1) }, {
    ...{ first: START_S, last: endS - 900, count: 3 * 24 * 4 },
  });
  assertEquals({ ...count(2) }, {
    ...{ first: START_S, last: endS - 21_600, count: 3 * 4 },
  });
  database.close();
  const reader = await test.open({ isReadOnly: true });
  const read = (query: HistoryQuery, rigs?: FleetRig[]) =>
    readHashrates(test, reader, query, rigs);
  const week = { fromS: test.nowS - 7 * DAY_S };
  // 72 hours in quarters, and the minutes that are not rolled up yet.
  const quarters = await read({ rig: "a", ...week }, [A]);
  assertEquals(quarters.length, 3 * 24 * 4 + 1);
  assertEquals(new Set(quarters), new Set([10e12]));
  assertEquals((await read({ ...week, stepS: 21_600 })).length, 13);
  assertEquals((await read({ tag: "x:y", ...week }, [A, B])).length, 289);
  const minutes = await read(
    { rig: "a", fromS: test.nowS - DAY_S, toS: test.nowS },
    [A],
  );
  assertEquals(minutes.length, 1440);
  // Who leaves is not read for.
  const leaving = new AbortController();
  const span = { fromS: 0, toS: test.nowS, stepS: 60 };
  const reading = reader.read(["a"], span, new PointMaker(60), leaving.signal);
  leaving.abort(new Error("gone"));
  await assertRejects(() => reading, Error, "gone");
  await reader.close();
  assertEquals(test.troubles, []);
});

Deno.test("HistoryFile loses nothing to a clock that jumps a year ahead and back", async () => {
  await using test = new TestFile();
  const file = await test.open();
  const history = await takeRounds(test, file, 60);
  test.nowS += 365 * DAY_S;
  await takeRounds(test, file, 3, history);
  test.nowS -= 365 * DAY_S + 600;
  await takeRounds(test, file, 20, history);
  await file.close();
  const again = await test.open();
  const fromS = START_S;
  const minutes = await readHashrates(test, again, { rig: "a", fromS }, [A]);
  // 60 of the first hour; of the 20 some are at times that had been.
  assertEquals(minutes.length, 60 + 20 - 7);
  const quarters = await readHashrates(
    test,
    again,
    { rig: "a", fromS, stepS: 900 },
    [A],
  );
  assertEquals(quarters, Array(5).fill(10e12));
  await again.close();
  assertEquals(test.troubles, []);
});

Deno.test("HistoryFile lets go of what is too old after a long pause, once the clock has proved itself", async () => {
  await using test = new TestFile();
  const before = await test.open();
  await takeRounds(test, before, 20);
  await before.close();
  const pausedS = test.nowS;
  test.nowS += 100 * DAY_S;
  const file = await test.open({ getRunMs: () => test.nowS * 1000 });
  const history = await takeRounds(test, file, 1);
  const countOld = () =>
    new DatabaseSync(test.path, { readOnly: true }).prepare(
      "SELECT count(*) AS count FROM sample WHERE tier = 0 AND time <= ?",
    ).get(pausedS)?.["count"];
  assertEquals(countOld(), 20 * 4);
  test.nowS += 2 * DAY_S;
  await takeRounds(test, file, 1, history);
  assertEquals(countOld(), 0);
  await file.close();
  assertEquals(test.troubles, []);
});

Deno.test("HistoryFile remembers what a rig computes that is down since the start", async () => {
  await using test = new TestFile();
  const file = await test.open();
  await takeRounds(test, file, 2);
  await file.close();
  const again = await test.open();
  const history = new FleetHistory(again);
  const when = { timeS: test.nowS + 60, takenS: test.nowS + 60 };
  history.record(A, 2, undefined, when);
  history.endRound();
  await again.settle();
  test.nowS += 120;
  const rates = await readHashrates(test, again, { tag: "x:y" }, [A, B]);
  assertEquals(rates, [10e12, 10e12, undefined]);
  await again.close();
});

Deno.test("HistoryFile refuses a file that another gateway writes, and lets it be read", async () => {
  await using test = new TestFile();
  const file = await test.open();
  await takeRounds(test, file, 2);
  const refused = await assertRejects(() => test.open(), HistoryFileError);
  assertEquals(refused.message, "another gateway writes it");
  const reader = await test.open({ isReadOnly: true });
  assertEquals(
    (await readHashrates(test, reader, { rig: "a" }, [A])).length,
    2,
  );
  await takeRounds(test, file, 1);
  assertEquals(
    (await readHashrates(test, reader, { rig: "a" }, [A])).length,
    3,
  );
  await reader.close();
  await file.close();
  await (await test.open()).close();
});

Deno.test("HistoryFile refuses what is newer, of another program, or damaged", async () => {
  await using test = new TestFile();
  await (await test.open()).close();
  const change = (sql: string) => {
    const database = new DatabaseSync(test.path);
    database.exec(sql);
    database.close();
  };
  change(`PRAGMA user_version = ${FILE_VERSION + 1}`);
  const open = () => assertRejects(() => test.open(), HistoryFileError);
  const newer = await open();
  assert(newer.message.includes("made by a newer chi-server"), newer.message);
  change("PRAGMA application_id = 5");
  const other = await open();
  assertEquals(
    [other.message, other.isDamaged],
    ["it is a database of another program", false],
  );
  await Deno.remove(test.path);
  await Deno.writeTextFile(test.path, "no database at all ".repeat(100));
  assertEquals((await open()).isDamaged, true);
  // An empty file is a new one, as one of the version before the first.
  await Deno.writeTextFile(test.path, "");
  await (await test.open()).close();
});

Deno.test("HistoryFile finds a damaged page when it is opened", async () => {
  await using test = new TestFile();
  const file = await test.open();
  await takeRounds(test, file, 500);
  await file.close();
  const bytes = await Deno.readFile(test.path);
  bytes.fill(0x5a, 4096, 5 * 4096);
  await Deno.writeFile(test.path, bytes);
  const error = await assertRejects(() => test.open(), HistoryFileError);
  assertEquals(error.isDamaged, true);
});

Deno.test("a rig that claims absurd numbers stops no round from being written", async () => {
  await using test = new TestFile();
  const file = await test.open();
  const history = new FleetHistory(file);
  for (const timeS of [START_S, START_S + 60]) {
    const accepted = timeS === START_S ? 0 : 1e300;
    const said = { shares: { accepted }, powerW: 1e300, hashrate: { "5s": 1 } };
    history.record(A, 1, said, { timeS, takenS: timeS });
    history.endRound();
  }
  await file.settle();
  await file.close();
  const reader = await test.open({ isReadOnly: true });
  test.nowS += 120;
  assertEquals(await readHashrates(test, reader, { rig: "a" }, [A]), [1, 1]);
  await reader.close();
  assertEquals(test.troubles, []);
});

Deno.test("rigs that are invented, others each minute, do not fill the file for ever", async () => {
  await using test = new TestFile();
  const file = await test.open();
  const sample = { takenS: START_S, rounds: 1, up: 0, down: 1 };
  const COUNT = 5000;
  for (let round = 0; round < 5; round++) {
    const timeS = START_S + round * 60;
    file.append(Array.from({ length: COUNT }, (_, index) => ({
      ...{ name: `rig-${round}-${index}`, tags: {}, algorithm: "" },
      sample: { ...sample, timeS },
    })));
    await file.settle();
  }
  const known = [0, 3, 4].map((round) =>
    [0, COUNT - 1].map((index) => file.hasRig(`rig-${round}-${index}`))
  );
  assertEquals(known, [[true, true], [true, true], [false, false]]);
  await file.close();
  assertEquals(test.troubles, []);
});

Deno.test("kill -9 in the middle of writing loses no round that was written", async () => {
  await using test = new TestFile();
  const rigs = 50;
  let lastS = 0;
  for (const count of [1, 40, 90]) {
    const writer = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-lock", "--no-prompt", "--no-check"],
        ...["--allow-read", "--allow-write"],
        new URL("history_writer.ts", import.meta.url).pathname,
        ...[test.path, String(rigs)],
      ],
      env: { NO_COLOR: "1" },
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const lines = writer.stdout.pipeThrough(new TextDecoderStream());
    let said = "";
    for await (const text of lines) {
      said += text;
      if (said.split("\n").length > count) break;
    }
    writer.kill("SIGKILL");
    await writer.status;
    lastS = Math.max(lastS, Number(said.split("\n").at(-2)));
    test.nowS = lastS;
    const file = await test.open();
    const reader = new DatabaseSync(test.path, { readOnly: true });
    const { rounds, last } = reader.prepare(
      "SELECT count(DISTINCT time) AS rounds, max(time) AS last FROM sample WHERE tier = 0 AND rig = 1",
    ).get() as Record<string, number>;
    reader.close();
    assert((last ?? 0) >= lastS, `${last} is before ${lastS}`);
    assertEquals(rounds, (last ?? 0) / 60);
    await file.close();
  }
  assertEquals(test.troubles, []);
});

/** Mounts a small file system of its own, where that is allowed. */
async function mount(folder: string, ...options: string[]): Promise<boolean> {
  // By a shell: tests of the program may run no other commands themselves.
  const command = `mount -t tmpfs -o ${options.join(",")} none "$0"`;
  const status = await new Deno.Command("sh", {
    args: ["-c", command, folder],
    stderr: "null",
  }).output().catch(() => undefined);
  return status?.success === true;
}

async function unmount(folder: string): Promise<void> {
  const { success } = await new Deno.Command("sh", {
    args: ["-c", 'umount -l "$0"', folder],
  }).output();
  assert(success);
}

/** Registers a test that mounts a file system; skipped where that is not allowed. */
async function testMounted(
  name: string,
  options: readonly string[],
  run: (test: TestFile) => Promise<void>,
): Promise<void> {
  await using probe = new TestFile();
  if (!await mount(probe.folder, ...options)) {
    return skipTests(name, "need root, who may mount a file system");
  }
  await unmount(probe.folder);
  Deno.test(name, async () => {
    await using test = new TestFile();
    assert(await mount(test.folder, ...options));
    try {
      await run(test);
    } finally {
      await unmount(test.folder);
    }
  });
}

await testMounted(
  "a full disk is told once, memory serves on, and what waited is written when there is room",
  ["size=2m"],
  async (test) => {
    const file = await test.open();
    const filler = `${test.folder}/filler`;
    const history = await takeRounds(test, file, 5);
    const block = new Uint8Array(4096);
    const full = await Deno.open(filler, { create: true, append: true });
    try {
      while (true) await full.write(block);
    } catch { /* It is full. */ }
    full.close();
    await takeRounds(test, file, 400, history);
    assertEquals(test.troubles, [
      "cannot be written: database or disk is full",
    ]);
    const nowMs = test.nowS * 1000;
    const query = { rig: "a", fromS: START_S };
    const { points } = await history.read(query, [A], { nowMs });
    assertEquals(points.length, 405);
    await Deno.remove(filler);
    await takeRounds(test, file, 1, history);
    assertEquals(test.troubles.slice(1), ["is written again"]);
    await file.close();
    const again = await test.open();
    const kept = await readHashrates(test, again, query, [A]);
    assertEquals(kept.length, 406);
    await again.close();
  },
);

await testMounted(
  "a file on a read-only file system is refused",
  ["ro"],
  async (test) => {
    const error = await assertRejects(() => test.open(), HistoryFileError);
    assertEquals(error.isDamaged, false);
  },
);

Deno.test("the tiers are those that the docs promise", () => {
  assertEquals(
    TIERS.map(({ stepS, keepS }) => [stepS, keepS / DAY_S]),
    [[60, 2], [900, 60], [21_600, 1095]],
  );
});
