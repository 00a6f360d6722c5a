/**
 * The paths that reach rigs: one, all, or those of a tag; by command and
 * parameter in the URL, or in a JSON body.
 *
 * @module
 */

import { ROOT_COMMAND } from "../../routes.ts";
import type { Paths, RequestBody } from "./document.ts";
import { listParameters } from "./parameters.ts";
import { findReplySchema } from "./reply_schemas.ts";
import {
  describeGet,
  describePost,
  type RigOperation,
  type Target,
} from "./rig_operations.ts";
import type { SharedResponses } from "./shared_responses.ts";

/** The default rig: what paths without `/@` mean. */
export const DEFAULT_TARGET: Target = {
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
  description: "Command and parameter, which are sent as they stand here.",
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
    codes: ["method-not-allowed"],
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
