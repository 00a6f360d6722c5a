/**
 * The programs that people read a gateway with get what they came for: curl and
 * jq, PowerShell, Power Query, Node, and a page of another origin.
 */
import { assert, assertEquals } from "jsr:@std/assert@1";
import { AttackedGateway } from "../program/attacked_gateway.ts";
import { sendRequest } from "../raw_http.ts";
import { replyWith, ScriptedRig } from "../scripted_rig.ts";
import { Simulator } from "../../rigs/simulator.ts";
import { GatewayServer } from "../gateway_server.ts";
import { testWithTool } from "./tools.ts";

/** A gateway of a rig that is up, and one that says what is no reply. */
async function startGateway() {
  await using stack = new AsyncDisposableStack();
  const up = stack.use(Simulator.start());
  const down = stack.use(await ScriptedRig.start(replyWith("no JSON")));
  const gateway = stack.use(GatewayServer.start([
    { name: "garage", hostname: up.hostname, port: up.port },
    { name: "attic", hostname: down.hostname, port: down.port },
  ]));
  const cleanUp = stack.move();
  return { gateway, [Symbol.asyncDispose]: () => cleanUp.disposeAsync() };
}

await testWithTool(
  "curl and jq read one rig, the rigs that are down, and the table",
  "sh",
  async (sh) => {
    await using scene = await startGateway();
    const root = scene.gateway.url("/-/rigs");
    for (
      const [line, printed] of [
        [`curl -sf ${root}/garage | jq -r .state`, "up"],
        [`curl -sf ${root}/garage | jq '.trouble | length'`, "0"],
        [
          `curl -sf ${root}/garage | jq '.telemetry.hashrate.average > 1e9'`,
          "true",
        ],
        [
          `curl -sf ${root}/attic | jq -r '.problem.code, .trouble[].code'`,
          "rig-reply-invalid\ndown",
        ],
        [
          `curl -sf ${root} | jq -r '.rigs[] | select(.state != "up") | .name'`,
          "attic",
        ],
        [`curl -sf '${root}?rig=attic' | jq -r '.rigs[].name'`, "attic"],
        [
          `curl -sf -H 'Accept: text/csv' ${root} | cut -d, -f1,5`,
          "name,state\ngarage,up\nattic,down",
        ],
        // Who asks for what is not there sees it in the exit status.
        [`curl -sf ${root}/nosuch; echo $?`, "22"],
        [`curl -s ${root}/nosuch | jq -r .code`, "unknown-rig"],
        [`curl -sfI ${root}/garage | head -1 | cut -d' ' -f2`, "200"],
      ] as const
    ) {
      const { stdout, stderr } = await sh.run(["-c", line]);
      assertEquals([stdout.trimEnd(), stderr], [printed, ""], line);
    }
  },
  async (sh) => {
    const { code } = await sh.run(["-c", "command -v curl && command -v jq"]);
    return code === 0 ? undefined : "need curl and jq on PATH";
  },
);

/** What these send with a GET, and nothing besides but Host. */
const READERS: Readonly<Record<string, Record<string, string>>> = {
  "Windows PowerShell 5.1": {
    "user-agent":
      "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041.1682",
  },
  // As scripts have it that were written for POST.
  "Windows PowerShell 5.1 with -ContentType": {
    "user-agent":
      "Mozilla/5.0 (Windows NT; Windows NT 10.0; nl-NL) WindowsPowerShell/5.1.19041.1320",
    "content-type": "application/json",
  },
  "PowerShell 7": {
    "user-agent":
      "Mozilla/5.0 (Windows NT 10.0; Microsoft Windows 10.0.22631; en-US) PowerShell/7.4.6",
    "accept-encoding": "gzip, deflate, br",
  },
  "PowerShell 7.2 with -ContentType": {
    "user-agent":
      "Mozilla/5.0 (Windows NT 10.0; Microsoft Windows 10.0.19044; en-US) PowerShell/7.2.2",
    "content-type": "application/json",
    "content-length": "0",
  },
  "Power Query": {
    "user-agent":
      "Microsoft.Data.Mashup (https://go.microsoft.com/fwlink/?LinkID=304225)",
    "accept-encoding": "gzip, deflate",
    "cache-control": "no-cache",
    pragma: "no-cache",
  },
  "Home Assistant": {
    "user-agent": "HomeAssistant/2026.11.1 httpx/0.28.1 Python/3.13",
    accept: "*/*",
    "accept-encoding": "gzip, deflate, br, zstd",
  },
};

