import {
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "jsr:@std/assert@1";
import { findGroup } from "../../../gateway/access/access_list.ts";
import type { AccessConfig } from "../../../program/config/access_config.ts";
import { ConfigError, readConfig } from "../../../program/config/config.ts";

function read(args: string[], env: Record<string, string> = {}): AccessConfig {
  return readConfig(args, (name) => env[name]).access;
}

/** The groups of three addresses: this machine, the LAN, elsewhere. */
function listGroups({ rules }: AccessConfig): string {
  return ["127.0.0.1", "::1", "192.168.1.5", "2001:db8::1"]
    .map((address) => findGroup(rules, address) ?? "-").join("");
}

Deno.test("readAccess() lets anyone read and this machine write by default", () => {
  assertEquals(listGroups(read([])), "WWRR");
  const {
    tokenFile,
    token,
    isTokenForReads,
    corsOrigins,
    allowedHosts,
    trustedProxies,
  } = read([]);
  assertEquals(
    [
      tokenFile,
      token,
      isTokenForReads,
      corsOrigins,
      allowedHosts,
      trustedProxies,
    ],
    [undefined, undefined, false, [], [], []],
  );
});

Deno.test("readAccess() reads lists and groups as cgminer writes them", () => {
  assertEquals(listGroups(read(["--allow", "W:192.168.1.0/24,R:0/0"])), "RRWR");
  assertEquals(listGroups(read(["--allow=W:0/0"])), "WWWW");
  assertEquals(listGroups(read(["--allow=127.0.0.1"])), "R---");
  const { groups, ...access } = read([
    "--allow",
    "P:192.168/16",
    "--groups",
    "P:switchpool:*",
  ]);
  assertEquals(listGroups({ ...access, groups }), "--P-");
  assertEquals(
    ["switchpool", "summary", "quit"].map((command) =>
      groups.isAllowed("P", command)
    ),
    [true, true, false],
  );
  assertEquals(listGroups(read([], { CHI_ALLOW: "R:[::1]" })), "-R--");
});

Deno.test("readAccess() takes the token from its file before the variable", () => {
  assertEquals(read([], { CHI_TOKEN: " s3cret\n" }).token, "s3cret");
  const { token, tokenFile } = read(["--token-file=/run/token"], {
    CHI_TOKEN: "x",
  });
  assertEquals([token, tokenFile], [undefined, "/run/token"]);
  assertEquals(
    read(["--token-for-reads"], { CHI_TOKEN: "x" }).isTokenForReads,
    true,
  );
});

Deno.test("readAccess() reads hosts, origins and proxies", () => {
  const { allowedHosts, corsOrigins, trustedProxies } = read([
    ...["--allow-host", "Miner.Example.com", "--allow-host=rig.example."],
    ...["--cors", "https://farm.example:8443", "--cors=*"],
    ...["--trust-proxy", "10.0.0.1", "--trust-proxy=[fd00::]/8"],
  ]);
  assertEquals(allowedHosts, ["miner.example.com", "rig.example"]);
  assertEquals(corsOrigins, ["https://farm.example:8443", "*"]);
  assertEquals(trustedProxies.map(({ text }) => text), [
    "10.0.0.1",
    "[fd00::]/8",
  ]);
});

Deno.test("readAccess() names what is wrong, and never the token", () => {
  const cases: [args: string[], words: string[]][] = [
    [["--allow", "W:10.0.0.300"], ["--allow", "10.0.0.300"]],
    [["--allow", "X:10/8"], ["--allow", "X"]],
    [["--allow", "W:10/8,,R:0/0"], ["--allow"]],
    [["--allow", " "], ["--allow"]],
    [["--groups", "W:quit"], ["--groups", "W"]],
    [["--groups", "P:"], ["--groups"]],
    [["--token-for-reads"], ["--token-for-reads", "--token-file"]],
    [["--allow-host", "http://x"], ["--allow-host", "no host name"]],
    [["--allow-host", "x:8080"], ["--allow-host", "without port"]],
    [["--cors", "farm.example"], ["--cors", "no origin"]],
    [["--cors", "https://farm.example/"], ["--cors", "no origin"]],
    [["--cors", "null"], ["--cors", "no origin"]],
    [["--trust-proxy", "nginx"], ["--trust-proxy", "nginx"]],
  ];
  for (const [args, words] of cases) {
    const { message } = assertThrows(() => read(args), ConfigError);
    for (const word of words) assertStringIncludes(message, word);
    assertEquals([args, message.includes("\n")], [args, false]);
  }
  for (const token of ["two words", "  ", "s\u00e9cret"]) {
    const { message } = assertThrows(
      () => read([], { CHI_TOKEN: token }),
      ConfigError,
    );
    assertStringIncludes(message, "CHI_TOKEN");
    assertEquals(message.includes(token.trim() || "never"), false);
  }
});
