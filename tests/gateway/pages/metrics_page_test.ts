import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "jsr:@std/assert@1";
import { readScrapeTimeoutMs } from "../../../gateway/pages/metrics_page.ts";
import { Problem } from "../../../gateway/http/problems.ts";
import { Simulator } from "../../../rigs/simulator.ts";
import { GatewayServer } from "../../gateway_server.ts";
import { ScriptedRig } from "../../scripted_rig.ts";

const OPENMETRICS = { accept: "application/openmetrics-text" };

async function read(
  gateway: GatewayServer,
  path: string,
  headers: Record<string, string> = {},
): Promise<string> {
  const response = await fetch(gateway.url(path), { headers });
  assertEquals(response.status, 200, path);
  return await response.text();
}

/** The value of a series, as it stands in the text. */
function findValue(text: string, series: string): number | undefined {
  const line = text.split("\n").find((line) => line.startsWith(series + " "));
  return line === undefined ? undefined : Number(line.slice(series.length));
}

Deno.test("/metrics tells of every rig and of the gateway, in both formats", async () => {
  await using rig = Simulator.start({ personality: "antminer" });
  await using gateway = GatewayServer.start(rig);
  const plain = await fetch(gateway.url("/metrics"));
  assertEquals(
    plain.headers.get("content-type"),
    "text/plain; version=0.0.4; charset=utf-8",
  );
  assertEquals(plain.headers.get("vary"), "Accept");
  const text = await plain.text();
  assertEquals(findValue(text, 'cgminer_up{rig="default"}'), 1);
  assertStringIncludes(text, "# TYPE cgminer_shares_total counter");
  assertEquals(
    findValue(text, 'chi_rpc_calls_total{rig="default",outcome="ok"}'),
    1,
  );
  assertEquals(
    findValue(
      text,
      'chi_reply_repairs_total{rig="default",repair="missing-comma"}',
    ),
    1,
  );
  const open = await fetch(gateway.url("/metrics"), { headers: OPENMETRICS });
  assertEquals(
    open.headers.get("content-type"),
    "application/openmetrics-text; version=1.0.0; charset=utf-8",
  );
  const openText = await open.text();
  assert(openText.endsWith("\n# EOF\n"));
  assertEquals(
    findValue(
      openText,
      'chi_http_requests_total{route="metrics",status="200"}',
    ),
    1,
  );
});

Deno.test("/metrics says 0 of a rig that is down, its trouble and nothing else of it", async () => {
  await using up = Simulator.start();
  await using closed = await ScriptedRig.start(() => {});
  const { hostname, port } = closed;
  await using gateway = GatewayServer.start([
    { name: "up", hostname: up.hostname, port: up.port },
    { name: "down", hostname, port },
  ]);
  const text = await read(gateway, "/metrics");
  const ofDown = text.split("\n")
    .filter((line) => line.startsWith("cgminer_") && line.includes('"down"'));
  assertEquals(ofDown, [
    'cgminer_up{rig="down"} 0',
    'cgminer_trouble{rig="down",code="down",severity="critical"} 1',
  ]);
  assertEquals(findValue(text, 'cgminer_up{rig="up"}'), 1);
  assertEquals(
    findValue(text, 'chi_rpc_calls_total{rig="down",outcome="rig-closed"}') ??
      0,
    closed.requests.length,
  );
});

Deno.test("/metrics never tells a pool's user or password", async () => {
  await using rig = Simulator.start({
    pools: [{ url: "stratum+tcp://u:pw@pool:3333", user: "secret", pass: "p" }],
  });
  await using gateway = GatewayServer.start(rig);
  const text = await read(gateway, "/metrics");
  assertStringIncludes(text, 'url="stratum+tcp://pool:3333"');
  assert(!text.includes("secret") && !text.includes("u:pw"));
});

Deno.test("/metrics forgets a rig that is gone", async () => {
  await using rig = Simulator.start();
  const { hostname, port } = rig;
  await using gateway = GatewayServer.start([
    { name: "stays", hostname, port },
    { name: "goes", hostname, port },
  ]);
  assertStringIncludes(await read(gateway, "/metrics"), '"goes"');
  gateway.fleet.replaceRigs([{ name: "stays", hostname, port }]);
  assert(!(await read(gateway, "/metrics")).includes('"goes"'));
});

Deno.test("a scrape costs a rig at most three calls, and is shared", async () => {
  await using rig = await ScriptedRig.start(async ({ request, send }) => {
    const { command } = JSON.parse(request);
    // A miner that takes no joined commands.
    const code = command.includes("+") ? 14 : 11;
    const letter = command.includes("+") ? "E" : "S";
    const reply = {
      STATUS: [{ STATUS: letter, Code: code }],
      SUMMARY: [{ Elapsed: 100 }],
      id: 1,
    };
    await send(JSON.stringify(reply) + "\0");
  });
  await using gateway = GatewayServer.start(rig);
  for (let scrape = 1; scrape <= 4; scrape++) {
    const before = rig.requests.length;
    await Promise.all([
      read(gateway, "/metrics"),
      read(gateway, "/probe?target=default"),
    ]);
    assert(rig.requests.length - before <= 3, `${rig.requests.slice(before)}`);
  }
});

Deno.test("/probe says 0 of a rig that could not be asked yet", async () => {
  const ready = Promise.withResolvers<void>();
  await using rig = await ScriptedRig.start(async ({ send }) => {
    await ready.promise;
    await send("{}\0");
  });
  await using gateway = GatewayServer.start(rig, { maxWaitingCalls: 0 });
  const busy = fetch(gateway.url("/version"));
  await rig.untilRequests(1);
  const text = await read(gateway, "/probe?target=default");
  assertEquals(text.match(/^cgminer_.*$/gm), ['cgminer_up{rig="default"} 0']);
  ready.resolve();
  await (await busy).body?.cancel();
});

