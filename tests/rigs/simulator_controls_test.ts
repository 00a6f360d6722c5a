/**
 * What commands change in a simulated rig, as its later reports show it.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@1";
import { Simulator } from "../../rigs/simulator.ts";
import { ask, askCode, askSection, type Item } from "./conversation.ts";

/** A clock that a test sets. */
class Clock {
  ms = Date.UTC(2026, 0, 1);
  readonly now = (): number => this.ms;
}

const listPools = (rig: Simulator): Promise<Item[]> =>
  askSection(rig, "POOLS", "pools");

const readPools = async (
  rig: Simulator,
  field: string,
): Promise<unknown[]> => (await listPools(rig)).map((pool) => pool[field]);

const poolsNamed = (...names: string[]): { url: string; user: string }[] =>
  names.map((name) => ({ url: `stratum+tcp://${name}:3333`, user: name }));

Deno.test("switchpool puts a pool first, the others after it, and shares go to it", async () => {
  const clock = new Clock();
  await using rig = Simulator.start({
    now: clock.now,
    pools: poolsNamed("a", "b", "c", "d"),
  });
  const before = await readPools(rig, "Accepted");
  await ask(rig, "switchpool", 2);
  assertEquals(await readPools(rig, "Priority"), [1, 2, 0, 3]);
  clock.ms += 600_000;
  const after = await readPools(rig, "Accepted");
  assertEquals(after.slice(0, 2), before.slice(0, 2));
  assertEquals(Number(after[2]) > 20, true);
  const [lcd] = await askSection(rig, "LCD", "lcd");
  assertEquals(lcd?.User, "c");
  const [dev] = await askSection(rig, "DEVS", "devs");
  assertEquals(dev?.["Last Share Pool"], 2);
});

Deno.test("switchpool to a dead pool puts it first, but work stays where it is", async () => {
  const [alive, dead] = poolsNamed("alive", "dead");
  if (alive === undefined || dead === undefined) throw new Error("no pools");
  await using rig = Simulator.start({
    pools: [alive, { ...dead, alive: false }],
  });
  assertEquals(await askCode(rig, "switchpool", "1"), 27);
  assertEquals(await readPools(rig, "Status"), ["Alive", "Dead"]);
  assertEquals(await readPools(rig, "Priority"), [1, 0]);
  const [lcd] = await askSection(rig, "LCD", "lcd");
  assertEquals(lcd?.User, "alive");
});

Deno.test("disablepool and enablepool show in Status, and work moves on and back", async () => {
  await using rig = Simulator.start({ pools: poolsNamed("a", "b") });
  const readUser = async (): Promise<unknown> =>
    (await askSection(rig, "LCD", "lcd"))[0]?.User;
  assertEquals(await askCode(rig, "disablepool", "0"), 48);
  assertEquals(await readPools(rig, "Status"), ["Disabled", "Alive"]);
  assertEquals(await readUser(), "b");
  assertEquals(await askCode(rig, "disablepool", "0"), 50);
  assertEquals(await askCode(rig, "enablepool", "0"), 47);
  assertEquals(await readUser(), "a");
  assertEquals(await askCode(rig, "enablepool", "0"), 49);
});

Deno.test("addpool takes escaped commas, and the pool answers after a moment", async () => {
  const clock = new Clock();
  await using rig = Simulator.start({ now: clock.now, pools: poolsNamed("a") });
  const details = "stratum+tcp://new:1,us\\,er\\\\é,pa\\,ss";
  assertEquals(await askCode(rig, "addpool", details), 55);
  assertEquals((await listPools(rig)).length, 2);
  assertEquals(await readPools(rig, "Status"), ["Alive", "Dead"]);
  const user = String((await readPools(rig, "User"))[1]);
  const bytes = Uint8Array.from(user, (character) => character.charCodeAt(0));
  assertEquals(new TextDecoder().decode(bytes), "us,er\\é");
  await ask(rig, "switchpool", 1);
  clock.ms += 2_000;
  assertEquals(await readPools(rig, "Status"), ["Alive", "Alive"]);
  const [lcd] = await askSection(rig, "LCD", "lcd");
  assertEquals(lcd?.["Current Pool"], "stratum+tcp://new:1");
  for (const wrong of ["a", "a,b", "a,b,"]) {
    assertEquals(await askCode(rig, "addpool", wrong), 53, wrong);
  }
});

Deno.test("removepool refuses the pool in use, and the last pool takes the number", async () => {
  await using rig = Simulator.start({ pools: poolsNamed("a", "b", "c") });
  assertEquals(await askCode(rig, "removepool", "0"), 67);
  assertEquals(await askCode(rig, "removepool", "1"), 68);
  assertEquals(await readPools(rig, "User"), ["a", "c"]);
  assertEquals(await readPools(rig, "Priority"), [0, 1]);
  assertEquals(await askCode(rig, "removepool", "1"), 68);
  assertEquals(await askCode(rig, "removepool", "0"), 66);
});

Deno.test("poolpriority and poolquota show in the pools", async () => {
  await using rig = Simulator.start({ pools: poolsNamed("a", "b", "c") });
  assertEquals(await askCode(rig, "poolpriority", "2,0"), 73);
  assertEquals(await readPools(rig, "Priority"), [1, 2, 0]);
  const [lcd] = await askSection(rig, "LCD", "lcd");
  assertEquals(lcd?.User, "c");
  assertEquals(await askCode(rig, "poolpriority", "1,1"), 74);
  assertEquals(await readPools(rig, "Priority"), [1, 2, 0]);
  assertEquals(await askCode(rig, "poolquota", "1,7"), 122);
  assertEquals(await askCode(rig, "poolquota", "1,-7"), 121);
  assertEquals(await readPools(rig, "Quota"), [1, 7, 1]);
});

