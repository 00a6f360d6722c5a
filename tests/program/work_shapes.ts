/**
 * Sends the program texts of many shapes, each in two lengths, and prints how
 * much work either was: one line of JSON for each shape. A child of
 * `work_test.ts`.
 *
 * @module
 */

import { countWork } from "./work_meter.ts";
import fc from "npm:fast-check@4";
import { parseNetwork } from "../../gateway/access/ip_address.ts";
import { TokenCheck } from "../../gateway/access/token.ts";
import { createHandler } from "../../gateway/handler.ts";
import { readServedReply } from "../../gateway/http/replies.ts";
import { formatLogLine } from "../../gateway/http/log.ts";
import { Fleet } from "../../rigs/fleet.ts";
import { indentJson } from "../../rpc/indent.ts";
import { readTelemetry } from "../../telemetry/read_telemetry.ts";
import { REPORTS } from "../../telemetry/reports.ts";

/** A shape: what is repeated, and where. */
export interface MeasuredShape {
  /** What it is sent as. */
  readonly sink: string;
  /** What is sent once before, again and again, and once at the end. */
  readonly parts: readonly [start: string, unit: string, end: string];
  /** The shorter one, in characters; the other has twice as many. */
  readonly length: number;
  /** The work of the shorter one, and of the other. */
  readonly work: readonly [number, number];
}

const KIB = 1024;

// Nobody listens on port 1; whatever is asked of the rig is refused at once.
const fleet = new Fleet([{ name: "default", hostname: "127.0.0.1", port: 1 }]);
const handle = createHandler({
  fleet,
  tokens: new TokenCheck("secret"),
  trustedProxies: [parseNetwork("127.0.0.1")],
  onRequest: (entry) => void formatLogLine(entry, "text"),
});

const info = {
  remoteAddr: {
    transport: "tcp",
    hostname: "127.0.0.1",
    port: 5,
  } as Deno.NetAddr,
};

async function ask(target: string, init: RequestInit = {}): Promise<void> {
  const url = `http://gateway${target}`;
  const response = await handle(new Request(url, init), info);
  await response.text();
}

/** Replies as the telemetry takes them: from every command the same. */
function readEverywhere(text: string): void {
  const bytes = new TextEncoder().encode(`${text}\0`);
  let value: unknown;
  try {
    const served = readServedReply({ bytes, end: "nul" });
    value = served.value;
    if (text.length < KIB * KIB) indentJson(served.text);
  } catch {
    return; // Refused, with its reason.
  }
  readTelemetry(
    Object.fromEntries(REPORTS.map(({ command }) => [command, value])),
  );
}

/**
 * What a shape is sent as, with the lengths that the shorter one has. `№` in a
 * token is the number of the repetition.
 */
interface Sink {
  readonly name: string;
  readonly lengths: readonly number[];
  readonly tokens: readonly string[];
  /** Texts before and after what is repeated; any of them. */
  readonly frames: readonly (readonly [string, string])[];
  send(text: string): unknown;
}

const SIGNS = [
  ..." \t,;=:/?&#@%+.-_|\"'\\()[]{}<>!*~$^0123456789abcxyzAZ",
  ..."\u0000\u0007\u00a0\u00e9\u2028\ufffd",
  "%2F",
  "%00",
  "é",
];

const HEADERS = [
  "accept",
  "accept-encoding",
  "authorization",
  "content-type",
  "forwarded",
  "host",
  "origin",
  "prefer",
  "user-agent",
  "x-forwarded-for",
  "x-prometheus-scrape-timeout-seconds",
];

const HEADER_TOKENS = [
  ...SIGNS.filter((sign) => /^[\t -~]$/.test(sign)),
  ...["text/html", "q=0.5", "*/*", "gzip", 'for="', "[::1]", "127.0.0.1"],
  ...["Basic ", "Bearer ", "handling=strict", "Mozilla/", "http://"],
];

