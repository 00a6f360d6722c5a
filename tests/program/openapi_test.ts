import { assertEquals } from "jsr:@std/assert@1";
import { Validator } from "npm:@seriousme/openapi-schema-validator@2";
import { Program } from "./program.ts";

// Here and not in the unit suite, as the validator reads files of its own.
Deno.test("the program serves a valid document of OpenAPI 3.1", async () => {
  await using program = Program.spawn([
    "--http-host=127.0.0.1",
    "-w0",
    "--demo=1",
    "--log=off",
  ]);
  const port = await program.readPort();
  const response = await fetch(`http://127.0.0.1:${port}/-/openapi.json`);
  const text = await response.text();
  const validator = new Validator();
  assertEquals(await validator.validate(JSON.parse(text)), { valid: true });
  assertEquals(validator.version, "3.1");
  // The validator does see what is wrong.
  const { paths, ...rest } = JSON.parse(text);
  paths["/summary"].get.responses = {};
  paths["/summary"].get.parameters.push({ name: "x", in: "nowhere" });
  const broken = await validator.validate({ ...rest, paths });
  assertEquals(broken.valid, false);
});
