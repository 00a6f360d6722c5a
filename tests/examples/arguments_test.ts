import { assertEquals, assertThrows } from "jsr:@std/assert@1";
import { parseArguments, wait } from "../../examples/arguments.ts";
import { RequestError } from "../../mod.ts";

Deno.test("parseArguments() reads rigs and options in any order", () => {
  const { rigs, options } = parseArguments(
    ["rig.lan", "--every", "0.5", "10.0.0.7:4029", "[fd00::7]", "--url", "-"],
    { every: 30, url: "", rows: Infinity },
  );
  assertEquals(
    rigs.map(({ name, rig }) => [name, rig.address.hostname]),
    [
      ["rig.lan:4028", "rig.lan"],
      ["10.0.0.7:4029", "10.0.0.7"],
      ["[fd00::7]:4028", "fd00::7"],
    ],
  );
  assertEquals(options, { every: 0.5, url: "-", rows: Infinity });
});

Deno.test("parseArguments() takes an IPv6 address without brackets", () => {
  const { rigs } = parseArguments(["fd00::7"], {});
  assertEquals(rigs[0]?.name, "[fd00::7]:4028");
});

Deno.test("parseArguments() refuses what no object but every object has", () => {
  assertThrows(
    () => parseArguments(["a", "--constructor", "1"], {}),
    RequestError,
    "No option --constructor",
  );
});

Deno.test("wait() ends at once when it has been aborted already", async () => {
  await wait(3600, AbortSignal.abort());
});
