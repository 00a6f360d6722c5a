/** The systemd unit starts chi-server rightly, and with few rights. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertThrows,
} from "jsr:@std/assert@1";
import { OPTIONS, toVariable } from "../../program/config/options.ts";
import { readArguments, readDurationMs, readShipped } from "./shipped_files.ts";
import { TestFolder, testWithTool } from "./tools.ts";
import {
  parseUnitFile,
  type Section,
  uncommentDirectives,
} from "./unit_file.ts";

const PATH = "deploy/systemd/chi-server.service";

/** Past it, something that protects has gone. */
const MAX_EXPOSURE = 1.5;

function readService(text = readShipped(PATH)): Section {
  const section = parseUnitFile(text).get("Service");
  if (section === undefined) throw new SyntaxError("There is no [Service]");
  return section;
}

/** The only value of a directive. */
function readOne(section: Section, key: string): string {
  const values = section.get(key) ?? [];
  assertEquals(values.length, 1, key);
  return values[0] ?? "";
}

Deno.test("chi-server.service starts chi-server with a file that it takes", () => {
  const [program = "", ...args] = readOne(readService(), "ExecStart")
    .split(" ");
  assertEquals(program, "/usr/local/bin/chi-server");
  const { action, configFile } = readArguments(args);
  assertEquals(
    [action, configFile],
    ["serve", "/etc/chi-server/config.json"],
  );
});

Deno.test("chi-server.service reloads, stops and ends as chi-server does", () => {
  const service = readService();
  assertEquals(readOne(service, "ExecReload"), "/bin/kill -HUP $MAINPID");
  assertEquals(readOne(service, "Restart"), "on-failure");
  assertEquals(readOne(service, "RestartPreventExitStatus"), "2");
  const { timeoutMs } = readArguments([]);
  assert(readDurationMs(readOne(service, "TimeoutStopSec")) > timeoutMs);
  // No more than 5 starts within 10 s.
  assert(readDurationMs(readOne(service, "RestartSec")) * 5 > 10_000);
});

Deno.test("chi-server.service names a variable and a credential that go together", () => {
  const service = readService(uncommentDirectives(readShipped(PATH)));
  const [past = "", token = ""] = service.get("Environment") ?? [];
  // %S is /var/lib, and the folder there is the service's own.
  assertEquals(past, "CHI_HISTORY=%S/chi-server/past.db");
  assertEquals(readOne(service, "StateDirectory"), "chi-server");
  assertEquals(readOne(service, "StateDirectoryMode"), "0700");
  const { historyFile } = readArguments([], {
    variables: { CHI_HISTORY: "past.db" },
  });
  assertEquals(historyFile, "past.db");
  const [variable = "", value] = token.split("=");
  const option = OPTIONS.find((option) => toVariable(option) === variable);
  assertEquals(option?.flag, "token-file");
  const [name, source] = readOne(service, "LoadCredential").split(":");
  assertEquals([value, source], [`%d/${name}`, "/etc/chi-server/token"]);
  const path = "/run/credentials/chi-server.service/token";
  const { access } = readArguments([], { variables: { [variable]: path } });
  assertEquals(access.tokenFile, path);
});

Deno.test("chi-server.service takes every right away that chi-server can do without", () => {
  const service = readService();
  for (
    const key of [
      ..."DynamicUser NoNewPrivileges PrivateUsers RestrictSUIDSGID".split(" "),
      ..."ProtectHome PrivateTmp PrivateDevices PrivateMounts".split(" "),
      ..."ProtectClock ProtectControlGroups ProtectHostname".split(" "),
      ..."ProtectKernelLogs ProtectKernelModules LockPersonality".split(" "),
      ..."ProtectKernelTunables RestrictNamespaces RestrictRealtime".split(" "),
    ]
  ) {
    assertEquals(readOne(service, key), "yes", key);
  }
  assertEquals(readOne(service, "CapabilityBoundingSet"), "");
  assertEquals(service.get("AmbientCapabilities"), undefined);
  assertEquals(readOne(service, "ProtectSystem"), "strict");
  assertEquals(service.get("SystemCallFilter"), [
    "@system-service",
    "~@privileged @resources",
  ]);
});

Deno.test("chi-server.service leaves the rights that chi-server needs", () => {
  const service = readService();
  // V8 writes machine code and runs it: it dies with this.
  assertEquals(service.get("MemoryDenyWriteExecute"), undefined);
  // Deno.networkInterfaces(), for --discover, asks through netlink.
  assertEquals(
    readOne(service, "RestrictAddressFamilies").split(" ").sort(),
    ["AF_INET", "AF_INET6", "AF_NETLINK", "AF_UNIX"],
  );
});

Deno.test("chi-server.service offers an address list that denies all others", () => {
  const service = readService(uncommentDirectives(readShipped(PATH)));
  assertEquals(readOne(service, "IPAddressDeny"), "any");
  assertEquals(service.get("IPAddressAllow")?.[0], "localhost");
});

Deno.test("parseUnitFile() keeps repeated directives in order, and refuses junk", () => {
  const sections = parseUnitFile("[A]\nx=1\n# no\ny=\nx=2 = 3\n\n[B]\nx=9\n");
  assertEquals(sections.get("A")?.get("x"), ["1", "2 = 3"]);
  assertEquals(sections.get("A")?.get("y"), [""]);
  assertEquals(sections.get("B")?.get("x"), ["9"]);
  for (const junk of ["x=1", "[A]\nx", "[A]\nx=1 \\", "[A B]"]) {
    assertThrows(() => parseUnitFile(junk), SyntaxError);
  }
});

/** The unit with a program that is there, and in a folder of its own. */
function writeUnit(folder: TestFolder, text: string): string {
  return folder.write(
    "chi-server.service",
    text.replaceAll("/usr/local/bin/chi-server", Deno.execPath()),
  );
}

await testWithTool(
  "systemd-analyze verify has nothing to say of chi-server.service",
  "systemd-analyze",
  async (tool) => {
    await using folder = new TestFolder();
    const shipped = readShipped(PATH);
    for (const text of [shipped, uncommentDirectives(shipped)]) {
      const path = writeUnit(folder, text);
      const { code, stderr } = await tool.run(["verify", path]);
      assertEquals([code, stderr], [0, ""]);
    }
  },
);

await testWithTool(
  `systemd-analyze security gives chi-server.service at most ${MAX_EXPOSURE}`,
  "systemd-analyze",
  async (tool) => {
    await using folder = new TestFolder();
    const path = writeUnit(folder, readShipped(PATH));
    const { stdout, stderr } = await tool.run([
      "security",
      "--offline=true",
      "--no-pager",
      path,
    ]);
    assertMatch(stdout, /exposure level/, stderr);
    const exposure = /exposure level for .*: ([\d.]+) /.exec(stdout)?.[1];
    assert(Number(exposure) <= MAX_EXPOSURE, stdout);
  },
  async (tool) => {
    const { stdout } = await tool.run(["--version"]);
    return Number(/systemd (\d+)/.exec(stdout)?.[1]) >= 250
      ? undefined
      : "need systemd-analyze 250, which reads units offline";
  },
);
