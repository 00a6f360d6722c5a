/**
 * Writes what is made from the table of options: `docs/options.md`, the manual
 * page `docs/chi-server.1`, and the schema of the configuration file, which
 * the gateway serves.
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

/**
 * Writes the page of all options, formatted as `deno fmt` does it.
 *
 * @returns The page, with its last newline.
 */
export function formatOptionsPage(): string {
  return `# Options

<!-- Made from the table in program/config/options.ts by \`deno task pages\`: change it there. -->

What \`chi-server --help\` lists, with the variable of the environment and the key in the file of \`--config\`
([configuration.md](configuration.md)) beside each. A flag goes before a variable, a variable before the file, the file
before the default. \`chi-server man\` writes the same as a manual page, and \`chi-server completions\` makes a shell
complete it: see [below](#sub-commands).

${
    formatTable([
      ["option", "variable", "in the file", "default", "what it does"],
      ...OPTIONS.map(formatRow),
    ])
  }

\`CHI_TOKEN\`, or \`token\` in the file, is the token itself, in place of \`token-file\`. In the file, \`rigs\` lists rigs
with their tags, in place of \`rig\`.

Spellings: \`--http-port 8081\`, \`--http-port=8081\`, \`--http_port 8081\`, \`-w 8081\`, \`-w8081\`. A wrong option, value
or file is one line on stderr that says what is right, and exit status 2.

## Sub-commands

${
    formatTable([
      ["command", "what it does"],
      ...SUBCOMMANDS.map((subcommand) => [
        toCode(`chi-server ${listUsage(subcommand).join(" ")}`),
        subcommand.help,
      ]),
    ])
  }

\`discover\` and \`scan\` have a page of their own: [discovery.md](discovery.md).

### health

For whoever restarts a gateway that is not well, such as \`HEALTHCHECK\` of a container that has no shell and no curl. It asks
for \`/-/healthz\`, which no access rule denies, and never asks a rig. If the answer is right it ends with 0 and says
nothing; else with 1 and one line on stderr.

- Without a URL it asks on this machine, by the options that the gateway was started with: the same variables and the same
  \`--config\` are right, and \`--tls-cert\` makes it HTTPS. The certificate is not checked then, because it is for the
  gateway's name and not for 127.0.0.1, and nothing secret is said.
- With a URL, only the command line counts. The certificate is checked: against public authorities, or with
  \`--tls-cert\` against that file alone. \`/-/healthz\` is put behind the URL unless it names such a page itself:
  \`chi-server health http://10.0.0.7:8080/-/readyz\`.
- \`--timeout\`, 2 seconds if nothing is said, comes from the command line alone: that of the environment and of the file is
  for rigs.

### completions

\`\`\`sh
source <(chi-server completions bash)     # in ~/.bashrc
source <(chi-server completions zsh)      # in ~/.zshrc, after compinit
chi-server completions fish | source      # in ~/.config/fish/config.fish
\`\`\`

In PowerShell, in the file that \`$PROFILE\` names: \`chi-server completions pwsh | Out-String | Invoke-Expression\`.
`;
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
  await Deno.writeTextFile(new URL("options.md", docs), formatOptionsPage());
  await Deno.writeTextFile(new URL("chi-server.1", docs), man);
}
