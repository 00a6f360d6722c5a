// Imports go one way between the rooms of the house, as docs/dev/architecture.md
// has them: a room imports what stands below it in its list, and nothing above.

import { assertEquals } from "jsr:@std/assert@1";
import { dirname, join, normalize } from "node:path";

const ROOT = new URL("../", import.meta.url).pathname;

/** What each room may import from; itself, always. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  "main.ts": ["program", "program/config"],
  "mod.ts": [
    ...["client", "gateway", "gateway/live", "gateway/access", "gateway/http"],
    ...["rigs", "telemetry", "rpc", "routes.ts"],
  ],
  "routes.ts": ["rpc"],
  "rpc.ts": ["rpc"],
  "rpc": [],
  "telemetry": ["rpc"],
  "rigs": ["telemetry", "rpc"],
  "client": ["rigs", "telemetry", "rpc"],
  "dashboard": [],
  "gateway": [
    ...["gateway/pages", "gateway/live", "gateway/access", "gateway/watch"],
    ...["gateway/metrics", "gateway/http", "rigs", "rpc", "routes.ts"],
  ],
  "gateway/pages": [
    ...["gateway", "gateway/openapi", "gateway/live", "gateway/watch"],
    ...["gateway/metrics", "gateway/access", "gateway/http", "dashboard"],
    ...["rigs", "telemetry", "rpc", "routes.ts"],
  ],
  "gateway/openapi": [
    ...["gateway/watch", "gateway/metrics", "gateway/http", "dashboard"],
    ...["rigs", "telemetry", "rpc", "routes.ts"],
  ],
  "gateway/live": [
    ...["gateway/metrics", "gateway/access", "gateway/http", "rigs", "rpc"],
  ],
  "gateway/watch": ["gateway/http", "rigs", "telemetry", "rpc"],
  "gateway/metrics": ["gateway/http", "rigs", "telemetry", "rpc"],
  "gateway/access": ["gateway/http", "rpc"],
  "gateway/http": ["rigs", "telemetry", "rpc", "routes.ts"],
  "program": [
    ...["program/config", "gateway", "gateway/watch", "gateway/live"],
    ...["gateway/metrics", "gateway/access", "gateway/http", "rigs"],
    ...["telemetry", "rpc"],
  ],
  "program/config": [
    ...["gateway", "gateway/access", "gateway/http", "gateway/watch"],
    ...["rigs", "telemetry", "rpc"],
  ],
  "scripts": ["program", "program/config"],
  "examples": ["mod.ts"],
};

/** Files of the gateway's own floor that its pages may import. */
const BELOW_PAGES = ["gateway/exchange.ts", "gateway/admission.ts"];

/** Pure files that browsers get as well; of the rest only types. */
const BUNDLED = [
  "rpc/replies.ts",
  "telemetry/actions.ts",
  "telemetry/algorithm.ts",
  "gateway/http/csv_line.ts",
];

/** The room of a file: its folder's, up to two floors deep. */
function findRoom(path: string): string {
  const parts = path.split("/");
  if (parts.length === 1) return path;
  const two = parts.slice(0, 2).join("/");
  return parts.length > 2 && two in ROOMS ? two : parts[0] as string;
}

/** All sources that are part of the house. */
function* listSources(folder = ""): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(ROOT + folder)) {
    const path = join(folder, name);
    if (isDirectory) {
      if (
        !/^(?:\.|tests$|bench$|deploy$|docs$|dist$|node_modules$)/.test(path)
      ) {
        yield* listSources(path);
      }
    } else if (/\.tsx?$/.test(name)) yield path;
  }
}

/** What a file imports from other files; types are erased where that is said. */
function* listImports(path: string, isErased = false): Generator<string> {
  const source = Deno.readTextFileSync(ROOT + path)
    .replaceAll(/\/\*\*[^]*?\*\//g, "");
  const text = isErased
    ? source.replaceAll(/^import type [^;]*;$/gm, "")
    : source;
  const imports = /(?:from|import) "(\.{1,2}\/[^"]+)"|import\("(\.[^"]+)"\)/g;
  for (const [, named, dynamic] of text.matchAll(imports)) {
    yield normalize(join(dirname(path), named ?? dynamic ?? ""));
  }
}

Deno.test("imports go one way, from room to room", () => {
  const wrong: string[] = [];
  let count = 0;
  for (const path of listSources()) {
    const room = findRoom(path);
    // Browsers get none of the types that the gateway sends.
    const isErased = room === "dashboard";
    for (const other of listImports(path, isErased)) {
      if (!/\.tsx?$/.test(other)) continue;
      count++;
      const target = findRoom(other);
      if (target === room) continue;
      const allowed = ROOMS[room] ?? [];
      // A question to a rig stands beside the folder of its parts.
      const isAllowed =
        allowed.includes(target === "rpc.ts" ? "rpc" : target) ||
        (room === "dashboard" && BUNDLED.includes(other));
      const isAbove = room === "gateway/pages" && target === "gateway" &&
        !BELOW_PAGES.includes(other);
      if (!isAllowed || isAbove) wrong.push(`${path} → ${other}`);
    }
  }
  assertEquals(wrong, []);
  assertEquals(count > 500, true);
});

Deno.test("no two files import each other's values or types, by however many steps", () => {
  const imports = new Map(
    [...listSources()].map((path) => [path, [...listImports(path)]]),
  );
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start !== -1) {
      circles.push([...trail.slice(start), path].join(" → "));
      return;
    }
    if (done.has(path)) return;
    for (const other of imports.get(path) ?? []) visit(other, [...trail, path]);
    done.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
  assertEquals(circles, []);
});
