import { assert, assertEquals } from "jsr:@std/assert@1";
import security from "../../docs/security.md" with { type: "text" };
import { ATTACK_NAMES } from "../program/attack_names.ts";
/** The rows of both tables: the name of a test, and the file that it is in. */
const ROWS = [
  ...security.matchAll(/^\| `([^`]+)` .* \[[^\]]+\]\(([^)]+)\) +\|$/gm),
]
  .map(([, name = "", file = ""]) => ({ name, file }));

/** The source of a test that the page links to. */
function readTest(file: string): string {
  return Deno.readTextFileSync(
    new URL(file, new URL("../../docs/security.md", import.meta.url)),
  );
}

Deno.test("docs/security.md has a row for every attack, in their order", () => {
  const listed = ROWS.filter(({ file }) => file.includes("/attacks_"))
    .map(({ name }) => name);
  assertEquals(listed, [...ATTACK_NAMES]);
});

Deno.test("docs/security.md names tests that exist, in the files that it names", () => {
  assert(ROWS.length > ATTACK_NAMES.length);
  for (const { name, file } of ROWS) {
    assert(
      readTest(file).includes(JSON.stringify(name)),
      `${file} has no "${name}"`,
    );
  }
});

Deno.test("every test of an attack is registered once", () => {
  const files = new Set(ROWS.map(({ file }) => file));
  const attacks = [...files].filter((file) => file.includes("/attacks_"))
    .map(readTest);
  for (const name of ATTACK_NAMES) {
    const count = attacks.reduce(
      (sum, text) => sum + text.split(JSON.stringify(name)).length - 1,
      0,
    );
    assertEquals([name, count], [name, 1]);
  }
});
