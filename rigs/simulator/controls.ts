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

/** Makes a command that says what is missing if it comes without parameter. */
function withParameter(
  missing: MessageName,
  run: (exchange: Exchange, parameter: string) => void,
): Command {
  return (exchange) => {
    const { parameter } = exchange;
    if (parameter) run(exchange, parameter);
    else exchange.say(missing);
  };
}

/**
 * Cuts a parameter in two.
 *
 * @param parameter Such as `N,value`.
 * @returns What stands before its first comma, and after it, if there is one.
 */
export function splitAtComma(
  parameter: string,
): [before: string, after?: string] {
  const comma = parameter.indexOf(",");
  return comma < 0
    ? [parameter]
    : [parameter.slice(0, comma), parameter.slice(comma + 1)];
}

/**
 * A kind of device, as the commands and the names of messages spell it. The
 * miners have a family of commands for each, which differ in little but their
 * words.
 */
type DeviceKind = "asc" | "pga" | "gpu";

/** Reads the device that a parameter names; says what is wrong if none. */
function findDevice(
  exchange: Exchange,
  kind: DeviceKind,
  parameter = exchange.parameter,
): Device | undefined {
  const { devices } = exchange.rig;
  if (devices.length === 0) return exchange.say(`${kind}None`);
  if (!parameter) return exchange.say("missingDevice");
  const id = readInteger(parameter);
  return devices[id] ??
    exchange.say(`${kind}Invalid`, id, devices.length - 1);
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
  const onDevice =
    (run: (device: Device, exchange: Exchange) => MessageName): Command =>
    (exchange) => {
      const device = findDevice(exchange, kind);
      if (device !== undefined) exchange.say(run(device, exchange), device.id);
    };
  const controls: Record<string, Command> = {
    [`${prefix}enable`]: onDevice((device, { rig }) => {
      const already = device.enabled;
      device.enable(rig.nowS);
      return already ? `${kind}AlreadyEnabled` : `${kind}Enabling`;
    }),
    [`${prefix}disable`]: onDevice((device, { rig }) => {
      const already = !device.enabled;
      device.disable(rig.nowS);
      return already ? `${kind}AlreadyDisabled` : `${kind}Disabling`;
    }),
  };
  if (kind !== "asc" && prefix === kind) {
    controls[`${prefix}restart`] = onDevice((device, { rig }) => {
      device.enable(rig.nowS);
      return `${kind}Restarting`;
    });
  }
  if (kind !== "gpu") {
    controls[`${prefix}identify`] = onDevice(() => `${kind}NoIdentify`);
    controls[`${prefix}set`] = createSet(kind);
  }
  const lookup: Command = (exchange) => {
    const device = findDevice(exchange, kind);
    if (device === undefined) return;
    exchange.say(kind, device.id);
    exchange.report(kind.toUpperCase(), [device], fields);
  };
  return { lookups: { [prefix]: lookup }, controls };
}

/** Makes a command that finds nothing to set: no simulated device has options. */
function createSet(kind: "asc" | "pga"): Command {
  return (exchange) => {
    const { parameter, rig } = exchange;
    const [id = "", option = ""] = parameter?.split(",") ?? [];
    if (rig.devices.length > 0 && parameter && option === "") {
      return exchange.say(`${kind}MissingOption`);
    }
    const device = findDevice(exchange, kind, parameter && (id || "0"));
    if (device !== undefined) exchange.say(`${kind}NoSet`, device.id);
  };
}

/**
 * Makes the commands of a kind of device that a rig knows of but has none of.
 *
 * @param kind Which kind.
 * @returns The commands, all of which say that there are none.
 */
