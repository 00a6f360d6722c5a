/**
 * The parameters that operations have in common.
 *
 * @module
 */

import { RIG_NAME } from "../../rigs/fleet.ts";
import type { Command } from "../../rpc/commands.ts";
import { type Parameter, type Reference, referTo } from "./document.ts";

/** Commands do not begin with `@`, and are none of the gateway's own pages. */
const COMMAND_PATTERN = "^(?!@|(?:-|metrics|probe|favicon\\.ico)$)";

const PARAMETER_TEXT =
  "The command's parameter: all that follows, further slashes included, whether they are escaped or not.";

/** The parameters, by the name that {@linkcode listParameters} takes. */
export type ParameterName =
  | "report"
  | "reportWithParameter"
  | "reportParameter"
  | "command"
  | "commandWithParameter"
  | "commandParameter"
  | keyof typeof PARAMETERS;

/**
 * Makes the parameters.
 *
 * @param commands All commands that are known.
 * @returns The parameters, by name.
 */
export function makeParameters(
  commands: readonly Command[],
): Readonly<Record<ParameterName, Parameter>> {
  const listNames = (hasParameter: boolean, groups: string) =>
    commands
      .filter(({ group }) => groups.includes(group))
      .filter(({ parameter }) => (parameter !== undefined) === hasParameter)
      .map(({ name }) => name);
  const command = (
    example: string,
    hasParameter: boolean,
    groups: string,
  ): Parameter => ({
    name: "command",
    in: "path",
    description:
      "The command, known or not: it goes to the rig as it is. `+` joins several.",
    required: true,
    schema: {
      type: "string",
      minLength: 1,
      pattern: COMMAND_PATTERN,
      examples: listNames(hasParameter, groups),
    },
    example,
  });
  return {
    report: command("summary", false, "R"),
    reportWithParameter: command("asc", true, "R"),
    command: command("privileged", false, "RW"),
    commandWithParameter: command("switchpool", true, "RW"),
    reportParameter: toPath("parameter", PARAMETER_TEXT, "0"),
    commandParameter: toPath("parameter", PARAMETER_TEXT, "1"),
    ...PARAMETERS,
  };
}

/**
 * Points to parameters.
 *
 * @param names Their names.
 * @returns References.
 */
export function listParameters(names: readonly ParameterName[]): Reference[] {
  return names.map((name) => referTo("parameters", name));
}

function toPath(
  name: string,
  description: string,
  example: string,
  pattern?: string,
): Parameter {
  return {
    name,
    in: "path",
    description,
    required: true,
    schema: {
      type: "string",
      minLength: 1,
      ...(pattern === undefined ? {} : { pattern }),
    },
    example,
  };
}

const TAG = {
  name: "tag",
  in: "query",
  description: "Leaves out all rigs without this tag: key, colon, value.",
  schema: { type: "string", pattern: "^[^:]+:." },
  example: "site:barn",
} as const;

const PARAMETERS = {
  rig: toPath(
    "rig",
    "The rig's name; `/-/rigs` lists them.",
    "garage",
    RIG_NAME.source,
  ),
  tagKey: toPath("tag", "The key of a tag.", "site", "^[^:]+$"),
  tagValue: toPath("value", "Its value.", "barn"),
  tag: TAG,
  pretty: {
    name: "pretty",
    in: "query",
    description: "Indents JSON by 4.",
    allowEmptyValue: true,
    schema: { type: "boolean" },
    example: true,
  },
  raw: {
    name: "raw",
    in: "query",
    description:
      "The rig's own bytes as they came: unrepaired, the NUL included.",
    allowEmptyValue: true,
    schema: { type: "boolean" },
    example: true,
  },
  interval: {
    name: "interval",
    in: "query",
    description: "Seconds between the events of a live stream.",
    schema: { type: "number", minimum: 1, maximum: 3600, default: 5 },
    example: 2,
  },
  prefer: {
    name: "Prefer",
    in: "header",
    description:
      "`handling=strict` (RFC 7240): the rig's own errors become 403, 404 and 422.",
    schema: { type: "string" },
    example: "handling=strict",
  },
  scrapeTimeout: {
    name: "X-Prometheus-Scrape-Timeout-Seconds",
    in: "header",
    description: "How long the scraper waits; Prometheus sends it.",
    schema: { type: "number", exclusiveMinimum: 0, maximum: 3600 },
    example: 10,
  },
  target: {
    name: "target",
    in: "query",
    description: "The rig's name. An address is not taken.",
    required: true,
    schema: { type: "string", pattern: RIG_NAME.source },
    example: "garage",
  },
  historyRig: {
    name: "rig",
    in: "query",
    description: "One rig's name; absent: the fleet.",
    schema: { type: "string", pattern: RIG_NAME.source },
    example: "garage",
  },
  file: {
    name: "file",
    in: "path",
    description: "The file's name.",
    required: true,
    schema: { type: "string" },
    examples: {
      style: { value: "style.css" },
      script: { value: "app.js" },
      licenses: { value: "licenses.txt" },
    },
  },
} as const satisfies Readonly<Record<string, Parameter>>;
