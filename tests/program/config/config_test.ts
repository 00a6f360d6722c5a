import {
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "jsr:@std/assert@1";
import {
  type Config,
  ConfigError,
  readConfig,
} from "../../../program/config/config.ts";
import {
  OPTIONS,
  SUBCOMMANDS,
  toVariable,
} from "../../../program/config/options.ts";
import { formatHelp } from "../../../program/help.ts";
import { readSecrets } from "../../../program/config/secrets.ts";

/** All but who may ask what, which has tests of its own. */
const DEFAULT: Omit<Config, "access"> = {
  action: "serve",
  httpPort: 8080,
  rigs: [{ name: "default", hostname: "127.0.0.1", port: 4028 }],
  discover: false,
  demoRigs: 0,
  timeoutMs: 5000,
  maxReplyBytes: 2 * 1024 * 1024,
  httpErrors: false,
  notify: [],
  trouble: { limits: {}, tags: {} },
  log: "text",
  scanAddresses: [],
  scanPort: 4028,
  isJson: false,
};

function read(
  args: string[],
  env: Record<string, string> = {},
): Omit<Config, "access"> {
  const { access: _, ...config } = readConfig(args, (name) => env[name]);
  return config;
}

function rig(
  hostname: string,
  port: number,
  name = "default",
): Config["rigs"][number] {
  return { name, hostname, port };
}

Deno.test("readConfig() has the original's defaults", () => {
  assertEquals(read([]), DEFAULT);
});

Deno.test("readConfig() knows every spelling of a flag", () => {
  const cases: [args: string[], config: Partial<Config>][] = [
    [["-w8081"], { httpPort: 8081 }],
    [["-w", "8081"], { httpPort: 8081 }],
    [["-w=8081"], { httpPort: 8081 }],
    [["--http-port", "8081"], { httpPort: 8081 }],
    [["--http-port=8081"], { httpPort: 8081 }],
    [["--http_port", "8081"], { httpPort: 8081 }],
    [["--http_port=8081"], { httpPort: 8081 }],
    [["-w8081", "-w8082"], { httpPort: 8082 }],
    [["--http-port=0"], { httpPort: 0 }],
    [["--http-host=::1"], { httpHost: "::1" }],
    [["--http_host", "[::1]"], { httpHost: "::1" }],
    [["-a", "10.0.0.7"], { rigs: [rig("10.0.0.7", 4028)] }],
    [["-a10.0.0.7", "-p4029"], {
      rigs: [rig("10.0.0.7", 4029)],
      scanPort: 4029,
    }],
    [["-agarage.lan"], { rigs: [rig("garage.lan", 4028)] }],
    [["--api_host=rig", "--api_port=4029"], {
      rigs: [rig("rig", 4029)],
      scanPort: 4029,
    }],
    [["-a", "fe80::1%eth0"], { rigs: [rig("fe80::1%eth0", 4028)] }],
    [["--timeout", "0.25"], { timeoutMs: 250 }],
    [["--max-reply", "1"], { maxReplyBytes: 1024 }],
    [["--max_reply=65536"], { maxReplyBytes: 64 * 1024 * 1024 }],
    [["--http-errors"], { httpErrors: true }],
    [["--http_errors"], { httpErrors: true }],
    [["--http-errors=false"], { httpErrors: false }],
    [["--log", "json"], { log: "json" }],
    [["--discover"], { discover: true }],
    [["--discover=no"], {}],
    [["--rig", "10.0.0.7"], { rigs: [rig("10.0.0.7", 4028, "10.0.0.7")] }],
    [["--tls-cert=c", "--tls-key=k"], {
      tls: {
        certFile: "c",
        certSource: "--tls-cert",
        keyFile: "k",
        keySource: "--tls-key",
      },
    }],
    [["--demo"], { demoRigs: 3, rigs: [] }],
    [["--demo", "-w1"], { demoRigs: 3, rigs: [], httpPort: 1 }],
    [["--demo", "7"], { demoRigs: 7, rigs: [] }],
    [["--demo=0"], {}],
    [["--demo", "0"], {}],
    [["--demo=false"], {}],
    [["--demo", "3", "--rig", "demo-4=h"], {
      demoRigs: 3,
      rigs: [rig("h", 4028, "demo-4")],
    }],
    [["--demo=7", "-p1"], {
      demoRigs: 7,
      rigs: [rig("127.0.0.1", 1)],
      scanPort: 1,
    }],
  ];
  for (const [args, config] of cases) {
    assertEquals([args, read(args)], [args, { ...DEFAULT, ...config }]);
  }
});

Deno.test("readConfig() reads named rigs, the first of them the default rig", () => {
  const { rigs } = read([
    ...["--rig", "garage=10.0.0.7", "--rig=barn=barn.lan:4029"],
    ...["--rig", "six=[fd00::1]:4030", "--rig", "bare=fd00::2"],
  ]);
  assertEquals(rigs, [
    rig("10.0.0.7", 4028, "garage"),
    rig("barn.lan", 4029, "barn"),
    rig("fd00::1", 4030, "six"),
    rig("fd00::2", 4028, "bare"),
  ]);
  const [first] = read(["--rig", "a=10.0.0.7", "-a", "10.0.0.8"]).rigs;
  assertEquals(first, rig("10.0.0.8", 4028));
});

Deno.test("readConfig() takes a flag before a variable before a default", () => {
  const env = {
    CHI_HTTP_PORT: "1",
    CHI_API_HOST: "h",
    CHI_HTTP_ERRORS: "yes",
    CHI_RIG: "a=x b=y:1,c=z, ",
    CHI_LOG: "",
  };
  assertEquals(read(["-w2", "--http-errors=0"], env), {
    ...DEFAULT,
    httpPort: 2,
    rigs: [
      rig("h", 4028),
      rig("x", 4028, "a"),
      rig("y", 1, "b"),
      rig("z", 4028, "c"),
    ],
  });
  assertEquals(read([], { CHI_DEMO: "2" }).demoRigs, 2);
  assertEquals(read([], { CHI_VERSION: "1", CHI_HELP: "1" }), DEFAULT);
});

Deno.test("readConfig() shows help and version whatever else is wrong", () => {
  for (const args of [["-h"], ["--help"], ["-w", "x", "--nosuch", "-h"]]) {
    assertEquals(read(args).action, "help");
  }
  for (const args of [["-V"], ["--version"]]) {
    assertEquals(read(args).action, "version");
  }
  assertEquals(read(["-V"], { CHI_HTTP_PORT: "x" }).action, "version");
});

Deno.test("readConfig() names what is wrong and says what is right", () => {
  const port = "a whole number from 0 to 65535";
  const cases: [args: string[], words: string[]][] = [
    [["--nosuch"], ["--nosuch", "--help"]],
    [["--nosuch=secret"], ["--nosuch", "--help"]],
    [["-x"], ["-x", "--help"]],
    [["stray"], ['"stray"', "--help"]],
    [["--", "stray"], ['"stray"']],
    [["--no-http-errors"], ["--no-http-errors"]],
    [["--http-port"], ["--http-port needs a value"]],
    [["--http-port="], ["--http-port needs a value"]],
    [["-w", "abc"], ["--http-port", '"abc"', port]],
    [["-w65536"], ["--http-port", '"65536"', port]],
    [["-w1e3"], ["--http-port", '"1e3"', port]],
    [["-w", "-1"], ["--http-port", '"-1"', port]],
    [["--http_port", "-1"], ["--http-port", '"-1"', port]],
    [["--timeout", "-1"], ["--timeout", '"-1"', "more than 0"]],
    [["--demo", "-1"], ["--demo", '"-1"', "to 1000"]],
    [["scan", "-p", "-1"], ["--api-port", '"-1"', "from 1 to 65535"]],
    [["-w", "--", "-1"], ["--http-port needs a value"]],
    [["--", "-w", "-1"], ['"-w"']],
    [["-1"], ['"-1"', "--help"]],
    [["--htp-port=1"], ['"--htp-port"; did you mean --http-port?']],
    [["--Http_Prot"], ["did you mean --http-port?"]],
    [["-p0"], ["--api-port", "from 1 to 65535"]],
    [["-a", "bad host"], ["--api-host", '"bad host"']],
    [["-a", "http://x"], ["--api-host", "IP address"]],
    [["--http-host", "a/b"], ["--http-host"]],
    [["--rig", "garage"], ["--rig", '"garage"', "NAME=HOST"]],
    [["--rig", "=10.0.0.7"], ["--rig", "name"]],
    [["--rig", "a b=10.0.0.7"], ["--rig", '"a b"']],
    [["--rig", "all=10.0.0.7"], ["--rig", '"all"']],
    [["--rig", "a="], ["--rig"]],
    [["--rig", "a=h:"], ["--rig", '""']],
    [["--rig", "a=h:x"], ["--rig", '"x"']],
    [["--rig", "a=h", "--rig", "a=i"], ["two rigs", '"a"']],
    [["--timeout", "0"], ["--timeout", "seconds"]],
    [["--max-reply", "0"], ["--max-reply", "from 1 to 65536"]],
    [["--max-reply", "2.5"], ["--max-reply", '"2.5" is not a length in KiB']],
    [["--max-reply", "65537"], ["--max-reply", "65536"]],
    [["--timeout", "1h"], ["--timeout", '"1h"']],
    [["--timeout", "3601"], ["--timeout", "3600"]],
    [["--log", "xml"], ["--log", "text, json or off"]],
    [["--demo", "x"], ["--demo", '"x"']],
    [["--demo=1001"], ["--demo", "from 0 to 1000"]],
    [["--demo", "--rig", "demo-3=h"], ["two rigs", '"demo-3"']],
    [["--help=no"], ["--help takes no value"]],
    [["-a", "10.0.0.7:4028"], ["--api-host", "option of its own"]],
    [["-a", ":::"], ["--api-host"]],
    [["-a", "999.999.1.1"], ["--api-host"]],
    [["--http-host=127.0.0.1:80"], ["--http-host"]],
    [["--x\ny"], ["\\n"]],
    [["st\nray"], ["\\n"]],
    [["-a", "a\nb"], ["\\n"]],
    [["--rig", "a\nb=c"], ["\\n"]],
    [["--rig", "a\nb"], ["\\n"]],
    [["--tls-cert", "a.pem"], ["--tls-cert", "--tls-key", "both"]],
    [["--tls-key=a.pem"], ["--tls-cert", "both"]],
    [["--http-errors=maybe"], ["--http-errors", "true nor false"]],
    [["--discover=maybe"], ["--discover", "true nor false"]],
    [["-a", "10.0.0.1-9"], ["--api-host", "--rig takes ranges"]],
    [["--rig", "a=10.0.0.1-9"], ["--rig", "names its rigs itself"]],
    [["--json"], ["--json", "discover and scan"]],
    [["-_", "x", "y"], ["-_", "--help"]],
    [["--_=x", "y"], ["--help"]],
    [["stray", "discover"], ['"stray"', "--help"]],
    [["--config"], ["--config needs a value"]],
  ];
  for (const [args, words] of cases) {
    const { message } = assertThrows(() => read(args), ConfigError);
    for (const word of words) assertStringIncludes(message, word);
    assertEquals([args, message.includes("\n")], [args, false]);
  }
  const { message } = assertThrows(
    () => read([], { CHI_API_PORT: "x" }),
    ConfigError,
  );
  assertStringIncludes(message, "CHI_API_PORT");
});

Deno.test("formatHelp() names every option and fits a terminal", () => {
  const help = formatHelp("1.2.3");
  assertStringIncludes(help, "chi-server 1.2.3");
  for (const { flag, short } of OPTIONS) {
    assertStringIncludes(
      help,
      short === undefined ? `    --${flag}` : `-${short}, --${flag}`,
    );
  }
  for (const { name } of SUBCOMMANDS) {
    assertMatch(help, new RegExp(`^ {7}chi-server ${name}( |$)`, "m"));
  }
  for (const line of help.split("\n")) {
    assertEquals([line, line.length <= 80], [line, true]);
  }
});

Deno.test("toVariable() names the environment variable of an option", () => {
  assertEquals(toVariable({ flag: "http-port" }), "CHI_HTTP_PORT");
});

Deno.test("readSecrets() names the place where an unreadable file was named", () => {
  const refuse = () => {
    throw new Deno.errors.NotFound("x");
  };
  const explain = (
    args: string[],
    env: Record<string, string>,
    file = "{}",
  ) =>
    assertThrows(
      () =>
        readSecrets(
          readConfig(
            ["--config=farm.json", ...args],
            (name) => env[name],
            () => file,
          ),
          refuse,
        ),
      ConfigError,
    ).message;
  const pair = { CHI_TLS_CERT: "c", CHI_TLS_KEY: "k" };
  const filePair = '{"tls_cert": "c", "tls-key": "k"}';
  const cases: [message: string, source: string][] = [
    [explain(["--token-file=t"], {}), "--token-file"],
    [explain([], { CHI_TOKEN_FILE: "t" }), "CHI_TOKEN_FILE"],
    [explain([], {}, '{"tokenFile": "t"}'), "farm.json: tokenFile"],
    [explain(["--tls-cert=c", "--tls-key=k"], {}), "--tls-cert"],
    [explain([], pair), "CHI_TLS_CERT"],
    [explain([], {}, filePair), "farm.json: tls_cert"],
  ];
  for (const [message, source] of cases) {
    assertEquals(
      message.replace(/"[ctk]"/, '"…"'),
      `${source}: cannot read "…": there is no such file`,
    );
  }
  assertEquals(
    explain([], { CHI_TLS_CERT: "c" }),
    "CHI_TLS_CERT goes with --tls-key: give both",
  );
  assertEquals(
    explain([], {}, '{"tls-key": "k"}'),
    "farm.json: tls-key goes with --tls-cert: give both",
  );
});

Deno.test("readSecrets() names the key's place, and that of a file without a token", () => {
  const explain = (env: Record<string, string>) =>
    assertThrows(
      () =>
        readSecrets(
          readConfig([], (name) => env[name]),
          (path) => {
            if (path === "k") throw new Deno.errors.NotFound("x");
            return "";
          },
        ),
      ConfigError,
    ).message;
  assertEquals(
    explain({ CHI_TLS_CERT: "c", CHI_TLS_KEY: "k" }),
    'CHI_TLS_KEY: cannot read "k": there is no such file',
  );
  assertEquals(
    explain({ CHI_TOKEN_FILE: "t" }),
    "CHI_TOKEN_FILE: the token is empty",
  );
});

Deno.test("readSecrets() reads each rig's password, which is a line of a file", () => {
  const read = (text: string) => {
    const paths: string[] = [];
    const config = readConfig(
      ["--config=farm.json"],
      () => undefined,
      () =>
        JSON.stringify({
          rigs: {
            a: { host: "h", "password-file": "wm.txt" },
            b: { host: "i", "password-file": "wm.txt" },
            c: { host: "j", password: "inline" },
            d: "k",
          },
        }),
    );
    const { rigs } = readSecrets(config, (path) => {
      paths.push(path);
      return text;
    });
    return { paths, passwords: rigs.map(({ password }) => password), rigs };
  };
  const { paths, passwords, rigs } = read("hunter 2 \r\n");
  assertEquals(passwords, ["hunter 2 ", "hunter 2 ", "inline", undefined]);
  assertEquals(paths, ["wm.txt"]);
  assertEquals(rigs.some((rig) => "passwordFile" in rig), false);
  for (
    const [text, reason] of [
      ["\n", "the password is empty"],
      [
        "one\ntwo\n",
        "the file holds more than a password: one line, at most 256 characters",
      ],
      [
        "x".repeat(257),
        "the file holds more than a password: one line, at most 256 characters",
      ],
    ] as const
  ) {
    const { message } = assertThrows(() => read(text), ConfigError);
    assertEquals(message, `farm.json: rigs.a.password-file: ${reason}`);
  }
});
