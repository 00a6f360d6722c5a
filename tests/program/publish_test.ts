import { assert, assertEquals, assertMatch } from "jsr:@std/assert@1";
import { fileURLToPath } from "node:url";
import denoConfig from "../../deno.json" with { type: "json" };
import { listPackageFiles } from "../../scripts/publish.ts";
import { listModules } from "../../scripts/source_tree.ts";
import { type JsrPackage, JsrRegistry, readNpmCache } from "./jsr_registry.ts";
import { Program, ROOT, runProgram } from "./program.ts";

const { name, version } = denoConfig;

/** A folder for Deno's cache that has nothing but the packages of npm. */
class Cache implements AsyncDisposable {
  readonly path: string = Deno.makeTempDirSync();

  constructor(npmCache: string) {
    Deno.symlinkSync(npmCache, `${this.path}/npm`, { type: "junction" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

/** Runs scripts/publish.ts to its end. */
async function publish(
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ code: number; stderr: string }> {
  const script = fileURLToPath(new URL("scripts/publish.ts", ROOT));
  return await runProgram(args, { run: ["run", "--allow-all", script], env });
}

/** The specifiers of a package's modules that are not relative. */
function listDependencies({ files }: JsrPackage): Set<string> {
  const decoder = new TextDecoder();
  const specifiers = [...files].flatMap(([path, bytes]) =>
    /\.[jt]s$/.test(path)
      ? [
        ...decoder.decode(bytes).matchAll(
          /^[^*\n]*\bfrom "((?:jsr|npm):.*?)"/gm,
        ),
      ]
        .map(([, specifier = ""]) => specifier)
      : []
  );
  return new Set(specifiers);
}

Deno.test("scripts/publish.ts publishes a package that depends on jsr:@std itself, and runs from JSR", async () => {
  const npmCache = await readNpmCache();
  await using registry = new JsrRegistry(npmCache);
  await using cache = new Cache(npmCache);
  const env = { JSR_URL: registry.url, DENO_DIR: cache.path };
  const { code, stderr } = await publish(
    ["--token=any", "--no-provenance"],
    env,
  );
  assertEquals([code, code === 0 ? "" : stderr], [0, ""]);
  const published = registry.packages.get(`${name}@${version}`);
  if (published === undefined) throw new Error("Nothing was published");
  const dependencies = listDependencies(published);
  assert(dependencies.has("jsr:@std/cli@1/parse-args"));
  assert(dependencies.has("jsr:@std/http@1/negotiation"));
  assertEquals([...dependencies].filter((name) => /deno-std/.test(name)), []);
  assertEquals(
    [...published.files.keys()].filter((path) => /test|docs\//.test(path)),
    [],
  );
  const run = ["run", "--no-config", "--no-lock", "--no-prompt", "-N"];
  await using program = Program.spawn(["--demo", "-w0"], {
    run: [...run, `jsr:${name}@${version}/main`],
    env,
  });
  const port = await program.readPort();
  const { VERSION } = await (await fetch(`http://127.0.0.1:${port}/version`))
    .json();
  assertEquals(VERSION.length, 1);
  const script = await fetch(`http://127.0.0.1:${port}/-/assets/uplot.js`);
  assertMatch(await script.text(), /u-legend/);
});

Deno.test("deno.json publishes every module that mod.ts and main.ts reach, and nothing of tests or docs", async () => {
  const files = listPackageFiles();
  const modules = await listModules(["main.ts", "mod.ts"]);
  assertEquals(modules.length > 100, true);
  assertEquals(modules.filter((path) => !files.includes(path)), []);
  // README.md shows a picture of docs/ and links there: JSR shows mod.ts' text.
  assertEquals(
    files.filter((path) =>
      /^(?:(?:bench|docs|scripts|tests)\/|README\.md$)/.test(path)
    ),
    [],
  );
});

Deno.test("deno.json has tasks whose scripts exist", async () => {
  const scripts = Object.values(denoConfig.tasks)
    .map((task) => typeof task === "string" ? task : task.command)
    .flatMap((command) => command.match(/\bscripts\/\w+\.ts\b/g) ?? []);
  assertEquals(scripts.length > 5, true);
  for (const script of scripts) {
    assertEquals((await Deno.stat(new URL(script, ROOT))).isFile, true);
  }
});

Deno.test("scripts/publish.ts leaves the dry run out where JSR is out of reach, and says so", async () => {
  const env = { JSR_URL: "http://127.0.0.1:1/" };
  const left = await publish(["--dry-run"], env);
  assertEquals(left.code, 0);
  assertMatch(
    left.stderr,
    /^publish: the dry run is left out: http:\/\/127\.0\.0\.1:1\/ cannot be reached: [^\n]+\n$/,
  );
  const failed = await publish([], env);
  assertEquals(failed.code, 1);
  assertMatch(failed.stderr, /^publish: nothing is published: [^\n]+\n$/);
});
