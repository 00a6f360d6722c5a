import { assertEquals, assertThrows } from "jsr:@std/assert@1";
import {
  type Config,
  ConfigError,
  readConfig,
} from "../../program/config/config.ts";

/** All but who may ask what: that is for serving. */
function read(
  args: string[],
  env: Record<string, string> = {},
): Omit<Config, "access"> {
  const { access: _, ...config } = readConfig(args, (name) => env[name]);
  return config;
}

Deno.test("readConfig() reads the sub-commands and their options alone", () => {
  const env = {
    CHI_HTTP_PORT: "not read",
    CHI_CONFIG: "not read",
    CHI_TOKEN: "not read",
    CHI_TOKEN_FOR_READS: "not read",
  };
  const discover = {
    ...read([]),
    action: "discover" as const,
    rigs: [],
    timeoutMs: 2000,
  };
  const scan = { ...discover, action: "scan" as const };
  const cases: [args: string[], config: Omit<Config, "access">][] = [
    [["discover"], discover],
    [["discover", "--json"], { ...discover, isJson: true }],
    [["--json", "--timeout", "4", "discover"], {
      ...discover,
      isJson: true,
      timeoutMs: 4000,
    }],
    [["scan", "10.0.0.7"], { ...scan, scanAddresses: ["10.0.0.7"] }],
    [["scan", "10.0.0.4/31", "-p80", "10.0.0.5-6", "--json"], {
      ...scan,
      scanAddresses: ["10.0.0.4", "10.0.0.5", "10.0.0.6"],
      scanPort: 80,
      isJson: true,
    }],
  ];
  for (const [args, config] of cases) {
    assertEquals([args, read(args, env)], [args, config]);
  }
  const { timeoutMs, scanPort } = read(["scan", "10.0.0.7"], {
    CHI_TIMEOUT: "3",
    CHI_API_PORT: "4029",
  });
  assertEquals([timeoutMs, scanPort], [3000, 4029]);
  assertEquals(read(["scan", "10.0.0.0/16"]).scanAddresses.length, 65_534);
  assertEquals(read(["scan", "-h"]).action, "help");
});

/** What `health` asks. */
function readHealth(
  args: string[],
  env: Record<string, string> = {},
  file = "",
): Config["health"] {
  const readText = (path: string) => {
    assertEquals(path, "farm.json");
    return file;
  };
  const config = readConfig(
    ["health", ...args],
    (name) => env[name],
    readText,
  );
  assertEquals(config.action, "health");
  return config.health;
}

Deno.test("readConfig() finds the gateway that health asks by the options that it was started with", () => {
  const file = '{"http-port": 1, "tls-cert": "c", "tls-key": "k", "rigs": []}';
  const cases: [url: string, ...Parameters<typeof readHealth>][] = [
    ["http://127.0.0.1:8080/-/healthz", []],
    ["http://127.0.0.1:8081/-/healthz", ["-w8081"]],
    ["http://127.0.0.1:8082/-/healthz", [], { CHI_HTTP_PORT: "8082" }],
    ["http://127.0.0.1:8081/-/healthz", ["-w8081"], { CHI_HTTP_PORT: "x" }],
    ["http://10.0.0.7:8080/-/healthz", ["--http-host=10.0.0.7"]],
    ["http://[::1]:8080/-/healthz", ["--http-host=[::1]"]],
    ["http://127.0.0.1:8080/-/healthz", ["--http-host=::"]],
    ["http://127.0.0.1:8080/-/healthz", ["--http-host=0.0.0.0"]],
    ["https://127.0.0.1:8080/-/healthz", ["--tls-cert=c"]],
    ["https://127.0.0.1:8080/-/healthz", [], {
      CHI_TLS_CERT: "c",
      CHI_TLS_KEY: "k",
    }],
    ["https://127.0.0.1:1/-/healthz", ["--config=farm.json"], {}, file],
    ["https://127.0.0.1:2/-/healthz", [], {
      CHI_CONFIG: "farm.json",
      CHI_HTTP_PORT: "2",
    }, file],
  ];
  for (const [url, ...where] of cases) {
    assertEquals(readHealth(...where), { url, isOwn: true });
  }
});

Deno.test("readConfig() has health ask a URL by the command line alone", () => {
  const env = { CHI_HTTP_PORT: "x", CHI_CONFIG: "none", CHI_TLS_CERT: "c" };
  const cases: [given: string, asked: string][] = [
    ["http://10.0.0.7", "http://10.0.0.7/-/healthz"],
    ["https://chi.example.com/", "https://chi.example.com/-/healthz"],
    ["http://10.0.0.7:81/chi/", "http://10.0.0.7:81/chi/-/healthz"],
    ["http://10.0.0.7/-/readyz", "http://10.0.0.7/-/readyz"],
    ["http://10.0.0.7/?a#b", "http://10.0.0.7/-/healthz"],
  ];
  for (const [given, url] of cases) {
    assertEquals(readHealth([given], env), { url, isOwn: false });
  }
  assertEquals(readHealth(["https://a/", "--tls-cert=c"]), {
    url: "https://a/-/healthz",
    isOwn: false,
    certFile: "c",
  });
});