for (const [name, headers] of Object.entries(READERS)) {
  Deno.test(`${name} reads rigs, replies and tables`, async () => {
    await using scene = await startGateway();
    const { port } = scene.gateway;
    for (
      const [path, type] of [
        ["/", "application/json"],
        ["/summary", "application/json"],
        ["/@garage/pools", "application/json"],
        ["/@all/version", "application/json"],
        ["/-/rigs", "application/json"],
        ["/-/rigs/garage", "application/json"],
        ["/-/rigs?format=csv", "text/csv; charset=utf-8; header=present"],
        ["/-/history", "application/json"],
      ] as const
    ) {
      // By name as well, as on a network of one's own.
      for (const host of [`127.0.0.1:${port}`, "gateway.lan:8080", "miners"]) {
        const response = await sendRequest(port, path, { host, headers });
        assertEquals([response.status, path], [200, path], response.body);
        assertEquals(response.headers.get("content-type"), type, path);
      }
    }
  });
}

await testWithTool(
  "Node's fetch reads one rig, all of them, and the table",
  "node",
  async (node) => {
    await using scene = await startGateway();
    const root = scene.gateway.url("/-/rigs");
    const script = `
      const read = async (path) => await fetch(${JSON.stringify(root)} + path);
      const { state, telemetry } = await (await read("/garage")).json();
      const { rigs } = await (await read("")).json();
      const table = await (await read("?format=csv")).text();
      console.log(JSON.stringify([
        state, telemetry.hashrate.average > 1e9, rigs.length,
        table.trim().split("\\r\\n").map((line) => line.split(",")[0]),
        (await read("/nosuch")).status,
      ]));
    `;
    const { stdout, stderr } = await node.run([
      "--input-type=module",
      "-e",
      script,
    ]);
    assertEquals(stderr, "");
    assertEquals(JSON.parse(stdout), [
      "up",
      true,
      2,
      ["name", "garage", "attic"],
      404,
    ]);
  },
  async (node) => {
    const { stdout } = await node.run(["-p", "typeof fetch"]);
    return stdout.trim() === "function" ? undefined : "need Node 18 or later";
  },
);

Deno.test("a page of another origin reads a rig with --cors, and none without", async () => {
  const origin = "http://panel.lan";
  await using gateway = await AttackedGateway.start({
    flags: [`--cors=${origin}`],
  });
  const ask = (from: string, method = "GET") => ({
    method,
    headers: {
      origin: from,
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "cors",
      "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
    },
  });
  for (
    const path of [
      "/-/rigs/garage",
      "/-/rigs/garage?format=csv",
      "/-/rigs?rig=garage",
    ]
  ) {
    const response = await gateway.send(path, ask(origin));
    assertEquals(response.status, 200, response.body);
    const allowed = response.headers.get("access-control-allow-origin");
    assertEquals(allowed, origin);
    assert(response.body.includes("garage"));
    await gateway.refuse("origin-denied", path, ask("http://other.lan"));
  }
  const preflight = await gateway.send("/-/rigs/garage", {
    ...ask(origin, "OPTIONS"),
    headers: {
      ...ask(origin).headers,
      "access-control-request-method": "GET",
      "access-control-request-headers": "authorization",
    },
  });
  assertEquals(preflight.status, 204);
  assertEquals(
    preflight.headers.get("access-control-allow-origin"),
    origin,
  );
});
