/** docs/deploy.md names files that are there, and options that are options. */
import { assert, assertEquals, assertStringIncludes } from "jsr:@std/assert@1";
import {
  OPTIONS,
  SUBCOMMANDS,
  toVariable,
} from "../../program/config/options.ts";
import { nameBinary } from "../../scripts/compile_plan.ts";
import { TARGETS } from "../../scripts/compile_plan.ts";
import {
  findCommandLines,
  isShipped,
  readArguments,
  readShipped,
} from "./shipped_files.ts";

const PAGE = readShipped("docs/deploy.md");

/** Options of other programs, which the page names as well. */
const FOREIGN_FLAGS = [
  ..."--system --no-create-home --shell --now --build-arg --format".split(" "),
  ..."--build --name --read-only --cap-drop --adapter".split(" "),
];

Deno.test("docs/deploy.md names files that are there", () => {
  const paths = PAGE.match(/\bdeploy\/[\w./-]*\w/g) ?? [];
  for (const path of new Set(paths)) {
    // Of `deploy/windows` it is a file that the page names without its folder.
    if (path !== "deploy.md") assert(isShipped(path), path);
  }
  for (
    const folder of Deno.readDirSync(new URL("../../deploy", import.meta.url))
  ) {
    assertStringIncludes(PAGE, `deploy/${folder.name}`);
  }
});

Deno.test("docs/deploy.md names options and variables that there are", () => {
  const flags = new Set(PAGE.match(/(?<![\w-])--[a-z][a-z-]+/g));
  for (const flag of flags) {
    const isOwn = OPTIONS.some((option) => `--${option.flag}` === flag);
    assert(isOwn || FOREIGN_FLAGS.includes(flag), flag);
  }
  for (const variable of new Set(PAGE.match(/\bCHI_[A-Z_]+/g))) {
    const isOption = OPTIONS.some((option) => toVariable(option) === variable);
    assert(isOption || variable === "CHI_TARGET", variable);
  }
});

Deno.test("docs/deploy.md starts chi-server with arguments that it takes", () => {
  const lines = findCommandLines(PAGE);
  assert(lines.length >= 3);
  for (const [first = "", ...rest] of lines) {
    const isSubcommand = SUBCOMMANDS.some(({ name }) => name === first);
    // What stands behind it in the shell is not chi-server's.
    const args = isSubcommand ? [first] : [first, ...rest];
    const { action } = readArguments(args);
    assertEquals(action, isSubcommand ? first : "serve", args.join(" "));
  }
  const [, file] = /```json\n(.*?)```/s.exec(PAGE) ?? [];
  const { rigs } = readArguments(["--config=config.json"], {
    file: file ?? "",
  });
  assertEquals(rigs.length, 32);
});

Deno.test("docs/deploy.md names the binaries of whatever version", () => {
  const names = PAGE.match(/\bchi-server-\*-[\w.-]*\w/g) ?? [];
  const binaries = TARGETS.map((target) => nameBinary("*", target));
  assert(names.length >= 4);
  for (const name of names) assert(binaries.includes(name), name);
});

Deno.test("findCommandLines() finds command lines in comments and text", () => {
  const text =
    "# chi-server --demo\n  $ chi-server -w 1 \\\n  --log 'off' # x\n" +
    "See chi-server --nope\nchi-server is\n";
  assertEquals(findCommandLines(text), [["--demo"], [
    "-w",
    "1",
    "--log",
    "off",
  ]]);
});
