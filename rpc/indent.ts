/**
 * Indents JSON as text, so that every number keeps its digits and duplicate
 * keys stay, which parsing and printing again would lose. Pure.
 *
 * @module
 */

/**
 * How many times as long JSON may become. Attack: a reply of 2 MiB that nests 60
 * deep, of which 250 MB would be made.
 */
export const MAX_GROWTH = 8;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const NEWLINE = 0x0a;
const SPACE = 0x20;
const INDENT = 4;

/**
 * Indents valid JSON by 4, laid out as `JSON.stringify(value, null, 4)` does.
 *
 * @param json Valid JSON; anything else gives text of no use.
 * @param depth How many levels the whole stands inside of. Default 0.
 * @returns The same JSON with other white space; or itself, if that would be
 * more than {@linkcode MAX_GROWTH} times as many bytes.
 */
export function indentJson(json: string, depth = 0): string {
  const bytes = new TextEncoder().encode(json);
  const indented = indentBytes(bytes, depth);
  return indented === bytes ? json : new TextDecoder().decode(indented);
}

/**
 * The same for JSON in UTF-8.
 *
 * @param json Valid JSON.
 * @param depth How many levels the whole stands inside of. Default 0.
 * @returns The same JSON with other white space; or the bytes that were given.
 */
export function indentBytes(
  json: Uint8Array<ArrayBuffer>,
  depth = 0,
): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(MAX_GROWTH * json.length);
  let length = 0;
  let inString = false;
  for (let at = 0; at < json.length && length <= out.length; at++) {
    const byte = json[at]!;
    if (inString) {
      out[length++] = byte;
      if (byte === BACKSLASH) out[length++] = json[++at]!;
      else if (byte === QUOTE) inString = false;
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      out[length++] = byte;
      const next = skipSpace(json, at + 1);
      if (json[next] === CLOSE_OBJECT || json[next] === CLOSE_ARRAY) {
        out[length++] = json[next]!;
        at = next;
      } else {
        length = breakLine(out, length, ++depth);
      }
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      length = breakLine(out, length, --depth);
      out[length++] = byte;
    } else if (byte === COMMA) {
      out[length++] = byte;
      length = breakLine(out, length, depth);
    } else if (byte === COLON) {
      out[length++] = byte;
      out[length++] = SPACE;
    } else if (!isSpace(byte)) {
      out[length++] = byte;
      inString = byte === QUOTE;
    }
  }
  return length <= out.length ? out.slice(0, length) : json;
}

/** Ends a line and indents the next; what does not fit is only counted. */
function breakLine(out: Uint8Array, length: number, depth: number): number {
  out[length++] = NEWLINE;
  const end = length + INDENT * Math.max(0, depth);
  while (length < end && length < out.length) out[length++] = SPACE;
  return end;
}

function skipSpace(json: Uint8Array, at: number): number {
  while (isSpace(json[at])) at++;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
