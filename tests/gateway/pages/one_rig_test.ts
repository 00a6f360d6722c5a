/** `/-/rigs/<rig>`, `?rig=`, and rigs as a table. */
import { assert, assertEquals, assertStringIncludes } from "jsr:@std/assert@1";
import { parse } from "npm:deno-std@1.4.0/csv/parse.js";
import { LivePolls } from "../../../gateway/live/streams.ts";
import { HASHRATE_WINDOWS } from "../../../telemetry/telemetry.ts";
import { Simulator } from "../../../rigs/simulator.ts";
import { GatewayServer } from "../../gateway_server.ts";
import { replyWith, ScriptedRig } from "../../scripted_rig.ts";

/** Where a rig listens. */
const at = ({ hostname, port }: { hostname: string; port: number }) => ({
  hostname,
  port,
});

/** What a rig says whose every figure is in the table. */
const SUMMARY = {
  Elapsed: 7200,
  ...{ "MHS 5s": 101e6, "MHS 1m": 102e6, "MHS 5m": 100e6, "MHS 15m": 103e6 },
  ...{ "MHS av": 99e6, Power: 3268, "Hardware Errors": 7 },
  ...{ Accepted: 500, Rejected: 3, Stale: 2, Temperature: 71.5 },
  ...{ "Fan Speed In": 4500, "Fan Speed Out": 4320 },
};

/** A rig that says this, and the URL of its pool. */
const tell = (summary: Record<string, unknown>, url = "stratum+tcp://pool:1") =>
  replyWith(JSON.stringify({
    STATUS: [{ STATUS: "S", When: 1, Code: 11, Msg: "" }],
    SUMMARY: [summary],
    POOLS: [{ POOL: 0, URL: url, Status: "Alive", "Stratum Active": true }],
    id: 1,
  }));

/** Reads a table: its header, and a record a line. */
async function readTable(
  gateway: GatewayServer,
  path: string,
  headers: Record<string, string> = {},
): Promise<Record<string, string>[]> {
  const response = await fetch(gateway.url(path), { headers });
  assertEquals(response.status, 200);
  assertEquals(
    response.headers.get("content-type"),
    "text/csv; charset=utf-8; header=present",
  );
  const text = await response.text();
  assert(text.endsWith("\r\n"));
  return parse(text, { skipFirstRow: true }) as Record<string, string>[];
}

Deno.test("/-/rigs/<rig> is that rig's member of /-/rigs, and nothing around it", async () => {
  await using up = Simulator.start();
  await using gone = await ScriptedRig.start(replyWith("no JSON"));
  await using gateway = GatewayServer.start([
    { name: "up", ...at(up), tags: { site: "barn" } },
    { name: "down.1", ...at(gone) },
  ]);
  const { rigs } = await (await fetch(gateway.url("/-/rigs"))).json();
  assertEquals(rigs.length, 2);
  for (const { name, ageMs: _, taken: __, telemetry, ...rig } of rigs) {
    // Each part of the path is decoded once, as that of /@<rig> is.
    for (const path of [name, `%${name.charCodeAt(0).toString(16)}`]) {
      const whole = path === name ? name : path + name.slice(1);
      const response = await fetch(gateway.url(`/-/rigs/${whole}`));
      assertEquals(response.headers.get("content-type"), "application/json");
      const { ageMs: _, taken: __, telemetry: now, ...one } = await response
        .json();
      assertEquals(one, { name, ...rig });
      assertEquals(Object.keys(now ?? {}), Object.keys(telemetry ?? {}));
    }
  }
  // Metrics and log know the kind of URL, and the log the rig.
  const { route, rig, path } = gateway.log.at(-1)!;
  assertEquals([route, rig, path.slice(0, 8)], ["rigs", "down.1", "/-/rigs/"]);
});

Deno.test("/-/rigs/<rig> and ?rig= say that there is no such rig", async () => {
  await using rig = Simulator.start();
  await using gateway = GatewayServer.start([
    { name: "garage", ...at(rig), tags: { site: "barn" } },
    { name: "attic", ...at(rig) },
  ]);
  const wrong = ["nosuch", "all", "site:barn", "%2567arage", ""];
  for (
    const path of [
      ...wrong.map((name) => `/-/rigs/${name}`),
      ...wrong.map((name) => `/-/rigs?rig=${encodeURIComponent(name)}`),
      "/-/rigs/garage/summary",
      "/-/rigs/garage/",
      "/-/rigs?rig=attic&tag=site:barn",
      "/-/rigs?rig=nosuch&format=csv",
      "/-/rigs/nosuch?format=csv",
    ]
  ) {
    for (const accept of ["*/*", "text/event-stream", "text/csv"]) {
      const response = await fetch(gateway.url(path), { headers: { accept } });
      const { code, hint = "", detail } = await response.json();
      assertEquals([response.status, code], [404, "unknown-rig"], path);
      assert(!/undefined|null/.test(detail + hint), detail);
    }
  }
  assertEquals(rig.requestCount, 0);
});

