import { assertEquals, assertThrows } from "jsr:@std/assert@1";
import {
  readRigEntry,
  readRigs,
  readRigText,
  type RigEntry,
} from "../../../program/config/rig_config.ts";
import { ConfigError } from "../../../program/config/setting.ts";
import type { NamedRig } from "../../../rigs/fleet.ts";

function rig(name: string, hostname: string, port = 4028): NamedRig {
  return { name, hostname, port };
}

Deno.test("readRigText() reads named rigs, addresses and ranges", () => {
  const cases: [text: string, rigs: NamedRig[]][] = [
    ["garage=10.0.0.7", [rig("garage", "10.0.0.7")]],
    ["garage=10.0.0.7:4029", [rig("garage", "10.0.0.7", 4029)]],
    ["garage=rig-4.lan", [rig("garage", "rig-4.lan")]],
    ["six=[fd00::1]:4030", [rig("six", "fd00::1", 4030)]],
    ["six=fd00::1", [rig("six", "fd00::1")]],
    ["10.0.0.7", [rig("10.0.0.7", "10.0.0.7")]],
    ["10.0.0.7:4029", [rig("10.0.0.7", "10.0.0.7", 4029)]],
    ["10.0.0.7-8", [rig("10.0.0.7", "10.0.0.7"), rig("10.0.0.8", "10.0.0.8")]],
    ["10.0.0.4/31:80", [
      rig("10.0.0.4", "10.0.0.4", 80),
      rig("10.0.0.5", "10.0.0.5", 80),
    ]],
  ];
  for (const [text, rigs] of cases) {
    assertEquals([text, readRigText(text, "--rig")], [text, rigs]);
  }
  assertEquals(readRigText("10.0.0.0/22", "--rig").length, 1022);
});

Deno.test("readRigText() says what is wrong", () => {
  const none = "is no rig: give NAME=HOST, NAME=HOST:PORT, " +
    "or a range such as 10.0.0.10-40";
  const itself = "a range names its rigs itself, by address: leave out NAME=";
  const port = "is not a port: give a whole number from 1 to 65535";
  const cases: [text: string, message: string][] = [
    ["garage", `"garage" ${none}`],
    ["fd00::1", `"fd00::1" ${none}`],
    ["", `"" ${none}`],
    ["barn=10.0.0.10-40", `"barn=10.0.0.10-40": ${itself}`],
    ["barn=10.0.0.0/24", `"barn=10.0.0.0/24": ${itself}`],
    ["barn=10.0.0.0/24:4029", `"barn=10.0.0.0/24:4029": ${itself}`],
    ["barn=10.0.0.40-10", `"barn=10.0.0.40-10": ${itself}`],
    ["10.0.0.10-40:x", `"x" ${port}`],
    ["10.0.0.10-40:0", `"0" ${port}`],
    ["10.0.0.7:", `"" ${port}`],
    [
      "10.0.0.40-10",
      '"10.0.0.40-10" runs backwards: ' +
      "give the lower address first",
    ],
    [
      "10.0.0.0/8",
      '"10.0.0.0/8" has 16777216 addresses, ' +
      "and 1024 is the most: give /22",
    ],
    ["a=b c", '"b c" is neither an IP address nor a host name'],
  ];
  for (const [text, message] of cases) {
    const error = assertThrows(() => readRigText(text, "--rig"), ConfigError);
    assertEquals(error.message, `--rig: ${message}`);
  }
});

Deno.test("readRigEntry() reads the members of a rig, and gives each of a range its tags", () => {
  const tags = { site: "barn" };
  const cases: [
    entry: string | RigEntry,
    key: string | undefined,
    rigs: NamedRig[],
  ][] = [
    [{ name: "a", host: "h" }, undefined, [rig("a", "h")]],
    [{ name: "a", hostname: "h:1" }, undefined, [rig("a", "h", 1)]],
    [{ name: "a", host: "[fd00::1]", port: "2" }, undefined, [
      rig("a", "fd00::1", 2),
    ]],
    [{ host: "h", port: 3, tags }, "a", [{ ...rig("a", "h", 3), tags }]],
    ["h:4", "a", [rig("a", "h", 4)]],
    ["a=h:4", undefined, [rig("a", "h", 4)]],
    [{ range: "10.0.0.7-8", port: 5, tags }, undefined, [
      { ...rig("10.0.0.7", "10.0.0.7", 5), tags },
      { ...rig("10.0.0.8", "10.0.0.8", 5), tags },
    ]],
    [{ range: "10.0.0.7:6" }, undefined, [rig("10.0.0.7", "10.0.0.7", 6)]],
  ];
  for (const [entry, key, rigs] of cases) {
    assertEquals(readRigEntry(entry, "rigs[0]", key), rigs);
  }
});

Deno.test("readRigs() lets --rig replace rigs of the file and come first", () => {
  const fileRigs = [
    { source: "f: rigs[0]", rig: { ...rig("a", "x"), tags: { site: "barn" } } },
    { source: "f: rigs[1]", rig: rig("b", "y") },
  ];
  const settings = (texts: string[]) =>
    new Map([["rig", { source: "--rig", texts }]]);
  assertEquals(
    readRigs(new Map(), fileRigs, 0),
    fileRigs.map(({ rig }) => rig),
  );
  assertEquals(readRigs(settings(["c=z", "a=w"]), fileRigs, 0), [
    rig("c", "z"),
    rig("a", "w"),
    rig("b", "y"),
  ]);
  const port = new Map([["api-port", { source: "-p", texts: ["1"] }]]);
  assertEquals(readRigs(port, fileRigs, 0)[0], rig("default", "127.0.0.1", 1));
  const taken = [{ source: "f: rigs[0]", rig: rig("demo-1", "x") }];
  assertEquals(
    assertThrows(() => readRigs(new Map(), taken, 1), ConfigError).message,
    'f: rigs[0]: two rigs are called "demo-1": give each a name, as in garage=x',
  );
});

Deno.test("readRigs() stops at 65,536 rigs", () => {
  const texts = Array.from(
    { length: 65 },
    (_, index) => `10.${index}.0.0-10.${index}.3.255`,
  );
  const settings = new Map([["rig", { source: "CHI_RIG", texts }]]);
  assertEquals(
    assertThrows(() => readRigs(settings, [], 0), ConfigError).message,
    "CHI_RIG: more than 65536 rigs",
  );
});
