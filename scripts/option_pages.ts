/**
 * Writes what is made from the table of options: the tables in
 * `docs/configuration.md`, the manual page `docs/chi-server.1`, and the schema
 * of the configuration file, which the gateway serves.
 *
 * ```sh
 * deno task pages
 * ```
 *
 * @module
 */

import denoConfig from "../deno.json" with { type: "json" };
import {
  listFileOptions,
  listUsage,
  type Option,
  OPTIONS,
  SUBCOMMANDS,
  toVariable,
} from "../program/config/options.ts";
import { makeConfigSchema } from "../program/config/config_schema.ts";
import { formatManPage } from "../program/man_page.ts";

/** Between these two stands what is made, in `docs/configuration.md`. */
const BEGIN =
  "<!-- begin: made by `deno task pages` from the table in program/config/options.ts; change it there -->\n";
const END = "<!-- end -->\n";

/**
 * Writes the tables of all options and of all sub-commands into the page that
 * explains them, formatted as `deno fmt` does it.
 *
 * @param page The text of `docs/configuration.md`.
 * @returns The text with both tables as they are now.
 * @throws {Error} If the page lacks one of the two lines around the tables.
 */
export function fillOptionTables(page: string): string {
  const start = page.indexOf(BEGIN) + BEGIN.length;
  const end = page.indexOf(END, start);
  if (start < BEGIN.length || end === -1) {
    throw new Error(
      `docs/configuration.md lacks one of these lines, put it back: ${BEGIN}${END}`,
    );
  }
  const options = formatTable([
    ["option", "variable", "in the file", "default", "what it does"],
    ...OPTIONS.map(formatRow),
  ]);
  const subcommands = formatTable([
    ["command", "what it does"],
    ...SUBCOMMANDS.map((subcommand) => [
      toCode(`chi-server ${listUsage(subcommand).join(" ")}`),
      subcommand.help,
    ]),
  ]);
  const made = `\n${options}\n\n${subcommands}\n\n`;
  return page.slice(0, start) + made + page.slice(end);
}

/**
 * Writes the schema of the configuration file.
 *
 * @returns Its text, with its last newline.
 */
export function formatSchema(): string {
  return `${JSON.stringify(makeConfigSchema(), null, 2)}\n`;
}

function formatRow(option: Option): string[] {
  const { flag, short, value, isValueOptional, isCommandLineOnly } = option;
  const { isRepeatable, defaultText, help } = option;
  const placeholder = value === undefined
    ? ""
    : isValueOptional
    ? ` [${value}]`
    : ` ${value}`;
  const isInFile = listFileOptions().some((other) => other.flag === flag);
  return [
    (short === undefined ? "" : `${toCode(`-${short}`)}, `) +
    toCode(`--${flag}${placeholder}`),
    isCommandLineOnly ? "" : toCode(toVariable(option)),
    isInFile ? toCode(flag) : "",
    defaultText ?? "",
    help + (isRepeatable ? "; may be given several times" : ""),
  ];
}

function toCode(text: string): string {
  return `\`${text}\``;
}

/** Columns as wide as their widest cell, which is how `deno fmt` has them. */
function formatTable(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) =>
    // A "|" ends a cell, even within code.
    row.map((cell) => cell.replaceAll("|", "\\|"))
  );
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0))
  );
  const lines = cells.map((row) =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`
  );
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return lines.toSpliced(1, 0, rule).join("\n");
}

if (import.meta.main) {
  const docs = new URL("../docs/", import.meta.url);
  const schema = new URL(
    "../gateway/pages/config_schema.json",
    import.meta.url,
  );
  await Deno.writeTextFile(schema, formatSchema());
  const man = `${formatManPage(denoConfig.version)}\n`;
  const page = new URL("configuration.md", docs);
  const filled = fillOptionTables(await Deno.readTextFile(page));
  await Deno.writeTextFile(page, filled);
  await Deno.writeTextFile(new URL("chi-server.1", docs), man);
}
