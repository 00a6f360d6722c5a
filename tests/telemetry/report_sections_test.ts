import { assertEquals } from "jsr:@std/assert@1";
import fc from "npm:fast-check@4";
import {
  findMeanings,
  ReportSections,
  Section,
} from "../../telemetry/report_sections.ts";
import { keepKnown } from "../../telemetry/values.ts";

Deno.test("findMeanings() gives all that a name is", () => {
  assertEquals(findMeanings("Temp1"), [
    { kind: "summaryBoard", meaning: 1 },
    { kind: "chain", meaning: { family: "temp", number: 1 } },
  ]);
  assertEquals(findMeanings("Elapsed"), []);
});

Deno.test("findMeanings() says the same of a name each time", () => {
  fc.assert(fc.property(fc.string({ maxLength: 80 }), (name) => {
    assertEquals(findMeanings(name), findMeanings(name));
  }));
  assertEquals(findMeanings("constructor"), []);
  assertEquals(findMeanings("__proto__"), []);
});

Deno.test("findMeanings() knows a name after more names than it remembers", () => {
  const before = findMeanings("chain_rate6");
  for (let index = 0; index < 25_000; index++) findMeanings(`junk ${index}`);
  assertEquals(findMeanings("chain_rate6"), before);
});

Deno.test("findMeanings() does not read names that are longer than any", () => {
  const longest = `1 ${"x".repeat(62)}`;
  const meaning = { number: 1, name: "x".repeat(62) };
  assertEquals(findMeanings(longest), [{ kind: "board", meaning }]);
  assertEquals(findMeanings(`${longest}x`), []);
});

Deno.test("Section.list() gives fields in the reply's order, and of a kind", () => {
  const section = Section.of({ fan3: 1, temp6: 2, fan1: 3, ID: "x" });
  assertEquals(section.list("fan"), [
    { name: "fan3", meaning: 3, value: 1 },
    { name: "fan1", meaning: 1, value: 3 },
  ]);
  assertEquals(section.list("module"), []);
  assertEquals(Section.of(section) === section, true);
});

Deno.test("ReportSections.find() prepares a section once", () => {
  const sections = ReportSections.of({ stats: { STATS: [{ ID: "x" }, 5] } });
  const found = sections.find("stats", "STATS");
  assertEquals(found.map(({ members }) => members), [{ ID: "x" }]);
  assertEquals(sections.find("stats", "STATS") === found, true);
  assertEquals(sections.find("devs", "DEVS"), []);
  assertEquals(ReportSections.of(sections) === sections, true);
});

Deno.test("keepKnown() leaves out what is undefined, and nothing else", () => {
  const members = { a: 0, b: undefined, c: null, d: "", e: false };
  assertEquals(Object.entries(keepKnown(members)), [
    ["a", 0],
    ["c", null],
    ["d", ""],
    ["e", false],
  ]);
});
