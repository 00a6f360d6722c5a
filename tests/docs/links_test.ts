import { assert, assertEquals } from "jsr:@std/assert@1";
import GithubSlugger from "npm:github-slugger@2";
import { lexer, type Token, walkTokens } from "npm:marked@18";
import denoConfig from "../../deno.json" with { type: "json" };

const ROOT = new URL("../../", import.meta.url);

/** Folders whose pages are no manual: dependencies, and what git ignores. */
const SKIPPED = new Set([".git", "node_modules", "dist", "coverage"]);

function listPages(folder: URL): URL[] {
  return [...Deno.readDirSync(folder)].flatMap((entry) => {
    if (entry.isDirectory) {
      return SKIPPED.has(entry.name)
        ? []
        : listPages(new URL(`${entry.name}/`, folder));
    }
    return entry.name.endsWith(".md") ? [new URL(entry.name, folder)] : [];
  }).sort((a, b) => a.href < b.href ? -1 : 1);
}

function listTokens(page: URL): Token[] {
  const tokens: Token[] = [];
  walkTokens(
    lexer(Deno.readTextFileSync(page)),
    (token) => void tokens.push(token),
  );
  return tokens;
}

/** The anchors of a page, as GitHub makes them of its headings. */
function listAnchors(page: URL): Set<string> {
  const slugger = new GithubSlugger();
  return new Set(
    listTokens(page).filter(({ type }) => type === "heading")
      .map((token) => slugger.slug((token as { text: string }).text)),
  );
}

function listLinks(page: URL): string[] {
  return listTokens(page)
    .filter(({ type }) => type === "link" || type === "image")
    .map((token) => (token as { href: string }).href);
}

function exists(place: URL): boolean {
  try {
    Deno.statSync(place);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** What is wrong with a link; `undefined`: nothing. */
function findDefect(page: URL, href: string): string | undefined {
  const place = new URL(href, page);
  if (place.protocol !== "file:") {
    return /^https?:$/.test(place.protocol) ? undefined : "is no web page";
  }
  const anchor = decodeURIComponent(place.hash.slice(1));
  place.hash = "";
  if (!place.href.startsWith(ROOT.href)) return "leaves the repository";
  if (!exists(place)) return "leads nowhere";
  if (anchor === "") return undefined;
  return place.pathname.endsWith(".md") && listAnchors(place).has(anchor)
    ? undefined
    : "has an anchor that is not there";
}

Deno.test("every link in the docs leads somewhere", () => {
  let count = 0;
  const defects: string[] = [];
  for (const page of listPages(ROOT)) {
    for (const href of listLinks(page)) {
      count++;
      const defect = findDefect(page, href);
      if (defect === undefined) continue;
      defects.push(`${page.href.slice(ROOT.href.length)}: ${href} ${defect}`);
    }
  }
  assertEquals(defects, []);
  assert(count > 100, `only ${count} links were found`);
});

Deno.test("a link that leads nowhere is noticed", () => {
  const page = new URL("docs/README.md", ROOT);
  assertEquals(
    [
      "security.md#how-to-set-it",
      "nothing.md",
      "security.md#nothing",
      "../../x",
    ]
      .map((href) => findDefect(page, href)),
    [
      undefined,
      "leads nowhere",
      "has an anchor that is not there",
      "leaves the repository",
    ],
  );
});

/** A page that moved: its old place only leads to the new one. */
function isMoved(page: URL): boolean {
  return Deno.readTextFileSync(page).startsWith("# Moved\n");
}

Deno.test("a page that moved has a link to its new place, and three lines", () => {
  const moved = listPages(new URL("docs/", ROOT)).filter(isMoved);
  for (const page of moved) {
    const lines = Deno.readTextFileSync(page).trimEnd().split("\n");
    assertEquals([page.pathname, lines.length], [page.pathname, 3]);
    const [target = "", ...others] = listLinks(page);
    assertEquals([page.pathname, others], [page.pathname, []]);
    assert(!isMoved(new URL(target, page)), page.pathname);
  }
  // README.md named these.
  const names = ["architecture", "options", "problems", "prometheus"];
  assertEquals(
    moved.map(({ pathname }) => pathname.split("/").at(-1)),
    [...names, "replies", "urls"].map((name) => `${name}.md`),
  );
});

Deno.test("docs/README.md leads to every page of the manual", () => {
  const index = new URL("docs/README.md", ROOT);
  const linked = new Set(
    listLinks(index).map((href) => new URL(href, index).pathname),
  );
  const missing = listPages(new URL("docs/", ROOT))
    .filter((page) =>
      page.href !== index.href && !linked.has(page.pathname) && !isMoved(page)
    )
    .map((page) => page.href.slice(ROOT.href.length));
  assertEquals(missing, []);
});

/** What names this repository or its package, and where. */
const OWN_ADDRESS =
  /https?:\/\/(?:github|raw\.githubusercontent)\.com\/[\w.-]+\/chi-server\b|@[\w-]+\/server\b/g;

/** The addresses in a text that are not those of deno.json. */
function findStrangers(text: string): string[] {
  const { name, repository } = denoConfig;
  const raw = repository.replace("github.com", "raw.githubusercontent.com");
  return [...text.matchAll(OWN_ADDRESS)].map(([address]) => address)
    .filter((address) => ![name, repository, raw].includes(address));
}

/** Files that people read or run. */
function listTexts(folder: URL): URL[] {
  return [...Deno.readDirSync(folder)].flatMap((entry) => {
    if (entry.isDirectory) {
      return SKIPPED.has(entry.name)
        ? []
        : listTexts(new URL(`${entry.name}/`, folder));
    }
    return /\.png$|^deno\.lock$/.test(entry.name)
      ? []
      : [new URL(entry.name, folder)];
  });
}

Deno.test("the repository and the package have the addresses of deno.json everywhere", () => {
  let count = 0;
  for (const file of listTexts(ROOT)) {
    if (file.href === import.meta.url) continue;
    const text = Deno.readTextFileSync(file);
    count += text.match(OWN_ADDRESS)?.length ?? 0;
    assertEquals([file.pathname, findStrangers(text)], [file.pathname, []]);
  }
  assert(count > 10, `only ${count} addresses were found`);
  assertEquals(
    findStrangers(
      `git clone https://github.com/somebody/chi-server and jsr:@else/server, ${denoConfig.repository}/blob/main`,
    ),
    ["https://github.com/somebody/chi-server", "@else/server"],
  );
});
