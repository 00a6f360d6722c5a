/**
 * The schemas of what rigs reply. A field has a type only where all recorded
 * replies of real miners agree on it; all others are there as well, and any
 * miner may send more.
 *
 * @example
 * ```ts
 * import { findReplySchema, makeReplySchemas } from "./reply_schemas.ts";
 *
 * console.log(findReplySchema("summary")); // SummaryReply
 * console.log(findReplySchema("quit")); // Reply
 * console.log(Object.keys(makeReplySchemas()).length);
 * ```
 *
 * @module
 */

import { referTo, type Schema } from "./document.ts";
import {
  COUNTS,
  FIELD_TYPES,
  type FieldNames,
  REPORTS,
  SECTIONS,
} from "./reports.ts";

/** The schemas that commands have of their own. */
const SCHEMA_NAMES: ReadonlyMap<string, string> = new Map([
  ...Object.entries(REPORTS).flatMap(([name, { commands }]) =>
    commands.map((command): [string, string] => [command, name])
  ),
  ...Object.keys(COUNTS).map((command): [string, string] => [
    command,
    "CountReply",
  ]),
  ["summary+devs", "SummaryAndDevsReply"],
]);

/**
 * Finds the schema of a command's reply.
 *
 * @param command The command.
 * @returns The name of its schema: `Reply` if it has none of its own.
 */
export function findReplySchema(command: string): string {
  return SCHEMA_NAMES.get(command) ?? "Reply";
}

/**
 * Makes the schemas.
 *
 * @returns The schemas of replies, by name.
 */
export function makeReplySchemas(): Readonly<Record<string, Schema>> {
  const reports = Object.entries(REPORTS).map((
    [name, report],
  ) => [name, describeReply({ [report.member]: listSection(report.section) })]);
  const sections = Object.entries(SECTIONS).map((
    [name, { title, fields }],
  ) => [name, describeSection(title, fields)]);
  return {
    ...COMMON_SCHEMAS,
    ...Object.fromEntries([...reports, ...sections]),
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
    Object.values(COUNTS).map((member) => [
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
