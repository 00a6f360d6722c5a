/**
 * Runs every command of the README and the manual: programs are started, and
 * `curl` asks a real gateway. What only another system has is listed below, with
 * where it is tested instead.
 */

import { assert, assertEquals } from "jsr:@std/assert@1";
import { fileURLToPath } from "node:url";
import { Simulator } from "../../rigs/simulator.ts";
import { announceMissing, findExecutable, SYSTEM } from "../executables.ts";
import {
  findCommands,
  findPattern,
  isPrinted,
  type ManualCommand,
} from "./manual_commands.ts";
import { Program, ROOT } from "./program.ts";

/** What is not run here, and why; by how the line begins. */
const ELSEWHERE: readonly (readonly [start: RegExp, why: string])[] = [
  [
    /^(?:npx -y deno@\S+|deno) task (?:compile|publish)|^DENORT_BIN=/,
    "needs a runtime, or JSR: tests/scripts, and the release workflow",
  ],
  [/^(?:npx -y deno@\S+|deno) task (?:test|ok)/, "it is this"],
  [
    /^deno task npm$|^npm install /,
    "makes a package; tests/deploy/npm_package_test.ts installs it",
  ],
  [/^cgminer /, "tests/rigs/discovery_test.ts asks what it answers"],
  [
    /^(?:cp|sed -i|promtool check config) .*\/etc\//,
    "writes into /etc; tests/prometheus runs those files",
  ],
  [/^deno run .*examples\//, "tests/examples runs them"],
  [
    /^chi-server notify /,
    "needs a target; tests/program/notify_test.ts has some",
  ],
  [
    /^chi-server home-assistant /,
    "asks rigs that are not here; tests/deploy/home_assistant_test.ts has some",
  ],
  [/^deno run -N jsr:/, "tests/program/publish_test.ts runs it"],
  [
    /^git clone |^alias chi-server='npx -y deno@\S+ task chi-server'$/,
    "the address is held by tests/docs/links_test.ts; the task is run below",
  ],
  [
    /^(?:sudo|install|useradd|rc-update|rc-service|docker|head|caddy|cd) |^echo 'chi_args=|\$\(sudo /,
    "for another system, or changes this one; tests/deploy holds the files",
  ],
];

/** What a shell may run here; everything else would be done to this system. */
const HARMLESS =
  /^(?:\(umask 077; head|printf \S+ \| curl|export [A-Z_]+=\S+|echo '\{[^']*' > \w+\.json$)/;

const CURL = findExecutable(
  SYSTEM,
  "CURL_BIN",
  ["curl"],
  "need curl: install it, or set CURL_BIN",
);
announceMissing(CURL, "The tests of the manual's curl commands");

const SERVE =
  /^(?:npx -y deno@\S+ task (?:start|chi-server)|deno run -N main\.ts|chi-server)(?= |$)/;

/** Arguments of `deno` that run the program as `deno task start` does, offline. */
const RUN = [
  ...["run", "--no-prompt", "--allow-net=127.0.0.1,[::1],0.0.0.0,[::]"],
  ...["--allow-env", "--allow-read", "--allow-write"],
  "--allow-sys=networkInterfaces",
  fileURLToPath(new URL("main.ts", ROOT)),
];

/** Where the commands of one page are run. */
interface Place {
  readonly folder: string;
  readonly port: number;
  readonly rigPort: number;
}

/** Starts what a command starts, waits until it serves, and ends it. */
async function runServer(
  { line, shown }: ManualCommand,
  { folder }: Place,
): Promise<void> {
  const args = splitWords(line.replace(SERVE, ""));
  await using program = Program.spawn(args, {
    run: RUN,
    cwd: folder,
    env: { CHI_HTTP_PORT: "0", CHI_LOG: "off" },
  });
  // The last line of the start says who may do what.
  while (!/^(?:May|Anyone|Nobody) /.test(program.lines.at(-1) ?? "")) {
    if (await program.readLine() === undefined) break;
  }
  program.kill("SIGTERM");
  const { code, stderr } = await program.readOutcome();
  assertEquals({ code, stderr }, { code: 0, stderr: "" }, line);
  assertShown(shown, program.lines.join("\n"), line);
}

/** Runs a sub-command to its end. */
async function runSubcommand(
  { line, shown }: ManualCommand,
  { folder, port, rigPort }: Place,
): Promise<void> {
  const words = splitWords(line.replace(SERVE, ""));
  const args = words.map((word) =>
    word.startsWith("10.") ? "127.0.0.1" : word
      .replace("8080", String(port))
      .replace(/^\/.*\/chi-server\/(config\.json)$/, "$1")
  );
  if (words[0] === "scan") args.push("-p", String(rigPort));
  if (words[0] === "health") args.push("-w", String(port));
  await using program = Program.spawn(args, { run: RUN, cwd: folder });
  const { code, stderr, stdout } = await program.readOutcome();
  assertEquals({ code, stderr }, { code: 0, stderr: "" }, line);
  assertShown(shown, stdout, line);
}

function splitWords(text: string): string[] {
  return [...text.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)]
    .map(([, single, double, bare]) => single ?? double ?? bare ?? "");
}

/** Runs a command in a shell. */
async function runShell(
  line: string,
  { folder }: Place,
  isEnough: (output: string) => boolean = () => false,
): Promise<{ code: number; output: string }> {
  const child = new Deno.Command("sh", {
    args: ["-c", line],
    cwd: folder,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const errors = new Response(child.stderr).text();
  let output = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    output += text;
    if (isEnough(output)) break;
  }
  if (isEnough(output)) child.kill("SIGTERM");
  const { code } = await child.status;
  return { code, output: output + await errors };
}

function findCurl(): string {
  return "path" in CURL ? CURL.path : "curl";
}

/** Asks the gateway as the page does, and looks at the answer. */
async function runCurl(
  { line, shown }: ManualCommand,
  place: Place,
): Promise<void> {
  const asked = line
    .replace(/^curl /, `exec ${findCurl()} -sS -w '\\nstatus %{http_code}\\n' `)
    .replace(
      /http:\/\/(?:localhost|gateway):8080/,
      `http://127.0.0.1:${place.port}`,
    );
  const isStream = line.includes("text/event-stream");
  const { code, output } = await runShell(
    asked,
    place,
    (output) => isStream && /^data: ./m.test(output),
  );
  if (isStream) {
    assert(/^data: \{/m.test(output), `${line}: ${output}`);
    return;
  }
  assertEquals(code, 0, `${line}: ${output}`);
  assertEquals(output.match(/^status (\d+)$/m)?.[1], readStatus(shown), line);
  assertShown(shown, output, line);
}

/** The status that a page shows, in a header line or in a problem; else 200. */
function readStatus(shown: readonly string[]): string {
  const text = shown.join("\n");
  return text.match(/^HTTP\/1\.1 (\d+)/)?.[1] ??
    text.match(/^\{"code":.*"status":(\d+)/)?.[1] ?? "200";
}

function assertShown(
  shown: readonly string[],
  printed: string,
  line: string,
): void {
  for (const each of shown) {
    assert(
      isPrinted(each, printed),
      `${line}\nshows: ${each}\nprints: ${printed}`,
    );
  }
}

/** The commands of a line, without the shell around them. */
function takeApart(line: string): string[] {
  return line.split(" && ").map((part) =>
    part.replace(/^source <\((.*)\)$/, "$1").replace(/ \| source$/, "")
  );
}

/** What a command names of this repository has to be there. */
function checkFiles(line: string): void {
  for (const word of line.split(/\s+/)) {
    if (/^(?:deploy|docs|examples|scripts)\//.test(word)) {
      Deno.statSync(new URL(word, ROOT));
    }
  }
}

async function runCommand(command: ManualCommand, place: Place): Promise<void> {
  const { line } = command;
  if (ELSEWHERE.some(([start]) => start.test(line))) return checkFiles(line);
  if (/\bcurl /.test(line) && !("path" in CURL)) {
    if (CURL.isFailure) {
      throw new Error(`The manual's commands ${CURL.missing}`);
    }
    return;
  }
  if (line.startsWith("curl ")) return await runCurl(command, place);
  if (!SERVE.test(line)) {
    assert(HARMLESS.test(line), `Nobody said how to test this: ${line}`);
    const asked = line.replace("10.0.0.7:4028", `127.0.0.1:${place.rigPort}`);
    const { code, output } = await runShell(asked, place);
    return assertEquals(code, 0, `${line}: ${output}`);
  }
  const [word = ""] = splitWords(line.replace(SERVE, ""));
  const isServing = word === "" || /^-(?![hV]$|-help|-version)/.test(word);
  return isServing
    ? await runServer(command, place)
    : await runSubcommand(command, place);
}

/** The files that the pages name. */
async function writeFiles(folder: string): Promise<void> {
  const readFirst = async (page: string) => {
    const text = await Deno.readTextFile(new URL(page, ROOT));
    return text.match(/```json\n(.*?)```/s)?.[1] ?? "";
  };
  const certificate = (name: string) =>
    Deno.readTextFile(
      new URL(`tests/program/test_certificate_1${name}.pem`, ROOT),
    );
  const files = {
    "farm.json": await readFirst("docs/configuration.md"),
    "config.json": await readFirst("docs/deploy.md"),
    "token": "manual-token-0123456789\n",
    "token.txt": "manual-token-0123456789\n",
    "chain.pem": await certificate(""),
    "key.pem": await certificate("_key"),
  };
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${folder}/${name}`, text, { mode: 0o600 });
  }
}

/** A gateway with the rigs that the pages name. */
async function testPage(page: URL): Promise<void> {
  const folder = await Deno.makeTempDir();
  await writeFiles(folder);
  await using demo1 = Simulator.start();
  await using demo2 = Simulator.start({ personality: "antminer" });
  await using demo3 = Simulator.start({ personality: "bfgminer" });
  await using wm = Simulator.start({ personality: "whatsminer" });
  await using lux = Simulator.start({ personality: "luxos" });
  const rigs = Object.entries({
    "demo-1": demo1,
    "demo-2": demo2,
    "demo-3": demo3,
    garage: demo1,
    barn: demo3,
    wm,
    lux,
  }).map(([name, { port }]) => ({
    name,
    host: `127.0.0.1:${port}`,
    tags: name === "barn" ? { site: "barn" } : {},
    ...(name === "wm" ? { password: "admin" } : {}),
  }));
  await Deno.writeTextFile(`${folder}/gateway.json`, JSON.stringify({ rigs }), {
    mode: 0o600,
  });
  await using gateway = Program.spawn(
    ["--config", `${folder}/gateway.json`, "--log", "off", "-w", "0"],
    { run: RUN },
  );
  const place = { folder, port: await gateway.readPort(), rigPort: demo1.port };
  for (const { line, shown } of findCommands(await Deno.readTextFile(page))) {
    const pattern = findPattern(line);
    assertEquals(pattern, undefined, `quote this for zsh and fish: ${line}`);
    for (const part of takeApart(line)) {
      await runCommand({ line: part, shown }, place);
    }
  }
  await Deno.remove(folder, { recursive: true });
}

const PAGES = [
  new URL("README.md", ROOT),
  ...[...Deno.readDirSync(new URL("docs/", ROOT))]
    .filter(({ name }) => name.endsWith(".md"))
    .map(({ name }) => new URL(`docs/${name}`, ROOT)),
].filter((page) => findCommands(Deno.readTextFileSync(page)).length > 0);

for (const page of PAGES) {
  const name = page.href.slice(ROOT.href.length);
  Deno.test(`every command in ${name} works`, () => testPage(page));
}

Deno.test("findCommands() takes a page apart", () => {
  const page = "```sh\na 1  # remark\nb \\\n  2\n```\n\n```console\n" +
    "$ curl x\nout\n$ d   # e\n```\n\n```\nnot a command\n```\n";
  assertEquals(findCommands(page), [
    { line: "a 1", shown: [] },
    { line: "b    2", shown: [] },
    { line: "curl x", shown: ["out"] },
    { line: "d", shown: [] },
  ]);
});

Deno.test("findPattern() finds what zsh and fish would take for file names", () => {
  for (
    const line of [
      "chi-server --allow 'W:[::1],R:0/0' --cors \"*\" --groups P:\\*",
      "curl 'http://localhost:8080/summary?pretty'",
      "sudo install -m 755 dist/chi-server-*-x86_64-unknown-linux-gnu /usr",
    ]
  ) {
    assertEquals([line, findPattern(line)], [line, undefined]);
  }
  for (
    const [line, word] of [
      ["chi-server --allow W:[::1],R:0/0", "W:[::1],R:0/0"],
      ["chi-server --groups P:switchpool:* -w 1", "P:switchpool:*"],
      ["curl localhost:8080/summary?pretty", "localhost:8080/summary?pretty"],
      ["chi-server '--cors' *", "*"],
    ] as const
  ) {
    assertEquals(findPattern(line), word);
  }
});

Deno.test("isPrinted() compares all but numbers, up to …", () => {
  assertEquals(isPrinted('{"a":1,"b":"x"}', '{"a":22,"b":"x"}\n'), true);
  assertEquals(isPrinted('{"a":1,"b":"x"}', '{"a":22,"b":"y"}\n'), false);
  assertEquals(isPrinted("a: 1 …", "z\na: 5 and more"), true);
  assertEquals(isPrinted("a: 1 …", "b: 5 and more"), false);
});
