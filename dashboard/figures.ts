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
  Pool,
  ShareCounts,
  Telemetry,
  Temperature,
} from "../telemetry/telemetry.ts";
import { formatPool } from "./format.ts";
import { findWorst, judge, type Severity } from "./thresholds.ts";

/** A rig, as `/-/rigs` gives it; what a view does not need may be absent. */
export type Member =
  & Pick<RigMember, "name" | "state">
  & Partial<Omit<RigMember, "name" | "state">>;

/** What the page shows of a rig. */
export interface Figures {
  /** Hashes a second, of the shortest window. */
  readonly hashrate: number | undefined;
  /** Of the rig's own average. */
  readonly hashratePercent: number | undefined;
  /** The hottest sensor. */
  readonly celsius: number | undefined;
  /** The slowest fan. */
  readonly rpm: number | undefined;
  /** Of all shares. */
  readonly rejectPercent: number | undefined;
  /** Where it works. */
  readonly pool: string | undefined;
  /** Seconds since its miner started. */
  readonly uptimeS: number | undefined;
  /** How bad each is. */
  readonly severities: Readonly<
    Record<
      "hashrate" | "celsius" | "rpm" | "rejects" | "devices" | "pools",
      Severity
    >
  >;
  /** Of all of them; a rig that is down is red. */
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

/** Fewer shares than this have no rate of rejects. */
const MIN_SHARES = 60;

/** Windows that are calm enough to be held against the average. */
const CALM_WINDOWS: readonly HashrateWindow[] = ["5m", "15m", "1m", "5s"];

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
 * @param temperature A sensor's.
 * @returns How bad it is, by what the sensor is at.
 */
export function judgeTemperature({ sensor, celsius }: Temperature): Severity {
  return judge(/^chip/i.test(sensor) ? "chip" : "board", celsius);
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

type Stated = Pick<Pool, "status" | "isUp">;

/** Fails; what somebody has disabled may go on saying `Alive`. */
const isDead = ({ status = "", isUp }: Stated) =>
  isUp === false && !/disabled|alive/i.test(status);

/** Cannot be worked for. */
const isOff = ({ status = "", isUp }: Stated) =>
  isUp === false || /disabled/i.test(status);

function computeFigures(member: Member): Figures {
  const { state } = member;
  const telemetry: Telemetry = state === "up" ? member.telemetry ?? {} : {};
  const temperatures = listTemperatures(telemetry);
  const { devices = [], fans = [], pools = [], uptimeS } = telemetry;
  const rpms = fans.flatMap(({ rpm }) => rpm ?? []);
  const { average } = telemetry.hashrate ?? {};
  const calm = pickHashrate(telemetry.hashrate, CALM_WINDOWS);
  // 0 is no average to compare with, and not unknown.
  const isIdle = (calm ?? average) === 0;
  const hashratePercent =
    average !== undefined && average > 0 && calm !== undefined
      ? calm / average * 100
      : undefined;
  const rejectPercent = computeRejects(telemetry.shares);
  const { accepted = 0, rejected = 0 } = telemetry.shares ?? {};
  const isRate = accepted + rejected >= MIN_SHARES;
  const severities: Figures["severities"] = {
    hashrate: findWorst(
      judge("hashrate", hashratePercent),
      judge("idle", isIdle && uptimeS !== undefined ? uptimeS / 60 : undefined),
    ),
    celsius: findWorst(...temperatures.map(judgeTemperature)),
    rpm: rpms.some((rpm) => rpm > 0) ? judge("fan", Math.min(...rpms)) : "",
    rejects: isRate ? judge("rejects", rejectPercent) : "",
    // Of none, it is NaN, which is not beyond anything.
    devices: judge(
      "devices",
      devices.filter(isDead).length / devices.length * 100,
    ),
    pools: pools.length > 0 && pools.every(isOff) ? judge("pools", 0) : "",
  };
  const pool = pools.find(({ isActive }) => isActive)?.url;
  return {
    hashrate: pickHashrate(telemetry.hashrate),
    hashratePercent,
    celsius: temperatures.length === 0
      ? undefined
      : Math.max(...temperatures.map(({ celsius }) => celsius)),
    rpm: rpms.length === 0 ? undefined : Math.min(...rpms),
    rejectPercent,
    pool,
    uptimeS,
    severities,
    worst: state === "down" ? "red" : findWorst(...Object.values(severities)),
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

/** What all rigs of a fleet come to. */
export interface FleetSums {
  /** Hashes a second, of those that say so. */
  readonly hashrate: number | undefined;
  readonly up: number;
  readonly down: number;
  readonly unknown: number;
  /** How many have a value that is amber or red, or are down. */
  readonly attention: number;
  readonly hottest: Member | undefined;
  readonly rejectPercent: number | undefined;
}

/**
 * Adds up a fleet.
 *
 * @param members Its rigs.
 * @returns The sums.
 */
export function sumFleet(members: Iterable<Member>): FleetSums {
  const sums = { up: 0, down: 0, unknown: 0 };
  let hashrate: number | undefined;
  let hottest: Member | undefined;
  let most = -Infinity;
  let attention = 0, accepted = 0, rejected = 0;
  for (const member of members) {
    const figures = readFigures(member);
    sums[member.state]++;
    if (figures.worst !== "") attention++;
    if (figures.hashrate !== undefined) {
      hashrate = (hashrate ?? 0) + figures.hashrate;
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
  const rejectPercent = computeRejects({ accepted, rejected });
  return { ...sums, hashrate, attention, hottest, rejectPercent };
}
