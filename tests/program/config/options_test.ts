import { assertEquals } from "jsr:@std/assert@1";
import {
  describeOption,
  listFileOptions,
  listUsage,
  OPTIONS,
  SUBCOMMANDS,
} from "../../../program/config/options.ts";

Deno.test("OPTIONS has each flag and each short flag once", () => {
  const flags = OPTIONS.map(({ flag }) => flag);
  const shorts = OPTIONS.flatMap(({ short }) => short ?? []);
  assertEquals(new Set(flags).size, flags.length);
  assertEquals(new Set(shorts).size, shorts.length);
  assertEquals(shorts.filter((short) => !/^[A-Za-z]$/.test(short)), []);
});

Deno.test("OPTIONS writes help as one clause that a default can follow", () => {
  for (const { flag, help } of OPTIONS) {
    assertEquals([flag, /^[A-Z].*[^.\s]$/.test(help)], [flag, true]);
  }
});

Deno.test("SUBCOMMANDS takes options that there are, and none of its own", () => {
  const flags = OPTIONS.map(({ flag }) => flag);
  for (const { name, flags: own, help } of SUBCOMMANDS) {
    assertEquals([name, own.filter((flag) => !flags.includes(flag))], [
      name,
      [],
    ]);
    assertEquals([name, /^[a-z].*[^\s]$/.test(help)], [name, true]);
  }
});

Deno.test("listUsage() writes a sub-command's words in the order of its flags", () => {
  const usage = new Map(
    SUBCOMMANDS.map((subcommand) => [subcommand.name, listUsage(subcommand)]),
  );
  assertEquals(usage.get("scan"), [
    "scan",
    "RANGE...",
    "[-p PORT]",
    "[--json]",
    "[--timeout SECONDS]",
  ]);
  assertEquals(usage.get("man"), ["man"]);
});

Deno.test("describeOption() adds that an option may be repeated, and its default", () => {
  const option = { flag: "x", help: "Help" };
  assertEquals(describeOption(option), "Help");
  assertEquals(
    describeOption({ ...option, isRepeatable: true, defaultText: "7" }),
    "Help; may be given several times (default: 7)",
  );
});

Deno.test("listFileOptions() leaves out the file itself and what is typed alone", () => {
  const flags = listFileOptions().map(({ flag }) => flag);
  const left = OPTIONS.map(({ flag }) => flag)
    .filter((flag) => !flags.includes(flag));
  assertEquals(left, [
    ...["config", "json", "file", "tag", "from", "to", "step", "csv"],
    ...["actions", "test", "help", "version"],
  ]);
});
