// Attacks by live streams: requests that go on for ever.

import { assert, assertEquals } from "jsr:@std/assert@1";
import {
  AttackedGateway,
  BROWSER,
  EVIL,
  makeFetchHeaders,
  SUMMARY,
  testAttack,
  WITH_FILES,
} from "./attacked_gateway.ts";
import type { AttackName } from "./attack_names.ts";
import { Program } from "./program.ts";
import { sendRequest } from "../raw_http.ts";
import { replyWith, ScriptedRig } from "../scripted_rig.ts";

/** All that can be streamed. */
const STREAMS = [
  "/",
  "/summary",
  "/summary+pools?interval=1",
  "/@garage/summary",
  "/@all/summary",
  "/-/rigs",
];

const EVENTS = { accept: "text/event-stream" };

testAttack("Live streams past the guard", {
  needsIpv6: true,
  flags: ["--allow=W:[::1],R:10/8"],
  async attack(gateway) {
    for (const target of STREAMS) {
      await gateway.refuse("command-denied", target, { headers: EVENTS });
      await gateway.refuse("host-denied", target, {
        host: "evil.example",
        headers: { ...BROWSER, ...EVENTS },
      });
      await gateway.refuse("origin-denied", target, {
        headers: { ...BROWSER, ...EVENTS, origin: EVIL },
      });
      await gateway.refuse("origin-denied", target, {
        headers: {
          ...makeFetchHeaders("cross-site", "cors", "empty"),
          ...EVENTS,
        },
      });
    }
  },
  async allowed(gateway) {
    const { status } = await gateway.sendFromIpv6("/summary");
    assertEquals(status, 200);
  },
});

testAttack("A live stream that repeats a write", {
  flags: ["--allow=R:0/0"],
  async attack(gateway) {
    for (const command of ["quit", "summary+quit", "nosuch", "switchpool/1"]) {
      for (const rig of ["", "@garage/", "@all/"]) {
        const target = `/${rig}${command}?interval=1`;
        await gateway.refuse("command-denied", target, { headers: EVENTS });
        await gateway.refuse("method-not-allowed", target, {
          headers: { ...BROWSER, ...EVENTS },
        });
      }
    }
  },
  async allowed(gateway) {
    const { status } = await gateway.send("/summary", { headers: {} });
    assertEquals(status, 200);
  },
  reaches: [SUMMARY],
});

/** As many polls as one client may start. */
const POLLS = 256;

const UNKNOWN: AttackName = "Live streams of clients that hide their address";
Deno.test(UNKNOWN, async () => {
  await using gateway = await AttackedGateway.start({
    flags: ["--trust-proxy=127.0.0.1", "--allow=R:0/0"],
  });
  const { port } = gateway;
  const conns: Deno.TcpConn[] = [];
  try {
    for (let n = 0; n < POLLS; n++) {
      const hidden = `Forwarded: for=_hidden${n}`;
      const target = `/asc/${n}?interval=3600`;
      conns.push(await openUnread(port, target, "HTTP/1.1 200", hidden));
    }
    const url = `http://127.0.0.1:${port}/asc/one-more`;
    const headers = { ...EVENTS, forwarded: "for=unknown" };
    const refused = await fetch(url, { headers });
    await refused.body?.cancel();
    assertEquals(refused.status, 503);
    // Nobody else is kept out.
    const forwarded = "Forwarded: for=10.0.0.5";
    conns.push(await openUnread(port, "/pga/0", "HTTP/1.1 200", forwarded));
  } finally {
    for (const conn of conns) conn.close();
  }
});

/** How many rigs have the longest replies. */
const RIGS = 8;

const NOT_READING: AttackName = "Live listeners who do not read";
const LISTENERS = 32;
/** 16 MB for all rigs together: more than a listener's sockets take. */
const STATS = `{"STATUS":[],"STATS":["${"x".repeat(2_000_000)}"],"id":1}`;

/** What a process holds in memory, in MB. Linux only. */
async function readRssMb(pid: number): Promise<number> {
  // By a shell, since Deno reads /proc with all permissions or none.
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", `cat /proc/${pid}/status`],
  }).output();
  const status = new TextDecoder().decode(stdout);
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

/** Opens a stream, and reads no further than to where a text stands. */
async function openUnread(
  port: number,
  target: string,
  until: string,
  header = "Pragma: no-cache",
): Promise<Deno.TcpConn> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const head = `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n` +
    `Accept: text/event-stream\r\n${header}\r\n\r\n`;
  await conn.write(new TextEncoder().encode(head));
  const buffer = new Uint8Array(256);
  for (let text = ""; !text.includes(until);) {
    const count = await conn.read(buffer);
    if (count === null) throw new Error(`${target} ended after ${text}`);
    text += new TextDecoder().decode(buffer.subarray(0, count));
  }
  return conn;
}

/** Starts the program before {@linkcode RIGS} rigs, which are all one. */
function spawnWithRigs({ port }: ScriptedRig): Program {
  const flags = Array.from(
    { length: RIGS },
    (_, at) => `--rig=rig-${at}=127.0.0.1:${port}`,
  );
  const run = WITH_FILES;
  return Program.spawn(["-w0", "--log=off", ...flags], { run });
}

Deno.test({
  name: NOT_READING,
  // Only there a process says what another one holds.
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using rig = await ScriptedRig.start(replyWith(STATS));
    await using program = spawnWithRigs(rig);
    const port = await program.readPort();
    const conns: Deno.TcpConn[] = [];
    try {
      for (let index = 0; index < LISTENERS; index++) {
        // As many intervals as listeners: all are one poll nevertheless.
        const target = `/@all/stats?interval=${3600 - index}`;
        conns.push(await openUnread(port, target, "event: reply"));
      }
      const { status } = await sendRequest(port, "/-/healthz");
      assertEquals(status, 200);
      assertEquals(rig.requests.length, RIGS);
      const rssMb = await readRssMb(program.pid);
      // All are at the event: a copy for each would be 512 MB more.
      assert(rssMb < 400, `${rssMb} MB`);
    } finally {
      for (const conn of conns) conn.close();
    }
  },
});

const PRETTY: AttackName = "?pretty of all rigs' live replies";
Deno.test(PRETTY, async () => {
  // Indented, it would be 16 times as long as it is.
  const numbers = `{"STATS":[${"1,".repeat(900_000)}1]}`;
  await using rig = await ScriptedRig.start(replyWith(numbers));
  await using program = spawnWithRigs(rig);
  const url = `http://127.0.0.1:${await program.readPort()}/@all/stats`;
  const leaving = new AbortController();
  const { body } = await fetch(`${url}?pretty&interval=3600`, {
    headers: EVENTS,
    signal: leaving.signal,
  });
  let text = "";
  for await (const chunk of body ?? []) {
    text += new TextDecoder().decode(chunk);
    if (text.length > 1000) break;
  }
  leaving.abort();
  assert(
    /\nevent: reply\ndata: \{"rig-\d": \{"STATS":\[1,1,1/.test(text),
    text,
  );
});
