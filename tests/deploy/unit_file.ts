/**
 * Reads files of systemd (systemd.syntax(7)), as far as those of deploy/ go.
 *
 * @module
 */

/** The directives of a section, each with its values in order. */
export type Section = ReadonlyMap<string, readonly string[]>;

/**
 * Reads a unit file.
 *
 * @param text The file.
 * @returns Its sections by name.
 * @throws {SyntaxError} For a line that is none.
 */
export function parseUnitFile(text: string): ReadonlyMap<string, Section> {
  const sections = new Map<string, Map<string, string[]>>();
  let section: Map<string, string[]> | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "" || /^[#;]/.test(line)) continue;
    const [, name] = /^\[(\w+)\]$/.exec(line) ?? [];
    const [, key, value] = /^(\w+)=(.*[^\\]|)$/.exec(line) ?? [];
    if (name !== undefined) {
      sections.set(name, section = new Map());
    } else if (key !== undefined && value !== undefined && section) {
      section.set(key, [...section.get(key) ?? [], value]);
    } else {
      throw new SyntaxError(`Line ${index + 1} is none: ${line}`);
    }
  }
  return sections;
}

/**
 * Takes the directives that are commented out (`#Name=value`, without a space)
 * out of their comments.
 *
 * @param text A unit file.
 * @returns It with them.
 */
export function uncommentDirectives(text: string): string {
  return text.replaceAll(/^#(?=[A-Z]\w+=)/gm, "");
}