Deno.test("readConfig() gives health 2 seconds, whatever rigs are given", () => {
  const read = (args: string[], env: Record<string, string>) =>
    readConfig(["health", ...args], (name) => env[name]).timeoutMs;
  assertEquals(read([], { CHI_TIMEOUT: "30" }), 2000);
  assertEquals(read(["--timeout=7"], { CHI_TIMEOUT: "30" }), 7000);
});

Deno.test("readConfig() reads what is only shown", () => {
  const env = { CHI_HTTP_PORT: "not read", CHI_CONFIG: "not read" };
  assertEquals(read(["man"], env).action, "man");
  for (const shell of ["bash", "zsh", "fish", "pwsh"] as const) {
    const config = read(["completions", shell], env);
    assertEquals([config.action, config.shell], ["completions", shell]);
  }
});

Deno.test("readConfig() says what is wrong with a sub-command", () => {
  const cases: [args: string[], message: string][] = [
    [
      ["scan"],
      "scan: no addresses: give a range, such as chi-server scan 10.0.0.0/24",
    ],
    [
      ["scan", "garage.lan"],
      'scan: "garage.lan" is no range of IPv4 addresses: ' +
      "give 10.0.0.0/24 or 10.0.0.10-40; the port is -p",
    ],
    [
      ["scan", "10.0.0.9-1"],
      'scan: "10.0.0.9-1" runs backwards: give the lower address first',
    ],
    [
      ["scan", "10.0.0.0/15"],
      'scan: "10.0.0.0/15" has 131072 addresses, and 65536 is the most: give /16',
    ],
    [
      ["scan", "10.0.0.0/16", "10.1.0.0/16"],
      "scan: more than 65536 addresses",
    ],
    [
      ["scan", "10.0.0.7", "-w80"],
      "--http-port does not go with scan: it takes --api-port, --json, --timeout",
    ],
    [
      ["discover", "--discover"],
      "--discover does not go with discover: it takes --json, --timeout",
    ],
    [
      ["discover", "-p80"],
      "--api-port does not go with discover: it takes --json, --timeout",
    ],
    [
      ["discover", "10.0.0.7"],
      'Unexpected argument "10.0.0.7": see chi-server --help',
    ],
    [
      ["completions"],
      "completions: no shell: give bash, zsh, fish or pwsh",
    ],
    [
      ["completions", "tcsh"],
      'completions: there are none for "tcsh": give bash, zsh, fish or pwsh',
    ],
    [
      ["completions", "bash", "zsh"],
      'Unexpected argument "zsh": see chi-server --help',
    ],
    [
      ["completions", "bash", "-w80"],
      "--http-port does not go with completions: it takes no options",
    ],
    [["man", "bash"], 'Unexpected argument "bash": see chi-server --help'],
    [
      ["health", "10.0.0.7:8080"],
      'health: "10.0.0.7:8080" is no URL of a gateway: ' +
      "give one such as http://10.0.0.7:8080/",
    ],
    [
      ["health", "ftp://10.0.0.7/"],
      'health: "ftp://10.0.0.7/" is no URL of a gateway: ' +
      "give one such as http://10.0.0.7:8080/",
    ],
    [
      ["health", "http://me:secret@10.0.0.7/"],
      "health: the URL has a user's name or a password: " +
      "leave them out, as nobody is asked for them",
    ],
    [
      ["health", "http://a/", "http://b/"],
      'Unexpected argument "http://b/": see chi-server --help',
    ],
    [
      ["health", "http://a/", "-w80"],
      "--http-port does not go with a URL: leave one of them out",
    ],
    [
      ["health", "-w0"],
      "health: port 0 is any free one: give the URL that the gateway told",
    ],
    [
      ["health", "-wx"],
      '--http-port: "x" is not a port: give a whole number from 0 to 65535',
    ],
    [
      ["health", "--demo"],
      "--demo does not go with health: it takes --http-port, --http-host, " +
      "--config, --tls-cert, --timeout",
    ],
    [
      ["scan", "10.0.0.7", "-p0"],
      '--api-port: "0" is not a port: give a whole number from 1 to 65535',
    ],
  ];
  for (const [args, message] of cases) {
    const error = assertThrows(() => read(args), ConfigError);
    assertEquals([args, error.message], [args, message]);
  }
});
