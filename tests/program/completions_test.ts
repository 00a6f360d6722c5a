import {
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "jsr:@std/assert@1";
import {
  type Option,
  OPTIONS,
  type Shell,
  SHELLS,
  SUBCOMMANDS,
} from "../../program/config/options.ts";
import {
  describeShortly,
  formatCompletions,
  listCandidates,
  listSpellings,
  SERVE_OPTIONS,
  takesValue,
} from "../../program/completions.ts";
import { announceMissing, findExecutable, SYSTEM } from "../executables.ts";
import { runProgram } from "./program.ts";

const getOption = (flag: string): Option => {
  const option = OPTIONS.find((option) => option.flag === flag);
  if (option === undefined) throw new Error(`There is no --${flag}`);
  return option;
};

/**
 * Runs a script in a shell, and gives the lines that it prints.
 *
 * @param shell The shell and its flags up to the script, which is `$0`; behind
 * that in bash and zsh a name for it, and then come the arguments.
 */
async function runShell(
  shell: string,
  script: string,
  args: readonly string[] = [],
  cwd?: string,
): Promise<string[]> {
  const { code, stdout, stderr } = await runProgram(
    ["-c", `exec ${shell} "$@"`, script, ...args],
    { executable: "sh", run: [], ...(cwd === undefined ? {} : { cwd }) },
  );
  assertEquals([code, stderr], [0, ""]);
  return stdout.split("\n").filter((line) => line !== "");
}

Deno.test("listCandidates() gives choices, files, or nothing", () => {
  assertEquals(listCandidates(getOption("log")), ["text", "json", "off"]);
  assertEquals(listCandidates(getOption("tls-key")), "files");
  assertEquals(listCandidates(getOption("http-port")), []);
  assertEquals(listCandidates(getOption("discover")), []);
  assertEquals(listCandidates({ operand: SHELLS.join("|") }), [...SHELLS]);
});

Deno.test("candidates of completions are what the table of options has", () => {
  assertEquals(listSpellings(getOption("http-port")), ["-w", "--http-port"]);
  assertEquals(listSpellings(getOption("rig")), ["--rig"]);
  assertEquals(takesValue(getOption("rig")), true);
  assertEquals(takesValue(getOption("demo")), false);
  assertEquals(takesValue(getOption("discover")), false);
  assertEquals(describeShortly({ help: "One; two" }), "One");
  assertEquals(describeShortly({ help: "one: two." }), "one: two");
  const flags = SERVE_OPTIONS.map(({ flag }) => flag);
  assertEquals([flags.includes("log"), flags.includes("json")], [true, false]);
});

for (const shell of SHELLS) {
  Deno.test(`formatCompletions() names every flag, choice and sub-command for ${shell}`, () => {
    const script = formatCompletions(shell);
    // fish writes a long flag without its dashes.
    const prefix = shell === "fish" ? "-l " : "--";
    const words = [
      ...OPTIONS.map(({ flag }) => prefix + flag),
      ...SUBCOMMANDS.map(({ name }) => name),
      ...SHELLS,
      ...listCandidates(getOption("log")),
    ];
    assertEquals(words.filter((word) => !script.includes(word)), []);
    assertMatch(
      script.split("\n").slice(0, 2).join("\n"),
      /^# Completions of chi-server for /m,
    );
  });
}

/** What a shell offers for words of which the last one is being typed. */
type Complete = (
  words: readonly string[],
  cwd?: string,
) => Promise<readonly string[]>;

const SUBCOMMAND_NAMES = SUBCOMMANDS.map(({ name }) => name);

/** What bash and fish have to offer. */
async function assertCompletes(complete: Complete): Promise<void> {
  const cases: [words: string[], offered: string[]][] = [
    [["--lo"], ["--log"]],
    [["--log", ""], ["text", "json", "off"]],
    [["--log", "t"], ["text"]],
    [["-w", ""], []],
    [["-w", "8081", "--htt"], ["--http-port", "--http-host", "--http-errors"]],
    [["--http-host", "localhost", "--dem"], ["--demo"]],
    [["scan", "--"], ["--api-port", "--timeout", "--json", "--help"]],
    [["completions", "z"], ["zsh"]],
    [["health", "--tls"], ["--tls-cert"]],
    [["dis"], ["discover"]],
    [["--nosuch"], []],
  ];
  for (const [words, offered] of cases) {
    const found = await complete(words);
    assertEquals([words, [...found].sort()], [words, offered.toSorted()]);
  }
  const words = await complete([""]);
  assertEquals(SUBCOMMAND_NAMES.filter((name) => !words.includes(name)), []);
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/farm one.json`, "{}");
    assertEquals(await complete(["--config", "fa"], folder), ["farm one.json"]);
    assertEquals(await complete(["--log", "fa"], folder), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const isWindows = Deno.build.os === "windows";
announceMissing(
  isWindows ? { missing: "need sh", isFailure: false } : {},
  "completions: those of bash",
);

const completeInBash: Complete = (words, cwd) => {
  const script = `${formatCompletions("bash")}
COMP_WORDS=(chi-server "$@")
COMP_CWORD=$#
_chi_server
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return runShell('bash --noprofile --norc -c "$0" bash', script, words, cwd);
};

Deno.test({
  name: "bash completes options, values, files and sub-commands",
  ignore: isWindows,
  async fn() {
    await assertCompletes(completeInBash);
    // There "=" is a word.
    assertEquals(await completeInBash(["--log", "="]), ["text", "json", "off"]);
    assertEquals(await completeInBash(["--log", "=", "o"]), ["off"]);
    assertEquals(
      await completeInBash(["--log", "=", "off", "--tim"]),
      ["--timeout"],
    );
    // So is ":", and of a value that nobody knows nothing is offered.
    for (
      const words of [
        ["--rig", "garage", "=", ""],
        ["--rig", "garage", "="],
        ["--rig", "=", "garage", "="],
        ["--rig", "garage", "=", "10.0.0.7", ":", "40"],
        ["--rig=garage="],
        ["--allow", "W", ":", ""],
        ["health", "http", "://"],
        ["--discover", "="],
      ]
    ) {
      assertEquals([words, await completeInBash(words)], [words, []]);
    }
    // What is no sub-command, although it is called like one.
    assertEquals(
      await completeInBash(["--rig", "=", "scan", "=", "h", "--tim"]),
      ["--timeout"],
    );
    assertEquals(
      await completeInBash(["--rig", "=", "scan", "=", "h", "--htt"]),
      ["--http-port", "--http-host", "--http-errors"],
    );
  },
});

/** The way to a shell, if it is here. It need not be, not even in CI. */
function findShell(shell: Shell): string | undefined {
  const finding = findExecutable(SYSTEM, `${shell.toUpperCase()}_BIN`, [
    shell,
  ], `need ${shell}`);
  if ("path" in finding) return finding.path;
  announceMissing(
    { ...finding, isFailure: false },
    `completions: those of ${shell}`,
  );
  return undefined;
}

const fish = findShell("fish");

Deno.test({
  name: "fish completes options, values, files and sub-commands",
  ignore: fish === undefined,
  async fn() {
    const script = `${formatCompletions("fish")}
complete -C "chi-server $argv"`;
    const complete: Complete = async (words, cwd) => {
      const lines = await runShell(
        `${fish} --no-config -c "$0" --`,
        script,
        [words.join(" ")],
        cwd,
      );
      // Behind each stands what it is.
      return lines.map((line) => line.split("\t", 1)[0] ?? "");
    };
    await assertCompletes(complete);
    assertEquals(await complete(["--log=t"]), ["--log=text"]);
  },
});

const zsh = findShell("zsh");

Deno.test({
  name: "zsh takes the script, and finds options, values and files in it",
  ignore: zsh === undefined,
  async fn() {
    const lines = await runShell(
      `${zsh} -f -c "$0"`,
      `autoload -U compinit
compinit -D -u
${formatCompletions("zsh")}
print $_comps[chi-server]
_arguments() { print -rl -- "$@" }
_chi-server
state=argument line=(scan)
_arguments() { if [[ $1 == -C ]]; then state=argument line=(scan); else print -rl -- scan "$@"; fi }
_chi-server`,
    );
    assertEquals(lines[0], "_chi-server");
    const scan = lines.indexOf("scan");
    for (
      const spec of [
        "(-w --http-port)-w+[Serve HTTP on this port]:PORT: ",
        "(-w --http-port)--http-port=[Serve HTTP on this port]:PORT: ",
        "--log=[How requests are logged on stdout]:text|json|off:(text json off)",
        "--tls-key=[Its private key (PEM)]:FILE:_files",
        "--discover[Find rigs by cgminer's multicast, and again every minute]",
        "--demo=[Start N simulated rigs in this process and serve them]::N: ",
      ]
    ) {
      assertEquals([spec, lines.slice(0, scan).includes(spec)], [spec, true]);
    }
    assertStringIncludes(lines.join("\n"), "NAME=HOST\\[\\:PORT\\]: ");
    assertEquals(lines.slice(scan + 1).at(-1), "*:RANGE: ");
  },
});

Deno.test("main.ts writes completions, and refuses a shell that it does not know", async () => {
  for (const shell of SHELLS) {
    const { code, stdout, stderr } = await runProgram(["completions", shell]);
    assertEquals([code, stdout, stderr], [0, formatCompletions(shell), ""]);
  }
  for (const args of [["completions"], ["completions", "tcsh"]]) {
    const { code, stdout, stderr } = await runProgram(args);
    assertEquals([code, stdout], [2, ""]);
    assertMatch(
      stderr,
      /^chi-server: completions: [^\n]+ give bash, [^\n]+\n$/,
    );
  }
});
