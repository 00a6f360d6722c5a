/**
 * Trouble: what a person should look at, found in what is known of a rig by one
 * table of rules. `/-/rigs`, `/metrics`, the shipped alerts, the dashboard and
 * notifications all take it from here: nobody else has limits. Pure.
 *
 * @module
 */

import type { Device, Hashrate, Telemetry } from "./telemetry.ts";

/** One thing that a person should look at. */
export interface Trouble {
  /** Which kind; stable across versions. */
  readonly code:
    | "down"
    | "no-data"
    | "no-hashrate"
    | "hashrate-low"
    | "no-shares"
    | "pool-down"
    | "rejects"
    | "hot"
    | "fan-stopped"
    | "device-down"
    | "hardware-errors"
    | "firmware-error";
  /** `critical`: it costs most of what the rig earns, or the rig itself. */
  readonly severity: "warning" | "critical";
  /** One sentence, with the value and the limit. */
  readonly what: string;
  /** The device, board or fan that it is about; absent: the rig as a whole. */
  readonly device?: string;
  /** When it was first seen: ISO 8601. */
  readonly since: string;
}

/** The code of a trouble; stable across versions. */
export type TroubleCode = Trouble["code"];

/** What a rule says of a rig. */
type Found = Omit<Trouble, "code" | "since">;

/** The limits of one rule, by name. */
type Limits = Readonly<Record<string, number>>;

/** One rule of the table. */
interface Rule {
  /** What is judged, for people. */
  readonly title: string;
  /** The limits, by name; the first is the one that a single number sets. */
  readonly limits: Limits;
  /** What each limit is. */
  readonly units: Readonly<Record<string, string>>;
  /** Whether a rig that rests has it by resting, so that it says nothing. */
  readonly comesOfRest?: boolean;
  /** Finds it in a rig that is up. */
  readonly find: (telemetry: Telemetry, limits: Limits) => readonly Found[];
}

/** Names a limit; all of them are in the table. */
function get(limits: Limits, name: string): number {
  return limits[name] ?? Infinity;
}

/** Windows by how well they show what a rig does, and how long they are. */
const WINDOWS_S = [
  ["5m", 300],
  ["1m", 60],
  ["15m", 900],
  ["5s", 5],
  ["average", 900],
] as const;

/**
 * cgminer's windows decay: after three times its length one holds 95 % of what
 * the rig does, after its length 63 %.
 */
const FILLED_AFTER = 3;

/** A hashrate of less than this part of what it should be is none. */
const NO_HASHRATE_RATIO = 0.001;

/** Hashes that a share of difficulty 1 takes on average, for SHA-256. */
const HASHES_A_SHARE = 2 ** 32;

/** With fewer shares, how often they come is not known. */
const MIN_SHARES = 20;

/** Difficulty counts in other units where it is this far off (scrypt: 65,536). */
const MAX_INTERVAL_RATIO = 100;

