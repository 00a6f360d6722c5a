/**
 * The commands that name or change something: devices, pools, the miner itself.
 * As `api.c` of cgminer does them: the same checks in the same order.
 *
 * @module
 */

import type { Device } from "./device.ts";
import type { Command, Exchange, Field, MessageName } from "./exchange.ts";
import { flag } from "./reply.ts";
import { readInteger } from "./request.ts";
import type { DebugSettings, Pool, RigState } from "./state.ts";

/** A kind of device, as the commands spell it. */
export type DeviceKind = "asc" | "pga" | "gpu";

/** The messages of a kind of device; absent where the miner has no such one. */
interface DeviceMessages {
  readonly none: MessageName;
  readonly one: MessageName;
  readonly invalid: MessageName;
  readonly alreadyEnabled: MessageName;
  readonly alreadyDisabled: MessageName;
  readonly enabling: MessageName;
  readonly disabling: MessageName;
  readonly restarting?: MessageName;
  readonly noIdentify?: MessageName;
  readonly missingOption?: MessageName;
  readonly noSet?: MessageName;
}

const DEVICE_MESSAGES: Readonly<Record<DeviceKind, DeviceMessages>> = {
  asc: {
    none: "noAscs",
    one: "asc",
    invalid: "invalidAsc",
    alreadyEnabled: "ascAlreadyEnabled",
    alreadyDisabled: "ascAlreadyDisabled",
    enabling: "ascEnabling",
    disabling: "ascDisabling",
    noIdentify: "ascNoIdentify",
    missingOption: "missingAscOption",
    noSet: "ascNoSet",
  },
  pga: {
    none: "noPgas",
    one: "pga",
    invalid: "invalidPga",
    alreadyEnabled: "pgaAlreadyEnabled",
    alreadyDisabled: "pgaAlreadyDisabled",
    enabling: "pgaEnabling",
    disabling: "pgaDisabling",
    restarting: "pgaRestarting",
    noIdentify: "pgaNoIdentify",
    missingOption: "missingPgaOption",
    noSet: "pgaNoSet",
  },
  gpu: {
    none: "noGpus",
    one: "gpu",
    invalid: "invalidGpu",
    alreadyEnabled: "gpuAlreadyEnabled",
    alreadyDisabled: "gpuAlreadyDisabled",
    enabling: "gpuEnabling",
    disabling: "gpuDisabling",
    restarting: "gpuRestarting",
  },
};

/** Reads the device that the parameter names; says what is wrong if none. */
function findDevice(
  exchange: Exchange,
  messages: DeviceMessages,
  parameter = exchange.parameter,
): Device | undefined {
  const { devices } = exchange.rig;
  if (devices.length === 0) {
    exchange.say(messages.none);
    return undefined;
  }
  if (parameter === undefined || parameter === "") {
    exchange.say("missingDevice");
    return undefined;
  }
  const id = readInteger(parameter);
  const device = devices[id];
  if (device === undefined) {
    exchange.say(messages.invalid, id, devices.length - 1);
  }
  return device;
}

/** The commands of one kind of device, by name. */
export interface DeviceCommands {
  /** Those that report. */
  readonly lookups: Readonly<Record<string, Command>>;
  /** Those that change something. */
  readonly controls: Readonly<Record<string, Command>>;
}

/**
 * Makes the commands of one kind of device.
 *
 * @param kind Which kind.
 * @param fields What the report says of a device.
 * @param prefix How the commands' names begin, if not with the kind.
 * @returns The commands.
 */
