import { assertEquals, assertThrows } from "jsr:@std/assert@1";
import * as fc from "npm:fast-check@4";
import {
  formatPath,
  parseConfigFile,
} from "../../../program/config/config_file.ts";
import { suggestFlag } from "../../../program/config/flags.ts";
import { ConfigError } from "../../../program/config/setting.ts";

/** What is said of a text that is no JSON; undefined of one that is. */
function findJsonError(text: string): string | undefined {
  try {
    parseConfigFile("f", text);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return /^f: (line .*|is not JSON)$/s.exec(error.message)?.[1];
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

Deno.test("parseConfigFile() says where JSON ends, and why", () => {
  const cases: [text: string, line: number, column: number, reason: string][] =
    [
      ["", 1, 1, "there is nothing in it"],
      ['{"a": 1', 1, 8, "it ends before it is whole"],
      ['{"a": [1,', 1, 10, "it ends before it is whole"],
      ['{\n  "a": 1,\n}', 3, 1, "nothing follows the comma before it"],
      ["[1,]", 1, 4, "nothing follows the comma before it"],
      ['{\n  "a": 1\n  "b": 2\n}', 3, 3, '"," is missing'],
      ["[1 2]", 1, 4, '"," is missing'],
      ['{"a" 1}', 1, 6, '":" is missing'],
      ['{"a":}', 1, 6, "a value is missing"],
      ["{a: 1}", 1, 2, "this is no value: text stands in double quotes"],
      ["{'a': 1}", 1, 2, "text stands in double quotes"],
      ["{\"a\": 'b'}", 1, 7, "text stands in double quotes"],
      ['{"a": yes}', 1, 7, "this is no value: text stands in double quotes"],
      ['{"a": 1} {}', 1, 10, "something follows the end"],
      ['{"a": "b', 1, 7, 'this text lacks its closing "'],
      ['["\t"]', 1, 2, "a control character in a text"],
      [
        '["C:\\chi"]',
        1,
        2,
        "JSON has no such escape: a backslash is written twice",
      ],
    ];
  for (const [text, line, column, reason] of cases) {
    assertEquals([text, isJson(text)], [text, false]);
    assertEquals([text, findJsonError(text)], [
      text,
      `line ${line}, column ${column}: ${reason}`,
    ]);
  }
});

Deno.test("parseConfigFile() says in one line that a text nests deeper than the stack", () => {
  assertThrows(
    () => parseConfigFile("f", "[".repeat(200_000)),
    ConfigError,
    "f: nests too deep",
  );
});

Deno.test("parseConfigFile() takes comments, and a name that objects have", () => {
  const { settings } = parseConfigFile(
    "f",
    '// the shed\n{"http-port": 8081 /* not 80 */, "log": "off // or on"}'
      .replace("off // or on", "off"),
  );
  assertEquals(settings.get("http-port")?.texts, ["8081"]);
  assertThrows(
    () => parseConfigFile("f", '{"__proto__": {"demo": 1}}'),
    ConfigError,
    "__proto__: there is no such option",
  );
});

Deno.test("parseConfigFile() takes no text for JSON that is none, and the other way round", () => {
  const broken = fc.tuple(fc.json(), fc.nat(), fc.nat(3), fc.string())
    .map(([text, at, count, added]) => {
      const index = at % (text.length + 1);
      return text.slice(0, index) + added + text.slice(index + count);
    });
  const tokens = fc.array(
    fc.constantFrom(
      ...["{", "}", "[", "]", ",", ":", '"', '"a"', "1", "-0.5e+3", "01", " "],
      ...["true", "nul", "\\", "\n", "\u00a0", "'", '"\\u12"'],
    ),
    { maxLength: 12 },
  ).map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.oneof(fc.json(), broken, tokens, fc.string()), (text) => {
      // Comments are no JSON, and right.
      fc.pre(!/\/[/*]/.test(text));
      assertEquals([text, findJsonError(text) === undefined], [
        text,
        isJson(text.replace(/^\uFEFF/, "")),
      ]);
    }),
    { numRuns: 2000 },
  );
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

Deno.test("suggestFlag() finds the key that was meant, and none that was not", () => {
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
    ["port", "http-port"],
    ["sort", undefined],
    ["zebra", undefined],
    ["", undefined],
    ["x".repeat(1_000_000), undefined],
  ];
  for (const [key, suggestion] of cases) {
    assertEquals(suggestFlag(key, known), suggestion);
  }
});
