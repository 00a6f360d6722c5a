// Twice as much from outside is at most twice the work: headers, URLs, bodies
// and replies of 60 KB to 1 MB, made from a seed. Work is counted, not timed.
// More shapes: deno run --allow-sys --allow-net=127.0.0.1
// tests/program/work_shapes.ts SEED RUNS.

import { assertEquals } from "jsr:@std/assert@1";
import { fileURLToPath } from "node:url";
import { runProgram } from "./program.ts";
import type { MeasuredShape } from "./work_shapes.ts";

/** Twice, and what sorting and the steps of growing tables add. */
const MAX_GROWTH = 2.2;

/** Blocks that run, and characters that are gone through, for each one sent. */
const MAX_WORK_PER_CHARACTER = 100;

/** What the answer to even the shortest request may take. */
const BASE_WORK = 100_000;

Deno.test("work grows no faster than what is sent", async () => {
  const script = new URL("work_shapes.ts", import.meta.url);
  const run = ["run", "--lock=tests/deno.lock", "--no-prompt", "--no-check"];
  run.push("--allow-sys", "--allow-net=127.0.0.1", fileURLToPath(script));
  const { code, stdout, stderr } = await runProgram(["1", "1"], { run });
  assertEquals([code, stderr], [0, ""]);
  const shapes = stdout.split("\n").map((line): MeasuredShape =>
    JSON.parse(line)
  );
  assertEquals(new Set(shapes.map(({ sink }) => sink)).size, 18);
  for (const { sink, parts, length, work: [short, long] } of shapes) {
    const growth = long / short;
    const most = BASE_WORK + 2 * length * MAX_WORK_PER_CHARACTER;
    const isSteep = growth > MAX_GROWTH || long > most;
    // Two of them are quadratic: the meter sees that.
    assertEquals(
      isSteep,
      / in a loop$/.test(sink),
      `${sink} ${JSON.stringify(parts)}: ${short} for ${length}, then ${long}`,
    );
  }
});
