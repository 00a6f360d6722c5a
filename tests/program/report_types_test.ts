import { assertEquals, assertStringIncludes } from "jsr:@std/assert@1";
import { fileURLToPath } from "node:url";
import {
  COMPARISON,
  findEntries,
  REPORT_PLACES,
  writeAssertions,
  writeInterface,
} from "../client/observed_types.ts";
import { loadRecordedReplies } from "../client/recorded_replies.ts";
import { ROOT, runProgram } from "./program.ts";
import { NEED_REPLIES, skipTests } from "../executables.ts";

/** Compiles a text; gives what the compiler has to say, nothing if it is fine. */
async function compile(text: string): Promise<string> {
  const path = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(path, text);
    const config = fileURLToPath(new URL("deno.json", ROOT));
    const { code, stderr } = await runProgram([], {
      run: ["check", "--quiet", "--no-lock", "--config", config, path],
    });
    return code === 0 ? "" : stderr;
  } finally {
    await Deno.remove(path);
  }
}

async function listReportTypes(): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(new URL("client/", ROOT))) {
    const text = await Deno.readTextFile(new URL(`client/${name}`, ROOT));
    for (const match of text.matchAll(/^export interface (\w+Report) \{/gm)) {
      names.push(match[1] ?? "");
    }
  }
  return names;
}

Deno.test("the place of every report type in recorded replies is known", async () => {
  assertEquals(
    (await listReportTypes()).toSorted(),
    Object.keys(REPORT_PLACES).toSorted(),
  );
});

const replies = await loadRecordedReplies();
if (replies === undefined) {
  skipTests("report types against replies of real miners", NEED_REPLIES);
} else {
  Deno.test("report types are exactly what real miners send, field by field", async () => {
    const texts = Object.entries(REPORT_PLACES).map(([name, place]) => {
      const entries = findEntries(replies, place);
      assertEquals(entries.length > 0, true, `No reply has a ${name}`);
      const url = new URL(`client/${place.module}.ts`, ROOT);
      return `import type { ${name} } from "${url}";\n` +
        writeInterface(`Real${name}`, entries) +
        writeAssertions(name, `Real${name}`);
    });
    assertEquals(await compile(COMPARISON + texts.join("")), "");
  });
}

Deno.test("that comparison finds what is missing, misspelt, mistyped or too loose", async () => {
  const real = writeInterface("Real", [
    { always: 1, both: 1, sometimes: "a" },
    { always: 1, both: "1" },
  ]);
  const judge = (fields: string) =>
    compile(
      `${COMPARISON}${real}interface Declared { ${fields}
       readonly [field: string]: unknown }
       ${writeAssertions("Declared", "Real")}`,
    );
  const [fine, required, misspelt, narrow, wide, loose] = await Promise.all([
    judge("always: number; both: number | string; sometimes?: string;"),
    judge("always: number; sometimes: string;"),
    judge("always: number; sometime?: string;"),
    judge("both: number;"),
    judge("always: number | string;"),
    judge("always?: number;"),
  ]);
  assertEquals(fine, "");
  assertStringIncludes(required!, "sometimes");
  assertStringIncludes(misspelt!, "'\"sometime\"'");
  assertStringIncludes(narrow!, "'\"both\"'");
  assertStringIncludes(wide!, "'\"always\"'");
  assertStringIncludes(loose!, "'\"always\"'");
});
