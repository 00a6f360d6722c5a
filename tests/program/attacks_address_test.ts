// Attacks on who a client is taken for: its address, and what it or a proxy
// says of it. The gateway listens on all interfaces by one IPv6 socket, so
// 127.0.0.1 arrives as a v4-mapped address.

import { assertEquals, assertStringIncludes } from "jsr:@std/assert@1";
import {
  type AttackedGateway,
  BROWSER,
  SUMMARY,
  testAttack,
} from "./attacked_gateway.ts";

/** An address that may write, and that the client has not. */
const OWNER = "192.0.2.1";
/** A client of a proxy, of which nothing is known. */
const STRANGER = "203.0.113.9";

const QUIT = '{"command":"quit"}';

async function refuseWith(
  gateway: AttackedGateway,
  headers: readonly Record<string, string>[],
): Promise<void> {
  for (const each of headers) {
    await gateway.refuse("command-denied", "/quit", { headers: each });
  }
}

testAttack("X-Forwarded-For or Forwarded from a stranger", {
  flags: [
    `--allow=W:${OWNER},R:0/0`,
    "--trust-proxy=198.51.100.0/24",
    "--trust-proxy=[fd00::]/8",
  ],
  log: "text",
  attack: (gateway) =>
    refuseWith(gateway, [
      { "x-forwarded-for": OWNER },
      { "x-forwarded-for": `${OWNER}, 198.51.100.1` },
      { forwarded: `for=${OWNER}` },
      { forwarded: `for=${OWNER};by=198.51.100.1` },
      { "x-real-ip": OWNER, "x-client-ip": OWNER, "true-client-ip": OWNER },
      { "cf-connecting-ip": OWNER, via: `1.1 ${OWNER}` },
    ]),
  async allowed(gateway) {
    await gateway.send("/summary", { headers: { "x-forwarded-for": OWNER } });
    for (let i = 0; i < 7; i++) {
      assertStringIncludes(
        await gateway.program.readLine() ?? "",
        " 127.0.0.1 ",
      );
    }
  },
});

testAttack("X-Forwarded-For or Forwarded, spoofed behind a trusted proxy", {
  // The proxy is on this machine, whose own address may write by default.
  flags: [
    `--allow=W:127/8,W:[::1],W:${OWNER},R:0/0`,
    "--trust-proxy=127.0.0.1",
  ],
  attack: (gateway) =>
    refuseWith(gateway, [
      // A proxy appends the address that it saw: only that counts.
      { "x-forwarded-for": STRANGER },
      { "x-forwarded-for": `${OWNER}, ${STRANGER}` },
      { "x-forwarded-for": `127.0.0.1, ${STRANGER}` },
      { "x-forwarded-for": `127.0.0.1, ${STRANGER}, 127.0.0.1` },
      { "x-forwarded-for": `127.0.0.1,::1,${STRANGER}:4711` },
      { "x-forwarded-for": `::ffff:127.0.0.1, ${STRANGER}` },
      { "x-forwarded-for": `${OWNER}, unknown` },
      { "x-forwarded-for": `${OWNER},` },
      { "x-forwarded-for": `${OWNER} ${STRANGER}` },
      { "x-forwarded-for": `${OWNER}, 0x7f.1` },
      { "x-forwarded-for": "" },
      { "x-forwarded-for": `${OWNER}, `.repeat(400) + STRANGER },
      { forwarded: `for=${OWNER}, for=${STRANGER}` },
      { forwarded: `for=127.0.0.1, for="[2001:db8::1]:80"` },
      { forwarded: `for=${OWNER};x=", for=${STRANGER}` },
      { forwarded: `for=${OWNER}, for=_hidden` },
      // One that the proxy wrote, and one that the client did.
      { "x-forwarded-for": STRANGER, forwarded: `for=${OWNER}` },
      { "x-forwarded-for": OWNER, forwarded: `for=${STRANGER}` },
    ]),
  async allowed(gateway) {
    for (
      const headers of [
        { "x-forwarded-for": `${STRANGER}, ${OWNER}` },
        { forwarded: `for=${STRANGER}, for="${OWNER}:4711"` },
        { "x-forwarded-for": "127.0.0.1" },
      ] as Record<string, string>[]
    ) {
      assertEquals((await gateway.send("/quit", { headers })).status, 200);
    }
  },
  reaches: [QUIT, QUIT, QUIT],
});

