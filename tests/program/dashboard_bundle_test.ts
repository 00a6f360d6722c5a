/**
 * The dashboard as it is committed: what the build makes of its sources, and
 * nothing that a page with a strict policy could not run.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@1";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ASSETS } from "../../dashboard/assets.ts";
import { ROOT } from "./program.ts";

const BUNDLE = fileURLToPath(new URL("dashboard/bundle", ROOT));

/** The files of a folder, as text. */
async function readFolder(path: string): Promise<Map<string, string>> {
  const names = (await Array.fromAsync(Deno.readDir(path)))
    .map(({ name }) => name).sort();
  return new Map(
    names.map((name) => [name, Deno.readTextFileSync(join(path, name))]),
  );
}

Deno.test("dashboard/bundle/ is what `deno task dashboard` makes of the sources", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--lock=tests/deno.lock", "--allow-all"],
        ...["scripts/dashboard.ts", folder],
      ],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
    }).output();
    assertEquals([success, new TextDecoder().decode(stderr)], [true, ""]);
    const [made, committed] = [
      await readFolder(folder),
      await readFolder(BUNDLE),
    ];
    assertEquals([...made.keys()], [...committed.keys()]);
    const old = [...made].filter(([name, text]) => committed.get(name) !== text)
      .map(([name]) => name);
    assertEquals(
      old,
      [],
      "Run `deno task dashboard`, and commit what it makes",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("dashboard/bundle/ is served, all of it", async () => {
  const committed = await readFolder(BUNDLE);
  for (const [name, text] of committed) {
    assertEquals([name, ASSETS.get(name)?.text], [name, text]);
  }
  // The icon and the manifest are no bundle: they stand in assets.ts.
  assertEquals(
    [...ASSETS.keys()].filter((name) => !committed.has(name)),
    ["app.webmanifest", "icon.svg"],
  );
});
