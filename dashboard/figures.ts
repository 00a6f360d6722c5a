/**
 * What the page shows of a rig, read from its telemetry; a rig that is not up
 * has no figures. Pure.
 *
 * @module
 */

import type { RigMember } from "../gateway/watch/fleet_monitor.ts";
import type {
  Hashrate,
  HashrateWindow,
  ShareCounts,
  Telemetry,
  Temperature,
} from "../telemetry/telemetry.ts";
import { findAlgorithm } from "../telemetry/algorithm.ts";
import { formatPool } from "./format.ts";
import type { Trouble } from "../telemetry/trouble.ts";

/** How bad the gateway says it is; empty: no trouble. */
export type Severity = "" | Trouble["severity"];

/** A rig, as `/-/rigs` gives it; what a view does not need may be absent. */
export type Member =
  & Pick<RigMember, "name" | "state">
  & Partial<Omit<RigMember, "name" | "state">>;

/** What the page shows of a rig. */
export interface Figures {
  /** Hashes a second, of the shortest window. */
  readonly hashrate: number | undefined;
  /** Of what the rig states as ideal. */
  readonly idealPercent: number | undefined;
  /** The hottest sensor. */
  readonly celsius: number | undefined;
  /** The slowest fan. */
  readonly rpm: number | undefined;
  /** Of all shares. */
  readonly rejectPercent: number | undefined;
  /** Watts. */
  readonly powerW: number | undefined;
  /** Joules a terahash: watts by terahashes a second. */
  readonly joulesPerTerahash: number | undefined;
  readonly hardwareErrors: number | undefined;
  /** What it computes. */
  readonly algorithm: string;
  /** Where it works. */
  readonly pool: string | undefined;
  /** Seconds since its miner started. */
  readonly uptimeS: number | undefined;
  /** How bad each is, by the trouble that the gateway reports. */
  readonly severities: Readonly<
    Record<
      "hashrate" | "celsius" | "rpm" | "rejects" | "errors" | "pools",
      Severity
    >
  >;
  /** Of all its trouble. */
  readonly worst: Severity;
  /** All that a filter looks at, in lower case. */
  readonly words: string;
}

/** Windows of a hashrate, the most recent first. */
export const WINDOWS: readonly HashrateWindow[] = [
  "5s",
  "1m",
  "5m",
  "15m",
  "average",
];

const known = new WeakMap<Member, Figures>();

/**
 * @param member A rig.
 * @returns Its figures; the same object each time.
 */
export function readFigures(member: Member): Figures {
  let figures = known.get(member);
  if (figures === undefined) {
    figures = computeFigures(member);
    known.set(member, figures);
  }
  return figures;
}

/**
 * @param hashrate By window.
 * @param windows Which, the best first.
 * @returns The first that is there.
 */
