/**
 * Publishes the package to JSR, or checks that it could be. The sources go
 * there from a copy without the import map: `deno publish` would write it into
 * them, and the package would depend on `npm:deno-std`, which only stands in for
 * `jsr:@std/…` in a checkout.
 *
 * ```sh
 * deno task publish --dry-run     # says so, and ends with 0, where JSR is out of reach
 * deno task publish               # the arguments are those of `deno publish`
 * ```
 *
 * Exit status: that of `deno publish`; 1 if JSR is out of reach and it is to be
 * published.
 *
 * @module
 */

import denoConfig from "../deno.json" with { type: "json" };
import { ROOT, SourceTree } from "./source_tree.ts";

/** What of deno.json a package needs. */
const KEPT_KEYS: readonly string[] = [
  "name",
  "version",
  "license",
  "exports",
  "compilerOptions",
  "unstable",
];

/**
 * Makes the configuration of the package.
 *
 * @param config That of the checkout.
 * @returns It, less what is for developing: the import map, tasks, rules.
 */
export function toPublishConfig(
  config: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(config).filter(([key]) => KEPT_KEYS.includes(key)),
  );
}

/**
 * Lists the files of the package.
 *
 * @param include Files and folders, from the root of the checkout.
 * @param root The checkout.
 * @returns Their paths from there, with slashes, sorted.
 */
export function listPackageFiles(
  include: readonly string[] = denoConfig.publish.include,
  root: URL = ROOT,
): string[] {
  return include.flatMap((path) => listFiles(path, root)).sort();
}

function listFiles(path: string, root: URL): string[] {
  if (!Deno.statSync(new URL(path, root)).isDirectory) return [path];
  return [...Deno.readDirSync(new URL(path, root))].flatMap(({ name }) =>
    listFiles(`${path}/${name}`, root)
  );
}

/** Why JSR cannot be reached; `undefined`: it can. */
async function findObstacle(registry: string): Promise<string | undefined> {
  try {
    const url = new URL("@std/cli/meta.json", registry);
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    await response.body?.cancel();
    return response.ok ? undefined : `it answers ${response.status}`;
  } catch (error) {
    const { message, cause } = error as Error;
    return cause instanceof Error ? cause.message : message;
  }
}

async function main(args: readonly string[]): Promise<number> {
  const registry = Deno.env.get("JSR_URL") ?? "https://jsr.io/";
  const obstacle = await findObstacle(registry);
  if (obstacle !== undefined) {
    const isDryRun = args.includes("--dry-run");
    const what = isDryRun ? "the dry run is left out" : "nothing is published";
    console.error(
      `publish: ${what}: ${registry} cannot be reached: ${obstacle}`,
    );
    return isDryRun ? 0 : 1;
  }
  const files = listPackageFiles().filter((path) => path !== "deno.json");
  await using tree = await SourceTree.copy(files);
  const config = JSON.stringify(toPublishConfig(denoConfig), null, 2);
  await tree.write("deno.json", `${config}\n`);
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", ...args],
    cwd: tree.path,
    stdin: "inherit",
  }).spawn().status;
  return code;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
