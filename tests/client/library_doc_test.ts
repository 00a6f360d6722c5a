import { assertEquals } from "jsr:@std/assert@1";
import library from "../../docs/library.md" with { type: "text" };

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
