import { assertEquals } from "jsr:@std/assert@1";
import { isTooDeep, MAX_DEPTH } from "../../rpc/nesting.ts";

const nest = (depth: number, open: string, close: string): string =>
  open.repeat(depth) + "1" + close.repeat(depth);

Deno.test("isTooDeep() takes 512 levels, and not one more", () => {
  assertEquals(MAX_DEPTH, 512);
  for (const [open, close] of [["[", "]"], ['{"a":', "}"], ["[ \n", "\t]"]]) {
    assertEquals(isTooDeep(nest(512, open!, close!)), false, open);
    assertEquals(isTooDeep(nest(513, open!, close!)), true, open);
  }
  assertEquals(isTooDeep("[".repeat(513)), true);
});

Deno.test("isTooDeep() counts brackets side by side, in strings and behind the value for none", () => {
  const deep = "[".repeat(600);
  assertEquals(isTooDeep(`[${"[],".repeat(600)}{}]`), false);
  assertEquals(isTooDeep(`{"a":"${deep}"}`), false);
  assertEquals(isTooDeep(`{"a":"\\"${deep}\\\\"}`), false);
  assertEquals(isTooDeep(`{"a":"\\\\",${deep}`), true);
  assertEquals(isTooDeep(`{"id":1}${deep}`), false);
  assertEquals(isTooDeep(""), false);
});
