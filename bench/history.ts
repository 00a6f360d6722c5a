/**
 * Measures the file of `--history`: how large it is with what a year leaves of
 * one rig and of many, how long it takes to read one rig's year, day and month,
 * and how long the writing of rounds holds up everything else.
 *
 * ```sh
 * deno run --allow-read --allow-write --allow-env bench/history.ts --rigs 1,1000
 * ```
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "jsr:@std/cli@1/parse-args";
import {
  type Entry,
  planSpan,
  PointMaker,
  TIERS,
} from "../gateway/watch/history.ts";
import { HistoryFile } from "../gateway/watch/history_file.ts";

const YEAR_S = 365 * 86_400;
/** How many rounds are written while it is measured: two quarters of an hour. */
const ROUNDS = 31;

/** What a year leaves: rows in the order of the key, as rounds bring them. */
function fill(path: string, rigs: number, nowS: number): number {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA synchronous = OFF");
  const rig = database.prepare(
    "INSERT INTO rig VALUES (?, ?, 'SHA-256', '{}')",
  );
  database.exec("BEGIN");
  for (let id = 1; id <= rigs; id++) rig.run(id, `rig-${id}`);
  rig.run(rigs + 1, ":SHA-256");
  let rows = 0;
  for (const [tier, { stepS, keepS }] of TIERS.entries()) {
    const spanS = Math.min(keepS, YEAR_S);
    const firstS = Math.floor((nowS - spanS) / stepS) * stepS;
    const { changes } = database.prepare(`
      WITH RECURSIVE
        round(time) AS (
          SELECT ?1 UNION ALL SELECT time + ?2 FROM round WHERE time + ?2 < ?3
        ),
        rig(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM rig WHERE id <= ?4)
      INSERT INTO sample
      SELECT ?5, time, id, ?2 / 2, ?2 / 60,
        1e14 + abs(random() % 1000000000) * 1e3, 700 + abs(random() % 100),
        32000 + abs(random() % 1000), ?2 / 5, abs(random() % 3), 1000, 0
      FROM round CROSS JOIN rig`).run(firstS, stepS, nowS, rigs, tier);
    rows += Number(changes);
  }
  database.exec("COMMIT");
  database.close();
  // Or the first checkpoint would wait for all of it.
  using file = Deno.openSync(path, { write: true });
  file.syncSync();
  return rows;
}

/** Milliseconds of reading, of three times the median. */
async function measureRead(
  file: HistoryFile,
  names: readonly string[] | undefined,
  fromS: number,
  nowS: number,
): Promise<string> {
  const times: number[] = [];
  let [count, stepS] = [0, 0];
  for (let run = 0; run < 3; run++) {
    const startMs = performance.now();
    const span = planSpan({ fromS }, {
      ...{ nowS, sinceS: file.findSinceS(), rigCount: names?.length ?? 1 },
    });
    const points = new PointMaker(span.stepS);
    await file.read(names, span, points);
    count = points.makeFleetPoints().length;
    stepS = span.stepS;
    times.push(performance.now() - startMs);
  }
  const [first = 0] = times;
  const median = times.toSorted((a, b) => a - b)[1] ?? 0;
  return `${median.toFixed(0)} ms (first ${first.toFixed(0)} ms), ` +
    `${count} points, a point each ${stepS} s`;
}

/** Writes rounds, and sees how late a timer is meanwhile. */
async function measureWrites(
  file: HistoryFile,
  rigs: number,
  clock: { nowS: number },
): Promise<string> {
  let [lastMs, longestMs] = [performance.now(), 0];
  const watch = setInterval(() => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
  }, 1);
  let spentMs = 0;
  for (let round = 0; round < ROUNDS; round++) {
    clock.nowS += 60;
    const timeS = clock.nowS;
    const entries = Array.from({ length: rigs }, (_, index): Entry => ({
      ...{ name: `rig-${index + 1}`, tags: {}, algorithm: "SHA-256" },
      sample: {
        ...{ timeS, takenS: timeS + 1, rounds: 1, up: 1, down: 0 },
        ...{ hashrate: 1.00123e14, celsius: 71.5, powerW: 3250 },
        ...{ accepted: 12, rejected: 0 },
      },
    }));
    const startMs = performance.now();
    file.append(entries);
    await file.settle();
    spentMs += performance.now() - startMs;
  }
  clearInterval(watch);
  return `${(spentMs / ROUNDS).toFixed(0)} ms a round of ${rigs} rigs, ` +
    `rolled up and pruned; longest hold of the loop ${longestMs.toFixed(0)} ms`;
}

const { rigs = "1,1000" } = parseArgs(Deno.args, { string: ["rigs"] });
for (const count of rigs.split(",").map(Number)) {
  const folder = Deno.makeTempDirSync();
  try {
    const path = `${folder}/history.db`;
    const clock = { nowS: Math.floor(Date.now() / 21_600_000) * 21_600 };
    const options = {
      onTrouble: (what: string) => console.error(what),
      getNowMs: () => clock.nowS * 1000,
    };
    await (await HistoryFile.open(path, options)).close();
    const rows = fill(path, count, clock.nowS);
    const { size } = Deno.statSync(path);
    console.log(
      `${count} rigs, a year: ${rows} rows, ${(size / 1e6).toFixed(1)} MB, ` +
        `${(size / 1e3 / count).toFixed(0)} kB a rig`,
    );
    const file = await HistoryFile.open(path, options);
    const { nowS } = clock;
    const name = `rig-${Math.ceil(count / 2)}`;
    for (const [label, days] of [["year", 365], ["month", 30], ["day", 1]]) {
      const fromS = nowS - Number(days) * 86_400;
      for (
        const [whose, names] of [["one rig's", [name]], [
          "all together, a",
          undefined,
        ]] as const
      ) {
        const found = await measureRead(file, names, fromS, nowS);
        console.log(`  ${whose} ${label}: ${found}`);
      }
    }
    const all = Array.from({ length: count }, (_, index) => `rig-${index + 1}`);
    const tagged = await measureRead(file, all, nowS - 86_400, nowS);
    console.log(`  a tag of ${count} rigs, a day: ${tagged}`);
    console.log(`  ${await measureWrites(file, count, clock)}`);
    await file.close();
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
