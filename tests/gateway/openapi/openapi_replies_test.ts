import { referTo } from "../../../gateway/openapi/document.ts";
import { FACTS, makeOpenApi } from "../../../gateway/openapi/openapi.ts";
import { findReplySchema, SECTIONS } from "../../../gateway/openapi/schemas.ts";
import { readReply } from "../../../rpc/repair.ts";
import { OpenApiDriver } from "./openapi_driver.ts";
import { assert, assertEquals } from "jsr:@std/assert@1";
import { NEED_REPLIES, skipTests } from "../../executables.ts";

Deno.test("no field of a reply has two types", () => {
  for (const [name, { fields }] of Object.entries(SECTIONS)) {
    const names = Object.values(fields).flatMap((list) => list.split(","))
      .map((field) => field.trim());
    assertEquals(new Set(names).size, names.length, name);
  }
  const members = Object.values(SECTIONS).flatMap((each) => [...each.members]);
  assertEquals(new Set<string>(members).size, members.length);
  const known = new Set(FACTS.commands.flatMap(({ reply }) => reply.sections));
  assertEquals(members.filter((member) => !known.has(member)), []);
});

const REPLIES = new URL("../../../../shared/replies/", import.meta.url);

/** What was asked, and what a real miner replied. */
interface Recorded {
  readonly where: string;
  readonly command: string;
  readonly value: unknown;
}

interface Row {
  readonly file: string;
  readonly command: string;
}

interface Exchange {
  readonly request: string;
  readonly "reply_base64": string;
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(new URL(path, REPLIES));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The replies that can be served; joined ones whole, and each part. */
async function* listReplies(rows: readonly Row[]): AsyncGenerator<Recorded> {
  for (const { file, command } of rows) {
    const bytes = await Deno.readFile(new URL(file, REPLIES));
    yield* toRecorded(file, command, bytes);
  }
  for await (const { name } of Deno.readDir(new URL("recorded/", REPLIES))) {
    const text = await readText(`recorded/${name}`);
    const exchanges: readonly Exchange[] = JSON.parse(text ?? "[]");
    for (const { request, "reply_base64": reply } of exchanges) {
      const command = /^\{"command": ?"([\w+]+)"/.exec(request)?.[1] ?? "";
      yield* toRecorded(
        `${name} ${request}`,
        command,
        Uint8Array.fromBase64(reply),
      );
    }
  }
}

function* toRecorded(
  where: string,
  command: string,
  bytes: Uint8Array,
): Generator<Recorded> {
  const reply = readReply(bytes);
  if (!reply.ok) return;
  yield { where, command, value: reply.value };
  if (!command.includes("+")) return;
  const members = reply.value as Readonly<Record<string, unknown>>;
  for (const part of command.split("+")) {
    const [value] = (members[part] ?? []) as readonly unknown[];
    if (value !== undefined) yield { where, command: part, value };
  }
}

const index = await readText("index.json");
if (index === undefined) {
  skipTests("the schemas of replies", NEED_REPLIES);
} else {
  Deno.test("every recorded reply is what the document says of its command", async () => {
    const driver = new OpenApiDriver(makeOpenApi(FACTS));
    const counts = new Map<string, number>();
    for await (
      const { where, command, value } of listReplies(JSON.parse(index))
    ) {
      // `healthchipget_0` is the file of a parameter.
      const name = findReplySchema(command.replace(/[|_]\d+$/, ""));
      for (const each of new Set(["Reply", name])) {
        driver.validate(`${where}: ${each}`, referTo("schemas", each), value);
        counts.set(each, (counts.get(each) ?? 0) + 1);
      }
    }
    const replies = Object.keys(driver.document.components.schemas)
      .filter((name) => name.endsWith("Reply"))
      .filter((name) => !/^(?:Fleet|SummaryAndDevs)/.test(name));
    assertEquals(replies.filter((name) => (counts.get(name) ?? 0) < 3), []);
    assert((counts.get("Reply") ?? 0) > 700, String(counts.get("Reply")));
  });
}
