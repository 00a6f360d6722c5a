/**
 * What each command does, and what its parameter is, in words. The facts are
 * those of `API-README` and `api.c` of cgminer 4.11.1, bfgminer 5.5.0 and
 * sgminer 5.1.1, and of vendors' replies.
 *
 * @example
 * ```ts
 * import { describeCommand, describeParameter } from "./command_texts.ts";
 *
 * console.log(describeCommand("pools")); // Every pool: its URL, user, …
 * console.log(describeParameter({ name: "asc", parameter: "N" })?.example); // 0
 * ```
 *
 * @module
 */

import type { Command } from "../../rpc/commands.ts";

/** What each command does, as a sentence without its full stop. */
export const COMMAND_TEXTS: Readonly<Record<string, string>> = {
  version: "Versions of the miner's software and of its API",
  config: "Settings of the miner, and how many devices and pools it has",
  devs: "Every device: its hashrate, temperature, shares and errors",
  edevs: "As `devs`, without devices that are gone",
  pools: "Every pool: its URL, user, status, priority and shares",
  summary: "The rig as a whole: hashrates, shares, errors, uptime",
  notify: "The last trouble of each device, and how often there was which",
  devdetails: "What each device is: its driver, kernel, model and path",
  stats:
    "What each device and pool counts; most vendors tell chains, temperatures and fans here",
  dbgstats: "Counts for whoever debugs the miner, in builds that have them",
  coin: "The coin that is mined: its hash method, block and difficulty",
  usbstats: "Transfers of each USB device",
  lcd: "What a display on the rig would show",
  pgacount: "How many FPGAs there are",
  asccount: "How many ASICs there are",
  estats: "As `stats`, without devices that are gone",
  pga: "One FPGA",
  asc: "One ASIC",
  check: "Whether the miner has a command, and lets the gateway send it",
  lockstats:
    "Writes statistics of locks to the miner's log, in builds that have them",
  quit: "Ends the miner",
  restart: "Restarts the miner: it is away for some seconds",
  privileged: "Whether the miner lets the gateway write; it changes nothing",
  pgaenable: "Enables an FPGA",
  pgadisable: "Disables an FPGA",
  pgaidentify: "Makes an FPGA show itself, by its light",
  ascenable: "Enables an ASIC",
  ascdisable: "Disables an ASIC",
  ascidentify: "Makes an ASIC show itself, by its light",
  switchpool: "Makes a pool the first choice, and enables it",
  enablepool: "Enables a pool",
  disablepool: "Disables a pool",
  removepool: "Removes a pool",
  hotplug: "Sets how often the miner looks for new USB devices",
  pgaset: "Sets an option of an FPGA; `help` lists them",
  ascset: "Sets an option of an ASIC; `help` lists them",
  addpool: "Adds a pool",
  poolpriority: "Sets the order of the pools",
  poolquota: "Sets a pool's share of the work, for the strategy of quotas",
  save: "Writes the miner's settings to a file at the rig",
  debug: "Tells what the miner logs, or changes it",
  "failover-only":
    "Sets whether work goes to the next pool only if the first is gone",
  setconfig: "Changes a setting until the miner's next start",
  zero: "Sets counts back to zero",
  gpu: "One GPU",
  cpu: "One CPU",
  proc: "One processor of a device",
  gpucount: "How many GPUs there are",
  cpucount: "How many CPUs there are",
  proccount: "How many processors there are",
  procs: "Every processor of every device, as `devs`",
  gpuenable: "Enables a GPU",
  gpudisable: "Disables a GPU",
  gpurestart: "Restarts a GPU",
  cpuenable: "Enables a CPU",
  cpudisable: "Disables a CPU",
  cpurestart: "Restarts a CPU",
  procenable: "Enables a processor",
  procdisable: "Disables a processor",
  procidentify: "Makes a processor show itself, by its light",
  pgarestart: "Restarts an FPGA",
  gpuintensity: "Sets a GPU's intensity",
  gpuxintensity: "Sets a GPU's intensity, as a multiple of its shaders",
  gpurawintensity: "Sets a GPU's intensity, as its number of threads",
  gpumem: "Sets a GPU's memory clock in MHz",
  gpuengine: "Sets a GPU's engine clock in MHz",
  gpufan: "Sets a GPU's fan in percent",
  gpuvddc: "Sets a GPU's core voltage",
  procset: "Sets an option of a processor; `help` lists them",
  devscan: "Looks for new devices",
  changestrategy: "Changes how pools are chosen",
  changepoolprofile: "Gives a pool another profile",
  addprofile: "Adds a profile: an algorithm and its settings",
  removeprofile: "Removes a profile",
  procnotify: "As `notify`, for each processor; outside group R here",
  procdetails: "As `devdetails`, for each processor; outside group R here",
  temps: "Temperatures of boards and chips",
  fans: "Speeds of fans",
  tempctrl:
    "How temperature is controlled, and where it becomes hot or dangerous",
  tunerstatus: "What the tuner of frequencies and power does",
  atm: "How the miner changes its profile by temperature",
  events: "What the miner reports: errors and warnings",
  groups: "Groups of pools",
  limits: "The least and the most that settings may be",
  power: "Electrical power",
  profiles: "Profiles of frequency and voltage",
  frequencyget: "Frequencies of a board's chips",
  voltageget: "A board's voltage",
  healthchipget: "How well each chip of a board works",
  healthctrl: "How the health of a board's chips is checked",
  get_version: "Versions of firmware and API",
  get_psu: "The power supply",
  get_miner_info: "Network addresses, and what the rig is",
  get_error_code: "Errors that stand now",
  status: "Whether the miner runs, and its firmware",
  chipstat: "What each chip does",
  litestats: "A short form of `stats`",
  temperature: "Temperatures",
  voltage: "Voltages",
  frequency: "Frequencies",
  fan: "Fans",
  psu: "The power supply",
};

