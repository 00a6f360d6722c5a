import { assertEquals, assertStringIncludes } from "jsr:@std/assert@1";

// docs/telemetry.md adds a made-up make. What it shows is put into a copy of
// the project, and the cases are run there.

const ROOT = new URL("../../", import.meta.url);

const PAGE = await Deno.readTextFile(new URL("docs/telemetry.md", ROOT));
const SECTION = PAGE.split("\n## Adding a make\n")[1] ?? "";

/** What the cases take of the project. */
const PARTS = [
  ...["deno.json", "tests/deno.lock"],
  ...["rpc", "telemetry", "tests/telemetry", "tests/executables.ts"],
];

/** The block of the section in a language. */
function readBlock(language: string): string {
  const blocks = SECTION.split(`\n\`\`\`${language}\n`);
  assertEquals(blocks.length, 2, `one block of ${language}`);
  return `${blocks[1]?.split("\n```\n")[0]}\n`;
}

/** Puts each added line of a diff in front of the line that it is shown at. */
function applyDiff(text: string, diff: string): string {
  const lines = text.split("\n");
  let added: string[] = [];
  for (const line of diff.split("\n")) {
    if (line.startsWith("+")) added.push(line.slice(1));
    if (!line.startsWith(" ")) continue;
    const place = lines.indexOf(line.slice(1));
    assertEquals(place >= 0, true, `vendors.ts has "${line.slice(1)}"`);
    lines.splice(place, 0, ...added);
    added = [];
  }
  return lines.join("\n");
}

async function copy(from: URL, to: URL): Promise<void> {
  if (!(await Deno.stat(from)).isDirectory) {
    return await Deno.copyFile(from, to);
  }
  await Deno.mkdir(to, { recursive: true });
  for await (const { name } of Deno.readDir(from)) {
    await copy(new URL(`${from}/${name}`), new URL(`${to}/${name}`));
  }
}

/** Runs the cases of a copy of the project. */
async function runCases(
  directory: URL,
  ...options: readonly string[]
): Promise<{ readonly success: boolean; readonly output: string }> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["test", "--lock=tests/deno.lock", "--no-prompt", "--allow-read=."],
      ...options,
      "tests/telemetry/cases_test.ts",
    ],
    cwd: directory,
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return { success, output: decoder.decode(stdout) + decoder.decode(stderr) };
}

Deno.test("docs/telemetry.md adds a make whose case holds, and does not without it", async () => {
  const path = await Deno.makeTempDir();
  try {
    const directory = new URL(`file://${path}/`);
    await Deno.mkdir(new URL("tests/", directory));
    for (const part of PARTS) {
      await copy(new URL(part, ROOT), new URL(part, directory));
    }
    const write = (file: string, text: string) =>
      Deno.writeTextFile(new URL(file, directory), text);
    await write("tests/telemetry/cases/hashforge.json", readBlock("json"));

    const without = await runCases(directory, "--no-check");
    assertEquals(without.success, false);
    assertStringIncludes(without.output, "powerW: expected 1450, found []");

    await write("telemetry/vendors/hashforge.ts", readBlock("ts"));
    const index = new URL("telemetry/vendors.ts", directory);
    const vendors = await Deno.readTextFile(index);
    await Deno.writeTextFile(index, applyDiff(vendors, readBlock("diff")));
    // A rig that is not recognised is not asked for reports of that make.
    const { replies } = JSON.parse(readBlock("json"));
    replies.summary = replies.summary.replace("hfminer", "cgminer");
    const other = { name: "other", why: "of another make", replies };
    const expect = { powerW: null, "devices.length": 2 };
    await write(
      "tests/telemetry/cases/other.json",
      JSON.stringify({ ...other, expect }),
    );
    const { success, output } = await runCases(directory, "--check");
    assertEquals(success, true, output);
    assertStringIncludes(output, "case hashforge.json: GHS live is in MH/s");
    assertStringIncludes(output, "case other.json: of another make");
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});
