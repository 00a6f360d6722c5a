/**
 * The schemas of all bodies: the telemetry model, what the gateway says itself
 * (problems, rigs, access, history, targets), and what rigs reply. Every field
 * of the gateway's own documents stands here, or this does not compile.
 *
 * @module
 */

import { type Trouble, TROUBLE_CODES } from "../../telemetry/trouble.ts";
import { type Command, COMMAND_BY_NAME } from "../../rpc/commands.ts";
import type {
  Device,
  Fan,
  Hashrate,
  MinerInfo,
  Pool,
  ShareCounts,
  Telemetry,
  Temperature,
} from "../../telemetry/telemetry.ts";
import type { ProblemDocument } from "../http/problems.ts";
import type { RigMember } from "../watch/fleet_monitor.ts";
import type {
  FleetPoint,
  HistoryDocument,
  RigPoint,
} from "../watch/history.ts";
import { type Json, referToSchema, type Schema } from "./document.ts";

/** A schema for each field of a model: none is forgotten. */
type Fields<Model> = Readonly<
  Record<Extract<keyof Required<Model>, string>, Schema>
>;

/** An object; other members may come with a later version. */
function describeObject<Model>(
  description: string,
  properties: Fields<Model>,
  required: readonly Extract<keyof Model, string>[] = [],
): Schema {
  return {
    type: "object",
    description,
    properties,
    ...(required.length === 0 ? {} : { required }),
  };
}

/** A list of what has a schema of its own. */
function describeList(name: string, description: string): Schema {
  return { type: "array", description, items: referToSchema(name) };
}

type Describe = (description: string) => Schema;
const text: Describe = (description) => ({ type: "string", description });
const number: Describe = (description) => ({ type: "number", description });
const flag: Describe = (description) => ({ type: "boolean", description });
const time: Describe = (description) => ({
  type: "string",
  format: "date-time",
  description,
});
const count: Describe = (description) => ({
  type: "integer",
  minimum: 0,
  description,
});
const texts: Describe = (description) => ({
  type: "array",
  description,
  items: { type: "string" },
});

const HASHRATE = referToSchema("Hashrate");
const SHARES = referToSchema("Shares");
const hashes = (window: string): Schema =>
  number(`Hashes per second, averaged over ${window}.`);

