/**
 * Whoever starts the program in a terminal, with net permission alone, is told
 * what is missing, and not asked for it. `script` makes the terminal.
 */

import { assertEquals, assertMatch } from "jsr:@std/assert@1";
import { fileURLToPath } from "node:url";
import { announceMissing, findExecutable, SYSTEM } from "../executables.ts";
import { ROOT } from "./program.ts";

const SCRIPT = findExecutable(
  {
    ...SYSTEM,
    readVariable: (name) => name === "CI" ? "" : Deno.env.get(name),
  },
  "SCRIPT_BIN",
  ["script"],
  "need script, of util-linux",
);
announceMissing(SCRIPT, "The tests in a terminal");

const MAIN = fileURLToPath(new URL("main.ts", ROOT));

/** Runs it in a terminal where nobody answers. */
async function runInTerminal(path: string, args: string): Promise<string> {
  const command =
    `"${Deno.execPath()}" run -N "${MAIN}" ${args}; echo "exit $?"`;
  const child = new Deno.Command("sh", {
    args: ["-c", `exec "${path}" -qec '${command}' /dev/null`],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  return new TextDecoder().decode((await child.output()).stdout);
}

Deno.test("no file is asked for in a terminal, but said to be out of reach", async () => {
  if (!("path" in SCRIPT)) return;
  for (
    const [args, source] of [
      ["-w0 --config farm.json", "--config"],
      ["-w0 --token-file token", "--token-file"],
      ["-w0 --tls-cert chain.pem --tls-key key.pem", "--tls-cert"],
      ["health --config farm.json", "--config"],
    ] as const
  ) {
    const output = await runInTerminal(SCRIPT.path, args);
    assertMatch(output, new RegExp(`^chi-server: ${source}: .*--allow-read`));
    assertEquals(output.trim().split(/\r?\n/).slice(1), ["exit 2"], output);
  }
});
