/**
 * The parts of compiling that need none: targets, names,
 * arguments, failures, checksums, and the headers of runtimes.
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
  type Runtime,
  UsageError,
  V8_FLAGS,
} from "../../scripts/compile_plan.ts";
import {
  readRuntimeTarget,
  RUNTIME_HEADER_BYTES,
  type Target,
  TARGETS,
} from "../../scripts/denort.ts";

const LINUX = "x86_64-unknown-linux-gnu";
const MAC = "aarch64-apple-darwin";
const WINDOWS = "x86_64-pc-windows-msvc";

const LINUX_RUNTIME: Runtime = { path: "./denort", target: LINUX };

/** Asserts that a choice is refused by these words, in one line. */
function assertRefused(
  names: readonly string[],
  runtime: Runtime | undefined,
  words: string,
): void {
  const error = assertThrows(
    () => chooseTargets(names, runtime),
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
    undefined,
    `There is no target "amiga": choose from ${TARGETS.join(", ")}`,
  );
  assertRefused(["--help"], undefined, 'There is no target "--help"');
  assertRefused([""], undefined, 'There is no target ""');
});

Deno.test("chooseTargets() takes the runtime's target alone", () => {
  assertEquals(chooseTargets([], LINUX_RUNTIME), [LINUX]);
  assertEquals(chooseTargets([LINUX], LINUX_RUNTIME), [LINUX]);
});

Deno.test("chooseTargets() refuses a target that the runtime is not for", () => {
  for (const names of [[MAC], [LINUX, MAC], [MAC, LINUX]]) {
    assertRefused(
      names,
      LINUX_RUNTIME,
      `DENORT_BIN: "./denort" is a runtime for ${LINUX}, not for ${MAC}`,
    );
  }
});

Deno.test("chooseTargets() refuses a runtime that is for none of the targets", () => {
  for (const names of [[], [LINUX]]) {
    assertRefused(
      names,
      { path: "notes.txt", target: undefined },
      `DENORT_BIN: "notes.txt" is no runtime for any of ${TARGETS.join(", ")}`,
    );
  }
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
    "--allow-sys=networkInterfaces",
    `--allow-env=${listVariables().join(",")}`,
  ]);
  assertEquals(args.includes("--no-prompt"), true);
  assertEquals(args.includes(`--v8-flags=${V8_FLAGS}`), true);
  assertStringIncludes(
    denoConfig.tasks.start.command,
    ` --v8-flags=${V8_FLAGS} `,
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

/** A header of zeros with these bytes in it. */
function createHeader(
  parts: Readonly<Record<number, readonly number[]>>,
  length = 128,
): Uint8Array {
  const header = new Uint8Array(length);
  for (const [offset, bytes] of Object.entries(parts)) {
    header.set(bytes, Number(offset));
  }
  return header;
}

/** An ELF header: 64 bit, little-endian, version 1, an ABI, a machine. */
function createElfHeader(
  machine: readonly number[],
  { bits = 2, order = 1, abi = 0 } = {},
): Uint8Array {
  return createHeader({
    0: [0x7f, 0x45, 0x4c, 0x46, bits, order, 1, abi],
    16: [3, 0],
    18: machine,
  });
}

/** A DOS program, behind it a PE header at byte 0x50. */
function createPeHeader(machine: readonly number[]): Uint8Array {
  return createHeader({
    0: [0x4d, 0x5a],
    0x3c: [0x50, 0, 0, 0],
    0x50: [0x50, 0x45, 0, 0, ...machine],
  });
}

Deno.test("readRuntimeTarget() reads ELF, Mach-O and PE headers", () => {
  const headers: [Target, Uint8Array][] = [
    [LINUX, createElfHeader([62, 0])],
    [LINUX, createElfHeader([62, 0], { abi: 3 })],
    ["aarch64-unknown-linux-gnu", createElfHeader([183, 0])],
    [
      "x86_64-apple-darwin",
      createHeader({ 0: [0xcf, 0xfa, 0xed, 0xfe, 7, 0, 0, 1] }),
    ],
    [MAC, createHeader({ 0: [0xcf, 0xfa, 0xed, 0xfe, 12, 0, 0, 1] })],
    [WINDOWS, createPeHeader([0x64, 0x86])],
  ];
  for (const [target, header] of headers) {
    assertEquals(readRuntimeTarget(header), target);
  }
  assertEquals(new Set(headers.map(([target]) => target)).size, TARGETS.length);
});

Deno.test("readRuntimeTarget() reads a header that stands within a larger buffer", () => {
  const buffer = new Uint8Array(512);
  buffer.set(createPeHeader([0x64, 0x86]), 200);
  assertEquals(readRuntimeTarget(buffer.subarray(200, 328)), WINDOWS);
});

Deno.test("readRuntimeTarget() knows no other machine, width, byte order or system", () => {
  const headers = [
    createElfHeader([3, 0]), // i386
    createElfHeader([243, 0]), // RISC-V
    createElfHeader([62, 0], { bits: 1 }), // x32
    createElfHeader([0, 62], { order: 2 }), // big-endian
    createElfHeader([62, 0], { abi: 9 }), // FreeBSD
    createHeader({ 0: [0xcf, 0xfa, 0xed, 0xfe, 7, 0, 0, 0] }), // 32 bit
    createHeader({ 0: [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2] }), // universal
    createPeHeader([0x4c, 1]), // i386
    createPeHeader([0x64, 0xaa]), // ARM64
    createHeader({ 0: [0x50, 0x4b, 3, 4] }), // the zip a denort comes in
  ];
  for (const header of headers) {
    assertEquals(readRuntimeTarget(header), undefined);
  }
});

Deno.test("readRuntimeTarget() takes any cut of a header without failing", () => {
  for (
    const [header, least] of [
      [createElfHeader([62, 0]), 0x40],
      [createPeHeader([0x64, 0x86]), 0x56],
    ] as const
  ) {
    for (let length = 0; length <= header.length; length++) {
      assertEquals(
        readRuntimeTarget(header.subarray(0, length)) !== undefined,
        length >= least,
      );
    }
  }
});

Deno.test("readRuntimeTarget() refuses a PE header that lies beyond what was read", () => {
  const header = createHeader({
    0: [0x4d, 0x5a],
    0x3c: [0xff, 0xff, 0xff, 0xff],
  }, RUNTIME_HEADER_BYTES);
  assertEquals(readRuntimeTarget(header), undefined);
});