export function pickHashrate(
  hashrate: Hashrate | undefined,
  windows: readonly HashrateWindow[] = WINDOWS,
): number | undefined {
  for (const window of windows) {
    const value = hashrate?.[window];
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Whose hashes efficiency is told of. */
const SHA_256 = "SHA-256";

/** @returns Joules a terahash; undefined where that says nothing. */
function computeEfficiency(
  powerW: number | undefined,
  hashrate: number | undefined,
  algorithm: string,
): number | undefined {
  return powerW === undefined || !hashrate || algorithm !== SHA_256
    ? undefined
    : powerW / (hashrate / 1e12);
}

/** All sensors of a rig, its own and those of its devices. */
function listTemperatures(
  { temperatures = [], devices = [] }: Telemetry,
): Temperature[] {
  return [
    ...temperatures,
    ...devices.flatMap(({ temperatures = [] }) => temperatures),
  ];
}

/**
 * @param trouble A rig's, as the gateway reports it.
 * @param codes Which kinds count; none: all.
 * @returns The worst severity.
 */
export function findWorst(
  trouble: readonly Trouble[] = [],
  ...codes: readonly Trouble["code"][]
): Severity {
  const found = trouble
    .filter(({ code }) => codes.length === 0 || codes.includes(code));
  return found.find(({ severity }) => severity === "critical")?.severity ??
    found[0]?.severity ?? "";
}

/**
 * @param shares What became of them.
 * @returns Percent of them that were rejected.
 */
function computeRejects(shares: ShareCounts = {}): number | undefined {
  const { accepted, rejected } = shares;
  if (accepted === undefined || rejected === undefined) return undefined;
  const all = accepted + rejected;
  return all === 0 ? undefined : rejected / all * 100;
}

function computeFigures(member: Member): Figures {
  const { state } = member;
  const telemetry: Telemetry = state === "up" ? member.telemetry ?? {} : {};
  const temperatures = listTemperatures(telemetry);
  const { fans = [], pools = [], uptimeS, powerW, hardwareErrors } = telemetry;
  const algorithm = findAlgorithm(member.telemetry?.miner);
  const rpms = fans.flatMap(({ rpm }) => rpm ?? []);
  const hashrate = pickHashrate(telemetry.hashrate);
  const { ideal } = telemetry.hashrate ?? {};
  const idealPercent =
    ideal !== undefined && ideal > 0 && hashrate !== undefined
      ? hashrate / ideal * 100
      : undefined;
  const rejectPercent = computeRejects(telemetry.shares);
  const { trouble } = member;
  const severities: Figures["severities"] = {
    hashrate: findWorst(trouble, "no-hashrate", "hashrate-low", "no-shares"),
    celsius: findWorst(trouble, "hot"),
    rpm: findWorst(trouble, "fan-stopped"),
    rejects: findWorst(trouble, "rejects"),
    errors: findWorst(trouble, "hardware-errors"),
    pools: findWorst(trouble, "pool-down"),
  };
  const pool = pools.find(({ isActive }) => isActive)?.url;
  return {
    hashrate,
    idealPercent,
    celsius: temperatures.length === 0
      ? undefined
      : Math.max(...temperatures.map(({ celsius }) => celsius)),
    rpm: rpms.length === 0 ? undefined : Math.min(...rpms),
    rejectPercent,
    powerW,
    joulesPerTerahash: computeEfficiency(powerW, hashrate, algorithm),
    hardwareErrors,
    algorithm,
    pool,
    uptimeS,
    severities,
    worst: findWorst(trouble),
    words: listWords(member, pool),
  };
}

function listWords(
  { name, address, tags, state, telemetry }: Member,
  pool: string | undefined,
): string {
  const { model, software, version } = telemetry?.miner ?? {};
  const pairs = Object.entries(tags ?? {}).map(([key, value]) =>
    `${key}:${value}`
  );
  const words = [name, address, state, model, software, version, ...pairs];
  if (pool !== undefined) words.push(formatPool(pool));
  return words.filter(Boolean).join(" ").slice(0, 2000).toLowerCase();
}

/** What some rigs come to. */
export interface FleetSums {
  /**
   * Hashes a second by what is computed, of those that say so; what most rigs
   * compute comes first.
   */
  readonly hashrates: ReadonlyMap<string, number>;
  readonly up: number;
  readonly down: number;
  readonly unknown: number;
  /** How many have trouble. */
  readonly attention: number;
  /** How bad the worst of it is. */
  readonly worst: Severity;
  /** The worst of what is not about the rigs' answering. */
  readonly rejects: Severity;
  readonly hottest: Member | undefined;
  readonly rejectPercent: number | undefined;
  readonly hardwareErrors: number | undefined;
  /** Watts, of those that say so. */
  readonly powerW: number | undefined;
  /** Of those that say what they take. */
  readonly joulesPerTerahash: number | undefined;
}

/**
 * @param severities Of some things.
 * @returns The worst of them.
 */
function pickWorst(one: Severity, other: Severity): Severity {
  return one === "critical" || other === "" ? one : other;
}

/** Adds what may not be known. */
function add(
  sum: number | undefined,
  value: number | undefined,
): number | undefined {
  return value === undefined ? sum : (sum ?? 0) + value;
}

/**
 * Adds up some rigs.
 *
 * @param members The rigs.
 * @returns The sums.
 */
export function sumFleet(members: Iterable<Member>): FleetSums {
  const states = { up: 0, down: 0, unknown: 0 };
  const kinds = new Map<string, { count: number; hashrate: number }>();
  let worst: Severity = "", rejects: Severity = "";
  let powerW: number | undefined;
  let hardwareErrors: number | undefined;
  let measured: number | undefined, measuredW: number | undefined;
  let hottest: Member | undefined;
  let most = -Infinity;
  let attention = 0, accepted = 0, rejected = 0;
  for (const member of members) {
    const figures = readFigures(member);
    states[member.state]++;
    if (figures.worst !== "") attention++;
    worst = pickWorst(worst, figures.worst);
    rejects = pickWorst(rejects, figures.severities.rejects);
    powerW = add(powerW, figures.powerW);
    hardwareErrors = add(hardwareErrors, figures.hardwareErrors);
    if (figures.hashrate !== undefined) {
      const kind = kinds.get(figures.algorithm) ?? { count: 0, hashrate: 0 };
      kind.count++;
      kind.hashrate += figures.hashrate;
      kinds.set(figures.algorithm, kind);
    }
    if (figures.joulesPerTerahash !== undefined) {
      measured = add(measured, figures.hashrate);
      measuredW = add(measuredW, figures.powerW);
    }
    if (figures.celsius !== undefined && figures.celsius > most) {
      hottest = member;
      most = figures.celsius;
    }
    if (figures.rejectPercent !== undefined) {
      accepted += member.telemetry?.shares?.accepted ?? 0;
      rejected += member.telemetry?.shares?.rejected ?? 0;
    }
  }
  const hashrates = new Map(
    [...kinds].sort(([, one], [, other]) => other.count - one.count)
      .map(([kind, { hashrate }]) => [kind, hashrate]),
  );
  return {
    ...states,
    hashrates,
    attention,
    worst,
    rejects,
    hottest,
    rejectPercent: computeRejects({ accepted, rejected }),
    hardwareErrors,
    powerW,
    joulesPerTerahash: computeEfficiency(measuredW, measured, SHA_256),
  };
}

/**
 * Where a rig's own web page is, as a rule: on the port of HTTP of its host.
 *
 * @param address Host and port of its API: `10.0.0.5:4028`, `[fd00::5]:4028`.
 * @returns Its URL; undefined for what is no host. Attack: a configured name
 * that ends the host and goes on with a path of its own.
 */
export function makeWebUrl(address: string | undefined): string | undefined {
  const host = address?.replace(/:\d{1,5}$/, "") ?? "";
  return /^(?:[\w.-]{1,253}|\[[\da-f:.]{2,45}\])$/i.test(host)
    ? `http://${host}/`
    : undefined;
}
