/**
 * The schemas of what the gateway says itself: problems, rigs, access, history,
 * targets. Every field of those documents stands here, or this does not
 * compile.
 *
 * @module
 */

import type { Command } from "../../rpc/commands.ts";
import { type Trouble, TROUBLE_CODES } from "../../telemetry/trouble.ts";
import type { RigMember } from "../watch/fleet_monitor.ts";
import type { FleetPoint, RigPoint } from "../watch/history.ts";
import type { ProblemDocument } from "../http/problems.ts";
import { referTo, type Schema } from "./document.ts";
import { describeList, describeObject } from "./telemetry_schemas.ts";

/** Problems by code: status and title. */
export type ProblemTable = Readonly<Record<string, readonly [number, string]>>;

/**
 * Makes the schemas.
 *
 * @param problems All problems that there are.
 * @returns The schemas, by name.
 */
export function makePageSchemas(
  problems: ProblemTable,
): Readonly<Record<string, Schema>> {
  return { Problem: describeProblem(problems), ...SCHEMAS };
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
      title: { type: "string", description: "What it is, in general." },
      status: {
        type: "integer",
        enum: [...new Set(statuses)],
        description: "The HTTP status.",
      },
      detail: { type: "string", description: "What happened, to what." },
      rig: { type: "string", description: "The rig that it is about." },
      hint: { type: "string", description: "What to do about it." },
    },
    ["code", "title", "status", "detail"],
  );
}

const text = (description: string): Schema => ({ type: "string", description });
const time = (description: string): Schema => ({
  type: "string",
  format: "date-time",
  description,
});
const count = (description: string): Schema => ({
  type: "integer",
  minimum: 0,
  description,
});

const STEP: Schema = {
  type: "integer",
  description: "Seconds from one point to the next.",
};
const POINT_TIME = count("When: Unix time in seconds.");
const HASHRATE: Schema = { type: "number", description: "Hashes per second." };

const SCHEMAS: Readonly<Record<string, Schema>> = {
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
    problem: referTo("schemas", "Problem"),
    trouble: describeList(
      "Trouble",
      "What a person should look at; empty if all is well.",
    ),
    taken: time("When the telemetry was taken."),
    ageMs: { type: "number", description: "How old it is, in milliseconds." },
    telemetry: referTo("schemas", "Telemetry"),
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
      hasToken: {
        type: "boolean",
        description: "Whether a token is configured, which would give group W.",
      },
      allowed: {
        type: "array",
        description: "The commands that it may send, of those below.",
        items: { type: "string" },
      },
      commands: describeList("Command", "All commands that are known."),
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
    joinable: {
      type: "boolean",
      description: "Whether it may stand in a joined command: `summary+pools`.",
    },
    parameter: text("What its parameter is; absent if it takes none."),
  }, ["name", "group", "joinable"]),
  FleetHistory: describeObject<{ stepS: number; points: unknown }>(
    "The last hours of the fleet, oldest first.",
    { stepS: STEP, points: describeList("FleetPoint", "The points.") },
    ["stepS", "points"],
  ),
  FleetPoint: describeObject<FleetPoint>("What the fleet did in one minute.", {
    timeS: POINT_TIME,
    hashrate: HASHRATE,
    up: count("How many rigs answered."),
    down: count("How many did not."),
  }, ["timeS", "hashrate", "up", "down"]),
  RigHistory: describeObject<{ rig: string; stepS: number; points: unknown }>(
    "The last hours of one rig, oldest first.",
    {
      rig: text("Its name."),
      stepS: STEP,
      points: describeList("RigPoint", "The points; minutes may be missing."),
    },
    ["rig", "stepS", "points"],
  ),
  RigPoint: describeObject<RigPoint>("What a rig did in one minute.", {
    timeS: POINT_TIME,
    hashrate: HASHRATE,
    celsius: {
      type: "number",
      description: "Its highest temperature in degrees Celsius.",
    },
  }, ["timeS"]),
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
}
