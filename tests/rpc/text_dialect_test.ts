import { assertEquals } from "jsr:@std/assert@1";
import { readStatus } from "../../rpc/replies.ts";
import { readReply, repairReply } from "../../rpc/repair.ts";
import { convertTextDialect, isTextDialect } from "../../rpc/text_dialect.ts";
import { NEED_REPLIES, skipTests } from "../executables.ts";

const RECORDED = new URL("../../../shared/replies/recorded/", import.meta.url);

/** Reply in the text dialect; the JSON of it. */
const CONVERTED: readonly [string, string, string][] = [
  [
    "a summary",
    "STATUS=S,When=1,Code=11,Msg=Summary,Description=cgminer 4.11.1|SUMMARY,Elapsed=605,MHS av=0.00|",
    '{"STATUS":[{"STATUS":"S","When":1,"Code":11,"Msg":"Summary","Description":"cgminer 4.11.1"}],"SUMMARY":[{"Elapsed":605,"MHS av":0.00}],"id":1}',
  ],
  [
    "a status alone",
    "STATUS=E,When=1,Code=14,Msg=Invalid command|",
    '{"STATUS":[{"STATUS":"E","When":1,"Code":14,"Msg":"Invalid command"}],"id":1}',
  ],
  [
    "pools, with every escape",
    'STATUS=S,Code=7|POOL=0,URL=a\\=b\\,c\\|d\\\\e"f,Proxy=|POOL=1,User=42|',
    '{"STATUS":[{"STATUS":"S","Code":7}],"POOLS":[{"POOL":0,"URL":"a=b,c|d\\\\e\\"f","Proxy":""},{"POOL":1,"User":"42"}],"id":1}',
  ],
  [
    "devices of two kinds",
    "STATUS=S,Code=9|ASC=0,ID=0|PGA=0,ID=1|",
    '{"STATUS":[{"STATUS":"S","Code":9}],"DEVS":[{"ASC":0,"ID":0},{"PGA":0,"ID":1}],"id":1}',
  ],
  [
    "one device",
    "STATUS=S,Code=106,Msg=ASC0|ASC=0,ID=0|",
    '{"STATUS":[{"STATUS":"S","Code":106,"Msg":"ASC0"}],"ASC":[{"ASC":0,"ID":0}],"id":1}',
  ],
  [
    "bfgminer's devdetails",
    "STATUS=S,Code=69,Description=bfgminer 5.5.0|DEVDETAILS=0,ID=0|",
    '{"STATUS":[{"STATUS":"S","Code":69,"Description":"bfgminer 5.5.0"}],"DEVS":[{"DEVDETAILS":0,"ID":0}],"id":1}',
  ],
  [
    "cgminer's devdetails",
    "STATUS=S,Code=69,Description=cgminer 4.11.1|DEVDETAILS=0,ID=0|",
    '{"STATUS":[{"STATUS":"S","Code":69,"Description":"cgminer 4.11.1"}],"DEVDETAILS":[{"DEVDETAILS":0,"ID":0}],"id":1}',
  ],
  [
    "stats without a device",
    "STATUS=S,Code=70|",
    '{"STATUS":[{"STATUS":"S","Code":70}],"STATS":[],"id":1}',
  ],
  [
    "a joined command",
    "CMD=summary|STATUS=S,Code=11|SUMMARY,Elapsed=1|CMD=asc|STATUS=E,Code=45|",
    '{"summary":[{"STATUS":[{"STATUS":"S","Code":11}],"SUMMARY":[{"Elapsed":1}],"id":1}],"asc":[{"STATUS":[{"STATUS":"E","Code":45}],"id":1}],"id":1}',
  ],
  [
    "numbers, booleans and what only looks like them",
    "STATUS=S,Code=1|X,a=-0.50,b=18446744073709551616,c=true,d=007,e=1e5,f=+1,g=.5,h=True,i=nan,j=-inf,API=3.7,CGMiner=4.11,Intensity=8|",
    '{"STATUS":[{"STATUS":"S","Code":1}],"X":[{"a":-0.50,"b":18446744073709551616,"c":true,"d":"007","e":"1e5","f":"+1","g":".5","h":"True","i":null,"j":null,"API":"3.7","CGMiner":"4.11","Intensity":"8"}],"id":1}',
  ],
  [
    "commas and equal signs that were not escaped",
    "STATUS=S,Code=1,Msg=a, b,c|X,k=v=w\\z|",
    '{"STATUS":[{"STATUS":"S","Code":1,"Msg":"a, b,c"}],"X":[{"k":"v=w\\\\z"}],"id":1}',
  ],
  [
    "names and sections that are no fields of an object",
    "STATUS=S,Code=1|__proto__=1,__proto__=2|",
    '{"STATUS":[{"STATUS":"S","Code":1}],"__proto__":[{"__proto__":1,"__proto__":2}],"id":1}',
  ],
  ["RESTART", "RESTART", '{"STATUS":"RESTART","id":1}'],
  ["BYE", "BYE", '{"STATUS":"BYE","id":1}'],
  [
    "cpuminer's summary",
    "NAME=cpuminer-multi;VER=1.3.7;API=1.1;ALGO=sha256d;KHS=2558.01;ACCMN=0.000;TS=1795328764|",
    '{"SUMMARY":[{"NAME":"cpuminer-multi","VER":"1.3.7","API":"1.1","ALGO":"sha256d","KHS":2558.01,"ACCMN":0.000,"TS":1795328764}],"id":1}',
  ],
  [
    "cpuminer's threads",
    "CPU=0;KHS=2558.01|CPU=1;KHS=2.50|",
    '{"THREADS":[{"CPU":0,"KHS":2558.01},{"CPU":1,"KHS":2.50}],"id":1}',
  ],
];

