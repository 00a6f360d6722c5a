/**
 * The commands of the CGMiner RPC API: the one table that says what each is
 * for, who may call it, what it takes and what its reply holds. The guard, the
 * client's checks and the gateway's description of itself go by it.
 *
 * Group R (the commands known to only report) is an exact allow-list: a command
 * that does not stand here with group R is not R, whatever its name looks like.
 * Names are compared exactly: no trimming, no case folding, no prefixes, because
 * the miners compare them so (`api.c`, `strcmp`).
 *
 * Sources: `API-README` and `api.c` of cgminer 4.11.1, bfgminer 5.5.0 and
 * sgminer 5.1.1 (`cmds[]`: name, `iswritemode`, `joinable`); for vendors, replies
 * recorded from their miners.
 *
 * @module
 */

/** What the reply to a command must hold. */
export interface ReplyShape {
  /** Whether STATUS is a list, may be a word, is laid out flat, or is not there. */
  readonly status: "list" | "list-or-word" | "flat" | "none";
  /** Sections, one of which it must have; empty: whatever it has. */
  readonly sections: readonly string[];
  /** Whether that section must have an entry. */
  readonly isSingle: boolean;
}

/**
 * What a parameter is, as `api.c` reads it.
 *
 * @internal
 */
export type ParameterKind = keyof typeof PARAMETERS;

/** What is known of one command. */
export interface Command {
  /** The name, exactly as a miner spells it. */
  readonly name: string;
  /** `R`: only reports. `W`: changes something, or is privileged. */
  readonly group: "R" | "W";
  /** Whether it may stand in a joined command such as `summary+pools`. */
  readonly joinable: boolean;
  /** What the parameter is; absent if it takes none. */
  readonly parameter?: ParameterKind;
  /** What its reply holds. */
  readonly reply: ReplyShape;
  /** What it does, as a sentence without its full stop. */
  readonly text: string;
  /** What makes it crash a miner; absent for nearly all. */
  readonly crash?: CrashCause;
}

/**
 * What crashes a miner: `setconfig` and `addprofile` search the parameter that
 * they were not given, and bfgminer's `cpu` looks for a CPU behind the last.
 *
 * @internal
 */
export type CrashCause = "no parameter" | "number too high";

/** What parameters are: in words, and one that a miner would take. */
export const PARAMETERS = {
  N: { text: "Its number at the miner, from 0.", example: "0" },
  seconds: { text: "Seconds; 0: never.", example: "5" },
  command: { text: "The command's name.", example: "addpool" },
  "N,option[,value]": {
    text: "Its number, the option's name and, if that needs one, a value.",
    example: "0,help",
  },
  "url,user,pass": {
    text:
      "URL, user and password, a comma between two; `\\` before a comma in one of them. It is not logged.",
    example: "stratum+tcp://pool.example.net:3333,worker,x",
  },
  "N,…": {
    text: "Pools' numbers, the first choice first.",
    example: "1,0",
  },
  "N,Q": { text: "The pool's number and its quota.", example: "0,1" },
  "[file]": {
    text: "The file's path at the rig; without it, the miner's own.",
    example: "cgminer.conf",
  },
  "[setting]": {
    text:
      "Which setting to switch: `Silent`, `Quiet`, `Verbose`, `Debug`, `RPCProto`, `PerDevice`, `WorkTime` or `Normal`.",
    example: "Normal",
  },
  "true|false": { text: "`true` or `false`.", example: "true" },
  "name,N": {
    text:
      "`queue`, `scantime` or `expiry`, and a number. cgminer 4.11.1 crashes if this is left out.",
    example: "queue,1",
  },
  "which,true|false": {
    text: "`all` or `bestshare`, and whether the miner shows a summary first.",
    example: "bestshare,false",
  },
  "N,value": { text: "Its number and the value.", example: "0,10" },
  "[device]": {
    text: "Where to look, as bfgminer's `--scan` takes it.",
    example: "auto",
  },
  "strategy[,interval]": {
    text: "The number of the strategy, from 0; for rotation, minutes as well.",
    example: "0",
  },
  "N,profile": {
    text: "The pool's number and the profile's name.",
    example: "0,scrypt",
  },
  "profile:algorithm[:…]": {
    text: "The profile's name, its algorithm and its settings.",
    example: "scrypt:ckolivas",
  },
  profile: { text: "The profile's name.", example: "scrypt" },
  board: { text: "The board's number, from 0.", example: "0" },
} as const;

