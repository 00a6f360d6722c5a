/**
 * The schemas of what rigs reply: which section a command's reply has, as
 * `rpc/commands.ts` says, and of which type its fields are. All other fields are
 * there as well, and any miner may send more.
 *
 * @module
 */

import { COMMAND_BY_NAME } from "../../rpc/commands.ts";
import { type Json, referTo, type Schema } from "./document.ts";

/** The types of fields. A figure that is `nan` at the rig is `null` here. */
const FIELD_TYPES = {
  text: "string",
  whole: "integer",
  flag: "boolean",
  number: ["number", "null"],
  // Some firmware sends it as text, or in another unit with a letter: 1.2M.
  either: ["number", "string", "null"],
} as const satisfies Readonly<Record<string, Json>>;

/** Names of fields by type, a comma between two. */
type FieldNames = Readonly<
  Partial<Record<keyof typeof FIELD_TYPES, string>>
>;

/** What stands in a section. */
interface Section {
  /** The members of replies that hold it. */
  readonly members: readonly string[];
  /** What one element is. */
  readonly title: string;
  /** What stands in it. */
  readonly fields: FieldNames;
}

/**
 * The sections, by the name of their schema. A field stands here only where all
 * recorded replies of real miners agree on it.
 */
export const SECTIONS = {
  SummarySection: {
    members: ["SUMMARY"],
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
    members: ["VERSION"],
    title: "The versions of the software and of its API.",
    fields: {
      text: `API, CGMiner, BFGMiner, SGMiner, BMMiner, BOSminer, LUXminer,
        Miner, CompileTime, Type`,
    },
  },
  PoolSection: {
    members: ["POOLS"],
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
    members: ["DEVS", "ASC", "PGA"],
    title: "A device.",
    fields: {
      whole: `ASC, PGA, GPU, ID, Accepted, Rejected, Hardware Errors,
    Last Share Pool, Last Valid Work, Device Elapsed`,
      number: `Temperature, MHS av, MHS 5s, MHS 20s, MHS 1m, MHS 5m, MHS 15m,
    MHS rolling, Utility, Total MH, Diff1 Work, Work Utility,
    Difficulty Accepted, Difficulty Rejected, Difficulty Stale,
    Last Share Difficulty, Device Hardware%, Device Rejected%`,
      text: "Name, Enabled, Status",
      flag: "No Device",
      either: "Last Share Time",
    },
  },
  StatsSection: {
    members: ["STATS"],
    title: "What a device or pool counts; each vendor has fields of its own.",
    fields: {
      whole: "STATS, Elapsed, Calls",
      number: "Wait, Max, Min",
      text: "ID, CGMiner, Miner, CompileTime, Type",
    },
  },
  ConfigSection: {
    members: ["CONFIG"],
    title: "The miner's settings.",
    fields: {
      whole: "ASC Count, PGA Count, Pool Count, Log Interval",
      text: "Strategy, Device Code, OS",
    },
  },
  CoinSection: {
    members: ["COIN"],
    title: "The coin that is mined.",
    fields: {
      text: "Hash Method, Current Block Hash",
      number: "Current Block Time, Network Difficulty",
      flag: "LP",
    },
  },
  NotifySection: {
    members: ["NOTIFY"],
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
    members: ["DEVDETAILS"],
    title: "What a device is.",
    fields: {
      whole: "DEVDETAILS, ID",
      text: "Name, Driver, Kernel, Model, Device Path",
    },
  },
  CheckSection: {
    members: ["CHECK"],
    title: "Whether the command is there, and may be sent: `Y` or `N`.",
    fields: { text: "Exists, Access" },
  },
  CountSection: {
    members: ["ASCS", "PGAS", "GPUS", "CPUS"],
    title: "How many there are.",
    fields: { whole: "Count" },
  },
} as const satisfies Readonly<Record<string, Section>>;

/** The schemas of replies, by the member that holds their section. */
const REPLY_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries(SECTIONS).flatMap(([section, { members }]) =>
    members.map((member): [string, string] => [
      member,
      section === "CountSection"
        ? "CountReply"
        : `${member[0]}${member.slice(1).toLowerCase()}Reply`,
    ])
  ),
);

