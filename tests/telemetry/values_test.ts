import { assertEquals } from "jsr:@std/assert@1";
import fc from "npm:fast-check@4";
import {
  hasWrapped,
  MAX_TEXT_LENGTH,
  readCount,
  readFlag,
  readNumber,
  readText,
} from "../../telemetry/values.ts";

const NUMBERS: readonly (readonly [unknown, number | undefined])[] = [
  [5, 5],
  [-0, 0],
  [-273, -273],
  [" 5.0000", 5],
  ["13581.93", 13581.93],
  ["  0.0000", 0],
  ["1,234.5", 1234.5],
  ["12,345,678", 12_345_678],
  ["2.685%", 2.685],
  ["4200 RPM", 4200],
  ["60 °C", 60],
  ["1e3", 1000],
  ["", undefined],
  [" ", undefined],
  ["-", undefined],
  [".", undefined],
  ["%", undefined],
  ["e5", undefined],
  ["nan", undefined],
  ["-nan", undefined],
  ["inf", undefined],
  ["Infinity", undefined],
  ["N/A", undefined],
  ["35-36", undefined],
  ["1,23", undefined],
  ["65.5K", undefined],
  ["0x10", undefined],
  ["1 2", undefined],
  ["1e999", undefined],
  [NaN, undefined],
  [Infinity, undefined],
  [null, undefined],
  [undefined, undefined],
  [true, undefined],
  [[5], undefined],
  [{ value: 5 }, undefined],
  [18446744073709551615, undefined],
  ["18446744073709551615", undefined],
  [18446767111905, undefined],
];

Deno.test("readNumber() reads numbers as miners write them, and nothing else", () => {
  for (const [value, number] of NUMBERS) {
    assertEquals(readNumber(value), number, JSON.stringify(value));
  }
});

Deno.test("readNumber() keeps a total that is only near what wrapped", () => {
  assertEquals(readNumber(20185140718075), 20185140718075);
});

Deno.test("readNumber() gives any finite number back, as it is or as text", () => {
  const number = fc.double({ min: -1e12, max: 1e12, noNaN: true });
  fc.assert(fc.property(number, (value) => {
    const expected = value === 0 ? 0 : value;
    assertEquals(readNumber(value), expected);
    assertEquals(readNumber(`  ${value}`), expected);
  }));
});

Deno.test("readCount() reads whole numbers that did not wrap", () => {
  const counts: readonly (readonly [unknown, number | undefined])[] = [
    [0, 0],
    [27, 27],
    [" 12.0000", 12],
    [8605348258, 8605348258],
    [-1, undefined],
    [1.5, undefined],
    [4294967295, undefined],
    [4294967290, undefined],
    [4294967296, 4294967296],
    [1e300, undefined],
    [2 ** 53, undefined],
  ];
  for (const [value, count] of counts) {
    assertEquals(readCount(value), count, JSON.stringify(value));
  }
});

Deno.test("readText() trims, and drops what cannot be seen", () => {
  assertEquals(readText(" Alive\n"), "Alive");
  assertEquals(readText("a\u0000b\u202ec\ud800"), "abc");
  assertEquals(readText(3.7), "3.7");
  for (const value of ["", " \n", "N/A", "nan", "-", NaN, null, {}, true]) {
    assertEquals(readText(value), undefined);
  }
});

Deno.test("readText() reads no further than it must", () => {
  assertEquals(readText(`a${"b".repeat(1e6)}`)?.length, 200);
  // What cannot be seen may hide more of the same.
  assertEquals(readText(`a${"\u0001".repeat(1000)}b`), "ab");
  assertEquals(readText(`a${"\u0001".repeat(5000)}b`), undefined);
  assertEquals(readNumber(`${" ".repeat(100)}1`), 1);
  assertEquals(readNumber("1".repeat(200)), undefined);
});

Deno.test("readText() cuts a long text, and no character in two", () => {
  assertEquals(readText("x".repeat(5000))?.length, MAX_TEXT_LENGTH);
  const cut = readText("x".repeat(MAX_TEXT_LENGTH - 1) + "😀");
  assertEquals(cut, "x".repeat(MAX_TEXT_LENGTH - 1));
});

Deno.test("readText() gives any text clean, short and well formed", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 600 }), (text) => {
      const read = readText(text);
      if (read === undefined) return;
      assertEquals(read, read.trim());
      assertEquals(read === "" || /\p{Cc}/u.test(read), false);
      assertEquals(read.isWellFormed(), true);
      assertEquals(read.length <= MAX_TEXT_LENGTH, true);
    }),
  );
});

Deno.test("readFlag() reads how miners say yes and no", () => {
  for (const value of [true, 1, "1", "Y", "yes", "true", "Enabled", " on "]) {
    assertEquals(readFlag(value), true, String(value));
  }
  for (const value of [false, 0, "0", "N", "no", "false", "Disabled", "off"]) {
    assertEquals(readFlag(value), false, String(value));
  }
  for (const value of ["", "maybe", 2, null, undefined, [], {}]) {
    assertEquals(readFlag(value), undefined, String(value));
  }
});

Deno.test("hasWrapped() knows numbers and texts that wrapped below zero", () => {
  for (const value of [18446767111905.7, "18446744073709551615", -(2 ** 64)]) {
    assertEquals(hasWrapped(value), true, String(value));
  }
  for (const value of [0, 1e12, "7", "", "nan", null, undefined, []]) {
    assertEquals(hasWrapped(value), false, String(value));
  }
});
