/**
 * The commands that change the miner itself: its settings, its counters, its
 * life.
 *
 * @module
 */

import type { Command, Exchange, Field } from "./exchange.ts";
import { flag } from "./reply.ts";
import { readInteger } from "./request.ts";
import type { DebugSettings, RigState } from "./state.ts";

const DEBUG_FIELDS: readonly Field<DebugSettings>[] = [
  ["Silent", (settings) => flag(settings.silent)],
  ["Quiet", (settings) => flag(settings.quiet)],
  ["Verbose", (settings) => flag(settings.verbose)],
  ["Debug", (settings) => flag(settings.debug)],
  ["RPCProto", (settings) => flag(settings.protocol)],
  ["PerDevice", (settings) => flag(settings.perDevice)],
  ["WorkTime", (settings) => flag(settings.workTime)],
];

/** What each letter of `debug` does, as in `debugstate()` of api.c. */
const DEBUG_SWITCHES: Readonly<
  Record<string, (settings: DebugSettings) => Partial<DebugSettings>>
> = {
  s: () => ({ silent: true }),
  q: ({ quiet }) => ({ quiet: !quiet }),
  v: ({ verbose, quiet }) => ({ verbose: !verbose, quiet: verbose && quiet }),
  d: ({ debug, quiet }) => ({
    debug: !debug,
    verbose: !debug,
    quiet: debug && quiet,
  }),
  r: ({ protocol, quiet }) => ({
    protocol: !protocol,
    quiet: protocol && quiet,
  }),
  p: ({ perDevice }) => ({ perDevice: !perDevice, verbose: !perDevice }),
  n: () => ({
    quiet: false,
    verbose: false,
    debug: false,
    protocol: false,
    perDevice: false,
    workTime: false,
  }),
  w: ({ workTime }) => ({ workTime: !workTime }),
};

const setDebug: Command = (exchange) => {
  const settings = exchange.rig.debug;
  const letter = exchange.parameter?.charAt(0).toLowerCase() ?? "";
  if (Object.hasOwn(DEBUG_SWITCHES, letter)) {
    Object.assign(settings, DEBUG_SWITCHES[letter]?.(settings));
  }
  exchange.say("debug");
  exchange.report("DEBUG", [settings], DEBUG_FIELDS, true);
};

/** Reads `true` or `false` by its first letter; says what is wrong if it is neither. */
function readFlag(exchange: Exchange, parameter: string): boolean | undefined {
  const letter = parameter.charAt(0).toLowerCase();
  if (letter === "") exchange.say("missingFlag");
  else if (letter !== "t" && letter !== "f") exchange.say("invalidFlag");
  else return letter === "t";
  return undefined;
}

const zero: Command = (exchange) => {
  const { rig, parameter } = exchange;
  if (parameter === undefined || parameter === "") {
    exchange.say("missingZero");
    return;
  }
  const comma = parameter.indexOf(",");
  if (comma < 0 || comma === parameter.length - 1) {
    exchange.say("missingFlag");
    return;
  }
  const which = parameter.slice(0, comma);
  const all = which.toLowerCase() === "all";
  if (!all && which.toLowerCase() !== "bestshare") {
    exchange.say("invalidZero", which);
    return;
  }
  const summary = readFlag(exchange, parameter.slice(comma + 1));
  if (summary === undefined) return;
  if (all) rig.zero();
  else rig.zeroBestShare();
  exchange.say(
    summary ? "zeroedWithSummary" : "zeroedWithoutSummary",
    all ? "All" : "BestShare",
  );
};

/** Saves nothing, but answers as if: a path is bad if it says it is not there. */
function createSave(defaultPath: string): Command {
  return (exchange) => {
    const path = exchange.parameter || defaultPath;
    const bad = path.startsWith("/nonexistent/");
    // Escaped here and again as a message, as in api.c.
    exchange.say(bad ? "saveFailed" : "saved", exchange.escape(path));
  };
}

/**
 * Makes the controls that all miners have.
 *
 * @param savePath Where `save` would save to if it is not told.
 * @returns The commands, by name.
 */
export function createMinerControls(
  savePath: string,
): Record<string, Command> {
  return {
    privileged: (exchange) => exchange.say("privileged"),
    save: createSave(savePath),
    debug: setDebug,
    zero,
    quit: end("quits", "BYE"),
    restart: end("restarts", "RESTART"),
  };
}

function end(outcome: "quits" | "restarts", word: string): Command {
  return (exchange) => {
    exchange.reply.putWord(word);
    exchange.outcome = outcome;
  };
}

function endByMessage(outcome: "quits" | "restarts", word: string): Command {
  return (exchange) => {
    exchange.say("goodbye", word);
    exchange.outcome = outcome;
  };
}

const setHotplug: Command = (exchange) => {
  const { rig, parameter } = exchange;
  if (parameter === undefined || parameter === "") {
    exchange.say("missingHotplug");
    return;
  }
  const seconds = readInteger(parameter);
  if (seconds < 0 || seconds > 9999) {
    exchange.say("invalidHotplug", parameter);
    return;
  }
  rig.hotplugS = seconds;
  if (seconds > 0) exchange.say("hotplugSet", seconds);
  else exchange.say("hotplugDisabled");
};

/** cgminer 4.11.1 sets nothing, and crashes when it has nothing to compare. */
const refuseConfig: Command = (exchange) => {
  const { parameter } = exchange;
  if (parameter === undefined) {
    exchange.outcome = "crashes";
    return;
  }
  if (["queue", "scantime", "expiry"].includes(parameter.toLowerCase())) {
    exchange.say("deprecatedConfig", parameter);
  }
  exchange.say("unknownConfig", parameter);
};

/** The controls only cgminer has, or has its own way. */
export const CGMINER_CONTROLS: Readonly<Record<string, Command>> = {
  "failover-only": (exchange) => {
    exchange.say("deprecatedConfig", exchange.parameter ?? "(null)");
  },
  setconfig: refuseConfig,
  hotplug: setHotplug,
};

const setFailoverOnly: Command = (exchange) => {
  const value = readFlag(exchange, exchange.parameter ?? "");
  if (value === undefined) return;
  exchange.rig.failoverOnly = value;
  exchange.say("failoverOnly", String(value));
};

const setConfig: Command = (exchange) => {
  const { rig, parameter } = exchange;
  if (parameter === undefined || parameter === "") {
    exchange.say("missingConfig");
    return;
  }
  const comma = parameter.indexOf(",");
  if (comma < 0) {
    exchange.say("missingConfigValue", parameter);
    return;
  }
  const name = parameter.slice(0, comma);
  const value = readInteger(parameter.slice(comma + 1));
  if (value < 0 || value > 9999) {
    exchange.say("invalidNumber", value, name);
    return;
  }
  if (!["queue", "scantime", "expiry"].includes(name.toLowerCase())) {
    exchange.say("unknownConfig", name);
    return;
  }
  rig.settings.set(name.toLowerCase(), value);
  exchange.say("setConfig", name, value);
};

/** The controls that cgminer no longer has; bfgminer and sgminer do. */
export const FORK_CONTROLS: Readonly<Record<string, Command>> = {
  "failover-only": setFailoverOnly,
  setconfig: setConfig,
  quit: endByMessage("quits", "BYE"),
  restart: endByMessage("restarts", "RESTART"),
};

/**
 * Reads a setting.
 *
 * @param rig Of which rig.
 * @param name Its name, as `setconfig` takes it.
 * @param initial What it is until it is set.
 */
export function readSetting(
  rig: RigState,
  name: string,
  initial: number,
): number {
  return rig.settings.get(name) ?? initial;
}
