import { assertEquals, assertStringIncludes } from "jsr:@std/assert@1";
import denoConfig from "../../deno.json" with { type: "json" };
import { Program, ROOT, runProgram } from "./program.ts";

/** Serves the checkout, as another origin would. */
function serveCheckout(): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      try {
        const body = await Deno.readFile(new URL(`.${pathname}`, ROOT));
        return new Response(body, {
          headers: { "content-type": toType(pathname) },
        });
      } catch {
        return new Response(null, { status: 404 });
      }
    },
  );
}

function toType(path: string): string {
  if (path.endsWith(".ts")) return "application/typescript";
  return path.endsWith(".json") ? "application/json" : "text/html";
}

/** An import map for the `jsr:` specifiers alone, where JSR is out of reach. */
async function writeImportMap(folder: string): Promise<string> {
  const path = `${folder}/import_map.json`;
  const imports = Object.fromEntries(
    Object.entries(denoConfig.imports).filter(([name]) =>
      name.startsWith("jsr:")
    ),
  );
  await Deno.writeTextFile(path, JSON.stringify({ imports }));
  return path;
}

Deno.test("main.ts and mod.ts run from a URL", async () => {
  await using server = serveCheckout();
  const folder = await Deno.makeTempDir();
  try {
    const origin = `http://127.0.0.1:${server.addr.port}`;
    const flags = [
      "--no-prompt",
      "--no-config",
      "--no-lock",
      `--import-map=${await writeImportMap(folder)}`,
      `--reload=${origin}`,
    ];
    {
      await using program = Program.spawn(["--demo=1", "-w0"], {
        run: ["run", ...flags, "-N", `${origin}/main.ts`],
        cwd: folder,
      });
      const port = await program.readPort();
      const { VERSION } =
        await (await fetch(`http://127.0.0.1:${port}/version`)).json();
      assertEquals(VERSION.length, 1);
    }
    const script = `${folder}/script.ts`;
    await Deno.writeTextFile(
      script,
      `import { callRig, Simulator, toRequest } from "${origin}/mod.ts";
       await using rig = Simulator.start();
       const { bytes } = await callRig(rig, toRequest("/version"));
       console.log(new TextDecoder().decode(bytes));`,
    );
    const { code, stdout, stderr } = await runProgram([], {
      run: [
        "run",
        "--check",
        ...flags,
        "-N",
        `--allow-import=127.0.0.1:${server.addr.port}`,
        script,
      ],
      cwd: folder,
    });
    assertEquals([code, code === 0 ? "" : stderr], [0, ""]);
    assertStringIncludes(stdout, '"VERSION":');
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
