import { assertEquals, assertStringIncludes } from "jsr:@std/assert@1";
import {
  formatRepairs,
  MAX_FORMATTED_REPAIRS,
  type ReadReply,
  readReply,
  type Repair,
  repairReply,
} from "../../rpc/repair.ts";

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function checkRepair(
  bytes: Uint8Array,
  text: string,
  repairs: string,
): void {
  const reply = readReply(bytes);
  if (!reply.ok) throw new Error(`refused: ${reply.code}, ${reply.reason}`);
  assertEquals(reply.text, text);
  assertEquals(formatRepairs(reply.repairs), repairs);
  assertEquals(reply.value, JSON.parse(text));
}

function checkRefusal(reply: ReadReply, code: string, reason: string): void {
  if (reply.ok) throw new Error(`accepted as ${reply.text.slice(0, 200)}`);
  assertEquals(reply.code, code);
  assertStringIncludes(reply.reason, reason);
}

const UNCHANGED = [
  '{"STATUS":[{"STATUS":"S"}],"id":1}',
  '{"id":18446744073709551616,"x":0.00000000,"x":1e-7}',
  ' {\t"a" : [ 1 , 2 ]\r\n} ',
  '{"__proto__":{"a":1},"constructor":null}',
  '"summary"',
  "42",
  "null",
  '{"User":"}{ nan ,} [, \\" \\\\ \\u00e9 é 汉 😀"}',
];

for (const text of UNCHANGED) {
  Deno.test(`readReply() passes ${text} byte for byte`, () => {
    for (const end of ["", "\0", "\n", "\r\n", "\0\n", "\n\0"]) {
      checkRepair(encode(text + end), text, "");
    }
    assertEquals(repairReply(text + "\0"), { ok: true, text, repairs: [] });
  });
}

