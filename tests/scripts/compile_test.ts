/**
 * The parts of compiling that need none: targets, names,
 * arguments, failures and checksums.
 *
 * @module
 */

import {
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "jsr:@std/assert@1";
import denoConfig from "../../deno.json" with { type: "json" };
import {
  chooseTargets,
  createCompileArgs,
  explainFailure,
  formatChecksums,
  listVariables,
  nameBinary,
  TARGETS,
  UsageError,
  V8_FLAGS,
} from "../../scripts/compile_plan.ts";

const LINUX = "x86_64-unknown-linux-gnu";
const MAC = "aarch64-apple-darwin";

/** Asserts that a choice is refused by these words, in one line. */
function assertRefused(
  names: readonly string[],
  hasRuntime: boolean,
  words: string,
): void {
  const error = assertThrows(
    () => chooseTargets(names, hasRuntime),
    UsageError,
    words,
  );
  assertEquals(error.message.includes("\n"), false);
}

Deno.test("chooseTargets() takes all targets where none is named", () => {
  assertEquals(chooseTargets([]), [
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "x86_64-apple-darwin",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
  ]);
});

Deno.test("chooseTargets() takes the named targets in order, each once", () => {
  assertEquals(chooseTargets([MAC, LINUX, MAC]), [MAC, LINUX]);
});

Deno.test("chooseTargets() refuses an unknown target and names those there are", () => {
  assertRefused(
    [LINUX, "amiga"],
    false,
    `There is no target "amiga": choose from ${TARGETS.join(", ")}`,
  );
  assertRefused(["--help"], false, 'There is no target "--help"');
  assertRefused([""], false, 'There is no target ""');
});

Deno.test("chooseTargets() takes one target with a runtime, by default this machine's", () => {
  assertEquals(chooseTargets([], true), [Deno.build.target]);
  assertEquals(chooseTargets([MAC, MAC], true), [MAC]);
  assertRefused([LINUX, MAC], true, "a runtime is for one target");
});

Deno.test("nameBinary() names version and target, and .exe on Windows alone", () => {
  assertEquals(TARGETS.map((target) => nameBinary("1.2.3", target)), [
    "chi-server-1.2.3-x86_64-unknown-linux-gnu",
    "chi-server-1.2.3-aarch64-unknown-linux-gnu",
    "chi-server-1.2.3-x86_64-apple-darwin",
    "chi-server-1.2.3-aarch64-apple-darwin",
    "chi-server-1.2.3-x86_64-pc-windows-msvc.exe",
  ]);
});

Deno.test("listVariables() lists the options' variables and no other", () => {
  const variables = listVariables();
  assertEquals(
    variables.filter((name) => !/^CHI_[A-Z]+(_[A-Z]+)*$/.test(name)),
    [],
  );
  assertEquals(variables.includes("CHI_HTTP_PORT"), true);
  assertEquals(variables.includes("CHI_HELP"), false);
  assertEquals(variables.includes("CHI_VERSION"), false);
});

Deno.test("createCompileArgs() bakes in net, reading, interfaces and the variables, and nothing else", () => {
  const args = createCompileArgs(MAC, "dist/chi");
  assertEquals(args[0], "compile");
  assertEquals(args.filter((arg) => arg.startsWith("--allow")), [
    "--allow-net",
    "--allow-read",
    "--allow-write",
    "--allow-sys=networkInterfaces",
    `--allow-env=${listVariables().join(",")}`,
  ]);
  assertEquals(args.includes("--no-prompt"), true);
  assertEquals(args.includes(`--v8-flags=${V8_FLAGS}`), true);
  assertStringIncludes(
    denoConfig.tasks.start.command,
    ` --v8-flags=${V8_FLAGS} `,
  );
  assertEquals(
    denoConfig.tasks["chi-server"].command,
    denoConfig.tasks.start.command,
  );
  assertEquals(args.includes("--target=aarch64-apple-darwin"), true);
  assertEquals(args.includes("--output=dist/chi"), true);
  assertEquals(
    args.filter((arg) => /^-[A-Za-z]/.test(arg) || arg === "--allow-all"),
    [],
  );
});

Deno.test("explainFailure() tells in one line that a runtime cannot be had", () => {
  // As Deno 2.9.6 wrote it where there is no network.
  const url = `https://dl.deno.land/release/v2.9.6/denort-${MAC}.zip`;
  const stderr = [
    `Download ${url}`,
    "error: Writing deno compile executable to temporary file 'chi.tmp-ecdb'",
    "",
    "Caused by:",
    "    0: Setting up base binary.",
    `    1: error sending request for url (${url}): client error (Connect)`,
    "    2: client error (Connect)",
    "",
    "Stack backtrace:",
    "   0: <unknown>",
  ];
  const expected = `${MAC}: its runtime cannot be had: ` +
    `error sending request for url (${url}): client error (Connect); ` +
    `DENORT_BIN can name a denort file of Deno ${Deno.version.deno}`;
  assertEquals(explainFailure(MAC, stderr.join("\n")), expected);
  assertEquals(explainFailure(MAC, stderr.join("\r\n")), expected);
});

Deno.test("explainFailure() gives any other message whole, less the stack trace", () => {
  assertEquals(
    explainFailure(
      LINUX,
      "TS2304 [ERROR]: Cannot find name 'x'.\n    at main.ts:1:1\n\n" +
        "error: Type checking failed.\n\nStack backtrace:\n   0: <unknown>\n",
    ),
    `${LINUX}: deno compile failed:\nTS2304 [ERROR]: Cannot find name 'x'.\n` +
      "    at main.ts:1:1\n\nerror: Type checking failed.",
  );
});

Deno.test("formatChecksums() sorts by name, two spaces between", () => {
  assertEquals(
    formatChecksums(
      new Map([["chi-b", "00ff"], ["chi-a.exe", "ff00"], ["chi-a", "0f0f"]]),
    ),
    "0f0f  chi-a\nff00  chi-a.exe\n00ff  chi-b\n",
  );
});

Deno.test("deno.json holds a version that a file's name can carry", () => {
  assertEquals(/^\d+\.\d+\.\d+(-[0-9a-z.]+)?$/.test(denoConfig.version), true);
});