const RULES: Readonly<Record<TroubleCode, Rule>> = {
  "down": {
    title: "The rig does not answer",
    limits: {},
    units: {},
    find: () => [],
  },
  "no-data": {
    title: "The rig answers with errors alone",
    limits: {},
    units: {},
    find: () => [],
  },
  "no-hashrate": {
    title: "The rig does not hash",
    limits: { minutes: 5 },
    units: { minutes: "minutes since the miner started" },
    comesOfRest: true,
    find({ uptimeS = Infinity, hashrate }, limits) {
      const minutes = get(limits, "minutes");
      if (!isIdle(hashrate) || uptimeS < minutes * 60) return [];
      return [{
        severity: "critical",
        what: Number.isFinite(uptimeS)
          ? `It hashes nothing, ${
            Math.floor(uptimeS / 60)
          } minutes after its start; ${minutes} are allowed`
          : "It hashes nothing",
      }];
    },
  },
  "hashrate-low": {
    title: "Hashrate, of what the rig says that it should be",
    limits: { warning: 85, critical: 70, minutes: 10 },
    units: {
      warning: "percent of its ideal, or of its own average",
      critical: "the same",
      minutes: "minutes since the miner started",
    },
    comesOfRest: true,
    find: findLowHashrate,
  },
  "no-shares": {
    title: "Age of the last share",
    limits: { minutes: 30, times: 20 },
    units: {
      minutes: "minutes",
      times: "times as long as a share takes on average",
    },
    comesOfRest: true,
    find: findMissingShares,
  },
  "pool-down": {
    title: "Pools that do not answer",
    limits: {},
    units: {},
    comesOfRest: true,
    find: findDeadPools,
  },
  "rejects": {
    title: "Shares that pools refuse",
    limits: { warning: 5, critical: 20, shares: 60 },
    units: {
      warning: "percent of all shares since the start",
      critical: "the same",
      shares: "shares; with fewer there is no percentage",
    },
    find({ shares: { accepted, rejected } = {} }, limits) {
      if (accepted === undefined || rejected === undefined) return [];
      const total = accepted + rejected;
      if (total === 0 || total < get(limits, "shares")) return [];
      const percent = rejected / total * 100;
      return judgeAbove(
        percent,
        limits,
        (limit) =>
          `Pools refused ${
            format(percent)
          } % of its shares, more than ${limit} %`,
      );
    },
  },
  "hot": {
    title: "Temperature of a sensor",
    limits: { board: 85, chip: 100, memory: 105, other: 85, critical: 5 },
    units: {
      board: "°C of a board",
      chip: "°C of a chip",
      memory: "°C of a GPU's memory",
      other: "°C of anything else",
      critical: "°C more than that",
    },
    find: findHeat,
  },
  "fan-stopped": {
    title: "A fan that stands",
    limits: {},
    units: {},
    comesOfRest: true,
    find({ fans = [] }) {
      return fans.filter(({ rpm }) => rpm === 0).map(({ name }) => ({
        severity: "critical",
        device: `fan ${name}`,
        what: `The fan ${name} stands still: 0 rpm`,
      }));
    },
  },
  "device-down": {
    title: "A device, board or chain that is dead, lost or missing",
    limits: { critical: 50, chips: 90 },
    units: {
      critical: "percent of all devices",
      chips: "percent of the chips that a board should have",
    },
    comesOfRest: true,
    find: findDeadDevices,
  },
  "hardware-errors": {
    title: "Results that the hardware got wrong",
    limits: { warning: 5, critical: 20 },
    units: {
      warning: "percent of all results since the start",
      critical: "the same",
    },
    find({ hardwareErrorRatio }, limits) {
      if (hardwareErrorRatio === undefined) return [];
      const percent = hardwareErrorRatio * 100;
      return judgeAbove(
        percent,
        limits,
        (limit) =>
          `${format(percent)} % of its results are wrong, more than ${limit} %`,
      );
    },
  },
  "firmware-error": {
    title: "Errors that the rig itself reports",
    limits: {},
    units: {},
    find({ errorCodes = [] }) {
      if (errorCodes.length === 0) return [];
      const listed = errorCodes.slice(0, MAX_ERRORS).join(", ");
      const more = errorCodes.length - MAX_ERRORS;
      const noun = errorCodes.length === 1 ? "the error" : "the errors";
      const rest = more > 0 ? ` and ${more} more` : "";
      return [{
        severity: "warning",
        what: `The rig itself reports ${noun} ${listed}${rest}`,
      }];
    },
  },
};

/** Most errors of a rig that are named. */
const MAX_ERRORS = 8;

/** All codes, in the order of the table. */
export const TROUBLE_CODES: readonly TroubleCode[] = Object.keys(
  RULES,
) as TroubleCode[];

/** A rule as documents and configuration show it. */
export type TroubleRule = Pick<Rule, "title" | "limits" | "units">;

/** All rules, by code: what each judges, its limits and their units. */
export const TROUBLE_RULES: Readonly<Record<TroubleCode, TroubleRule>> = RULES;

