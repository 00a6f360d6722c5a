import {
  assertEquals,
  assertRejects,
  assertStrictEquals,
} from "jsr:@std/assert@1";
import {
  askVersion,
  scanAddresses,
  type ScannedRig,
  scanRigs,
} from "../../rigs/scan.ts";
import { Simulator } from "../../rigs/simulator.ts";
import { replyWith, type RigConnection, ScriptedRig } from "../scripted_rig.ts";
import { NEED_REPLIES, skipTests } from "../executables.ts";

const REPLIES = new URL("../../../shared/replies/", import.meta.url);
const HOSTNAME = "127.0.0.1";

async function collect(
  rigs: AsyncIterable<ScannedRig>,
): Promise<ScannedRig[]> {
  return await Array.fromAsync(rigs);
}

Deno.test("scanRigs() finds miners of every kind, and says what they are", async () => {
  const expected = {
    cgminer: { miner: "cgminer 4.11.1", api: "3.7" },
    antminer: { miner: "bmminer 2.0.0", model: "Antminer S9", api: "3.1" },
    bfgminer: { miner: "bfgminer 5.5.0-unknown", api: "3.1" },
    sgminer: { miner: "sgminer 4.2.2", api: "3.2" },
  } as const;
  for (
    const personality of ["cgminer", "antminer", "bfgminer", "sgminer"] as const
  ) {
    await using rig = Simulator.start({ personality });
    const { port } = rig;
    assertEquals(await collect(scanAddresses([HOSTNAME], { port })), [
      { hostname: HOSTNAME, port, ...expected[personality] },
    ]);
  }
});

Deno.test("askVersion() takes a denial for a rig's reply", async () => {
  const reply = '{"STATUS":[{"STATUS":"E","When":1,"Code":45,"Msg":"Access ' +
    'denied to \'version\' command","Description":"cgminer 4.11.1"}],"id":1}';
  await using rig = await ScriptedRig.start(replyWith(reply));
  assertEquals(await askVersion(rig), {
    hostname: HOSTNAME,
    port: rig.port,
    miner: "cgminer 4.11.1",
    isDenied: true,
  });
});

Deno.test("askVersion() takes a reply that says little, is damaged, or is text", async () => {
  await using rig = await ScriptedRig.start(() => {});
  for (
    const [reply, said] of [
      ['{"STATUS":"E","When":1,"Code":14,"Msg":"invalid cmd"}', {}],
      ['{"STATUS":[{"STATUS":"S"}],"VERSION":[]}', {}],
      ['{"VERSION":[{"API":"3.1","CGMiner":"4.9.0"}]}"}', {
        miner: "cgminer 4.9.0",
        api: "3.1",
      }],
      [
        "STATUS=E,When=1,Code=14,Msg=Invalid command,Description=cgminer 4.9.0|",
        {
          miner: "cgminer 4.9.0",
        },
      ],
    ] as const
  ) {
    rig.behaviour = replyWith(reply);
    const { port } = rig;
    assertEquals(await askVersion(rig), { hostname: HOSTNAME, port, ...said });
  }
});

Deno.test("askVersion() makes what a rig says fit to be shown", async () => {
  const version = {
    CGMiner: "4.9.0\x1b[2J\u202e" + "9".repeat(500),
    API: "\x1b]0;you\x07",
    Type: "\u200b\0",
  };
  await using rig = await ScriptedRig.start(
    replyWith(JSON.stringify({ STATUS: [], VERSION: [version] })),
  );
  const { miner = "", model, api } = await askVersion(rig) ?? {};
  assertEquals([miner.slice(0, 16), miner.length], ["cgminer 4.9.0[2J", 64]);
  assertEquals([model, api], [undefined, "]0;you"]);
});

