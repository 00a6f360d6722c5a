import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "jsr:@std/assert@1";
import { fileURLToPath } from "node:url";
import { findOpenFile } from "../../program/option_files.ts";
import { sendRequest } from "../raw_http.ts";
import { replyWith, ScriptedRig } from "../scripted_rig.ts";
import { BROWSER, WITH_FILES } from "./attacked_gateway.ts";
import { NET_ONLY, Program, ROOT, runProgram } from "./program.ts";

const isWindows = Deno.build.os === "windows";

const TOKEN = "xyzzy-plugh-4711";

/** A file that ends with the test. */
class TokenFile implements AsyncDisposable {
  readonly path = Deno.makeTempFileSync();

  constructor(text: string, mode = 0o600) {
    Deno.writeTextFileSync(this.path, text);
    if (!isWindows) Deno.chmodSync(this.path, mode);
  }

  get flag(): string {
    return `--token-file=${this.path}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path);
  }
}

/** What a token is worth: the status of a write with it. */
async function tryToken(port: number, token: string): Promise<number> {
  const { status } = await sendRequest(port, "/quit", {
    headers: { authorization: `Bearer ${token}` },
  });
  return status;
}

Deno.test("main.ts takes a token from its file, white space around it aside", async () => {
  await using rig = await ScriptedRig.start(replyWith("{}"));
  await using file = new TokenFile(`  ${TOKEN}\r\n`);
  const flags = ["-w0", `-p${rig.port}`, "--allow=R:0/0", file.flag];
  await using program = Program.spawn(flags, { run: WITH_FILES });
  const port = await program.readPort();
  await program.readLine();
  // The line that says who may do what tells of the token.
  assertMatch(await program.readLine() ?? "", /read: .*\btoken\b/i);
  assertEquals(await tryToken(port, TOKEN), 200);
  assertEquals(await tryToken(port, TOKEN.slice(1)), 401);
});

Deno.test("main.ts takes a token from CHI_TOKEN, if no file is given", async () => {
  await using rig = await ScriptedRig.start(replyWith("{}"));
  await using file = new TokenFile("of-the-file");
  const main = fileURLToPath(new URL("main.ts", ROOT));
  const run = ["run", "--no-prompt", "-N", "-R", "-E", main];
  const flags = ["-w0", `-p${rig.port}`, "--allow=R:0/0"];
  for (const [more, right] of [[[], TOKEN], [[file.flag], "of-the-file"]]) {
    const env = { CHI_TOKEN: TOKEN };
    const args = [...flags, ...more as string[]];
    await using program = Program.spawn(args, { run, env });
    const port = await program.readPort();
    for (const token of [TOKEN, "of-the-file"]) {
      const expected = token === right ? 200 : 401;
      assertEquals(await tryToken(port, token), expected);
    }
  }
});

/** What the program says on stderr as it starts with some flags. */
async function readWarnings(flags: readonly string[]): Promise<string> {
  await using program = Program.spawn(["-w0", "--demo=1", ...flags], {
    run: WITH_FILES,
  });
  for (let i = 0; i < 3; i++) await program.readLine();
  program.kill("SIGKILL");
  return (await program.readOutcome()).stderr;
}

/** The modes of a file, and what others may do with it. */
const MODES = [
  [0o600, undefined],
  [0o400, undefined],
  [0o640, "read"],
  [0o604, "read"],
  [0o644, "read"],
  [0o620, "written"],
  [0o602, "written"],
  [0o666, "read and written"],
] as const;

function assertWarned(
  stderr: string,
  { path }: TokenFile,
  what: string | undefined,
): void {
  if (what === undefined) return assertEquals(stderr, "");
  assertMatch(stderr, /^chi-server: warning: [^\n]+\n$/);
  // Long paths are cut.
  assertStringIncludes(stderr, path.slice(0, 40));
  assertStringIncludes(stderr, `can be ${what} by other users`);
  assertStringIncludes(stderr, "chmod 600");
}

Deno.test({
  name: "main.ts warns of a token file that others can read or write",
  ignore: isWindows,
  async fn() {
    for (const [mode, what] of MODES) {
      await using file = new TokenFile(TOKEN, mode);
      assertWarned(await readWarnings([file.flag]), file, what);
    }
  },
});

Deno.test({
  name: "main.ts warns of a TLS key that others can read or write",
  ignore: isWindows,
  async fn() {
    const read = (name: string) =>
      Deno.readTextFileSync(new URL(name, import.meta.url));
    for (const [mode, what] of MODES) {
      await using cert = new TokenFile(read("test_certificate_1.pem"), 0o644);
      await using key = new TokenFile(read("test_certificate_1_key.pem"), mode);
      const flags = [`--tls-cert=${cert.path}`, `--tls-key=${key.path}`];
      assertWarned(await readWarnings(flags), key, what);
    }
  },
});

Deno.test("main.ts refuses a token file that it cannot use in one line with exit 2", async () => {
  await using right = new TokenFile(TOKEN);
  await using empty = new TokenFile("");
  await using blank = new TokenFile(" \n\t\n");
  await using two = new TokenFile(`${TOKEN}\n${TOKEN}\n`);
  await using odd = new TokenFile("pässword-\u0007");
  for (
    const [flag, run, said] of [
      ["--token-file=/no/such/file", WITH_FILES, /no such file/],
      ["--token-file=.", WITH_FILES, /cannot read "\."/],
      ["--token-file=", WITH_FILES, /--token-file/],
      [right.flag, NET_ONLY, /--allow-read/],
      [empty.flag, WITH_FILES, /is empty/],
      [blank.flag, WITH_FILES, /is empty/],
      [two.flag, WITH_FILES, /ASCII/],
      [odd.flag, WITH_FILES, /ASCII/],
    ] as const
  ) {
    const { code, stdout, stderr } = await runProgram(["-w0", flag], { run });
    assertEquals([flag, code, stdout], [flag, 2, ""]);
    assertMatch(stderr, /^chi-server: --token-file[^\n]+\n$/);
    assertMatch(stderr, said);
    for (const secret of [TOKEN, "pässword", "p\\u00e4ssword"]) {
      assert(!stderr.includes(secret), stderr);
    }
  }
});

Deno.test("main.ts refuses --token-for-reads without a token", async () => {
  const { code, stdout, stderr } = await runProgram([
    "-w0",
    "--token-for-reads",
  ]);
  assertEquals([code, stdout], [2, ""]);
  assertMatch(stderr, /^chi-server: --token-for-reads [^\n]+\n$/);
});

Deno.test({
  name: "main.ts reads the token again on SIGHUP",
  ignore: isWindows,
  async fn() {
    await using rig = await ScriptedRig.start(replyWith("{}"));
    await using file = new TokenFile(TOKEN);
    const flags = ["-w0", `-p${rig.port}`, "--allow=R:0/0", "--log=off"];
    await using program = Program.spawn([...flags, file.flag], {
      run: WITH_FILES,
    });
    const port = await program.readPort();
    for (let i = 0; i < 2; i++) await program.readLine();
    assertEquals(await tryToken(port, TOKEN), 200);
    Deno.writeTextFileSync(file.path, "another-token\n");
    // Not before it is told to.
    assertEquals(await tryToken(port, "another-token"), 401);
    program.kill("SIGHUP");
    assertMatch(await program.readLine() ?? "", /again/);
    assertEquals(await tryToken(port, "another-token"), 200);
    assertEquals(await tryToken(port, TOKEN), 401);
  },
});

for (const log of ["text", "json"]) {
  Deno.test(`main.ts never shows the token, in no response, page or log (${log})`, async () => {
    await using rig = await ScriptedRig.start(replyWith("{}"));
    await using file = new TokenFile(TOKEN);
    const flags = ["-w0", `-p${rig.port}`, "--token-for-reads", file.flag];
    await using program = Program.spawn(
      [...flags, "--allow=R:0/0", `--log=${log}`],
      { run: WITH_FILES },
    );
    const port = await program.readPort();
    const basic = btoa(`owner:${TOKEN}`);
    const shown: string[] = [];
    for (
      const authorization of [
        `Bearer ${TOKEN}`,
        `Basic ${basic}`,
        `Digest ${TOKEN}`,
        `Bearer ${TOKEN}x`,
        TOKEN,
      ]
    ) {
      for (
        const target of [
          "/summary",
          "/quit",
          "/quit/%ff",
          "/@nosuch/summary",
          "/@all/summary?pretty",
          "/",
          "/-/readyz",
          "/metrics",
          `/summary?token=${TOKEN}`,
          `/quit/${TOKEN}`,
          `/@nosuch/quit/${TOKEN}`,
        ]
      ) {
        for (const accept of ["*/*", "text/html"]) {
          const response = await sendRequest(port, target, {
            headers: { ...BROWSER, authorization, accept, cookie: TOKEN },
          });
          shown.push(response.body, JSON.stringify([...response.headers]));
        }
      }
    }
    program.kill("SIGTERM");
    const { stdout, stderr } = await program.readOutcome();
    assert(stdout.split("\n").length >= 110);
    for (const text of [...shown, stdout, stderr]) {
      assert(!text.includes(TOKEN) && !text.includes(basic), text);
    }
  });
}

Deno.test("on Windows no mode says who may read a secret", async () => {
  await using file = new TokenFile(TOKEN, 0o644);
  // As Deno makes it up there.
  assertEquals(findOpenFile(file.path, "windows"), undefined);
  if (isWindows) return;
  assertStringIncludes(findOpenFile(file.path) ?? "", "chmod 600");
});
