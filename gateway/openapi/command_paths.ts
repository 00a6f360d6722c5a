/**
 * A path for each command that is known, on the default rig: what reports by
 * GET, what may change the rig by POST.
 *
 * @module
 */

import { type Command, PARAMETERS } from "../../rpc/commands.ts";
import type { Operation, Paths } from "./document.ts";
import type { SharedResponses } from "./shared_responses.ts";
import { findReplySchema } from "./reply_schemas.ts";
import {
  describeGet,
  describePost,
  type RigOperation,
} from "./rig_operations.ts";
import { DEFAULT_TARGET } from "./rig_paths.ts";

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

function listParameter(
  { parameter }: Command,
): Operation["parameters"] & object {
  if (parameter === undefined) return [];
  const { text, example } = PARAMETERS[parameter];
  return [{
    name: "parameter",
    in: "path",
    description: text,
    required: true,
    schema: { type: "string", minLength: 1 },
    example,
  }];
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
