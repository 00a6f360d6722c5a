/**
 * The library as others get it: from a URL, and from JSR.
 */
import { assertEquals } from "jsr:@std/assert@1";
import denoConfig from "../../deno.json" with { type: "json" };
import { type Outcome, ROOT, runProgram } from "./program.ts";

const { name: NAME, version: VERSION } = denoConfig;

/** What the library is made of; tests, docs and the like are no part of it. */
const SOURCE =
  /^(?:[\w-]+\.ts|deno\.json|(?:client|gateway|rigs|rpc|telemetry)\/.*)$/;

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