/** The schemas of the telemetry model. */
const TELEMETRY_SCHEMAS = {
  Telemetry: describeObject<Telemetry>(
    "What a rig says of itself, in base units, whoever made it. What it does not say is absent, never 0. No user, no password.",
    {
      miner: referToSchema("Miner"),
      mode: {
        type: "string",
        enum: ["paused"],
        description: "`paused`: the rig says that it rests.",
      },
      clockS: number("The rig's own clock: Unix time in seconds."),
      uptimeS: number("Seconds since the miner started."),
      hashrate: HASHRATE,
      shares: SHARES,
      hardwareErrors: number("Hardware errors since the miner started."),
      hardwareErrorRatio: number(
        "Wrong results as a part of all since the miner started, 0 to 1.",
      ),
      bestShare: number("Difficulty of the best share."),
      blocksFound: number("Blocks that the miner found."),
      powerW: number("Electrical power in watts."),
      temperatures: describeList(
        "Temperature",
        "Temperatures that belong to no device: ambient, power supply.",
      ),
      devices: describeList("Device", "Devices or hash chains."),
      fans: describeList("Fan", "Fans."),
      pools: describeList("Pool", "Pools."),
      errorCodes: {
        type: "array",
        description: "Codes of the errors that the rig says stand now.",
        items: { type: "string" },
      },
    },
  ),
  Miner: describeObject<MinerInfo>("What mines, on what.", {
    software: text("The miner's software: `cgminer`, `bmminer`, `BOSminer`."),
    version: text("Its version."),
    api: text("The version of its API."),
    model: text("The hardware: `Antminer S9`."),
    firmware: text("Version of the firmware around it."),
  }),
  Hashrate: describeObject<Hashrate>(
    "Hashrates by window, as far as the rig tells them.",
    {
      "5s": hashes("5 seconds"),
      "1m": hashes("a minute"),
      "5m": hashes("5 minutes"),
      "15m": hashes("15 minutes"),
      average: hashes("the time since the miner started"),
      ideal: number(
        "Hashes per second that it should do, as the rig states: ideal, nominal, factory.",
      ),
    },
  ),
  Shares: describeObject<ShareCounts>(
    "Shares since the miner started, by what became of them.",
    {
      accepted: number("Taken by the pool."),
      rejected: number("Refused by the pool."),
      stale: number("Found too late."),
      discarded: number("Work that was thrown away."),
    },
  ),
  Device: describeObject<Device>("One device or hash chain.", {
    name: text(
      "Unique in its rig, and the same every time: `ASC0`, `chain 6`.",
    ),
    status: text("As the miner says: `Alive`, `Dead`, `Sick`."),
    isUp: flag("Whether it mines, where the miner says so."),
    hashrate: HASHRATE,
    temperatures: describeList("Temperature", "Its sensors."),
    chips: number("How many of its chips answer."),
    expectedChips: number("How many chips it should have."),
    hardwareErrors: number("Its hardware errors since the miner started."),
    shares: SHARES,
  }, ["name"]),
  Temperature: describeObject<Temperature>("One sensor.", {
    sensor: text("Unique in its device: `chip`, `pcb`, `inlet`."),
    celsius: number("Degrees Celsius."),
  }, ["sensor", "celsius"]),
  Fan: describeObject<Fan>("One fan.", {
    name: text("Unique in its rig: `1`, `psu`."),
    rpm: number("Revolutions per minute."),
    percent: number("Speed in percent of the most."),
  }, ["name"]),
  Pool: describeObject<Pool>("One pool, without its user.", {
    index: { type: "integer", description: "Its number in the miner." },
    url: text("Its URL, without user and password."),
    status: text("As the miner says: `Alive`, `Dead`, `Disabled`."),
    isUp: flag("Whether it answers, where the miner says so."),
    isActive: flag("Whether the miner works for it now."),
    priority: number("0 is the first choice."),
    shares: SHARES,
    difficulty: number("Difficulty of the work that the pool gives."),
    lastShareTimeS: number(
      "When the last share was sent: Unix time in seconds.",
    ),
  }, ["index"]),
} as const satisfies Readonly<Record<string, Schema>>;

/** Problems by code: status and title. */
type ProblemTable = Readonly<Record<string, readonly [number, string]>>;

/**
 * Makes the schemas.
 *
 * @param problems All problems that there are, by code: status and title.
 * @returns The schemas, by name.
 */
export function makeSchemas(
  problems: ProblemTable,
): Readonly<Record<string, Schema>> {
  return {
    Problem: describeProblem(problems),
    ...PAGE_SCHEMAS,
    ...TELEMETRY_SCHEMAS,
    ...REPLY_SCHEMAS,
    ...makeReplySchemas(),
  };
}

function describeProblem(problems: ProblemTable): Schema {
  const statuses = Object.values(problems).map(([status]) => status);
  return describeObject<ProblemDocument>(
    "Why the gateway could not do what was asked (RFC 9457).",
    {
      code: {
        type: "string",
        enum: Object.keys(problems),
        description: "Which problem; the same in every version.",
      },
      title: text("What it is, in general."),
      status: {
        type: "integer",
        enum: [...new Set(statuses)],
        description: "The HTTP status.",
      },
      detail: text("What happened, to what."),
      rig: text("The rig that it is about."),
      hint: text("What to do about it."),
    },
    ["code", "title", "status", "detail"],
  );
}

