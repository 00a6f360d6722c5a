/**
 * A reply as it grows: the messages and sections of one answer, written in
 * the dialect of its request, byte for byte as `api.c` of cgminer does.
 *
 * All text in here is a string of bytes: each of its characters stands for
 * one byte (0 to 255), because what passes through a rig need not be UTF-8.
 *
 * @module
 */

/** How a request was written, and so how its reply is: JSON or text. */
export type Dialect = "json" | "text";

/** The value of a field: what is written, and whether it is a string. */
export interface Value {
  /** What is written, not yet escaped. */
  readonly text: string;
  /** Whether it is a string: quoted in JSON. */
  readonly quoted: boolean;
}

/** A field of a reply. */
export type Member = readonly [name: string, value: Value];

/** Makes a string of a field: quoted in JSON. */
export function text(value: string): Value {
  return { text: value, quoted: true };
}

/** Makes a whole number of a field, however large: `605`. */
export function whole(value: number): Value {
  return { text: Math.floor(value).toFixed(0), quoted: false };
}

/** Makes a number of a field with a fixed count of decimals: `605.00`. */
export function fixed(value: number, decimals: number): Value {
  return { text: value.toFixed(decimals), quoted: false };
}

/** Makes a truth value of a field: `true`. */
export function flag(value: boolean): Value {
  return { text: String(value), quoted: false };
}

/**
 * Escapes a string as a rig does: only `"` and `\` in JSON; `,`, `|`, `=` and
 * `\` in text. Control characters stay as they are.
 *
 * @param value The string.
 * @param dialect For which dialect.
 * @returns The string, escaped by `\`.
 */
export function escapeString(value: string, dialect: Dialect): string {
  return value.replace(dialect === "json" ? /["\\]/g : /[,|=\\]/g, "\\$&");
}

/** What a STATUS says. */
export interface Status {
  /** `S`, `I`, `W`, `E` or `F`. */
  readonly severity: string;
  /** The message's number. */
  readonly code: number;
  /** The message. */
  readonly text: string;
  /** The rig's description; without it, the field is missing. */
  readonly description?: string | undefined;
}

/** One reply, or one section of a joined one. */
export class Reply {
  /** The dialect it is written in. */
  readonly dialect: Dialect;
  readonly #whenS: number;
  #body = "";

  /**
   * @param dialect The dialect of the request.
   * @param whenS What `When` says: seconds since 1970.
   */
  constructor(dialect: Dialect, whenS: number) {
    this.dialect = dialect;
    this.#whenS = whenS;
  }

  /** Adds a STATUS. A second one sticks to the first, as it does in `api.c`. */
  addStatus(status: Status): void {
    const members: Member[] = [
      ["STATUS", text(status.severity)],
      ["When", whole(this.#whenS)],
      ["Code", whole(status.code)],
      ["Msg", text(status.text)],
    ];
    if (status.description !== undefined) {
      members.push(["Description", text(status.description)]);
    }
    const written = this.#write(members);
    this.#body += this.dialect === "json"
      ? `{"STATUS":[${written}]`
      : `${written}|`;
  }

  /**
   * Adds a section.
   *
   * @param name Its name, such as `SUMMARY`.
   * @param items What it holds, field by field.
   * @param named Whether the text dialect says its name; it does not where a
   * section lists things, each of which starts with its own.
   * @param glued Whether the comma after the first item is forgotten, as some
   * vendors' firmware does in JSON.
   */
  addSection(
    name: string,
    items: readonly (readonly Member[])[],
    named = true,
    glued = false,
  ): void {
    const written = items.map((members) => this.#write(members));
    if (this.dialect === "json") {
      if (glued) written.splice(0, 2, written.slice(0, 2).join(""));
      this.#body += `,"${name}":[${written.join(",")}]`;
      return;
    }
    for (const item of written) {
      this.#body += `${named ? `${name},` : ""}${item}|`;
    }
  }

  /** Puts a bare word in the place of everything else: `BYE`, `RESTART`. */
  putWord(word: string): void {
    this.#body = this.dialect === "json" ? `{"STATUS":"${word}"` : word;
  }

  /** Adds the head of one command's section of a joined reply. */
  openJoin(command: string): void {
    const escaped = escapeString(command, this.dialect);
    if (this.dialect === "text") this.#body += `CMD=${escaped}|`;
    else this.#body += `${this.#body === "" ? "{" : ","}"${escaped}":[`;
  }

  /** Adds the tail of one command's section of a joined reply. */
  closeJoin(): void {
    if (this.dialect === "json") this.#body += `,"id":1}]`;
  }

  /** Ends the reply, without its NUL. A second end is added to the first. */
  finish(): string {
    if (this.dialect === "json") this.#body += `,"id":1}`;
    return this.#body;
  }

  #write(members: readonly Member[]): string {
    const json = this.dialect === "json";
    const written = members.map(([name, value]) => {
      if (!json) return `${name}=${escapeString(value.text, "text")}`;
      if (!value.quoted) return `"${name}":${value.text}`;
      return `"${name}":"${escapeString(value.text, "json")}"`;
    }).join(",");
    return json ? `{${written}}` : written;
  }
}
