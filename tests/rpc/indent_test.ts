import { assertEquals } from "jsr:@std/assert@1";
import fc from "npm:fast-check@4";
import { indentJson } from "../../rpc/indent.ts";

Deno.test("indentJson() lays out as JSON.stringify() does", () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.constantFrom(undefined, 1, "\t"),
      (value, space) => {
        const json = JSON.stringify(value, null, space);
        const expected = JSON.stringify(JSON.parse(json), null, 4);
        const size = (text: string) => new TextEncoder().encode(text).length;
        assertEquals(
          indentJson(json),
          size(expected) <= 8 * size(json) ? expected : json,
        );
      },
    ),
    { seed: 1, numRuns: 500 },
  );
});

Deno.test("indentJson() keeps digits, duplicate keys and escapes", () => {
  assertEquals(
    indentJson('{"a":1.000,"a":18446744073709551616,"b":"}{\\"\\u00e9\\\\"}'),
    '{\n    "a": 1.000,\n    "a": 18446744073709551616,\n    "b": "}{\\"\\u00e9\\\\"\n}',
  );
});

Deno.test("indentJson() makes no more than eight times the bytes that came", () => {
  const nest = (depth: number, value: string) =>
    "[".repeat(depth) + value + "]".repeat(depth);
  // Of 3 bytes it makes 9, of 7 it makes 49, of 9 it would make 81.
  assertEquals(indentJson("[1]"), "[\n    1\n]");
  assertEquals(indentJson(nest(3, "1")).length, 49);
  assertEquals(indentJson(nest(4, "1")), nest(4, "1"));
  const deep = nest(512, "1");
  assertEquals(indentJson(deep), deep);
  // A reply that is long enough pays for its deep parts.
  const paid = `["${"é".repeat(2_000)}",${nest(20, "1")}]`;
  assertEquals(indentJson(paid), JSON.stringify(JSON.parse(paid), null, 4));
});

Deno.test("indentJson() is bounded by bytes, exactly", () => {
  // Each zero is one byte more that comes, and one more that is made.
  const depth = 6;
  const make = (digits: number) =>
    "[".repeat(depth) + "1".repeat(digits) + "]".repeat(depth);
  const counts = Array.from({ length: 40 }, (_, index) => index + 1);
  const indented = counts.filter((digits) => {
    const json = make(digits);
    const expected = JSON.stringify(JSON.parse(json), null, 4)
      .replace(/\d\S*/, "1".repeat(digits));
    const isShort = expected.length <= 8 * json.length;
    assertEquals(indentJson(json), isShort ? expected : json);
    return isShort;
  });
  assertEquals([indented.length > 0, indented.length < counts.length], [
    true,
    true,
  ]);
});

Deno.test("indentJson() starts at the depth that it is given", () => {
  assertEquals(indentJson('{"a":[]}', 1), '{\n        "a": []\n    }');
});
