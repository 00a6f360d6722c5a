// Attacks by live streams: requests that go on for ever.

import { assertEquals } from "jsr:@std/assert@1";
import {
  BROWSER,
  EVIL,
  makeFetchHeaders,
  SUMMARY,
  testAttack,
} from "./attacked_gateway.ts";

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
