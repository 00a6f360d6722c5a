// Attacks by asking so much that nobody else is served.

import { assert, assertEquals } from "jsr:@std/assert@1";
import { echoRequests } from "../scripted_rig.ts";
import { AttackedGateway, BEARER, hasIpv6 } from "./attacked_gateway.ts";
import type { AttackName } from "./attack_names.ts";

/** Registers the test of an attack, before a rig that the test holds. */
function testCrowd(
  name: AttackName,
  attack: (gateway: AttackedGateway, release: () => void) => Promise<void>,
): void {
  Deno.test({ name, ignore: !hasIpv6, fn });
  async function fn(): Promise<void> {
    await using gateway = await AttackedGateway.start({
      hasToken: true,
      flags: ["--allow=R:0/0", "--timeout=60"],
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    gateway.rig.behaviour = echoRequests(() => promise);
    try {
      await attack(gateway, resolve);
    } finally {
      resolve();
    }
  }
}

/** The owner's write, which is one of its own each time. */
async function write(gateway: AttackedGateway, n: number): Promise<number> {
  const headers = BEARER;
  return (await gateway.send(`/switchpool/${n}`, { headers })).status;
}

testCrowd(
  "A reader's questions that keep the owner's write out",
  async (gateway, release) => {
    const statuses: Record<number, number> = {};
    let question = 0;
    let isOver = false;
    async function loop(): Promise<void> {
      while (!isOver) {
        const where = question % 2 === 0 ? "" : "/@all";
        const { status } = await gateway.send(`${where}/asc/${question++}`);
        statuses[status] = (statuses[status] ?? 0) + 1;
        // The rig is held until the queue is full.
        if (status === 503) release();
      }
    }
    const loops = Array.from({ length: 80 }, loop);
    // The first that is refused shows that the queue is as full as one can make it.
    const first = await gateway.send("/asc/first");
    assert([200, 503].includes(first.status));
    const written = [];
    const others = [];
    for (let n = 0; n < 8; n++) written.push(await write(gateway, n));
    for (let n = 0; n < 2; n++) {
      others.push((await gateway.sendFromIpv6(`/pga/${n}`)).status);
    }
    isOver = true;
    await Promise.all(loops);
    assertEquals(new Set(written), new Set([200]));
    // Nor is another reader kept out.
    assertEquals(new Set(others), new Set([200]));
    assert((statuses[503] ?? 0) > 0, JSON.stringify(statuses));
    assert((statuses[200] ?? 0) > 0, JSON.stringify(statuses));
  },
);

testCrowd(
  "A reader's live streams that keep the owner's write out",
  async (gateway, release) => {
    const leaving = new AbortController();
    const url = `http://127.0.0.1:${gateway.port}`;
    const streams = [];
    for (let n = 0; n < 160; n++) {
      const where = n % 2 === 0 ? "" : "/@all";
      const response = await fetch(`${url}${where}/asc/${n}`, {
        headers: { accept: "text/event-stream" },
        signal: leaving.signal,
      });
      assertEquals(response.status, 200);
      streams.push(response);
    }
    // All of them have asked, and the rig has answered none.
    const written = [write(gateway, 0), write(gateway, 1)];
    const other = gateway.sendFromIpv6("/summary");
    assertEquals((await gateway.send("/-/healthz")).status, 200);
    release();
    assertEquals(await Promise.all(written), [200, 200]);
    assertEquals((await other).status, 200);
    leaving.abort();
    for (const { body } of streams) await body?.cancel().catch(() => {});
  },
);
