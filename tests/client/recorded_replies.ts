/**
 * Every readable reply of `../shared/replies` with the command that it answers,
 * and what stands in its sections.
 *
 * @module
 */

import { COMMAND_BY_NAME } from "../../rpc/commands.ts";
import { readReply } from "../../rpc/repair.ts";

const REPLIES = new URL("../../../shared/replies/", import.meta.url);

/** An object of a reply. */
export type Members = Readonly<Record<string, unknown>>;

/** One reply. */
export interface RecordedReply {
  /** The file that it stands in. */
  readonly file: string;
  /** The command, as it is sent. */
  readonly command: string;
  readonly reply: Members;
}

interface Exchange {
  readonly request: string;
  readonly "reply_base64": string;
}

/** All of them; `undefined` where `../shared/replies` is absent. */
export async function loadRecordedReplies(): Promise<
  RecordedReply[] | undefined
> {
  let index: string;
  try {
    index = await Deno.readTextFile(new URL("index.json", REPLIES));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const rows: { file: string; command: string }[] = JSON.parse(index);
  const found: RecordedReply[] = [];
  for (const { file, command } of rows) {
    const bytes = await Deno.readFile(new URL(file, REPLIES));
    // `ascset-help`, `voltageget_0`: the command, and what was asked of it.
    found.push(...readRecorded(file, command.replace(/-.*|_\d$/, ""), bytes));
  }
  for await (const { name } of Deno.readDir(new URL("recorded/", REPLIES))) {
    const file = `recorded/${name}`;
    const exchanges: Exchange[] = JSON.parse(
      await Deno.readTextFile(new URL(file, REPLIES)),
    );
    for (const { request, "reply_base64": base64 } of exchanges) {
      const command = readCommand(request);
      if (command === undefined) continue;
      found.push(...readRecorded(file, command, Uint8Array.fromBase64(base64)));
    }
  }
  return found;
}

/** The command of a request in JSON; undefined for any other. */
function readCommand(request: string): string | undefined {
  try {
    return JSON.parse(request).command;
  } catch {
    return undefined;
  }
}

/** A reply; a joined one is as many as it has parts. */
function readRecorded(
  file: string,
  command: string,
  bytes: Uint8Array,
): RecordedReply[] {
  const read = readReply(bytes);
  if (!read.ok || typeof command !== "string") return [];
  const reply = read.value as Members;
  const parts = command.includes("+")
    ? Object.entries(reply).filter(([, part]) => Array.isArray(part))
      .map(([name, part]) => ({ file, command: name, reply: toFirst(part) }))
    : [{ file, command, reply }];
  return parts.filter(({ command }) => COMMAND_BY_NAME.has(command));
}

function toFirst(part: unknown): Members {
  return (part as readonly Members[])[0] ?? {};
}
