/**
 * cpuminer-multi, and ccminer and its forks: the miners that speak text.
 *
 * @module
 */

import type { Vendor } from "../vendor.ts";

/** What is known of cpuminer and ccminer. */
export const CPUMINER: Vendor = {
  name: "cpuminer, ccminer",
  recognised: { software: /^(?:cpuminer|ccminer)/i },
  software: ["cpuminer", "ccminer"],
  reports: [
    { command: "threads", isStatic: false, isOwn: true },
    { command: "pool", isStatic: false, isOwn: true },
  ],
  // Of all GPUs together, where each says it (api.cpp of ccminer: `POWER`).
  power: [{ command: "devs", section: "DEVS", field: "GPU Watts" }],
};

type Members = Readonly<Record<string, unknown>>;
type Reports = Readonly<Record<string, unknown>>;

/**
 * Gives the reports of these miners the names that all others have (`api.cpp`):
 * `summary` with `KHS`, `ACC`, `REJ`, `UPTIME`; `threads` as `devs`; `pool` as
 * `pools`. What is 0 where nothing is measured is left out.
 *
 * @param reports Replies by command.
 * @returns The same, if they are another miner's.
 */
export function renameTextReports(reports: Reports): Reports {
  const [summary] = listEntries(reports["summary"], "SUMMARY");
  const threads = listEntries(reports["threads"], "THREADS");
  const pools = listEntries(reports["pool"], "POOLS");
  const isText = summary !== undefined && "KHS" in summary && "NAME" in summary;
  if (!isText && threads.length === 0 && pools.length === 0) return reports;
  return {
    ...reports,
    ...(isText ? { summary: renameSummary(summary) } : {}),
    ...(threads.length === 0 ? {} : { devs: { DEVS: renameThreads(threads) } }),
    ...(pools.length === 0 ? {} : { pools: { POOLS: pools.map(renamePool) } }),
  };
}

function renameSummary(summary: Members): Members {
  const { NAME, VER, UPTIME, KHS, ACC, REJ, SOLV, TEMP, TS } = summary;
  return {
    STATUS: [{
      STATUS: "S",
      When: TS,
      Code: 11,
      Description: `${NAME} ${VER}`,
    }],
    SUMMARY: [{
      Elapsed: UPTIME,
      "KHS 5s": KHS,
      Accepted: ACC,
      Rejected: REJ,
      "Found Blocks": SOLV,
      ...keepMeasured({ Temperature: TEMP }),
    }],
  };
}

function renameThreads(threads: readonly Members[]): Members[] {
  // The rest would be taken for the power of all.
  const hasPower = threads.every(({ POWER }) => Number(POWER) > 0);
  return threads.map((thread, index) => ({
    ...renameThread(thread, index),
    ...(hasPower ? { "GPU Watts": readWatts(thread["POWER"]) } : {}),
  }));
}

/** Milliwatts in ccminer 2.2 and later: no card takes thousands of watts. */
function readWatts(power: unknown): number {
  return Number(power) > 5000 ? Number(power) / 1000 : Number(power);
}

function renameThread(thread: Members, index: number): Members {
  const { GPU, CPU, KHS, TEMP, FAN, RPM, ACC, REJ, CARD } = thread;
  return {
    ...(GPU === undefined ? { CPU: CPU ?? index } : { GPU }),
    Name: CARD ?? (GPU === undefined ? "CPU" : "GPU"),
    "KHS 5s": KHS,
    ...(ACC === undefined ? {} : { Accepted: ACC, Rejected: REJ }),
    ...keepMeasured({
      Temperature: TEMP,
      "Fan Percent": FAN,
      "Fan Speed": RPM,
    }),
  };
}

function renamePool(pool: Members, index: number): Members {
  const { URL, USER, ACC, REJ, DIFF } = pool;
  return {
    POOL: index,
    URL,
    User: USER,
    Accepted: ACC,
    Rejected: REJ,
    ...keepMeasured({ "Stratum Difficulty": DIFF }),
    ...(typeof URL === "string" && URL !== ""
      ? { "Stratum Active": true }
      : {}),
  };
}

function keepMeasured(members: Members): Members {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => Number(value) > 0),
  );
}

function listEntries(reply: unknown, section: string): Members[] {
  const entries = (reply as Members | null | undefined)?.[section];
  return Array.isArray(entries)
    ? entries.filter((entry) => typeof entry === "object" && entry !== null)
    : [];
}
