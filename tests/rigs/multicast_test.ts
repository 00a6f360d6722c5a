import {
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "jsr:@std/assert@1";
import { closeSocket, openSocket, sendDatagram } from "../../rigs/datagrams.ts";
import {
  MulticastResponder,
  readQuestion,
} from "../../rigs/simulator/multicast.ts";
import { Simulator } from "../../rigs/simulator.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const HOSTNAME = "127.0.0.1";
const LISTEN = { hostname: HOSTNAME, port: 0 };

/** Somebody who asks, and waits for answers. */
async function startAsker() {
  const socket = await openSocket({ hostname: HOSTNAME });
  const answers: string[] = [];
  let wake = () => {};
  socket.on("message", (bytes) => {
    answers.push(bytes.toString());
    wake();
  });
  return {
    answers,
    port: socket.address().port,
    ask: (text: string, port: number) =>
      sendDatagram(socket, text, { hostname: HOSTNAME, port }),
    async untilAnswers(count: number): Promise<void> {
      while (answers.length < count) {
        await new Promise<void>((resolve) => wake = resolve);
      }
    },
    [Symbol.asyncDispose]: () => closeSocket(socket),
  };
}

/** A rest that lasts until the test ends it. */
function createRests() {
  const rests: (() => void)[] = [];
  let wake = () => {};
  return {
    rest: () =>
      new Promise<void>((resolve) => {
        rests.push(resolve);
        wake();
      }),
    /** Waits until it rests for the n-th time. */
    async until(count: number): Promise<() => void> {
      while (rests.length < count) {
        await new Promise<void>((resolve) => wake = resolve);
      }
      return rests[count - 1] ?? (() => {});
    },
  };
}

Deno.test("readQuestion() reads what api.c reads", () => {
  for (
    const [text, port] of [
      ["cgminer-FTW-4027", 4027],
      ["cgminer-FTW-4027\n", 4027],
      ["cgminer-FTW-1", 1],
      ["cgminer-FTW-65535", 65_535],
      ["cgminer-FTW-04027", 4027],
      ["cgminer-FTW- \t+4027", 4027],
      ["cgminer-FTW-4027\0anything", 4027],
      ["cgminer-FTW-4027\n\n", undefined],
      ["cgminer-FTW-4027\r\n", undefined],
      ["cgminer-FTW-4027x", undefined],
      ["cgminer-FTW-0", undefined],
      ["cgminer-FTW-65536", undefined],
      ["cgminer-FTW--1", undefined],
      ["cgminer-FTW-", undefined],
      ["cgminer-FTW-\n", undefined],
      ["cgminer-FTW", undefined],
      ["CGMiner-FTW-4027", undefined],
      ["cgminer-ftw-4027", undefined],
      [" cgminer-FTW-4027", undefined],
      ["sgminer-FTW-4027", undefined],
      ["", undefined],
      [`cgminer-FTW-${"0".repeat(1007)}4027`, 4027],
      // Only 1,023 bytes are read.
      [`cgminer-FTW-${"0".repeat(1008)}40277`, 402],
    ] as const
  ) assertEquals([text, readQuestion(encode(text), "cgminer")], [text, port]);
  assertEquals(readQuestion(encode("sgminer-FTW-1"), "sgminer"), 1);
  assertEquals(readQuestion(encode("cgminer-FTW-1"), "sgminer"), undefined);
});

Deno.test("MulticastResponder answers with the API's port, the description and a NUL", async () => {
  for (
    const [description, said] of [
      [undefined, ""],
      ["Größe-1", "Größe-1"],
      ["x".repeat(2000), "x".repeat(1010)],
    ] as const
  ) {
    await using asker = await startAsker();
    const responder = MulticastResponder.start(
      { hostname: HOSTNAME, port: 4031 },
      { ...LISTEN, ...(description === undefined ? {} : { description }) },
    );
    const { port } = await responder.ready;
    await asker.ask(`cgminer-FTW-${asker.port}`, port);
    await asker.untilAnswers(1);
    assertEquals(asker.answers, [`cgm-FTW-4031-${said}\0`]);
    await responder.stop();
    await responder.stop();
  }
});

Deno.test("MulticastResponder rests after each datagram, answered or not", async () => {
  await using asker = await startAsker();
  const { rest, until } = createRests();
  const responder = MulticastResponder.start(
    { hostname: HOSTNAME, port: 4028 },
    LISTEN,
    rest,
  );
  const { port } = await responder.ready;
  await asker.ask("garbage", port);
  const endFirst = await until(1);
  await asker.ask(`cgminer-FTW-${asker.port}`, port);
  await asker.ask(`cgminer-FTW-${asker.port}\n`, port);
  assertEquals(asker.answers, []);
  endFirst();
  const endSecond = await until(2);
  await asker.untilAnswers(1);
  endSecond();
  const endThird = await until(3);
  await asker.untilAnswers(2);
  endThird();
  await responder.stop();
  assertEquals(asker.answers, ["cgm-FTW-4028-\0", "cgm-FTW-4028-\0"]);
});

Deno.test("MulticastResponder is silent while the rig is down", async () => {
  await using asker = await startAsker();
  const { rest, until } = createRests();
  let isUp = false;
  const responder = MulticastResponder.start(
    { hostname: HOSTNAME, port: 4028, isUp: () => isUp },
    LISTEN,
    rest,
  );
  const { port } = await responder.ready;
  await asker.ask(`cgminer-FTW-${asker.port}`, port);
  const end = await until(1);
  // Whatever was sent to the asker before this is read before it.
  await asker.ask("nothing yet", asker.port);
  await asker.untilAnswers(1);
  isUp = true;
  end();
  await asker.ask(`cgminer-FTW-${asker.port}`, port);
  (await until(2))();
  await asker.untilAnswers(2);
  await responder.stop();
  assertEquals(asker.answers, ["nothing yet", "cgm-FTW-4028-\0"]);
});

Deno.test("Simulator answers to multicast only if it is told to, and to its own name", async () => {
  await using silent = Simulator.start();
  assertEquals(silent.multicast, undefined);
  await using asker = await startAsker();
  await using rig = Simulator.start({
    personality: "sgminer",
    multicast: { ...LISTEN, description: "gpu" },
  });
  const port = (await rig.multicast?.ready)?.port ?? 0;
  await asker.ask(`sgminer-FTW-${asker.port}`, port);
  await asker.untilAnswers(1);
  assertEquals(asker.answers, [`cgm-FTW-${rig.port}-gpu\0`]);
});

Deno.test("Simulator goes on where it cannot listen to multicast, and says why", async () => {
  const socket = await openSocket({ hostname: HOSTNAME });
  const { port } = socket.address();
  await using rig = Simulator.start({ multicast: { ...LISTEN, port } });
  const error = await assertRejects(async () => await rig.multicast?.ready);
  assertStringIncludes((error as Error).message, "another program uses it");
  using _connection = await Deno.connect(rig);
  await closeSocket(socket);
});
