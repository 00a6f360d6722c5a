import {
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "jsr:@std/assert@1";
import denoConfig from "../../deno.json" with { type: "json" };
import { SHELLS } from "../../program/config/options.ts";
import { formatCompletions } from "../../program/completions.ts";
import { hashFile } from "../../scripts/compile.ts";
import { formatChecksums, nameBinary } from "../../scripts/compile_plan.ts";
import { type Target, TARGETS } from "../../scripts/compile_plan.ts";
import { collectFiles } from "../../scripts/release_files.ts";
import { ROOT } from "./program.ts";

/** What the base's tag means today. */
const DIGEST = `sha256:${"0".repeat(64)}`;

/** What CI's jobs made: a folder for each target. */
class Artifacts implements AsyncDisposable {
  readonly path: string = Deno.makeTempDirSync();
  readonly release: string = `${this.path}/release`;

  async make(target: Target): Promise<void> {
    const name = nameBinary(denoConfig.version, target);
    const folder = `${this.path}/first-${target}`;
    await Deno.mkdir(folder);
    await Deno.writeTextFile(`${folder}/${name}`, target);
    const checksum = await hashFile(`${folder}/${name}`);
    await Deno.writeTextFile(
      `${folder}/SHA256SUMS`,
      formatChecksums(new Map([[name, checksum]])),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

Deno.test("collectFiles() puts binaries, manual page and completions together, with their checksums", async () => {
  await using artifacts = new Artifacts();
  for (const target of TARGETS) await artifacts.make(target);
  const { path, release } = artifacts;
  await collectFiles(path, release, DIGEST);
  const names = [...Deno.readDirSync(release)].map(({ name }) => name);
  const expected = [
    ...TARGETS.map((target) => nameBinary(denoConfig.version, target)),
    "Dockerfile",
    "chi-server.1",
    "chi-server.bash",
    "_chi-server",
    "chi-server.fish",
    "chi-server.ps1",
  ];
  assertEquals(names.sort(), [...expected, "SHA256SUMS"].sort());
  const sums = new Map<string, string>();
  for (const name of expected) {
    sums.set(name, await hashFile(`${release}/${name}`));
  }
  assertEquals(
    await Deno.readTextFile(`${release}/SHA256SUMS`),
    formatChecksums(sums),
  );
  const texts = SHELLS.map((shell) => `${formatCompletions(shell)}\n`);
  for (const [index, name] of expected.slice(-SHELLS.length).entries()) {
    assertEquals(await Deno.readTextFile(`${release}/${name}`), texts[index]);
  }
  assertStringIncludes(
    await Deno.readTextFile(`${release}/Dockerfile`),
    `:nonroot@${DIGEST}\n`,
  );
  assertEquals(
    await Deno.readTextFile(`${release}/chi-server.1`),
    await Deno.readTextFile(new URL("docs/chi-server.1", ROOT)),
  );
});

Deno.test("collectFiles() refuses what is missing, and what its checksum is not of", async () => {
  await using artifacts = new Artifacts();
  const [last, ...rest] = TARGETS.toReversed();
  for (const target of rest) await artifacts.make(target);
  const { path, release } = artifacts;
  await assertRejects(
    () => collectFiles(path, release, DIGEST),
    Deno.errors.NotFound,
  );
  if (last === undefined) throw new Error("There are no targets");
  await artifacts.make(last);
  const name = nameBinary(denoConfig.version, last);
  await Deno.writeTextFile(`${path}/first-${last}/${name}`, "changed");
  await assertRejects(
    () => collectFiles(path, release, DIGEST),
    Error,
    `${name} is not what its SHA256SUMS says`,
  );
});
