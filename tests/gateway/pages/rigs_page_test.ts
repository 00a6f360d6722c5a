import { assert, assertEquals } from "jsr:@std/assert@1";
import { LivePolls } from "../../../gateway/live/streams.ts";
import { Simulator } from "../../../rigs/simulator.ts";
import { GatewayServer } from "../../gateway_server.ts";
import { replyWith, ScriptedRig } from "../../scripted_rig.ts";

/** A port on which nothing listens. */
function findFreePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

interface Member {
  name: string;
  address: string;
  tags: Record<string, string>;
  state: string;
  since?: string;
  taken?: string;
  ageMs?: number;
  problem?: { code: string; rig?: string };
  telemetry?: { hashrate?: Record<string, number>; pools?: unknown[] };
}

async function readRigs(gateway: GatewayServer, query = ""): Promise<Member[]> {
  const response = await fetch(gateway.url(`/-/rigs${query}`));
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("content-type"), "application/json");
  assertEquals(response.headers.get("cache-control"), "no-store");
  const { rigs } = await response.json();
  return rigs;
}

const byName = (rigs: Member[]) =>
  rigs.toSorted((a, b) => a.name.localeCompare(b.name));

Deno.test("/-/rigs tells each rig's name, address, tags, state, telemetry and age", async () => {
  await using up = Simulator.start();
  const port = findFreePort();
  const { hostname } = up;
  await using gateway = GatewayServer.start([
    { name: "b-up", hostname, port: up.port, tags: { site: "barn" } },
    { name: "a-down", hostname, port },
  ]);
  const [down, rig] = byName(await readRigs(gateway)) as [Member, Member];
  assertEquals(rig.address, `127.0.0.1:${up.port}`);
  assertEquals(rig.tags, { site: "barn" });
  assertEquals(rig.state, "up");
  assert((rig.telemetry?.hashrate?.average ?? 0) > 1e9);
  assert(rig.ageMs !== undefined && rig.ageMs >= 0);
  assert(!Number.isNaN(Date.parse(rig.since ?? "")));
  assert(!Number.isNaN(Date.parse(rig.taken ?? "")));
  assertEquals(rig.problem, undefined);
  assertEquals(down.state, "down");
  assertEquals(down.problem?.code, "rig-refused");
  assertEquals(down.problem?.rig, "a-down");
  assertEquals([down.telemetry, down.ageMs, down.taken], [
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("/-/rigs never tells a pool's user", async () => {
  await using rig = Simulator.start({
    pools: [{ url: "stratum+tcp://pool:3333", user: "secret-user", pass: "p" }],
  });
  await using gateway = GatewayServer.start(rig);
  const pools = await (await fetch(gateway.url("/pools"))).text();
  assert(pools.includes("secret-user"));
  const rigs = await (await fetch(gateway.url("/-/rigs"))).text();
  assert(rigs.includes("stratum+tcp://pool:3333"));
  assert(!rigs.includes("secret-user"));
});

Deno.test("/-/rigs writes each rig as it answers: a hung one holds up nobody", async () => {
  await using up = Simulator.start();
  await using hung = await ScriptedRig.start(({ closed }) => closed);
  await using gateway = GatewayServer.start([
    { name: "hung", hostname: hung.hostname, port: hung.port },
    { name: "up", hostname: up.hostname, port: up.port },
  ]);
  const response = await fetch(gateway.url("/-/rigs"));
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += new TextDecoder().decode(chunk);
    if (text.includes('"up"')) break;
  }
  assert(!text.includes('"hung"'), text);
});

Deno.test("/-/rigs takes a tag, and says when no rig has it", async () => {
  await using rig = Simulator.start();
  const { hostname, port } = rig;
  await using gateway = GatewayServer.start([
    { name: "a", hostname, port, tags: { site: "barn" } },
    { name: "b", hostname, port },
  ]);
  const rigs = await readRigs(gateway, "?tag=site:barn");
  assertEquals(rigs.map(({ name }) => name), ["a"]);
  const response = await fetch(gateway.url("/-/rigs?tag=site:house"));
  assertEquals(response.status, 404);
  assertEquals((await response.json()).code, "unknown-rig");
  for (const tag of ["", "a", "all", "site:", ":barn"]) {
    const bad = await fetch(gateway.url(`/-/rigs?tag=${tag}`));
    assertEquals([bad.status, (await bad.json()).code], [400, "bad-request"]);
  }
});

Deno.test("/-/rigs reads no reply of megabytes (a hostile rig)", async () => {
  const huge = `{"SUMMARY":[${"{},".repeat(600_000)}{}],"id":1}`;
  await using rig = await ScriptedRig.start(replyWith(huge));
  await using gateway = GatewayServer.start(rig);
  const [member] = await readRigs(gateway);
  assertEquals(
    [member?.state, member?.problem?.code],
    ["down", "rig-reply-too-large"],
  );
});

Deno.test("a question that no rig can read is refused before many are asked", async () => {
  await using rig = Simulator.start();
  await using gateway = GatewayServer.start(rig);
  for (const rigs of ["@all/", "@default/", ""]) {
    for (const accept of ["application/json", "text/event-stream"]) {
      const response = await fetch(
        gateway.url(`/${rigs}asc/${"9".repeat(5000)}`),
        { headers: { accept } },
      );
      assertEquals(response.status, 400, rigs + accept);
      assertEquals((await response.json()).code, "bad-request");
    }
  }
  assertEquals(rig.requestCount, 0);
});

Deno.test("HEAD on /@all stops when its caller leaves", async () => {
  const { promise, resolve: release } = Promise.withResolvers<void>();
  await using rig = await ScriptedRig.start(() => promise);
  const { hostname, port } = rig;
  // More than are asked, and wait, at once, however slow all of it is.
  const rigs = Array.from({ length: 1400 }, (_, index) => ({
    name: `rig-${index}`,
    hostname,
    port,
  }));
  const seen = Promise.withResolvers<number>();
  await using gateway = GatewayServer.start(rigs, {
    timeoutMs: 60_000,
    onRequest: ({ status }) => seen.resolve(status),
  });
  const gone = new AbortController();
  const head = fetch(gateway.url("/@all/summary"), {
    method: "HEAD",
    signal: gone.signal,
  }).catch(() => "left");
  await rig.untilRequests(1);
  gone.abort();
  assertEquals(await head, "left");
  assertEquals(await seen.promise, 499);
  // What was sent runs on; the others are not asked any more.
  release();
  await rig.untilIdle();
  assert(rig.connectionCount < rigs.length, `${rig.connectionCount}`);
});

Deno.test("/-/rigs answers HEAD without asking a rig", async () => {
  await using rig = Simulator.start();
  await using gateway = GatewayServer.start(rig);
  const response = await fetch(gateway.url("/-/rigs"), { method: "HEAD" });
  assertEquals(response.status, 200);
  assertEquals(await response.text(), "");
  assertEquals(rig.requestCount, 0);
});

Deno.test("/@tag:value asks the rigs of a tag, in the shape of /@all", async () => {
  await using rig = Simulator.start();
  const { hostname, port } = rig;
  await using gateway = GatewayServer.start([
    { name: "a", hostname, port, tags: { site: "barn" } },
    { name: "b", hostname, port, tags: { site: "barn" } },
    { name: "c", hostname, port },
  ]);
  for (const path of ["/@site:barn/version", "/@site%3Abarn/version"]) {
    const replies = await (await fetch(gateway.url(path))).json();
    assertEquals(Object.keys(replies).toSorted(), ["a", "b"]);
    assertEquals(replies.a.STATUS[0].Code, 22);
  }
  const unknown = await fetch(gateway.url("/@site:house/version"));
  assertEquals(unknown.status, 404);
  assertEquals((await unknown.json()).code, "unknown-rig");
  const raw = await fetch(gateway.url("/@site:barn/version?raw"));
  assertEquals(raw.status, 400);
  await raw.body?.cancel();
});

/** Reads events until so many have come. */
async function readEvents(
  response: Response,
  count: number,
): Promise<{ event: string; data: string }[]> {
  const events: { event: string; data: string }[] = [];
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += new TextDecoder().decode(chunk);
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = /^event: (.*)$/m.exec(block)?.[1];
      const data = [...block.matchAll(/^data: (.*)$/gm)].map(([, line]) =>
        line
      );
      if (event !== undefined) events.push({ event, data: data.join("\n") });
    }
    if (events.length >= count) break;
  }
  return events;
}

const LIVE = { headers: { accept: "text/event-stream" } };

Deno.test("/-/rigs gives changes live", async () => {
  await using rig = Simulator.start();
  const live = new LivePolls();
  await using gateway = GatewayServer.start(rig, { live });
  const response = await fetch(gateway.url("/-/rigs?interval=1"), LIVE);
  assertEquals(response.headers.get("content-type"), "text/event-stream");
  assertEquals(response.headers.get("cache-control"), "no-store");
  const [first, second] = await readEvents(response, 2);
  assertEquals([first?.event, second?.event], ["rig", "rig"]);
  const member: Member = JSON.parse(first?.data ?? "");
  assertEquals([member.name, member.state], ["default", "up"]);
  assert((member.telemetry?.pools?.length ?? 0) > 0);
  live.close();
});

Deno.test("a readable URL is a live stream for who prefers events", async () => {
  await using rig = Simulator.start();
  const live = new LivePolls();
  await using gateway = GatewayServer.start(rig, { live });
  for (const path of ["/version", "/@default/version", "/@all/version", "/"]) {
    const response = await fetch(gateway.url(path), LIVE);
    assertEquals(response.headers.get("content-type"), "text/event-stream");
    const [event] = await readEvents(response, 1);
    assertEquals(event?.event, "reply", path);
    JSON.parse(event?.data ?? "");
  }
  live.close();
});

Deno.test("a live stream says what is wrong with it before it begins", async () => {
  await using rig = Simulator.start();
  await using gateway = GatewayServer.start(rig);
  const cases = [
    ["/summary?interval=0", 400, "bad-request"],
    ["/summary?interval=x", 400, "bad-request"],
    ["/-/rigs?interval=0.5", 400, "bad-request"],
    ["/@nobody/summary", 404, "unknown-rig"],
    ["/summary?raw", 400, "bad-request"],
  ] as const;
  for (const [path, status, code] of cases) {
    const response = await fetch(gateway.url(path), LIVE);
    assertEquals(response.status, status, path);
    assertEquals((await response.json()).code, code, path);
  }
  assertEquals(rig.requestCount, 0);
});

Deno.test("a command that may change the rig is never repeated as a stream", async () => {
  await using rig = await ScriptedRig.start(async ({ send }) => {
    await send('{"STATUS":[{"STATUS":"S","Code":27}],"id":1}\0');
  });
  const live = new LivePolls();
  await using gateway = GatewayServer.start(rig, { live });
  const response = await fetch(gateway.url("/switchpool/1"), LIVE);
  assertEquals(response.headers.get("content-type"), "application/json");
  await response.body?.cancel();
  assertEquals([rig.requests.length, live.pollCount], [1, 0]);
});

Deno.test("HEAD on a live stream tells its head and polls nothing", async () => {
  await using rig = Simulator.start();
  const live = new LivePolls();
  await using gateway = GatewayServer.start(rig, { live });
  for (const path of ["/summary", "/@all/summary", "/-/rigs"]) {
    const response = await fetch(gateway.url(path), {
      ...LIVE,
      method: "HEAD",
    });
    assertEquals(response.headers.get("content-type"), "text/event-stream");
    await response.body?.cancel();
  }
  assertEquals([rig.requestCount, live.pollCount], [0, 0]);
});

Deno.test("?pretty indents what the gateway says of itself and its rigs", async () => {
  await using rig = Simulator.start();
  await using gateway = GatewayServer.start(rig);
  for (const page of ["rigs", "readyz", "access", "sd", "config.schema.json"]) {
    const plain = await fetch(gateway.url(`/-/${page}`));
    const pretty = await fetch(gateway.url(`/-/${page}?pretty`));
    const text = await pretty.text();
    const document = JSON.parse(text);
    assertEquals(Object.keys(document), Object.keys(await plain.json()), page);
    assertEquals(text, JSON.stringify(document, null, 4) + "\n", page);
    assertEquals(
      pretty.headers.get("content-type"),
      plain.headers.get("content-type"),
    );
  }
});
