/**
 * The JSON Schema of the configuration file: its options come from the table
 * of options, its rigs and tags stand here. Each `errorMessage` is what the
 * program says of a wrong value, and what editors say. Pure.
 *
 * `gateway/pages/config_schema.json` is made from it, by `deno task pages`.
 *
 * @module
 */

import { API_PORT } from "../../rpc/errors.ts";
import { TROUBLE_CODES, TROUBLE_RULES } from "../../telemetry/trouble.ts";
import { RIG_KINDS } from "../../rigs/sessions/rig_session.ts";
import { OPTIONS } from "./options.ts";
import { MAX_PASSWORD_LENGTH } from "./rig_config.ts";
import {
  API_PORT_KIND,
  FILE_NAME,
  HOST,
  type Kind,
  SWITCH,
  type ValueSchema,
} from "./setting.ts";

const PORT = toNode(API_PORT_KIND, {
  title: "Port",
  description: "The port of the API",
  default: API_PORT,
});

/** The members of a rig that has one address. */
const ADDRESS = {
  host: toNode(HOST, {
    title: "Host",
    description: "Address or host name, with or without :PORT",
  }),
  hostname: toNode(HOST, { title: "Host", description: "The same as host" }),
};

/** How one logs on to a rig that wants it. */
const LOGIN = {
  kind: {
    title: "Kind",
    description: "The make, where what the rig answers does not tell it",
    type: "string",
    enum: RIG_KINDS,
    errorMessage: `is no kind: give ${RIG_KINDS.join(" or ")}`,
  },
  password: {
    title: "Password",
    description:
      "WhatsMiner's, of its account admin, in place of password-file; only the owner may be able to read this file then",
    type: "string",
    minLength: 1,
    maxLength: MAX_PASSWORD_LENGTH,
    writeOnly: true,
    errorMessage:
      `is no password: give text of 1 to ${MAX_PASSWORD_LENGTH} characters`,
  },
  "password-file": toNode(FILE_NAME, {
    title: "Password file",
    description:
      "A file that holds the password and nothing else, and that only its owner can read",
  }),
};

const TAGS = { $ref: "#/definitions/tags" };

const NO_ADDRESS = ["name", "host", "hostname"].map((name) => ({
  required: [name],
}));

/** What may be set of each code of trouble, from the table of rules. */
const TROUBLE_LIMITS = Object.fromEntries(
  TROUBLE_CODES.map((code) => {
    const { title, limits, units } = TROUBLE_RULES[code];
    const names = Object.entries(limits);
    const off = "null to switch it off";
    return [code, {
      title,
      description: names.length === 0
        ? `Give ${off}`
        : `${
          names.map(([name, limit]) =>
            `${name}: ${units[name]}, ${limit} if not set`
          ).join("; ")
        }. A number sets ${
          code === "hot" ? "all sensors" : names[0]?.[0]
        }, ${off}`,
      ...(names.length === 0 ? { type: "null" } : {
        type: ["object", "number", "null"],
        minimum: 0,
        properties: Object.fromEntries(names.map(([name, limit]) => [name, {
          type: "number",
          minimum: 0,
          default: limit,
          description: units[name],
          errorMessage: "is no limit: give a number, 0 or more",
        }])),
        additionalProperties: false,
      }),
      errorMessage: names.length === 0
        ? `has no limit: give ${off}`
        : `is no limit: give a number, ${
          JSON.stringify(limits)
        } or parts of it, or ${off}`,
    }];
  }),
);

const DEFINITIONS = {
  trouble: {
    title: "Trouble",
    description: "From when on a rig has trouble, by code",
    type: "object",
    properties: TROUBLE_LIMITS,
    additionalProperties: false,
    errorMessage:
      'is no set of limits: give them by code, such as {"hot": {"chip": 95}}',
  },
  rigName: {
    type: "string",
    pattern: "^[A-Za-z0-9._-]+$",
    not: { const: "all" },
    errorMessage:
      'is no name for a rig: use letters, digits, ".", "_" and "-", but not "all"',
  },
  tags: {
    title: "Tags",
    description: "What rigs are grouped by, as in /@site:barn/summary",
    type: "object",
    maxProperties: 16,
    propertyNames: {
      pattern: "^[A-Za-z][A-Za-z0-9_-]*$",
      errorMessage:
        'is no name of a tag: use letters, digits, "_" and "-", and begin with none of the digits',
    },
    additionalProperties: {
      type: "string",
      minLength: 1,
      maxLength: 100,
      pattern: "^[^/,\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff]*$",
      errorMessage:
        'is no value of a tag: give 1 to 100 characters, without "/", "," and control characters',
    },
    examples: [{ site: "barn" }],
    errorMessage:
      'is no set of tags: give at most 16, such as {"site": "barn"}',
  },
  rig: {
    title: "Rig",
    description:
      "NAME=HOST[:PORT] or RANGE[:PORT] as --rig takes it, or the members of one",
    type: ["string", "object"],
    minLength: 1,
    properties: {
      name: { $ref: "#/definitions/rigName" },
      ...ADDRESS,
      range: {
        title: "Range",
        description:
          "Rigs named by address: 10.0.0.10-40, 10.0.0.10-10.0.1.40 or 10.0.0.0/24, with or without :PORT",
        type: "string",
        minLength: 1,
        examples: ["10.0.0.10-40"],
        errorMessage: "is no range: give 10.0.0.10-40 or 10.0.0.0/24",
      },
      port: PORT,
      tags: TAGS,
      ...LOGIN,
    },
    additionalProperties: false,
    if: { type: "object" },
    then: {
      oneOf: [
        { required: ["name", "host"], not: { required: ["range"] } },
        { required: ["name", "hostname"], not: { required: ["range"] } },
        { required: ["range"], not: { anyOf: NO_ADDRESS } },
      ],
      errorMessage:
        "is no rig: give it name and host, or a range, which names its rigs itself",
    },
    errorMessage:
      'is no rig: give text such as NAME=HOST, or an object such as {"name": "garage", "host": "10.0.0.7"}',
  },
  namedRig: {
    title: "Rig",
    description: "HOST[:PORT], or the members of a rig but its name",
    type: ["string", "object"],
    minLength: 1,
    properties: { ...ADDRESS, port: PORT, tags: TAGS, ...LOGIN },
    additionalProperties: false,
    if: { type: "object" },
    then: {
      oneOf: [{ required: ["host"] }, { required: ["hostname"] }],
      errorMessage: "is no rig: give it a host",
    },
    errorMessage:
      'is no rig: give text such as HOST or HOST:PORT, or an object such as {"host": "10.0.0.7"}',
  },
};

