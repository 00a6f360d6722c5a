import { assertEquals } from "jsr:@std/assert@1";
import {
  COMMAND_BY_NAME,
  COMMANDS,
  isReadCommand,
  splitCommand,
} from "../../rpc/commands.ts";

Deno.test("COMMANDS names every command once, and cgminer's 44 first", () => {
  const names = COMMANDS.map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
  assertEquals(names.slice(0, 44).at(-1), "zero");
});

/** Everything that is known to only report; a command added here is a hole. */
const READS = `version config devs edevs pools summary notify devdetails stats
  dbgstats coin usbstats lcd pgacount asccount estats pga asc check gpu gpucount
  cpu cpucount proc proccount procs temps fans tempctrl tunerstatus atm events
  groups limits power profiles frequencyget voltageget healthchipget healthctrl
  get_version get_psu get_miner_info get_error_code status chipstat litestats
  temperature voltage frequency fan psu threads pool hwinfo histo scanlog
  meminfo`;

/** `cmds[]` of bfgminer 5.5.0 and sgminer 5.1.1, as `api.c` has it. */
const FORKS = {
  readJoinable: `version config devs procs pools profiles summary gpucount
    pgacount proccount cpucount notify devdetails stats coin`,
  read: "gpu pga proc cpu check",
  write:
    `devscan gpuenable gpudisable gpurestart pgaenable pgadisable pgarestart
    pgaidentify procenable procdisable procidentify cpuenable cpudisable
    cpurestart switchpool changestrategy addpool poolpriority poolquota
    enablepool disablepool removepool changepoolprofile addprofile removeprofile
    gpuintensity gpuxintensity gpurawintensity gpumem gpuengine gpufan gpuvddc
    save quit privileged restart failover-only debug setconfig pgaset procset
    zero`,
  // bfgminer lets anybody ask the last two; the contract's list does not.
  writeJoinable: "lockstats procnotify procdetails",
};

Deno.test("COMMANDS has every command of bfgminer and of sgminer", () => {
  for (const [kind, names] of Object.entries(FORKS)) {
    const group = kind.startsWith("read") ? "R" : "W";
    const joinable = kind.endsWith("Joinable");
    for (const name of names.trim().split(/\s+/)) {
      const known = COMMAND_BY_NAME.get(name);
      assertEquals([name, known?.group, known?.joinable], [
        name,
        group,
        joinable,
      ]);
    }
  }
});

Deno.test("COMMANDS has as R what the contract lists, and nothing else", () => {
  assertEquals(
    COMMANDS.filter(({ group }) => group === "R").map(({ name }) => name)
      .toSorted(),
    READS.trim().split(/\s+/).toSorted(),
  );
});

Deno.test("splitCommand() splits at every plus", () => {
  assertEquals(splitCommand("summary+pools"), ["summary", "pools"]);
  assertEquals(splitCommand("+summary++"), ["summary"]);
  assertEquals(splitCommand("+"), []);
});

Deno.test("isReadCommand() knows group R by exact names, every part of them", () => {
  for (
    const command of [
      "summary",
      "asc",
      "summary+devs",
      "+summary",
      "summary+summary+",
      "get_version",
      "temps",
    ]
  ) {
    assertEquals([command, isReadCommand(command)], [command, true]);
  }
  for (
    const command of [
      "",
      "+",
      "quit",
      "summary+quit",
      "quit+summary",
      "Summary",
      "SUMMARY",
      "summary ",
      " summary",
      "summar",
      "summaryx",
      "summary|quit",
      "summary\n",
      "lockstats",
      "privileged",
      "session",
      "get_token",
      "logon",
      "led",
      "__proto__",
      "constructor",
      "toString",
      "summary\0",
    ]
  ) assertEquals([command, isReadCommand(command)], [command, false]);
});
