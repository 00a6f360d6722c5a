// Attacks by time: rights that a reload takes away while a request is on its way.

import { assertEquals, assertMatch } from "jsr:@std/assert@1";
import { parseResponse } from "../raw_http.ts";
import { replyWith, ScriptedRig } from "../scripted_rig.ts";
import { REPLY, WITH_FILES } from "./attacked_gateway.ts";
import type { AttackName } from "./attack_names.ts";
import { Program } from "./program.ts";

const NAME: AttackName = "A write whose right ends while its body arrives";

const BODY = '{"command":"quit"}';

/** A request whose body has begun, and is awaited by the gateway. */
class HalfSentRequest implements Disposable {
  readonly #conn: Deno.TcpConn;

  private constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  static async start(
    port: number,
    headers: Record<string, string>,
  ): Promise<HalfSentRequest> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    const request = new HalfSentRequest(conn);
    const lines = Object.entries({
      host: `127.0.0.1:${port}`,
      connection: "close",
      "content-type": "application/json",
      "content-length": String(BODY.length),
      // The server says when it begins to read the body: then it waits for it.
      expect: "100-continue",
      ...headers,
    }).map(([name, value]) => `${name}: ${value}\r\n`);
    await request.#write(`POST / HTTP/1.1\r\n${lines.join("")}\r\n`);
    assertMatch(await request.#read(), /^HTTP\/1\.1 100 /);
    await request.#write(BODY.slice(0, 10));
    return request;
  }

  /** Sends the rest, and gives status and code of the answer. */
  async finish(): Promise<[number, string | undefined]> {
    await this.#write(BODY.slice(10));
    let text = "";
    for (let part; (part = await this.#read()) !== "";) text += part;
    const { status, body } = parseResponse(text);
    return [status, JSON.parse(body).code];
  }

  async #write(text: string): Promise<void> {
    let rest = new TextEncoder().encode(text);
    while (rest.length > 0) rest = rest.subarray(await this.#conn.write(rest));
  }

  async #read(): Promise<string> {
    const buffer = new Uint8Array(16 * 1024);
    const count = await this.#conn.read(buffer) ?? 0;
    return new TextDecoder().decode(buffer.subarray(0, count));
  }

  [Symbol.dispose](): void {
    this.#conn.close();
  }
}

/** What was allowed, what is allowed after, and how the owner may still write. */
const RELOADS = [
  [{ allow: "W:0/0" }, { allow: "R:0/0" }, "command-denied", {}],
  [
    { allow: "P:0/0", groups: "P:quit" },
    {
      allow: "P:0/0",
      groups: "P:switchpool",
    },
    "command-denied",
    {},
  ],
  [
    { allow: "R:0/0", token: "the-old-token" },
    {
      allow: "R:0/0",
      token: "the-new-token",
    },
    "token-required",
    { authorization: "Bearer the-old-token" },
  ],
  [
    { allow: "W:10.0.0.7,R:0/0", "trust-proxy": "127.0.0.1" },
    { allow: "W:10.0.0.7,R:0/0" },
    "command-denied",
    { "x-forwarded-for": "10.0.0.7" },
  ],
  [
    { allow: "W:0/0", cors: "https://farm.example" },
    { allow: "W:0/0" },
    "origin-denied",
    { origin: "https://farm.example" },
  ],
] as const;

Deno.test({
  name: NAME,
  ignore: Deno.build.os === "windows",
  async fn(test) {
    for (const [before, after, code, headers] of RELOADS) {
      await test.step(JSON.stringify(after), async () => {
        await using rig = await ScriptedRig.start(replyWith(REPLY));
        await using files = new AsyncDisposableStack();
        const path = await Deno.makeTempFile({ suffix: ".json" });
        files.defer(() => Deno.remove(path));
        const write = (rights: unknown) =>
          Deno.writeTextFileSync(
            path,
            JSON.stringify({
              ...{ log: "off", rigs: [`rig=127.0.0.1:${rig.port}`] },
              ...rights as Record<string, unknown>,
            }),
          );
        write(before);
        await using program = Program.spawn(["-w0", `--config=${path}`], {
          run: WITH_FILES,
        });
        const port = await program.readPort();
        for (let i = 0; i < 2; i++) await program.readLine();
        using allowed = await HalfSentRequest.start(port, headers);
        assertEquals(await allowed.finish(), [200, undefined]);
        using late = await HalfSentRequest.start(port, headers);
        write(after);
        program.kill("SIGHUP");
        assertMatch(await program.readLine() ?? "", /again; rigs: 1$/);
        const [status, said] = await late.finish();
        assertEquals([status >= 400, said], [true, code]);
        assertEquals(rig.requests, [BODY]);
      });
    }
  },
});
