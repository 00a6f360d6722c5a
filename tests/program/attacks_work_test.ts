// Attacks by texts that cost more work than they are long. Work is counted in
// the seconds of CPU that the gateway itself reports: however busy the machine
// is, they do not grow.

import { assert, assertEquals, assertMatch } from "jsr:@std/assert@1";
import { replyWith, ScriptedRig } from "../scripted_rig.ts";
import { AttackedGateway, testAttack } from "./attacked_gateway.ts";

/** How often each text is sent: once took 6 to 25 seconds. */
const ROUNDS = 4;

/** What all of it may take; the start of the program is not in it. */
const MAX_CPU_S = 2;

/** What the gateway accepts in one line, nearly. */
const LONG = 60_000;

const METRICS_PAGES = ["/metrics", "/probe?target=garage", "/-/metrics"];

testAttack("A scrape timeout of 60 KB", {
  async attack(gateway) {
    await refuseHeader(gateway, METRICS_PAGES, {
      "x-prometheus-scrape-timeout-seconds": `${"1".repeat(LONG)}x`,
    });
    // What is short enough to be read is refused for what it is.
    const { status, body } = await gateway.send("/metrics", {
      headers: { "x-prometheus-scrape-timeout-seconds": "1".repeat(8000) },
    });
    assertEquals(status, 400);
    assertMatch(body, /give seconds/);
  },
});

testAttack("An Accept of 60 KB", {
  async attack(gateway) {
    const pages = [...METRICS_PAGES, "/", "/summary", "/-/rigs", "/-/docs"];
    for (
      const accept of [
        `text/plain;a${" ".repeat(LONG)}b`,
        `text/html${";a=b".repeat(LONG / 4)}`,
        `text/event-stream${",text/html".repeat(LONG / 10)}`,
      ]
    ) {
      await refuseHeader(gateway, pages, { accept });
    }
    const headers = { accept: `text/plain;a${" ".repeat(8000)}b` };
    const cpuS = await readCpuS(gateway);
    for (let i = 0; i < ROUNDS; i++) {
      const { status } = await gateway.send("/-/metrics", { headers });
      assertEquals(status, 200);
    }
    assert(await readCpuS(gateway) - cpuS < MAX_CPU_S);
  },
});

testAttack("Any header of 60 KB", {
  flags: ["--trust-proxy=127.0.0.1"],
  hasToken: true,
  async attack(gateway) {
    for (
      const [name, text] of [
        ["host", "a"],
        ["origin", "a"],
        ["user-agent", " "],
        ["accept-encoding", "gzip;"],
        ["accept-encoding", "gzip "],
        ["authorization", "a "],
        ["authorization", "a"],
        ["content-type", "application/json;"],
        ["forwarded", 'for="'],
        ["forwarded", "for=1.2.3.4,"],
        ["x-forwarded-for", "1.2.3.4,"],
        ["x-forwarded-for", " "],
        ["prefer", "handling = "],
        ["prefer", ", "],
        ["sec-fetch-site", "a"],
        ["traceparent", "00-"],
        ["x-no-such-header", "a"],
      ] as const
    ) {
      const value = `x${text.repeat(LONG / text.length)}x`;
      await refuseHeader(gateway, ["/", "/summary", "/metrics"], {
        [name]: value,
      });
    }
  },
  async allowed(gateway) {
    // Of all the ports of a name, and not read here.
    const { status } = await gateway.send("/summary", {
      headers: { cookie: `a=${"b".repeat(LONG)}` },
    });
    assertEquals(status, 200);
  },
});

Deno.test("A reply whose key is nothing but digits", async () => {
  const digits = "1".repeat(20_000);
  const reply = `{"STATUS":[{"STATUS":"S"}],"${digits}x1":[{}],` +
    `"${digits}":[{}],"id":1}`;
  await using rig = await ScriptedRig.start(replyWith(reply));
  await using gateway = await AttackedGateway.start({
    flags: [`--rig=liar=127.0.0.1:${rig.port}`],
  });
  const cpuS = await readCpuS(gateway);
  for (const page of ["/probe?target=liar", "/metrics"]) {
    const { status } = await gateway.send(page);
    assertEquals(status, 200);
    await answerElsewhere(gateway);
  }
  assert(rig.connectionCount > 0, "nobody asked the rig");
  assert(await readCpuS(gateway) - cpuS < MAX_CPU_S);
});

/** Sends a header to pages, all of which must refuse it, in little work. */
async function refuseHeader(
  gateway: AttackedGateway,
  pages: readonly string[],
  headers: Record<string, string>,
): Promise<void> {
  const cpuS = await readCpuS(gateway);
  for (let i = 0; i < ROUNDS; i++) {
    const answers = pages.map((page) => gateway.send(page, { headers }));
    await answerElsewhere(gateway);
    for (const { status, body } of await Promise.all(answers)) {
      assertEquals(status, 400);
      assertMatch(body, /^\{"code":"bad-request",.*and 8192 is the most"\}/);
    }
  }
  const spentS = await readCpuS(gateway) - cpuS;
  assert(spentS < MAX_CPU_S, `${spentS} s for ${Object.keys(headers)}`);
}

/** A second client, which is answered while the attack goes on. */
async function answerElsewhere(gateway: AttackedGateway): Promise<void> {
  assertEquals((await gateway.send("/-/healthz")).status, 200);
}

/** What the program has spent so far. */
async function readCpuS(gateway: AttackedGateway): Promise<number> {
  const { body } = await gateway.send("/-/metrics");
  const text = /^process_cpu_seconds_total (\S+)$/m.exec(body)?.[1];
  assert(text !== undefined, body);
  return Number(text);
}
