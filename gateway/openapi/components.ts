/**
 * The parts that operations have in common: headers, parameters, responses and
 * security schemes. Of the responses above all what goes wrong: each problem of
 * the gateway, and a rig's own errors as `Prefer: handling=strict` shows them.
 *
 * @module
 */

import { RIG_NAME } from "../../rigs/fleet.ts";
import type { Command } from "../../rpc/commands.ts";
import type { ProblemCode, PROBLEMS } from "../http/problems.ts";
import {
  type Content,
  type Header,
  type Json,
  type Parameter,
  type Reference,
  referTo,
  referToSchema,
  type ResponseDescription,
  type Schema,
} from "./document.ts";

const TEXT: Schema = { type: "string" };

const TIMING =
  "Milliseconds in the rig's queue, and of the call: `queue;dur=0.1, rpc;dur=2.4`.";

const sometimes = (description: string, schema: Schema = TEXT): Header => ({
  description,
  schema,
});
const always = (description: string, schema: Schema = TEXT): Header => ({
  description,
  required: true,
  schema,
});

/** Every header that is described, by its name, and how sure it is. */
export const HEADERS = {
  "Cache-Control": always("Nothing here may be kept.", {
    type: "string",
    const: "no-store",
  }),
  "X-Content-Type-Options": always("It is what its type says.", {
    type: "string",
    const: "nosniff",
  }),
  "Server-Timing": sometimes(
    `${TIMING} There for all that waited for one rig.`,
  ),
  "Server-Timing-always": always(TIMING),
  "Chi-Status": sometimes("The letter of the reply's first STATUS.", {
    type: "string",
    enum: ["S", "I", "W", "E", "F"],
  }),
  "Chi-Code": sometimes("The code of the reply's first STATUS.", {
    type: "integer",
  }),
  "Chi-Repaired": sometimes(
    "What was repaired in the reply, and at which byte: `missing-comma; at=412, nan; at=530`.",
  ),
  "Chi-Truncated": sometimes(
    "The miner itself says that it cut its data short.",
    { type: "string", const: "id=0" },
  ),
  Allow: always("The methods that would do."),
  "Retry-After": always("Seconds after which to try again.", {
    type: "integer",
    minimum: 0,
  }),
  "WWW-Authenticate": always("How to send the token: Basic and Bearer."),
  Vary: sometimes("Which headers of the request made a difference."),
  "X-Accel-Buffering": sometimes(
    "Tells nginx to pass a live stream on as it comes.",
    { type: "string", const: "no" },
  ),
  "Content-Security-Policy": sometimes(
    "What the page may load and run: the gateway's own files.",
  ),
  "Cross-Origin-Opener-Policy": sometimes(
    "Whoever opened the page's window gets no hold of it.",
    { type: "string", const: "same-origin" },
  ),
  "Cross-Origin-Resource-Policy": sometimes(
    "On the gateway's own pages: none of another origin loads it as a part of itself.",
    { type: "string", const: "same-origin" },
  ),
  "Referrer-Policy": sometimes("Its links tell nobody where they stand.", {
    type: "string",
    const: "no-referrer",
  }),
} as const satisfies Readonly<Record<string, Header>>;

/** The name of a header that is described. */
export type HeaderName = keyof typeof HEADERS;

/**
 * Points to headers.
 *
 * @param names Their names, besides those of every response.
 * @returns References by name.
 */
export function listHeaders(
  names: readonly HeaderName[],
): Readonly<Record<string, Reference>> {
  return Object.fromEntries([...COMMON_HEADERS, ...names].map((name) => [
    name.replace(/-always$/, ""),
    referTo("headers", name),
  ]));
}

/** On every response. */
const COMMON_HEADERS: readonly HeaderName[] = [
  "Cache-Control",
  "X-Content-Type-Options",
  "Cross-Origin-Resource-Policy",
];

