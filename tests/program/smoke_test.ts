import { assertEquals, assertRejects } from "jsr:@std/assert@1";
import { runSmoke, toCommand } from "../../scripts/smoke.ts";
import { NET_ONLY } from "./program.ts";

Deno.test("runSmoke() finds nothing wrong with the sources", async () => {
  const lines: string[] = [];
  await runSmoke(
    [Deno.execPath(), ...NET_ONLY],
    (line) => lines.push(line),
  );
  assertEquals(lines, [
    "ok: --version",
    "ok: completions",
    "ok: man",
    "ok: a wrong option",
    "ok: GET /",
    "ok: GET /@all/summary",
    "ok: the dashboard",
    "ok: health",
    "ok: stops when it is told to",
  ]);
});

Deno.test("runSmoke() says what is wrong with another program", async () => {
  const program = [Deno.execPath(), "eval", "console.log('hello')", "--"];
  await assertRejects(() => runSmoke(program), Error, "--version: hello");
  await assertRejects(() => runSmoke(["./nosuch"]), Error, "--version: ");
});

Deno.test("toCommand() takes a binary, or what stands behind --", () => {
  assertEquals(toCommand(["dist/chi"]), ["dist/chi"]);
  assertEquals(toCommand(["--", "deno", "run"]), ["deno", "run"]);
  assertEquals(toCommand([]), []);
});