/**
 * Finds what a person should look at.
 *
 * @param rig What is known of the rig: a member of `/-/rigs`, or
 * `{ telemetry }` alone.
 * @param limits Limits that differ from those of the table, by code. `null`
 * switches a code off; a number is for the first limit of its rule (`rejects`:
 * percent of a warning), and for `hot` for all sensors; an object names limits.
 * Default: none.
 * @param nowMs When the trouble begins that is found: Unix time in milliseconds.
 * Default: now.
 * @returns The trouble, in the order of the table; of a rig that does not answer
 * only that; empty if all is well, or nothing is known.
 *
 * @example
 * ```ts
 * import { findTrouble } from "../mod.ts";
 *
 * const fans = [{ name: "1", rpm: 0 }, { name: "2", rpm: 4200 }];
 * for (const { code, what } of findTrouble({ telemetry: { fans } })) {
 *   console.log(code, what); // fan-stopped The fan 1 stands still: 0 rpm
 * }
 * ```
 */
export function findTrouble(
  { state = "up", problem, telemetry = {} }: {
    /** Whether it answers. Default: `up`. */
    readonly state?: "unknown" | "up" | "down";
    /** Why it is down. */
    readonly problem?: { readonly code: string; readonly detail: string };
    /** What it says of itself. */
    readonly telemetry?: Telemetry;
  },
  limits: Readonly<
    Partial<
      Record<Trouble["code"], number | Readonly<Record<string, number>> | null>
    >
  > = {},
  nowMs: number = Date.now(),
): Trouble[] {
  const since = new Date(nowMs).toISOString();
  if (state === "unknown") return [];
  if (state === "down") {
    const code = problem?.code === "rig-no-data" ? "no-data" : "down";
    if (limits[code] === null) return [];
    const what = problem?.detail ?? RULES[code].title;
    return [{ code, severity: "critical", what, since }];
  }
  const isResting = telemetry.mode === "paused";
  return TROUBLE_CODES.flatMap((code) => {
    const rule = RULES[code];
    const limit = limits[code];
    if (limit === null || (isResting && rule.comesOfRest)) return [];
    const named = limit === undefined ? {} : nameLimits(code, limit);
    return rule.find(telemetry, { ...rule.limits, ...named })
      .map((found) => ({ code, ...found, since }));
  });
}

/** What is known of a rig, as far as trouble is found in it. */
export type RigCondition = Parameters<typeof findTrouble>[0];

/** Limits by code, as {@linkcode findTrouble} takes them. */
export type TroubleLimits = NonNullable<Parameters<typeof findTrouble>[1]>;

/** The limits that one setting names. */
function nameLimits(code: TroubleCode, limit: number | Limits): Limits {
  if (typeof limit === "object") return limit;
  const names = Object.keys(RULES[code].limits);
  const set = code === "hot"
    ? names.filter((name) => name !== "critical")
    : names.slice(0, 1);
  return Object.fromEntries(set.map((name) => [name, limit]));
}

/**
 * Puts limits over others, code by code and limit by limit.
 *
 * @param lists The limits; later ones count more.
 * @returns All of them.
 */
export function mergeLimits(...lists: readonly TroubleLimits[]): TroubleLimits {
  const merged: Partial<Record<TroubleCode, number | Limits | null>> = {};
  for (const limits of lists) {
    for (const code of TROUBLE_CODES) {
      const limit = limits[code];
      if (limit === undefined) continue;
      const before = merged[code];
      merged[code] = limit === null ? null : {
        ...(before === undefined || before === null
          ? {}
          : nameLimits(code, before)),
        ...nameLimits(code, limit),
      };
    }
  }
  return merged;
}

/**
 * Lets trouble that was there before keep the time when it began.
 *
 * @param found What is found now.
 * @param before What was found the last time.
 * @returns What is found now; the same code of the same device is the same
 * trouble, whatever its value.
 */
export function keepSince(
  found: readonly Trouble[],
  before: readonly Trouble[],
): readonly Trouble[] {
  if (before.length === 0) return found;
  const known = new Map(before.map((each) => [toKey(each), each.since]));
  return found.map((each) => ({
    ...each,
    since: known.get(toKey(each)) ?? each.since,
  }));
}

function toKey({ code, device = "" }: Trouble): string {
  return `${code} ${device}`;
}

/** Amber above one limit, red above the other. */
function judgeAbove(
  value: number,
  limits: Limits,
  describe: (limit: number) => string,
): readonly Found[] {
  const isCritical = value > get(limits, "critical");
  if (!isCritical && value <= get(limits, "warning")) return [];
  const severity = isCritical ? "critical" : "warning";
  return [{ severity, what: describe(get(limits, severity)) }];
}

