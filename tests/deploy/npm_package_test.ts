/**
 * The package for Node and Bun: made, installed from its folder without a
 * network, type-checked by a program that uses it, and run.
 */
import { assertEquals, assertStringIncludes } from "jsr:@std/assert@1";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import denoConfig from "../../deno.json" with { type: "json" };

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A watchdog, and a gateway behind Node's own server. */
const WATCHDOG = `
import { createServer } from "node:http";
import {
  createHandler, currentHashrate, findTrouble, Fleet, readTelemetry, Rig,
  RigError, Simulator,
} from "@chi/server";

const simulator = Simulator.start({ 
  personality: "antminer", restartMs: 10, uptimeS: 5000,
});
const { hostname, port } = simulator;
const fleet = new Fleet([{ name: "garage", hostname, port }]);
const rig = new Rig(fleet.findRig("garage"));
const telemetry = readTelemetry({
  summary: await rig.call("summary"),
  stats: await rig.call("stats"),
});
console.log("hashes", currentHashrate(telemetry) > 0);
console.log("trouble", findTrouble({ telemetry, state: "up" }).length);

const gateway = createHandler({ fleet });
const server = createServer(async (request, response) => {
  const { status, headers, body } = await gateway(
    new Request("http://" + request.headers.host + request.url, {
      method: request.method,
      headers: request.headers,
    }),
    { remoteAddr: { hostname: request.socket.remoteAddress } },
  );
  response.writeHead(status, Object.fromEntries(headers));
  for await (const chunk of body ?? []) response.write(chunk);
  response.end();
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const origin = "http://127.0.0.1:" + server.address().port;
for (const path of ["/summary", "/@garage/pools", "/metrics", "/-/rigs", "/"]) {
  const answer = await fetch(origin + path);
  console.log(path, answer.status, (await answer.text()).length > 0);
}
// Without an address the client is unknown, and nobody may change a rig so.
const unknown = await gateway(new Request("http://localhost/switchpool/1"));
console.log("unknown", unknown.status);

await rig.restart();
while (true) {
  try {
    await rig.version();
    break;
  } catch (error) {
    if (!(error instanceof RigError) || error.code !== "rig-refused") throw error;
  }
}
const { uptimeS } = await rig.telemetry();
console.log("restarted", telemetry.uptimeS >= 5000 && uptimeS < 5000);
try {
  Simulator.start({ port });
} catch (error) {
  console.log("taken", error.message.includes("taken"));
}
const whatsminer = Simulator.start({ personality: "whatsminer" });
const locked = new Rig({
  hostname: whatsminer.hostname, port: whatsminer.port, password: "admin",
});
await locked.pause();
console.log("whatsminer", (await locked.telemetry()).mode);
await whatsminer.stop();
server.closeAllConnections();
server.close();
await simulator.stop();
try {
  await rig.version();
} catch (error) {
  console.log(error.name, error.code);
}
`;

const EXPECTED = `hashes true
trouble 0
/summary 200 true
/@garage/pools 200 true
/metrics 200 true
/-/rigs 200 true
/ 200 true
unknown 403
restarted true
taken true
whatsminer paused
RigError rig-refused
`;

/** A program that compiles if the types are what the docs say. */
const CONSUMER = `
import {
  askRigs, type Handler, createHandler, Fleet, Rig, Simulator, type Telemetry,
} from "@chi/server";

const fleet = new Fleet([{ name: "a", hostname: "127.0.0.1", port: 4028 }]);
export const handler: Handler = createHandler({ fleet });
export const answer: Promise<Response> = handler(
  new Request("http://localhost/summary"),
  { remoteAddr: { hostname: undefined } },
);
const rig = new Rig(fleet.findRig("a"));
export async function read(): Promise<Telemetry> {
  const { SUMMARY: [summary] } = await rig.summary();
  summary.Accepted satisfies number | string;
  // @ts-expect-error There is no such field.
  summary.Acepted;
  // @ts-expect-error A port is a number.
  Simulator.start({ port: "4028" });
  for await (const { reply, error } of askRigs([rig], "summary")) {
    console.log(reply?.STATUS, error);
  }
  return await rig.telemetry();
}
`;

