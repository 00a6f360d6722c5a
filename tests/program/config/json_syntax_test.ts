import { assertEquals } from "jsr:@std/assert@1";
import * as fc from "npm:fast-check@4";
import { formatPath, suggestKey } from "../../../program/config/json_path.ts";
import { findJsonError } from "../../../program/config/json_syntax.ts";

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

Deno.test("findJsonError() says where JSON ends, and why", () => {
  const cases: [text: string, line: number, column: number, reason: string][] =
    [
      ["", 1, 1, "there is nothing in it"],
      [" \n", 2, 1, "there is nothing in it"],
      ['{"a": 1', 1, 8, 'it ends before the last "}"'],
      ['{"a": [1,', 1, 10, 'it ends before the last "]"'],
      ['{\n  "a": 1,\n}', 3, 1, "nothing follows the comma before it"],
      ["[1,]", 1, 4, "nothing follows the comma before it"],
      ['{\n  "a": 1\n  "b": 2\n}', 3, 3, '"," or "}" is missing'],
      ["[1 2]", 1, 4, '"," or "]" is missing'],
      ["[1}", 1, 3, '"," or "]" is missing'],
      ['{"a" 1}', 1, 6, '":" is missing'],
      ['{"a":}', 1, 6, "a value is missing"],
      ["[,1]", 1, 2, "a value is missing"],
      ["{a: 1}", 1, 2, "a name in double quotes is missing"],
      ["{'a': 1}", 1, 2, "text stands in double quotes"],
      ["{\"a\": 'b'}", 1, 7, "text stands in double quotes"],
      ['{"a": yes}', 1, 7, "this is no value: text stands in double quotes"],
      ['{"a": 01}', 1, 7, "this is no number"],
      ['{"a": +1}', 1, 7, "this is no number"],
      ['{"a": 1.}', 1, 7, "this is no number"],
      ['// x\n{"a": 1}', 1, 1, "JSON has no comments"],
      ['{"a": 1} # x', 1, 10, "JSON has no comments"],
      ['{"a": 1} {}', 1, 10, "something follows the end"],
      ['{"a": "b', 1, 7, 'this text lacks its closing "'],
      ['{"a": "b\n"}', 1, 9, 'the text of this line lacks its closing "'],
      ['["\t"]', 1, 3, "a control character in a text"],
      [
        '["C:\\chi"]',
        1,
        5,
        "JSON has no such escape: a backslash is written twice",
      ],
    ];
  for (const [text, line, column, reason] of cases) {
    assertEquals([text, isJson(text)], [text, false]);
    assertEquals([text, findJsonError(text)], [text, { line, column, reason }]);
  }
});

Deno.test("findJsonError() finds none where JSON.parse finds none, and one where it does", () => {
  const broken = fc.tuple(fc.json(), fc.nat(), fc.nat(3), fc.string())
    .map(([text, at, count, added]) => {
      const index = at % (text.length + 1);
      return text.slice(0, index) + added + text.slice(index + count);
    });
  const tokens = fc.array(
    fc.constantFrom(
      ...["{", "}", "[", "]", ",", ":", '"', '"a"', "1", "-0.5e+3", "01", " "],
      ...["true", "nul", "\\", "\n", "\u00a0", "/", "'", '"\\u12"'],
    ),
    { maxLength: 12 },
  ).map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.oneof(fc.json(), broken, tokens, fc.string()), (text) => {
      assertEquals([text, findJsonError(text) === undefined], [
        text,
        isJson(text),
      ]);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("findJsonError() bears a text that nests deeper than the stack", () => {
  const open = "[".repeat(200_000);
  assertEquals(findJsonError(open)?.column, 200_001);
  assertEquals(findJsonError(open + "]".repeat(200_000)), undefined);
});

Deno.test("formatPath() writes a place on one line", () => {
  const cases: [path: string[], text: string][] = [
    [[], ""],
    [["http-port"], "http-port"],
    [["rigs", "2", "port"], "rigs[2].port"],
    [["rigs", "a.b", "port"], 'rigs["a.b"].port'],
    [["a\nb"], '["a\\nb"]'],
    [["rigs", "", "__proto__"], 'rigs[""].__proto__'],
  ];
  for (const [path, text] of cases) assertEquals(formatPath(path), text);
  assertEquals(formatPath(["barn"], "rigs"), "rigs.barn");
});

Deno.test("suggestKey() finds the key that was meant, and none that was not", () => {
  const known = ["http-port", "http-host", "api-port", "rigs", "log", "cors"];
  const cases: [key: string, suggestion: string | undefined][] = [
    ["htp-port", "http-port"],
    ["HTTP_PORT", "http-port"],
    ["httpport", "http-port"],
    ["rigz", "rigs"],
    ["lgo", "log"],
    ["http-potr", "http-port"],
    ["logs", "log"],
    ["cors", "cors"],
    ["zebra", undefined],
    ["", undefined],
    ["x".repeat(1_000_000), undefined],
  ];
  for (const [key, suggestion] of cases) {
    assertEquals(suggestKey(key, known), suggestion);
  }
});
