/**
 * Where the dashboard is: under any path of its host.
 *
 * @module
 */

import { assert, assertEquals } from "jsr:@std/assert@1";
import * as fc from "npm:fast-check@4";
import { findBase, readHash, readPlace } from "../../dashboard/place.ts";
import { serveRootPage } from "../../gateway/pages/pages.ts";

Deno.test("findBase() is the path before that of the assets", () => {
  assertEquals(findBase("http://gateway.lan/-/assets/app.js"), "");
  assertEquals(
    findBase("https://gateway.lan:8443/miners/-/assets/app.js"),
    "/miners",
  );
  assertEquals(
    findBase("http://gateway.lan/a/b%20c/-/assets/app.js"),
    "/a/b%20c",
  );
});

Deno.test("readPlace() reads what stands after the base", () => {
  for (const base of ["", "/miners", "/@all", "/@a/b", "/-/x"]) {
    const read = (path: string) => readPlace(base + path, base);
    for (const path of ["/", "/@all/", "/@all", "/@/"]) {
      assertEquals(read(path), {}, base + path);
    }
    for (const path of ["/@garage", "/@garage/", "/@garage//"]) {
      assertEquals(read(path), { rig: "garage" }, base + path);
    }
    assertEquals(read("/@site:barn/"), { tag: "site:barn" });
    assertEquals(read("/@site%3Abarn"), { tag: "site:barn" });
    assertEquals(read("/@%zz/"), { rig: "%zz" });
  }
  // Not under it: a proxy has rewritten the address.
  assertEquals(readPlace("/minersX/@a/", "/miners"), {});
  assertEquals(readPlace("/", "/miners"), {});
});

Deno.test("readHash() reads the rig's name that a link holds", () => {
  assertEquals(readHash(""), undefined);
  assertEquals(readHash("#/rig/"), undefined);
  assertEquals(readHash("#other"), undefined);
  fc.assert(fc.property(fc.string({ minLength: 1 }), (name) => {
    assertEquals(readHash(`#/rig/${encodeURIComponent(name)}`), name);
  }));
});

/** Where the page's links lead, from an address. */
async function listLinks(
  address: string,
  rig: string | undefined,
  prefix?: string,
): Promise<string[]> {
  const html = await serveRootPage(rig, prefix).text();
  const links = [...html.matchAll(/(?:href|src)="([^"]*)"/g)];
  return links.map(([, link = ""]) => link)
    .filter((link) => !link.startsWith("data:"))
    .map((link) => new URL(link, address).href);
}

Deno.test("serveRootPage() links to files and commands, wherever it is", async () => {
  const cases: [string, string, string | undefined, string?][] = [
    ["http://gateway.lan/", "http://gateway.lan/", undefined],
    ["http://gateway.lan/?x", "http://gateway.lan/", undefined],
    ["http://gateway.lan/@a/", "http://gateway.lan/", "a"],
    ["http://gateway.lan/@a", "http://gateway.lan/", "a"],
    [
      "http://gateway.lan/miners/",
      "http://gateway.lan/miners/",
      undefined,
      "/miners",
    ],
    [
      "http://gateway.lan/miners",
      "http://gateway.lan/miners/",
      undefined,
      "/miners",
    ],
    [
      "http://gateway.lan/miners/@a/",
      "http://gateway.lan/miners/",
      "a",
      "/miners",
    ],
    [
      "http://gateway.lan/miners/@a",
      "http://gateway.lan/miners/",
      "a",
      "/miners",
    ],
  ];
  for (const [address, root, rig, prefix] of cases) {
    const links = await listLinks(address, rig, prefix);
    const own = rig === undefined ? root : `${root}@${rig}/`;
    assertEquals(links.includes(`${root}-/assets/app.js`), true, address);
    assertEquals(links.includes(`${own}summary+pools?pretty`), true, address);
    for (const link of links) {
      assert(
        link.startsWith(`${root}-/assets/`) || link.startsWith(own),
        `${address}: ${link}`,
      );
    }
    assert(links.length >= 8, `${links.length} links`);
  }
});

Deno.test("serveRootPage() has files that a proxy's path does not hide", async () => {
  // The proxy takes /miners off, and the gateway does not know of it.
  for (
    const [address, rig] of [
      ["http://gateway.lan/miners/", undefined],
      ["http://gateway.lan/miners/@a/", "a"],
    ] as const
  ) {
    const links = await listLinks(address, rig);
    const files = links.filter((link) => link.includes("/-/assets/"));
    assert(files.length >= 2, `${files.length} files`);
    for (const file of files) {
      assert(file.startsWith("http://gateway.lan/miners/-/assets/"), file);
    }
  }
});

Deno.test("serveRootPage() lets no rig's name end a link", async () => {
  const html = await serveRootPage('a"><script>$&').text();
  assertEquals(html.match(/<script/g)?.length, 1);
  assertEquals(html.includes('/@a%22%3E%3Cscript%3E%24%26/devs?pretty"'), true);
});

Deno.test("serveRootPage() writes a prefix as HTML", async () => {
  const html = await serveRootPage(undefined, "/a&copy=$&").text();
  assertEquals(html.includes('src="/a&amp;copy=$&amp;/-/assets/app.js"'), true);
});
