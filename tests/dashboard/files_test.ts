/**
 * The dashboard's files as they are served: slim, the first modules joined, and
 * nothing of their meaning lost.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "jsr:@std/assert@1";
import { html } from "npm:htm@3/preact/standalone";
import { ASSETS, SCRIPTS } from "../../dashboard/assets.ts";
import { joinScripts } from "../../dashboard/joined_script.ts";
import {
  readTokens,
  slimScript,
  slimStyle,
  type Token,
} from "../../dashboard/slim_text.ts";

/** All modules, as they stand in their files. */
const MODULES = new Map([...SCRIPTS.values()].flatMap((each) => [...each]));

/** The tokens that mean something. */
function listMeaning(script: string): Token[] {
  return readTokens(script).filter(({ kind }) =>
    kind !== "space" && kind !== "comment"
  );
}

Deno.test("readTokens() gives back the whole of every script", () => {
  for (const [name, script] of MODULES) {
    const text = readTokens(script).map(({ text }) => text).join("");
    assertEquals(text, script, name);
  }
});

Deno.test("readTokens() knows what only looks like a comment or a template", () => {
  const words = (script: string) => listMeaning(script).map(({ text }) => text);
  assertEquals(words('a = "/* no */"; // yes'), ["a", "=", '"/* no */"', ";"]);
  assertEquals(words("a /* 1 */ / b / c"), ["a", "/", "b", "/", "c"]);
  assertEquals(words("f(/[/`]\\//g)"), ["f", "(", "/[/`]\\//g", ")"]);
  assertEquals(words("return /a b/u"), ["return", "/a b/u"]);
  assertEquals(words("`a ${{ b: `${c}` }} // d`"), [
    ...["`a ${", "{", "b", ":", "`${", "c", "}`", "}", "} // d`"],
  ]);
  assertEquals(words("'it\\'s' + \"`\""), ["'it\\'s'", "+", '"`"']);
});

Deno.test("readTokens() refuses what it cannot read, and says where", () => {
  for (const script of ["\n`a ${b", "\nx = {} / 2", "\nx = /a", "\n`a"]) {
    assertThrows(() => readTokens(script), Error, "Line 2 of the script");
  }
});

/** Tokens with the spaces in markup told alike. */
function tellSpacesAlike(tokens: readonly Token[]): string[] {
  return tokens.map(({ text, isMarkup }) =>
    isMarkup === true ? text.replace(/\s+/g, " ").replaceAll("> <", "><") : text
  );
}

Deno.test("slimScript() leaves every token of the dashboard's scripts", () => {
  for (const [name, script] of MODULES) {
    const slim = slimScript(script);
    assertEquals(
      tellSpacesAlike(listMeaning(slim)),
      tellSpacesAlike(listMeaning(script)),
      name,
    );
    assertEquals(
      readTokens(slim).filter(({ kind }) => kind === "comment"),
      [],
      name,
    );
  }
});

Deno.test("slimScript() leaves the space that parts two tokens, and line ends", () => {
  const cases: [string, string][] = [
    ["return x;\n", "return x;"],
    ["a + +b - -c;\n", "a+ +b- -c;"],
    ["a\n++b\n", "a\n++b"],
    ["a = b\n(c)\n", "a=b\n(c)"],
    ["x = 1 .toFixed();\n", "x=1 .toFixed();"],
    ["x = a / /b/.y;\n", "x=a/ /b/.y;"],
    ["if (a) {\n  // b\n  c();\n}\nd();\n", "if(a){c();}\nd();"],
    ["x = `a  b\n  c`;\n", "x=`a  b\n  c`;"],
    [
      "x = html`\n  <b>\n    a  b ${c} </b>\n`;\n",
      "x=html`\n<b>\na  b ${c} </b>\n`;",
    ],
  ];
  for (const [script, slim] of cases) {
    assertEquals(slimScript(script), `${slim}\n`);
  }
});

/** The texts of each template that htm reads, without its expressions. */
function listMarkup(script: string): string[][] {
  const done: string[][] = [];
  const open: string[][] = [];
  for (const { kind, text, isMarkup } of readTokens(script)) {
    if (kind !== "template") continue;
    if (text.startsWith("`")) open.push([]);
    const inner = text.slice(1, text.endsWith("`") ? -1 : -2);
    open.at(-1)?.push(inner);
    if (!text.endsWith("`")) continue;
    const whole = open.pop() ?? [];
    if (isMarkup === true) done.push(whole);
  }
  return done;
}

/** What htm makes of markup, as JSON; HTML shows many spaces as one. */
function readMarkup(texts: readonly string[]): string {
  const values = texts.slice(1).map((_, at) => `value ${at}`);
  const strings = Object.assign([...texts], { raw: texts });
  const elements = JSON.stringify(
    html(strings, ...values),
    (key, value) => key.startsWith("__") ? undefined : value,
  );
  return elements.replace(/(?:\\n|\s)+/g, " ");
}

