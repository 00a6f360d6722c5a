/**
 * What `chi-server --version` says. Pure.
 *
 * @example
 * ```ts
 * import { formatVersion } from "./version.ts";
 *
 * console.log(formatVersion("0.1.0")); // chi-server 0.1.0 (x86_64-…, Deno 2.9.6)
 * ```
 *
 * @module
 */

/** What a program runs on. */
export interface Platform {
  /** Processor, system and C library, as compilers name them. */
  readonly target: string;
  /** The version of Deno: in a binary, of the one that is built in. */
  readonly deno: string;
}

/**
 * Names the program, its version and what it runs on.
 *
 * @param version The program's version.
 * @param platform What it runs on. Default: what this runs on.
 * @returns One line.
 */
export function formatVersion(
  version: string,
  { target, deno }: Platform = {
    target: Deno.build.target,
    deno: Deno.version.deno,
  },
): string {
  return `chi-server ${version} (${target}, Deno ${deno})`;
}