/** What the gateway tells of a rig's reply, besides where its time went. */
export const REPLY_HEADERS: readonly HeaderName[] = [
  "Chi-Status",
  "Chi-Code",
  "Chi-Repaired",
  "Chi-Truncated",
];

/** What a page for browsers has. */
export const HTML_HEADERS: readonly HeaderName[] = [
  "Content-Security-Policy",
  "Cross-Origin-Opener-Policy",
  "Referrer-Policy",
];

/** How to send the token. */
export const SECURITY_SCHEMES: Readonly<Record<string, Schema>> = {
  bearer: {
    type: "http",
    scheme: "bearer",
    description:
      "The token of `--token-file`. It gives group W from any address.",
  },
  basic: {
    type: "http",
    scheme: "basic",
    description: "The same token as the password, with any user name.",
  },
};

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
  ): Parameter =>
    toPath(
      "command",
      "The command, known or not: it goes to the rig as it is. `+` joins several.",
      example,
      {
        pattern: COMMAND_PATTERN,
        examples: listNames(hasParameter, groups),
      },
    );
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

/**
 * Makes a parameter that is named in the path.
 *
 * @param name Its name there.
 * @param description What it is.
 * @param example A value of it.
 * @param more What its schema says besides: that it is a text, and not empty.
 * @returns The parameter.
 */
export function toPath(
  name: string,
  description: string,
  example: string,
  more: Schema = {},
): Parameter {
  const schema = { type: "string", minLength: 1, ...more };
  return { name, in: "path", description, required: true, schema, example };
}

/** Makes a parameter of the query, or a header. */
function toOption(
  place: "query" | "header",
  name: string,
  description: string,
  schema: Schema,
  example: Json,
  flags: Pick<Parameter, "required" | "allowEmptyValue"> = {},
): Parameter {
  return { name, in: place, description, ...flags, schema, example };
}

const RIG_NAME_TEXT: Schema = { type: "string", pattern: RIG_NAME.source };
const FLAG: Schema = { type: "boolean" };

const PARAMETERS = {
  rig: toPath("rig", "The rig's name; `/-/rigs` lists them.", "garage", {
    pattern: RIG_NAME.source,
  }),
  tagKey: toPath("tag", "The key of a tag.", "site", { pattern: "^[^:]+$" }),
  tagValue: toPath("value", "Its value.", "barn"),
  tag: toOption(
    "query",
    "tag",
    "Leaves out all rigs without this tag: key, colon, value.",
    { type: "string", pattern: "^[^:]+:." },
    "site:barn",
  ),
  pretty: toOption("query", "pretty", "Indents JSON by 4.", FLAG, true, {
    allowEmptyValue: true,
  }),
  raw: toOption(
    "query",
    "raw",
    "The rig's own bytes as they came: unrepaired, the NUL included.",
    FLAG,
    true,
    { allowEmptyValue: true },
  ),
  interval: toOption(
    "query",
    "interval",
    "Seconds between the events of a live stream.",
    { type: "number", minimum: 1, maximum: 3600, default: 5 },
    2,
  ),
  prefer: toOption(
    "header",
    "Prefer",
    "`handling=strict` (RFC 7240): the rig's own errors become 403, 404 and 422.",
    TEXT,
    "handling=strict",
  ),
  scrapeTimeout: toOption(
    "header",
    "X-Prometheus-Scrape-Timeout-Seconds",
    "How long the scraper waits; Prometheus sends it.",
    { type: "number", exclusiveMinimum: 0, maximum: 3600 },
    10,
  ),
  target: toOption(
    "query",
    "target",
    "The rig's name. An address is not taken.",
    RIG_NAME_TEXT,
    "garage",
    { required: true },
  ),
  onlyRig: toOption(
    "query",
    "rig",
    "Leaves out all rigs but this one.",
    RIG_NAME_TEXT,
    "garage",
  ),
  format: toOption(
    "query",
    "format",
    "What is served, whatever `Accept` says.",
    { type: "string", enum: ["csv", "json"] },
    "csv",
  ),
  historyRig: toOption(
    "query",
    "rig",
    "One rig's name; absent: several.",
    RIG_NAME_TEXT,
    "garage",
  ),
  historyTag: toOption(
    "query",
    "tag",
    "Only the rigs of this tag, without `rig`; absent: all.",
    { type: "string", pattern: "^[^:]+:." },
    "site:barn",
  ),
  from: toOption(
    "query",
    "from",
    "Where it begins: ISO 8601, in UTC without a zone, or Unix seconds. Default: six hours before `to`.",
    TEXT,
    "2026-11-30T06:00:00Z",
  ),
  to: toOption(
    "query",
    "to",
    "Where it ends, which is not in it. Default: now.",
    TEXT,
    "2100-01-01",
  ),
  step: toOption(
    "query",
    "step",
    "Whole seconds from one point to the next. Default: the least there is.",
    { type: "integer", minimum: 1, maximum: 94_608_000 },
    900,
  ),
  file: {
    name: "file",
    in: "path",
    description: "The file's name.",
    required: true,
    schema: TEXT,
    examples: {
      style: { value: "style.css" },
      script: { value: "app.js" },
      manifest: { value: "app.webmanifest" },
      icon: { value: "icon.svg" },
      licenses: { value: "licenses.txt" },
    },
  },
} as const satisfies Readonly<Record<string, Parameter>>;

