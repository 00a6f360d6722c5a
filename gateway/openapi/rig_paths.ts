/**
 * The paths that reach rigs: one, all, or those of a tag, by command and
 * parameter in the URL or in a JSON body; and, for the default rig, a path for
 * each command that is known: what reports by GET, what may change the rig by
 * POST.
 *
 * @module
 */

import { ROOT_COMMAND } from "../../routes.ts";
import { type Command, PARAMETERS } from "../../rpc/commands.ts";
import type { ProblemCode } from "../http/problems.ts";
import {
  type HeaderName,
  HTML_HEADERS,
  listHeaders,
  listParameters,
  type ParameterName,
  REPLY_HEADERS,
  type SharedResponses,
  STRICT_STATUSES,
  toPath,
} from "./components.ts";
import {
  type Content,
  type Operation,
  type Parameter,
  type Paths,
  referToSchema,
  type RequestBody,
  type ResponseDescription,
  type Schema,
} from "./document.ts";
import { findReplySchema } from "./schemas.ts";

/** What may happen to every request that is guarded. */
export const GUARD_CODES: readonly ProblemCode[] = [
  "bad-request",
  "token-required",
  "command-denied",
  "origin-denied",
  "host-denied",
  "too-many-tries",
  "internal-error",
];

/** What may happen to a call to one rig. */
const RIG_CODES: readonly ProblemCode[] = [
  "rig-refused",
  "rig-unreachable",
  "rig-closed",
  "rig-reply-invalid",
  "rig-reply-truncated",
  "rig-reply-too-large",
  "rig-busy",
  "rig-timeout",
];

/** What may happen to a command that changes the rig: one has to log on. */
const LOGIN_CODES: readonly ProblemCode[] = ["rig-locked", "rig-login-failed"];

/** Which rigs a path means. */
interface Target {
  readonly path: string;
  /** What the ids of its operations end with. */
  readonly id: string;
  /** The tag of its operations. */
  readonly tag: string;
  /** What it is in a sentence. */
  readonly title: string;
  readonly parameters: readonly ParameterName[];
  /** Whether it is one rig, whose reply is served as it is. */
  readonly isOne: boolean;
  /** Problems of finding it. */
  readonly codes: readonly ProblemCode[];
}

/** What an operation on rigs is. */
interface RigOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag?: string;
  readonly parameters?: Operation["parameters"];
  /** The name of the reply's schema. */
  readonly schema: string;
  /** Whether a browser gets a page instead. */
  readonly hasPage?: boolean;
  /** Problems besides those of the guard and the rig. */
  readonly codes?: readonly ProblemCode[];
}

/** Describes GET on rigs, which can be listened to as well. */
function describeGet(
  target: Target,
  operation: RigOperation,
  shared: SharedResponses,
): Operation {
  const { hasPage = false } = operation;
  const json = { schema: referToSchema(operation.schema) };
  const content: Content = {
    "application/json": json,
    ...(target.isOne ? RAW_CONTENT : {}),
    ...describeEvents(json.schema),
    ...(hasPage ? { "text/html": { schema: TEXT } } : {}),
  };
  const headers: HeaderName[] = [
    "Server-Timing",
    ...(target.isOne ? REPLY_HEADERS : []),
    "X-Accel-Buffering",
    ...(hasPage ? HTML_HEADERS : []),
  ];
  return describeOperation(target, operation, {
    parameters: [...listLayouts(target), "interval"],
    responses: {
      200: shared.share(
        `Reply200-${operation.schema}-stream${hasPage ? "-page" : ""}`,
        describeSuccess(target, headers, content),
      ),
      ...listFailures(target, shared, [
        ...(operation.codes ?? []),
        ...(target.isOne ? [] : ["rig-busy" as const]),
      ]),
    },
  });
}

/** Describes POST on rigs, and the body that it has to bring, if any. */
function describePost(
  target: Target,
  operation: RigOperation,
  shared: SharedResponses,
  requestBody?: RequestBody,
): Operation {
  const content: Content = {
    "application/json": { schema: referToSchema(operation.schema) },
    ...(target.isOne ? RAW_CONTENT : {}),
  };
  const headers: HeaderName[] = [
    "Server-Timing-always",
    ...(target.isOne ? REPLY_HEADERS : []),
  ];
  return describeOperation(target, operation, {
    parameters: listLayouts(target),
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: {
      200: shared.share(
        `Reply200-${operation.schema}`,
        describeSuccess(target, headers, content),
      ),
      ...listFailures(target, shared, [
        "body-too-large",
        ...(target.isOne ? LOGIN_CODES : []),
        ...(requestBody === undefined
          ? []
          : ["unsupported-media-type" as const]),
      ]),
    },
  });
}

