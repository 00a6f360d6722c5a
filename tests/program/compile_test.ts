/**
 * What scripts/compile.ts makes, with a small program in the place of Deno's
 * runtime: it cannot be started, but is made as a binary is.
 *
 * @module
 */

import { assertEquals, assertRejects } from "jsr:@std/assert@1";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { compileBinary, copySources, hashFile } from "../../scripts/compile.ts";
import {
  SourceTree,
  toInertName,
  TREE_TIME,
} from "../../scripts/source_tree.ts";
import { UsageError } from "../../scripts/compile_plan.ts";
import { announceMissing, findExecutable, SYSTEM } from "../executables.ts";

const finding = findExecutable(SYSTEM, "TRUE_BIN", ["true"], "need true");
announceMissing(finding, "compile:");
const runtimePath = "path" in finding ? finding.path : "";

/** Another checkout, in another folder, whose files have another time. */
async function copyCheckout(folder: string): Promise<URL> {
  await using sources = await copySources();
  const root = join(folder, "a folder of", "another name");
  await copyFolder(sources.path, root);
  return pathToFileURL(`${root}/`);
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (isDirectory) await copyFolder(join(from, name), join(to, name));
    else {await Deno.writeFile(
        join(to, name),
        await Deno.readFile(join(from, name)),
      );}
  }
}

Deno.test({
  name:
    "compileBinary() makes the same bytes from another folder, at another time",
  ignore: runtimePath === "",
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const checksums: string[] = [];
      const env = { ...Deno.env.toObject(), DENORT_BIN: runtimePath };
      for (
        const [root, variables] of [
          [undefined, {}],
          // What Deno would bake in.
          [await copyCheckout(folder), { OTEL_DENO: "true" }],
        ] as const
      ) {
        await using sources = await copySources(root);
        const path = join(folder, "chi-server");
        const failure = await compileBinary(
          sources,
          // It is that of the stand-in as little as of a machine.
          "x86_64-unknown-linux-gnu",
          path,
          { ...env, ...variables },
        );
        assertEquals(failure, undefined);
        checksums.push(await hashFile(path));
        // Each byte a character, so that paths can be looked for.
        const text = new TextDecoder("latin1").decode(
          await Deno.readFile(path),
        );
        assertEquals(
          text.includes(sources.path.replace(/sources$/, "")),
          false,
        );
        assertEquals(text.length > 1_000_000, true);
      }
      assertEquals(checksums[0], checksums[1]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("copySources() takes what main.ts reaches, and gives all of it one time", async () => {
  await using sources = await copySources();
  const read = (path: string) => Deno.statSync(join(sources.path, path));
  for (
    const path of [
      "main.ts",
      "deno.json",
      "deno.lock",
      "dashboard/index.html",
    ]
  ) {
    assertEquals([path, read(path).mtime], [path, TREE_TIME]);
  }
  for (const path of ["tests", "docs", "scripts", "README.md"]) {
    assertEquals([path, exists(join(sources.path, path))], [path, false]);
  }
  const packages = [...listFiles(join(sources.denoDir, "npm"))];
  assertEquals(packages.length > 2, true);
  for (const path of packages) {
    assertEquals([path, Deno.statSync(path).mtime], [
      toInertName(path),
      TREE_TIME,
    ]);
  }
});

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function* listFiles(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* listFiles(path);
    else yield path;
  }
}

Deno.test("a copy of sources is gone when it is disposed of", async () => {
  let path: string;
  {
    await using sources = await SourceTree.copy(["deno.json"]);
    path = sources.path;
    assertEquals(exists(path), true);
  }
  assertEquals(exists(path), false);
});

Deno.test("a folder that cannot hold the link to the runtimes is named", async () => {
  await using sources = await copySources();
  // There is one already: the system refuses another, as FAT does any.
  await assertRejects(
    () => sources.copyPackages(),
    UsageError,
    "TEMP, or TMPDIR",
  );
});