testAttack(
  "An unreadable Forwarded, from an address that has less than others",
  {
    flags: [
      "--groups=P:switchpool:version",
      "--allow=P:10.0.0.66,R:0/0",
      "--trust-proxy=127.0.0.1",
    ],
    async attack(gateway) {
      for (
        const headers of [
          { "x-forwarded-for": "10.0.0.66" },
          { "x-forwarded-for": "unknown" },
          { "x-forwarded-for": "10.0.0.66, x" },
          { forwarded: 'for=10.0.0.66;x="' },
          { forwarded: "for=_hidden" },
          { "x-forwarded-for": "10.0.0.66", forwarded: "for=192.0.2.1" },
        ] as Record<string, string>[]
      ) {
        for (
          const target of ["/summary", "/metrics", "/-/rigs", "/@all/pools"]
        ) {
          await gateway.refuse("command-denied", target, { headers });
        }
      }
      // Nor has it what only the other group may do.
      await gateway.refuse("command-denied", "/switchpool/1", {
        headers: { forwarded: "for=_hidden" },
      });
    },
    async allowed(gateway) {
      const ask = async (target: string, forwarded: string) =>
        (await gateway.send(target, { headers: { forwarded } })).status;
      assertEquals(await ask("/summary", "for=192.0.2.1"), 200);
      assertEquals(await ask("/switchpool/1", "for=10.0.0.66"), 200);
      // What all of them may do, it may.
      assertEquals(await ask("/version", "for=_hidden"), 200);
    },
    reaches: [
      SUMMARY,
      '{"command":"switchpool","parameter":"1"}',
      '{"command":"version"}',
    ],
  },
);

testAttack("A proxy on this machine that is not trusted is warned of", {
  flags: ["--allow=R:0/0"],
  async attack(gateway) {
    await refuseWith(gateway, [{ "x-forwarded-for": STRANGER }]);
  },
  async allowed(gateway) {
    await gateway.send("/summary");
    const { stderr } = await gateway.stop();
    assertStringIncludes(stderr, "--trust-proxy");
  },
});

for (
  const [name, allow] of [
    ["An address in an allow list by IPv4", "R:127.0.0.1,W:0/0"],
    ["An address in an allow list by a short form", "R:127/8,W:0/0"],
    [
      "An address in an allow list by a v4-mapped form",
      "R:[::ffff:127.0.0.1],W:0/0",
    ],
    [
      "An address in an allow list by a v4-mapped network",
      "R:[::ffff:7f00:0]/104,W:0/0",
    ],
    ["An address in an allow list by IPv6 for others", "W:[::1],R:127.0.0.1"],
    ["An address in an allow list by all of IPv4", "R:0.0.0.0/0,W:[::]/0"],
  ] as const
) {
  testAttack(name, {
    needsIpv6: true,
    flags: [`--allow=${allow}`],
    async attack(gateway) {
      await gateway.refuse("command-denied", "/quit");
      await gateway.refuse("command-denied", "/@all/summary+quit");
    },
    async allowed(gateway) {
      assertEquals((await gateway.send("/summary")).status, 200);
      assertEquals((await gateway.sendFromIpv6("/quit")).status, 200);
    },
    reaches: [SUMMARY, QUIT],
  });
}

testAttack("An IPv6 address in an allow list", {
  needsIpv6: true,
  flags: ["--allow=R:[::1],W:127/8"],
  async attack(gateway) {
    for (const target of ["/quit", "/summary+quit", "/@all/quit"]) {
      const { status, body } = await gateway.sendFromIpv6(target);
      assertEquals([status, JSON.parse(body).code], [403, "command-denied"]);
    }
  },
  async allowed(gateway) {
    assertEquals((await gateway.sendFromIpv6("/summary")).status, 200);
    assertEquals((await gateway.send("/quit")).status, 200);
  },
  reaches: [SUMMARY, QUIT],
});

testAttack("An address that no entry of the allow list names", {
  needsIpv6: true,
  flags: ["--allow=W:[::1],R:10/8"],
  async attack(gateway) {
    for (
      const target of ["/", "/summary", "/quit", "/metrics", "/-/rigs", "/@x/"]
    ) {
      for (const method of ["GET", "HEAD", "POST"]) {
        if (method === "POST" && /^.(?:metrics|-)/.test(target)) continue;
        await gateway.refuse("command-denied", target, {
          method,
          headers: { "content-type": "application/json" },
          ...(method === "POST" ? { body: target === "/" ? SUMMARY : "" } : {}),
        });
      }
      await gateway.refuse("command-denied", target, {
        headers: { accept: "text/html" },
      });
    }
  },
  async allowed(gateway) {
    assertEquals((await gateway.sendFromIpv6("/summary")).status, 200);
  },
});

testAttack("The open door (--allow W:0/0) opens none to other people's pages", {
  needsIpv6: true,
  flags: ["--allow=W:0/0"],
  async attack(gateway) {
    await gateway.refuse("method-not-allowed", "/quit", { headers: BROWSER });
    await gateway.refuse("origin-denied", "/quit", {
      method: "POST",
      headers: { ...BROWSER, origin: "https://evil.example" },
      body: "",
    });
    await gateway.refuse("host-denied", "/summary", {
      host: "evil.example",
      headers: BROWSER,
    });
  },
  async allowed(gateway) {
    for (const target of ["/quit", "/@garage/restart"]) {
      assertEquals((await gateway.send(target)).status, 200);
      assertEquals((await gateway.sendFromIpv6(target)).status, 200);
    }
  },
  reaches: [QUIT, QUIT, '{"command":"restart"}', '{"command":"restart"}'],
});
