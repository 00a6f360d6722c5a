/**
 * HTML in which every text is escaped, unless it was made here.
 *
 * @module
 */

/** HTML, as {@linkcode markup} makes it. */
export class Markup {
  /**
   * Takes HTML as it is.
   *
   * @param text HTML, with nothing unescaped in it.
   */
  constructor(readonly text: string) {}
}

/** What may stand in a template. */
export type MarkupPart = string | number | Markup | readonly MarkupPart[];

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Makes HTML of a template; texts in it are escaped, for content and for quoted
 * attributes alike.
 *
 * @param strings What stands there.
 * @param parts What is put in.
 * @returns The HTML.
 */
export function markup(
  strings: TemplateStringsArray,
  ...parts: readonly MarkupPart[]
): Markup {
  return new Markup(
    strings.map((string, index) => {
      const part = parts[index];
      return part === undefined ? string : string + writePart(part);
    }).join(""),
  );
}

function writePart(part: MarkupPart): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === "object") return part.map(writePart).join("");
  return String(part).replaceAll(/[&<>"']/g, (char) => ESCAPES[char] ?? char);
}

/**
 * Makes HTML of a text as the document has it: `code` in backticks.
 *
 * @param text The text, of one paragraph.
 * @returns The HTML.
 */
export function formatInline(text: string): Markup {
  const parts = text.split(/`([^`]*)`/).map((part, index) =>
    index % 2 === 0 ? part : markup`<code>${part}</code>`
  );
  return markup`${parts}`;
}

/**
 * The same of a text with paragraphs.
 *
 * @param text The text; an empty line ends a paragraph.
 * @returns The HTML.
 */
export function formatText(text: string): Markup {
  const paragraphs = text.split("\n\n").map((paragraph) =>
    markup`<p>${formatInline(paragraph)}</p>
`
  );
  return markup`${paragraphs}`;
}
