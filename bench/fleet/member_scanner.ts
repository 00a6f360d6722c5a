/**
 * Finds the rigs in the JSON of `/@all/…` and `/-/rigs` while it arrives: an
 * object directly in the root, or directly in a list that is the root or in
 * it. Reads only brackets and strings, and trusts that they match.
 *
 * @example
 * ```ts
 * import { MemberScanner } from "./member_scanner.ts";
 *
 * const scanner = new MemberScanner((text) => console.log(text));
 * scanner.push('{"a": {"STATUS":[{}]}, "b": {"err');
 * scanner.push('or":{"title":"}"}}}'); // {"STATUS":[{}]}, then {"error":…}
 * ```
 *
 * @module
 */

/** Around a rig there is the root, a list, or a list in the root. */
const AROUND_RIGS: ReadonlySet<string> = new Set(["{", "[", "{["]);
const TOKENS = /["\\{}[\]]/g;

/** One pass over one body. */
export class MemberScanner {
  readonly #onMember: (text: string) => void;
  #open = "";
  #isString = false;
  /** Whether the last character was a backslash, in a string. */
  #isEscaped = false;
  /** What came of a rig's object so far; none: outside of rigs. */
  #member: string | undefined;

  /**
   * Makes a scanner at the start of a body.
   *
   * @param onMember Called with each rig's object, as soon as it is whole.
   */
  constructor(onMember: (text: string) => void) {
    this.#onMember = onMember;
  }

  /**
   * Reads on.
   *
   * @param text The next characters of the body, cut anywhere.
   */
  push(text: string): void {
    let from = 0;
    TOKENS.lastIndex = this.#skipEscaped(text, 0);
    for (let token; (token = TOKENS.exec(text)) !== null;) {
      const { 0: mark, index } = token;
      if (mark === "\\") {
        this.#isEscaped = true;
        TOKENS.lastIndex = this.#skipEscaped(text, index + 1);
      } else if (mark === '"') {
        this.#isString = !this.#isString;
      } else if (!this.#isString) {
        const isStart = this.#member === undefined;
        if (mark === "{" || mark === "[") {
          this.#enter(mark);
          if (isStart) from = index;
        } else if (this.#leave()) {
          this.#onMember(this.#member + text.slice(from, index + 1));
          this.#member = undefined;
        }
      }
    }
    if (this.#member !== undefined) this.#member += text.slice(from);
  }

  /** Steps over the character after a backslash, if it is there already. */
  #skipEscaped(text: string, at: number): number {
    if (!this.#isEscaped || at >= text.length) return at;
    this.#isEscaped = false;
    return at + 1;
  }

  #enter(mark: string): void {
    if (
      mark === "{" && this.#member === undefined && AROUND_RIGS.has(this.#open)
    ) this.#member = "";
    this.#open += mark;
  }

  /** Whether this ended a rig's object. */
  #leave(): boolean {
    this.#open = this.#open.slice(0, -1);
    return this.#member !== undefined && AROUND_RIGS.has(this.#open);
  }
}