/** One entry. */
function one(section: string): ReplyShape {
  return { status: "list", sections: [section], isSingle: true };
}

/** Any number of entries, in the first of these sections that is there. */
function list(...sections: string[]): ReplyShape {
  return { status: "list", sections, isSingle: false };
}

/** A STATUS; no reply of real miners says which section follows, if any. */
const ANY: ReplyShape = { status: "list", sections: [], isSingle: false };
/** Or the word `BYE` or `RESTART` as STATUS. */
const WORD: ReplyShape = { ...ANY, status: "list-or-word" };
/** No STATUS: text has none. */
const TEXT: ReplyShape = { ...ANY, status: "none" };
/** WhatsMiner's own shape: STATUS laid out flat, and a message. */
const FLAT: ReplyShape = { ...ANY, status: "flat" };

type Row = readonly [
  name: string,
  group: Command["group"],
  joinable: boolean,
  parameter: ParameterKind | "",
  reply: ReplyShape,
  text: string,
  crash?: CrashCause,
];

// deno-fmt-ignore: a line for each command.
const ROWS: readonly Row[] = [
  // name               group  joinable parameter               reply                        what it does
  // cgminer 4.11.1: all 44 of `cmds[]`.
  ["version",           "R",   true,    "",                      one("VERSION"),             "Versions of the miner's software and of its API"],
  ["config",            "R",   true,    "",                      one("CONFIG"),              "Settings of the miner, and how many devices and pools it has"],
  ["devs",              "R",   true,    "",                      list("DEVS"),               "Every device: its hashrate, temperature, shares and errors"],
  ["edevs",             "R",   true,    "",                      list("DEVS"),               "As `devs`, without devices that are gone"],
  ["pools",             "R",   true,    "",                      list("POOLS"),              "Every pool: its URL, user, status, priority and shares"],
  ["summary",           "R",   true,    "",                      one("SUMMARY"),             "The rig as a whole: hashrates, shares, errors, uptime"],
  ["notify",            "R",   true,    "",                      list("NOTIFY"),             "The last trouble of each device, and how often there was which"],
  ["devdetails",        "R",   true,    "",                      list("DEVDETAILS", "DEVS"), "What each device is: its driver, kernel, model and path"],
  ["stats",             "R",   true,    "",                      list("STATS"),              "What each device and pool counts; most vendors tell chains, temperatures and fans here"],
  ["dbgstats",          "R",   true,    "",                      list("STATS"),              "Counts for whoever debugs the miner, in builds that have them"],
  ["coin",              "R",   true,    "",                      one("COIN"),                "The coin that is mined: its hash method, block and difficulty"],
  ["usbstats",          "R",   true,    "",                      ANY,                        "Transfers of each USB device"],
  ["lcd",               "R",   true,    "",                      one("LCD"),                 "What a display on the rig would show"],
  ["pgacount",          "R",   true,    "",                      one("PGAS"),                "How many FPGAs there are"],
  ["asccount",          "R",   true,    "",                      one("ASCS"),                "How many ASICs there are"],
  ["estats",            "R",   true,    "",                      list("STATS"),              "As `stats`, without devices that are gone"],
  ["pga",               "R",   false,   "N",                     one("PGA"),                 "One FPGA"],
  ["asc",               "R",   false,   "N",                     one("ASC"),                 "One ASIC"],
  ["check",             "R",   false,   "command",               one("CHECK"),               "Whether the miner has a command, and lets the gateway send it"],
  ["lockstats",         "W",   true,    "",                      ANY,                        "Writes statistics of locks to the miner's log, in builds that have them"],
  ["quit",              "W",   false,   "",                      WORD,                       "Ends the miner"],
  ["restart",           "W",   false,   "",                      WORD,                       "Restarts the miner: it is away for some seconds"],
  ["privileged",        "W",   false,   "",                      ANY,                        "Whether the miner lets the gateway write; it changes nothing"],
  ["pgaenable",         "W",   false,   "N",                     ANY,                        "Enables an FPGA"],
  ["pgadisable",        "W",   false,   "N",                     ANY,                        "Disables an FPGA"],
  ["pgaidentify",       "W",   false,   "N",                     ANY,                        "Makes an FPGA show itself, by its light"],
  ["ascenable",         "W",   false,   "N",                     ANY,                        "Enables an ASIC"],
  ["ascdisable",        "W",   false,   "N",                     ANY,                        "Disables an ASIC"],
  ["ascidentify",       "W",   false,   "N",                     ANY,                        "Makes an ASIC show itself, by its light"],
  ["switchpool",        "W",   false,   "N",                     ANY,                        "Makes a pool the first choice, and enables it"],
  ["enablepool",        "W",   false,   "N",                     ANY,                        "Enables a pool"],
  ["disablepool",       "W",   false,   "N",                     ANY,                        "Disables a pool"],
  ["removepool",        "W",   false,   "N",                     ANY,                        "Removes a pool"],
  ["hotplug",           "W",   false,   "seconds",               ANY,                        "Sets how often the miner looks for new USB devices"],
  ["pgaset",            "W",   false,   "N,option[,value]",      ANY,                        "Sets an option of an FPGA; `help` lists them"],
  ["ascset",            "W",   false,   "N,option[,value]",      ANY,                        "Sets an option of an ASIC; `help` lists them"],
  ["addpool",           "W",   false,   "url,user,pass",         ANY,                        "Adds a pool"],
  ["poolpriority",      "W",   false,   "N,…",                   ANY,                        "Sets the order of the pools"],
  ["poolquota",         "W",   false,   "N,Q",                   ANY,                        "Sets a pool's share of the work, for the strategy of quotas"],
  ["save",              "W",   false,   "[file]",                ANY,                        "Writes the miner's settings to a file at the rig"],
  ["debug",             "W",   false,   "[setting]",             one("DEBUG"),               "Tells what the miner logs, or changes it"],
  ["failover-only",     "W",   false,   "true|false",            ANY,                        "Sets whether work goes to the next pool only if the first is gone"],
  ["setconfig",         "W",   false,   "name,N",                ANY,                        "Changes a setting until the miner's next start", "no parameter"],
  ["zero",              "W",   false,   "which,true|false",      ANY,                        "Sets counts back to zero"],
  // bfgminer 5.5.0 and sgminer 5.1.1: the rest of their `cmds[]`.
  ["gpu",               "R",   false,   "N",                     one("GPU"),                 "One GPU"],
  ["cpu",               "R",   false,   "N",                     one("CPU"),                 "One CPU", "number too high"],
  ["proc",              "R",   false,   "N",                     one("PGA"),                 "One processor of a device"],
  ["gpucount",          "R",   true,    "",                      one("GPUS"),                "How many GPUs there are"],
  ["cpucount",          "R",   true,    "",                      one("CPUS"),                "How many CPUs there are"],
  ["proccount",         "R",   true,    "",                      one("PGAS"),                "How many processors there are"],
  ["procs",             "R",   true,    "",                      list("DEVS"),               "Every processor of every device, as `devs`"],
  ["gpuenable",         "W",   false,   "N",                     ANY,                        "Enables a GPU"],
  ["gpudisable",        "W",   false,   "N",                     ANY,                        "Disables a GPU"],
  ["gpurestart",        "W",   false,   "N",                     ANY,                        "Restarts a GPU"],
  ["cpuenable",         "W",   false,   "N",                     ANY,                        "Enables a CPU"],
  ["cpudisable",        "W",   false,   "N",                     ANY,                        "Disables a CPU"],
  ["cpurestart",        "W",   false,   "N",                     ANY,                        "Restarts a CPU"],
  ["procenable",        "W",   false,   "N",                     ANY,                        "Enables a processor"],
  ["procdisable",       "W",   false,   "N",                     ANY,                        "Disables a processor"],
  ["procidentify",      "W",   false,   "N",                     ANY,                        "Makes a processor show itself, by its light"],
  ["pgarestart",        "W",   false,   "N",                     ANY,                        "Restarts an FPGA"],
  ["gpuintensity",      "W",   false,   "N,value",               ANY,                        "Sets a GPU's intensity"],
  ["gpuxintensity",     "W",   false,   "N,value",               ANY,                        "Sets a GPU's intensity, as a multiple of its shaders"],
  ["gpurawintensity",   "W",   false,   "N,value",               ANY,                        "Sets a GPU's intensity, as its number of threads"],
  ["gpumem",            "W",   false,   "N,value",               ANY,                        "Sets a GPU's memory clock in MHz"],
  ["gpuengine",         "W",   false,   "N,value",               ANY,                        "Sets a GPU's engine clock in MHz"],
  ["gpufan",            "W",   false,   "N,value",               ANY,                        "Sets a GPU's fan in percent"],
  ["gpuvddc",           "W",   false,   "N,value",               ANY,                        "Sets a GPU's core voltage"],
  ["procset",           "W",   false,   "N,option[,value]",      ANY,                        "Sets an option of a processor; `help` lists them"],
  ["devscan",           "W",   false,   "[device]",              list("DEVS"),               "Looks for new devices"],
  ["changestrategy",    "W",   false,   "strategy[,interval]",   ANY,                        "Changes how pools are chosen"],
  ["changepoolprofile", "W",   false,   "N,profile",             ANY,                        "Gives a pool another profile"],
  ["addprofile",        "W",   false,   "profile:algorithm[:…]", ANY,                        "Adds a profile: an algorithm and its settings", "no parameter"],
  ["removeprofile",     "W",   false,   "profile",               ANY,                        "Removes a profile"],
  // bfgminer lets anybody ask these; the list of R is closed, and they are not
  // on it.
  ["procnotify",        "W",   true,    "",                      list("NOTIFY"),             "As `notify`, for each processor; outside group R here"],
  ["procdetails",       "W",   true,    "",                      list("DEVDETAILS", "DEVS"), "As `devdetails`, for each processor; outside group R here"],
  // Braiins OS, LuxOS.
  ["temps",             "R",   true,    "",                      list("TEMPS"),              "Temperatures of boards and chips"],
  ["fans",              "R",   true,    "",                      list("FANS"),               "Speeds of fans"],
  ["tempctrl",          "R",   true,    "",                      ANY,                        "How temperature is controlled, and where it becomes hot or dangerous"],
  ["tunerstatus",       "R",   true,    "",                      ANY,                        "What the tuner of frequencies and power does"],
  // LuxOS.
  ["atm",               "R",   true,    "",                      ANY,                        "How the miner changes its profile by temperature"],
  ["events",            "R",   true,    "",                      list("EVENTS"),             "What the miner reports: errors and warnings"],
  ["groups",            "R",   true,    "",                      ANY,                        "Groups of pools"],
  ["limits",            "R",   true,    "",                      ANY,                        "The least and the most that settings may be"],
  ["power",             "R",   true,    "",                      one("POWER"),               "Electrical power"],
  ["profiles",          "R",   true,    "",                      list("PROFILES", "POOLS"),  "Profiles of frequency and voltage"],
  ["frequencyget",      "R",   false,   "board",                 ANY,                        "Frequencies of a board's chips"],
  ["voltageget",        "R",   false,   "board",                 one("VOLTAGE"),             "A board's voltage"],
  ["healthchipget",     "R",   false,   "board",                 list("CHIPS"),              "How well each chip of a board works"],
  ["healthctrl",        "R",   false,   "board",                 ANY,                        "How the health of a board's chips is checked"],
  // WhatsMiner.
  ["get_version",       "R",   false,   "",                      FLAT,                       "Versions of firmware and API"],
  ["get_psu",           "R",   false,   "",                      FLAT,                       "The power supply"],
  ["get_miner_info",    "R",   false,   "",                      FLAT,                       "Network addresses, and what the rig is"],
  ["get_error_code",    "R",   false,   "",                      FLAT,                       "Errors that stand now"],
  ["status",            "R",   false,   "",                      FLAT,                       "Whether the miner runs, and its firmware"],
  // cpuminer-multi, ccminer: in text.
  ["threads",           "R",   false,   "",                      TEXT,                       "Each thread or GPU: its hashrate, temperature, fan and power"],
  ["pool",              "R",   false,   "",                      TEXT,                       "The pool: its address, user, shares and difficulty"],
  ["hwinfo",            "R",   false,   "",                      TEXT,                       "The GPUs: what they are, their clocks and drivers"],
  ["histo",             "R",   false,   "",                      TEXT,                       "The last hashrates of each GPU"],
  ["scanlog",           "R",   false,   "",                      TEXT,                       "The ranges of nonces that were searched"],
  ["meminfo",           "R",   false,   "",                      TEXT,                       "What the miner keeps in memory"],
  // Others.
  ["chipstat",          "R",   true,    "",                      list("DEVS"),               "What each chip does"],
  ["litestats",         "R",   true,    "",                      list("STATS"),              "A short form of `stats`"],
  ["temperature",       "R",   true,    "",                      ANY,                        "Temperatures"],
  ["voltage",           "R",   true,    "",                      ANY,                        "Voltages"],
  ["frequency",         "R",   true,    "",                      ANY,                        "Frequencies"],
  ["fan",               "R",   true,    "",                      ANY,                        "Fans"],
  ["psu",               "R",   true,    "",                      ANY,                        "The power supply"],
];

