/**
 * Reads a rig's pools, without their users: state, priority, shares, which of
 * them the rig works for, and when it last sent a share. Pure.
 *
 * @module
 */

import { readStatus } from "../rpc/replies.ts";
import { readShares } from "./miner_figures.ts";
import type { Reports } from "./reports.ts";
import { ReportSections } from "./report_sections.ts";
import { isMembers, type Members } from "./sections.ts";
import type { Pool, ShareCounts } from "./telemetry.ts";
import {
  keepKnown,
  MAX_TEXT_LENGTH,
  readCount,
  readFlag,
  readNumber,
  readText,
} from "./values.ts";
import { joinTable } from "./vendors.ts";

/** Code of `No pools` (`api.c`, `MSG_NOPOOL`). */
const CODE_NO_POOLS = 8;

/** Members of pools; what has others and none of these is no pool. */
const POOL_MEMBERS: ReadonlySet<string> = new Set([
  "POOL",
  "URL",
  "Stratum URL",
  "Status",
  "Priority",
  "Accepted",
  "Last Share Time",
  "Diff",
]);

/** Whether a pool answers, by its status in small letters. */
const STATES = new Map(joinTable("poolStates").flatMap(Object.entries));

/** Where the difficulty of a pool's work stands, best first. */
const DIFFICULTY_KEYS: readonly string[] = [
  "Stratum Difficulty",
  "Work Difficulty",
  "Diff",
  "Last Share Difficulty",
];

/** `65.5K`: digits, suffix. */
const SHORTENED = /^([\d.]+)([KMGTPE])$/;

/** What cgminer shortens a difficulty with (`suffix_string`). */
const SUFFIXES: Readonly<Record<string, number>> = {
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
};

/** How far apart a difficulty and its three digits are, at most. */
const ROUNDING = 0.01;

/**
 * Seconds in which a share can have been sent: since Bitcoin's first block and
 * before 2100. Clocks that were never set are before it (avalon/24102401: 975).
 */
const SHARE_TIMES_S = { from: 1_231_006_505, below: 4_102_444_800 } as const;

/** `0:00:12`: hours, minutes and seconds since the last share. */
const SHARE_AGE = /^(\d+):([0-5]\d):([0-5]\d)$/;

/** A BW L21 numbers its choices 16777216, 16842753: bytes the wrong way. */
const MAX_PRIORITY = 65_535;