/** What all answers about the past have. */
const HISTORY_FIELDS = {
  rig: text("The rig, where it is about one."),
  tag: text("The tag, where it is about one: key, colon, value."),
  stepS: {
    type: "integer",
    description: "Seconds from one point to the next.",
  },
  from: time("Where it begins."),
  to: time("Where it ends, which is not in it."),
  since: time("How far back there is a past at all."),
};
const HISTORY_REQUIRED = ["stepS", "from", "to", "points"] as const;
const POINT_FIELDS = {
  timeS: count("When it was taken: Unix time in seconds."),
  hashrate: number("Hashes per second."),
  celsius: number("The highest temperature in degrees Celsius."),
  powerW: number("Watts."),
  accepted: count("Shares that were accepted since the point before."),
  rejected: count("Shares that were rejected since the point before."),
};

const PAGE_SCHEMAS: Readonly<Record<string, Schema>> = {
  Rigs: describeObject<{ rigs: unknown }>("All rigs, or those of a tag.", {
    rigs: describeList("Rig", "The rigs, in the order in which they answered."),
  }, ["rigs"]),
  Rig: describeObject<RigMember>("One rig, and what it said of itself.", {
    name: text("The name in URLs."),
    address: text("Host and port of its API."),
    tags: {
      type: "object",
      description: "What it is grouped by.",
      additionalProperties: { type: "string" },
    },
    state: {
      type: "string",
      enum: ["unknown", "up", "down"],
      description:
        "Whether it answers; `unknown` until the first survey ends, `down` after two in a row without a report that can be read.",
    },
    since: time("When that began, as far as the gateway saw."),
    problem: referToSchema("Problem"),
    trouble: describeList(
      "Trouble",
      "What a person should look at; empty if all is well.",
    ),
    taken: time("When the telemetry was taken."),
    ageMs: number("How old it is, in milliseconds."),
    telemetry: referToSchema("Telemetry"),
  }, ["name", "address", "tags", "state", "trouble"]),
  Trouble: describeObject<Trouble>("One thing that a person should look at.", {
    code: {
      type: "string",
      enum: [...TROUBLE_CODES],
      description: "Which kind; the same in every version.",
    },
    severity: {
      type: "string",
      enum: ["warning", "critical"],
      description: "How much it matters.",
    },
    what: text("One sentence, with the value and the limit."),
    device: text("The device, board or fan; absent: the rig as a whole."),
    since: time("When it was first seen."),
  }, ["code", "severity", "what", "since"]),
  Access: describeObject<AccessDocument>(
    "Who the client is to the gateway, and what it may send.",
    {
      version: text("The gateway's version."),
      defaultRig: text("The rig that URLs without `/@rig` mean."),
      group: { type: "string", pattern: "^[A-Z]$", description: "Its group." },
      hasToken: flag(
        "Whether a token is configured, which would give group W.",
      ),
      allowed: texts("The commands that it may send, of those below."),
      commands: describeList("Command", "All commands that are known."),
      advice: texts(
        "What to do, line by line, where no rig is configured and none answers.",
      ),
    },
    ["version", "defaultRig", "group", "hasToken", "allowed", "commands"],
  ),
  Command: describeObject<
    Pick<Command, "name" | "group" | "joinable" | "parameter">
  >("One command of the CGMiner RPC API.", {
    name: text("As miners spell it."),
    group: {
      type: "string",
      enum: ["R", "W"],
      description: "`R`: it only reports. `W`: it may change something.",
    },
    joinable: flag(
      "Whether it may stand in a joined command: `summary+pools`.",
    ),
    parameter: text("What its parameter is; absent if it takes none."),
  }, ["name", "group", "joinable"]),
  FleetHistory: describeObject<HistoryDocument<FleetPoint>>(
    "The past of all rigs, or of those of a tag.",
    {
      ...HISTORY_FIELDS,
      points: describeList("FleetPoint", "The points; some may be missing."),
    },
    HISTORY_REQUIRED,
  ),
  FleetPoint: describeObject<FleetPoint>("What several rigs did.", {
    ...POINT_FIELDS,
    hashrates: {
      type: "object",
      description:
        "Hashes per second by algorithm, where there are several; `hashrate` is absent then.",
      additionalProperties: { type: "number" },
    },
    up: number("How many rigs answered, on average."),
    down: number("How many did not."),
  }, ["timeS", "up", "down"]),
  RigHistory: describeObject<HistoryDocument<RigPoint>>(
    "The past of one rig.",
    {
      ...HISTORY_FIELDS,
      points: describeList("RigPoint", "The points; some may be missing."),
    },
    ["rig", ...HISTORY_REQUIRED],
  ),
  RigPoint: describeObject<RigPoint>("What a rig did.", {
    ...POINT_FIELDS,
    state: {
      type: "string",
      enum: ["up", "down"],
      description: "What it was, or what it was for longer.",
    },
    upRatio: number("The part of the time that it was up, where it was both."),
  }, ["timeS", "state"]),
  TargetGroup: describeObject<{ targets: unknown; labels: unknown }>(
    "One rig as a target of Prometheus.",
    {
      targets: {
        type: "array",
        description: "The rig's name, to be handed to `/probe`.",
        items: { type: "string" },
        minItems: 1,
        maxItems: 1,
      },
      labels: {
        type: "object",
        description: "Name and address; each tag as `__meta_chi_tag_<key>`.",
        required: ["__meta_chi_rig", "__meta_chi_address"],
        additionalProperties: { type: "string" },
      },
    },
    ["targets", "labels"],
  ),
  Health: describeObject<{ status: string }>("That the gateway is there.", {
    status: { type: "string", const: "ok" },
  }, ["status"]),
  Readiness: describeObject<{ status: string; rigs: number }>(
    "That the gateway serves.",
    {
      status: { type: "string", const: "ready" },
      rigs: count("How many rigs it has."),
    },
    ["status", "rigs"],
  ),
};

