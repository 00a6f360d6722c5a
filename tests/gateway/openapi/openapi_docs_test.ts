import { assert, assertEquals, assertThrows } from "jsr:@std/assert@1";
import {
  parseAllowList,
  parseGroups,
} from "../../../gateway/access/access_list.ts";
import { FACTS, makeOpenApi } from "../../../gateway/openapi/openapi.ts";
import { formatCurl } from "../../../gateway/openapi/curl.ts";
import { renderDocs } from "../../../gateway/openapi/docs_page.ts";
import { markup } from "../../../gateway/openapi/markup.ts";
import { replyWith, ScriptedRig } from "../../scripted_rig.ts";
import { GatewayServer } from "../../gateway_server.ts";
import { listOperations } from "./openapi_operations.ts";

const DOCUMENT = makeOpenApi(FACTS);
const PAGE = renderDocs(DOCUMENT);

/** An opening tag. */
interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

const VOID = new Set(["meta", "link"]);
const TOKEN =
  /<!doctype html>|<(\/?)([a-z][a-z0-9]*)((?: [a-z-]+="[^"<>]*")*)>|([^<]+)|(.)/gs;

/** Reads HTML that is as strict as XML; fails on anything else. */
function parseStrictly(page: string): { tags: Tag[]; text: string } {
  const tags: Tag[] = [];
  const open: string[] = [];
  let text = "";
  for (
    const [token, slash, name, list = "", words, odd] of page.matchAll(TOKEN)
  ) {
    if (odd !== undefined) {
      const at = page.indexOf(token, text.length);
      throw new Error(`It is no tag: ${page.slice(at, at + 40)}`);
    }
    if (words !== undefined) text += decode(words);
    if (name === undefined) continue;
    if (slash === "/") assertEquals(open.pop(), name);
    else {
      const pairs = [...list.matchAll(/ ([a-z-]+)="([^"]*)"/g)];
      tags.push({
        name,
        attributes: new Map(
          pairs.map(([, key = "", value = ""]) => [key, decode(value)]),
        ),
      });
      if (!VOID.has(name)) open.push(name);
    }
  }
  assertEquals(open, []);
  return { tags, text };
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
};

function decode(text: string): string {
  assert(!/>/.test(text), `unescaped: ${text.slice(0, 80)}`);
  return text.replaceAll(/&[^;\s]*;?/g, (entity) => {
    const char = ENTITIES[entity];
    if (char === undefined) throw new Error(`unescaped: ${entity}`);
    return char;
  });
}

function readAll(tags: readonly Tag[], attribute: string): string[] {
  return tags.flatMap(({ attributes }) => attributes.get(attribute) ?? []);
}

Deno.test("/-/docs is well-formed, and has no script, no style of its own, no form", () => {
  const { tags } = parseStrictly(PAGE);
  const names = new Set(tags.map(({ name }) => name));
  for (const name of ["script", "style", "form", "iframe", "img", "base"]) {
    assert(!names.has(name), name);
  }
  const attributes = new Set(tags.flatMap((tag) => [...tag.attributes.keys()]));
  assertEquals([...attributes].filter((name) => /^on|^style$/.test(name)), []);
  assertEquals(tags[0], {
    name: "html",
    attributes: new Map([["lang", "en"]]),
  });
});

Deno.test("/-/docs has each operation with an anchor, its parameters and its responses", () => {
  const { tags, text } = parseStrictly(PAGE);
  const ids = new Set(readAll(tags, "id"));
  for (const { id, path, method, parameters } of listOperations(DOCUMENT)) {
    assert(ids.has(id), id);
    const heading = `\n${method.toUpperCase()} ${path}\n`;
    // The contents come before.
    const at = text.lastIndexOf(heading);
    assert(at !== -1, heading);
    const end = text.indexOf("What goes wrong:", at);
    const part = text.slice(at + heading.length, end);
    for (const { name } of parameters) assert(part.includes(name), name);
    assert(part.includes("Responses"), id);
  }
});

Deno.test("every anchor of /-/docs is there, once", () => {
  const { tags } = parseStrictly(PAGE);
  const ids = readAll(tags, "id");
  assertEquals(new Set(ids).size, ids.length);
  const wanted = [
    ...readAll(tags, "href").filter((href) => href.startsWith("#"))
      .map((href) => href.slice(1)),
    ...readAll(tags, "aria-labelledby"),
  ];
  assert(wanted.length > 500);
  assertEquals(wanted.filter((id) => !ids.includes(id)), []);
});

Deno.test("/-/docs loads its style alone, and its links lead to the gateway below any prefix", async () => {
  const { tags } = parseStrictly(PAGE);
  const links = new Set(
    tags.filter(({ name }) => name === "link" || name === "a")
      .map(({ attributes }) => attributes.get("href") ?? "")
      .filter((href) => !href.startsWith("#")),
  );
  assertEquals(links, new Set(["data:,", "docs.css", "../", "openapi.json"]));
  assertEquals(readAll(tags, "src"), []);
  await using rig = await ScriptedRig.start(replyWith("{}"));
  await using gateway = GatewayServer.start(rig, { prefix: "/miners" });
  const place = gateway.url("/miners/-/docs");
  const types: unknown[] = [];
  for (const link of links) {
    if (link.startsWith("data:")) continue;
    const response = await fetch(new URL(link, place));
    await response.body?.cancel();
    types.push([link, response.status, response.headers.get("content-type")]);
  }
  assertEquals(types, [
    ["docs.css", 200, "text/css; charset=utf-8"],
    ["../", 200, "application/json"],
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
  for (const path of ["/-/docs", "/-/docs.css", "/-/openapi.json"]) {
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

Deno.test("/-/docs may run nothing, and no page may frame it", async () => {
  await using gateway = GatewayServer.start({ hostname: "127.0.0.1", port: 9 });
  const response = await fetch(gateway.url("/-/docs"));
  await response.body?.cancel();
  assertEquals(
    response.headers.get("content-security-policy"),
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; " +
      "form-action 'none'; frame-ancestors 'none'",
  );
});

Deno.test("attack: markup in the name, the text or the version of what is described", () => {
  const evil =
    `</code><script>alert("1")</script><img src=x onerror='alert(1)'>&`;
  const reply = { status: "list", sections: [], isSingle: false } as const;
  const document = makeOpenApi({
    ...FACTS,
    version: evil,
    license: evil,
    commands: [
      { name: evil, group: "R", joinable: true, reply, text: evil },
      { name: "W" + evil, group: "W", joinable: false, reply, text: evil },
    ],
  });
  const { tags, text } = parseStrictly(renderDocs(document));
  const names = new Set(parseStrictly(PAGE).tags.map(({ name }) => name));
  assertEquals(tags.filter(({ name }) => !names.has(name)), []);
  assert(text.split(evil).length > 4);
});

Deno.test("attack: a Host that leads the examples elsewhere", async () => {
  await using gateway = GatewayServer.start({ hostname: "127.0.0.1", port: 9 });
  const headers = { host: "evil.example", "x-forwarded-host": "evil.example" };
  const response = await fetch(gateway.url("/-/docs"), { headers });
  assertEquals((await response.text()).includes("evil"), false);
});

Deno.test("markup() escapes texts in content and in attributes, and its own HTML not again", () => {
  const text = `<&>"'`;
  const escaped = "&lt;&amp;&gt;&quot;&#39;";
  assertEquals(
    markup`<a href="${text}">${[markup`<b>${text}</b>`, text, 1]}</a>`.text,
    `<a href="${escaped}"><b>${escaped}</b>${escaped}1</a>`,
  );
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
  const line = formatCurl(document, path, "post");
  assertEquals(splitWords(line), [
    "curl",
    "-X",
    "POST",
    "http://localhost:8080/switchpool/it's%20%24(rm%20-rf)%2F%60x%60",
  ]);
  assertThrows(() => formatCurl(DOCUMENT, "/nosuch", "get"), TypeError);
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
  const { text } = parseStrictly(PAGE);
  const lines = text.match(/^curl .*$/gm) ?? [];
  assertEquals(lines.length, listOperations(DOCUMENT).length);
  for (const line of lines) {
    const { url, ...init } = readCurl(splitWords(line));
    const place = url.replace("http://localhost:8080", gateway.url(""));
    const response = await fetch(place, init);
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