/** A parameter in words, and one that a miner would take. */
export interface ParameterText {
  readonly description: string;
  readonly example: string;
}

/** By what `rpc/commands.ts` says of a parameter. */
const PARAMETER_TEXTS: Readonly<Record<string, ParameterText>> = {
  N: { description: "Its number at the miner, from 0.", example: "0" },
  command: { description: "The command's name.", example: "addpool" },
  "N,option[,value]": {
    description:
      "Its number, the option's name and, if that needs one, a value.",
    example: "0,help",
  },
  "url,user,pass": {
    description:
      "URL, user and password, a comma between two; `\\` before a comma in one of them. It is not logged.",
    example: "stratum+tcp://pool.example.net:3333,worker,x",
  },
  "N,…": {
    description: "Pools' numbers, the first choice first.",
    example: "1,0",
  },
  "N,Q": { description: "The pool's number and its quota.", example: "0,1" },
  "[file]": {
    description: "The file's path at the rig; without it, the miner's own.",
    example: "cgminer.conf",
  },
  "[setting]": {
    description:
      "Which setting to switch: `Silent`, `Quiet`, `Verbose`, `Debug`, `RPCProto`, `PerDevice`, `WorkTime` or `Normal`.",
    example: "Normal",
  },
  "true|false": { description: "`true` or `false`.", example: "true" },
  "name,N": {
    description:
      "`queue`, `scantime` or `expiry`, and a number. cgminer 4.11.1 crashes if this is left out.",
    example: "queue,1",
  },
  "which,true|false": {
    description:
      "`all` or `bestshare`, and whether the miner shows a summary first.",
    example: "bestshare,false",
  },
  "N,value": { description: "Its number and the value.", example: "0,10" },
  "[device]": {
    description: "Where to look, as bfgminer's `--scan` takes it.",
    example: "auto",
  },
  "strategy[,interval]": {
    description:
      "The number of the strategy, from 0; for rotation, minutes as well.",
    example: "0",
  },
  "N,profile": {
    description: "The pool's number and the profile's name.",
    example: "0,scrypt",
  },
  "profile:algorithm[:…]": {
    description: "The profile's name, its algorithm and its settings.",
    example: "scrypt:ckolivas",
  },
  profile: { description: "The profile's name.", example: "scrypt" },
  board: { description: "The board's number, from 0.", example: "0" },
};

/** Where what `rpc/commands.ts` says means something else. */
const SPECIAL_TEXTS: Readonly<Record<string, ParameterText>> = {
  hotplug: { description: "Seconds; 0: never.", example: "5" },
};

/**
 * Says what a command does.
 *
 * @param name Its name.
 * @returns A sentence without its full stop.
 */
export function describeCommand(name: string): string {
  return COMMAND_TEXTS[name] ?? `The miner's \`${name}\``;
}

/**
 * Says what a command's parameter is.
 *
 * @param command The command.
 * @returns The words and an example; undefined if it takes none.
 */
export function describeParameter(
  { name, parameter }: Pick<Command, "name" | "parameter">,
): ParameterText | undefined {
  if (parameter === undefined) return undefined;
  return SPECIAL_TEXTS[name] ?? PARAMETER_TEXTS[parameter] ??
    { description: `As the miner reads it: ${parameter}.`, example: "0" };
}

/**
 * Whether a parameter may be left out.
 *
 * @param parameter What `rpc/commands.ts` says of it.
 * @returns True if all of it stands in brackets.
 */
export function isOptional(parameter: string): boolean {
  return /^\[[^[\]]*\]$/.test(parameter);
}
