import { assertEquals } from "jsr:@std/assert@1";
import { readTelemetry } from "../../telemetry/read_telemetry.ts";
import { findTrouble } from "../../telemetry/trouble.ts";
import { loadRigs } from "./recorded_rigs.ts";
import snapshot from "./trouble_snapshot.json" with { type: "json" };
import { NEED_REPLIES, skipTests } from "../executables.ts";

// What differs: look at the rig's replies, whether that is what a person should
// look at, and then
// `deno run --allow-read --allow-write tests/telemetry/write_snapshots.ts`.

const rigs = await loadRigs();
if (rigs === undefined) {
  skipTests("the snapshot of trouble", NEED_REPLIES);
} else {
  Deno.test("findTrouble() on every recorded rig is as reviewed", () => {
    const found = rigs.map(({ name, reports }) => [
      name,
      findTrouble({ telemetry: readTelemetry(reports) })
        .map(({ since: _, ...trouble }) => trouble),
    ]).filter(([, trouble]) => trouble?.length !== 0);
    assertEquals(Object.fromEntries(found), snapshot);
  });
}
