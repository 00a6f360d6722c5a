import {
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "jsr:@std/assert@1";
import { parse } from "npm:yaml@2";
import ci from "../../.github/workflows/ci.yml" with { type: "text" };
import release from "../../.github/workflows/release.yml" with { type: "text" };
import dockerfile from "../../deploy/docker/Dockerfile" with { type: "text" };
import denoConfig from "../../deno.json" with { type: "json" };
import { TARGETS } from "../../scripts/compile_plan.ts";
import { toPublishConfig } from "../../scripts/publish.ts";
import { checkTag, pinBaseImage } from "../../scripts/release_files.ts";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: {
    readonly matrix: {
      readonly target?: readonly string[];
      readonly place?: readonly string[];
      readonly include?: readonly { readonly target: string }[];
    };
  };
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const WORKFLOWS: Readonly<Record<string, Workflow>> = {
  "ci.yml": parse(ci),
  "release.yml": parse(release),
};

const { jobs } = parse(release) as Workflow;

/** Every step of every workflow, with where it stands. */
const STEPS = Object.entries(WORKFLOWS).flatMap(([file, { jobs }]) =>
  Object.entries(jobs).flatMap(([job, { steps }]) =>
    steps.map((step, index) => ({
      where: `${file}: ${job}[${index}]`,
      ...step,
    }))
  )
);

Deno.test("release.yml makes every target on two machines of its system", () => {
  const { target, place, include } = jobs["binary"]?.strategy?.matrix ?? {};
  assertEquals(target?.toSorted(), [...TARGETS].sort());
  assertEquals(place, ["first", "second"]);
  // Which system: one row a target, for both machines.
  assertEquals(include?.map(({ target }) => target), target);
});

Deno.test("release.yml compares what the two machines made, for all targets", {
  ignore: Deno.build.os === "windows",
}, async () => {
  const script = jobs["reproducible"]?.steps.at(-1)?.run ?? "";
  const folder = await Deno.makeTempDir();
  const write = (place: string, target: string, sums: string) => {
    Deno.mkdirSync(`${folder}/made/${place}-${target}`, { recursive: true });
    Deno.writeTextFileSync(
      `${folder}/made/${place}-${target}/SHA256SUMS`,
      sums,
    );
  };
  const compare = async () => {
    // As the runner has it.
    const args = ["-e", "-c", script];
    const options = { args, cwd: folder, stdout: "null", stderr: "null" };
    return (await new Deno.Command("sh", options as Deno.CommandOptions)
      .output()).success;
  };
  assertEquals(await compare(), false);
  for (const target of TARGETS) {
    write("first", target, "the same");
    write("second", target, "the same");
  }
  assertEquals(await compare(), true);
  for (const target of TARGETS) {
    write("second", target, "another");
    assertEquals(await compare(), false, target);
    write("second", target, "the same");
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("workflows run tasks that there are, by one version of Deno", () => {
  const tasks = Object.keys(denoConfig.tasks);
  const calls = STEPS.flatMap(({ where, run = "" }) =>
    [...run.matchAll(/deno@(\S+) task (\S+)/g)]
      .map(([, version, task = ""]) => ({ where, version, task }))
  );
  assertEquals(calls.filter(({ task }) => !tasks.includes(task)), []);
  assertEquals(new Set(calls.map(({ version }) => version)).size, 1);
  const called = new Set(calls.map(({ task }) => task));
  for (const task of ["ok", "compile", "smoke", "release-files", "publish"]) {
    assertEquals([task, called.has(task)], [task, true]);
  }
});

Deno.test("workflows name a commit of each action, and keep no credentials", () => {
  for (const { where, uses, with: inputs } of STEPS) {
    if (uses === undefined) continue;
    // A tag may mean another commit tomorrow.
    assertMatch(`${where} ${uses}`, / actions\/[a-z-]+@[0-9a-f]{40}$/);
    if (!uses.startsWith("actions/checkout@")) continue;
    assertEquals([where, inputs?.["persist-credentials"]], [where, false]);
  }
});

Deno.test("workflows say beside each commit which version it is, the same everywhere", () => {
  const versions = new Map<string, string>();
  for (
    const [, action = "", said = ""] of (ci + release).matchAll(
      /uses: (\S+)(.*)$/gm,
    )
  ) {
    assertMatch(`${action}${said}`, /@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    const [name = ""] = action.split("@");
    const one = versions.get(name) ?? action + said;
    assertEquals(action + said, one);
    versions.set(name, one);
  }
  assertEquals(versions.size, 5);
});

Deno.test("release.yml asks for the digest of the image that the Dockerfile names", () => {
  const [, image = ""] = /^FROM (\S+)$/m.exec(dockerfile) ?? [];
  const steps = STEPS.filter(({ run = "" }) => run.includes("release-files"));
  assertEquals(steps.length, 1);
  assertStringIncludes(
    steps[0]?.run ?? "",
    `imagetools inspect ${image} --format`,
  );
});

Deno.test("pinBaseImage() takes a digest and nothing else", () => {
  const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
  assertEquals(
    pinBaseImage(dockerfile, digest),
    dockerfile.replace(/^FROM \S+/m, `$&@${digest}`),
  );
  for (const wrong of ["", "sha256:", digest + "0", digest.toUpperCase()]) {
    assertThrows(() => pinBaseImage(dockerfile, wrong), Error, "no digest");
  }
  for (const file of ["", "FROM a\n", "FROM a:1\nFROM b:1\n"]) {
    assertThrows(() => pinBaseImage(file, digest), Error, "one FROM");
  }
});

Deno.test("workflows may read, and only what publishes may write", () => {
  for (const { permissions } of Object.values(WORKFLOWS)) {
    assertEquals(permissions, { contents: "read" });
  }
  const rights = Object.entries(jobs)
    .flatMap(([name, { permissions }]) =>
      permissions ? [[name, permissions]] : []
    );
  assertEquals(Object.fromEntries(rights), {
    publish: { contents: "write", "id-token": "write", attestations: "write" },
    jsr: { contents: "read", "id-token": "write" },
  });
});

Deno.test("release.yml publishes from a pushed tag only, after all else went well, if somebody lets it", () => {
  const { publish, jsr } = jobs;
  // Started by hand from a tag, it is another event.
  assertEquals(
    publish?.if,
    "github.event_name == 'push' && startsWith(github.ref, 'refs/tags/v')",
  );
  assertEquals([publish?.environment, jsr?.environment], [
    "release",
    "release",
  ]);
  assertEquals(publish?.needs, ["ok", "binary", "reproducible"]);
  assertEquals(jsr?.needs, "publish");
  const needed = new Set(
    Object.values(jobs).flatMap(({ needs = [] }) => needs),
  );
  assertEquals([...needed].filter((name) => !(name in jobs)), []);
});

Deno.test("checkTag() takes the tag of the version and no other", () => {
  checkTag("v1.2.3", "1.2.3");
  for (const tag of ["", "1.2.3", "v1.2.4", "v1.2.3-rc.1", "main"]) {
    assertThrows(() => checkTag(tag, "1.2.3"), Error, "it has to be v1.2.3");
  }
});

Deno.test("toPublishConfig() leaves out the import map, and keeps what a package is", () => {
  const config = toPublishConfig(denoConfig);
  assertEquals(Object.keys(config).sort(), [
    "compilerOptions",
    "exports",
    "license",
    "name",
    "unstable",
    "version",
  ]);
  assertEquals(config["exports"], { ".": "./mod.ts", "./main": "./main.ts" });
  assertEquals(JSON.stringify(config).includes("deno-std"), false);
});
