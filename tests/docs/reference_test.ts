import { assertEquals } from "jsr:@std/assert@1";
import http from "../../docs/http.md" with { type: "text" };
import { PROBLEMS } from "../../gateway/http/problems.ts";
import readme from "../../README.md" with { type: "text" };
import repairPass from "../../rpc/repair_pass.ts" with { type: "text" };
import { nameBinary, TARGETS } from "../../scripts/compile_plan.ts";

/** What stands on the page under a heading, up to the next one. */
function readPart(heading: string): string {
  const [, part = ""] = http.split(`\n${heading}\n`);
  return part.split(/^#/m)[0] ?? "";
}

Deno.test("docs/http.md lists every problem with its status", () => {
  const listed = [
    ...readPart("## Problems").matchAll(/^\| (\d+) +\| `([a-z-]+)`/gm),
  ]
    .map(([, status, code]) => `${code} ${status}`);
  const known = Object.entries(PROBLEMS).map(([code, [status]]) =>
    `${code} ${status}`
  );
  assertEquals(listed.sort(), known.sort());
});

Deno.test("docs/http.md lists every repair", () => {
  const [, union = ""] = repairPass.match(/export type RepairName =([^;]*);/) ??
    [];
  const known = [...union.matchAll(/"([a-z0-9-]+)"/g)].map(([, name]) => name);
  const listed = [...readPart("### Repairs").matchAll(/^\| `([a-z0-9-]+)`/gm)]
    .map(([, name]) => name);
  assertEquals(known.length > 5, true);
  assertEquals(listed.sort(), known.sort());
});

Deno.test("README.md names the end of every binary's name", () => {
  assertEquals(
    [...readme.matchAll(/^\| [^|]+ \| `(-[\w-]+(?:\.exe)?)` +\|$/gm)]
      .map(([, end]) => end).sort(),
    TARGETS.map((target) =>
      nameBinary("0", target).slice("chi-server-0".length)
    ).sort(),
  );
});
