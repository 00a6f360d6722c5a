import { assertEquals, assertStringIncludes } from "jsr:@std/assert@1";
import denoConfig from "../../deno.json" with { type: "json" };
import problems from "../../docs/problems.md" with { type: "text" };
import replies from "../../docs/replies.md" with { type: "text" };
import { formatHelp } from "../../gateway/options.ts";
import { PROBLEMS } from "../../gateway/problems.ts";
import readme from "../../README.md" with { type: "text" };
import repairPass from "../../rpc/repair_pass.ts" with { type: "text" };

Deno.test("README.md shows the options that --help shows", () => {
  // The formatter takes the indentation that all lines share.
  const options = formatHelp(denoConfig.version).split("\n\n")[2]
    ?.replace(/^ {2}/gm, "");
  assertStringIncludes(readme, "```\n" + options + "\n```");
});

Deno.test("docs/problems.md lists every problem with its status", () => {
  const listed = [...problems.matchAll(/^\| (\d+) +\| `([a-z-]+)`/gm)]
    .map(([, status, code]) => `${code} ${status}`);
  const known = Object.entries(PROBLEMS).map(([code, [status]]) =>
    `${code} ${status}`
  );
  assertEquals(listed.sort(), known.sort());
});

Deno.test("docs/replies.md lists every repair", () => {
  const [, union = ""] = repairPass.match(/export type RepairName =([^;]*);/) ??
    [];
  const known = [...union.matchAll(/"([a-z0-9-]+)"/g)].map(([, name]) => name);
  const listed = [...replies.matchAll(/^\| `([a-z0-9-]+)`/gm)].map(([, name]) =>
    name
  );
  assertEquals(known.length > 5, true);
  assertEquals(listed.sort(), known.sort());
});
