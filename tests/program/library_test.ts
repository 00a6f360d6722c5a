/**
 * The library as others get it: from a URL, from JSR, and from a checkout.
 */
import { fileURLToPath } from "node:url";
import { assertEquals } from "jsr:@std/assert@1";
import denoConfig from "../../deno.json" with { type: "json" };
import { echoRequests, ScriptedRig } from "../scripted_rig.ts";
import { type Outcome, Program, ROOT, runProgram } from "./program.ts";

const { name: NAME, version: VERSION } = denoConfig;

/** What the library is made of; tests, docs and the like are no part of it. */
const SOURCE =
  /^(?:[\w-]+\.ts|deno\.json|(?:client|dashboard|gateway|rigs|rpc|telemetry)\/.*)$/;

const TYPES: Readonly<Record<string, string>> = {
  ts: "application/typescript",
  js: "text/javascript",
  json: "application/json",
};

function toType(path: string): string {
  return TYPES[path.slice(path.lastIndexOf(".") + 1)] ?? "text/plain";
}

/** Serves files of the checkout below a path, and what else it is given. */
function serve(
  prefix: string,
  documents: Readonly<Record<string, unknown>> = {},
): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname in documents) return Response.json(documents[pathname]);
      const path = pathname.slice(prefix.length);
      if (!pathname.startsWith(prefix) || !SOURCE.test(path)) {
        return new Response(null, { status: 404 });
      }
      try {
        const body = await Deno.readFile(new URL(path, ROOT));
        return new Response(body, {
          headers: { "content-type": toType(path) },
        });
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
        return new Response(null, { status: 404 });
      }
    },
  );
}

/** The files of a package, as JSR's manifest has them. */
async function listManifest(
  folder = "",
  manifest: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  for await (const entry of Deno.readDir(new URL(folder, ROOT))) {
    const path = folder + entry.name;
    if (entry.isDirectory && SOURCE.test(`${path}/`)) {
      await listManifest(`${path}/`, manifest);
    } else if (entry.isFile && SOURCE.test(path)) {
      const bytes = await Deno.readFile(new URL(path, ROOT));
      const digest = await crypto.subtle.digest("SHA-256", bytes);
      manifest[`/${path}`] = {
        size: bytes.length,
        checksum: `sha256-${new Uint8Array(digest).toHex()}`,
      };
    }
  }
  return manifest;
}