export function createDeviceCommands(
  kind: DeviceKind,
  fields: readonly Field<Device>[],
  prefix: string = kind,
): DeviceCommands {
  const messages = DEVICE_MESSAGES[kind];
  const onDevice =
    (run: (exchange: Exchange, device: Device) => void): Command =>
    (exchange) => {
      const device = findDevice(exchange, messages);
      if (device !== undefined) run(exchange, device);
    };
  const controls: Record<string, Command> = {
    [`${prefix}enable`]: onDevice((exchange, device) => {
      const already = device.enabled;
      device.enable(exchange.rig.nowS);
      exchange.say(
        already ? messages.alreadyEnabled : messages.enabling,
        device.id,
      );
    }),
    [`${prefix}disable`]: onDevice((exchange, device) => {
      const already = !device.enabled;
      device.disable(exchange.rig.nowS);
      exchange.say(
        already ? messages.alreadyDisabled : messages.disabling,
        device.id,
      );
    }),
  };
  const { restarting, noIdentify } = messages;
  if (restarting !== undefined && prefix === kind) {
    controls[`${prefix}restart`] = onDevice((exchange, device) => {
      device.enable(exchange.rig.nowS);
      exchange.say(restarting, device.id);
    });
  }
  if (noIdentify !== undefined) {
    controls[`${prefix}identify`] = onDevice((exchange, device) => {
      exchange.say(noIdentify, device.id);
    });
    controls[`${prefix}set`] = createSet(messages);
  }
  const lookup = onDevice((exchange, device) => {
    exchange.say(messages.one, device.id);
    exchange.report(kind.toUpperCase(), [device], fields);
  });
  return { lookups: { [prefix]: lookup }, controls };
}

/** Makes a command that finds nothing to set: no simulated device has options. */
function createSet(messages: DeviceMessages): Command {
  return (exchange) => {
    const { parameter } = exchange;
    const [id = "", option = ""] = parameter?.split(",") ?? [];
    if (
      exchange.rig.devices.length > 0 && parameter !== undefined &&
      parameter !== "" && option === "" &&
      messages.missingOption !== undefined
    ) {
      exchange.say(messages.missingOption);
      return;
    }
    const device = findDevice(exchange, messages, parameter && (id || "0"));
    if (device !== undefined && messages.noSet !== undefined) {
      exchange.say(messages.noSet, device.id);
    }
  };
}

/**
 * Makes the commands of a kind of device that a rig knows of but has none of.
 *
 * @param kind Which kind.
 * @returns The commands, all of which say that there are none.
 */
export function createAbsentDeviceCommands(kind: "pga"): DeviceCommands {
  const { none } = DEVICE_MESSAGES[kind];
  const refuse: Command = (exchange) => exchange.say(none);
  return {
    lookups: { [kind]: refuse },
    controls: {
      [`${kind}enable`]: refuse,
      [`${kind}disable`]: refuse,
      [`${kind}identify`]: refuse,
      [`${kind}set`]: refuse,
    },
  };
}

/** Reads the pool that the parameter names; says what is wrong if it cannot. */
function findPool(
  exchange: Exchange,
  parameter = exchange.parameter,
): { pool: Pool; number: number } | undefined {
  const { pools } = exchange.rig;
  if (parameter === undefined || parameter === "") {
    exchange.say("missingPool");
    return undefined;
  }
  const number = readInteger(parameter);
  const pool = pools[number];
  if (pool === undefined) {
    exchange.say("invalidPool", number, pools.length - 1);
    return undefined;
  }
  return { pool, number };
}

/** Makes a command of what is to be done with the pool that it names. */
function onPool(
  run: (exchange: Exchange, pool: Pool, number: number) => void,
): Command {
  return (exchange) => {
    const found = findPool(exchange);
    if (found !== undefined) run(exchange, found.pool, found.number);
  };
}

const switchPool = onPool((exchange, pool, number) => {
  pool.enabled = true;
  exchange.rig.selectPool(pool);
  exchange.say("switchingPool", number, pool.url);
});

const enablePool = onPool((exchange, pool, number) => {
  if (pool.enabled) {
    exchange.say("poolAlreadyEnabled", number, pool.url);
    return;
  }
  pool.enabled = true;
  const { currentPool } = exchange.rig;
  if (currentPool === undefined || pool.priority < currentPool.priority) {
    exchange.rig.selectPool(pool);
  }
  exchange.say("enablingPool", number, pool.url);
});

function createDisablePool(countEnabled: (rig: RigState) => number): Command {
  return onPool((exchange, pool, number) => {
    const { rig } = exchange;
    if (!pool.enabled) {
      exchange.say("poolAlreadyDisabled", number, pool.url);
      return;
    }
    if (countEnabled(rig) <= 1) {
      exchange.say("lastActivePool", number, pool.url);
      return;
    }
    pool.enabled = false;
    if (pool === rig.currentPool) rig.selectPool();
    exchange.say("disablingPool", number, pool.url);
  });
}

