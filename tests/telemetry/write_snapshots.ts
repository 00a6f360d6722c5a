/**
 * Writes the snapshots anew from `../shared/replies`, and what trouble is found
 * in them (`trouble_snapshot.json`). Review what changed, each
 * against its replies, before it is committed:
 *
 *     deno run --allow-read --allow-write tests/telemetry/write_snapshots.ts
 */
import { readTelemetry } from "../../telemetry/read_telemetry.ts";
import { findTrouble } from "../../telemetry/trouble.ts";
import { loadRigs } from "./recorded_rigs.ts";

const SNAPSHOTS = new URL("./snapshots/", import.meta.url);

const rigs = await loadRigs();
if (rigs === undefined) {
  console.error(
    "write_snapshots: there are no recorded replies: ../shared/replies has to be beside the checkout",
  );
  Deno.exit(2);
}
const names = rigs.map(({ name }) => name).sort();
for await (const { name } of Deno.readDir(SNAPSHOTS)) {
  if (name.endsWith(".json")) await Deno.remove(new URL(name, SNAPSHOTS));
}
const allTrouble: Record<string, unknown> = {};
for (const { name, reports } of rigs) {
  const telemetry = readTelemetry(reports);
  const trouble = findTrouble({ telemetry })
    .map(({ since: _, ...rest }) => rest);
  if (trouble.length > 0) allTrouble[name] = trouble;
  const text = JSON.stringify(telemetry, undefined, 2);
  await Deno.writeTextFile(new URL(`${name}.json`, SNAPSHOTS), `${text}\n`);
}
await Deno.writeTextFile(
  new URL("index.ts", SNAPSHOTS),
  `/** Every snapshot by its rig; written by ../write_snapshots.ts. */
${
    names.map((name, number) =>
      `import rig${number} from "./${name}.json" with { type: "json" };`
    ).join("\n")
  }

/** Telemetry as it was reviewed, by \`<vendor>-<model>\`. */
export const SNAPSHOTS: ReadonlyMap<string, unknown> = new Map<
  string,
  unknown
>([
${names.map((name, number) => `  ["${name}", rig${number}],`).join("\n")}
]);
`,
);
await Deno.writeTextFile(
  new URL("../trouble_snapshot.json", SNAPSHOTS),
  `${JSON.stringify(allTrouble, undefined, 2)}\n`,
);
console.log(`${names.length} snapshots written`);
