/**
 * Builds the dashboard: what browsers get, from its sources. The result is
 * committed in `dashboard/bundle/`; a test holds it to the sources.
 *
 * ```sh
 * deno task dashboard            # writes dashboard/bundle/
 * deno task dashboard <folder>   # writes there
 * ```
 *
 * @module
 */

import { build, stop } from "npm:esbuild@0.28";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../dashboard/", import.meta.url));

/** What browsers load first. Scripts share nothing: each loads at once. */
const ENTRIES = ["app.tsx", "docs.tsx", "style.css", "docs.css"];

/** The packages that browsers get. */
const PACKAGES = ["npm:eventsource-parser@4", "npm:preact@11", "npm:uplot@1"];

/** The versions of what tests and tools import. */
const LOCK = fileURLToPath(new URL("../tests/deno.lock", import.meta.url));

/** That file, as far as it is read here. */
interface Lock {
  readonly specifiers: Readonly<Record<string, string>>;
}

/** Where Deno has a package, and all others that it comes with. */
interface Info {
  readonly npmCache: string;
}

/** Runs Deno here, and gives what it prints. */
async function runDeno(...args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: FOLDER,
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
  return new TextDecoder().decode(stdout);
}

/** Finds the folders of the packages, downloaded if need be. */
async function locatePackages(): Promise<Map<string, string>> {
  await runDeno("cache", "--quiet", `--lock=${LOCK}`, "app.tsx", "docs.tsx");
  const { npmCache }: Info = JSON.parse(await runDeno("info", "--json"));
  const registries = [...Deno.readDirSync(npmCache)].map(({ name }) => name);
  const { specifiers }: Lock = JSON.parse(Deno.readTextFileSync(LOCK));
  return new Map(PACKAGES.map((specifier) => {
    // npm:preact@11
    const [, name = ""] = specifier.split(/[:@]/);
    const version = specifiers[specifier] ?? "";
    const folder = registries.map((each) => join(npmCache, each, name, version))
      .find((each) => isFolder(each));
    if (folder === undefined) {
      throw new Error(`${npmCache} has no ${name} ${version}`);
    }
    return [specifier, folder];
  }));
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The licences of the packages ask to be where copies of them are. */
function joinLicenses(packages: ReadonlyMap<string, string>): string {
  return [...packages].map(([specifier, folder]) => {
    const text = Deno.readTextFileSync(join(folder, "LICENSE")).trim();
    return `${specifier.slice("npm:".length)}\n\n${text}\n`;
  }).join("\n---\n\n");
}

/** Writes all files of the bundle into a folder. */
async function buildDashboard(outdir: string): Promise<void> {
  const packages = await locatePackages();
  for (const entry of ENTRIES) {
    await build({
      absWorkingDir: FOLDER,
      alias: {
        ...Object.fromEntries(packages),
        // As preact's own modules call it.
        preact: packages.get("npm:preact@11") ?? "",
      },
      bundle: true,
      // Named by their sources: what is loaded later is a chunk of its own.
      chunkNames: "[name]",
      entryPoints: [entry],
      format: "esm",
      jsx: "automatic",
      jsxImportSource: "npm:preact@11",
      legalComments: "none",
      logLevel: "warning",
      minify: true,
      outdir,
      splitting: true,
      target: "es2024",
    });
  }
  await Deno.writeTextFile(
    join(outdir, "licenses.txt"),
    joinLicenses(packages),
  );
}

try {
  const [outdir = join(FOLDER, "bundle")] = Deno.args;
  await buildDashboard(outdir);
} finally {
  await stop();
}
