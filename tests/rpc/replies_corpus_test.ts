import { assertEquals } from "jsr:@std/assert@1";
import { readReply, type RepairName } from "../../rpc/repair.ts";
import { isTextDialect } from "../../rpc/text_dialect.ts";
import { NEED_REPLIES, skipTests } from "../executables.ts";

const REPLIES = new URL("../../../shared/replies/", import.meta.url);

interface Row {
  readonly file: string;
  readonly expected: {
    readonly "strict_json": boolean;
    readonly "parses_after_repair"?: boolean;
    readonly repair?: readonly string[];
    /** Members: how many elements, or which type. */
    readonly sections?: Readonly<Record<string, number | string>>;
    readonly status?: readonly [string, number];
  };
}

interface Exchange {
  readonly miner: string;
  readonly request: string;
  readonly "reply_base64": string;
}

type Members = Readonly<Record<string, unknown>>;

/** The index's names of repairs; what only ends a reply is none here. */
const REPAIR_NAMES: readonly (readonly [string, RepairName | undefined])[] = [
  ["insert-comma", "missing-comma"],
  ["drop-leading-comma", "leading-comma"],
  ["drop-trailing-comma", "trailing-comma"],
  ["drop-trailing-garbage", "junk-after-value"],
  ["nan/inf->null", "nan"],
  ["escape-control-char", "control-character"],
  ["replace-invalid-utf8", "windows-1252"],
  ["strip-trailing-NUL", undefined],
];

/** Where the contract (C2) goes further than the index, and why. */
const READABLE_NEVERTHELESS: Readonly<Record<string, RepairName>> = {
  // The index calls it hopeless; C2 lists `""` as a missing comma.
  "reconstructed/whatsminer/devs-missing-comma-temp0.txt": "missing-comma",
  // The index asks for JSON; C2 serves the text dialect as JSON.
  "sgminer/4.1.0-text/devs.bin": "text-dialect",
};

const REFUSALS: Readonly<Record<string, string>> = {
  "antminer/empty-reply/any.bin": "rig-closed",
  "avalon/nano3-text/stats.txt": "rig-reply-truncated",
  "gridseed/gc3355-cgminer-3.7.2/devs.txt": "rig-reply-truncated",
  "reconstructed/avalon/leading-comma-reply.txt": "rig-reply-invalid",
  "reconstructed/whatsminer/get_error_code-array-as-object.txt":
    "rig-reply-invalid",
  "reconstructed/whatsminer/stats-truncated-65536.txt": "rig-reply-truncated",
};

async function readText(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(new URL(path, REPLIES));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function listExpectedRepairs({ file, expected }: Row): RepairName[] {
  const deviation = READABLE_NEVERTHELESS[file];
  if (deviation !== undefined) return [deviation];
  return (expected.repair ?? []).flatMap((repair) => {
    const known = REPAIR_NAMES.find(([start]) => repair.startsWith(start));
    if (known === undefined) throw new Error(`${file}: unknown "${repair}"`);
    return known[1] ?? [];
  });
}

/** What the index says of a member: its length, or its type as Python has it. */
function describeMember(value: unknown): number | string {
  if (Array.isArray(value)) return value.length;
  if (typeof value === "string") return "str";
  return typeof value === "number" ? "int" : "dict";
}

function readStatus(value: Members): unknown {
  const status = value.STATUS;
  const members: Members = Array.isArray(status) ? status[0] : value;
  return [members.STATUS, members.Code];
}

async function checkRow(row: Row): Promise<void> {
  const bytes = await Deno.readFile(new URL(row.file, REPLIES));
  const reply = readReply(bytes);
  const { expected, file } = row;
  const readable = expected.strict_json || expected.parses_after_repair ||
    file in READABLE_NEVERTHELESS;
  if (!readable) {
    assertEquals(reply.ok ? "readable" : reply.code, REFUSALS[file]);
    return;
  }
  if (!reply.ok) throw new Error(`${reply.code}: ${reply.reason}`);
  assertEquals(JSON.parse(reply.text), reply.value);
  const names = [...new Set(reply.repairs.map(({ name }) => name))];
  assertEquals(names.sort(), listExpectedRepairs(row).sort());
  if (names.length === 0) {
    const whole = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    assertEquals(reply.text === whole.replace(/[\0\r\n]+$/, ""), true);
  }
  const value = reply.value as Members;
  if (expected.sections !== undefined) {
    const members = Object.entries(value).map((
      [name, member],
    ) => [name, describeMember(member)]);
    assertEquals(Object.fromEntries(members), expected.sections);
  }
  if (expected.status !== undefined) {
    assertEquals(readStatus(value), expected.status);
  }
}

/** What a recorded reply must come to, from its bytes up to the first NUL. */
function expectExchange(bytes: Uint8Array): string {
  const nul = bytes.indexOf(0);
  const whole = nul === -1 ? bytes : bytes.subarray(0, nul);
  const text = new TextDecoder().decode(whole);
  if (text === "") return "rig-closed";
  // `{"command":"+"}` and cpuminer's `help`.
  if (text === ',"id":1}' || text.startsWith("summary\n")) {
    return "rig-reply-invalid";
  }
  // `setconfig|queue`: a second document where a key should stand.
  if (/^\{"STATUS":\[[^\]]*\]\{"STATUS"/.test(text)) return "rig-reply-invalid";
  if (isTextDialect(text)) return "text-dialect";
  if (/\p{Cc}/u.test(text)) return "repaired";
  return text.includes("\uFFFD") ? "repaired" : "as it is";
}

function describeOutcome(bytes: Uint8Array): string {
  const reply = readReply(bytes);
  if (!reply.ok) return reply.code;
  if (reply.repairs.length === 0) return "as it is";
  const names = new Set(reply.repairs.map(({ name }) => name));
  if (names.has("text-dialect")) return "text-dialect";
  const known = new Set<RepairName>(["control-character", "windows-1252"]);
  return names.isSubsetOf(known) ? "repaired" : [...names].join(" ");
}

const index = await readText("index.json");
if (index === undefined) {
  skipTests("readReply() on replies of real miners", NEED_REPLIES);
} else {
  const rows: readonly Row[] = JSON.parse(index);
  Deno.test("the corpus holds every reply that the tables here name", () => {
    const files = new Set(rows.map(({ file }) => file));
    const named = { ...READABLE_NEVERTHELESS, ...REFUSALS };
    assertEquals(Object.keys(named).filter((file) => !files.has(file)), []);
  });
  for (const row of rows) {
    Deno.test(`readReply() on ${row.file}`, () => checkRow(row));
  }
  for await (const { name } of Deno.readDir(new URL("recorded/", REPLIES))) {
    Deno.test(`readReply() on every exchange of recorded/${name}`, async () => {
      const exchanges: readonly Exchange[] = JSON.parse(
        await Deno.readTextFile(new URL(`recorded/${name}`, REPLIES)),
      );
      for (const { request, "reply_base64": reply } of exchanges) {
        const bytes = Uint8Array.fromBase64(reply);
        assertEquals(describeOutcome(bytes), expectExchange(bytes), request);
      }
    });
  }
}