Deno.test("/-/rigs?rig= leaves out all other rigs", async () => {
  await using rig = Simulator.start();
  await using gateway = GatewayServer.start([
    { name: "a", ...at(rig), tags: { site: "barn" } },
    { name: "b", ...at(rig), tags: { site: "barn" } },
  ]);
  for (const query of ["rig=b", "rig=b&tag=site:barn"]) {
    const response = await fetch(gateway.url(`/-/rigs?${query}`));
    const { rigs } = await response.json();
    assertEquals(rigs.map(({ name }: { name: string }) => name), ["b"]);
  }
});

Deno.test("/-/rigs/<rig> waits for no other rig", async () => {
  await using up = Simulator.start();
  await using hung = await ScriptedRig.start(({ closed }) => closed);
  await using gateway = GatewayServer.start([
    { name: "hung", ...at(hung) },
    { name: "up", ...at(up) },
  ], { timeoutMs: 60_000 });
  const response = await fetch(gateway.url("/-/rigs/up"));
  assertEquals((await response.json()).state, "up");
  assertEquals(hung.connectionCount, 0);
});

Deno.test("HEAD on /-/rigs/<rig> and on a table asks no rig", async () => {
  await using rig = Simulator.start();
  await using gateway = GatewayServer.start(rig);
  for (
    const [path, type] of [
      ["/-/rigs/default", "application/json"],
      ["/-/rigs/default?format=csv", "text/csv; charset=utf-8; header=present"],
      ["/-/rigs?format=csv", "text/csv; charset=utf-8; header=present"],
    ] as const
  ) {
    const response = await fetch(gateway.url(path), { method: "HEAD" });
    assertEquals([response.status, await response.text()], [200, ""]);
    assertEquals(response.headers.get("content-type"), type);
  }
  assertEquals(rig.requestCount, 0);
});

Deno.test("/-/rigs/<rig> indents, and gives its changes live", async () => {
  await using rig = Simulator.start();
  const live = new LivePolls();
  await using gateway = GatewayServer.start([
    { name: "a", ...at(rig) },
    { name: "b", ...at(rig) },
  ], { live });
  const pretty = await (await fetch(gateway.url("/-/rigs/b?pretty"))).text();
  assertEquals(pretty, JSON.stringify(JSON.parse(pretty), null, 4) + "\n");
  const headers = { accept: "text/event-stream" };
  // Both are the same poll.
  const streams = await Promise.all(
    ["/-/rigs/b", "/-/rigs?rig=b"].map((path) =>
      fetch(gateway.url(path), { headers })
    ),
  );
  assertEquals(live.pollCount, 1);
  for (const { body } of streams) {
    let text = "";
    for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (/^data: .*\n\n/m.test(text)) break;
    }
    const [, event, data] = /^event: (.*)\ndata: (.*)$/m.exec(text) ?? [];
    assertEquals(event, "rig");
    assertEquals(JSON.parse(data ?? "").name, "b");
  }
  live.close();
});

