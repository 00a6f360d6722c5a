/**
 * Replies of any length, each of a shape that costs whoever reads it as much as
 * it can.
 *
 * @module
 */

/** A reply's shape. */
export interface Shape {
  /** What it is made of. */
  readonly name: string;
  /** Makes a reply of at most so many bytes, without its NUL. */
  make(maxBytes: number): Uint8Array<ArrayBuffer>;
  /** Bytes that are written at once. Default: all. */
  readonly writeBytes?: number;
}

const STATUS = '"STATUS":[{"STATUS":"S","Code":11}]';

const encoder = new TextEncoder();

/** The same piece, or a piece by its number, as often as it fits in. */
function fill(
  name: string,
  open: string,
  piece: string | ((index: number) => string),
  close: string,
): Shape {
  return {
    name,
    make(maxBytes) {
      const pieces = [open];
      let length = open.length + close.length;
      for (let index = 0;; index++) {
        const next = typeof piece === "string" ? piece : piece(index);
        length += next.length;
        if (length > maxBytes) break;
        pieces.push(next);
      }
      return toBytes([...pieces, close].join(""));
    },
  };
}

/** One byte a character: U+00FF is 0xFF, which is not UTF-8. */
function toBytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = encoder.encode(text);
  if (bytes.length === text.length) return bytes;
  return Uint8Array.from(
    { length: text.length },
    (_, at) => text.charCodeAt(at),
  );
}

const members = (piece: string | ((index: number) => string), name: string) =>
  fill(name, `{${STATUS}`, piece, "}");
const list = (first: string, next: string, name: string) =>
  fill(name, `{${STATUS},"A":[${first}`, next, "]}");
const section = (
  section: string,
  next: (index: number) => string,
  name: string,
) => fill(name, `{${STATUS},"${section}":[{"ID":0}`, next, "]}");
const stats = (next: (index: number) => string, name: string) =>
  fill(name, `{${STATUS},"STATS":[{"ID":0`, next, "}]}");
const string = (piece: string, name: string) =>
  fill(name, `{${STATUS},"A":"`, piece, '"}');

/** All shapes: JSON, JSON with defects, the text dialect, and neither. */
export const SHAPES: readonly Shape[] = [
  list("[]", ",[]", "empty lists"),
  list("{}", ",{}", "empty objects"),
  list("1", ",1", "numbers"),
  list("", "\n", "line breaks"),
  list(
    "0",
    `,${"[".repeat(510)}${"]".repeat(510)}`,
    "512 deep",
  ),
  list(`0`, `,${"[".repeat(58)}${"]".repeat(58)}`, "60 deep"),
  fill("brackets that open", "", "[", ""),
  fill("objects that open", "", '{"a":', ""),
  members((index) => `,"a${index}":1`, "keys"),
  members((index) => `,"${index.toString(36)}":""`, "short keys"),
  members((index) => `,"${index}":1`, "keys that are numbers"),
  members(',"a":1', "one key, again and again"),
  string("x", "one string"),
  string("\xc3\xa9", "one string of UTF-8"),
  string("\\u0041", "one string of escapes"),
  fill("one number", `{${STATUS},"A":`, "1", "}"),
  fill("joined sections", "{", (n) => `"c${n}":[{${STATUS}}],`, '"id":1}'),
  fill("one section, again", "{", `"summary":[{${STATUS}}],`, '"id":1}'),
  section(
    "DEVS",
    (n) => `,{"ASC":${n},"MHS 5s":1,"Temperature":50}`,
    "devices",
  ),
  section("POOLS", (n) => `,{"POOL":${n},"URL":"http://a${n}"}`, "pools"),
  section("STATS", (n) => `,{"STATS":${n},"fan1":1,"temp1":50}`, "stats"),
  section("FANS", (n) => `,{"FAN":${n},"RPM":4000}`, "fans"),
  section("TEMPS", (n) => `,{"ID":${n},"TEMP":1,"Chip":50}`, "sensors"),
  stats((n) => `,"chain_rate${n}":"1"`, "chains"),
  stats((n) => `,"temp${n}":50,"fan${n}":1`, "sensors and fans by name"),
  stats((n) => `,"MM ID${n}":"Ver[1] Temp[2] Fan1[3]"`, "modules"),
  stats((n) => `,"j${n}":"{\\"a\\":1}"`, "JSON in strings"),
  stats(
    (n) => `},{"ID":"${n}","Temperature":50,"a":"${"x".repeat(440)}"`,
    "fat stats",
  ),
  list("{}", "{}", "missing commas"),
  list('""', '""', "missing commas between strings"),
  list("{}", `{}${" ".repeat(400)}`, "missing commas, few"),
  list("nan", ",nan", "nan"),
  list("1", ",", "commas"),
  string("\x01", "control characters"),
  string(`\x01${"a".repeat(300)}`, "control characters, few"),
  string("\\x", "wrong escapes"),
  string("\xff", "odd bytes"),
  string("\xffa", "odd bytes, one by one"),
  string(`\xff${"a".repeat(300)}`, "odd bytes, few"),
  fill("text: odd bytes", "STATUS=S,Msg=", "\xff", "|"),
  fill("text: odd bytes, one by one", "STATUS=S,Msg=", "\xffa", "|"),
  fill("text: odd items", "STATUS=S,a=1", ",\xff=1", "|"),
  fill("text: semicolons", "NAME=x", ";", "|"),
  fill("text: commas", "STATUS=S,Msg=x", ",", "|"),
  fill("text: backslashes", "STATUS=S,Msg=", "\\\\", "|"),
  fill("text: sections", "STATUS=S|", (n) => `A${n}=1|`, ""),
  fill(
    "text: fat sections",
    "STATUS=S|",
    (n) => `A${n}=${"1".repeat(35)}|`,
    "",
  ),
  fill("text: items", "STATUS=S|A=1", ",a=1", "|"),
  fill(
    "text: fat items",
    "STATUS=S|A=1",
    (n) => `,a${n}=${"é".repeat(35)}`,
    "|",
  ),
  fill("text: joined", "CMD=summary|STATUS=S|", "CMD=a|", ""),
  fill("text: bars", "STATUS=S|", "|", ""),
  fill("spaces", "", " ", ""),
  fill("NULs at the end of spaces", " ", "\n", " \r\n"),
  fill("HTML", "<html>", "<p>", ""),
  fill("binary", "\x01", "\xfe\x02", ""),
  {
    ...section("DEVS", (n) => `,{"ASC":${n}}`, "in writes of 100 bytes"),
    writeBytes: 100,
  },
];