export function createAbsentDeviceCommands(kind: "pga"): DeviceCommands {
  const refuse: Command = (exchange) => exchange.say(`${kind}None`);
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

/** Reads the pool that a parameter names; says what is wrong if it cannot. */
function findPool(exchange: Exchange, parameter: string): Pool | undefined {
  const { pools } = exchange.rig;
  const number = readInteger(parameter);
  return pools[number] ??
    exchange.say("invalidPool", number, pools.length - 1);
}

/** Makes a command of what is to be done with a pool, and what is said then. */
function onPool(run: (rig: RigState, pool: Pool) => MessageName): Command {
  return withParameter("missingPool", (exchange, parameter) => {
    const { rig } = exchange;
    const pool = findPool(exchange, parameter);
    if (pool === undefined) return;
    const number = rig.pools.indexOf(pool);
    const message = run(rig, pool);
    // Escaped here and again as a message, as in api.c.
    const isEscaped = message === "removedPool";
    exchange.say(
      message,
      number,
      isEscaped ? exchange.escape(pool.url) : pool.url,
    );
  });
}

const switchPool = onPool((rig, pool) => {
  pool.enabled = true;
  rig.selectPool(pool);
  return "switchingPool";
});

const enablePool = onPool((rig, pool) => {
  if (pool.enabled) return "poolAlreadyEnabled";
  pool.enabled = true;
  const { currentPool } = rig;
  if (currentPool === undefined || pool.priority < currentPool.priority) {
    rig.selectPool(pool);
  }
  return "enablingPool";
});

function createDisablePool(countEnabled: (rig: RigState) => number): Command {
  return onPool((rig, pool) => {
    if (!pool.enabled) return "poolAlreadyDisabled";
    if (countEnabled(rig) <= 1) return "lastActivePool";
    pool.enabled = false;
    if (pool === rig.currentPool) rig.selectPool();
    return "disablingPool";
  });
}

const removePool = onPool((rig, pool) => {
  if (rig.pools.length <= 1) return "lastPool";
  if (pool === rig.currentPool) rig.selectPool();
  if (pool === rig.currentPool) return "activePool";
  rig.removePool(pool);
  return "removedPool";
});

const setPriorities = withParameter("missingPool", (exchange, parameter) => {
  const { rig } = exchange;
  const first: Pool[] = [];
  for (const part of parameter.replace(/,$/, "").split(",")) {
    const pool = findPool(exchange, part || "0");
    if (pool === undefined) return;
    if (first.includes(pool)) {
      return exchange.say("duplicatePool", rig.pools.indexOf(pool));
    }
    first.push(pool);
  }
  const rest = rig.pools.filter((pool) => !first.includes(pool))
    .sort((one, other) => one.priority - other.priority);
  [...first, ...rest].forEach((pool, rank) => pool.priority = rank);
  if (rig.currentPool?.priority !== 0) rig.selectPool();
  exchange.say("changedPriorities");
});

const setQuota = withParameter("missingPool", (exchange, parameter) => {
  const [id, value] = splitAtComma(parameter);
  if (value === undefined) {
    return exchange.say("missingConfigValue", parameter);
  }
  const pool = findPool(exchange, id || "0");
  if (pool === undefined) return;
  const quota = readInteger(value);
  if (quota < 0) return exchange.say("negativeNumber", quota, pool.url);
  pool.quota = quota;
  exchange.say("setQuota", pool.url, quota);
});

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

/** What sets the miners' commands for pools apart. */
interface PoolControlTraits {
  /** Whether the reply of `addpool` says the number of the new pool. */
  readonly numbered: boolean;
  /** How many parts `addpool` takes, three or more: 4 and 5 not in sgminer. */
  readonly accepts: (parts: number) => boolean;
  /** The password if nothing follows the last comma; default: that is wrong. */
  readonly emptyPass?: string;
  /**
   * How many pools `disablepool` takes to be enabled: it leaves the last one
   * alone. cgminer counts those it has disabled too; sgminer does not count.
   */
  readonly countEnabled: (rig: RigState) => number;
}

function createAddPool(traits: PoolControlTraits): Command {
  return withParameter("missingPoolDetails", (exchange, parameter) => {
    const { rig } = exchange;
    const parts = splitPoolDetails(parameter);
    const [url, user, pass = traits.emptyPass] = parts;
    if (
      url === undefined || user === undefined || pass === undefined ||
      !traits.accepts(parts.length)
    ) {
      return exchange.say("invalidPoolDetails", exchange.escape(parameter));
    }
    const number = rig.pools.length;
    rig.addPool({ url, user, pass });
    if (traits.numbered) exchange.say("addedPool", number, url);
    else exchange.say("addedPool", exchange.escape(url));
  });
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

const DEBUG_NAMES = {
  Silent: "silent",
  Quiet: "quiet",
  Verbose: "verbose",
  Debug: "debug",
  RPCProto: "protocol",
  PerDevice: "perDevice",
  WorkTime: "workTime",
} as const satisfies Readonly<Record<string, keyof DebugSettings>>;

const DEBUG_FIELDS = Object.entries(DEBUG_NAMES).map((
  [name, member],
): Field<DebugSettings> => [name, (settings) => flag(settings[member])]);

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
  if (letter === "") return exchange.say("missingFlag");
  if (letter !== "t" && letter !== "f") return exchange.say("invalidFlag");
  return letter === "t";
}

const zero = withParameter("missingZero", (exchange, parameter) => {
  const { rig } = exchange;
  const [which, value] = splitAtComma(parameter);
  if (!value) return exchange.say("missingFlag");
  const all = which.toLowerCase() === "all";
  if (!all && which.toLowerCase() !== "bestshare") {
    return exchange.say("invalidZero", which);
  }
  const summary = readFlag(exchange, value);
  if (summary === undefined) return;
  if (all) rig.zero();
  else rig.zeroBestShare();
  exchange.say(
    summary ? "zeroedWithSummary" : "zeroedWithoutSummary",
    all ? "All" : "BestShare",
  );
});

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
    // Saves nothing, but answers as if: a path is bad if it says that it is not
    // there. Escaped here and again as a message, as in api.c.
    save: (exchange) => {
      const path = exchange.parameter || savePath;
      const bad = path.startsWith("/nonexistent/");
      exchange.say(bad ? "saveFailed" : "saved", exchange.escape(path));
    },
    debug: setDebug,
    zero,
    quit: end("quits", ({ reply }) => reply.putWord("BYE")),
    restart: end("restarts", ({ reply }) => reply.putWord("RESTART")),
  };
}

