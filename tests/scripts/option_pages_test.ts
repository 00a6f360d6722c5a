import { assertEquals, assertThrows } from "jsr:@std/assert@1";
import denoConfig from "../../deno.json" with { type: "json" };
import manPage from "../../docs/chi-server.1" with { type: "text" };
import page from "../../docs/configuration.md" with { type: "text" };
import schema from "../../gateway/pages/config_schema.json" with {
  type: "text",
};
import { OPTIONS, SUBCOMMANDS } from "../../program/config/options.ts";
import { formatManPage } from "../../program/man_page.ts";
import { fillOptionTables, formatSchema } from "../../scripts/option_pages.ts";

Deno.test("config_schema.json is what deno task pages makes of the table of options", () => {
  assertEquals(schema, formatSchema());
});

Deno.test("docs/configuration.md has the tables that deno task pages makes of the table of options", () => {
  assertEquals(page, fillOptionTables(page));
});

Deno.test("fillOptionTables() replaces what stands between its two lines, and nothing else", () => {
  const [start = "", made = "", end = ""] = page.split(
    /(?<=^<!-- begin: .*\n)|(?=^<!-- end)/m,
  );
  assertEquals(fillOptionTables(`${start}old text\n${end}`), page);
  assertThrows(() => fillOptionTables(made + end), Error, "lacks");
  assertThrows(() => fillOptionTables(start + made), Error, "lacks");
});

Deno.test("docs/chi-server.1 is what deno task pages makes of the table of options", () => {
  assertEquals(manPage, `${formatManPage(denoConfig.version)}\n`);
});

Deno.test("fillOptionTables() has a row for each option and sub-command, all of as many cells", () => {
  const [, table = ""] = fillOptionTables(page).split(/^<!-- .*/m);
  const rows = table.split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim())
    );
  const options = rows.filter(({ length }) => length === 5).slice(2);
  const subcommands = rows.filter(({ length }) => length === 2).slice(2);
  assertEquals(options.length + subcommands.length + 4, rows.length);
  assertEquals(
    options.map(([name = ""]) => /--([a-z-]+)/.exec(name)?.[1]),
    OPTIONS.map(({ flag }) => flag),
  );
  assertEquals(
    subcommands.map(([name = ""]) => name.split(/[` ]/)[2]),
    SUBCOMMANDS.map(({ name }) => name),
  );
  const [, ...cells] = options.find(([name]) => name?.includes("--log")) ?? [];
  assertEquals(cells, [
    "`CHI_LOG`",
    "`log`",
    "text",
    "How requests are logged on stdout",
  ]);
});
