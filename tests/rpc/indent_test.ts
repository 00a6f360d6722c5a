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
        assertEquals(
          indentJson(json),
          JSON.stringify(JSON.parse(json), null, 4),
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

Deno.test("indentJson() does not blow up what nests deep", () => {
  for (const depth of [65, 11_000]) {
    const json = "[".repeat(depth) + "1" + "]".repeat(depth);
    const indented = indentJson(json);
    assertEquals(indented.replace(/\s/g, ""), json);
    assertEquals(indented.length < 10 * json.length + 20_000, true);
  }
});

Deno.test("indentJson() starts at the depth that it is given", () => {
  assertEquals(indentJson('{"a":[]}', 1), '{\n        "a": []\n    }');
});