function describeOperation(
  target: Target,
  { operationId, summary, description, tag, parameters = [] }: RigOperation,
  rest: Pick<Operation, "requestBody" | "responses"> & {
    readonly parameters: readonly ParameterName[];
  },
): Operation {
  return {
    operationId,
    tags: [tag ?? target.tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...rest,
    parameters: [
      ...listParameters(target.parameters),
      ...parameters,
      ...listParameters(rest.parameters),
    ],
  };
}

/** What may go wrong with rigs, besides what the guard refuses. */
function listFailures(
  { codes, isOne }: Target,
  shared: SharedResponses,
  others: readonly ProblemCode[],
): Operation["responses"] {
  return shared.listFailures(
    [...GUARD_CODES, ...codes, ...others, ...(isOne ? RIG_CODES : [])],
    isOne ? STRICT_STATUSES : [],
  );
}

/** How a reply may be served. */
function listLayouts({ isOne }: Target): readonly ParameterName[] {
  return isOne ? ["pretty", "raw", "prefer"] : ["pretty"];
}

function describeSuccess(
  { isOne }: Target,
  headers: readonly HeaderName[],
  content: Content,
): ResponseDescription {
  return {
    description: isOne
      ? "The rig answered, whatever it said."
      : "What each rig answered, or why it did not, as they come.",
    headers: listHeaders(headers),
    content,
  };
}

const TEXT: Schema = { type: "string" };

const RAW_CONTENT: Content = {
  "application/octet-stream": {
    schema: { description: "With `raw`: the rig's own bytes." },
  },
};

function describeEvents(reply: Schema): Content {
  return {
    "text/event-stream": {
      schema: {
        type: "string",
        description:
          "A live stream: `reply` events with the reply, `problem` events for as long as there is none; a `dropped` event, whose last line is a problem, if the reader is too slow.",
      },
      "x-events": {
        reply,
        problem: referToSchema("Problem"),
        dropped: TEXT,
      },
    },
  };
}

/** The default rig: what paths without `/@` mean. */
const DEFAULT_TARGET: Target = {
  path: "",
  id: "",
  tag: "Default rig",
  title: "the default rig",
  parameters: [],
  isOne: true,
  codes: [],
};

const TARGETS: readonly Target[] = [
  DEFAULT_TARGET,
  {
    path: "/@{rig}",
    id: "OfRig",
    tag: "One rig",
    title: "a rig",
    parameters: ["rig"],
    isOne: true,
    codes: ["unknown-rig"],
  },
  {
    path: "/@all",
    id: "OfAllRigs",
    tag: "Many rigs",
    title: "all rigs at once",
    parameters: [],
    isOne: false,
    codes: [],
  },
  {
    path: "/@{tag}:{value}",
    id: "OfTaggedRigs",
    tag: "Many rigs",
    title: "the rigs of a tag",
    parameters: ["tagKey", "tagValue"],
    isOne: false,
    codes: ["unknown-rig"],
  },
];

const COMMAND_BODY: RequestBody = {
  description:
    "Command and parameter, which are sent as they stand here; further members as well, for group W.",
  required: true,
  content: {
    "application/json": {
      schema: {
        type: "object",
        properties: {
          command: { type: "string", minLength: 1 },
          parameter: { type: ["string", "number", "null"] },
        },
        required: ["command"],
      },
      examples: {
        switchpool: { value: { command: "switchpool", parameter: "1" } },
        summary: { value: { command: "summary" } },
      },
    },
  },
};

/**
 * Makes the paths that take any command.
 *
 * @param shared Where its responses are kept.
 * @returns The paths.
 */
export function makeRigPaths(shared: SharedResponses): Paths {
  return Object.fromEntries(
    TARGETS.flatMap((target) => [
      describeRoot(target, shared),
      describeCommands(target, shared, false),
      describeCommands(target, shared, true),
    ]),
  );
}

function describeRoot(
  target: Target,
  shared: SharedResponses,
): [string, Paths[string]] {
  const { id, title, path, isOne } = target;
  const get: RigOperation = {
    operationId: `ask${id === "" ? "DefaultRig" : id.replace(/^Of/, "")}`,
    summary: `Asks ${title} for \`${ROOT_COMMAND}\``,
    description:
      "A client that prefers `text/html`, as browsers do, gets the dashboard instead; one opened in a tab (`Sec-Fetch-Mode: navigate`) also with the status of what is refused to it.",
    schema: isOne ? findReplySchema(ROOT_COMMAND) : "FleetReply",
    hasPage: true,
  };
  const post: RigOperation = {
    operationId: `sendCommand${id}`,
    summary: `Sends ${title} the command of a JSON body`,
    description:
      "At most 16 KiB. Passwords in it stand in no proxy's log, as those of a URL do.",
    schema: isOne ? "Reply" : "FleetReply",
  };
  return [path === "" ? "/" : path, {
    get: describeGet(target, get, shared),
    post: describePost(target, post, shared, COMMAND_BODY),
  }];
}

function describeCommands(
  target: Target,
  shared: SharedResponses,
  hasParameter: boolean,
): [string, Paths[string]] {
  const { id, title, path, isOne } = target;
  const ending = `Command${hasParameter ? "WithParameter" : ""}${id}`;
  const what = hasParameter ? "a command with a parameter" : "a command";
  const schema = isOne ? "Reply" : "FleetReply";
  const get: RigOperation = {
    operationId: `ask${ending}`,
    summary: `Sends ${title} ${what}`,
    description:
      "Scripts and libraries may send any command so; a browser only those that report. Those alone can be listened to.",
    parameters: listParameters(
      hasParameter ? ["reportWithParameter", "reportParameter"] : ["report"],
    ),
    schema,
    codes: ["method-not-allowed", ...(isOne ? LOGIN_CODES : [])],
  };
  const post: RigOperation = {
    operationId: `run${ending}`,
    summary: `Sends ${title} ${what}, also from a browser`,
    description: "The same as GET. It takes no body.",
    parameters: listParameters(
      hasParameter ? ["commandWithParameter", "commandParameter"] : ["command"],
    ),
    schema,
  };
  return [`${path}/{command}${hasParameter ? "/{parameter}" : ""}`, {
    get: describeGet(target, get, shared),
    post: describePost(target, post, shared),
  }];
}

/** The tags of commands, by what they do to the rig. */
export const COMMAND_TAGS = { R: "Reports", W: "Controls" } as const;

/**
 * Makes the paths; a command whose parameter may be left out has two.
 *
 * @param commands All commands that are known.
 * @param shared Where their responses are kept.
 * @returns The paths.
 */
export function makeCommandPaths(
  commands: readonly Command[],
  shared: SharedResponses,
): Paths {
  return Object.fromEntries(
    commands.flatMap((command) => {
      const { name, parameter } = command;
      const path = `/${encodeURIComponent(name)}`;
      const plain = [path, describePath(command, false, shared)] as const;
      if (parameter === undefined) return [plain];
      const full = [
        `${path}/{parameter}`,
        describePath(command, true, shared),
      ] as const;
      return isOptional(parameter) ? [plain, full] : [full];
    }),
  );
}

function describePath(
  command: Command,
  hasParameter: boolean,
  shared: SharedResponses,
): Paths[string] {
  const operation: RigOperation = {
    operationId: nameOperation(command, hasParameter),
    tag: COMMAND_TAGS[command.group],
    summary: command.text,
    description: describeUse(command),
    parameters: hasParameter ? listParameter(command) : [],
    schema: findReplySchema(command.name),
  };
  return command.group === "R"
    ? { get: describeGet(DEFAULT_TARGET, operation, shared) }
    : { post: describePost(DEFAULT_TARGET, operation, shared) };
}

/** `failover-only` → `failoverOnly`: what can be a name in a program. */
function nameOperation({ name, parameter }: Command, isFull: boolean): string {
  const [first, ...others] = name.split(/[^A-Za-z0-9]+/);
  const id = [
    first,
    ...others.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)),
  ].join("");
  const isSecond = isFull && parameter !== undefined && isOptional(parameter);
  return isSecond ? `${id}WithParameter` : id;
}

function describeUse({ name, group, joinable }: Command): string {
  const joined = joinable
    ? " It may be joined with others, as in `/summary+devs`."
    : "";
  return group === "R"
    ? `Command \`${name}\`. It only reports: POST does the same.${joined}`
    : `Command \`${name}\`. It needs group W, or a group that has it. GET does the same for scripts and libraries, and is refused to browsers.${joined}`;
}

function listParameter({ parameter }: Command): Parameter[] {
  if (parameter === undefined) return [];
  const { text, example } = PARAMETERS[parameter];
  return [toPath("parameter", text, example)];
}

/**
 * Whether a parameter may be left out.
 *
 * @param parameter What `rpc/commands.ts` says of it.
 * @returns True if all of it stands in brackets.
 */
export function isOptional(parameter: string): boolean {
  return /^\[[^[\]]*\]$/.test(parameter);
}