Deno.test("scanAddresses() leaves out what is no rig, and goes on", async () => {
  const noRigs = [
    replyWith("HTTP/1.1 400 Bad Request\r\n\r\n"),
    replyWith("hello"),
    replyWith('{"error":"not found"}'),
    replyWith('["STATUS"]'),
    replyWith('{"STATUS":[{"STATUS":"S","When"'),
    replyWith(`{"STATUS":[],"x":"${"x".repeat(100_000)}"}`),
    replyWith(new Uint8Array([1, 2, 0xff])),
    replyWith(""),
    () => {},
    ({ reset }: RigConnection) => reset(),
    ({ closed }: RigConnection) => closed,
  ];
  for (const behaviour of noRigs) {
    await using rig = await ScriptedRig.start(behaviour);
    const options = { port: rig.port, timeoutMs: 200 };
    const found = await collect(scanAddresses([HOSTNAME], options));
    assertEquals([found, rig.connectionCount], [[], 1]);
  }
  const listener = Deno.listen({ hostname: HOSTNAME, port: 0 });
  const { port } = listener.addr;
  listener.close();
  await using rig = Simulator.start();
  const found = await collect(
    scanRigs([
      { hostname: HOSTNAME, port },
      // There is no permission to ask this one.
      { hostname: "127.0.0.2", port },
      rig,
    ]),
  );
  assertEquals(found.map(({ port }) => port), [rig.port]);
});

Deno.test("scanAddresses() asks at most so many at once, and says how far it is", async () => {
  const three = Promise.withResolvers<void>();
  await using rig = await ScriptedRig.start(async ({ send }) => {
    await three.promise;
    await send('{"STATUS":[]}\0');
  });
  rig.untilRequests(3).then(three.resolve);
  const steps: string[] = [];
  const found = await collect(
    scanAddresses(Array(10).fill(HOSTNAME), {
      port: rig.port,
      maxConcurrent: 3,
      onProgress: ({ asked, found }) => steps.push(`${asked}/${found}`),
    }),
  );
  assertEquals([found.length, rig.peakRequests], [10, 3]);
  assertEquals(
    steps,
    Array.from({ length: 10 }, (_, i) => `${i + 1}/${i + 1}`),
  );
});

Deno.test("scanAddresses() takes addresses as it needs them, and stops with its reader", async () => {
  await using rig = await ScriptedRig.start(replyWith('{"STATUS":[]}'));
  let taken = 0;
  let isClosed = false;
  function* endless() {
    try {
      while (true) {
        taken++;
        yield HOSTNAME;
      }
    } finally {
      isClosed = true;
    }
  }
  const options = { port: rig.port, maxConcurrent: 4 };
  for await (const { port } of scanAddresses(endless(), options)) {
    assertEquals(port, rig.port);
    break;
  }
  assertEquals(isClosed, true);
  const atEnd = taken;
  await rig.untilIdle();
  assertEquals(taken, atEnd);
});

Deno.test("scanAddresses() stops when its signal aborts, and throws the reason", async () => {
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  await using rig = await ScriptedRig.start(() => held);
  const giving = new AbortController();
  const reason = new Error("gone");
  const { signal } = giving;
  const options = { port: rig.port, maxConcurrent: 2, signal };
  const addresses = Array(10).fill(HOSTNAME);
  const scan = collect(scanAddresses(addresses, options));
  await rig.untilRequests(2);
  giving.abort(reason);
  assertStrictEquals(await assertRejects(() => scan), reason);
  const late = () => collect(scanAddresses(addresses, options));
  assertStrictEquals(await assertRejects(late), reason);
  assertEquals(rig.connectionCount, 2);
  release();
});

Deno.test("scanAddresses() fails where its caller does, with nothing left open", async () => {
  await using rig = await ScriptedRig.start(replyWith('{"STATUS":[]}'));
  const reason = new Error("no more addresses");
  function* failing() {
    yield HOSTNAME;
    throw reason;
  }
  const scan = () => collect(scanAddresses(failing(), { port: rig.port }));
  assertStrictEquals(await assertRejects(scan), reason);
});

/** Recorded replies to `version`; none where the folder is absent. */
function listRecordedVersions(): string[] {
  try {
    const index: { file: string; command: string }[] = JSON.parse(
      Deno.readTextFileSync(new URL("index.json", REPLIES)),
    );
    return index.filter(({ command }) => command === "version")
      .map(({ file }) => file);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return [];
  }
}

const recorded = listRecordedVersions();
if (recorded.length === 0) {
  skipTests("askVersion() on recorded replies", NEED_REPLIES);
} else {
  Deno.test("askVersion() knows the rigs of all recorded replies", async () => {
    await using rig = await ScriptedRig.start(() => {});
    for (const file of recorded) {
      rig.behaviour = replyWith(Deno.readFileSync(new URL(file, REPLIES)));
      const { miner, api } = await askVersion(rig) ?? {};
      assertEquals([file, typeof miner, typeof api], [
        file,
        "string",
        "string",
      ]);
    }
  });
}