function end(outcome: "quits" | "restarts", sayGoodbye: Command): Command {
  return (exchange) => {
    sayGoodbye(exchange);
    exchange.outcome = outcome;
  };
}

/** The names that `setconfig` knows. */
const CONFIG_NAMES: readonly string[] = ["queue", "scantime", "expiry"];

/** The controls only cgminer has, or has its own way. */
export const CGMINER_CONTROLS: Readonly<Record<string, Command>> = {
  "failover-only": (exchange) =>
    exchange.say("deprecatedConfig", exchange.parameter ?? "(null)"),
  // cgminer 4.11.1 sets nothing, and crashes when it has nothing to compare.
  setconfig: (exchange) => {
    const { parameter } = exchange;
    if (parameter === undefined) {
      exchange.outcome = "crashes";
      return;
    }
    if (CONFIG_NAMES.includes(parameter.toLowerCase())) {
      exchange.say("deprecatedConfig", parameter);
    }
    exchange.say("unknownConfig", parameter);
  },
  hotplug: withParameter("missingHotplug", (exchange, parameter) => {
    const seconds = readInteger(parameter);
    if (seconds < 0 || seconds > 9999) {
      return exchange.say("invalidHotplug", parameter);
    }
    exchange.rig.hotplugS = seconds;
    if (seconds > 0) exchange.say("hotplugSet", seconds);
    else exchange.say("hotplugDisabled");
  }),
};

/** The controls that cgminer no longer has; bfgminer and sgminer do. */
export const FORK_CONTROLS: Readonly<Record<string, Command>> = {
  "failover-only": (exchange) => {
    const value = readFlag(exchange, exchange.parameter ?? "");
    if (value === undefined) return;
    exchange.rig.failoverOnly = value;
    exchange.say("failoverOnly", String(value));
  },
  setconfig: withParameter("missingConfig", (exchange, parameter) => {
    const [name, text] = splitAtComma(parameter);
    if (text === undefined) {
      return exchange.say("missingConfigValue", parameter);
    }
    const value = readInteger(text);
    if (value < 0 || value > 9999) {
      return exchange.say("invalidNumber", value, name);
    }
    if (!CONFIG_NAMES.includes(name.toLowerCase())) {
      return exchange.say("unknownConfig", name);
    }
    exchange.rig.settings.set(name.toLowerCase(), value);
    exchange.say("setConfig", name, value);
  }),
  quit: end("quits", (exchange) => exchange.say("goodbye", "BYE")),
  restart: end("restarts", (exchange) => exchange.say("goodbye", "RESTART")),
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