/** Runs a script in an empty folder, with net permission on loopback alone. */
async function runScript(
  text: string,
  origin: string,
  options: { imports?: Record<string, string>; env?: Record<string, string> },
): Promise<Outcome> {
  const folder = await Deno.makeTempDir();
  try {
    const { imports, env = {} } = options;
    const flags = ["--check", "--quiet", "--no-config", "--no-lock"];
    if (imports !== undefined) {
      const map = `${folder}/import_map.json`;
      await Deno.writeTextFile(map, JSON.stringify({ imports }));
      flags.push(`--import-map=${map}`);
    }
    const script = `${folder}/script.ts`;
    await Deno.writeTextFile(script, text);
    const { host } = new URL(origin);
    return await runProgram([], {
      run: [
        ...["run", "--no-prompt", ...flags, `--reload=${origin}`],
        ...["--allow-net=127.0.0.1", `--allow-import=${host}`, script],
      ],
      cwd: folder,
      env,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** JSR is out of reach in some places: what is imported from it comes from npm. */
const FROM_NPM = Object.fromEntries(
  Object.entries(denoConfig.imports).filter(([name]) =>
    name.startsWith("jsr:")
  ),
);

/** Nothing listens there. */
const NOWHERE = "http://127.0.0.1:1/";

const USE_ALL = `
await using simulator = Simulator.start();
const rig = new Rig(simulator);
const { summary, version } = await rig.join("summary", "version");
const elapsed: number = summary.SUMMARY[0].Elapsed;
await rig.switchPool(1);
const error = await rig.switchPool(9).catch((error) => error);
console.log(elapsed > 0, version.VERSION[0].API, error.code);`;

const USED_ALL = "true 3.7 rig-status\n";

/** A run that ended well says nothing on stderr. */
function checkOutcome({ code, stdout, stderr }: Outcome): void {
  assertEquals([code, stderr], [0, ""]);
  assertEquals(`${stdout}\n`, USED_ALL);
}

Deno.test("the client runs from a URL, with no import map and no configuration", async () => {
  await using server = serve("/");
  const origin = `http://127.0.0.1:${server.addr.port}`;
  checkOutcome(
    await runScript(
      `import { Rig } from "${origin}/client/rig.ts";
       import { Simulator } from "${origin}/rigs/simulator.ts";${USE_ALL}`,
      origin,
      // Nor with anything from elsewhere.
      { env: { JSR_URL: NOWHERE, NPM_CONFIG_REGISTRY: NOWHERE } },
    ),
  );
});

Deno.test("mod.ts gives the client from a URL", async () => {
  await using server = serve("/");
  const origin = `http://127.0.0.1:${server.addr.port}`;
  checkOutcome(
    await runScript(
      `import { Rig, Simulator } from "${origin}/mod.ts";${USE_ALL}`,
      origin,
      { imports: FROM_NPM },
    ),
  );
});

Deno.test("mod.ts is the package on JSR", async () => {
  const manifest = await listManifest();
  await using registry = serve(`/${NAME}/${VERSION}/`, {
    [`/${NAME}/meta.json`]: {
      scope: NAME.slice(1).split("/")[0],
      name: NAME.split("/")[1],
      latest: VERSION,
      versions: { [VERSION]: {} },
    },
    [`/${NAME}/${VERSION}_meta.json`]: {
      manifest,
      exports: { ".": "./mod.ts" },
    },
  });
  const origin = `http://127.0.0.1:${registry.addr.port}`;
  checkOutcome(
    await runScript(
      `import { Rig, Simulator } from "jsr:${NAME}@${VERSION}";${USE_ALL}`,
      origin,
      { imports: FROM_NPM, env: { JSR_URL: `${origin}/` } },
    ),
  );
});

Deno.test("mod.ts type-checks from a checkout with nobody's compiler options", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const config = `${folder}/deno.json`;
    const { imports } = denoConfig;
    await Deno.writeTextFile(config, JSON.stringify({ imports }));
    const { code, stderr } = await runProgram([], {
      run: [
        ...["check", "--quiet", "--no-lock", `--config=${config}`],
        fileURLToPath(new URL("mod.ts", ROOT)),
      ],
      cwd: folder,
    });
    assertEquals([code, stderr], [0, ""]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Ends a program that something keeps alive, with a code that says so. */
const WATCHDOG = `
Deno.unrefTimer(setTimeout(() => {
  console.log("still alive");
  Deno.exit(3);
}, 20_000));`;

/** Starts a script that has the client, as a program of its own. */
async function startScript(
  text: string,
): Promise<AsyncDisposable & { program: Program }> {
  const folder = await Deno.makeTempDir();
  const script = `${folder}/script.ts`;
  const imports = `
    import { Rig } from "${new URL("client/rig.ts", ROOT)}";
    import { callRig } from "${new URL("rpc.ts", ROOT)}";`;
  await Deno.writeTextFile(script, imports + WATCHDOG + text);
  const program = Program.spawn([], {
    run: [
      ...["run", "--no-check", "--no-prompt", "--no-config", "--no-lock"],
      ...["--allow-net=127.0.0.1", script],
    ],
    cwd: folder,
  });
  return {
    program,
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

Deno.test("a program ends that has given a call up, though the rig says nothing", async () => {
  await using rig = await ScriptedRig.start(({ closed }) => closed);
  const days = 24 * 3600 * 1000;
  for (
    const options of [
      "{ timeoutMs: 50 }",
      "{ signal: AbortSignal.timeout(50) }",
    ]
  ) {
    await using script = await startScript(`
      const rig = new Rig({ hostname: "127.0.0.1", port: ${rig.port}, timeoutMs: ${days} });
      await rig.switchPool(1, ${options}).catch(() => console.log("given up"));`);
    const { code, stdout, stderr } = await script.program.readOutcome();
    assertEquals([code, stdout, stderr], [0, "given up", ""], options);
  }
});

Deno.test("a call keeps a program alive again once somebody waits for it again", async () => {
  const ready = Promise.withResolvers<void>();
  await using rig = await ScriptedRig.start(echoRequests(() => ready.promise));
  await using script = await startScript(`
    const rig = { hostname: "127.0.0.1", port: ${rig.port} };
    // Not awaited here: that would keep it alive by itself.
    callRig(rig, { command: "summary" }, {
      timeoutMs: 1e9,
      onSend: (call) => {
        call.unref();
        call.ref();
        console.log("sent");
      },
    }).then(({ end }) => console.log(end));`);
  const { program } = script;
  assertEquals(await program.readLine(), "sent");
  ready.resolve();
  const { code, stdout } = await program.readOutcome();
  assertEquals([code, stdout], [0, "sent\nnul"]);
});

Deno.test("a call that was let go keeps no program alive", async () => {
  await using rig = await ScriptedRig.start(({ closed }) => closed);
  await using script = await startScript(`
    const rig = { hostname: "127.0.0.1", port: ${rig.port} };
    callRig(rig, { command: "summary" }, {
      timeoutMs: 1e9,
      onSend: (call) => (console.log("sent"), call.unref()),
    });`);
  const { code, stdout, stderr } = await script.program.readOutcome();
  assertEquals([code, stdout, stderr], [0, "sent", ""]);
});
