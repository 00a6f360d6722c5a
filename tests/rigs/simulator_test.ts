/**
 * The simulator as a rig on the network: how it listens, reads, ends, and who
 * may ask it what.
 *
 * @module
 */

import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "jsr:@std/assert@1";
import { type Personality, Simulator } from "../../rigs/simulator.ts";
import { COMMAND_BY_NAME, COMMANDS } from "../../rpc/commands.ts";
import {
  ask,
  askCode,
  askSection,
  connectAgain,
  converse,
} from "./conversation.ts";

const PERSONALITIES: readonly Personality[] = [
  "cgminer",
  "antminer",
  "bfgminer",
  "sgminer",
];

/** `cmds[]` of cgminer 4.11.1. */
const CGMINER_COMMANDS = `version config devs edevs pools summary pga pgaenable
  pgadisable pgaidentify pgacount switchpool addpool poolpriority poolquota
  enablepool disablepool removepool save quit privileged notify devdetails
  restart stats dbgstats estats check failover-only coin debug setconfig
  usbstats pgaset zero hotplug asc ascenable ascdisable ascidentify ascset
  asccount lcd lockstats`.split(/\s+/);

const encode = (text: string): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(text);

Deno.test("Simulator.start() listens at once, on a free port", async () => {
  await using rig = Simulator.start();
  assertEquals(rig.hostname, "127.0.0.1");
  assertEquals(rig.personality, "cgminer");
  assertEquals(rig.port > 0, true);
  assertEquals(rig.requestCount, 0);
  assertEquals(await askCode(rig, "version"), 22);
  assertEquals(rig.requestCount, 1);
});

Deno.test("Simulator.start() says so if the port is taken", async () => {
  await using rig = Simulator.start();
  assertThrows(
    () => Simulator.start({ port: rig.port }),
    Deno.errors.AddrInUse,
  );
});