const SINKS: readonly Sink[] = [
  ...HEADERS.map((name) => ({
    name,
    // The longest that is read, and what is refused.
    lengths: [4000, 32 * KIB],
    tokens: HEADER_TOKENS,
    frames: [["", ""], ["x", "x"], ["text/plain;", "b"], ["1", "x"]] as const,
    async send(text: string) {
      const headers = { [name]: text };
      await ask("/metrics", { headers });
      await ask("/", { headers });
      await ask("/switchpool/1", { method: "POST", headers, body: "{}" });
    },
  })),
  {
    name: "URL",
    lengths: [30 * KIB, 256 * KIB],
    tokens: SIGNS,
    frames: [
      ["/", ""],
      ["/@", "/x"],
      ["/summary/", "x"],
      ["/?", "="],
      [
        "/-/",
        "",
      ],
      ["/metrics?", "1"],
      ["/-/history?rig=", "x"],
      [
        "/summary?interval=",
        "x",
      ],
    ],
    send: (text) => ask(text),
  },
  {
    name: "body",
    lengths: [8000, 500 * KIB],
    tokens: [...SIGNS, '"command":', '"a":1,', "[[", '{"a":'],
    frames: [
      ["", ""],
      ['{"command":"', '"}'],
      [
        '{"command":"summary","parameter":"',
        '"}',
      ],
      ["[", "]"],
      ['{"command":[', "]}"],
    ],
    send: (body) =>
      ask("/", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      }),
  },
  {
    name: "reply",
    lengths: [60 * KIB, 500 * KIB],
    tokens: [
      ...SIGNS,
      ...['"a":1,', '"STATS1":[{}],', '{"a":', "[[", "{}", "nan", "\\u0000"],
      ...["\\", "Temp=1|", "|STATS=0,", "[1]", "Fan[", "1 ", "-", "MHS av"],
    ],
    frames: [
      ["", ""],
      ["{", "}"],
      ["STATUS=S,", "|"],
      ['{"STATUS":[{"STATUS":"S","Description":"', '"}]}'],
      ['{"STATUS":[{"STATUS":"S"}],"', '":[{}]}'],
      ['{"STATUS":[{"STATUS":"S"}],"STATS":[{"', '":1}]}'],
      ['{"STATUS":[{"STATUS":"S"}],"STATS":[{"MM ID0":"', '"}]}'],
      ['{"STATUS":[{"STATUS":"S"}],"STATS":[{', '"x":1}]}'],
      ['{"STATUS":[{"STATUS":"S"}],"VERSION":[{"Type":"', '"}]}'],
      ['{"STATUS":[{"STATUS":"S"}],"POOLS":[{"URL":"', '"}]}'],
      ['{"STATUS":[{"STATUS":"S"}],"STATS":[{"a":"{', '}"}]}'],
      ['{"STATUS":[{"STATUS":"S"}],"DEVS":[{"Temperature":"', '"}]}'],
    ],
    send: readEverywhere,
  },
  {
    name: "reply of many members",
    lengths: [60 * KIB, 500 * KIB],
    tokens: [
      ...['"№":1,', '"Temp№":61,', '"temp2_№":61,', '"fan№":1800,'],
      ...['"chain_rate№":"1",', '"chain_acs№":"oooo",', '"MM ID№":"Ver[1]",'],
      ...['"STATS№":[{"x":1}],', '"POOL№":[{"URL":"a:1"}],', '"№miner":"1",'],
      ...['"Fan№":"{",', '"1№":nan,', '"a№":"\u0001",', '"x№":1,,'],
    ],
    frames: [
      ['{"STATUS":[{"STATUS":"S"}],', '"id":1}'],
      ['{"STATUS":[{"STATUS":"S"}],"STATS":[{', '"x":1}]}'],
      ['{"STATUS":[{"STATUS":"S"}],"SUMMARY":[{', '"x":1}]}'],
      ['{"STATUS":"S","Msg":{', '"x":1}}'],
    ],
    send: readEverywhere,
  },
  {
    name: "reply of many objects",
    lengths: [60 * KIB, 500 * KIB],
    tokens: [
      ...['{"ASC":№,"Temperature":61,"MHS av":1},', '{"POOL":№,"URL":"a:№"},'],
      ...['{"ID":"BMM№","Elapsed":1,"MM ID0":"Ver[7] Temp[1]"},', "[],", "{},"],
      ...['{"FAN":№,"RPM":№},', '{"TEMP":№,"Chip":61},', '"№",', "[[{}]],"],
      ...['{"Name":"A№","Model":"m№"},', '{"x":-nan}', '{"x":"\t"},'],
    ],
    frames: [
      ['{"STATUS":[{"STATUS":"S"}],"DEVS":[', "{}]}"],
      ['{"STATUS":[{"STATUS":"S"}],"STATS":[', "{}]}"],
      ['{"STATUS":[{"STATUS":"S"}],"POOLS":[', "{}]}"],
      ['{"STATUS":[{"STATUS":"S"}],"FANS":[', "{}]}"],
      ['{"STATUS":[{"STATUS":"S"}],"TEMPS":[', "{}]}"],
      ['{"STATUS":[{"STATUS":"S"}],"DEVDETAILS":[', "{}]}"],
      ['{"STATUS":[', '{"STATUS":"S"}]}'],
    ],
    send: readEverywhere,
  },
  // Work that the meter must see, or it sees nothing.
  {
    name: "a loop in a loop",
    lengths: [1000],
    tokens: ["a"],
    frames: [["", ""]],
    send(text) {
      let count = 0;
      for (const one of text) {
        for (const other of text) if (one !== other) count++;
      }
      return count;
    },
  },
  {
    name: "a search in a loop",
    lengths: [1000],
    tokens: ["a"],
    frames: [["", ""]],
    send: (text) => [...text].filter((_, at) => text.indexOf("b", at) !== -1),
  },
];

const [seed = "1", runs = "1"] = Deno.args;

for (const [index, sink] of SINKS.entries()) {
  const units = fc.sample(
    fc.record({
      unit: fc.array(fc.constantFrom(...sink.tokens), {
        minLength: 1,
        maxLength: 4,
      }).map((tokens) => tokens.join("")),
      frame: fc.constantFrom(...sink.frames),
      length: fc.constantFrom(...sink.lengths),
    }),
    { seed: Number(seed) + index, numRuns: Number(runs) * sink.frames.length },
  );
  for (const { unit, frame: [start, end], length } of units) {
    const write = (size: number) => {
      const count = Math.ceil(size / unit.length);
      return start + Array.from(
        { length: count },
        (_, index) => unit.replaceAll("№", String(index)),
      ).join("") + end;
    };
    const [short, long] = [write(length), write(2 * length)];
    // What is only done once is done before.
    await countWork(() => sink.send(short));
    const work = [
      await countWork(() => sink.send(short)),
      await countWork(() => sink.send(long)),
    ] as const;
    const shape: MeasuredShape = {
      sink: sink.name,
      parts: [start, unit, end],
      length,
      work,
    };
    console.log(JSON.stringify(shape));
  }
}
