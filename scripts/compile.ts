/**
 * Makes the binaries: `dist/chi-server-<version>-<target>` and `SHA256SUMS`.
 * See docs/binary.md.
 *
 * ```sh
 * deno task compile                              # all targets
 * deno task compile x86_64-unknown-linux-gnu     # one
 * DENORT_BIN=./denort deno task compile          # this machine's, with that runtime
 * ```
 *
 * Exit status: 0, all binaries were made; 1, not all; 2, a wrong target or
 * runtime, nothing was made.
 *
 * @module
 */

import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import denoConfig from "../deno.json" with { type: "json" };
import { formatVersion } from "../program/subcommands.ts";
import {
  chooseTargets,
  createCompileArgs,
  explainFailure,
  formatChecksums,
  nameBinary,
  type Target,
  UsageError,
} from "./compile_plan.ts";
import { listModules, ROOT, SourceTree } from "./source_tree.ts";

const DIST_PATH = fileURLToPath(new URL("dist", ROOT));

function printLine(stream: typeof Deno.stdout, line: string): void {
  stream.writeSync(new TextEncoder().encode(`${line}\n`));
}

async function removeFile(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** The first line that a binary answers to `--version`, or why it does not. */
async function askVersion(path: string): Promise<string> {
  try {
    const { success, code, stdout, stderr } = await new Deno.Command(path, {
      args: ["--version"],
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder().decode(success ? stdout : stderr).trim();
    const [line] = text.split("\n", 1);
    return line || `exit status ${code}`;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * Starts a binary that is for this machine. A runtime of another Deno version
 * makes one that does not start, and `deno compile` does not notice.
 *
 * @returns What is wrong with it; `undefined`: nothing.
 */
async function findDefect(
  path: string,
  target: Target,
): Promise<string | undefined> {
  if (target !== Deno.build.target) return undefined;
  const answer = await askVersion(path);
  // The version of Deno is that of the runtime, whichever was given.
  const [expected = ""] = formatVersion(denoConfig.version).split(" Deno");
  if (answer.startsWith(expected)) return undefined;
  return `${target}: the binary does not work (${answer}); ` +
    `its runtime has to be that of Deno ${Deno.version.deno}`;
}

/**
 * Copies what is compiled.
 *
 * @param root The checkout.
 * @returns The copy, which the caller disposes of.
 */
export async function copySources(root: URL = ROOT): Promise<SourceTree> {
  const modules = await listModules(["main.ts"], root);
  const paths = new Set([...modules, "deno.json", "deno.lock"]);
  await using made = new AsyncDisposableStack();
  const tree = made.use(await SourceTree.copy([...paths], root));
  await tree.copyPackages(root);
  made.move();
  return tree;
}

/** Variables that `deno compile` bakes into what it makes. */
const BAKED_VARIABLES = /^(?:OTEL_|DENO_V8_FLAGS$|DENO_TLS_CA_STORE$)/;

/**
 * Makes one binary.
 *
 * @param sources A copy of the sources.
 * @param target What to compile for.
 * @param path Where to write it; a file that is there is replaced.
 * @param env Variables for `deno compile`; what it would bake in is left out.
 * @returns What went wrong; `undefined`: nothing.
 */
export async function compileBinary(
  sources: SourceTree,
  target: Target,
  path: string,
  env: Readonly<Record<string, string>> = Deno.env.toObject(),
): Promise<string | undefined> {
  await removeFile(path);
  const variables = Object.entries(env).filter(([name]) =>
    !BAKED_VARIABLES.test(name)
  );
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: createCompileArgs(target, path),
    cwd: sources.path,
    clearEnv: true,
    env: {
      ...Object.fromEntries(variables),
      // It starts from the folder of deno.json.
      ...(env.DENORT_BIN === undefined
        ? {}
        : { DENORT_BIN: resolve(env.DENORT_BIN) }),
      DENO_DIR: sources.denoDir,
      NO_COLOR: "1",
    },
  }).output();
  return success
    ? undefined
    : explainFailure(target, new TextDecoder().decode(stderr));
}

/**
 * Computes a file's SHA-256.
 *
 * @param path The file.
 * @returns It, in hexadecimal.
 */
export async function hashFile(path: string): Promise<string> {
  const bytes = await Deno.readFile(path);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** Makes the binaries and their checksums; gives how many failed. */
async function compileBinaries(targets: readonly Target[]): Promise<number> {
  const sumsPath = `${DIST_PATH}/SHA256SUMS`;
  await Deno.mkdir(DIST_PATH, { recursive: true });
  await removeFile(sumsPath);
  await using sources = await copySources();
  const checksums = new Map<string, string>();
  for (const target of targets) {
    const name = nameBinary(denoConfig.version, target);
    const path = `${DIST_PATH}/${name}`;
    const failure = await compileBinary(sources, target, path) ??
      await findDefect(path, target);
    if (failure !== undefined) {
      await removeFile(path);
      printLine(Deno.stderr, `compile: ${failure}`);
      continue;
    }
    checksums.set(name, await hashFile(path));
    const { size } = await Deno.stat(path);
    printLine(Deno.stdout, `dist/${name}  ${(size / 1e6).toFixed(1)} MB`);
  }
  if (checksums.size > 0) {
    await Deno.writeTextFile(sumsPath, formatChecksums(checksums));
  }
  return targets.length - checksums.size;
}

async function main(): Promise<number> {
  try {
    const hasRuntime = Deno.env.has("DENORT_BIN");
    const failed = await compileBinaries(chooseTargets(Deno.args, hasRuntime));
    return failed > 0 ? 1 : 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    printLine(Deno.stderr, `compile: ${error.message}`);
    return 2;
  }
}

if (import.meta.main) Deno.exit(await main());
