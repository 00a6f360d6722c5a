import { assertEquals, assertMatch, assertThrows } from "jsr:@std/assert@1";
import * as fc from "npm:fast-check@4";
import { ConfigError, readConfig } from "../../../program/config/config.ts";
import { parseConfigFile } from "../../../program/config/config_file.ts";
import schemaText from "../../../gateway/pages/config_schema.json" with {
  type: "text",
};
import { listFileOptions } from "../../../program/config/options.ts";
import { withTags, WRONG_CONFIG_FILES } from "./wrong_config_files.ts";

/** The texts of all settings, by flag. */
function readTexts(members: Record<string, unknown>): Record<string, unknown> {
  const { settings } = parseConfigFile("f", JSON.stringify(members));
  return Object.fromEntries(
    settings.entries().map(([flag, { texts }]) => [flag, texts]),
  );
}

Deno.test("parseConfigFile() reads every option under its flag's name", () => {
  const members = {
    "$schema": "./schema.json",
    "http-port": 8081,
    "http-host": "::1",
    "api-host": "10.0.0.7",
    "api-port": "4029",
    "discover": true,
    "timeout": 1e-7,
    "max-reply": 4096,
    "allow": "W:10/8",
    "groups": "P:switchpool:*",
    "token-file": "token.txt",
    "token-for-reads": false,
    "allow-host": "farm.example.com",
    "cors": ["https://a.example", "https://b.example"],
    "history": "past.db",
    "notify": ["https://a.example/x", "ntfy+https://b.example/t"],
    "public-url": "https://farm.example/",
    "trust-proxy": [],
    "tls-cert": "c.pem",
    "tls-key": "k.pem",
    "http-errors": true,
    "log": "off",
    "demo": true,
  };
  assertEquals(readTexts(members), {
    "http-port": ["8081"],
    "http-host": ["::1"],
    "api-host": ["10.0.0.7"],
    "api-port": ["4029"],
    "discover": ["true"],
    "timeout": ["0.00000010000000000000"],
    "max-reply": ["4096"],
    "allow": ["W:10/8"],
    "groups": ["P:switchpool:*"],
    "token-file": ["token.txt"],
    "token-for-reads": ["false"],
    "allow-host": ["farm.example.com"],
    "cors": ["https://a.example", "https://b.example"],
    "history": ["past.db"],
    "notify": ["https://a.example/x", "ntfy+https://b.example/t"],
    "public-url": ["https://farm.example/"],
    "tls-cert": ["c.pem"],
    "tls-key": ["k.pem"],
    "http-errors": ["true"],
    "log": ["off"],
    "demo": ["true"],
  });
  const left = listFileOptions().map(({ flag }) => flag)
    .filter((flag) => !(flag in members));
  assertEquals(left, ["rig"]);
});

Deno.test("parseConfigFile() knows underscores and capitals, and leaves out a byte order mark", () => {
  const expected = { "http-port": ["1"], "token-for-reads": ["true"] };
  assertEquals(readTexts({ http_port: 1, token_for_reads: true }), expected);
  assertEquals(readTexts({ httpPort: 1, tokenForReads: true }), expected);
  assertEquals(parseConfigFile("f", "\uFEFF{}").rigs, []);
});

Deno.test("parseConfigFile() reads limits of trouble, for all rigs and by tag", () => {
  const read = (members: unknown) =>
    parseConfigFile("f", JSON.stringify(members)).trouble;
  assertEquals(read({}), { limits: {}, tags: {} });
  assertEquals(
    read({
      trouble: {
        "hot": { chip: 95 },
        "rejects": 2.5,
        "down": null,
        "tags": { "cooling:oil": { "fan-stopped": null } },
      },
    }),
    {
      limits: { "hot": { chip: 95 }, "rejects": 2.5, "down": null },
      tags: { "cooling:oil": { "fan-stopped": null } },
    },
  );
});

Deno.test("parseConfigFile() reads rigs of every form", () => {
  const rig = (name: string, hostname: string, port = 4028) => ({
    name,
    hostname,
    port,
  });
  const tags = { site: "barn", "rack-no": "7 left \u00fc" };
  const cases: [members: unknown, rigs: unknown[]][] = [
    [{ rigs: ["a=h", "10.0.0.7:1"] }, [
      rig("a", "h"),
      rig("10.0.0.7", "10.0.0.7", 1),
    ]],
    [
      {
        rigs: [{ name: "a", host: "h:1", tags }, { name: "b", hostname: "i" }],
      },
      [
        { ...rig("a", "h", 1), tags },
        rig("b", "i"),
      ],
    ],
    [{ rigs: [{ range: "10.0.0.4/31", port: 1, tags }] }, [
      { ...rig("10.0.0.4", "10.0.0.4", 1), tags },
      { ...rig("10.0.0.5", "10.0.0.5", 1), tags },
    ]],
    [{ rigs: { a: "h:1", b: { host: "i", port: "2", tags: {} } } }, [
      rig("a", "h", 1),
      { ...rig("b", "i", 2), tags: {} },
    ]],
    [{ rig: "a=h" }, [rig("a", "h")]],
    [{ rigs: [{ range: "10.0.0.4/31", kind: "whatsminer", password: "x" }] }, [
      ...["10.0.0.4", "10.0.0.5"].map((address) => ({
        ...rig(address, address),
        kind: "whatsminer",
        password: "x",
        passwordFile: { source: "f: rigs[0].password" },
      })),
    ]],
    ...["password-file", "password_file", "passwordFile"].map((key): [
      unknown,
      unknown[],
    ] => [{ rigs: { a: { host: "h", [key]: "wm.txt" } } }, [{
      ...rig("a", "h"),
      passwordFile: { source: "f: rigs.a.password-file", path: "wm.txt" },
    }]]),
    [{ rig: ["a=h", "b=i"] }, [rig("a", "h"), rig("b", "i")]],
    [{ rigs: [] }, []],
  ];
  for (const [members, rigs] of cases) {
    const file = parseConfigFile("f", JSON.stringify(members));
    assertEquals([members, file.rigs.map(({ rig }) => rig)], [members, rigs]);
  }
});

