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
    Port: "8081",
  };
  const parts = [...text.matchAll(/\$arguments \+?= "(.*?)"(?=$| \})/gm)]
    .map(([, part = ""]) =>
      part.replaceAll('`"', '"')
        .replaceAll(/\$(\w+)/g, (_, name) => values[name] ?? "")
    );
  assertEquals(parts.length, 2);
  for (const line of [parts[0] ?? "", parts.join("")]) {
    const { action, configFile, historyFile, log, httpPort } = readArguments(
      splitWords(line),
      { file: '{"http-port":80}' },
    );
    // The firewall opens that port too, so the file's does not count.
    assertEquals(httpPort, 8081);
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
  // Without -Port it is that of the file, however it is written there.
  const [, pattern = ""] =
    /\[regex\]::Match\(\(Get-Content -Raw \$config\), '(.*)'\)/.exec(text) ??
      [];
  for (
    const [file, port] of [
      ['{"http-port": 81}', "81"],
      ['{"http-port" : "81"}', "81"],
      ['{"http-host": "::"}', undefined],
    ] as const
  ) {
    assertEquals(new RegExp(pattern).exec(file)?.[1], port);
  }
});

Deno.test("install.ps1 trusts nothing that another user has put into ProgramData", () => {
  const text = readShipped(SCRIPT);
  const body = text.slice(text.indexOf("# Only administrators may write"));
  // Looked at before its rights are changed, and before anything is copied there.
  for (
    const [look, use] of [
      ["foreach ($path in $dataFolder, $config, $token)", "/setowner"],
      ["/setowner '*S-1-5-32-544'", "/inheritance:r"],
      ["/inheritance:r", "'config.json') $config"],
      ["Assert-Own $historyFolder", "& icacls.exe $historyFolder"],
    ] as const
  ) {
    const at = body.indexOf(look);
    assert(at !== -1 && at < body.indexOf(use), `${look} before ${use}`);
  }
  assertMatch(text, /ReparsePoint\) \{\s+throw/);
  // It would follow junctions.
  assert(!/ \/T\b.*\/Q/.test(text));
  const [, uninstall = ""] = /if \(\$Uninstall\) \{\n([^]*?)^\}/m.exec(text) ??
    [];
  assertMatch(uninstall, /Remove-Item -Force \$token/);
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
