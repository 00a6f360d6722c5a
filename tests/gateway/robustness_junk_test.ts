import {
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "jsr:@std/assert@1";
import { GatewayServer } from "../gateway_server.ts";
import { parseResponse, sendBytes, sendRequest } from "../raw_http.ts";
import { echoRequests, replyWith, ScriptedRig } from "../scripted_rig.ts";
import { HEAD, openWith, readUntil, within } from "./raw_connection.ts";

const REPLY = '{"STATUS":[{"STATUS":"S","Code":11}],"id":1}';

/** Asks for a command and expects to be served, whatever else goes on. */
async function expectServed(gateway: GatewayServer): Promise<void> {
  const { status, body } = await within(sendRequest(gateway.port, "/summary"));
  assertEquals([status, body], [200, REPLY]);
}

/** What no HTTP client would send. */
const JUNK: Record<string, string | Uint8Array<ArrayBuffer>> = {
  "random bytes": Uint8Array.from({ length: 5000 }, (_, n) => (n * 167) ^ n),
  "NULs": new Uint8Array(5000),
  "a TLS hello": new Uint8Array([
    ...[0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03],
    ...Array.from({ length: 506 }, (_, n) => n & 0xff),
  ]),
  "a question as a rig would get it": '{"command":"quit"}\r\n\r\n',
  "words": "hello there\r\n\r\n",
  "no version": "GET /quit\r\n\r\n",
  "an odd version": `GET /quit HTTP/9.9\r\n${HEAD}\r\n`,
  "a target with a space": `GET /quit now HTTP/1.1\r\n${HEAD}\r\n`,
  "a bare NUL in the target": `GET /quit\0 HTTP/1.1\r\n${HEAD}\r\n`,
  "a header without a colon": `GET /quit HTTP/1.1\r\n${HEAD}junk\r\n\r\n`,
  "a folded header": `GET /quit HTTP/1.1\r\n${HEAD}A: b\r\n\tc: d\r\n\r\n`,
  "a NUL in a header": `GET /quit HTTP/1.1\r\n${HEAD}A: b\0c\r\n\r\n`,
  "too many headers": `GET /quit HTTP/1.1\r\n${HEAD}${
    "A: b\r\n".repeat(5000)
  }\r\n`,
  "a target of a megabyte": `GET /${
    "a".repeat(1024 * 1024)
  } HTTP/1.1\r\n${HEAD}\r\n`,
  "a length that is no number":
    `POST /quit HTTP/1.1\r\n${HEAD}Content-Length: x\r\n\r\n`,
  "a negative length":
    `POST /quit HTTP/1.1\r\n${HEAD}Content-Length: -1\r\n\r\n`,
  "two lengths":
    `POST /quit HTTP/1.1\r\n${HEAD}Content-Length: 0\r\nContent-Length: 5\r\n\r\n`,
};

/** Sends what may be refused by closing at any time; gives what came back. */
async function sendJunk(
  port: number,
  junk: string | Uint8Array<ArrayBuffer>,
): Promise<string> {
  try {
    return await within(sendBytes(port, junk));
  } catch (error) {
    const isClosed = error instanceof Deno.errors.ConnectionReset ||
      error instanceof Deno.errors.BrokenPipe;
    if (!isClosed) throw error;
    return "";
  }
}

Deno.test("junk is refused without a word to the rig, and others are served", async (t) => {
  await using rig = await ScriptedRig.start(replyWith(REPLY));
  await using gateway = GatewayServer.start(rig);
  for (const [name, junk] of Object.entries(JUNK)) {
    await t.step(name, async () => {
      const texts = await Promise.all(
        Array.from({ length: 5 }, () => sendJunk(gateway.port, junk)),
      );
      for (const text of texts) {
        assertMatch(text, /^$|^HTTP\/1\.[01] (4\d\d|505) /);
      }
      assertEquals(rig.connectionCount, 0);
    });
  }
  await expectServed(gateway);
});

Deno.test("pipelined requests are answered in order", async () => {
  await using rig = await ScriptedRig.start(echoRequests());
  await using gateway = GatewayServer.start(rig);
  const targets = Array.from({ length: 50 }, (_, n) => {
    if (n % 10 === 3) return "/@nosuch/summary";
    return n % 3 === 0 ? "/summary" : `/asc/${n}`;
  });
  const text = await within(sendBytes(
    gateway.port,
    targets.map((target, n) =>
      `GET ${target} HTTP/1.1\r\n${HEAD}${
        n === targets.length - 1 ? "Connection: close\r\n" : ""
      }\r\n`
    ).join(""),
  ));
  const bodies = text.split(/(?=HTTP\/1\.1 )/).map(parseResponse);
  assertEquals(
    bodies.map(({ status, body }) => {
      const { code, echo } = JSON.parse(body);
      return [status, code ?? echo];
    }),
    targets.map((target) => {
      if (target.startsWith("/@")) return [404, "unknown-rig"];
      const [, command, parameter] = target.split("/");
      return [
        200,
        parameter === undefined ? { command } : { command, parameter },
      ];
    }),
  );
});

Deno.test("a request after one that says close is not answered", async () => {
  await using rig = await ScriptedRig.start(replyWith(REPLY));
  await using gateway = GatewayServer.start(rig);
  const text = await within(sendBytes(
    gateway.port,
    `GET /summary HTTP/1.1\r\n${HEAD}Connection: close\r\n\r\n` +
      `GET /quit HTTP/1.1\r\n${HEAD}\r\n`,
  ));
  assertEquals(text.split("HTTP/1.1 ").length, 2);
  assertEquals(rig.requests, ['{"command":"summary"}']);
});

const POST_JSON = `POST / HTTP/1.1\r\n${HEAD}Connection: close\r\n` +
  "Content-Type: application/json\r\n";
const CHUNKED = `${POST_JSON}Transfer-Encoding: chunked\r\n\r\n`;
const QUIT = '{"command":"quit"}';

/** Bodies that are not what their head says. */
const BAD_BODIES: Record<string, string> = {
  "a chunk size that is no number": `${CHUNKED}zz\r\n${QUIT}\r\n0\r\n\r\n`,
  "a negative chunk size": `${CHUNKED}-12\r\n${QUIT}\r\n0\r\n\r\n`,
  "a chunk size past 2^64":
    `${CHUNKED}fffffffffffffffff\r\n${QUIT}\r\n0\r\n\r\n`,
  "a chunk longer than its size": `${CHUNKED}5\r\n${QUIT}\r\n0\r\n\r\n`,
  "a chunk with no end of line": `${CHUNKED}12\r\n${QUIT}0\r\n\r\n`,
  "a chunk after half a body": `${CHUNKED}5\r\n{"com\r\nzz\r\n`,
  "no chunk at all": `${CHUNKED}0\r\n\r\n`,
  "length and chunks, which disagree":
    `${POST_JSON}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n` +
    `5\r\n{"com\r\n0\r\n\r\n`,
  "a transfer coding that is not known":
    `${POST_JSON}Transfer-Encoding: gzip, x\r\n\r\n${QUIT}`,
};

Deno.test("a body that is not what its head says is refused as such", async (t) => {
  await using rig = await ScriptedRig.start(replyWith(REPLY));
  const defects: unknown[] = [];
  await using gateway = GatewayServer.start(rig, {
    onDefect: (error) => defects.push(error),
  });
  for (const [name, text] of Object.entries(BAD_BODIES)) {
    await t.step(name, async () => {
      const answer = await sendJunk(gateway.port, text);
      assertMatch(answer, /^$|^HTTP\/1\.1 4\d\d /);
      // The client is at fault, not the gateway.
      assertEquals(defects.splice(0), []);
      assertEquals(rig.connectionCount, 0);
    });
  }
  await expectServed(gateway);
});

Deno.test("a body that never ends is refused at 16 KiB", async () => {
  await using rig = await ScriptedRig.start(replyWith(REPLY));
  await using gateway = GatewayServer.start(rig);
  for (
    const head of [CHUNKED, `${POST_JSON}Content-Length: 99999999999\r\n\r\n`]
  ) {
    using conn = await openWith(gateway, head);
    const chunk = new TextEncoder().encode(
      `400\r\n${"x".repeat(1022)}\r\n\r\n`,
    );
    const writing = (async () => {
      for (let n = 0; n < 64; n++) await conn.write(chunk);
    })().catch(() => "refused, and closed");
    const text = await readUntil(conn, /}$/);
    await writing;
    assertMatch(text, /^HTTP\/1\.1 413 /);
    assertStringIncludes(text, '"code":"body-too-large"');
  }
  assertEquals(rig.connectionCount, 0);
  await expectServed(gateway);
});
