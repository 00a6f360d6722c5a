import { assertEquals, assertMatch } from "jsr:@std/assert@1";
import denoConfig from "../../deno.json" with { type: "json" };
import {
  OPTIONS,
  SUBCOMMANDS,
  toVariable,
} from "../../program/config/options.ts";
import { formatManPage } from "../../program/man_page.ts";
import { announceMissing, findExecutable, SYSTEM } from "../executables.ts";
import { runProgram } from "./program.ts";

const page = formatManPage("1.2.3");

/** The page as it is read, without the commands of roff. */
const text = page.replace(/\\f[BIR]/g, "").replaceAll("\\-", "-")
  .replaceAll("\\ ", " ").replaceAll("\n", " ");

Deno.test("formatManPage() has every option, variable and sub-command", () => {
  for (const option of OPTIONS) {
    const { flag, short, help, isCommandLineOnly } = option;
    const names = short === undefined ? `--${flag}` : `-${short}, --${flag}`;
    const words = [
      `.TP ${names}`,
      help,
      ...(isCommandLineOnly ? [] : [`Variable: ${toVariable(option)}.`]),
    ];
    assertEquals([flag, words.filter((word) => !text.includes(word))], [
      flag,
      [],
    ]);
  }
  for (const { name } of SUBCOMMANDS) {
    assertEquals([name, text.includes(`.br chi-server ${name}`)], [name, true]);
  }
  assertMatch(
    page,
    /^\.TH CHI\\-SERVER 1 \d{4}-\d\d-\d\d "chi\\-server 1\.2\.3"/,
  );
});

Deno.test("formatManPage() starts a line with no command but its own", () => {
  const commands = page.split("\n").map((line) => /^['.]\S*/.exec(line)?.[0])
    .filter((command) => command !== undefined);
  assertEquals(
    new Set(commands),
    new Set([".TH", ".nh", ".ad", ".SH", ".br", ".PP", ".TP"]),
  );
  assertEquals(page.replace(/\\(?:[-&e ]|f[BIR])/g, "").includes("\\"), false);
});

/** What reads manual pages and says what is wrong with them. */
const READERS = {
  mandoc: "mandoc -T lint",
  groff: "groff -man -Tutf8 -ww -z",
} as const;

for (const [name, command] of Object.entries(READERS)) {
  const finding = findExecutable(
    SYSTEM,
    `${name.toUpperCase()}_BIN`,
    [name],
    `need ${name}`,
  );
  // It need not be here, not even in CI.
  announceMissing(
    "missing" in finding ? { ...finding, isFailure: false } : finding,
    `man page: that of ${name}`,
  );
  Deno.test({
    name: `${name} finds nothing wrong with the manual page`,
    ignore: "missing" in finding,
    async fn() {
      const { code, stdout, stderr } = await runProgram(
        ["-c", `printf '%s\\n' "$0" | ${command}`, page],
        { executable: "sh", run: [] },
      );
      assertEquals([code, stdout, stderr], [0, "", ""]);
    },
  });
}

Deno.test("main.ts writes its manual page", async () => {
  const { code, stdout, stderr } = await runProgram(["man"]);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(stdout, formatManPage(denoConfig.version));
});
