/**
 * The bytes of a reply that is not clean UTF-8: reads them, and says at which
 * byte a character stood.
 *
 * Miners copy pool names, users and file names into their replies as they got
 * them, so one string may be UTF-8 and the next in some 8-bit encoding. Here a
 * sequence that is UTF-8 is read as UTF-8, and every other byte as
 * windows-1252, which has a character for each of them (the five that it
 * leaves undefined become U+0081 and so on, as in the WHATWG Encoding
 * Standard).
 *
 * @module
 */

/** Text read from bytes of more than one encoding. */
export interface DecodedBytes {
  /** All of it. */
  readonly text: string;
  /**
   * The characters that were read as windows-1252, in runs, ascending; one more
   * than were asked for, if there are more.
   */
  readonly foreign: readonly ForeignRun[];
}

/** Characters in a row of which each was one byte. */
export interface ForeignRun {
  /** Index of the first. */
  readonly at: number;
  /** Index after the last. */
  end: number;
}

const WINDOWS_1252: readonly number[] = Array.from(
  new TextDecoder("windows-1252").decode(
    Uint8Array.from({ length: 256 }, (_, byte) => byte),
  ),
  (character) => character.charCodeAt(0),
);

// Arguments of one String.fromCharCode call; far below every engine's limit.
const UNITS_PER_CALL = 8_192;

/**
 * Reads bytes as UTF-8 where they are UTF-8, else as windows-1252. A byte
 * order mark is kept.
 *
 * @param bytes Any bytes.
 * @param maxRuns The most runs that are told. Attack: a million bytes, each of
 * which is one.
 * @returns The text, and which of its characters are not from UTF-8.
 */
export function decodeBytes(bytes: Uint8Array, maxRuns: number): DecodedBytes {
  // No sequence gives more UTF-16 units than it has bytes.
  const units = new Uint16Array(bytes.length);
  const foreign: ForeignRun[] = [];
  let last: ForeignRun | undefined;
  let length = 0;
  for (let at = 0; at < bytes.length;) {
    const size = measureSequence(bytes, at);
    if (size === 0) {
      if (last?.end === length) last.end++;
      else if (foreign.length <= maxRuns) {
        last = { at: length, end: length + 1 };
        foreign.push(last);
      }
      units[length++] = WINDOWS_1252[bytes[at]!]!;
      at++;
      continue;
    }
    const point = readSequence(bytes, at, size);
    if (point >= 0x10000) {
      units[length++] = 0xd800 + ((point - 0x10000) >> 10);
      units[length++] = 0xdc00 + ((point - 0x10000) & 0x3ff);
    } else {
      units[length++] = point;
    }
    at += size;
  }
  return { text: joinUnits(units.subarray(0, length)), foreign };
}

/** Bytes of the UTF-8 sequence at `at` (RFC 3629, section 4), 0 if none. */
function measureSequence(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (at + size > bytes.length) return 0;
  // The second byte's range shuts out overlong forms, surrogates and what is
  // above U+10FFFF.
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  const second = bytes[at + 1]!;
  if (second < low || second > high) return 0;
  for (let next = at + 2; next < at + size; next++) {
    if ((bytes[next]! & 0xc0) !== 0x80) return 0;
  }
  return size;
}

function readSequence(bytes: Uint8Array, at: number, size: number): number {
  const lead = bytes[at]!;
  if (size === 1) return lead;
  let point = lead & (0x7f >> size);
  for (let next = at + 1; next < at + size; next++) {
    point = (point << 6) | (bytes[next]! & 0x3f);
  }
  return point;
}

function joinUnits(units: Uint16Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < units.length; at += UNITS_PER_CALL) {
    const some = units.subarray(at, at + UNITS_PER_CALL);
    // Spread, it would be a list of its own first. It takes what is like one.
    pieces.push(String.fromCharCode.apply(null, some as unknown as number[]));
  }
  return pieces.join("");
}

/**
 * Turns indexes in a text into offsets in the bytes it was read from, in one
 * walk over the text.
 *
 * @param text What {@link decodeBytes} gave, or any text, which then counts as
 * UTF-8.
 * @param foreign Runs of characters that were one byte each, ascending.
 * @param indexes Indexes in `text`, ascending, at most its length.
 * @returns The byte offset of each index, from 0.
 */
export function measureOffsets(
  text: string,
  foreign: readonly ForeignRun[],
  indexes: readonly number[],
): number[] {
  const offsets: number[] = [];
  let at = 0;
  let offset = 0;
  let nextRun = 0;
  for (const index of indexes) {
    for (; at < index; at++) {
      const run = foreign[nextRun];
      const isForeign = run !== undefined && at >= run.at;
      offset += isForeign ? 1 : measureUnit(text, at);
      if (isForeign && at + 1 === run.end) nextRun++;
    }
    offsets.push(offset);
  }
  return offsets;
}

/** UTF-8 bytes of one UTF-16 unit; a surrogate pair's four count two by two. */
function measureUnit(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  if (unit < 0xd800 || unit > 0xdfff) return 3;
  const other = text.charCodeAt(unit < 0xdc00 ? at + 1 : at - 1);
  const paired = unit < 0xdc00
    ? other >= 0xdc00 && other <= 0xdfff
    : other >= 0xd800 && other < 0xdc00;
  return paired ? 2 : 3;
}
