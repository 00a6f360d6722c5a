/** Alertmanager takes its file, and what it names is there. */
import { assertEquals } from "jsr:@std/assert@1";
import { parse } from "npm:yaml@2";
import { readShipped } from "./shipped_files.ts";
import { TestFolder, testWithTool } from "./tools.ts";

const PATH = "deploy/prometheus/alertmanager.yml";

interface Inhibition {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
}

Deno.test("alertmanager.yml inhibits alerts that there are", () => {
  const { inhibit_rules }: { inhibit_rules: readonly Inhibition[] } = parse(
    readShipped(PATH),
  );
  const alerts = readShipped("deploy/prometheus/rules/alerts.yml");
  const names = inhibit_rules.flatMap((rule) => [
    ...rule.source_matchers,
    ...rule.target_matchers,
  ]).map((matcher) => matcher.replace("alertname = ", ""));
  assertEquals(names.length, 4);
  assertEquals(
    names.filter((name) => !alerts.includes(`- alert: ${name}\n`)),
    [],
  );
});

await testWithTool(
  "amtool takes alertmanager.yml, as it is and with each receiver",
  "amtool",
  async (tool) => {
    await using folder = new TestFolder();
    const [head = "", ...receivers] = readShipped(PATH)
      .split(/^(?=# {3}\w+_configs:$)/m);
    assertEquals(receivers.length, 3);
    for (const receiver of ["", ...receivers]) {
      const text = head + receiver.replaceAll(/^#/gm, " ");
      const path = folder.write("alertmanager.yml", text);
      const { code, stdout, stderr } = await tool.run(["check-config", path]);
      assertEquals(code, 0, `${text}: ${stdout}${stderr}`);
    }
  },
);
