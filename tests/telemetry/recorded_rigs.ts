/**
 * The rigs of `../shared/replies`: of each folder the replies to the commands
 * that telemetry is made of, repaired and parsed.
 */
import { readReply } from "../../rpc/repair.ts";
import { isMembers } from "../../telemetry/sections.ts";
import { REPORTS, type Reports } from "../../telemetry/reports.ts";

const REPLIES = new URL("../../../shared/replies/", import.meta.url);

/** One folder of replies. */
export interface RecordedRig {
  /** `<vendor>-<model>`. */
  readonly name: string;
  readonly reports: Reports;
}

/** One reply by itself. */
export interface RecordedReply {
  readonly file: string;
  readonly command: string;
  readonly value: unknown;
}

interface Exchange {
  readonly request: string;
  readonly "reply_base64": string;
}

const COMMANDS: ReadonlySet<string> = new Set(
  REPORTS.map(({ command }) => command),
);

/** All readable replies; `undefined` where `../shared/replies` is absent. */
export async function loadReplies(): Promise<RecordedReply[] | undefined> {
  const index = await readIndex();
  if (index === undefined) return undefined;
  const replies: RecordedReply[] = [];
  for (const file of index) {
    const reply = readReply(await Deno.readFile(new URL(file, REPLIES)));
    if (!reply.ok) continue;
    const base = file.slice(file.lastIndexOf("/") + 1);
    const command = base.replace(/\.\w+$/, "").replace(/-.*/, "");
    replies.push(...splitJoined(file, command, reply.value));
  }
  return replies;
}

/** All rigs, by name; `undefined` where `../shared/replies` is absent. */
export async function loadRigs(): Promise<RecordedRig[] | undefined> {
  const replies = await loadReplies();
  if (replies === undefined) return undefined;
  const rigs = new Map<string, Record<string, unknown>>();
  for (const { file, command, value } of replies) {
    if (file.startsWith("reconstructed/") || !COMMANDS.has(command)) continue;
    const name = file.split("/").slice(0, 2).join("-");
    const reports = rigs.get(name) ?? {};
    // Of two replies to a command the first stands: they are of two rigs.
    if (!(command in reports)) reports[command] = value;
    rigs.set(name, reports);
  }
  for (const miner of ["cgminer-sp10-W", "bfgminer-W", "sgminer-W"]) {
    rigs.set(`recorded-${miner.toLowerCase()}`, await loadExchanges(miner));
  }
  return [...rigs].map(([name, reports]) => ({ name, reports }));
}

async function readIndex(): Promise<string[] | undefined> {
  try {
    const text = await Deno.readTextFile(new URL("index.json", REPLIES));
    const rows: readonly { readonly file: string }[] = JSON.parse(text);
    return rows.map(({ file }) => file).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The first reply of a real miner to each command by itself. */
async function loadExchanges(
  miner: string,
): Promise<Record<string, unknown>> {
  const url = new URL(`recorded/${miner}.json`, REPLIES);
  const exchanges: readonly Exchange[] = JSON.parse(
    await Deno.readTextFile(url),
  );
  const reports: Record<string, unknown> = {};
  for (const { request, "reply_base64": base64 } of exchanges) {
    const command = /^\{"command":"(\w+)"\}$/.exec(request)?.[1] ?? "";
    if (!COMMANDS.has(command) || command in reports) continue;
    const reply = readReply(Uint8Array.fromBase64(base64));
    if (reply.ok) reports[command] = reply.value;
  }
  return reports;
}

/** The replies of a joined one; any other is its own. */
function splitJoined(
  file: string,
  command: string,
  value: unknown,
): RecordedReply[] {
  if (!command.includes("+") || !isMembers(value)) {
    return [{ file, command, value }];
  }
  return Object.entries(value).flatMap(([name, section]) =>
    Array.isArray(section)
      ? [{ file, command: name, value: section[0] as unknown }]
      : []
  );
}
