import { assertEquals, assertThrows } from "jsr:@std/assert@1";
import { Problem } from "../../../gateway/http/problems.ts";
import {
  findOneRig,
  findRigs,
  selectRigs,
} from "../../../gateway/http/selection.ts";
import { Fleet } from "../../../rigs/fleet.ts";

const PORT = { hostname: "127.0.0.1", port: 4028 };

const FLEET = new Fleet([
  { name: "a", ...PORT, tags: { site: "barn", row: "1" } },
  { name: "b", ...PORT, tags: { site: "barn" } },
  { name: "c", ...PORT },
]);

const toNames = (rigs: readonly { name: string }[]) =>
  rigs.map(({ name }) => name);

Deno.test("selectRigs() finds one rig by its name, or the default rig", () => {
  assertEquals(selectRigs(FLEET, "b").rig?.name, "b");
  assertEquals(selectRigs(FLEET, undefined).rig?.name, "a");
  assertEquals(selectRigs(FLEET, undefined).name, "a");
});

Deno.test("selectRigs() finds all rigs, or those of a tag", () => {
  assertEquals(toNames(selectRigs(FLEET, "all").rigs), ["a", "b", "c"]);
  assertEquals(selectRigs(FLEET, "all").rig, undefined);
  assertEquals(toNames(selectRigs(FLEET, "site:barn").rigs), ["a", "b"]);
  assertEquals(toNames(selectRigs(FLEET, "row:1").rigs), ["a"]);
  // One rig with the tag is still a selection: the shape of the reply stays.
  assertEquals(selectRigs(FLEET, "row:1").rig, undefined);
  assertEquals(selectRigs(FLEET, "row:1").name, "row:1");
});

Deno.test("selectRigs() leaves out for writes what was only found, unless it is named", () => {
  const fleet = new Fleet([{ name: "a", ...PORT }]);
  const found = { name: "b", hostname: "127.0.0.2", port: 4028 };
  fleet.addFoundRigs([{ ...found, tags: { site: "barn" } }]);
  const select = (name: string, isRead: boolean) =>
    toNames(selectRigs(fleet, name, isRead).rigs);
  assertEquals(select("all", true), ["a", "b"]);
  assertEquals(select("all", false), ["a"]);
  assertEquals(select("b", false), ["b"]);
  assertEquals(select("site:barn", true), ["b"]);
  assertThrows(() => select("site:barn", false), Problem, "site:barn");
});

Deno.test("selectRigs() says what is not there", () => {
  const names = [
    "",
    "A",
    "d",
    "site:",
    "site:Barn",
    ":",
    "__proto__:x",
    "10.0.0.7:4028",
    "toString:",
  ];
  for (const name of names) {
    const error = assertThrows(() => selectRigs(FLEET, name), Problem);
    assertEquals(error.code, "unknown-rig");
    assertEquals(findRigs(FLEET, name), []);
    assertThrows(() => findOneRig(FLEET, name), Problem, `"${name}"`);
  }
  // One rig is neither all of them nor those of a tag.
  for (const name of ["all", "site:barn", "row:1"]) {
    assertThrows(() => findOneRig(FLEET, name), Problem, `"${name}"`);
  }
});
