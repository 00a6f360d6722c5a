/**
 * What the dashboard's colours say to those who do not see them.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@1";
import { Value } from "../../dashboard/page_parts.tsx";
import type { Severity } from "../../dashboard/thresholds.ts";

Deno.test("Value() calls low what is bad below, and high what is bad above", () => {
  const read = (severity: Severity, isLow = false) =>
    JSON.stringify(Value({ text: "1", severity, isLow }))
      .match(/\((\w+)\)/)?.[1];
  assertEquals(read("amber"), "high");
  assertEquals(read("amber", true), "low");
  assertEquals(read("red", true), "critical");
  assertEquals(read("", true), undefined);
});