/** What a defect is called; the damaged reply; the repaired one; the header. */
const REPAIRED: readonly [string, string, string, string][] = [
  [
    "a missing comma",
    '[{"a":1}{"b":2}]',
    '[{"a":1},{"b":2}]',
    "missing-comma; at=8",
  ],
  ["a missing comma", "[[1][2]]", "[[1],[2]]", "missing-comma; at=4"],
  ["a missing comma", '["x""y"]', '["x","y"]', "missing-comma; at=4"],
  ["a missing comma", '["x"{}]', '["x",{}]', "missing-comma; at=4"],
  [
    "a missing comma",
    '{"a":"x""b":1}',
    '{"a":"x","b":1}',
    "missing-comma; at=8",
  ],
  ["a missing comma", '{"a":1"b":1}', '{"a":1,"b":1}', "missing-comma; at=6"],
  [
    "a missing comma",
    '{"a":true"b":1}',
    '{"a":true,"b":1}',
    "missing-comma; at=9",
  ],
  ["a missing comma", '{"a":{}"b":1}', '{"a":{},"b":1}', "missing-comma; at=7"],
  ["a missing comma", '{"a":[]"b":1}', '{"a":[],"b":1}', "missing-comma; at=7"],
  ["a missing comma", "[{}\n {}]", "[{},\n {}]", "missing-comma; at=3"],
  ["a leading comma", '[,{"a":1}]', '[{"a":1}]', "leading-comma; at=1"],
  ["a leading comma", '{,"a":1}', '{"a":1}', "leading-comma; at=1"],
  ["a leading comma", "[ , ]", "[  ]", "leading-comma; at=2"],
  ["a doubled comma", "[{},,{}]", "[{},{}]", "leading-comma; at=4"],
  ["a doubled comma", '{"a":1,,"b":2}', '{"a":1,"b":2}', "leading-comma; at=7"],
  ["a trailing comma", '{"a":1,}', '{"a":1}', "trailing-comma; at=6"],
  ["a trailing comma", "[1, ]", "[1 ]", "trailing-comma; at=2"],
  [
    "a trailing comma",
    '{"a":[{},],}',
    '{"a":[{}]}',
    "trailing-comma; at=8, trailing-comma; at=10",
  ],
  [
    "a line feed in a string",
    '["a\nb"]',
    '["a\\u000ab"]',
    "control-character; at=3",
  ],
  [
    "a control character in a key",
    '{"\x1f":1}',
    '{"\\u001f":1}',
    "control-character; at=2",
  ],
  ["an escaped apostrophe", '["it\\\'s"]', '["it\'s"]', "invalid-escape; at=4"],
  ["an unknown escape", '["C:\\x"]', '["C:\\\\x"]', "invalid-escape; at=4"],
  ["an escaped space", '["\\ "]', '["\\\\ "]', "invalid-escape; at=2"],
  ["a short \\u escape", '["\\u12"]', '["\\\\u12"]', "invalid-escape; at=2"],
  [
    "a backslash before a line feed",
    '["\\\n"]',
    '["\\\\\\u000a"]',
    "invalid-escape; at=2, control-character; at=3",
  ],
  [
    "a quote and a bracket behind",
    '{"a":1}"}',
    '{"a":1}',
    "junk-after-value; at=7",
  ],
  ["a second document", '{"a":1} {"b":2}', '{"a":1}', "junk-after-value; at=8"],
  ["a bracket too many", '{"a":[1]}}', '{"a":[1]}', "junk-after-value; at=9"],
  [
    "BYE without a key",
    '{"BYE","id":1}',
    '{"STATUS":"BYE","id":1}',
    "bye; at=1",
  ],
  [
    "RESTART without a key",
    '{ "RESTART" ,"id":1}',
    '{ "STATUS":"RESTART" ,"id":1}',
    "bye; at=2",
  ],
  ["BYE alone", '{"BYE"}', '{"STATUS":"BYE"}', "bye; at=1"],
  [
    "BYE without its comma",
    '{"BYE""id":1}',
    '{"STATUS":"BYE","id":1}',
    "bye; at=1, missing-comma; at=6",
  ],
  [
    "commas in an empty list",
    "[,,]",
    "[]",
    "leading-comma; at=1, leading-comma; at=2",
  ],
  [
    "two commas at the end of a list",
    "[{},,]",
    "[{}]",
    "trailing-comma; at=3, trailing-comma; at=4",
  ],
  [
    "two commas at the start of a list",
    "[,,1]",
    "[1]",
    "leading-comma; at=1, leading-comma; at=2",
  ],
  ["a byte order mark", '\uFEFF{"a":1}', '{"a":1}', "byte-order-mark; at=0"],
  [
    "places after multibyte characters",
    '["é汉😀",nan]',
    '["é汉😀",null]',
    "nan; at=13",
  ],
  [
    "duplicate keys and digits",
    '{"a":1.10,"a":1.10,}',
    '{"a":1.10,"a":1.10}',
    "trailing-comma; at=18",
  ],
  [
    "everything at once",
    '\uFEFF{,"STATS":[,{"a":-nan,"b":"x\ty"}{"c":"\\\'",}],"d":"}{,}nan",}"',
    '{"STATS":[{"a":null,"b":"x\\u0009y"},{"c":"\'"}],"d":"}{,}nan"}',
    "byte-order-mark; at=0, leading-comma; at=4, leading-comma; at=14, nan; at=20, " +
    "control-character; at=31, missing-comma; at=35, invalid-escape; at=41, " +
    "trailing-comma; at=44, trailing-comma; at=61, junk-after-value; at=63",
  ],
];

for (const [name, damaged, text, repairs] of REPAIRED) {
  Deno.test(`readReply() repairs ${name}: ${damaged}`, () => {
    checkRepair(encode(damaged + "\0"), text, repairs);
    const reply = repairReply(damaged);
    if (!reply.ok) throw new Error(reply.reason);
    assertEquals(reply.text, text);
    assertEquals(formatRepairs(reply.repairs), repairs);
    assertEquals(repairReply(text), { ok: true, text, repairs: [] });
  });
}

Deno.test("repairReply() makes null of every way to print no number", () => {
  const words = "nan -nan +nan NaN NAN inf -inf +inf Inf INF Infinity " +
    "-Infinity -nan(ind) nan(snan) nan(0x8) 1.#INF -1.#INF 1.#IND00 -1.#IND " +
    "1.#QNAN 1.#J";
  for (const word of words.split(" ")) {
    for (
      const [before, after] of [['{"a":', "}"], ["[", ",1]"], ["[1, ", " ]"]]
    ) {
      const reply = repairReply(`${before}${word}${after}`);
      if (!reply.ok) throw new Error(`${word}: ${reply.reason}`);
      assertEquals(reply.text, `${before}null${after}`);
      assertEquals(reply.repairs, [{ name: "nan", at: before!.length }]);
    }
  }
});

