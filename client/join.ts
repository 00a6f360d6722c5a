/**
 * What `join()` takes and gives: types and checks. Pure.
 *
 * @module
 */

import { COMMAND_BY_NAME } from "../rpc/commands.ts";
import { RequestError } from "../rpc/errors.ts";
import type { RigCallOptions } from "./rig_options.ts";
import type { JoinableCommand, JoinableReplies } from "./replies.ts";

/**
 * The replies to a joined command, by part. A part is there for certain where
 * the commands are written out; where they come from a list or a choice, any of
 * them may be there.
 */
export type JoinedReply<C extends readonly JoinableCommand[]> =
  & Pick<JoinableReplies, CertainParts<C>>
  & Partial<Pick<JoinableReplies, C[number]>>;

/**
 * The commands that are among some for certain: none of a choice or a list.
 *
 * @internal
 */
export type CertainParts<C extends readonly JoinableCommand[]> =
  IsUnion<C> extends true ? never
    : C extends readonly [
      infer First extends JoinableCommand,
      ...infer Others extends readonly JoinableCommand[],
    ] ? (IsUnion<First> extends true ? never : First) | CertainParts<Others>
    : C extends readonly [
      ...infer Others extends readonly JoinableCommand[],
      infer Last extends JoinableCommand,
    ] ? (IsUnion<Last> extends true ? never : Last) | CertainParts<Others>
    : never;

/** Whether a type is a choice between several. */
type IsUnion<T, Whole = T> = T extends Whole
  ? [Whole] extends [T] ? false : true
  : never;

/**
 * The arguments of `join()`: commands, at least one.
 *
 * @internal
 */
export type JoinArguments<C extends readonly JoinableCommand[]> = C extends
  readonly [] ? never
  : C;

/**
 * The same, with the call's options after the last; undefined: none.
 *
 * @internal
 */
export type JoinArgumentsWithOptions<C extends readonly JoinableCommand[]> =
  C extends readonly [] ? never
    : readonly [...commands: C, options: RigCallOptions | undefined];

/** What was given to `join()`, told apart. */
export interface Join {
  /** The commands, each once. */
  readonly parts: readonly JoinableCommand[];
  /** The call's options. */
  readonly options: RigCallOptions | undefined;
}

/**
 * Tells commands from options, and checks the commands.
 *
 * @param given What was given: commands, and perhaps options, or undefined for
 * none, after the last.
 * @returns The commands, each once, and the options.
 * @throws {RequestError} If there is no command, or something among them is
 * none that can be joined.
 */
export function readJoin(given: readonly unknown[]): Join {
  const last = given.at(-1);
  const hasOptions = given.length > 0 && typeof last !== "string";
  const commands = hasOptions ? given.slice(0, -1) : given;
  if (commands.length === 0) {
    throw new RequestError(
      'join() needs commands, each as an argument: join("summary", "pools")',
    );
  }
  const parts = new Set<JoinableCommand>();
  for (const command of commands) {
    if (!isJoinable(command)) {
      throw new RequestError(
        `${
          typeof command === "string" ? `"${command}"` : String(command)
        } cannot be joined with others: use its own method, or call()`,
      );
    }
    parts.add(command);
  }
  // Checked with the call.
  const options = hasOptions ? last as RigCallOptions | undefined : undefined;
  return { parts: [...parts], options };
}

/** The types of {@linkcode JoinableReplies} are those of this table. */
function isJoinable(command: unknown): command is JoinableCommand {
  return typeof command === "string" &&
    COMMAND_BY_NAME.get(command)?.joinable === true;
}
