// Attacks by live streams: requests that go on for ever.

import { assert, assertEquals } from "jsr:@std/assert@1";
import {
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

const NOT_READING: AttackName = "Live listeners who do not read";
const LISTENERS = 201;
const RIGS = 50;
/** 6 MB for all rigs together, as 1,000 ordinary ones have. */
const STATS = `{"STATUS":[],"STATS":["${"x".repeat(120_000)}"],"id":1}`;

/** What a process holds in memory, in MB. Linux only. */
async function readRssMb(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

/** Opens a stream, and reads no more than that it has begun. */
async function openUnread(port: number, target: string): Promise<Deno.TcpConn> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const head = `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n` +
    "Accept: text/event-stream\r\n\r\n";
  await conn.write(new TextEncoder().encode(head));
  await conn.read(new Uint8Array(16));
  return conn;
}

Deno.test({
  name: NOT_READING,
  // Only there a process says what another one holds.
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using rig = await ScriptedRig.start(replyWith(STATS));
    const flags = Array.from(
      { length: RIGS },
      (_, at) => `--rig=rig-${at}=127.0.0.1:${rig.port}`,
    );
    await using program = Program.spawn(["-w0", "--log=off", ...flags], {
      run: WITH_FILES,
    });
    const port = await program.readPort();
    const conns: Deno.TcpConn[] = [];
    try {
      for (let index = 0; index < LISTENERS; index++) {
        // As many intervals as listeners: all are one poll nevertheless.
        const interval = `1.${String(index).padStart(3, "0")}`;
        conns.push(await openUnread(port, `/@all/stats?interval=${interval}`));
        const { status } = await sendRequest(port, "/-/healthz");
        assertEquals(status, 200);
        // Each 40 find another event as the newest, and are at it for ever.
        if (index % 40 === 39) {
          await rig.untilRequests(rig.requests.length + RIGS);
        }
      }
      await rig.untilRequests(rig.requests.length + 2 * RIGS);
      const { status } = await sendRequest(port, "/-/healthz");
      assertEquals(status, 200);
      const rssMb = await readRssMb(program.pid);
      // A copy for each would be 1.2 GB.
      assert(rssMb < 700, `${rssMb} MB`);
    } finally {
      for (const conn of conns) conn.close();
    }
  },
});