Deno.test("repairReply() leaves hostile text in strings and keys alone", () => {
  const hostile = [
    "}{",
    "][",
    ",}",
    ",]",
    "[,",
    "{,",
    "nan",
    "-nan,inf",
    ":nan}",
    "BYE",
    '\\"}{\\"',
    "\\\\",
    '\\\\\\"nan',
    "\\u0022,}",
    '{\\"BYE\\",',
    "//",
    "/*",
  ];
  for (const text of hostile) {
    const reply = repairReply(`{"${text}":"${text}","n":nan}`);
    if (!reply.ok) throw new Error(`${text}: ${reply.reason}`);
    assertEquals(reply.text, `{"${text}":"${text}","n":null}`);
    assertEquals(reply.repairs.map(({ name }) => name), ["nan"]);
  }
});

/** Reply, code, part of the reason. */
const REFUSED: readonly [string, string, string][] = [
  ["", "rig-closed", "it is empty"],
  ["\0", "rig-closed", "it is empty"],
  [" \r\n\0\0\n", "rig-closed", "it is empty"],
  ["{", "rig-reply-truncated", "brackets open after 1 byte"],
  ["[", "rig-reply-truncated", "brackets open after 1 byte"],
  ['{"a"', "rig-reply-truncated", "brackets open after 4 bytes"],
  ['{"a":', "rig-reply-truncated", "brackets open after 5 bytes"],
  ['{"a":[{}]', "rig-reply-truncated", "brackets open after 9 bytes"],
  ['{"a":1,', "rig-reply-truncated", "brackets open after 7 bytes"],
  ['{"é":"x', "rig-reply-truncated", "inside a string after 8 bytes"],
  ['{"a":"x\\', "rig-reply-truncated", "inside a string"],
  ['{"a":"\\u00', "rig-reply-truncated", "inside a string"],
  ["[1", "rig-reply-truncated", "inside a value after 2 bytes"],
  ["[-", "rig-reply-truncated", "inside a value"],
  ["[1.", "rig-reply-truncated", "inside a value"],
  ["[1e+", "rig-reply-truncated", "inside a value"],
  ["[tru", "rig-reply-truncated", "inside a value"],
  ["[-na", "rig-reply-truncated", "inside a value"],
  ["[1.#I", "rig-reply-truncated", "inside a value"],
  ['{"a":nan', "rig-reply-truncated", "inside a value"],
  ['["206":"x"]', "rig-reply-invalid", "at byte 6"],
  [',"id":1}', "rig-reply-invalid", "only a piece of JSON"],
  ['{"STATUS":[{}]{"STATUS":[{}]}', "rig-reply-invalid", "at byte 14"],
  ["[1}", "rig-reply-invalid", "closed by the wrong bracket at byte 2"],
  ['{"a":[1}', "rig-reply-invalid", "closed by the wrong bracket"],
  ['{"a":{]}', "rig-reply-invalid", "closed by the wrong bracket"],
  ["[1 2]", "rig-reply-invalid", "at byte 3"],
  ["[1,,2]", "rig-reply-invalid", "two commas in a row"],
  ['{"a":1,b:2}', "rig-reply-invalid", "it has no key at byte 7"],
  ['{"a":}', "rig-reply-invalid", "at byte 5"],
  ['{"a":,"b":1}', "rig-reply-invalid", "at byte 5"],
  ['{"a" 1}', "rig-reply-invalid", "a key without a value"],
  ['{"x":1,"BYE"}', "rig-reply-invalid", "a key without a value"],
  ['[{"BYE","id":1}]', "rig-reply-invalid", "a key without a value"],
  ['{"User":"a"b","x":1}', "rig-reply-invalid", "at byte 11"],
  ['{"a":05}', "rig-reply-invalid", "it is not JSON"],
  ['{"a":1-2}', "rig-reply-invalid", "it is not JSON"],
  ['{"a":+5}', "rig-reply-invalid", "no value"],
  ['{"a":nanny}', "rig-reply-invalid", "no value"],
  ['{"a":undefined}', "rig-reply-invalid", "no value"],
  ["[hello world]", "rig-reply-invalid", "no value at byte 1"],
  ["{'a':1}", "rig-reply-invalid", "it has no key at byte 1"],
  ["nan", "rig-reply-invalid", "plain text"],
  ["Socket connect failed: refused", "rig-reply-invalid", "plain text"],
  ["summary\nthreads\nseturl\nquit\n|", "rig-reply-invalid", "plain text"],
  ["<!DOCTYPE html><html></html>", "rig-reply-invalid", "an HTML page"],
  ['<?xml version="1.0"?><a/>', "rig-reply-invalid", "an XML document"],
  [
    "HTTP/1.1 400 Bad Request\r\n\r\n{}",
    "rig-reply-invalid",
    "an HTTP response",
  ],
  ["\x15\x03\x01\0\x02", "rig-reply-invalid", "TLS"],
  ["\0\x01{}", "rig-reply-invalid", "binary"],
];

