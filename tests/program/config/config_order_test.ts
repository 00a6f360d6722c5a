import {
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "jsr:@std/assert@1";
import {
  type Config,
  ConfigError,
  readConfig,
} from "../../../program/config/config.ts";
import type { NamedRig } from "../../../rigs/fleet.ts";

/** Reads a configuration, with these variables and files alone. */
function read(
  args: string[],
  env: Record<string, string>,
  files: Record<string, string> = {},
): Omit<Config, "access"> {
  const readVariable = (name: string) => env[name];
  const readText = (path: string) => {
    if (path in files) return files[path] ?? "";
    throw new Deno.errors.NotFound(`No such file (os error 2): ${path}`);
  };
  const { access: _, ...config } = readConfig(args, readVariable, readText);
  return config;
}

function rig(hostname: string, port: number, name = "default"): NamedRig {
  return { name, hostname, port };
}

Deno.test("readConfig() takes a flag before a variable before the file before a default", () => {
  const files = {
    "farm.json": `{
      "http-port": 1, "timeout": "0.5", "log": "json", "cors": "http://f",
      "rigs": [{"name": "a", "host": "x", "tags": {"site": "barn"}}, "b=y"]
    }`,
    "other.json": '{"api-port": 4029, "rigs": ["b=y"]}',
  };
  const env = { CHI_TIMEOUT: "2", CHI_CONFIG: "farm.json" };
  const { access: _, ...defaults } = readConfig([], () => undefined);
  const expected = {
    ...defaults,
    configFile: "farm.json",
    httpPort: 1,
    timeoutMs: 2000,
    log: "off" as const,
    rigs: [
      { ...rig("x", 4028, "a"), tags: { site: "barn" } },
      rig("y", 4028, "b"),
    ],
  };
  assertEquals(read(["--log=off"], env, files), expected);
  assertEquals(read(["--log=off", "--rig", "b=z"], env, files).rigs, [
    rig("z", 4028, "b"),
    ...expected.rigs.slice(0, 1),
  ]);
  assertEquals(
    read([], { ...env, CHI_RIG: "c=z" }, files).rigs.map(({ name }) => name),
    ["c", "a", "b"],
  );
  assertEquals(
    read(["-aq"], env, files).rigs.map(({ name }) => name),
    ["default", "a", "b"],
  );
  assertEquals(read(["--config=other.json"], env, files).rigs, [
    rig("127.0.0.1", 4029),
    rig("y", 4028, "b"),
  ]);
  const { corsOrigins } = readConfig(
    ["--config=x", "--cors=http://a"],
    () => undefined,
    () => files["farm.json"],
  ).access;
  assertEquals(corsOrigins, ["http://a"]);
});

Deno.test("readConfig() takes the file's token last", () => {
  const access = (
    args: string[],
    env: Record<string, string>,
    file: Record<string, unknown>,
  ) => {
    const { token, tokenFile } = readConfig(
      ["--config=x", ...args],
      (name) => env[name],
      () => JSON.stringify(file),
    ).access;
    return [token, tokenFile];
  };
  const env = { CHI_TOKEN: "env" };
  assertEquals(access([], {}, { token: " own\n" }), ["own", undefined]);
  assertEquals(access([], env, { token: "own" }), ["env", undefined]);
  assertEquals(access([], env, { "token-file": "f" }), ["env", undefined]);
  assertEquals(access([], {}, { "token-file": "f" }), [undefined, "f"]);
  assertEquals(access(["--token-file=g"], {}, { token: "own" }), [
    undefined,
    "g",
  ]);
  assertEquals(
    access([], { CHI_TOKEN_FILE: "g" }, { "token-file": "f" }),
    [undefined, "g"],
  );
});

Deno.test("readConfig() says in one line that it cannot read the file", () => {
  const cases: [error: Error, reason: string][] = [
    [new Deno.errors.NotFound("x"), "there is no such file"],
    [new Error("Is a directory (os error 21): readfile 'x'"), "Is a directory"],
    [
      new Deno.errors.NotCapable('Requires read access to "farm.json"\n'),
      "Deno does not permit it: run with --allow-read",
    ],
    [
      new Deno.errors.PermissionDenied("Permission denied (os error 13)"),
      "Permission denied",
    ],
  ];
  for (const [error, reason] of cases) {
    const { message } = assertThrows(
      () =>
        readConfig(["--config", "farm.json"], () => undefined, () => {
          throw error;
        }),
      ConfigError,
    );
    assertEquals(message, `--config: cannot read "farm.json": ${reason}`);
  }
  assertStringIncludes(
    assertThrows(() => read([], { CHI_CONFIG: "x" }), ConfigError).message,
    'CHI_CONFIG: cannot read "x"',
  );
  assertThrows(() => readConfig(["--config=x"], () => undefined), ConfigError);
});
