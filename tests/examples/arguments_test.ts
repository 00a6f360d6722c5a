import { assertEquals, assertThrows } from "jsr:@std/assert@1";
import {
  COUNT,
  INTERVAL,
  parseArguments,
  wait,
} from "../../examples/arguments.ts";
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

Deno.test("parseArguments() refuses numbers that the example cannot use", () => {
  const ranges = { every: INTERVAL, rows: COUNT, grace: { least: 0 } };
  const read = (name: string, value: string) =>
    parseArguments(
      ["a", `--${name}`, value],
      { every: 30, rows: Infinity, grace: 1 },
      ranges,
    ).options;
  const wrong: readonly (readonly [string, string, string])[] = [
    [
      "every",
      "1e10",
      "--every 10000000000 must be a number from 0.01 to 2147483",
    ],
    ["every", "-1", "--every -1 must be a number from 0.01"],
    ["every", "0", "--every 0 must be"],
    ["rows", "0", "--rows 0 must be a whole number from 1"],
    ["rows", "1.5", "--rows 1.5 must be a whole number from 1"],
    ["grace", "-1", "--grace -1 must be a number from 0"],
  ];
  for (const [name, value, message] of wrong) {
    assertThrows(() => read(name, value), RequestError, message);
  }
  assertEquals(read("every", "2147483").every, 2_147_483);
  assertEquals(read("rows", "1"), { every: 30, rows: 1, grace: 1 });
  assertEquals(read("grace", "0").grace, 0);
});

Deno.test("wait() ends at once when it has been aborted already", async () => {
  await wait(3600, AbortSignal.abort());
});
