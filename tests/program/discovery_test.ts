import { assertEquals, assertMatch } from "jsr:@std/assert@1";
import { fileURLToPath } from "node:url";
import { runDiscover, runScan } from "../../program/find_rigs.ts";
import { Simulator } from "../../rigs/simulator.ts";
import { replyWith, ScriptedRig } from "../scripted_rig.ts";
import { skipTests } from "../executables.ts";
import { hasNetworks, NEED_NETWORKS, runInNetwork } from "./own_network.ts";
import { Program } from "./program.ts";

const HOSTNAME = "127.0.0.1";
const FIXTURE = fileURLToPath(new URL("./multicast_rigs.ts", import.meta.url));

/** What a sub-command printed. */
function createPrinter() {
  const stdout: string[] = [];
  const stderr: string[] = [];
  return {
    stdout,
    stderr,
    print: (text: string) => void stdout.push(text),
    printError: (line: string) => void stderr.push(line),
  };
}

/** How the fixture is run; what runs in the background ends with the script. */
const RUN = "run=\"$0 run --no-prompt\"; rigs=; trap 'kill $rigs' EXIT;";

function testInNetwork(name: string, fn: () => Promise<void>): void {
  if (hasNetworks) Deno.test(name, fn);
  else skipTests(name, NEED_NETWORKS);
}

testInNetwork(
  "runDiscover() finds by multicast, with net permission alone",
  async () => {
    const { code, stdout, stderr } = await runInNetwork(
      FIXTURE,
      `${RUN}
      ip route add 224.0.0.0/4 dev lo src 127.0.0.1
      $run -N "$1" rigs 127.0.0.1=barn 127.0.0.2= 127.0.0.3=sgminer &
      rigs=$!
      $run -N "$1" discover 127.0.0.1 127.0.0.2 127.0.0.3`,
    );
    assertEquals([code, stderr], [0, ""]);
    const api = { port: 4028, miner: "cgminer 4.11.1", api: "3.7" };
    assertEquals(JSON.parse(stdout), [
      {
        name: "barn-127.0.0.1",
        host: "127.0.0.1",
        description: "barn",
        ...api,
      },
      { name: "127.0.0.2", host: "127.0.0.2", ...api },
      {
        name: "sgminer-127.0.0.3",
        host: "127.0.0.3",
        description: "sgminer",
        port: 4028,
        miner: "sgminer 4.2.2",
        api: "3.2",
      },
    ]);
  },
);

testInNetwork(
  "runDiscover() asks on every interface, with sys permission",
  async () => {
    // Two rigs on machines of their own, each behind another interface, and no
    // route for multicast.
    const machine = (n: number) => `
      ip link add near${n} type veth peer name far${n}
      ip addr add 10.99.${n}.1/24 dev near${n}; ip link set near${n} up
      unshare -n sh -c '
        until ip link set far${n} up 2>&-; do sleep 0.05; done
        ip link set lo up; ip addr add 10.99.${n}.2/24 dev far${n}
        ip route add 224.0.0.0/4 dev far${n}
        exec "$0" run --no-prompt -N "$1" rigs 10.99.${n}.2=rig${n}' "$0" "$1" &
      rigs="$rigs $!"
      until ip link set far${n} netns $! && ! ip link show far${n}; do
        sleep 0.05
      done >&- 2>&-`;
    const { code, stdout, stderr } = await runInNetwork(
      FIXTURE,
      `${RUN} ${machine(1)} ${machine(2)}
      $run -N --allow-sys=networkInterfaces "$1" discover 10.99.1.2 10.99.2.2`,
    );
    assertEquals([code, stderr], [0, ""]);
    const names = JSON.parse(stdout).map(({ name }: { name: string }) => name);
    assertEquals(names, ["rig1-10.99.1.2", "rig2-10.99.2.2"]);
  },
);

testInNetwork(
  "runDiscover() says that multicast cannot be sent",
  async () => {
    const { code, stdout, stderr } = await runInNetwork(
      FIXTURE,
      `exec "$0" run --no-prompt -N "$1" discover`,
    );
    assertEquals([code, stdout], [1, "[]\n"]);
    assertMatch(
      stderr,
      /^chi-server: Cannot send multicast to 224\.0\.0\.75:4028: network is unreachable[^\n]*\n$/,
    );
  },
);

testInNetwork(
  "runDiscover() says that nobody answered",
  async () => {
    const { code, stdout, stderr } = await runInNetwork(
      FIXTURE,
      `ip route add 224.0.0.0/4 dev lo src 127.0.0.1
      exec "$0" run --no-prompt -N "$1" discover`,
    );
    assertEquals([code, stdout], [1, "[]\n"]);
    assertMatch(stderr, /^chi-server: no rig answered[^\n]*\n$/);
  },
);