for (const [name, text, json] of CONVERTED) {
  Deno.test(`convertTextDialect() converts ${name}`, () => {
    assertEquals(convertTextDialect(text), { ok: true, text: json });
    assertEquals(readReply(new TextEncoder().encode(text + "\0")), {
      ok: true,
      text: json,
      value: JSON.parse(json),
      repairs: [{ name: "text-dialect", at: 0 }],
    });
    for (let size = 8; size < text.length; size++) {
      // Nobody can tell that a section is missing; all else is seen.
      if (text[size - 1] === "|" && text[size - 2] !== "\\") continue;
      const cut = repairReply(text.slice(0, size));
      assertEquals(cut.ok ? cut.text : cut.code, "rig-reply-truncated");
    }
  });
}

Deno.test("convertTextDialect() refuses what is not of its form", () => {
  const refused: readonly [string, string][] = [
    ["STATUS=S,When=1", "rig-reply-truncated"],
    ["STATUS=S,Msg=a\\|", "rig-reply-truncated"],
    ["STATUS=S|SUMMARY,Elapsed=1", "rig-reply-truncated"],
    ["NAME=x;VER", "rig-reply-truncated"],
    ["STATUS=S,Code=11|SUMMARY,foo|", "rig-reply-invalid"],
    ["STATUS=S,Code=11||", "rig-reply-invalid"],
    ["STATUS=S,Code=11|=1|", "rig-reply-invalid"],
    ["SUMMARY,Elapsed=1|", "rig-reply-invalid"],
    ["summary\nthreads\n|", "rig-reply-invalid"],
    ["RESTARTING", "rig-reply-invalid"],
    ["", "rig-reply-invalid"],
  ];
  for (const [text, code] of refused) {
    const result = convertTextDialect(text);
    assertEquals(result.ok ? result.text : result.code, code, text);
  }
});

Deno.test("convertTextDialect() refuses more items than any miner has", () => {
  assertEquals(convertTextDialect(`STATUS=S|${"a|".repeat(50_000)}`), {
    ok: false,
    code: "rig-reply-invalid",
    reason: "it has more than 50000 items",
  });
});

Deno.test("isTextDialect() knows how its replies begin", () => {
  for (const text of ["STATUS=S|", "CMD=a|", "BYE", "RESTART\n", "CPU=0;"]) {
    assertEquals(isTextDialect(text), true, text);
  }
  for (const text of ["", "{}", "<html>", "BYE bye", "status=S|", "HTTP/1.1"]) {
    assertEquals(isTextDialect(text), false, text);
  }
});

interface Exchange {
  readonly request: string;
  readonly "reply_base64": string;
}

/** Member names in order, and the type of each value, at every depth. */
function describeShape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(describeShape);
  if (value === null || typeof value !== "object") return typeof value;
  return Object.entries(value).map(([key, item]) => [key, describeShape(item)]);
}

/** A JSON request in the terms of the text dialect; undefined if it is none. */
function writeTextRequest(request: string): string | undefined {
  const match =
    /^\{"command":\s?"([^"\\]*)"(?:,\s?"parameter":\s?"([^"\\]*)")?\}$/.exec(
      request,
    );
  if (match === null) return undefined;
  return match[2] === undefined ? match[1] : `${match[1]}|${match[2]}`;
}

async function listRecordings(): Promise<string[] | undefined> {
  try {
    const names = await Array.fromAsync(Deno.readDir(RECORDED));
    return names.map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Compares every command that a miner answered in both dialects. */
function comparePairs(name: string, exchanges: readonly Exchange[]): number {
  const replies = exchanges.map(({ request, "reply_base64": bytes }) => ({
    request,
    reply: readReply(Uint8Array.fromBase64(bytes)),
  }));
  let pairs = 0;
  for (const { request, reply } of replies) {
    if (!reply.ok || reply.repairs[0]?.name !== "text-dialect") continue;
    const shape = describeShape(reply.value);
    const code = readStatus(reply.value).code;
    // The same command may have been asked in several states of the miner.
    const others = replies.flatMap((other) =>
      writeTextRequest(other.request) === request.replace(/\|$/, "") &&
        other.reply.ok && readStatus(other.reply.value).code === code
        ? [describeShape(other.reply.value)]
        : []
    );
    if (others.length === 0) continue;
    pairs++;
    const same = others.find((other) =>
      JSON.stringify(other) === JSON.stringify(shape)
    );
    assertEquals(shape, same ?? others[0], `${name}: ${request}`);
  }
  return pairs;
}

const recordings = await listRecordings();
if (recordings === undefined) {
  skipTests("the text dialect against the JSON dialect", NEED_REPLIES);
} else {
  Deno.test("readReply() gives both dialects of a miner the same members and types", async () => {
    let pairs = 0;
    for (const name of recordings) {
      const text = await Deno.readTextFile(new URL(name, RECORDED));
      pairs += comparePairs(name, JSON.parse(text));
    }
    // There are 118 of them: none found means nothing compared.
    assertEquals(pairs > 100, true);
  });
}

Deno.test("readReply() takes text without its last | for whole where a NUL follows", () => {
  for (
    const [text, isWhole] of [["NAME=a;KHS=5", true], ["NAME=a;KHS=5|", true], [
      "STATUS=S,Code=11|SUMMARY,Elapsed=5",
      true,
    ]] as const
  ) {
    const read = readReply(new TextEncoder().encode(`${text}\0`));
    assertEquals(read.ok, isWhole);
    assertEquals(
      readReply(new TextEncoder().encode(text)).ok,
      text.endsWith("|"),
    );
  }
});
