import {
  Answers,
  readAnswer,
  toPlainText,
  toRigName,
} from "../../rigs/discovery.ts";
import { MAX_FOUND_RIGS, MAX_RIGS_PER_ADDRESS } from "../../rigs/fleet.ts";
import { checkRigName } from "../../rigs/fleet.ts";
import { assert, assertEquals, assertMatch } from "jsr:@std/assert@1";
import fc from "npm:fast-check@4";

const encode = (text: string) => new TextEncoder().encode(text);

Deno.test("readAnswer() reads port and description", () => {
  for (
    const [text, answer] of [
      ["cgm-FTW-4028-\0", { port: 4028 }],
      ["cgm-FTW-4028-", { port: 4028 }],
      ["cgm-FTW-4029-barn\0", { port: 4029, description: "barn" }],
      ["cgm-FTW-1-a-b - c\0", { port: 1, description: "a-b - c" }],
      ["cgm-FTW-65535- Größe \0", { port: 65535, description: "Größe" }],
    ] as const
  ) assertEquals(readAnswer(encode(text)), answer);
});

Deno.test("readAnswer() refuses what no miner sends", () => {
  for (
    const text of [
      "",
      "\0",
      "x",
      "cgm-FTW-",
      "cgm-FTW-4028",
      "cgm-FTW--\0",
      "cgm-FTW-0-\0",
      "cgm-FTW-04028-\0",
      "cgm-FTW-65536-\0",
      "cgm-FTW-99999-\0",
      "cgm-FTW-123456-\0",
      "cgm-FTW--1-\0",
      "cgm-FTW-+1-\0",
      "cgm-FTW-4e3-\0",
      "cgm-FTW- 4028-\0",
      "cgm-FTW-٤-\0",
      "CGM-FTW-4028-\0",
      "cgm-ftw-4028-\0",
      " cgm-FTW-4028-\0",
      "xcgm-FTW-4028-\0",
      "cgminer-FTW-4028",
      "cgm-FTW-4028-a\0b",
      "cgm-FTW-4028-a\0\0",
      "cgm-FTW-40\u000028-a",
      `cgm-FTW-4028-${"x".repeat(1011)}\0`,
      `cgm-FTW-4028-${"x".repeat(65_000)}\0`,
    ]
  ) assertEquals([text, readAnswer(encode(text))], [text, undefined]);
});

Deno.test("readAnswer() takes the longest that a miner can send", () => {
  const text = `cgm-FTW-4028-${"x".repeat(1010)}\0`;
  assertEquals(encode(text).length, 1024);
  assertEquals(readAnswer(encode(text)), {
    port: 4028,
    description: "x".repeat(64),
  });
});

Deno.test("readAnswer() makes a hostile description fit to be shown", () => {
  const bytes = Uint8Array.from([
    ...encode("cgm-FTW-4028-\x1b[2J\x1b]0;you\x07\r\n\u202eevil\u2028\u200b"),
    ...[0xff, 0xfe, 0xc0, 0x80],
    ...encode("end\0"),
  ]);
  assertEquals(readAnswer(bytes)?.description, "[2J ]0;you evil end");
});

Deno.test("readAnswer() makes of any bytes nothing, or a port and plain text", () => {
  const answers = fc.oneof(
    fc.uint8Array({ maxLength: 1100 }),
    fc.tuple(fc.integer(), fc.string({ unit: "binary" })).map(([port, text]) =>
      encode(`cgm-FTW-${port}-${text}\0`)
    ),
    fc.uint8Array({ maxLength: 100 }).map((bytes) =>
      Uint8Array.from([...encode("cgm-FTW-4028-"), ...bytes])
    ),
  );
  fc.assert(fc.property(answers, (bytes) => {
    const answer = readAnswer(bytes);
    if (answer === undefined) return;
    const { port, description = "x" } = answer;
    assert(Number.isInteger(port) && port >= 1 && port <= 65_535);
    assertMatch(description, /^[^\p{C}\u2028\u2029\uFFFD]{1,64}$/u);
    assertEquals(description, description.trim());
  }));
});

Deno.test("toPlainText() counts characters, not halves of them", () => {
  assertEquals(toPlainText("⛏".repeat(70)), "⛏".repeat(64));
  assertEquals(toPlainText("🪙".repeat(70)), "🪙".repeat(64));
  assertEquals(toPlainText(`${"a".repeat(63)} b`), "a".repeat(63));
  assertEquals(toPlainText("x".repeat(10_000_000)), "x".repeat(64));
  assertEquals(toPlainText("\ud800 \0\t"), "");
});

Deno.test("toRigName() takes description and address", () => {
  for (
    const [description, hostname, port, name] of [
      ["barn", "10.0.0.7", 4028, "barn-10.0.0.7"],
      ["barn", "10.0.0.7", 4029, "barn-10.0.0.7-4029"],
      [undefined, "10.0.0.7", 4028, "10.0.0.7"],
      [undefined, "10.0.0.7", 80, "10.0.0.7-80"],
      ["Old barn, left!", "10.0.0.7", 4028, "Old-barn-left-10.0.0.7"],
      ["Größe Ø", "10.0.0.7", 4028, "Gro-e-10.0.0.7"],
      ["矿机", "10.0.0.7", 4028, "10.0.0.7"],
      ["../..", "10.0.0.7", 4028, "10.0.0.7"],
      ["--rig", "10.0.0.7", 4028, "rig-10.0.0.7"],
      ["all", "10.0.0.7", 4028, "all-10.0.0.7"],
      ["x".repeat(64), "10.0.0.7", 4028, `${"x".repeat(32)}-10.0.0.7`],
      [undefined, "fe80::1%eth0", 4028, "fe80--1-eth0"],
      [undefined, "::1", 4028, "0--1"],
      [undefined, "miner.lan", 4028, "miner.lan"],
      [undefined, "all", 4028, "all-4028"],
      ["a", "ll", 4028, "a-ll"],
    ] as const
  ) assertEquals(toRigName(description, hostname, port), name);
});

