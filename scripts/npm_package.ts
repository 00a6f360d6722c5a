/**
 * Makes the package for Node and Bun in `dist/npm`: `mod.ts` as one ES module,
 * with its types. What it needs of others is in it.
 *
 * ```sh
 * deno task npm             # writes dist/npm/
 * deno task npm <folder>    # writes there
 * ```
 *
 * @module
 */

import { build, type Plugin, stop } from "npm:esbuild@0.28";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "npm:typescript@5.9.3";
import denoConfig from "../deno.json" with { type: "json" };
import { locatePackage, ROOT } from "./source_tree.ts";

const { name, version, license, imports } = denoConfig;

/** What Node 22 does not understand becomes something that it does. */
const TARGET = ["node22"];

/** Finds what deno.json maps to npm, and reads files that are text. */
const resolver: Plugin = {
  name: "deno",
  setup({ onLoad, onResolve, resolve }) {
    onResolve({ filter: /^(?:jsr|npm):/ }, async ({ path }) => {
      const mapped = (imports as Record<string, string>)[path] ?? path;
      // npm:deno-std@1.4.0/http/negotiation.js
      const [packageName = "", packageVersion = "", ...rest] = mapped
        .slice("npm:".length).split(/[@/]/);
      const folder = await locatePackage(packageName, packageVersion);
      if (rest.length > 0) return { path: join(folder, ...rest) };
      const kind = "import-statement";
      return await resolve(".", { resolveDir: folder, kind });
    });
    onLoad(
      { filter: /./ },
      async ({ path, with: { type } }) =>
        type === "text"
          ? { contents: await Deno.readTextFile(path), loader: "text" }
          : undefined,
    );
  },
};

/**
 * Writes the types of what `mod.ts` exports, module by module, as far as one
 * leads to the next. That the sources are right is checked elsewhere.
 */
async function writeTypes(folder: string): Promise<void> {
  const root = fileURLToPath(ROOT);
  const program = ts.createProgram([join(root, "mod.ts")], {
    ...denoConfig.compilerOptions,
    allowImportingTsExtensions: true,
    declaration: true,
    emitDeclarationOnly: true,
    jsx: ts.JsxEmit.Preserve,
    lib: ["lib.esnext.d.ts", "lib.dom.d.ts"],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    noCheck: true,
    outDir: root,
    rootDir: root,
    target: ts.ScriptTarget.ESNext,
    types: [],
  });
  const written = new Map<string, string>();
  const { diagnostics } = program.emit(
    undefined,
    (path, text) => written.set(relative(root, path), text),
  );
  for (const { file, messageText } of diagnostics) {
    const message = ts.flattenDiagnosticMessageText(messageText, "\n");
    throw new Error(`${file?.fileName}: ${message}`);
  }
  const paths = new Set(["mod.d.ts"]);
  for (const path of paths) {
    const types = written.get(path)?.replace(
      /((?:from |import\()")(\.[^"\n]*)\.ts"/g,
      (_, before: string, target: string) => {
        paths.add(join(dirname(path), `${target}.d.ts`));
        return `${before}${target}.js"`;
      },
    );
    if (types === undefined) throw new Error(`No types for ${path}`);
    const to = join(folder, path);
    await Deno.mkdir(dirname(to), { recursive: true });
    await Deno.writeTextFile(to, types);
  }
}

/** Writes the whole package into a folder, which is emptied before. */
async function buildPackage(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (const { name } of Deno.readDirSync(folder)) {
    await Deno.remove(join(folder, name), { recursive: true });
  }
  await build({
    absWorkingDir: fileURLToPath(ROOT),
    // For CommonJS in it, which asks for modules of Node by their old names.
    banner: {
      js: 'import { createRequire } from "node:module";\n' +
        "const require = createRequire(import.meta.url);",
    },
    bundle: true,
    charset: "utf8",
    entryPoints: ["mod.ts"],
    external: ["node:*"],
    format: "esm",
    logLevel: "warning",
    outfile: join(folder, "mod.js"),
    platform: "node",
    plugins: [resolver],
    target: TARGET,
  });
  await writeTypes(join(folder, "types"));
  for (const file of ["LICENSE", "CHANGELOG.md"]) {
    await Deno.copyFile(new URL(file, ROOT), join(folder, file));
  }
  await Deno.copyFile(
    new URL("docs/library.md", ROOT),
    join(folder, "README.md"),
  );
  const manifest = {
    name,
    version,
    license,
    description: "The CGMiner RPC API of mining rigs, for programs",
    type: "module",
    sideEffects: false,
    engines: { node: ">=22.3" },
    exports: { ".": { types: "./types/mod.d.ts", default: "./mod.js" } },
  };
  await Deno.writeTextFile(
    join(folder, "package.json"),
    JSON.stringify(manifest, null, 2) + "\n",
  );
}

try {
  const [folder = fileURLToPath(new URL("dist/npm", ROOT))] = Deno.args;
  await buildPackage(folder);
  console.log(`${name} ${version}: ${pathToFileURL(folder).pathname}`);
} finally {
  await stop();
}
