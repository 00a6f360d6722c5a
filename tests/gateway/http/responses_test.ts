import { assertEquals } from "jsr:@std/assert@1";
import {
  makeRawResponse,
  makeReplyResponse,
} from "../../../gateway/http/responses.ts";
import { Fleet } from "../../../rigs/fleet.ts";

const RIG = new Fleet([{ name: "a", hostname: "127.0.0.1", port: 1 }])
  .defaultRig;

/** A reply to many, with its NUL. */
function makeAnswer(text: string) {
  const bytes = new TextEncoder().encode(text + "\0");
  const reply = { bytes, end: "nul" } as const;
  return { reply, isShared: true, queueMs: 0, rpcMs: 0 };
}

Deno.test("a reply of megabytes is copied for none of those who get it", async () => {
  const text = `{"STATS":[${Array(100_000).fill('{"a":1}').join(",")}]}`;
  const answer = makeAnswer(text);
  const reply = (isPretty: boolean) => () =>
    makeReplyResponse(answer, RIG, { isPretty, isStrict: false });
  const cases: [make: () => Response, expected: string][] = [
    [reply(false), text],
    [reply(true), JSON.stringify(JSON.parse(text), null, 4)],
    [() => makeRawResponse(answer), text + "\0"],
  ];
  for (const [make, expected] of cases) {
    const buffers = new Set<ArrayBufferLike>();
    for (const response of [make(), make(), make()]) {
      const length = response.headers.get("content-length");
      assertEquals(length, String(expected.length));
      const pieces = await Array.fromAsync(response.body!);
      for (const { buffer } of pieces) buffers.add(buffer);
      assertEquals(await new Blob(pieces).text() === expected, true);
    }
    assertEquals(buffers.size, 1);
  }
});

Deno.test("a real reply keeps to a body that can be compressed", async () => {
  const text = `{"a":"${"x".repeat(144 * 1024)}"}`;
  const options = { isPretty: false, isStrict: false };
  const response = makeReplyResponse(makeAnswer(text), RIG, options);
  assertEquals(response.headers.has("content-length"), false);
  assertEquals(await response.text(), text);
});
