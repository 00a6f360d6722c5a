import { assertEquals } from "jsr:@std/assert@1";
import library from "../../docs/library.md" with { type: "text" };
import { COMMAND_CALLS } from "./command_calls.ts";

/** The name of the method that a fixture calls. */
function readMethod(call: (typeof COMMAND_CALLS)[number][1]): string {
  return /rig\.(\w+)\(/.exec(String(call))?.[1] ?? "";
}

Deno.test("docs/library.md lists the method of every command", () => {
  const listed = [
    ...library.matchAll(/^\| `([\w-]+)` +\| `(\w+)\(.*\)` +\|$/gm),
  ]
    .map(([, command, method]) => [command, method]);
  assertEquals(
    listed,
    COMMAND_CALLS.map(([command, call]) => [command, readMethod(call)]),
  );
});

Deno.test("docs/library.md names every class of errors, with its code", () => {
  const rows = library.split("\n").filter((line) => line.startsWith("| `R"));
  assertEquals(
    rows.map((row) => row.match(/`([\w-]+)`/g)?.slice(0, 2)),
    [
      ["`RequestError`", "`bad-request`"],
      ["`RigStatusError`", "`rig-status`"],
      ["`RigReplyError`", "`rig-reply-invalid`"],
      ["`RigError`", "`rig-refused`"],
    ],
  );
});