Deno.test("a table has a line a rig in the order of the configuration", async () => {
  const { promise, resolve: release } = Promise.withResolvers<void>();
  await using late = await ScriptedRig.start(async (connection) => {
    await promise;
    await tell(SUMMARY)(connection);
  });
  // It answers before the first one does, which its answer lets answer.
  await using early = await ScriptedRig.start(async (connection) => {
    await tell({ ...SUMMARY, "MHS 5m": -1 })(connection);
    release();
  });
  await using down = await ScriptedRig.start(replyWith("no JSON"));
  await using gateway = GatewayServer.start([
    { name: "z-late", ...at(late), tags: { site: "barn", row: "2" } },
    { name: "down", ...at(down) },
    { name: "a-early", ...at(early) },
  ], { timeoutMs: 60_000 });
  const rows = await readTable(gateway, "/-/rigs", { accept: "text/csv" });
  assertEquals(rows.map(({ name }) => name), ["z-late", "down", "a-early"]);
  const [first, second] = rows;
  assertEquals(first, {
    name: "z-late",
    address: `127.0.0.1:${late.port}`,
    model: "",
    firmware: "",
    state: "up",
    trouble: "",
    hashrate_5s_hashes_per_second: "101000000000000",
    hashrate_1m_hashes_per_second: "102000000000000",
    hashrate_5m_hashes_per_second: "100000000000000",
    hashrate_15m_hashes_per_second: "103000000000000",
    hashrate_average_hashes_per_second: "99000000000000",
    power_watts: "3268",
    efficiency_joules_per_terahash: "32.68",
    hottest_celsius: "71.5",
    slowest_fan_rpm: "4320",
    accepted_shares: "500",
    rejected_shares: "3",
    stale_shares: "2",
    hardware_errors: "7",
    pool: "stratum+tcp://pool:1",
    uptime_seconds: "7200",
    tags: "site:barn; row:2",
  });
  const { name, address, state, trouble, ...others } = second!;
  assertEquals([name, state, trouble], ["down", "down", "down"]);
  assertStringIncludes(address ?? "", "127.0.0.1:");
  assertEquals(new Set(Object.values(others)), new Set([""]));
  assertEquals(
    await readTable(gateway, "/-/rigs/z-late?format=csv"),
    [first],
  );
});

Deno.test("docs/rigs.md explains every column, in their order", async () => {
  const page = await Deno.readTextFile(
    new URL("../../../docs/rigs.md", import.meta.url),
  );
  const [, rows = ""] = /^\| column .*\n\|[ -|]*\n((?:\|.*\n)+)/m.exec(page) ??
    [];
  const explained = rows.trim().split("\n").flatMap((row) =>
    [...(row.split("|")[1] ?? "").matchAll(/`(.+?)`/g)].flatMap(([, name]) =>
      HASHRATE_WINDOWS.map((window) => name!.replace("<window>", window))
    )
  );
  await using rig = Simulator.start();
  await using gateway = GatewayServer.start(rig);
  const table = await (await fetch(gateway.url("/-/rigs?format=csv"))).text();
  assertEquals([...new Set(explained)], table.split("\r\n")[0]?.split(","));
});

Deno.test("a table has no figures of a rig that is no longer up", async () => {
  await using rig = await ScriptedRig.start(tell(SUMMARY));
  await using gateway = GatewayServer.start(rig);
  const path = "/-/rigs/default?format=csv";
  const [up] = await readTable(gateway, path);
  assertEquals([up?.state, up?.power_watts], ["up", "3268"]);
  rig.behaviour = replyWith("no JSON");
  // One lost survey leaves it up.
  await readTable(gateway, path);
  const [down] = await readTable(gateway, path);
  assertEquals(
    [down?.state, down?.trouble, down?.power_watts, down?.uptime_seconds],
    ["down", "down", "", ""],
  );
  const { telemetry } = await (await fetch(gateway.url("/-/rigs/default")))
    .json();
  assertEquals(telemetry.powerW, 3268);
});

Deno.test("a format that there is not is refused by its name", async () => {
  await using rig = Simulator.start();
  await using gateway = GatewayServer.start(rig);
  for (const path of ["/-/rigs", "/-/rigs/default"]) {
    const response = await fetch(gateway.url(`${path}?format=xlsx`));
    const { code, detail } = await response.json();
    assertEquals([response.status, code], [400, "bad-request"]);
    assertEquals(detail, "format=xlsx is no format here");
  }
  assertEquals(rig.requestCount, 0);
});

Deno.test("a table whose reader leaves is not made", async () => {
  const { promise, resolve: release } = Promise.withResolvers<void>();
  await using rig = await ScriptedRig.start(() => promise);
  const rigs = Array.from(
    { length: 300 },
    (_, index) => ({ name: `rig-${index}`, ...at(rig) }),
  );
  await using gateway = GatewayServer.start(rigs, { timeoutMs: 60_000 });
  const response = await fetch(gateway.url("/-/rigs?format=csv"));
  const reader = response.body!.getReader();
  const { value } = await reader.read();
  assert(new TextDecoder().decode(value).startsWith("name,address,"));
  await rig.untilRequests(4);
  await reader.cancel();
  // The calls that began run to their end; the rigs that wait are not asked.
  release();
  await rig.untilIdle();
  assert(rig.connectionCount < 300);
});
