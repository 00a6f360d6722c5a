/**
 * The commands of the CGMiner RPC API: the one table that says what each is
 * for, who may call it and what it takes.
 *
 * Group R (the commands known to only report) is an exact allow-list: a command
 * that does not stand here with `group: "R"` is not R, whatever its name looks
 * like. Names are compared exactly: no trimming, no case folding, no prefixes,
 * because the miners compare them so (`api.c`, `strcmp`).
 *
 * Sources: `api.c` of cgminer 4.11.1, bfgminer 5.5.0 and sgminer 5.1.1
 * (`cmds[]`: name, `iswritemode`, `joinable`); for vendors, replies recorded
 * from their miners.
 *
 * @example
 * ```ts
 * import { isReadCommand, splitCommand } from "./commands.ts";
 *
 * console.log(isReadCommand("summary+devs")); // true
 * console.log(isReadCommand("summary+quit")); // false
 * console.log(splitCommand("summary+devs")); // ["summary", "devs"]
 * ```
 *
 * @module
 */

/** What is known of one command. */
export interface Command {
  /** The name, exactly as a miner spells it. */
  readonly name: string;
  /** `R`: only reports. `W`: changes something, or is privileged. */
  readonly group: "R" | "W";
  /** Whether it may stand in a joined command such as `summary+pools`. */
  readonly joinable: boolean;
  /** What the parameter is, as `api.c` reads it; absent if it takes none. */
  readonly parameter?: string;
}

function define(
  group: "R" | "W",
  joinable: boolean,
  parameter: string | undefined,
  names: string,
): Command[] {
  return names.trim().split(/\s+/).map((name) => ({
    name,
    group,
    joinable,
    ...(parameter === undefined ? {} : { parameter }),
  }));
}

/** Every command that is known, cgminer's own first, in the order of groups. */
export const COMMANDS: readonly Command[] = [
  // cgminer 4.11.1: all 44 of `cmds[]`.
  ...define(
    "R",
    true,
    undefined,
    `version config devs edevs pools summary notify devdetails stats dbgstats
     coin usbstats lcd pgacount asccount estats`,
  ),
  ...define("R", false, "N", "pga asc"),
  ...define("R", false, "command", "check"),
  ...define("W", true, undefined, "lockstats"),
  ...define("W", false, undefined, "quit restart privileged"),
  ...define(
    "W",
    false,
    "N",
    `pgaenable pgadisable pgaidentify ascenable ascdisable ascidentify
     switchpool enablepool disablepool removepool hotplug`,
  ),
  ...define("W", false, "N,option[,value]", "pgaset ascset"),
  ...define("W", false, "url,user,pass", "addpool"),
  ...define("W", false, "N,…", "poolpriority"),
  ...define("W", false, "N,Q", "poolquota"),
  ...define("W", false, "[file]", "save"),
  ...define("W", false, "[setting]", "debug"),
  ...define("W", false, "true|false", "failover-only"),
  ...define("W", false, "name,N", "setconfig"),
  ...define("W", false, "which,true|false", "zero"),
  // bfgminer 5.5.0 and sgminer 5.1.1: the rest of their `cmds[]`.
  ...define("R", false, "N", "gpu cpu proc"),
  ...define("R", true, undefined, "gpucount cpucount proccount procs"),
  ...define(
    "W",
    false,
    "N",
    `gpuenable gpudisable gpurestart cpuenable cpudisable cpurestart
     procenable procdisable procidentify pgarestart`,
  ),
  ...define(
    "W",
    false,
    "N,value",
    `gpuintensity gpuxintensity gpurawintensity gpumem gpuengine gpufan
     gpuvddc`,
  ),
  ...define("W", false, "N,option[,value]", "procset"),
  ...define("W", false, "[device]", "devscan"),
  ...define("W", false, "strategy[,interval]", "changestrategy"),
  ...define("W", false, "N,profile", "changepoolprofile"),
  ...define("W", false, "profile:algorithm[:…]", "addprofile"),
  ...define("W", false, "profile", "removeprofile"),
  // bfgminer lets anybody ask these; the list of R is closed, and they are not
  // on it.
  ...define("W", true, undefined, "procnotify procdetails"),
  // Braiins OS, LuxOS.
  ...define("R", true, undefined, "temps fans tempctrl tunerstatus"),
  // LuxOS.
  ...define("R", true, undefined, "atm events groups limits power profiles"),
  ...define(
    "R",
    false,
    "board",
    "frequencyget voltageget healthchipget healthctrl",
  ),
  // WhatsMiner.
  ...define(
    "R",
    false,
    undefined,
    "get_version get_psu get_miner_info get_error_code status",
  ),
  // Others.
  ...define(
    "R",
    true,
    undefined,
    "chipstat litestats temperature voltage frequency fan psu",
  ),
];

/** The same table, by name. */
export const COMMAND_BY_NAME: ReadonlyMap<string, Command> = new Map(
  COMMANDS.map((command) => [command.name, command]),
);

/**
 * Takes a command as it is sent (`summary+pools`) and gives its parts, as
 * `api.c` splits them: at every `+`, empty parts left out.
 *
 * @param command The command member of a request.
 * @returns The parts, in order; none for `""` and `"+"`.
 */
export function splitCommand(command: string): string[] {
  return command.split("+").filter((part) => part !== "");
}

/**
 * Whether a command, every part of it if it is a joined one, is in group R.
 * A command with no parts (`""`, `"+"`) is not.
 *
 * @param command The command member of a request.
 * @returns True if all of it is known to only report.
 */
export function isReadCommand(command: string): boolean {
  if (COMMAND_BY_NAME.get(command)?.group === "R") return true;
  const parts = splitCommand(command);
  return parts.length > 0 &&
    parts.every((part) => COMMAND_BY_NAME.get(part)?.group === "R");
}