/** Whether it says that it does not hash, in each window that shows the present. */
function isIdle(hashrate: Hashrate | undefined): boolean {
  if (hashrate === undefined) return false;
  const { average = 0 } = hashrate;
  const brief = [hashrate["5s"], hashrate["1m"]]
    .filter((rate) => rate !== undefined);
  const others = [hashrate["5m"], hashrate["15m"], hashrate.average]
    .filter((rate) => rate !== undefined);
  const current = brief.length > 0 ? Math.max(...brief) : others[0];
  return current !== undefined && current <= average * NO_HASHRATE_RATIO;
}

/**
 * Against what the rig states, or its own average; by the best window that has
 * filled since the start. A rig that does not hash at all has trouble enough.
 */
function findLowHashrate(
  { uptimeS = 0, hashrate }: Telemetry,
  limits: Limits,
): readonly Found[] {
  if (hashrate === undefined || isIdle(hashrate)) return [];
  const { ideal, average } = hashrate;
  const reference = ideal ?? average ?? 0;
  if (reference <= 0 || uptimeS < get(limits, "minutes") * 60) return [];
  const filled = WINDOWS_S.find(([window, lengthS]) =>
    hashrate[window] !== undefined && uptimeS >= lengthS * FILLED_AFTER &&
    (window !== "average" || ideal !== undefined)
  );
  const rate = filled && hashrate[filled[0]];
  if (rate === undefined) return [];
  const percent = rate / reference * 100;
  const isCritical = percent < get(limits, "critical");
  if (!isCritical && percent >= get(limits, "warning")) return [];
  const severity = isCritical ? "critical" : "warning";
  const of = ideal === undefined ? "its own average" : "what it should be";
  return [{
    severity,
    what: `Its hashrate is ${format(percent)} % of ${of}, less than ${
      get(limits, severity)
    } %`,
  }];
}

/** By the rig's own clock: many a rig has never heard of the right time. */
function findMissingShares(
  telemetry: Telemetry,
  limits: Limits,
): readonly Found[] {
  const { clockS, uptimeS = 0, hashrate, shares, pools = [] } = telemetry;
  const rate = hashrate?.["5m"] ?? hashrate?.["1m"] ?? hashrate?.["5s"] ??
    hashrate?.["15m"] ?? hashrate?.average ?? 0;
  if (rate <= 0 || isIdle(hashrate)) return [];
  const last = Math.max(
    ...pools.map(({ lastShareTimeS = -Infinity }) => lastShareTimeS),
  );
  const hasNone = shares?.accepted === 0 && !shares.rejected;
  const ageS = Number.isFinite(last) && clockS !== undefined
    ? clockS - last
    : hasNone
    ? uptimeS
    : 0;
  const expectedS = expectShareInterval(telemetry, rate);
  const limitS = Math.max(
    get(limits, "minutes") * 60,
    get(limits, "times") * expectedS,
  );
  if (ageS <= limitS) return [];
  const minutes = (seconds: number) => `${Math.round(seconds / 60)} minutes`;
  return [{
    severity: "critical",
    what: hasNone
      ? `It claims to hash, and has sent no share in ${minutes(ageS)}; ${
        minutes(limitS)
      } are allowed`
      : `It claims to hash, and its last share is ${minutes(ageS)} old; ${
        minutes(limitS)
      } are allowed`,
  }];
}

/**
 * Seconds from one share to the next, by difficulty and hashrate; 0 where no
 * pool tells its difficulty. How many shares came since the start tells where
 * difficulty counts in units of its own.
 */
function expectShareInterval(
  { uptimeS, shares, pools = [] }: Telemetry,
  rate: number,
): number {
  const pool =
    pools.find(({ isActive, difficulty }) =>
      isActive === true && difficulty !== undefined
    ) ?? pools.find(({ difficulty }) => difficulty !== undefined);
  if (pool?.difficulty === undefined) return 0;
  const statedS = pool.difficulty * HASHES_A_SHARE / rate;
  const count = (shares?.accepted ?? 0) + (shares?.rejected ?? 0);
  if (uptimeS === undefined || count < MIN_SHARES) return statedS;
  const countedS = uptimeS / count;
  return statedS > countedS * MAX_INTERVAL_RATIO ? countedS : statedS;
}

