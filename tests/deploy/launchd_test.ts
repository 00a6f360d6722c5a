/** The launchd daemon starts chi-server rightly. */
import { assert, assertEquals, assertThrows } from "jsr:@std/assert@1";
import { readArguments, readShipped } from "./shipped_files.ts";
import { parseXml, type XmlElement } from "./xml.ts";

const PATH = "deploy/launchd/local.chi-server.plist";

/** A value of a property list. */
type Plist = string | number | boolean | Plist[] | { [key: string]: Plist };

function readPlist({ name, children, text }: XmlElement): Plist {
  switch (name) {
    case "string":
      return text;
    case "integer":
      return Number(text);
    case "true":
    case "false":
      return name === "true";
    case "array":
      return children.map(readPlist);
    case "dict": {
      const entries: [string, Plist][] = [];
      for (let i = 0; i < children.length; i += 2) {
        const [key, value] = children.slice(i, i + 2);
        if (key?.name !== "key" || value === undefined) {
          throw new SyntaxError(`${key?.text} is no key with a value`);
        }
        entries.push([key.text, readPlist(value)]);
      }
      return Object.fromEntries(entries);
    }
  }
  throw new Error(`<${name}> is in no property list`);
}

function readDaemon(): { readonly [key: string]: Plist } {
  const { name, attributes, children } = parseXml(readShipped(PATH));
  assertEquals([name, attributes["version"]], ["plist", "1.0"]);
  const [dict] = children;
  if (dict?.name !== "dict" || children.length > 1) {
    throw new SyntaxError("A property list of a daemon is one dictionary");
  }
  return readPlist(dict) as { [key: string]: Plist };
}

Deno.test("local.chi-server.plist starts chi-server with a file that it takes", () => {
  const { Label, ProgramArguments } = readDaemon();
  // launchd wants a file called like its label.
  assertEquals(PATH.endsWith(`/${Label}.plist`), true);
  const [program, ...args] = ProgramArguments as string[];
  assertEquals(program, "/usr/local/bin/chi-server");
  const { action, configFile } = readArguments(args);
  assertEquals(
    [action, configFile],
    ["serve", "/usr/local/etc/chi-server/config.json"],
  );
});

Deno.test("local.chi-server.plist starts it at boot and after a crash, as nobody special", () => {
  const daemon = readDaemon();
  assertEquals(daemon["RunAtLoad"], true);
  assertEquals(daemon["KeepAlive"], { SuccessfulExit: false });
  assertEquals(daemon["UserName"], "_chiserver");
  assertEquals(daemon["GroupName"], "_chiserver");
  assertEquals(daemon["Umask"], 0o077);
  assertEquals(daemon["StandardOutPath"], daemon["StandardErrorPath"]);
});

Deno.test("local.chi-server.plist waits longer for its end than a request may take", () => {
  const { timeoutMs } = readArguments([]);
  assert(Number(readDaemon()["ExitTimeOut"]) * 1000 > timeoutMs);
});

Deno.test("parseXml() reads elements, attributes and text, and refuses what is not well-formed", () => {
  const root = parseXml(
    '<?xml version="1.0"?>\n<a x="1&lt;">\n <b/>t<!-- < -->u</a>\n',
  );
  assertEquals([root.name, root.attributes, root.text], [
    "a",
    { x: "1<" },
    "tu",
  ]);
  assertEquals(root.children.map(({ name }) => name), ["b"]);
  for (
    const junk of [
      "<a>",
      "<a></b>",
      "<a/><b/>",
      "<a x=1/>",
      "<a>&nope;</a>",
      "<a>1 & 2</a>",
      "<a><!-- -- --></a>",
      "<a/>text",
      "a < b",
    ]
  ) {
    assertThrows(() => parseXml(junk), SyntaxError);
  }
});