function readMessage(text: string, path = "farm.json"): string {
  const read = () =>
    readConfig(["--config", path], () => undefined, () => text);
  return assertThrows(read, ConfigError).message;
}

Deno.test("readConfig() says what is wrong with a file, and where", () => {
  for (const [text, message] of WRONG_CONFIG_FILES) {
    assertEquals([text, readMessage(text)], [text, `farm.json: ${message}`]);
  }
});

Deno.test("readConfig() refuses a file that is too large, and names a file on one line", () => {
  const text = `{"log": "off"}${" ".repeat(16 * 1024 * 1024)}`;
  assertEquals(readMessage(text), "farm.json: larger than 16 MiB");
  assertEquals(
    readMessage("[", "a\nb"),
    '"a\\nb": line 1, column 2: it ends before it is whole',
  );
});

Deno.test("readConfig() says in one line that more is wrong than the validator bears", () => {
  const keys = Array.from({ length: 120_000 }, (_, index) => `"k${index}": 1`);
  const texts = [`{${keys}}`, `{"rigs": {${keys}}}`, withTags(`{${keys}}`)];
  for (const text of texts) {
    assertMatch(readMessage(text), /^farm\.json: [\x20-\x7e]{1,200}$/);
  }
});

Deno.test("readConfig() reads 10,000 rigs out of a file", () => {
  const rigs = Array.from({ length: 10_000 }, (_, index) => ({
    name: `rig-${index}`,
    host: "10.0.0.7",
    port: 4028,
    tags: { site: "barn" },
  }));
  const text = JSON.stringify({ rigs });
  const config = readConfig(["--config=f"], () => undefined, () => text);
  assertEquals(config.rigs.length, 10_000);
});

/** JSON that is nearly a configuration: known keys, any values. */
function nearlyConfig(): fc.Arbitrary<Record<string, unknown>> {
  const scalar = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<unknown>(
      "10.0.0.1-9",
      "10.0.0.0/24",
      "a=h:1",
      "h",
      80,
      "80",
      true,
    ),
    fc.string({ unit: "binary" }),
  );
  const tags = fc.dictionary(fc.string(), scalar, { maxKeys: 3 });
  const rig = fc.record(
    {
      name: scalar,
      host: scalar,
      hostname: scalar,
      range: scalar,
      port: scalar,
      tags,
    },
    { requiredKeys: [] },
  );
  const rigs = fc.oneof(
    fc.array(fc.oneof(rig, scalar), { maxLength: 4 }),
    fc.dictionary(fc.string(), fc.oneof(rig, scalar), { maxKeys: 4 }),
    scalar,
  );
  const keys = Object.keys(JSON.parse(schemaText).properties).filter((key) =>
    key !== "rigs"
  );
  return fc.tuple(
    fc.dictionary(
      fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...keys) }, fc.string()),
      scalar,
      { maxKeys: 2 },
    ),
    fc.option(rigs, { nil: undefined }),
  ).map(([members, rigs]) =>
    rigs === undefined ? members : { ...members, rigs }
  );
}

Deno.test("readConfig() reads any JSON, or says in one line what is wrong", () => {
  const outcomes = { read: 0, refused: 0 };
  fc.assert(
    fc.property(
      fc.oneof(nearlyConfig().map((value) => JSON.stringify(value)), fc.json()),
      (text) => {
        try {
          readConfig(["--config=f"], () => undefined, () => text);
          outcomes.read++;
        } catch (error) {
          if (!(error instanceof ConfigError)) throw error;
          assertMatch(error.message, /^[\x20-\x7e]{1,1000}$/);
          outcomes.refused++;
        }
      },
    ),
    { numRuns: 3000 },
  );
  assertEquals(Object.values(outcomes).every((count) => count > 50), true);
});

Deno.test("readConfig() never shows a token, whatever is wrong with it", () => {
  const secret = "hunter2";
  const token = fc.oneof(
    fc.string({ unit: "binary" }).map((text) => `${secret}${text} ${secret}`),
    fc.constantFrom<unknown>([secret], { [secret]: secret }, { a: secret }),
  );
  fc.assert(fc.property(token, fc.nat(), (value, at) => {
    const text = JSON.stringify({ "token-for-reads": true, token: value });
    const broken = text.slice(0, at % text.length);
    for (const wrong of [text, broken, `${broken}"${secret}`]) {
      assertEquals(readMessage(wrong).includes(secret), false);
    }
  }));
});
