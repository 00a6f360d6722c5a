import { assert, assertEquals, assertThrows } from "jsr:@std/assert@1";
import {
  parseAllowList,
  parseGroups,
} from "../../../gateway/access/access_list.ts";
import { FACTS, makeOpenApi } from "../../../gateway/openapi/openapi.ts";
import { formatCurl } from "../../../dashboard/curl.ts";
import { replyWith, ScriptedRig } from "../../scripted_rig.ts";
import { GatewayServer } from "../../gateway_server.ts";
import { listOperations } from "./openapi_operations.ts";

const DOCUMENT = makeOpenApi(FACTS);
const ROOT = "http://gateway.lan/miners";

Deno.test("/-/docs links to its files and to the gateway below any prefix", async () => {
  await using rig = await ScriptedRig.start(replyWith("{}"));
  await using gateway = GatewayServer.start(rig, { prefix: "/miners" });
  const place = gateway.url("/miners/-/docs");
  const page = await (await fetch(place)).text();
  const links = [...page.matchAll(/(?:href|src)="([^"]*)"/g)]
    .map(([, link = ""]) => link).filter((link) => !link.startsWith("data:"));
  const types: unknown[] = [];
  for (const link of links) {
    const response = await fetch(new URL(link, place));
    await response.body?.cancel();
    types.push([link, response.status, response.headers.get("content-type")]);
  }
  assertEquals(types, [
    ["assets/style.css", 200, "text/css; charset=utf-8"],
    ["assets/docs.css", 200, "text/css; charset=utf-8"],
    ["assets/docs.js", 200, "text/javascript; charset=utf-8"],
    ["openapi.json", 200, "application/json"],
  ]);
});

Deno.test("/-/docs and /-/openapi.json are for whoever may read, and weigh little", async () => {
  const groups = parseGroups("");
  const policy = {
    rules: parseAllowList("W:10.0.0.0/8", groups),
    groups,
    hasToken: false,
    isTokenForReads: false,
    allowedHosts: [],
    corsOrigins: [],
  };
  const here = { hostname: "127.0.0.1", port: 9 };
  await using open = GatewayServer.start(here);
  await using closed = GatewayServer.start(here, { policy });
  for (const path of ["/-/docs", "/-/openapi.json"]) {
    const refused = await fetch(closed.url(path));
    assertEquals([refused.status, (await refused.json()).code], [
      403,
      "command-denied",
    ]);
    const headers = { "accept-encoding": "gzip" };
    const response = await fetch(open.url(path), { headers });
    assertEquals(response.status, 200);
    const compressed = new Blob([await response.text()]).stream()
      .pipeThrough(new CompressionStream("gzip"));
    const { length } = await new Response(compressed).bytes();
    assert(length < 40_000, `${path}: ${length}`);
  }
});

Deno.test("/-/docs may run the gateway's own files only, and no page may frame it", async () => {
  await using gateway = GatewayServer.start({ hostname: "127.0.0.1", port: 9 });
  const response = await fetch(gateway.url("/-/docs"));
  assertEquals(
    response.headers.get("content-security-policy"),
    "default-src 'none'; script-src 'self'; style-src 'self'; " +
      "connect-src 'self'; img-src 'self' data:; manifest-src 'self'; base-uri 'none'; " +
      "form-action 'none'; frame-ancestors 'none'",
  );
  const page = await response.text();
  assertEquals([...page.matchAll(/<script(?! type="module" src=)/g)], []);
  assertEquals(/<style|\son\w+=|\sstyle=/.test(page), false);
});

Deno.test("formatCurl() quotes for a shell what a shell would read", () => {
  const { paths } = DOCUMENT;
  const path = "/switchpool/{parameter}";
  const operation = paths[path]?.post;
  const document = {
    ...DOCUMENT,
    paths: {
      [path]: {
        post: {
          ...operation,
          parameters: [{
            name: "parameter",
            in: "path",
            description: "",
            required: true,
            schema: {},
            example: "it's $(rm -rf)/`x`",
          }],
        },
      },
    },
  } as typeof DOCUMENT;
  const line = formatCurl(document, path, "post", ROOT);
  assertEquals(splitWords(line), [
    "curl",
    "-X",
    "POST",
    "http://gateway.lan/miners/switchpool/it's%20%24(rm%20-rf)%2F%60x%60",
  ]);
  assertThrows(() => formatCurl(DOCUMENT, "/nosuch", "get", ROOT), TypeError);
});

/** Splits a line as a shell does, which reads nothing within '…'. */
function splitWords(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|\\'|[\w@%+=:,./-])+|(\S)/g)].map(
    ([word, odd]) => {
      if (odd !== undefined) throw new Error(`A shell reads ${odd}: ${line}`);
      return word.replaceAll(
        /'([^']*)'|\\'/g,
        (_, inner?: string) => inner ?? "'",
      );
    },
  );
}

Deno.test("every curl line of /-/docs works as it stands there", async () => {
  await using rig = await ScriptedRig.start(replyWith("{}"));
  const { hostname, port } = rig;
  await using gateway = GatewayServer.start([
    { name: "garage", hostname, port, tags: { site: "barn" } },
  ]);
  for (const { path, method } of listOperations(DOCUMENT)) {
    const line = formatCurl(DOCUMENT, path, method, gateway.url(""));
    const { url, ...init } = readCurl(splitWords(line));
    const response = await fetch(url, init);
    await response.body?.cancel();
    assertEquals(
      response.status,
      url.endsWith("favicon.ico") ? 404 : 200,
      line,
    );
  }
});

function readCurl(words: readonly string[]): RequestInit & { url: string } {
  let url = "";
  let body: string | undefined;
  let method: string | undefined;
  const headers: Record<string, string> = {};
  const rest = words.slice(1).values();
  for (const word of rest) {
    const read = () => rest.next().value ?? "";
    if (word === "-X") method = read();
    else if (word === "-d") body = read();
    else if (word === "-H") {
      const [name = "", value = ""] = read().split(": ");
      headers[name] = value;
    } else url = word;
  }
  // As curl does.
  method ??= body === undefined ? "GET" : "POST";
  return { url, method, headers, ...(body === undefined ? {} : { body }) };
}