const TSCONFIG = {
  compilerOptions: {
    lib: ["esnext", "dom"],
    module: "nodenext",
    noEmit: true,
    strict: true,
    target: "es2022",
    types: [],
  },
  files: ["consumer.mts"],
};

interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** Runs a command; undefined if there is none of that name. */
async function run(
  command: string,
  args: readonly string[],
  cwd: string,
): Promise<Outcome | undefined> {
  try {
    const { code, stdout, stderr } = await new Deno.Command(command, {
      args: [...args],
      cwd,
      env: { NO_COLOR: "1" },
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    return { code, output: decoder.decode(stdout) + decoder.decode(stderr) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Finds what runs a script: a command and its arguments before the file. */
async function findRuntime(
  candidates: readonly (readonly string[])[],
  isRight: (version: string) => boolean,
  cwd: string,
): Promise<readonly string[] | undefined> {
  for (const [command = "", ...args] of candidates) {
    const found = await run(command, [...args, "--version"], cwd);
    if (found?.code === 0 && isRight(found.output.trim())) {
      return [command, ...args];
    }
  }
  return undefined;
}

const RUNTIMES = {
  "Node 22": {
    candidates: [["node"], ["npx", "-y", "-p", "node@22", "node"]],
    isRight: (version: string) => parseInt(version.slice(1)) >= 22,
  },
  "Bun": {
    candidates: [["bun"], ["npx", "-y", "bun"]],
    isRight: (version: string) => /^\d+\./.test(version),
  },
};

Deno.test("the package for Node and Bun: types, and a watchdog", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "chi-server-npm-" });
  try {
    const made = join(folder, "made");
    const project = join(folder, "project");
    const target = join(project, "node_modules", denoConfig.name);
    await Deno.mkdir(project);
    await Deno.writeTextFile(join(project, "package.json"), "{}");
    const build = await run(Deno.execPath(), [
      ...["run", "--lock=tests/deno.lock", "--allow-all"],
      ...["scripts/npm_package.ts", made],
    ], ROOT);
    assertEquals(build?.code, 0, build?.output);

    const install = await run(
      "npm",
      [
        "install",
        "--offline",
        "--no-audit",
        "--no-fund",
        "--install-links",
        made,
      ],
      project,
    );
    if (install === undefined) {
      console.log("SKIPPED in part: this machine has no npm");
      return;
    }
    assertEquals(install.code, 0, install.output);
    const manifest = JSON.parse(
      await Deno.readTextFile(join(target, "package.json")),
    );
    assertEquals(manifest.version, denoConfig.version);
    assertEquals(manifest.dependencies, undefined);

    await t.step("a program that uses it compiles", async () => {
      await Deno.writeTextFile(join(project, "consumer.mts"), CONSUMER);
      await Deno.writeTextFile(
        join(project, "tsconfig.json"),
        JSON.stringify(TSCONFIG),
      );
      const check = await run(Deno.execPath(), [
        ...["run", "--lock=tests/deno.lock", "--allow-all"],
        ...[`--config=${join(ROOT, "deno.json")}`],
        ...["npm:typescript@5.9.3/tsc", "-p", project],
      ], ROOT);
      assertEquals(check, { code: 0, output: "" });
    });

    const script = join(project, "watchdog.mjs");
    await Deno.writeTextFile(script, WATCHDOG);
    for (const [name, { candidates, isRight }] of Object.entries(RUNTIMES)) {
      const runtime = await findRuntime(candidates, isRight, project);
      if (runtime === undefined) {
        console.log(
          `SKIPPED in part: there is no ${name} here, and none from npm`,
        );
      }
      await t.step({
        name: `a watchdog runs under ${name}`,
        ignore: runtime === undefined,
        fn: async () => {
          const [command = "", ...args] = runtime ?? [];
          const outcome = await run(command, [...args, script], project);
          assertEquals(outcome?.code, 0, outcome?.output);
          assertStringIncludes(outcome?.output ?? "", EXPECTED);
        },
      });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