/** What `/-/access` serves. */
interface AccessDocument {
  version: string;
  defaultRig: string;
  group: string;
  hasToken: boolean;
  allowed: unknown;
  commands: unknown;
  advice: unknown;
}

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

/** Makes the schemas of what rigs reply, by name. */
function makeReplySchemas(): Readonly<Record<string, Schema>> {
  const sections = Object.entries(SECTIONS);
  const replies = sections.filter(([name]) => name !== "CountSection")
    .flatMap(([name, { members }]) =>
      members.map((member) => [
        REPLY_NAMES.get(member),
        describeReply({ [member]: listSection(name) }),
      ])
    );
  return Object.fromEntries([
    ...replies,
    ...sections.map(([name, { title, fields }]) => [
      name,
      describeSection(title, fields),
    ]),
  ]);
}

function listSection(name: string): Schema {
  return { type: "array", items: referToSchema(name) };
}

/** A refused command has a STATUS and no section. */
function describeReply(sections: Readonly<Record<string, Schema>>): Schema {
  return {
    type: "object",
    properties: {
      STATUS: referToSchema("StatusList"),
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

const REPLY_SCHEMAS: Readonly<Record<string, Schema>> = {
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
      { type: "array", items: referToSchema("Status") },
      { type: "string" },
    ],
  },
  Status: {
    type: "object",
    properties: {
      STATUS: text(
        "`S`: success, `I`: information, `W`: warning, `E`: error, `F`: fatal.",
      ),
      When: { type: "integer", description: "Unix time in seconds." },
      Code: {
        type: "integer",
        description: "Which message; numbers differ between forks.",
      },
      Msg: text("The message."),
      Description: text("The miner's name."),
    },
  },
  SummaryAndDevsReply: describeReply({
    summary: describeList("SummaryReply", "The reply to `summary`."),
    devs: describeList("DevsReply", "The reply to `devs`."),
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
      anyOf: [referToSchema("RigFailure"), referToSchema("Reply")],
    },
  },
  RigFailure: {
    type: "object",
    description: "Why there is no reply.",
    properties: { error: referToSchema("Problem") },
    required: ["error"],
  },
};
