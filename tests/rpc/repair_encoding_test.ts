import { assertEquals } from "jsr:@std/assert@1";
import { decodeBytes, measureOffsets } from "../../rpc/repair_encoding.ts";
import { formatRepairs, readReply } from "../../rpc/repair.ts";

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Bytes given as text in which each character is one byte. */
function encodeLatin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function join(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function checkRepair(bytes: Uint8Array, text: string, repairs: string): void {
  const reply = readReply(bytes);
  if (!reply.ok) throw new Error(`refused: ${reply.code}, ${reply.reason}`);
  assertEquals(reply.text, text);
  assertEquals(formatRepairs(reply.repairs), repairs);
}

Deno.test("readReply() reads bytes that are not UTF-8 as windows-1252", () => {
  checkRepair(encodeLatin1('{"a":"\xaa"}'), '{"a":"ª"}', "windows-1252; at=6");
  // The Euro sign, and the five bytes that windows-1252 leaves undefined.
  checkRepair(
    encodeLatin1('["\x80\x81\x8d\x8f\x90\x9d"]'),
    '["€\x81\x8d\x8f\x90\x9d"]',
    "windows-1252; at=2",
  );
  checkRepair(
    encodeLatin1('["\xe9a\xe9\xe8",nan]'),
    '["éaéè",null]',
    "windows-1252; at=2, windows-1252; at=4, nan; at=8",
  );
});

Deno.test("readReply() keeps valid UTF-8 beside bytes that are not", () => {
  checkRepair(
    join(
      encode('{"é汉😀":"'),
      Uint8Array.of(0xe9, 0x20),
      encode("é汉😀\n"),
      encode('"}'),
    ),
    '{"é汉😀":"é é汉😀\\u000a"}',
    "windows-1252; at=14, control-character; at=25",
  );
});

Deno.test("readReply() takes no overlong form, surrogate or cut sequence for UTF-8", () => {
  const cases: readonly [number[], string][] = [
    [[0xc0, 0xaf], "À¯"],
    [[0xe0, 0x80, 0xaf], "à€¯"],
    [[0xed, 0xa0, 0x80], "í\u00a0€"],
    [[0xf0, 0x80, 0x80, 0x80], "ð€€€"],
    [[0xf4, 0x90, 0x80, 0x80], "ô\x90€€"],
    [[0xf5, 0x80, 0x80, 0x80], "õ€€€"],
    [[0xe6, 0xb1], "æ±"],
    [[0xff, 0xfe], "ÿþ"],
  ];
  for (const [bytes, text] of cases) {
    const reply = join(encode('["'), Uint8Array.from(bytes), encode('"]'));
    checkRepair(reply, `["${text}"]`, "windows-1252; at=2");
  }
});

Deno.test("readReply() does not report bytes that fall away with the junk", () => {
  checkRepair(
    encodeLatin1('["\xe9"]\xff\xfe'),
    '["é"]',
    "windows-1252; at=2, junk-after-value; at=5",
  );
});

Deno.test("readReply() refuses a byte outside UTF-8 between values", () => {
  assertEquals(readReply(encodeLatin1('{\xff"a":1}')), {
    ok: false,
    code: "rig-reply-invalid",
    reason: "it has no key at byte 1",
  });
});

Deno.test("readReply() reads non-UTF-8 bytes in the text dialect", () => {
  checkRepair(
    encodeLatin1("STATUS=S,Code=7|POOL=0,User=\xe9\xc3\xa9|\0"),
    '{"STATUS":[{"STATUS":"S","Code":7}],"POOLS":[{"POOL":0,"User":"éé"}],"id":1}',
    "text-dialect, windows-1252; at=28",
  );
});

Deno.test("decodeBytes() reads long texts whole", () => {
  const text = "aé汉😀".repeat(20_000);
  assertEquals(decodeBytes(encode(text), 9), { text, foreign: [] });
  const { text: mixed, foreign } = decodeBytes(
    join(encode(text), Uint8Array.of(0xff)),
    9,
  );
  assertEquals(mixed === text + "ÿ", true);
  assertEquals(foreign, [{ at: text.length, end: text.length + 1 }]);
});

Deno.test("decodeBytes() tells runs, and no more than one too many", () => {
  const bytes = Uint8Array.of(0xff, 0xff, 0x61, 0xff, 0x61, 0xff, 0x61, 0xff);
  const runs = [{ at: 0, end: 2 }, { at: 3, end: 4 }];
  assertEquals(decodeBytes(bytes, 1), { text: "ÿÿaÿaÿaÿ", foreign: runs });
});

Deno.test("measureOffsets() counts UTF-8 bytes, and one for a foreign one", () => {
  const text = "aé汉😀ÿb";
  assertEquals(
    measureOffsets(text, [{ at: 5, end: 6 }], [0, 1, 2, 3, 5, 6, 7]),
    [
      0,
      1,
      3,
      6,
      10,
      11,
      12,
    ],
  );
  // A surrogate alone counts as U+FFFD, which is what TextEncoder makes of it.
  assertEquals(measureOffsets("\ud83da\ude00", [], [1, 2, 3]), [3, 4, 7]);
});
