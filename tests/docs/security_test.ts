import { assert, assertEquals } from "jsr:@std/assert@1";
import security from "../../docs/security.md" with { type: "text" };
import guard from "../gateway/guard_test.ts" with { type: "text" };
import token from "../gateway/token_test.ts" with { type: "text" };
import { ATTACK_NAMES } from "../program/attack_names.ts";
import addresses from "../program/attacks_address_test.ts" with {
  type: "text",
};
import browser from "../program/attacks_browser_test.ts" with { type: "text" };
import commands from "../program/attacks_commands_test.ts" with {
  type: "text",
};
import live from "../program/attacks_live_test.ts" with { type: "text" };
import paths from "../program/attacks_paths_test.ts" with { type: "text" };
import rebinding from "../program/attacks_rebinding_test.ts" with {
  type: "text",
};
import tokens from "../program/attacks_token_test.ts" with { type: "text" };
import tls from "../program/tls_test.ts" with { type: "text" };
import tokenFile from "../program/token_file_test.ts" with { type: "text" };

/** The files that the page links to. */
const FILES: Readonly<Record<string, string>> = {
  "../tests/gateway/guard_test.ts": guard,
  "../tests/gateway/token_test.ts": token,
  "../tests/program/attacks_address_test.ts": addresses,
  "../tests/program/attacks_browser_test.ts": browser,
  "../tests/program/attacks_commands_test.ts": commands,
  "../tests/program/attacks_live_test.ts": live,
  "../tests/program/attacks_paths_test.ts": paths,
  "../tests/program/attacks_rebinding_test.ts": rebinding,
  "../tests/program/attacks_token_test.ts": tokens,
  "../tests/program/tls_test.ts": tls,
  "../tests/program/token_file_test.ts": tokenFile,
};

/** The rows of both tables: the name of a test, and the file that it is in. */
const ROWS = [
  ...security.matchAll(/^\| `([^`]+)` .* \[[^\]]+\]\(([^)]+)\) +\|$/gm),
]
  .map(([, name = "", file = ""]) => ({ name, file }));

Deno.test("docs/security.md has a row for every attack, in their order", () => {
  const listed = ROWS.filter(({ file }) => file.includes("/attacks_"))
    .map(({ name }) => name);
  assertEquals(listed, [...ATTACK_NAMES]);
});

Deno.test("docs/security.md names tests that exist, in the files that it names", () => {
  assert(ROWS.length > ATTACK_NAMES.length);
  for (const { name, file } of ROWS) {
    const text = FILES[file] ?? "";
    assert(text.includes(JSON.stringify(name)), `${file} has no "${name}"`);
  }
});

Deno.test("every test of an attack is registered once", () => {
  const attacks = Object.entries(FILES)
    .filter(([file]) => file.includes("/attacks_"));
  for (const name of ATTACK_NAMES) {
    const count = attacks.reduce(
      (sum, [, text]) => sum + text.split(JSON.stringify(name)).length - 1,
      0,
    );
    assertEquals([name, count], [name, 1]);
  }
});