for (const personality of PERSONALITIES) {
  Deno.test(`Simulator answers every command it knows: ${personality}`, async () => {
    await using rig = Simulator.start({ personality, restartMs: 1 });
    const ends = ["quit", "restart", "setconfig"];
    for (const { name } of COMMANDS) {
      const [check] = await askSection(rig, "CHECK", "check", name);
      if (check?.Exists === "N" || ends.includes(name)) continue;
      const { reply, end } = await converse(rig, {
        request: JSON.stringify({ command: name, parameter: "0" }),
      });
      assertMatch(reply, /^\{"STATUS":\[\{.*\],"id":1\}\0$/, name);
      assertEquals(end, "fin");
    }
  });
}

Deno.test("Simulator knows the commands of cgminer, in the groups of COMMANDS", async () => {
  await using all = Simulator.start();
  await using some = Simulator.start({ access: "R" });
  for (const name of CGMINER_COMMANDS) {
    const { group, joinable } = COMMAND_BY_NAME.get(name) ?? {};
    const [full] = await askSection(all, "CHECK", "check", name);
    assertEquals(full, { Exists: "Y", Access: "Y" }, name);
    const [limited] = await askSection(some, "CHECK", "check", name);
    const access = group === "R" ? "Y" : "N";
    assertEquals(limited, { Exists: "Y", Access: access }, name);
    if (group === "W") assertEquals(await askCode(some, name), 45, name);
    if (joinable) continue;
    const joined = JSON.parse(await ask(all, `${name}+version`));
    assertEquals(joined[name][0].STATUS[0].Code, 45, name);
  }
});

Deno.test("Simulator joins replies: no empty part, no part twice, no parameter", async () => {
  await using rig = Simulator.start();
  const joined = await ask(rig, "+version++asccount+version+nosuch+asc", "0");
  assertEquals(
    Object.entries(JSON.parse(joined)).map(([name, value]) =>
      Array.isArray(value) ? [name, value[0].STATUS[0].Code] : name
    ),
    [["version", 22], ["asccount", 104], ["nosuch", 14], ["asc", 45], "id"],
  );
  assertEquals(await ask(rig, "+"), ',"id":1}');
});

Deno.test("Simulator answers faulty JSON twice after a joined request, as cgminer does", async () => {
  await using rig = Simulator.start();
  await using other = Simulator.start({ personality: "bfgminer" });
  for (const [address, documents] of [[rig, 2], [other, 1]] as const) {
    await ask(address, "version+coin");
    const { reply } = await converse(address, { request: "{bad" });
    assertEquals(reply.split("\0").length - 1, documents);
    await ask(address, "version");
    const { reply: next } = await converse(address, { request: "{bad" });
    assertEquals(next.split("\0").length - 1, 1);
  }
});

Deno.test("Simulator takes JSON as strictly as Jansson", async () => {
  await using rig = Simulator.start();
  const codes: Record<string, number> = {
    '{"command":"version"}': 22,
    '{"command":"version"}\r\n \t': 22,
    '{"command":"coin","command":"version"}': 22,
    '{"command":"\\u0076ersion"}': 22,
    '{"command":"version"}\0': 23,
    '{"command":"version"}x': 23,
    '{"command":"version",}': 23,
    '{"command":"version","x":"\\u0000"}': 23,
    '{"command":"version","\\u0000":1}': 23,
    '{"command":"version","x":"\\ud800"}': 23,
    '{"command":"version","x":"\xff"}': 23,
    '{"command":"version","x":1e999}': 23,
    '{"command":"version","x":9223372036854775808}': 23,
    '{"command":"version","x":9223372036854775807}': 22,
    "{}": 24,
    '{"command":7}': 14,
  };
  for (const [request, code] of Object.entries(codes)) {
    const { reply } = await converse(rig, { request });
    assertMatch(reply, new RegExp(`"Code":${code},`), request);
  }
});

Deno.test("Simulator makes text of numbers as a parameter, and nothing of the rest", async () => {
  await using rig = Simulator.start();
  const written: Record<string, string> = {
    "7": "7",
    "-0": "0",
    "0.9": "0.900000",
    "1e2": "100.000000",
    "1e21": "1000000000000000000000.000000",
    "4294967297": "1",
    "true": "/home/miner/.cgminer/cgminer.conf",
    "[1]": "/home/miner/.cgminer/cgminer.conf",
  };
  for (const [parameter, path] of Object.entries(written)) {
    const request = `{"command":"save","parameter":${parameter}}`;
    const { reply } = await converse(rig, { request });
    const [status] = JSON.parse(reply.replace("\0", "")).STATUS;
    assertEquals(status.Msg, `Configuration saved to file '${path}'`);
  }
});

Deno.test("Simulator speaks the text dialect and escapes what is special in it", async () => {
  await using rig = Simulator.start({
    pools: [{ url: "stratum+tcp://pool:1", user: 'a,b|c=d\\e"é' }],
  });
  const { reply } = await converse(rig, { request: "pools|ignored" });
  assertMatch(reply, /^STATUS=S,When=\d+,Code=7,Msg=1 Pool\(s\),/);
  assertMatch(reply, /,User=a\\,b\\\|c\\=d\\\\e"\xc3\xa9,/);
  const { reply: empty } = await converse(rig, {
    request: "",
    halfClose: true,
  });
  assertMatch(empty, /^STATUS=E,When=\d+,Code=14,Msg=Invalid command\|\0$/);
});

Deno.test("Simulator reads once, and no more than the miner would", async () => {
  const sizes: number[] = [];
  const onRequest = (bytes: Uint8Array): void => void sizes.push(bytes.length);
  await using cgminer = Simulator.start({ onRequest });
  await using sgminer = Simulator.start({ personality: "sgminer", onRequest });
  const request = `{"command":"version","x":"${"A".repeat(9000)}"}`;
  for (const rig of [cgminer, sgminer]) {
    const { reply } = await converse(rig, { request });
    assertMatch(reply, /Invalid JSON/);
  }
  assertEquals(sizes, [4095, 8191]);
});

Deno.test("Simulator takes all of a request that is too long, and resets no connection", async () => {
  for (const personality of PERSONALITIES) {
    await using rig = Simulator.start({ personality });
    using connection = await Deno.connect(rig);
    const bytes = encode("A".repeat(900_000));
    for (let sent = 0; sent < bytes.length;) {
      sent += await connection.write(bytes.subarray(sent));
    }
    const reply = await new Response(connection.readable).text();
    assertMatch(reply, /Code=14,/, personality);
  }
});

Deno.test("Simulator serves one client at a time, in the order of their coming", async () => {
  const order: string[] = [];
  await using rig = Simulator.start({
    onRequest: (bytes) => order.push(new TextDecoder().decode(bytes)),
  });
  using silent = await Deno.connect(rig);
  // The second has said all it has to say before the first says anything.
  using second = await Deno.connect(rig);
  await second.write(encode("version"));
  await silent.write(encode("config"));
  await new Response(silent.readable).bytes();
  await new Response(second.readable).bytes();
  assertEquals(order, ["config", "version"]);
});

Deno.test("Simulator outlives a client that goes away", async () => {
  await using rig = Simulator.start();
  for (let time = 0; time < 3; time++) {
    const client = await Deno.connect(rig);
    await client.write(encode(`{"command":"stats"}`));
    client.close();
  }
  assertEquals(await askCode(rig, "version"), 22);
});

Deno.test("Simulator restarts: refuses, comes back on its port, has forgotten all", async () => {
  await using rig = Simulator.start({ restartMs: 200 });
  await ask(rig, "addpool", "stratum+tcp://new:1,u,p");
  assertEquals(await ask(rig, "restart"), '{"STATUS":"RESTART","id":1}');
  assertEquals((await converse(rig, { request: "version" })).end, "refused");
  (await connectAgain(rig)).close();
  const [summary] = await askSection(rig, "SUMMARY", "summary");
  assertEquals([summary?.Accepted, summary?.["Best Share"]], [0, 0]);
  assertEquals(Number(summary?.Elapsed) < 60, true);
  assertEquals((await askSection(rig, "POOLS", "pools")).length, 3);
});

Deno.test("Simulator quits for good, each personality in its own words", async () => {
  const goodbyes: [Personality, RegExp][] = [
    ["cgminer", /^\{"STATUS":"BYE","id":1\}\0$/],
    ["antminer", /^\{"STATUS":"BYE","id":1\}\0$/],
    ["bfgminer", /"Code":257,"Msg":"BYE"/],
    ["sgminer", /"Code":257,"Msg":"BYE"/],
  ];
  for (const [personality, goodbye] of goodbyes) {
    await using rig = Simulator.start({ personality });
    const request = '{"command":"quit"}';
    assertMatch((await converse(rig, { request })).reply, goodbye);
    assertEquals((await converse(rig, { request })).end, "refused");
  }
});

Deno.test("Simulator dies of setconfig without a parameter, as cgminer does", async () => {
  await using rig = Simulator.start();
  const request = '{"command":"setconfig"}';
  assertEquals(await converse(rig, { request }), { reply: "", end: "fin" });
  assertEquals((await converse(rig, { request })).end, "refused");
  await using other = Simulator.start({ personality: "sgminer" });
  assertEquals(await askCode(other, "setconfig"), 85);
});

Deno.test("Simulator.stop() frees the port, whoever is connected, and may be called again", async () => {
  const rig = Simulator.start();
  using silent = await Deno.connect(rig);
  using waiting = await Deno.connect(rig);
  await waiting.write(encode("version"));
  await rig.stop();
  await rig.stop();
  Deno.listen({ hostname: rig.hostname, port: rig.port }).close();
  assertEquals(silent.remoteAddr.transport, "tcp");
});

Deno.test("Simulator.stop() ends at any moment of a connection", async () => {
  for (let time = 0; time < 50; time++) {
    const rig = Simulator.start();
    const connecting = Deno.connect(rig);
    if (time % 2 === 0) await connecting;
    await rig.stop();
    (await connecting.catch(() => undefined))?.close();
  }
});

Deno.test("Simulator.stop() does not wait for the end of a restart", async () => {
  const rig = Simulator.start({ restartMs: 3_600_000 });
  await ask(rig, "restart");
  await rig.stop();
  assertEquals((await converse(rig, { request: "version" })).end, "refused");
});

Deno.test("Simulator serves on where onRequest throws, and stop() throws the first of it, once", async () => {
  const rig = Simulator.start({
    onRequest: (bytes) => {
      throw new Error(`not ${new TextDecoder().decode(bytes)}`);
    },
  });
  assertEquals(await askCode(rig, "version"), 22);
  assertEquals(await askCode(rig, "summary"), 11);
  await assertRejects(() => rig.stop(), Error, 'not {"command":"version"}');
  assertEquals((await converse(rig, { request: "version" })).end, "refused");
  await rig.stop();
});

Deno.test("Simulator.start() refuses a personality that it has not, and leaves no listener", () => {
  for (const personality of ["x", "toString", null]) {
    assertThrows(
      () => Simulator.start({ personality: personality as Personality }),
      TypeError,
      "must be one of cgminer, antminer, bfgminer, sgminer",
    );
  }
});