/** Scheme, user and password, host and port, and all that follows. */
const URL_PARTS =
  /^([a-z][\w+.-]*:\/\/)?(?:[^/?#]*@)?((?:\[[\da-f:.%]+\]|[\p{L}\p{N}_.-]+)(?::\d{1,5})?)((?:[/?#,].*)?)$/iu;

/** What may follow host and port: a flag for the miner. */
const HARMLESS_REST = /^\/?(?:#(?:xnsub|skipcbcheck))?$/i;

/** Stratum V2's authority key, which is public. */
const AUTHORITY_KEY = /^\/[1-9A-HJ-NP-Za-km-z]{40,60}$/;

/** Schemes whose path is the pool's key. */
const STRATUM_2 = /^stratum2\+tcp:/i;

/** A pool, and what finding the active one takes. */
interface ReadPool {
  readonly pool: Pool;
  /** Whether the miner's display has its URL. */
  readonly isShown: boolean;
  /** Whether the rig is connected to it, where the rig says so. */
  readonly isConnected?: boolean;
  /** Pools of one group take turns; groups work side by side (LuxOS). */
  readonly group: string;
  /** Greater is later; 0 is never. */
  readonly shareOrder: number;
}

/**
 * Reads a rig's pools.
 *
 * @param reports The rig's replies.
 * @returns The pools in the reply's order, less the slots that nobody filled
 * (`"URL":""`); `undefined` where the rig did not tell.
 */
export function readPools(
  reports: Reports | ReportSections,
): Pool[] | undefined {
  const replies = ReportSections.of(reports);
  const { pools: reply } = replies.reports;
  const sections = replies.find("pools", "POOLS")
    .map(({ members }) => members).filter(isPool);
  if (sections.length === 0) return isEmptyReport(reply) ? [] : undefined;
  const when = readWhen(reply);
  const shown = readShownUrl(replies);
  const pools = sections.flatMap((section, position) =>
    isEmptySlot(section) ? [] : [readPool(section, position, when, shown)]
  );
  const active = findActive(pools);
  return dropTwins(pools).map(({ pool, isConnected }) =>
    isConnected === undefined ? pool : { ...pool, isActive: active.has(pool) }
  );
}

function readPool(
  section: Members,
  position: number,
  when: number | undefined,
  shown: string | undefined,
): ReadPool {
  const status = readText(section["Status"]);
  const shares = readShares(section);
  const share = readShareTime(section, shares, when);
  const pool = keepKnown({
    index: readCount(section["POOL"]) ?? position,
    url: readPoolUrl(section),
    status,
    isUp: STATES.get(status?.toLowerCase() ?? ""),
    priority: readPriority(section),
    shares,
    difficulty: readDifficulty(section),
    lastShareTimeS: share.timeS,
  });
  return keepKnown({
    pool,
    isShown: shown !== undefined && shown === pool.url,
    isConnected: readFlag(section["Stratum Active"]),
    group: readText(section["GROUP"]) ?? "",
    shareOrder: share.order,
  });
}

function readPriority(section: Members): number | undefined {
  const priority = readCount(section["Priority"]);
  return (priority ?? 0) > MAX_PRIORITY ? undefined : priority;
}

/** A WhatsMiner that does not mine has `{"btmineroff":"true"}` instead. */
function isPool(section: Members): boolean {
  const names = Object.keys(section);
  return names.length === 0 || names.some((name) => POOL_MEMBERS.has(name));
}

/** A slot that nobody filled has a URL, and it is empty. */
function isEmptySlot(section: Members): boolean {
  return section["URL"] === "" && !readCount(section["Accepted"]);
}

/** A report that there are no pools: `"POOLS":[]`, or an error that says so. */
function isEmptyReport(reply: unknown): boolean {
  if (readStatus(reply).code === CODE_NO_POOLS) return true;
  return isMembers(reply) && Array.isArray(reply["POOLS"]) &&
    reply["POOLS"].length === 0;
}

/** Miners that number two pools alike: the first stands. */
function dropTwins(pools: readonly ReadPool[]): ReadPool[] {
  const seen = new Set<number>();
  return pools.filter(({ pool }) => {
    const isNew = !seen.has(pool.index);
    seen.add(pool.index);
    return isNew;
  });
}

/**
 * The pools that the rig works for: of each group the one that is connected and
 * not dead, rather alive than disabled, and got the latest share; without
 * shares, the one on the miner's display, else the first by priority.
 * "Stratum Active" alone is not it: antminer/s17pro says so of three pools, two
 * of which got their last share 66 hours ago.
 */
function findActive(pools: readonly ReadPool[]): ReadonlySet<Pool> {
  const groups = new Map<string, ReadPool>();
  for (const candidate of pools) {
    if (!candidate.isConnected || candidate.pool.isUp === false) continue;
    const best = groups.get(candidate.group);
    if (best === undefined || isBetter(candidate, best)) {
      groups.set(candidate.group, candidate);
    }
  }
  return new Set([...groups.values()].map(({ pool }) => pool));
}

function isBetter(candidate: ReadPool, best: ReadPool): boolean {
  const alive = Number(candidate.pool.isUp ?? false) -
    Number(best.pool.isUp ?? false);
  if (alive !== 0) return alive > 0;
  const later = candidate.shareOrder - best.shareOrder;
  if (later !== 0) return later > 0;
  // Where both got a share, and at the same time, it says nothing.
  const isNew = candidate.shareOrder === 0;
  if (isNew && candidate.isShown !== best.isShown) return candidate.isShown;
  return (candidate.pool.priority ?? Infinity) <
    (best.pool.priority ?? Infinity);
}

/**
 * Reads the clock of a rig, which its pools' last shares are compared with.
 *
 * @param reply A reply.
 * @returns Unix time in seconds; undefined where no clock was set.
 */
export function readClock(reply: unknown): number | undefined {
  return describeTime(readWhen(reply) ?? 0).timeS;
}

/** The pool that `lcd` shows; under `POOLS` in antminer/s7/lcd.txt. */
function readShownUrl(replies: ReportSections): string | undefined {
  const lcd = [
    ...replies.find("lcd", "LCD"),
    ...replies.find("lcd", "POOLS"),
  ];
  for (const { members } of lcd) {
    const url = readPoolUrl({ URL: members["Pool"] ?? members["pool"] });
    if (url !== undefined) return url;
  }
  return undefined;
}

/** The STATUS's time: Unix seconds, or anything where no clock was set. */
function readWhen(reply: unknown): number | undefined {
  const status = isMembers(reply) ? reply["STATUS"] : undefined;
  const first = Array.isArray(status) ? status[0] : reply;
  return isMembers(first) ? readCount(first["When"]) : undefined;
}

/**
 * When the last share was sent. Unix seconds as they are; `0:00:12` by the
 * reply's own time; text without a zone (strongu/stu-u6: its own local time)
 * not at all. A pool without shares had none, whatever it says (LuxOS counts
 * from its start).
 */
function readShareTime(
  section: Members,
  shares: ShareCounts | undefined,
  when: number | undefined,
): { readonly order: number; readonly timeS?: number } {
  const isUntouched = shares?.accepted === 0 && !shares.rejected;
  if (isUntouched) return { order: 0 };
  const value = section["Last Share Time"];
  const [, hours, minutes, seconds] =
    SHARE_AGE.exec(readText(value)?.trim() ?? "") ?? [];
  if (hours === undefined) return describeTime(readCount(value) ?? 0);
  const ageS = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  // Without a time to count from, only the order is known.
  const described = describeTime((when ?? 0) - ageS);
  return { ...described, order: 1 / (1 + ageS) };
}

function describeTime(
  timeS: number,
): { readonly order: number; readonly timeS?: number } {
  const isTime = timeS >= SHARE_TIMES_S.from && timeS < SHARE_TIMES_S.below;
  return { order: Math.max(timeS, 0), ...(isTime ? { timeS } : {}) };
}

function readDifficulty(section: Members): number | undefined {
  for (const name of DIFFICULTY_KEYS) {
    const difficulty = readShortened(section[name]);
    if (difficulty === undefined || difficulty <= 0) continue;
    // `"Diff":"65.5K"` beside `"Last Share Difficulty":65536.0`.
    const exact = readNumber(section["Last Share Difficulty"]) ?? 0;
    return Math.abs(exact / difficulty - 1) < ROUNDING ? exact : difficulty;
  }
  return undefined;
}

/** Reads `65.5K`, `512` or a number. */
function readShortened(value: unknown): number | undefined {
  const text = typeof value === "string" ? readText(value) ?? "" : "";
  const [, digits, suffix] = SHORTENED.exec(text) ?? [];
  const number = readNumber(digits ?? value);
  if (number === undefined) return undefined;
  return Number((number * (SUFFIXES[suffix ?? ""] ?? 1)).toPrecision(14));
}

/**
 * Reads a pool's URL.
 *
 * @param pool One object of `POOLS`.
 * @returns The URL without user, password, query and path, but for a flag such
 * as `#xnsub` and the public key of Stratum V2; `undefined` where there is none.
 */
export function readPoolUrl(pool: Members): string | undefined {
  const text = readText(pool["URL"]) ?? readText(pool["Stratum URL"]);
  const [, scheme = "", host = "", rest = ""] = URL_PARTS.exec(text ?? "") ??
    [];
  // VNish has `DevFee` and rwglr `*` in place of their own pools.
  const isHost = /[\p{L}\p{N}]/u.test(host) &&
    (scheme !== "" || /[.:]/.test(host));
  // An `@` after a slash: where the password ends is anybody's guess.
  if (!isHost || rest.includes("@")) return undefined;
  // Cut short, it may end before the `@`.
  if (text?.length === MAX_TEXT_LENGTH) return undefined;
  const isHarmless = HARMLESS_REST.test(rest) ||
    (STRATUM_2.test(scheme) && AUTHORITY_KEY.test(rest));
  return `${scheme}${host}${isHarmless ? rest : ""}`;
}
