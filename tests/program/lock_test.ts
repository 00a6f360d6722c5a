import { assertEquals } from "jsr:@std/assert@1";
import denoConfig from "../../deno.json" with { type: "json" };

// A start downloads all that stands in deno.lock, needed or not, and `deno task`
// puts there what deno.json maps to. What tests and tools import is pinned in
// tests/deno.lock: give it with --lock.

const ROOT = new URL("../../", import.meta.url);

/** A lock file, as far as it names packages. */
interface Lock {
  readonly specifiers: Readonly<Record<string, string>>;
  readonly npm: Readonly<Record<string, unknown>>;
}

/** What an entry point imports, as `deno info --json` has it. */
interface Graph {
  readonly modules: readonly { readonly npmPackage?: string }[];
  readonly npmPackages: Readonly<
    Record<string, { readonly dependencies: readonly string[] }>
  >;
}

async function readLock(path: string): Promise<Lock> {
  return JSON.parse(await Deno.readTextFile(new URL(path, ROOT)));
}

/** Lists the packages that an entry point reaches. */
async function listPackages(entry: string): Promise<string[]> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    cwd: ROOT,
    stderr: "inherit",
  }).output();
  assertEquals(success, true);
  const graph: Graph = JSON.parse(new TextDecoder().decode(stdout));
  const reached = new Set(
    graph.modules.flatMap((each) => each.npmPackage ?? []),
  );
  for (const key of reached) {
    for (const other of graph.npmPackages[key]?.dependencies ?? []) {
      reached.add(other);
    }
  }
  return [...reached];
}

Deno.test("deno.lock lists only what main.ts and mod.ts import, so that a start downloads no more", async () => {
  const lock = await readLock("deno.lock");
  const packages = new Set([
    ...await listPackages("main.ts"),
    ...await listPackages("mod.ts"),
  ]);
  assertEquals(Object.keys(lock.npm).sort(), [...packages].sort());
});

Deno.test("deno.json maps to nothing else, which deno task would download", async () => {
  const { npm } = await readLock("deno.lock");
  const targets = Object.values(denoConfig.imports).map((target) =>
    target.replace(/^npm:(@?[^@]+@[^/]+).*$/, "$1")
  );
  assertEquals(new Set(targets), new Set(Object.keys(npm)));
});

Deno.test("tests/deno.lock has the versions that deno.lock has", async () => {
  const [start, tests] = [
    await readLock("deno.lock"),
    await readLock("tests/deno.lock"),
  ];
  for (const [specifier, version] of Object.entries(start.specifiers)) {
    assertEquals([specifier, tests.specifiers[specifier]], [
      specifier,
      version,
    ]);
  }
});
