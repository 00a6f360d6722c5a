import { assertEquals, assertThrows } from "jsr:@std/assert@1";
import { readServedReply } from "../../../gateway/http/replies.ts";
import { RigError } from "../../../rpc/errors.ts";

const encode = (text: string) => new TextEncoder().encode(text);

Deno.test("readServedReply() reads a reply once, however many share it", () => {
  const good = { bytes: encode('{"a":[1,]}'), end: "nul" } as const;
  assertEquals(readServedReply(good) === readServedReply(good), true);
  const bad = { bytes: encode("<html>"), end: "nul" } as const;
  assertThrows(() => readServedReply(bad, 'rig "a"'), RigError, 'rig "a"');
  // Were it read again, it would be fine now.
  bad.bytes.set(encode("[1,2,3"));
  bad.bytes.set(encode("]"), 5);
  assertThrows(() => readServedReply(bad, 'rig "b"'), RigError, 'rig "b"');
});

Deno.test("readServedReply() indents a reply once for each depth, however many share it", () => {
  const reply = { bytes: encode('{"a":1}\0'), end: "nul" } as const;
  const { indent } = readServedReply(reply);
  assertEquals(new TextDecoder().decode(indent(1)), '{\n        "a": 1\n    }');
  assertEquals(readServedReply(reply).indent(1) === indent(1), true);
  assertEquals(new TextDecoder().decode(indent(0)), '{\n    "a": 1\n}');
});
