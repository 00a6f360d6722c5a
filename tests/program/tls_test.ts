import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "jsr:@std/assert@1";
import { fileURLToPath } from "node:url";
import { replyWith, ScriptedRig } from "../scripted_rig.ts";
import { BROWSER, makeFetchHeaders, WITH_FILES } from "./attacked_gateway.ts";
import { NET_ONLY, Program, runProgram } from "./program.ts";

const isWindows = Deno.build.os === "windows";

const toPath = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Two certificates for localhost that nobody trusts, and their keys. */
const FIRST = {
  cert: toPath("test_certificate_1.pem"),
  key: toPath("test_certificate_1_key.pem"),
};
const SECOND = {
  cert: toPath("test_certificate_2.pem"),
  key: toPath("test_certificate_2_key.pem"),
};

const toFlags = ({ cert, key }: typeof FIRST) => [
  `--tls-cert=${cert}`,
  `--tls-key=${key}`,
];

/** A client that trusts one certificate and nothing else. */
function trust({ cert }: typeof FIRST, http2 = true): Deno.HttpClient {
  const caCerts = [Deno.readTextFileSync(cert)];
  // A connection for each request: a kept one goes on with its certificate.
  return Deno.createHttpClient({ caCerts, http2, poolMaxIdlePerHost: 0 });
}

/** Waits for the line that says where it serves. */
async function readTlsPort(program: Program): Promise<number> {
  const line = await program.readLine() ?? "";
  const [, port] = /https:\/\/localhost:(\d+)\/$/.exec(line) ?? [];
  assertMatch(line, /https:/);
  return Number(port);
}

/** Reads lines until one matches. */
async function readLineWith(program: Program, part: RegExp): Promise<string> {
  let line: string | undefined;
  while ((line = await program.readLine()) !== undefined) {
    if (part.test(line)) return line;
  }
  throw new Error(`No line with ${part} in ${program.lines.join("\n")}`);
}

/** Starts the program with stderr among the lines of stdout. */
function spawnWithStderr(flags: readonly string[]): Program {
  const words = [Deno.execPath(), ...WITH_FILES, ...flags];
  const command = words.map((word) => `'${word}'`).join(" ");
  return Program.spawn(["-c", `exec ${command} 2>&1`], {
    executable: "sh",
    run: [],
  });
}

/** A folder with a certificate, its key and a token, to be changed. */
class SecretFiles implements AsyncDisposable {
  readonly #folder = Deno.makeTempDirSync();
  readonly cert = `${this.#folder}/cert.pem`;
  readonly key = `${this.#folder}/key.pem`;
  readonly token = `${this.#folder}/token`;

  /** Writes them; the pair of one of the test certificates, or texts. */
  write({ cert, key }: typeof FIRST, token: string): void {
    const read = (text: string) =>
      text.endsWith(".pem") ? Deno.readTextFileSync(text) : text;
    Deno.writeTextFileSync(this.cert, read(cert));
    Deno.writeTextFileSync(this.key, read(key));
    Deno.writeTextFileSync(this.token, token, { mode: 0o600 });
  }

  get flags(): string[] {
    return [...toFlags(this), `--token-file=${this.token}`];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }
}

Deno.test("main.ts serves HTTPS with --tls-cert and --tls-key, and no HTTP beside it", async () => {
  await using rig = await ScriptedRig.start(replyWith('{"id":1}'));
  const flags = ["-w0", `-p${rig.port}`, ...toFlags(FIRST)];
  await using program = Program.spawn(flags, { run: WITH_FILES });
  const port = await readTlsPort(program);
  for (const http2 of [true, false]) {
    using client = trust(FIRST, http2);
    for (const host of ["localhost", "127.0.0.1", "[::1]"]) {
      const response = await fetch(`https://${host}:${port}/version`, {
        client,
      });
      assertEquals(await response.text(), '{"id":1}');
    }
  }
  using stranger = trust(SECOND);
  await assertRejects(
    () => fetch(`https://localhost:${port}/`, { client: stranger }),
    TypeError,
  );
  await assertRejects(() => fetch(`http://localhost:${port}/`), TypeError);
});

Deno.test("main.ts answers browsers over HTTPS, by HTTP/2 and HTTP/1.1, and keeps other people's pages out", async () => {
  await using rig = await ScriptedRig.start(replyWith('{"id":1}'));
  const flags = ["-w0", `-p${rig.port}`, ...toFlags(FIRST)];
  await using program = Program.spawn(flags, { run: WITH_FILES });
  const port = await readTlsPort(program);
  const own = `https://localhost:${port}`;
  const fetched = makeFetchHeaders("same-origin", "cors", "empty");
  for (const http2 of [true, false]) {
    using client = trust(FIRST, http2);
    const post = async (origin: string) => {
      const response = await fetch(`${own}/switchpool/1`, {
        client,
        method: "POST",
        headers: { ...fetched, origin },
      });
      await response.body?.cancel();
      return response.status;
    };
    assertEquals(await post("https://evil.example"), 403);
    assertEquals(await post(`${own}0`), 403);
    assertEquals([http2, await post(own)], [http2, 200]);
    const read = await fetch(`${own}/summary`, { client, headers: BROWSER });
    assertEquals([http2, read.status, await read.text()], [
      http2,
      200,
      '{"id":1}',
    ]);
  }
  assertEquals(rig.requests.length, 4);
});

