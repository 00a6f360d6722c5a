/**
 * The reports of rigs as tables: which command replies with which section, and
 * of which type its fields are. A field stands here only where all recorded
 * replies of real miners agree on it.
 *
 * @example
 * ```ts
 * import { REPORTS, SECTIONS } from "./reports.ts";
 *
 * console.log(SECTIONS[REPORTS.SummaryReply?.section ?? ""]?.title);
 * ```
 *
 * @module
 */

import type { Json } from "./document.ts";

/** The types of fields. A figure that is `nan` at the rig is `null` here. */
export const FIELD_TYPES = {
  text: "string",
  whole: "integer",
  flag: "boolean",
  number: ["number", "null"],
  // Some firmware sends it as text, or in another unit with a letter: 1.2M.
  either: ["number", "string", "null"],
} as const satisfies Readonly<Record<string, Json>>;

/** Names of fields by type, a comma between two. */
export type FieldNames = Readonly<
  Partial<Record<keyof typeof FIELD_TYPES, string>>
>;

/** A report: where in its reply the section stands, and what is in it. */
export interface Report {
  /** Commands that reply with it. */
  readonly commands: readonly string[];
  /** The member that holds the section. */
  readonly member: string;
  /** The schema of the section's elements. */
  readonly section: string;
}

/** What stands in a section. */
export interface Section {
  /** What one element is. */
  readonly title: string;
  /** What stands in it. */
  readonly fields: FieldNames;
}

const DEVICE_FIELDS: FieldNames = {
  whole: `ASC, PGA, GPU, ID, Accepted, Rejected, Hardware Errors,
    Last Share Pool, Last Valid Work, Device Elapsed`,
  number: `Temperature, MHS av, MHS 5s, MHS 20s, MHS 1m, MHS 5m, MHS 15m,
    MHS rolling, Utility, Total MH, Diff1 Work, Work Utility,
    Difficulty Accepted, Difficulty Rejected, Difficulty Stale,
    Last Share Difficulty, Device Hardware%, Device Rejected%`,
  text: "Name, Enabled, Status",
  flag: "No Device",
  either: "Last Share Time",
};

/** The reports, by the name of their schema. */
export const REPORTS: Readonly<Record<string, Report>> = {
  SummaryReply: {
    commands: ["summary"],
    member: "SUMMARY",
    section: "SummarySection",
  },
  VersionReply: {
    commands: ["version"],
    member: "VERSION",
    section: "VersionSection",
  },
  PoolsReply: { commands: ["pools"], member: "POOLS", section: "PoolSection" },
  DevsReply: {
    commands: ["devs", "edevs", "procs"],
    member: "DEVS",
    section: "DeviceSection",
  },
  AscReply: { commands: ["asc"], member: "ASC", section: "DeviceSection" },
  PgaReply: {
    commands: ["pga", "proc"],
    member: "PGA",
    section: "DeviceSection",
  },
  StatsReply: {
    commands: ["stats", "estats", "dbgstats"],
    member: "STATS",
    section: "StatsSection",
  },
  ConfigReply: {
    commands: ["config"],
    member: "CONFIG",
    section: "ConfigSection",
  },
  CoinReply: { commands: ["coin"], member: "COIN", section: "CoinSection" },
  NotifyReply: {
    commands: ["notify"],
    member: "NOTIFY",
    section: "NotifySection",
  },
  DevdetailsReply: {
    commands: ["devdetails"],
    member: "DEVDETAILS",
    section: "DevdetailsSection",
  },
  CheckReply: { commands: ["check"], member: "CHECK", section: "CheckSection" },
};

/** What stands in their sections. */
export const SECTIONS: Readonly<Record<string, Section>> = {
  SummarySection: {
    title: "The rig as a whole.",
    fields: {
      whole: `Elapsed, Found Blocks, Getworks, Hardware Errors, Discarded,
        Stale, Get Failures, Local Work, Remote Failures, Network Blocks,
        Last getwork`,
      number: `Utility, Total MH, Work Utility, Difficulty Accepted,
        Difficulty Rejected, Difficulty Stale, Device Hardware%,
        Device Rejected%, Pool Rejected%, Pool Stale%`,
      either: `MHS av, MHS 5s, MHS 1m, MHS 5m, MHS 15m, GHS av, GHS 5s,
        Accepted, Rejected, Best Share`,
    },
  },
  VersionSection: {
    title: "The versions of the software and of its API.",
    fields: {
      text: `API, CGMiner, BFGMiner, SGMiner, BMMiner, BOSminer, LUXminer,
        Miner, CompileTime, Type`,
    },
  },
  PoolSection: {
    title: "A pool.",
    fields: {
      whole: `POOL, Priority, Quota, Getworks, Accepted, Rejected, Works,
        Discarded, Stale, Bad Work, Get Failures, Remote Failures,
        Current Block Height, Current Block Version`,
      number: `Diff1 Shares, Difficulty Accepted, Difficulty Rejected,
        Difficulty Stale, Last Share Difficulty, Work Difficulty,
        Stratum Difficulty, Pool Rejected%, Pool Stale%`,
      text: `URL, Status, Long Poll, User, Diff, Proxy Type, Proxy,
        Stratum URL`,
      flag: "Has Stratum, Stratum Active, Has GBT",
      either: "Last Share Time, Best Share",
    },
  },
  DeviceSection: {
    title: "A device.",
    fields: DEVICE_FIELDS,
  },
  StatsSection: {
    title: "What a device or pool counts; each vendor has fields of its own.",
    fields: {
      whole: "STATS, Elapsed, Calls",
      number: "Wait, Max, Min",
      text: "ID, CGMiner, Miner, CompileTime, Type",
    },
  },
  ConfigSection: {
    title: "The miner's settings.",
    fields: {
      whole: "ASC Count, PGA Count, Pool Count, Log Interval",
      text: "Strategy, Device Code, OS",
    },
  },
  CoinSection: {
    title: "The coin that is mined.",
    fields: {
      text: "Hash Method, Current Block Hash",
      number: "Current Block Time, Network Difficulty",
      flag: "LP",
    },
  },
  NotifySection: {
    title: "The last trouble of a device.",
    fields: {
      whole: `NOTIFY, ID, Last Well, Last Not Well, *Thread Fail Init,
        *Thread Zero Hash, *Thread Fail Queue, *Dev Sick Idle 60s,
        *Dev Dead Idle 600s, *Dev Nostart, *Dev Over Heat,
        *Dev Thermal Cutoff, *Dev Comms Error, *Dev Throttle`,
      text: "Name, Reason Not Well",
    },
  },
  DevdetailsSection: {
    title: "What a device is.",
    fields: {
      whole: "DEVDETAILS, ID",
      text: "Name, Driver, Kernel, Model, Device Path",
    },
  },
  CheckSection: {
    title: "Whether the command is there, and may be sent: `Y` or `N`.",
    fields: { text: "Exists, Access" },
  },
  CountSection: { title: "How many there are.", fields: { whole: "Count" } },
};

/** Counts of devices: one field, called the same. */
export const COUNTS: Readonly<Record<string, string>> = {
  asccount: "ASCS",
  pgacount: "PGAS",
  gpucount: "GPUS",
  cpucount: "CPUS",
};
