/**
 * Puts together what is attached to a release: the binaries that CI's jobs made,
 * the manual page, the completions, the Dockerfile with its base named by digest,
 * and one list of checksums.
 *
 * ```sh
 * deno task release-files v0.1.0 artifacts release sha256:<digest of the base>
 * ```
 *
 * reads `artifacts/first-<target>/`, each a `dist` folder with one binary, and writes
 * `release/`. Exit status: 0, all is there; 1, something is missing or wrong, and
 * a line says what.
 *
 * @module
 */

import denoConfig from "../deno.json" with { type: "json" };
import dockerfile from "../deploy/docker/Dockerfile" with { type: "text" };
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
 * Names the base of a Dockerfile by its digest. Attack: a tag of somebody else's
 * registry, which may be another image tomorrow.
 *
 * @param dockerfile The file, with one `FROM` that has a tag and no digest.
 * @param digest What the tag means today: `sha256:` and 64 digits of base 16.
 * @returns The file with `FROM <image>:<tag>@<digest>`.
 * @throws {Error} If either is not as said.
 */
export function pinBaseImage(dockerfile: string, digest: string): string {
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new Error(`"${digest}" is no digest of an image: sha256:<64 digits>`);
  }
  const bases = dockerfile.match(/^FROM [^\s@:]+:[^\s@:]+$/gm) ?? [];
  if (bases.length !== 1) {
    throw new Error("the Dockerfile has to have one FROM, with a tag alone");
  }
  return dockerfile.replace(bases[0] as string, (base) => `${base}@${digest}`);
}

/**
 * Puts the files together.
 *
 * @param from A folder with a folder `first-<target>` for each target.
 * @param to The folder to write, which is made.
 * @param digest What the tag of the Dockerfile's base means today.
 * @throws {Error} If a binary is missing, or is not what its checksum says; and
 * as `pinBaseImage` does.
 */
export async function collectFiles(
  from: string,
  to: string,
  digest: string,
): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  const names: string[] = [];
  for (const target of TARGETS) {
    const name = nameBinary(denoConfig.version, target);
    const folder = `${from}/first-${target}`;
    const made = `${folder}/${name}`;
    const sums = await Deno.readTextFile(`${folder}/SHA256SUMS`);
    if (sums !== formatChecksums(new Map([[name, await hashFile(made)]]))) {
      throw new Error(`${made} is not what its SHA256SUMS says`);
    }
    await Deno.copyFile(made, `${to}/${name}`);
    names.push(name);
  }
  const texts = new Map<string, string>(
    SHELLS.map((
      shell,
    ) => [COMPLETION_FILES[shell], `${formatCompletions(shell)}\n`]),
  ).set("chi-server.1", `${formatManPage(denoConfig.version)}\n`)
    .set("Dockerfile", pinBaseImage(dockerfile, digest));
  for (const [name, text] of texts) {
    await Deno.writeTextFile(`${to}/${name}`, text);
    names.push(name);
  }
  const checksums = new Map<string, string>();
  for (const name of names) {
    checksums.set(name, await hashFile(`${to}/${name}`));
  }
  await Deno.writeTextFile(`${to}/SHA256SUMS`, formatChecksums(checksums));
}

if (import.meta.main) {
  const [tag = "", from = "", to = "", digest = ""] = Deno.args;
  try {
    checkTag(tag, denoConfig.version);
    await collectFiles(from, to, digest);
  } catch (error) {
    console.error(`release: ${(error as Error).message}`);
    Deno.exit(1);
  }
}
