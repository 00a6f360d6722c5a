/**
 * Makes the binaries: `dist/chi-server-<version>-<target>` and `SHA256SUMS`.
 * See docs/binary.md.
 *
 * ```sh
 * deno task compile                              # all targets
 * deno task compile x86_64-unknown-linux-gnu     # one
 * DENORT_BIN=./denort deno task compile          # the one this runtime is for
 * ```
 *
 * Exit status: 0, all binaries were made; 1, not all; 2, a wrong target or
 * runtime, nothing was made.
 *
 * @example
 * ```ts
 * import { nameBinary } from "./compile.ts";
 *
 * console.log(nameBinary("0.1.0", "x86_64-pc-windows-msvc"));
 * // chi-server-0.1.0-x86_64-pc-windows-msvc.exe
 * ```
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import denoConfig from "../deno.json" with { type: "json" };
import { OPTIONS, toVariable } from "../gateway/options.ts";
import {
  readRuntimeTarget,
  RUNTIME_HEADER_BYTES,
  type Target,
  TARGETS,
} from "./denort.ts";

const DIST_PATH = fileURLToPath(new URL("../dist", import.meta.url));
const MAIN_PATH = fileURLToPath(new URL("../main.ts", import.meta.url));

/**
 * Keeps memory down where there are thousands of rigs: V8 lets its heap grow to
 * four times what lives in it, and 32 MB of new objects wait to be looked at.
 * 10,000 rigs take 290 MB with them and 500 MB without, in four thirds of the time. The
 * task `start` in deno.json has them too.
 */
export const V8_FLAGS = "--heap-growing-percent=20,--max-semi-space-size=4";

/** A runtime given by `DENORT_BIN`. */
export interface Runtime {
  /** The file. */
  readonly path: string;
  /** The platform it is for; `undefined`: none that binaries are made for. */
  readonly target: Target | undefined;
}

/** A target or a runtime that cannot be. Its message is one line. */
export class UsageError extends Error {
  /** The class's name. */
  override readonly name = "UsageError";
}

/**
 * Chooses the targets to compile for.
 *
 * @param names The targets asked for; none: all that can be.
 * @param runtime The runtime to embed, where one is given. It is for one
 *   platform, and `deno compile` embeds it whatever its `--target` says.
 * @returns The targets, each once, in the order asked for.
 * @throws {UsageError} For a name that is no target, and for a runtime that is
 *   not for one of the targets.
 */
export function chooseTargets(
  names: readonly string[],
  runtime?: Runtime,
): Target[] {
  const targets = new Set<Target>();
  for (const name of names) {
    const target = TARGETS.find((target) => target === name);
    if (target === undefined) {
      throw new UsageError(
        `There is no target "${name}": choose from ${TARGETS.join(", ")}`,
      );
    }
    targets.add(target);
  }
  if (runtime === undefined) {
    return targets.size > 0 ? [...targets] : [...TARGETS];
  }
  const { path, target } = runtime;
  if (target === undefined) {
    throw new UsageError(
      `DENORT_BIN: "${path}" is no runtime for any of ${TARGETS.join(", ")}`,
    );
  }
  for (const other of targets) {
    if (other === target) continue;
    throw new UsageError(
      `DENORT_BIN: "${path}" is a runtime for ${target}, not for ${other}`,
    );
  }
  return [target];
}

/**
 * Names a binary.
 *
 * @param version The program's version.
 * @param target What it is for.
 * @returns The file's name.
 */
export function nameBinary(version: string, target: Target): string {
  const suffix = target.includes("windows") ? ".exe" : "";
  return `chi-server-${version}-${target}${suffix}`;
}

/**
 * Lists the environment variables that the binary may read: those of the
 * options, the token's, and no other.
 *
 * @returns Their names.
 */
export function listVariables(): string[] {
  const options = OPTIONS.filter((option) => !option.isCommandLineOnly);
  return [...options.map(toVariable), "CHI_TOKEN"];
}

/**
 * Puts together the arguments of `deno`, the baked-in permissions among them.
 *
 * @param target What to compile for.
 * @param outputPath Where to write the binary.
 * @returns The arguments, `compile` first.
 */
