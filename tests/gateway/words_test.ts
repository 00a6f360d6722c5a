import { assertEquals, assertMatch } from "jsr:@std/assert@1";
import { GatewayServer } from "../gateway_server.ts";
import { type Behaviour, replyWith, ScriptedRig } from "../scripted_rig.ts";

const NOT_THE_API: [
  peer: string,
  behaviour: Behaviour,
  code: string,
  detail: RegExp,
  hint: RegExp,
][] = [
  [
    "a gRPC server, which begins with SETTINGS",
    replyWith(new Uint8Array([0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 5, 0, 0, 64, 0])),
    "rig-reply-invalid",
    /it is HTTP\/2, as gRPC speaks it$/,
    /another port, mostly 4028/,
  ],
  [
    "a server of HTTPS, which sends an alert",
    replyWith(new Uint8Array([0x15, 3, 1, 0, 2, 2, 70])),
    "rig-reply-invalid",
    /it is TLS, as HTTPS speaks it$/,
    /A web server answers/,
  ],
  [
    "a web server that refuses what is no HTTP",
    replyWith("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"),
    "rig-reply-invalid",
    /it is an HTTP response$/,
    /A web server answers/,
  ],
  [
    "a web server that waits for headers",
    ({ closed }) => closed,
    "rig-timeout",
    /within 0\.2 s: it accepted the connection and said nothing$/,
    /A web server waits like that/,
  ],
  [
    "a miner that lets nobody in",
    () => {},
    "rig-closed",
    /it closed the connection$/,
    /^Does the miner allow this machine's address \(--api-allow\)\? How each make/,
  ],
];

for (const [peer, behaviour, code, detail, hint] of NOT_THE_API) {
  Deno.test(`a reply, /@all and /-/rigs say the same of ${peer}`, async () => {
    await using rig = await ScriptedRig.start(behaviour);
    const { hostname, port } = rig;
    await using gateway = GatewayServer.start(
      [{ name: "garage", hostname, port }],
      // Enough for whatever answers, and little for whatever is silent.
      { timeoutMs: code === "rig-timeout" ? 200 : 10_000 },
    );
    const read = async (path: string) =>
      await (await fetch(gateway.url(path))).json();
    const problem = await read("/summary");
    assertEquals(problem.code, code);
    assertMatch(problem.detail, detail);
    assertMatch(problem.hint, hint);
    assertEquals((await read("/@all/summary")).garage.error, problem);
    const { rigs: [{ problem: known }] } = await read("/-/rigs");
    assertEquals([known.code, known.detail, known.hint], [
      problem.code,
      problem.detail,
      problem.hint,
    ]);
  });
}

Deno.test("a miner that is gone after a command is said to restart, or to have crashed on it", async () => {
  for (const isClosed of [false, true]) {
    await using rig = await ScriptedRig.start(replyWith("{}"));
    await using gateway = GatewayServer.start(rig);
    const ask = async () => await (await fetch(gateway.url("/summary"))).json();
    assertEquals(await ask(), {});
    if (isClosed) {
      rig.behaviour = () => {};
      const { code, hint } = await ask();
      assertEquals(code, "rig-closed");
      assertMatch(hint, /--api-allow.*Or it has crashed on this command/);
    }
    await rig[Symbol.asyncDispose]();
    for (let tries = 0; tries < 2; tries++) {
      const { code, hint } = await ask();
      assertEquals(code, "rig-refused");
      assertMatch(
        hint,
        isClosed
          ? /^It answered (?:less than 1|\d+) s ago: .* may have crashed/
          : /^It answered (?:less than 1|\d+) s ago: a restart takes cgminer 6 s/,
      );
    }
  }
});
