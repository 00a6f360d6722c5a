import { assertEquals } from "jsr:@std/assert@1";
import problems from "../../docs/problems.md" with { type: "text" };
import replies from "../../docs/replies.md" with { type: "text" };
import { PROBLEMS } from "../../gateway/http/problems.ts";
import repairPass from "../../rpc/repair_pass.ts" with { type: "text" };

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