/**
 * Finds the schema of a command's reply.
 *
 * @param command The command.
 * @returns The name of its schema: `Reply` if it has none of its own.
 */
export function findReplySchema(command: string): string {
  if (command === "summary+devs") return "SummaryAndDevsReply";
  const [member = ""] = COMMAND_BY_NAME.get(command)?.reply.sections ?? [];
  return REPLY_NAMES.get(member) ?? "Reply";
}

/**
 * Makes the schemas.
 *
 * @returns The schemas of replies, by name.
 */
export function makeReplySchemas(): Readonly<Record<string, Schema>> {
  const sections = Object.entries(SECTIONS);
  const replies = sections.filter(([name]) => name !== "CountSection")
    .flatMap(([name, { members }]) =>
      members.map((member) => [
        REPLY_NAMES.get(member),
        describeReply({ [member]: listSection(name) }),
      ])
    );
  return {
    ...COMMON_SCHEMAS,
    ...Object.fromEntries([
      ...replies,
      ...sections.map(([name, { title, fields }]) => [
        name,
        describeSection(title, fields),
      ]),
    ]),
  };
}

function listSection(name: string): Schema {
  return { type: "array", items: referTo("schemas", name) };
}

/** A refused command has a STATUS and no section. */
function describeReply(sections: Readonly<Record<string, Schema>>): Schema {
  return {
    type: "object",
    properties: {
      STATUS: referTo("schemas", "StatusList"),
      ...sections,
      id: ID,
    },
  };
}

function describeSection(title: string, fields: FieldNames): Schema {
  const entries = Object.entries(FIELD_TYPES).flatMap(([kind, type]) =>
    (fields[kind as keyof FieldNames] ?? "").split(",")
      .map((name) => name.trim().replaceAll(/\s+/g, " "))
      .filter((name) => name !== "")
      .map((name) => [name, { type }] as const)
  );
  return {
    type: "object",
    description: `${title} A miner may say more, or less.`,
    properties: Object.fromEntries(entries),
  };
}

const ID: Schema = {
  type: "integer",
  description: "1; 0 if the miner cut its data short.",
};

const COMMON_SCHEMAS: Readonly<Record<string, Schema>> = {
  Reply: {
    description:
      "What a rig replies: its STATUS, and the sections of the command. A joined command has a member for each of its parts instead, a list of one reply.",
    ...describeReply({}),
    examples: [{
      STATUS: [{
        STATUS: "S",
        When: 1700000000,
        Code: 27,
        Msg: "Switching to pool 1: 'stratum+tcp://pool.example.net:3333'",
        Description: "cgminer 4.11.1",
      }],
      id: 1,
    }],
  },
  StatusList: {
    description: "How it went; a text after `quit`, and at some firmware.",
    anyOf: [
      { type: "array", items: referTo("schemas", "Status") },
      { type: "string" },
    ],
  },
  Status: {
    type: "object",
    properties: {
      STATUS: {
        type: "string",
        description:
          "`S`: success, `I`: information, `W`: warning, `E`: error, `F`: fatal.",
      },
      When: { type: "integer", description: "Unix time in seconds." },
      Code: {
        type: "integer",
        description: "Which message; numbers differ between forks.",
      },
      Msg: { type: "string", description: "The message." },
      Description: { type: "string", description: "The miner's name." },
    },
  },
  SummaryAndDevsReply: describeReply({
    summary: {
      type: "array",
      description: "The reply to `summary`.",
      items: referTo("schemas", "SummaryReply"),
    },
    devs: {
      type: "array",
      description: "The reply to `devs`.",
      items: referTo("schemas", "DevsReply"),
    },
  }),
  CountReply: describeReply(Object.fromEntries(
    SECTIONS.CountSection.members.map((member) => [
      member,
      listSection("CountSection"),
    ]),
  )),
  FleetReply: {
    type: "object",
    description: "The reply of each rig by its name, or why there is none.",
    additionalProperties: {
      anyOf: [referTo("schemas", "RigFailure"), referTo("schemas", "Reply")],
    },
  },
  RigFailure: {
    type: "object",
    description: "Why there is no reply.",
    properties: { error: referTo("schemas", "Problem") },
    required: ["error"],
  },
};