Deno.test("slimScript() leaves markup that htm reads as the same elements", () => {
  let count = 0;
  for (const [name, script] of MODULES) {
    const markup = listMarkup(script);
    const slim = listMarkup(slimScript(script));
    assertEquals(slim.map(readMarkup), markup.map(readMarkup), name);
    count += markup.length;
  }
  assert(count > 100, `${count} templates`);
});

Deno.test("slimStyle() takes spaces and comments, and nothing else", () => {
  const style = "/* a */\n.a :hover,\n.b > c {\n  width: calc(1px + 2px);\n" +
    '  content: "; /* b */  {";\n}\n@media (width < 9px) {\n  d {\n    e: f;\n  }\n}\n';
  assertEquals(
    slimStyle(style),
    '.a :hover,.b > c{width:calc(1px + 2px);content:"; /* b */  {";}' +
      "@media (width < 9px){d{e:f;}}",
  );
});

/** All names that modules export. */
function listExports(scripts: Iterable<string>): string[] {
  const pattern = /^export (?:async )?(?:class|const|function) (\w+)/gm;
  return [...scripts].flatMap((script) => [...script.matchAll(pattern)])
    .map(([, name = ""]) => name).sort();
}

Deno.test("the joined script runs, and exports what its modules export", async () => {
  // The last one needs a page; the tests in a browser run it.
  const modules = new Map([...SCRIPTS.get("app.js") ?? []].slice(0, -1));
  const wanted = listExports(modules.values());
  const joined = joinScripts(modules)
    .replace("import.meta.url", '"http://gateway.lan/miners/-/assets/app.js"')
    .replaceAll('"./preact.js"', '"npm:htm@3/preact/standalone"');
  const url = `data:text/javascript,${encodeURIComponent(joined)}`;
  const module = await import(url);
  assertEquals(Object.keys(module).sort(), wanted);
  assertEquals(module.BASE, "/miners");
  assertEquals(module.formatHashrate(13.5e12), "13.50 TH/s");
});

Deno.test("each module is in one script, and scripts import from scripts that are served", () => {
  const count = [...SCRIPTS.values()]
    .reduce((sum, modules) => sum + modules.size, 0);
  assertEquals(count, MODULES.size);
  for (const name of SCRIPTS.keys()) {
    const text = ASSETS.get(name)?.text ?? "";
    const asked = [...text.matchAll(/(?:from|import\()"\.\/([^"]+)"/g)]
      .map(([, other = ""]) => other);
    for (const other of asked) assert(ASSETS.has(other), `${name}: ${other}`);
    const awaited = [...text.matchAll(/from"\.\/([^"]+)"/g)]
      .map(([, other = ""]) => other);
    // The page preloads both; another one would be found late.
    if (name === "app.js") assertEquals(awaited, ["preact.js"]);
  }
});

Deno.test("joinScripts() joins what imports what", () => {
  const scripts = new Map([
    ["a.js", 'import { h } from "./h.js";\nexport const one = h(1);\n'],
    [
      "b.js",
      'import { h, k } from "./h.js";\nimport {\n  one,\n} from "./a.js";\n' +
      'export const two = k(one, h, () => import("./c.js"));\n',
    ],
  ]);
  assertEquals(
    joinScripts(scripts),
    'import{h,k}from"./h.js";export const one=h(1);' +
      'export const two=k(one,h,()=>import("./c.js"));\n',
  );
  const other = new Map([[
    "c.js",
    'import { one } from "./a.js";\nimport { h } from "./h.js";\none();\n',
  ]]);
  assertEquals(
    joinScripts(other, (name) => scripts.has(name) ? "b.js" : name),
    'import{one}from"./b.js";import{h}from"./h.js";one();\n',
  );
});

Deno.test("joinScripts() refuses what would not be the same when joined", () => {
  const cases: [string[], string][] = [
    [["const a = 1;", "function a() {}"], "0.js and 1.js both declare a"],
    [
      ['import { a } from "./1.js";', "export const a = 1;"],
      "0.js stands before 1.js",
    ],
    [['import * as a from "./b.js";'], "0.js: it has to import names"],
    [['import { a as b } from "./b.js";'], "0.js: it has to import names"],
    [['import "./b.js";'], "0.js: it has to import names"],
    [["export default 1;"], "0.js: it exports something but a declaration"],
    [["const b = 1;\nexport { b };"], "0.js: it exports something"],
    [["const { a } = b;"], "0.js: its top declares by a pattern"],
  ];
  for (const [scripts, message] of cases) {
    const named = scripts.map((script, at) => [`${at}.js`, script] as const);
    assertThrows(() => joinScripts(new Map(named)), Error, message);
  }
});