Deno.test("main.ts refuses a bad certificate or key in one line with exit 2", async () => {
  await using files = new SecretFiles();
  const cert = Deno.readTextFileSync(FIRST.cert);
  for (
    const [pair, said] of [
      [{ cert: "", key: "" }, /--tls-cert/],
      [{ cert: "junk", key: "junk" }, /--tls-cert/],
      [{ ...FIRST, key: "junk" }, /--tls-key/],
      [{ ...FIRST, key: SECOND.key }, /--tls-key/],
      [{ cert: FIRST.key, key: FIRST.cert }, /--tls-cert/],
      [{ ...FIRST, cert: cert.slice(0, 400) }, /--tls-cert/],
    ] as const
  ) {
    files.write(pair, "s3cret");
    const flags = ["-w0", "--demo=1", ...toFlags(files)];
    const outcome = await runProgram(flags, { run: WITH_FILES });
    assertEquals([outcome.code, outcome.stdout], [2, ""]);
    assertMatch(outcome.stderr, /^chi-server: [^\n]+\n$/);
    assertMatch(outcome.stderr, said);
  }
  // Named by variables, it is these that are wrong.
  files.write({ cert: "junk", key: "junk" }, "s3cret");
  const { code, stderr } = await runProgram(["-w0", "--demo=1"], {
    run: WITH_FILES.toSpliced(-1, 0, "-E"),
    env: { CHI_TLS_CERT: files.cert, CHI_TLS_KEY: files.key },
  });
  assertEquals(code, 2);
  assertMatch(stderr, /^chi-server: CHI_TLS_CERT, CHI_TLS_KEY: [^\n]+\n$/);
});

Deno.test("main.ts refuses certificate files that it cannot read in one line with exit 2", async () => {
  const missing = toPath("no_such_file.pem");
  for (
    const [flags, run, said] of [
      [[`--tls-cert=${FIRST.cert}`], WITH_FILES, /--tls-key/],
      [[`--tls-key=${FIRST.key}`], WITH_FILES, /--tls-cert/],
      [toFlags({ ...FIRST, cert: missing }), WITH_FILES, /--tls-cert.*no such/],
      [toFlags({ ...FIRST, key: missing }), WITH_FILES, /--tls-key.*no such/],
      [toFlags(FIRST), NET_ONLY, /--tls-cert.*--allow-read/],
    ] as const
  ) {
    const outcome = await runProgram(["-w0", ...flags], { run });
    assertEquals([outcome.code, outcome.stdout], [2, ""]);
    assertMatch(outcome.stderr, /^chi-server: [^\n]+\n$/);
    assertMatch(outcome.stderr, said);
  }
});

Deno.test({
  name:
    "main.ts takes a new certificate and token on SIGHUP, and finishes what runs",
  ignore: isWindows,
  async fn() {
    const asked = Promise.withResolvers<void>();
    const reloaded = Promise.withResolvers<void>();
    await using rig = await ScriptedRig.start(async ({ send, index }) => {
      asked.resolve();
      if (index === 0) await reloaded.promise;
      await send('{"id":1}\0');
    });
    await using files = new SecretFiles();
    files.write(FIRST, "old-token");
    const flags = ["-w0", `-p${rig.port}`, "--allow=R:0/0", "--log=off"];
    await using program = Program.spawn([...flags, ...files.flags], {
      run: WITH_FILES,
    });
    const port = await readTlsPort(program);
    using first = trust(FIRST);
    using second = trust(SECOND);
    const ask = (token: string, client: Deno.HttpClient) =>
      fetch(`https://localhost:${port}/quit`, {
        client,
        headers: { authorization: `Bearer ${token}` },
      });
    const running = ask("old-token", first);
    await asked.promise;
    files.write(SECOND, "new-token\n");
    program.kill("SIGHUP");
    await readLineWith(program, /again/);
    await assertRejects(() => ask("new-token", first), TypeError);
    const refused = await ask("old-token", second);
    assertEquals((await refused.json()).code, "token-required");
    reloaded.resolve();
    assertEquals(await (await running).text(), '{"id":1}');
    assertEquals(
      await (await ask("new-token", second)).text(),
      '{"id":1}',
    );
    program.kill("SIGTERM");
    assertEquals((await program.readOutcome()).code, 0);
  },
});

Deno.test({
  name: "main.ts refuses bad files on SIGHUP, and all of the old stays",
  ignore: isWindows,
  async fn() {
    await using rig = await ScriptedRig.start(replyWith('{"id":1}'));
    await using files = new SecretFiles();
    files.write(FIRST, "old-token");
    const flags = ["-w0", `-p${rig.port}`, "--allow=R:0/0", "--log=off"];
    await using program = spawnWithStderr([...flags, ...files.flags]);
    const port = await readTlsPort(program);
    using client = trust(FIRST);
    const ask = (token: string) =>
      fetch(`https://localhost:${port}/quit`, {
        client,
        headers: { authorization: `Bearer ${token}` },
      });
    // It serves, so it listens to signals as well.
    await (await ask("old-token")).body?.cancel();
    for (
      const [pair, token] of [
        [{ ...FIRST, key: SECOND.key }, "new-token"],
        [{ cert: "junk", key: "junk" }, "new-token"],
        [SECOND, ""],
        [SECOND, "two words"],
      ] as const
    ) {
      files.write(pair, token);
      program.kill("SIGHUP");
      const line = await readLineWith(program, /stays/);
      assertMatch(line, /^chi-server: --(?:tls|token)/);
      assertEquals(await (await ask("old-token")).text(), '{"id":1}');
      const refused = await ask("new-token");
      assertEquals((await refused.json()).code, "token-required");
    }
    await Deno.remove(files.token);
    program.kill("SIGHUP");
    assertStringIncludes(await readLineWith(program, /stays/), "--token-file");
  },
});
