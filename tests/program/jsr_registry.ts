/**
 * A registry that answers as JSR does, on this machine: a package can be
 * published there by `deno publish`, and run from there. It has what the program
 * needs of `@std`, in the JavaScript of npm:deno-std.
 *
 * @module
 */

import { ROOT } from "./program.ts";

/** What a registry has of a package's version. */
export interface JsrPackage {
  readonly exports: Readonly<Record<string, string>>;
  /** Contents by path, each path starting with a slash. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

const STD_VERSION = "1.4.0";

/** The parts of `@std` that the program imports, and what they import. */
const STD_FILES = {
  cli: {
    exports: { "./parse-args": "./parse_args.js" },
    files: ["parse_args.js"],
  },
  http: {
    exports: { "./negotiation": "./negotiation.js" },
    files: [
      "negotiation.js",
      "_negotiation/common.js",
      "_negotiation/encoding.js",
      "_negotiation/language.js",
      "_negotiation/media_type.js",
    ],
  },
  text: {
    exports: {
      "./closest-string": "./closest_string.js",
      "./levenshtein-distance": "./levenshtein_distance.js",
    },
    files: ["closest_string.js", "levenshtein_distance.js"],
  },
} as const;

/** The registry; disposing of it stops it. */
export class JsrRegistry implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  /** What was published, by `@scope/name@version`. */
  readonly packages = new Map<string, JsrPackage>();

  /** @param npmCache Where Deno keeps what it has from npm. */
  constructor(npmCache: string) {
    const folder = findPackage(npmCache, `deno-std/${STD_VERSION}`);
    for (const [name, { exports, files }] of Object.entries(STD_FILES)) {
      this.packages.set(`@std/${name}@${STD_VERSION}`, {
        exports,
        files: new Map(
          files.map((file) => [
            `/${file}`,
            Deno.readFileSync(`${folder}/${name}/${file}`),
          ]),
        ),
      });
    }
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => this.#answer(request),
    );
  }

  /** What `JSR_URL` can be set to. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const [, scope, name, version] =
      /^\/api\/scopes\/(.+)\/packages\/(.+)\/versions\/(.+)$/.exec(pathname) ??
        [];
    if (request.method === "POST" && version !== undefined) {
      const files = await unpack(request.body ?? new ReadableStream());
      this.packages.set(`@${scope}/${name}@${version}`, {
        ...readJson(files.get("/deno.json")),
        files,
      });
      return Response.json({ id: crypto.randomUUID(), status: "success" });
    }
    if (/^\/api\/scopes\/\w+\/packages\/\w+$/.test(pathname)) {
      return Response.json({});
    }
    return await this.#serveFile(pathname) ??
      Response.json({ code: "notFound", message: "" }, { status: 404 });
  }

  async #serveFile(pathname: string): Promise<Response | undefined> {
    for (const [id, { files, exports }] of this.packages) {
      const [name = "", version = ""] = id.split(/(?<=.)@/);
      const base = `/${name}/`;
      if (pathname === `${base}meta.json`) {
        return Response.json({ versions: { [version]: {} }, latest: version });
      }
      if (pathname === `${base}${version}_meta.json`) {
        return Response.json({ exports, manifest: await toManifest(files) });
      }
      const start = `${base}${version}`;
      const file = pathname.startsWith(`${start}/`)
        ? files.get(pathname.slice(start.length))
        : undefined;
      if (file !== undefined) {
        return new Response(file, {
          headers: { "content-type": toType(pathname) },
        });
      }
    }
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** Where Deno keeps what it has downloaded. */
export async function readNpmCache(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json"],
    cwd: ROOT,
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).npmCache;
}

function findPackage(npmCache: string, path: string): string {
  for (const { name } of Deno.readDirSync(npmCache)) {
    const folder = `${npmCache}/${name}/${path}`;
    try {
      if (Deno.statSync(folder).isDirectory) return folder;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  throw new Error(`${npmCache} has no ${path}`);
}

async function toManifest(
  files: JsrPackage["files"],
): Promise<Record<string, { size: number; checksum: string }>> {
  const entries = [...files].map(async ([path, bytes]) => {
    const digest = await crypto.subtle.digest("SHA-256", bytes);
    const checksum = `sha256-${new Uint8Array(digest).toHex()}`;
    return [path, { size: bytes.length, checksum }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

function toType(path: string): string {
  if (path.endsWith(".ts")) return "application/typescript";
  if (path.endsWith(".js")) return "text/javascript";
  return path.endsWith(".json") ? "application/json" : "text/plain";
}

/** Reads a .tar.gz of plain files (POSIX.1-1988 ustar, as JSR's are). */
async function unpack(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const tar = await new Response(
    body.pipeThrough(new DecompressionStream("gzip")),
  ).bytes();
  const decoder = new TextDecoder();
  const read = (from: number, length: number): string =>
    decoder.decode(tar.subarray(from, from + length)).split("\0", 1)[0] ?? "";
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (let at = 0; tar[at];) {
    const size = parseInt(read(at + 124, 12), 8);
    const path = read(at, 100).replace(/^\.?\/?/, "/");
    files.set(path, tar.slice(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

function readJson(
  bytes: Uint8Array | undefined,
): { readonly exports: Readonly<Record<string, string>> } {
  return JSON.parse(new TextDecoder().decode(bytes));
}
