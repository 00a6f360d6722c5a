/** Caddy in front of chi-server does what its file says. */
import { assertEquals } from "jsr:@std/assert@1";
import {
  CERTIFICATE,
  checkProxy,
  NAME,
  startGateway,
  startSlowRig,
} from "./proxy_checks.ts";
import { adaptShipped, ProxyServer } from "./proxy_server.ts";
import {
  findCommandLines,
  readArguments,
  readShipped,
  toPath,
} from "./shipped_files.ts";
import { testWithTool, type Tool } from "./tools.ts";

const PATH = "deploy/caddy/Caddyfile";

/** The lines that are no comments, without indentation. */
function readLines(): string[] {
  return readShipped(PATH).split("\n").map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

Deno.test("Caddyfile names flags with which chi-server believes Caddy, and nobody else", () => {
  const [args = []] = findCommandLines(readShipped(PATH));
  const { httpHost, httpPort, access } = readArguments(args);
  const expected = readArguments(["--trust-proxy=127.0.0.1/32"]).access;
  assertEquals(access.trustedProxies, expected.trustedProxies);
  assertEquals(access.allowedHosts, [NAME]);
  assertEquals(readLines(), [
    `${NAME} {`,
    `reverse_proxy ${httpHost}:${httpPort} {`,
    "header_up -Forwarded",
    "}",
    "}",
  ]);
});

await testWithTool(
  "caddy takes Caddyfile, and would lay it out the same",
  "caddy",
  async (tool) => {
    const formatted = await tool.run(["fmt", toPath(PATH)]);
    assertEquals(formatted.stdout, readShipped(PATH));
    const { code, stderr } = await tool.run([
      "adapt",
      "--adapter=caddyfile",
      `--config=${toPath(PATH)}`,
    ]);
    assertEquals([code, /"level":"(?:warn|error)"/.test(stderr)], [0, false]);
  },
);

/** Starts Caddy with the shipped file, for a gateway at a port. */
function startCaddy(tool: Tool, gatewayPort: number): Promise<ProxyServer> {
  return ProxyServer.start(tool, (folder, { port, plainPort }) => {
    const { cert, key } = CERTIFICATE;
    const shipped = adaptShipped(readShipped(PATH), {
      [`\n${NAME} {`]:
        `\nhttps://${NAME}:${port}, https://localhost:${port} {\n` +
        `\tbind 127.0.0.1 [::1]\n\ttls ${cert} ${key}\n`,
      "127.0.0.1:8080": `127.0.0.1:${gatewayPort}`,
    });
    // Left to itself it would ask Let's Encrypt for certificates, and put its own
    // authority among those that this machine trusts.
    const global = "{\n\tadmin off\n\tauto_https off\n\tskip_install_trust\n" +
      "\tgrace_period 1s\n" +
      `\thttp_port ${plainPort}\n\thttps_port ${port}\n}\n\n`;
    const path = folder.write("Caddyfile", global + shipped);
    return {
      args: ["run", "--adapter=caddyfile", `--config=${path}`],
      ready: /serving initial configuration/,
    };
  });
}

await testWithTool(
  "Caddy with Caddyfile keeps a client apart from what it claims to be",
  "caddy",
  async (tool, test) => {
    await using slowRig = await startSlowRig();
    await using gateway = await startGateway(PATH, slowRig);
    await using caddy = await startCaddy(tool, gateway.port);
    await checkProxy(test, { gateway, slowRig, port: caddy.port });
  },
);
