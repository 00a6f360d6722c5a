// Which make a rig is taken for; what each is sent stands in
// tests/client/actions_test.ts, on real sockets.

import { assertEquals } from "jsr:@std/assert@1";
import { findActions, hasControl, listMakes } from "../../telemetry/actions.ts";
import type { MinerInfo } from "../../telemetry/telemetry.ts";

const CGMINER = "restart";
const WHATSMINER = "restart pause resume powerLimit locate replacePools";
const LUXOS = "restart pause resume powerLimit locate";
const BRAIINS = "pause resume";
const AVALON = "restart pause resume locate";

/** What recorded rigs say of themselves, and what can be done with them. */
const MINERS: readonly (readonly [MinerInfo | undefined, string])[] = [
  [undefined, CGMINER],
  [{ api: "3.1" }, CGMINER],
  [{ software: "bmminer", model: "Antminer S19" }, CGMINER],
  [{ software: "cgminer", firmware: "vnish 2.0.3" }, CGMINER],
  [{ software: "bmminer", version: "bOS_am1-s9-20181127-0" }, CGMINER],
  // A WhatsMiner M3 or M10, before there were tokens.
  [{ software: "cgminer", version: "4.9.2" }, CGMINER],
  [{ software: "btminer" }, WHATSMINER],
  [{ firmware: "20210109.22.REL" }, WHATSMINER],
  [{ software: "LUXminer", model: "Antminer S19k Pro" }, LUXOS],
  [{ software: "BOSminer+", version: "0.2.0-36c56a9363" }, BRAIINS],
  [{ software: "BOSer", version: "0.1.0-75912fc7" }, BRAIINS],
  [{ software: "cgminer", model: "AvalonMiner 1246-83" }, AVALON],
  [{ software: "cgminer", model: "Avalon Q" }, AVALON],
  [{ software: "cpuminer", version: "2.3.2" }, ""],
  [{ software: "ccminer" }, ""],
];

Deno.test("findActions() knows a make by what its rigs say of themselves", () => {
  assertEquals(
    MINERS.map(([miner]) => [miner, Object.keys(findActions(miner)).join(" ")]),
    MINERS.map(([miner, actions]) => [miner, actions]),
  );
});

Deno.test("hasControl() hides commands of cgminer's that a make lacks", () => {
  const find = (software: string, ...commands: string[]) =>
    commands.filter((command) => hasControl({ software }, command));
  const commands = ["switchpool", "poolpriority", "ascenable", "zero", "quit"];
  assertEquals(find("cgminer", ...commands), commands);
  assertEquals(find("btminer", ...commands), []);
  assertEquals(find("LUXminer", ...commands), ["switchpool"]);
  assertEquals(find("BOSminer", ...commands), ["switchpool"]);
  assertEquals(find("cpuminer", ...commands), ["quit"]);
  assertEquals(find("ccminer", ...commands), ["switchpool", "quit"]);
  assertEquals(hasControl(undefined, "zero"), true);
});

Deno.test("listMakes() names those that have an action", () => {
  assertEquals(listMakes("powerLimit"), ["WhatsMiner", "LuxOS"]);
  assertEquals(listMakes("restart").at(-1), "cgminer");
});
