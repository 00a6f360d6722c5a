/** The files for Windows start chi-server rightly. */
import { assert, assertEquals, assertMatch } from "jsr:@std/assert@1";
import { readArguments, readShipped, toPath } from "./shipped_files.ts";
import { testWithTool } from "./tools.ts";
import { parseXml } from "./xml.ts";

const SCRIPT = "deploy/windows/install.ps1";
const SERVICE = "deploy/windows/chi-server-service.xml";

/** Parts a command line at spaces outside double quotes. */
function splitWords(line: string): string[] {
  return [...line.matchAll(/(?:"[^"]*"|[^\s"])+/g)].map(([word]) =>
    word.replaceAll('"', "")
  );
}

Deno.test("install.ps1 starts chi-server with a file, and a token, that it takes", () => {
  const text = readShipped(SCRIPT);
  const values: Readonly<Record<string, string>> = {
    config: String.raw`C:\ProgramData\chi-server\config.json`,
    token: String.raw`C:\ProgramData\chi-server\token`,
    past: String.raw`C:\ProgramData\chi-server\history\past.db`,
  };
  const parts = [...text.matchAll(/\$arguments \+?= "(.*?)"(?=$| \})/gm)]
    .map(([, part = ""]) =>
      part.replaceAll('`"', '"')
        .replaceAll(/\$(\w+)/g, (_, name) => values[name] ?? "")
    );
  assertEquals(parts.length, 2);
  for (const line of [parts[0] ?? "", parts.join("")]) {
    const { action, configFile, historyFile, log } = readArguments(
      splitWords(line),
    );
    assertEquals([action, configFile, log], ["serve", values["config"], "off"]);
    assertEquals(historyFile, values["past"]);
  }
  const { access } = readArguments(splitWords(parts.join("")));
  assertEquals(access.tokenFile, values["token"]);
});

Deno.test("install.ps1 opens chi-server's own port to its subnet", () => {
  const text = readShipped(SCRIPT);
  const [, port] = /\[int\] \$Port = (\d+)/.exec(text) ?? [];
  assertEquals(Number(port), readArguments([]).httpPort);
  assertMatch(text, /\$RemoteAddress = 'LocalSubnet'/);
  assertMatch(text, /-LocalPort \$Port -RemoteAddress \$RemoteAddress/);
});

Deno.test("install.ps1 runs chi-server without end, as an account without rights", () => {
  const text = readShipped(SCRIPT);
  assertMatch(text, /-UserId 'LOCALSERVICE' -LogonType ServiceAccount/);
  assertMatch(text, /-RunLevel Limited/);
  assertMatch(text, /-ExecutionTimeLimit \(\[TimeSpan\]::Zero\)/);
  assertMatch(text, /-MultipleInstances IgnoreNew/);
});

Deno.test("install.ps1 is ASCII, as PowerShell 5 reads files without a mark", () => {
  assertEquals([...readShipped(SCRIPT)].filter((c) => c > "\x7e"), []);
});

Deno.test("chi-server-service.xml starts chi-server with a file that it takes", () => {
  const { name, children } = parseXml(readShipped(SERVICE));
  assertEquals(name, "service");
  const read = (name: string) => {
    const found = children.filter((child) => child.name === name);
    assertEquals(found.length, 1, name);
    return found[0];
  };
  assertEquals(read("executable")?.text, String.raw`%BASE%\chi-server.exe`);
  const { action, configFile, timeoutMs } = readArguments(
    splitWords(read("arguments")?.text ?? ""),
  );
  assertEquals(
    [action, configFile],
    ["serve", String.raw`%ProgramData%\chi-server\config.json`],
  );
  const [, seconds] = /^(\d+)sec$/.exec(read("stoptimeout")?.text ?? "") ?? [];
  assert(Number(seconds) * 1000 > timeoutMs);
  assertEquals(read("onfailure")?.attributes["action"], "restart");
  const account = read("serviceaccount")?.children.map(({ text }) => text);
  assertEquals(account, ["NT AUTHORITY", "LocalService"]);
});

await testWithTool(
  "PowerShell finds no mistake in install.ps1",
  "pwsh",
  async (tool) => {
    const script = `
      $errors = $null
      [System.Management.Automation.Language.Parser]::ParseFile(
        '${toPath(SCRIPT)}', [ref] $null, [ref] $errors) | Out-Null
      $errors | ForEach-Object { $_.ToString() }`;
    const { code, stdout } = await tool.run([
      "-NoProfile",
      "-Command",
      script,
    ]);
    assertEquals([code, stdout], [0, ""]);
  },
);
