/**
 * What `deno compile` is told, and what is said of its outcome: targets, names,
 * baked-in permissions, failures, checksums. Pure.
 *
 * @module
 */

import { OPTIONS, toVariable } from "../program/config/options.ts";

/**
 * Keeps memory down where there are thousands of rigs: V8 lets its heap grow to
 * four times what lives in it, and 32 MB of new objects wait to be looked at.
 * 10,000 rigs take 290 MB with them and 500 MB without, in four thirds of the time. The
 * task `start` in deno.json has them too.
 */
export const V8_FLAGS = "--heap-growing-percent=20,--max-semi-space-size=4";

/** The platforms that binaries are made for, as `deno compile` calls them. */
export const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
] as const;

/** One platform: processor, vendor, operating system, C library. */
export type Target = typeof TARGETS[number];

/** A target or a runtime that cannot be. Its message is one line. */
export class UsageError extends Error {
  /** The class's name. */
  override readonly name = "UsageError";
}

/**
 * Chooses the targets to compile for.
 *
 * @param names The targets asked for; none: all that can be.
 * @param hasRuntime Whether `DENORT_BIN` gives the runtime to embed. It is for
 *   one platform, and `deno compile` embeds it whatever its `--target` says.
 * @returns The targets, each once, in the order asked for; with a runtime that
 *   of this machine where none is named.
 * @throws {UsageError} For a name that is no target, and for several targets
 *   with one runtime.
 */
export function chooseTargets(
  names: readonly string[],
  hasRuntime = false,
): Target[] {
  const targets = new Set<Target>();
  for (
    const name of names.length === 0 && hasRuntime ? [Deno.build.target] : names
  ) {
    const target = TARGETS.find((target) => target === name);
    if (target === undefined) {
      throw new UsageError(
        `There is no target "${name}": choose from ${TARGETS.join(", ")}`,
      );
    }
    targets.add(target);
  }
  if (hasRuntime && targets.size > 1) {
    throw new UsageError(
      "DENORT_BIN: a runtime is for one target: name that one",
    );
  }
  return targets.size > 0 ? [...targets] : [...TARGETS];
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
 * @returns The arguments, `compile` first, for the folder of the sources.
 */
export function createCompileArgs(
  target: Target,
  outputPath: string,
): string[] {
  return [
    "compile",
    "--frozen",
    // `deno task check` does that, and no type gets into a binary.
    "--no-check",
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
    // The file of --history, wherever it is: given up as soon as it is open.
    "--allow-write",
    "--allow-sys=networkInterfaces",
    `--allow-env=${listVariables().join(",")}`,
    `--target=${target}`,
    `--output=${outputPath}`,
    "main.ts",
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
