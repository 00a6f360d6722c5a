/**
 * What the program sends by OpenTelemetry, to a receiver on loopback: real
 * spans and metrics of the real program, as a collector would get them.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertMatch,
  assertNotMatch,
} from "jsr:@std/assert@1";
import { sendRequest } from "../raw_http.ts";
import { replyAfter, replyWith, ScriptedRig } from "../scripted_rig.ts";
import { isSame, OtlpReceiver, readAttributes } from "./otlp_receiver.ts";
import { Program } from "./program.ts";

/** The trace and the span of a caller, as `traceparent` has them. */
const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const CALLER_ID = "b7ad6b7169203331";

const INTERNAL = 1;
const SERVER = 2;
const CLIENT = 3;
const FAILED = 2;

/** Starts the program on a rig, traced. */
async function spawnTraced(
  receiver: OtlpReceiver,
  rig: { readonly port: number },
  args: readonly string[] = [],
): Promise<{ program: Program; port: number } & AsyncDisposable> {
  const rigArg = `--rig=garage=127.0.0.1:${rig.port}`;
  const program = Program.spawn(
    ["-w0", "--http-host=127.0.0.1", rigArg, ...args],
    { env: receiver.env },
  );
  const port = await program.readPort();
  return {
    program,
    port,
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

Deno.test("OTEL_DENO traces a caller's request down to the rig", async () => {
  await using receiver = new OtlpReceiver();
  await using rig = await ScriptedRig.start(replyWith('{"id":1}'));
  await using traced = await spawnTraced(receiver, rig);
  const response = await fetch(`http://127.0.0.1:${traced.port}/version`, {
    headers: { traceparent: `00-${TRACE_ID}-${CALLER_ID}-01` },
  });
  assertEquals(await response.text(), '{"id":1}');

  const request = await receiver.waitForSpan("GET rig", TRACE_ID);
  const queue = await receiver.waitForSpan("rig queue", TRACE_ID);
  const call = await receiver.waitForSpan("rig call", TRACE_ID);
  assertEquals(
    [request.kind, request.parentSpanId, request.status.code],
    [SERVER, CALLER_ID, 0],
  );
  const { "http.route": route, "url.path": path, ...rest } = readAttributes(
    request,
  );
  assertEquals([route, path, rest["chi.rig"]], ["rig", "/version", "garage"]);
  assertEquals(String(rest["http.response.status_code"]), "200");
  assertEquals(
    [queue.parentSpanId, call.parentSpanId],
    [request.spanId, request.spanId],
  );
  assertEquals([queue.kind, call.kind], [INTERNAL, CLIENT]);
  const asked = {
    "chi.rig": "garage",
    "chi.command": "version",
    "server.address": "127.0.0.1",
    "server.port": String(rig.port),
  };
  assert(isSame(readAttributes(queue), asked));
  assert(
    isSame(readAttributes(call), { ...asked, "chi.outcome": "ok" }),
    JSON.stringify(call),
  );
  assertEquals(call.status.code, 0);
  const times = [queue.startTimeUnixNano, queue.endTimeUnixNano];
  assertEquals(times.map(Number).sort(), times.map(Number));
  assertEquals(queue.endTimeUnixNano, call.startTimeUnixNano);
});

Deno.test("OTEL_DENO exports nothing that is secret", async () => {
  await using receiver = new OtlpReceiver();
  await using rig = await ScriptedRig.start(replyWith('{"id":1}'));
  await using traced = await spawnTraced(receiver, rig);
  const { port, program } = traced;
  const body = '{"command":"addpool","parameter":"stratum,user,hunter2"}';
  const secrets: [string, Parameters<typeof sendRequest>[2]][] = [
    ["/addpool/stratum+tcp://pool:3333,user,hunter2?token=hunter2", {}],
    ["/addpool%7Cstratum,user,hunter2", {}],
    ["/@garage/addpool/x/../../../version/user,hunter2", {}],
    ["/@hunter2/addpool/hunter2", {}],
    ["/version", { headers: { authorization: "Bearer hunter2" } }],
    // Deno's own tracing makes a URL of these, and fails.
    ["/addpool/hunter2", { host: "[::1" }],
    ["/addpool/hunter2", { host: "a b" }],
    ["/%zz/hunter2", {}],
    ["/%40default%2Faddpool%2Fstratum%2Cuser%2Chunter2", {}],
    ["/@default:addpool,user,hunter2/version", {}],
    ["/addpool+stratum+user+hunter2", {}],
    ["/", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    }],
  ];
  const statuses: number[] = [];
  for (const [target, options] of secrets) {
    statuses.push((await sendRequest(port, target, options)).status);
  }
  assertEquals(statuses, [
    ...[200, 200, 200, 404, 200, 400, 400, 400],
    ...[404, 404, 200, 200],
  ]);
  const post = await receiver.waitForSpan("POST root");
  assertEquals(readAttributes(post)["chi.command"], "addpool");
  await receiver.waitFor(
    "log",
    () =>
      receiver.paths.has("/v1/logs") && receiver.text.includes("POST /") ||
      undefined,
  );
  const paths = receiver.spans.map((span) => readAttributes(span)["url.path"]);
  assert(paths.includes("/addpool/…"), paths.join());
  program.kill("SIGKILL");
  const { stdout, stderr } = await program.readOutcome();
  assertNotMatch(receiver.text.replaceAll("@hunter2", ""), /hunter2/);
  assertNotMatch((stdout + stderr).replaceAll("@hunter2", ""), /hunter2/);
});

Deno.test("OTEL_DENO tells which call failed, and how", async () => {
  await using receiver = new OtlpReceiver();
  const rig = await ScriptedRig.start(replyWith("{}"));
  const { port: rigPort } = rig;
  await rig[Symbol.asyncDispose]();
  await using traced = await spawnTraced(receiver, { port: rigPort });
  const response = await fetch(`http://127.0.0.1:${traced.port}/summary`);
  await response.body?.cancel();
  assertEquals(response.status, 502);

  const call = await receiver.waitForSpan("rig call");
  const request = await receiver.waitForSpan("GET rig");
  const { "chi.outcome": outcome, "error.type": type } = readAttributes(call);
  assertEquals([outcome, type], ["rig-refused", "rig-refused"]);
  assertEquals(readAttributes(request)["chi.problem"], "rig-refused");
  assertEquals([call.status.code, request.status.code], [FAILED, FAILED]);
  await receiver.waitForValue("chi.rpc.calls", 1, {
    rig: "garage",
    outcome: "rig-refused",
  });
});

Deno.test("OTEL_DENO tells of a reply that cannot be read", async () => {
  await using receiver = new OtlpReceiver();
  await using rig = await ScriptedRig.start(replyWith("no reply of the API"));
  await using traced = await spawnTraced(receiver, rig);
  const url = `http://127.0.0.1:${traced.port}/summary`;
  await (await fetch(url)).body?.cancel();
  const call = await receiver.waitForSpan("rig call");
  assertEquals(readAttributes(call)["chi.outcome"], "rig-reply-invalid");
  assertEquals(call.status.code, FAILED);
});

Deno.test("OTEL_DENO links a question to the call that it shared", async () => {
  await using receiver = new OtlpReceiver();
  const isShared = Promise.withResolvers<void>();
  await using rig = await ScriptedRig.start(
    replyAfter(() => isShared.promise, '{"id":1}'),
  );
  await using traced = await spawnTraced(receiver, rig);
  const ask = async () => {
    const url = `http://127.0.0.1:${traced.port}/summary`;
    return await (await fetch(url)).text();
  };
  const answers = [ask(), ask()];
  await receiver.waitForValue("chi.rpc.shared", 1);
  isShared.resolve();
  assertEquals(await Promise.all(answers), ['{"id":1}', '{"id":1}']);

  const call = await receiver.waitForSpan("rig call");
  const shared = await receiver.waitForSpan("shared rig call");
  assertEquals(shared.links.map(({ spanId }) => spanId), [call.spanId]);
  assertEquals(shared.links.map(({ traceId }) => traceId), [call.traceId]);
  const own = await receiver.waitForSpan("GET rig", shared.traceId);
  assertEquals(shared.parentSpanId, own.spanId);
  assert(shared.traceId !== call.traceId);
  await receiver.waitForValue("chi.rpc.calls", 1, {
    rig: "garage",
    outcome: "ok",
  });
});

Deno.test("OTEL_DENO traces each round of a live stream by itself", async () => {
  await using receiver = new OtlpReceiver();
  await using rig = await ScriptedRig.start(replyWith('{"id":1}'));
  await using traced = await spawnTraced(receiver, rig);
  const response = await fetch(`http://127.0.0.1:${traced.port}/version`, {
    headers: {
      accept: "text/event-stream",
      traceparent: `00-${TRACE_ID}-${CALLER_ID}-01`,
    },
  });
  const call = await receiver.waitForSpan("rig call");
  await response.body?.cancel();
  const queue = await receiver.waitForSpan("rig queue", call.traceId);
  await receiver.waitForSpan("GET rig", TRACE_ID);
  assert(call.traceId !== TRACE_ID);
  assertEquals([queue.parentSpanId, call.parentSpanId], ["", queue.spanId]);
});

Deno.test("OTEL_DENO exports the figures of /metrics", async () => {
  await using receiver = new OtlpReceiver();
  await using rig = await ScriptedRig.start(replyWith('{"id":1,}'));
  await using traced = await spawnTraced(receiver, rig);
  for (const path of ["version", "version", "@nobody/version"]) {
    const url = `http://127.0.0.1:${traced.port}/${path}`;
    await (await fetch(url)).body?.cancel();
  }
  const ok = { route: "rig", status: "200" };
  await receiver.waitForValue("chi.http.requests", 2, ok);
  const unknown = { route: "rig", status: "404" };
  await receiver.waitForValue("chi.http.requests", 1, unknown);
  const called = { rig: "garage", outcome: "ok" };
  await receiver.waitForValue("chi.rpc.calls", 2, called);
  await receiver.waitForValue("chi.rpc.queue.length", 0);
  const repaired = { rig: "garage", repair: "trailing-comma" };
  await receiver.waitForValue("chi.reply.repairs", 2, repaired);
  const [calls] = receiver.metrics.get("chi.rpc.duration")?.histogram
    ?.dataPoints ?? [];
  assertEquals(Number(calls?.count), 2);
  assert((calls?.sum ?? 0) > 0);
  // This asks the rig once more.
  const scraped = await (await fetch(`http://127.0.0.1:${traced.port}/metrics`))
    .text();
  for (const [name, { unit, sum, histogram }] of receiver.metrics) {
    if (!name.startsWith("chi.")) continue;
    // As a Prometheus names what it takes in by OTLP.
    const scrapedName = name.replaceAll(".", "_") +
      (unit === "s" ? "_seconds" : "") + (sum === undefined ? "" : "_total");
    assertMatch(scraped, new RegExp(`^${scrapedName}(_bucket)?[{ ]`, "m"));
    const [point] = histogram?.dataPoints ?? [];
    if (point === undefined) continue;
    const bounds = readBounds(scraped, scrapedName);
    assertEquals([...point.explicitBounds ?? [], Infinity], bounds);
  }
  // Deno's own, which knows the route from the span.
  const own = await receiver.waitFor(
    "http.server.request.duration",
    () =>
      receiver.metrics.get("http.server.request.duration")?.histogram
        ?.dataPoints
        .map(readAttributes).find((each) => each["http.route"] === "rig"),
  );
  assertEquals(own["http.request.method"], "GET");
});

/** The bounds of a histogram in the text of `/metrics`, each once. */
function readBounds(text: string, name: string): number[] {
  const bounds = text.matchAll(
    new RegExp(`^${name}_bucket\\{.*le="([^"]+)"`, "gm"),
  );
  const read = [...bounds].map(([, bound = ""]) =>
    bound === "+Inf" ? Infinity : Number(bound)
  );
  return [...new Set(read)];
}

Deno.test("OTEL_DENO warns of baggage, which Deno reads badly", async () => {
  await using receiver = new OtlpReceiver();
  const { OTEL_PROPAGATORS: _, ...env } = receiver.env;
  await using program = Program.spawn(["--demo", "-w0"], { env });
  assertMatch(
    await program.readErrorLine(),
    /^chi-server: warning: .*OTEL_PROPAGATORS=tracecontext$/,
  );
});
