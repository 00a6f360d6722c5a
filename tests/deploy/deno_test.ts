/** The program that stands in the place of the binary. */
import { assertEquals, assertMatch } from "jsr:@std/assert@1";
import denoConfig from "../../deno.json" with { type: "json" };
import { readShipped, toPath } from "./shipped_files.ts";
import { TestFolder, testWithTool } from "./tools.ts";

const PATH = "deploy/deno/chi-server";

Deno.test("deploy/deno/chi-server has the permissions of the task start", () => {
  const listFlags = (line: string) =>
    line.split(/\s+/).filter((word) => word.startsWith("--"))
      .filter((word) => !/^--(?:quiet|no-prompt|cached-only)$/.test(word));
  const [, line = ""] = /^exec ([^]*)$/m.exec(readShipped(PATH)) ?? [];
  assertEquals(listFlags(line), listFlags(denoConfig.tasks.start.command));
});

await testWithTool(
  "deploy/deno/chi-server passes on arguments and exit status",
  "sh",
  async (sh) => {
    await using folder = new TestFolder();
    const installed = "/usr/local/lib/chi-server";
    const text = readShipped(PATH)
      .replace(`${installed}/deno`, Deno.execPath())
      .replace(`${installed}/main.ts`, toPath("main.ts"))
      // The cache is the one that these tests have.
      .replace(/^export .*$/m, "");
    const program = folder.write("chi-server", text);
    const { stdout } = await sh.run([program, "--version"]);
    assertMatch(stdout, /^chi-server /);
    const { code, stderr } = await sh.run([program, "-a", "a b"]);
    assertEquals(code, 2);
    assertMatch(stderr, /"a b"/);
  },
);