/** Some that begin or end alike, so that names could meet. */
const addresses = fc.oneof(
  fc.constantFrom("10.0.0.1", "10.0.0.10", "0.0.0.1", "0.0.0.10", "1.0.0.1"),
  fc.ipV4(),
);
const ports = fc.oneof(
  fc.constantFrom(4028, 80, 1),
  fc.integer({ min: 1, max: 65_535 }),
);
const texts = fc.oneof(
  fc.constantFrom(
    undefined,
    "all",
    "10.0.0.1",
    "10.0.0.1-80",
    "1",
    "80",
    "10.",
  ),
  fc.string({ unit: "binary", maxLength: 64 }),
);

Deno.test("toRigName() gives a name that a fleet takes, whatever it is given", () => {
  fc.assert(
    fc.property(
      texts,
      fc.oneof(addresses, fc.ipV6(), fc.domain()),
      ports,
      (text, hostname, port) => checkRigName(toRigName(text, hostname, port)),
    ),
  );
});

Deno.test("toRigName() never gives two rigs the same name", () => {
  fc.assert(
    fc.property(
      fc.tuple(texts, addresses, ports),
      fc.tuple(texts, addresses, ports),
      (one, other) => {
        fc.pre(one[1] !== other[1] || one[2] !== other[2]);
        assert(toRigName(...one) !== toRigName(...other));
      },
    ),
  );
});

Deno.test("Answers keeps each address and port once, the first description", () => {
  const answers = new Answers();
  answers.add(encode("cgm-FTW-4029-b\0"), "10.0.0.10");
  answers.add(encode("cgm-FTW-4028-a\0"), "10.0.0.10");
  answers.add(encode("cgm-FTW-4028-other\0"), "10.0.0.10");
  answers.add(encode("cgm-FTW-4028-\0"), "10.0.0.9");
  answers.add(encode("cgm-FTW-4028-\0"), "0.0.0.0");
  answers.add(encode("cgm-FTW-4028-at 10.0.0.1:1\0"), "10.0.0.11");
  assertEquals(answers.listRigs(), [
    { name: "10.0.0.9", hostname: "10.0.0.9", port: 4028 },
    {
      name: "a-10.0.0.10",
      hostname: "10.0.0.10",
      port: 4028,
      description: "a",
    },
    {
      name: "b-10.0.0.10-4029",
      hostname: "10.0.0.10",
      port: 4029,
      description: "b",
    },
    {
      name: "at-10.0.0.1-1-10.0.0.11",
      hostname: "10.0.0.11",
      port: 4028,
      description: "at 10.0.0.1:1",
    },
  ]);
});

Deno.test("Answers is bounded, in all and for an address", () => {
  const one = new Answers();
  const many = new Answers();
  for (let index = 1; index <= 10_000; index++) {
    one.add(encode(`cgm-FTW-${index}-x\0`), "10.0.0.66");
    many.add(encode("cgm-FTW-4028-x\0"), `10.0.${index >> 8}.${index & 255}`);
  }
  one.add(encode("cgm-FTW-4028-barn\0"), "10.0.0.7");
  assertEquals(
    [one.size, many.size],
    [MAX_RIGS_PER_ADDRESS + 1, MAX_FOUND_RIGS],
  );
  assertEquals(one.listRigs()[0]?.name, "barn-10.0.0.7");
});

Deno.test("Answers gives each of too many the same chance", () => {
  // Always the first place, then none: as a die could fall.
  const first = new Answers(() => 0);
  const none = new Answers(() => 0.999_999);
  for (const answers of [first, none]) {
    for (let index = 1; index <= MAX_FOUND_RIGS + 1; index++) {
      const address = `10.0.${index >> 8}.${index & 255}`;
      answers.add(encode("cgm-FTW-4028-x\0"), address);
    }
  }
  const list = (answers: Answers) =>
    answers.listRigs().map(({ hostname }) => hostname);
  assertEquals(list(first).includes("10.0.0.1"), false);
  assertEquals(list(first).includes("10.0.4.1"), true);
  assertEquals(list(none).includes("10.0.0.1"), true);
  assertEquals(list(none).includes("10.0.4.1"), false);
  // Chances of 1,024 among n: with all of 0, 1/n, 2/n … each place once.
  let calls = 0;
  const each = new Answers(() => calls++ / (MAX_FOUND_RIGS + calls));
  for (let index = 1; index <= 2 * MAX_FOUND_RIGS; index++) {
    const address = `10.0.${index >> 8}.${index & 255}`;
    each.add(encode("cgm-FTW-4028-x\0"), address);
  }
  assertEquals(each.size, MAX_FOUND_RIGS);
});