export function createCompileArgs(
  target: Target,
  outputPath: string,
): string[] {
  return [
    "compile",
    "--frozen",
    // The cache would be a file of a foreseeable name in the folder for
    // temporary files, written and read past the permissions.
    "--no-code-cache",
    // Else the packages of the tests would be embedded as well, 14 MB of them.
    ...(canExcludeNpm(Deno.version.deno) ? ["--exclude-unused-npm"] : []),
    "--no-prompt",
    `--v8-flags=${V8_FLAGS}`,
    "--allow-net",
    // The files that options name, wherever they are.
    "--allow-read",
    "--allow-sys=networkInterfaces",
    `--allow-env=${listVariables().join(",")}`,
    `--target=${target}`,
    `--output=${outputPath}`,
    MAIN_PATH,
  ];
}

/** Older compilers do not know the flag. */
function canExcludeNpm(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 2 || (major === 2 && minor >= 9);
}

/**
 * Says why `deno compile` failed.
 *
 * @param target What it compiled for.
 * @param stderr What it wrote, without colours.
 * @returns One line if the runtime could not be downloaded, else its own
 *   message; never a stack trace.
 */
export function explainFailure(target: Target, stderr: string): string {
  const [message = ""] = stderr.split(/^Stack backtrace:/m, 1);
  const cause = /Setting up base binary\.?\s+1: (.*)/.exec(message)?.[1];
  return cause === undefined
    ? `${target}: deno compile failed:\n${message.trim()}`
    : `${target}: its runtime cannot be had: ${cause.trim()}; ` +
      `DENORT_BIN can name a denort file of Deno ${Deno.version.deno}`;
}

/**
 * Writes checksums as `sha256sum -c` reads them, sorted by name.
 *
 * @param checksums SHA-256 in hexadecimal by file name.
 * @returns One line a file, each ended by a newline.
 */
export function formatChecksums(
  checksums: ReadonlyMap<string, string>,
): string {
  return [...checksums]
    .map(([name, checksum]) => ({ name, line: `${checksum}  ${name}\n` }))
    .sort((a, b) => a.name < b.name ? -1 : 1)
    .map(({ line }) => line)
    .join("");
}

function printLine(stream: typeof Deno.stdout, line: string): void {
  stream.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** Reads what the file that `DENORT_BIN` names is for. */
async function readRuntime(path: string): Promise<Runtime> {
  const header = new Uint8Array(RUNTIME_HEADER_BYTES);
  try {
    using file = await Deno.open(path);
    const length = await file.read(header) ?? 0;
    return { path, target: readRuntimeTarget(header.subarray(0, length)) };
  } catch (error) {
    const [reason] = (error as Error).message.split(" (os error", 1);
    throw new UsageError(`DENORT_BIN: cannot read "${path}": ${reason}`);
  }
}

async function removeFile(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function hashFile(path: string): Promise<string> {
  const digest = await crypto.subtle.digest(
    "SHA-256",
    await Deno.readFile(path),
  );
  return Array.from(
    new Uint8Array(digest),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
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
  if (answer === `chi-server ${denoConfig.version}`) return undefined;
  return `${target}: the binary does not work (${answer}); ` +
    `its runtime has to be that of Deno ${Deno.version.deno}`;
}

/** Makes one binary; gives what went wrong, or `undefined`. */
async function compileBinary(
  target: Target,
  path: string,
): Promise<string | undefined> {
  await removeFile(path);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: createCompileArgs(target, path),
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) return explainFailure(target, new TextDecoder().decode(stderr));
  const defect = await findDefect(path, target);
  if (defect !== undefined) await removeFile(path);
  return defect;
}

/** Makes the binaries and their checksums; gives how many failed. */
async function compileBinaries(targets: readonly Target[]): Promise<number> {
  const sumsPath = `${DIST_PATH}/SHA256SUMS`;
  await Deno.mkdir(DIST_PATH, { recursive: true });
  await removeFile(sumsPath);
  const checksums = new Map<string, string>();
  for (const target of targets) {
    const name = nameBinary(denoConfig.version, target);
    const path = `${DIST_PATH}/${name}`;
    const failure = await compileBinary(target, path);
    if (failure !== undefined) {
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
    const path = Deno.env.get("DENORT_BIN");
    const runtime = path === undefined ? undefined : await readRuntime(path);
    const failed = await compileBinaries(chooseTargets(Deno.args, runtime));
    return failed > 0 ? 1 : 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    printLine(Deno.stderr, `compile: ${error.message}`);
    return 2;
  }
}

if (import.meta.main) Deno.exit(await main());
