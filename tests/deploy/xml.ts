/**
 * Reads XML as far as the files of deploy/ go: elements, attributes, text,
 * comments; and refuses what is not well-formed.
 *
 * @module
 */

/** An element. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own text, without white space at both ends. */
  readonly text: string;
}

interface OpenElement extends XmlElement {
  readonly children: XmlElement[];
  text: string;
}

/** The pieces of a document; what is between them is text. */
const PIECE =
  /<\?[^]*?\?>|<!--(?:(?!--)[^])*-->|<!DOCTYPE [^[\]>]*>|<(\/?)([A-Za-z_][\w.-]*)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>/y;

/**
 * Reads a document.
 *
 * @param text The document.
 * @returns Its root.
 * @throws {SyntaxError} If it is not well-formed.
 */
export function parseXml(text: string): XmlElement {
  const document = makeElement("", "");
  const open = [document];
  for (let at = 0; at < text.length;) {
    const element = open.at(-1) as OpenElement;
    PIECE.lastIndex = at;
    const piece = PIECE.exec(text);
    if (piece === null) {
      const end = text.indexOf("<", at) < 0
        ? text.length
        : text.indexOf("<", at);
      if (end === at) {
        throw new SyntaxError(`No tag: ${text.slice(at, at + 40)}`);
      }
      element.text += decodeText(text.slice(at, end));
      at = end;
      continue;
    }
    const [all, slash, name, attributes = "", isEmpty] = piece;
    at += all.length;
    if (name === undefined) continue;
    if (slash === "/") {
      if (element.name !== name) {
        throw new SyntaxError(`</${name}> ends <${element.name}>`);
      }
      element.text = element.text.trim();
      open.pop();
      continue;
    }
    const child = makeElement(name, attributes);
    element.children.push(child);
    if (isEmpty === "") open.push(child);
  }
  const [root, second] = document.children;
  const isWhole = open.length === 1 && document.text.trim() === "";
  if (!isWhole || root === undefined || second !== undefined) {
    throw new SyntaxError("It is not one whole element");
  }
  return root;
}

function makeElement(name: string, attributes: string): OpenElement {
  const pairs = [...attributes.matchAll(/([\w:.-]+)="([^"]*)"/g)]
    .map(([, key = "", value = ""]) => [key, decodeText(value)]);
  return {
    name,
    attributes: Object.fromEntries(pairs),
    children: [],
    text: "",
  };
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

function decodeText(text: string): string {
  return text.replaceAll(/&(\w*);?/g, (all, name) => {
    const char = all.endsWith(";") ? ENTITIES[name] : undefined;
    if (char === undefined) throw new SyntaxError(`${all} is no entity`);
    return char;
  });
}