/** Every command that is known, cgminer's own first, in the order of groups. */
export const COMMANDS: readonly Command[] = ROWS.map(
  ([name, group, joinable, parameter, reply, text, crash]) => ({
    name,
    group,
    joinable,
    ...(parameter === "" ? {} : { parameter }),
    reply,
    text,
    ...(crash === undefined ? {} : { crash }),
  }),
);

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

/** Commands that crash some miner, by what makes them. */
const CRASHES: ReadonlyMap<string, CrashCause> = new Map(
  COMMANDS.flatMap(({ name, crash }) =>
    crash === undefined ? [] : [[name, crash]]
  ),
);

/**
 * Finds out whether a command may crash its miner, by what is asked.
 *
 * @param command The command member of a request. In a joined command every
 * part is one without a parameter.
 * @param parameter The parameter of the request; `""` counts as none.
 * @returns The part that may, and what would have to be so; undefined for all
 * other questions.
 */
export function findCrash(
  command: string,
  parameter: string | number | undefined,
): { readonly name: string; readonly cause: CrashCause } | undefined {
  // A caller in JavaScript may have given anything.
  if (typeof command !== "string") return undefined;
  const cause = CRASHES.get(command);
  if (cause === undefined) {
    if (!command.includes("+")) return undefined;
    const name = splitCommand(command)
      .find((part) => CRASHES.get(part) === "no parameter");
    return name === undefined ? undefined : { name, cause: "no parameter" };
  }
  const isMissing = parameter === undefined || parameter === "";
  return isMissing === (cause === "no parameter")
    ? { name: command, cause }
    : undefined;
}

/**
 * Whether miners that speak text know a command (`api.cpp` of cpuminer-multi and
 * ccminer).
 *
 * @param command A command of one part.
 * @returns True for `summary` and for what only they have.
 */
export function isTextCommand(command: string): boolean {
  return command === "summary" ||
    COMMAND_BY_NAME.get(command)?.reply.status === "none";
}
