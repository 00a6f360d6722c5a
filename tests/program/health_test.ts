import { assertEquals, assertMatch } from "jsr:@std/assert@1";
import { fileURLToPath } from "node:url";
import type { HealthPage } from "../../program/config/operands.ts";
import { runHealth } from "../../program/health.ts";
import { Program, runProgram } from "./program.ts";

const toPath = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** A certificate for localhost that nobody trusts, and its key. */
const CERT = toPath("test_certificate_1.pem");
const KEY = toPath("test_certificate_1_key.pem");
const OTHER_CERT = toPath("test_certificate_2.pem");

/** Serves an answer, on plain HTTP or with the certificate. */
function serve(
  answer: () => Response | Promise<Response>,
  isTls = false,
): Deno.HttpServer<Deno.NetAddr> {
  const pair = isTls
    ? { cert: Deno.readTextFileSync(CERT), key: Deno.readTextFileSync(KEY) }
    : {};
  const where = { hostname: "127.0.0.1", port: 0, onListen() {} };
  return Deno.serve({ ...where, ...pair }, answer);
}

const makeOk = () => Response.json({ status: "ok" });

/** Asks, and gives the exit status and what was printed. */
async function ask(
  health: HealthPage,
  timeoutMs?: number,
): Promise<[status: number, lines: string[]]> {
  const lines: string[] = [];
  const status = await runHealth({
    health,
    printError: (line) => lines.push(line),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  return [status, lines];
}

/** Asserts that it says this, and nothing else. */
async function assertIll(
  health: HealthPage,
  reason: string,
  timeoutMs?: number,
): Promise<void> {
  const line = `chi-server: ${health.url}: ${reason}`;
  assertEquals(await ask(health, timeoutMs), [1, [line]]);
}

Deno.test("runHealth() says nothing of a gateway that is well", async () => {
  await using server = serve(makeOk);
  const url = `http://127.0.0.1:${server.addr.port}/-/healthz`;
  assertEquals(await ask({ url, isOwn: true }), [0, []]);
  assertEquals(await ask({ url, isOwn: false }), [0, []]);
});

Deno.test("runHealth() says what another page answers", async () => {
  const answers: [answer: () => Response, reason: string][] = [
    [() => new Response("", { status: 404 }), "answered 404"],
    [() => new Response("", { status: 503 }), "answered 503"],
    [() => Response.redirect("http://127.0.0.1:1/"), "answered 302"],
    [
      () => new Response("<!doctype html>"),
      "answered, but is no page of a chi-server that says how it is",
    ],
    [
      () => new Response("x".repeat(1_000_000)),
      "answered, but is no page of a chi-server that says how it is",
    ],
  ];
  for (const [answer, reason] of answers) {
    await using server = serve(answer);
    const url = `http://127.0.0.1:${server.addr.port}/-/healthz`;
    await assertIll({ url, isOwn: true }, reason);
  }
});

Deno.test("runHealth() says that nobody listens", async () => {
  const port = await findFreePort();
  await assertIll(
    { url: `http://127.0.0.1:${port}/-/healthz`, isOwn: true },
    "nobody listens there",
  );
});

/** A port on which nobody listens any more. */
async function findFreePort(): Promise<number> {
  const server = serve(makeOk);
  const { port } = server.addr;
  await server.shutdown();
  return port;
}

Deno.test("runHealth() waits no longer than it may", async () => {
  const done = Promise.withResolvers<Response>();
  const server = serve(() => done.promise);
  const url = `http://127.0.0.1:${server.addr.port}/-/healthz`;
  await assertIll({ url, isOwn: true }, "no answer within 0.05 s", 50);
  done.resolve(makeOk());
  await server.shutdown();
});

for (const isTls of [false, true]) {
  const scheme = isTls ? "https" : "http";
  Deno.test(`runHealth() waits no longer than it may for a silent peer (${scheme})`, async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const url = `${scheme}://127.0.0.1:${listener.addr.port}/-/healthz`;
    await assertIll({ url, isOwn: true }, "no answer within 0.05 s", 50);
  });
}

Deno.test("runHealth() tells HTTP from HTTPS", async () => {
  await using plain = serve(makeOk);
  await assertIll(
    { url: `https://127.0.0.1:${plain.addr.port}/-/healthz`, isOwn: true },
    "what answers there does not speak TLS: is it HTTP?",
  );
  await using secure = serve(makeOk, true);
  await assertIll(
    { url: `http://127.0.0.1:${secure.addr.port}/-/healthz`, isOwn: true },
    "what answers there does not speak HTTP: is it HTTPS?",
  );
});

Deno.test("runHealth() trusts the gateway on this machine, and of others the file of --tls-cert alone", async () => {
  await using server = serve(makeOk, true);
  const { port } = server.addr;
  const own = `https://127.0.0.1:${port}/-/healthz`;
  assertEquals(await ask({ url: own, isOwn: true }), [0, []]);
  const url = `https://localhost:${port}/-/healthz`;
  assertEquals(await ask({ url, isOwn: false, certFile: CERT }), [0, []]);
  for (
    const health of [
      { url, isOwn: false },
      { url, isOwn: false, certFile: OTHER_CERT },
    ]
  ) {
    const [status, [line = ""]] = await ask(health);
    assertEquals(status, 1);
    assertMatch(line, /certificate/);
  }
});

Deno.test("main.ts is asked how it is by chi-server health, with net permission alone", async () => {
  await using program = Program.spawn(["--demo=1", "-w0"]);
  const port = await program.readPort();
  for (
    const args of [
      [`-w${port}`],
      [`-w${port}`, "--http-host", "localhost"],
      [`http://127.0.0.1:${port}`],
      [`http://localhost:${port}/-/readyz`],
    ]
  ) {
    const outcome = await runProgram(["health", ...args]);
    assertEquals([args, outcome], [args, { code: 0, stdout: "", stderr: "" }]);
  }
  const url = `http://127.0.0.1:${port}/nosuch`;
  assertEquals(await runProgram(["health", url]), {
    code: 1,
    stdout: "",
    stderr: `chi-server: ${url}/-/healthz: answered, but is no page of a ` +
      "chi-server that says how it is\n",
  });
});

Deno.test("main.ts asks about HTTPS by the options of the gateway", async () => {
  await using server = serve(makeOk, true);
  const { port } = server.addr;
  const main = fileURLToPath(new URL("../../main.ts", import.meta.url));
  const run = ["run", "--no-prompt", "-N", "-E", main];
  const env = {
    CHI_HTTP_PORT: String(port),
    CHI_TLS_CERT: CERT,
    CHI_TLS_KEY: KEY,
  };
  const { code, stderr } = await runProgram(["health"], { run, env });
  assertEquals([code, stderr], [0, ""]);
});

Deno.test("main.ts ends with 2 for a certificate that health cannot read", async () => {
  const { code, stderr } = await runProgram([
    "health",
    "https://127.0.0.1:1/",
    "--tls-cert=nosuch.pem",
  ]);
  assertEquals(code, 2);
  assertMatch(
    stderr,
    /^chi-server: --tls-cert: cannot read "nosuch.pem": [^\n]+\n$/,
  );
});
