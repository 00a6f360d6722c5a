import { assertEquals, assertThrows } from "jsr:@std/assert@1";
import { type Config, ConfigError, readConfig } from "../../gateway/config.ts";

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
      ["scan", "10.0.0.7", "-p0"],
      '--api-port: "0" is not a port: give a whole number from 1 to 65535',
    ],
  ];
  for (const [args, message] of cases) {
    const error = assertThrows(() => read(args), ConfigError);
    assertEquals([args, error.message], [args, message]);
  }
});
