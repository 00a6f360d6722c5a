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
