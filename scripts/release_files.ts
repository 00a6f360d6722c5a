/**
 * Puts together what is attached to a release: the binaries that CI's jobs made,
 * the manual page, the completions, and one list of checksums.
 *
 * ```sh
 * deno task release-files v0.1.0 artifacts release
 * ```
 *
 * reads `artifacts/<target>/`, each a `dist` folder with one binary, and writes
 * `release/`. Exit status: 0, all is there; 1, something is missing or wrong, and
 * a line says what.
 *
 * @module
 */

import denoConfig from "../deno.json" with { type: "json" };
import { SHELLS } from "../program/config/options.ts";
import { formatCompletions } from "../program/completions.ts";
import { formatManPage } from "../program/man_page.ts";
import { hashFile } from "./compile.ts";
import { formatChecksums, nameBinary } from "./compile_plan.ts";
import { TARGETS } from "./compile_plan.ts";

/** What a shell finds its completions under. */
const COMPLETION_FILES: Readonly<Record<typeof SHELLS[number], string>> = {
  bash: "chi-server.bash",
  zsh: "_chi-server",
  fish: "chi-server.fish",
  pwsh: "chi-server.ps1",
};

/**
 * Makes sure that a tag is that of the version.
 *
 * @param tag The tag.
 * @param version The version in deno.json.
 * @throws {Error} If it is another one.
 */
export function checkTag(tag: string, version: string): void {
  if (tag === `v${version}`) return;
  throw new Error(
    `the tag is "${tag}", but deno.json has version ${version}: it has to be v${version}`,
  );
}

/**
 * Puts the files together.
 *
 * @param from A folder with a folder for each target.
 * @param to The folder to write, which is made.
 * @throws {Error} If a binary is missing, or is not what its checksum says.
 */
export async function collectFiles(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  const names: string[] = [];
  for (const target of TARGETS) {
    const name = nameBinary(denoConfig.version, target);
    const made = `${from}/${target}/${name}`;
    const sums = await Deno.readTextFile(`${from}/${target}/SHA256SUMS`);
    if (sums !== formatChecksums(new Map([[name, await hashFile(made)]]))) {
      throw new Error(`${made} is not what its SHA256SUMS says`);
    }
    await Deno.copyFile(made, `${to}/${name}`);
    names.push(name);
  }
  const texts = new Map(
    SHELLS.map((shell) => [COMPLETION_FILES[shell], formatCompletions(shell)]),
  ).set("chi-server.1", formatManPage(denoConfig.version));
  for (const [name, text] of texts) {
    await Deno.writeTextFile(`${to}/${name}`, `${text}\n`);
    names.push(name);
  }
  const checksums = new Map<string, string>();
  for (const name of names) {
    checksums.set(name, await hashFile(`${to}/${name}`));
  }
  await Deno.writeTextFile(`${to}/SHA256SUMS`, formatChecksums(checksums));
}

if (import.meta.main) {
  const [tag = "", from = "", to = ""] = Deno.args;
  try {
    checkTag(tag, denoConfig.version);
    await collectFiles(from, to);
  } catch (error) {
    console.error(`release: ${(error as Error).message}`);
    Deno.exit(1);
  }
}