const removePool = onPool((exchange, pool, number) => {
  const { rig } = exchange;
  if (rig.pools.length <= 1) {
    exchange.say("lastPool", number, pool.url);
    return;
  }
  if (pool === rig.currentPool) rig.selectPool();
  if (pool === rig.currentPool) {
    exchange.say("activePool", number, pool.url);
    return;
  }
  rig.removePool(pool);
  // Escaped here and again as a message, as in api.c.
  exchange.say("removedPool", number, exchange.escape(pool.url));
});

const setPriorities: Command = (exchange) => {
  const { rig, parameter } = exchange;
  if (parameter === undefined || parameter === "") {
    exchange.say("missingPool");
    return;
  }
  const first: Pool[] = [];
  for (const part of parameter.replace(/,$/, "").split(",")) {
    const found = findPool(exchange, part || "0");
    if (found === undefined) return;
    if (first.includes(found.pool)) {
      exchange.say("duplicatePool", found.number);
      return;
    }
    first.push(found.pool);
  }
  const rest = rig.pools.filter((pool) => !first.includes(pool))
    .sort((one, other) => one.priority - other.priority);
  [...first, ...rest].forEach((pool, rank) => pool.priority = rank);
  if (rig.currentPool?.priority !== 0) rig.selectPool();
  exchange.say("changedPriorities");
};

const setQuota: Command = (exchange) => {
  const { parameter } = exchange;
  if (parameter === undefined || parameter === "") {
    exchange.say("missingPool");
    return;
  }
  const comma = parameter.indexOf(",");
  if (comma < 0) {
    exchange.say("missingConfigValue", parameter);
    return;
  }
  const found = findPool(exchange, parameter.slice(0, comma) || "0");
  if (found === undefined) return;
  const { pool } = found;
  const quota = readInteger(parameter.slice(comma + 1));
  if (quota < 0) {
    exchange.say("negativeNumber", quota, pool.url);
    return;
  }
  pool.quota = quota;
  exchange.say("setQuota", pool.url, quota);
};

/**
 * Splits the details of `addpool` at commas; `\` takes the next character as
 * it is.
 *
 * @param details The parameter.
 * @returns Its parts: URL, user, password and whatever follows. A comma at
 * the end opens no new part.
 */
export function splitPoolDetails(details: string): string[] {
  const parts: string[] = [];
  let at = 0;
  while (at < details.length) {
    let part = "";
    while (at < details.length && details[at] !== ",") {
      if (details[at] === "\\" && at + 1 < details.length) at++;
      part += details[at++];
    }
    at++;
    parts.push(part);
  }
  return parts;
}

/** Counts the pools that are enabled. */
export function countEnabledPools(rig: RigState): number {
  return rig.pools.filter((pool) => pool.enabled).length;
}

/** What sets the miners' commands for pools apart. */
export interface PoolControlTraits {
  /** Whether the reply of `addpool` says the number of the new pool. */
  readonly numbered: boolean;
  /** How many parts `addpool` takes, three or more: 4 and 5 not in sgminer. */
  readonly accepts: (parts: number) => boolean;
  /**
   * How many pools `disablepool` takes to be enabled: it leaves the last one
   * alone. cgminer counts those it has disabled too; sgminer does not count.
   */
  readonly countEnabled: (rig: RigState) => number;
}

function createAddPool(traits: PoolControlTraits): Command {
  return (exchange) => {
    const { rig, parameter } = exchange;
    if (parameter === undefined || parameter === "") {
      exchange.say("missingPoolDetails");
      return;
    }
    const parts = splitPoolDetails(parameter);
    const [url, user, pass] = parts;
    if (
      url === undefined || user === undefined || pass === undefined ||
      !traits.accepts(parts.length)
    ) {
      exchange.say("invalidPoolDetails", exchange.escape(parameter));
      return;
    }
    const number = rig.pools.length;
    rig.addPool({ url, user, pass });
    if (traits.numbered) exchange.say("addedPool", number, url);
    else exchange.say("addedPool", exchange.escape(url));
  };
}

/**
 * Makes the commands that change pools.
 *
 * @param traits What sets them apart.
 * @returns The commands, by name.
 */
export function createPoolControls(
  traits: PoolControlTraits,
): Record<string, Command> {
  return {
    switchpool: switchPool,
    addpool: createAddPool(traits),
    poolpriority: setPriorities,
    poolquota: setQuota,
    enablepool: enablePool,
    disablepool: createDisablePool(traits.countEnabled),
    removepool: removePool,
  };
}

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
