/**
 * What the page shows of a rig, read from its telemetry; a rig that is not up
 * has no figures. Pure.
 *
 * @example
 * ```ts
 * import { readFigures } from "./figures.js";
 *
 * const telemetry = { hashrate: { "5s": 13.5e12 }, fans: [{ name: "1", rpm: 0 }] };
 * const member = { name: "a", state: "up" as const, telemetry };
 * console.log(readFigures(member).hashrate); // 13500000000000
 * ```
 *
 * @module
 */

import { formatPool } from "./format.js";
import { findWorst, judge } from "./thresholds.js";

/** Windows of a hashrate, the most recent first. */
export const WINDOWS = ["5s", "1m", "5m", "15m", "average"];

/** Fewer shares than this have no rate of rejects. */
const MIN_SHARES = 60;

/** Windows that are calm enough to be held against the average. */
const CALM_WINDOWS = ["5m", "15m", "1m", "5s"];

/**
 * A rig, as `/-/rigs` gives it.
 *
 * @typedef {object} Member
 * @property {string} name
 * @property {string} [address]
 * @property {Record<string, string>} [tags]
 * @property {"up" | "down" | "unknown"} state
 * @property {string} [since]
 * @property {string} [taken]
 * @property {{ code: string, title: string, detail: string, hint?: string }} [problem]
 * @property {import("../telemetry/telemetry.ts").Telemetry} [telemetry]
 *
 * @typedef {object} Figures
 * @property {number | undefined} hashrate Hashes a second, of the shortest window.
 * @property {number | undefined} hashratePercent Of the rig's own average.
 * @property {number | undefined} celsius The hottest sensor.
 * @property {number | undefined} rpm The slowest fan.
 * @property {number | undefined} rejectPercent Of all shares.
 * @property {string | undefined} pool Where it works.
 * @property {number | undefined} uptimeS
 * @property {Record<"hashrate" | "celsius" | "rpm" | "rejects" | "devices" | "pools",
 *   import("./thresholds.js").Severity>} severities
 * @property {import("./thresholds.js").Severity} worst Of all of them; a rig
 * that is down is red.
 * @property {string} words All that a filter looks at, in lower case.
 */

/** @type {WeakMap<Member, Figures>} */
const known = new WeakMap();

/**
 * @param {Member} member A rig.
 * @returns {Figures} Its figures; the same object each time.
 */
export function readFigures(member) {
  let figures = known.get(member);
  if (figures === undefined) {
    figures = computeFigures(member);
    known.set(member, figures);
  }
  return figures;
}

/**
 * @param {Record<string, number> | undefined} hashrate By window.
 * @param {readonly string[]} [windows] Which, the best first.
 * @returns {number | undefined} The first that is there.
 */
export function pickHashrate(hashrate, windows = WINDOWS) {
  for (const window of windows) {
    const value = hashrate?.[window];
    if (value !== undefined) return value;
  }
  return undefined;
}

/**
 * @param {Member} member A rig.
 * @returns {{ device: string | undefined, sensor: string, celsius: number }[]}
 */
export function listTemperatures({ telemetry }) {
  const own = (telemetry?.temperatures ?? [])
    .map((temperature) => ({ device: undefined, ...temperature }));
  const ofDevices = (telemetry?.devices ?? []).flatMap((device) =>
    (device.temperatures ?? [])
      .map((temperature) => ({ device: device.name, ...temperature }))
  );
  return [...own, ...ofDevices];
}

/**
 * @param {{ sensor: string, celsius: number }} temperature
 * @returns {import("./thresholds.js").Severity}
 */
export function judgeTemperature({ sensor, celsius }) {
  return judge(/^chip/i.test(sensor) ? "chip" : "board", celsius);
}

/**
 * @param {{ accepted?: number, rejected?: number } | undefined} shares
 * @returns {number | undefined} Percent of them that were rejected.
 */
export function computeRejects(shares) {
  const { accepted, rejected } = shares ?? {};
  if (accepted === undefined || rejected === undefined) return undefined;
  const all = accepted + rejected;
  return all === 0 ? undefined : rejected / all * 100;
}

