/** nginx in front of chi-server does what its file says. */
import {
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "jsr:@std/assert@1";
import { BEARER } from "../program/attacked_gateway.ts";
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
} from "./shipped_files.ts";
import { testWithTool, type Tool } from "./tools.ts";

const PATH = "deploy/nginx/chi_server.conf";

/** The value of a directive that stands there once. */
function readDirective(name: string): string {
  const found = [
    ...readShipped(PATH).matchAll(new RegExp(`^\\s*${name}\\s+(.*);$`, "gm")),
  ];
  assertEquals(found.length, 1, name);
  return found[0]?.[1] ?? "";
}

Deno.test("chi_server.conf names flags with which chi-server believes nginx, and nobody else", () => {
  const [args = []] = findCommandLines(readShipped(PATH));
  const { httpHost, httpPort, access } = readArguments(args);
  assertEquals(
    readDirective("proxy_pass"),
    `http://${httpHost}:${httpPort}`,
  );
  assertEquals(
    access.trustedProxies,
    readArguments([
      "--trust-proxy=127.0.0.1/32",
    ]).access.trustedProxies,
  );
  assertEquals(access.allowedHosts, [NAME]);
});

Deno.test("chi_server.conf passes on the Host with its port, and who the client is", () => {
  const text = readShipped(PATH);
  for (
    const line of [
      "proxy_set_header Host $http_host;",
      "proxy_set_header X-Forwarded-For $remote_addr;",
      'proxy_set_header Forwarded "";',
      "proxy_buffering off;",
      "proxy_http_version 1.1;",
    ]
  ) {
    assertStringIncludes(text, line);
  }
  // Live streams send something every 15 s.
  assertMatch(readDirective("proxy_read_timeout"), /^(?:[2-9]\d|\d{3,})s$/);
});

/** Starts nginx with the shipped file, for a gateway at a port. */
function startNginx(tool: Tool, gatewayPort: number): Promise<ProxyServer> {
  return ProxyServer.start(tool, (folder, { port, plainPort }) => {
    const shipped = adaptShipped(readShipped(PATH), {
      "listen 443": `listen 127.0.0.1:${port}`,
      "listen [::]:443": `listen [::1]:${port}`,
      "listen 80": `listen 127.0.0.1:${plainPort}`,
      "listen [::]:80": `listen [::1]:${plainPort}`,
      "http://127.0.0.1:8080": `http://127.0.0.1:${gatewayPort}`,
      [`/etc/letsencrypt/live/${NAME}/fullchain.pem`]: CERTIFICATE.cert,
      [`/etc/letsencrypt/live/${NAME}/privkey.pem`]: CERTIFICATE.key,
      "/var/log/nginx": folder.path,
    });
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map((name) => `${name}_temp_path ${folder.path}/${name};`);
    const path = folder.write(
      "nginx.conf",
      [
        // Its workers read a folder that belongs to whoever runs the test.
        ...Deno.uid() === 0 ? ["user root;"] : [],
        "daemon off;",
        `pid ${folder.path}/nginx.pid;`,
        "error_log stderr notice;",
        "events {}",
        `http {\n${temporary.join("\n")}\n${shipped}\n}\n`,
      ].join("\n"),
    );
    return {
      args: ["-c", path, "-p", folder.path, "-e", "stderr"],
      ready: /start worker process \d+/,
    };
  });
}

await testWithTool(
  "nginx with chi_server.conf keeps a client apart from what it claims to be",
  "nginx",
  async (tool, test) => {
    await using slowRig = await startSlowRig();
    await using gateway = await startGateway(PATH, slowRig);
    await using nginx = await startNginx(tool, gateway.port);
    await checkProxy(test, { gateway, slowRig, port: nginx.port });
  },
);

await testWithTool(
  "nginx with chi_server.conf sends http to https, with the path as it was sent",
  "nginx",
  async (tool) => {
    await using slowRig = await startSlowRig();
    await using gateway = await startGateway(PATH, slowRig);
    await using nginx = await startNginx(tool, gateway.port);
    const response = await fetch(
      `http://127.0.0.1:${nginx.plainPort}/addpool/a%2Fb//c,d?pretty`,
      { redirect: "manual", method: "POST" },
    );
    await response.body?.cancel();
    assertEquals(
      [response.status, response.headers.get("location")],
      [308, `https://${NAME}/addpool/a%2Fb//c,d?pretty`],
    );
  },
);

await testWithTool(
  "nginx with chi_server.conf logs commands without what may be a password",
  "nginx",
  async (tool) => {
    await using slowRig = await startSlowRig();
    await using gateway = await startGateway(PATH, slowRig);
    await using nginx = await startNginx(tool, gateway.port);
    using client = Deno.createHttpClient({
      caCerts: [Deno.readTextFileSync(CERTIFICATE.cert)],
    });
    const targets = [
      "/summary?pretty=hunter2",
      "/addpool/stratum+tcp://pool:3333,user,hunter2",
      "/@garage/addpool/stratum+tcp://pool:3333,user,hunter2?hunter2",
      "/@garage?hunter2",
      "/-/healthz",
    ];
    const refused = [
      "/%40garage%2Faddpool%2Fpool%2Cuser%2Chunter2",
      "/@garage:addpool,user,hunter2/x",
      "/@garage%2Faddpool%2Chunter2/x",
    ];
    const misspelt = [
      "/addpool%2Fpool%2Cuser%2Chunter2",
      "/addpool+pool+user+hunter2",
      "/@garage/addpool,hunter2/x",
    ];
    for (const target of [...targets, ...refused, ...misspelt]) {
      const url = `https://localhost:${nginx.port}${target}`;
      const response = await fetch(url, { client, headers: BEARER });
      const status = refused.includes(target) ? 404 : 200;
      assertEquals(response.status, status, await response.text());
    }
    const log = await readLog(`${nginx.folder.path}/chi_server.log`, 11);
    assertEquals(
      log.map((line) => line.match(/^127\.0\.0\.1 \[\S+\] (.*) [\d.]+$/)?.[1]),
      [
        "GET /summary 200",
        "GET /addpool 200",
        "GET /@garage/addpool 200",
        "GET /@garage 200",
        "GET /- 200",
        "GET / 404",
        "GET / 404",
        "GET / 404",
        "GET /addpool 200",
        "GET /addpool 200",
        "GET /@garage/addpool 200",
      ],
    );
  },
);

/** nginx writes a line after it has answered. */
async function readLog(path: string, count: number): Promise<string[]> {
  for (;;) {
    const lines = (await Deno.readTextFile(path)).split("\n").slice(0, -1);
    if (lines.length >= count) return lines;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
