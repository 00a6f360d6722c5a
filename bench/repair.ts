/**
 * Benchmarks of reading a reply: `deno task bench`.
 *
 * The last groups show that hostile replies cost in proportion to their length:
 * each is run at 256 KiB and at 1 MiB, which must take about four times as long.
 *
 * @example
 * ```ts
 * import { makeReply } from "./repair.ts";
 *
 * console.log(makeReply(67_000).length);
 * ```
 *
 * @module
 */

import { readReply } from "../rpc/repair.ts";

const KIB = 1_024;

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/**
 * Makes a `devs` reply.
 *
 * @param size About how many bytes.
 * @returns Valid JSON, as cgminer writes it.
 */
export function makeReply(size: number): string {
  const device =
    '{"ASC":0,"Name":"SPN","ID":0,"Enabled":"Y","Status":"Alive",' +
    '"Temperature":0.00,"MHS av":502211.64,"Total MH":301944000.0000,' +
    '"Difficulty Accepted":0.00000000,"No Device":false}';
  const count = Math.max(1, Math.round(size / device.length));
  return '{"STATUS":[{"STATUS":"S","When":1,"Code":9,"Msg":"ASCs"}],"DEVS":[' +
    Array(count).fill(device).join(",") + '],"id":1}';
}

const SMALL = makeReply(1);
const LARGE = makeReply(67 * KIB);

Deno.bench("valid, small", { group: "valid" }, () => {
  readReply(encode(SMALL));
});

const large = encode(LARGE);
Deno.bench("valid, 67 KiB", { group: "valid" }, () => {
  readReply(large);
});

const LATIN_1 = encode(LARGE.replace('"SPN"', '"\u0001PN"')).map((byte) =>
  byte === 1 ? 0xe9 : byte
);
const DAMAGED: Readonly<Record<string, Uint8Array>> = {
  "missing comma": encode(LARGE.replaceAll("},{", "}{")),
  "leading comma": encode(LARGE.replace("[{", "[,{")),
  "trailing comma": encode(LARGE.replaceAll("false}", "false,}")),
  "nan": encode(LARGE.replaceAll("502211.64", "nan")),
  "control character": encode(LARGE.replaceAll("Alive", "Alive\n")),
  "invalid escape": encode(LARGE.replaceAll("Alive", "Ali\\'ve")),
  "windows-1252": LATIN_1,
  "junk after the value": encode(LARGE + '"}'),
};
for (const [name, bytes] of Object.entries(DAMAGED)) {
  Deno.bench(`${name}, 67 KiB`, { group: "damaged" }, () => {
    readReply(bytes);
  });
}

const TEXT = encode(
  "STATUS=S,When=1,Code=9,Msg=ASCs|" +
    "ASC=0,Name=SPN,Enabled=Y,MHS av=502211.64,No Device=false|".repeat(1_150),
);
Deno.bench("text dialect, 67 KiB", { group: "damaged" }, () => {
  readReply(TEXT);
});

/** How a hostile reply begins, and what it repeats. */
const HOSTILE: readonly (readonly [string, string])[] = [
  ["", "{"],
  ["", "["],
  ["", '"'],
  ["", ",}"],
  ["", "\\"],
  ["", "}{"],
  ["", '{"a":nan,'],
  ["", '{"a":'],
  ["[", '""'],
  ["[", "{}"],
  ["[", '{"a":nan}'],
  ["[", '{"a":1,},'],
  ["[{}", ","],
  ['["', "\\"],
  ['["', "\\'"],
  ['["', "\t"],
  ["[", "1"],
  ["[", "n"],
  ["[", " "],
  ["[0]", '"'],
  ["STATUS=S|", "a=1,"],
  ["STATUS=S|", "a|"],
  ["STATUS=S,", "\\"],
  ["STATUS=S,Msg=", "a,"],
  ['["\xff', "a\xff"],
];
for (const [start, unit] of HOSTILE) {
  const name = JSON.stringify(`${start}${unit}…`);
  for (const size of [256, 1_024]) {
    const text = start +
      unit.repeat((size * KIB - start.length) / unit.length);
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    Deno.bench(
      `${name}, ${size} KiB`,
      { group: name, n: 10, warmup: 2 },
      () => {
        readReply(bytes);
      },
    );
  }
}
