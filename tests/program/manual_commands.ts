/**
 * The commands in the pages of the manual, and what is shown of their output.
 *
 * @module
 */

import { lexer, walkTokens } from "npm:marked@18";

/** One command of a page. */
export interface ManualCommand {
  /** The command line, without the remark behind it. */
  readonly line: string;
  /** What the page shows of its output. */
  readonly shown: readonly string[];
}

/**
 * Finds the commands of a page: each line of an `sh` block, and what follows `$ `
 * in a `console` block.
 *
 * @param text The page, in Markdown.
 * @returns Them, in order.
 */
export function findCommands(text: string): ManualCommand[] {
  const commands: ManualCommand[] = [];
  walkTokens(lexer(text), (token) => {
    if (token.type !== "code") return;
    const { lang, text } = token as { lang?: string; text: string };
    if (lang === "console") commands.push(...readConsole(text));
    if (lang === "sh") commands.push(...readScript(text));
  });
  return commands;
}

/** A remark stands behind two spaces, so that `#` in a URL is none. */
function dropRemark(line: string): string {
  return line.replace(/(?:^|\s\s+)#.*$/, "").trim();
}

function readScript(text: string): ManualCommand[] {
  return text.replaceAll("\\\n", " ").split("\n").map(dropRemark)
    .filter((line) => line !== "")
    .map((line) => ({ line, shown: [] }));
}

function readConsole(text: string): ManualCommand[] {
  return text.split(/^\$ /m).slice(1).map((part) => {
    const [first = "", ...shown] = part.trimEnd().split("\n");
    return { line: dropRemark(first), shown };
  });
}

/**
 * Finds what a shell would take for a pattern of file names: zsh and fish end
 * with an error where there are no such files. The binaries' names are meant so.
 *
 * @param line The command line.
 * @returns The first word with an unquoted `*`, `?`, `[` or `]`.
 */
export function findPattern(line: string): string | undefined {
  const bare = line.replace(/'[^']*'|"[^"]*"|\\./g, "");
  return bare.split(/\s+/).find((word) =>
    /[*?[\]]/.test(word) && !/^(?:dist\/)?chi-server-\*-[\w.-]+$/.test(word)
  );
}

/**
 * Compares a line that a page shows with what was printed. Numbers may differ: times and
 * ports do. Nothing is compared behind `…`.
 *
 * @param shown The line of the page.
 * @param printed All that was printed.
 * @returns Whether it was.
 */
export function isPrinted(shown: string, printed: string): boolean {
  const [start = ""] = shown.split("…", 1);
  const blur = (text: string) => text.replace(/\d+(?:\.\d+)?/g, "0");
  const lines = printed.split(/\r?\n/).map((line) => blur(line));
  return lines.some((line) =>
    shown.includes("…")
      ? line.startsWith(blur(start))
      : line.trimEnd() === blur(shown).trimEnd()
  );
}
