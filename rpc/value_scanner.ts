/**
 * Where the first value of a reply ends, for peers that send neither NUL nor
 * the end of the connection. Pure.
 *
 * @module
 */

/**
 * Sees where the first JSON value of a byte stream is complete, by brackets
 * and strings alone, so that a reply with a known defect counts as well.
 */
export class ValueScanner {
  /** Whether a whole value has passed. */
  isComplete = false;
  #depth = 0;
  #inString = false;
  #escaped = false;

  /**
   * Looks at what was read next.
   *
   * @param bytes Where the last ones ended, wherever that was.
   */
  push(bytes: Uint8Array): void {
    if (this.isComplete) return;
    // By index: until it is compiled, an iterator takes five times as long.
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === 0x5c) this.#escaped = true;
        else if (byte === 0x22) this.#inString = false;
      } else if (byte === 0x22) this.#inString = true;
      else if (byte === 0x7b || byte === 0x5b) this.#depth++;
      else if (byte === 0x7d || byte === 0x5d) {
        this.#depth--;
        if (this.#depth <= 0) {
          this.isComplete = true;
          return;
        }
      }
    }
  }
}