for (const [text, code, reason] of REFUSED) {
  Deno.test(`readReply() refuses ${JSON.stringify(text)} as ${code}`, () => {
    checkRefusal(readReply(encode(text)), code, reason);
    const reply = repairReply(text);
    assertEquals(reply.ok ? "accepted" : reply.code, code);
  });
}

Deno.test("readReply() takes what stands before the first NUL", () => {
  const second = '{"STATUS":[{"STATUS":"E"}],"id":1}\0,"id":1}\0';
  checkRepair(encode(second), '{"STATUS":[{"STATUS":"E"}],"id":1}', "");
  checkRepair(encode("[1,]\n\0[2]"), "[1]", "trailing-comma; at=2");
  checkRefusal(readReply(encode('["a\0b"]')), "rig-reply-truncated", "string");
});

Deno.test("readReply() reads what nests 512 deep, and refuses one level more", () => {
  const nest = (depth: number, value: string) =>
    "[".repeat(depth) + value + "]".repeat(depth);
  const deep = nest(512, "1");
  checkRepair(encode(deep), deep, "");
  checkRepair(encode(nest(512, "nan")), nest(512, "null"), "nan; at=512");
  assertEquals(repairReply(deep), { ok: true, text: deep, repairs: [] });
  const refused = [
    nest(513, "1"),
    nest(513, "nan"),
    "[".repeat(1_000_000),
    '{"a":'.repeat(1_000_000),
    nest(513, "1") + '"junk',
    `\uFEFF ${nest(513, "1")}`,
  ];
  for (const reply of refused) {
    const reason = "nested more than 512 deep";
    checkRefusal(readReply(encode(reply)), "rig-reply-invalid", reason);
    const text = repairReply(reply);
    assertEquals(text.ok ? "accepted" : text.code, "rig-reply-invalid");
  }
});

Deno.test("readReply() takes brackets for nesting where they nest only", () => {
  const brackets = "[".repeat(600);
  checkRepair(
    encode(`STATUS=S,Msg=${brackets}|`),
    `{"STATUS":[{"STATUS":"S","Msg":"${brackets}"}],"id":1}`,
    "text-dialect",
  );
  checkRepair(
    encode(`{"id":1}${brackets}`),
    '{"id":1}',
    "junk-after-value; at=8",
  );
  checkRefusal(readReply(encode(`x${brackets}`)), "rig-reply-invalid", "plain");
});

Deno.test("readReply() refuses a reply that is all defects", () => {
  const count = 10_001;
  const replies = [
    `["${"\t".repeat(count)}"]`,
    `["${"\\'".repeat(count)}"]`,
    `[${"{}".repeat(count + 1)}]`,
    `[${",".repeat(count)}{}]`,
  ].map(encode);
  const foreign = encode(`["${"a\x01".repeat(count)}"]`)
    .map((byte) => byte === 1 ? 0xff : byte);
  const text = encode(`STATUS=S,Msg=${"a\x01".repeat(count)}|`)
    .map((byte) => byte === 1 ? 0xff : byte);
  for (const reply of [...replies, foreign, text]) {
    checkRefusal(readReply(reply), "rig-reply-invalid", "10000 defects");
  }
});

Deno.test("formatRepairs() writes names and places, and counts what is too much", () => {
  assertEquals(formatRepairs([]), "");
  assertEquals(
    formatRepairs([{ name: "missing-comma", at: 412 }, {
      name: "nan",
      at: 530,
    }]),
    "missing-comma; at=412, nan; at=530",
  );
  const many = Array.from(
    { length: MAX_FORMATTED_REPAIRS + 12 },
    (_, at): Repair => ({ name: "nan", at }),
  );
  const header = formatRepairs(many);
  assertEquals(header.split(", ").length, MAX_FORMATTED_REPAIRS + 1);
  assertEquals(header.endsWith(", and-more; count=12"), true);
  assertEquals(
    new Headers({ "Chi-Repaired": header }).get("Chi-Repaired"),
    header,
  );
});