/** All of those that are in use; or the first, so that it works for another. */
function findDeadPools({ pools = [] }: Telemetry): readonly Found[] {
  const judged = pools.filter(({ isUp }) => isUp !== undefined);
  const dead = judged.filter(({ isUp }) => isUp === false);
  if (dead.length === 0) return [];
  if (dead.length === judged.length) {
    return [{
      severity: "critical",
      what: judged.length === 1
        ? `Its only pool${formatUrl(judged[0]?.url)} does not answer`
        : `None of its ${judged.length} pools answers`,
    }];
  }
  const [first] = judged.toSorted((one, other) =>
    (one.priority ?? one.index) - (other.priority ?? other.index)
  );
  if (first?.isUp !== false) return [];
  return [{
    severity: "warning",
    what: `Its first pool${formatUrl(first.url)} does not answer`,
  }];
}

function formatUrl(url: string | undefined): string {
  return url === undefined ? "" : ` (${url})`;
}

/** The hottest for its kind, of each device and of the rig itself. */
function findHeat(telemetry: Telemetry, limits: Limits): readonly Found[] {
  const { temperatures = [], devices = [] } = telemetry;
  // The rig's own may be the hottest of its devices', said once more.
  const known = new Set(
    devices.flatMap(({ temperatures = [] }) =>
      temperatures.map(({ sensor }) => sensor)
    ),
  );
  const parts = [
    {
      name: undefined,
      temperatures: temperatures.filter(({ sensor }) => !known.has(sensor)),
    },
    ...devices.map(({ name, temperatures = [] }) => ({ name, temperatures })),
  ];
  return parts.flatMap(({ name, temperatures }): Found[] => {
    let worst: { excess: number; what: string } | undefined;
    for (const { sensor, celsius } of temperatures) {
      const limit = get(limits, findSensorKind(sensor));
      const excess = celsius - limit;
      if (excess <= (worst?.excess ?? 0)) continue;
      const where = name === undefined ? "" : ` of ${name}`;
      const what = `The sensor ${sensor}${where} is at ${
        format(celsius)
      } °C, above ${limit} °C`;
      worst = { excess, what };
    }
    if (worst === undefined) return [];
    const { excess, what } = worst;
    return [{
      severity: excess >= get(limits, "critical") ? "critical" : "warning",
      what,
      ...(name === undefined ? {} : { device: name }),
    }];
  });
}

/** By what the sensor is: chips may be hotter than the board that they are on. */
function findSensorKind(sensor: string): "board" | "chip" | "memory" | "other" {
  if (/^mem/i.test(sensor)) return "memory";
  if (/^chip\b/i.test(sensor)) return "chip";
  return /^board\b/i.test(sensor) ? "board" : "other";
}

function findDeadDevices(
  { devices = [] }: Telemetry,
  limits: Limits,
): readonly Found[] {
  const down = devices.filter(isDead);
  const percent = down.length / devices.length * 100;
  const severity = percent > get(limits, "critical") ? "critical" : "warning";
  return devices.flatMap((device): Found[] => {
    const { name, status, chips = 0, expectedChips = 0 } = device;
    if (isDead(device)) {
      const said = status === undefined ? "" : `: it is ${status}`;
      const count = `${down.length} of ${devices.length} do not`;
      const what = `${name} does not work${said}; ${count}`;
      return [{ severity, device: name, what }];
    }
    const limit = get(limits, "chips");
    if (device.chips === undefined || chips >= expectedChips * limit / 100) {
      return [];
    }
    const what =
      `${name} has ${chips} of its ${expectedChips} chips, less than ${limit} %`;
    return [{ severity: "warning", device: name, what }];
  });
}

/** Somebody who disables a device knows of it. */
function isDead({ isUp, status = "" }: Device): boolean {
  return isUp === false && !/^disabled?$/i.test(status);
}

/** A figure for a sentence: three digits are enough. */
function format(value: number): string {
  return String(Number(value.toPrecision(3)));
}
