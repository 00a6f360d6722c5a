import { assertEquals, assertMatch, assertThrows } from "jsr:@std/assert@1";
import { parse } from "npm:yaml@2";
import ci from "../../.github/workflows/ci.yml" with { type: "text" };
import release from "../../.github/workflows/release.yml" with { type: "text" };
import denoConfig from "../../deno.json" with { type: "json" };
import { TARGETS } from "../../scripts/compile_plan.ts";
import { toPublishConfig } from "../../scripts/publish.ts";
import { checkTag } from "../../scripts/release_files.ts";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: {
    readonly matrix: {
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

Deno.test("release.yml makes every target, each once", () => {
  const targets = jobs["binary"]?.strategy?.matrix.include
    ?.map(({ target }) => target);
  assertEquals(targets?.toSorted(), [...TARGETS].sort());
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

Deno.test("workflows name a version of each action, and keep no credentials", () => {
  for (const { where, uses, with: inputs } of STEPS) {
    if (uses === undefined) continue;
    assertMatch(`${where} ${uses}`, / actions\/[a-z-]+@v\d+$/);
    if (!uses.startsWith("actions/checkout@")) continue;
    assertEquals([where, inputs?.["persist-credentials"]], [where, false]);
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

Deno.test("release.yml publishes from a tag alone, after all else went well", () => {
  const { publish, jsr } = jobs;
  assertMatch(
    publish?.if ?? "",
    /^startsWith\(github\.ref, 'refs\/tags\/v'\)$/,
  );
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