Deno.test("ascdisable stops a device, and ascenable lets it go on", async () => {
  const clock = new Clock();
  await using rig = Simulator.start({ now: clock.now });
  const readDev = async (): Promise<Item> =>
    (await askSection(rig, "DEVS", "devs"))[1] ?? {};
  assertEquals(await askCode(rig, "ascdisable", "1"), 111);
  clock.ms += 600_000;
  const stopped = await readDev();
  assertEquals([stopped.Enabled, stopped["MHS 5s"]], ["N", 0]);
  assertEquals(Number(stopped.Temperature) < 35, true);
  clock.ms += 600_000;
  const still = await readDev();
  assertEquals(still["Total MH"], stopped["Total MH"]);
  assertEquals(still.Accepted, stopped.Accepted);
  const [summary] = await askSection(rig, "SUMMARY", "summary");
  assertEquals(Number(summary?.["MHS 5s"]) < 1_100_000, true);
  assertEquals(await askCode(rig, "ascenable", "1"), 110);
  clock.ms += 600_000;
  const going = await readDev();
  assertEquals(going.Enabled, "Y");
  assertEquals(Number(going.Accepted) > Number(still.Accepted), true);
  assertEquals(Number(going["MHS 5s"]) > 450_000, true);
});

Deno.test("zero all forgets what was counted, zero bestshare only that", async () => {
  const clock = new Clock();
  await using rig = Simulator.start({ now: clock.now });
  const [before] = await askSection(rig, "SUMMARY", "summary");
  assertEquals(await askCode(rig, "zero", "bestshare,false"), 97);
  const [zeroed] = await askSection(rig, "SUMMARY", "summary");
  assertEquals(zeroed, { ...before, "Best Share": 0 });
  assertEquals(await askCode(rig, "zero", "all,true"), 96);
  const [none] = await askSection(rig, "SUMMARY", "summary");
  for (
    const name of ["Accepted", "MHS av", "MHS 15m", "Total MH", "Getworks"]
  ) {
    assertEquals(none?.[name], 0, name);
  }
  assertEquals(none?.Elapsed, 1);
  const [dev] = await askSection(rig, "DEVS", "devs");
  assertEquals([dev?.Accepted, dev?.["Total MH"]], [0, 0]);
  // As in cgminer, the devices' own averages go on.
  assertEquals(Number(dev?.["MHS 15m"]) > 450_000, true);
  const [pool] = await listPools(rig);
  assertEquals([pool?.Accepted, pool?.["Best Share"]], [0, 0]);
  clock.ms += 600_000;
  const [after] = await askSection(rig, "SUMMARY", "summary");
  assertEquals(after?.Elapsed, 600);
  assertEquals(Number(after?.Accepted) > 100, true);
  assertEquals(Number(after?.["Best Share"]) >= 1024, true);
});

Deno.test("debug switches what it says, and shows all switches", async () => {
  await using rig = Simulator.start();
  const debug = async (letter: string): Promise<string[]> => {
    const [settings] = await askSection(rig, "DEBUG", "debug", letter);
    return Object.entries(settings ?? {}).filter(([, on]) => on === true)
      .map(([name]) => name);
  };
  assertEquals(await debug("q"), ["Quiet"]);
  assertEquals(await debug("D"), ["Verbose", "Debug"]);
  assertEquals(await debug("p"), ["Verbose", "Debug", "PerDevice"]);
  assertEquals(await debug("w"), ["Verbose", "Debug", "PerDevice", "WorkTime"]);
  assertEquals(await debug("r"), [
    "Verbose",
    "Debug",
    "RPCProto",
    "PerDevice",
    "WorkTime",
  ]);
  assertEquals(await debug("normal"), []);
});

Deno.test("hotplug, failover-only and setconfig show in config", async () => {
  await using cgminer = Simulator.start();
  assertEquals(await askCode(cgminer, "hotplug", "7"), 100);
  const [config] = await askSection(cgminer, "CONFIG", "config");
  assertEquals(config?.Hotplug, 7);
  assertEquals(await askCode(cgminer, "failover-only", "true"), 127);
  await using bfgminer = Simulator.start({ personality: "bfgminer" });
  assertEquals(await askCode(bfgminer, "failover-only", "true"), 77);
  assertEquals(await askCode(bfgminer, "setconfig", "Queue,5"), 82);
  const [changed] = await askSection(bfgminer, "CONFIG", "config");
  assertEquals([changed?.["Failover-Only"], changed?.Queue], [true, 5]);
});

Deno.test("sgminer's GPU commands show in its devs", async () => {
  await using rig = Simulator.start({ personality: "sgminer" });
  assertEquals(await askCode(rig, "gpuintensity", "1,13"), 32);
  assertEquals(await askCode(rig, "gpuintensity", "1,99"), 31);
  assertEquals(await askCode(rig, "gpuintensity", "9,13"), 1);
  assertEquals(await askCode(rig, "gpuintensity", "1"), 28);
  assertEquals(await askCode(rig, "gpumem", "1,1375"), 35);
  assertEquals(await askCode(rig, "gpuengine", "1,950"), 37);
  assertEquals(await askCode(rig, "gpuvddc", "1,1.05"), 39);
  assertEquals(await askCode(rig, "gpufan", "1,70"), 41);
  assertEquals(await askCode(rig, "gpudisable", "1"), 12);
  const [, gpu] = await askSection(rig, "DEVS", "devs");
  assertEquals(
    ["Intensity", "Memory Clock", "GPU Clock", "GPU Voltage", "Fan Percent"]
      .map((name) => gpu?.[name]),
    ["13", 1375, 950, 1.05, 70],
  );
  assertEquals([gpu?.Enabled, gpu?.["GPU Activity"]], ["N", 0]);
});