Deno.test("runDiscover() lists by unicast who answers, also who denies", async () => {
  const denial = '{"STATUS":[{"STATUS":"E","Code":45,"Msg":"Access denied",' +
    '"Description":"cgminer 4.11.1"}],"id":1}';
  await using denying = await ScriptedRig.start(replyWith(denial));
  await using rig = Simulator.start({
    personality: "antminer",
    multicast: { description: "Old barn", hostname: HOSTNAME, port: 0 },
  });
  const target = await rig.multicast?.ready;
  const search = {
    group: HOSTNAME,
    hostname: HOSTNAME,
    port: target?.port ?? 0,
    expectedRigs: 1,
  };
  const people = createPrinter();
  assertEquals(await runDiscover({ search, ...people }), 0);
  const name = `Old-barn-127.0.0.1-${rig.port}`;
  assertEquals([people.stdout.join("\n"), people.stderr], [
    [
      `${"NAME".padEnd(name.length)}  ADDRESS          MINER`,
      `${name}  ${
        `127.0.0.1:${rig.port}`.padEnd(15)
      }  bmminer 2.0.0, Antminer S9`,
      "",
      `Serve it: chi-server --rig ${name}=127.0.0.1:${rig.port}`,
    ].join("\n"),
    [],
  ]);
  const programs = createPrinter();
  const status = await runScan({
    addresses: [HOSTNAME],
    port: denying.port,
    isJson: true,
    ...programs,
  });
  assertEquals([status, JSON.parse(programs.stdout.join(""))], [0, [{
    name: `127.0.0.1-${denying.port}`,
    host: HOSTNAME,
    port: denying.port,
    miner: "cgminer 4.11.1",
    denied: true,
  }]]);
});

Deno.test("runScan() prints a table, and shows how far it is", async () => {
  await using rig = Simulator.start();
  const { port } = rig;
  const printer = createPrinter();
  const steps: string[] = [];
  const status = await runScan({
    addresses: [HOSTNAME, HOSTNAME, "localhost"],
    port,
    progress: (text) => steps.push(text),
    ...printer,
  });
  assertEquals([status, printer.stderr], [0, []]);
  assertEquals(printer.stdout.join("\n").split("\n"), [
    `NAME             ADDRESS          MINER`,
    `127.0.0.1-${port}  127.0.0.1:${port}  cgminer 4.11.1`,
    `localhost-${port}  localhost:${port}  cgminer 4.11.1`,
    "",
    `Serve them: chi-server --rig 127.0.0.1-${port}=127.0.0.1:${port} ` +
    `--rig localhost-${port}=localhost:${port}`,
  ]);
  assertEquals(steps, [
    "\rAsked 1 of 2, found 1",
    "\rAsked 2 of 2, found 2",
    "\r\x1b[K",
  ]);
});

Deno.test("runScan() says that there is no rig", async () => {
  await using other = await ScriptedRig.start(replyWith("HTTP/1.1 400\r\n"));
  const { port } = other;
  for (const isJson of [true, false]) {
    const { stdout, stderr, ...printer } = createPrinter();
    const options = { addresses: [HOSTNAME], port, isJson, ...printer };
    assertEquals(await runScan(options), 1);
    assertEquals(stdout, isJson ? ["[]"] : []);
    assertEquals(stderr, [
      `chi-server: no rig among 1 address answered at port ${port}`,
    ]);
  }
});

Deno.test("runScan() prints what it has found when it is stopped", async () => {
  await using rig = await ScriptedRig.start(async ({ index, send, closed }) => {
    if (index > 0) return await closed;
    await send('{"STATUS":[]}\0');
  });
  const { stdout, stderr, ...printer } = createPrinter();
  const stopping = new AbortController();
  const { promise: found, resolve } = Promise.withResolvers<void>();
  const scan = runScan({
    addresses: [HOSTNAME, "localhost"],
    port: rig.port,
    timeoutMs: 60_000,
    isJson: true,
    signal: stopping.signal,
    progress: (text) => text.endsWith("found 1") && resolve(),
    ...printer,
  });
  await Promise.all([found, rig.untilRequests(2)]);
  stopping.abort();
  assertEquals([await scan, stderr], [130, []]);
  assertEquals(JSON.parse(stdout.join("")).length, 1);
});

Deno.test({
  name: "runScan() stops on Ctrl-C, and leaves nothing on stderr",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using rig = await ScriptedRig.start(({ closed }) => closed);
    const args = ["scan", HOSTNAME, String(rig.port)];
    await using program = Program.spawn(args, {
      run: ["run", "--no-prompt", "-N", FIXTURE],
    });
    await rig.untilRequests(1);
    program.kill("SIGINT");
    assertEquals(await program.readOutcome(), {
      code: 130,
      stdout: "",
      stderr: "",
    });
  },
});