Deno.test("/probe tells of one rig, by its name", async () => {
  await using one = Simulator.start();
  await using two = Simulator.start();
  await using gateway = GatewayServer.start([
    { name: "one", hostname: one.hostname, port: one.port },
    { name: "two", hostname: two.hostname, port: two.port },
  ]);
  const text = await read(gateway, "/probe?target=two");
  assertEquals(findValue(text, 'cgminer_up{rig="two"}'), 1);
  assert(!text.includes('rig="one"') && !text.includes("chi_"));
  assertEquals(one.requestCount, 0);
});

Deno.test("/probe says 0 of a rig that hangs, within the scraper's timeout", async () => {
  await using rig = await ScriptedRig.start(({ closed }) => closed);
  await using gateway = GatewayServer.start(rig);
  const text = await read(gateway, "/probe?target=default", {
    "x-prometheus-scrape-timeout-seconds": "0.1",
  });
  // A slow machine has not even connected by then; the survey goes on.
  await rig.untilRequests(1);
  assertEquals(text.match(/^cgminer_.*$/gm), ['cgminer_up{rig="default"} 0']);
});

Deno.test("/probe refuses what is no rig, and a timeout that is none", async () => {
  await using rig = Simulator.start();
  await using gateway = GatewayServer.start(rig);
  const cases: [query: string, status: number, headers?: HeadersInit][] = [
    ["", 400],
    ["?target=", 400],
    ["?target=all", 404],
    ["?target=nosuch", 404],
    ["?target=127.0.0.1:4028", 404],
    [`?target=${rig.hostname}:${rig.port}`, 404],
    ...["0", "-1", "x", "1e9", "NaN", "Infinity", "1,5", "0x10"].map((
      text,
    ): [string, number, HeadersInit] => ["?target=default", 400, {
      "x-prometheus-scrape-timeout-seconds": text,
    }]),
  ];
  for (const [query, status, headers = {}] of cases) {
    const response = await fetch(gateway.url(`/probe${query}`), { headers });
    const { code } = await response.json();
    assertEquals(
      response.status,
      status,
      `${query} ${JSON.stringify(headers)}`,
    );
    assertEquals(code, status === 400 ? "bad-request" : "unknown-rig");
  }
  assertEquals(rig.requestCount, 0);
});

Deno.test("readScrapeTimeoutMs() leaves something for the network", () => {
  const read = (text: string) =>
    readScrapeTimeoutMs(
      new Headers({ "x-prometheus-scrape-timeout-seconds": text }),
    );
  assertEquals(read("10"), 9500);
  assertEquals(read("1.5"), 1000);
  assertEquals(read("1e1"), 9500);
  assertEquals(read("0.5"), 250);
  assertEquals(readScrapeTimeoutMs(new Headers()), Infinity);
  assertThrows(() => read("ten"), Problem, '"ten"');
});

Deno.test("/-/sd lists rigs for Prometheus, with their tags as labels", async () => {
  const here = { hostname: "127.0.0.1", port: 4028 };
  await using gateway = GatewayServer.start([
    { name: "a", ...here, tags: { site: "barn", "row-2": 'x"y' } },
    { name: "b", hostname: "::1", port: 4029 },
  ]);
  const response = await fetch(gateway.url("/-/sd"));
  assertEquals(response.headers.get("content-type"), "application/json");
  assertEquals(await response.json(), [
    {
      targets: ["a"],
      labels: {
        __meta_chi_rig: "a",
        __meta_chi_address: "127.0.0.1:4028",
        __meta_chi_tag_site: "barn",
        __meta_chi_tag_row_2: 'x"y',
      },
    },
    {
      targets: ["b"],
      labels: { __meta_chi_rig: "b", __meta_chi_address: "[::1]:4029" },
    },
  ]);
  const some = await fetch(gateway.url("/-/sd?tag=site:barn"));
  assertEquals((await some.json()).length, 1);
});

Deno.test("/-/metrics tells of the gateway alone, and asks no rig", async () => {
  await using rig = Simulator.start();
  await using gateway = GatewayServer.start(rig);
  const text = await read(gateway, "/-/metrics");
  assertStringIncludes(text, "chi_build_info");
  assert(!text.includes("cgminer_"));
  assertEquals(rig.requestCount, 0);
});

Deno.test("HEAD on what Prometheus asks for asks no rig", async () => {
  await using rig = Simulator.start();
  await using gateway = GatewayServer.start(rig);
  for (const path of ["/metrics", "/probe?target=default", "/-/sd"]) {
    const response = await fetch(gateway.url(path), { method: "HEAD" });
    assertEquals([response.status, await response.text()], [200, ""], path);
  }
  assertEquals(rig.requestCount, 0);
});

Deno.test("requests are counted by kind of URL, never by path", async () => {
  await using rig = Simulator.start();
  await using gateway = GatewayServer.start(rig);
  const paths = ["/", "/version", "/@all/version", "/nosuch/%00", "/-/nosuch"];
  for (const path of paths) {
    await (await fetch(gateway.url(path))).body?.cancel();
  }
  const text = await read(gateway, "/metrics");
  const requests = text.match(/^chi_http_requests_total.*$/gm)?.toSorted();
  assertEquals(requests, [
    'chi_http_requests_total{route="all",status="200"} 1',
    'chi_http_requests_total{route="other",status="404"} 1',
    'chi_http_requests_total{route="rig",status="200"} 1',
    'chi_http_requests_total{route="rig",status="400"} 1',
    'chi_http_requests_total{route="root",status="200"} 1',
  ]);
  assertMatch(
    text,
    /^chi_http_request_duration_seconds_count\{route="rig"\} 2$/m,
  );
});
