import { assertEquals, assertThrows } from "jsr:@std/assert@1";
import { createGateway } from "../../gateway/exchange.ts";
import { createHandler } from "../../gateway/handler.ts";
import { Fleet } from "../../rigs/fleet.ts";
import { Simulator } from "../../rigs/simulator.ts";
import { GatewayServer } from "../gateway_server.ts";

Deno.test("createHandler() serves everything below its prefix", async () => {
  await using rig = Simulator.start();
  await using gateway = GatewayServer.start(rig, { prefix: "/miners" });
  const read = async (path: string) =>
    await (await fetch(gateway.url(path))).json();
  assertEquals((await read("/miners/version")).VERSION.length, 1);
  assertEquals((await read("/miners/@all/version")).default.id, 1);
  assertEquals(await read("/miners/-/healthz"), { status: "ok" });
  for (const path of ["/miners", "/miners?pretty", "/miners/"]) {
    const { summary, devs } = await read(path);
    assertEquals([summary.length, devs.length], [1, 1], path);
  }
  assertEquals(gateway.log[0]?.path, "/version");
});

Deno.test("createHandler() asks no rig for what stands beside its prefix", async () => {
  await using rig = Simulator.start();
  await using gateway = GatewayServer.start(rig, { prefix: "/miners" });
  for (
    const path of ["/version", "/", "/minersversion", "/MINERS/version", "/-/"]
  ) {
    const response = await fetch(gateway.url(path));
    assertEquals(
      [response.status, (await response.json()).code],
      [404, "not-found"],
      path,
    );
  }
  assertEquals(rig.requestCount, 0);
});

Deno.test("createGateway() takes a prefix however people write it", () => {
  const fleet = new Fleet([{ name: "a", hostname: "127.0.0.1", port: 4028 }]);
  const read = (prefix?: string) =>
    createGateway({ fleet, ...(prefix === undefined ? {} : { prefix }) })
      .prefix;
  assertEquals(
    [undefined, "", "/", "/miners", "/miners/", "/a/b"].map(read),
    ["", "", "", "/miners", "/miners", "/a/b"],
  );
  for (const wrong of ["miners", "/a//b", "/a?b", "/a b", "//", "http://x/"]) {
    assertThrows(() => read(wrong), TypeError, `"${wrong}" is not a path`);
  }
});

Deno.test("createHandler() takes undefined for a default", async () => {
  await using rig = Simulator.start();
  const fleet = new Fleet([{
    name: "a",
    hostname: "127.0.0.1",
    port: rig.port,
  }]);
  const options: Record<string, unknown> = {};
  for (
    const name of [
      ...["policy", "tokens", "trustedProxies", "timeoutMs", "prefix"],
      ...["monitor", "history", "metrics", "live", "onDefect"],
    ]
  ) options[name] = undefined;
  const handler = createHandler({ ...options, fleet });
  for (const path of ["/summary", "/-/rigs", "/metrics", "/@all/version"]) {
    const response = await handler(new Request(`http://gateway${path}`));
    await response.text();
    assertEquals(response.status, 200, path);
  }
});

Deno.test("createHandler() keeps a page's links below its prefix", async () => {
  await using rig = Simulator.start();
  await using gateway = GatewayServer.start(rig, { prefix: "/miners" });
  for (const path of ["/miners", "/miners/", "/miners/@default"]) {
    const url = gateway.url(path);
    const response = await fetch(url, { headers: { accept: "text/html" } });
    const html = await response.text();
    const links = [...html.matchAll(/ (?:href|src)="([^"]*)"/g)]
      .map(([, link = ""]) => new URL(link, url))
      .filter(({ protocol }) => protocol === "http:");
    assertEquals(links.length > 5, true);
    for (const link of links) {
      assertEquals(link.pathname.startsWith("/miners/"), true, link.href);
      const { status, body } = await fetch(link);
      await body?.cancel();
      assertEquals(status, 200, link.href);
    }
  }
});