const TROUBLE: ValueSchema = {
  title: "Trouble",
  description:
    "From when on a rig has trouble, by code; and for the rigs of a tag, over those, under tags",
  type: "object",
  properties: {
    ...Object.fromEntries(
      TROUBLE_CODES.map((code) => [code, {
        $ref: `#/definitions/trouble/properties/${code}`,
      }]),
    ),
    tags: {
      title: "Tags",
      description: "Limits for the rigs of a tag: a later tag counts more",
      type: "object",
      propertyNames: {
        pattern: "^[A-Za-z][A-Za-z0-9_-]*:[^/,]+$",
        errorMessage: "is no tag: give KEY:VALUE, such as site:barn",
      },
      additionalProperties: { $ref: "#/definitions/trouble" },
      errorMessage:
        'is no set of tags: give such as {"site:barn": {"hot": null}}',
    },
  },
  additionalProperties: false,
  examples: [{
    "hot": { "chip": 95 },
    "rejects": 3,
    "tags": { "cooling:oil": { "fan-stopped": null } },
  }],
  errorMessage:
    'is no set of limits: give them by code, such as {"hot": {"chip": 95}}',
};

/** What a file has besides the options, each after the option that it is like. */
const MORE: Readonly<Record<string, readonly [name: string, ValueSchema]>> = {
  rig: ["rigs", {
    title: "Rigs",
    description:
      "The rigs: a list, or an object with each rig's name before it; without api-host and api-port the first is the default rig",
    type: ["array", "object"],
    items: { $ref: "#/definitions/rig" },
    propertyNames: { $ref: "#/definitions/rigName" },
    additionalProperties: { $ref: "#/definitions/namedRig" },
    errorMessage: "is no list of rigs: give [...] or {...}",
  }],
  "token-file": ["token", {
    title: "Token",
    description:
      "The token itself, in place of token-file; only its owner should be able to read this file then",
    type: "string",
    pattern: "^\\s*[!-~]+\\s*$",
    writeOnly: true,
    errorMessage: "is no token: give visible ASCII characters, without spaces",
  }],
  log: ["trouble", TROUBLE],
};

/** The schema, as far as messages are made from it. */
export interface ConfigSchema {
  /** What is said of a file that is no object at all. */
  readonly errorMessage: string;
  /** The members of a file. */
  readonly properties: Readonly<Record<string, ValueSchema>>;
}

/**
 * Makes the schema.
 *
 * @returns It, as JSON Schema, draft 7.
 */
export function makeConfigSchema(): ConfigSchema {
  const properties: Record<string, ValueSchema> = {
    $schema: toNode(FILE_NAME, {
      title: "Schema",
      description: "Where an editor finds this schema; not read",
      errorMessage: "is no address of a schema: give text",
    }),
  };
  for (const option of OPTIONS) {
    if (option.isCommandLineOnly || option.flag === "config") continue;
    const { flag, title, help, kind, fallback, isRepeatable, examples } =
      option;
    const one = toNode(kind, {});
    properties[flag] = {
      title,
      description: help,
      ...one,
      ...(isRepeatable ? { type: ["string", "array"], items: one } : {}),
      ...(fallback === undefined ? {} : { default: toJson(fallback, kind) }),
      ...(kind === SWITCH ? { default: false } : {}),
      ...(examples === undefined ? {} : { examples }),
    };
    const more = MORE[flag];
    if (more !== undefined) properties[more[0]] = more[1];
  }
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "chi-server's configuration file",
    description:
      "Options and rigs of chi-server, for --config. A flag goes before a variable of the environment, and that before this file",
    type: "object",
    properties,
    additionalProperties: false,
    errorMessage:
      'is no configuration: give a JSON object, such as {"http-port": 8080}',
    definitions: DEFINITIONS,
  };
  return schema;
}

function toNode(kind: Kind<unknown>, texts: ValueSchema): ValueSchema {
  return { ...kind.schema, errorMessage: kind.errorMessage, ...texts };
}

/** A default as a file would hold it. */
function toJson(text: string, { schema }: Kind<unknown>): unknown {
  return String(schema["type"]) === "string" ? text : Number(text);
}
