import { assertEquals, assertMatch } from "jsr:@std/assert@1";
import { TROUBLE_CODES } from "../../telemetry/trouble.ts";
import { runPromtool, testWithPrometheus } from "./prometheus_tools.ts";
import {
  CONFIGS,
  listShipped,
  PROMETHEUS_FOLDER,
  readShipped,
} from "./shipped_files.ts";

const toPaths = (paths: readonly string[]) =>
  paths.map((path) => PROMETHEUS_FOLDER + path);

testWithPrometheus(
  "promtool takes all shipped configurations, with their rules",
  async (tools) => {
    const outcome = await runPromtool(tools, [
      ...["check", "config", "--lint=all", "--lint-fatal"],
      ...toPaths(CONFIGS),
    ]);
    assertEquals(outcome.code, 0, outcome.output);
    for (const config of CONFIGS) {
      assertMatch(outcome.output, new RegExp(`${config} is valid`));
    }
    // Each of them has found both files of rules.
    const found = outcome.output.match(/SUCCESS: 2 rule files found/g) ?? [];
    assertEquals(found.length, CONFIGS.length, outcome.output);
  },
);

testWithPrometheus(
  "the shipped rules pass their own tests",
  async (tools) => {
    const outcome = await runPromtool(tools, [
      ...["test", "rules"],
      ...toPaths(listShipped("tests")),
    ]);
    assertEquals(outcome.code, 0, outcome.output);
  },
);

/** The parts of a test that begin with `- alertname` or `- expr`. */
function listExpectations(): string[] {
  return listShipped("tests").flatMap((path) =>
    readShipped(path).split(/^ +- (?=\{? ?alertname: |expr: )/m).slice(1)
  );
}

Deno.test("each shipped alert has a test in which it fires and one in which not", () => {
  const alerts = listShipped("rules").flatMap((path) =>
    [...readShipped(path).matchAll(/- alert: (\w+)/g)].map(([, name]) => name)
  );
  assertEquals(alerts.length, 16);
  const expectations = listExpectations();
  for (const alert of alerts) {
    const own = expectations.filter((text) =>
      new RegExp(`alertname: ${alert}\\b`).test(text)
    );
    const firing = own.filter((text) => text.includes("exp_labels:"));
    assertEquals(firing.length > 0, true, `${alert} never fires`);
    assertEquals(firing.length < own.length, true, `${alert} always fires`);
  }
});

Deno.test("each code of trouble has an alert, which has no limit of its own", () => {
  const rules = readShipped("rules/alerts.yml").split(/^ +- alert: /m)
    .filter((rule) => /^Cgminer/.test(rule));
  const codes = rules.flatMap((rule) =>
    /^ +expr: cgminer_trouble\{code="([\w-]+)"\} == 1$/m.exec(rule)?.[1] ?? []
  );
  assertEquals(codes.toSorted(), TROUBLE_CODES.toSorted());
  // What is left is of the fleet as a whole.
  assertEquals(
    rules.filter((rule) => !/expr: cgminer_trouble/.test(rule))
      .map((rule) => rule.split("\n")[0]),
    ["CgminerManyRigsDown"],
  );
});

Deno.test("each shipped recording has a test", () => {
  const records = listShipped("rules").flatMap((path) =>
    [...readShipped(path).matchAll(/- record: (\S+)/g)].map(([, name]) => name)
  );
  assertEquals(records.length, 13);
  const expressions = listExpectations().join("\n");
  for (const record of records) {
    assertEquals(expressions.includes(`${record}`), true, `${record}: no test`);
  }
});