/**
 * @param {readonly { isActive?: boolean, url?: string }[] | undefined} pools
 * @returns {string | undefined} The URL of the one that is worked for.
 */
export function findActivePool(pools) {
  return pools?.find(({ isActive }) => isActive)?.url;
}

/**
 * @param {readonly { rpm?: number }[] | undefined} fans
 * @returns {number[]} The speeds that are said.
 */
function listRpms(fans) {
  return (fans ?? []).map(({ rpm }) => rpm).filter((rpm) => rpm !== undefined);
}

/** Fails; what somebody has disabled may go on saying `Alive`. */
const isDead = ({ status, isUp }) =>
  isUp === false && !/disabled|alive/i.test(status);

/** Cannot be worked for. */
const isOff = ({ status, isUp }) => isUp === false || /disabled/i.test(status);

/**
 * @param {Member} member
 * @returns {Figures}
 */
function computeFigures(member) {
  const { state } = member;
  const telemetry = state === "up" ? member.telemetry ?? {} : {};
  const temperatures = listTemperatures({ ...member, telemetry });
  const rpms = listRpms(telemetry.fans);
  const { devices = [], pools = [] } = telemetry;
  const { average } = telemetry.hashrate ?? {};
  const calm = pickHashrate(telemetry.hashrate, CALM_WINDOWS);
  // 0 is no average to compare with, and not unknown.
  const isIdle = (calm ?? average) === 0;
  const hashratePercent = average > 0 && calm !== undefined
    ? calm / average * 100
    : undefined;
  const rejectPercent = computeRejects(telemetry.shares);
  const { accepted = 0, rejected = 0 } = telemetry.shares ?? {};
  const isRate = accepted + rejected >= MIN_SHARES;
  const severities = {
    hashrate: findWorst(
      judge("hashrate", hashratePercent),
      judge("idle", isIdle ? telemetry.uptimeS / 60 : undefined),
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
  const pool = findActivePool(pools);
  return {
    hashrate: pickHashrate(telemetry.hashrate),
    hashratePercent,
    celsius: temperatures.length === 0
      ? undefined
      : Math.max(...temperatures.map(({ celsius }) => celsius)),
    rpm: rpms.length === 0 ? undefined : Math.min(...rpms),
    rejectPercent,
    pool,
    uptimeS: telemetry.uptimeS,
    severities,
    worst: state === "down" ? "red" : findWorst(...Object.values(severities)),
    words: listWords(member, pool),
  };
}

/**
 * @param {Member} member
 * @param {string | undefined} pool
 * @returns {string}
 */
function listWords({ name, address, tags, state, telemetry }, pool) {
  const { model, software, version } = telemetry?.miner ?? {};
  const pairs = Object.entries(tags ?? {}).map(([key, value]) =>
    `${key}:${value}`
  );
  const words = [name, address, state, model, software, version, ...pairs];
  if (pool !== undefined) words.push(formatPool(pool));
  return words.filter(Boolean).join(" ").slice(0, 2000).toLowerCase();
}

/**
 * Adds up a fleet.
 *
 * @param {Iterable<Member>} members Its rigs.
 * @returns {{ hashrate: number | undefined, up: number, down: number,
 *   unknown: number, attention: number, hottest: Member | undefined,
 *   rejectPercent: number | undefined }} `hashrate` of those that say one.
 */
export function sumFleet(members) {
  const sums = { up: 0, down: 0, unknown: 0 };
  let hashrate, hottest, attention = 0, accepted = 0, rejected = 0;
  for (const member of members) {
    const figures = readFigures(member);
    sums[member.state]++;
    if (figures.worst !== "") attention++;
    if (figures.hashrate !== undefined) {
      hashrate = (hashrate ?? 0) + figures.hashrate;
    }
    const most = hottest === undefined
      ? -Infinity
      : readFigures(hottest).celsius;
    if (figures.celsius !== undefined && figures.celsius > most) {
      hottest = member;
    }
    if (figures.rejectPercent !== undefined) {
      accepted += member.telemetry.shares.accepted;
      rejected += member.telemetry.shares.rejected;
    }
  }
  const rejectPercent = computeRejects({ accepted, rejected });
  return { ...sums, hashrate, attention, hottest, rejectPercent };
}
