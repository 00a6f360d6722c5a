import { assertEquals } from "jsr:@std/assert@1";
import { COMMANDS, isReadCommand, splitCommand } from "../../rpc/commands.ts";

Deno.test("COMMANDS names every command once, and cgminer's 44 first", () => {
  const names = COMMANDS.map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
  assertEquals(names.slice(0, 44).at(-1), "zero");
});

Deno.test("splitCommand() splits at every plus", () => {
  assertEquals(splitCommand("summary+pools"), ["summary", "pools"]);
  assertEquals(splitCommand("+summary++"), ["summary"]);
  assertEquals(splitCommand("+"), []);
});

Deno.test("isReadCommand() knows group R by exact names, every part of them", () => {
  for (
    const command of [
      "summary",
      "asc",
      "summary+devs",
      "+summary",
      "summary+summary+",
      "get_version",
      "temps",
    ]
  ) {
    assertEquals([command, isReadCommand(command)], [command, true]);
  }
  for (
    const command of [
      "",
      "+",
      "quit",
      "summary+quit",
      "quit+summary",
      "Summary",
      "SUMMARY",
      "summary ",
      " summary",
      "summar",
      "summaryx",
      "summary|quit",
      "summary\n",
      "lockstats",
      "privileged",
      "session",
      "get_token",
      "logon",
      "led",
      "__proto__",
      "constructor",
      "toString",
      "summary\0",
    ]
  ) assertEquals([command, isReadCommand(command)], [command, false]);
});
