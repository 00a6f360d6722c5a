import { assertEquals } from "jsr:@std/assert@1";
import fc from "npm:fast-check@4";
import { findSections, isMembers } from "../../telemetry/sections.ts";

const STATUS = [{ STATUS: "S", Code: 11 }];

Deno.test("isMembers() takes objects, and neither arrays nor null", () => {
  assertEquals(isMembers({}), true);
  for (const value of [[], null, undefined, "x", 1]) {
    assertEquals(isMembers(value), false);
  }
});

Deno.test("findSections() gives a section's objects, whatever its capitals", () => {
  const reply = { STATUS, Temps: [{ Board: 60 }, null, "x", { Board: 61 }] };
  assertEquals(findSections(reply, "TEMPS"), [{ Board: 60 }, { Board: 61 }]);
});

Deno.test("findSections() gives a section that is one object", () => {
  const reply = { STATUS, SUMMARY: { Elapsed: 1 } };
  assertEquals(findSections(reply, "SUMMARY"), [{ Elapsed: 1 }]);
});

Deno.test("findSections() gathers numbered sections", () => {
  const reply = { STATUS, POOL0: [{ POOL: 0 }], POOL1: [{ POOL: 1 }] };
  assertEquals(findSections(reply, "POOLS"), [{ POOL: 0 }, { POOL: 1 }]);
});

Deno.test("findSections() takes no section for another", () => {
  const reply = { STATUS, STATS: [{ STATS: 0 }], FANCTRL: [{ MinFans: 3 }] };
  assertEquals(findSections(reply, "STATUS1"), []);
  assertEquals(findSections(reply, "FANS"), []);
});

Deno.test("findSections() takes a flat Msg for the command's section", () => {
  const reply = { STATUS: "S", Code: 131, Msg: { Elapsed: 228 } };
  assertEquals(findSections(reply, "SUMMARY"), [{ Elapsed: 228 }]);
});

Deno.test("findSections() finds a section in a flat Msg", () => {
  const reply = { STATUS: "S", Msg: { SUMMARY: [{ Elapsed: 228 }] } };
  assertEquals(findSections(reply, "SUMMARY"), [{ Elapsed: 228 }]);
});

Deno.test("findSections() gives nothing of an error", () => {
  for (const letter of ["E", "F"]) {
    const error = { STATUS: [{ STATUS: letter }], DEVS: [{ ASC: 0 }] };
    assertEquals(findSections(error, "DEVS"), []);
    const flat = { STATUS: letter, Msg: "invalid cmd" };
    assertEquals(findSections(flat, "SUMMARY"), []);
  }
});

Deno.test("findSections() gives nothing of what is no reply", () => {
  for (const reply of [undefined, null, "x", 1, [], [{ SUMMARY: [{}] }], {}]) {
    assertEquals(findSections(reply, "SUMMARY"), []);
  }
});

Deno.test("findSections() gives objects of any JSON, and never throws", () => {
  fc.assert(fc.property(fc.jsonValue(), (inner) => {
    const found = findSections({ STATUS: "S", SUMMARY: inner }, "SUMMARY");
    assertEquals(found.every(isMembers), true);
  }));
});

Deno.test("findSections() unfolds JSON in a text, and leaves other texts", () => {
  const STATS = [
    { ID: "X0", Elapsed: 5, json: '{"Elapsed":9,"fan":{"a":1}}' },
    { xtime: "{X0=58}", half: '{"a":', list: '["a"]', empty: "{}" },
  ];
  const [first, second] = findSections({ STATUS, STATS }, "STATS");
  assertEquals(first?.["Elapsed"], 5);
  assertEquals(first?.["fan"], { a: 1 });
  assertEquals(second, STATS[1]);
  const hostile = { json: '{"__proto__":{"polluted":1}}' };
  findSections({ STATUS, STATS: [hostile] }, "STATS");
  assertEquals(Reflect.get({}, "polluted"), undefined);
});

Deno.test("findSections() reads no more than so much of a huge reply", () => {
  const many = Array.from({ length: 5000 }, (_, index) => ({ ID: index }));
  assertEquals(findSections({ STATUS, DEVS: many }, "DEVS").length, 1000);
  const wide = Object.fromEntries(
    Array.from({ length: 9000 }, (_, index) => [`member ${index}`, index]),
  );
  const [found] = findSections({ STATUS, SUMMARY: [wide] }, "SUMMARY");
  assertEquals(Object.keys(found ?? {}).length, 4096);
});
