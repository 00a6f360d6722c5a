/**
 * Copies what the program consists of, its modules and the npm packages that it
 * imports, into a new folder, so that what is made from it depends on the
 * sources alone. A compiled binary holds the time of each file that it holds,
 * and of files that look like scripts and are none (`LICENSE`) a complaint with
 * their whole path.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "./compile_plan.ts";

/** The checkout. */
export const ROOT = new URL("../", import.meta.url);

/** When all files of a copy were last changed. */
export const TREE_TIME = new Date("2020-01-01T00:00:00Z");

/** A module as `deno info --json` has it. */
interface Module {
  readonly specifier: string;
  readonly error?: string;
}

/** A package from npm, likewise. */
interface NpmPackage {
  readonly name: string;
  readonly version: string;
}

/** What an entry point reaches. */
interface Graph {
  readonly modules: readonly Module[];
  readonly npmPackages: Readonly<Record<string, NpmPackage>>;
}

/** Where Deno keeps what it has downloaded. */
interface CacheFolders {
  readonly denoDir: string;
  readonly npmCache: string;
}

/**
 * Lists the modules that entry points reach, texts and types among them.
 *
 * @param entries Paths from the root of the checkout.
 * @param root The checkout.
 * @returns Paths from there, with slashes, sorted, each once.
 * @throws {Error} If a module is missing.
 */
export async function listModules(
  entries: readonly string[],
  root: URL = ROOT,
): Promise<string[]> {
  const paths = new Set<string>();
  for (const entry of entries) {
    const { modules } = await readInfo<Graph>([entry], root);
    for (const { specifier, error } of modules) {
      if (error !== undefined) throw new Error(`${specifier}: ${error}`);
      if (!specifier.startsWith(root.href)) continue;
      paths.add(decodeURIComponent(specifier.slice(root.href.length)));
    }
  }
  return [...paths].sort();
}

async function readInfo<T>(args: readonly string[], root: URL): Promise<T> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", ...args],
    cwd: fileURLToPath(root),
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
  return JSON.parse(new TextDecoder().decode(stdout));
}

/**
 * Finds a package that Deno has downloaded.
 *
 * @param name Its name.
 * @param version Its version.
 * @returns Its folder.
 * @throws {Error} If Deno does not have it.
 */
export async function locatePackage(
  name: string,
  version: string,
): Promise<string> {
  const { npmCache } = await readInfo<CacheFolders>([], ROOT);
  for await (const { name: registry } of Deno.readDir(npmCache)) {
    const folder = join(npmCache, registry, name, version);
    if (isFolder(folder)) return folder;
  }
  throw new Error(`${npmCache} has no ${name} ${version}`);
}

/**
 * Names a file of a package such that nobody takes it for a script.
 *
 * @param name The file's name.
 * @returns It, with `.md` behind it unless its ending says what it is.
 */
export function toInertName(name: string): string {
  return /\.(?:[cm]?[jt]sx?|json|css|md|map|wasm|node)$/.test(name)
    ? name
    : `${name}.md`;
}

/** A folder for temporary files; disposing of it removes it. */
export class SourceTree implements AsyncDisposable {
  readonly #folder: string;
  /** The folder of the sources. */
  readonly path: string;
  /** What `DENO_DIR` can be set to, once {@link copyPackages} has run. */
  readonly denoDir: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.path = join(folder, "sources");
    this.denoDir = join(folder, "deno");
  }

  /**
   * Copies files of the checkout into a new folder.
   *
   * @param paths Their paths from the root of the checkout.
   * @param root The checkout.
   * @returns The folder.
   */
  static async copy(
    paths: readonly string[],
    root: URL = ROOT,
  ): Promise<SourceTree> {
    // Links resolved: Deno compares real paths.
    const folder = await Deno.realPath(
      await Deno.makeTempDir({ prefix: "chi-server-" }),
    );
    await using made = new AsyncDisposableStack();
    const tree = made.use(new SourceTree(folder));
    await Deno.mkdir(tree.path);
    for (const path of paths) {
      await copyFile(fileURLToPath(new URL(path, root)), join(tree.path, path));
    }
    made.move();
    return tree;
  }

  /**
   * Writes a file of the sources.
   *
   * @param path Its path in their folder.
   * @param text What it holds.
   */
  async write(path: string, text: string): Promise<void> {
    await Deno.writeTextFile(join(this.path, path), text);
  }

  /**
   * Makes a cache of its own, with copies of the npm packages in `deno.lock`,
   * which are those that the program reaches. The runtimes in it are those that
   * Deno has.
   *
   * @param root The checkout.
   * @throws {UsageError} If the folder for temporary files can hold no link.
   */
  async copyPackages(root: URL = ROOT): Promise<void> {
    const { npmPackages } = await readInfo<Graph>(["main.ts"], root);
    const { denoDir, npmCache } = await readInfo<CacheFolders>([], root);
    for await (const { name: registry } of Deno.readDir(npmCache)) {
      for (const { name, version } of Object.values(npmPackages)) {
        const path = join(registry, name, version);
        const from = join(npmCache, path);
        if (isFolder(from)) {
          await copyFolder(from, join(this.denoDir, "npm", path));
        }
      }
    }
    const runtimes = join(denoDir, "dl");
    await Deno.mkdir(runtimes, { recursive: true });
    const link = join(this.denoDir, "dl");
    try {
      // A junction is what Windows lets everybody make.
      await Deno.symlink(runtimes, link, { type: "junction" });
    } catch (error) {
      throw new UsageError(
        `${link} cannot be made (${(error as Error).message}): name a folder ` +
          "for temporary files on a disk that can hold links, such as NTFS, " +
          "by TEMP, or TMPDIR",
      );
    }
  }

  /** Removes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function copyFolder(from: string, to: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(join(from, name), join(to, name));
    else await copyFile(join(from, name), join(to, toInertName(name)));
  }
}

async function copyFile(from: string, to: string): Promise<void> {
  await Deno.mkdir(dirname(to), { recursive: true });
  await Deno.copyFile(from, to);
  await Deno.utime(to, TREE_TIME, TREE_TIME);
}
