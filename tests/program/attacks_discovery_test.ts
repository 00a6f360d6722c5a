import { FleetMonitor } from "../../gateway/watch/fleet_monitor.ts";
import { FleetHistory } from "../../gateway/watch/history.ts";
import { sampleFleet } from "../../gateway/watch/sampler.ts";
import { closeSocket, openSocket, sendDatagram } from "../../rigs/datagrams.ts";
import { discoverRigs } from "../../rigs/discovery.ts";
import {
  Fleet,
  MAX_FOUND_RIGS,
  MAX_RIGS_PER_ADDRESS,
} from "../../rigs/fleet.ts";
import { QuestionHub } from "../rigs/question_hub.ts";
import { replyWith, ScriptedRig } from "../scripted_rig.ts";
import type { AttackName } from "./attack_names.ts";
import { skipTests } from "../executables.ts";
import { hasNetworks, NEED_NETWORKS, runInNetwork } from "./own_network.ts";
import { assertEquals } from "jsr:@std/assert@1";
import { fileURLToPath } from "node:url";

// Attacks by the search for rigs (--discover): anybody on the network can answer
// to it, and invent rigs.

const SCENE = fileURLToPath(new URL("./found_rig_scene.ts", import.meta.url));

/** Registers the test of an attack. */
function testAttack(
  name: AttackName,
  isPossible: boolean,
  fn: () => Promise<void>,
): void {
  if (isPossible) Deno.test(name, fn);
  else skipTests(name, NEED_NETWORKS);
}

testAttack(
  "A found rig that waits for the password of a pool",
  hasNetworks,
  async () => {
    const { code, stderr } = await runInNetwork(
      SCENE,
      `ip route add 224.0.0.0/4 dev lo src 127.0.0.1
      exec "$0" run --no-prompt --no-check -A "$1"`,
    );
    assertEquals([code, stderr], [0, ""]);
  },
);

/** How many addresses it takes to invent as many rigs as there may be. */
const ADDRESS_COUNT = MAX_FOUND_RIGS / MAX_RIGS_PER_ADDRESS;

/** Prime to the ports of an address, so that each is the first one day. */
const STEP = 11;

testAttack(
  "1,024 invented rigs that keep the real ones out",
  // Elsewhere loopback has one address.
  Deno.build.os === "linux",
  async () => {
    await using sockets = new AsyncDisposableStack();
    const liars = await Promise.all(
      Array.from({ length: ADDRESS_COUNT }, async (_, index) => {
        const socket = await openSocket({ hostname: `127.0.1.${index + 1}` });
        sockets.defer(() => closeSocket(socket));
        return socket;
      }),
    );
    await using rig = await ScriptedRig.start(replyWith('{"STATUS":[]}'));
    let firstPort = 1;
    let isThere = false;
    let calls = 0;
    await using hub = await QuestionHub.start(async ({ text, answer }) => {
      const port = Number(text.slice(text.lastIndexOf("-") + 1));
      const target = { hostname: "127.0.0.1", port };
      if (isThere) await answer(`cgm-FTW-${rig.port}-barn\0`);
      // The system drops what is too much at once: others are first each time.
      const start = STEP * calls++;
      for (let i = 0; i < MAX_RIGS_PER_ADDRESS; i++) {
        const liarPort = firstPort + (start + i) % MAX_RIGS_PER_ADDRESS;
        await Promise.all(
          liars.map((liar) =>
            sendDatagram(liar, `cgm-FTW-${liarPort}-\0`, target)
          ),
        );
      }
    });
    const fleet = new Fleet([
      { name: "named", hostname: "127.0.0.1", port: rig.port + 1 },
    ], { timeoutMs: 2000 });
    const { signal } = new AbortController();
    const sampled = {
      ...{ fleet, signal, history: new FleetHistory() },
      monitor: new FleetMonitor({ onDefect: () => {} }),
    };
    /** What the program does each minute: it searches, and asks every rig. */
    const passMinute = async () => {
      const search = { ...hub.search, durationMs: 200 };
      fleet.addFoundRigs(await discoverRigs(search));
      await sampleFleet(sampled);
    };
    while (fleet.size < MAX_FOUND_RIGS + 1) await passMinute();
    isThere = true;
    const name = `barn-127.0.0.1-${rig.port}`;
    // The same ones are announced again and again; it is heard all the same.
    while (fleet.findRig(name) === undefined) await passMinute();
    // And it is not driven out by others, as it answers.
    isThere = false;
    for (let round = 1; round <= 2; round++) {
      firstPort += MAX_RIGS_PER_ADDRESS;
      await passMinute();
      const found = fleet.findRig(name);
      assertEquals(found?.queue.isFailing, false);
      assertEquals(fleet.size, MAX_FOUND_RIGS + 1);
    }
  },
);