/** When each problem comes. */
const OCCASIONS: Readonly<Record<ProblemCode, string>> = {
  "bad-request":
    "a malformed escape, Host or body, a request of over 4,095 bytes, or a wrong query",
  "token-required": "this needs the token, and none or a wrong one came",
  "command-denied": "the client's address may not ask this",
  "origin-denied": "a browser asked for a page of another origin",
  "host-denied": "a browser asked by a name that could be anybody's",
  "unknown-rig": "no rig has that name or tag",
  "not-found": "there is no such page",
  "method-not-allowed":
    "that method is not allowed here; nor may HEAD, or a browser's GET, change a rig",
  "body-too-large": "the body is over 16 KiB",
  "unsupported-media-type": "the body is not `application/json`",
  "rig-locked":
    "another client holds the rig's session (LuxOS), or all of its tokens (WhatsMiner)",
  "too-many-tries":
    "too many wrong tokens came from that address within a minute",
  "internal-error": "a defect of the gateway; its log says more",
  "rig-refused": "nothing listens at the rig's address",
  "rig-unreachable": "there is no way to the rig's host",
  "rig-closed":
    "the rig closed the connection without a byte: often its `--api-allow`",
  "rig-reply-invalid":
    "the reply is no JSON and cannot be repaired; `?raw` gives its bytes",
  "rig-reply-truncated": "the reply ends in the middle; `?raw` gives its bytes",
  "rig-reply-too-large": "the reply is longer than `--max-reply`",
  "rig-login-failed":
    "the rig refuses its configured password, or what that may do",
  "rig-no-data":
    "the rig answers, and every report is an error: in `/-/rigs`, never as a status",
  "rig-busy": "too many calls wait for the rig, or too many live streams run",
  "rig-timeout": "the rig did not answer in time",
};

/** What a rig's own error becomes with `Prefer: handling=strict`. */
const STRICT_OCCASIONS: Readonly<Record<number, string>> = {
  403: "the rig replied `Access denied` (code 45)",
  404: "the rig replied `Invalid command` (code 14)",
  422: "the rig replied any other error",
};

/** The statuses of a rig's own errors. */
export const STRICT_STATUSES: readonly number[] = Object.keys(STRICT_OCCASIONS)
  .map(Number);

/** Headers that belong to a status. */
const STATUS_HEADERS: Readonly<Record<number, HeaderName>> = {
  401: "WWW-Authenticate",
  405: "Allow",
  429: "Retry-After",
  503: "Retry-After",
};

/** Statuses that come before any rig is asked. */
const EARLY_STATUSES: ReadonlySet<number> = new Set([401, 405, 413, 415, 429]);

/** Collects the responses that operations have in common. */
export class SharedResponses {
  readonly #problems: typeof PROBLEMS;
  readonly #components: Record<string, ResponseDescription> = {};

  /**
   * Starts with none.
   *
   * @param problems All problems that there are.
   */
  constructor(problems: typeof PROBLEMS) {
    this.#problems = problems;
  }

  /** All that were shared so far, by name. */
  get components(): Readonly<Record<string, ResponseDescription>> {
    const entries = Object.entries(this.#components);
    return Object.fromEntries(entries.sort(([a], [b]) => a < b ? -1 : 1));
  }

  /**
   * Keeps a response for all operations that have it.
   *
   * @param name Its name; the same name means the same response.
   * @param response The response.
   * @returns A reference to it.
   */
  share(name: string, response: ResponseDescription): Reference {
    this.#components[name] ??= response;
    return referTo("responses", name);
  }

  /**
   * Lists the responses for what may go wrong.
   *
   * @param codes The problems.
   * @param strictStatuses Statuses of a rig's own errors.
   * @returns References by status.
   */
  listFailures(
    codes: readonly ProblemCode[],
    strictStatuses: readonly number[] = [],
  ): Readonly<Record<string, Reference>> {
    const statuses = new Set([
      ...codes.map((code) => this.#problems[code][0]),
      ...strictStatuses,
    ]);
    return Object.fromEntries(
      [...statuses].sort((a, b) => a - b).map((status) => [
        String(status),
        this.#refer(
          status,
          codes.filter((code) => this.#problems[code][0] === status),
          strictStatuses.includes(status),
        ),
      ]),
    );
  }

  #refer(
    status: number,
    codes: readonly ProblemCode[],
    isStrict: boolean,
  ): Reference {
    const all = Object.values(this.#problems)
      .filter(([each]) => each === status);
    const name = [
      codes.length === 0 ? `Reply${status}` : `Problem${status}`,
      ...(codes.length === all.length ? [] : codes),
      ...(isStrict && codes.length > 0 ? ["or-reply"] : []),
    ].join("-");
    return this.share(name, this.#describe(status, codes, isStrict));
  }

  #describe(
    status: number,
    codes: readonly ProblemCode[],
    isStrict: boolean,
  ): ResponseDescription {
    const occasions = codes.map((code) => `\`${code}\`: ${OCCASIONS[code]}.`);
    const strict = `With \`Prefer: handling=strict\` or \`--http-errors\`: ${
      STRICT_OCCASIONS[status]
    }.`;
    const header = STATUS_HEADERS[status];
    const timing: HeaderName = codes.length === 0
      ? "Server-Timing-always"
      : "Server-Timing";
    return {
      description: [...occasions, ...(isStrict ? [strict] : [])].join("\n\n"),
      headers: listHeaders([
        ...(header === undefined ? [] : [header]),
        ...(isStrict ? REPLY_HEADERS : []),
        ...(EARLY_STATUSES.has(status) ? [] : [timing]),
      ]),
      content: {
        ...(codes.length === 0 ? {} : this.#describeProblem(codes)),
        ...(isStrict
          ? { "application/json": { schema: referToSchema("Reply") } }
          : {}),
      },
    };
  }

  #describeProblem(codes: readonly ProblemCode[]): Content {
    const examples = codes.map((code) => {
      const [status, title] = this.#problems[code];
      const detail = OCCASIONS[code].replaceAll("`", "");
      return [code, {
        summary: title,
        value: { code, title, status, detail },
      }] as const;
    });
    return {
      "application/problem+json": {
        schema: {
          ...referToSchema("Problem"),
          properties: { code: { enum: [...codes] } },
        },
        examples: Object.fromEntries(examples),
      },
    };
  }
}
